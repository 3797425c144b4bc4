"""Large workbooks: taken in at once, read by a task, put in place of the inventory whole."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.evidence.documents import DocumentCard, content_of, document, keep_document
from puhui.factors import queries as factors
from puhui.footprint import queries
from puhui.footprint.basis import names_in, resolve_lines
from puhui.footprint.service.product import product_for_change, put_inventory
from puhui.footprint.submission import Submitted, read_lines
from puhui.footprint.workbook import cells_of, with_titles
from puhui.identity.queries import actor_of_person
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.outbox import queries as tasks
from puhui.outbox import task
from puhui.outbox.queries import TaskSeen
from puhui.outbox.task import Step
from puhui.web.workbook import dangers, lines_in

KIND = "footprint.import"
STEP = 4_000
"""Lines that are checked in one step: about a second."""


def begin_import(
    session: Session,
    actor: Actor,
    import_id: UUID,
    product_id: UUID,
    name: str,
    data: bytes,
    now: datetime,
) -> TaskSeen:
    """Begin to put a workbook in place of the product's inventory. Twice is once.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        Invalid: the file must not be opened, or is no workbook.
        DocumentDiffers, TaskDiffers: the id is another file or other work.
    """
    product = product_for_change(session, actor, product_id)
    faults = dangers(data)
    if faults:
        raise Invalid(faults)
    keep_document(session, actor, import_id, name, data, now)
    owner = _owner(product.organisation_id)
    payload = {
        "product_id": str(product_id),
        "document_id": str(import_id),
        "person_id": str(actor.person_id),
    }
    total = lines_in(data)
    task.begin(session, import_id, KIND, owner=owner, total=total, payload=payload, now=now)
    session.flush()
    return tasks.task(session, import_id, owner)


def import_step(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Check the next lines; after the last put the whole inventory, or refuse it whole.

    Raises:
        Invalid: every fault at once, by sheet, row and column; nothing is changed.
        Forbidden, NotFound: whoever began it may no longer change the product.
    """
    submitted = _submitted(session, UUID(payload["document_id"]))
    done, faulty = cursor.get("done", 0), cursor.get("faulty", 0)
    part = submitted.lines[done : done + STEP]
    if part:
        lines, faults = read_lines(Submitted(submitted.head, part))
        catalogue = factors.catalogue(session, names_in(lines))
        faulty += len(faults) + len(resolve_lines(lines, catalogue)[1])
        done += len(part)
        return Step(done, {"done": done, "faulty": faulty})
    actor = actor_of_person(session, UUID(payload["person_id"]))
    product_id = UUID(payload["product_id"])
    before = queries.inventory_of(session, product_id)
    version = before.version if before else 0
    try:
        found = put_inventory(session, actor, product_id, submitted, now)
    except Invalid as refusal:
        raise Invalid(with_titles(refusal.faults)) from None
    result = {"version": found.version, "changed": found.version != version, "lines": done}
    return Step(done, cursor, result)


def import_seen_by(session: Session, actor: Actor, product_id: UUID, import_id: UUID) -> TaskSeen:
    """Return how far an import is, for the product's makers.

    Raises:
        Forbidden, NotFound: there is none, or the product is not theirs.
    """
    actor.require(Permission.PRODUCT_WRITE)
    product = queries.product(session, product_id)
    actor.require(Permission.PRODUCT_WRITE, product.organisation_id)
    return tasks.task(session, import_id, _owner(product.organisation_id))


def stop_import(
    session: Session, actor: Actor, product_id: UUID, import_id: UUID, now: datetime
) -> None:
    """Stop an import; the inventory stays as it was.

    Raises:
        Forbidden, NotFound, TaskEnded: it is not the actor's to stop, or has ended.
    """
    product = product_for_change(session, actor, product_id)
    task.stop(session, import_id, owner=_owner(product.organisation_id), now=now)


def resume_import(
    session: Session, actor: Actor, product_id: UUID, import_id: UUID, now: datetime
) -> None:
    """Let a stopped import go on.

    Raises:
        Forbidden, NotFound, TaskEnded: it is not the actor's to resume, or has ended.
    """
    product = product_for_change(session, actor, product_id)
    task.resume(session, import_id, owner=_owner(product.organisation_id), now=now)


def _owner(organisation_id: UUID) -> str:
    return f"organisation:{organisation_id}"


def _submitted(session: Session, document_id: UUID) -> Submitted:
    card = document(session, document_id)
    submitted, faults = _read(card)
    if faults:
        raise Invalid(faults)
    return submitted


@lru_cache(maxsize=1)
def _read(card: DocumentCard) -> tuple[Submitted, list[Fault]]:
    """Return what the file says; kept, because the steps of one import follow closely."""
    return cells_of(content_of(card))
