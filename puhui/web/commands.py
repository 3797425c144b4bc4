"""Commands of the web base."""

import click

from puhui.web import catalogue as book


@click.group("catalogue")
def group() -> None:
    """译文 / Translations."""


@group.command()
@click.argument("packages", nargs=-1)
def update(packages: tuple[str, ...]) -> None:
    """Bring the .po files to what the code says, and list what waits for English.

    Without PACKAGES: all of them.
    """
    for package in packages or book.packages():
        for sentence in book.update(package):
            click.echo(f"{book.path_of(package).name}: {sentence}")


if __name__ == "__main__":
    group()
