"""One's own data: everybody's right, and nobody else's business."""

from tests.contracts.authorisation import SIGNED_IN

ROWS = {
    "GET /api/my-data/consents": SIGNED_IN,
    "GET /api/my-data/erasure": SIGNED_IN,
    "PUT /api/my-data/erasure-codes/{code_id}": SIGNED_IN,
    "PUT /api/my-data/erasures/{erasure_id}": SIGNED_IN,
    "DELETE /api/my-data/erasures/{erasure_id}": SIGNED_IN,
    "GET /api/my-data/exports": SIGNED_IN,
    "GET /api/my-data/exports/{export_id}": SIGNED_IN,
    "PUT /api/my-data/exports/{export_id}": SIGNED_IN,
    "GET /api/my-data/exports/{export_id}/file": SIGNED_IN,
    "PUT /api/my-data/exports/{export_id}/resumption": SIGNED_IN,
}
