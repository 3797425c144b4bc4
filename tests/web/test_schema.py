"""Fields take what the database and a reader can bear, and say what they refuse."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from puhui.web.reading import faults_of
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    DecimalString,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
    Written,
)


def refused(field, value) -> str:
    with pytest.raises(ValidationError) as raised:
        field.deserialize(value)
    return raised.value.messages[0].code


def test_text_is_composed_and_trimmed() -> None:
    assert Text(5).deserialize(" e\u0301 ") == "é"
    assert Text(5).deserialize("a\r\nb") == "a\nb"


@pytest.mark.parametrize("value", ["a\x00", "\x07", "a\tb", "\x7f", "\x85", "\ud800", "\u202e"])
def test_text_has_no_control_characters(value: str) -> None:
    assert refused(Text(9), value) == "control_character"


def test_text_has_a_length_and_is_not_blank() -> None:
    assert Text(3).deserialize("竹竹竹") == "竹竹竹"
    assert refused(Text(3), "竹竹竹竹") == "too_long"
    assert refused(Text(3), " \n ") == "blank"
    assert Text(3, may_be_blank=True).deserialize("") == ""
    assert refused(Text(3), 1) == "not_text"


# U+0958 becomes two characters when composed: what fits the wire must fit the column.
def test_text_that_grows_when_composed_is_measured_again() -> None:
    assert refused(Text(3), "\u0958\u0958") == "too_long"


@pytest.mark.parametrize(
    ("value", "number"), [("0", 0), ("-0", 0), ("12.50", "12.5"), ("-1.5", "-1.5")]
)
def test_a_decimal_is_exact(value: str, number: object) -> None:
    assert DecimalString().deserialize(value) == Decimal(str(number))


@pytest.mark.parametrize(
    "value", ["1e3", "NaN", "Infinity", "+1", ".5", "1.", "01", " 1", "1\n", "１", 1, 1.5, True]
)
def test_a_decimal_is_written_plainly(value: object) -> None:
    assert refused(DecimalString(), value) == "not_decimal"


def test_a_decimal_has_at_most_18_digits() -> None:
    assert DecimalString(places=6).deserialize("9" * 12 + "." + "9" * 6)
    assert refused(DecimalString(places=6), "1" + "0" * 12) == "too_many_digits"
    assert refused(DecimalString(places=6), "0.0000001") == "too_many_digits"


def test_a_decimal_has_a_range() -> None:
    assert refused(DecimalString(minimum=0), "-0.1") == "too_small"
    assert refused(DecimalString(more_than=0), "0.00") == "not_more"
    assert refused(DecimalString(maximum=1), "1.01") == "too_large"


def test_a_decimal_is_shown_without_exponent() -> None:
    class Answer(Schema):
        kg = DecimalString()

    assert Answer().dump({"kg": Decimal("1.2E+3")}) == {"kg": "1200"}
    assert Answer().dump({"kg": Decimal("0E-8")}) == {"kg": "0"}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**11, min_value=0))
def test_what_a_decimal_takes_is_what_its_document_says(number: Decimal) -> None:
    field = DecimalString(more_than=0)
    text = format(number, "f")
    documented = re.fullmatch(field.wire()["pattern"], text) is not None
    assert documented == (number > 0)
    if documented:
        assert field.deserialize(text) == number


@pytest.mark.parametrize("value", [1.0, 1.9, "1", True, Decimal(1), None])
def test_a_whole_number_is_one(value: object) -> None:
    with pytest.raises(ValidationError):
        Whole().deserialize(value)


def test_a_whole_number_fits_the_database() -> None:
    assert Whole().deserialize(2**63 - 1) == 2**63 - 1
    assert refused(Whole(), 2**63) == "too_large"
    assert refused(Whole(minimum=1), 0) == "too_small"


def test_what_is_written_in_a_query_stands_for_itself() -> None:
    assert Whole().deserialize(Written("20")) == 20
    assert Boolean().deserialize(Written("true")) is True
    assert refused(Whole(), Written("1e1")) == "not_whole"
    assert refused(Whole(), Written("٣")) == "not_whole"
    assert refused(Boolean(), "true") == "not_boolean"


def test_days_and_instants_are_real_and_of_our_time() -> None:
    assert Day().deserialize("2026-03-12") == date(2026, 3, 12)
    assert refused(Day(), "2026-02-30") == "not_day"
    assert refused(Day(), "20260312") == "not_day"
    assert refused(Day(), "1899-12-31") == "out_of_range"
    assert Instant().deserialize("2026-03-12T04:00:00Z") == datetime(2026, 3, 12, 4, tzinfo=UTC)
    assert refused(Instant(), "2026-03-12T04:00:00+00:00") == "not_instant"
    assert refused(Instant(), "2026-03-12T25:00:00Z") == "not_instant"
    assert refused(Instant(), "2101-01-01T00:00:00Z") == "out_of_range"


def test_uuids_and_codes_match_as_a_whole() -> None:
    name = "6f1d7f43-5b0e-5d0f-9d61-0c6f4d0c9a10"
    assert Uuid().deserialize(name.upper()) == UUID(name)
    assert refused(Uuid(), name.replace("-", "")) == "not_uuid"
    assert refused(Uuid(), name + "\n") == "not_uuid"
    assert refused(Code("[A-Z]+"), "ABC\n") == "bad_code"


class Line(Schema):
    kg = DecimalString(required=True)


class Inventory(Schema):
    name = Text(10, required=True)
    lines = List(Nested(Line), most=3)


def test_every_fault_is_named_by_row_and_field_at_once() -> None:
    with pytest.raises(ValidationError) as raised:
        Inventory().load({"lines": [{"kg": "1"}, {"kg": "x", "lb": 1}, 7], "more": 1})
    found = {(f.row, f.field, f.code) for f in faults_of(raised.value.messages)}
    assert found == {
        (None, "name", "required"),
        (None, "more", "unknown"),
        (2, "lines.kg", "not_decimal"),
        (2, "lines.lb", "unknown"),
        (3, "lines", "wrong_type"),
    }


def test_a_long_list_is_counted_before_it_is_read() -> None:
    class Refusing(Schema):
        lines = List(Nested(Line), most=3)

    with pytest.raises(ValidationError) as raised:
        Refusing().load({"lines": [{"kg": "x"}] * 4})
    assert [f.code for f in faults_of(raised.value.messages)] == ["too_many"]


def test_patterns_are_documented_for_readers_in_any_language() -> None:
    pattern = json.dumps(Text(5).wire()["pattern"])
    assert "\\\\u0000" in pattern
