"""Claims whose points may wait: one's own, and the desk that looks at them."""

from collections.abc import Mapping
from datetime import timedelta
from secrets import token_bytes
from uuid import UUID, uuid4

from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.queries.claims import freezes_waiting
from puhui.rewards.service.claims import Unit, weigh_claim
from puhui.rewards.service.held_claims import appeal_claim
from tests.contracts.authorisation import SIGNED_IN, Row, only
from tests.makers.identity import SignedIn, organisation, person
from tests.makers.rewards import rulebook

REVIEWERS = (Role.VERIFIER, Role.OPERATOR)


def a_claim() -> Mapping[str, object]:
    """Somebody else's, held."""
    return {"serial_id": _weighed(person("李雷"), buyer_day=11)}


def an_appeal() -> Mapping[str, object]:
    """Somebody else's, against a refusal by the rules."""
    li, name = person("李雷"), uuid4()
    serial_id = _weighed(li, tries=6)
    with transaction() as session:
        appeal_claim(session, li.actor, name, serial_id, "请再看一次", now())
    return {"appeal_id": name}


def _weighed(buyer: SignedIn, shop: str = "武夷商店", **facts: int) -> UUID:
    rulebook()
    serial_id, shop_id = uuid4(), organisation(shop)
    unit = Unit(serial_id, buyer.person_id, uuid4(), shop_id, "0" * 26, now())
    found = ClaimFacts(now(), sold_at=now() - timedelta(hours=1), **facts)
    with transaction() as session:
        weigh_claim(session, unit, found, now(), token_bytes(32))
    return serial_id


def a_freeze() -> Mapping[str, object]:
    # Another shop each time: one that was let off is not frozen for the same thing again.
    _weighed(person("李雷"), f"商店{uuid4()}", shop_claimed_closed=3)
    clerk = person("运营甲", ("平台", Role.OPERATOR))
    with snapshot() as session:
        (found,) = freezes_waiting(session, clerk.actor, 1)
    return {"freeze_id": found.freeze_id}


ROWS = {
    "GET /api/claims": SIGNED_IN,
    "GET /api/claims/held": only(*REVIEWERS),
    "GET /api/claims/{serial_id}": Row(frozenset({*REVIEWERS, Role.AUDITOR}), given=a_claim),
    "POST /api/claims/{serial_id}/decision": only(*REVIEWERS, given=a_claim),
    "GET /api/claim-appeals": only(*REVIEWERS),
    "PUT /api/claim-appeals/{appeal_id}": SIGNED_IN,
    "POST /api/claim-appeals/{appeal_id}/decision": only(*REVIEWERS, given=an_appeal),
    "GET /api/shop-freezes": only(*REVIEWERS),
    "POST /api/shop-freezes/{freeze_id}/lifting": only(*REVIEWERS, given=a_freeze),
}
