"""How long labels hold, and by how much a result may move."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from puhui.footprint.validity import FIRST, Basis, Policy, expiry, in_force, is_moved, is_worse

INSTANTS = st.builds(
    datetime.combine, st.dates(date(2026, 1, 1), date(2090, 1, 1)), st.times(timezones=st.just(UTC))
)
KILOGRAMS = st.decimals("0.000001", "1000000", places=6)
POLICIES = st.builds(
    Policy,
    st.dates(date(2026, 1, 2), date(2090, 1, 1)),
    st.integers(1, 10),
    st.integers(1, 10),
    st.decimals("0.1", "100", places=1),
    st.decimals("0.1", "100", places=1),
)


@given(POLICIES, st.sampled_from(Basis), INSTANTS)
def test_a_label_holds_whole_years_but_for_a_leap_day(
    policy: Policy, basis: Basis, issued_at: datetime
) -> None:
    years = policy.verified_years if basis is Basis.VERIFIED else policy.self_declared_years
    ends = expiry(policy, basis, issued_at)
    assert ends.year == issued_at.year + years
    assert ends.timetz() == issued_at.timetz()
    assert (ends.month, ends.day) in {(issued_at.month, issued_at.day), (2, 28)}


@given(INSTANTS)
def test_at_first_it_is_two_years_declared_and_three_verified(issued_at: datetime) -> None:
    years = [expiry(FIRST, basis, issued_at).year - issued_at.year for basis in Basis]
    assert years == [2, 3]


@given(KILOGRAMS)
def test_exactly_the_limit_may_stay_and_a_little_more_may_not(was: Decimal) -> None:
    limit = was * Decimal("1.1")
    assert not is_worse(FIRST, was, limit)
    assert is_worse(FIRST, was, limit + Decimal("1e-12"))
    for moved in (was * Decimal("1.05"), was * Decimal("0.95")):
        assert not is_moved(FIRST, was, moved)
    assert is_moved(FIRST, was, was * Decimal("1.05") + Decimal("1e-12"))
    assert is_moved(FIRST, was, was * Decimal("0.95") - Decimal("1e-12"))


@given(KILOGRAMS, KILOGRAMS)
def test_a_better_result_is_never_worse(one: Decimal, other: Decimal) -> None:
    assert not is_worse(FIRST, max(one, other), min(one, other))


@given(st.lists(POLICIES, max_size=5), INSTANTS)
def test_a_policy_reaches_nothing_before_its_day(policies: list[Policy], at: datetime) -> None:
    found = in_force(policies, at)
    assert found.valid_from <= at.date()
    begun = [p for p in policies if p.valid_from <= at.date()]
    assert all(p.valid_from <= found.valid_from for p in begun)
    assert found == (FIRST if not begun else found)
    assert in_force(policies, at + timedelta(0)) == found
