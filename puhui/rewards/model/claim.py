"""Claims that were weighed, and shops whose claims wait."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Claim(Base):
    """A claimed unit as the rules weighed it. Decided once, appealed once (trigger)."""

    __tablename__ = "rewards_claim"
    __table_args__ = (
        CheckConstraint(
            "state IN ('accepted', 'held', 'released', 'refused', 'returned')", name="state_known"
        ),
        CheckConstraint("held_for IN ('rules', 'label', 'shop')", name="held_for_known"),
        CheckConstraint("state <> 'held' OR held_for IS NOT NULL", name="held_for_something"),
        CheckConstraint(
            "(state IN ('released', 'refused')) <= (decided_at IS NOT NULL)"
            " AND (state IN ('accepted', 'held')) <= (decided_at IS NULL)",
            name="decision_dated",
        ),
        CheckConstraint("decided_by <> person_id", name="decided_by_another"),
        CheckConstraint("words <> '' AND length(words) <= 500", name="words_bounded"),
        CheckConstraint("(words IS NULL) = (decided_by IS NULL)", name="words_of_somebody"),
        CheckConstraint(
            "(appeal_id IS NULL) = (appealed_at IS NULL)"
            " AND (appeal_id IS NULL) = (appeal_words IS NULL)",
            name="appeal_whole",
        ),
        CheckConstraint(
            "appeal_words <> '' AND length(appeal_words) <= 500", name="appeal_words_bounded"
        ),
        CheckConstraint("appeal_verdict IN ('upheld', 'rejected')", name="appeal_verdict_known"),
        CheckConstraint(
            "(appeal_verdict IS NULL) = (appeal_decided_by IS NULL)"
            " AND (appeal_verdict IS NULL) = (appeal_decided_at IS NULL)"
            " AND (appeal_verdict IS NULL) = (appeal_answer IS NULL)"
            " AND (appeal_verdict IS NULL OR appeal_id IS NOT NULL)",
            name="appeal_decision_whole",
        ),
        CheckConstraint(
            "appeal_answer <> '' AND length(appeal_answer) <= 500", name="appeal_answer_bounded"
        ),
        CheckConstraint(
            "appeal_decided_by <> person_id AND"
            " (decided_by IS NULL OR appeal_decided_by <> decided_by)",
            name="appeal_by_another",
        ),
        Index("ix_rewards_claim_held", "award_id", postgresql_where=text("state = 'held'")),
        Index(
            "ix_rewards_claim_appealed",
            "appealed_at",
            postgresql_where=text("appealed_at IS NOT NULL AND appeal_decided_at IS NULL"),
        ),
        Index("ix_rewards_claim_person", "person_id", "claimed_at"),
        Index("ix_rewards_claim_shop", "shop_id", "claimed_at"),
    )

    serial_id: Mapped[UUID] = mapped_column(primary_key=True)
    award_id: Mapped[UUID] = mapped_column(unique=True)
    """Of the points given for it; they do not mature while it is held."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    product_id: Mapped[UUID]
    shop_id: Mapped[UUID | None]
    label_code: Mapped[str]
    claimed_at: Mapped[datetime]
    state: Mapped[str]
    held_for: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """None where the rules refused it."""
    words: Mapped[str | None]
    appeal_id: Mapped[UUID | None] = mapped_column(unique=True)
    appealed_at: Mapped[datetime | None]
    appeal_words: Mapped[str | None]
    appeal_decided_at: Mapped[datetime | None]
    appeal_decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    appeal_verdict: Mapped[str | None]
    appeal_answer: Mapped[str | None]


class ShopFreeze(Base):
    """All claims of a shop wait until somebody has looked at it. Lifted once (trigger)."""

    __tablename__ = "rewards_shop_freeze"
    __table_args__ = (
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (words IS NULL)",
            name="lifting_whole",
        ),
        CheckConstraint("words <> '' AND length(words) <= 500", name="words_bounded"),
        Index(
            "uq_rewards_shop_freeze_open",
            "organisation_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    freeze_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    frozen_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    words: Mapped[str | None]
