"""What is on sale, bundles that could be bought, import of batches."""

import re
from decimal import Decimal

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from puhui.credits import queries, service
from puhui.credits.api.proposal import proposal_for
from puhui.credits.batch import COLUMNS, MAY_BE_MISSING
from puhui.credits.detail import DETAILS, details_of
from puhui.credits.kind import RULES, Kind
from puhui.credits.pages.blueprint import PREFERENCES, ROWS, pages, sent_bytes, uuid_of
from puhui.credits.schema.proposal import ProposalFormQuery
from puhui.credits.upload import file_of
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.web.locale import said
from puhui.web.pages import (
    Form,
    form_name,
    read_query,
    redirect_after_post,
    render_faults,
    signed_in,
)


@pages.get("/credits")
def on_sale() -> ResponseReturnValue:
    """Show what can be bought, from whom, and whom it supports."""
    kind = Kind(request.args["kind"]) if request.args.get("kind") in set(Kind) else None
    price, _, name = request.args.get("after", "").partition("~")
    beyond = uuid_of(name)
    after = (int(price), beyond) if beyond and re.fullmatch("[0-9]{1,15}", price) else None
    with snapshot() as session:
        found = queries.batches(session, after=after, most=ROWS + 1, kind=kind, only_on_sale=True)
    more = found[ROWS - 1] if len(found) > ROWS else None
    return render_template(
        "credits/on_sale.html",
        found=found[:ROWS],
        kind=kind,
        first=after is None,
        next_key=more and f"{more.price_fen_per_t}~{more.batch_id}",
    )


@pages.get("/credits/proposal")
def proposal() -> ResponseReturnValue:
    """Show what a need or a budget would buy now, line by line. Keeps nothing."""
    template, words = "credits/proposal.html", {"preferences": PREFERENCES}
    g.form = Form(values=request.args.to_dict())
    if not any(request.args.get(name) for name in ("need_kg", "budget_yuan")):
        return render_template(template, found=None, **words)
    try:
        asked = read_query(ProposalFormQuery)
        with snapshot() as session:
            found = proposal_for(session, asked)
            cards = {line.batch_id: queries.batch(session, line.batch_id) for line in found.lines}
    except DomainError as error:
        return render_faults(template, error, found=None, **words)
    by_kind = {
        said(RULES[kind].name): Decimal(
            sum(line.quantity_kg for line in found.lines if line.kind is kind)
        )
        for kind in dict.fromkeys(line.kind for line in found.lines)
    }
    return render_template(
        template,
        found=found,
        cards=cards,
        bars=[("", list(by_kind.items()))],
        budget_fen=asked.budget_fen,
        **words,
    )


@pages.get("/credits/import")
def import_form() -> ResponseReturnValue:
    """Show an operator the form for a file of batches."""
    signed_in().require(Permission.CREDIT_IMPORT)
    counts = [request.args.get(name, "") for name in ("new", "known")]
    done = counts if all(count.isdecimal() and len(count) < 7 for count in counts) else None
    return render_template("credits/import.html", **_columns(), done=done)


@pages.post("/credits/import")
def import_file() -> ResponseReturnValue:
    """Bring in a file of batches, or show every fault in it."""
    actor = signed_in()
    try:
        actor.require(Permission.CREDIT_IMPORT)
        content = file_of(sent_bytes())
        with transaction() as session:
            outcome = service.import_file(session, actor, form_name(), content, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/import.html", error, **_columns(), done=None)
    return redirect_after_post(f"/credits/import?new={outcome[0]}&known={outcome[1]}")


def _columns() -> dict[str, object]:
    """Return what the page says of columns: those of every batch, and of which kind which."""
    return {
        "columns": COLUMNS,
        "others": [name for name in MAY_BE_MISSING if name not in DETAILS],
        "of_kinds": [
            (rule.name, [(each.name, each.label) for each in details_of(kind)])
            for kind, rule in RULES.items()
        ],
    }
