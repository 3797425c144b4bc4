"""Which sentences a package says, and their translations as files.

Babel finds the sentences; a file has one entry for each and nothing else, in the order in which
they are said, without line numbers, so that two people's changes rarely meet.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from puhui.web.locale import ENGLISH, TRANSLATIONS

PACKAGES = TRANSLATIONS.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "lazy_gettext": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}


def packages() -> list[str]:
    """Return the names of all packages that may say something."""
    return sorted(folder.name for folder in PACKAGES.iterdir() if (folder / "__init__.py").exists())


def sentences(package: str) -> Catalog:
    """Return what a package says, untranslated."""
    found = Catalog(locale=ENGLISH)
    for file, line, message, _, context in _extracted(PACKAGES / package):
        found.add(message, locations=[(f"{package}/{file}", line)], context=context)
    return found


def _extracted(folder: Path) -> Iterator[tuple[str, int, str, list[str], str | None]]:
    yield from sorted(  # type: ignore[misc]
        extract_from_dir(folder, METHODS, OPTIONS, keywords=KEYWORDS), key=lambda m: (m[0], m[1])
    )


def path_of(package: str) -> Path:
    """Return the file of a package's English sentences."""
    return TRANSLATIONS / ENGLISH / "LC_MESSAGES" / f"{package}.po"


def translated(package: str) -> Catalog:
    """Return the English sentences that a package has."""
    file = path_of(package)
    if not file.exists():
        return Catalog(locale=ENGLISH)
    with file.open("rb") as opened:
        return read_po(opened, locale=ENGLISH)


def _is_whole(message: Message) -> bool:
    wordings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(wordings)


def update(package: str) -> list[str]:
    """Bring a package's file to what it says now; return the sentences that wait for English.

    Nothing is guessed: a changed sentence is a new one, and one no longer said is dropped.
    """
    said, known = sentences(package), translated(package)
    blank: list[str] = []
    for message in said:
        if not message.id:
            continue
        before = known.get(message.id, message.context)
        if before is not None and _is_whole(before) and not before.fuzzy:
            # Where English has a wording for one and another for more, both.
            message.id, message.string = before.id, before.string
        else:
            blank.append(str(message.id))
    if len(said):
        path_of(package).parent.mkdir(parents=True, exist_ok=True)
        with path_of(package).open("wb") as opened:
            write_po(opened, said, width=98, omit_header=True, include_lineno=False)
    else:
        path_of(package).unlink(missing_ok=True)
    return blank
