"""Pages of rankings, of one's level and badges, and of what is counted by city."""

from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.identity import queries as identity
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import NotFound
from puhui.kernel.text import N_
from puhui.rewards.city import City, cities
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.province import PROVINCES
from puhui.rewards.queries import rankings as queries
from puhui.rewards.queries.honours import own_honours
from puhui.rewards.queries.statistics import counted
from puhui.rewards.ranking import BOARD_NAMES, EVER, LEAST_PEOPLE, TOP, Board, is_period, periods
from puhui.rewards.statistic import Counted, added, by_city, by_year, shown, tiles
from puhui.web import locale
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.download import as_file
from puhui.web.guard import actor_or_none
from puhui.web.locale import named
from puhui.web.pages import signed_in

TILE = 100
"""Width of a city on the map, in the units of the drawing."""


@pages.app_template_filter("span_name")
def span_name(period: str) -> str:
    """Return a span of time in the reader's language."""
    return locale.said(N_("全部时间")) if period == EVER else period


@pages.get("/rankings")
def rankings() -> ResponseReturnValue:
    """Show who stands where: people who agree, teams that want to, counties."""
    wanted, actor, at = request.args.get("board", Board.PEOPLE), actor_or_none(), now()
    period = request.args.get("period", "")
    if wanted not in set(Board) or (period and not is_period(period)):
        raise NotFound()
    board = Board(wanted)
    month, year, ever = periods(day_of(at))
    with snapshot() as session:
        found = queries.ranking(session, actor, board, period or year, at)
        offered = {month, year, ever, *queries.spans(session, board)}
        is_adult = actor is not None and identity.is_adult(session, actor.person_id, at)
    return render_template(
        "rewards/rankings.html",
        ranking=found,
        boards=BOARD_NAMES,
        spans=sorted(offered, reverse=True),
        top=TOP,
        least_people=LEAST_PEOPLE,
        is_adult=is_adult,
    )


@pages.get("/honours")
def own_marks() -> ResponseReturnValue:
    """Show one's level and badges, and what the next ask for."""
    actor = signed_in()
    with snapshot() as session:
        found = own_honours(session, actor, day_of(now()))
    return render_template("rewards/honours.html", honours=found)


@pages.get("/statistics")
def statistics() -> ResponseReturnValue:
    """Show everybody what was planted where, on a schematic map, as bars and as tables."""
    province, places, counts = _counts()
    year = request.args.get("year", "")
    chosen = int(year) if year.isdecimal() and len(year) == 4 else None
    lines = by_city(counts, places, chosen)
    years = by_year(counts, places)
    return render_template(
        "rewards/statistics.html",
        province=PROVINCES[province],
        provinces=[PROVINCES[code] for code in cities()],
        year=chosen,
        years=years,
        lines=[(next(c for c in places if c.code == line.name), line.cell) for line in lines],
        total=added(line.cell for line in lines),
        tiles=tiles(lines, places, TILE),
        wide=(max(city.column for city in places) + 1) * TILE,
        high=(max(city.row for city in places) + 1) * TILE,
        side=TILE,
        most_trees=max((line.cell.trees for line in lines if line.cell), default=0),
        least_people=LEAST_PEOPLE,
        counted_at=_counted_at(counts),
    )


@pages.get("/statistics.csv")
def statistics_csv() -> ResponseReturnValue:
    """Give the same out as CSV, a line a city and year."""
    _, places, counts = _counts()
    by_code = {city.code: city for city in places}
    heads = (
        "city", "name", "year", "plantings", "trees", "points", "people", "checked_trees", "alive",
    )  # fmt: skip
    lines = [csv_line(heads)]
    for one in counts:
        cell = shown(one)
        figures: tuple[object, ...] = ("", "", "", "", "", "")
        if cell is not None:
            figures = (
                cell.plantings, cell.trees, cell.points, cell.people, cell.planted, cell.alive,
            )  # fmt: skip
        lines.append(csv_line((one.city, named(by_code[one.city]), one.year, *figures)))
    body = BYTE_ORDER_MARK + "".join(lines)
    return as_file(body, "text/csv; charset=utf-8", "puhui-plantings.csv")


def _counts() -> tuple[str, list[City], list[Counted]]:
    """Return the province that was asked for, its cities, and what was counted in them."""
    province = request.args.get("province", "") or next(iter(cities()))
    if province not in cities():
        raise NotFound()
    places = list(cities()[province])
    codes = {city.code for city in places}
    with snapshot() as session:
        return province, places, [one for one in counted(session) if one.city in codes]


def _counted_at(counts: list[Counted]) -> datetime | None:
    return max((one.counted_at for one in counts), default=None)


@pages.app_template_global()
def tile_says(tile: Any) -> str:
    """Return what a tile of the map says to those who hear it."""
    if tile.cell is None:
        return locale.said(N_("%(city)s：不足五人，不显示"), city=named(tile.city))
    return locale.said(N_("%(city)s：%(trees)s 株"), city=named(tile.city), trees=tile.cell.trees)
