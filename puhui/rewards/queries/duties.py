"""Duty trees: parameters, what people recorded, what their years count, certificates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.code import read_code
from puhui.kernel.errors import NotFound
from puhui.rewards import duty
from puhui.rewards.duty import Category, Certificate, DutyDraft, Parameter
from puhui.rewards.errors import NoSuchDuty, NoSuchDutyCertificate
from puhui.rewards.model.duty import Duty, DutyCertificate, DutyEntry, DutyParameter
from puhui.rewards.queries.plantings import shares_organisation

CODE_LENGTH = 12


@dataclass(frozen=True)
class ParameterCard:
    """A parameter with its name and when it was entered."""

    parameter_id: UUID
    parameter: Parameter
    published_at: datetime


@dataclass(frozen=True)
class DutyCard:
    """A recorded duty, and what became of it."""

    duty_id: UUID
    person_id: UUID
    recorded_by: UUID
    draft: DutyDraft
    state: str
    trees: int
    """What it counts as, by the parameter of its day."""
    recorded_at: datetime
    decided_at: datetime | None
    reason: str | None


@dataclass(frozen=True)
class EntryCard:
    """Trees that count for a year, or count no longer, and why."""

    entry_id: UUID
    line: int
    done_on: date
    category: Category
    province: str
    trees: int
    cause_kind: str
    cause_id: UUID
    parameter_id: UUID | None
    guardian_id: UUID | None
    counted_at: datetime


@dataclass(frozen=True)
class DutyYear:
    """What one person's calendar year counts, in trees."""

    person_id: UUID
    year: int
    trees: int
    by_category: Mapping[Category, int]

    @property
    def tier(self) -> Certificate:
        """Return what the year has earned so far."""
        return duty.certificate(self.trees)


@dataclass(frozen=True)
class CertificateCard:
    """A certificate as anybody may see it; `name` is there only if its holder agrees."""

    code: str
    certificate_id: UUID
    year: int
    tier: Certificate
    trees: int
    trees_now: int
    """What the year counts today: fewer, if trees have died since."""
    by_category: Mapping[Category, int] | None
    """None unless the holder chose to show it."""
    name: str | None
    issued_at: datetime

    @property
    def stands(self) -> bool:
        """Whether the year still earns it."""
        return duty.certificate(self.trees_now) in {self.tier, Certificate.HONOUR}


def parameters(session: Session) -> Sequence[ParameterCard]:
    """Return every parameter on record, by province and form, the newest first."""
    rows = session.scalars(
        select(DutyParameter).order_by(
            DutyParameter.province,
            DutyParameter.category,
            DutyParameter.unit,
            DutyParameter.valid_from.desc().nulls_last(),
        )
    )
    return [ParameterCard(row.parameter_id, row.value, row.published_at) for row in rows]


def parameter_for(session: Session, draft: DutyDraft) -> tuple[UUID, Parameter]:
    """Return the parameter that converts a duty, and its name.

    Raises:
        NoConversion: the province's parameter for that form, unit and day is not on record.
    """
    named = {card.parameter: card.parameter_id for card in parameters(session)}
    found = duty.parameter_on(named, draft.province, draft.category, draft.unit, draft.done_on)
    return named[found], found


def card_of(session: Session, row: Duty) -> DutyCard:
    """Return a recorded duty with what it counts as."""
    _, parameter = parameter_for(session, row.draft)
    return DutyCard(
        row.duty_id,
        row.person_id,
        row.recorded_by,
        row.draft,
        row.state,
        duty.trees_for(parameter, row.quantity),
        row.recorded_at,
        row.decided_at,
        row.reason,
    )


