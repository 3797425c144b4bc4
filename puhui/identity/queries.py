"""Read who there is."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from puhui.identity import age
from puhui.identity.client import ROLES as CLIENT_ROLES
from puhui.identity.model import (
    ApiClient,
    Code,
    Consent,
    Decision,
    Invitation,
    Member,
    MemberChange,
    Organisation,
    OrganisationRole,
    Password,
    Person,
    SignedInSession,
    Withdrawal,
)
from puhui.identity.phone import masked
from puhui.identity.purpose import TEXTS, WORDINGS, Purpose
from puhui.identity.token import hash_of, prefix_of
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Membership, Permission, Role


@dataclass(frozen=True)
class OrganisationCard:
    """What others may know of an organisation."""

    organisation_id: UUID
    name: str
    name_en: str | None
    uscc: str
    county_code: str | None


@dataclass(frozen=True)
class Credential:
    """What a token proves: who holds it, and by which session or machine."""

    actor: Actor
    session_id: UUID | None
    client_id: UUID | None
    started_at: datetime
    last_seen_at: datetime | None
    waits_for_guardian: bool = False
    """A child whose guardian has not agreed: signed in, but may do nothing but wait."""


@dataclass(frozen=True)
class Profile:
    """What a person sees of themselves."""

    person_id: UUID
    display_name: str
    birth_year: int | None
    phone: str | None
    """Masked."""
    guardian_id: UUID | None
    language: str | None
    created_at: datetime


@dataclass(frozen=True)
class SessionCard:
    """Where a person is signed in."""

    session_id: UUID
    device: str
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class RoleCard:
    """A role that an organisation asked for, and whether its members may use it."""

    role: Role
    approved_at: datetime | None


@dataclass(frozen=True)
class MemberCard:
    """A person and the roles they hold in one organisation."""

    person_id: UUID
    display_name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class ChangeCard:
    """A role was given to a person, or taken from them."""

    change_id: int
    person_id: UUID
    display_name: str
    role: Role
    change: str
    changed_by: UUID | None
    changed_at: datetime


@dataclass(frozen=True)
class InvitationCard:
    """A role that is offered. The number is masked."""

    invitation_id: UUID
    organisation_id: UUID
    organisation_name: str
    role: Role
    phone: str
    invited_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class ClientCard:
    """A partner's machine, without its secret."""

    client_id: UUID
    organisation_id: UUID
    name: str
    prefix: str
    permissions: tuple[Permission, ...]
    made_at: datetime
    last_used_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class ConsentCard:
    """One purpose, and whether the person agrees to today's wording."""

    purpose: Purpose
    text_hash: str
    given_at: datetime | None
    given_by: UUID | None


