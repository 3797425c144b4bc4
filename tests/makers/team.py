"""Teams and consents for tests."""

from secrets import token_bytes
from uuid import UUID, uuid4

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.purpose import TEXTS, Purpose
from puhui.kernel import clock
from puhui.rewards.queries import teams as queries
from puhui.rewards.queries.teams import MembershipCard, TeamBook
from puhui.rewards.service import teams
from puhui.rewards.team import CODE_LENGTH, TeamDraft, TeamKind
from tests.makers.identity import SignedIn


def team(
    by: SignedIn,
    name: str = "常口村植树队",
    kind: TeamKind = TeamKind.VILLAGE,
    *,
    asks_first: bool = False,
    ranked: bool = True,
) -> UUID:
    """Let the person make a team; return its id."""
    team_id = uuid4()
    draft = TeamDraft(kind, name, "350428", None, asks_first, ranked)
    with transaction() as session:
        teams.make_team(session, by.actor, team_id, draft, token_bytes(CODE_LENGTH), clock.now())
    return team_id


def code_of(team_id: UUID) -> str:
    """Return the code that invites to the team."""
    with snapshot() as session:
        return queries.live_code(session, team_id) or ""


def joined(
    who: SignedIn, team_id: UUID, *, child: UUID | None = None, name: UUID | None = None
) -> MembershipCard:
    """Let the person, or their child, join by the team's code."""
    code = code_of(team_id)
    with transaction() as session:
        return teams.ask_to_join(session, who.actor, name or uuid4(), code, child, clock.now())


def book(who: SignedIn, team_id: UUID) -> TeamBook:
    """Return the team as the person sees it."""
    with snapshot() as session:
        return queries.team_book(session, who.actor, team_id, clock.now())


def agreed(who: SignedIn, purpose: Purpose = Purpose.RANKING) -> None:
    """Let the person agree."""
    with transaction() as session:
        consents.give(
            session,
            who.actor,
            who.person_id,
            purpose,
            TEXTS[purpose].hash,
            "page",
            clock.now(),
        )


def withdrawn(who: SignedIn, purpose: Purpose = Purpose.RANKING) -> None:
    """Let the person withdraw."""
    with transaction() as session:
        consents.withdraw(session, who.actor, who.person_id, purpose, "page", clock.now())
