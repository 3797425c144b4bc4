"""Retire what has been paid for."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.credits import queries, stock
from puhui.credits.certificate import (
    canonical,
    code_of,
    document,
    register_entry,
)
from puhui.credits.errors import (
    HoldOver,
    NameTaken,
    NotPaid,
    UnknownCertificate,
)
from puhui.credits.hold import (
    HoldState,
    Retirement,
)
from puhui.credits.model import (
    Beneficiary,
    CertificateRow,
    Erratum,
    HoldRow,
    RetirementRow,
    Seal,
)
from puhui.credits.service.lines import locked, move, read_hold
from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.outbox.service import publish
from puhui.register.entry import Value, commitment
from puhui.register.note import SigningKey
from puhui.register.service import record

_RETIRE = text("""
    SELECT credits_retire_at_once(
      :retirement, :hold, :kind, :purpose_id, :title, :title_en, :quantity_kg, :required_kg, :now,
      :entry, :code, :document)""")


def retire(session: Session, hold_id: UUID, now: datetime) -> Retirement:
    """Retire what a paid hold keeps, for good: serials, certificate, register entry.

    Publishes `credits.retired` with retirement_id, hold_id, purpose_kind, purpose_id. The same
    again returns the same retirement.

    Raises:
        UnknownHold: no such hold.
        NotPaid: no payment has been confirmed.
        HoldOver: it was released or has expired.
    """
    row = locked(session, hold_id)
    if row.state == HoldState.RETIRED:
        known = queries.retirement_of_hold(session, hold_id)
        assert known is not None, hold_id
        return known
    if row.state == HoldState.HELD:
        raise NotPaid(hold=str(hold_id))
    if row.state != HoldState.PAID:
        raise HoldOver(hold=str(hold_id))
    retirement_id = uuid5(hold_id, "retirement")
    code = code_of(retirement_id)
    if row.organisation_id is None and not may_be_named(session, row.made_by, now):
        # Who withdrew between buying and retiring is not named by a certificate that comes after.
        forget_beneficiary(session, hold_id)
    kept = read_hold(session, hold_id)
    named = session.get(Beneficiary, hold_id)
    lines = queries.lines_of_hold(session, hold_id)
    told = document(
        code,
        retirement_id,
        kept.purpose,
        commitment(named.salt, named.name) if named else None,
        lines,
        now,
        queries.sponsors_of(session, hold_id),
    )
    assert told["retired_kg"] == str(row.total_kg), (told["retired_kg"], row.total_kg)
    entry_id = record(session, "retirement", str(retirement_id), register_entry(told), now)
    session.flush()
    session.execute(
        _RETIRE,
        {
            "retirement": retirement_id,
            "hold": hold_id,
            "kind": kept.purpose.kind,
            "purpose_id": kept.purpose.subject_id,
            "title": kept.purpose.title_zh,
            "title_en": kept.purpose.title_en or kept.purpose.title_zh,
            "quantity_kg": row.total_kg,
            "required_kg": kept.purpose.required_kg,
            "now": now,
            "entry": entry_id,
            "code": code,
            "document": canonical(told),
        },
    )
    session.expire(row)
    move(
        session,
        uuid5(hold_id, "retired"),
        kept.lines,
        stock.held,
        stock.retired,
        "retirement",
        now,
    )
    publish(
        session,
        "credits.retired",
        now,
        retirement_id=str(retirement_id),
        hold_id=str(hold_id),
        purpose_kind=kept.purpose.kind,
        purpose_id=str(kept.purpose.subject_id),
    )
    return Retirement(
        retirement_id,
        hold_id,
        code,
        kept.purpose,
        kept.total_kg,
        kept.purpose.required_kg,
        now,
        entry_id,
        tuple(lines),
    )


def correct(
    session: Session,
    actor: Actor,
    retirement_id: UUID,
    erratum_id: UUID,
    says_zh: str,
    says_en: str,
    now: datetime,
) -> None:
    """Publish an erratum on a retirement. What was retired stays retired.

    Raises:
        UnknownCertificate: no such retirement.
        NameTaken: the identifier belongs to another erratum.
    """
    actor.require(Permission.CREDIT_IMPORT)
    if session.get(RetirementRow, retirement_id, with_for_update=True) is None:
        raise UnknownCertificate(retirement=str(retirement_id))
    known = session.get(Erratum, erratum_id)
    if known is not None:
        if (known.retirement_id, known.says_zh, known.says_en) != (retirement_id, says_zh, says_en):
            raise NameTaken(erratum=str(erratum_id))
        return
    session.add(
        Erratum(
            erratum_id=erratum_id,
            retirement_id=retirement_id,
            says_zh=says_zh,
            says_en=says_en,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    said: dict[str, Value] = {
        "retirement": str(retirement_id),
        "says": {"zh": says_zh, "en": says_en},
    }
    record(session, "retirement_erratum", str(erratum_id), said, now)
    publish(session, "credits.corrected", now, retirement_id=str(retirement_id))


def may_be_named(session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether a person agrees, at this moment, to be named on certificates; no child is."""
    agreed = consents.given(session, person_id, consents.Purpose.CERTIFICATE_NAME)
    return agreed and not identity.is_minor(session, person_id, now)


def forget_beneficiary(session: Session, hold_id: UUID) -> None:
    """Forget whose retirement a hold is or will be.

    The commitment in certificate and register stays and means nothing without its salt.
    """
    session.execute(delete(Beneficiary).where(Beneficiary.hold_id == hold_id))


def forget_person(session: Session, person_id: UUID) -> None:
    """Forget the name on everything that a person bought in their own name."""
    own = select(HoldRow.hold_id).where(
        HoldRow.organisation_id.is_(None), HoldRow.made_by == person_id
    )
    session.execute(delete(Beneficiary).where(Beneficiary.hold_id.in_(own)))


def seal(session: Session, retirement_id: UUID, key: SigningKey, now: datetime) -> None:
    """Sign the certificate's document, once. Canonical JSON begins with a brace and a head of
    the register with its origin, so no signature of one passes for the other.

    Raises:
        UnknownCertificate: no such retirement.
    """
    said = session.scalar(
        select(CertificateRow.document).where(CertificateRow.retirement_id == retirement_id)
    )
    if said is None:
        raise UnknownCertificate(retirement=str(retirement_id))
    session.execute(
        insert(Seal)
        .values(
            retirement_id=retirement_id,
            key=str(key.verifier),
            signature=key.private.sign(said.encode()),
            sealed_at=now,
        )
        .on_conflict_do_nothing()
    )
