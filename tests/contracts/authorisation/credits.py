"""Credits: stock and retirements are everyone's to see, a hold is its organisation's."""

from collections.abc import Mapping
from uuid import uuid4

from puhui.credits import service
from puhui.credits.bundle import Wishes
from puhui.credits.kind import Kind
from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, SIGNED_IN, Row, only
from tests.makers.credits import draft, held, on_sale, organiser, paid, retired, summit
from tests.makers.identity import organisation

WHERE = "常口村"


def a_batch() -> Mapping[str, object]:
    """Make a batch."""
    (batch,) = on_sale(draft(Kind.FFCER, 9_000, 1555))
    return {"batch_id": batch}


def a_hold() -> Mapping[str, object]:
    """Make a hold of the organisation that everybody in the matrix belongs to."""
    a_batch()
    buyer = organiser(where=WHERE)
    with transaction() as session:
        found = service.hold(
            session,
            buyer.actor,
            uuid4(),
            organisation(WHERE),
            summit(3_000),
            3_000,
            Wishes(),
            clock.now(),
        )
    return {"hold_id": found.hold_id}


def a_retirement() -> Mapping[str, object]:
    """Make a retirement."""
    a_batch()
    done = retired(paid(held(organiser(), 3_000)))
    return {
        "retirement_id": done.retirement_id,
        "erratum_id": uuid4(),
        "code": done.certificate_code,
    }


BUYER, OPERATOR = Role.ORGANISER, Role.OPERATOR

ROWS = {
    "GET /api/credits/batches": EVERYONE,
    "GET /api/credits/batches/{batch_id}": Row(is_open=True, given=a_batch),
    "PUT /api/credits/batches/{batch_id}": only(OPERATOR),
    "PUT /api/credits/batches/{batch_id}/encumbrance": only(OPERATOR, given=a_batch),
    "POST /api/credits/imports": only(OPERATOR),
    "GET /api/credits/proposals": EVERYONE,
    "POST /api/credits/bank-files": only(OPERATOR),
    "PUT /api/credits/purchases/{hold_id}": only(BUYER),
    "PUT /api/credits/personal-purchases/{hold_id}": SIGNED_IN,
    "GET /api/credits/holds": only(OPERATOR),
    "GET /api/credits/holds/{hold_id}": only(BUYER, OPERATOR, given=a_hold),
    "DELETE /api/credits/holds/{hold_id}": only(BUYER, given=a_hold),
    "PUT /api/credits/holds/{hold_id}/announcement": only(BUYER, given=a_hold),
    "PUT /api/credits/holds/{hold_id}/sponsors": only(BUYER, given=a_hold),
    "PUT /api/credits/holds/{hold_id}/payment": only(OPERATOR, given=a_hold),
    "GET /api/credits/retirements": EVERYONE,
    "PUT /api/credits/retirements/{retirement_id}/errata/{erratum_id}": only(
        OPERATOR, given=a_retirement
    ),
    "PUT /api/credits/projects/{project_code}/reversals/{reversal_id}": only(OPERATOR),
    "GET /api/credits/certificates/{code}": Row(is_open=True, given=a_retirement),
}
