"""Hold credits for a purpose at a frozen price; take payment, or give them back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from puhui.credits import queries, stock
from puhui.credits.bundle import Prefer, Proposal, Wishes, choose, choose_for_budget
from puhui.credits.errors import (
    HoldOver,
    NameTaken,
    OwnHold,
    StockMoves,
    UnknownHold,
    WrongAmount,
)
from puhui.credits.hold import (
    OFFER_LASTS,
    TRANSFER_MAY_TAKE,
    BankTransfer,
    Hold,
    HoldState,
)
from puhui.credits.kind import RULES
from puhui.credits.model import (
    Beneficiary,
    Block,
    HoldLine,
    HoldRow,
    Payment,
)
from puhui.credits.purpose import Purpose
from puhui.credits.service.lines import locked, move, read_hold
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.code import short_code
from puhui.outbox.service import publish
from puhui.register.entry import SALT_BYTES

_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_HOLD = text("""
    SELECT credits_hold_at_once(
      :hold, :organisation, :made_by, CAST(:purpose AS jsonb), :purpose_id, CAST(:wishes AS jsonb),
      :need_kg, :total_kg, :total_fen, :greedy_fen, :reference, :made_at, :expires_at, :batches,
      CAST(:kilograms AS bigint[]), CAST(:serials AS bigint[]), CAST(:prices AS bigint[]),
      CAST(:costs AS bigint[]), CAST(:whys AS jsonb), :wait)""")
_SPENT = "credits_receipt_spent"
_MOST_TRIES = 10
_MOST_SWEPT = 200


def propose(session: Session, need_kg: int, wishes: Wishes, now: datetime) -> Proposal:
    """Return the cheapest bundle that is on sale now for `need_kg` kilograms. Keeps nothing.

    Raises:
        NotEnoughCredits: what is on sale does not cover the need under these wishes.
    """
    return choose(need_kg, queries.lots(session), wishes)


def propose_for_budget(
    session: Session, budget_fen: int, wishes: Wishes, now: datetime
) -> Proposal:
    """Return the bundle on sale now that covers the most for a budget in fen. Keeps nothing.

    Raises:
        BudgetTooSmall: it does not pay for a single granule under these wishes.
    """
    return choose_for_budget(budget_fen, queries.lots(session), wishes)


def hold(
    session: Session,
    actor: Actor,
    hold_id: UUID,
    organisation_id: UUID | None,
    purpose: Purpose,
    need_kg: int,
    wishes: Wishes,
    now: datetime,
) -> Hold:
    """Keep the cheapest bundle for the purpose, at a frozen price, for `OFFER_LASTS`.

    The same again returns the same hold, whatever has become of it. Without an organisation it is
    for the person who asks.

    Raises:
        NotEnoughCredits: what is on sale does not cover the need under these wishes.
        NameTaken: the identifier belongs to another hold.
        StockMoves: others keep buying what was just chosen; try again.
    """
    if organisation_id is None:
        actor.require(Permission.CREDIT_BUY)
    else:
        actor.require(Permission.CREDIT_HOLD, organisation_id)
    assert (organisation_id is None) == (purpose.kind == "personal"), purpose.kind
    assert need_kg >= purpose.required_kg > 0, (need_kg, purpose.required_kg)
    session.execute(_ONE_BY_ONE, {"name": f"credits hold {hold_id}"})
    known = session.get(HoldRow, hold_id)
    asked = {
        "organisation_id": organisation_id,
        "purpose": {**purpose.plain(), "beneficiary": "", "beneficiary_en": ""},
        "wishes": _plain(wishes),
        "need_kg": need_kg,
    }
    if known is not None:
        if any(getattr(known, name) != value for name, value in asked.items()) or (
            organisation_id is None and known.made_by != actor.person_id
        ):
            raise NameTaken(hold=str(hold_id))
        return read_hold(session, hold_id)
    # First whichever blocks are free, then in the queue for all of them.
    for attempt in range(_MOST_TRIES):
        proposal = propose(session, need_kg, wishes, now)
        if _write_hold(session, actor, hold_id, proposal, asked, purpose, now, attempt > 0):
            break
    else:
        raise StockMoves()
    if purpose.named and purpose.beneficiary:
        session.add(
            Beneficiary(
                hold_id=hold_id,
                salt=token_bytes(SALT_BYTES),
                name=purpose.beneficiary,
                name_en=purpose.beneficiary_en,
            )
        )
        session.flush()
    move(session, uuid5(hold_id, "held"), proposal.lines, stock.available, stock.held, "hold", now)
    publish(session, "credits.held", now, hold_id=str(hold_id))
    kept = purpose.named and purpose.beneficiary
    return Hold(
        hold_id,
        organisation_id,
        actor.person_id,
        purpose if kept else replace(purpose, beneficiary="", beneficiary_en=""),
        HoldState.HELD,
        need_kg,
        proposal.total_kg,
        proposal.total_fen,
        proposal.greedy_fen,
        _reference(hold_id),
        now,
        now + OFFER_LASTS,
        # What is left of a batch was so when it was proposed, and is not kept.
        tuple(replace(line, left_kg=None) for line in proposal.lines),
    )


def announce_transfer(session: Session, actor: Actor, hold_id: UUID, now: datetime) -> Hold:
    """Accept the price and announce a bank transfer: the hold lasts `TRANSFER_MAY_TAKE`.

    Counted from when the hold was made, so announcing again prolongs nothing.

    Raises:
        UnknownHold: no such hold, or not this organisation's.
        HoldOver: it has ended.
    """
    row = locked(session, hold_id)
    require_holder(actor, row)
    if row.state == HoldState.HELD and row.expires_at > now:
        row.expires_at = row.made_at + TRANSFER_MAY_TAKE
        session.flush()
    elif row.state not in {HoldState.PAID, HoldState.RETIRED}:
        raise HoldOver(hold=str(hold_id))
    return read_hold(session, hold_id)


def confirm_payment(
    session: Session, actor: Actor, hold_id: UUID, payment: BankTransfer, now: datetime
) -> Hold:
    """Confirm that the money has arrived; what follows is told by `credits.hold_paid`.

    Money that arrives after the hold has ended is not taken: it goes back to its sender.

    Raises:
        UnknownHold, HoldOver: nothing to pay for.
        WrongAmount: not the price that was frozen.
        OwnHold: the operator made the hold.
        NameTaken: the bank's reference has paid another hold, or this one was paid otherwise.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    row = locked(session, hold_id)
    known = session.get(Payment, hold_id)
    if known is not None:
        if (known.reference, known.amount_fen, known.paid_on) != (
            payment.reference,
            payment.amount_fen,
            payment.paid_on,
        ):
            raise NameTaken(hold=str(hold_id))
        return read_hold(session, hold_id)
    if row.state != HoldState.HELD or row.expires_at <= now:
        raise HoldOver(hold=str(hold_id))
    if row.made_by == actor.person_id:
        raise OwnHold(hold=str(hold_id))
    if payment.amount_fen != row.total_fen:
        raise WrongAmount(expected_fen=row.total_fen, amount_fen=payment.amount_fen)
    pay(
        session,
        row,
        road="bank",
        reference=payment.reference,
        amount_fen=payment.amount_fen,
        paid_on=payment.paid_on,
        confirmed_by=actor.person_id,
        now=now,
    )
    return read_hold(session, hold_id)


