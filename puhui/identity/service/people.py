"""Who a person is: their name, their child, their end."""

import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity import age, consents, queries
from puhui.identity.errors import (
    ConsentTextChanged,
    GuardianCodeWrong,
    GuardianNotAdult,
    PersonUnknown,
)
from puhui.identity.limit import Try
from puhui.identity.model import Person
from puhui.identity.phone import normal as normal_phone
from puhui.identity.purpose import TEXTS, Purpose
from puhui.identity.service import counting, sessions
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Forbidden, Invalid
from puhui.kernel.text import N_

NAME_OF_WAITING_CHILD = N_("小朋友")
LONGEST_NAME = 20
EARLIEST_BIRTH_YEAR = 1900


def normal_name(written: str, field: str = "display_name") -> str:
    """Return a display name without idle blanks.

    Raises:
        Invalid: empty or longer than 20 characters.
    """
    name = " ".join(written.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid([Fault("name_length", N_("称呼须为1至20个字"), field=field)])
    return name


def check_birth_year(birth_year: int, now: datetime) -> None:
    """Refuse a year in which nobody who asks can have been born.

    Raises:
        Invalid: before 1900 or in the future.
    """
    if not EARLIEST_BIRTH_YEAR <= birth_year <= day_of(now).year:
        raise Invalid([Fault("birth_year", N_("请填写四位出生年份"), field="birth_year")])


def new_person(
    person_id: UUID, phone: str, display_name: str, birth_year: int, now: datetime
) -> Person:
    """Return a person with this phone number, not stored yet."""
    return Person(
        person_id=person_id,
        phone_hash=vault().hash_of_phone(phone),
        phone_sealed=vault().seal(phone, f"phone of {person_id}"),
        display_name=display_name,
        birth_year=birth_year,
        created_at=now,
    )


def rename(session: Session, actor: Actor, display_name: str) -> None:
    """Change how the actor is called.

    Raises:
        Invalid: empty or longer than 20 characters.
    """
    actor.require(Permission.SELF_MANAGE)
    session.get_one(Person, actor.person_id).display_name = normal_name(display_name)


def choose_language(session: Session, actor: Actor, language: str | None) -> None:
    """Keep the language in which the actor wants to be answered, or forget it."""
    actor.require(Permission.SELF_MANAGE)
    assert language in {None, "zh", "en"}, language
    session.get_one(Person, actor.person_id).language = language


def guardian_code(person_id: UUID, now: datetime) -> str:
    """Return the eight digits that a waiting child shows to the guardian today."""
    return vault().guardian_code(person_id, day_of(now).toordinal())


def accept_child(
    session: Session,
    actor: Actor,
    written_phone: str,
    code: str,
    display_name: str,
    text_hash: str,
    channel: str,
    now: datetime,
) -> UUID | Forbidden:
    """Become the guardian of a waiting child and agree for it; return the child.

    The child's code, valid today and tomorrow, shows that the two are together. Returns a refusal
    for a wrong one, which the caller raises after the transaction, so that it counts.

    Raises:
        Invalid: no mobile number, or no name.
        GuardianNotAdult: the actor may be under 18.
        ConsentTextChanged: the wording that was read is not today's.
        TooManyTries: too many wrong codes by the actor or for the number.
    """
    actor.require(Permission.SELF_MANAGE)
    guardian = session.get_one(Person, actor.person_id)
    if guardian.birth_year is None or not age.is_adult(guardian.birth_year, now):
        raise GuardianNotAdult()
    if text_hash != TEXTS[Purpose.GUARDIAN].hash:
        raise ConsentTextChanged(purpose=str(Purpose.GUARDIAN))
    name = normal_name(display_name)
    phone_hash = vault().hash_of_phone(normal_phone(written_phone))
    by, about = actor.person_id.bytes, phone_hash
    counting.check(session, Try.GUARDIAN_CODE_FAILED, by, now)
    counting.check(session, Try.GUARDIAN_CODE_FAILED_FOR, about, now)
    child = session.scalar(select(Person).where(Person.phone_hash == phone_hash).with_for_update())
    digits = "".join(code.split())
    # Compared even when nobody waits there, so that the answer takes as long.
    whose = child.person_id if child is not None else actor.person_id
    fits = any(
        hmac.compare_digest(vault().guardian_code(whose, day).encode(), digits.encode())
        for day in (day_of(now).toordinal(), day_of(now).toordinal() - 1)
    )
    if child is None or not fits or not queries.guardian_pending(session, child.person_id, now):
        if child is not None and fits and child.guardian_id == actor.person_id:
            return child.person_id
        counting.record(session, Try.GUARDIAN_CODE_FAILED, by, now)
        counting.record(session, Try.GUARDIAN_CODE_FAILED_FOR, about, now)
        return GuardianCodeWrong()
    child.guardian_id, child.display_name = actor.person_id, name
    consents.write(session, child.person_id, Purpose.GUARDIAN, actor.person_id, channel, now)
    return child.person_id


def disable(session: Session, actor: Actor, person_id: UUID, now: datetime) -> None:
    """Shut a person out: their sessions end at once.

    Raises:
        Forbidden: not an operator, or the operator themselves.
        PersonUnknown: no such person.
    """
    actor.require(Permission.PERSON_DISABLE)
    if person_id == actor.person_id:
        raise Forbidden()
    person = session.get(Person, person_id)
    if person is None:
        raise PersonUnknown(person=str(person_id))
    person.disabled_at = person.disabled_at or now
    sessions.end_sessions(session, person_id, now)


def enable(session: Session, actor: Actor, person_id: UUID) -> None:
    """Let a person in again; they sign in anew.

    Raises:
        Forbidden: not an operator.
        PersonUnknown: no such person.
    """
    actor.require(Permission.PERSON_DISABLE)
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise PersonUnknown(person=str(person_id))
    person.disabled_at = None
