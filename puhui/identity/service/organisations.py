"""Organisations: apply, decide, invite, leave.

An organisation exists as soon as somebody applies for it, and its administrator can prepare it;
but a role held in it counts for nothing before an operator has approved that role there.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.identity import queries
from puhui.identity.errors import (
    InvitationClosed,
    LastAdministrator,
    OrganisationDiffers,
    OwnOrganisation,
    RoleNotApproved,
    UsccTaken,
)
from puhui.identity.limit import Try
from puhui.identity.model import (
    Decision,
    Invitation,
    Member,
    MemberChange,
    Organisation,
    OrganisationRole,
    Person,
)
from puhui.identity.organisation import (
    ASKABLE,
    GIVABLE,
    INVITATION_LIFETIME,
    LONGEST_REASON,
    OrganisationDraft,
)
from puhui.identity.phone import normal as normal_phone
from puhui.identity.service import counting
from puhui.identity.uscc import normal as normal_uscc
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission, Role
from puhui.kernel.errors import Fault, Forbidden, Invalid, NotFound
from puhui.kernel.text import N_


def apply(
    session: Session, actor: Actor, organisation_id: UUID, draft: OrganisationDraft, now: datetime
) -> queries.OrganisationCard:
    """Register an organisation for approval; the actor becomes its administrator.

    Raises:
        Invalid: the code cannot be.
        Forbidden: a child, or a machine.
        UsccTaken: another organisation has the code.
        OrganisationDiffers: the name was used for another application.
    """
    actor.require(Permission.SELF_MANAGE)
    if queries.is_minor(session, actor.person_id, now):
        raise Forbidden()
    uscc = normal_uscc(draft.uscc)
    # Locked by code, so that of two at once the second is told, not thrown out.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"uscc {uscc}", 0))))
    known = session.get(Organisation, organisation_id)
    if known is None:
        if queries.organisation_by_uscc(session, uscc) is not None:
            raise UsccTaken(uscc=uscc)
        known = Organisation(
            organisation_id=organisation_id,
            uscc=uscc,
            name=draft.name.strip(),
            name_en=draft.name_en,
            county_code=draft.county_code,
            applied_by=actor.person_id,
            created_at=now,
        )
        session.add(known)
        session.flush()
        session.add(
            OrganisationRole(
                organisation_id=organisation_id,
                role=Role.ADMINISTRATOR,
                asked_at=now,
                approved_at=now,
            )
        )
        session.add_all(
            OrganisationRole(organisation_id=organisation_id, role=role, asked_at=now)
            for role in draft.roles
        )
        session.flush()
        give_role(
            session, organisation_id, actor.person_id, Role.ADMINISTRATOR, actor.person_id, now
        )
    elif (known.applied_by, known.uscc, known.name) != (actor.person_id, uscc, draft.name.strip()):
        raise OrganisationDiffers(name=str(organisation_id))
    card = queries.organisation(session, organisation_id)
    assert card is not None
    return card


def ask_for_role(
    session: Session, actor: Actor, organisation_id: UUID, role: Role, now: datetime
) -> None:
    """Ask an operator to approve one more role; asking again while it waits changes nothing.

    Raises:
        NotFound: not the actor's organisation.
        Invalid: no role that can be asked for.
    """
    actor.require(Permission.ORGANISATION_ADMIN, organisation_id)
    if role not in ASKABLE:
        raise Invalid([Fault("roles", N_("请至少选择一项业务"), field="roles")])
    row = session.get(OrganisationRole, (organisation_id, role), with_for_update=True)
    if row is None:
        row = OrganisationRole(organisation_id=organisation_id, role=role, asked_at=now)
        session.add(row)
    elif row.approved_at is None:
        row.asked_at = now
    session.flush()


def decide(
    session: Session,
    actor: Actor,
    decision_id: UUID,
    organisation_id: UUID,
    roles: frozenset[Role],
    reason: str,
    now: datetime,
) -> None:
    """Approve exactly these roles for an organisation; none of them refuses it.

    A role approved before and not among them stops counting at once. Members keep it, so that it
    counts again when it is approved again.

    Raises:
        Forbidden: not an operator.
        NotFound: no such organisation.
        OwnOrganisation: the actor belongs to it.
        Invalid: a role that nobody asked for, or no reason for a refusal.
        OrganisationDiffers: the decision's name was used for another decision.
    """
    actor.require(Permission.ORGANISATION_APPROVE)
    known = session.get(Organisation, organisation_id, with_for_update=True)
    if known is None:
        raise NotFound(organisation=str(organisation_id))
    if queries.is_member(session, actor, organisation_id):
        raise OwnOrganisation()
    repeated = session.get(Decision, decision_id)
    if repeated is not None:
        if (repeated.organisation_id, set(repeated.roles)) != (organisation_id, set(roles)):
            raise OrganisationDiffers(name=str(decision_id))
        return
    asked = session.scalars(
        select(OrganisationRole).where(
            OrganisationRole.organisation_id == organisation_id,
            OrganisationRole.role != Role.ADMINISTRATOR,
        )
    ).all()
    faults = []
    if not roles <= {Role(row.role) for row in asked}:
        faults.append(Fault("roles", N_("只能批准机构申请过的角色"), field="roles"))
    if not (1 if not roles else 0) <= len(reason.strip()) <= LONGEST_REASON:
        faults.append(Fault("reason", N_("不予批准时须写明理由"), field="reason"))
    if faults:
        raise Invalid(faults)
    for row in asked:
        row.approved_at = (row.approved_at or now) if Role(row.role) in roles else None
    session.add(
        Decision(
            decision_id=decision_id,
            organisation_id=organisation_id,
            roles=sorted(roles),
            reason=reason.strip(),
            decided_by=actor.person_id,
            decided_at=now,
        )
    )
    session.flush()


def invite(
    session: Session,
    actor: Actor,
    invitation_id: UUID,
    organisation_id: UUID,
    written_phone: str,
    role: Role,
    now: datetime,
) -> None:
    """Offer a role to whoever holds a phone number.

    Nothing that can be seen depends on whether the number is known here: its owner finds the
    invitation after signing in.

    Raises:
        NotFound: not the actor's organisation.
        Invalid: no mobile number.
        RoleNotApproved: no operator has approved this role there.
        OrganisationDiffers: the invitation's name was used for another one.
        TooManyTries: the organisation has invited too many today.
    """
    actor.require(Permission.ORGANISATION_ADMIN, organisation_id)
    phone = normal_phone(written_phone)
    phone_hash = vault().hash_of_phone(phone)
    counting.lock(session, Try.INVITED, organisation_id.bytes)
    _require_approved(session, organisation_id, role)
    known = session.get(Invitation, invitation_id)
    if known is not None:
        asked = (organisation_id, role, phone_hash)
        if (known.organisation_id, known.role, known.phone_hash) != asked:
            raise OrganisationDiffers(name=str(invitation_id))
        return
    counting.check(session, Try.INVITED, organisation_id.bytes, now)
    counting.record(session, Try.INVITED, organisation_id.bytes, now)
    session.add(
        Invitation(
            invitation_id=invitation_id,
            organisation_id=organisation_id,
            role=role,
            phone_hash=phone_hash,
            phone_sealed=vault().seal(phone, f"phone of {invitation_id}"),
            invited_by=actor.person_id,
            invited_at=now,
            expires_at=now + INVITATION_LIFETIME,
        )
    )
    session.flush()


def answer(
    session: Session, actor: Actor, invitation_id: UUID, accepts: bool, now: datetime
) -> None:
    """Accept or decline an invitation to the actor's number; the same answer again is no fault.

    Raises:
        NotFound: no such invitation, or it is to another number.
        InvitationClosed: withdrawn, too old, or answered otherwise.
        RoleNotApproved: the role has been taken from the organisation since.
        Forbidden: a child.
    """
    actor.require(Permission.SELF_MANAGE)
    row = session.get(Invitation, invitation_id, with_for_update=True)
    own = session.scalar(select(Person.phone_hash).where(Person.person_id == actor.person_id))
    if row is None or row.phone_hash != own:
        raise NotFound(invitation=str(invitation_id))
    said = "accepted" if accepts else "declined"
    if row.answer == said:
        return
    if row.answer is not None or row.expires_at <= now:
        raise InvitationClosed(invitation=str(invitation_id))
    if accepts:
        if queries.is_minor(session, actor.person_id, now):
            raise Forbidden()
        role = Role(row.role)
        _require_approved(session, row.organisation_id, role)
        give_role(session, row.organisation_id, actor.person_id, role, row.invited_by, now)
    row.answer, row.answered_at = said, now


def withdraw_invitation(
    session: Session, actor: Actor, organisation_id: UUID, invitation_id: UUID, now: datetime
) -> None:
    """Take an open invitation back; again changes nothing.

    Raises:
        NotFound: no such invitation of the actor's organisation.
        InvitationClosed: it was answered.
    """
    actor.require(Permission.ORGANISATION_ADMIN, organisation_id)
    row = session.get(Invitation, invitation_id, with_for_update=True)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound(invitation=str(invitation_id))
    if row.answer == "withdrawn":
        return
    if row.answer is not None:
        raise InvitationClosed(invitation=str(invitation_id))
    row.answer, row.answered_at = "withdrawn", now


def take_role(
    session: Session,
    actor: Actor,
    organisation_id: UUID,
    person_id: UUID,
    role: Role,
    now: datetime,
) -> None:
    """Take a role from a member; members may lay down their own. Again changes nothing.

    Raises:
        NotFound: not the actor's organisation.
        LastAdministrator: nobody would be left to keep it.
    """
    if person_id != actor.person_id:
        actor.require(Permission.ORGANISATION_ADMIN, organisation_id)
    elif not queries.is_member(session, actor, organisation_id):
        raise NotFound(organisation=str(organisation_id))
    session.get_one(Organisation, organisation_id, with_for_update=True)
    row = session.get(Member, (organisation_id, person_id, role))
    if row is None:
        return
    if role is Role.ADMINISTRATOR:
        left = session.scalar(
            select(func.count()).where(
                Member.organisation_id == organisation_id, Member.role == Role.ADMINISTRATOR
            )
        )
        if left == 1:
            raise LastAdministrator()
    session.delete(row)
    _remember(session, organisation_id, person_id, role, "taken", actor.person_id, now)


def give_role(
    session: Session,
    organisation_id: UUID,
    person_id: UUID,
    role: Role,
    by: UUID | None,
    now: datetime,
) -> None:
    """Let a person hold a role, and remember who gave it; again changes nothing."""
    assert role in GIVABLE, role
    if session.get(Member, (organisation_id, person_id, role)) is not None:
        return
    session.add(Member(organisation_id=organisation_id, person_id=person_id, role=role, since=now))
    _remember(session, organisation_id, person_id, role, "given", by, now)


def _remember(
    session: Session,
    organisation_id: UUID,
    person_id: UUID,
    role: Role,
    change: str,
    by: UUID | None,
    now: datetime,
) -> None:
    session.add(
        MemberChange(
            organisation_id=organisation_id,
            person_id=person_id,
            role=role,
            change=change,
            changed_by=by,
            changed_at=now,
        )
    )
    session.flush()


def _require_approved(session: Session, organisation_id: UUID, role: Role) -> None:
    row = session.get(OrganisationRole, (organisation_id, role))
    if row is None or row.approved_at is None:
        raise RoleNotApproved(role=str(role))
