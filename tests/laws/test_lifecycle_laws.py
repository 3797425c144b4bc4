"""Laws of a footprint: parts make the whole, and nothing depends on how the amounts are cut."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from puhui.factors.uncertainty import simulate
from puhui.footprint.calculation import calculate, recompute
from puhui.footprint.lifecycle import Amounts, Assessment, Column, assess
from puhui.footprint.quality import uncertain
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.system import footprint_of
from puhui.footprint.whatif import Change, changed, difference
from puhui.kernel.quantity import plain
from tests.footprint.test_basis import BURNED, FILM
from tests.footprint.test_inventory import HEAD, LORRY, POWER, PRODUCT
from tests.makers.footprint import based

BOWL = {**PRODUCT, "bamboo_percent": "0"}
AMOUNTS = st.decimals("0.001", "1000000", places=3)
SHAPES = st.sampled_from([POWER, LORRY, FILM, {**POWER, "unit": "kg", "factor": "fuel.diesel"}])
LINES = st.lists(st.tuples(SHAPES, AMOUNTS), min_size=1, max_size=6)


def content(lines: list[tuple[dict[str, Any], Decimal]], output: Decimal) -> dict[str, Any]:
    return {
        **HEAD,
        "output": plain(output),
        "lines": [BOWL, *({**shape, "amount": plain(amount)} for shape, amount in lines)],
    }


def footprint(lines: list[tuple[dict[str, Any], Decimal]], output: Decimal) -> Assessment:
    return assess(based(content(lines, output)), BAMBOO_AR6)


@given(lines=LINES, output=AMOUNTS)
def test_the_parts_make_the_whole(lines, output) -> None:
    result = footprint(lines, output)
    by_stage = sum((amounts for _, amounts in result.stages), Amounts())
    by_line = sum((line.amounts for line in result.lines), Amounts())
    assert by_stage == by_line == result.total
    assert result.total.counted == sum(line.amounts.counted for line in result.lines)


@given(lines=LINES, output=AMOUNTS, times=st.integers(2, 1000))
def test_more_of_everything_is_the_same_for_each(lines, output, times) -> None:
    many = [(shape, amount * times) for shape, amount in lines]
    assert footprint(many, output * times).total == footprint(lines, output).total


@given(shape=SHAPES, amount=AMOUNTS, times=st.integers(2, 1000))
def test_twice_the_amount_is_twice_the_footprint(shape, amount, times) -> None:
    one = footprint([(shape, amount)], Decimal(1)).total.counted
    many = footprint([(shape, amount * times)], Decimal(1)).total.counted
    # Each of up to four parts is rounded once, at half a billionth of a milligram.
    assert abs(many - one * times) <= Decimal("2e-12") * (times + 1)


@given(lines=LINES, output=AMOUNTS)
def test_the_order_of_lines_does_not_matter(lines, output) -> None:
    assert footprint(lines[::-1], output).total == footprint(lines, output).total


@given(amount=AMOUNTS, power=AMOUNTS)
def test_carbon_and_biogenic_co2_do_not_move_when_energy_does(amount, power) -> None:
    def apart(power_amount: Decimal) -> tuple[Decimal, ...]:
        result = footprint([(BURNED, amount), (POWER, power_amount)], Decimal(7))
        return (result.carbon_held, result.total.biogenic_co2, result.total.biogenic_removal)

    assert apart(power) == apart(power * 3)


@settings(max_examples=50)
@given(lines=LINES, output=AMOUNTS)
def test_a_calculation_recomputes_to_its_own_bytes(lines, output) -> None:
    calculation = calculate(based(content(lines, output)), BAMBOO_AR6, {"name_zh": "砧板"})
    assert recompute(calculation.text).text == calculation.text


def test_every_column_counts_or_stands_apart() -> None:
    ones = Amounts(*(Decimal(1) for _ in Column))
    assert ones.counted == 4


@settings(max_examples=50)
@given(lines=LINES, output=AMOUNTS)
def test_the_matrix_finds_what_the_walk_finds(lines, output) -> None:
    found = based(content(lines, output))
    walked = assess(found, BAMBOO_AR6).total.counted
    # Each of up to four parts a line is rounded once, at half a billionth of a milligram.
    assert abs(footprint_of(found, BAMBOO_AR6) - Fraction(walked)) <= Fraction("2e-12") * len(lines)


@settings(max_examples=25)
@given(lines=LINES, output=AMOUNTS, amount=AMOUNTS)
def test_what_if_is_the_difference_of_the_two_and_back_again_is_nothing(
    lines, output, amount
) -> None:
    whole = content(lines, output)
    submitted, _ = changed(whole["lines"], whole, [Change(2, {"amount": plain(amount)})])
    other = content([(lines[0][0], amount), *lines[1:]], output)
    assert [dict(cells) for _, cells in submitted.lines] == other["lines"]
    one, two = ((b, assess(b, BAMBOO_AR6)) for b in (based(whole), based(other)))
    there, back = (difference(*pair, BAMBOO_AR6) for pair in ((one, two), (two, one)))
    assert there.change_kg == two[1].total.counted - one[1].total.counted == -back.change_kg
    assert there.likely.low == -back.likely.high


@settings(max_examples=25)
@given(lines=LINES, output=AMOUNTS, times=st.integers(2, 1000))
def test_the_interval_of_one_unit_is_the_same_however_many_are_made(lines, output, times) -> None:
    def told(lines: list[tuple[dict[str, Any], Decimal]], output: Decimal) -> Any:
        terms, sigmas = uncertain(*assessed(lines, output))
        return simulate(terms, sigmas, 1, 1000)

    many = [(shape, amount * times) for shape, amount in lines]
    assert told(many, output * times) == told(lines, output)


def assessed(lines: list[tuple[dict[str, Any], Decimal]], output: Decimal) -> Any:
    found = based(content(lines, output))
    return found, assess(found, BAMBOO_AR6)
