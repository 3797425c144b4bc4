"""The permission table as people read it; made from `MAY`, so that it cannot say otherwise."""

from puhui.kernel.actor import MAY, Permission, Role
from puhui.kernel.text import N_

ROLE_NAMES: dict[Role, str] = {
    Role.CITIZEN: N_("公众"),
    Role.MANUFACTURER: N_("生产企业"),
    Role.RETAILER: N_("销售企业"),
    Role.ORGANISER: N_("活动主办方"),
    Role.VERIFIER: N_("核查员"),
    Role.OPERATOR: N_("运营人员"),
    Role.AUDITOR: N_("审计员"),
    Role.ADMINISTRATOR: N_("机构管理员"),
}

_INTRODUCTION = """\
# Who may do what

Made from `MAY` in `puhui/kernel/actor.py` by `puhui identity permissions`; a test holds the two
equal. Everyone who has signed in is a citizen. Every other role is held in one organisation and
counts there only, once an operator has approved the role for that organisation.

"""


def rows() -> list[tuple[Permission, tuple[Role, ...]]]:
    """Return every permission with the roles that have it, by name."""
    return [
        (permission, tuple(role for role in Role if permission in MAY[role]))
        for permission in sorted(Permission)
    ]


def markdown() -> str:
    """Return the table as the documentation holds it."""
    roles = list(Role)
    lines = [
        "| permission | " + " | ".join(role.value for role in roles) + " |",
        "| --- |" + " :-: |" * len(roles),
    ]
    for permission, holders in rows():
        marks = ("●" if role in holders else "" for role in roles)
        lines.append(f"| `{permission.value}` | " + " | ".join(marks) + " |")
    return _INTRODUCTION + "\n".join(lines) + "\n"
