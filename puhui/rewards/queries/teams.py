"""Teams, their members, and what they have done together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.identity.purpose import Purpose
from puhui.kernel.actor import Actor
from puhui.kernel.code import read_code
from puhui.rewards.errors import NoSuchInvitation, NoSuchTeam
from puhui.rewards.model.team import Membership, Team, TeamInvitation
from puhui.rewards.queries.deeds import contributions
from puhui.rewards.team import (
    CODE_LENGTH,
    Contribution,
    MemberState,
    TeamKind,
    total_is_safe,
)


@dataclass(frozen=True)
class TeamCard:
    """What whoever is invited may know of a team."""

    team_id: UUID
    kind: TeamKind
    name: str
    county_code: str
    organisation_id: UUID | None
    members: int
    asks_first: bool
    ranked: bool
    made_at: datetime
    closed_at: datetime | None
    is_lead: bool
    """Whether the reader leads it."""


@dataclass(frozen=True)
class MembershipCard:
    """Somebody's place in a team."""

    membership_id: UUID
    team_id: UUID
    state: MemberState
    asked_at: datetime
    joined_at: datetime | None
    counts_from: date | None
    ended_at: datetime | None


@dataclass(frozen=True)
class MemberCard:
    """A member as the reader may see them: `name` and `share` are None where they may not."""

    membership: MembershipCard
    name: str | None
    is_own: bool
    is_lead: bool
    share: Contribution | None


@dataclass(frozen=True)
class Total:
    """What a team has done, of verified records since each joined."""

    people: int
    trees: int
    hours: int
    points: int


@dataclass(frozen=True)
class TeamBook:
    """A team as its members see it. `total` is None where it would give one of them away."""

    team: TeamCard
    code: str | None
    """The invitation, for the lead."""
    members: tuple[MemberCard, ...]
    waiting: tuple[MemberCard, ...]
    """Who wants to join, for the lead."""
    total: Total | None

    @property
    def unnamed(self) -> int:
        """Return how many members the reader sees no name of."""
        return sum(one.name is None for one in self.members)


def team_card(session: Session, row: Team, actor: Actor) -> TeamCard:
    """Return what whoever is invited may know of a team."""
    return TeamCard(
        row.team_id,
        TeamKind(row.kind),
        row.name,
        row.county_code,
        row.organisation_id,
        member_count(session, row.team_id),
        row.asks_first,
        row.ranked,
        row.made_at,
        row.closed_at,
        row.lead_id == actor.person_id,
    )


def member_count(session: Session, team_id: UUID) -> int:
    """Return how many belong to a team."""
    found = session.scalar(
        select(func.count()).where(
            Membership.team_id == team_id,
            Membership.joined_at.is_not(None),
            Membership.ended_at.is_(None),
        )
    )
    return found or 0


def live_memberships(team_id: UUID) -> Select[Membership]:
    """Return, to look through, who belongs to a team or wants to: the longest-standing first."""
    return (
        select(Membership)
        .where(Membership.team_id == team_id, Membership.ended_at.is_(None))
        .order_by(Membership.joined_at, Membership.asked_at, Membership.membership_id)
    )


def names_of_led(session: Session, person_id: UUID) -> Sequence[str]:
    """Return the names of the teams that a person leads and that others belong to."""
    others = (
        select(Membership.membership_id)
        .where(
            Membership.team_id == Team.team_id,
            Membership.person_id != person_id,
            Membership.joined_at.is_not(None),
            Membership.ended_at.is_(None),
        )
        .exists()
    )
    return session.scalars(
        select(Team.name)
        .where(Team.lead_id == person_id, Team.closed_at.is_(None), others)
        .order_by(Team.name, Team.team_id)
    ).all()


def membership_card(row: Membership) -> MembershipCard:
    """Return somebody's place in a team."""
    return MembershipCard(
        row.membership_id,
        row.team_id,
        row.state,
        row.asked_at,
        row.joined_at,
        row.counts_from,
        row.ended_at,
    )


def own_people(session: Session, actor: Actor) -> Mapping[UUID, str]:
    """Return whom the actor acts for in teams, by name: their children and themselves."""
    return {
        child.person_id: child.display_name for child in identity.children(session, actor.person_id)
    } | dict(identity.display_names(session, [actor.person_id]))