def pay(
    session: Session,
    row: HoldRow,
    *,
    road: str,
    reference: str,
    amount_fen: int,
    paid_on: date,
    confirmed_by: UUID | None,
    now: datetime,
) -> None:
    """Let money that has been judged pay for a locked hold.

    Raises:
        NameTaken: the same money has paid for another, goes back, or came as another amount; the
            session's transaction can only be rolled back.
    """
    assert (row.state, row.total_fen) == (HoldState.HELD, amount_fen), row.hold_id
    try:
        written = session.scalar(
            insert(Payment)
            .values(
                hold_id=row.hold_id,
                reference=reference,
                amount_fen=amount_fen,
                paid_on=paid_on,
                confirmed_by=confirmed_by,
                confirmed_at=now,
                road=road,
            )
            .on_conflict_do_nothing()
            .returning(Payment.hold_id)
        )
    except IntegrityError as refusal:
        diagnosis = getattr(refusal.orig, "diag", None)
        if diagnosis is None or diagnosis.constraint_name != _SPENT:
            raise
        raise NameTaken(reference=reference) from refusal
    if written is None:
        raise NameTaken(reference=reference)
    row.state = HoldState.PAID
    session.flush()
    publish(session, "credits.hold_paid", now, hold_id=str(row.hold_id))


def release(session: Session, actor: Actor, hold_id: UUID, now: datetime) -> Hold:
    """Give back what an unpaid hold keeps.

    Raises:
        UnknownHold: no such hold, or not this organisation's.
        HoldOver: it is paid or retired.
    """
    row = locked(session, hold_id)
    require_holder(actor, row)
    if row.state in {HoldState.PAID, HoldState.RETIRED}:
        raise HoldOver(hold=str(hold_id))
    if row.state == HoldState.HELD:
        _give_back(session, [hold_id], HoldState.RELEASED, now)
    return read_hold(session, hold_id)


