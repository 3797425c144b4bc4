"""Read what an organiser has to do for an event."""

from datetime import datetime

from sqlalchemy.orm import Session

from puhui.events.activity import ACTIVITIES
from puhui.events.agenda import Agenda, agenda_of
from puhui.events.model import Event
from puhui.events.queries import inventories, lists
from puhui.events.queries.answers import answer_groups
from puhui.events.queries.events import EventCard
from puhui.kernel.clock import day_of


def agenda(session: Session, event: Event, card: EventCard, now: datetime) -> Agenda:
    """Return what is to be done next for an event, and what is lacking."""
    upload = lists.newest_list(session, event.event_id)
    inventory = inventories.inventory(session, event.event_id)
    per_room = inventory is not None and inventory.people_per_room is not None
    answers = answer_groups(session, event.event_id)
    listed = [] if upload is None else upload.groups
    nights = [group["nights"] for group in listed] + [group.nights for group in answers]
    stands = card.standing
    return agenda_of(
        included={bound.source for bound in card.boundary if bound.included},
        entered={
            ACTIVITIES[entry["activity"]].source
            for entry in (inventory.entries if inventory else ())
        },
        has_trips=bool(listed or answers),
        has_nights=per_room and any(told is not None for told in nights),
        undecided=upload is not None and bool(upload.questions),
        state=stands.state,
        stage=stands.estimate.stage if stands.estimate else None,
        lacking_kg=stands.lacking_kg,
        ends_on=card.ends_on,
        deadline=card.neutral_by,
        today=day_of(now),
    )
