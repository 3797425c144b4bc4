"""Photographs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0006_evidence"
down_revision = "0005_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "evidence_photo",
        sa.Column("photo_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("original_sha256", sa.LargeBinary, nullable=False),
        sa.Column("stored_sha256", sa.LargeBinary, nullable=False),
        sa.Column("width", sa.BigInteger, nullable=False),
        sa.Column("height", sa.BigInteger, nullable=False),
        sa.Column("phash", sa.LargeBinary, nullable=False),
        sa.Column("mirrored_phash", sa.LargeBinary, nullable=False),
        sa.Column("bands", ARRAY(sa.Integer), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("zone_assumed", sa.Boolean, nullable=False),
        sa.Column("latitude", sa.Numeric),
        sa.Column("longitude", sa.Numeric),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("photo_id", name="pk_evidence_photo"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_evidence_photo_person_id"
        ),
        sa.CheckConstraint("octet_length(original_sha256) = 32", name="original_sha256_whole"),
        sa.CheckConstraint("octet_length(stored_sha256) = 32", name="stored_sha256_whole"),
        sa.CheckConstraint("octet_length(phash) = 32", name="phash_whole"),
        sa.CheckConstraint("octet_length(mirrored_phash) = 32", name="mirrored_phash_whole"),
        sa.CheckConstraint("cardinality(bands) = 16", name="bands_sixteen"),
        sa.CheckConstraint("width > 0 AND height > 0", name="size_positive"),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)"
            " AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="place_whole",
        ),
    )
    op.create_index("ix_evidence_photo_original_sha256", "evidence_photo", ["original_sha256"])
    op.create_index("ix_evidence_photo_stored_sha256", "evidence_photo", ["stored_sha256"])
    op.create_index("ix_evidence_photo_person", "evidence_photo", ["person_id", "received_at"])
    op.create_index("ix_evidence_photo_bands", "evidence_photo", ["bands"], postgresql_using="gin")
    # A photograph may be let go of, and what it says of a place forgotten; what it is may not
    # change once something rests on it.
    op.execute(
        "CREATE TRIGGER hashes_stay BEFORE UPDATE ON evidence_photo FOR EACH ROW"
        " WHEN (ROW(OLD.photo_id, OLD.person_id, OLD.original_sha256, OLD.stored_sha256,"
        " OLD.phash, OLD.mirrored_phash, OLD.bands) IS DISTINCT FROM"
        " ROW(NEW.photo_id, NEW.person_id, NEW.original_sha256, NEW.stored_sha256,"
        " NEW.phash, NEW.mirrored_phash, NEW.bands))"
        " EXECUTE FUNCTION refuse_change()"
    )
