"""Teams, rankings, badges and public counts."""

from collections.abc import Mapping

from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, SIGNED_IN, Row, only
from tests.makers.identity import person
from tests.makers.team import joined, team


def a_team() -> Mapping[str, object]:
    """Somebody else's."""
    return {"team_id": team(person("李雷"))}


def a_member() -> Mapping[str, object]:
    """Somebody else's place in somebody else's team."""
    team_id = team(person("李雷"))
    return {"membership_id": joined(person("韩梅梅"), team_id).membership_id}


def a_board() -> Mapping[str, object]:
    return {"board": "people"}


NOBODY: tuple[Role, ...] = ()
"""A team is for those who belong to it, whatever role they hold elsewhere."""

ROWS: Mapping[str, Row] = {
    "GET /api/teams": SIGNED_IN,
    "PUT /api/teams/{team_id}": SIGNED_IN,
    "GET /api/teams/{team_id}": only(*NOBODY, given=a_team),
    "PUT /api/teams/{team_id}/description": only(*NOBODY, given=a_team),
    "PUT /api/teams/{team_id}/invitations/{invitation_id}": only(*NOBODY, given=a_team),
    "PUT /api/teams/{team_id}/lead": only(*NOBODY, given=a_team),
    "PUT /api/memberships/{membership_id}": SIGNED_IN,
    "DELETE /api/memberships/{membership_id}": only(*NOBODY, given=a_member),
    "POST /api/memberships/{membership_id}/answer": only(*NOBODY, given=a_member),
    "GET /api/rankings/{board}": Row(is_open=True, given=a_board),
    "GET /api/honours": SIGNED_IN,
    "GET /api/statistics": EVERYONE,
}
