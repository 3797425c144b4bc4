"""The wire, in and out: a strict base schema and the fields that every resource uses.

Frameworks let through what a database or a reader cannot bear: NUL, lone surrogates, `1e3` for an
integer, `"1e3"` for a decimal, unknown keys. Refusing it is done here once. A field says of itself
what it accepts (`wire`), so that the OpenAPI document tells the truth; every refusal is a
`puhui.kernel.errors.Fault`, so that it has a code and can be translated.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias
from uuid import UUID

import marshmallow
from marshmallow import RAISE, ValidationError, fields

from puhui.kernel.errors import Fault
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_

Sentences: TypeAlias = dict[str, str | list[Any] | dict[Any, Any]]
"""What a field may refuse, and the Chinese sentence for each."""

INT8 = 2**63 - 1
EARLIEST, LATEST = 1900, 2100
"""Years between which every date on the wire lies."""

# Control characters other than newline, and the marks that turn the direction of the text after
# them: with those a name can be made to look like another.
_FORBIDDEN = "\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_FORBIDDEN_ON_THE_WIRE = r"\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{_FORBIDDEN}\ud800-\udfff]")


class Written(str):
    """A value from a query string or a form, where everything is text.

    The parser marks those, so that `20` may mean a number there while `"20"` in JSON may not.
    """

    __slots__ = ()


class Schema(marshmallow.Schema):
    """The base of every schema: what it does not know, it refuses; keys keep their order."""

    class Meta:
        unknown = RAISE

    error_messages: dict[str, Any] = {
        "unknown": Fault("unknown", N_("没有这个字段")),
        "type": Fault("wrong_type", N_("这里应当是一个对象")),
    }


class Strict(fields.Field[Any]):
    """What our fields have in common: refusals with a code, and a description of the wire."""

    default_error_messages: Sentences = {
        "required": N_("必须填写"),
        "null": N_("不能为空"),
        "validator_failed": N_("内容不符合要求"),
    }

    def __init__(self, *, example: Any = None, description: str = "", **options: Any) -> None:
        metadata = dict(options.pop("metadata", {}))
        if description:
            metadata["description"] = description
        super().__init__(metadata=metadata, **options)
        self._example = example

    def make_error(self, key: str, **values: Any) -> ValidationError:
        """Return the refusal `key` of this field as a fault with its code."""
        values.pop("input", None)
        return ValidationError([Fault(key, str(self.error_messages[key]), values=values)])

    def wire(self) -> dict[str, Any]:
        """Return what this field accepts, as JSON Schema."""
        return {}

    def property(self) -> dict[str, Any]:
        """Return the whole JSON Schema of this field, null and example included."""
        found = self.wire()
        if self._example is not None:
            found["examples"] = [self._example]
        if self.allow_none and "type" in found:
            found["type"] = [found["type"], "null"]
            if "enum" in found:
                found["enum"] = [*found["enum"], None]
        return found


def describe(_converter: object, field: object, **_: object) -> dict[str, Any]:
    """Tell apispec what one of our fields accepts (an apispec attribute function)."""
    return field.property() if isinstance(field, Strict) else {}


class Text(Strict):
    """A sentence or a name: NFC, trimmed, not blank, no control character but newline."""

    default_error_messages: Sentences = {
        "not_text": N_("这里应当是文字"),
        "control_character": N_("含有不能使用的控制字符"),
        "blank": N_("必须填写"),
        "too_long": N_("最多 %(most)s 个字符"),
    }

    def __init__(self, most: int, *, may_be_blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.most = most
        self.may_be_blank = may_be_blank

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("not_text")
        text = str(value).replace("\r\n", "\n")
        if _CONTROL.search(text):
            raise self.make_error("control_character")
        if len(text) > self.most:
            raise self.make_error("too_long", most=self.most)
        text = unicodedata.normalize("NFC", text.strip())
        if not text and not self.may_be_blank:
            raise self.make_error("blank")
        # A few characters grow when composed; the column is as wide as the wire.
        if len(text) > self.most:
            raise self.make_error("too_long", most=self.most)
        return text

    def wire(self) -> dict[str, Any]:
        allowed = f"[^{_FORBIDDEN_ON_THE_WIRE}]*"
        if self.may_be_blank:
            return {"type": "string", "maxLength": self.most, "pattern": f"^{allowed}$"}
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": self.most,
            "pattern": rf"^{allowed}[^\s{_FORBIDDEN_ON_THE_WIRE}]{allowed}$",
        }


class Code(Strict):
    """A short word in a fixed alphabet: `pattern` matches the whole of it."""

    default_error_messages: Sentences = {
        "not_text": N_("这里应当是文字"),
        "bad_code": N_("格式不对"),
        "too_long": N_("最多 %(most)s 个字符"),
    }

    def __init__(
        self, pattern: str = r"[A-Za-z0-9._-]+", *, most: int = 64, **options: Any
    ) -> None:
        super().__init__(**options)
        self.pattern = re.compile(pattern)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("not_text")
        if len(value) > self.most:
            raise self.make_error("too_long", most=self.most)
        if not self.pattern.fullmatch(value):
            raise self.make_error("bad_code")
        return str(value)

    def wire(self) -> dict[str, Any]:
        return {
            "type": "string",
            "maxLength": self.most,
            "pattern": f"^(?:{self.pattern.pattern})$",
        }


class DecimalString(Strict):
    """An exact number as text, without exponent: at most 18 digits, `places` of them decimal."""

    default_error_messages: Sentences = {
        "not_decimal": N_('这里应当是写成文字的十进制数，例如 "12.5"'),
        "too_many_digits": N_("小数点前最多 %(whole)s 位，小数点后最多 %(places)s 位"),
        "too_small": N_("不能小于 %(minimum)s"),
        "too_large": N_("不能大于 %(maximum)s"),
        "not_more": N_("必须大于 %(bound)s"),
    }
    DIGITS = 18
    _NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")

    def __init__(
        self,
        *,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        more_than: Decimal | int | None = None,
        places: int = 6,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        assert 0 <= places < self.DIGITS, places
        self.minimum = None if minimum is None else Decimal(minimum)
        self.maximum = None if maximum is None else Decimal(maximum)
        self.more_than = None if more_than is None else Decimal(more_than)
        self.places = places

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        found = self._NUMBER.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("not_decimal")
        whole, places = self.DIGITS - self.places, len(found[3] or "")
        if len(found[2]) > whole or places > self.places:
            raise self.make_error("too_many_digits", whole=whole, places=self.places)
        number = Decimal(value)
        if self.minimum is not None and number < self.minimum:
            raise self.make_error("too_small", minimum=plain(self.minimum))
        if self.more_than is not None and number <= self.more_than:
            raise self.make_error("not_more", bound=plain(self.more_than))
        if self.maximum is not None and number > self.maximum:
            raise self.make_error("too_large", maximum=plain(self.maximum))
        return number if number else Decimal(0)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else plain(value)

    def wire(self) -> dict[str, Any]:
        least = self.more_than if self.minimum is None else self.minimum
        sign = "-?" if least is None or least < 0 else ""
        places = rf"(\.[0-9]{{1,{self.places}}})?" if self.places else ""
        not_zero = r"(?!0(\.0*)?$)" if self.more_than == 0 else ""
        bounds = (("≥", self.minimum), (">", self.more_than), ("≤", self.maximum))
        said = ", ".join(f"{sign} {plain(bound)}" for sign, bound in bounds if bound is not None)
        found: dict[str, Any] = {
            "type": "string",
            "format": "decimal",
            "pattern": f"^{not_zero}{sign}(0|[1-9][0-9]{{0,{self.DIGITS - self.places - 1}}})"
            f"{places}$",
        }
        own = self.metadata.get("description", "")
        if said:
            found["description"] = f"{own} ({said})" if own else said
        if self._example is None:
            found["examples"] = [plain(least + 1 if least is not None else Decimal("12.5"))]
        return found


class Whole(Strict):
    """A whole number that fits the database; in JSON a number, never text, never 1.0."""

    default_error_messages: Sentences = {
        "not_whole": N_("这里应当是整数"),
        "too_small": N_("不能小于 %(minimum)s"),
        "too_large": N_("不能大于 %(maximum)s"),
    }
    _NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,18})")

    def __init__(self, *, minimum: int = -INT8 - 1, maximum: int = INT8, **options: Any) -> None:
        super().__init__(**options)
        self.minimum = minimum
        self.maximum = maximum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if isinstance(value, Written) and self._NUMBER.fullmatch(value):
            value = int(value)
        if type(value) is not int:
            raise self.make_error("not_whole")
        if value < self.minimum:
            raise self.make_error("too_small", minimum=self.minimum)
        if value > self.maximum:
            raise self.make_error("too_large", maximum=self.maximum)
        return value

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value

    def wire(self) -> dict[str, Any]:
        return {
            "type": "integer",
            "format": "int64",
            "minimum": self.minimum,
            "maximum": self.maximum,
        }


class Year(Whole):
    """A year of the common era, 1900 to 2100."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            minimum=options.pop("minimum", EARLIEST),
            maximum=options.pop("maximum", LATEST),
            **options,
        )


