"""Operators' commands about identity."""

import click

from puhui.db.session import connect, transaction
from puhui.identity import permission_table
from puhui.identity.installation import install
from puhui.identity.service import console
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Invalid, NotFound
from puhui.settings import from_environment


def _open() -> None:
    settings = from_environment()
    connect(settings.database_url)
    install(settings)


def _told(error: DomainError) -> click.ClickException:
    """Return a refusal as one line for the terminal."""
    if isinstance(error, Invalid):
        return click.ClickException("; ".join(f.message % dict(f.values) for f in error.faults))
    return click.ClickException(error.title)


@click.group("identity")
def group() -> None:
    """人员和机构 / People and organisations."""


@group.command("make-operator")
@click.option("--phone", required=True, help="Mobile number of the person.")
@click.option("--name", default="平台运营", help="Name, if the number is new here.")
@click.option("--birth-year", type=int, help="Birth year, if the number is new here.")
@click.option("--uscc", required=True, help="统一社会信用代码 of the organisation that operates.")
@click.option("--organisation", default="平台运营机构", help="Its name, if it is new here.")
def make_operator(
    phone: str, name: str, birth_year: int | None, uscc: str, organisation: str
) -> None:
    """Make a person an operator: the first one, whom nobody could approve."""
    _open()
    try:
        with transaction() as session:
            person_id = console.make_operator(
                session, phone, name, birth_year, uscc, organisation, now()
            )
    except DomainError as error:
        raise _told(error) from None
    click.echo(f"operator {person_id}")


@group.command("open-session")
@click.option("--phone", required=True, help="Mobile number of the person.")
def open_session(phone: str) -> None:
    """Sign a person in and print the token, for whoever runs the installation."""
    _open()
    try:
        with transaction() as session:
            signed = console.sign_in_at_console(session, phone, now())
    except NotFound:
        raise click.ClickException("nobody has this number") from None
    except DomainError as error:
        raise _told(error) from None
    click.echo(signed.token)


@group.command("permissions")
def permissions() -> None:
    """Print the permission table as docs/permissions.md holds it."""
    click.echo(permission_table.markdown(), nl=False)
