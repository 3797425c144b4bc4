"""Who is asking, and what they may do.

`MAY` is the one permission table. A service's first line asks it through `Actor.require`; the
documentation and the authorisation tests are made from it.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from puhui.kernel.errors import Forbidden, NotFound


class Role(StrEnum):
    """What a person is to the platform or to one organisation."""

    CITIZEN = "citizen"
    """Everyone who has signed in."""
    MANUFACTURER = "manufacturer"
    RETAILER = "retailer"
    ORGANISER = "organiser"
    VERIFIER = "verifier"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    """Keeps the members of one organisation, reads what it is owed; may do nothing else by it."""


class Permission(StrEnum):
    """One thing that may be done, `subject:verb`."""

    SELF_MANAGE = "self:manage"
    PLANTING_LOG = "planting:log"
    PLANTING_REVIEW = "planting:review"
    DEED_LOG = "deed:log"
    DEED_REPORT = "deed:report"
    RULE_PUBLISH = "rule:publish"
    POINTS_ADJUST = "points:adjust"
    POINTS_SPEND = "points:spend"
    """Redeem points, or give them to a cause."""
    OFFER_WRITE = "offer:write"
    """Offer goods and services for points, and hand them over."""
    OFFER_PUBLISH = "offer:publish"
    SERIAL_CLAIM = "serial:claim"
    CLAIM_REVIEW = "claim:review"
    """Look at claims whose points are held, and at shops whose claims are frozen."""
    PRODUCT_WRITE = "product:write"
    FOOTPRINT_VERIFY = "footprint:verify"
    LABEL_ISSUE = "label:issue"
    LABEL_OVERSEE = "label:oversee"
    SERIAL_SELL = "serial:sell"
    EVENT_WRITE = "event:write"
    EVENT_CONFIRM = "event:confirm"
    CREDIT_BUY = "credit:buy"
    """Buy credits in one's own name, to be retired."""
    CREDIT_HOLD = "credit:hold"
    CREDIT_IMPORT = "credit:import"
    PAYMENT_CONFIRM = "payment:confirm"
    STATEMENT_READ = "statement:read"
    """Read what one's organisation is owed for credits that it sold."""
    FACTOR_PUBLISH = "factor:publish"
    BASE_WRITE = "base:write"
    DUTY_PUBLISH = "duty:publish"
    ORGANISATION_ADMIN = "organisation:admin"
    ORGANISATION_APPROVE = "organisation:approve"
    PERSON_DISABLE = "person:disable"
    AUDIT_READ = "audit:read"


MAY: dict[Role, frozenset[Permission]] = {
    Role.CITIZEN: frozenset(
        {
            Permission.SELF_MANAGE,
            Permission.PLANTING_LOG,
            Permission.DEED_LOG,
            Permission.POINTS_SPEND,
            Permission.SERIAL_CLAIM,
            Permission.CREDIT_BUY,
        }
    ),
    Role.MANUFACTURER: frozenset(
        {
            Permission.PRODUCT_WRITE,
            Permission.LABEL_ISSUE,
            Permission.DEED_REPORT,
            Permission.OFFER_WRITE,
        }
    ),
    Role.RETAILER: frozenset(
        {Permission.SERIAL_SELL, Permission.DEED_REPORT, Permission.OFFER_WRITE}
    ),
    Role.ORGANISER: frozenset(
        {
            Permission.EVENT_WRITE,
            Permission.CREDIT_HOLD,
            Permission.DEED_REPORT,
            Permission.OFFER_WRITE,
        }
    ),
    Role.VERIFIER: frozenset(
        {
            Permission.PLANTING_REVIEW,
            Permission.CLAIM_REVIEW,
            Permission.FOOTPRINT_VERIFY,
            Permission.EVENT_CONFIRM,
        }
    ),
    Role.OPERATOR: frozenset(
        {
            Permission.CREDIT_IMPORT,
            Permission.PAYMENT_CONFIRM,
            Permission.FACTOR_PUBLISH,
            Permission.LABEL_OVERSEE,
            Permission.BASE_WRITE,
            Permission.DUTY_PUBLISH,
            Permission.RULE_PUBLISH,
            Permission.POINTS_ADJUST,
            Permission.OFFER_PUBLISH,
            Permission.CLAIM_REVIEW,
            Permission.ORGANISATION_APPROVE,
            Permission.PERSON_DISABLE,
        }
    ),
    Role.AUDITOR: frozenset({Permission.AUDIT_READ}),
    Role.ADMINISTRATOR: frozenset({Permission.ORGANISATION_ADMIN, Permission.STATEMENT_READ}),
}


@dataclass(frozen=True)
class Membership:
    """A person's role in an organisation."""

    organisation_id: UUID
    role: Role


@dataclass(frozen=True)
class Actor:
    """A signed-in person with the roles they hold, each in its organisation.

    A partner's machine acts under an identity of its own, and `only` then names all it may do.
    """

    person_id: UUID
    memberships: frozenset[Membership] = frozenset()
    only: frozenset[Permission] | None = None

    def organisations(self, permission: Permission) -> frozenset[UUID]:
        """Return the organisations in which the actor holds a role that has `permission`."""
        if self.only is not None and permission not in self.only:
            return frozenset()
        return frozenset(m.organisation_id for m in self.memberships if permission in MAY[m.role])

    def may(self, permission: Permission, organisation_id: UUID | None = None) -> bool:
        """Whether the actor may do this: at all, or for `organisation_id`."""
        if self.only is not None and permission not in self.only:
            return False
        if permission in MAY[Role.CITIZEN]:
            return True
        held = self.organisations(permission)
        return bool(held) if organisation_id is None else organisation_id in held

    def require(self, permission: Permission, organisation_id: UUID | None = None) -> None:
        """Let pass whoever may do this.

        Raises:
            Forbidden: no role of the actor has the permission.
            NotFound: a role has it, but not for this organisation: not theirs looks unknown.
        """
        if not self.may(permission):
            raise Forbidden(permission=str(permission))
        if not self.may(permission, organisation_id):
            raise NotFound()
