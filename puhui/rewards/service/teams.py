"""Make teams, invite to them, let people in, and let them go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.rewards import team as rules
from puhui.rewards.errors import (
    GuardianJoins,
    InTeamAlready,
    LeadMustBeAdult,
    LeadStays,
    MemberAnswered,
    NameTaken,
    NoSuchMember,
    NoSuchTeam,
    TeamFull,
)
from puhui.rewards.model.team import Membership, Team, TeamInvitation
from puhui.rewards.queries import teams as queries
from puhui.rewards.queries.teams import MembershipCard, TeamCard
from puhui.rewards.service.standings import leave_team_board
from puhui.rewards.team import CODE_LENGTH, Ended, MemberState, TeamDraft


def make_team(
    session: Session, actor: Actor, team_id: UUID, draft: TeamDraft, drawn: bytes, now: datetime
) -> TeamCard:
    """Make a team that the actor leads and belongs to; the same again changes nothing.

    `drawn` are ten random bytes for its first invitation.

    Raises:
        LeadMustBeAdult: the actor may be under 18.
        Invalid: with everything that cannot be right.
        InTeamAlready: the actor belongs to another team of this kind.
        NameTaken: the name was used for another team.
    """
    actor.require(Permission.SELF_MANAGE)
    row = session.get(Team, team_id)
    if row is None:
        _may_lead(session, actor.person_id, now)
        _judge(session, actor, draft)
        made = session.scalar(
            insert(Team)
            .values(
                team_id=team_id,
                kind=draft.kind,
                name=draft.name,
                county_code=draft.county_code,
                organisation_id=draft.organisation_id,
                lead_id=actor.person_id,
                asks_first=draft.asks_first,
                ranked=draft.ranked,
                made_by=actor.person_id,
                made_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Team.team_id)
        )
        row = session.get_one(Team, team_id)
        if made is not None:
            _invite(session, actor, team_id, team_id, drawn, now)
            _let_in(session, row, team_id, actor.person_id, actor, now)
    if row.made_by != actor.person_id or _given(row.draft) != _given(draft):
        raise NameTaken(team=str(team_id))
    return queries.team_card(session, row, actor)


def _given(draft: TeamDraft) -> tuple[object, ...]:
    """Return what never changes of a team."""
    return draft.kind, draft.organisation_id


def _may_lead(session: Session, person_id: UUID, now: datetime) -> None:
    if not identity.is_adult(session, person_id, now):
        raise LeadMustBeAdult()


def _judge(session: Session, actor: Actor, draft: TeamDraft) -> None:
    faults = rules.judge(draft)
    if draft.organisation_id and not identity.is_member(session, actor, draft.organisation_id):
        faults.append(Fault("unknown_organisation", N_("没有这个组织"), field="organisation_id"))
    if faults:
        raise Invalid(faults)


def _led(session: Session, actor: Actor, team_id: UUID) -> Team:
    """Return the team, held, if the actor leads it; who else belongs learns no more than others."""
    row = session.get(Team, team_id, with_for_update=True, populate_existing=True)
    if row is None or row.lead_id != actor.person_id or row.closed_at is not None:
        raise NoSuchTeam(team=str(team_id))
    return row


def describe_team(
    session: Session, actor: Actor, team_id: UUID, draft: TeamDraft, now: datetime
) -> TeamCard:
    """Let the lead rename a team, ask first or not, and stand in rankings or not.

    A team that no longer wants to be ranked is in no ranking from this commit on.

    Raises:
        NoSuchTeam: there is none that the actor leads.
        Invalid: with everything that cannot be right; kind and organisation stay.
    """
    actor.require(Permission.SELF_MANAGE)
    row = _led(session, actor, team_id)
    faults = rules.judge(draft)
    if _given(draft) != _given(row.draft):
        faults.append(Fault("kind_stays", N_("团队的类别和所属组织不能更改"), field="kind"))
    if faults:
        raise Invalid(faults)
    row.name, row.county_code = draft.name, draft.county_code
    row.asks_first, row.ranked = draft.asks_first, draft.ranked
    session.flush()
    if not draft.ranked:
        leave_team_board(session, team_id)
    return queries.team_card(session, row, actor)


def renew_invitation(
    session: Session, actor: Actor, team_id: UUID, invitation_id: UUID, drawn: bytes, now: datetime
) -> str:
    """Give the team another code, and end the one before; the same again changes nothing.

    Returns the code that counts now.

    Raises:
        NoSuchTeam: there is none that the actor leads.
        NameTaken: the name was used for another team's invitation.
    """
    actor.require(Permission.SELF_MANAGE)
    _led(session, actor, team_id)
    known = session.get(TeamInvitation, invitation_id)
    if known is None:
        session.execute(
            update(TeamInvitation)
            .where(TeamInvitation.team_id == team_id, TeamInvitation.ended_at.is_(None))
            .values(ended_at=now)
        )
        _invite(session, actor, team_id, invitation_id, drawn, now)
    elif known.team_id != team_id:
        raise NameTaken(invitation=str(invitation_id))
    code = queries.live_code(session, team_id)
    assert code is not None, team_id
    return code


def _invite(
    session: Session, actor: Actor, team_id: UUID, invitation_id: UUID, drawn: bytes, now: datetime
) -> None:
    session.add(
        TeamInvitation(
            invitation_id=invitation_id,
            team_id=team_id,
            code=rules.invitation_code(drawn[:CODE_LENGTH]),
            made_by=actor.person_id,
            made_at=now,
        )
    )
    session.flush()


def ask_to_join(
    session: Session,
    actor: Actor,
    membership_id: UUID,
    code: str,
    person_id: UUID | None,
    now: datetime,
) -> MembershipCard:
    """Let the actor, or a child of theirs, join the team that a code invites to.

    Where the lead asks first it waits for an answer. The same again changes nothing.

    Raises:
        NoSuchInvitation: the code invites to nothing.
        NoSuchMember: the person is neither the actor nor their child.
        GuardianJoins: a child under 14 joins by its guardian's hand.
        InTeamAlready: the person belongs to a team of this kind.
        TeamFull: no more can join.
        NameTaken: the name was used for another membership.
    """
    actor.require(Permission.SELF_MANAGE)
    who = person_id or actor.person_id
    if who not in queries.own_people(session, actor):
        raise NoSuchMember()
    if who == actor.person_id and identity.is_minor(session, who, now):
        raise GuardianJoins()
    row = session.get(Membership, membership_id)
    if row is None:
        team = queries.team_of_code(session, code)
        # Held, so that the count of its members is true until the commit.
        session.refresh(team, with_for_update=True)
        if queries.member_count(session, team.team_id) >= rules.MOST_MEMBERS:
            raise TeamFull(team=str(team.team_id))
        row = _let_in(session, team, membership_id, who, actor, now)
    if (row.person_id, row.asked_by) != (who, actor.person_id):
        raise NameTaken(membership=str(membership_id))
    return queries.membership_card(row)


def _let_in(
    session: Session, team: Team, membership_id: UUID, who: UUID, actor: Actor, now: datetime
) -> Membership:
    """Write a membership down; it begins at once unless the lead asks first."""
    waits = team.asks_first and who != team.lead_id
    session.execute(
        insert(Membership)
        .values(
            membership_id=membership_id,
            team_id=team.team_id,
            kind=team.kind,
            person_id=who,
            asked_by=actor.person_id,
            asked_at=now,
            joined_at=None if waits else now,
            counts_from=None if waits else day_of(now),
        )
        .on_conflict_do_nothing()
    )
    row = session.get(Membership, membership_id)
    if row is None:
        raise InTeamAlready(kind=team.kind)
    return row


def answer(
    session: Session, actor: Actor, membership_id: UUID, *, accepted: bool, now: datetime
) -> MembershipCard:
    """Let somebody in who wants to join, or not; the same again changes nothing.

    Raises:
        NoSuchMember: nobody asks so to join a team that the actor leads.
        MemberAnswered: they were answered otherwise.
        TeamFull: no more can join.
    """
    actor.require(Permission.SELF_MANAGE)
    row = _membership(session, membership_id)
    team = session.get_one(Team, row.team_id, with_for_update=True, populate_existing=True)
    if team.lead_id != actor.person_id:
        raise NoSuchMember(membership=str(membership_id))
    if row.state is MemberState.ASKED:
        if accepted and queries.member_count(session, team.team_id) >= rules.MOST_MEMBERS:
            raise TeamFull(team=str(team.team_id))
        if accepted:
            row.join(now)
        else:
            row.end(Ended.DECLINED, now)
        session.flush()
    elif accepted is (row.ended_how is not None):
        raise MemberAnswered(membership=str(membership_id))
    return queries.membership_card(row)


def leave(session: Session, actor: Actor, membership_id: UUID, now: datetime) -> MembershipCard:
    """Leave a team, take a child out of it, or let a member of one's team go; again does nothing.

    What was done until today stays with the team, without a name. With the last, its lead, the
    team closes.

    Raises:
        NoSuchMember: it is neither the actor's nor their child's, nor in a team they lead.
        LeadStays: a lead hands the team over first.
    """
    actor.require(Permission.SELF_MANAGE)
    row = _membership(session, membership_id)
    team = session.get_one(Team, row.team_id, with_for_update=True, populate_existing=True)
    is_own = row.person_id in queries.own_people(session, actor)
    if not is_own and team.lead_id != actor.person_id:
        raise NoSuchMember(membership=str(membership_id))
    if row.state is not MemberState.LEFT:
        if row.person_id == team.lead_id:
            if queries.member_count(session, team.team_id) > 1:
                raise LeadStays(team=str(team.team_id))
            team.closed_at = now
            leave_team_board(session, team.team_id)
        row.end(Ended.SELF if is_own else Ended.LEAD, now)
        session.flush()
    return queries.membership_card(row)


def hand_over(
    session: Session, actor: Actor, team_id: UUID, membership_id: UUID, now: datetime
) -> TeamCard:
    """Make another member the lead; the same again by whoever did it changes nothing.

    Raises:
        NoSuchTeam: there is none that the actor leads, or has just handed over.
        NoSuchMember: there is no such member in it.
        LeadMustBeAdult: the member may be under 18.
    """
    actor.require(Permission.SELF_MANAGE)
    team = session.get(Team, team_id, with_for_update=True, populate_existing=True)
    row = session.get(Membership, membership_id)
    is_theirs = team is not None and row is not None and row.team_id == team_id
    if team is None or not queries.belongs(session, actor, team_id):
        raise NoSuchTeam(team=str(team_id))
    if is_theirs and row is not None and team.lead_id == row.person_id:
        return queries.team_card(session, team, actor)
    if team.lead_id != actor.person_id:
        raise NoSuchTeam(team=str(team_id))
    if not is_theirs or row is None or row.state is not MemberState.MEMBER:
        raise NoSuchMember(membership=str(membership_id))
    _may_lead(session, row.person_id, now)
    team.lead_id = row.person_id
    session.flush()
    return queries.team_card(session, team, actor)


def leave_all(session: Session, person_id: UUID, now: datetime) -> None:
    """End whatever ties a person to teams, for they are being erased; again changes nothing.

    A team that they still lead goes to whoever of age has belonged to it longest. With nobody
    to take it over it closes, and its last members, if there are any, leave with it.
    """
    led = session.scalars(
        select(Team)
        .where(Team.lead_id == person_id, Team.closed_at.is_(None))
        .order_by(Team.team_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for team in led:
        others = [
            row
            for row in session.scalars(queries.live_memberships(team.team_id)).all()
            if row.person_id != person_id
        ]
        heirs = [
            row.person_id
            for row in others
            if row.state is MemberState.MEMBER and identity.is_adult(session, row.person_id, now)
        ]
        if heirs:
            team.lead_id = heirs[0]
            continue
        team.closed_at = now
        leave_team_board(session, team.team_id)
        for row in others:
            row.end(Ended.LEAD, now)
    own = session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in own.all():
        row.end(Ended.SELF, now)
    session.flush()


def _membership(session: Session, membership_id: UUID) -> Membership:
    row = session.get(Membership, membership_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchMember(membership=str(membership_id))
    return row
