"""Read products, footprints, labels, serials."""

from puhui.footprint.queries.batches import BatchCard, batch_card, batches_of
from puhui.footprint.queries.circumstances import circumstances, people_trying, shop_of
from puhui.footprint.queries.label_view import (
    Glance,
    LabelView,
    glance,
    label,
    label_by_code,
    label_of_footprint,
    label_of_gtin,
    view_of,
)
from puhui.footprint.queries.panels import Panels, panels_of
from puhui.footprint.queries.products import inventory_of, product, product_seen_by, products_of
from puhui.footprint.queries.public_list import LabelFilter, LabelRow, labels
from puhui.footprint.queries.reviews import (
    Attached,
    answers_of,
    attached_seen_by,
    attached_to,
    changes_of,
    evidence_seen_by,
    labels_citing,
    review_of,
)
from puhui.footprint.queries.uses import uses_of_factor
from puhui.footprint.queries.versions import (
    document_of,
    footprint,
    footprint_seen_by,
    footprints_of,
    held_of,
    line_count,
    queue,
)

__all__ = [
    "Attached",
    "BatchCard",
    "Glance",
    "LabelFilter",
    "LabelRow",
    "LabelView",
    "Panels",
    "answers_of",
    "attached_seen_by",
    "attached_to",
    "batch_card",
    "batches_of",
    "changes_of",
    "circumstances",
    "document_of",
    "evidence_seen_by",
    "footprint",
    "footprint_seen_by",
    "footprints_of",
    "glance",
    "held_of",
    "inventory_of",
    "label",
    "label_by_code",
    "label_of_footprint",
    "label_of_gtin",
    "labels",
    "labels_citing",
    "line_count",
    "panels_of",
    "people_trying",
    "product",
    "product_seen_by",
    "products_of",
    "queue",
    "review_of",
    "shop_of",
    "uses_of_factor",
    "view_of",
]
