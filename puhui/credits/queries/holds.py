"""Read holds, who sponsors them, and whether they are paid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from puhui.credits.bundle import Line, Why
from puhui.credits.hold import Hold, HoldState
from puhui.credits.kind import Kind
from puhui.credits.model import Batch, Beneficiary, HoldLine, HoldRow, Payment, SponsorRow
from puhui.credits.purpose import Purpose
from puhui.credits.sponsor import Sponsor


def personal_holds(person_id: Any) -> Select[UUID]:
    """Return, to search within, the holds that a person made in their own name.

    `person_id` may be a column that holds one.
    """
    return select(HoldRow.hold_id).where(
        HoldRow.made_by == person_id, HoldRow.organisation_id.is_(None)
    )


def hold(session: Session, hold_id: UUID) -> Hold | None:
    """Return the hold, or None for an unknown one. Nobody is asked who they are."""
    row = session.get(HoldRow, hold_id)
    return None if row is None else _holds(session, [row])[0]


def holds_of(
    session: Session, organisation_id: UUID, *, before: datetime | None = None, most: int = 50
) -> Sequence[Hold]:
    """Return an organisation's holds, newest first."""
    query = select(HoldRow).where(HoldRow.organisation_id == organisation_id)
    if before is not None:
        query = query.where(HoldRow.made_at < before)
    rows = session.scalars(query.order_by(HoldRow.made_at.desc(), HoldRow.hold_id).limit(most))
    return _holds(session, rows.all())


def holds_of_person(session: Session, person_id: UUID, *, most: int = 50) -> Sequence[Hold]:
    """Return what a person has bought or is buying in their own name, newest first."""
    query = select(HoldRow).where(HoldRow.organisation_id.is_(None), HoldRow.made_by == person_id)
    rows = session.scalars(query.order_by(HoldRow.made_at.desc(), HoldRow.hold_id).limit(most))
    return _holds(session, rows.all())


def holds_for(session: Session, purpose_id: UUID) -> Sequence[Hold]:
    """Return all holds made for this purpose, newest first."""
    query = select(HoldRow).where(HoldRow.purpose_id == purpose_id)
    rows = session.scalars(query.order_by(HoldRow.made_at.desc(), HoldRow.hold_id))
    return _holds(session, rows.all())


def holds_waiting_for_payment(
    session: Session, now: datetime, *, after: UUID | None = None, most: int = 50
) -> Sequence[Hold]:
    """Return live unpaid holds, in order of their identifier."""
    query = select(HoldRow).where(HoldRow.state == HoldState.HELD, HoldRow.expires_at > now)
    if after is not None:
        query = query.where(HoldRow.hold_id > after)
    rows = session.scalars(query.order_by(HoldRow.hold_id).limit(most))
    return _holds(session, rows.all())


def sponsors_of(session: Session, hold_id: UUID) -> tuple[Sponsor, ...]:
    """Return who pays for what the hold retires, in the order in which they were named."""
    rows = session.scalars(
        select(SponsorRow).where(SponsorRow.hold_id == hold_id).order_by(SponsorRow.place)
    )
    return tuple(Sponsor(row.name, row.name_en, row.share_bp) for row in rows)


def is_paid_by(session: Session, hold_id: UUID) -> str | None:
    """Return the bank's reference of the transfer that paid the hold, or None."""
    return session.scalar(select(Payment.reference).where(Payment.hold_id == hold_id))


def _holds(session: Session, rows: Sequence[HoldRow]) -> list[Hold]:
    lines: dict[UUID, list[Line]] = {row.hold_id: [] for row in rows}
    found = session.execute(
        select(HoldLine, Batch.kind)
        .join(Batch, Batch.batch_id == HoldLine.batch_id)
        .where(HoldLine.hold_id.in_(lines))
        .order_by(HoldLine.hold_id, HoldLine.place)
    )
    for line, kind in found:
        lines[line.hold_id].append(
            Line(
                line.batch_id,
                Kind(kind),
                line.quantity_kg,
                line.price_fen_per_t,
                line.cost_fen,
                tuple(Why(message, values) for message, values in line.why),
            )
        )
    names = {
        row.hold_id: row
        for row in session.scalars(select(Beneficiary).where(Beneficiary.hold_id.in_(lines)))
    }
    return [
        Hold(
            row.hold_id,
            row.organisation_id,
            row.made_by,
            _purpose(row, names.get(row.hold_id)),
            HoldState(row.state),
            row.need_kg,
            row.total_kg,
            row.total_fen,
            row.greedy_fen,
            row.reference,
            row.made_at,
            row.expires_at,
            tuple(lines[row.hold_id]),
        )
        for row in rows
    ]


def _purpose(row: HoldRow, named: Beneficiary | None) -> Purpose:
    told = dict(row.purpose)
    if named is not None:
        told |= {"beneficiary": named.name, "beneficiary_en": named.name_en}
    return Purpose.of_plain(told)
