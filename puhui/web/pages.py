"""Pages that a person reads: the front page, and what every package's pages share.

A page does what the API does, through the same service. Its forms work without JavaScript, carry
a hidden name so that two clicks are one, and come back with each fault beside its field:

    @pages.post("/plantings/new")
    def log() -> ResponseReturnValue:
        actor = signed_in()
        try:
            draft = read_form(PlantingDraftSchema)
            with transaction() as session:
                service.log_planting(session, actor, form_name(), draft, now())
        except DomainError as error:
            return render_faults("rewards/new_planting.html", error, bases=bases)
        return redirect_after_post("/wallet")
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import marshmallow
from flask import Blueprint, Flask, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.county import county_meant
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.quantity import plain, thousands
from puhui.kernel.text import N_
from puhui.kernel.unit import printed
from puhui.web import charts, errors, locale
from puhui.web.guard import actor_or_none
from puhui.web.reading import faults_of, written

FORM_NAME = "form_name"

pages = Blueprint("web_pages", __name__, template_folder="templates")


@dataclass(frozen=True)
class Form:
    """What a person has filled in, and what was wrong with it. Templates call it `form`."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    refusal: str | None = None

    def value(self, name: str, otherwise: object = None) -> object:
        """Return what was filled in, else `otherwise`."""
        if name in self.values:
            return self.values[name]
        return "" if otherwise is None else otherwise

    def faults_at(self, name: str) -> list[str]:
        """Return what is wrong with a field, in the reader's language."""
        return [locale.told(fault) for fault in self.faults if fault.field == name]

    def marked(self, name: str) -> bool:
        """Whether something is wrong with a field."""
        return any(fault.field == name for fault in self.faults)


def signed_in() -> Actor:
    """Return who is asking; send everyone else to sign in first and then back here."""
    actor = actor_or_none()
    if actor is None:
        _sign_in_first()
    return actor


def _sign_in_first() -> NoReturn:
    here = request.full_path.rstrip("?") if request.method == "GET" else _page_before()
    abort(redirect(f"/sign-in?{urlencode({'next': here})}", 303))


def _page_before() -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path if parts.netloc == request.host and parts.path else "/"


def next_address(otherwise: str = "/") -> str:
    """Return where `?next=` (or the form's `next`) wants to go, if that is a page of ours."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if not ours or parts.scheme or parts.netloc or "\\" in wanted or not wanted.isprintable():
        return otherwise
    return wanted


def form_name() -> UUID:
    """Return the name of the form being shown or sent; the same when it is shown again."""
    if "form_name" not in g:
        try:
            g.form_name = UUID(request.form.get(FORM_NAME, ""))
        except ValueError:
            g.form_name = uuid4()
    name: UUID = g.form_name
    return name


def read_form(schema: type[marshmallow.Schema] | marshmallow.Schema) -> Any:
    """Return what the form says, loaded by the schema that the API uses too.

    A field left empty counts as not given. Files are the view's own business. Whoever is asked for
    the code of a county may write its name, as few know the code.

    Raises:
        Invalid: with every fault at once.
    """
    loader = schema() if isinstance(schema, type) else schema
    filled = MultiDict(
        (name, county_meant(value) if name == "county_code" else value)
        for name, value in request.form.items(multi=True)
        if name not in (FORM_NAME, "next") and value != ""
    )
    try:
        return loader.load(written(filled, loader))
    except marshmallow.ValidationError as error:
        raise Invalid(faults_of(error.messages)) from None


def read_query(schema: type[marshmallow.Schema]) -> Any:
    """Return what the address asks for, loaded by the schema that the API uses too.

    A field left empty counts as not given.

    Raises:
        Invalid: with every fault at once.
    """
    asked = MultiDict((name, v) for name, v in request.args.items(multi=True) if v != "")
    loader = schema()
    try:
        return loader.load(written(asked, loader))
    except marshmallow.ValidationError as error:
        raise Invalid(faults_of(error.messages)) from None


def render_faults(template: str, error: DomainError, **context: Any) -> ResponseReturnValue:
    """Show the form again as it was filled in, with what was refused beside the fields."""
    problem = errors.of_refusal(error)
    g.form = Form(
        values=(request.form or request.args).to_dict(),
        faults=problem.faults,
        refusal=locale.said(problem.title),
    )
    return render_template(template, **context), problem.status, problem.headers


def redirect_after_post(address: str) -> ResponseReturnValue:
    """Send the browser on with a GET, so that reloading repeats nothing."""
    return redirect(address, 303)


def in_language(tag: str) -> str:
    """Return the address of this page in the language `tag` (`zh` or `en`)."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != locale.COOKIE]
    path = request.path if request.method == "GET" else _page_before()
    return f"{path}?{urlencode([*kept, (locale.COOKIE, tag)])}"


def install(app: Flask) -> None:
    """Give templates the words that every page uses."""
    app.jinja_env.globals.update(
        form_name=form_name,
        in_language=in_language,
        colon=locale.colon,
        stacked_bars=charts.stacked,
        hatch=charts.hatch,
    )
    app.jinja_env.filters.update(
        plain=plain,
        thousands=thousands,
        unit=printed,
        named=locale.named,
        called=locale.called,
        county=locale.county_told,
        county_typed=locale.county_typed,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _common() -> dict[str, Any]:
        actor = actor_or_none()
        return {
            "form": g.get("form", Form()),
            "actor": actor,
            "desks": desks(actor) if actor else [],
        }


DESKS: tuple[tuple[Permission, str, str], ...] = (
    (Permission.SELF_MANAGE, "/wallet", N_("积分")),
    (Permission.POINTS_SPEND, "/shop", N_("商城")),
    (Permission.PLANTING_LOG, "/plantings", N_("植树记录")),
    (Permission.PLANTING_LOG, "/duty", N_("尽责")),
    (Permission.SELF_MANAGE, "/teams", N_("团队")),
    (Permission.PLANTING_REVIEW, "/review", N_("植树核查")),
    (Permission.PLANTING_REVIEW, "/surveys", N_("成活核查")),
    (Permission.CLAIM_REVIEW, "/review/claims", N_("领取核查")),
    (Permission.RULE_PUBLISH, "/rules", N_("积分规则")),
    (Permission.PRODUCT_WRITE, "/products", N_("产品")),
    (Permission.FOOTPRINT_VERIFY, "/verify", N_("足迹核查")),
    (Permission.LABEL_OVERSEE, "/renewals", N_("标签重算")),
    (Permission.SERIAL_SELL, "/sales", N_("销售")),
    (Permission.OFFER_WRITE, "/partners", N_("兑换台")),
    (Permission.OFFER_PUBLISH, "/shop/offers", N_("商城审批")),
    (Permission.PAYMENT_CONFIRM, "/payments", N_("收款")),
    (Permission.STATEMENT_READ, "/sellers", N_("卖方对账")),
    (Permission.CREDIT_IMPORT, "/credits/import", N_("导入碳信用")),
    (Permission.FACTOR_PUBLISH, "/factors/imports", N_("导入因子")),
)
"""Where people do their work, and the permission it takes."""


def desks(actor: Actor) -> list[tuple[str, str]]:
    """Return the address and name of each place where `actor` has something to do."""
    return [(path, locale.said(name)) for needed, path, name in DESKS if actor.may(needed)]


@pages.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Show the icon to browsers that look for it at its old address."""
    return redirect(url_for("static", filename="icon.svg"), 301)


@pages.get("/")
def home() -> ResponseReturnValue:
    """Show what Puhui is and where to begin."""
    return render_template("web/home.html")
