"""The monthly audit: 59 approved plantings of each base, drawn by a seed nobody could choose.

Of 59 sound ones drawn at random, it is 95 % sure that fewer than one in twenty is false: were it
one in twenty, all 59 would be sound with a chance of 0.95 ** 59, which is below 0.05.
"""

from datetime import datetime
from hashlib import sha256
from itertools import groupby
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import CHINA
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.register.entry import Value
from puhui.register.service import record
from puhui.rewards.errors import DecidedByYou, NameTaken, NoSuchAudit
from puhui.rewards.model.decision import Draw
from puhui.rewards.model.planting import Planting, Review
from puhui.rewards.model.second_look import Audit
from puhui.rewards.planting import State
from puhui.rewards.queries.plantings import award_id_of
from puhui.rewards.queries.second_look import AuditCard, audit_card
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.review import MOST_WORDS
from puhui.rewards.service import plantings
from puhui.rewards.service.draws import month_of
from puhui.rewards.service.reversals import reverse


def draw_due(session: Session, now: datetime) -> None:
    """Draw each month that is over, once, and publish its seed in the public register."""
    for month in session.scalars(
        select(Draw)
        .where(Draw.closed_at.is_(None), Draw.month < month_of(now))
        .order_by(Draw.month)
        .with_for_update(skip_locked=True)
    ).all():
        chosen = _chosen(session, month)
        if chosen:
            session.execute(insert(Audit).on_conflict_do_nothing(), chosen)
        month.closed_at = now
        payload: dict[str, Value] = {"seed": month.seed.hex(), "drawn": len(chosen)}
        record(session, "draw_closed", month.month.isoformat(), payload, now)
    session.flush()


def _chosen(session: Session, draw: Draw) -> list[dict[str, object]]:
    """Return the audits of a month: of each base's approved plantings, those of lowest rank."""
    begin = datetime(draw.month.year, draw.month.month, 1, tzinfo=CHINA)
    end = datetime(
        draw.month.year + draw.month.month // 12, draw.month.month % 12 + 1, 1, tzinfo=CHINA
    )
    approved = session.execute(
        select(Planting.base_id, Planting.planting_id)
        .where(
            Planting.state == State.APPROVED,
            Planting.decided_at >= begin,
            Planting.decided_at < end,
        )
        .order_by(Planting.base_id)
    ).all()
    most = thresholds_on(session, draw.month)["audit.per_base"]
    return [
        {"planting_id": planting_id, "month": draw.month, "base_id": base_id}
        for base_id, rows in groupby(approved, key=lambda row: row[0])
        for planting_id in sorted((row[1] for row in rows), key=lambda id: rank(draw.seed, id))[
            :most
        ]
    ]


def rank(seed: bytes, planting_id: UUID) -> bytes:
    """Return a planting's rank in a draw: SHA-256 of the seed followed by its 16 bytes."""
    return sha256(seed + planting_id.bytes).digest()


def audit_planting(
    session: Session, actor: Actor, planting_id: UUID, *, confirmed: bool, words: str, now: datetime
) -> AuditCard:
    """Say whether a drawn planting stands; the same again changes nothing.

    The points of one that does not are taken back, as far as they are still there.

    Raises:
        Forbidden: the actor is no verifier.
        Invalid: a doubt without words.
        NoSuchAudit: the draw did not fall on it.
        OwnPlanting, OwnOrganisation, DecidedByYou: it is too near to the actor.
        NameTaken: it was audited otherwise before.
    """
    actor.require(Permission.PLANTING_REVIEW)
    if len(words) > MOST_WORDS or not (confirmed or words.strip()):
        raise Invalid([Fault("words_missing", N_("请写明理由"), field="words")])
    found = session.get(Audit, planting_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchAudit(planting=str(planting_id))
    verdict = "confirmed" if confirmed else "doubted"
    if found.verdict is not None:
        if (found.decided_by, found.verdict, found.words) != (actor.person_id, verdict, words):
            raise NameTaken(audit=str(planting_id))
        return audit_card(found)
    row = session.get_one(Planting, planting_id)
    plantings.may_judge(session, actor, row)
    if session.get(Review, (planting_id, actor.person_id)) is not None:
        raise DecidedByYou(planting=str(planting_id))
    found.verdict, found.words = verdict, words
    found.decided_by, found.decided_at = actor.person_id, now
    session.flush()
    if not confirmed:
        award_id = award_id_of(planting_id)
        reverse(
            session,
            uuid5(award_id, "doubted"),
            award_id,
            row.person_id,
            reason="doubted",
            now=now,
        )
        publish(session, "rewards.planting_doubted", now, planting_id=str(planting_id))
    return audit_card(found)
