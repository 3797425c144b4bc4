"""Agree with sellers, and record what was paid out to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.credits.errors import NameTaken
from puhui.credits.paying import queries
from puhui.credits.paying.errors import MoreThanOwed, UnknownPayout, UnknownSeller
from puhui.credits.paying.model import Payout, Seller
from puhui.credits.paying.seller import PayoutDraft, SellerCard, seller_id_of
from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def agree(
    session: Session,
    actor: Actor,
    seller_id: UUID,
    organisation_id: UUID | None,
    fee_bp: int,
    now: datetime,
) -> SellerCard:
    """Say which organisation a seller is, and what the platform keeps of sales from now on.

    What was sold before keeps its fee.

    Raises:
        UnknownSeller: no batch has this seller.
        Invalid: no such organisation.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    name = _name(session, seller_id)
    if organisation_id is not None and identity.organisation(session, organisation_id) is None:
        fault = Fault("unknown_organisation", N_("没有这个单位"), None, "organisation_id")
        raise Invalid([fault])
    said = {"organisation_id": organisation_id, "fee_bp": fee_bp}
    session.execute(
        insert(Seller)
        .values(seller_id=seller_id, name=name, **said)
        .on_conflict_do_update(index_elements=[Seller.seller_id], set_=said)
    )
    found = queries.seller(session, seller_id)
    assert found is not None, seller_id
    return found


def record_payout(
    session: Session,
    actor: Actor,
    seller_id: UUID,
    payout_id: UUID,
    draft: PayoutDraft,
    now: datetime,
) -> None:
    """Record money that was sent to a seller: never more than is owed. The same again is once.

    Raises:
        UnknownSeller: no batch has this seller.
        MoreThanOwed: the open balance is less.
        NameTaken: the name, or the bank's number, belongs to another payout.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    name = _name(session, seller_id)
    # Payouts to one seller one after the other: each sees what those before it have left.
    session.execute(_ONE_BY_ONE, {"name": f"credits seller {name}"})
    known = session.get(Payout, payout_id)
    if known is not None:
        if (known.seller, known.amount_fen, known.paid_on, known.reference) != (
            name,
            draft.amount_fen,
            draft.paid_on,
            draft.reference,
        ):
            raise NameTaken(payout=str(payout_id))
        return
    owed = queries.balance_of(session, name)
    if draft.amount_fen > owed:
        raise MoreThanOwed(owed_fen=owed, amount_fen=draft.amount_fen)
    _write(session, actor, payout_id, name, draft, None, now)


def cancel_payout(
    session: Session,
    actor: Actor,
    seller_id: UUID,
    payout_id: UUID,
    cancelled_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Take back a payout that was recorded by mistake, by an entry of its own. Twice is once.

    Raises:
        UnknownSeller, UnknownPayout: no such payout to this seller.
        NameTaken: the name belongs to another entry, or it was taken back before.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    name = _name(session, seller_id)
    session.execute(_ONE_BY_ONE, {"name": f"credits seller {name}"})
    cancelled = session.get(Payout, cancelled_id)
    if cancelled is None or cancelled.seller != name or cancelled.amount_fen < 0:
        raise UnknownPayout(payout=str(cancelled_id))
    known = session.scalar(select(Payout).where(Payout.cancels == cancelled_id))
    if known is not None:
        if known.payout_id != payout_id:
            raise NameTaken(payout=str(payout_id))
        return
    draft = PayoutDraft(-cancelled.amount_fen, cancelled.paid_on, f"{reason} {payout_id}")
    _write(session, actor, payout_id, name, draft, cancelled_id, now)


def _write(
    session: Session,
    actor: Actor,
    payout_id: UUID,
    name: str,
    draft: PayoutDraft,
    cancels: UUID | None,
    now: datetime,
) -> None:
    written = session.scalar(
        insert(Payout)
        .values(
            payout_id=payout_id,
            seller=name,
            amount_fen=draft.amount_fen,
            paid_on=draft.paid_on,
            reference=draft.reference,
            cancels=cancels,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Payout.payout_id)
    )
    if written is None:
        raise NameTaken(reference=draft.reference)


def _name(session: Session, seller_id: UUID) -> str:
    for name in queries.seller_names(session):
        if seller_id_of(name) == seller_id:
            return name
    raise UnknownSeller(seller=str(seller_id))
