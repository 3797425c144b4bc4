"""Read what credits were offered to an event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import puhui.credits.queries as credits
from puhui.credits.bundle import Why, yuan
from puhui.credits.hold import Hold, HoldState
from puhui.credits.kind import Kind
from puhui.events.model import Offer


@dataclass(frozen=True)
class OfferLine:
    """A line of an offer, with what it supports."""

    batch_id: UUID
    kind: Kind
    project: str
    project_en: str
    place: str
    place_en: str
    quantity_kg: int
    price_fen_per_t: int
    cost_fen: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class OfferCard:
    """An offer as it is shown. Prices are in fen."""

    offer_id: UUID
    state: HoldState
    need_kg: int
    total_kg: int
    surplus_kg: int
    total_fen: int
    greedy_fen: int
    reference: str
    expires_at: datetime
    lines: tuple[OfferLine, ...]
    certificate: str | None

    @property
    def price(self) -> str:
        """Return the price in yuan."""
        return yuan(self.total_fen)


def offer_card(session: Session, hold: Hold) -> OfferCard:
    """Return an offer as it is shown, each line with its project."""
    lines = []
    for line in hold.lines:
        batch = credits.batch(session, line.batch_id)
        assert batch is not None, line.batch_id
        lines.append(
            OfferLine(
                line.batch_id,
                line.kind,
                batch.project_name,
                batch.project_name_en,
                batch.place,
                batch.place_en,
                line.quantity_kg,
                line.price_fen_per_t,
                line.cost_fen,
                line.why,
            )
        )
    retirement = credits.retirement_of_hold(session, hold.hold_id)
    return OfferCard(
        offer_id=hold.hold_id,
        state=hold.state,
        need_kg=hold.need_kg,
        total_kg=hold.total_kg,
        surplus_kg=hold.surplus_kg,
        total_fen=hold.total_fen,
        greedy_fen=hold.greedy_fen,
        reference=hold.reference,
        expires_at=hold.expires_at,
        lines=tuple(lines),
        certificate=retirement.certificate_code if retirement else None,
    )


def offer_cards(session: Session, event_id: UUID) -> list[OfferCard]:
    """Return every offer of an event, newest first."""
    return [offer_card(session, hold) for hold in credits.holds_for(session, event_id)]


def offer(session: Session, event_id: UUID, offer_id: UUID) -> Hold | None:
    """Return the hold behind one of the event's offers, or None."""
    found = session.get(Offer, offer_id)
    if found is None or found.event_id != event_id:
        return None
    return credits.hold(session, offer_id)
