"""What footprint must be told once in each process that prints: the installation's secret."""

from puhui.settings import Settings

_pepper = ""


def install(settings: Settings) -> None:
    """Prepare this process; called by the composition root that does jobs."""
    global _pepper
    _pepper = settings.secret


def pepper() -> str:
    """Return what tokens and PINs are hashed with."""
    assert _pepper, "no composition root has called footprint.installation.install()"
    return _pepper
