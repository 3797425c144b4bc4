"""Keep the projections: who stands where, and what is counted by city.

They hold nothing that could not be made again from the records. A person is counted anew whenever
something of theirs was verified or taken back; teams, counties and cities every few minutes.
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
_COUNTIES = text(
    f"""
    {_INTO}
    SELECT 'counties', county_code, period, sum(quantity), count(DISTINCT person_id)
    FROM rewards_deed JOIN rewards_base USING (base_id) CROSS JOIN LATERAL {_PERIODS}
    WHERE kind = 'planting'
    GROUP BY county_code, period HAVING count(DISTINCT person_id) >= :least
    """  # noqa: S608
)
_CITIES = text(
    """
    INSERT INTO rewards_city_year (city, year, plantings, trees, planted, alive, points, people,
                                   checked_people, counted_at)
    SELECT c.city, date_part('year', d.deed_on), count(*), sum(d.quantity),
           coalesce(sum(d.quantity) FILTER (WHERE s.alive IS NOT NULL), 0),
           coalesce(sum(s.alive), 0), sum(d.points), count(DISTINCT d.person_id),
           count(DISTINCT d.person_id) FILTER (WHERE s.alive IS NOT NULL), :now
    FROM rewards_deed d JOIN rewards_base b USING (base_id)
    JOIN unnest(CAST(:counties AS text[]), CAST(:cities AS text[])) AS c (county, city)
      ON c.county = b.county_code
    LEFT JOIN LATERAL (
      SELECT y.alive FROM rewards_survey y
      WHERE y.planting_id = d.cause_id AND y.state = 'confirmed'
        AND EXISTS (SELECT FROM rewards_survey k
                    WHERE k.planting_id = y.planting_id AND k.state = 'confirmed'
                      AND k.stage IN ('year_1', 'year_3', 'year_5')
                      AND k.surveyed_on <= y.surveyed_on)
      ORDER BY y.surveyed_on DESC, y.alive LIMIT 1) AS s ON true
    WHERE d.kind = 'planting' GROUP BY c.city, date_part('year', d.deed_on)
    """
)


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
    session.execute(delete(Standing).where(Standing.board != Board.PEOPLE))
    session.execute(_TEAMS, {"least": LEAST_PEOPLE})
    session.execute(_COUNTIES, {"least": LEAST_PEOPLE})
    session.execute(delete(CityYear))
    known = counties()
    lie_in = {
        code: known[code].city
        for code in session.scalars(select(PlantingBase.county_code).distinct())
        if code in known
    }
    session.execute(
        _CITIES, {"counties": list(lie_in), "cities": list(lie_in.values()), "now": now}
    )


def leave_team_board(session: Session, team_id: UUID) -> None:
    """Take a team out of the rankings at once."""
    session.execute(
        delete(Standing).where(Standing.board == Board.TEAMS, Standing.subject == str(team_id))
    )
