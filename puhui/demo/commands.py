"""`puhui demo`: walk the three flows."""

import os
import sys
from pathlib import Path

import click

from puhui.demo.visitor import Astray
from puhui.demo.walk import Walk


@click.command("demo")
@click.option("--url", required=True, help="Where Puhui runs, http://…")
@click.option(
    "--codes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Copy of the console's sign-in codes; without one, codes are asked for.",
)
def group(url: str, codes: Path | None) -> None:
    """走一遍三个流程 / Walk the three flows over HTTP; exit with 1 if a figure is wrong."""
    data = Path(os.environ.get("PUHUI_DATA", "var"))
    if codes is None and os.environ.get("PUHUI_LOCAL") == "1":
        codes = data / "codes.log"
    try:
        Walk(url, data / "demo", codes, click.echo).all()
    except Astray as fault:
        click.echo(f"\n✗ {fault}", err=True)
        sys.exit(1)
    click.echo(
        "\n三个流程都走通了，数字与手算一致 / All three flows agree with the hand calculation"
    )
