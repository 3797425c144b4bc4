"""What rights must be told once in each process: where exports lie, and how long things wait."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from puhui.settings import Settings


@dataclass(frozen=True)
class Terms:
    """How long a person may call an erasure back, and how long an export can be downloaded."""

    grace: timedelta
    download: timedelta
    folder: Path


_terms: Terms | None = None


def install(settings: Settings) -> None:
    """Prepare this process; called by every composition root before it serves."""
    global _terms
    _terms = Terms(
        timedelta(days=settings.erasure_days),
        timedelta(days=settings.export_days),
        settings.data_dir / "exports",
    )


def terms() -> Terms:
    """Return the installation's terms."""
    assert _terms is not None, "no composition root has called rights.installation.install()"
    return _terms
