"""The worker: does what follows from what has happened, and what the clock asks for."""

from puhui import logs
from puhui.credits.paying.installation import install as install_paying
from puhui.db.session import connect, snapshot
from puhui.evidence.store import keep_in
from puhui.footprint.installation import install as install_footprint
from puhui.identity.installation import install as install_identity
from puhui.outbox.loop import CONNECTIONS, run
from puhui.register.service import require_unbroken
from puhui.register.signer import open_signer, use_signer
from puhui.rights.installation import install as install_rights
from puhui.settings import Settings, from_environment
from puhui.startup import check
from puhui.subscriptions import PERIODIC, SUBSCRIPTIONS


def take_pen(settings: Settings) -> None:
    """Let this process sign the register, if it is the one that was signed last.

    Raises:
        NoSigningKey: there is no key to sign with.
        RolledBack: the database is older than what has been signed.
    """
    signer = open_signer(settings)
    with snapshot() as session:
        require_unbroken(session, signer)
    use_signer(signer)


def main() -> None:
    """Run the worker that the environment describes."""
    logs.configure()
    settings = from_environment()
    check(settings)
    connect(settings.database_url, pool_size=CONNECTIONS)
    take_pen(settings)
    keep_in(settings.data_dir)
    install_footprint(settings)
    install_identity(settings)
    install_rights(settings)
    install_paying(settings)
    run(settings.redis_url, SUBSCRIPTIONS, PERIODIC)


if __name__ == "__main__":
    main()
