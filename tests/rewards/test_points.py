"""Rules of points: worked examples, and laws for Hypothesis to break."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puhui.kernel.errors import Invalid
from puhui.rewards.points import Cap, Earlier, Earned, Measure, Rule, earn, explain, rule_on
from puhui.rewards.rulebook import read, shipped

ARBOR_DAY = date(2026, 3, 12)


def rule(version: str = "1", **changes: object) -> Rule:
    values = {
        "key": "planting", "version": version, "measures": Measure.TREE, "points_per_unit": 20,
        "most_per_day": 1200, "most_per_year": 4000, "valid_from": date(2026, 1, 1),
        "valid_until": None, "name_zh": "植树", "name_en": "Planting",
        "reason_zh": "感谢", "reason_en": "thanks",
    }  # fmt: skip
    return Rule(**{**values, **changes})


def test_three_trees_earn_sixty_points() -> None:
    (planting,) = [r for r in shipped() if r.citation == "planting@2026.1"]
    assert earn(planting, 3, Earlier(0, 0)) == Earned(60, 60, None)


def test_a_claimed_unit_earns_ten_points() -> None:
    (purchase,) = [r for r in shipped() if r.citation == "purchase@2026.1"]
    assert earn(purchase, 1, Earlier(0, 0)) == Earned(10, 10, None)


@pytest.mark.parametrize(
    ("quantity", "that_day", "that_year", "expected"),
    [
        (60, 0, 0, Earned(1200, 1200, None)),
        (61, 0, 0, Earned(1200, 1220, Cap.DAY)),
        (10, 1100, 1100, Earned(100, 200, Cap.DAY)),
        (10, 1200, 1200, Earned(0, 200, Cap.DAY)),
        (10, 0, 3900, Earned(100, 200, Cap.YEAR)),
        (10, 0, 4000, Earned(0, 200, Cap.YEAR)),
        (10, 1100, 3900, Earned(100, 200, Cap.YEAR)),
    ],
)
def test_limits_cut_what_is_earned(
    quantity: int, that_day: int, that_year: int, expected: Earned
) -> None:
    assert earn(rule(), quantity, Earlier(that_day, that_year)) == expected


limits = st.none() | st.integers(1, 5000)
quantities = st.lists(st.integers(1, 1000), min_size=1, max_size=12)


@given(st.integers(1, 100), limits, limits, quantities)
def test_however_it_is_split_nobody_earns_more_than_the_limits(
    each: int, per_day: int | None, per_year: int | None, deeds: list[int]
) -> None:
    planting = rule(points_per_unit=each, most_per_day=per_day, most_per_year=per_year)
    so_far = 0
    for quantity in deeds:
        earned = earn(planting, quantity, Earlier(so_far, so_far))
        assert 0 <= earned.points <= earned.full_points == quantity * each
        assert (earned.capped_by is None) == (earned.points == earned.full_points)
        so_far += earned.points
    bounds = [most for most in (per_day, per_year) if most is not None]
    # One day in one year: all that was deserved, or all that is allowed.
    assert so_far == min([sum(deeds) * each, *bounds])


@given(st.integers(1, 1000), st.integers(0, 2000), st.integers(0, 5000))
def test_having_earned_more_never_earns_more(quantity: int, day: int, more: int) -> None:
    before = earn(rule(), quantity, Earlier(day, day))
    after = earn(rule(), quantity, Earlier(day + more, day + more))
    assert after.points <= before.points


@given(st.integers(1, 1000), st.integers(0, 1500), st.integers(0, 4500))
def test_the_explanation_gives_the_figures_again(quantity: int, day: int, year: int) -> None:
    earlier = Earlier(min(day, year), year)
    earned = earn(rule(), quantity, earlier)
    first, *limit = explain(rule(), quantity, earlier, earned)
    assert first.message % first.values == f"{quantity} 株 × 每株 20 积分 = {quantity * 20} 积分"
    assert len(limit) == (earned.capped_by is not None)
    assert all(str(earned.points) in said.message % said.values for said in limit)


def test_the_rule_of_the_day_is_the_one_that_began_last() -> None:
    old, new = rule("1"), rule("2", valid_from=ARBOR_DAY)
    campaign = rule("3", valid_from=date(2026, 4, 1), valid_until=date(2026, 4, 7))
    book = [new, campaign, old, rule("x", key="purchase")]
    assert rule_on(book, "planting", ARBOR_DAY - timedelta(days=1)) == old
    assert rule_on(book, "planting", ARBOR_DAY) == new
    assert rule_on(book, "planting", date(2026, 4, 7)) == campaign
    assert rule_on(book, "planting", date(2026, 4, 8)) == new
    assert rule_on(book, "planting", date(2025, 12, 31)) is None


def test_every_faulty_row_of_a_rule_file_is_named() -> None:
    heading = (
        "key,version,measures,points_per_unit,most_per_day,most_per_year,most_in_all,"
        "matures_after_days,lasts_years,warns_days,reporters,evidence,reviewed,"
        "valid_from,valid_until,name_zh,name_en,reason_zh,reason_en\n"
    )
    life = "0,5,90,self base,photo,yes"
    good = f"a,1,tree,20,,,,{life},2026-01-01,,甲,A,因,because\n"
    bad = [
        f"a,2,tree,0,,,,{life},2026-01-01,,甲,A,因,because\n",
        f"a,3,carbon,20,,,,{life},2026-01-01,,甲,A,因,because\n",
        f"a,4,tree,20,,,,{life},2026-13-01,,甲,A,因,because\n",
        f"a,5,tree,20,,,,{life},2026-01-01,2025-01-01,甲,A,因,because\n",
        f"a,6,tree,20,,,,{life},2026-01-01,,甲,A,,because\n",
        "a,7,tree\n",
        "a,8,tree,20,,,,0,11,90,self,photo,yes,2026-01-01,,甲,A,因,because\n",
        "a,9,tree,20,,,,0,5,90,friend,photo,yes,2026-01-01,,甲,A,因,because\n",
    ]
    with pytest.raises(Invalid) as refusal:
        read(heading + good + "".join(bad) + good)
    assert [fault.row for fault in refusal.value.faults] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert len(read(heading + good)) == 1
