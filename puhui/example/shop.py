"""What two invented partners offer for points, and one cause: the shop on the first day."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.kernel.clock import day_of
from puhui.rewards.cause import CauseDraft
from puhui.rewards.offer import Delivery, OfferDraft, OfferKind, Terms
from puhui.rewards.queries import offers as queries
from puhui.rewards.service import causes, offers

SAID = (
    "name_zh", "name_en", "says_zh", "says_en", "points", "county_code", "code_days",
    "returns_unused", "most_each",
)  # fmt: skip
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def furnish(
    session: Session, organisations: Mapping[str, UUID], people: Mapping[str, UUID], now: datetime
) -> None:
    """Let partners propose their offers, the operator publish them, and put up the cause."""
    written = json.loads((EXAMPLES / "shop.json").read_text(encoding="utf-8"))
    operator = identity.actor_of_person(session, people["zhou"])
    for found in written["offers"]:
        if _offer(session, found, organisations, people, now):
            offers.decide_terms(session, operator, UUID(found["offer_id"]), None, now)
    for found in written["causes"]:
        cause_id = UUID(found.pop("cause_id"))
        draft = CauseDraft(organisations[found.pop("carrier")], **found)
        causes.ensure_cause(session, cause_id, draft, now)


def _offer(
    session: Session,
    found: Mapping[str, Any],
    organisations: Mapping[str, UUID],
    people: Mapping[str, UUID],
    now: datetime,
) -> bool:
    """Propose one offer until the end of next year; return whether that is new."""
    offer_id, partner = UUID(found["offer_id"]), organisations[found["partner"]]
    staff = identity.actor_of_person(session, people[found["by"]])
    if offer_id in {card.offer_id for card in queries.of_partner(session, staff, partner)}:
        return False
    terms = Terms(
        **{name: found[name] for name in SAID},
        delivery=Delivery(found["delivery"]),
        offered_until=date(day_of(now).year + 1, 12, 31),
    )
    draft = OfferDraft(partner, OfferKind(found["kind"]), found["stock"], terms)
    offers.propose_offer(session, staff, offer_id, draft, now)
    return True
