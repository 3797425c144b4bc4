"""The shop: what everybody may look at, one's own redemptions, the partner's desk, operators."""

from collections.abc import Mapping
from uuid import UUID

from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, SIGNED_IN, Row, only
from tests.makers import shop
from tests.makers.identity import organisation
from tests.makers.rewards import rulebook

VILLAGE = "常口村"
"""Where the one who asks holds a role."""


def an_offer() -> Mapping[str, object]:
    """Of the asker's village."""
    return {"offer_id": shop.offered(shop=VILLAGE).offer_id}


def terms_proposed() -> Mapping[str, object]:
    """Of somebody else, and waiting for an operator."""
    return {"version_id": shop.offered(published=False).version_id}


def a_redemption() -> Mapping[str, object]:
    """Somebody else's, at the asker's village."""
    rulebook()
    who = shop.buyer()
    return {"redemption_id": shop.redeemed(who, shop.offered(shop=VILLAGE)).redemption_id}


def a_partner() -> Mapping[str, UUID]:
    """The asker's village."""
    return {"organisation_id": organisation(VILLAGE)}


def a_cause() -> Mapping[str, object]:
    return {"cause_id": shop.cause()}


def a_gift() -> Mapping[str, object]:
    rulebook()
    return {"code": shop.donated(shop.buyer(), shop.cause()).code}


PARTNERS = (Role.MANUFACTURER, Role.RETAILER, Role.ORGANISER)
DESKS = frozenset({*PARTNERS, Role.OPERATOR})

ROWS: Mapping[str, Row] = {
    "GET /api/offers": EVERYONE,
    "GET /api/offers/waiting": only(Role.OPERATOR),
    "GET /api/offers/{offer_id}": Row(is_open=True, given=an_offer),
    "PUT /api/offers/{offer_id}": only(*PARTNERS),
    "PUT /api/offers/{offer_id}/versions/{version_id}": only(
        *PARTNERS, given=an_offer, theirs=True
    ),
    "POST /api/offers/versions/{version_id}/decision": only(Role.OPERATOR, given=terms_proposed),
    "PUT /api/offers/{offer_id}/stock": only(*PARTNERS, given=an_offer, theirs=True),
    "POST /api/offers/{offer_id}/closing": Row(DESKS, given=an_offer),
    "GET /api/redemptions": SIGNED_IN,
    "PUT /api/redemptions/{redemption_id}": SIGNED_IN,
    "GET /api/redemptions/{redemption_id}": Row(DESKS | {Role.AUDITOR}, given=a_redemption),
    "POST /api/redemptions/{redemption_id}/dispatch": only(
        *PARTNERS, given=a_redemption, theirs=True
    ),
    "POST /api/redemptions/{redemption_id}/receipt": SIGNED_IN,
    "POST /api/redemptions/{redemption_id}/refund": Row(DESKS, given=a_redemption),
    "POST /api/partners/{organisation_id}/handovers": only(*PARTNERS, given=a_partner, theirs=True),
    "GET /api/partners/{organisation_id}/offers": only(*PARTNERS, given=a_partner, theirs=True),
    "GET /api/partners/{organisation_id}/redemptions": only(
        *PARTNERS, given=a_partner, theirs=True
    ),
    "GET /api/partners/{organisation_id}/statement": only(*PARTNERS, given=a_partner, theirs=True),
    "GET /api/partners/{organisation_id}/statement.csv": only(
        *PARTNERS, given=a_partner, theirs=True
    ),
    "GET /api/causes": EVERYONE,
    "PUT /api/causes/{cause_id}": only(Role.OPERATOR),
    "GET /api/causes/{cause_id}": Row(is_open=True, given=a_cause),
    "POST /api/causes/{cause_id}/closing": only(Role.OPERATOR, given=a_cause),
    "GET /api/donations": SIGNED_IN,
    "PUT /api/donations/{donation_id}": SIGNED_IN,
    "GET /api/donation-certificates/{code}": Row(is_open=True, given=a_gift),
}
