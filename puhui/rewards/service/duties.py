"""The book of duty trees: publish parameters, record duties, confirm them, count trees."""

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_
from puhui.register.service import record
from puhui.rewards import duty as rules
from puhui.rewards.duty import Category, DutyDraft, Parameter
from puhui.rewards.errors import NameTaken, NoSuchDuty, OwnDuty, ParameterDiffers
from puhui.rewards.model.duty import Duty, DutyEntry, DutyParameter
from puhui.rewards.model.planting import Planting
from puhui.rewards.planting import State
from puhui.rewards.province import province_of
from puhui.rewards.queries import duties as queries
from puhui.rewards.queries.bases import base
from puhui.rewards.queries.duties import DutyCard, ParameterCard
from puhui.rewards.queries.plantings import shares_organisation

PARAMETERS = UUID("5d0e5d55-8a7f-5f6e-9c0a-3b1d2f4a6c71")


def load_parameters(session: Session, now: datetime) -> int:
    """Publish the parameters that the product ships; return how many were new."""
    return sum(_publish(session, _name_of(one), one, None, now) for one in rules.shipped())


def _name_of(one: Parameter) -> UUID:
    begins = one.valid_from.isoformat() if one.valid_from else ""
    return uuid5(PARAMETERS, f"{one.province} {one.category} {one.unit} {begins}")


def publish_parameter(
    session: Session, actor: Actor, parameter_id: UUID, parameter: Parameter, now: datetime
) -> ParameterCard:
    """Enter how a province counts a form, with its document; the same again changes nothing.

    What was counted before stays as it was counted: an entry keeps its parameter.

    Raises:
        Forbidden: the actor may not publish parameters.
        Invalid: with everything that cannot be right.
        ParameterDiffers: that province, form, unit and day have another one already.
        NameTaken: the name was used for another parameter.
    """
    actor.require(Permission.DUTY_PUBLISH)
    faults = rules.judge_parameter(parameter)
    if parameter.document is None:
        message = N_("录入折算标准必须附上公布的文件")
        faults.append(Fault("document_missing", message, field="document_sha256"))
    if faults:
        raise Invalid(faults)
    _publish(session, parameter_id, parameter, actor.person_id, now)
    row = session.get_one(DutyParameter, parameter_id)
    return ParameterCard(row.parameter_id, row.value, row.published_at)


def _publish(
    session: Session, parameter_id: UUID, one: Parameter, by: UUID | None, now: datetime
) -> bool:
    paper = one.document
    made = session.scalar(
        insert(DutyParameter)
        .values(
            parameter_id=parameter_id,
            province=one.province,
            category=one.category,
            unit=one.unit,
            per_tree=one.per_tree,
            valid_from=one.valid_from,
            source=one.source,
            document_title=paper and paper.title,
            document_number=paper and paper.number,
            document_address=paper and paper.address,
            document_sha256=paper and paper.sha256,
            published_by=by,
            published_at=now,
        )
        .on_conflict_do_nothing()
        .returning(DutyParameter.parameter_id)
    )
    if made is None:
        row = session.get(DutyParameter, parameter_id)
        if row is None:
            raise ParameterDiffers(province=one.province, category=str(one.category))
        if row.value != one:
            raise NameTaken(parameter=str(parameter_id))
        return False
    leaf = {
        "province": one.province,
        "category": str(one.category),
        "unit": str(one.unit),
        "per_tree": plain(one.per_tree),
        "valid_from": one.valid_from.isoformat() if one.valid_from else None,
        "source": one.source,
        "document_sha256": paper.sha256.hex() if paper else None,
    }
    record(session, "duty_parameter_published", str(parameter_id), leaf, now)
    return True


def record_duty(
    session: Session, actor: Actor, duty_id: UUID, draft: DutyDraft, now: datetime
) -> DutyCard:
    """Record what was done for the duty, for a verifier to confirm. The same again does nothing.

    A guardian may record for a child. Nobody under 14 is recorded without their guardian's
    consent.

    Raises:
        Invalid: with everything that cannot be right.
        NotFound: the person is neither the actor nor their child.
        ConsentMissing: the child's guardian has not agreed, or no longer does.
        NoConversion: how the province counts this form is not on record.
        NameTaken: the name was used for another duty.
    """
    actor.require(Permission.PLANTING_LOG)
    person_id = queries.whose(session, actor, draft.person_id)
    row = session.get(Duty, duty_id)
    if row is None:
        _judge(session, actor, person_id, draft, now)
        session.execute(
            insert(Duty)
            .values(
                duty_id=duty_id,
                person_id=person_id,
                recorded_by=actor.person_id,
                category=draft.category,
                province=draft.province,
                unit=draft.unit,
                quantity=draft.quantity,
                done_on=draft.done_on,
                words=draft.words,
                photo_ids=list(draft.photo_ids),
                state="recorded",
                recorded_at=now,
            )
            .on_conflict_do_nothing()
        )
        row = session.get_one(Duty, duty_id)
    said = (row.draft.category, row.province, row.unit, row.quantity, row.done_on, row.words)
    same = said == (
        draft.category,
        draft.province,
        draft.unit,
        draft.quantity,
        draft.done_on,
        draft.words,
    )
    whose_it_is = row.person_id, row.recorded_by, tuple(row.photo_ids)
    if not same or whose_it_is != (person_id, actor.person_id, draft.photo_ids):
        raise NameTaken(duty=str(duty_id))
    return queries.card_of(session, row)


