"""Entries of the public register, open to everyone."""

from json import loads
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from puhui.db.session import snapshot
from puhui.register import queries
from puhui.register.errors import NoSuchEntry, NotYetSigned
from puhui.register.model import RegisterEntry
from puhui.register.schema import EntriesQuery, EntrySchema, ProvedEntrySchema
from puhui.web.blueprint import json_blueprint
from puhui.web.download import as_file
from puhui.web.guard import open_to_all
from puhui.web.paging import Page, page, page_schema

resources = json_blueprint("register", "/api/register", "公开登记簿 / The public register")


@resources.route("/entries")
class Entries(MethodView):
    """All entries."""

    @resources.arguments(EntriesQuery, location="query")
    @resources.response(200, page_schema(EntrySchema))
    @open_to_all
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List numbered entries in order."""
        after = query["cursor"][0] if query["cursor"] else -1
        with snapshot() as session:
            found = queries.entries(
                session,
                after,
                query["limit"] + 1,
                kind=query["kind"],
                subject_id=query["subject_id"],
            )
        return page([_wire(each) for each in found], query["limit"], lambda row: (row["index"],))


@resources.route("/entries/<uuid:entry_id>")
class Entry(MethodView):
    """One entry."""

    @resources.response(200, ProvedEntrySchema)
    @open_to_all
    def get(self, entry_id: UUID) -> dict[str, Any]:
        """Show an entry with the proof that it stands in the signed register."""
        with snapshot() as session:
            found = queries.entry(session, entry_id)
            if found is None:
                raise NoSuchEntry(entry=str(entry_id))
            proof = queries.proof(session, found)
            keys = queries.keys(session)
        return {
            **_wire(found),
            "proof": proof and str(proof),
            "key": keys[0].key if keys else None,
        }


@resources.route("/entries/<uuid:entry_id>/proof")
class EntryProof(MethodView):
    """An entry's proof as a file."""

    @resources.response(200, {"type": "string"}, content_type="text/plain")
    @resources.alt_response(409, "CONFLICT")
    @open_to_all
    def get(self, entry_id: UUID) -> Response:
        """Download the proof as a `.tlog-proof` file, which anyone can check without us."""
        with snapshot() as session:
            found = queries.entry(session, entry_id)
            if found is None:
                raise NoSuchEntry(entry=str(entry_id))
            proof = queries.proof(session, found)
        if proof is None:
            raise NotYetSigned(entry=str(entry_id))
        name = f"{found.kind}-{proof.index}.tlog-proof"
        return as_file(str(proof), "text/plain; charset=utf-8", name)


def _wire(found: RegisterEntry) -> dict[str, Any]:
    return {
        "entry_id": found.entry_id,
        "kind": found.kind,
        "subject_id": found.subject_id,
        "index": found.index,
        "recorded_at": found.recorded_at,
        "leaf_hash": found.leaf_hash and found.leaf_hash.hex(),
        "entry": loads(found.leaf),
    }
