"""Rankings: by consent, gone with it at once, ties on one place, the young and the few never."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from puhui.db.session import snapshot, transaction
from puhui.identity.errors import NotForTheYoung
from puhui.identity.model import Person
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.rewards.queries import rankings as queries
from puhui.rewards.queries.rankings import Ranking
from puhui.rewards.ranking import Board, Place, is_period, places
from puhui.rewards.service import awards, reversals, standings, teams
from puhui.rewards.service.awards import Cause
from puhui.rewards.team import TeamDraft, TeamKind
from tests.makers.identity import SignedIn, person
from tests.makers.rewards import planted, reviewed, rulebook
from tests.makers.team import agreed, joined, team, withdrawn
from tests.rewards.test_at_once import at_once

pytestmark = pytest.mark.usefixtures("noon", "database")


@pytest.fixture
def rules() -> None:
    rulebook()


def board(of: Board = Board.PEOPLE, period: str = "all", who: SignedIn | None = None) -> Ranking:
    with snapshot() as session:
        return queries.ranking(session, who and who.actor, of, period, clock.now())


def lines(found: Ranking) -> list[tuple[int, int, str]]:
    return [(one.place.rank, one.place.score, one.name) for one in found.entries]


def doer(name: str, hours: int, **about) -> SignedIn:
    """Somebody with so many verified hours of tending, at 20 points each."""
    who, now = person(name, **about), clock.now()
    with transaction() as session:
        done = Cause("tending", uuid4(), who.person_id, hours, clock.day_of(now))
        awards.award(session, done, now)
    return who


def recounted(*people: SignedIn) -> None:
    with transaction() as session:
        for one in people:
            standings.recount_person(session, one.person_id, clock.now())


def ranked(name: str, hours: int) -> SignedIn:
    """Somebody who agrees, and is counted."""
    who = doer(name, hours)
    agreed(who)
    recounted(who)
    return who


def test_whoever_agrees_is_ranked_and_withdrawing_takes_them_out_at_once(rules, settle) -> None:
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    li, mei = person("李雷"), doer("韩梅梅", 5)
    doer("不愿", 8)
    reviewed(wang, planted(li, 3))
    settle()
    assert lines(board()) == []
    agreed(li)
    agreed(mei)
    settle()
    assert lines(board()) == [(1, 100, "韩梅梅"), (2, 60, "李雷")]
    assert lines(board(period="2026-03")) == lines(board(period="2026")) == lines(board())
    assert lines(board(period="2025")) == []
    assert board(who=li).own == Place(2, 60)
    withdrawn(mei)  # and no message has been dealt with since
    found = board(who=li)
    assert (lines(found), found.own, found.ranked) == ([(1, 60, "李雷")], Place(1, 60), 1)
    assert board(who=mei).own is None


def test_ties_share_a_place_and_the_next_stands_lower(rules) -> None:
    people = [ranked(name, hours) for name, hours in zip("甲乙丙丁", (5, 3, 3, 1), strict=True)]
    assert [one.place.rank for one in board().entries] == [1, 2, 2, 4]
    assert [board(who=one).own for one in people] == [
        Place(1, 100), Place(2, 60), Place(2, 60), Place(4, 20),
    ]  # fmt: skip


def test_bought_points_rank_nobody_and_what_was_taken_back_no_longer(rules) -> None:
    li = ranked("李雷", 3)
    with transaction() as session:
        awards.award_purchase(session, uuid4(), uuid4(), li.person_id, clock.now())
    recounted(li)
    assert lines(board()) == [(1, 60, "李雷")]
    query = "SELECT award_id FROM rewards_award WHERE cause_kind = 'tending'"
    with transaction() as session:
        award_id = session.scalars(text(query)).one()
        reversals.reverse(
            session, uuid4(), award_id, li.person_id, reason="doubted", now=clock.now()
        )
    recounted(li)
    assert lines(board()) == []


def test_who_may_be_under_18_or_is_shut_out_is_never_ranked(rules) -> None:
    with pytest.raises(NotForTheYoung):
        agreed(doer("小明", 3, birth_year=2008))
    li = ranked("李雷", 3)
    for wrong, right in (
        ({"birth_year": 2010}, {"birth_year": 1990}),
        ({"disabled_at": clock.now()}, {"disabled_at": None}),
    ):
        for about, shown in ((wrong, []), (right, [(1, 60, "李雷")])):
            with transaction() as session:
                row = session.get_one(Person, li.person_id)
                for key, value in about.items():
                    setattr(row, key, value)
            assert lines(board()) == shown


def test_teams_of_fewer_than_five_or_that_do_not_want_to_are_not_shown(rules) -> None:
    people = [person(name) for name in "甲乙丙丁戊"]
    team_id = team(people[0])
    for number, one in enumerate(people):
        if number:
            joined(one, team_id)
        with transaction() as session:
            standings.recount_places(session, clock.now())
        assert lines(board(Board.TEAMS)) == []
        with transaction() as session:
            done = Cause("tending", uuid4(), one.person_id, 1, clock.day_of(clock.now()))
            awards.award(session, done, clock.now())
    with transaction() as session:
        standings.recount_places(session, clock.now())
    found = board(Board.TEAMS, who=people[4])
    assert lines(found) == [(1, 100, "常口村植树队（将乐县）")]
    assert (found.entries[0].people, found.entries[0].is_own) == (5, True)
    with transaction() as session:
        draft = TeamDraft(TeamKind.VILLAGE, "常口村植树队", "350428", ranked=False)
        teams.describe_team(session, people[0].actor, team_id, draft, clock.now())
    assert lines(board(Board.TEAMS)) == []


def test_the_projection_is_made_again_from_the_records(rules, database: Engine) -> None:
    for name, hours in zip("甲乙丙", (5, 3, 3), strict=True):
        ranked(name, hours)
    kept = "SELECT * FROM rewards_standing_step ORDER BY 1, 2, 3"
    with database.connect() as connection:
        before = (lines(board()), connection.execute(text(kept)).all())
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM rewards_standing"))
        connection.execute(text("DELETE FROM rewards_standing_step"))
    with transaction() as session:
        standings.recount_people(session, clock.now())
    with database.connect() as connection:
        assert (lines(board()), connection.execute(text(kept)).all()) == before


def test_eight_counted_and_withdrawn_at_once_leave_no_trace_of_who_left(rules) -> None:
    people = [ranked(f"市民{n}", 1 + n % 2) for n in range(8)]
    at_once(lambda n: withdrawn(people[n]) if n < 4 else recounted(people[n], people[n - 4]))
    assert sorted(lines(board())) == sorted(
        (1 if n % 2 else 3, 20 + n % 2 * 20, f"市民{n}") for n in range(4, 8)
    )
    assert [board(who=one).own for one in people[:4]] == [None] * 4


@given(st.lists(st.integers(1, 50), max_size=30))
def test_a_rank_is_one_more_than_how_many_have_more(scores) -> None:
    scores.sort(reverse=True)
    assert places(scores) == [
        Place(1 + sum(other > score for other in scores), score) for score in scores
    ]


def test_a_period_is_a_month_a_year_or_all_time() -> None:
    assert all(map(is_period, ("all", "2026", "2026-03")))
    assert not any(map(is_period, ("2026-13", "1999", "ALL", "2026-3", "")))


def test_the_page_and_the_api_show_the_same_to_everyone(client, rules) -> None:
    li = ranked("李<b>雷", 3)
    page = client.get("/rankings").text
    assert "李&lt;b&gt;雷" in page
    assert str(li.person_id) not in page
    answer = client.get("/api/rankings/people?period=2026").json
    assert answer["entries"] == [
        {"rank": 1, "score": 60, "name": "李<b>雷", "people": 1, "is_own": False}
    ]
    own = client.get("/api/rankings/people", headers=li.headers).json
    assert (own["own"], own["agreed"]) == ({"rank": 1, "score": 60}, True)
    for address in ("/rankings?board=x", "/rankings?period=2026-13", "/api/rankings/x"):
        assert client.get(address).status_code == 404
    assert client.get("/api/rankings/people?period=x").status_code == 422
    client.set_cookie("puhui_session", li.token)
    assert "您排第 1 名，60 积分；共 1 人参加。" in client.get("/rankings").text