def duty_for(session: Session, actor: Actor, duty_id: UUID) -> DutyCard:
    """Return a recorded duty to its person, their guardian, a verifier or an auditor.

    Raises:
        NoSuchDuty: there is none, or it is not theirs to see; the two look the same.
    """
    row = session.get(Duty, duty_id)
    if row is None or not (
        actor.person_id in {row.person_id, row.recorded_by}
        or actor.may(Permission.PLANTING_REVIEW)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchDuty(duty=str(duty_id))
    return card_of(session, row)


def duties_of(
    session: Session,
    actor: Actor,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[DutyCard]:
    """Return what the actor recorded for themselves and their children, newest first."""
    query = select(Duty).where(
        (Duty.person_id == actor.person_id) | (Duty.recorded_by == actor.person_id)
    )
    if before is not None:
        query = query.where(tuple_(Duty.recorded_at, Duty.duty_id) < before)
    rows = session.scalars(
        query.order_by(Duty.recorded_at.desc(), Duty.duty_id.desc()).limit(most)
    ).all()
    return [card_of(session, row) for row in rows]


def duties_waiting(
    session: Session,
    actor: Actor,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[DutyCard]:
    """Return what the verifier may confirm, oldest first.

    Raises:
        Forbidden: the actor is no verifier.
    """
    actor.require(Permission.PLANTING_REVIEW)
    query = select(Duty).where(
        Duty.state == "recorded",
        Duty.person_id != actor.person_id,
        Duty.recorded_by != actor.person_id,
        Duty.person_id.not_in(identity.erased_people()),
    )
    if after is not None:
        query = query.where(tuple_(Duty.recorded_at, Duty.duty_id) > after)
    rows = session.scalars(query.order_by(Duty.recorded_at, Duty.duty_id).limit(most)).all()
    strangers = [row for row in rows if not shares_organisation(session, actor, row.person_id)]
    return [card_of(session, row) for row in strangers]


def whose(session: Session, actor: Actor, person_id: UUID | None) -> UUID:
    """Return whose duty it is: the actor's own, or that of a child they are guardian of.

    Raises:
        NotFound: the person is neither.
    """
    if person_id is None or person_id == actor.person_id:
        return actor.person_id
    found = identity.profile(session, person_id)
    if found is None or found.guardian_id != actor.person_id:
        raise NotFound(person=str(person_id))
    return person_id


def years_of(session: Session, person_id: UUID) -> Sequence[DutyYear]:
    """Return what each of the person's years counts, the latest first."""
    rows = session.execute(
        select(DutyEntry.year, DutyEntry.category, func.sum(DutyEntry.trees))
        .where(DutyEntry.person_id == person_id)
        .group_by(DutyEntry.year, DutyEntry.category)
        .order_by(DutyEntry.year.desc())
    )
    years: dict[int, dict[Category, int]] = {}
    for year, category, trees in rows:
        years.setdefault(year, {})[Category(category)] = int(trees)
    return [
        DutyYear(person_id, year, sum(counted.values()), counted) for year, counted in years.items()
    ]


def year_of(session: Session, person_id: UUID, year: int) -> DutyYear:
    """Return what one year counts; a year without entries counts nothing."""
    found = [one for one in years_of(session, person_id) if one.year == year]
    return found[0] if found else DutyYear(person_id, year, 0, {})


def entries(session: Session, person_id: UUID, year: int) -> Sequence[EntryCard]:
    """Return the lines of one year in the order in which they were counted."""
    rows = session.scalars(
        select(DutyEntry)
        .where(DutyEntry.person_id == person_id, DutyEntry.year == year)
        .order_by(DutyEntry.line)
    )
    return [
        EntryCard(
            row.entry_id,
            row.line,
            row.done_on,
            Category(row.category),
            row.province,
            row.trees,
            row.cause_kind,
            row.cause_id,
            row.parameter_id,
            row.guardian_id,
            row.counted_at,
        )
        for row in rows
    ]


def certificate_card(session: Session, row: DutyCertificate, *, to_holder: bool) -> CertificateCard:
    """Return a certificate as its holder, or as anybody else, may see it."""
    year = year_of(session, row.person_id, row.year)
    named = to_holder or consents.given(session, row.person_id, consents.Purpose.CERTIFICATE_NAME)
    return CertificateCard(
        row.code,
        row.certificate_id,
        row.year,
        Certificate(row.tier),
        row.trees,
        year.trees,
        year.by_category if to_holder or row.shows_categories else None,
        row.name if named else None,
        row.issued_at,
    )


def certificate_by_code(session: Session, written: str, actor: Actor | None) -> CertificateCard:
    """Return a certificate by its code, as the asker may see it.

    Raises:
        NoSuchDutyCertificate: there is none.
    """
    row = row_by_code(session, written)
    return certificate_card(session, row, to_holder=is_holder(session, actor, row))


def row_by_code(session: Session, written: str) -> DutyCertificate:
    """Return a certificate's row by its code, read as it was meant.

    Raises:
        NoSuchDutyCertificate: there is none.
    """
    row = session.scalar(
        select(DutyCertificate).where(DutyCertificate.code == read_code(written, CODE_LENGTH))
    )
    if row is None:
        raise NoSuchDutyCertificate(code=written)
    return row


def is_holder(session: Session, actor: Actor | None, row: DutyCertificate) -> bool:
    """Whether the asker holds the certificate, or is guardian of the child who does."""
    if actor is None:
        return False
    if actor.person_id == row.person_id:
        return True
    found = identity.profile(session, row.person_id)
    return found is not None and found.guardian_id == actor.person_id


def certificates_of(
    session: Session, person_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[CertificateCard]]:
    """Return the certificates of these people as they see them, the latest year first."""
    rows = session.scalars(
        select(DutyCertificate)
        .where(DutyCertificate.person_id.in_(person_ids))
        .order_by(DutyCertificate.year.desc(), DutyCertificate.tier)
    )
    found: dict[UUID, list[CertificateCard]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(certificate_card(session, row, to_holder=True))
    return found
