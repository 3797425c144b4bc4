"""JSON resources of credits."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import asdict
from json import dumps
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.credits import public, queries, service
from puhui.credits.batch import Encumbrance, draft_of
from puhui.credits.bundle import Line, Proposal, Wishes
from puhui.credits.certificate import Certificate, envelope
from puhui.credits.errors import UnknownBatch, UnknownCertificate, UnknownHold
from puhui.credits.hold import BankTransfer, Hold
from puhui.credits.paying import service as paying
from puhui.credits.purpose import PurposeDraft
from puhui.credits.reversal import ReversalDraft
from puhui.credits.schema.batch import BatchDraftSchema, BatchesQuery, BatchSchema, ImportedSchema
from puhui.credits.schema.certificate import CertificateSchema
from puhui.credits.schema.fate import EncumbranceSchema
from puhui.credits.schema.hold import HoldSchema
from puhui.credits.schema.payment import BankFileSchema, PaymentSchema
from puhui.credits.schema.proposal import Asked, ProposalQuery, ProposalSchema, reasons
from puhui.credits.schema.purchase import PersonalPurchaseSchema, PurchaseSchema
from puhui.credits.schema.retirement import ErratumSchema, RetirementSchema, RetirementsQuery
from puhui.credits.schema.reversal import ProjectReversalSchema
from puhui.credits.schema.sponsor import SponsorsSchema
from puhui.credits.upload import is_workbook
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.register import queries as register
from puhui.settings import Settings
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.guard import current_actor, open_to_all
from puhui.web.idempotency import give_name, name_of_request, named
from puhui.web.paging import Page, PageQuery, page, page_schema

blueprint = json_blueprint(
    "credits", "/api/credits", "碳信用：批次、预留、注销、证书 / Carbon credits"
)

MOST_FILE_BYTES = 10 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/batches")
class Batches(MethodView):
    """All batches."""

    @blueprint.arguments(BatchesQuery, location="query")
    @blueprint.response(200, page_schema(BatchSchema))
    @open_to_all
    def get(self, query: dict[str, Any]) -> Page[queries.BatchCard]:
        """List batches with what is available, held, retired and cancelled of each."""
        with snapshot() as session:
            found = queries.batches(
                session,
                after=query["cursor"],
                most=query["limit"] + 1,
                kind=query["kind"],
                only_on_sale=query["on_sale"],
            )
        return page(found, query["limit"], lambda batch: (batch.price_fen_per_t, batch.batch_id))


@blueprint.route("/batches/<uuid:batch_id>")
class OneBatch(MethodView):
    """One batch."""

    @blueprint.response(200, BatchSchema)
    @open_to_all
    def get(self, batch_id: UUID) -> queries.BatchCard:
        """Show a batch."""
        with snapshot() as session:
            found = queries.batch(session, batch_id)
        if found is None:
            raise UnknownBatch(batch=str(batch_id))
        return found

    @blueprint.arguments(BatchDraftSchema)
    @blueprint.response(201, BatchSchema)
    def put(self, cells: dict[str, str], batch_id: UUID) -> queries.BatchCard:
        """Bring a batch in; the same again changes nothing."""
        actor = current_actor()
        actor.require(Permission.CREDIT_IMPORT)
        draft, faults = draft_of(cells)
        if draft is None:
            raise Invalid(faults)
        with transaction() as session:
            give_name(session, batch_id, actor, now())
            return service.import_batch(session, actor, batch_id, draft, now())


@blueprint.route("/batches/<uuid:batch_id>/encumbrance")
class BatchEncumbrance(MethodView):
    """Somebody's right to a batch."""

    @blueprint.arguments(EncumbranceSchema)
    @blueprint.response(200, BatchSchema)
    def put(self, said: dict[str, Any], batch_id: UUID) -> queries.BatchCard:
        """Withdraw a batch from sale, or free it again."""
        with transaction() as session:
            return service.encumber(
                session,
                current_actor(),
                batch_id,
                Encumbrance(said["encumbrance"]),
                said["note"],
                now(),
                said["claimant"],
                said["document"],
            )


