"""Pages of teams: one's own, one to make, the team's book, and the door one is invited through."""

from collections.abc import Callable
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid5

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.identity.purpose import Purpose
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.county import County, counties
from puhui.kernel.errors import DomainError, NotFound
from puhui.kernel.text import N_
from puhui.rewards.city import cities
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.photo import as_uuid
from puhui.rewards.queries import teams as queries
from puhui.rewards.ranking import LEAST_PEOPLE
from puhui.rewards.schema.team import TeamDraftSchema
from puhui.rewards.service import teams as service
from puhui.rewards.team import CODE_LENGTH, KIND_NAMES, TeamKind
from puhui.settings import Settings
from puhui.web import locale
from puhui.web.guard import actor_or_none
from puhui.web.limits import limited
from puhui.web.locale import named
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.qr import svg_of


@pages.context_processor
def _words() -> dict[str, object]:
    return {"team_kinds": KIND_NAMES, "least_people": LEAST_PEOPLE}


@pages.app_template_filter("county_options")
def county_options(found: list[tuple[str, list[County]]]) -> list[tuple[str, str]]:
    """Return counties with the city that each belongs to, for a menu."""
    return [(one.code, f"{city} · {named(one)}") for city, inside in found for one in inside]


@pages.get("/teams")
def my_teams() -> ResponseReturnValue:
    """Show the teams that one or one's children belong to, and a way into another."""
    actor = signed_in()
    return render_template("rewards/teams.html", **_mine(actor))


