"""What is known of photographs and documents, themselves files; and leave to take a picture."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Photo(Base):
    """A photograph that someone took in; its hashes never change (trigger)."""

    __tablename__ = "evidence_photo"
    __table_args__ = (
        CheckConstraint("octet_length(original_sha256) = 32", name="original_sha256_whole"),
        CheckConstraint("octet_length(stored_sha256) = 32", name="stored_sha256_whole"),
        CheckConstraint("octet_length(phash) = 32", name="phash_whole"),
        CheckConstraint("octet_length(mirrored_phash) = 32", name="mirrored_phash_whole"),
        CheckConstraint("cardinality(bands) = 16", name="bands_sixteen"),
        CheckConstraint("width > 0 AND height > 0", name="size_positive"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)"
            " AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="place_whole",
        ),
        Index("ix_evidence_photo_bands", "bands", postgresql_using="gin"),
        Index("ix_evidence_photo_person", "person_id", "received_at"),
    )

    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    original_sha256: Mapped[bytes] = mapped_column(index=True)
    stored_sha256: Mapped[bytes | None] = mapped_column(index=True)
    """Names the file; None once the picture was erased with its person."""
    width: Mapped[int]
    height: Mapped[int]
    phash: Mapped[bytes]
    mirrored_phash: Mapped[bytes]
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """`phash` in 16 parts for exact look-up of near hashes (`puhui.evidence.phash.bands`)."""
    taken_at: Mapped[datetime | None]
    zone_assumed: Mapped[bool]
    latitude: Mapped[Decimal | None]
    """Degrees, WGS-84, as the camera wrote it; kept only with the person's consent."""
    longitude: Mapped[Decimal | None]
    received_at: Mapped[datetime]


class CaptureTicket(Base):
    """Leave to photograph one place, given beforehand: for one person, for a while, once."""

    __tablename__ = "evidence_ticket"
    __table_args__ = (
        CheckConstraint("issued_at < valid_until", name="window_open"),
        CheckConstraint("(spent_on IS NULL) = (spent_at IS NULL)", name="spent_whole"),
        Index(
            "ix_evidence_ticket_unspent", "valid_until", postgresql_where=text("spent_on IS NULL")
        ),
    )

    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    place_id: Mapped[UUID]
    """What is to be photographed there, in the words of whoever asks: a planting base."""
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    spent_on: Mapped[UUID | None] = mapped_column(unique=True)
    """The record that it was spent on."""
    spent_at: Mapped[datetime | None]


class Document(Base):
    """A document that supports a claim, exactly as it came; its row never changes (trigger)."""

    __tablename__ = "evidence_document"
    __table_args__ = (
        CheckConstraint("octet_length(sha256) = 32", name="sha256_whole"),
        CheckConstraint("size > 0", name="size_positive"),
        Index("ix_evidence_document_person", "person_id", "received_at"),
    )

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    sha256: Mapped[bytes] = mapped_column(index=True)
    media_type: Mapped[str]
    name: Mapped[str]
    """What its sender called it, cleaned."""
    size: Mapped[int]
    """Bytes."""
    received_at: Mapped[datetime]
