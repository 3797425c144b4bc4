"""Retirements and errata on the wire, and which of them are asked for."""

from dataclasses import fields
from typing import Any

from marshmallow import post_load

from puhui.credits.batch import LONGEST
from puhui.credits.certificate import CODE_LENGTH
from puhui.credits.kind import Kind
from puhui.credits.public import Filter
from puhui.credits.purpose import PurposeKind
from puhui.web.paging import PageQuery
from puhui.web.schema import Code, Enum, Instant, List, Schema, Text, Uuid, Whole, Year


class RetirementsFilter(Schema):
    """Which retirements are asked for; everything given has to hold."""

    search = Text(
        200, may_be_blank=True, load_default="", description="名称、项目、受益人、证书编号或序列号"
    )
    serial = Text(200, load_default="", description="序列号或一段序列号，任何写法")
    project = Text(200, load_default="", description="项目代码，或名称的一部分")
    event = Text(200, load_default="", description="用途名称的一部分")
    beneficiary = Text(200, load_default="", description="受益人名称的一部分；只找同意公开的")
    kind = Enum(Kind, load_default=None)
    county = Code("[1-9][0-9]{1,5}", most=6, load_default="", description="行政区划代码或其开头")
    purpose = Enum(PurposeKind, load_default=None)
    year = Year(load_default=None, description="注销的年份")

    def filter_of(self, found: dict[str, Any]) -> Filter:
        """Return what is asked for beside the page."""
        said = {each.name: found[each.name] for each in fields(Filter)}
        return Filter(**{**said, "purpose": said["purpose"] or ""})


class RetirementsQuery(RetirementsFilter, PageQuery):
    """Which retirements to list, and from where on."""

    @post_load
    def _asked(self, found: dict[str, Any], **_: Any) -> tuple[Filter, dict[str, Any]]:
        return self.filter_of(found), found


class RegisterQuery(RetirementsFilter):
    """The same for a page or a file."""

    before = Text(100, load_default="")

    @post_load
    def _asked(self, found: dict[str, Any], **_: Any) -> tuple[Filter, str]:
        return self.filter_of(found), found["before"]


class RetirementSchema(Schema):
    """A retirement as everyone may see it."""

    retirement_id = Uuid(required=True)
    code = Text(CODE_LENGTH, required=True)
    purpose_kind = Text(40, required=True)
    title = Text(LONGEST, required=True)
    title_en = Text(LONGEST, required=True)
    beneficiary = Text(LONGEST, may_be_blank=True, required=True)
    beneficiary_en = Text(LONGEST, may_be_blank=True, required=True)
    quantity_kg = Whole(required=True)
    required_kg = Whole(required=True)
    retired_at = Instant(required=True)
    serials = List(Text(LONGEST), most=100_000, required=True)
    projects = List(Text(LONGEST), most=100_000, required=True)


class ErratumSchema(Schema):
    """A public correction."""

    says_zh = Text(2000, required=True)
    says_en = Text(2000, required=True)
