"""What identity keeps of people, and what has to end before somebody is erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.orm import Session

from puhui.db.personal import ERASED, About, Personal, Trace
from puhui.identity.model import (
    ApiClient,
    Attempt,
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
from puhui.identity.purpose import WORDINGS
from puhui.identity.sender import forget as forget_sent
from puhui.identity.service.leaving import leave
from puhui.identity.vault import vault
from puhui.kernel.text import N_

_OFFICE = N_("机构和平台的决定与记录须可追查；编号不再指向任何人")


def _phone_of(person_id: Any) -> ScalarSelect[bytes | None]:
    return (
        select(Person.phone_hash)
        .where(Person.person_id == person_id, Person.phone_hash.is_not(None))
        .scalar_subquery()
    )


def _own_codes(person_id: Any) -> ColumnElement[bool]:
    return or_(Code.person_id == person_id, Code.phone_hash == _phone_of(person_id))


def _own_attempts(person_id: Any) -> ColumnElement[bool]:
    """Tries are counted under a number's hash, or under a person's id as bytes."""
    as_bytes = func.uuid_send(person_id)
    return or_(Attempt.subject == _phone_of(person_id), Attempt.subject == as_bytes)


def _own_invitations(person_id: Any) -> ColumnElement[bool]:
    return Invitation.phone_hash == _phone_of(person_id)


def _own_withdrawals(person_id: Any) -> ColumnElement[bool]:
    return Withdrawal.consent_id.in_(
        select(Consent.consent_id).where(Consent.person_id == person_id)
    )


def _opened(place: str) -> Any:
    def read(row: Mapping[str, Any]) -> str | None:
        if row["phone_sealed"] is None:
            return None
        return vault().open(row["phone_sealed"], f"phone of {row[place]}")

    return read


def _settle(session: Session, person_id: UUID, now: datetime) -> None:
    """End what a person is here: roles, consents, and the number in a console's copy of codes."""
    phone = session.scalar(select(Person.phone_sealed).where(Person.person_id == person_id))
    if phone is not None:
        forget_sent(vault().open(phone, f"phone of {person_id}"))
    leave(session, person_id, now)


def _binds(session: Session, organisation_id: UUID, _now: datetime) -> Sequence[str]:
    """Somebody has to keep the other members, and a machine that acts in its name."""
    members = session.scalar(
        select(func.count(Member.person_id.distinct())).where(
            Member.organisation_id == organisation_id
        )
    )
    machine = session.scalar(
        select(ApiClient.client_id)
        .where(ApiClient.organisation_id == organisation_id, ApiClient.ended_at.is_(None))
        .limit(1)
    )
    return [
        *(
            [N_("您是“%(organisation)s”唯一的管理员，那里还有其他成员：请先请一位成员担任管理员")]
            if (members or 0) > 1
            else []
        ),
        *(
            [
                N_(
                    "您是“%(organisation)s”唯一的管理员，那里还有正在使用的接口账号：请先停用，或请人接任管理员"
                )
            ]
            if machine is not None
            else []
        ),
    ]


PERSONAL = Personal(
    "identity",
    about=(
        # What is found by the number goes before the number does.
        About(
            Code,
            "codes",
            ("person_id",),
            whose=_own_codes,
            withheld=frozenset({"code_hash", "code_sealed", "ticket_hash", "phone_hash"}),
            read={"phone_sealed": _opened("code_id")},
        ),
        About(Attempt, "counted_tries", whose=_own_attempts, withheld=frozenset({"subject"})),
        About(
            Invitation,
            "invitations",
            whose=_own_invitations,
            withheld=frozenset({"phone_hash", "invited_by"}),
            read={"phone_sealed": _opened("invitation_id")},
        ),
        About(Password, "password", ("person_id",), withheld=frozenset({"hash"})),
        About(SignedInSession, "sessions", ("person_id",), withheld=frozenset({"token_hash"})),
        About(Member, "memberships", ("person_id",)),
        About(
            MemberChange,
            "membership_history",
            ("person_id",),
            stays=_OFFICE,
            codes=frozenset({"role", "change"}),
            withheld=frozenset({"changed_by"}),
        ),
        About(
            Consent,
            "consents",
            ("person_id", "given_by"),
            stays=N_("证明处理曾获同意：用途、文字的哈希、时间和方式，没有一句话"),
            codes=frozenset({"purpose", "text_hash", "channel"}),
            read={
                "text_hash": lambda row: (
                    f"{row['text_hash']} {WORDINGS.get(row['text_hash'], '')}".rstrip()
                )
            },
        ),
        About(
            Withdrawal,
            "withdrawals",
            ("withdrawn_by",),
            whose=_own_withdrawals,
            stays=N_("证明同意已撤回：时间和方式"),
            codes=frozenset({"channel"}),
        ),
        About(
            Person,
            "children",
            ("guardian_id",),
            stays=N_("孩子的资料属于孩子"),
            erased={"guardian_id": None},
            withheld=frozenset(
                {"phone_hash", "phone_sealed", "language", "disabled_at", "birth_year", "erased_at"}
            ),
        ),
        About(
            Person,
            "person",
            ("person_id",),
            stays=N_("账本和公开登记里的编号须有一行，不再指向任何人"),
            erased={
                "phone_hash": None,
                "phone_sealed": None,
                "display_name": ERASED,
                "birth_year": None,
                "guardian_id": None,
                "language": None,
            },
            codes=frozenset({"kind"}),
            withheld=frozenset({"phone_hash"}),
            read={"phone_sealed": _opened("person_id")},
        ),
    ),
    traces=(
        Trace(MemberChange, ("changed_by",), _OFFICE),
        Trace(Organisation, ("applied_by",), _OFFICE),
        Trace(Decision, ("decided_by",), _OFFICE),
        Trace(Invitation, ("invited_by",), _OFFICE),
        Trace(Withdrawal, ("withdrawn_by",), _OFFICE),
        Trace(ApiClient, ("person_id", "made_by"), _OFFICE),
    ),
    of_nobody={OrganisationRole: N_("机构获准的角色")},
    settle=_settle,
    binds=_binds,
)
