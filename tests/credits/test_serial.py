"""Serials are read and written without loss, and a range counts both ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puhui.credits.kind import RULES
from puhui.credits.serial import FORMS, MalformedSerial, SerialRange, parse

PUBLISHED = {
    "0001-000001-000100-VCS-VCU-003-VER-US-0003-01012020-31122020-1": ("vcs", 100),
    "ACR-US-192-2010-203-1-5000": ("acr", 5000),
    # The vendor's help page counts 29,250 here: off by one.
    "CAR-1-US-293-1-120-CA-2006-102-1 to 29251": ("car", 29251),
    "643002406555908610000000140219-643002406555908610000000140220": ("puro", 2),
    "40980b1a-cff7-4c78-9cc5-a3a2f18c7e0d_1000-1001": ("puro_uuid", 2),
    "CA0004-VU-CH-356-1-3000-2023": ("undp", 3000),
    "LYTP-350428-0000001/1-12723000": ("forest_ticket", 12_723_000),
    "FFCER-350429-TNSY-2019-1-300": ("ffcer", 300),
}


@pytest.mark.parametrize(("written", "form", "count"), [(w, *f) for w, f in PUBLISHED.items()])
def test_a_published_serial_comes_back_and_counts_both_ends(
    written: str, form: str, count: int
) -> None:
    assert str(parse(written, form)) == written
    assert parse(written, form).count == count


def test_the_owner_keeps_the_first_serials() -> None:
    kept, given_away = parse("CA0004-VU-CH-356-1-3000-2023", "undp").split(1000)
    assert str(kept) == "CA0004-VU-CH-356-1-2000-2023"
    assert str(given_away) == "CA0004-VU-CH-356-2001-3000-2023"


@pytest.mark.parametrize(
    "written",
    [
        "FFCER-350429-TNSY-2019-300-1",
        "FFCER-350429-TNSY-2019-1-0300",
        "FFCER-350429-TNSY-2019-１-300",
        "FFCER-350429-TNSY-2019-1-300 ",
        "FFCER-350429-TNSY-2019-1--300",
        "CCER-350429-TNSY-2019-1-300",
        "",
    ],
)
def test_what_would_not_come_back_is_refused(written: str) -> None:
    with pytest.raises(MalformedSerial):
        parse(written, "ffcer")


def test_every_kind_has_a_form_and_ours_are_not_passed_off_as_the_registrys() -> None:
    assert {rule.form for rule in RULES.values()} <= FORMS.keys()
    assert {rule.form for rule in RULES.values() if not FORMS[rule.form].ours} == {"vcs"}


numbers = st.integers(0, 10**12)


@given(numbers, st.integers(1, 10**9), st.integers(0, 12), st.data())
def test_parts_of_a_range_come_back_and_conserve_it(first, count, width, data) -> None:
    whole = SerialRange("0001-", first, "-", first + count - 1, "-VCS-VCU-1-VER-CN-1-1-1-1-1", 1)
    if width > len(str(first)):
        whole = SerialRange(whole.head, first, "-", whole.last, whole.tail, width)
        # A number that has outgrown the zeros of its first cannot be told from another form.
    text = str(whole)
    assert parse(text, "vcs").count == count
    assert str(parse(text, "vcs")) == text
    if count > 1:
        taken = data.draw(st.integers(1, count - 1))
        kept, gone = whole.split(taken)
        assert (kept.count + gone.count, gone.count) == (count, taken)
        assert (kept.first, gone.last) == (whole.first, whole.last)
        assert kept.last + 1 == gone.first
        assert kept.block == gone.block == parse(str(gone), "vcs").block
