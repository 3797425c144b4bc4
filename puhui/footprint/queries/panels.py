"""Read what stands around a label's figure: its successor, its kind, plastic things, its past."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from puhui.factors import queries as factors
from puhui.footprint.inventory import Reach
from puhui.footprint.label import LabelState, state_at
from puhui.footprint.median import Comparison, Peer, compared
from puhui.footprint.model import Footprint, Label, Product
from puhui.footprint.queries.label_view import LabelView
from puhui.footprint.queries.public_list import has_successor, is_in_force
from puhui.footprint.substitution import PLASTIC_SUBJECTS, Beside, Function, beside
from puhui.kernel.quantity import EXACT


@dataclass(frozen=True)
class Version:
    """A verified version of the product's footprint."""

    number: int
    decided_at: datetime
    footprint_kg: Decimal
    declared_unit: str
    reach: str
    change_percent: Decimal | None
    """Against the version before; None for the first, or when unit or boundary differ."""
    label_code: str | None
    label_state: LabelState | None


@dataclass(frozen=True)
class Panels:
    """What a label's page shows beside the figure."""

    successor: str | None
    """Code of the newer label that has taken this one's place."""
    comparison: Comparison | None
    """None for a label that has ended, or that nobody has verified."""
    function: Function | None
    plastics: tuple[Beside, ...]
    versions: Sequence[Version]


def panels_of(session: Session, view: LabelView, now: datetime) -> Panels:
    """Return what stands around the figure of a label."""
    # What its maker alone declares is set beside nothing that was verified.
    holds = view.state is LabelState.ISSUED and view.verifier is not None
    function = view.document["product"].get("function")
    return Panels(
        successor=_successor(session, view, now),
        comparison=compared(_peers(session, view, now)) if holds else None,
        function=Function(function) if function else None,
        plastics=_plastics(session, view, Function(function)) if holds and function else (),
        versions=_versions(session, view, now),
    )


def _successor(session: Session, view: LabelView, now: datetime) -> str | None:
    return session.scalar(
        select(Label.code)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .where(
            Footprint.product_id == view.product.product_id,
            is_in_force(Label, now),
            tuple_(Label.issued_at, Label.label_id)
            > tuple_(view.label.issued_at, view.label.label_id),
        )
        .order_by(Label.issued_at.desc(), Label.label_id.desc())
        .limit(1)
    )


def _peers(session: Session, view: LabelView, now: datetime) -> list[Peer]:
    """Return the other products of the public list that this one can be set beside."""
    result = view.document["result"]
    asked = cast(Footprint.document, JSONB)
    rows = session.execute(
        select(Product.organisation_id, Footprint.footprint_kg)
        .join(Footprint, Footprint.product_id == Product.product_id)
        .join(Label, Label.footprint_id == Footprint.footprint_id)
        .where(
            Product.category == view.product.category,
            Product.product_id != view.product.product_id,
            is_in_force(Label, now),
            ~has_successor(now),
            asked["result"]["declared_unit"].astext == result["declared_unit"],
            asked["result"]["reach"].astext == result["reach"],
            asked["ruleset"]["gwp"].astext == view.document["ruleset"]["gwp"],
        )
    )
    return [Peer(*row) for row in rows]


def _plastics(session: Session, view: LabelView, function: Function) -> tuple[Beside, ...]:
    result = view.document["result"]
    found = [
        factor
        for subject in PLASTIC_SUBJECTS[function]
        for factor in factors.of_subject(session, subject)
    ]
    return beside(
        view.footprint.footprint_kg, result["declared_unit"], Reach(result["reach"]), found
    )


def _versions(session: Session, view: LabelView, now: datetime) -> list[Version]:
    """Return the verified versions, newest first."""
    code = (
        select(func.jsonb_build_array(Label.code, Label.expires_at, Label.withdrawn_at))
        .where(Label.footprint_id == Footprint.footprint_id, Label.basis == "verified")
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Footprint, code)
        .where(Footprint.product_id == view.product.product_id, Footprint.state == "verified")
        .order_by(Footprint.number)
    )
    found: list[Version] = []
    for made, label in rows:
        result = json.loads(made.document)["result"]
        found.append(_version(made, result, label, found[-1] if found else None, now))
    return found[::-1]


def _version(
    made: Footprint,
    result: dict[str, Any],
    label: list[str | None] | None,
    before: Version | None,
    now: datetime,
) -> Version:
    change = None
    alike = before and (before.declared_unit, before.reach) == (
        result["declared_unit"],
        result["reach"],
    )
    if before and alike and before.footprint_kg:
        ratio = EXACT.divide(made.footprint_kg, before.footprint_kg)
        change = EXACT.quantize(EXACT.multiply(ratio - 1, Decimal(100)), Decimal("0.1"))
    code, expires_at, withdrawn_at = label or (None, None, None)
    return Version(
        number=made.number,
        decided_at=made.decided_at or made.declared_at,
        footprint_kg=made.footprint_kg,
        declared_unit=result["declared_unit"],
        reach=result["reach"],
        change_percent=change,
        label_code=code,
        label_state=_state(now, expires_at, withdrawn_at) if expires_at else None,
    )


def _state(now: datetime, expires_at: str, withdrawn_at: str | None) -> LabelState:
    ended = datetime.fromisoformat(withdrawn_at) if withdrawn_at else None
    return state_at(now, datetime.fromisoformat(expires_at), ended)
