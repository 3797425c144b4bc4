"""Who stands where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.identity.purpose import Purpose
from puhui.kernel.actor import Actor
from puhui.kernel.county import county_name
from puhui.rewards.model.standing import Standing, StandingStep
from puhui.rewards.model.team import Team
from puhui.rewards.queries.teams import teams_of
from puhui.rewards.ranking import TOP, Board, Place, places


@dataclass(frozen=True)
class Entry:
    """A line of a ranking, by a name and never by an id."""

    place: Place
    called: str
    """A person's or a team's name; of a county nothing but where it is."""
    county_code: str | None
    people: int
    is_own: bool

    @property
    def name(self) -> str:
        """Return the name with the county, in Chinese."""
        if self.county_code is None:
            return self.called
        county = county_name(self.county_code)
        return f"{self.called}（{county}）" if self.called else county


@dataclass(frozen=True)
class Ranking:
    """The top of a board over a span of time, and where the reader stands."""

    board: Board
    period: str
    entries: tuple[Entry, ...]
    ranked: int
    """How many stand on it in all."""
    own: Place | None
    """The reader's own place among the people."""
    agreed: bool
    """Whether the reader agrees to be ranked."""


def ranking(
    session: Session, actor: Actor | None, board: Board, period: str, now: datetime
) -> Ranking:
    """Return the top hundred of a board, and the reader's own place among the people.

    Whoever has withdrawn their consent is not in it from the same commit on.
    """
    rows = session.execute(
        select(Standing.subject, Standing.score, Standing.people)
        .where(Standing.board == board, Standing.period == period)
        .order_by(Standing.score.desc(), Standing.subject)
        .limit(TOP)
    ).all()
    names = _NAMES[board](session, [row.subject for row in rows], now)
    mine = _mine(session, actor, board)
    entries = tuple(
        Entry(place, *names[row.subject], row.people, row.subject in mine)
        for row, place in zip(rows, places([row.score for row in rows]), strict=True)
        if row.subject in names
    )
    ranked = session.scalar(
        select(func.coalesce(func.sum(StandingStep.subjects), 0)).where(
            StandingStep.board == board, StandingStep.period == period
        )
    )
    agreed = actor is not None and consents.given(session, actor.person_id, Purpose.RANKING)
    own = own_place(session, actor.person_id, period) if actor is not None else None
    return Ranking(
        board, period, entries, int(ranked or 0), own if board is Board.PEOPLE else None, agreed
    )


def own_place(session: Session, person_id: UUID, period: str) -> Place | None:
    """Return a person's own place, None if they do not stand in the ranking.

    One more than how many have more: a sum over the scores above, however many people there are.
    """
    above = (
        select(func.coalesce(func.sum(StandingStep.subjects), 0))
        .where(
            StandingStep.board == Standing.board,
            StandingStep.period == Standing.period,
            StandingStep.score > Standing.score,
        )
        .scalar_subquery()
    )
    found = session.execute(
        select(Standing.score, above).where(
            Standing.board == Board.PEOPLE,
            Standing.period == period,
            Standing.subject == str(person_id),
        )
    ).one_or_none()
    return None if found is None else Place(1 + int(found[1]), found[0])


def spans(session: Session, board: Board) -> Sequence[str]:
    """Return the spans of time in which somebody stands, the latest first."""
    return session.scalars(
        select(StandingStep.period)
        .where(StandingStep.board == board)
        .distinct()
        .order_by(StandingStep.period.desc())
    ).all()


_Names = Mapping[str, tuple[str, str | None]]
"""What a subject is called, and the code of its county."""


def _people(session: Session, subjects: Sequence[str], now: datetime) -> _Names:
    ids = [UUID(one) for one in subjects]
    found = identity.adults_who_agree(session, ids, Purpose.RANKING, now)
    return {str(person_id): (name, None) for person_id, name in found.items()}


def _teams(session: Session, subjects: Sequence[str], _now: datetime) -> _Names:
    ids = [UUID(one) for one in subjects]
    rows = session.execute(
        select(Team.team_id, Team.name, Team.county_code).where(
            Team.team_id.in_(ids), Team.ranked, Team.closed_at.is_(None)
        )
    )
    return {str(row.team_id): (row.name, row.county_code) for row in rows}


def _counties(_session: Session, subjects: Sequence[str], _now: datetime) -> _Names:
    return {code: ("", code) for code in subjects}


_NAMES: Mapping[Board, Callable[[Session, Sequence[str], datetime], _Names]] = {
    Board.PEOPLE: _people,
    Board.TEAMS: _teams,
    Board.COUNTIES: _counties,
}


def _mine(session: Session, actor: Actor | None, board: Board) -> frozenset[str]:
    if actor is None:
        return frozenset()
    if board is Board.PEOPLE:
        return frozenset({str(actor.person_id)})
    if board is Board.TEAMS:
        return frozenset(str(team.team_id) for team, _, _ in teams_of(session, actor))
    return frozenset()
