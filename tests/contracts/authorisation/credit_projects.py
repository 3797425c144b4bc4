"""Projects and what becomes of serials: everyone's to see, an operator's to change."""

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from puhui.credits import service
from puhui.credits.kind import Kind
from puhui.credits.project import DocumentDraft
from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, Row, only
from tests.contracts.authorisation.credits import a_batch
from tests.makers.credits import PDF, draft, encumbered, on_sale, operator


def a_project() -> Mapping[str, object]:
    """Make a project with a public document."""
    batch = draft(Kind.FFCER, 9_000, 1555)
    on_sale(batch)
    document = uuid4()
    with transaction() as session:
        service.attach_document(
            session,
            operator().actor,
            batch.project.code,
            document,
            DocumentDraft("核证报告", "Verification report", date(2026, 3, 12), True),
            "report.pdf",
            PDF,
            clock.now(),
        )
    return {"project_code": batch.project.code, "document_id": document}


def a_part() -> Mapping[str, object]:
    """Make a part of a batch that is pledged."""
    batch = draft(Kind.FFCER, 9_000, 1555)
    (batch_id,) = on_sale(batch)
    return {
        "batch_id": batch_id,
        "encumbrance_id": encumbered(batch_id, str(batch.serials.part(1, 2))),
    }


OPERATOR = Role.OPERATOR

ROWS = {
    "GET /api/credits/projects": EVERYONE,
    "GET /api/credits/projects/{project_code}": Row(is_open=True, given=a_project),
    "PUT /api/credits/projects/{project_code}": only(OPERATOR, given=a_project),
    "PUT /api/credits/projects/{project_code}/documents/{document_id}": only(OPERATOR),
    "GET /api/credits/projects/{project_code}/documents/{document_id}": Row(
        is_open=True, given=a_project
    ),
    "PUT /api/credits/projects/{project_code}/documents/{document_id}/description": only(
        OPERATOR, given=a_project
    ),
    "GET /api/credits/reserves": EVERYONE,
    "PUT /api/credits/reserves/{share_id}": only(OPERATOR),
    "PUT /api/credits/batches/{batch_id}/encumbrances/{encumbrance_id}": only(
        OPERATOR, given=a_batch
    ),
    "PUT /api/credits/batches/{batch_id}/encumbrances/{encumbrance_id}/lifting": only(
        OPERATOR, given=a_part
    ),
    "PUT /api/credits/batches/{batch_id}/cancellations/{cancellation_id}": only(
        OPERATOR, given=a_batch
    ),
    "GET /api/credits/batches/{batch_id}/history": Row(is_open=True, given=a_batch),
    "GET /api/credits/serials": EVERYONE,
    "GET /api/credits/statistics": EVERYONE,
}
