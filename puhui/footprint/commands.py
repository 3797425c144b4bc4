"""`puhui footprint …`: compute and recompute from files alone, without a database."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from puhui.factors.catalogue import Catalogue
from puhui.factors.library import read as read_library
from puhui.factors.service import shipped
from puhui.footprint.basis import grid_key, resolve
from puhui.footprint.calculation import Calculation, calculate, recompute
from puhui.footprint.errors import NotACalculation
from puhui.footprint.flows import rounded
from puhui.footprint.inventory import Inventory
from puhui.footprint.lifecycle import faults_of
from puhui.footprint.renewal_commands import policy, recompute_all
from puhui.footprint.ruleset import GWP
from puhui.footprint.submission import Submitted, read
from puhui.footprint.system import footprint_of
from puhui.footprint.workbook import read_workbook
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import plain

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_BYTES = 20 * 1024 * 1024


@click.group()
def group() -> None:
    """碳足迹 / Footprints, from files alone; and labels after a release of factors."""


group.add_command(recompute_all)
group.add_command(policy)


@group.command("recompute")
@click.argument("file", type=FILE)
def recompute_file(file: Path) -> None:
    """重算一份计算书，核对每一位数字 / Compute a downloaded calculation again, digit by digit."""
    try:
        text = _text(file).removesuffix("\n")
        again = recompute(text)
    except NotACalculation as fault:
        click.echo(
            f"不是可复算的计算书 / not a calculation: {fault.details.get('reason')}", err=True
        )
        sys.exit(2)
    _print(again)
    solved = plain(rounded(footprint_of(again.based, again.ruleset), 9))
    click.echo(f"by matrix       {solved} kgCO2e")
    if again.text == text:
        click.echo("一致 / identical")
        return
    click.echo("不一致 / DIFFERS", err=True)
    _tell_difference(json.loads(text), json.loads(again.text), "")
    sys.exit(1)


@group.command()
@click.argument("file", type=FILE)
@click.option("--gwp", type=click.Choice([*GWP]), default="AR6", show_default=True)
@click.option("--region", help="生产所在省份，如 CN-FJ，用于电网敏感性 / province of the works")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="保存计算书 / save it")
def assess(file: Path, gwp: str, region: str | None, out: Path | None) -> None:
    """从一份清单（xlsx 或 JSON）算出碳足迹 / Compute a footprint from an inventory."""
    if file.suffix.lower() == ".xlsx":
        inventory, faults = read_workbook(file.read_bytes())
    else:
        inventory, faults = _read_json(file)
    if inventory is None:
        _refuse(faults)
    factors = [row.factor for name, text in shipped() for row in read_library(name, text)[0]]
    ruleset, catalogue = GWP[gwp], Catalogue(factors)
    grid = catalogue.called(grid_key(region)) if region else None
    if region and grid is None:
        raise click.BadParameter("没有这个省份的电网因子 / no grid factor", param_hint="--region")
    based, faults = resolve(inventory, catalogue, grid)
    faults += faults_of(inventory, ruleset)
    if faults:
        _refuse(faults)
    calculation = calculate(based, ruleset, {})
    _print(calculation)
    if out is not None:
        out.write_text(calculation.text, encoding="utf-8")


def _read_json(file: Path) -> tuple[Inventory | None, list[Fault]]:
    try:
        return read(Submitted.of_json(dict(json.loads(_text(file)))))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None, [Fault("not_an_inventory", "不是清单 / not an inventory")]


def _text(file: Path) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException("文件过大 / the file is too large")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException("不是 UTF-8 文本 / not UTF-8") from None


def _print(calculation: Calculation) -> None:
    result = calculation.assessment
    unit = calculation.based.inventory.declared_unit.symbol
    for stage, amounts in result.stages:
        click.echo(f"{stage:<14} {plain(amounts.counted):>24} kgCO2e/{unit}")
    click.echo(f"{'total':<14} {plain(result.total.counted):>24} kgCO2e/{unit}")
    click.echo(f"biogenic CO2   {plain(result.total.biogenic_co2):>24} (apart)")
    click.echo(f"carbon held    {plain(result.carbon_held):>24} kgCO2/{unit} (not deducted)")
    _print_judgement(calculation.document["result"])
    click.echo(f"ruleset {calculation.ruleset.id}")
    click.echo(f"sha256 {calculation.sha256}")


def _print_judgement(result: Mapping[str, Any]) -> None:
    """Print what the second form of a calculation says beside its figure."""
    if "uncertainty" not in result:
        return
    spread = result["uncertainty"]
    click.echo(f"95 % interval   {spread['low_kg']} – {spread['high_kg']}, median", nl=False)
    click.echo(f" {spread['median_kg']} ({spread['draws']} draws, seed {spread['seed']})")
    quality = result["quality"]
    click.echo(f"data quality    {quality['score']} (1 best, 5 worst), ", nl=False)
    click.echo(f"unjudged {quality['unjudged_percent']} %")
    for other in result["sensitivity"]:
        kg, change = other["footprint_kg"], other["change_percent"]
        click.echo(f"if {other['choice']} {other['by']}: {kg} ({change} %)")
    for mark in result["marks"]:
        where = f" {mark['row']}" if mark["row"] else ""
        click.echo(f"note: {mark['code']}{where} {mark['words']}".rstrip())


def _refuse(faults: list[Fault]) -> NoReturn:
    for fault in faults:
        where = " ".join(
            [
                *([f"第 {fault.row} 行"] if fault.row else []),
                *([fault.field] if fault.field else []),
            ]
        )
        values = dict(fault.values)
        click.echo(f"{where}: {fault.message % values} [{fault.code}]", err=True)
    sys.exit(1)


def _tell_difference(was: object, now: object, where: str) -> None:
    """Print each place in which two documents differ."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted(set(was) | set(now)):
            _tell_difference(was.get(key), now.get(key), f"{where}/{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for index, (old, new) in enumerate(zip(was, now, strict=True), start=1):
            _tell_difference(old, new, f"{where}/{index}")
    elif was != now:
        click.echo(f"{where}: {was} → {now}", err=True)
