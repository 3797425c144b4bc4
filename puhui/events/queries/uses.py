"""What events were estimated with a factor, for whoever thinks of withdrawing it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.events.model import EstimateVersion, Event
from puhui.factors.uses import Use, Uses
from puhui.kernel.text import N_


def uses_of_factor(session: Session, citation: str, most: int) -> Uses:
    """Return the estimates that rest on a version of a factor; public events with their address."""
    rests = EstimateVersion.document.contains(f'"{citation}":{{', autoescape=True)
    count = session.scalar(select(func.count()).select_from(EstimateVersion).where(rests)) or 0
    rows = session.execute(
        select(Event, EstimateVersion.number)
        .join(EstimateVersion, EstimateVersion.event_id == Event.event_id)
        .where(rests)
        .order_by(Event.starts_on.desc(), Event.event_id, EstimateVersion.number)
        .limit(most)
    )
    return Uses(
        count,
        [
            Use(
                N_("活动排放估算"),
                f"{event.title_zh} · {number}",
                f"/events/{event.event_id}/estimates/{number}" if event.is_public else None,
            )
            for event, number in rows
        ],
    )
