"""Outings and bookings on the wire."""

from datetime import datetime, time
from typing import Any

from marshmallow import post_load

from puhui.evidence.geodesy import Datum, Place
from puhui.kernel.clock import CHINA
from puhui.rewards.outing import MOST_PLACES, BookingDraft, OutingDraft
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Code,
    Day,
    DecimalString,
    Enum,
    Instant,
    List,
    Schema,
    Text,
    Uuid,
    Whole,
)

MOST_NAMES = 500


class CapacitySchema(Schema):
    """How many people a base takes at once."""

    people = Whole(minimum=1, maximum=MOST_PLACES, required=True, example=60)


class OutingDraftSchema(Schema):
    """An outing as its organiser announces it."""

    base_id = Uuid(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    places = Whole(minimum=1, maximum=MOST_PLACES, required=True, example=40)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> OutingDraft:
        return OutingDraft(**values)


class OutingSchema(Schema):
    """What everyone may know of an outing."""

    outing_id = Uuid(required=True)
    base_id = Uuid(required=True, attribute="base.base_id")
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    places = Whole(required=True)
    left = Whole(required=True, description="剩余名额")
    cancelled_at = Instant(required=True, allow_none=True)


OutingPageSchema = page_schema(OutingSchema)


class BookingDraftSchema(Schema):
    """Places wanted: one for oneself, or one for each name of a group's list."""

    outing_id = Uuid(required=True)
    organisation_id = Uuid(allow_none=True, load_default=None, description="团体或单位")
    names = List(Text(60), most=MOST_NAMES, load_default=list, metadata={"description": "团体名单"})

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> BookingDraft:
        return BookingDraft(**{**values, "names": tuple(values["names"])})


class BookingSchema(Schema):
    """Places booked, and who of them came."""

    booking_id = Uuid(required=True)
    outing_id = Uuid(required=True, attribute="outing.outing_id")
    starts_at = Instant(required=True, attribute="outing.starts_at")
    organisation_id = Uuid(required=True, allow_none=True)
    places = Whole(required=True)
    names = List(Text(60), most=MOST_NAMES, required=True)
    booked_at = Instant(required=True)
    cancelled_at = Instant(required=True, allow_none=True)
    came = List(Whole(), most=MOST_NAMES, required=True, description="到场者在名单上的序号")
    came_at = Instant(required=True, allow_none=True)
    came_by = Code(most=16, required=True, allow_none=True, description="place 或 organiser")
    metres_away = Whole(required=True, allow_none=True, description="签到时离基地中心多少米")


BookingPageSchema = page_schema(BookingSchema)


class CheckInSchema(Schema):
    """Where the phone is. Only the distance is kept."""

    latitude = DecimalString(minimum=-90, maximum=90, places=8, required=True, example="26.7321")
    longitude = DecimalString(
        minimum=-180, maximum=180, places=8, required=True, example="117.4712"
    )
    datum = Enum(Datum, allow_none=True, load_default=None, description="不清楚时不填")
    accuracy_m = Whole(minimum=0, maximum=100_000, load_default=0)

    @post_load
    def _here(self, values: dict[str, Any], **_: Any) -> tuple[Place, int]:
        accuracy_m = values.pop("accuracy_m")
        return Place(**values), accuracy_m


class AttendanceSchema(Schema):
    """Who of a booking came."""

    came = List(Whole(minimum=1, maximum=MOST_PLACES), most=MOST_NAMES, required=True)


CLOCK: dict[str, Any] = {"pattern": "([01][0-9]|2[0-3]):[0-5][0-9]", "most": 5}


class OutingFormSchema(Schema):
    """The page's form: one day, by the clock in China."""

    base_id = Uuid(required=True)
    day = Day(required=True)
    starts = Code(**CLOCK, required=True)
    ends = Code(**CLOCK, required=True)
    places = Whole(minimum=1, maximum=MOST_PLACES, required=True)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> OutingDraft:
        starts, ends = (
            datetime.combine(values["day"], time.fromisoformat(values[name]), CHINA)
            for name in ("starts", "ends")
        )
        return OutingDraft(values["base_id"], starts, ends, values["places"])
