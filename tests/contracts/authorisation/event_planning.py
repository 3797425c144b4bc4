"""Planning of events: what is stated is everyone's to read, organisers plan, verifiers confirm."""

from collections.abc import Mapping
from uuid import uuid4

from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, Row, only
from tests.contracts.authorisation.events import WHERE, an_event
from tests.makers import planning
from tests.makers.identity import person

ORGANISER, VERIFIER, OPERATOR = Role.ORGANISER, Role.VERIFIER, Role.OPERATOR


def to_plan() -> Mapping[str, object]:
    """Make an event, and names for what is planned about it."""
    names = ("plan_id", "route_id", "confirmation_id")
    return {**an_event(), **{name: uuid4() for name in names}}


def with_forest() -> Mapping[str, object]:
    """Make an event with a new forest."""
    given = to_plan()
    planning.forest_recorded(person("李雷", (WHERE, ORGANISER)), given["event_id"])
    return given


EVENT = "/api/events/{event_id}"
ROWS = {
    f"POST {EVENT}/what-if": only(ORGANISER, given=to_plan),
    f"GET {EVENT}/reduction-plans": Row(is_open=True, given=to_plan),
    f"PUT {EVENT}/reduction-plans/{{plan_id}}": only(ORGANISER, given=to_plan),
    f"GET {EVENT}/outcome": Row(is_open=True, given=to_plan),
    f"GET {EVENT}/forest": Row(is_open=True, given=with_forest),
    f"PUT {EVENT}/forest/{{route_id}}": only(ORGANISER, given=to_plan),
    f"GET {EVENT}/statement": Row(is_open=True, given=to_plan),
    f"PUT {EVENT}/confirmations/{{confirmation_id}}": only(ORGANISER, VERIFIER, given=to_plan),
    "GET /api/events/assumptions": EVERYONE,
    "PUT /api/events/assumptions/{assumption_id}": only(OPERATOR),
}
