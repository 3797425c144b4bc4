"""What the database awards in one call is what the rules in Python say, whatever the rule."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import CHINA, day_of
from puhui.rewards.lot import term
from puhui.rewards.model.rule import RuleRow
from puhui.rewards.points import Earlier, Measure, Rule, earn
from puhui.rewards.queries import awards as queries
from puhui.rewards.service.awards import Cause, award
from tests.fixtures import empty_database
from tests.makers.identity import person

DAYS = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)]
limits = st.none() | st.integers(1, 120)
deeds = st.lists(st.tuples(st.integers(1, 9), st.sampled_from(DAYS)), min_size=1, max_size=7)
rules = st.builds(
    Rule,
    key=st.just("law"),
    version=st.just("1"),
    measures=st.just(Measure.TREE),
    points_per_unit=st.integers(1, 20),
    most_per_day=limits,
    most_per_year=limits,
    most_in_all=limits,
    matures_after_days=st.sampled_from([0, 1, 365]),
    lasts_years=st.integers(2, 10),
    warns_days=st.integers(1, 365),
    valid_from=st.just(date(2026, 1, 1)),
    valid_until=st.none(),
    **{name: st.just("x") for name in ("name_zh", "name_en", "reason_zh", "reason_en")},
)


def published(rule: Rule) -> None:
    """Write a rule down as it is; how rules are announced is another matter."""
    values = {**vars(rule), "reporters": list(rule.reporters)}
    with transaction() as session:
        session.add(RuleRow(**values, published_at=datetime(2026, 1, 1, tzinfo=CHINA)))


def test_the_database_awards_what_the_rules_in_python_say(database: Engine) -> None:
    names = count(1)

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(rules, deeds, st.integers(0, 400), st.booleans())
    def law(rule: Rule, done: list[tuple[int, date]], late: int, waits: bool) -> None:
        empty_database(database)
        published(rule)
        li = person("李雷")
        earned: Counter[date] = Counter()
        for quantity, day in done:
            cause = Cause("law", UUID(int=next(names)), li.person_id, quantity, day)
            now = datetime(day.year, day.month, day.day, 12, tzinfo=CHINA) + timedelta(days=late)
            for _ in range(2):
                with transaction() as session:
                    award(session, cause, now, waits=waits)
            earlier = Earlier(
                earned[day],
                sum(points for other, points in earned.items() if other.year == day.year),
                earned.total() if rule.most_in_all is not None else 0,
            )
            with snapshot() as session:
                card = queries.by_id(session, [cause.award_id])[cause.award_id]
            assert (card.earlier, card.earned) == (earlier, earn(rule, quantity, earlier))
            earned[day] += card.points
            if card.lot is None:
                assert card.points == 0
                continue
            days = term(rule, day_of(now))
            assert (card.lot.matures_on, card.lot.expires_on) == (days.matures_on, days.expires_on)
            assert card.lot.state == ("pending" if waits or rule.matures_after_days else "matured")
            with database.connect() as connection:
                moved = connection.execute(
                    text(
                        "SELECT a.owner, a.purpose, e.amount, l.warns_on FROM ledger_entry e"
                        " JOIN ledger_account a USING (account_id)"
                        " JOIN rewards_lot l ON l.lot_id = e.transfer_id"
                        " WHERE e.transfer_id = :award AND a.bounded"
                    ),
                    {"award": cause.award_id},
                ).one()
            assert tuple(moved) == (
                f"person:{li.person_id}",
                "pending" if card.lot.state == "pending" else "wallet",
                card.points,
                days.warns_on,
            )

    law()


def test_an_award_that_was_taken_back_beforehand_is_never_given(database: Engine) -> None:
    li, cause_id = person("李雷"), uuid4()
    cause = Cause("law", cause_id, li.person_id, 1, DAYS[0])
    published(Rule("law", "1", Measure.TREE, 5, None, None, DAYS[0], None, "x", "x", "x", "x"))
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO rewards_reversal (reversal_id, award_id, person_id, reason, points,"
                " taken, reversed_at) VALUES (:id, :award, :person, 'returned', 0, 0, now())"
            ),
            {"id": uuid4(), "award": cause.award_id, "person": li.person_id},
        )
        award(session, cause, datetime(2026, 12, 31, tzinfo=CHINA))
    with snapshot() as session:
        assert not queries.by_id(session, [cause.award_id])
