"""Long work on the wire: how far it is, and what came of it.

Reads anything with `state`, `done`, `total`, `result` and `faults`, as `web/progress.html` does.
"""

from typing import Any

from marshmallow import pre_dump

from puhui.web.locale import told
from puhui.web.schema import Code, Instant, List, Nested, Object, Schema, Text, Uuid, Whole

MOST_FAULTS = 1000


class TaskFaultSchema(Schema):
    """One thing wrong with a file, and where it stands."""

    sheet = Text(60, required=True, allow_none=True)
    row = Whole(required=True, minimum=1, allow_none=True)
    field = Text(200, required=True, allow_none=True)
    code = Text(60, required=True)
    detail = Text(500, required=True)


class TaskSchema(Schema):
    """How far a task is; a failed one has changed nothing and says why."""

    task_id = Uuid(required=True)
    state = Code(r"running|stopped|finished|failed|stuck", required=True)
    done = Whole(required=True, minimum=0)
    total = Whole(required=True, minimum=0)
    result = Object(required=True, allow_none=True)
    errors = List(Nested(TaskFaultSchema), most=MOST_FAULTS, required=True)
    begun_at = Instant(required=True)

    @pre_dump
    def _told(self, seen: Any, **_: Any) -> dict[str, Any]:
        errors = [{**vars(fault), "detail": told(fault)} for fault in seen.faults[:MOST_FAULTS]]
        result = seen.result if seen.state == "finished" else None
        return {**vars(seen), "result": result, "errors": errors}
