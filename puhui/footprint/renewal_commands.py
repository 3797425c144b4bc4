"""`puhui footprint recompute-all` and `policy`: what operators do with labels from a terminal."""

import csv
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO
from uuid import UUID, uuid4

import click

from puhui.db.session import connect, snapshot, transaction
from puhui.footprint.jobs import recompute_all as step
from puhui.footprint.queries import renewals
from puhui.footprint.queries.renewals import FindingRow
from puhui.footprint.service import renewal
from puhui.footprint.service.ending import policies, set_policy
from puhui.footprint.validity import Policy
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid
from puhui.kernel.quantity import plain
from puhui.outbox import task
from puhui.outbox.queries import task as task_seen
from puhui.settings import from_environment

HEADS = ("label", "product", "maker", "outcome", "ground", "was_kg", "is_kg", "detail", "ended")


@click.command("recompute-all")
@click.option("--resume", is_flag=True, help="接着上一次未完的做 / Go on with the last one.")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把逐个标签的结果写进文件 / Write what was found of each label.",
)
def recompute_all(resume: bool, file: Path | None) -> None:
    """因子发布后逐个重算标签；只列出，不改动 / Recompute every label; list, change none."""
    connect(from_environment().database_url)
    run_id = _unfinished() if resume else None
    if resume and run_id is None:
        raise click.ClickException("没有未完成的重算 / nothing is left unfinished")
    if run_id is None:
        run_id = uuid4()
        with transaction() as session:
            renewal.recompute_all(session, run_id, now())
    else:
        with transaction() as session:
            task.resume(session, run_id, owner=renewals.OWNER, now=now())
    click.echo(f"重算 / run {run_id}")
    while True:
        with transaction() as session:
            runs_on = task.go_on(session, run_id, step, now())
        with snapshot() as session:
            seen = task_seen(session, run_id, renewals.OWNER)
        click.echo(f"{seen.done} / {seen.total}")
        if not runs_on:
            break
    if seen.result is None:
        raise click.ClickException("已停下，用 --resume 继续 / stopped; go on with --resume")
    counts = seen.result
    click.echo(
        f"继续有效 / hold {counts['holds']}，须重新核查 / renew {counts['renew']}，"
        f"须人工核对 / unclear {counts['unclear']}"
    )
    if file is not None:
        with snapshot() as session, file.open("w", encoding="utf-8", newline="") as out:
            write(out, renewals.all_findings(session, run_id))
    click.echo("没有改动任何标签 / no label was changed")


def write(out: TextIO, rows: Iterable[FindingRow]) -> None:
    """Write findings as CSV; text that a spreadsheet would run is kept from running."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    for row in rows:
        writer.writerow(
            (
                row.code,
                _safe(row.name_zh),
                _safe(row.maker),
                row.outcome,
                row.ground or "",
                plain(row.was_kg),
                plain(row.is_kg) if row.is_kg is not None else "",
                _safe(row.detail),
                "yes" if row.ended else "",
            )
        )


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _unfinished() -> UUID | None:
    with snapshot() as session:
        return next(
            (run.task_id for run in renewals.every_run(session) if run.result is None), None
        )


@click.command("policy")
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), help="起始日 / From this day.")
@click.option("--declared-years", type=int, default=2, show_default=True)
@click.option("--verified-years", type=int, default=3, show_default=True)
@click.option("--worse-percent", default="10", show_default=True)
@click.option("--electricity-percent", default="5", show_default=True)
def policy(
    day: datetime | None,
    declared_years: int,
    verified_years: int,
    worse_percent: str,
    electricity_percent: str,
) -> None:
    """标签有效期与限度：不带 --from 只列出 / How long labels hold; without --from, list."""
    connect(from_environment().database_url)
    if day is not None:
        try:
            limits = Decimal(worse_percent), Decimal(electricity_percent)
            wanted = Policy(day.date(), declared_years, verified_years, *limits)
            with transaction() as session:
                set_policy(session, wanted, now())
        except InvalidOperation:
            raise click.ClickException("限度应是数字 / a limit must be a number") from None
        except Invalid as refusal:
            told = "; ".join(f"{fault.field}: {fault.message}" for fault in refusal.faults)
            raise click.ClickException(told) from None
    with snapshot() as session:
        for found in policies(session):
            click.echo(
                f"{found.valid_from}  {found.self_declared_years} / {found.verified_years} 年 years"
                f"  {plain(found.worse_percent)} %  {plain(found.electricity_percent)} %"
            )
