"""JSON resources of identity."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.identity import consents, door, queries
from puhui.identity.organisation import OrganisationDraft
from puhui.identity.permission_table import rows as permission_rows
from puhui.identity.purpose import OWN, TEXTS, Purpose
from puhui.identity.schema import (
    AnswerSchema,
    ChangePageSchema,
    ChildAcceptedSchema,
    ChildPageSchema,
    ChildSchema,
    ClientDraftSchema,
    ClientPageSchema,
    CodeAskedSchema,
    CodeAskSchema,
    ConsentGivenSchema,
    ConsentPageSchema,
    DecisionDraftSchema,
    InvitationDraftSchema,
    InvitationPageSchema,
    MeChangeSchema,
    MemberPageSchema,
    MembershipPageSchema,
    MeSchema,
    NewClientSchema,
    OrganisationDraftSchema,
    OrganisationPageSchema,
    OrganisationSchema,
    PasswordSchema,
    PasswordSignInSchema,
    PermissionTableSchema,
    RegistrationSchema,
    SessionPageSchema,
    SignedSchema,
    SignInSchema,
    WaitingSchema,
)
from puhui.identity.service import clients, organisations, people, sessions, signing_in
from puhui.kernel.actor import Actor, Permission, Role
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, NotFound
from puhui.web import guard
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import Page, PageQuery, page

sign_in = json_blueprint("sign_in", "/api/sign-in", "登录")
me = json_blueprint("me", "/api/me", "本人")
organisation_resources = json_blueprint("organisations", "/api/organisations", "机构")
people_resources = json_blueprint("people", "/api/people", "人员管理")
permission_resources = json_blueprint("permissions", "/api/permissions", "权限表")

blueprints = (
    sign_in,
    me,
    organisation_resources,
    people_resources,
    permission_resources,
)

Row = TypeVar("Row")


def _all(rows: Sequence[Row]) -> Page[Row]:
    """Return a list that is short by its nature as the one page it is."""
    return Page(rows[:100], None)


# Signing in ----------------------------------------------------------------------------------


@sign_in.route("/codes/<uuid:code_id>")
class Codes(MethodView):
    """Codes, each named by whoever asks for it."""

    @open_to_all
    @sign_in.arguments(CodeAskSchema)
    @sign_in.response(201, CodeAskedSchema)
    def put(self, asked: dict[str, str], code_id: UUID) -> signing_in.CodeAsked:
        """Let a one-time code be sent; the same again sends nothing."""
        with transaction() as session:
            return signing_in.ask_code(session, code_id, asked["phone"], door.door(), now())


@sign_in.route("")
class SignIn(MethodView):
    """Being signed in."""

    @open_to_all
    @sign_in.arguments(SignInSchema)
    @sign_in.response(200, SignedSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Sign in with the code that has arrived."""
        outcome = door.sign_in_with_code(given["code_id"], given["code"])
        if isinstance(outcome, sessions.Signed):
            return _signed(outcome)
        return dict.fromkeys(("token", "session_id", "person_id"), None) | {
            "ticket": outcome.ticket,
            "expires_at": outcome.until,
            "waits_for_guardian": False,
        }

    @open_to_all
    @sign_in.response(204)
    def delete(self) -> None:
        """Sign out: end the session of the token that came along."""
        token = guard.token()
        if token is not None:
            with transaction() as session:
                sessions.end_token(session, token, now())