@blueprint.route("/imports")
class Imports(MethodView):
    """Files of batches."""

    @named
    @takes("text/csv", XLSX, most_bytes=MOST_FILE_BYTES)
    @blueprint.response(201, ImportedSchema)
    def post(self) -> dict[str, int]:
        """Bring in every batch of a CSV or xlsx file, or none; each fault by row and column."""
        actor = current_actor()
        with transaction() as session:
            name = name_of_request(actor)
            give_name(session, name, actor, now())
            content = file_of(request.data)
            new, known = service.import_file(session, actor, name, content, now())
        # The same answer to a repetition, to which every row is known.
        return {"batches": new + known}


@blueprint.route("/proposals")
class Proposals(MethodView):
    """Bundles that could be bought."""

    @blueprint.arguments(ProposalQuery, location="query")
    @blueprint.response(200, ProposalSchema)
    @blueprint.alt_response(409, "CONFLICT")
    @open_to_all
    def get(self, asked: Asked) -> dict[str, Any]:
        """Show the best bundle on sale now for a need, or for a budget. Keeps nothing."""
        with snapshot() as session:
            found = proposal_for(session, asked)
        return {
            **asdict(found),
            "total_kg": found.total_kg,
            "surplus_kg": found.surplus_kg,
            "lines": [_line(line) for line in found.lines],
        }


@blueprint.route("/bank-files")
class BankFiles(MethodView):
    """Lists of incoming transfers, as banks export them."""

    @named
    @takes("text/csv", most_bytes=MOST_FILE_BYTES)
    @blueprint.response(201, BankFileSchema)
    def post(self) -> dict[str, Any]:
        """Confirm what a bank's CSV file pays for; a second time nothing more happens."""
        actor = current_actor()
        with transaction() as session:
            give_name(session, name_of_request(actor), actor, now())
            found = paying.import_bank_file(session, actor, text_of(request.data), now())
        return {"transfers": [_incoming(each) for each in found]}


@blueprint.route("/purchases/<uuid:hold_id>")
class Purchase(MethodView):
    """Credits for a purpose that an organisation states itself."""

    @blueprint.arguments(PurchaseSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, asked: tuple[PurposeDraft, Wishes], hold_id: UUID) -> dict[str, Any]:
        """Hold credits for a building, a branch, transport or restitution; paid, they retire."""
        draft, wishes = asked
        with transaction() as session:
            found = service.buy(session, current_actor(), hold_id, draft, wishes, now())
        return hold_on_the_wire(found, None)


@blueprint.route("/personal-purchases/<uuid:hold_id>")
class PersonalPurchase(MethodView):
    """一元碳汇 in one's own name."""

    @blueprint.arguments(PersonalPurchaseSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, asked: dict[str, int], hold_id: UUID) -> dict[str, Any]:
        """Hold ten kilograms for each yuan, for oneself; paid, they retire."""
        with transaction() as session:
            found = service.buy_personally(session, current_actor(), hold_id, asked["yuan"], now())
        return hold_on_the_wire(found, None)


@blueprint.route("/holds")
class Holds(MethodView):
    """Holds that wait for payment."""

    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_schema(HoldSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List live holds without payment, for the operator who confirms it."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            found = queries.holds_waiting_for_payment(
                session,
                now(),
                after=query["cursor"][0] if query["cursor"] else None,
                most=query["limit"] + 1,
            )
        rows = [hold_on_the_wire(hold, None) for hold in found]
        return page(rows, query["limit"], lambda hold: (hold["hold_id"],))


