"""Teams and memberships on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.schema.base import COUNTY
from puhui.rewards.team import LONGEST_NAME, MOST_MEMBERS, MemberState, TeamDraft, TeamKind
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)

CODE: dict[str, Any] = {"pattern": "[0-9A-Za-z -]+", "most": 24, "example": "7KQ2M9XW4T"}


class TeamDraftSchema(Schema):
    """A team as its lead describes it."""

    kind = Enum(TeamKind, required=True)
    name = Text(LONGEST_NAME, required=True, example="常口村植树队")
    county_code = Code(**COUNTY, required=True, description="县级行政区划代码；不会更细")
    organisation_id = Uuid(allow_none=True, load_default=None, description="以组织名义建队时填写")
    asks_first = Boolean(load_default=True, description="加入须经队长同意")
    ranked = Boolean(load_default=False, description="参加公开的团队排行；不满五人不显示")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> TeamDraft:
        return TeamDraft(**values)


class TeamSchema(Schema):
    """What whoever is invited may know of a team."""

    team_id = Uuid(required=True)
    kind = Enum(TeamKind, required=True)
    name = Text(LONGEST_NAME, required=True)
    county_code = Code(**COUNTY, required=True)
    organisation_id = Uuid(required=True, allow_none=True)
    members = Whole(required=True, description="现有成员人数")
    asks_first = Boolean(required=True)
    ranked = Boolean(required=True)
    made_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    is_lead = Boolean(required=True, description="提问者是否队长")


class TeamMembershipDraftSchema(Schema):
    """A wish to join."""

    code = Code(**CODE, required=True, description="邀请码")
    person_id = Uuid(allow_none=True, load_default=None, description="替自己的孩子加入时填写")


class TeamMembershipSchema(Schema):
    """Somebody's place in a team."""

    membership_id = Uuid(required=True)
    team_id = Uuid(required=True)
    state = Enum(MemberState, required=True)
    asked_at = Instant(required=True)
    joined_at = Instant(required=True, allow_none=True)
    counts_from = Day(required=True, allow_none=True, description="从这一天起的行为计入团队")
    ended_at = Instant(required=True, allow_none=True)


class OwnTeamSchema(Schema):
    """A team that one belongs to, or wants to."""

    team = Nested(TeamSchema, required=True)
    membership = Nested(TeamMembershipSchema, required=True)


OwnTeamPageSchema = page_schema(OwnTeamSchema)


class TeamAnswerSchema(Schema):
    """The lead's answer."""

    accepted = Boolean(required=True)


class TeamLeadSchema(Schema):
    """Who leads from now on."""

    membership_id = Uuid(required=True)


class TeamInvitationSchema(Schema):
    """The code that counts now."""

    code = Code(**CODE, required=True)


class TeamShareSchema(Schema):
    """What somebody has done since they joined, of verified records alone."""

    trees = Whole(required=True)
    hours = Whole(required=True)
    points = Whole(required=True)


class TeamMemberSchema(Schema):
    """A member as the reader may see them."""

    membership = Nested(TeamMembershipSchema, required=True)
    name = Text(60, required=True, allow_none=True, description="未满十八周岁的只给队长和监护人看")
    is_own = Boolean(required=True)
    is_lead = Boolean(required=True)
    share = Nested(TeamShareSchema, required=True, allow_none=True, description="经本人同意才有")


class TeamTotalSchema(TeamShareSchema):
    """What a team has done, of verified records since each joined."""

    people = Whole(required=True)


class TeamBookSchema(Schema):
    """A team as its members see it."""

    team = Nested(TeamSchema, required=True)
    code = Code(**CODE, required=True, allow_none=True, description="邀请码，只给队长")
    members = List(Nested(TeamMemberSchema), most=MOST_MEMBERS, required=True)
    waiting = List(
        Nested(TeamMemberSchema),
        most=MOST_MEMBERS,
        required=True,
        metadata={"description": "等队长答复的人，只给队长"},
    )
    total = Nested(
        TeamTotalSchema,
        required=True,
        allow_none=True,
        description="全队合计；会暴露某一位未公开的成员时没有",
    )
