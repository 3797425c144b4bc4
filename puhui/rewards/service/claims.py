"""Weigh claims of labelled units; let those wait that somebody has to look at."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.kernel.clock import day_of
from puhui.outbox.service import publish
from puhui.rewards import claim_signal
from puhui.rewards.claim import ClaimState, HeldFor
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.model.claim import Claim, ShopFreeze
from puhui.rewards.model.decision import Decision
from puhui.rewards.queries.claims import cleared_since, open_freeze, unmatured
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.service.awards import award_id_of_unit
from puhui.rewards.service.draws import seed_of_month
from puhui.rewards.service.reversals import reverse
from puhui.rewards.signal import Outcome, Signal, is_drawn, score, weigh
from puhui.rewards.threshold import Thresholds

WAITS = {Outcome.REVIEW, Outcome.HOLD}


@dataclass(frozen=True)
class Unit:
    """A unit that somebody has claimed."""

    serial_id: UUID
    person_id: UUID
    product_id: UUID
    shop_id: UUID | None
    """The shop that recorded the sale, if one has."""
    label_code: str
    claimed_at: datetime


def weigh_claim(
    session: Session, unit: Unit, facts: ClaimFacts, now: datetime, fresh_seed: bytes
) -> None:
    """Weigh a claim once: its points mature, or wait for somebody, or are taken back.

    What speaks against its shop lets all the shop's claims wait. `fresh_seed` becomes the month's
    seed if the month has none yet.
    """
    if session.get(Claim, unit.serial_id) is not None:
        return
    limits = thresholds_on(session, day_of(unit.claimed_at))
    facts = _with_shop(session, unit, facts, limits)
    signals = claim_signal.signals(facts, limits)
    seed = seed_of_month(session, unit.claimed_at, fresh_seed)
    drawn = is_drawn(seed, unit.serial_id, limits["sample.percent"])
    outcome = weigh(signals, limits, drawn=drawn)
    inputs = {**_inputs(facts), "shop_id": _text(unit.shop_id)}
    _decide(
        session, "purchase", unit.serial_id, unit.person_id, outcome, signals, limits,
        inputs, drawn=drawn, now=now,
    )  # fmt: skip
    refused = outcome is Outcome.REFUSE
    session.add(
        Claim(
            serial_id=unit.serial_id,
            award_id=award_id_of_unit(unit.serial_id),
            person_id=unit.person_id,
            product_id=unit.product_id,
            shop_id=unit.shop_id,
            label_code=unit.label_code,
            claimed_at=unit.claimed_at,
            state=_state(outcome),
            held_for=_held_for(facts, limits, outcome, drawn=drawn),
            decided_at=now if refused else None,
        )
    )
    session.flush()
    if refused:
        take_points_back(session, unit.serial_id, unit.person_id, now)
    against_shop = claim_signal.about_shop(facts, limits)
    if against_shop and unit.shop_id is not None:
        _freeze(session, unit, against_shop, limits, inputs, now)


def look_at_tries(
    session: Session,
    serial_id: UUID,
    person_id: UUID,
    shop_id: UUID | None,
    people: int,
    now: datetime,
) -> None:
    """Somebody tried a unit in vain: if too many have, flag it with its shop, and let it wait.

    What was claimed before, by whoever was first, waits for somebody as well; once.
    """
    limits = thresholds_on(session, day_of(now))
    signals = claim_signal.about_label(people, limits)
    if not signals:
        return
    claim = session.get(Claim, serial_id, with_for_update=True, populate_existing=True)
    _decide(
        session, "label", serial_id, claim.person_id if claim else person_id, Outcome.HOLD,
        signals, limits, {"people": people, "shop_id": _text(shop_id)}, drawn=False, now=now,
    )  # fmt: skip
    if claim is not None and claim.state == ClaimState.ACCEPTED:
        claim.state, claim.held_for = ClaimState.HELD, HeldFor.LABEL
        session.flush()
        publish(session, "rewards.claim_held", now, serial_id=str(serial_id))


def take_points_back(session: Session, serial_id: UUID, person_id: UUID, now: datetime) -> None:
    """Take back the points of a refused claim, as far as they are there; once."""
    award_id = award_id_of_unit(serial_id)
    reverse(
        session,
        uuid5(award_id, "claim refused"),
        award_id,
        person_id,
        reason="claim_refused",
        now=now,
    )


def _freeze(
    session: Session,
    unit: Unit,
    signals: list[Signal],
    limits: Thresholds,
    inputs: dict[str, Any],
    now: datetime,
) -> None:
    """Let all claims of a shop wait, those to come and those whose points have not matured."""
    freeze_id = uuid5(unit.serial_id, "shop freeze")
    made = session.scalar(
        insert(ShopFreeze)
        .values(freeze_id=freeze_id, organisation_id=unit.shop_id, frozen_at=now)
        .on_conflict_do_nothing()
        .returning(ShopFreeze.freeze_id)
    )
    if made is None:
        return
    _decide(
        session, "shop", freeze_id, unit.person_id, Outcome.HOLD, signals, limits, inputs,
        drawn=False, now=now,
    )  # fmt: skip
    session.execute(
        update(Claim)
        .where(Claim.shop_id == unit.shop_id, Claim.state == ClaimState.ACCEPTED)
        .where(unmatured())
        .values(state=ClaimState.HELD, held_for=HeldFor.SHOP)
    )
    publish(session, "rewards.shop_frozen", now, organisation_id=str(unit.shop_id))


def _decide(
    session: Session,
    kind: str,
    subject_id: UUID,
    person_id: UUID,
    outcome: Outcome,
    signals: list[Signal],
    limits: Thresholds,
    inputs: dict[str, Any],
    *,
    drawn: bool,
    now: datetime,
) -> None:
    """Keep a decision with rule, thresholds and inputs; a subject has one."""
    session.execute(
        insert(Decision)
        .values(
            decision_id=uuid5(subject_id, f"{kind} decision"),
            subject_kind=kind,
            subject_id=subject_id,
            person_id=person_id,
            outcome=outcome,
            rule=claim_signal.RULE,
            thresholds=limits.version,
            score=score(signals),
            signals=[signal.as_json() for signal in signals],
            inputs={
                **inputs,
                "drawn": drawn,
                "score_sample": limits["score.sample"],
                "score_hold": limits["score.hold"],
            },
            decided_at=now,
        )
        .on_conflict_do_nothing()
    )


def _with_shop(session: Session, unit: Unit, facts: ClaimFacts, limits: Thresholds) -> ClaimFacts:
    """Add what people have decided of the shop: that it waits, or that nothing is wrong with it."""
    if unit.shop_id is None:
        return facts
    since = unit.claimed_at - timedelta(days=limits["F9.cleared_days"])
    return replace(
        facts,
        shop_frozen=open_freeze(session, unit.shop_id) is not None,
        shop_cleared=cleared_since(session, unit.shop_id, since),
    )


def _held_for(
    facts: ClaimFacts, limits: Thresholds, outcome: Outcome, *, drawn: bool
) -> HeldFor | None:
    """Return what makes a claim wait: what lies beside it, or nothing but its shop's freeze."""
    if outcome not in WAITS:
        return None
    by_itself = claim_signal.signals(replace(facts, shop_frozen=False), limits)
    return HeldFor.RULES if weigh(by_itself, limits, drawn=drawn) in WAITS else HeldFor.SHOP


def _state(outcome: Outcome) -> ClaimState:
    if outcome is Outcome.REFUSE:
        return ClaimState.REFUSED
    return ClaimState.HELD if outcome in WAITS else ClaimState.ACCEPTED


def _inputs(facts: ClaimFacts) -> dict[str, Any]:
    """Return what the rules saw, as a decision keeps it."""
    seen = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in vars(facts).items()
    }
    # The distance is kept, or why there is none; not the city that it was measured to.
    return seen | {"first_scan_away": asdict(facts.first_scan_away)}


def _text(name: UUID | None) -> str | None:
    return None if name is None else str(name)