def expire_holds(session: Session, now: datetime) -> int:
    """Give back what unpaid holds keep whose time is over; return how many they were.

    At most `_MOST_SWEPT` at a time, in one transfer, so that accounts are locked in name order.
    """
    due = session.scalars(
        select(HoldRow.hold_id)
        .where(HoldRow.state == HoldState.HELD, HoldRow.expires_at <= now)
        .order_by(HoldRow.expires_at, HoldRow.hold_id)
        .limit(_MOST_SWEPT)
        .with_for_update(skip_locked=True)
    ).all()
    if due:
        _give_back(session, due, HoldState.EXPIRED, now)
    return len(due)


def _give_back(session: Session, hold_ids: Sequence[UUID], state: HoldState, now: datetime) -> None:
    lines = session.scalars(select(HoldLine).where(HoldLine.hold_id.in_(hold_ids))).all()
    session.execute(
        update(Block)
        .where(Block.hold_id.in_(hold_ids))
        .values(state="available", hold_id=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(HoldRow)
        .where(HoldRow.hold_id.in_(hold_ids))
        .values(state=state, ended_at=now)
        .execution_options(synchronize_session="fetch")
    )
    first, *others = sorted(hold_ids)
    name = uuid5(first, "\n".join([state, *map(str, others)]))
    move(session, name, lines, stock.held, stock.available, state, now)
    for hold_id in sorted(hold_ids):
        publish(session, f"credits.hold_{state}", now, hold_id=str(hold_id))


def _write_hold(
    session: Session,
    actor: Actor,
    hold_id: UUID,
    proposal: Proposal,
    asked: Mapping[str, Any],
    purpose: Purpose,
    now: datetime,
    wait: bool,
) -> bool:
    """Write the hold and take the serials of all its lines, in order of batch, in one round trip;
    return False, and leave nothing behind, if one fell short."""
    lines = proposal.lines
    written = session.scalar(
        _HOLD,
        {
            "hold": hold_id,
            "organisation": asked["organisation_id"],
            "made_by": actor.person_id,
            "purpose": json.dumps(asked["purpose"], ensure_ascii=False),
            "purpose_id": purpose.subject_id,
            "wishes": json.dumps(asked["wishes"], ensure_ascii=False),
            "need_kg": asked["need_kg"],
            "total_kg": proposal.total_kg,
            "total_fen": proposal.total_fen,
            "greedy_fen": proposal.greedy_fen,
            "reference": _reference(hold_id),
            "made_at": now,
            "expires_at": now + OFFER_LASTS,
            "batches": [line.batch_id for line in lines],
            "kilograms": [line.quantity_kg for line in lines],
            "serials": [line.quantity_kg // RULES[line.kind].granularity_kg for line in lines],
            "prices": [line.price_fen_per_t for line in lines],
            "costs": [line.cost_fen for line in lines],
            "whys": json.dumps(
                [[[why.message, dict(why.values)] for why in line.why] for line in lines],
                ensure_ascii=False,
            ),
            "wait": wait,
        },
    )
    return bool(written)


def _reference(hold_id: UUID) -> str:
    return "PH" + short_code(f"hold {hold_id}", 10)


def require_holder(actor: Actor, row: HoldRow) -> None:
    """Let pass who may hold for the organisation; to others the hold does not exist."""
    if row.organisation_id is None:
        actor.require(Permission.CREDIT_BUY)
        if row.made_by != actor.person_id:
            raise UnknownHold(hold=str(row.hold_id))
        return
    actor.require(Permission.CREDIT_HOLD)
    if not actor.may(Permission.CREDIT_HOLD, row.organisation_id):
        raise UnknownHold(hold=str(row.hold_id))


def _plain(wishes: Wishes) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kinds": sorted(wishes.kinds),
        "counties": sorted(wishes.counties),
        "shares": {str(kind): share for kind, share in wishes.shares.items()},
        "highest_fen_per_t": wishes.highest_fen_per_t,
    }
    # Only what was wished for, so that offers made before these wishes existed stay the same.
    if wishes.county_shares:
        told["county_shares"] = dict(sorted(wishes.county_shares.items()))
    if wishes.vintage_shares:
        told["vintage_shares"] = {str(k): v for k, v in sorted(wishes.vintage_shares.items())}
    if wishes.prefer is not Prefer.NOTHING:
        told["prefer"] = [wishes.prefer, wishes.dearer_percent]
    return told
