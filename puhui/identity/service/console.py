"""What happens at the console of the installation, and when the example province is loaded.

Nobody is asking over the network, so no permission is looked at; the same rules hold otherwise.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity import consents
from puhui.identity.limit import Try
from puhui.identity.model import Decision, Organisation, OrganisationRole, Person
from puhui.identity.phone import normal as normal_phone
from puhui.identity.purpose import Purpose
from puhui.identity.service import counting, organisations, people, sessions, signing_in
from puhui.identity.uscc import normal as normal_uscc
from puhui.identity.vault import vault
from puhui.kernel.actor import Role
from puhui.kernel.errors import Fault, Invalid, NotFound
from puhui.kernel.text import N_


def person_by_phone(session: Session, phone: str) -> UUID:
    """Return who has this number. Only the console may tell.

    Raises:
        Invalid: no mobile number.
        NotFound: nobody has it.
    """
    phone_hash = vault().hash_of_phone(normal_phone(phone))
    found = session.scalar(select(Person.person_id).where(Person.phone_hash == phone_hash))
    if found is None:
        raise NotFound()
    return found


def ensure_person(
    session: Session,
    phone: str,
    display_name: str,
    birth_year: int,
    now: datetime,
    *,
    roles: Sequence[tuple[UUID, Role]] = (),
    agrees_to: Sequence[Purpose] = (),
    password: str | None = None,
    person_id: UUID | None = None,
) -> UUID:
    """Return the person with this number, made now if there is none, with these roles.

    `roles` are (organisation, role), the role approved if it was not. `agrees_to` and `password`
    are for the example province, and written only when the person is made.

    Raises:
        Invalid: a number, name, year or password that cannot be.
    """
    number = normal_phone(phone)
    phone_hash = vault().hash_of_phone(number)
    counting.lock(session, Try.CODE_SENT, phone_hash)
    found = session.scalar(select(Person.person_id).where(Person.phone_hash == phone_hash))
    if found is None:
        people.check_birth_year(birth_year, now)
        found = person_id or uuid4()
        name = people.normal_name(display_name)
        session.add(people.new_person(found, number, name, birth_year, now))
        session.flush()
        if password is not None:
            signing_in.store_password(session, found, password, now)
        for purpose in agrees_to:
            consents.write(session, found, purpose, found, "console", now)
    for organisation_id, role in roles:
        approve_role(session, organisation_id, role, now)
        organisations.give_role(session, organisation_id, found, role, None, now)
    return found


def ensure_organisation(
    session: Session,
    uscc: str,
    name: str,
    roles: Sequence[Role],
    now: datetime,
    *,
    name_en: str | None = None,
    county_code: str | None = None,
    organisation_id: UUID | None = None,
) -> UUID:
    """Return the organisation with this code, made now if there is none, approved for `roles`.

    Raises:
        Invalid: a code that cannot be.
    """
    code = normal_uscc(uscc)
    found = session.scalar(select(Organisation.organisation_id).where(Organisation.uscc == code))
    if found is None:
        found = organisation_id or uuid4()
        session.add(
            Organisation(
                organisation_id=found,
                uscc=code,
                name=name,
                name_en=name_en,
                county_code=county_code,
                created_at=now,
            )
        )
        session.flush()
    for role in (Role.ADMINISTRATOR, *roles):
        approve_role(session, found, role, now)
    return found


def make_operator(
    session: Session,
    phone: str,
    display_name: str,
    birth_year: int | None,
    uscc: str,
    organisation_name: str,
    now: datetime,
) -> UUID:
    """Make the person with this number operator and administrator of the operating organisation.

    The name and the year are used only if the number is new here.

    Raises:
        Invalid: a number, code or name that cannot be; a new number without a birth year.
    """
    known = session.scalar(
        select(Person.person_id).where(
            Person.phone_hash == vault().hash_of_phone(normal_phone(phone))
        )
    )
    if known is None and birth_year is None:
        raise Invalid([Fault("birth_year", N_("请填写四位出生年份"), field="birth_year")])
    organisation_id = ensure_organisation(session, uscc, organisation_name, [Role.OPERATOR], now)
    return ensure_person(
        session,
        phone,
        display_name,
        birth_year or people.EARLIEST_BIRTH_YEAR,
        now,
        roles=[(organisation_id, Role.OPERATOR), (organisation_id, Role.ADMINISTRATOR)],
    )


def approve_role(session: Session, organisation_id: UUID, role: Role, now: datetime) -> None:
    """Let members of the organisation hold `role`; again changes nothing."""
    row = session.get(OrganisationRole, (organisation_id, role))
    if row is not None and row.approved_at is not None:
        return
    if row is None:
        row = OrganisationRole(organisation_id=organisation_id, role=role, asked_at=now)
        session.add(row)
    row.approved_at = now
    if role is not Role.ADMINISTRATOR:
        session.add(
            Decision(
                decision_id=uuid4(),
                organisation_id=organisation_id,
                roles=[role],
                reason="console",
                decided_at=now,
            )
        )
    session.flush()


def sign_in_at_console(session: Session, phone: str, now: datetime) -> sessions.Signed:
    """Sign the person with this number in, for whoever runs the installation.

    Raises:
        NotFound: nobody has it.
    """
    person = session.get_one(Person, person_by_phone(session, phone))
    return sessions.start(session, person, sessions.Door("console", "console"), now)
