"""Runs after a release of factors, on the wire."""

from typing import Any

from marshmallow import ValidationError, validates

from puhui.footprint.renewal import Outcome
from puhui.footprint.validity import Ground
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.paging import PageQuery
from puhui.web.schema import (
    Boolean,
    Code,
    DecimalString,
    Enum,
    Instant,
    Object,
    Schema,
    Text,
    Uuid,
    Whole,
)


class RunSchema(Schema):
    """How far a run is; `result` counts what it has found."""

    task_id = Uuid(required=True)
    state = Code(r"running|stopped|finished|failed|stuck", required=True)
    done = Whole(required=True, minimum=0)
    total = Whole(required=True, minimum=0)
    result = Object(required=True, allow_none=True)
    begun_at = Instant(required=True)


class FindingsQuery(PageQuery):
    """Which findings."""

    outcome = Enum(Outcome, load_default=None)


class FindingSchema(Schema):
    """What was found of a label."""

    label_id = Uuid(required=True)
    code = Code(r"[0-9A-Z]{26}", most=26, required=True)
    name_zh = Text(100, required=True)
    maker = Text(200, required=True)
    outcome = Enum(Outcome, required=True)
    ground = Enum(Ground, required=True, allow_none=True)
    was_kg = DecimalString(required=True, minimum=0, places=12)
    is_kg = DecimalString(required=True, minimum=0, places=12, allow_none=True)
    detail = Text(2000, required=True)
    ended = Boolean(required=True)


class NewEndingsSchema(Schema):
    """Say that it is meant."""

    confirmed = Boolean(required=True)

    @validates("confirmed")
    def _meant(self, value: bool, **_: Any) -> None:
        if not value:
            raise ValidationError([Fault("not_confirmed", N_("请确认"))])
