"""Say who pays for what a hold will retire."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from puhui.credits import queries
from puhui.credits.errors import HoldOver, NoSponsors
from puhui.credits.hold import Hold, HoldState
from puhui.credits.model import SponsorRow
from puhui.credits.service.hold import require_holder
from puhui.credits.service.lines import locked, read_hold
from puhui.credits.sponsor import Sponsor, are_whole
from puhui.kernel.actor import Actor
from puhui.outbox.service import publish


def name_sponsors(
    session: Session, actor: Actor, hold_id: UUID, sponsors: Sequence[Sponsor], now: datetime
) -> Hold:
    """Write down who carries which share, instead of what was written before; none is none.

    From payment on it stays: the certificate will say so. The same again changes nothing.

    Raises:
        UnknownHold: no such hold, or not this organisation's.
        NoSponsors: a person bought it in their own name.
        HoldOver: it has ended, or is paid with other sponsors.
    """
    row = locked(session, hold_id)
    require_holder(actor, row)
    assert not sponsors or are_whole(sponsors), sponsors
    if row.organisation_id is None:
        raise NoSponsors(hold=str(hold_id))
    if queries.sponsors_of(session, hold_id) == tuple(sponsors):
        return read_hold(session, hold_id)
    if row.state != HoldState.HELD or row.expires_at <= now:
        raise HoldOver(hold=str(hold_id))
    session.execute(delete(SponsorRow).where(SponsorRow.hold_id == hold_id))
    session.add_all(
        SponsorRow(
            hold_id=hold_id,
            place=place,
            name=each.name,
            name_en=each.name_en,
            share_bp=each.share_bp,
        )
        for place, each in enumerate(sponsors)
    )
    session.flush()
    publish(session, "credits.sponsors_named", now, hold_id=str(hold_id))
    return read_hold(session, hold_id)
