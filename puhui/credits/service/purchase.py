"""Buy for a purpose of one's own: an organisation's building, a court's decision, one yuan."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits import queries
from puhui.credits.bundle import Wishes
from puhui.credits.hold import Hold
from puhui.credits.kind import Kind
from puhui.credits.purpose import Purpose, PurposeDraft, StatementLine
from puhui.credits.service.hold import hold
from puhui.credits.service.retirement import may_be_named
from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_

KG_PER_YUAN = 10
FEN_PER_T = 100 * 1000 // KG_PER_YUAN
"""一元碳汇: one yuan for ten kilograms, which is 100 yuan a tonne."""
_ONE_YUAN = Wishes(kinds=(Kind.ONE_YUAN,), highest_fen_per_t=FEN_PER_T)


def buy(
    session: Session,
    actor: Actor,
    hold_id: UUID,
    draft: PurposeDraft,
    wishes: Wishes,
    now: datetime,
) -> Hold:
    """Hold the cheapest credits for what an organisation says it retires them for.

    The organisation is the beneficiary. The same again returns the same hold.

    Raises:
        NotFound: not the actor's organisation.
        Invalid: less than what the judgment asks for.
        NotEnoughCredits, NameTaken, StockMoves: as `hold`.
    """
    actor.require(Permission.CREDIT_HOLD, draft.organisation_id)
    judged = draft.judgment
    if judged is not None and not judged.is_met_by(draft.required_kg):
        message, asked = N_("文书要求注销 %(asked)s 千克"), {"asked": plain(judged.required.value)}
        raise Invalid([Fault("less_than_judged", message, None, "required_kg", asked)])
    buyer = identity.organisation(session, draft.organisation_id)
    assert buyer is not None, draft.organisation_id
    purpose = Purpose(
        kind=draft.kind,
        subject_id=hold_id,
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        beneficiary=buyer.name,
        beneficiary_en=buyer.name_en or "",
        required_kg=draft.required_kg,
        boundary_zh=draft.boundary_zh,
        boundary_en=draft.boundary_en,
        begins_on=draft.begins_on,
        ends_on=draft.ends_on,
        document=draft.document,
        lines=(
            (StatementLine(judged.said_zh, judged.said_en, plain(judged.required.value)),)
            if judged
            else ()
        ),
    )
    return hold(
        session, actor, hold_id, draft.organisation_id, purpose, draft.required_kg, wishes, now
    )


def buy_personally(session: Session, actor: Actor, hold_id: UUID, yuan: int, now: datetime) -> Hold:
    """Hold `yuan` times ten kilograms of 一元碳汇 for the person who asks, for at most that price.

    The certificate names grown-ups who agree to be named on certificates, and nobody else; its
    purpose is the purchase, so that two of one person cannot be told to be theirs.

    Raises:
        NotEnoughCredits, NameTaken, StockMoves: as `hold`.
    """
    actor.require(Permission.CREDIT_BUY)
    known = queries.hold(session, hold_id)
    # What the person agreed to when they first asked; repeating the question changes nothing.
    named = known.purpose.named if known else may_be_named(session, actor.person_id, now)
    name = identity.display_names(session, [actor.person_id])[actor.person_id] if named else ""
    purpose = Purpose(
        kind="personal",
        subject_id=hold_id,
        title_zh="个人认购一元碳汇",
        title_en="One-yuan forest carbon, bought by a person",
        beneficiary=name,
        required_kg=yuan * KG_PER_YUAN,
        named=named,
    )
    return hold(session, actor, hold_id, None, purpose, purpose.required_kg, _ONE_YUAN, now)
