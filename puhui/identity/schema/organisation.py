"""Organisations and what is decided about them, on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.identity.organisation import LONGEST_REASON, OrganisationDraft
from puhui.identity.schema.me import RoleSchema
from puhui.kernel.actor import Role
from puhui.web.paging import page_schema
from puhui.web.schema import Code, Enum, List, Nested, Schema, Text, Uuid


class OrganisationDraftSchema(Schema):
    """An application; loads to an `OrganisationDraft`."""

    uscc = Text(40, required=True, description="统一社会信用代码", example="91350721MA00000006")
    name = Text(120, required=True, example="将乐县常口村股份经济合作社")
    name_en = Text(160, load_default=None, allow_none=True)
    county_code = Code("[0-9]{6}", load_default=None, allow_none=True, example="350428")
    roles = List(Enum(Role), least=1, most=8, required=True, description="申请的业务")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OrganisationDraft:
        """Return the draft."""
        return OrganisationDraft(**{**data, "roles": frozenset(data["roles"])})


class OrganisationSchema(Schema):
    """What others may know of an organisation."""

    organisation_id = Uuid(required=True)
    name = Text(120, required=True)
    name_en = Text(160, required=True, allow_none=True)
    uscc = Text(18, required=True)
    county_code = Text(6, required=True, allow_none=True)
    roles = List(Nested(RoleSchema), required=True)


class DecisionDraftSchema(Schema):
    """Which roles an operator approves; none refuses the organisation."""

    roles = List(Enum(Role), most=8, required=True)
    reason = Text(LONGEST_REASON, may_be_blank=True, load_default="")


OrganisationPageSchema = page_schema(OrganisationSchema)
