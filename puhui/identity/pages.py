"""Pages of identity: sign in, oneself, organisations. All of them work without JavaScript."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoSuchPage

from puhui.db.session import snapshot, transaction
from puhui.identity import consents, door, queries
from puhui.identity.client import PERMISSIONS
from puhui.identity.errors import CodeWrong, GuardianCodeWrong, PasswordWrong, TicketWrong
from puhui.identity.organisation import ASKABLE, GIVABLE
from puhui.identity.permission_table import ROLE_NAMES
from puhui.identity.permission_table import rows as permission_rows
from puhui.identity.purpose import FOR_MINORS, OWN, TEXTS, Purpose
from puhui.identity.schema import (
    ChildAcceptedSchema,
    ClientDraftSchema,
    CodeAskSchema,
    CodeSchema,
    DecisionDraftSchema,
    InvitationDraftSchema,
    LanguageSchema,
    NameSchema,
    OrganisationDraftSchema,
    PasswordSchema,
    PasswordSignInSchema,
    WhoSchema,
)
from puhui.identity.service import clients, organisations, people, sessions, signing_in
from puhui.kernel.actor import Actor, Permission, Role
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Forbidden, Invalid, NotFound
from puhui.web import guard, locale
from puhui.web.pages import (
    form_name,
    next_address,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)

pages = Blueprint("identity_pages", __name__, template_folder="templates")


def _at(field: str, error: Forbidden) -> Invalid:
    """Return a refusal of what was typed as a fault beside its field."""
    return Invalid([Fault(error.code, error.title, field=field)])


def _enter(signed: sessions.Signed, otherwise: str = "/me") -> ResponseReturnValue:
    """Give the browser its session and send it where it wanted to go."""
    address = "/sign-in/waiting" if signed.waits_for_guardian else next_address(otherwise)
    response = make_response(redirect(address, 303))
    door.keep_signed_in(response, signed)
    door.forget_ticket(response)
    with snapshot() as session:
        profile = queries.profile(session, signed.person_id)
    if profile is not None and profile.language is not None:
        _speak(response, profile.language)
    return response


def _speak(response: Any, language: str) -> None:
    response.set_cookie(
        locale.COOKIE,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=request.is_secure,
    )


# Signing in ----------------------------------------------------------------------------------


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Ask for a phone number."""
    found = door.credential()
    if found is not None:
        return redirect(
            "/sign-in/waiting" if found.waits_for_guardian else next_address("/me"), 303
        )
    return render_template("identity/sign_in.html", next=next_address(""))


@pages.post("/sign-in")
def ask_code() -> ResponseReturnValue:
    """Let a code be sent; a second click sends nothing."""
    try:
        asked = read_form(CodeAskSchema)
        with transaction() as session:
            signing_in.ask_code(session, form_name(), asked["phone"], door.door(), now())
    except DomainError as error:
        return render_faults("identity/sign_in.html", error, next=next_address(""))
    return redirect_after_post(_with_next(f"/sign-in/code/{form_name()}"))


def _with_next(path: str) -> str:
    wanted = next_address("")
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


def _phone_of(code_id: UUID) -> str:
    with snapshot() as session:
        phone = queries.phone_of_code(session, code_id)
    if phone is None:
        raise NotFound()
    return phone


@pages.get("/sign-in/code/<uuid:code_id>")
def code(code_id: UUID) -> ResponseReturnValue:
    """Ask for the code that has arrived."""
    return render_template("identity/code.html", phone=_phone_of(code_id), next=next_address(""))


@pages.post("/sign-in/code/<uuid:code_id>")
def enter_code(code_id: UUID) -> ResponseReturnValue:
    """Sign in with the code, or go on to register."""
    try:
        outcome = door.sign_in_with_code(code_id, read_form(CodeSchema)["code"])
    except DomainError as error:
        shown = _at("code", error) if isinstance(error, CodeWrong) else error
        return render_faults(
            "identity/code.html", shown, phone=_phone_of(code_id), next=next_address("")
        )
    if isinstance(outcome, sessions.Signed):
        return _enter(outcome)
    response = make_response(redirect(_with_next("/sign-in/new"), 303))
    door.keep_ticket(response, outcome)
    return response


@pages.get("/sign-in/new")
def who() -> ResponseReturnValue:
    """Ask a new person for a name and a birth year."""
    if door.TICKET not in request.cookies:
        return redirect("/sign-in", 303)
    return render_template("identity/new.html", next=next_address(""))


@pages.post("/sign-in/new")
def register() -> ResponseReturnValue:
    """Register the person and sign them in."""
    try:
        given = read_form(WhoSchema)
        with transaction() as session:
            signed = signing_in.register(
                session,
                request.cookies.get(door.TICKET, ""),
                given["display_name"],
                given["birth_year"],
                door.door(),
                now(),
            )
    except TicketWrong:
        return redirect_after_post("/sign-in")
    except DomainError as error:
        return render_faults("identity/new.html", error, next=next_address(""))
    return _enter(signed)


