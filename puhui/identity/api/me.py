"""JSON resources of oneself: name, language, password, sessions."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.identity import door, queries
from puhui.identity.api.blueprint import me_resources, one_page
from puhui.identity.schema.me import MeChangeSchema, MeSchema, PasswordSchema, SessionPageSchema
from puhui.identity.service import people, sessions, signing_in
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.paging import Page


@me_resources.route("")
class Me(MethodView):
    """Who is asking."""

    @me_resources.response(200, MeSchema)
    def get(self) -> dict[str, Any]:
        """Show who is asking."""
        with snapshot() as session:
            profile = queries.profile(session, current_actor().person_id)
            assert profile is not None
            return {**asdict(profile), "memberships": memberships(session, current_actor())}

    @me_resources.arguments(MeChangeSchema)
    @me_resources.response(200, MeSchema)
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
            return {**asdict(profile), "memberships": memberships(session, actor)}


def memberships(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Return one's organisations as they are sent, with one's roles in each."""
    return [
        {"organisation_id": card.organisation_id, "name": card.name, "roles": roles}
        for card, roles in queries.organisations_of(session, actor)
    ]


@me_resources.route("/password")
class Password(MethodView):
    """A staff member's password."""

    @me_resources.arguments(PasswordSchema)
    @me_resources.response(204)
    def put(self, given: dict[str, str]) -> None:
        """Set or change the password, within ten minutes of signing in."""
        actor, found = current_actor(), door.credential()
        assert found is not None
        with transaction() as session:
            signing_in.set_password(session, actor, found, given["password"], now())


@me_resources.route("/sessions")
class Sessions(MethodView):
    """Where one is signed in."""

    @me_resources.response(200, SessionPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List them, last seen first."""
        found = door.credential()
        assert found is not None
        with snapshot() as session:
            rows = queries.sessions(session, current_actor().person_id, now())
        return one_page(
            [{**asdict(row), "is_this_one": row.session_id == found.session_id} for row in rows]
        )

    @me_resources.response(204)
    def delete(self) -> None:
        """End all but this one."""
        found = door.credential()
        assert found is not None
        with transaction() as session:
            sessions.end_all(session, current_actor(), now(), but=found.session_id)


@me_resources.route("/sessions/<uuid:session_id>")
class OneSession(MethodView):
    """One of one's sessions."""

    @me_resources.response(204)
    def delete(self, session_id: UUID) -> None:
        """End it."""
        with transaction() as session:
            sessions.end(session, current_actor(), session_id, now())
