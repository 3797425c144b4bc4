"""`puhui factors …`: files of factors, from the terminal of the installation."""

import sys
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import click

from puhui.db.session import connect, snapshot, transaction
from puhui.factors import queries, service
from puhui.factors.factor import ImportState
from puhui.factors.model import Import
from puhui.kernel.clock import now
from puhui.settings import from_environment

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("factors")
def group() -> None:
    """排放因子 / Emission factors."""


@group.command("import")
@click.argument("file", type=FILE)
def import_file(file: Path) -> None:
    """导入一个 CSV 或 xlsx 文件，有错误则整个隔离 / Bring a file as a draft, or not at all."""
    engine = connect(from_environment().database_url)
    data = file.read_bytes()
    with transaction() as session:
        found = service.bring(session, _name(file.name, data), file.name, data, None, now())
        _tell(found)
        faulty = found.state is ImportState.QUARANTINED
    engine.dispose()
    if faulty:
        sys.exit(1)


@group.command()
def quarantine() -> None:
    """列出被隔离的文件和每一处错误 / List the files that were kept out, with every fault."""
    engine = connect(from_environment().database_url)
    with snapshot() as session:
        for found in queries.imports(session, state=ImportState.QUARANTINED, most=1000):
            _tell(found)
    engine.dispose()


def _name(file: str, data: bytes) -> UUID:
    """Return the name of an import: the same file brought twice is brought once."""
    return uuid5(uuid5(NAMESPACE_URL, "puhui:factors"), f"{file}\n{sha256(data).hexdigest()}")


def _tell(found: Import) -> None:
    click.echo(
        f"{found.import_id}  {found.imported_at:%Y-%m-%d %H:%M}  {found.state:<12} {found.file}"
    )
    for fault in found.faults:
        place = " ".join(str(fault[part]) for part in ("row", "field") if fault[part])
        click.echo(f"  {place:<24} {fault['code']}: {fault['message'] % fault['values']}")
    if found.state is ImportState.DRAFT:
        click.echo(f"  {found.rows} 个因子待发布 / factors wait to be published by an operator:")
        click.echo(f"  /factors/imports/{found.import_id}")