def _mine(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        return {"teams": queries.teams_of(session, actor)}


@pages.post("/teams")
@limited("30/hour", "join")
def find_team() -> ResponseReturnValue:
    """Go to the team that a typed code invites to."""
    actor = signed_in()
    try:
        with snapshot() as session:
            found = queries.team_of_code(session, request.form.get("code", "")[:40])
            code = queries.live_code(session, found.team_id)
    except DomainError as error:
        return render_faults("rewards/teams.html", error, **_mine(actor))
    return redirect(url_for("rewards_pages.join", code=code), 303)


@pages.get("/teams/new")
def new_team() -> ResponseReturnValue:
    """Show the form for a team."""
    return render_template("rewards/new_team.html", **_form(signed_in()))


@pages.post("/teams/new")
def make_team() -> ResponseReturnValue:
    """Make a team."""
    actor = signed_in()
    try:
        draft = read_form(TeamDraftSchema)
        with transaction() as session:
            card = service.make_team(
                session, actor, form_name(), draft, token_bytes(CODE_LENGTH), now()
            )
    except DomainError as error:
        return render_faults("rewards/new_team.html", error, **_form(actor))
    return redirect_after_post(url_for("rewards_pages.team", team_id=card.team_id))


def _form(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        groups = [one for one, _ in identity.organisations_of(session, actor)]
    return {"groups": groups, "kinds": list(TeamKind), "places": _places()}


def _places() -> list[tuple[str, list[County]]]:
    """Return the counties of the provinces that list their cities, by city."""
    known = counties().values()
    return [
        (named(city), [one for one in known if one.city == city.code])
        for listed in cities().values()
        for city in sorted(listed, key=lambda one: one.code)
    ]


@pages.get("/teams/<uuid:team_id>")
def team(team_id: UUID) -> ResponseReturnValue:
    """Show a team to its members."""
    return render_template("rewards/team.html", **_team(signed_in(), team_id))


def _team(actor: Actor, team_id: UUID) -> dict[str, Any]:
    at = now()
    with snapshot() as session:
        book = queries.team_book(session, actor, team_id, at)
        shares = consents.given(session, actor.person_id, Purpose.TEAM)
        is_adult = identity.is_adult(session, actor.person_id, at)
    address = _address(book.code) if book.code else None
    return {
        "book": book,
        "address": address,
        "qr": Markup(svg_of(address, locale.said(N_("入队二维码")))) if address else None,  # noqa: S704
        "shares": shares,
        "is_adult": is_adult,
        "places": _places(),
    }


def _address(code: str) -> str:
    settings: Settings = current_app.extensions["puhui.settings"]
    return f"{settings.base_url}/join/{code}"


@pages.post("/teams/<uuid:team_id>/description")
def describe_team(team_id: UUID) -> ResponseReturnValue:
    """Describe one's team anew."""

    def work(session: Session, actor: Actor) -> None:
        draft = read_form(TeamDraftSchema)
        service.describe_team(session, actor, team_id, draft, now())

    return _done(team_id, work)


@pages.post("/teams/<uuid:team_id>/invitation")
def renew_invitation(team_id: UUID) -> ResponseReturnValue:
    """Renew the code."""
    return _done(
        team_id,
        lambda session, actor: service.renew_invitation(
            session, actor, team_id, form_name(), token_bytes(CODE_LENGTH), now()
        ),
    )


@pages.post("/teams/<uuid:team_id>/lead")
def hand_team_over(team_id: UUID) -> ResponseReturnValue:
    """Hand one's team over."""
    chosen = as_uuid(request.form.get("membership_id", ""))
    return _done(
        team_id,
        lambda session, actor: service.hand_over(session, actor, team_id, chosen, now()),
    )


@pages.post("/teams/<uuid:team_id>/members/<uuid:membership_id>")
def answer_member(team_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """Let somebody in, or not; or let a member go."""
    wanted = request.form.get("act", "")

    def work(session: Session, actor: Actor) -> None:
        if wanted == "remove":
            service.leave(session, actor, membership_id, now())
        else:
            service.answer(session, actor, membership_id, accepted=wanted == "accept", now=now())

    return _done(team_id, work)


@pages.post("/teams/<uuid:team_id>/leave/<uuid:membership_id>")
def leave_team(team_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """Leave a team, or take a child out of it."""
    actor = signed_in()
    try:
        with transaction() as session:
            service.leave(session, actor, membership_id, now())
    except NotFound:
        raise
    except DomainError as error:
        return render_faults("rewards/team.html", error, **_team(actor, team_id))
    return redirect_after_post(url_for("rewards_pages.my_teams"))


def _done(team_id: UUID, work: Callable[[Session, Actor], object]) -> ResponseReturnValue:
    """Do one thing to a team, and show it again: done, or with what was refused."""
    actor = signed_in()
    try:
        with transaction() as session:
            work(session, actor)
    except NotFound:
        raise
    except DomainError as error:
        return render_faults("rewards/team.html", error, **_team(actor, team_id))
    return redirect_after_post(url_for("rewards_pages.team", team_id=team_id))


@pages.get("/join/<code>")
@limited("60/hour", "invited")
def join(code: str) -> ResponseReturnValue:
    """Show whoever scans an invitation what they would join, and how they would be seen."""
    return render_template("rewards/join.html", **_door(code))


def _door(code: str) -> dict[str, Any]:
    actor = actor_or_none()
    with snapshot() as session:
        if actor is None:
            # Who has not signed in learns only that there is something to join.
            queries.team_of_code(session, code)
            return {"code": code, "invited": None}
        at = now()
        return {
            "code": code,
            "invited": queries.invited_to(session, actor, code),
            "people": [
                (person_id, name)
                for person_id, name in queries.own_people(session, actor).items()
                if person_id != actor.person_id or not identity.is_minor(session, person_id, at)
            ],
            "own": actor.person_id,
        }


@pages.post("/join/<code>")
@limited("30/hour", "join")
def ask_to_join(code: str) -> ResponseReturnValue:
    """Join, oneself or with a child."""
    actor = signed_in()
    who = as_uuid(request.form["person_id"]) if request.form.get("person_id") else None
    # Each person has a place of their own name, so that two ticks on one page are two places.
    name = uuid5(form_name(), f"member {who or actor.person_id}")
    try:
        with transaction() as session:
            service.ask_to_join(session, actor, name, code, who, now())
    except NotFound:
        raise
    except DomainError as error:
        return render_faults("rewards/join.html", error, **_door(code))
    return redirect_after_post(url_for("rewards_pages.my_teams"))
