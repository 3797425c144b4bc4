"""Projects: the list, a page for each, and what an operator does there."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from puhui.credits import public, queries, service
from puhui.credits.api.project import download, known_project, sees_all
from puhui.credits.errors import ProjectChanged
from puhui.credits.kind import RULES, Kind
from puhui.credits.pages.blueprint import FATES, ROWS, pages
from puhui.credits.queries import fates, projects
from puhui.credits.reserve import ReserveDraft
from puhui.credits.reversal import CAUSES
from puhui.credits.schema.project import DocumentDraftSchema, ProjectFormSchema
from puhui.credits.schema.reserve import ReserveFormSchema
from puhui.db.session import snapshot, transaction
from puhui.evidence.document import MOST_BYTES
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.web.guard import actor_or_none
from puhui.web.locale import said
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)

SHOWN_RETIREMENTS = 10


@pages.get("/credits/projects")
def project_list() -> ResponseReturnValue:
    """Show projects, and where their kilograms are."""
    kind = Kind(request.args["kind"]) if request.args.get("kind") in set(Kind) else None
    county = request.args.get("county", "")
    county = county if county.isascii() and county.isdecimal() and len(county) <= 6 else ""
    after = request.args.get("after", "")[:40] or None
    with snapshot() as session:
        found = projects.projects(session, after=after, most=ROWS + 1, kind=kind, county=county)
    return render_template(
        "credits/projects.html",
        found=found[:ROWS],
        bars={card.code: bar(card.kg) for card in found},
        kind=kind,
        county=county,
        first=after is None,
        next_key=found[ROWS - 1].code if len(found) > ROWS else None,
    )


@pages.get("/credits/projects/<code>")
def project(code: str) -> ResponseReturnValue:
    """Show a project: where, how, who lives from it, what was issued and what became of it."""
    return render_template("credits/project.html", **_shown(code))


@pages.get("/credits/projects/<code>/edit")
def project_form(code: str) -> ResponseReturnValue:
    """Show an operator the form that describes a project anew."""
    signed_in().require(Permission.CREDIT_IMPORT)
    return render_template("credits/project_edit.html", **_edited(code))


@pages.post("/credits/projects/<code>/edit")
def revise_project(code: str) -> ResponseReturnValue:
    """Describe a project anew; what was said before stays."""
    actor = signed_in()
    try:
        actor.require(Permission.CREDIT_IMPORT)
        draft, seen = read_form(ProjectFormSchema)

        def unchanged(version: int) -> None:
            if seen != version:
                raise ProjectChanged(project=code, version=version)

        with transaction() as session:
            service.revise_project(session, actor, code, draft, now(), unchanged)
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/project_edit.html", error, **_edited(code))
    return redirect_after_post(f"/credits/projects/{code}")


@pages.post("/credits/projects/<code>/documents")
def attach_document(code: str) -> ResponseReturnValue:
    """Attach a document to a project."""
    actor, file = signed_in(), request.files.get("file")
    content = file.read(MOST_BYTES + 1) if file else b""
    try:
        actor.require(Permission.CREDIT_IMPORT)
        draft = read_form(DocumentDraftSchema)
        name = (file.filename if file else None) or "document"
        with transaction() as session:
            service.attach_document(session, actor, code, form_name(), draft, name, content, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/project_edit.html", error, **_edited(code))
    return redirect_after_post(f"/credits/projects/{code}#documents")


@pages.post("/credits/projects/<code>/documents/<uuid:document_id>/description")
def describe_document(code: str, document_id: UUID) -> ResponseReturnValue:
    """Say anew what a document is, and whether it is public."""
    actor = signed_in()
    try:
        actor.require(Permission.CREDIT_IMPORT)
        draft = read_form(DocumentDraftSchema)
        with transaction() as session:
            service.attach_document(session, actor, code, document_id, draft, "", None, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/project_edit.html", error, **_edited(code))
    return redirect_after_post(f"/credits/projects/{code}#documents")


@pages.get("/credits/projects/<code>/documents/<uuid:document_id>")
def document_file(code: str, document_id: UUID) -> Response:
    """Download a document."""
    return download(actor_or_none(), code, document_id)


@pages.post("/credits/projects/<code>/reserve")
def set_reserve(code: str) -> ResponseReturnValue:
    """Set how much of each further issuance of the project goes into its reserve."""
    actor = signed_in()
    try:
        actor.require(Permission.CREDIT_IMPORT)
        share_bp, source = read_form(ReserveFormSchema)
        with transaction() as session:
            service.set_reserve(
                session, actor, form_name(), ReserveDraft(None, code, share_bp, source), now()
            )
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/project_edit.html", error, **_edited(code))
    return redirect_after_post(f"/credits/projects/{code}")


def bar(kg: Any) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    """Return one bar of kilograms by place, in the reader's language."""
    return [("", [(said(FATES[place]), Decimal(n)) for place, n in kg.items() if n])]


def _shown(code: str) -> dict[str, object]:
    actor = actor_or_none()
    with snapshot() as session:
        card = known_project(session, code)
        retired = public.retirements(
            session, public.Filter(project=card.code), most=SHOWN_RETIREMENTS + 1
        )
        return {
            "project": card,
            "bars": bar(card.kg),
            "batches": queries.batches_of_project(session, card.project_id),
            "documents": projects.documents(session, card.project_id, also_hidden=sees_all(actor)),
            "reversals": projects.reversals(session, card.project_id),
            "versions": projects.versions(session, card.project_id),
            "history": fates.history(
                session, project_id=card.project_id, with_claimants=sees_all(actor)
            ),
            "reserve": projects.reserve_of(session, card),
            "retired": retired[:SHOWN_RETIREMENTS],
            "more_retired": len(retired) > SHOWN_RETIREMENTS,
            "causes": CAUSES,
            "edits": actor is not None and actor.may(Permission.CREDIT_IMPORT),
        }


def _edited(code: str) -> dict[str, object]:
    with snapshot() as session:
        card = known_project(session, code)
        return {
            "project": card,
            "reserve": projects.reserve_of(session, card),
            "documents": projects.documents(session, card.project_id, also_hidden=True),
            "rules": RULES,
        }