def credential_of_token(session: Session, token: str, now: datetime) -> Credential | None:
    """Return what this token proves, or None if it is unknown, ended or expired."""
    if prefix_of(token) is not None:
        return _credential_of_client(session, token)
    row = session.execute(
        select(SignedInSession, Person.birth_year)
        .join(Person, Person.person_id == SignedInSession.person_id)
        .where(
            SignedInSession.token_hash == hash_of(token),
            SignedInSession.ended_at.is_(None),
            SignedInSession.expires_at > now,
            SignedInSession.last_seen_at
            + SignedInSession.idle_s * func.make_interval(0, 0, 0, 0, 0, 0, 1)
            > now,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    signed_in, birth_year = row
    return Credential(
        actor_of_person(session, signed_in.person_id),
        signed_in.session_id,
        None,
        signed_in.started_at,
        signed_in.last_seen_at,
        _waits(session, signed_in.person_id, birth_year, now),
    )


def actor_of_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Return who holds this token, or None if it is unknown, ended or expired.

    A child whose guardian has not agreed is nobody yet.
    """
    found = credential_of_token(session, token, now)
    return None if found is None or found.waits_for_guardian else found.actor


def actor_of_person(session: Session, person_id: UUID) -> Actor:
    """Return the person as an actor, with every role they hold where an operator approved it."""
    rows = session.execute(
        select(Member.organisation_id, Member.role)
        .join(OrganisationRole, _role_of_member())
        .where(Member.person_id == person_id, OrganisationRole.approved_at.is_not(None))
    )
    return Actor(person_id, frozenset(Membership(o, Role(r)) for o, r in rows))


def _role_of_member() -> ColumnElement[bool]:
    return (OrganisationRole.organisation_id == Member.organisation_id) & (
        OrganisationRole.role == Member.role
    )


def _credential_of_client(session: Session, token: str) -> Credential | None:
    client = session.scalar(
        select(ApiClient).where(ApiClient.prefix == prefix_of(token), ApiClient.ended_at.is_(None))
    )
    if client is None or not hmac.compare_digest(client.secret_hash, hash_of(token)):
        return None
    roles = session.scalars(
        select(OrganisationRole.role).where(
            OrganisationRole.organisation_id == client.organisation_id,
            OrganisationRole.role.in_(CLIENT_ROLES),
            OrganisationRole.approved_at.is_not(None),
        )
    )
    actor = Actor(
        client.person_id,
        frozenset(Membership(client.organisation_id, Role(role)) for role in roles),
        only=frozenset(Permission(name) for name in client.permissions),
    )
    return Credential(actor, None, client.client_id, client.made_at, client.last_used_at)


def organisation(session: Session, organisation_id: UUID) -> OrganisationCard | None:
    """Return an organisation's card, or None for an unknown one."""
    row = session.get(Organisation, organisation_id)
    return None if row is None else card_of(row)


def organisations(
    session: Session, organisation_ids: Iterable[UUID]
) -> Mapping[UUID, OrganisationCard]:
    """Return the cards of these organisations; unknown ones are missing."""
    rows = session.scalars(
        select(Organisation).where(Organisation.organisation_id.in_(list(organisation_ids)))
    )
    return {row.organisation_id: card_of(row) for row in rows}


def organisations_called(text: str) -> Select[UUID]:
    """Return, to search within, the organisations with `text` in a name, or as their USCC."""
    return select(Organisation.organisation_id).where(
        Organisation.name.icontains(text, autoescape=True)
        | Organisation.name_en.icontains(text, autoescape=True)
        | (Organisation.uscc == text.upper())
    )


def card_of(row: Organisation) -> OrganisationCard:
    """Return what others may know of an organisation."""
    return OrganisationCard(row.organisation_id, row.name, row.name_en, row.uscc, row.county_code)


def organisation_for(
    session: Session, organisation_id: UUID, actor: Actor | None
) -> OrganisationCard | None:
    """Return the card if `actor` may see it, else None.

    Everyone sees an organisation with an approved role; one that waits or was refused is seen by
    its members and by operators.
    """
    card = organisation(session, organisation_id)
    if card is None:
        return None
    if any(role.approved_at for role in roles_of_organisation(session, organisation_id)):
        return card
    if actor is None:
        return None
    may_see = actor.may(Permission.ORGANISATION_APPROVE) or is_member(
        session, actor, organisation_id
    )
    return card if may_see else None


def organisation_by_uscc(session: Session, uscc: str) -> OrganisationCard | None:
    """Return the card of the organisation with this code, or None."""
    row = session.scalar(select(Organisation).where(Organisation.uscc == uscc))
    return None if row is None else card_of(row)


def organisations_of(
    session: Session, actor: Actor
) -> Sequence[tuple[OrganisationCard, tuple[RoleCard, ...]]]:
    """Return the organisations that the actor belongs to with the roles held, by name.

    A role that is not approved yet is among them, marked so; it counts for nothing.
    """
    rows = session.execute(
        select(Organisation, OrganisationRole)
        .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.organisation_id)
        .join(Member, _role_of_member())
        .where(Member.person_id == actor.person_id)
        .order_by(Organisation.name, Organisation.organisation_id, OrganisationRole.role)
    )
    found: dict[UUID, tuple[OrganisationCard, list[RoleCard]]] = {}
    for row, role in rows:
        found.setdefault(row.organisation_id, (card_of(row), []))[1].append(
            RoleCard(Role(role.role), role.approved_at)
        )
    return [(card, tuple(roles)) for card, roles in found.values()]


def roles_of_organisation(session: Session, organisation_id: UUID) -> Sequence[RoleCard]:
    """Return the roles that the organisation asked for, the administrator's aside."""
    rows = session.scalars(
        select(OrganisationRole)
        .where(
            OrganisationRole.organisation_id == organisation_id,
            OrganisationRole.role != Role.ADMINISTRATOR,
        )
        .order_by(OrganisationRole.role)
    )
    return [RoleCard(Role(row.role), row.approved_at) for row in rows]


def last_decision(session: Session, organisation_id: UUID) -> Decision | None:
    """Return what an operator decided last about the organisation, or None."""
    return session.scalar(
        select(Decision)
        .where(Decision.organisation_id == organisation_id)
        .order_by(Decision.decided_at.desc())
        .limit(1)
    )


def organisations_waiting(session: Session, most: int = 100) -> Sequence[OrganisationCard]:
    """Return organisations with a role that nobody has decided about since, oldest first."""
    rows = session.scalars(
        select(Organisation)
        .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.organisation_id)
        .outerjoin(
            Decision,
            (Decision.organisation_id == Organisation.organisation_id)
            & (Decision.decided_at >= OrganisationRole.asked_at),
        )
        .where(OrganisationRole.approved_at.is_(None), Decision.decision_id.is_(None))
        .group_by(Organisation.organisation_id)
        .order_by(Organisation.created_at, Organisation.organisation_id)
        .limit(most)
    )
    return [card_of(row) for row in rows]


