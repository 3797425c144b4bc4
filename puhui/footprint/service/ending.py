"""What ends labels before their time. Each end says why, and stands in the register."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.footprint import queries
from puhui.footprint.inventory import Inventory
from puhui.footprint.label import shown
from puhui.footprint.model import Footprint, Label, PolicyRow
from puhui.footprint.submission import Submitted, read
from puhui.footprint.validity import (
    Ground,
    Policy,
    in_force,
    is_other_recipe,
    is_worse,
)
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.register.service import record


def end_label(session: Session, label: Label, ground: Ground, detail: str, now: datetime) -> bool:
    """End a label that the caller holds locked; return whether it had not ended before.

    `detail` says more than the ground does: a factor, two figures, a maker's own words.
    """
    if label.withdrawn_at is not None:
        return False
    label.withdrawn_at, label.withdrawn_reason, label.end_ground = now, detail, str(ground)
    session.flush()
    # The detail may be in a maker's own words, which nobody could take back from the register.
    record(session, "label_ended", str(label.label_id), {"ground": str(ground)}, now)
    publish(session, "footprint.label_ended", now, label_id=str(label.label_id))
    return True


def end_labels_of(
    session: Session, product_id: UUID, ground: Ground, detail: str, now: datetime
) -> int:
    """End every label of a product that holds; return how many."""
    return sum(
        end_label(session, label, ground, detail, now)
        for label, _ in _holding(session, product_id, now)
    )


def end_outdated(session: Session, newest: Footprint, now: datetime) -> None:
    """End the product's older labels that a newly verified version shows to be out of date."""
    policy, fresh = policy_at(session, now), inventory_of(newest)
    for label, made in _holding(session, newest.product_id, now):
        if made.number >= newest.number:
            continue
        if is_other_recipe(inventory_of(made), fresh):
            number = str(newest.number)
            end_label(session, label, Ground.RECIPE, f"v{made.number} → v{number}", now)
        elif is_worse(policy, made.footprint_kg, newest.footprint_kg):
            detail = f"{shown(made.footprint_kg)} → {shown(newest.footprint_kg)} kgCO2e"
            end_label(session, label, Ground.WORSE, detail, now)


def end_for_factor(session: Session, citation: str, reason: str, now: datetime) -> int:
    """End the labels whose footprint rests on a withdrawn factor; return how many."""
    ids = queries.labels_citing(session, citation, now)
    labels = session.scalars(
        select(Label).where(Label.label_id.in_(ids)).order_by(Label.label_id).with_for_update()
    )
    detail = f"{citation}: {reason}"
    return sum(end_label(session, label, Ground.FACTOR, detail[:500], now) for label in labels)


def set_policy(session: Session, policy: Policy, now: datetime) -> None:
    """Let a policy hold from its day on. The same again changes nothing.

    For the operators' command; a policy reaches no label that was issued before its day.

    Raises:
        Invalid: its day is past, has another policy, or a figure is out of range.
    """
    known = session.get(PolicyRow, policy.valid_from)
    if known is not None and _policy(known) == policy:
        return
    faults = []
    if known is not None:
        faults.append(Fault("day_taken", N_("这一天已有另一个规定"), field="valid_from"))
    elif policy.valid_from < now.date():
        faults.append(Fault("day_past", N_("不能从过去的日子起"), field="valid_from"))
    for field in ("self_declared_years", "verified_years"):
        if not 1 <= getattr(policy, field) <= 10:
            faults.append(Fault("out_of_range", N_("应在 1 到 10 年之间"), field=field))
    for field in ("worse_percent", "electricity_percent"):
        if not Decimal(0) < getattr(policy, field) <= 100:
            faults.append(Fault("out_of_range", N_("应大于 0，不超过 100"), field=field))
    if faults:
        raise Invalid(faults)
    session.add(PolicyRow(**vars(policy), set_at=now))
    session.flush()


def policies(session: Session) -> Sequence[Policy]:
    """Return every policy that was set, oldest first."""
    rows = session.scalars(select(PolicyRow).order_by(PolicyRow.valid_from))
    return [_policy(row) for row in rows]


def policy_at(session: Session, now: datetime) -> Policy:
    """Return the policy in force."""
    return in_force(policies(session), now)


def inventory_of(footprint: Footprint) -> Inventory:
    """Return the inventory that a footprint was computed from."""
    document = queries.document_of(footprint)
    inventory, faults = read(Submitted.of_json(document["inventory"]))
    assert inventory is not None, faults
    return inventory


def _policy(row: PolicyRow) -> Policy:
    return Policy(
        row.valid_from,
        row.self_declared_years,
        row.verified_years,
        row.worse_percent,
        row.electricity_percent,
    )


def _holding(
    session: Session, product_id: UUID, now: datetime
) -> Sequence[tuple[Label, Footprint]]:
    """Return the product's labels that hold now, locked, with their footprints."""
    rows = session.execute(
        select(Label, Footprint)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .where(
            Footprint.product_id == product_id,
            Label.withdrawn_at.is_(None),
            Label.expires_at > now,
        )
        .order_by(Label.label_id)
        .with_for_update(of=Label)
    )
    return [(row[0], row[1]) for row in rows]
