"""What breaks each invariant of events, and nothing else."""

from collections.abc import Callable

from puhui.credits.kind import Kind
from puhui.kernel.actor import Role
from tests.makers import credits, events, planning
from tests.makers.factors import publish_shipped
from tests.makers.identity import person


def sound_books(*, settle: Callable[[], None], **_: object) -> None:
    """Leave an event that became neutral by its second estimate."""
    publish_shipped()
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    li = person("李雷", (events.FORESTRY, Role.ORGANISER))
    event_id = events.prepared(li)
    # Who answers is on the list already, and comes as it says: the figures stay.
    link = events.asked(li, event_id)
    events.answered(link.code, events.trip("福州", events.Mode.HIGH_SPEED_RAIL))
    events.estimated(li, event_id)
    events.estimated(li, event_id)
    credits.paid(events.offered(li, event_id))
    settle()
    planning.confirmed(li, event_id)
    planning.planned(li, event_id)
    planning.forest_recorded(li, event_id)
    planning.assumed(person("周洋", ("省生态环境厅", Role.OPERATOR)))
    settle()


CORRUPTIONS = {
    "E1": ["UPDATE events_estimate SET document = replace(document, '\"421.1\"', '\"421.2\"')"],
    "E2": ["DELETE FROM events_estimate WHERE number = 1"],
    "E3": ["UPDATE events_neutrality SET retired_kg = retired_kg + 1"],
    "E4": ["UPDATE events_retirement SET retirement_id = gen_random_uuid()"],
    "E5": ["UPDATE events_reduction_plan SET number = 2"],
    "E6": ["UPDATE events_forest_route SET planted_on = planted_on + 3000"],
    "E7": ["UPDATE events_confirmation SET kind = 'independent'"],
    "E8": ["UPDATE events_assumption SET version = 2"],
    "E9": ["UPDATE events_answer SET event_id = gen_random_uuid()"],
    "E10": [
        "UPDATE events_estimate"
        " SET document = regexp_replace(document, '(\"replaced\".)1', '\\1'||'0')",
        "UPDATE events_estimate SET sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')",
    ],
    "E11": [
        "INSERT INTO events_waiting_list"
        " SELECT list_id, event_id, '', 'x', 1, uploaded_by, uploaded_at FROM events_list"
    ],
    "T3-event": [
        "INSERT INTO register_entry (entry_id, kind, subject_id, leaf, recorded_at)"
        " VALUES (gen_random_uuid(), 'event_neutral', 'nothing', '{}', now())"
    ],
}
