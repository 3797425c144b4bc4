"""What credits keep of people: purchases in one's own name, and who acted for whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from puhui.credits.hold import HoldState
from puhui.credits.model import (
    Batch,
    Beneficiary,
    Block,
    Cancellation,
    CertificateRow,
    EncumbranceRow,
    Erratum,
    HoldLine,
    HoldRow,
    Payment,
    Project,
    ProjectDocument,
    ProjectVersion,
    ReserveShare,
    RetirementRow,
    ReversalRow,
    Seal,
    SponsorRow,
    Tally,
)
from puhui.credits.paying import personal as paying
from puhui.credits.queries import personal_holds
from puhui.db.personal import About, Personal, Trace
from puhui.kernel.text import N_

_PROPERTY = N_("碳信用是财产：买卖和注销须可追查，编号不再指向任何人")


def _personal(person_id: Any) -> ColumnElement[bool]:
    return HoldRow.hold_id.in_(personal_holds(person_id))


def _named(person_id: Any) -> ColumnElement[bool]:
    return Beneficiary.hold_id.in_(personal_holds(person_id))


def _retired(person_id: Any) -> ColumnElement[bool]:
    return RetirementRow.hold_id.in_(personal_holds(person_id))


def _paid(person_id: Any) -> ColumnElement[bool]:
    return Payment.hold_id.in_(personal_holds(person_id))


def _certified(person_id: Any) -> ColumnElement[bool]:
    return CertificateRow.retirement_id.in_(
        select(RetirementRow.retirement_id).where(_retired(person_id))
    )


def _binds(session: Session, organisation_id: UUID, _now: datetime) -> Sequence[str]:
    """What is held or paid for still has to be retired or given back."""
    live = (
        select(HoldRow.hold_id)
        .where(
            HoldRow.organisation_id == organisation_id,
            HoldRow.state.in_([HoldState.HELD, HoldState.PAID]),
        )
        .limit(1)
    )
    return (
        [
            N_(
                "您是“%(organisation)s”唯一的管理员，那里还有未了结的碳信用：请先了结，或请人接任管理员"
            )
        ]
        if session.scalar(live) is not None
        else []
    )


PERSONAL = Personal(
    "credits",
    about=(
        About(
            HoldRow,
            "credit_purchases",
            ("made_by",),
            whose=_personal,
            stays=_PROPERTY,
            codes=frozenset({"purpose", "wishes", "state", "reference"}),
        ),
        # The name and the salt together: without the salt the commitment in certificate and
        # register opens to nothing.
        About(Beneficiary, "names_on_certificates", whose=_named),
        About(
            Payment,
            "credit_payments",
            whose=_paid,
            stays=_PROPERTY,
            codes=frozenset({"reference", "road"}),
            withheld=frozenset({"confirmed_by"}),
        ),
        About(
            RetirementRow,
            "retirements",
            whose=_retired,
            stays=_PROPERTY,
            codes=frozenset({"purpose_kind", "title", "title_en"}),
        ),
        About(
            CertificateRow,
            "retirement_certificates",
            whose=_certified,
            stays=_PROPERTY,
            codes=frozenset({"code", "document"}),
        ),
        *paying.ABOUT,
    ),
    traces=(
        Trace(HoldRow, ("made_by",), _PROPERTY),
        Trace(Batch, ("imported_by",), _PROPERTY),
        Trace(Payment, ("confirmed_by",), _PROPERTY),
        Trace(Erratum, ("recorded_by",), _PROPERTY),
        Trace(ReversalRow, ("recorded_by",), _PROPERTY),
        Trace(Cancellation, ("recorded_by",), _PROPERTY),
        Trace(EncumbranceRow, ("recorded_by",), _PROPERTY),
        Trace(ProjectVersion, ("recorded_by",), _PROPERTY),
        Trace(ProjectDocument, ("recorded_by",), _PROPERTY),
        Trace(ReserveShare, ("recorded_by",), _PROPERTY),
        *paying.TRACES,
    ),
    of_nobody={
        Project: N_("碳信用项目"),
        HoldLine: N_("一笔预留由哪些批次组成"),
        SponsorRow: N_("资助机构的名称和份额"),
        Seal: N_("证书的签名"),
        Block: N_("序列号区间"),
        Tally: N_("按用途和年份的注销合计"),
        **paying.OF_NOBODY,
    },
    settle=paying.settle,
    binds=_binds,
)
