"""The verifier's desk."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.evidence.document import MOST_BYTES
from puhui.footprint import queries, service
from puhui.footprint.api.evidence import download
from puhui.footprint.checklist import CHECKLISTS, PRESENT, Answer, Answered
from puhui.footprint.model import Footprint
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.pages.product import of_product
from puhui.footprint.schema.verification import NewProductChangeSchema
from puhui.footprint.verdict import Reason, Verdict
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)


@pages.get("/verify")
def queue() -> ResponseReturnValue:
    """Show what waits for a verifier."""
    actor = signed_in()
    actor.require(Permission.FOOTPRINT_VERIFY)
    with snapshot() as session:
        waiting = queries.queue(
            session,
            not_of=sorted({member.organisation_id for member in actor.memberships}),
            most=100,
        )
    return render_template("footprint/queue.html", waiting=waiting)


@pages.get("/verify/<uuid:footprint_id>")
def review(footprint_id: UUID) -> ResponseReturnValue:
    """Show a footprint with every line and factor, and the form of the decision."""
    actor = signed_in()
    actor.require(Permission.FOOTPRINT_VERIFY)
    return render_template("footprint/review.html", **_of_footprint(actor, footprint_id))


def _of_footprint(actor: Actor, footprint_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        made: Footprint = queries.footprint_seen_by(session, actor, footprint_id)
        of = queries.product(session, made.product_id)
        maker = organisation(session, of.organisation_id)
        reviewed = queries.review_of(session, footprint_id)
        reviewer = organisation(session, reviewed.organisation_id) if reviewed else None
        evidence = queries.attached_to(session, footprint_id)
    document = queries.document_of(made)
    return {
        "footprint": made,
        "product": of,
        "maker": maker,
        "mine": actor.may(Permission.PRODUCT_WRITE, of.organisation_id),
        "document": document,
        "result": document["result"],
        "lines": list(
            zip(document["inventory"]["lines"], document["result"]["lines"], strict=False)
        ),
        "checklist": CHECKLISTS[reviewed.checklist] if reviewed else PRESENT,
        "review": reviewed,
        "reviewer": reviewer,
        "answers": {a.point: a for a in queries.answers_of(reviewed)} if reviewed else {},
        "evidence": evidence,
    }


@pages.post("/verify/<uuid:footprint_id>")
def decide(footprint_id: UUID) -> ResponseReturnValue:
    """Keep the checklist; verify or refuse, with reasons by line."""
    actor, said = signed_in(), request.form.get("verdict")
    try:
        with transaction() as session:
            if said != "refused":
                answers = _answers()
                service.review_footprint(
                    session, actor, form_name(), footprint_id, PRESENT.version, answers, now()
                )
            if said != "reviewed":
                verdict = Verdict.VERIFIED if said == "verified" else Verdict.REFUSED
                reasons = [] if verdict is Verdict.VERIFIED else _reasons()
                service.decide_footprint(session, actor, footprint_id, verdict, reasons, now())
    except DomainError as error:
        return render_faults("footprint/review.html", error, **_of_footprint(actor, footprint_id))
    return redirect_after_post(f"/verify/{footprint_id}" if said == "reviewed" else "/verify")


def _answers() -> list[Answered]:
    """Return what the form says of each point; one left open is not there."""
    return [
        Answered(point.key, Answer(said), _typed(f"note-{point.key}"))
        for point in PRESENT.points
        if (said := request.form.get(point.key, "")) in set(Answer)
    ]


def _reasons() -> list[Reason]:
    return [
        Reason(None if row == "whole" else int(row), text)
        for name in request.form
        if name.startswith("reason-") and (text := _typed(name))
        for row in [name.removeprefix("reason-")]
        if row == "whole" or (row.isascii() and row.isdigit() and len(row) < 7)
    ]


def _typed(name: str) -> str | None:
    text = request.form.get(name, "").strip()[:500]
    return text if text and text.isprintable() else None


@pages.get("/footprints/<uuid:footprint_id>")
def footprint(footprint_id: UUID) -> ResponseReturnValue:
    """Show a version to its maker, with the verifier's reasons."""
    actor = signed_in()
    return render_template("footprint/review.html", **_of_footprint(actor, footprint_id))


@pages.post("/footprints/<uuid:footprint_id>/submission")
def submit(footprint_id: UUID) -> ResponseReturnValue:
    """Hand a version to verifiers."""
    actor = signed_in()
    with transaction() as session:
        made = service.submit_footprint(session, actor, footprint_id, now())
    return redirect_after_post(f"/products/{made.product_id}#versions")


@pages.post("/footprints/<uuid:footprint_id>/evidence")
def attach(footprint_id: UUID) -> ResponseReturnValue:
    """Attach a document to a version, or to one of its lines."""
    actor, file = signed_in(), request.files.get("file")
    content = file.read(MOST_BYTES + 1) if file else b""
    row = request.form.get("row", "")
    try:
        with transaction() as session:
            service.attach_document(
                session,
                actor,
                form_name(),
                footprint_id,
                int(row) if row.isascii() and row.isdigit() and len(row) < 7 else None,
                (file.filename if file else None) or "document",
                content,
                now(),
            )
    except DomainError as error:
        return render_faults("footprint/review.html", error, **_of_footprint(actor, footprint_id))
    return redirect_after_post(f"/footprints/{footprint_id}#evidence")


@pages.get("/footprints/<uuid:footprint_id>/evidence/<uuid:document_id>")
def evidence_file(footprint_id: UUID, document_id: UUID) -> ResponseReturnValue:
    """Download a document."""
    return download(signed_in(), footprint_id, document_id)


@pages.post("/products/<uuid:product_id>/changes")
def declare_change(product_id: UUID) -> ResponseReturnValue:
    """Note that recipe, process or site is another from now on."""
    actor = signed_in()
    try:
        given = read_form(NewProductChangeSchema)
        with transaction() as session:
            service.declare_change(
                session, actor, form_name(), product_id, given["kind"], given["note"], now()
            )
    except DomainError as error:
        return render_faults("footprint/product.html", error, **of_product(actor, product_id))
    return redirect_after_post(f"/products/{product_id}#versions")