@blueprint.route("/holds/<uuid:hold_id>")
class OneHold(MethodView):
    """One hold."""

    @blueprint.response(200, HoldSchema)
    def get(self, hold_id: UUID) -> dict[str, Any]:
        """Show a hold to its organisation, or to an operator."""
        with snapshot() as session:
            found = queries.hold(session, hold_id)
            if found is None or not may_see(current_actor(), found):
                raise UnknownHold(hold=str(hold_id))
            done = queries.retirement_of_hold(session, hold_id)
        return hold_on_the_wire(found, done.certificate_code if done else None)

    @blueprint.response(200, HoldSchema)
    def delete(self, hold_id: UUID) -> dict[str, Any]:
        """Give back what an unpaid hold keeps."""
        with transaction() as session:
            return hold_on_the_wire(service.release(session, current_actor(), hold_id, now()), None)


@blueprint.route("/holds/<uuid:hold_id>/announcement")
class Announcement(MethodView):
    """The word that a bank transfer will come."""

    @blueprint.response(200, HoldSchema)
    def put(self, hold_id: UUID) -> dict[str, Any]:
        """Accept the price and announce a bank transfer: the hold lasts for days."""
        with transaction() as session:
            return hold_on_the_wire(
                service.announce_transfer(session, current_actor(), hold_id, now()), None
            )


@blueprint.route("/holds/<uuid:hold_id>/sponsors")
class Sponsors(MethodView):
    """Who pays for what a hold will retire."""

    @blueprint.arguments(SponsorsSchema)
    @blueprint.response(200, SponsorsSchema)
    def put(self, said: dict[str, Any], hold_id: UUID) -> dict[str, Any]:
        """Say who carries which share, before payment; the certificate will print it."""
        with transaction() as session:
            service.name_sponsors(session, current_actor(), hold_id, said["sponsors"], now())
        return said


@blueprint.route("/holds/<uuid:hold_id>/payment")
class HoldPayment(MethodView):
    """Money for a hold."""

    @blueprint.arguments(PaymentSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, transfer: BankTransfer, hold_id: UUID) -> dict[str, Any]:
        """Confirm that a bank transfer has arrived; retirement follows by itself."""
        with transaction() as session:
            return hold_on_the_wire(
                service.confirm_payment(session, current_actor(), hold_id, transfer, now()), None
            )


@blueprint.route("/retirements")
class Retirements(MethodView):
    """All retirements."""

    @blueprint.arguments(RetirementsQuery, location="query")
    @blueprint.response(200, page_schema(RetirementSchema))
    @open_to_all
    def get(self, asked: tuple[public.Filter, dict[str, Any]]) -> Page[public.PublicRetirement]:
        """List retirements, newest first, that match."""
        wanted, query = asked
        with snapshot() as session:
            found = public.retirements(
                session,
                wanted,
                before=query["cursor"],
                most=query["limit"] + 1,
            )
        return page(found, query["limit"], lambda row: (row.retired_at, row.retirement_id))


@blueprint.route("/retirements/<uuid:retirement_id>/errata/<uuid:erratum_id>")
class Errata(MethodView):
    """Public corrections."""

    @blueprint.arguments(ErratumSchema)
    @blueprint.response(201, ErratumSchema)
    def put(self, said: dict[str, str], retirement_id: UUID, erratum_id: UUID) -> dict[str, str]:
        """Publish an erratum; what was retired stays retired."""
        with transaction() as session:
            service.correct(
                session,
                current_actor(),
                retirement_id,
                erratum_id,
                said["says_zh"],
                said["says_en"],
                now(),
            )
        return said


_PROJECT = {
    "name": "project_code",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Z0-9][A-Z0-9-]{1,39}$"},
    "example": "JL-CHANGKOU",
}


@blueprint.route("/projects/<project_code>/reversals/<uuid:reversal_id>", parameters=[_PROJECT])
class Reversals(MethodView):
    """What projects have lost."""

    @blueprint.arguments(ProjectReversalSchema)
    @blueprint.response(201, ProjectReversalSchema)
    def put(self, draft: ReversalDraft, project_code: str, reversal_id: UUID) -> ReversalDraft:
        """Disclose a fire or felling, on every certificate that it touches."""
        with transaction() as session:
            service.disclose_reversal(
                session, current_actor(), project_code, reversal_id, draft, now()
            )
        return draft


