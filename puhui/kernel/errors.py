"""Refusals: what a caller can cause.

DomainError
 ├─ NotFound       it does not exist, or it is not yours: the two look the same
 ├─ Forbidden      you may never do this
 ├─ Conflict       the state of things forbids it
 ├─ Invalid        what was submitted is wrong, with every fault by row and field
 ├─ Exhausted      too many tries; come back later
 └─ Unavailable    something we depend on does not answer

A package subclasses a kind and gives a stable `code` for programs and a Chinese `title` for
people. Which status a kind becomes is known to `puhui.web.errors` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as data_field
from typing import ClassVar

from puhui.kernel.text import N_


class DomainError(Exception):
    """A refusal with a name. `details` name the things it is about."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = N_("无法完成请求")

    def __init__(self, **details: object) -> None:
        super().__init__(self.code, details)
        self.details = details


class NotFound(DomainError):
    """It does not exist, or it is not the asker's."""

    code, title = "not_found", N_("没有找到")


class Forbidden(DomainError):
    """The asker may not do this."""

    code, title = "forbidden", N_("没有权限")


class Conflict(DomainError):
    """The present state of things forbids it."""

    code, title = "conflict", N_("与当前状态冲突")


class Exhausted(DomainError):
    """Too many tries. `retry_after_s` is the time to wait, in seconds."""

    code, title = "too_many_requests", N_("操作过于频繁，请稍后再试")

    def __init__(self, *, retry_after_s: int, **details: object) -> None:
        super().__init__(**details)
        self.retry_after_s = retry_after_s


class Unavailable(DomainError):
    """Something that we depend on does not answer."""

    code, title = "unavailable", N_("服务暂时不可用")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was submitted, and where it stands.

    `row` counts as the submitter counts (first line of the list is 1), `field` is its name on
    the wire or the column's heading; `message` is Chinese with `%(name)s` places filled from
    `values` once translated.
    """

    code: str
    message: str
    row: int | None = None
    field: str | None = None
    values: Mapping[str, object] = data_field(default_factory=dict)
    sheet: str | None = None
    """Name of the workbook's sheet, of what came in one."""


class Invalid(DomainError):
    """What was submitted is wrong. Carries every fault at once; nothing was changed."""

    code, title = "invalid", N_("提交的内容有误")

    def __init__(self, faults: list[Fault], **details: object) -> None:
        assert faults
        super().__init__(**details)
        self.faults = faults
