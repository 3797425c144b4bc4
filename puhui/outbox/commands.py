"""Operators' commands about messages."""

import click

from puhui.db.session import connect, snapshot, transaction
from puhui.kernel.clock import now
from puhui.outbox import service
from puhui.settings import from_environment


@click.group()
def group() -> None:
    """消息 / Messages and what follows from them."""
    connect(from_environment().database_url)


@group.command()
def stuck() -> None:
    """List the messages that were given up on, and why."""
    with snapshot() as session:
        for message in service.stuck(session):
            click.echo(f"{message.message_id}\t{message.topic}\t{message.fault}")


@group.command()
@click.argument("message_id", type=int)
def retry(message_id: int) -> None:
    """Let a message that was given up on be tried again."""
    with transaction() as session:
        found = service.retry(session, message_id, now())
    if not found:
        raise click.ClickException(f"没有搁置的消息 {message_id} / No such message is stuck")