_CODE = {
    "name": "code",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z]{5}-?[0-9A-Za-z]{5}$"},
    "example": "6WV1F-YDC02",
}


@blueprint.route("/certificates/<code>", parameters=[_CODE])
class OneCertificate(MethodView):
    """A certificate as a file."""

    @blueprint.response(200, CertificateSchema)
    @open_to_all
    def get(self, code: str) -> Response:
        """Download a certificate with its proof; `puhui register check FILE` checks it offline."""
        with snapshot() as session:
            certificate = queries.certificate_by_code(session, code)
            if certificate is None:
                raise UnknownCertificate(code=code)
            proof = register.proof_of(session, "retirement", str(certificate.retirement_id))
            keys = register.keys(session)
        told = envelope(certificate, str(proof) if proof else None, keys[0].key if proof else None)
        return Response(
            dumps(told, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
        )


def may_see(actor: Actor, hold: Hold) -> bool:
    """Whether a hold is the actor's business: the buyer's, or an operator's."""
    return is_buyer(actor, hold) or actor.may(Permission.PAYMENT_CONFIRM)


def is_buyer(actor: Actor, hold: Hold) -> bool:
    """Whether a hold is the actor's own, or of an organisation that they buy for."""
    if hold.organisation_id is None:
        return hold.made_by == actor.person_id and actor.may(Permission.CREDIT_BUY)
    return actor.may(Permission.CREDIT_HOLD, hold.organisation_id)


def file_of(data: bytes) -> str | bytes:
    """Return the text of a file, or its bytes where it is a workbook.

    Raises:
        Invalid: it is neither.
    """
    return data if is_workbook(data) else text_of(data)


def text_of(data: bytes) -> str:
    """Return the text of a file in UTF-8, or in GB 18030 as older spreadsheets write it, or in
    UTF-16 if it begins with that encoding's mark.

    Raises:
        Invalid: it is none of them.
    """
    marked = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid([Fault("not_text", N_("文件不是 UTF-8 或 GB18030 编码的文字"))])


def address_of(certificate: Certificate) -> str:
    """Return the address of a certificate's page, which its QR code names."""
    settings: Settings = current_app.extensions["puhui.settings"]
    return f"{settings.base_url}/c/{certificate.code}"


def hold_on_the_wire(hold: Hold, certificate: str | None) -> dict[str, Any]:
    """Return a hold as it is sent."""
    return {
        "hold_id": hold.hold_id,
        "organisation_id": hold.organisation_id,
        "purpose_kind": hold.purpose.kind,
        "purpose_id": hold.purpose.subject_id,
        "title": hold.purpose.title_zh,
        "state": hold.state,
        "need_kg": hold.need_kg,
        "total_kg": hold.total_kg,
        "surplus_kg": hold.surplus_kg,
        "total_fen": hold.total_fen,
        "greedy_fen": hold.greedy_fen,
        "reference": hold.reference,
        "made_at": hold.made_at,
        "expires_at": hold.expires_at,
        "certificate": certificate,
        "lines": [_line(line) for line in hold.lines],
    }


def proposal_for(session: Session, asked: Asked) -> Proposal:
    """Return the bundle for what was asked: a need, or a budget.

    Raises:
        NotEnoughCredits, BudgetTooSmall: as the services do.
    """
    if asked.need_kg is not None:
        return service.propose(session, asked.need_kg, asked.wishes, now())
    assert asked.budget_fen is not None
    return service.propose_for_budget(session, asked.budget_fen, asked.wishes, now())


def _incoming(matched: paying.Matched) -> dict[str, Any]:
    transfer = matched.incoming.transfer
    return {
        "row": matched.incoming.row,
        "bank_reference": transfer.reference,
        "amount_fen": transfer.amount_fen,
        "paid_on": transfer.paid_on,
        "hold_reference": matched.incoming.reference,
        "outcome": matched.outcome,
    }


def _line(line: Line) -> dict[str, Any]:
    return {**asdict(line), "why": reasons(line)}