def teams_of(session: Session, actor: Actor) -> Sequence[tuple[TeamCard, MembershipCard, str]]:
    """Return the teams of the actor and their children, with whose place each is."""
    people = own_people(session, actor)
    rows = session.execute(
        select(Team, Membership)
        .join(Membership, Membership.team_id == Team.team_id)
        .where(Membership.person_id.in_(people), Membership.ended_at.is_(None))
        .order_by(Membership.asked_at, Membership.membership_id)
    ).all()
    return [
        (team_card(session, team, actor), membership_card(place), people[place.person_id])
        for team, place in rows
    ]


def invited_to(session: Session, actor: Actor, code: str) -> TeamCard:
    """Return the team that a code invites to, however it was typed.

    Raises:
        NoSuchInvitation: there is none, or a newer one has taken its place.
    """
    return team_card(session, team_of_code(session, code), actor)


def team_of_code(session: Session, code: str) -> Team:
    """Return the team that a live code invites to.

    Raises:
        NoSuchInvitation: there is none, or a newer one has taken its place.
    """
    team = session.scalar(
        select(Team)
        .join(TeamInvitation, TeamInvitation.team_id == Team.team_id)
        .where(
            TeamInvitation.code == (read_code(code, CODE_LENGTH) or "-"),
            TeamInvitation.ended_at.is_(None),
            Team.closed_at.is_(None),
        )
    )
    if team is None:
        raise NoSuchInvitation()
    return team


def live_code(session: Session, team_id: UUID) -> str | None:
    """Return the code that invites to a team now."""
    return session.scalar(
        select(TeamInvitation.code).where(
            TeamInvitation.team_id == team_id, TeamInvitation.ended_at.is_(None)
        )
    )


def belongs(session: Session, actor: Actor, team_id: UUID) -> bool:
    """Whether the actor, or a child of theirs, is a member of a team now."""
    found = session.scalar(
        select(Membership.membership_id)
        .where(
            Membership.team_id == team_id,
            Membership.person_id.in_(own_people(session, actor)),
            Membership.joined_at.is_not(None),
            Membership.ended_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def team_book(session: Session, actor: Actor, team_id: UUID, now: datetime) -> TeamBook:
    """Return a team to its members, and to the guardians of those who are children.

    Raises:
        NoSuchTeam: there is none, or the actor does not belong to it.
    """
    team = session.get(Team, team_id)
    if team is None or not belongs(session, actor, team_id):
        raise NoSuchTeam(team=str(team_id))
    is_lead = team.lead_id == actor.person_id
    rows = session.scalars(
        select(Membership)
        .where(Membership.team_id == team_id, Membership.ended_at.is_(None))
        .order_by(Membership.asked_at, Membership.membership_id)
    ).all()
    done = {one.person_id: one for one in contributions(session, team_id)}
    people = {row.person_id for row in rows}
    own = own_people(session, actor)
    sharing = identity.adults_who_agree(session, people, Purpose.TEAM, now)
    seen = (
        identity.display_names(session, people)
        if is_lead
        else identity.adults(session, people, now)
    )
    named = {**seen, **own}

    def card(row: Membership) -> MemberCard:
        is_shown = row.person_id in own or row.person_id in sharing
        nothing = Contribution(row.person_id, 0, 0, 0)
        return MemberCard(
            membership_card(row),
            named.get(row.person_id),
            row.person_id in own,
            row.person_id == team.lead_id,
            done.get(row.person_id, nothing) if is_shown and row.joined_at else None,
        )

    joined = [card(row) for row in rows if row.joined_at is not None]
    joined.sort(key=lambda one: not one.is_lead)
    is_safe = total_is_safe(done, {*sharing, *own}, actor.person_id)
    return TeamBook(
        team_card(session, team, actor),
        live_code(session, team_id) if is_lead else None,
        tuple(joined),
        tuple(card(row) for row in rows if row.joined_at is None) if is_lead else (),
        _total(list(done.values())) if is_safe else None,
    )


def _total(done: Sequence[Contribution]) -> Total:
    return Total(
        len(done),
        sum(one.trees for one in done),
        sum(one.hours for one in done),
        sum(one.points for one in done),
    )
