"""What becomes of a batch beside sales, at an operator's desk; and sums over all of them."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from puhui.credits import queries, service
from puhui.credits.batch import Encumbrance
from puhui.credits.cancellation import REASONS, OwnReason, Reason
from puhui.credits.encumbrance import PartEncumbrance
from puhui.credits.errors import UnknownBatch
from puhui.credits.kind import RULES, Kind
from puhui.credits.pages.blueprint import ENCUMBRANCES, FATES, PURPOSES, pages
from puhui.credits.queries import fates
from puhui.credits.queries.statistics import Retired, Stock, statistics
from puhui.credits.schema.fate import (
    CancellationFormSchema,
    EncumbranceSchema,
    LiftingSchema,
    PartEncumbranceSchema,
    cancellation_of,
)
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.ledger import queries as ledger
from puhui.ledger.account import CREDIT_KG
from puhui.web.locale import said, tag
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)

Bars = list[tuple[str, list[tuple[str, Decimal]]]]


@pages.get("/credits/batches/<uuid:batch_id>")
def batch_desk(batch_id: UUID) -> ResponseReturnValue:
    """Show an operator a batch, its history, and the forms that go on with it."""
    signed_in().require(Permission.CREDIT_IMPORT)
    return render_template("credits/batch.html", **_batch(batch_id))


@pages.post("/credits/batches/<uuid:batch_id>/encumbrance")
def encumber(batch_id: UUID) -> ResponseReturnValue:
    """Withdraw a batch from sale, or free it again."""
    actor = signed_in()

    def act(session: Session) -> None:
        told = read_form(EncumbranceSchema)
        service.encumber(
            session, actor, batch_id, Encumbrance(told["encumbrance"]), told["note"], now(),
            told["claimant"], told["document"],
        )  # fmt: skip

    return _done(batch_id, act)


@pages.post("/credits/batches/<uuid:batch_id>/encumbrances")
def encumber_part(batch_id: UUID) -> ResponseReturnValue:
    """Withdraw a range of serials from sale."""
    actor = signed_in()
    return _done(
        batch_id,
        lambda session: service.encumber_part(
            session, actor, batch_id, form_name(), read_form(PartEncumbranceSchema), now()
        ),
    )


@pages.post("/credits/batches/<uuid:batch_id>/encumbrances/<uuid:encumbrance_id>/lifting")
def free_part(batch_id: UUID, encumbrance_id: UUID) -> ResponseReturnValue:
    """Put a range of serials back on sale."""
    actor = signed_in()

    def act(session: Session) -> None:
        told = read_form(LiftingSchema)
        service.free_part(
            session, actor, batch_id, encumbrance_id, told["note"], told["document"], now()
        )

    return _done(batch_id, act)


@pages.post("/credits/batches/<uuid:batch_id>/cancellations")
def cancel(batch_id: UUID) -> ResponseReturnValue:
    """Cancel ranges of a batch, for good."""
    actor = signed_in()
    return _done(
        batch_id,
        lambda session: service.cancel(
            session,
            actor,
            batch_id,
            form_name(),
            cancellation_of(read_form(CancellationFormSchema)),
            now(),
        ),
    )


@pages.get("/register/statistics")
def sums() -> ResponseReturnValue:
    """Show what was issued, what became of it, and what was retired for which purpose."""
    with snapshot() as session:
        found = statistics(session)
        totals = ledger.totals(session, CREDIT_KG)
    kinds = {kind.value: said(RULES[kind].name) for kind in Kind}

    def place_of(each: Stock) -> str:
        return each.place_en if tag() == "en" else each.place

    return render_template(
        "credits/statistics.html",
        found=found,
        totals=totals,
        total_bar=_stocks([found.total], lambda each: ""),
        kind_bars=_stocks(found.by_kind, lambda each: kinds[each.name]),
        county_bars=_stocks(found.by_county, lambda each: f"{each.name} {place_of(each)}"),
        vintage_bars=_stocks(found.by_vintage, lambda each: each.name),
        purpose_bar=_retired(found.retired_by_purpose, lambda name: said(PURPOSES[name])),
        year_bar=_retired(found.retired_by_year, lambda name: name),
    )


def _stocks(found: Sequence[Stock], name: Callable[[Stock], str]) -> Bars:
    return [
        (name(each), [(said(FATES[place]), Decimal(kg)) for place, kg in each.kg.items() if kg])
        for each in found
    ]


def _retired(found: Sequence[Retired], name: Callable[[str], str]) -> Bars:
    return [("", [(name(each.name), Decimal(each.kg)) for each in found])]


def _done(batch_id: UUID, act: Callable[[Session], object]) -> ResponseReturnValue:
    try:
        signed_in().require(Permission.CREDIT_IMPORT)
        with transaction() as session:
            act(session)
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/batch.html", error, **_batch(batch_id))
    return redirect_after_post(f"/credits/batches/{batch_id}#history")


def _batch(batch_id: UUID) -> dict[str, object]:
    with snapshot() as session:
        found = queries.batch(session, batch_id)
        if found is None:
            raise UnknownBatch(batch=str(batch_id))
        history = fates.history(session, batch_id=batch_id, with_claimants=True)
    # A part that has been freed, or used up, is not freed again.
    live = fates.live_parts(history)
    return {
        "batch": found,
        "history": history,
        "live": live,
        "parts": {each.value: ENCUMBRANCES[each.value] for each in PartEncumbrance},
        "reasons_of": {each.value: REASONS[Reason(each.value)] for each in OwnReason},
    }
