"""Teams, how one is let in, and who belongs to them since when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.kernel.clock import day_of
from puhui.rewards.team import Ended, MemberState, TeamDraft, TeamKind


class Team(Base):
    """A village, a school or a company whose people plant together."""

    __tablename__ = "rewards_team"
    __table_args__ = (
        CheckConstraint("kind IN ('village', 'school', 'company')", name="kind_known"),
        CheckConstraint("length(name) BETWEEN 2 AND 30", name="name_length"),
        CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code_six_digits"),
        UniqueConstraint("team_id", "kind"),
    )

    team_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    county_code: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    asks_first: Mapped[bool]
    ranked: Mapped[bool]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When its last member, the lead, has left."""

    @property
    def draft(self) -> TeamDraft:
        """Return it as it is described now."""
        return TeamDraft(
            TeamKind(self.kind),
            self.name,
            self.county_code,
            self.organisation_id,
            self.asks_first,
            self.ranked,
        )


class TeamInvitation(Base):
    """A code by which one may ask to join; a newer one ends it."""

    __tablename__ = "rewards_team_invitation"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{10}$'", name="code_form"),
        CheckConstraint("ended_at >= made_at", name="ends_later"),
        UniqueConstraint("code"),
        Index(
            "uq_rewards_team_invitation_live",
            "team_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    invitation_id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_team.team_id"))
    code: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Membership(Base):
    """A person in a team, from the day on which they joined to the day on which they left."""

    __tablename__ = "rewards_membership"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "kind"],
            ["rewards_team.team_id", "rewards_team.kind"],
            name="fk_rewards_membership_team",
        ),
        CheckConstraint("(joined_at IS NULL) = (counts_from IS NULL)", name="counts_once_joined"),
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_somehow"),
        CheckConstraint("ended_how IN ('self', 'lead', 'declined')", name="end_known"),
        CheckConstraint("ended_how <> 'declined' OR joined_at IS NULL", name="declined_unjoined"),
        CheckConstraint(
            "joined_at >= asked_at AND ended_at >= asked_at AND counts_until >= counts_from",
            name="in_order",
        ),
        CheckConstraint(
            "(counts_until IS NULL) = (joined_at IS NULL OR ended_at IS NULL)",
            name="counts_until_left",
        ),
        Index(
            "uq_rewards_membership_live",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_rewards_membership_team", "team_id", "asked_at", "membership_id"),
    )

    membership_id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID]
    kind: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    """The person, or the guardian of a child."""
    asked_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    counts_from: Mapped[date | None]
    """The day in China from which the person's deeds count for the team."""
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]
    counts_until: Mapped[date | None]

    @property
    def state(self) -> MemberState:
        """Return where the person stands."""
        if self.ended_at is not None:
            return MemberState.LEFT
        return MemberState.ASKED if self.joined_at is None else MemberState.MEMBER

    def join(self, now: datetime) -> None:
        """Let the person in; from this day on their deeds count."""
        assert self.state is MemberState.ASKED, self.state
        self.joined_at, self.counts_from = now, day_of(now)

    def end(self, how: Ended, now: datetime) -> None:
        """Let the person go; what they did until today stays with the team."""
        assert self.state is not MemberState.LEFT, self.state
        self.ended_at, self.ended_how = now, how
        if self.joined_at is not None:
            self.counts_until = day_of(now)
