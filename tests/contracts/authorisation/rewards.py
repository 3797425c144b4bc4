"""Rewards: one's own, the verifier's desk, the operator's bases, and what is public."""

from collections.abc import Mapping

from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, SIGNED_IN, Row, only
from tests.makers.identity import person
from tests.makers.rewards import base, photo, planted, rulebook


def a_planting() -> Mapping[str, object]:
    """Somebody else's."""
    rulebook()
    return {"planting_id": planted(person("李雷"))}


def a_photo() -> Mapping[str, object]:
    """Somebody else's."""
    return {"photo_id": photo(person("李雷"))}


def a_base() -> Mapping[str, object]:
    return {"base_id": base()}


LOOKERS = frozenset({Role.VERIFIER, Role.AUDITOR})

ROWS: Mapping[str, Row] = {
    "PUT /api/photos/{photo_id}": SIGNED_IN,
    "GET /api/photos/{photo_id}": Row(LOOKERS, given=a_photo),
    "GET /api/plantings": SIGNED_IN,
    "PUT /api/plantings/{planting_id}": SIGNED_IN,
    "GET /api/plantings/{planting_id}": Row(LOOKERS, given=a_planting),
    "POST /api/plantings/{planting_id}/review": only(Role.VERIFIER, given=a_planting),
    "GET /api/reviews": only(Role.VERIFIER),
    "GET /api/bases": EVERYONE,
    "PUT /api/bases/{base_id}": only(Role.OPERATOR),
    "GET /api/bases/{base_id}": Row(is_open=True, given=a_base),
    "GET /api/species": EVERYONE,
    "GET /api/rules": EVERYONE,
    "GET /api/wallet": SIGNED_IN,
    "GET /api/wallet/statement": SIGNED_IN,
    "GET /api/awards/{award_id}": SIGNED_IN,
}
