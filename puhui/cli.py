"""Operators' commands.

A package that has some keeps them in `commands.py` as a click group called `group`; its line in
`GROUPS` makes them known here. What one command alone needs it imports when it runs: the others
start in half the time.
"""

import sys
from importlib import import_module
from pathlib import Path

import click

from puhui import logs
from puhui.kernel.errors import DomainError
from puhui.kernel.garbage import none_at_start
from puhui.settings import Settings, UnsafeSetting, from_environment

GROUPS: list[str] = [
    # One line a package: `puhui <last word>` runs the commands of `puhui.<package>.commands`.
    "demo",
    "catalogue",
    "example",
    "events",
    "factors",
    "footprint",
    "identity",
    "outbox",
    "register",
    "rights",
]
PACKAGES = {"catalogue": "web"}
"""Groups that are called otherwise than their package."""

OPENAPI = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


class Commands(click.Group):
    """The packages' groups, imported only when one of their commands is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(context), *GROUPS})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return the command of this name."""
        if name in GROUPS:
            found: click.Command = import_module(f"puhui.{PACKAGES.get(name, name)}.commands").group
            return found
        return super().get_command(context, name)


@click.group(cls=Commands)
def group() -> None:
    """普惠的命令行 / Commands for those who run Puhui."""


@group.group()
def db() -> None:
    """数据库 / The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version of the program."""
    from puhui.db import migrate

    migrate.upgrade(from_environment().database_url)
    click.echo(migrate.head())


@group.command()
def publish() -> None:
    """Publish what this version ships: factors, rules, parameters; the published stays."""
    from puhui.db.session import connect, transaction
    from puhui.factors.service import load_library
    from puhui.kernel.clock import now
    from puhui.rewards.service.duties import load_parameters
    from puhui.rewards.service.rules import load_rules
    from puhui.rewards.service.thresholds import load_thresholds

    engine = connect(from_environment().database_url)
    with transaction() as session:
        new_factors = load_library(session, now())
        new_rules = load_rules(session, now())
        new_parameters = load_parameters(session, now())
        new_thresholds = load_thresholds(session, now())
    engine.dispose()
    click.echo(
        f"factors: {new_factors}, rules: {new_rules}, parameters: {new_parameters},"
        f" thresholds: {new_thresholds}"
    )


@group.command("audit")
def run_audit() -> None:
    """Check every invariant of the books; exit with 1 if any is violated."""
    from sqlalchemy import create_engine

    from puhui import audit as books
    from puhui.register.signer import is_here, open_signer, use_signer

    settings = from_environment()
    engine = create_engine(settings.database_url)
    if is_here(settings):
        use_signer(open_signer(settings))
    held = True
    for finding in books.audit(engine):
        held &= finding.holds
        found = "ok" if finding.holds else "VIOLATED: " + ", ".join(finding.offenders)
        click.echo(f"{finding.invariant.id:<14} {finding.invariant.says:<90} {found}")
    engine.dispose()
    if not held:
        sys.exit(1)


@group.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the file is old.")
def openapi(check: bool) -> None:
    """Write docs/openapi.json as the code has it."""
    document = openapi_document()
    if not check:
        OPENAPI.parent.mkdir(exist_ok=True)
        OPENAPI.write_text(document, encoding="utf-8")
    elif not OPENAPI.exists() or OPENAPI.read_text(encoding="utf-8") != document:
        raise click.ClickException("docs/openapi.json 已过时 / is old: run.py puhui openapi")


def openapi_document() -> str:
    """Return the OpenAPI document of this code; needs neither settings nor servers."""
    from puhui.app import create_app
    from puhui.web.openapi import as_text

    nowhere = Settings(
        database_url="postgresql+psycopg://",
        redis_url="redis://",
        secret="",
        data_dir=Path(),
        base_url="http://127.0.0.1:8000",
    )
    app = create_app(nowhere)
    return as_text(app.extensions["flask-smorest"]["apis"][""]["ext_obj"])


@group.command()
def check_settings() -> None:
    """Say what would keep the web server and the worker from starting."""
    from puhui.startup import check

    check(from_environment())
    click.echo("ok")


@group.command()
def serve() -> None:
    """Run the web server."""
    _run("puhui.serve")


@group.command()
def worker() -> None:
    """Run the worker."""
    _run("puhui.worker")


def _run(program: str) -> None:
    with none_at_start():
        found = import_module(program)
    found.main()


def main() -> None:
    """Run a command; a refusal is one line on stderr and exit status 1."""
    logs.configure()
    try:
        group(prog_name="puhui")
    except (UnsafeSetting, DomainError) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
