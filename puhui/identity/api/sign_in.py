"""JSON resources of signing in and registering."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import transaction
from puhui.identity import door
from puhui.identity.api.blueprint import sign_in_resources
from puhui.identity.schema.sign_in import (
    CodeAskedSchema,
    CodeAskSchema,
    PasswordSignInSchema,
    RegistrationSchema,
    SignedSchema,
    SignInSchema,
    WaitingSchema,
)
from puhui.identity.service import people, sessions, signing_in
from puhui.kernel.clock import now
from puhui.kernel.errors import NotFound
from puhui.web import guard
from puhui.web.guard import open_to_all


@sign_in_resources.route("/codes/<uuid:code_id>")
class Codes(MethodView):
    """Codes, each named by whoever asks for it."""

    @open_to_all
    @sign_in_resources.arguments(CodeAskSchema)
    @sign_in_resources.response(201, CodeAskedSchema)
    def put(self, asked: dict[str, str], code_id: UUID) -> signing_in.CodeAsked:
        """Let a one-time code be sent; the same again sends nothing."""
        with transaction() as session:
            return signing_in.ask_code(session, code_id, asked["phone"], door.door(), now())


@sign_in_resources.route("")
class SignIn(MethodView):
    """Being signed in."""

    @open_to_all
    @sign_in_resources.arguments(SignInSchema)
    @sign_in_resources.response(200, SignedSchema)
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
    @sign_in_resources.response(204)
    def delete(self) -> None:
        """Sign out: end the session of the token that came along."""
        token = guard.token()
        if token is not None:
            with transaction() as session:
                sessions.end_token(session, token, now())


@sign_in_resources.route("/registrations")
class Registrations(MethodView):
    """New people."""

    @open_to_all
    @sign_in_resources.arguments(RegistrationSchema)
    @sign_in_resources.response(201, SignedSchema)
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


@sign_in_resources.route("/password")
class PasswordSignIn(MethodView):
    """Staff with a password."""

    @open_to_all
    @sign_in_resources.arguments(PasswordSignInSchema)
    @sign_in_resources.response(200, SignedSchema)
    def post(self, given: dict[str, str]) -> dict[str, Any]:
        """Sign in with number and password."""
        return _signed(door.sign_in_with_password(given["phone"], given["password"]))


@sign_in_resources.route("/waiting")
class Waiting(MethodView):
    """A child who waits for a guardian."""

    @open_to_all
    @sign_in_resources.response(200, WaitingSchema)
    @sign_in_resources.alt_response(404, "NOT_FOUND")
    def get(self) -> dict[str, str]:
        """Show the code that the guardian needs. Only for a child who waits."""
        found = door.credential()
        if found is None or not found.waits_for_guardian:
            raise NotFound()
        return {"guardian_code": people.guardian_code(found.actor.person_id, now())}


def _signed(signed: sessions.Signed) -> dict[str, Any]:
    return {**asdict(signed), "ticket": None}
