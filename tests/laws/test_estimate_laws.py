"""Laws of estimates and attendee lists that hold for whatever is put in."""

import json
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from puhui.events.activity import ACTIVITIES, Level, Source
from puhui.events.attendee_list import read
from puhui.events.city import gazetteer
from puhui.events.document import annex_of, canonical, digest, document_of, recompute
from puhui.events.draft import entries_as_json, entries_from_json
from puhui.events.estimate import (
    Bound,
    Entry,
    Group,
    Plan,
    Stage,
    add_up,
    amounts,
    choose,
    compute,
)
from puhui.events.shown import rounded_together
from puhui.events.travel import Mode
from puhui.factors.library import read as read_library
from puhui.factors.service import shipped
from tests.events.test_golden import card

FACTORS = [row.factor for file, text in shipped() for row in read_library(file, text)[0]]
SANMING = gazetteer().by_code("350400")
CITIES = sorted(gazetteer(), key=lambda city: city.code)
ENTERED = [a for a in ACTIVITIES.values() if a.entered and a.key != "heat"]

groups = st.builds(
    Group,
    st.sampled_from(CITIES),
    st.sampled_from([None, *Mode]),
    st.integers(1, 500),
    st.none() | st.integers(0, 9),
    st.integers(1, 7),
)
entries = st.builds(
    lambda activity, amount, level: Entry(activity, amount, activity.unit, level),
    st.sampled_from(ENTERED),
    st.decimals("0", "1000000", places=6),
    st.sampled_from(Level),
)
EVERYWHERE = tuple(Bound(source, True) for source in Source)


def plan(people, entered, attendees, per_room):
    """Count whatever there are data about."""
    sources = {Source.TRAVEL, *(entry.activity.source for entry in entered)}
    if per_room is not None and any(group.nights is not None for group in people):
        sources.add(Source.LODGING)
    boundary = tuple(Bound(source, source in sources, "无数据可循", "") for source in Source)
    return Plan(
        SANMING,
        date(2026, 3, 4),
        date(2026, 3, 5),
        max(attendees, sum(group.people for group in people)),
        boundary,
        tuple(people),
        tuple(entered),
        per_room,
    )


plans = st.builds(
    plan,
    st.lists(groups, min_size=1, max_size=12),
    st.lists(entries, max_size=8),
    st.integers(1, 3000),
    st.none() | st.decimals("1", "4", places=1),
)


def estimated(told):
    return compute(told, {a.need: choose(a.need, FACTORS, 2026) for a in amounts(told)})


@given(plans)
@settings(max_examples=80)
def test_the_parts_add_up_to_the_total_and_the_need_covers_it(told) -> None:
    found = estimated(told)
    assert add_up(found.of_source(source) for source in Source) == found.total
    assert found.co2_part + found.co2e_part == found.total
    assert found.total.value <= found.need_kg < found.total.value + 1
    assert all(line.emission.value >= 0 for line in found.lines)


@given(plans, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_groups_leaves_no_trace(told, chance: random.Random) -> None:
    shuffled = list(told.groups)
    chance.shuffle(shuffled)
    assert estimated(replace(told, groups=tuple(shuffled))).lines == estimated(told).lines


@given(plans)
@settings(max_examples=40)
def test_a_document_recomputes_to_itself_wherever_it_is_read(told) -> None:
    found = estimated(told)
    annex = canonical(annex_of(told, found))
    text = canonical(document_of(card(), 1, Stage.PLAN, told, found, digest(annex), card_time()))
    assert recompute(json.loads(text), json.loads(annex)) == []
    assert canonical(json.loads(text)) == text


def card_time():
    from tests.fixtures import NOON

    return NOON


@given(plans, st.integers(1, 400))
@settings(max_examples=40)
def test_more_people_never_emit_less(told, more: int) -> None:
    larger = replace(told, attendees=told.attendees + more)
    assert estimated(larger).total >= estimated(told).total


@given(st.lists(entries, max_size=10))
def test_amounts_are_kept_as_they_were_entered(entered) -> None:
    kept = json.loads(json.dumps(entries_as_json(entered)))
    assert list(entries_from_json(kept)) == entered


@given(
    st.dictionaries(st.integers(), st.decimals("0", "100000", places=9), min_size=1, max_size=20),
    st.integers(0, 3),
)
def test_figures_shown_add_up_to_the_total_shown(values, places: int) -> None:
    shown = rounded_together(values, places)
    step = Decimal(1).scaleb(-places)
    total = sum(shown.values())
    assert abs(total - sum(values.values())) <= step / 2
    assert all(abs(shown[key] - value) < step for key, value in values.items())


people = st.lists(
    st.tuples(
        st.integers(0, 10**8 - 1).map(lambda n: f"139{n:08d}"),
        st.sampled_from(["福州", "福州市", "厦门", "Xiamen", "厦们", "Fuzhou", "北京市朝阳区"]),
        st.sampled_from(["", "高铁", "飞机", "自驾"]),
        st.sampled_from(["", "0", "2", "3晚"]),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda person: person[0],
)


def as_file(rows, encoding="utf-8", separator=",") -> bytes:
    lines = [separator.join(("手机", "出发城市", "交通方式", "晚数"))]
    lines += [separator.join(row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


@given(people, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_neither_order_nor_duplicates_nor_blank_lines_change_a_list(rows, chance) -> None:
    once = read(as_file(rows), gazetteer(), SANMING)
    again = [*rows, *chance.choices(rows, k=5), ("", "", "", "")]
    chance.shuffle(again)
    found = read(as_file(again), gazetteer(), SANMING)
    assert found.groups == once.groups
    assert found.people == once.people == len(rows)
    assert (once.merged, found.merged) == (0, 5)
    assert [q.written for q in found.questions] == [q.written for q in once.questions]


@given(
    people,
    st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=60)
def test_encoding_and_separator_do_not_matter(rows, encoding: str, separator: str) -> None:
    plain = read(as_file(rows), gazetteer(), SANMING)
    assert read(as_file(rows, encoding, separator), gazetteer(), SANMING) == plain
