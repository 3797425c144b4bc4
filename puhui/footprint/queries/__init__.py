"""Read products, footprints, labels, serials."""

from puhui.footprint.queries.batches import BatchRow, batches_of
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
from puhui.footprint.queries.products import inventory_of, product, product_seen_by, products_of
from puhui.footprint.queries.public_list import LabelFilter, LabelRow, labels
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
    "BatchRow",
    "Glance",
    "LabelFilter",
    "LabelRow",
    "LabelView",
    "batches_of",
    "document_of",
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
    "line_count",
    "product",
    "product_seen_by",
    "products_of",
    "queue",
    "view_of",
]
