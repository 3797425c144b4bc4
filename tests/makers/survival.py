"""Surveys for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.rewards.service import survivals
from puhui.rewards.survival import DeathCause, Stage, SurveyDraft
from tests.makers.identity import SignedIn
from tests.makers.rewards import photo


@contextmanager
def later(days: int) -> Iterator[datetime]:
    """So many days later, at noon."""
    then = clock.now() + timedelta(days=days)
    with clock.stopped(then):
        yield then


def seen(
    by: SignedIn,
    planting_id: UUID,
    alive: int,
    stage: Stage = Stage.YEAR_1,
    deaths: dict[DeathCause, int] | None = None,
    *,
    size: tuple[str, str] | None = None,
    area_m2: int | None = None,
) -> SurveyDraft:
    """Say what was seen today; the person sends a photograph."""
    return SurveyDraft(
        planting_id,
        stage,
        clock.day_of(clock.now()),
        alive,
        tuple((deaths or {}).items()),
        (photo(by),),
        Decimal(size[0]) if size else None,
        Decimal(size[1]) if size else None,
        area_m2,
    )


def surveyed(by: SignedIn, *args, survey_id: UUID | None = None, **options) -> UUID:
    """Let the person report what they saw; return the survey's id."""
    name, draft = survey_id or uuid4(), seen(by, *args, **options)
    with transaction() as session:
        survivals.report_survey(session, by.actor, name, draft, clock.now())
    return name


def judged(by: SignedIn, survey_id: UUID, reason: str | None = None):
    """Let a verifier confirm a survey, or refuse it for a reason."""
    with transaction() as session:
        return survivals.decide_survey(session, by.actor, survey_id, reason, clock.now())
