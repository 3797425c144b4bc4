"""Pages of footprint: the label that everybody sees, and the desks of makers and verifiers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.api import claim, secrets_file, settings, upload
from puhui.footprint.inventory import (
    BEARER_NAMES,
    FATE_NAMES,
    KIND_NAMES,
    REACH_NAMES,
    STAGE_NAMES,
)
from puhui.footprint.label import LabelState, read_code, shown
from puhui.footprint.model import Footprint
from puhui.footprint.product import CATEGORY_NAMES
from puhui.footprint.schema import (
    ClaimSchema,
    LabelsQuery,
    NewProductSchema,
    NewSerialBatchSchema,
    WithdrawalSchema,
    fault_of_codes,
    fault_of_file,
)
from puhui.footprint.verdict import Reason, Verdict
from puhui.footprint.workbook import MOST_BYTES
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Invalid
from puhui.kernel.text import N_
from puhui.kernel.unit import UNITS
from puhui.web.conditional import version_is
from puhui.web.guard import actor_or_none
from puhui.web.locale import tag
from puhui.web.pages import (
    form_name,
    read_form,
    read_query,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import page

pages = Blueprint("footprint_pages", __name__, template_folder="templates")

STATE_NAMES = {
    "declared": N_("已计算，未提交"),
    "submitted": N_("等待核查"),
    "verified": N_("核查通过"),
    "refused": N_("核查未通过"),
}
STATE_TONES = {"declared": "plain", "submitted": "wait", "verified": "good", "refused": "bad"}
BASIS_NAMES = {
    "factor": N_("公开因子"),
    "supplier": N_("供应商数据"),
    "proxy": N_("替代因子"),
    "none": N_("无排放"),
}
WORDS: Mapping[str, Any] = {
    "stages": {str(k): v for k, v in STAGE_NAMES.items()},
    "kinds": {str(k): v for k, v in KIND_NAMES.items()},
    "fates": {str(k): v for k, v in FATE_NAMES.items()},
    "bearers": {str(k): v for k, v in BEARER_NAMES.items()},
    "reaches": {str(k): v for k, v in REACH_NAMES.items()},
    "categories": {str(k): v for k, v in CATEGORY_NAMES.items()},
    "states": STATE_NAMES,
    "tones": STATE_TONES,
    "bases": BASIS_NAMES,
}


@pages.app_template_filter("shown")
def _shown(number: Decimal | str) -> str:
    return shown(Decimal(number))


@pages.app_template_filter("number")
def _number(text: str) -> Decimal:
    return Decimal(text)


@pages.context_processor
def _words() -> dict[str, Any]:
    return {"words": WORDS}


# The label --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Key:
    """Everything that the page depends on for somebody who has not signed in."""

    path: str
    query: bytes
    language: str
    host: str
    state: LabelState
    newest: int


@lru_cache(maxsize=512)
def _drawn(key: _Key) -> list[bytes]:
    """Return a place for the page of `key`: drawn once, kept as bytes, never stale."""
    return []


@pages.get("/l/<string:code>")
@pages.get("/L/<string:code>")
def label(code: str) -> ResponseReturnValue:
    """Show the label of a product to whoever has scanned it."""
    with snapshot() as session:
        glance = queries.glance(session, code, settings().secret, now())
        if actor_or_none() is not None:
            # Their page names their desks: it is nobody else's.
            return _draw(queries.view_of(session, glance.label, now(), glance.serial_code))
        place = _drawn(
            _Key(
                request.path,
                request.query_string,
                tag(),
                request.host,
                glance.state,
                glance.newest,
            )
        )
        if not place:
            view = queries.view_of(session, glance.label, now(), glance.serial_code)
            place.append(_draw(view).encode())
    body = place[0]
    version_is(sha256(body).hexdigest()[:32])
    return Response(body, content_type="text/html; charset=utf-8")


def _draw(view: queries.LabelView, **more: Any) -> str:
    return render_template(
        "footprint/label.html", view=view, result=view.document["result"], **more
    )


@pages.post("/l/<string:code>/claim")
@pages.post("/L/<string:code>/claim")
def claim_unit(code: str) -> ResponseReturnValue:
    """Claim the unit whose code and PIN were typed."""
    signed_in()
    try:
        given = read_form(ClaimSchema)
        claim(given["code"], given["pin"])
    except DomainError as error:
        with snapshot() as session:
            view = queries.label_by_code(session, code, settings().secret, now())
        return render_faults(
            "footprint/label.html", error, view=view, result=view.document["result"]
        )
    return redirect_after_post(f"/l/{read_code(code)}/claimed")


@pages.get("/l/<string:code>/claimed")
def claimed(code: str) -> ResponseReturnValue:
    """Say that the unit is claimed and where the points will be."""
    with snapshot() as session:
        view = queries.label_by_code(session, code, settings().secret, now())
    return render_template("footprint/claimed.html", view=view)


@pages.get("/labels")
def labels() -> ResponseReturnValue:
    """Show the public list of products with a label that holds."""
    query = read_query(LabelsQuery)
    with snapshot() as session:
        found = queries.labels(
            session,
            now(),
            text=query["q"],
            category=query["category"],
            county_code=query["county_code"],
            after=query["cursor"],
            most=query["limit"] + 1,
        )
    listed = page(found, query["limit"], lambda row: (row.issued_at, row.label_id))
    return render_template("footprint/labels.html", listed=listed, query=query)


# The maker's desk -------------------------------------------------------------------------------


@pages.get("/products")
def products() -> ResponseReturnValue:
    """Show a maker their products; show everybody else the public list."""
    actor = actor_or_none()
    if actor is None or not actor.may(Permission.PRODUCT_WRITE):
        return redirect_after_post("/labels")
    with snapshot() as session:
        found = queries.products_of(
            session, sorted(actor.organisations(Permission.PRODUCT_WRITE)), most=200
        )
    return render_template("footprint/products.html", products=found)


@pages.get("/products/new")
def new_product() -> ResponseReturnValue:
    """Show the form for a new product."""
    return render_template("footprint/new_product.html", **_for_product(signed_in()))


def _for_product(actor: Actor) -> dict[str, Any]:
    actor.require(Permission.PRODUCT_WRITE)
    with snapshot() as session:
        found = [
            organisation(session, where)
            for where in sorted(actor.organisations(Permission.PRODUCT_WRITE))
        ]
    return {
        "makers": [(card.organisation_id, card.name) for card in found if card],
        "units": sorted(UNITS),
    }


@pages.post("/products/new")
def register_product() -> ResponseReturnValue:
    """Register a product."""
    actor = signed_in()
    try:
        organisation_id, draft = read_form(NewProductSchema)
        with transaction() as session:
            found = service.register_product(
                session, actor, form_name(), organisation_id, draft, now()
            )
    except DomainError as error:
        return render_faults("footprint/new_product.html", error, **_for_product(actor))
    return redirect_after_post(f"/products/{found.product_id}")


@pages.get("/products/<uuid:product_id>")
def product(product_id: UUID) -> ResponseReturnValue:
    """Show a product to its maker: inventory, result, versions, labels, serials."""
    return render_template("footprint/product.html", **_of_product(signed_in(), product_id))


def _of_product(actor: Actor, product_id: UUID) -> dict[str, Any]:
    with transaction() as session:
        of = queries.product_seen_by(session, actor, product_id)
        row = queries.inventory_of(session, product_id)
        mine = actor.may(Permission.PRODUCT_WRITE, of.organisation_id)
        preview, stale = None, None
        if row is not None and mine:
            try:
                preview = service.preview(session, actor, product_id)
            except Invalid as error:
                stale = error
        made = queries.footprints_of(session, product_id)
        labels = {f.footprint_id: queries.label_of_footprint(session, f.footprint_id) for f in made}
        batches = {
            found.label_id: queries.batches_of(session, found.label_id)
            for found in labels.values()
            if found is not None
        }
        maker = organisation(session, of.organisation_id)
    return {
        "product": of,
        "maker": maker,
        "mine": mine,
        "inventory": row,
        "preview": preview,
        "result": preview.document["result"] if preview else None,
        "stale": stale,
        "footprints": made,
        "labels": labels,
        "batches": batches,
        "now": now(),
    }


@pages.post("/products/<uuid:product_id>/inventory")
def upload_inventory(product_id: UUID) -> ResponseReturnValue:
    """Take a filled-in workbook; show every fault by its row."""
    actor = signed_in()
    file = request.files.get("file")
    data = file.read(MOST_BYTES + 1) if file else b""
    try:
        faults = fault_of_file(len(data), MOST_BYTES)
        if faults:
            raise Invalid(faults)
        upload(product_id, data)
    except DomainError as error:
        return render_faults("footprint/product.html", error, **_of_product(actor, product_id))
    return redirect_after_post(f"/products/{product_id}#result")


@pages.post("/products/<uuid:product_id>/footprints")
def declare_and_submit(product_id: UUID) -> ResponseReturnValue:
    """Keep the present result as a version and hand it to verifiers."""
    actor = signed_in()
    try:
        with transaction() as session:
            made = service.declare_footprint(session, actor, form_name(), product_id, now())
            service.submit_footprint(session, actor, made.footprint_id, now())
    except DomainError as error:
        return render_faults("footprint/product.html", error, **_of_product(actor, product_id))
    return redirect_after_post(f"/products/{product_id}#versions")


@pages.post("/footprints/<uuid:footprint_id>/label")
def issue_label(footprint_id: UUID) -> ResponseReturnValue:
    """Issue the label of a verified version."""
    actor = signed_in()
    with transaction() as session:
        service.issue_label(session, actor, form_name(), footprint_id, settings().base_url, now())
        product_id = queries.footprint(session, footprint_id).product_id
    return redirect_after_post(f"/products/{product_id}#labels")


@pages.post("/labels/<uuid:label_id>/withdrawal")
def withdraw_label(label_id: UUID) -> ResponseReturnValue:
    """End a label before its time."""
    actor = signed_in()
    product_id = _product_of_label(label_id)
    try:
        given = read_form(WithdrawalSchema)
        with transaction() as session:
            service.withdraw_label(session, actor, label_id, given["reason"], now())
    except DomainError as error:
        return render_faults("footprint/product.html", error, **_of_product(actor, product_id))
    return redirect_after_post(f"/products/{product_id}#labels")


@pages.post("/labels/<uuid:label_id>/batches")
def print_batch(label_id: UUID) -> ResponseReturnValue:
    """Print serials; the answer is the file of their secrets, this once."""
    actor = signed_in()
    product_id = _product_of_label(label_id)
    try:
        given = read_form(NewSerialBatchSchema)
        with transaction() as session:
            printed = service.print_serials(
                session,
                actor,
                form_name(),
                label_id,
                given["count"],
                settings().base_url,
                settings().secret,
                now(),
            )
    except DomainError as error:
        return render_faults("footprint/product.html", error, **_of_product(actor, product_id))
    return secrets_file(form_name(), printed)


@pages.post("/batches/<uuid:batch_id>/shipment")
def ship(batch_id: UUID) -> ResponseReturnValue:
    """Note that a batch has left the factory."""
    actor = signed_in()
    with transaction() as session:
        batch = service.ship_batch(session, actor, batch_id, now())
    return redirect_after_post(f"/products/{_product_of_label(batch.label_id)}#labels")


def _product_of_label(label_id: UUID) -> UUID:
    with snapshot() as session:
        found = queries.label(session, label_id)
        return queries.footprint(session, found.footprint_id).product_id


# The shop ---------------------------------------------------------------------------------------


@pages.get("/sales")
def sales() -> ResponseReturnValue:
    """Show a shop the form for what it has sold."""
    signed_in().require(Permission.SERIAL_SELL)
    return render_template("footprint/sales.html", sold=request.args.get("sold", type=int))


@pages.post("/sales")
def sell() -> ResponseReturnValue:
    """Mark the typed or scanned codes sold, all or none."""
    actor = signed_in()
    tokens = [line.rstrip("/").rpartition("/")[2] for line in request.form.get("codes", "").split()]
    try:
        faults = fault_of_codes(len(tokens))
        if faults:
            raise Invalid(faults)
        with transaction() as session:
            sold = service.sell_serials(session, actor, tokens, settings().secret, now())
    except DomainError as error:
        return render_faults("footprint/sales.html", error)
    return redirect_after_post(f"/sales?sold={sold}")


# The verifier's desk ----------------------------------------------------------------------------


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
    document = queries.document_of(made)
    return {
        "footprint": made,
        "product": of,
        "maker": maker,
        "document": document,
        "result": document["result"],
        "lines": list(
            zip(document["inventory"]["lines"], document["result"]["lines"], strict=False)
        ),
    }


@pages.post("/verify/<uuid:footprint_id>")
def decide(footprint_id: UUID) -> ResponseReturnValue:
    """Verify or refuse, with reasons by line."""
    actor = signed_in()
    reasons = [
        Reason(None if row == "whole" else int(row), text)
        for name, value in request.form.items()
        if name.startswith("reason-") and (text := value.strip()[:500]).isprintable() and text
        for row in [name.removeprefix("reason-")]
        if row == "whole" or (row.isascii() and row.isdigit() and len(row) < 7)
    ]
    try:
        verdict = Verdict.VERIFIED if request.form.get("verdict") == "verified" else Verdict.REFUSED
        with transaction() as session:
            service.decide_footprint(
                session,
                actor,
                footprint_id,
                verdict,
                [] if verdict is Verdict.VERIFIED else reasons,
                now(),
            )
    except DomainError as error:
        return render_faults("footprint/review.html", error, **_of_footprint(actor, footprint_id))
    return redirect_after_post("/verify")


@pages.get("/footprints/<uuid:footprint_id>")
def footprint(footprint_id: UUID) -> ResponseReturnValue:
    """Show a version to its maker, with the verifier's reasons."""
    actor = signed_in()
    return render_template("footprint/review.html", **_of_footprint(actor, footprint_id))
