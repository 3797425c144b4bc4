"""A conference that is being prepared: its list is in, its attendees are being asked."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.events import queries, service
from puhui.events.city import gazetteer
from puhui.events.enquiry import AnswerDraft
from puhui.events.errors import UnknownEvent
from puhui.events.estimate import Stage
from puhui.events.schema.event import EventDraftSchema
from puhui.events.schema.inventory import EventInventoryDraftSchema
from puhui.events.travel import Mode
from puhui.example.people import example_id
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of

EVENT = example_id("conference")
ANSWERS = (("厦门市", Mode.HIGH_SPEED_RAIL, 1), ("上海市", Mode.AIR, 2), ("福州市", Mode.CAR, 0))


def load_conference(
    session: Session, actor: Actor, organisation_id: UUID, examples: Path, now: datetime
) -> None:
    """Describe the conference of `examples/event.json`, a month from now. Again changes nothing."""
    try:
        queries.event(session, EVENT)
        return
    except UnknownEvent:
        pass
    told = json.loads((examples / "event.json").read_text(encoding="utf-8"))
    begins = day_of(now) + timedelta(days=30)
    draft = EventDraftSchema().load(
        {
            **told["event"],
            "organisation_id": str(organisation_id),
            "starts_on": begins.isoformat(),
            "ends_on": (begins + timedelta(days=1)).isoformat(),
        }
    )
    service.save_event(session, actor, EVENT, draft, now)
    inventory = EventInventoryDraftSchema().load(told["inventory"])
    service.save_inventory(session, actor, EVENT, inventory, now)
    list_id = example_id("conference list")
    file = (examples / told["attendees"]).read_bytes()
    service.upload_list(session, actor, EVENT, list_id, file, now)
    xiamen = gazetteer().by_code("350200")
    assert xiamen is not None
    service.decide_cities(session, actor, EVENT, list_id, {"厦们": xiamen}, now)
    service.estimate_event(
        session, actor, EVENT, example_id("conference estimate"), Stage.PLAN, now
    )
    until = begins + timedelta(days=15)
    link = service.open_enquiry(session, actor, EVENT, example_id("conference link"), until, now)
    for name, mode, nights in ANSWERS:
        (city,) = gazetteer().find(name)
        answer = example_id(f"conference answer {name}")
        service.give_answer(session, link.code, answer, AnswerDraft(city, mode, nights), now)
