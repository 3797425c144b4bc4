"""Products are their maker's, verdicts another's, labels everybody's to see."""

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy import select

from puhui.db.session import snapshot, transaction
from puhui.footprint import service
from puhui.footprint.model import Batch
from puhui.footprint.service import renewal
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from tests.contracts.authorisation import EVERYONE, SIGNED_IN, Row, only
from tests.makers import footprint as make

WHERE = "常口村"
"""Where the people of the test hold their roles."""


def a_product() -> Mapping[str, object]:
    """Make a product with an inventory."""
    return {"product_id": make.board(make.mill(WHERE), now())}


def a_footprint() -> Mapping[str, object]:
    """Make a footprint that was handed in by the organisation of everybody in the matrix."""
    maker, footprint_id = make.mill(WHERE), uuid4()
    product_id = make.board(maker, now())
    with transaction() as session:
        service.declare_footprint(session, maker.actor, footprint_id, product_id, now())
        service.submit_footprint(session, maker.actor, footprint_id, now())
    return {"footprint_id": footprint_id}


def a_reviewed_footprint() -> Mapping[str, object]:
    """Make a footprint that a verifier has been through."""
    found = a_footprint()
    make.review(make.auditor(), found["footprint_id"], now())
    return found


def a_document() -> Mapping[str, object]:
    """Attach a document to a footprint that was handed in."""
    maker, document_id, found = make.mill(WHERE), uuid4(), a_footprint()
    with transaction() as session:
        service.attach_document(
            session,
            maker.actor,
            document_id,
            found["footprint_id"],
            None,
            "bill.pdf",
            make.PDF,
            now(),
        )
    return {**found, "document_id": document_id}


def a_run() -> Mapping[str, object]:
    """Begin to look through the labels."""
    run_id = uuid4()
    with transaction() as session:
        renewal.recompute_all(session, run_id, now())
    return {"run_id": run_id}


def a_verified_footprint() -> Mapping[str, object]:
    """Make a verified footprint."""
    return {"footprint_id": make.verified(make.mill(WHERE), now())}


def a_label() -> Mapping[str, object]:
    """Make a label."""
    return {"label_id": make.label(make.mill(WHERE), now()).label_id}


def a_batch() -> Mapping[str, object]:
    """Print some serials."""
    make.serials(make.mill(WHERE), now(), sold=False)
    with snapshot() as session:
        return {"batch_id": session.scalars(select(Batch.batch_id)).first()}


MAKER, SHOP, VERIFIER = Role.MANUFACTURER, Role.RETAILER, Role.VERIFIER
OPERATOR = Role.OPERATOR

ROWS = {
    "GET /api/products": SIGNED_IN,
    "GET /api/products/{product_id}": only(MAKER, VERIFIER, given=a_product),
    "PUT /api/products/{product_id}": only(MAKER),
    "GET /api/products/{product_id}/inventory": only(MAKER, VERIFIER, given=a_product),
    "PUT /api/products/{product_id}/inventory": only(MAKER, given=a_product),
    "GET /api/products/{product_id}/inventory.xlsx": only(MAKER, VERIFIER, given=a_product),
    "POST /api/products/{product_id}/inventory.xlsx": only(MAKER, given=a_product),
    "GET /api/products/{product_id}/preview": only(MAKER, given=a_product),
    "POST /api/products/{product_id}/what-if": only(MAKER, given=a_product),
    "GET /api/inventories/template.xlsx": EVERYONE,
    "GET /api/footprints/queue": only(VERIFIER),
    "GET /api/footprints/{footprint_id}": only(MAKER, VERIFIER, given=a_footprint),
    "PUT /api/footprints/{footprint_id}": only(MAKER),
    "GET /api/footprints/{footprint_id}/calculation": Row(is_open=True, given=a_verified_footprint),
    "PUT /api/footprints/{footprint_id}/submission": only(MAKER, given=a_footprint),
    "PUT /api/footprints/{footprint_id}/decision": only(VERIFIER, given=a_footprint),
    "GET /api/footprints/checklist": EVERYONE,
    "GET /api/footprints/{footprint_id}/review": only(MAKER, VERIFIER, given=a_reviewed_footprint),
    "PUT /api/footprints/{footprint_id}/reviews/{review_id}": only(VERIFIER, given=a_footprint),
    "GET /api/footprints/{footprint_id}/evidence": only(
        MAKER, VERIFIER, OPERATOR, given=a_footprint
    ),
    "PUT /api/footprints/{footprint_id}/evidence/{document_id}": only(MAKER, given=a_footprint),
    "GET /api/footprints/{footprint_id}/evidence/{document_id}": only(
        MAKER, VERIFIER, OPERATOR, given=a_document
    ),
    "PUT /api/products/{product_id}/changes/{change_id}": only(MAKER, given=a_product),
    "PUT /api/products/{product_id}/imports/{import_id}": only(MAKER, given=a_product),
    "GET /api/products/{product_id}/imports/{import_id}": only(MAKER, given=a_product),
    "GET /api/inventories/example.xlsx": EVERYONE,
    "PUT /api/renewals/{run_id}": only(OPERATOR),
    "GET /api/renewals/{run_id}": only(OPERATOR, given=a_run),
    "GET /api/renewals/{run_id}/findings": only(OPERATOR, given=a_run),
    "GET /api/renewals/{run_id}/findings.csv": only(OPERATOR, given=a_run),
    "PUT /api/renewals/{run_id}/endings/{task_id}": only(OPERATOR, given=a_run),
    "GET /api/labels": EVERYONE,
    "GET /api/labels/{label_id}": Row(is_open=True, given=a_label),
    "PUT /api/labels/{label_id}": only(MAKER),
    "PUT /api/labels/{label_id}/withdrawal": only(MAKER, given=a_label),
    "GET /api/labels/{label_id}/qr.svg": Row(is_open=True, given=a_label),
    "GET /api/labels/{label_id}/qr.png": Row(is_open=True, given=a_label),
    "POST /api/labels/{label_id}/batches": only(MAKER, given=a_label),
    "PUT /api/serials/batches/{batch_id}/shipment": only(MAKER, given=a_batch),
    "GET /api/serials/batches/{batch_id}": only(MAKER, given=a_batch),
    "POST /api/serials/batches/{batch_id}/secrets": only(MAKER, given=a_batch),
    "PUT /api/serials/batches/{batch_id}/stop": only(MAKER, given=a_batch),
    "PUT /api/serials/batches/{batch_id}/resumption": only(MAKER, given=a_batch),
    "PUT /api/serials/batches/{batch_id}/voiding": only(MAKER, given=a_batch),
    "POST /api/serials/shipments": only(MAKER),
    "POST /api/serials/sales": only(SHOP),
    "POST /api/serials/returns": only(SHOP),
    "POST /api/serials/take-backs": only(SHOP),
    "POST /api/serials/claims": SIGNED_IN,
}
