"""Certificates of duty trees, which anybody can check."""

from datetime import datetime
from hmac import compare_digest
from secrets import token_bytes
from unicodedata import normalize
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.identity.queries import display_names
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.code import short_code
from puhui.register.entry import SALT_BYTES, commitment
from puhui.register.service import record
from puhui.rewards.duty import Certificate
from puhui.rewards.errors import NameTaken, TooFewTrees
from puhui.rewards.model.duty import DutyCertificate
from puhui.rewards.queries import duties as queries
from puhui.rewards.queries.duties import CODE_LENGTH, CertificateCard
from puhui.rewards.service.duties import in_turn


def issue_certificate(
    session: Session,
    actor: Actor,
    year: int,
    person_id: UUID | None,
    *,
    shows_categories: bool,
    now: datetime,
) -> CertificateCard:
    """Issue the certificate that a year has earned; again, it is the same one.

    The public register gets its code, year, kind and count, and a commitment to the name, never
    the name. A year that grows from the duty's certificate to the honour's may have both.

    Raises:
        NotFound: the person is neither the actor nor their child.
        TooFewTrees: the year counts fewer than three.
        NameTaken: it was issued with another choice of what to show.
    """
    actor.require(Permission.PLANTING_LOG)
    holder = queries.whose(session, actor, person_id)
    in_turn(session, holder)
    counted, lines = (
        queries.year_of(session, holder, year),
        queries.entries(session, holder, year),
    )
    if counted.tier is Certificate.NONE:
        raise TooFewTrees(year=year, trees=counted.trees)
    salt, name = token_bytes(SALT_BYTES), display_names(session, [holder])[holder]
    certificate_id = uuid5(holder, f"duty {year} {counted.tier}")
    made = session.scalar(
        insert(DutyCertificate)
        .values(
            certificate_id=certificate_id,
            code=short_code(salt.hex(), CODE_LENGTH),
            person_id=holder,
            year=year,
            tier=counted.tier,
            trees=counted.trees,
            up_to_line=lines[-1].line,
            shows_categories=shows_categories,
            salt=salt,
            name=name,
            issued_at=now,
        )
        .on_conflict_do_nothing(index_elements=["certificate_id"])
        .returning(DutyCertificate.certificate_id)
    )
    row = session.scalar(
        select(DutyCertificate).where(DutyCertificate.certificate_id == certificate_id)
    )
    assert row is not None
    if made is not None:
        leaf = {
            "year": str(year),
            "tier": str(counted.tier),
            "trees": str(counted.trees),
            "holder": commitment(salt, name),
        }
        record(session, "duty_certificate", row.code, leaf, now)
    elif row.shows_categories != shows_categories:
        raise NameTaken(certificate=row.code)
    return queries.certificate_card(session, row, to_holder=True)


def name_fits(session: Session, written: str, name: str) -> bool:
    """Whether the certificate was made out to this name; nothing else of it is told.

    Raises:
        NoSuchDutyCertificate: there is no such certificate.
    """
    row = queries.row_by_code(session, written)
    if row.salt is None or row.name is None:
        return False
    meant = normalize("NFC", name.strip())
    return compare_digest(commitment(row.salt, meant), commitment(row.salt, row.name))
