"""Commands about the example province."""

import click

from puhui.db.session import connect, transaction
from puhui.evidence.store import keep_in
from puhui.example.load import load as load_example
from puhui.example.people import ORGANISATIONS, PASSWORD, PEOPLE
from puhui.identity.installation import install
from puhui.kernel.clock import now
from puhui.settings import from_environment


@click.group("example")
def group() -> None:
    """示例省份 / The example province."""


@group.command()
def load() -> None:
    """Load the example province; again changes nothing."""
    settings = from_environment()
    connect(settings.database_url)
    install(settings)
    keep_in(settings.data_dir)
    with transaction() as session:
        load_example(session, now())
    click.echo("已载入示例省份 / The example province is loaded")


@group.command()
def people() -> None:
    """Say who lives there and how to sign in as each."""
    places = {one.key: one for one in ORGANISATIONS}
    click.echo("  示例人物 / Example people（验证码会显示在这里 / codes appear on this console）")
    for one in PEOPLE:
        where = "，".join(places[key].name for key, _ in one.roles)
        click.echo(
            f"    {one.phone}  {one.name}  {one.does_zh}"
            + (f"（{where}）" if where else "")
            + f" / {one.does_en}"
        )
    click.echo(f"  工作人员密码 / Password of staff: {PASSWORD}\n")