@sign_in.route("/registrations")
class Registrations(MethodView):
    """New people."""

    @open_to_all
    @sign_in.arguments(RegistrationSchema)
    @sign_in.response(201, SignedSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Register with a ticket and be signed in; again makes no second person."""
        with transaction() as session:
            return _signed(
                signing_in.register(
                    session,
                    given["ticket"],
                    given["display_name"],
                    given["birth_year"],
                    door.door(),
                    now(),
                )
            )


@sign_in.route("/password")
class PasswordSignIn(MethodView):
    """Staff with a password."""

    @open_to_all
    @sign_in.arguments(PasswordSignInSchema)
    @sign_in.response(200, SignedSchema)
    def post(self, given: dict[str, str]) -> dict[str, Any]:
        """Sign in with number and password."""
        return _signed(door.sign_in_with_password(given["phone"], given["password"]))


@sign_in.route("/waiting")
class Waiting(MethodView):
    """A child who waits for a guardian."""

    @open_to_all
    @sign_in.response(200, WaitingSchema)
    @sign_in.alt_response(404, "NOT_FOUND")
    def get(self) -> dict[str, str]:
        """Show the code that the guardian needs. Only for a child who waits."""
        found = door.credential()
        if found is None or not found.waits_for_guardian:
            raise NotFound()
        return {"guardian_code": people.guardian_code(found.actor.person_id, now())}


def _signed(signed: sessions.Signed) -> dict[str, Any]:
    return {**asdict(signed), "ticket": None}


# Oneself -------------------------------------------------------------------------------------


@me.route("")
class Me(MethodView):
    """Who is asking."""

    @me.response(200, MeSchema)
    def get(self) -> dict[str, Any]:
        """Show who is asking."""
        with snapshot() as session:
            profile = queries.profile(session, current_actor().person_id)
            assert profile is not None
            return {**asdict(profile), "memberships": _memberships(session, current_actor())}

    @me.arguments(MeChangeSchema)
    @me.response(200, MeSchema)
    def patch(self, change: dict[str, Any]) -> dict[str, Any]:
        """Change one's name or language."""
        actor = current_actor()
        with transaction() as session:
            if "display_name" in change:
                people.rename(session, actor, change["display_name"])
            if "language" in change:
                people.choose_language(session, actor, change["language"])
            profile = queries.profile(session, actor.person_id)
            assert profile is not None
            return {**asdict(profile), "memberships": _memberships(session, actor)}


def _memberships(session: Session, actor: Actor) -> list[dict[str, Any]]:
    return [
        {"organisation_id": card.organisation_id, "name": card.name, "roles": roles}
        for card, roles in queries.organisations_of(session, actor)
    ]


@me.route("/password")
class Password(MethodView):
    """A staff member's password."""

    @me.arguments(PasswordSchema)
    @me.response(204)
    def put(self, given: dict[str, str]) -> None:
        """Set or change the password, within ten minutes of signing in."""
        actor, found = current_actor(), door.credential()
        assert found is not None
        with transaction() as session:
            signing_in.set_password(session, actor, found, given["password"], now())


@me.route("/sessions")
class Sessions(MethodView):
    """Where one is signed in."""

    @me.response(200, SessionPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List them, last seen first."""
        found = door.credential()
        assert found is not None
        with snapshot() as session:
            rows = queries.sessions(session, current_actor().person_id, now())
        return _all(
            [{**asdict(row), "is_this_one": row.session_id == found.session_id} for row in rows]
        )

    @me.response(204)
    def delete(self) -> None:
        """End all but this one."""
        found = door.credential()
        assert found is not None
        with transaction() as session:
            sessions.end_all(session, current_actor(), now(), but=found.session_id)


@me.route("/sessions/<uuid:session_id>")
class OneSession(MethodView):
    """One of one's sessions."""

    @me.response(204)
    def delete(self, session_id: UUID) -> None:
        """End it."""
        with transaction() as session:
            sessions.end(session, current_actor(), session_id, now())


@me.route("/consents")
class Consents(MethodView):
    """What one agrees to."""

    @me.response(200, ConsentPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List every purpose with today's wording."""
        with snapshot() as session:
            found = queries.consents(session, current_actor().person_id)
        return _all([_consent(card) for card in found if card.purpose in OWN])


def _consent(card: queries.ConsentCard) -> dict[str, Any]:
    text = TEXTS[card.purpose]
    return {**asdict(card), "title": text.title, "sentence": text.sentence}


def _purpose(name: str) -> Purpose:
    if name not in set(Purpose):
        raise NotFound(purpose=name)
    return Purpose(name)


@me.route("/consents/<purpose>")
class OneConsent(MethodView):
    """One purpose."""

    @me.arguments(ConsentGivenSchema)
    @me.response(204)
    def put(self, given: dict[str, str], purpose: str) -> None:
        """Agree to the wording that was read."""
        actor = current_actor()
        with transaction() as session:
            consents.give(
                session,
                actor,
                actor.person_id,
                _purpose(purpose),
                given["text_hash"],
                "api",
                now(),
            )

    @me.response(204)
    def delete(self, purpose: str) -> None:
        """Withdraw."""
        actor = current_actor()
        with transaction() as session:
            consents.withdraw(session, actor, actor.person_id, _purpose(purpose), "api", now())


@me.route("/children")
class Children(MethodView):
    """Children whose guardian one is."""

    @me.response(200, ChildPageSchema)
    def get(self) -> Page[queries.Profile]:
        """List them."""
        with snapshot() as session:
            return _all(queries.children(session, current_actor().person_id))

    @me.arguments(ChildAcceptedSchema)
    @me.response(201, ChildSchema)
    def post(self, given: dict[str, str]) -> queries.Profile:
        """Agree for a waiting child and become its guardian; again changes nothing."""
        with transaction() as session:
            outcome = people.accept_child(
                session,
                current_actor(),
                given["phone"],
                given["guardian_code"],
                given["display_name"],
                given["text_hash"],
                "api",
                now(),
            )
        if isinstance(outcome, DomainError):
            raise outcome
        with snapshot() as session:
            child = queries.profile(session, outcome)
        assert child is not None
        return child


@me.route("/children/<uuid:person_id>/consents")
class ChildConsents(MethodView):
    """What a guardian agrees to for a child."""

    @me.response(200, ConsentPageSchema)
    def get(self, person_id: UUID) -> Page[dict[str, Any]]:
        """List every purpose with today's wording."""
        with snapshot() as session:
            mine = queries.children(session, current_actor().person_id)
            if person_id not in {child.person_id for child in mine}:
                raise NotFound(person=str(person_id))
            return _all([_consent(card) for card in queries.consents(session, person_id)])


@me.route("/children/<uuid:person_id>/consents/<purpose>")
class ChildConsent(MethodView):
    """One purpose, for a child."""

    @me.arguments(ConsentGivenSchema)
    @me.response(204)
    def put(self, given: dict[str, str], person_id: UUID, purpose: str) -> None:
        """Agree for the child."""
        with transaction() as session:
            consents.give(
                session,
                current_actor(),
                person_id,
                _purpose(purpose),
                given["text_hash"],
                "api",
                now(),
            )

    @me.response(204)
    def delete(self, person_id: UUID, purpose: str) -> None:
        """Withdraw for the child."""
        with transaction() as session:
            consents.withdraw(session, current_actor(), person_id, _purpose(purpose), "api", now())


@me.route("/invitations")
class MyInvitations(MethodView):
    """Roles that are offered to one's number."""

    @me.response(200, InvitationPageSchema)
    def get(self) -> Page[queries.InvitationCard]:
        """List the open ones."""
        with snapshot() as session:
            return _all(queries.invitations_for(session, current_actor().person_id, now()))


@me.route("/invitations/<uuid:invitation_id>")
class MyInvitation(MethodView):
    """One of them."""

    @me.arguments(AnswerSchema)
    @me.response(204)
    def put(self, given: dict[str, str], invitation_id: UUID) -> None:
        """Accept or decline it."""
        with transaction() as session:
            organisations.answer(
                session, current_actor(), invitation_id, given["answer"] == "accepted", now()
            )


# Organisations -------------------------------------------------------------------------------


@organisation_resources.route("")
class Organisations(MethodView):
    """Organisations that one belongs to."""

    @organisation_resources.response(200, MembershipPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List them with the roles held."""
        with snapshot() as session:
            return _all(_memberships(session, current_actor()))


@organisation_resources.route("/waiting")
class OrganisationsWaiting(MethodView):
    """Applications that nobody has decided about."""

    @organisation_resources.response(200, OrganisationPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List them, oldest first. For operators."""
        current_actor().require(Permission.ORGANISATION_APPROVE)
        with snapshot() as session:
            found = queries.organisations_waiting(session)
            return _all([_organisation(session, card) for card in found])


def _organisation(session: Session, card: queries.OrganisationCard) -> dict[str, Any]:
    return {
        **asdict(card),
        "roles": queries.roles_of_organisation(session, card.organisation_id),
    }


@organisation_resources.route("/<uuid:organisation_id>")
class OneOrganisation(MethodView):
    """An organisation."""

    @open_to_all
    @organisation_resources.response(200, OrganisationSchema)
    def get(self, organisation_id: UUID) -> dict[str, Any]:
        """Show what anyone may know; one not approved yet is shown to its members only."""
        with snapshot() as session:
            card = queries.organisation_for(session, organisation_id, guard.actor_or_none())
            if card is None:
                raise NotFound(organisation=str(organisation_id))
            return _organisation(session, card)

    @organisation_resources.arguments(OrganisationDraftSchema)
    @organisation_resources.response(201, OrganisationSchema)
    def put(self, draft: OrganisationDraft, organisation_id: UUID) -> dict[str, Any]:
        """Register an organisation for approval, and become its administrator."""
        with transaction() as session:
            card = organisations.apply(session, current_actor(), organisation_id, draft, now())
            return _organisation(session, card)


@organisation_resources.route("/<uuid:organisation_id>/roles/<role>")
class OrganisationRole(MethodView):
    """A role that the organisation would like to give."""

    @organisation_resources.response(204)
    def put(self, organisation_id: UUID, role: str) -> None:
        """Ask an operator to approve it."""
        with transaction() as session:
            organisations.ask_for_role(
                session, current_actor(), organisation_id, _role(role), now()
            )


def _role(name: str) -> Role:
    if name not in set(Role):
        raise NotFound(role=name)
    return Role(name)


@organisation_resources.route("/<uuid:organisation_id>/decisions/<uuid:decision_id>")
class Decisions(MethodView):
    """An operator's decisions."""

    @organisation_resources.arguments(DecisionDraftSchema)
    @organisation_resources.response(201, OrganisationSchema)
    def put(
        self, draft: dict[str, Any], organisation_id: UUID, decision_id: UUID
    ) -> dict[str, Any]:
        """Approve exactly these roles; none refuses the organisation."""
        with transaction() as session:
            organisations.decide(
                session,
                current_actor(),
                decision_id,
                organisation_id,
                frozenset(draft["roles"]),
                draft["reason"],
                now(),
            )
            card = queries.organisation(session, organisation_id)
            assert card is not None
            return _organisation(session, card)


@organisation_resources.route("/<uuid:organisation_id>/members")
class Members(MethodView):
    """Members."""

    @organisation_resources.arguments(PageQuery, location="query")
    @organisation_resources.response(200, MemberPageSchema)
    def get(self, query: dict[str, Any], organisation_id: UUID) -> Page[queries.MemberCard]:
        """List them by name. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        limit = query["limit"]
        with snapshot() as session:
            rows = queries.members(session, organisation_id, after=query["cursor"], most=limit + 1)
        return page(rows, limit, lambda row: (row.display_name, row.person_id))


@organisation_resources.route("/<uuid:organisation_id>/members/<uuid:person_id>/<role>")
class MemberRole(MethodView):
    """A role that a member holds."""

    @organisation_resources.response(204)
    def delete(self, organisation_id: UUID, person_id: UUID, role: str) -> None:
        """Take it, or lay down one's own."""
        with transaction() as session:
            organisations.take_role(
                session, current_actor(), organisation_id, person_id, _role(role), now()
            )


@organisation_resources.route("/<uuid:organisation_id>/history")
class History(MethodView):
    """Who gave and took roles."""

    @organisation_resources.arguments(PageQuery, location="query")
    @organisation_resources.response(200, ChangePageSchema)
    def get(self, query: dict[str, Any], organisation_id: UUID) -> Page[queries.ChangeCard]:
        """List the changes, newest first. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        limit, cursor = query["limit"], query["cursor"]
        with snapshot() as session:
            rows = queries.member_changes(
                session, organisation_id, before=cursor and cursor[0], most=limit + 1
            )
        return page(rows, limit, lambda row: (row.change_id,))


@organisation_resources.route("/<uuid:organisation_id>/invitations")
class Invitations(MethodView):
    """Roles that are offered."""

    @organisation_resources.response(200, InvitationPageSchema)
    def get(self, organisation_id: UUID) -> Page[queries.InvitationCard]:
        """List the open ones. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        with snapshot() as session:
            return _all(queries.invitations_of_organisation(session, organisation_id, now()))


@organisation_resources.route("/<uuid:organisation_id>/invitations/<uuid:invitation_id>")
class OneInvitation(MethodView):
    """One of them."""

    @organisation_resources.arguments(InvitationDraftSchema)
    @organisation_resources.response(204)
    def put(self, draft: dict[str, Any], organisation_id: UUID, invitation_id: UUID) -> None:
        """Offer a role to a number. The answer is the same whether the number is known here."""
        with transaction() as session:
            organisations.invite(
                session,
                current_actor(),
                invitation_id,
                organisation_id,
                draft["phone"],
                draft["role"],
                now(),
            )

    @organisation_resources.response(204)
    def delete(self, organisation_id: UUID, invitation_id: UUID) -> None:
        """Take it back."""
        with transaction() as session:
            organisations.withdraw_invitation(
                session, current_actor(), organisation_id, invitation_id, now()
            )


@organisation_resources.route("/<uuid:organisation_id>/api-clients")
class Clients(MethodView):
    """Machines of the organisation."""

    @organisation_resources.response(200, ClientPageSchema)
    def get(self, organisation_id: UUID) -> Page[queries.ClientCard]:
        """List them, newest first. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        with snapshot() as session:
            return _all(queries.api_clients(session, organisation_id))


@organisation_resources.route("/<uuid:organisation_id>/api-clients/<uuid:client_id>")
class OneClient(MethodView):
    """One machine."""

    @organisation_resources.arguments(ClientDraftSchema)
    @organisation_resources.response(201, NewClientSchema)
    def put(self, draft: dict[str, Any], organisation_id: UUID, client_id: UUID) -> dict[str, Any]:
        """Make it; its token stands in this answer and never again."""
        with transaction() as session:
            card, token = clients.make(
                session,
                current_actor(),
                client_id,
                organisation_id,
                draft["name"],
                frozenset(draft["permissions"]),
                now(),
            )
        return {**asdict(card), "token": token}

    @organisation_resources.response(204)
    def delete(self, organisation_id: UUID, client_id: UUID) -> None:
        """End its right to act."""
        with transaction() as session:
            clients.end(session, current_actor(), organisation_id, client_id, now())


# People and permissions ------------------------------------------------------------------------


@people_resources.route("/<uuid:person_id>/disabled")
class Disabled(MethodView):
    """Being shut out."""

    @people_resources.response(204)
    def put(self, person_id: UUID) -> None:
        """Shut a person out; all their sessions end. For operators."""
        with transaction() as session:
            people.disable(session, current_actor(), person_id, now())

    @people_resources.response(204)
    def delete(self, person_id: UUID) -> None:
        """Let a person in again. For operators."""
        with transaction() as session:
            people.enable(session, current_actor(), person_id)


@permission_resources.route("")
class Permissions(MethodView):
    """Who may do what."""

    @open_to_all
    @permission_resources.response(200, PermissionTableSchema)
    def get(self) -> dict[str, Any]:
        """Show the permission table."""
        return {
            "items": [
                {"permission": permission, "roles": roles}
                for permission, roles in permission_rows()
            ]
        }
