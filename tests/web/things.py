"""Things: resources made to try the HTTP base on, with one of everything it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from marshmallow import post_load

from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.web import conditional, idempotency, paging
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.guard import current_actor, embeddable, open_to_all
from puhui.web.limits import limited
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    DecimalString,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
    Year,
)

things = json_blueprint("things", "/api/things", "Things to try the base on")
thing_pages = flask.Blueprint("thing_pages", __name__)

made: list[object] = []
"""What the operations have done, for tests to count."""


class Kind(StrEnum):
    BOARD = "board"
    CHAIR = "chair"


class PartSchema(Schema):
    name = Text(40, required=True)
    mass_kg = DecimalString(required=True, more_than=0, maximum=1000, places=3)


@dataclass(frozen=True)
class Thing:
    name: str
    parts: list[Any]
    count: int = 1
    note: str | None = None


class ThingSchema(Schema):
    name = Text(20, required=True, example="竹板")
    count = Whole(minimum=1, maximum=1000, load_default=1)
    parts = List(Nested(PartSchema), load_default=list, most=5)
    kind = Enum(Kind)
    made_on = Day()
    seen_at = Instant()
    year = Year()
    owner = Uuid()
    code = Code("[A-Z]{2}[0-9]{3}", example="FJ001")
    ready = Boolean()
    note = Text(200, allow_none=True, may_be_blank=True)


class ThingsQuery(paging.PageQuery):
    kind = Enum(Kind, load_default=None)
    tag = List(Code(most=10), load_default=list, most=3)


class FormSchema(Schema):
    name = Text(20, required=True)
    count = Whole(minimum=1, required=True)
    size = Code(load_default="s")

    @post_load
    def draft(self, values: dict[str, Any], **_: object) -> Thing:
        return Thing(values["name"], [], values["count"])


@things.route("/<uuid:thing_id>")
class ThingView(MethodView):
    @open_to_all
    @conditional.versioned
    @things.response(200, ThingSchema)
    def get(self, thing_id: UUID) -> Mapping[str, Any]:
        """Show a thing."""
        conditional.version_is(3)
        return {"name": "竹板", "count": 3, "parts": [], "made_on": date(2026, 3, 12)}

    @things.arguments(ThingSchema)
    @things.response(201, ThingSchema)
    def put(self, thing: dict[str, Any], thing_id: UUID) -> dict[str, Any]:
        """Make a thing."""
        with transaction() as session:
            if idempotency.give_name(session, thing_id, current_actor(), now()):
                made.append(thing)
        return thing

    @conditional.versioned
    @things.response(204)
    def delete(self, thing_id: UUID) -> None:
        """Do away with a thing."""
        conditional.require_version(3)
        made.append(thing_id)


@things.route("")
class ThingsView(MethodView):
    @open_to_all
    @things.arguments(ThingsQuery, location="query")
    @things.response(200, paging.page_schema(ThingSchema))
    def get(self, query: dict[str, Any]) -> paging.Page[dict[str, Any]]:
        """List things."""
        after = query["cursor"][0] if query["cursor"] else 0
        rows = [{"name": f"{i}", "count": i} for i in range(after + 1, 8)]
        return paging.page(rows[: query["limit"] + 1], query["limit"], lambda r: (r["count"],))

    @idempotency.named
    @things.arguments(ThingSchema)
    @things.response(201, ThingSchema)
    def post(self, thing: dict[str, Any]) -> dict[str, Any]:
        """Make a thing that the caller cannot name."""
        actor = current_actor()
        with transaction() as session:
            if idempotency.give_name(session, idempotency.name_of_request(actor), actor, now()):
                made.append(thing)
        return thing


@things.route("/by-code/<code>")
class Coded(MethodView):
    @open_to_all
    @things.response(200, ThingSchema)
    def get(self, code: str) -> Mapping[str, Any]:
        """Find a thing by its code."""
        return {"name": code[:20], "count": 1, "parts": []}


@things.route("/<uuid:thing_id>/picture")
class Picture(MethodView):
    @takes("image/png", most_bytes=1000)
    @limited("2/hour", "upload")
    @things.response(204)
    def put(self, thing_id: UUID) -> None:
        """Give a thing its picture."""
        made.append(flask.request.get_data())


@things.route("/<uuid:thing_id>/faults")
class Faults(MethodView):
    @things.response(204)
    def post(self, thing_id: UUID) -> None:
        """Find two faults."""
        raise Invalid(
            [
                Fault(
                    "too_few", N_("至少 %(least)s 项"), row=2, field="parts", values={"least": 1}
                ),
                Fault("unknown", N_("没有这个字段")),
            ]
        )


@thing_pages.route("/things/new", methods=["GET", "POST"])
def new_thing() -> ResponseReturnValue:
    actor = signed_in()
    if flask.request.method == "GET":
        return flask.render_template_string(FORM)
    try:
        draft = read_form(FormSchema)
        with transaction() as session:
            if idempotency.give_name(session, form_name(), actor, now()):
                made.append(asdict(draft))
    except DomainError as error:
        return render_faults_of_string(error)
    return redirect_after_post("/")


@thing_pages.get("/things/badge")
@embeddable
def badge() -> str:
    return "badge"


@thing_pages.get("/things/chart")
def chart() -> str:
    bars = [
        ("化石", [("原料", Decimal("2.5")), ("制造", Decimal("7.5"))]),
        ("生物", [("原料", Decimal("-5"))]),
    ]
    return flask.render_template_string(CHART, bars=bars)


@dataclass
class Working:
    """A task as the queries of the outbox return it."""

    state: str = "running"
    done: int = 3
    total: int = 10
    result: dict[str, Any] | None = None
    faults: Sequence[Fault] = ()


working = Working()


@thing_pages.get("/things/task")
def task() -> str:
    return flask.render_template_string(TASK, task=working)


@thing_pages.get("/things/limited")
@limited("2/minute", "limited-page")
def limited_page() -> str:
    return "page"


def render_faults_of_string(error: DomainError) -> ResponseReturnValue:
    return render_faults("things_form.html", error)


FORM = """{% extends "web/base.html" %}
{% import "web/forms.html" as forms with context %}
{% block title %}{{ "新的东西" }}{% endblock %}
{% block main %}<h1>新的东西</h1>
<form method="post">{{ forms.hidden_name() }}{{ forms.faults() }}
{{ forms.field("name", "名称", hint="写在标签上的名称", maxlength=20) }}
{{ forms.field("count", "数量", inputmode="numeric", unit="件") }}
{{ forms.choice("kind", "种类", [("board", "板"), ("chair", "椅")], required=false,
  empty="请选择") }}
{{ forms.radios("size", "大小", [("s", "小"), ("l", "大")], value="s") }}
{{ forms.text_area("note", "说明", required=false) }}
{{ forms.file("photo", "照片", accept="image/*", required=false) }}
{{ forms.tick("agreed", "我已阅读说明") }}
{{ forms.submit("提交") }}</form>{% endblock %}"""

CHART = """{% extends "web/base.html" %}
{% import "web/charts.html" as charts with context %}
{% import "web/tables.html" as tables with context %}
{% import "web/state.html" as state %}
{% block main %}<h1>图</h1>
{{ tables.figure("10.234", "kg CO₂e", "每块竹板，从摇篮到大门") }}
<p>{{ state.badge("已核验", "good") }} {{ state.badge("待核", "wait") }}
{{ state.badge("已撤销", "bad") }} {{ state.badge("随手记") }}</p>
{{ state.notice("这份估算含 2 项未知数据。", "wait") }}
{{ charts.stacked("各阶段排放", bars, "kg CO₂e") }}
{{ tables.facts([("来源", "生态环境部"), ("年份", "2023")]) }}
{{ tables.table("明细", ["阶段", ("数值", "number"), "来源"],
  [["原料", "2.5", "因子库 2025.1"], ["制造", "7.5", "因子库 2025.1"]]) }}
{{ tables.pager("/x?cursor=1", "/x") }}
{% endblock %}"""

TASK = """{% extends "web/base.html" %}
{% import "web/progress.html" as progress with context %}
{% block main %}<h1>任务</h1>
{{ progress.bar(task, "/things/task", stop_at="/things/stop", resume_at="/things/resume") }}
{% endblock %}
{% block scripts %}{{ progress.script() }}{% endblock %}"""
