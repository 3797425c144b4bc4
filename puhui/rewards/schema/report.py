"""Reports and authorisations on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.points import Reporter
from puhui.rewards.report import (
    LONGEST_DOCUMENT,
    MOST_PHOTOS,
    MOST_WORDS,
    AuthorisationDraft,
    ReportDraft,
    ReportState,
    ReportVerdict,
)
from puhui.rewards.schema.planting import PhotoSchema
from puhui.rewards.schema.points import AwardSchema
from puhui.rewards.schema.rule import RuleSchema
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

BEHAVIOUR: dict[str, Any] = {"pattern": "[a-z_]+", "most": 32, "example": "tending"}


class ReportDraftSchema(Schema):
    """What somebody says was done."""

    behaviour = Code(**BEHAVIOUR, required=True, description="规则的键")
    quantity = Whole(minimum=1, maximum=10_000, required=True, example=2)
    done_on = Day(required=True)
    photo_ids = List(Uuid(), most=MOST_PHOTOS, load_default=list)
    document = Text(
        LONGEST_DOCUMENT,
        may_be_blank=True,
        load_default="",
        description="票据或证书编号；由组织申报时为其记录编号",
    )
    authorisation_id = Uuid(
        allow_none=True, load_default=None, description="由组织申报时，本人给出的授权编号"
    )

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> ReportDraft:
        return ReportDraft(**{**values, "photo_ids": tuple(values["photo_ids"])})


class ReportSchema(Schema):
    """A report, and what became of it."""

    report_id = Uuid(required=True)
    rule = Nested(RuleSchema, required=True)
    quantity = Whole(required=True, attribute="draft.quantity")
    done_on = Day(required=True)
    document = Text(LONGEST_DOCUMENT, required=True, may_be_blank=True, attribute="draft.document")
    reporter = Enum(Reporter, required=True)
    organisation_id = Uuid(required=True, allow_none=True)
    state = Enum(ReportState, required=True)
    logged_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    words = Text(MOST_WORDS, required=True, may_be_blank=True, description="核查员的说明")
    photos = List(Nested(PhotoSchema), most=MOST_PHOTOS, required=True)
    award = Nested(AwardSchema, required=True, allow_none=True)


ReportPageSchema = page_schema(ReportSchema)


class ReportVerdictSchema(Schema):
    """What a verifier decides of a report."""

    approved = Boolean(required=True)
    words = Text(MOST_WORDS, may_be_blank=True, load_default="", description="不通过时必填")

    @post_load
    def _verdict(self, values: dict[str, Any], **_: Any) -> ReportVerdict:
        return ReportVerdict(values["approved"], values["words"].strip())


class AuthorisationDraftSchema(Schema):
    """Who may report which behaviour of mine."""

    organisation_id = Uuid(required=True)
    behaviour = Code(**BEHAVIOUR, required=True)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> AuthorisationDraft:
        return AuthorisationDraft(**values)


class AuthorisationSchema(Schema):
    """Who may or might report what of a person."""

    authorisation_id = Uuid(required=True)
    organisation_id = Uuid(required=True)
    behaviour = Code(**BEHAVIOUR, required=True)
    given_at = Instant(required=True)
    withdrawn_at = Instant(required=True, allow_none=True)


AuthorisationPageSchema = page_schema(AuthorisationSchema)


class ReportFormSchema(Schema):
    """The page's form: photographs already taken in."""

    behaviour = Code(**BEHAVIOUR, required=True)
    quantity = Whole(minimum=1, maximum=10_000, required=True)
    done_on = Day(required=True)
    document = Text(LONGEST_DOCUMENT, may_be_blank=True, load_default="")
    photo_ids = List(Uuid(), most=MOST_PHOTOS, load_default=list)
