"""Commands about events; neither needs a database or a network."""

import csv
import json
from dataclasses import asdict
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from puhui.events.assumption import Assumption, AssumptionDraft, faults_of_assumption
from puhui.events.attendee_list import decide, read
from puhui.events.city import gazetteer
from puhui.events.document import Card, annex_of, canonical, digest, document_of, recompute
from puhui.events.draft import (
    EventDraft,
    InventoryDraft,
    faults_of_assumed,
    faults_of_event,
    faults_of_inventory,
    with_assumptions,
)
from puhui.events.errors import CitiesUndecided
from puhui.events.estimate import Plan, Stage
from puhui.events.reckoning import reckon
from puhui.events.schema.assumption import AssumptionDraftSchema
from puhui.events.schema.attendee import CityDecisionsSchema
from puhui.events.schema.event import EventDraftSchema
from puhui.events.schema.inventory import EventInventoryDraftSchema
from puhui.factors.library import read as read_library
from puhui.factors.service import shipped
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.reading import loaded

NOBODY = UUID(int=0)


@click.group()
def group() -> None:
    """活动与会议 / Events."""


@group.command("recompute")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--annex",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="行程附件：连距离和绕行一起重算 / The travel annex: compute distances and detours too.",
)
def recompute_command(file: Path, annex: Path | None) -> None:
    """重算一份核算文件 / Compute an estimate's document again; exit 1 if a figure differs."""
    document = json.loads(file.read_bytes())
    travel = None if annex is None else json.loads(annex.read_bytes())
    wrong = recompute(document, travel)
    click.echo(f"SHA-256 {digest(canonical(document))}")
    for figure in wrong:
        click.echo(f"✗ {figure}")
    if wrong:
        raise SystemExit(1)
    click.echo(f"✓ {len(document['lines'])} 行 / lines, {document['total_kg']} kg")


@group.command("estimate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出核算文件 / Print the document.")
def estimate_command(file: Path, as_json: bool) -> None:
    """仅凭文件核算 / Compute an estimate from a file alone, with the factors that we ship."""
    try:
        document, _ = estimate_file(file)
    except DomainError as error:
        for fault in getattr(error, "faults", ()):
            row = "" if fault.row is None else f"{fault.row}: "
            click.echo(f"✗ {row}{fault.field or ''} {fault.message % fault.values}", err=True)
        raise click.ClickException(f"{error.title} {error.details or ''}") from error
    if as_json:
        click.echo(canonical(document))
        return
    for line in document["lines"]:
        click.echo(
            f"{line['activity']:<18} {line['amount']:>14} {line['unit']:<10} {line['kg']:>16} kg"
            f"  {line['factor']}  {' '.join(line['marks'])}"
        )
    if answered := document.get("response"):
        share = f"{answered['listed']}/{answered['attendees']} = {answered['rate_percent']} %"
        margin = answered["margin_kg"] or "?"
        click.echo(f"登记 / response {share}; {answered['travel_kg']} ± {margin} kg (95 %)")
    click.echo(f"{'合计 / total':<44}{document['total_kg']:>14} kg")
    unsure, each = document["uncertainty"], document["intensity"]
    click.echo(
        f"95 %: {unsure['low_kg']} – {unsure['high_kg']} kg"
        f" ({unsure['draws']} 次抽样 / draws, 种子 / seed {unsure['seed']})"
    )
    click.echo(f"人均每天 / per participant and day: {each['kg_per_participant_day']} kg")
    for other in each["benchmarks"]:
        if other["ours_kg"] is not None:
            theirs = " – ".join(dict.fromkeys((other["low_kg"], other["high_kg"])))
            click.echo(
                f"  {other['name_zh']} / {other['name_en']} {other['year']}:"
                f" {other['ours_kg']} ↔ {theirs} kg/人 / person"
            )
    if all(other["ours_kg"] is None for other in each["benchmarks"]):
        click.echo("  没有同类的公布数据 / nothing published is alike")
    click.echo(f"{'应注销 / need':<43}{document['need_kg']:>14} kg")


def estimate_file(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the document and annex of the event that a file describes.

    No database, network or clock is asked: the same file gives the same document.

    The file holds `event` and `inventory` as the API takes them, `attendees` (the name of a list
    beside it, or its rows as objects under the same headings), `decisions` about cities,
    `assumptions` of an expert, and `stage`.

    Raises:
        Invalid: everything that is wrong with it.
        CitiesUndecided: a city of the list is neither known nor decided.
    """
    told = _told(file)
    if (written := told.get("stage", str(Stage.PLAN))) not in {str(stage) for stage in Stage}:
        raise Invalid([Fault("unknown_stage", N_("阶段只有 plan 或 actual"), field="stage")])
    stage = Stage(written)
    draft: EventDraft = loaded(
        EventDraftSchema(), {"organisation_id": str(NOBODY), **told["event"]}
    )
    inventory: InventoryDraft = loaded(
        EventInventoryDraftSchema(), {"entries": [], **told.get("inventory", {})}
    )
    if faults := [*faults_of_event(draft), *faults_of_inventory(inventory)]:
        raise Invalid(faults)
    known = _assumptions(told.get("assumptions", []))
    if faults := faults_of_assumed(inventory, known):
        raise Invalid(faults)
    listed = None
    if "attendees" in told:
        listed = read(_list_of(file, told["attendees"]), gazetteer(), draft.venue)
        if told.get("decisions"):
            listed = decide(listed, loaded(CityDecisionsSchema(), {"decisions": told["decisions"]}))
        if listed.questions:
            raise CitiesUndecided(written=[question.written for question in listed.questions])
    plan = Plan(
        venue=draft.venue,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        attendees=max(draft.attendees, listed.people if listed else 0),
        boundary=draft.boundary,
        groups=listed.groups if listed else (),
        entries=inventory.entries,
        people_per_room=inventory.people_per_room,
    )
    plan = with_assumptions(plan, inventory.rooms_assumed, known)
    published = [row.factor for file, text in shipped() for row in read_library(file, text)[0]]
    estimate = reckon(plan, lambda subject: [f for f in published if f.subject == subject])
    annex = annex_of(plan, estimate)
    card = Card(
        NOBODY,
        draft.title_zh,
        draft.title_en,
        "",
        "",
        draft.venue,
        draft.venue_county,
        draft.starts_on,
        draft.ends_on,
    )
    at = datetime.combine(draft.ends_on, datetime.min.time(), UTC)
    return document_of(card, 1, stage, plan, estimate, digest(canonical(annex)), at), annex


def _told(file: Path) -> dict[str, Any]:
    """Return the parts of a file, with its numbers as the digits that are written."""
    try:
        told = json.loads(file.read_bytes(), parse_float=str)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Invalid([Fault("not_json", N_("文件不是有效的 JSON"))]) from None
    if not isinstance(told, dict):
        raise Invalid([Fault("not_json", N_("文件不是有效的 JSON"))])
    faults = [
        Fault("malformed", N_("这里应当是一个对象"), field=part)
        for part, given in (("event", told.get("event")), ("inventory", told.get("inventory", {})))
        if not isinstance(given, dict)
    ]
    if faults:
        raise Invalid(faults)
    return told


def _assumptions(told: object) -> dict[str, Assumption]:
    """Return what the file's author assumes, by key; the document says so at every line."""
    if not isinstance(told, list):
        raise Invalid([Fault("malformed", N_("这里应当是列表"), field="assumptions")])
    found: dict[str, Assumption] = {}
    for each in told:
        draft: AssumptionDraft = loaded(
            AssumptionDraftSchema(), each if isinstance(each, dict) else {}
        )
        if faults := faults_of_assumption(draft):
            raise Invalid(faults)
        version = found[draft.key].version + 1 if draft.key in found else 1
        found[draft.key] = Assumption(version=version, **asdict(draft))
    return found


def _list_of(file: Path, told: object) -> bytes:
    """Return an attendee list as a file: the one beside, or the rows that are written here."""
    if not isinstance(told, list):
        return _beside(file, told)
    rows = [row for row in told if isinstance(row, dict)]
    if not rows or len(rows) != len(told):
        raise Invalid([Fault("malformed", N_("每一行应当是一个对象"), field="attendees")])
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(headings)
    lines.writerows([[row.get(heading, "") for heading in headings] for row in rows])
    return text.getvalue().encode()


def _beside(file: Path, name: object) -> bytes:
    """Return the attendee list that lies beside the file."""
    beside = file.parent / name if isinstance(name, str) else file.parent
    if not beside.is_file():
        raise Invalid(
            [
                Fault(
                    "no_such_file",
                    N_("找不到这份参会名单：它应当与文件放在一起"),
                    field="attendees",
                )
            ]
        )
    return beside.read_bytes()
