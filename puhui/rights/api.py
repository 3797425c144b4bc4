"""JSON resources of people's own data."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.identity import door
from puhui.identity import queries as identity
from puhui.identity.schema.sign_in import CodeAskedSchema
from puhui.identity.service.signing_in import CodeAsked
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.outbox import task
from puhui.rights import queries
from puhui.rights.meaning import MEANING
from puhui.rights.queries import ErasureCard, ExportCard
from puhui.rights.schema import (
    ConsentPastPageSchema,
    ErasureAskSchema,
    ErasureSchema,
    ExportPageSchema,
    ExportSchema,
    OutlookSchema,
    WhoseSchema,
)
from puhui.rights.service import erasures, exports
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor
from puhui.web.locale import told
from puhui.web.paging import Page

resources = json_blueprint("my_data", "/api/my-data", "本人的资料：同意、索取、注销")

BINARY = {"type": "string", "format": "binary"}


def _person(given: dict[str, Any], actor: Actor) -> UUID:
    return given["person_id"] or actor.person_id


@resources.route("/consents")
class Consents(MethodView):
    """What was agreed to, and when."""

    @resources.arguments(WhoseSchema, location="query")
    @resources.response(200, ConsentPastPageSchema)
    @resources.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any]) -> Page[identity.ConsentPast]:
        """List every consent ever given, in the words of then, the newest first."""
        actor = current_actor()
        with snapshot() as session:
            person_id = queries.whose(session, actor, _person(query, actor), now())
            return Page(identity.consent_history(session, person_id), None)


@resources.route("/exports")
class Exports(MethodView):
    """Everything about oneself, to take along."""

    @resources.arguments(WhoseSchema, location="query")
    @resources.response(200, ExportPageSchema)
    @resources.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List what one has asked for, the newest first."""
        actor = current_actor()
        with snapshot() as session:
            person_id = queries.whose(session, actor, _person(query, actor), now())
            found = queries.exports_of(session, actor, person_id)
        return Page([_export(card) for card in found], None)


@resources.route("/exports/<uuid:export_id>")
class OneExport(MethodView):
    """One file of everything."""

    @resources.response(200, ExportSchema)
    def get(self, export_id: UUID) -> dict[str, Any]:
        """Show how far it is."""
        with snapshot() as session:
            return _export(queries.export(session, current_actor(), export_id))

    @resources.arguments(WhoseSchema)
    @resources.response(201, ExportSchema)
    def put(self, given: dict[str, Any], export_id: UUID) -> dict[str, Any]:
        """Begin to put together everything about oneself or one's child; twice is once."""
        actor = current_actor()
        with transaction() as session:
            person_id = _person(given, actor)
            return _export(exports.ask_export(session, actor, export_id, person_id, now()))


@resources.route("/exports/<uuid:export_id>/resumption")
class Resumption(MethodView):
    """Going on."""

    @resources.response(201, ExportSchema)
    def put(self, export_id: UUID) -> dict[str, Any]:
        """Let an export that was given up on go on from where it is."""
        return resume(current_actor(), export_id)


def resume(actor: Actor, export_id: UUID) -> dict[str, Any]:
    """Let an export go on and return it."""
    with transaction() as session:
        queries.export(session, actor, export_id)
        task.resume(session, export_id, owner=queries.owner_of(actor.person_id), now=now())
        return _export(queries.export(session, actor, export_id))


@resources.route("/exports/<uuid:export_id>/file")
class ExportFile(MethodView):
    """The file."""

    @resources.response(200, BINARY, content_type="application/zip")
    @resources.alt_response(409, "CONFLICT")
    def get(self, export_id: UUID) -> Response:
        """Download it, while it is kept."""
        return download(current_actor(), export_id)


def download(actor: Actor, export_id: UUID) -> Response:
    """Return an export's file, to keep.

    Raises:
        NoSuchExport, ExportNotReady, ExportGone: it is not the actor's, or not here.
    """
    with transaction() as session:
        archive = exports.take(session, actor, export_id, now())
    response = Response(archive.blocks(), content_type="application/zip")
    response.content_length = archive.file.stat().st_size
    response.headers.set("Content-Disposition", "attachment", filename=f"puhui-{export_id}.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _export(card: ExportCard) -> dict[str, Any]:
    state = "removed" if card.removed_at is not None else card.task.state
    return {**vars(card), "state": state, "done": card.task.done, "total": card.task.total}


@resources.route("/erasure")
class Outlook(MethodView):
    """What being forgotten would mean."""

    @resources.arguments(WhoseSchema, location="query")
    @resources.response(200, OutlookSchema)
    @resources.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Show what it would mean today, what speaks against it, and whether it was asked for."""
        actor = current_actor()
        with snapshot() as session:
            person_id = queries.whose(session, actor, _person(query, actor), now())
            outlook = erasures.outlook(session, actor, person_id, now())
            asked = queries.erasure_of(session, person_id)
        obstacles = [{"code": fault.code, "message": told(fault)} for fault in outlook.obstacles]
        return {
            **asdict(outlook),
            "meaning": MEANING,
            "obstacles": obstacles,
            "erasure": asked,
        }


@resources.route("/erasure-codes/<uuid:code_id>")
class ErasureCodes(MethodView):
    """Codes to confirm with."""

    @resources.response(201, CodeAskedSchema)
    def put(self, code_id: UUID) -> CodeAsked:
        """Let a one-time code be sent to one's own number; the same again sends nothing."""
        with transaction() as session:
            return erasures.ask_code(session, current_actor(), code_id, door.door(), now())


@resources.route("/erasures/<uuid:erasure_id>")
class Erasures(MethodView):
    """Being forgotten."""

    @resources.arguments(ErasureAskSchema)
    @resources.response(201, ErasureSchema)
    def put(self, given: dict[str, Any], erasure_id: UUID) -> ErasureCard:
        """Ask to be forgotten, or for one's child to be; twice is once."""
        actor = current_actor()
        return ask(actor, erasure_id, _person(given, actor), given["code_id"], given["code"])

    @resources.response(204)
    def delete(self, erasure_id: UUID) -> None:
        """Call it back while there is time."""
        with transaction() as session:
            erasures.call_back(session, current_actor(), erasure_id, now())


def ask(actor: Actor, erasure_id: UUID, person_id: UUID, code_id: UUID, code: str) -> ErasureCard:
    """Ask for an erasure.

    Raises:
        CodeWrong: with the wrong try already counted.
        Invalid, ErasureAsked, NotFound: as `erasures.ask_erasure`.
    """
    with transaction() as session:
        outcome = erasures.ask_erasure(
            session, actor, erasure_id, person_id, code_id, code, door.door(), now()
        )
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome
