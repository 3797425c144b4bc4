"""What the outbox refuses."""

from puhui.kernel.errors import Conflict
from puhui.kernel.text import N_


class TaskDiffers(Conflict):
    """A task of this id exists and is other work."""

    code, title = "task_differs", N_("同一编号的任务内容不同")


class TaskEnded(Conflict):
    """The task has finished or failed; it can be neither stopped nor resumed."""

    code, title = "task_ended", N_("任务已经结束")
