"""Events: what is public is everyone's to see, the desk is its organisers'."""

from collections.abc import Mapping
from uuid import uuid4

from puhui.credits.kind import Kind
from puhui.db.session import snapshot
from puhui.events import queries
from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, Row, only
from tests.makers import credits, events
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person

WHERE = "常口村"


def an_event() -> Mapping[str, object]:
    """Make an event, with its list, of the organisation that the matrix belongs to."""
    publish_shipped()
    who = person("李雷", (WHERE, Role.ORGANISER))
    event_id = events.prepared(who, organisation_id=organisation(WHERE))
    with snapshot() as session:
        upload = queries.newest_list(session, event_id)
        assert upload is not None
        list_id = upload.list_id
    return {
        "event_id": event_id,
        "list_id": list_id,
        "estimate_id": uuid4(),
        "offer_id": uuid4(),
    }


def an_estimate() -> Mapping[str, object]:
    """Make an event with an estimate."""
    given = an_event()
    who = person("李雷", (WHERE, Role.ORGANISER))
    return {**given, "estimate_id": events.estimated(who, given["event_id"]).estimate_id}


def an_offer() -> Mapping[str, object]:
    """Make an event with an offer."""
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    given = an_estimate()
    who = person("李雷", (WHERE, Role.ORGANISER))
    return {**given, "offer_id": events.offered(who, given["event_id"]).hold_id}


ORGANISER = Role.ORGANISER

ROWS = {
    "GET /api/events": EVERYONE,
    "GET /api/events/{event_id}": Row(is_open=True, given=an_event),
    "PUT /api/events/{event_id}": only(ORGANISER),
    "GET /api/events/{event_id}/inventory": only(ORGANISER, given=an_event),
    "PUT /api/events/{event_id}/inventory": only(ORGANISER, given=an_event),
    "GET /api/events/{event_id}/attendees": only(ORGANISER, given=an_event),
    "POST /api/events/{event_id}/attendees": only(ORGANISER, given=an_event),
    "PUT /api/events/{event_id}/attendees/{list_id}/cities": only(ORGANISER, given=an_event),
    "GET /api/events/{event_id}/estimates": Row(is_open=True, given=an_event),
    "GET /api/events/{event_id}/estimates/{estimate_id}": Row(is_open=True, given=an_estimate),
    "PUT /api/events/{event_id}/estimates/{estimate_id}": only(ORGANISER, given=an_event),
    "GET /api/events/{event_id}/offers/{offer_id}": only(ORGANISER, given=an_offer),
    "PUT /api/events/{event_id}/offers/{offer_id}": only(ORGANISER, given=an_offer),
    "PUT /api/events/{event_id}/offers/{offer_id}/acceptance": only(ORGANISER, given=an_offer),
}
