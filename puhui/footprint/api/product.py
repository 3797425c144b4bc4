"""Products."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.model import Product
from puhui.footprint.product import ProductDraft
from puhui.footprint.schema.product import NewProductSchema, ProductSchema
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.conditional import require_version, version_is, versioned
from puhui.web.guard import current_actor
from puhui.web.paging import Page, PageQuery, page, page_schema

products = json_blueprint("products", "/api/products", "产品与清单")


@products.route("")
class Products(MethodView):
    """The products of the asker's organisations."""

    @products.arguments(PageQuery, location="query")
    @products.response(200, page_schema(ProductSchema))
    def get(self, query: dict[str, Any]) -> Page[Product]:
        """List one's own products."""
        actor = current_actor()
        after = query["cursor"][0] if query["cursor"] else None
        with snapshot() as session:
            found = queries.products_of(
                session,
                sorted(actor.organisations(Permission.PRODUCT_WRITE)),
                after=after,
                most=query["limit"] + 1,
            )
        return page(found, query["limit"], lambda row: (row.product_id,))


@products.route("/<uuid:product_id>")
class OneProduct(MethodView):
    """A product."""

    @versioned
    @products.response(200, ProductSchema)
    def get(self, product_id: UUID) -> Product:
        """Show a product to its maker or to a verifier."""
        with snapshot() as session:
            found = queries.product_seen_by(session, current_actor(), product_id)
        version_is(found.version)
        return found

    @products.arguments(NewProductSchema)
    @products.response(201, ProductSchema)
    @products.alt_response(412, "PRECONDITION_FAILED")
    def put(self, given: tuple[UUID, ProductDraft], product_id: UUID) -> Product:
        """Register a product; with `If-Match`, describe it anew."""
        organisation_id, draft = given
        actor = current_actor()
        with transaction() as session:
            if "If-Match" in request.headers:
                found = service.product_for_change(session, actor, product_id)
                require_version(found.version)
                found = service.change_product(session, actor, product_id, draft, now())
            else:
                found = service.register_product(
                    session, actor, product_id, organisation_id, draft, now()
                )
        version_is(found.version)
        return found
