"""Operators' commands about people's own data."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

import click

from puhui.db.session import connect, snapshot, transaction
from puhui.identity.installation import install as install_identity
from puhui.identity.minors import minors_of_year
from puhui.kernel.clock import now
from puhui.rights import privacy_table, queries
from puhui.rights.installation import install
from puhui.rights.service import erasures
from puhui.settings import from_environment


def _open() -> None:
    settings = from_environment()
    connect(settings.database_url)
    install_identity(settings)
    install(settings)


@click.group("rights")
def group() -> None:
    """个人资料 / People's own data."""


@group.command("minors")
@click.option("--year", type=click.IntRange(2000, 2100), required=True)
def minors(year: int) -> None:
    """Print the counts of the yearly audit of minors' data as JSON: numbers, no names."""
    _open()
    with snapshot() as session:
        counted = asdict(minors_of_year(session, year)) | queries.for_others(session, year)
    click.echo(json.dumps(counted, ensure_ascii=False, indent=1))


@group.command("erased")
def erased() -> None:
    """Print the ids of everybody who was erased, one a line: to be kept beside the backups."""
    _open()
    with snapshot() as session:
        for person_id in erasures.erased(session):
            click.echo(person_id)


@group.command("erase-again")
@click.argument("ids", type=click.File())
def erase_again(ids: Iterable[str]) -> None:
    """Erase again, after a backup was restored and before anything is served.

    IDS is what `puhui rights erased` printed last; `-` reads it from the standard input.
    """
    people = []
    for row, line in enumerate(ids, start=1):
        try:
            people += [UUID(line.strip())] if line.strip() else []
        except ValueError:
            raise click.ClickException(f"{row}: {line.strip()}") from None
    _open()
    with transaction() as session:
        begun = erasures.erase_again(session, people, now())
    click.echo(begun)


@group.command("table")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the file is old.")
def table(check: bool) -> None:
    """Bring the table in docs/privacy.md to what the code says."""
    text = privacy_table.DOCUMENT.read_text(encoding="utf-8")
    written = privacy_table.written(text)
    if not check:
        privacy_table.DOCUMENT.write_text(written, encoding="utf-8")
    elif text != written:
        raise click.ClickException("docs/privacy.md 已过时 / is old: run.py puhui rights table")
