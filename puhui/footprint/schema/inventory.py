"""Inventories on the wire, and the workbooks they come in."""

from typing import Any

from marshmallow import ValidationError, post_load

from puhui.footprint.inventory import Fate, Kind, Reach, Stage
from puhui.footprint.submission import HEAD_FIELDS, LINE_FIELDS, MOST_LINES, Submitted
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.schema import (
    Boolean,
    Code,
    Enum,
    List,
    Nested,
    Object,
    Schema,
    Sentences,
    Strict,
    Text,
    Whole,
)
from puhui.web.task import MOST_FAULTS, TaskFaultSchema, TaskSchema


class InventoryLines(Strict):
    """Lines as they came, each cell a text: `puhui.footprint.submission` names their faults."""

    default_error_messages: Sentences = {
        "not_lines": N_("这里应当是清单各行的列表"),
        "not_a_line": N_("每一行应当是一个对象"),
        "too_many_lines": N_("清单最多 %(most)s 行"),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, list):
            raise self.make_error("not_lines")
        if len(value) > MOST_LINES:
            raise self.make_error("too_many_lines", most=MOST_LINES)
        if not all(isinstance(line, dict) for line in value):
            raise self.make_error("not_a_line")
        faults: dict[str | int, Any] = {}
        lines = []
        for index, line in enumerate(value):
            cells, wrong = _cells(line)
            lines.append(cells)
            if wrong:
                faults[index] = wrong
        if faults:
            raise ValidationError(faults)
        return lines

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value

    def wire(self) -> dict[str, Any]:
        return {
            "type": "array",
            "maxItems": MOST_LINES,
            "items": {
                "type": "object",
                "properties": _texts(),
                "required": ["stage", "kind", "name", "amount", "unit"],
                "additionalProperties": False,
            },
        }


_CELL = Text(300, may_be_blank=True)


class InventoryCells(Strict):
    """Some cells of a line, each a text or null."""

    default_error_messages: Sentences = {"not_a_line": N_("每一行应当是一个对象")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("not_a_line")
        cells, faults = _cells(value)
        if faults:
            raise ValidationError(faults)
        return cells

    def wire(self) -> dict[str, Any]:
        return {"type": "object", "properties": _texts(), "additionalProperties": False}


def _cells(line: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the cells of a line, and what is wrong with those that are no text."""
    cells: dict[str, Any] = {}
    faults: dict[str, Any] = {}
    for name, value in line.items():
        try:
            cells[name] = None if value is None else _CELL.deserialize(value)
        except ValidationError as fault:
            faults[name] = fault.messages
    return cells, faults


def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = {name: {"type": "string", "maxLength": 300} for name in LINE_FIELDS}
    for name, words in (("stage", Stage), ("kind", Kind), ("fate", Fate)):
        texts[name] = {"type": "string", "enum": [str(word) for word in words]}
    return texts


class InventorySchema(Schema):
    """Everything that went into so many declared units, and what came out."""

    declared_unit = Text(20, required=True, example="m3")
    output = Text(30, required=True, description="期间产量（声明单位）", example="1000")
    reach = Enum(Reach, required=True, description="核算边界")
    period_from = Text(10, required=True, example="2025-01-01")
    period_to = Text(10, required=True, example="2025-12-31")
    gap_reason = Text(300, description="竹材投入多于产出且超过规则所容时，说明缺口")
    lines = InventoryLines(
        required=True,
        example=[
            {
                "stage": "manufacture",
                "kind": "energy",
                "name": "外购电",
                "amount": "420000",
                "unit": "度",
                "factor": "grid.cn.lifecycle@2024.1",
            }
        ],
    )

    @post_load
    def _parts(self, data: dict[str, Any], **_: Any) -> Any:
        head = {field: str(data[field]) for field in HEAD_FIELDS if field in data}
        return Submitted(head, list(enumerate(data["lines"], start=1)))


class CalculationSchema(Schema):
    """A calculation with its name."""

    sha256 = Code(r"[0-9a-f]{64}", required=True)
    document = Object(required=True, description="可复算的计算书（RFC 8785）")


class UploadedSchema(Schema):
    """What a workbook became."""

    version = Whole(required=True, minimum=1)
    lines = Whole(required=True, minimum=1)
    changed = Boolean(required=True)


class ImportFaultSchema(TaskFaultSchema):
    """One thing wrong with a workbook, and where it stands."""


class ImportSchema(TaskSchema):
    """How far an import is; a failed one has changed nothing and says why."""

    errors = List(Nested(ImportFaultSchema), most=MOST_FAULTS, required=True)


def fault_of_file(size: int, most: int) -> list[Fault]:
    """Return the fault of a file that is missing or too large."""
    if size == 0:
        return [Fault("no_file", N_("请选择文件"), field="file")]
    if size > most:
        return [Fault("too_large", N_("文件过大"), field="file")]
    return []
