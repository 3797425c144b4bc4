"""Erasures and exports for tests."""

from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.identity.model import Code, Person
from puhui.identity.service.sessions import Door
from puhui.identity.vault import vault
from puhui.kernel import clock
from puhui.kernel.errors import DomainError
from puhui.rights.queries import ErasureCard
from puhui.rights.service import erasures, exports
from tests.makers.identity import SignedIn

DOOR = Door("192.0.2.0/24")
DIGITS = "204816"


def with_phone(by: SignedIn, number: str = "13800009999") -> SignedIn:
    """Give a person a number, as signing in would have."""
    with transaction() as session:
        row = session.get_one(Person, by.person_id)
        row.phone_hash = vault().hash_of_phone(number)
        row.phone_sealed = vault().seal(number, f"phone of {by.person_id}")
    return by


def code_for(by: SignedIn, purpose: str = "erasure") -> UUID:
    """Put a code on the person's phone, as `ask_code` does, with digits that the test knows."""
    code_id = uuid4()
    with transaction() as session:
        erasures.ask_code(session, by.actor, code_id, DOOR, clock.now())
        row = session.get_one(Code, code_id)
        row.code_hash, row.purpose = vault().hash_of_code(code_id, DIGITS), purpose
    return code_id


def asked(
    by: SignedIn,
    person_id: UUID | None = None,
    *,
    code: str = DIGITS,
    code_id: UUID | None = None,
    name: UUID | None = None,
) -> ErasureCard:
    """Let a person ask to be forgotten, or for their child to be."""
    code_id = code_id or code_for(by)
    with transaction() as session:
        outcome = erasures.ask_erasure(
            session,
            by.actor,
            name or uuid4(),
            person_id or by.person_id,
            code_id,
            code,
            DOOR,
            clock.now(),
        )
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def export_of(by: SignedIn, person_id: UUID | None = None) -> UUID:
    """Let a person ask for everything about themselves, or their child; return its id."""
    export_id = uuid4()
    with transaction() as session:
        exports.ask_export(session, by.actor, export_id, person_id or by.person_id, clock.now())
    return export_id
