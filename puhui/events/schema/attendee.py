"""Lists of attendees on the wire, and what is to be decided about them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import post_load

from puhui.events.schema.event import CitySchema, Place
from puhui.kernel.city import City
from puhui.web.schema import Code, Instant, List, Nested, Schema, Text, Uuid, Whole

MOST_DECISIONS = 1000


class CityQuestionSchema(Schema):
    """A place that somebody has to decide about."""

    written = Text(60, required=True, may_be_blank=True, description="名单里的写法")
    rows = List(Whole(minimum=1), most=50_000, required=True, description="所在行")
    people = Whole(minimum=1, required=True)
    candidates = List(Nested(CitySchema), most=50, required=True)


class AttendeeListSchema(Schema):
    """An attendee list, reduced to what the sum needs. It names nobody."""

    list_id = Uuid(required=True)
    rows = Whole(minimum=0, required=True, description="有人的行")
    merged = Whole(minimum=0, required=True, description="合并掉的重复行")
    people = Whole(minimum=0, required=True)
    cities = Whole(minimum=0, required=True)
    columns = List(Code("[a-z]+"), most=20, required=True, description="认出的列")
    questions = List(Nested(CityQuestionSchema), most=50_000, required=True)
    uploaded_at = Instant(required=True)


class CityDecisionSchema(Schema):
    """Which city is meant by what was written: in all rows, or in one."""

    written = Text(60, required=True, may_be_blank=True)
    row = Whole(minimum=1, load_default=None, allow_none=True)
    city = Place(required=True, example="厦门市")


class CityDecisionsSchema(Schema):
    """Decisions about cities."""

    decisions = List(Nested(CityDecisionSchema), least=1, most=MOST_DECISIONS, required=True)

    @post_load
    def _decisions(self, told: dict[str, Any], **_: Any) -> Mapping[str, City | dict[int, City]]:
        found: dict[str, City | dict[int, City]] = {}
        for decision in told["decisions"]:
            written, row, city = decision["written"], decision["row"], decision["city"]
            if row is None:
                found[written] = city
            else:
                rows = found.setdefault(written, {})
                if isinstance(rows, dict):
                    rows[row] = city
        return found
