"""JSON resources of teams and memberships."""

from secrets import token_bytes
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.queries import teams as queries
from puhui.rewards.queries.teams import MembershipCard, TeamBook, TeamCard
from puhui.rewards.schema.team import (
    OwnTeamPageSchema,
    TeamAnswerSchema,
    TeamBookSchema,
    TeamDraftSchema,
    TeamInvitationSchema,
    TeamLeadSchema,
    TeamMembershipDraftSchema,
    TeamMembershipSchema,
    TeamSchema,
)
from puhui.rewards.service import teams as service
from puhui.rewards.team import CODE_LENGTH, TeamDraft
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor
from puhui.web.limits import limited
from puhui.web.paging import MOST, Page

team_resources = json_blueprint("teams", "/api/teams", "团队")
membership_resources = json_blueprint("memberships", "/api/memberships", "团队成员")


@team_resources.route("")
class Teams(MethodView):
    """One's own teams."""

    @team_resources.response(200, OwnTeamPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List the teams that one or one's children belong to or want to join."""
        with snapshot() as session:
            found = queries.teams_of(session, current_actor())
        return Page([{"team": team, "membership": place} for team, place, _ in found[:MOST]], None)


@team_resources.route("/<uuid:team_id>")
class OneTeam(MethodView):
    """A team, named by whoever makes it."""

    @team_resources.arguments(TeamDraftSchema)
    @team_resources.response(201, TeamSchema)
    def put(self, draft: TeamDraft, team_id: UUID) -> TeamCard:
        """Make a team that one leads; the same again changes nothing."""
        with transaction() as session:
            return service.make_team(
                session, current_actor(), team_id, draft, token_bytes(CODE_LENGTH), now()
            )

    @team_resources.response(200, TeamBookSchema)
    def get(self, team_id: UUID) -> TeamBook:
        """Show a team to its members and to the guardians of those who are children."""
        with snapshot() as session:
            return queries.team_book(session, current_actor(), team_id, now())


@team_resources.route("/<uuid:team_id>/description")
class Description(MethodView):
    """What the lead may change of a team."""

    @team_resources.arguments(TeamDraftSchema)
    @team_resources.response(200, TeamSchema)
    def put(self, draft: TeamDraft, team_id: UUID) -> TeamCard:
        """Describe one's team anew; the same again changes nothing."""
        with transaction() as session:
            return service.describe_team(session, current_actor(), team_id, draft, now())


@team_resources.route("/<uuid:team_id>/invitations/<uuid:invitation_id>")
class Invitation(MethodView):
    """A code that invites, named by the lead."""

    @team_resources.response(201, TeamInvitationSchema)
    def put(self, team_id: UUID, invitation_id: UUID) -> dict[str, str]:
        """Renew the code: the one before ends; the same again changes nothing."""
        with transaction() as session:
            drawn = token_bytes(CODE_LENGTH)
            code = service.renew_invitation(
                session, current_actor(), team_id, invitation_id, drawn, now()
            )
        return {"code": code}


@team_resources.route("/<uuid:team_id>/lead")
class Lead(MethodView):
    """Who leads a team."""

    @team_resources.arguments(TeamLeadSchema)
    @team_resources.response(200, TeamSchema)
    def put(self, said: dict[str, Any], team_id: UUID) -> TeamCard:
        """Hand one's team over to another member; the same again changes nothing."""
        with transaction() as session:
            return service.hand_over(
                session, current_actor(), team_id, said["membership_id"], now()
            )


@membership_resources.route("/<uuid:membership_id>")
class OneMembership(MethodView):
    """A place in a team, named by whoever wants it."""

    @limited("30/hour", "join")
    @membership_resources.arguments(TeamMembershipDraftSchema)
    @membership_resources.response(201, TeamMembershipSchema)
    def put(self, said: dict[str, Any], membership_id: UUID) -> MembershipCard:
        """Join by a code, oneself or with a child; the same again changes nothing."""
        with transaction() as session:
            return service.ask_to_join(
                session, current_actor(), membership_id, said["code"], said["person_id"], now()
            )

    @membership_resources.response(200, TeamMembershipSchema)
    def delete(self, membership_id: UUID) -> MembershipCard:
        """Leave, or as the lead let a member go; again changes nothing."""
        with transaction() as session:
            return service.leave(session, current_actor(), membership_id, now())


@membership_resources.route("/<uuid:membership_id>/answer")
class Answer(MethodView):
    """What the lead says to somebody who wants to join."""

    @membership_resources.arguments(TeamAnswerSchema)
    @membership_resources.response(200, TeamMembershipSchema)
    def post(self, said: dict[str, Any], membership_id: UUID) -> MembershipCard:
        """Let somebody in, or not; the same again changes nothing."""
        with transaction() as session:
            return service.answer(
                session, current_actor(), membership_id, accepted=said["accepted"], now=now()
            )
