"""JSON resources of projects and their documents."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, request
from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.credits import queries, service
from puhui.credits.errors import UnknownProject
from puhui.credits.project import DocumentDraft, ProjectRevision
from puhui.credits.queries import projects
from puhui.credits.queries.projects import ProjectCard, ProjectDocumentCard
from puhui.credits.reversal import Reversal
from puhui.credits.schema.project import (
    DocumentDraftSchema,
    DocumentUploadQuery,
    ProjectDocumentSchema,
    ProjectRevisionSchema,
    ProjectSchema,
    ProjectsQuery,
    WholeProjectSchema,
)
from puhui.db.session import snapshot, transaction
from puhui.evidence.document import ENDINGS, MOST_BYTES
from puhui.evidence.documents import content_of, document
from puhui.evidence.errors import NoSuchDocument
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.web import conditional
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.conditional import version_is, versioned
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.limits import limited
from puhui.web.paging import Page, page, page_schema

blueprint = json_blueprint(
    "credit-projects", "/api/credits/projects", "碳信用项目：地点、方法、受益人、文件 / Projects"
)
PROJECT = {
    "name": "project_code",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Z0-9][A-Z0-9-]{1,39}$"},
    "example": "JL-CHANGKOU",
}


@blueprint.route("")
class Projects(MethodView):
    """All projects."""

    @blueprint.arguments(ProjectsQuery, location="query")
    @blueprint.response(200, page_schema(ProjectSchema))
    @open_to_all
    def get(self, query: dict[str, Any]) -> Page[ProjectCard]:
        """List projects with what was issued of each and where it is."""
        with snapshot() as session:
            found = projects.projects(
                session,
                after=query["cursor"][0] if query["cursor"] else None,
                most=query["limit"] + 1,
                kind=query["kind"],
                county=query["county"],
            )
        return page(found, query["limit"], lambda card: (card.code,))


@blueprint.route("/<project_code>", parameters=[PROJECT])
class OneProject(MethodView):
    """One project."""

    @blueprint.response(200, WholeProjectSchema)
    @open_to_all
    def get(self, project_code: str) -> dict[str, Any]:
        """Show a project with its batches, documents, losses and earlier versions."""
        with snapshot() as session:
            return whole(session, actor_or_none(), project_code)

    @versioned
    @blueprint.arguments(ProjectRevisionSchema)
    @blueprint.response(200, WholeProjectSchema)
    def put(self, draft: ProjectRevision, project_code: str) -> dict[str, Any]:
        """Describe a project anew; the former versions stay. A change needs `If-Match`."""
        actor = current_actor()
        with transaction() as session:
            version = service.revise_project(
                session, actor, project_code, draft, now(), conditional.require_version
            )
            found = whole(session, actor, project_code)
        version_is(version)
        return found


@blueprint.route("/<project_code>/documents/<uuid:document_id>", parameters=[PROJECT])
class Document(MethodView):
    """A document of a project."""

    @takes(*ENDINGS, most_bytes=MOST_BYTES)
    @limited("120/hour", "upload")
    @blueprint.arguments(DocumentUploadQuery, location="query")
    @blueprint.response(201, ProjectDocumentSchema)
    def put(
        self, said: tuple[DocumentDraft, str], project_code: str, document_id: UUID
    ) -> ProjectDocumentCard:
        """Attach a PDF, workbook or picture; the same again changes nothing."""
        actor, content = current_actor(), request.get_data(cache=True)
        draft, name = said
        with transaction() as session:
            service.attach_document(
                session, actor, project_code, document_id, draft, name, content, now()
            )
            return _document(session, actor, project_code, document_id)

    @blueprint.response(
        200, {"type": "string", "format": "binary"}, content_type="application/octet-stream"
    )
    @open_to_all
    def get(self, project_code: str, document_id: UUID) -> Response:
        """Download a document: a public one, or as an operator or auditor."""
        return download(actor_or_none(), project_code, document_id)


@blueprint.route("/<project_code>/documents/<uuid:document_id>/description", parameters=[PROJECT])
class DocumentDescription(MethodView):
    """What is said of a document."""

    @blueprint.arguments(DocumentDraftSchema)
    @blueprint.response(200, ProjectDocumentSchema)
    def put(
        self, draft: DocumentDraft, project_code: str, document_id: UUID
    ) -> ProjectDocumentCard:
        """Say anew what a document is, and whether it is public; what was said before is kept."""
        actor = current_actor()
        with transaction() as session:
            service.attach_document(
                session, actor, project_code, document_id, draft, "", None, now()
            )
            return _document(session, actor, project_code, document_id)


def sees_all(actor: Actor | None) -> bool:
    """Whether somebody also sees what is not public: operators and auditors."""
    return actor is not None and (
        actor.may(Permission.CREDIT_IMPORT) or actor.may(Permission.AUDIT_READ)
    )


def known_project(session: Session, code: str) -> ProjectCard:
    """Return the project.

    Raises:
        UnknownProject: no such project.
    """
    found = projects.project(session, code)
    if found is None:
        raise UnknownProject(project=code)
    return found


def whole(session: Session, actor: Actor | None, code: str) -> dict[str, Any]:
    """Return a project with everything about it that the actor may see.

    Raises:
        UnknownProject: no such project.
    """
    card = known_project(session, code)
    return {
        **vars(card),
        "issued_kg": card.issued_kg,
        "issued": queries.batches_of_project(session, card.project_id),
        "documents": projects.documents(session, card.project_id, also_hidden=sees_all(actor)),
        "reversals": [
            reversal_on_the_wire(each) for each in projects.reversals(session, card.project_id)
        ],
        "versions": projects.versions(session, card.project_id),
    }


def reversal_on_the_wire(reversal: Reversal) -> dict[str, Any]:
    """Return a reversal as it is sent."""
    return {
        **asdict(reversal.what),
        "covered_kg": reversal.covered_kg,
        "uncovered_kg": reversal.uncovered_kg,
    }


def download(actor: Actor | None, code: str, document_id: UUID) -> Response:
    """Return a document of a project as a file to keep.

    Raises:
        UnknownProject, NoSuchDocument: there is none, or it is not the actor's to see.
    """
    with snapshot() as session:
        found = _document(session, actor, code, document_id)
        card = document(session, document_id)
    # What somebody sent us is bytes to a browser, whatever it says it is.
    response = Response(content_of(card), content_type="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=card.name)
    response.headers["Cache-Control"] = "no-cache" if found.is_public else "private, no-store"
    return response


def _document(
    session: Session, actor: Actor | None, code: str, document_id: UUID
) -> ProjectDocumentCard:
    project = known_project(session, code)
    shown = projects.documents(session, project.project_id, also_hidden=sees_all(actor))
    for card in shown:
        if card.document_id == document_id:
            return card
    raise NoSuchDocument(document=str(document_id))