class Boolean(Strict):
    """True or false; in a form, a ticked box."""

    default_error_messages: Sentences = {
        "not_boolean": N_("这里应当是“是”或“否”"),
    }
    _WRITTEN: ClassVar[Mapping[str, bool]] = {
        "true": True, "on": True, "1": True, "false": False, "0": False,
    }  # fmt: skip

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if isinstance(value, Written):
            value = self._WRITTEN.get(value)
        if not isinstance(value, bool):
            raise self.make_error("not_boolean")
        return value

    def wire(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Day(Strict):
    """A calendar day, `2026-03-12`, between 1900 and 2100."""

    default_error_messages: Sentences = {
        "not_day": N_("这里应当是日期，例如 2026-03-12"),
        "out_of_range": N_("年份应当在 %(earliest)s 到 %(latest)s 之间"),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("not_day")
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("not_day") from None
        if not EARLIEST <= found.year <= LATEST:
            raise self.make_error("out_of_range", earliest=EARLIEST, latest=LATEST)
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else value.isoformat()

    def wire(self) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "date",
            "pattern": "^(19[0-9]{2}|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}$",
        }


class Instant(Strict):
    """An instant in UTC, RFC 3339 with `Z`, between 1900 and 2100."""

    default_error_messages: Sentences = {
        "not_instant": N_("这里应当是以 Z 结尾的世界时，例如 2026-03-12T04:00:00Z"),
        "out_of_range": N_("年份应当在 %(earliest)s 到 %(latest)s 之间"),
    }
    _SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, str) or not self._SHAPE.fullmatch(value):
            raise self.make_error("not_instant")
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            raise self.make_error("not_instant") from None
        if not EARLIEST <= found.year <= LATEST:
            raise self.make_error("out_of_range", earliest=EARLIEST, latest=LATEST)
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else instant(value)

    def wire(self) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "date-time",
            "pattern": r"^(19[0-9]{2}|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}"
            r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$",
        }


