"""The blueprints that nouns of identity hang their resources on."""

from collections.abc import Sequence
from typing import TypeVar

from puhui.web.blueprint import json_blueprint
from puhui.web.paging import Page

sign_in_resources = json_blueprint("sign_in", "/api/sign-in", "登录")
me_resources = json_blueprint("me", "/api/me", "本人")
organisation_resources = json_blueprint("organisations", "/api/organisations", "机构")
people_resources = json_blueprint("people", "/api/people", "人员管理")
permission_resources = json_blueprint("permissions", "/api/permissions", "权限表")
Row = TypeVar("Row")


def one_page(rows: Sequence[Row]) -> Page[Row]:
    """Return a list that is short by its nature as the one page it is."""
    return Page(rows[:100], None)
