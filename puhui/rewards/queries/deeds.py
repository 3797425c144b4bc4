"""Verified deeds as they stand: what teams, badges and rankings are made of.

All of it reads the view `rewards_deed` (migration 0032), which leaves out what was bought, donated
for, put right by hand or taken back.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from puhui.rewards.badge import Deed, Record
from puhui.rewards.team import Contribution

_RECORDS = text(
    "SELECT kind, deed_on, quantity, points, species FROM rewards_deed"
    " WHERE person_id = :person_id ORDER BY deed_on, award_id"
)

# Somebody who left and came back on the same day counts once for it.
_CONTRIBUTIONS = text(
    """
    SELECT d.person_id,
           coalesce(sum(d.quantity) FILTER (WHERE d.kind = 'planting'), 0) AS trees,
           coalesce(sum(d.quantity) FILTER (WHERE d.kind IN ('tending', 'volunteering')), 0)
             AS hours,
           sum(d.points) AS points
    FROM (SELECT DISTINCT person_id FROM rewards_membership
          WHERE team_id = :team_id AND counts_from IS NOT NULL) AS p
    JOIN rewards_deed d USING (person_id)
    WHERE EXISTS (
      SELECT FROM rewards_membership m
      WHERE m.team_id = :team_id AND m.person_id = d.person_id AND d.deed_on >= m.counts_from
        AND (m.counts_until IS NULL OR d.deed_on <= m.counts_until))
    GROUP BY d.person_id
    """
)
_PERSON_OF = {
    "planting": text("SELECT person_id FROM rewards_planting WHERE planting_id = :name"),
    "report": text("SELECT person_id FROM rewards_report WHERE report_id = :name"),
    "survey": text(
        "SELECT p.person_id FROM rewards_survey s JOIN rewards_planting p USING (planting_id)"
        " WHERE s.survey_id = :name"
    ),
}


def records_of(session: Session, person_id: UUID) -> Sequence[Record]:
    """Return a person's verified deeds, the earliest first."""
    rows = session.execute(_RECORDS, {"person_id": person_id})
    return [
        Record(Deed(row.kind), row.deed_on, row.quantity, row.points, row.species) for row in rows
    ]


def contributions(session: Session, team_id: UUID) -> Sequence[Contribution]:
    """Return what each who is or was a member has done while one."""
    rows = session.execute(_CONTRIBUTIONS, {"team_id": team_id})
    return [
        Contribution(row.person_id, int(row.trees), int(row.hours), int(row.points)) for row in rows
    ]


def person_of(session: Session, kind: str, name: UUID) -> UUID:
    """Return whose a planting, a report or a survey's planting is."""
    found: UUID = session.scalars(_PERSON_OF[kind], {"name": name}).one()
    return found
