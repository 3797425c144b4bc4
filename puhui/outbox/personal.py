"""What the outbox keeps of people: ids, and tasks that somebody owns."""

from typing import Any

from sqlalchemy import ColumnElement

from puhui.db.personal import About, Personal, owner_of
from puhui.kernel.text import N_
from puhui.outbox.model import Effect, Message, Task


def _own_tasks(person_id: Any) -> ColumnElement[bool]:
    return Task.owner == owner_of(person_id)


PERSONAL = Personal(
    "outbox",
    about=(About(Task, "tasks", ("owner",), whose=_own_tasks, withheld=frozenset({"cursor"})),),
    of_nobody={
        Message: N_("主题和编号，从不含个人资料"),
        Effect: N_("哪一条消息由哪一项工作处理过"),
    },
)
