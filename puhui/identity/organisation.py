"""What an organisation says of itself, and which roles it may give."""

from dataclasses import dataclass
from datetime import timedelta

from puhui.kernel.actor import Role
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

ASKABLE = (
    Role.MANUFACTURER,
    Role.RETAILER,
    Role.ORGANISER,
    Role.VERIFIER,
    Role.AUDITOR,
    Role.OPERATOR,
)
"""Roles that an organisation may ask for; each counts once an operator has approved it there."""

GIVABLE = (*ASKABLE, Role.ADMINISTRATOR)
"""Roles that an administrator may give to people."""

INVITATION_LIFETIME = timedelta(days=14)
LONGEST_NAME, LONGEST_REASON = 120, 500


@dataclass(frozen=True)
class OrganisationDraft:
    """An application: who, where, and what for."""

    uscc: str
    name: str
    roles: frozenset[Role]
    name_en: str | None = None
    county_code: str | None = None

    def __post_init__(self) -> None:
        faults = []
        if not 1 <= len(self.name.strip()) <= LONGEST_NAME:
            faults.append(Fault("name_length", N_("名称须为1至120个字"), field="name"))
        if not self.roles or not self.roles <= set(ASKABLE):
            faults.append(Fault("roles", N_("请至少选择一项业务"), field="roles"))
        if self.county_code is not None and not (
            len(self.county_code) == 6 and self.county_code.isascii() and self.county_code.isdigit()
        ):
            faults.append(Fault("county_code", N_("行政区划码为6位数字"), field="county_code"))
        if faults:
            raise Invalid(faults)
