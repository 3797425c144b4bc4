"""Keep the projections: who stands where, and what is counted by city.

They hold nothing that could not be made again from the records. A person is counted anew whenever
something of theirs was verified or taken back; teams, counties and cities every ten minutes.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.identity.purpose import Purpose
from puhui.kernel.county import counties
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.model.standing import CityYear, Standing
from puhui.rewards.ranking import LEAST_PEOPLE, Board

_PERIODS = (
    "(VALUES (to_char(deed_on, 'YYYY-MM')), (to_char(deed_on, 'YYYY')), ('all')) AS p (period)"
)
_INTO = "INSERT INTO rewards_standing (board, subject, period, score, people)"

_PEOPLE = text(
    f"""
    {_INTO}
    SELECT 'people', person_id::text, period, sum(points), 1
    FROM rewards_deed CROSS JOIN LATERAL {_PERIODS}
    WHERE person_id = ANY (:people) GROUP BY person_id, period HAVING sum(points) > 0
    """  # noqa: S608  nothing in it comes from outside
)

# A deed on the day on which somebody left and came back counts once.
_TEAMS = text(
    f"""
    WITH done AS (
      SELECT DISTINCT m.team_id, d.award_id, d.person_id, d.deed_on, d.points
      FROM rewards_team t JOIN rewards_membership m USING (team_id)
      JOIN rewards_deed d ON d.person_id = m.person_id AND d.deed_on >= m.counts_from
        AND (m.counts_until IS NULL OR d.deed_on <= m.counts_until)
      WHERE t.ranked AND t.closed_at IS NULL)
    {_INTO}
    SELECT 'teams', team_id::text, period, sum(points), count(DISTINCT person_id)
    FROM done CROSS JOIN LATERAL {_PERIODS}
    GROUP BY team_id, period HAVING sum(points) > 0 AND count(DISTINCT person_id) >= :least
    """  # noqa: S608
)
# Deeds are read once and brought down to a row for each person, county and month, then year:
# whoever has one row is counted without being looked for among the others. Of a planting that was
# looked at after a year, the latest look says how many trees live. What one person did fits into an
# int, which adds up in a third of the time; a sum over people is a bigint.
_COUNTIES_AND_CITIES = text(
    f"""
    WITH looked_at AS (
      SELECT DISTINCT ON (y.planting_id) y.planting_id, y.alive FROM rewards_survey y
      WHERE y.state = 'confirmed'
        AND EXISTS (SELECT FROM rewards_survey k
                    WHERE k.planting_id = y.planting_id AND k.state = 'confirmed'
                      AND k.stage IN ('year_1', 'year_3', 'year_5')
                      AND k.surveyed_on <= y.surveyed_on)
      ORDER BY y.planting_id, y.surveyed_on DESC, y.alive),
    by_month AS MATERIALIZED (
      SELECT b.county_code, d.person_id, date_trunc('month', d.deed_on::timestamp) AS month,
             count(*)::int AS plantings, sum(d.quantity::int)::int AS trees,
             sum(d.points::int)::int AS points,
             coalesce(sum(d.quantity::int) FILTER (WHERE s.alive IS NOT NULL), 0)::int AS planted,
             coalesce(sum(s.alive::int), 0)::int AS alive,
             bool_or(s.alive IS NOT NULL) AS checked
      FROM rewards_deed d JOIN rewards_base b USING (base_id)
      LEFT JOIN looked_at s ON s.planting_id = d.cause_id
      WHERE d.kind = 'planting' GROUP BY 1, 2, 3),
    by_year AS MATERIALIZED (
      SELECT county_code, person_id, date_part('year', month)::int AS year,
             sum(plantings)::int AS plantings, sum(trees)::int AS trees, sum(points)::int AS points,
             sum(planted)::int AS planted, sum(alive)::int AS alive, bool_or(checked) AS checked
      FROM by_month GROUP BY 1, 2, 3),
    ever AS (
      SELECT county_code, person_id, sum(trees)::int AS trees FROM by_year GROUP BY 1, 2),
    counted AS (
      {_INTO}
      SELECT 'counties', county_code, to_char(month, 'YYYY-MM'), sum(trees), count(*)
      FROM by_month GROUP BY county_code, month HAVING count(*) >= :least
      UNION ALL
      SELECT 'counties', county_code, year::text, sum(trees), count(*)
      FROM by_year GROUP BY county_code, year HAVING count(*) >= :least
      UNION ALL
      SELECT 'counties', county_code, 'all', sum(trees), count(*)
      FROM ever GROUP BY county_code HAVING count(*) >= :least)
    INSERT INTO rewards_city_year (city, year, plantings, trees, planted, alive, points, people,
                                   checked_people, counted_at)
    SELECT city, year, sum(plantings), sum(trees), sum(planted), sum(alive), sum(points), count(*),
           count(*) FILTER (WHERE checked), :now
    FROM (SELECT c.city, y.person_id, y.year, sum(y.plantings)::int AS plantings,
                 sum(y.trees)::int AS trees, sum(y.planted)::int AS planted,
                 sum(y.alive)::int AS alive, sum(y.points)::int AS points,
                 bool_or(y.checked) AS checked
          FROM by_year y
          JOIN unnest(CAST(:counties AS text[]), CAST(:cities AS text[])) AS c (county, city)
            ON c.county = y.county_code
          GROUP BY c.city, y.person_id, y.year) AS each_once
    GROUP BY city, year
    """  # noqa: S608
)
# For this transaction alone: to group a million rows in 4 MB takes longer than everything else.
_ROOM = text("SET LOCAL work_mem = '128MB'")


def recount_person(session: Session, person_id: UUID, now: datetime) -> None:
    """Let a person stand where their verified deeds put them, or nowhere if they do not agree."""
    _people_anew(session, [person_id], now)


def recount_people(session: Session, now: datetime) -> None:
    """Make the ranking of people again, from nothing but the records and the consents."""
    _people_anew(session, None, now)


def _people_anew(session: Session, person_ids: Sequence[UUID] | None, now: datetime) -> None:
    # Held before the consents are read: whoever withdraws meanwhile waits, and then takes out
    # what was written here.
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended("rewards.standing", 0)))
    )
    gone = delete(Standing).where(Standing.board == Board.PEOPLE)
    if person_ids is not None:
        gone = gone.where(Standing.subject.in_([str(one) for one in person_ids]))
    session.execute(gone)
    agreed = identity.adults_who_agree(session, person_ids, Purpose.RANKING, now)
    if agreed:
        session.execute(_PEOPLE, {"people": list(agreed)})


def recount_places(session: Session, now: datetime) -> None:
    """Count teams, counties and cities anew."""
    session.execute(_ROOM)
    session.execute(delete(Standing).where(Standing.board != Board.PEOPLE))
    session.execute(_TEAMS, {"least": LEAST_PEOPLE})
    session.execute(delete(CityYear))
    known = counties()
    lie_in = {
        code: known[code].city
        for code in session.scalars(select(PlantingBase.county_code).distinct())
        if code in known
    }
    session.execute(
        _COUNTIES_AND_CITIES,
        {
            "least": LEAST_PEOPLE,
            "counties": list(lie_in),
            "cities": list(lie_in.values()),
            "now": now,
        },
    )


def leave_team_board(session: Session, team_id: UUID) -> None:
    """Take a team out of the rankings at once."""
    session.execute(
        delete(Standing).where(Standing.board == Board.TEAMS, Standing.subject == str(team_id))
    )