def is_member(session: Session, actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor holds any role there, approved or not."""
    return (
        session.scalar(
            select(Member.role)
            .where(Member.organisation_id == organisation_id, Member.person_id == actor.person_id)
            .limit(1)
        )
        is not None
    )


def members(
    session: Session,
    organisation_id: UUID,
    *,
    after: tuple[str, UUID] | None = None,
    most: int = 200,
) -> Sequence[MemberCard]:
    """Return the organisation's members with their roles, by name, `after` a (name, id)."""
    query = (
        select(Person.person_id, Person.display_name, func.array_agg(Member.role))
        .join(Member, Member.person_id == Person.person_id)
        .where(Member.organisation_id == organisation_id)
        .group_by(Person.person_id)
        .order_by(Person.display_name, Person.person_id)
        .limit(most)
    )
    if after is not None:
        query = query.where(tuple_(Person.display_name, Person.person_id) > after)
    return [
        MemberCard(person_id, name, tuple(sorted(Role(role) for role in roles)))
        for person_id, name, roles in session.execute(query)
    ]


def member_changes(
    session: Session, organisation_id: UUID, *, before: int | None = None, most: int = 200
) -> Sequence[ChangeCard]:
    """Return who gave and took which role, newest first, `before` a change's number."""
    query = (
        select(MemberChange, Person.display_name)
        .join(Person, Person.person_id == MemberChange.person_id)
        .where(MemberChange.organisation_id == organisation_id)
        .order_by(MemberChange.change_id.desc())
        .limit(most)
    )
    if before is not None:
        query = query.where(MemberChange.change_id < before)
    return [
        ChangeCard(
            row.change_id,
            row.person_id,
            name,
            Role(row.role),
            row.change,
            row.changed_by,
            row.changed_at,
        )
        for row, name in session.execute(query)
    ]


def invitations_of_organisation(
    session: Session, organisation_id: UUID, now: datetime
) -> Sequence[InvitationCard]:
    """Return the organisation's open invitations, newest first."""
    return _invitations(session, Invitation.organisation_id == organisation_id, now)


def invitations_for(session: Session, person_id: UUID, now: datetime) -> Sequence[InvitationCard]:
    """Return the open invitations to this person's number, newest first."""
    phone_hash = session.scalar(select(Person.phone_hash).where(Person.person_id == person_id))
    return _invitations(session, Invitation.phone_hash == phone_hash, now)


def _invitations(
    session: Session, which: ColumnElement[bool], now: datetime
) -> Sequence[InvitationCard]:
    rows = session.execute(
        select(Invitation, Organisation.name)
        .join(Organisation, Organisation.organisation_id == Invitation.organisation_id)
        .where(which, Invitation.answered_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.invited_at.desc(), Invitation.invitation_id)
    )
    return [
        InvitationCard(
            row.invitation_id,
            row.organisation_id,
            name,
            Role(row.role),
            masked(vault().open(row.phone_sealed, f"phone of {row.invitation_id}")),
            row.invited_at,
            row.expires_at,
        )
        for row, name in rows
    ]


def api_clients(session: Session, organisation_id: UUID) -> Sequence[ClientCard]:
    """Return the organisation's machines, newest first, ended ones included."""
    rows = session.scalars(
        select(ApiClient)
        .where(ApiClient.organisation_id == organisation_id)
        .order_by(ApiClient.made_at.desc(), ApiClient.client_id)
    )
    return [client_card(row) for row in rows]


def client_card(row: ApiClient) -> ClientCard:
    """Return what may be shown of a machine."""
    return ClientCard(
        row.client_id,
        row.organisation_id,
        row.name,
        row.prefix,
        tuple(Permission(name) for name in row.permissions),
        row.made_at,
        row.last_used_at,
        row.ended_at,
    )


def phone_of_code(session: Session, code_id: UUID) -> str | None:
    """Return the masked number that this code goes to, or None for an unknown one."""
    sealed = session.scalar(select(Code.phone_sealed).where(Code.code_id == code_id))
    return None if sealed is None else masked(vault().open(sealed, f"phone of {code_id}"))


def has_password(session: Session, person_id: UUID) -> bool:
    """Whether the person has set a password."""
    return session.get(Password, person_id) is not None


def profile(session: Session, person_id: UUID) -> Profile | None:
    """Return what the person sees of themselves, or None for an unknown one."""
    row = session.get(Person, person_id)
    if row is None:
        return None
    phone = None
    if row.phone_sealed is not None:
        phone = masked(vault().open(row.phone_sealed, f"phone of {person_id}"))
    return Profile(
        row.person_id,
        row.display_name,
        row.birth_year,
        phone,
        row.guardian_id,
        row.language,
        row.created_at,
    )


def standing(session: Session, person_id: UUID, now: datetime) -> tuple[datetime, bool]:
    """Return since when the person has an account, and whether they may still be under 14."""
    since, birth_year = session.execute(
        select(Person.created_at, Person.birth_year).where(Person.person_id == person_id)
    ).one()
    return since, birth_year is not None and age.is_minor(birth_year, now)


def member_since(session: Session, person_id: UUID) -> datetime | None:
    """Return when the person's account was opened, or None for an unknown person."""
    return session.scalar(select(Person.created_at).where(Person.person_id == person_id))


def children(session: Session, guardian_id: UUID) -> Sequence[Profile]:
    """Return the children whose guardian this is, by name."""
    ids = session.scalars(
        select(Person.person_id)
        .where(Person.guardian_id == guardian_id)
        .order_by(Person.display_name, Person.person_id)
    ).all()
    return [found for child in ids if (found := profile(session, child)) is not None]


def sessions(session: Session, person_id: UUID, now: datetime) -> Sequence[SessionCard]:
    """Return where the person is signed in, last seen first."""
    rows = session.scalars(
        select(SignedInSession)
        .where(
            SignedInSession.person_id == person_id,
            SignedInSession.ended_at.is_(None),
            SignedInSession.expires_at > now,
            SignedInSession.last_seen_at
            + SignedInSession.idle_s * func.make_interval(0, 0, 0, 0, 0, 0, 1)
            > now,
        )
        .order_by(SignedInSession.last_seen_at.desc(), SignedInSession.session_id)
    )
    return [
        SessionCard(row.session_id, row.device, row.started_at, row.last_seen_at, row.expires_at)
        for row in rows
    ]


def display_names(session: Session, person_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return the names of these people; unknown ones are missing.

    Whether a name may be shown in public is another question: `is_minor`, `consents.given`.
    """
    rows = session.execute(
        select(Person.person_id, Person.display_name).where(Person.person_id.in_(list(person_ids)))
    )
    return {row.person_id: row.display_name for row in rows}


def is_erased(session: Session, person_id: UUID) -> bool:
    """Whether the row of this id is nobody's any more."""
    return session.scalar(erased_people().where(Person.person_id == person_id)) is not None


def erased_people() -> Select[UUID]:
    """Return, to search within, the people who were erased."""
    return select(Person.person_id).where(Person.erased_at.is_not(None))


def is_minor(session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether the person may still be under 14. Somebody whose birth year is unknown is not."""
    birth_year = session.scalar(select(Person.birth_year).where(Person.person_id == person_id))
    return birth_year is not None and age.is_minor(birth_year, now)


def is_adult(session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether the person is 18 for sure. Somebody whose birth year is unknown is not."""
    birth_year = session.scalar(select(Person.birth_year).where(Person.person_id == person_id))
    return birth_year is not None and age.is_adult(birth_year, now)


def adults(session: Session, person_ids: Iterable[UUID], now: datetime) -> Mapping[UUID, str]:
    """Return the names of those of these people who are 18 for sure."""
    rows = session.execute(
        select(Person.person_id, Person.display_name, Person.birth_year).where(
            Person.person_id.in_(list(person_ids)), Person.birth_year.is_not(None)
        )
    )
    return {row.person_id: row.display_name for row in rows if age.is_adult(row.birth_year, now)}


def adults_who_agree(
    session: Session, person_ids: Iterable[UUID] | None, purpose: Purpose, now: datetime
) -> Mapping[UUID, str]:
    """Return the names of those of these people, or of all, who may be shown for `purpose`.

    They are 18 for sure, agree to today's wording, and are not shut out.
    """
    agreed = (
        select(Consent.person_id)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(
            Consent.person_id == Person.person_id,
            Consent.purpose == purpose,
            Consent.text_hash == TEXTS[purpose].hash,
            Withdrawal.consent_id.is_(None),
        )
        .exists()
    )
    query = select(Person.person_id, Person.display_name, Person.birth_year).where(
        Person.birth_year.is_not(None), Person.disabled_at.is_(None), agreed
    )
    if person_ids is not None:
        query = query.where(Person.person_id.in_(list(person_ids)))
    return {
        row.person_id: row.display_name
        for row in session.execute(query)
        if age.is_adult(row.birth_year, now)
    }


def guardian_pending(session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether the person is a child who waits for a guardian's consent."""
    birth_year = session.scalar(select(Person.birth_year).where(Person.person_id == person_id))
    return _waits(session, person_id, birth_year, now)


def _waits(session: Session, person_id: UUID, birth_year: int | None, now: datetime) -> bool:
    if birth_year is None or not age.is_minor(birth_year, now):
        return False
    return live_consent(session, person_id, Purpose.GUARDIAN) is None


def live_consent(session: Session, person_id: UUID, purpose: Purpose) -> Consent | None:
    """Return the person's consent to today's wording that nobody has withdrawn, or None."""
    return session.scalar(
        select(Consent)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(
            Consent.person_id == person_id,
            Consent.purpose == purpose,
            Consent.text_hash == TEXTS[purpose].hash,
            Withdrawal.consent_id.is_(None),
        )
        .order_by(Consent.consent_id.desc())
        .limit(1)
    )


def consents(session: Session, person_id: UUID) -> Sequence[ConsentCard]:
    """Return every purpose with the person's consent to it, if there is one."""
    found = {purpose: live_consent(session, person_id, purpose) for purpose in TEXTS}
    return [
        ConsentCard(
            purpose,
            TEXTS[purpose].hash,
            None if consent is None else consent.given_at,
            None if consent is None else consent.given_by,
        )
        for purpose, consent in found.items()
    ]


@dataclass(frozen=True)
class ConsentPast:
    """A consent as it was given once, in the words of then, and what became of it."""

    consent_id: int
    purpose: Purpose
    text_hash: str
    sentence: str | None
    """None if the wording is of another version of this program."""
    is_current: bool
    """Whether the wording is today's."""
    channel: str
    by_guardian: bool
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_channel: str | None


def consent_history(session: Session, person_id: UUID) -> Sequence[ConsentPast]:
    """Return every consent that was ever given for this person, the newest first."""
    rows = session.execute(
        select(Consent, Withdrawal)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.consent_id.desc())
        .limit(100)
    )
    return [
        ConsentPast(
            given.consent_id,
            Purpose(given.purpose),
            given.text_hash,
            WORDINGS.get(given.text_hash),
            TEXTS[Purpose(given.purpose)].hash == given.text_hash,
            given.channel,
            given.given_by != person_id,
            given.given_at,
            None if gone is None else gone.withdrawn_at,
            None if gone is None else gone.channel,
        )
        for given, gone in rows
    ]
