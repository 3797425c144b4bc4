"""Long lists and links to tell one's trip: the desk's, and answers are whose the link is."""

from collections.abc import Mapping
from uuid import uuid4

from puhui.kernel.actor import Role
from tests.contracts.authorisation import Row, only
from tests.contracts.authorisation.events import WHERE, an_event
from tests.makers import events
from tests.makers.identity import person

ORGANISER = Role.ORGANISER


def a_link() -> Mapping[str, object]:
    """Make an event with a link, and an answer that came by it."""
    given = an_event()
    who = person("李雷", (WHERE, ORGANISER))
    link = events.asked(who, given["event_id"])
    name = uuid4()
    events.answered(link.code, events.trip("厦门", events.Mode.HIGH_SPEED_RAIL), name)
    return {
        **given,
        "enquiry_id": link.enquiry_id,
        "code": link.code,
        "answer_name": name,
        "list_id": uuid4(),
    }


ROWS = {
    "GET /api/events/{event_id}/enquiries": only(ORGANISER, given=a_link),
    "GET /api/events/{event_id}/enquiries/{enquiry_id}": only(ORGANISER, given=a_link),
    "PUT /api/events/{event_id}/enquiries/{enquiry_id}": only(ORGANISER, given=a_link),
    "PUT /api/events/{event_id}/enquiries/{enquiry_id}/closure": only(ORGANISER, given=a_link),
    "GET /api/enquiries/{code}": Row(is_open=True, given=a_link),
    "GET /api/enquiries/{code}/answers/{answer_name}": Row(is_open=True, given=a_link),
    "PUT /api/enquiries/{code}/answers/{answer_name}": Row(is_open=True, given=a_link),
    "DELETE /api/enquiries/{code}/answers/{answer_name}": Row(is_open=True, given=a_link),
    "GET /api/events/{event_id}/lists/{list_id}": only(ORGANISER, given=a_link),
    "PUT /api/events/{event_id}/lists/{list_id}": only(ORGANISER, given=a_link),
}