def instant(when: datetime) -> str:
    """Return an instant as it stands on the wire: UTC, with `Z`."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Uuid(Strict):
    """A UUID in its usual form of 36 characters."""

    default_error_messages: Sentences = {
        "not_uuid": N_("这里应当是 UUID"),
    }
    SHAPE = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(self.SHAPE, value):
            raise self.make_error("not_uuid")
        return UUID(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else str(value)

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid", "pattern": f"^{self.SHAPE}$"}


class Enum(Strict):
    """One word of a closed list: a member of a `StrEnum`."""

    default_error_messages: Sentences = {
        "not_one_of": N_("只能是其中之一：%(choices)s"),
    }

    def __init__(self, words: type[StrEnum], **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        try:
            return self.words(value)
        except ValueError:
            raise self.make_error("not_one_of", choices=", ".join(self.words)) from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else str(value)

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "enum": [str(word) for word in self.words]}


class List(Strict, fields.List[Any]):
    """A list of one kind of thing, `least` to `most` of them."""

    default_error_messages: Sentences = {
        "invalid": N_("这里应当是列表"),
        "too_few": N_("至少 %(least)s 项"),
        "too_many": N_("最多 %(most)s 项"),
    }

    def __init__(
        self,
        inner: fields.Field[Any] | type[fields.Field[Any]],
        *,
        least: int = 0,
        most: int = 1000,
        description: str = "",
        **options: Any,
    ) -> None:
        if description:
            options["metadata"] = {"description": description, **options.get("metadata", {})}
        fields.List.__init__(self, inner, **options)
        self._example = None
        self.least = least
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, list):
            # Counted first: nobody makes us check a million items to refuse them.
            if len(value) < self.least:
                raise self.make_error("too_few", least=self.least)
            if len(value) > self.most:
                raise self.make_error("too_many", most=self.most)
        else:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **options)

    def property(self) -> dict[str, Any]:
        return {"minItems": self.least, "maxItems": self.most}


class Nested(Strict, fields.Nested):
    """An object inside an object."""

    default_error_messages: Sentences = {
        "type": N_("这里应当是一个对象"),
    }

    def __init__(self, nested: Any, *, description: str = "", **options: Any) -> None:
        if description:
            options["metadata"] = {"description": description, **options.get("metadata", {})}
        fields.Nested.__init__(self, nested, **options)
        self._example = None

    def property(self) -> dict[str, Any]:
        return {}


class Object(Strict):
    """Any JSON object, for answers only: a document whose shape is told elsewhere."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value

    def wire(self) -> dict[str, Any]:
        return {"type": "object"}