@pages.get("/sign-in/password")
def password_form() -> ResponseReturnValue:
    """Ask staff for number and password."""
    return render_template("identity/sign_in_password.html", next=next_address(""))


@pages.post("/sign-in/password")
def enter_password() -> ResponseReturnValue:
    """Sign in with a password."""
    try:
        given = read_form(PasswordSignInSchema)
        signed = door.sign_in_with_password(given["phone"], given["password"])
    except DomainError as error:
        shown = _at("password", error) if isinstance(error, PasswordWrong) else error
        return render_faults("identity/sign_in_password.html", shown, next=next_address(""))
    return _enter(signed)


@pages.get("/sign-in/waiting")
def waiting() -> ResponseReturnValue:
    """Show a waiting child the code that the guardian needs."""
    found = door.credential()
    if found is None or not found.waits_for_guardian:
        return redirect("/me", 303)
    digits = people.guardian_code(found.actor.person_id, now())
    return render_template("identity/waiting.html", digits=digits)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    token = guard.token()
    if token is not None:
        with transaction() as session:
            sessions.end_token(session, token, now())
    response = make_response(redirect("/", 303))
    door.forget(response)
    return response


# Oneself -------------------------------------------------------------------------------------


def _own_page(actor: Actor) -> dict[str, Any]:
    found, at = door.credential(), now()
    with snapshot() as session:
        return {
            "profile": queries.profile(session, actor.person_id),
            "organisations": queries.organisations_of(session, actor),
            "sessions": queries.sessions(session, actor.person_id, at),
            "this_session": None if found is None else found.session_id,
            "consents": [
                card for card in queries.consents(session, actor.person_id) if card.purpose in OWN
            ],
            "texts": TEXTS,
            "invitations": queries.invitations_for(session, actor.person_id, at),
            "is_minor": queries.is_minor(session, actor.person_id, at),
            "has_password": queries.has_password(session, actor.person_id),
            "role_names": ROLE_NAMES,
        }


@pages.get("/me")
def me() -> ResponseReturnValue:
    """Show people themselves: name, roles, sessions, consents, language."""
    return render_template("identity/me.html", **_own_page(signed_in()))


@pages.post("/me/name")
def rename() -> ResponseReturnValue:
    """Change one's name."""
    actor = signed_in()
    try:
        given = read_form(NameSchema)
        with transaction() as session:
            people.rename(session, actor, given["display_name"])
    except DomainError as error:
        return render_faults("identity/me.html", error, **_own_page(actor))
    return redirect_after_post("/me")


@pages.post("/me/language")
def choose_language() -> ResponseReturnValue:
    """Change the language in which one is answered."""
    actor = signed_in()
    language = read_form(LanguageSchema)["language"]
    with transaction() as session:
        people.choose_language(session, actor, language)
    response = make_response(redirect("/me", 303))
    _speak(response, language)
    return response


