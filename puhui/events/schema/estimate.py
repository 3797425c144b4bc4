"""Estimates on the wire."""

from puhui.events.estimate import Stage
from puhui.events.schema.event import EstimateSummarySchema
from puhui.web.paging import page_schema
from puhui.web.schema import Enum, Object, Schema


class EventEstimateDraftSchema(Schema):
    """A wish for an estimate."""

    stage = Enum(Stage, required=True)


class EventEstimateSchema(EstimateSummarySchema):
    """An estimate with its document."""

    document = Object(required=True, description="规范 JSON，可由任何人重算")


EstimatePageSchema = page_schema(EstimateSummarySchema)
