"""Files of factors: taken in as a draft, or kept out whole with every fault by its row."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Context
from fractions import Fraction
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.factors import queries
from puhui.factors.errors import ImportDiffers, UnknownImport
from puhui.factors.library import Row, as_csv, read
from puhui.factors.model import Import
from puhui.factors.peers import Peers
from puhui.factors.service.library import news, publish_rows
from puhui.factors.upload import read_file
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_

SHORT = Context(prec=4)
MOST_FAULTS = 10_000


def import_file(
    session: Session, actor: Actor, import_id: UUID, file: str, data: bytes, now: datetime
) -> Import:
    """Take in a file as a draft, or keep it out whole, with every fault by its row. Once.

    Raises:
        Forbidden: the actor may not publish factors.
        ImportDiffers: another file was brought under this name.
    """
    actor.require(Permission.FACTOR_PUBLISH)
    return bring(session, import_id, file, data, actor.person_id, now)


def bring(
    session: Session,
    import_id: UUID,
    file: str,
    data: bytes,
    person_id: UUID | None,
    now: datetime,
) -> Import:
    """Do what `import_file` does, for whoever has the terminal of the installation.

    Raises:
        ImportDiffers: another file was brought under this name.
    """
    digest = sha256(data).hexdigest()
    known = session.get(Import, import_id)
    if known is not None:
        if (known.sha256, known.file, known.imported_by) != (digest, file, person_id):
            raise ImportDiffers(import_id=str(import_id))
        return known
    rows, faults = read_file(file, data)
    faults += news(session, rows)[2]
    faults += _implausible(session, rows)
    faults = _at_most(sorted(faults, key=lambda fault: (fault.row or 0, fault.field or "")))
    found = Import(
        import_id=import_id,
        file=file,
        sha256=digest,
        content="" if faults else as_csv([row.factor for row in rows]),
        rows=len(rows),
        faults=[asdict(fault) for fault in faults],
        imported_by=person_id,
        imported_at=now,
    )
    session.add(found)
    session.flush()
    return found


def publish_import(session: Session, actor: Actor, import_id: UUID, now: datetime) -> Import:
    """Publish a draft: its factors are in force, and the register says so. Once.

    Raises:
        Forbidden: the actor may not publish factors.
        UnknownImport: no such file was brought.
        Quarantined: it has faults.
        Invalid: since it was brought, another library has said otherwise.
    """
    actor.require(Permission.FACTOR_PUBLISH)
    found = session.get(Import, import_id, with_for_update=True)
    if found is None:
        raise UnknownImport(import_id=str(import_id))
    if found.publish(actor.person_id, now):
        rows, faults = read(found.file, found.content)
        publish_rows(session, rows, faults, actor.person_id, now)
    return found


def _at_most(faults: list[Fault]) -> list[Fault]:
    """Return the faults, the last of them a count where there are more than anybody reads."""
    more = len(faults) - MOST_FAULTS
    if more <= 0:
        return faults
    return [
        *faults[:MOST_FAULTS],
        Fault("more", N_("还有 %(count)s 处错误没有列出"), values={"count": more}),
    ]


def _implausible(session: Session, rows: Sequence[Row]) -> list[Fault]:
    """Return a fault for each row whose figure is far from all of its peers."""
    peers = Peers([*queries.in_force(session), *(row.factor for row in rows)])
    faults = []
    for row in rows:
        span = peers.range_of(row.factor)
        if span is not None and not span.holds(row.factor):
            faults.append(
                Fault(
                    "implausible",
                    N_(
                        "%(value)s 与同类因子相差十倍以上（同类为 %(least)s 至 %(greatest)s"
                        " kg/%(unit)s）：请核对单位和小数点"
                    ),
                    row.row,
                    "kg_per_unit",
                    {
                        "value": plain(row.factor.kg_per_unit),
                        "least": _rounded(span.least),
                        "greatest": _rounded(span.greatest),
                        "unit": row.factor.unit,
                        "file": row.file,
                    },
                )
            )
    return faults


def _rounded(number: Fraction) -> str:
    """Return a figure to be read, not to be computed with."""
    return plain(SHORT.divide(number.numerator, number.denominator))
