"""Pages of organisations: their roles and members, and decisions about them."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoSuchPage

from puhui.db.session import snapshot, transaction
from puhui.identity import queries
from puhui.identity.client import PERMISSIONS
from puhui.identity.organisation import ASKABLE, GIVABLE
from puhui.identity.pages.blueprint import pages
from puhui.identity.permission_table import ROLE_NAMES
from puhui.identity.schema.organisation import DecisionDraftSchema, OrganisationDraftSchema
from puhui.identity.service import organisations
from puhui.kernel.actor import Actor, Permission, Role
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, NotFound
from puhui.web import guard, locale
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in


@pages.get("/organisations")
def my_organisations() -> ResponseReturnValue:
    """Show one's organisations; to operators also those that wait for a decision."""
    actor = signed_in()
    with snapshot() as session:
        mine = queries.organisations_of(session, actor)
        decides = actor.may(Permission.ORGANISATION_APPROVE)
        waits = queries.organisations_waiting(session) if decides else []
    return render_template(
        "identity/organisations.html",
        mine=mine,
        waits=waits,
        decides=decides,
        role_names=ROLE_NAMES,
    )


def _askable() -> dict[str, Any]:
    return {"roles": [(role, ROLE_NAMES[role]) for role in ASKABLE]}


@pages.get("/organisations/new")
def new_organisation() -> ResponseReturnValue:
    """Ask what an organisation is."""
    signed_in()
    return render_template("identity/new_organisation.html", **_askable())


@pages.post("/organisations/new")
def apply() -> ResponseReturnValue:
    """Register an organisation for approval."""
    actor = signed_in()
    try:
        draft = read_form(OrganisationDraftSchema)
        with transaction() as session:
            organisations.apply(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("identity/new_organisation.html", error, **_askable())
    return redirect_after_post(f"/organisations/{form_name()}")


def _organisation_page(organisation_id: UUID, actor: Actor | None) -> dict[str, Any]:
    with snapshot() as session:
        card = queries.organisation_for(session, organisation_id, actor)
        if card is None:
            raise NotFound(organisation=str(organisation_id))
        keeps = actor is not None and actor.may(Permission.ORGANISATION_ADMIN, organisation_id)
        belongs = actor is not None and queries.is_member(session, actor, organisation_id)
        decides = actor is not None and actor.may(Permission.ORGANISATION_APPROVE) and not belongs
        roles = queries.roles_of_organisation(session, organisation_id)
        approved = [card.role for card in roles if card.approved_at is not None]
        found: dict[str, Any] = {
            "card": card,
            "roles": roles,
            "role_names": ROLE_NAMES,
            "keeps": keeps,
            "belongs": belongs,
            "decides": decides,
            "decision": queries.last_decision(session, organisation_id),
        }
        if keeps:
            found |= {
                "members": queries.members(session, organisation_id),
                "invitations": queries.invitations_of_organisation(session, organisation_id, now()),
                "changes": queries.member_changes(session, organisation_id, most=30),
                "clients": queries.api_clients(session, organisation_id),
                "givable": [
                    (role, locale.said(ROLE_NAMES[role]))
                    for role in GIVABLE
                    if role in approved or role is Role.ADMINISTRATOR
                ],
                "askable": [
                    (role, locale.said(ROLE_NAMES[role]))
                    for role in ASKABLE
                    if role not in {asked.role for asked in roles}
                ],
                "permissions": sorted(PERMISSIONS),
            }
    return found


@pages.get("/organisations/<uuid:organisation_id>")
def organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Show an organisation: to everyone its card, to its administrators everything."""
    return render_template(
        "identity/organisation.html", **_organisation_page(organisation_id, guard.actor_or_none())
    )


def back_to(organisation_id: UUID) -> ResponseReturnValue:
    """Send the browser back to the page of an organisation."""
    return redirect_after_post(f"/organisations/{organisation_id}")


def again(organisation_id: UUID, actor: Actor, error: DomainError) -> ResponseReturnValue:
    """Show the page of an organisation once more, with what is wrong."""
    return render_faults(
        "identity/organisation.html", error, **_organisation_page(organisation_id, actor)
    )


@pages.post("/organisations/<uuid:organisation_id>/members/<uuid:person_id>/<role>/take")
def take_role(organisation_id: UUID, person_id: UUID, role: str) -> ResponseReturnValue:
    """Take a role from a member."""
    actor = signed_in()
    if role not in set(Role):
        raise NoSuchPage()
    try:
        with transaction() as session:
            organisations.take_role(session, actor, organisation_id, person_id, Role(role), now())
    except DomainError as error:
        return again(organisation_id, actor, error)
    return back_to(organisation_id) if actor.person_id != person_id else redirect_after_post("/me")


@pages.post("/organisations/<uuid:organisation_id>/roles")
def ask_for_role(organisation_id: UUID) -> ResponseReturnValue:
    """Ask an operator to approve one more role."""
    actor, role = signed_in(), request.form.get("role", "")
    if role not in set(Role):
        raise NoSuchPage()
    with transaction() as session:
        organisations.ask_for_role(session, actor, organisation_id, Role(role), now())
    return back_to(organisation_id)


@pages.post("/organisations/<uuid:organisation_id>/decisions")
def decide(organisation_id: UUID) -> ResponseReturnValue:
    """Decide which roles an organisation may give."""
    actor = signed_in()
    try:
        draft = read_form(DecisionDraftSchema)
        with transaction() as session:
            organisations.decide(
                session,
                actor,
                form_name(),
                organisation_id,
                frozenset(draft["roles"]),
                draft["reason"],
                now(),
            )
    except DomainError as error:
        return again(organisation_id, actor, error)
    return redirect_after_post("/organisations")
