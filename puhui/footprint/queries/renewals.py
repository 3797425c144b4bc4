"""Read what was found of labels after a release of factors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.footprint.model import Finding, Footprint, Label, Product
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.outbox.queries import TaskSeen, task, tasks

OWNER = "platform:labels"
"""Whose tasks these are: every operator's."""
RECOMPUTE, ENDINGS = "footprint.recompute_all", "footprint.end_found"


@dataclass(frozen=True)
class FindingRow:
    """What was found of a label, with what it is the label of."""

    label_id: UUID
    code: str
    name_zh: str
    name_en: str
    maker: str
    outcome: str
    ground: str | None
    was_kg: Decimal
    is_kg: Decimal | None
    detail: str
    ended: bool


def runs(session: Session, actor: Actor) -> list[TaskSeen]:
    """Return the latest runs, for operators.

    Raises:
        Forbidden: the actor is none.
    """
    actor.require(Permission.LABEL_OVERSEE)
    return tasks(session, OWNER, RECOMPUTE)


def every_run(session: Session) -> list[TaskSeen]:
    """Return the latest runs, the newest first; for commands, which have no actor."""
    return tasks(session, OWNER, RECOMPUTE)


def run_seen_by(session: Session, actor: Actor, task_id: UUID) -> TaskSeen:
    """Return how far a run is, for operators.

    Raises:
        Forbidden, NotFound: the actor is none, or there is no such run.
    """
    actor.require(Permission.LABEL_OVERSEE)
    return task(session, task_id, OWNER)


def outcomes(session: Session, task_id: UUID) -> Mapping[str, int]:
    """Return how many labels a run has found to hold, to be renewed, or unclear."""
    counted = session.execute(
        select(Finding.outcome, func.count())
        .where(Finding.task_id == task_id)
        .group_by(Finding.outcome)
    )
    return {"holds": 0, "renew": 0, "unclear": 0} | {row[0]: row[1] for row in counted}


def findings(
    session: Session,
    task_id: UUID,
    *,
    outcome: str | None = None,
    after: UUID | None = None,
    most: int = 100,
) -> Sequence[FindingRow]:
    """Return what a run has found, by label, beginning after `after`."""
    query = (
        select(Finding, Label, Product)
        .join(Label, Label.label_id == Finding.label_id)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .join(Product, Product.product_id == Footprint.product_id)
        .where(Finding.task_id == task_id)
        .order_by(Finding.label_id)
        .limit(most)
    )
    if outcome is not None:
        query = query.where(Finding.outcome == outcome)
    if after is not None:
        query = query.where(Finding.label_id > after)
    return [_row(session, *found) for found in session.execute(query)]


def all_findings(session: Session, task_id: UUID) -> Iterator[FindingRow]:
    """Return everything that a run has found, a thousand labels at a time."""
    after = None
    while rows := findings(session, task_id, after=after, most=1000):
        yield from rows
        after = rows[-1].label_id


def renewal_of(session: Session, label_id: UUID) -> Finding | None:
    """Return what the last run found of a label, if it is more than that it holds."""
    found = session.scalar(
        select(Finding)
        .where(Finding.label_id == label_id)
        .order_by(Finding.found_at.desc())
        .limit(1)
    )
    return found if found is not None and found.outcome != "holds" else None


def holding(session: Session, at: datetime, after: UUID | None, most: int) -> Sequence[Label]:
    """Return labels that hold then, by id, beginning after `after`."""
    query = (
        select(Label)
        .where(Label.withdrawn_at.is_(None), Label.expires_at > at, Label.issued_at <= at)
        .order_by(Label.label_id)
        .limit(most)
    )
    if after is not None:
        query = query.where(Label.label_id > after)
    return session.scalars(query).all()


def count_holding(session: Session, at: datetime) -> int:
    """Return how many labels hold then."""
    query = select(func.count()).where(
        Label.withdrawn_at.is_(None), Label.expires_at > at, Label.issued_at <= at
    )
    return session.scalar(query) or 0


def _row(session: Session, found: Finding, of: Label, product: Product) -> FindingRow:
    maker = organisation(session, product.organisation_id)
    assert maker is not None, product
    return FindingRow(
        label_id=found.label_id,
        code=of.code,
        name_zh=product.name_zh,
        name_en=product.name_en,
        maker=maker.name,
        outcome=found.outcome,
        ground=found.ground,
        was_kg=found.was_kg,
        is_kg=found.is_kg,
        detail=found.detail,
        ended=of.withdrawn_at is not None,
    )
