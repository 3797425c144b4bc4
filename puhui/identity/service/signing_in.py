"""Sign in with a one-time code or a password.

A refusal that has to be remembered (a wrong code counts) is returned, not raised: raising would
roll back the count with everything else. The edge raises it when the block has closed.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from puhui.identity import age, queries
from puhui.identity.code import LIFETIME, MOST_TRIES, TICKET_LIFETIME, new_code
from puhui.identity.errors import (
    CodeNameTaken,
    CodeWrong,
    NoNumber,
    NotFresh,
    PasswordWrong,
    PersonDisabled,
    TicketWrong,
)
from puhui.identity.installation import password_cost
from puhui.identity.limit import Try
from puhui.identity.model import Attempt, Code, Password, Person
from puhui.identity.password import hash_of as hash_of_password
from puhui.identity.password import normal as normal_password
from puhui.identity.phone import masked
from puhui.identity.phone import normal as normal_phone
from puhui.identity.sender import sender
from puhui.identity.service import counting, people, sessions
from puhui.identity.service.sessions import Door, Signed
from puhui.identity.session import is_fresh
from puhui.identity.token import hash_of, new_token
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Forbidden
from puhui.outbox.service import publish

SIGN_IN, ERASURE = "sign_in", "erasure"
"""What a code is good for: it opens nothing else."""


@dataclass(frozen=True)
class CodeAsked:
    """A code is on its way to a number, known here or not."""

    code_id: UUID
    phone: str
    """Masked."""
    expires_at: datetime


@dataclass(frozen=True)
class MayRegister:
    """The code was right and nobody has this number yet: the ticket allows to register."""

    ticket: str
    until: datetime


@dataclass(frozen=True)
class PasswordTry:
    """A try that is counted already and waits for the password to be compared."""

    phone_hash: bytes
    network_attempt_id: int
    person_id: UUID | None
    stored: str | None


def ask_code(
    session: Session,
    code_id: UUID,
    written_phone: str,
    door: Door,
    now: datetime,
    purpose: str = SIGN_IN,
) -> CodeAsked:
    """Let a code be sent to a phone number; asking again under the same name sends nothing.

    Anyone may ask, and what happens is the same whether the number is known here or not.

    Raises:
        Invalid: no mobile number.
        TooManyTries: a limit for the number or the network is reached.
        CodeNameTaken: the name was used for another number.
        SenderMissing: nothing can be sent from here.
    """
    phone = normal_phone(written_phone)
    phone_hash = vault().hash_of_phone(phone)
    network = vault().hash_of_address(door.network)
    counting.lock(session, Try.CODE_SENT, phone_hash)
    known = session.get(Code, code_id)
    if known is not None:
        if (known.phone_hash, known.purpose) != (phone_hash, purpose):
            raise CodeNameTaken(name=str(code_id))
        return CodeAsked(code_id, masked(phone), known.expires_at)
    sender()
    counting.lock(session, Try.CODE_SENT_FROM, network)
    counting.check(session, Try.CODE_SENT, phone_hash, now)
    counting.check(session, Try.CODE_SENT_FROM, network, now)
    counting.record(session, Try.CODE_SENT, phone_hash, now)
    counting.record(session, Try.CODE_SENT_FROM, network, now)
    session.execute(
        update(Code)
        .where(Code.phone_hash == phone_hash, Code.purpose == purpose, Code.ended_at.is_(None))
        .values(ended_at=now, code_sealed=None)
    )
    code = new_code(randbelow)
    session.add(
        Code(
            code_id=code_id,
            purpose=purpose,
            phone_hash=phone_hash,
            phone_sealed=vault().seal(phone, f"phone of {code_id}"),
            code_hash=vault().hash_of_code(code_id, code),
            # The message carries the id alone. What is to be sent lies here, sealed, until it
            # has been sent; so it is neither in the outbox nor in a backup in clear.
            code_sealed=vault().seal(code, f"code of {code_id}"),
            asked_at=now,
            expires_at=now + LIFETIME,
        )
    )
    publish(session, "identity.code_asked", now, code_id=str(code_id))
    return CodeAsked(code_id, masked(phone), now + LIFETIME)


def ask_own_code(
    session: Session, actor: Actor, code_id: UUID, purpose: str, door: Door, now: datetime
) -> CodeAsked:
    """Let a code be sent to the actor's own number, to confirm something that cannot be undone.

    Raises:
        NoNumber: the actor has none here.
        TooManyTries, CodeNameTaken, SenderMissing: as `ask_code`.
    """
    actor.require(Permission.SELF_MANAGE)
    sealed = session.get_one(Person, actor.person_id).phone_sealed
    if sealed is None:
        raise NoNumber()
    phone = vault().open(sealed, f"phone of {actor.person_id}")
    return ask_code(session, code_id, phone, door, now, purpose)


def confirm_with_code(
    session: Session,
    actor: Actor,
    code_id: UUID,
    written: str,
    purpose: str,
    door: Door,
    now: datetime,
) -> Forbidden | None:
    """Check a code that the actor has received for this purpose; it serves once.

    Returns a refusal for a wrong code, which the caller raises after the transaction.

    Raises:
        TooManyTries: too many wrong codes from this network, or over everybody.
    """
    actor.require(Permission.SELF_MANAGE)
    own = session.get_one(Person, actor.person_id).phone_hash
    code = _right_code(session, code_id, written, purpose, door, now, own)
    return code if isinstance(code, Forbidden) else None


def sign_in_with_code(
    session: Session, code_id: UUID, written: str, door: Door, now: datetime
) -> Signed | MayRegister | Forbidden:
    """Sign in whoever has received the code; a code serves once.

    Returns a refusal for a wrong code, which the caller raises after the transaction.

    Raises:
        TooManyTries: too many wrong codes from this network, or over everybody.
    """
    code = _right_code(session, code_id, written, SIGN_IN, door, now)
    if isinstance(code, Forbidden):
        return code
    person = session.scalar(select(Person).where(Person.phone_hash == code.phone_hash))
    if person is None:
        ticket = new_token()
        code.ticket_hash, code.ticket_until = hash_of(ticket), now + TICKET_LIFETIME
        return MayRegister(ticket, code.ticket_until)
    if person.disabled_at is not None:
        return PersonDisabled()
    code.person_id = person.person_id
    return sessions.start(session, person, door, now)


def _right_code(
    session: Session,
    code_id: UUID,
    written: str,
    purpose: str,
    door: Door,
    now: datetime,
    phone_hash: bytes | None = None,
) -> Code | Forbidden:
    """Return the code of this name and purpose if what was typed is right; it is used up then."""
    network = vault().hash_of_address(door.network)
    counting.check(session, Try.CODE_FAILED, counting.EVERYBODY, now)
    counting.check(session, Try.CODE_FAILED_FROM, network, now)
    code = session.scalar(
        select(Code).where(Code.code_id == code_id, Code.purpose == purpose).with_for_update()
    )
    foreign = code is not None and phone_hash is not None and code.phone_hash != phone_hash
    if code is None or foreign or code.ended_at is not None or code.expires_at <= now:
        counting.record(session, Try.CODE_FAILED_FROM, network, now)
        return CodeWrong()
    digits = "".join(written.split())
    if not hmac.compare_digest(code.code_hash, vault().hash_of_code(code_id, digits)):
        code.tries += 1
        if code.tries >= MOST_TRIES:
            code.ended_at, code.code_sealed = now, None
        counting.record(session, Try.CODE_FAILED_FROM, network, now)
        counting.record(session, Try.CODE_FAILED, counting.EVERYBODY, now)
        return CodeWrong()
    code.ended_at, code.code_sealed = now, None
    return code


def register(
    session: Session, ticket: str, display_name: str, birth_year: int, door: Door, now: datetime
) -> Signed:
    """Create the person who holds the ticket and sign them in; again makes no second person.

    Of someone under 14 nothing but the number and the year of birth is kept until a guardian
    agrees; the name that was typed is dropped.

    Raises:
        Invalid: the name or the year cannot be.
        TicketWrong: unknown, or too old.
    """
    code = session.scalar(select(Code).where(Code.ticket_hash == hash_of(ticket)).with_for_update())
    if code is None or code.ticket_until is None or code.ticket_until <= now:
        raise TicketWrong()
    counting.lock(session, Try.CODE_SENT, code.phone_hash)
    person = session.scalar(select(Person).where(Person.phone_hash == code.phone_hash))
    if person is None:
        phone = vault().open(code.phone_sealed, f"phone of {code.code_id}")
        people.check_birth_year(birth_year, now)
        name = (
            people.NAME_OF_WAITING_CHILD
            if age.is_minor(birth_year, now)
            else people.normal_name(display_name)
        )
        person = people.new_person(uuid4(), phone, name, birth_year, now)
        session.add(person)
        session.flush()
    if person.disabled_at is not None:
        raise PersonDisabled()
    code.person_id = person.person_id
    return sessions.start(session, person, door, now)


def begin_password(session: Session, written_phone: str, door: Door, now: datetime) -> PasswordTry:
    """Count a try with a password and return what to compare; `finish_password` takes it back.

    It is counted before the slow comparison, so that many at once are not one. Limits and pauses
    go by the number as written, whether somebody has it or not.

    Raises:
        Invalid: no mobile number.
        TooManyTries: a limit for the number or the network is reached, or a pause is on.
    """
    phone_hash = vault().hash_of_phone(normal_phone(written_phone))
    network = vault().hash_of_address(door.network)
    counting.lock(session, Try.PASSWORD_FAILED, phone_hash)
    counting.lock(session, Try.PASSWORD_FAILED_FROM, network)
    counting.check(session, Try.PASSWORD_FAILED, phone_hash, now)
    counting.check_pause(session, Try.PASSWORD_FAILED, phone_hash, now)
    counting.check(session, Try.PASSWORD_FAILED_FROM, network, now)
    counting.record(session, Try.PASSWORD_FAILED, phone_hash, now)
    attempt = Attempt(kind=Try.PASSWORD_FAILED_FROM, subject=network, at=now)
    session.add(attempt)
    session.flush()
    row = session.execute(
        select(Person.person_id, Password.hash)
        .join(Password, Password.person_id == Person.person_id)
        .where(Person.phone_hash == phone_hash, Person.disabled_at.is_(None))
    ).one_or_none()
    return PasswordTry(phone_hash, attempt.attempt_id, *(row or (None, None)))


def finish_password(
    session: Session, tried: PasswordTry, renewed: str | None, door: Door, now: datetime
) -> Signed:
    """Sign in whoever gave the right password and take the try out of the count.

    `renewed` is the password's hash under today's parameters, if the stored one is older.
    """
    assert tried.person_id is not None
    person = session.get_one(Person, tried.person_id, with_for_update=True)
    if person.disabled_at is not None:
        raise PasswordWrong()
    counting.clear(session, Try.PASSWORD_FAILED, tried.phone_hash)
    counting.take_back(session, tried.network_attempt_id)
    if renewed is not None:
        session.execute(
            update(Password)
            .where(Password.person_id == person.person_id, Password.hash == tried.stored)
            .values(hash=renewed)
        )
    return sessions.start(session, person, door, now)


def set_password(
    session: Session, actor: Actor, credential: queries.Credential, written: str, now: datetime
) -> None:
    """Set or change a staff member's password; every other session of theirs ends.

    Raises:
        Forbidden: not staff.
        NotFresh: signed in too long ago.
        Invalid: too short, too long, or too common.
    """
    actor.require(Permission.SELF_MANAGE)
    if not actor.memberships or credential.session_id is None:
        raise Forbidden()
    if not is_fresh(credential.started_at, now):
        raise NotFresh()
    store_password(session, actor.person_id, written, now)
    sessions.end_all(session, actor, now, but=credential.session_id)


def store_password(session: Session, person_id: UUID, written: str, now: datetime) -> None:
    """Keep a password's hash.

    Raises:
        Invalid: too short, too long, or too common.
    """
    stored = hash_of_password(normal_password(written), password_cost())
    row = session.get(Password, person_id)
    if row is None:
        session.add(Password(person_id=person_id, hash=stored, changed_at=now))
    else:
        row.hash, row.changed_at = stored, now
    session.flush()
