"""Labels and their pictures."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.api.installation import settings
from puhui.footprint.api.inventory import BINARY
from puhui.footprint.label import state_at
from puhui.footprint.model import Label
from puhui.footprint.schema.label import (
    LabelRowSchema,
    LabelSchema,
    LabelsQuery,
    NewLabelSchema,
    WithdrawalSchema,
)
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.conditional import version_is
from puhui.web.download import as_file
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import Page, page, page_schema
from puhui.web.qr import png_of

labels = json_blueprint("labels", "/api/labels", "平台自愿碳标签")


@labels.route("")
class Labels(MethodView):
    """The public list."""

    @open_to_all
    @labels.arguments(LabelsQuery, location="query")
    @labels.response(200, page_schema(LabelRowSchema))
    def get(self, query: dict[str, Any]) -> Page[queries.LabelRow]:
        """List the labels that hold now, newest first."""
        with snapshot() as session:
            found = queries.labels(
                session,
                now(),
                filter_of(query),
                after=query["cursor"],
                most=query["limit"] + 1,
            )
        return page(found, query["limit"], lambda row: (row.issued_at, row.label_id))


def filter_of(query: dict[str, Any]) -> queries.LabelFilter:
    """Return what a query looks for."""
    return queries.LabelFilter(
        query["q"], query["category"], query["county_code"], query["county"], query["maker"]
    )


@labels.route("/<uuid:label_id>")
class OneLabel(MethodView):
    """A label."""

    @open_to_all
    @labels.response(200, LabelSchema)
    def get(self, label_id: UUID) -> dict[str, Any]:
        """Show a label, holding or not."""
        with snapshot() as session:
            return _label_wire(queries.view_of(session, queries.label(session, label_id), now()))

    @labels.arguments(NewLabelSchema)
    @labels.response(201, LabelSchema)
    def put(self, given: dict[str, Any], label_id: UUID) -> dict[str, Any]:
        """Issue the label of a verified footprint, or of one that its maker declares."""
        with transaction() as session:
            found = service.issue_label(
                session,
                current_actor(),
                label_id,
                given["footprint_id"],
                settings().base_url,
                now(),
                given["basis"],
            )
            return _label_wire(queries.view_of(session, found, now()))


@labels.route("/<uuid:label_id>/withdrawal")
class Withdrawal(MethodView):
    """Ending a label before its time."""

    @labels.arguments(WithdrawalSchema)
    @labels.response(201, LabelSchema)
    def put(self, given: dict[str, str], label_id: UUID) -> dict[str, Any]:
        """Withdraw a label, for everybody to see."""
        with transaction() as session:
            found = service.withdraw_label(
                session, current_actor(), label_id, given["reason"], now()
            )
            return _label_wire(queries.view_of(session, found, now()))


@labels.route("/<uuid:label_id>/qr.svg")
class LabelSvg(MethodView):
    """A label's QR code."""

    @open_to_all
    @labels.response(200, {"type": "string"}, content_type="image/svg+xml")
    def get(self, label_id: UUID) -> Response:
        """Download the QR code as SVG."""
        with snapshot() as session:
            found = queries.label(session, label_id)
        return _picture(found, found.qr_svg, "image/svg+xml", "svg")


@labels.route("/<uuid:label_id>/qr.png")
class LabelPng(MethodView):
    """A label's QR code."""

    @open_to_all
    @labels.response(200, BINARY, content_type="image/png")
    def get(self, label_id: UUID) -> Response:
        """Download the QR code as PNG."""
        with snapshot() as session:
            found = queries.label(session, label_id)
        return _picture(found, png_of(found.url), "image/png", "png")


def _picture(found: Label, data: bytes | str, kind: str, ending: str) -> Response:
    version_is(found.code)
    return as_file(data, kind, f"{found.code}.{ending}", inline=True)


def _label_wire(view: queries.LabelView) -> dict[str, Any]:
    label, result = view.label, view.document["result"]
    return {
        "label_id": label.label_id,
        "footprint_id": label.footprint_id,
        "product_id": view.product.product_id,
        "code": label.code,
        "url": label.url,
        "state": state_at(now(), label.expires_at, label.withdrawn_at),
        "footprint_kg": view.footprint.footprint_kg,
        "declared_unit": result["declared_unit"],
        "carbon_held_kg": queries.held_of(view.document),
        "sha256": view.footprint.sha256,
        "issued_at": label.issued_at,
        "expires_at": label.expires_at,
        "withdrawn_at": label.withdrawn_at,
        "withdrawn_reason": label.withdrawn_reason,
        "basis": label.basis,
        "end_ground": label.end_ground,
    }
