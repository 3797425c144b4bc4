"""Pages of people's own data. All of them work without JavaScript."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.identity import consents, door
from puhui.identity import queries as identity
from puhui.identity.errors import CodeWrong
from puhui.identity.purpose import FOR_MINORS, OWN, TEXTS, Purpose
from puhui.identity.schema.sign_in import CodeSchema
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Invalid, NotFound
from puhui.rights import api, queries
from puhui.rights.meaning import MEANING
from puhui.rights.service import erasures, exports
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in
from puhui.web.schema import Uuid

pages = Blueprint("rights_pages", __name__, template_folder="templates")


class _CodeSchema(CodeSchema):
    """The code, and whose erasure it confirms."""

    person_id = Uuid(load_default=None, allow_none=True)


def _asked_for(actor: Actor) -> UUID:
    """Return whose data the page is about: what the address says, else one's own."""
    written = request.values.get("person_id", "")
    if not written:
        return actor.person_id
    try:
        return UUID(written)
    except ValueError:
        raise NotFound(person=written) from None


def _address(actor: Actor, person_id: UUID, endpoint: str, **values: Any) -> str:
    """Return the address of a page about this person."""
    named: dict[str, Any] = {} if person_id == actor.person_id else {"person_id": person_id}
    return url_for(f"rights_pages.{endpoint}", **values, **named)


def _page(actor: Actor, person_id: UUID) -> dict[str, Any]:
    at = now()
    with snapshot() as session:
        queries.whose(session, actor, person_id, at)
        is_child = person_id != actor.person_id
        purposes = {Purpose.GUARDIAN, *FOR_MINORS} if is_child else set(OWN)
        return {
            "person_id": person_id,
            "profile": identity.profile(session, person_id),
            "is_child": is_child,
            "consents": [
                card for card in identity.consents(session, person_id) if card.purpose in purposes
            ],
            "refusals": consents.refusals(session, actor, person_id, at),
            "history": identity.consent_history(session, person_id),
            "texts": TEXTS,
            "exports": queries.exports_of(session, actor, person_id),
            "erasure": queries.erasure_of(session, person_id),
            "children": [
                child
                for child in identity.children(session, actor.person_id)
                if identity.is_minor(session, child.person_id, at)
            ],
            "at": at,
        }


@pages.get("/me/data")
def data() -> ResponseReturnValue:
    """Show people what they agreed to, what they can take along, and how to be forgotten."""
    actor = signed_in()
    return render_template("rights/data.html", **_page(actor, _asked_for(actor)))


@pages.post("/me/data/exports")
def ask_export() -> ResponseReturnValue:
    """Begin to put together everything about oneself or one's child."""
    actor = signed_in()
    person_id = _asked_for(actor)
    try:
        with transaction() as session:
            exports.ask_export(session, actor, form_name(), person_id, now())
    except DomainError as error:
        return render_faults("rights/data.html", error, **_page(actor, person_id))
    return redirect_after_post(url_for("rights_pages.export", export_id=form_name()))


@pages.get("/me/data/exports/<uuid:export_id>")
def export(export_id: UUID) -> ResponseReturnValue:
    """Show how far an export is; when it is ready, where to download it."""
    with snapshot() as session:
        card = queries.export(session, signed_in(), export_id)
    return render_template("rights/export.html", card=card, at=now())


@pages.get("/me/data/exports/<uuid:export_id>/file")
def export_file(export_id: UUID) -> Response:
    """Download an export."""
    return api.download(signed_in(), export_id)


@pages.post("/me/data/exports/<uuid:export_id>/resumption")
def resume_export(export_id: UUID) -> ResponseReturnValue:
    """Let an export go on."""
    api.resume(signed_in(), export_id)
    return redirect_after_post(url_for("rights_pages.export", export_id=export_id))


def _outlook(actor: Actor, person_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        return {
            "person_id": person_id,
            "is_child": person_id != actor.person_id,
            "profile": identity.profile(session, person_id),
            "outlook": erasures.outlook(session, actor, person_id, now()),
            "meaning": MEANING,
            "erasure": queries.erasure_of(session, person_id),
        }


@pages.get("/me/data/erasure")
def erasure() -> ResponseReturnValue:
    """Say what being forgotten means, before anybody asks for it."""
    actor = signed_in()
    return render_template("rights/erasure.html", **_outlook(actor, _asked_for(actor)))


@pages.post("/me/data/erasure")
def ask_code() -> ResponseReturnValue:
    """Let a code be sent to confirm with; a second click sends nothing."""
    actor = signed_in()
    person_id = _asked_for(actor)
    try:
        with transaction() as session:
            erasures.ask_code(session, actor, form_name(), door.door(), now())
    except DomainError as error:
        return render_faults("rights/erasure.html", error, **_outlook(actor, person_id))
    return redirect_after_post(_address(actor, person_id, "confirm", code_id=form_name()))


def _confirmation(actor: Actor, person_id: UUID, code_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        phone = identity.phone_of_code(session, code_id)
    if phone is None:
        raise NotFound()
    return {**_outlook(actor, person_id), "phone": phone}


@pages.get("/me/data/erasure/code/<uuid:code_id>")
def confirm(code_id: UUID) -> ResponseReturnValue:
    """Ask for the code that has arrived."""
    actor = signed_in()
    shown = _confirmation(actor, _asked_for(actor), code_id)
    return render_template("rights/confirm.html", **shown)


@pages.post("/me/data/erasure/code/<uuid:code_id>")
def ask_erasure(code_id: UUID) -> ResponseReturnValue:
    """Ask to be forgotten, confirmed by the code."""
    actor = signed_in()
    person_id = _asked_for(actor)
    try:
        api.ask(actor, form_name(), person_id, code_id, read_form(_CodeSchema)["code"])
    except DomainError as error:
        shown = error
        if isinstance(error, CodeWrong):
            shown = Invalid([Fault(error.code, error.title, field="code")])
        return render_faults(
            "rights/confirm.html", shown, **_confirmation(actor, person_id, code_id)
        )
    return redirect_after_post(_address(actor, person_id, "data"))


@pages.post("/me/data/erasures/<uuid:erasure_id>/call-back")
def call_back(erasure_id: UUID) -> ResponseReturnValue:
    """Call an erasure back."""
    actor = signed_in()
    person_id = _asked_for(actor)
    try:
        with transaction() as session:
            erasures.call_back(session, actor, erasure_id, now())
    except DomainError as error:
        return render_faults("rights/data.html", error, **_page(actor, person_id))
    return redirect_after_post(_address(actor, person_id, "data"))