@pages.post("/me/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one session."""
    with transaction() as session:
        sessions.end(session, signed_in(), session_id, now())
    return redirect_after_post("/me")


@pages.post("/me/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End all sessions but this one."""
    actor, found = signed_in(), door.credential()
    with transaction() as session:
        sessions.end_all(session, actor, now(), but=None if found is None else found.session_id)
    return redirect_after_post("/me")


def _purpose(name: str) -> Purpose:
    if name not in set(Purpose):
        raise NoSuchPage()
    return Purpose(name)


@pages.post("/me/consents/<purpose>")
def decide_consent(purpose: str) -> ResponseReturnValue:
    """Agree to a purpose, or withdraw."""
    actor = signed_in()
    _give_or_withdraw(actor, actor.person_id, _purpose(purpose))
    return redirect_after_post(next_address("/me#consents"))


def _give_or_withdraw(actor: Actor, person_id: UUID, purpose: Purpose) -> None:
    with transaction() as session:
        if request.form.get("act") == "withdraw":
            consents.withdraw(session, actor, person_id, purpose, "page", now())
        else:
            shown = request.form.get("text_hash", "")
            consents.give(session, actor, person_id, purpose, shown, "page", now())


@pages.post("/me/invitations/<uuid:invitation_id>")
def answer_invitation(invitation_id: UUID) -> ResponseReturnValue:
    """Accept or decline an invitation."""
    with transaction() as session:
        accepts = request.form.get("answer") == "accepted"
        organisations.answer(session, signed_in(), invitation_id, accepts, now())
    return redirect_after_post("/me")


@pages.get("/me/password")
def new_password() -> ResponseReturnValue:
    """Ask staff for a new password."""
    signed_in()
    return render_template("identity/password.html")


@pages.post("/me/password")
def set_password() -> ResponseReturnValue:
    """Set a password."""
    actor, found = signed_in(), door.credential()
    if found is None:
        return redirect_after_post("/sign-in")
    try:
        given = read_form(PasswordSchema)
        with transaction() as session:
            signing_in.set_password(session, actor, found, given["password"], now())
    except DomainError as error:
        return render_faults("identity/password.html", error)
    return redirect_after_post("/me")


def _children_page(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        children = queries.children(session, actor.person_id)
        return {
            "children": [
                (
                    child,
                    [
                        card
                        for card in queries.consents(session, child.person_id)
                        if card.purpose is Purpose.GUARDIAN or card.purpose in FOR_MINORS
                    ],
                )
                for child in children
            ],
            "texts": TEXTS,
            "guardian": TEXTS[Purpose.GUARDIAN],
        }


@pages.get("/me/children")
def children() -> ResponseReturnValue:
    """Show a guardian their children, and how to agree for one who waits."""
    return render_template("identity/children.html", **_children_page(signed_in()))


@pages.post("/me/children")
def accept_child() -> ResponseReturnValue:
    """Agree for a waiting child."""
    actor = signed_in()
    try:
        given = read_form(ChildAcceptedSchema)
        with transaction() as session:
            outcome = people.accept_child(
                session,
                actor,
                given["phone"],
                given["guardian_code"],
                given["display_name"],
                given["text_hash"],
                "page",
                now(),
            )
        if isinstance(outcome, DomainError):
            raise outcome
    except DomainError as error:
        shown = _at("guardian_code", error) if isinstance(error, GuardianCodeWrong) else error
        return render_faults("identity/children.html", shown, **_children_page(actor))
    return redirect_after_post("/me/children")


@pages.post("/me/children/<uuid:person_id>/consents/<purpose>")
def decide_child_consent(person_id: UUID, purpose: str) -> ResponseReturnValue:
    """Agree to a purpose for a child, or withdraw."""
    _give_or_withdraw(signed_in(), person_id, _purpose(purpose))
    return redirect_after_post(next_address("/me/children"))


# Organisations -------------------------------------------------------------------------------


def _askable() -> dict[str, Any]:
    return {"roles": [(role, ROLE_NAMES[role]) for role in ASKABLE]}


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


def _back_to(organisation_id: UUID) -> ResponseReturnValue:
    return redirect_after_post(f"/organisations/{organisation_id}")


def _again(organisation_id: UUID, actor: Actor, error: DomainError) -> ResponseReturnValue:
    return render_faults(
        "identity/organisation.html", error, **_organisation_page(organisation_id, actor)
    )


@pages.post("/organisations/<uuid:organisation_id>/invitations")
def invite(organisation_id: UUID) -> ResponseReturnValue:
    """Offer a role to a number."""
    actor = signed_in()
    try:
        draft = read_form(InvitationDraftSchema)
        with transaction() as session:
            organisations.invite(
                session,
                actor,
                form_name(),
                organisation_id,
                draft["phone"],
                draft["role"],
                now(),
            )
    except DomainError as error:
        return _again(organisation_id, actor, error)
    return _back_to(organisation_id)


@pages.post("/organisations/<uuid:organisation_id>/invitations/<uuid:invitation_id>/withdraw")
def withdraw_invitation(organisation_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    with transaction() as session:
        organisations.withdraw_invitation(
            session, signed_in(), organisation_id, invitation_id, now()
        )
    return _back_to(organisation_id)


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
        return _again(organisation_id, actor, error)
    return _back_to(organisation_id) if actor.person_id != person_id else redirect_after_post("/me")


@pages.post("/organisations/<uuid:organisation_id>/roles")
def ask_for_role(organisation_id: UUID) -> ResponseReturnValue:
    """Ask an operator to approve one more role."""
    actor, role = signed_in(), request.form.get("role", "")
    if role not in set(Role):
        raise NoSuchPage()
    with transaction() as session:
        organisations.ask_for_role(session, actor, organisation_id, Role(role), now())
    return _back_to(organisation_id)


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
        return _again(organisation_id, actor, error)
    return redirect_after_post("/organisations")


@pages.post("/organisations/<uuid:organisation_id>/api-clients")
def make_client(organisation_id: UUID) -> ResponseReturnValue:
    """Make a machine and show its token once."""
    actor = signed_in()
    try:
        draft = read_form(ClientDraftSchema)
        with transaction() as session:
            card, token = clients.make(
                session,
                actor,
                form_name(),
                organisation_id,
                draft["name"],
                frozenset(draft["permissions"]),
                now(),
            )
    except DomainError as error:
        return _again(organisation_id, actor, error)
    return render_template("identity/client.html", card=card, token=token)


@pages.post("/organisations/<uuid:organisation_id>/api-clients/<uuid:client_id>/end")
def end_client(organisation_id: UUID, client_id: UUID) -> ResponseReturnValue:
    """End a machine's right to act."""
    with transaction() as session:
        clients.end(session, signed_in(), organisation_id, client_id, now())
    return _back_to(organisation_id)


@pages.get("/permissions")
def permissions() -> ResponseReturnValue:
    """Show who may do what."""
    return render_template(
        "identity/permissions.html", rows=permission_rows(), role_names=ROLE_NAMES
    )