def _judge(
    session: Session, actor: Actor, person_id: UUID, draft: DutyDraft, now: datetime
) -> None:
    faults = rules.judge(draft, day_of(now))
    known = evidence.cards(session, draft.photo_ids)
    if any(
        photo_id not in known or known[photo_id].person_id not in {actor.person_id, person_id}
        for photo_id in draft.photo_ids
    ):
        faults.append(Fault("unknown_photo", N_("没有找到照片，请重新上传"), field="photo_ids"))
    if faults:
        raise Invalid(faults)
    _guardian_of(session, person_id, now)
    _, parameter = queries.parameter_for(session, draft)
    if rules.trees_for(parameter, draft.quantity) == 0:
        message = N_("折算不足一株：这个省份每 %(each)s 折算一株")
        values = {"each": plain(parameter.per_tree)}
        raise Invalid([Fault("less_than_a_tree", message, field="quantity", values=values)])


def _guardian_of(session: Session, person_id: UUID, now: datetime) -> UUID | None:
    """Return the guardian who agrees for somebody under 14, None for anyone older.

    Raises:
        ConsentMissing: the guardian has not agreed, or no longer does.
    """
    if not identity.is_minor(session, person_id, now):
        return None
    consents.require(session, person_id, consents.Purpose.GUARDIAN)
    found = identity.profile(session, person_id)
    assert found is not None
    return found.guardian_id


def decide_duty(
    session: Session, actor: Actor, duty_id: UUID, reason: str | None, now: datetime
) -> DutyCard:
    """Confirm a recorded duty, which counts its trees, or refuse it for a reason.

    The same verdict by the same verifier changes nothing.

    Raises:
        Forbidden: the actor is no verifier.
        NoSuchDuty: there is none.
        OwnDuty: it is too near to the actor.
        ConsentMissing: the child's guardian no longer agrees.
        DutyDecided: it was decided before.
    """
    actor.require(Permission.PLANTING_REVIEW)
    row = session.get(Duty, duty_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchDuty(duty=str(duty_id))
    if actor.person_id in {row.person_id, row.recorded_by} or shares_organisation(
        session, actor, row.person_id
    ):
        raise OwnDuty(duty=str(duty_id))
    if (row.decided_by, row.reason) == (actor.person_id, reason):
        return queries.card_of(session, row)
    row.decide(actor.person_id, reason, now)
    session.flush()
    if reason is None:
        parameter_id, parameter = queries.parameter_for(session, row.draft)
        _count(
            session,
            row.person_id,
            row.done_on,
            Category(row.category),
            row.province,
            rules.trees_for(parameter, row.quantity),
            ("duty", duty_id),
            now,
            parameter_id=parameter_id,
        )
    return queries.card_of(session, row)


def count_planting(session: Session, planting_id: UUID, now: datetime) -> None:
    """Count the trees of an approved planting, one by one; once.

    A child whose guardian has withdrawn the consent is no longer counted.
    """
    planting = session.get_one(Planting, planting_id)
    assert planting.state == State.APPROVED, planting.state
    is_minor = identity.is_minor(session, planting.person_id, now)
    if is_minor and not consents.given(session, planting.person_id, consents.Purpose.GUARDIAN):
        return
    _count(
        session,
        planting.person_id,
        planting.planted_on,
        Category.PLANTING,
        province_of(base(session, planting.base_id).county_code),
        planting.trees,
        ("planting", planting_id),
        now,
    )


def correct_planting(
    session: Session, planting_id: UUID, survey_id: UUID, trees: int, now: datetime
) -> None:
    """Let a planting count `trees` more or fewer since a survey; once for each survey.

    A planting that was never counted is not corrected either.
    """
    first = session.scalar(
        select(DutyEntry).where(
            DutyEntry.cause_kind == "planting", DutyEntry.cause_id == planting_id
        )
    )
    if first is None:
        return
    in_turn(session, first.person_id)
    session.execute(
        insert(DutyEntry)
        .values(
            entry_id=uuid5(survey_id, "duty"),
            person_id=first.person_id,
            year=first.year,
            done_on=first.done_on,
            category=first.category,
            province=first.province,
            trees=trees,
            cause_kind="survival",
            cause_id=survey_id,
            guardian_id=first.guardian_id,
            counted_at=now,
        )
        .on_conflict_do_nothing()
    )


def in_turn(session: Session, person_id: UUID) -> None:
    """Wait until nobody else writes this person's book; others' books go on beside it."""
    name = func.hashtextextended(f"rewards.duty {person_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(name)))


def _count(
    session: Session,
    person_id: UUID,
    done_on: date,
    category: Category,
    province: str,
    trees: int,
    cause: tuple[str, UUID],
    now: datetime,
    *,
    parameter_id: UUID | None = None,
) -> None:
    in_turn(session, person_id)
    session.execute(
        insert(DutyEntry)
        .values(
            entry_id=uuid5(cause[1], "duty"),
            person_id=person_id,
            year=done_on.year,
            done_on=done_on,
            category=category,
            province=province,
            trees=trees,
            cause_kind=cause[0],
            cause_id=cause[1],
            parameter_id=parameter_id,
            guardian_id=_guardian_of(session, person_id, now),
            counted_at=now,
        )
        .on_conflict_do_nothing()
    )
