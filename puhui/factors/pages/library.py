"""The factor library as pages: what there is, what there is not, one factor and its end."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.factors import queries, service
from puhui.factors.api.library import asked, finders
from puhui.factors.factor import (
    BOUNDARY_NAMES,
    GEOGRAPHY_NAMES,
    PEDIGREE_NAMES,
)
from puhui.factors.missing import missing
from puhui.factors.pages.blueprint import pages
from puhui.factors.schema import FactorsQuery, FactorWithdrawalSchema
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid
from puhui.kernel.text import N_
from puhui.web.guard import actor_or_none
from puhui.web.locale import said
from puhui.web.pages import (
    read_form,
    read_query,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import page

FILTERS = frozenset({"q", "subject", "region", "year", "gases", "boundary"})

SUBJECTS = (
    ("grid", N_("电力")),
    ("fuel", N_("燃料")),
    ("heat", N_("热力")),
    ("freight", N_("货运")),
    ("packaging", N_("包装")),
    ("plastic", N_("塑料")),
    ("paper", N_("纸和纸板")),
    ("wood", N_("木材和人造板")),
    ("metal", N_("金属")),
    ("fertiliser", N_("肥料")),
    ("waste", N_("废物处置")),
    ("travel", N_("出行")),
    ("comparator", N_("对照产品")),
    ("proxy", N_("替代数据")),
)
"""What people look for, by the beginning of the subject."""


@pages.get("/factors")
def library() -> ResponseReturnValue:
    """Show the factors that match a search, each with its source."""
    query = read_query(FactorsQuery)
    with snapshot() as session:
        found = queries.page(
            session,
            **asked(query),
            after=query["cursor"],
            most=query["limit"] + 1,
        )
    shown = page(found, query["limit"], lambda row: (row.factor.key, row.factor.version))
    filters = {name: str(value) for name, value in query.items() if value and name in FILTERS}
    return render_template(
        "factors/library.html",
        shown=shown,
        query=query,
        boundaries=BOUNDARY_NAMES,
        filters=urlencode(filters),
        kinds=[(value, said(name)) for value, name in SUBJECTS],
        reaches=[(str(value), said(name)) for value, name in BOUNDARY_NAMES.items()],
        may_publish=_may_publish(),
    )


@pages.get("/factors/missing")
def gaps() -> ResponseReturnValue:
    """Show what nobody has published, and the way out."""
    return render_template("factors/missing.html", gaps=list(missing().values()))


@pages.get("/factors/<string:key>/<string:version>")
def one(key: str, version: str) -> ResponseReturnValue:
    """Show one version of a factor with its whole birth certificate and its history."""
    return render_template("factors/factor.html", **_of(key, version))


@pages.post("/factors/<string:key>/<string:version>/withdrawal")
def withdraw(key: str, version: str) -> ResponseReturnValue:
    """Withdraw a version, with a reason."""
    actor = signed_in()
    try:
        given = read_form(FactorWithdrawalSchema)
        with transaction() as session:
            service.withdraw(session, actor, key, version, given["reason"], now())
    except Invalid as error:
        return render_faults("factors/factor.html", error, **_of(key, version))
    return redirect_after_post(f"/factors/{key}/{version}")


def _of(key: str, version: str) -> dict[str, Any]:
    with snapshot() as session:
        published = queries.exactly(session, key, version)
        history = queries.versions(session, key)
        uses = None
        actor = actor_or_none()
        if actor is not None and actor.may(Permission.FACTOR_PUBLISH):
            uses = service.uses_of(session, actor, key, version, finders())
    scores = zip(PEDIGREE_NAMES, published.factor.pedigree or (), strict=False)
    return {
        "published": published,
        "factor": published.factor,
        "history": history,
        "uses": uses,
        "boundaries": BOUNDARY_NAMES,
        "geographies": GEOGRAPHY_NAMES,
        "pedigree": [(said(PEDIGREE_NAMES[part]), score) for part, score in scores],
    }


def _may_publish() -> bool:
    actor = actor_or_none()
    return actor is not None and actor.may(Permission.FACTOR_PUBLISH)
