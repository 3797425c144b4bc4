"""Every sentence that Puhui says in Chinese, it also says in English."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from puhui.web import catalogue

PACKAGES = sorted(file.stem for file in catalogue.path_of("web").parent.glob("*.po"))
PLACES = re.compile(r"%\(\w+\)[sd]")


@cache
def sentences(package: str) -> Catalog:
    """Return what a package says; to read all of its source takes a while."""
    return catalogue.sentences(package)


def ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_everything_in_english_too(package: str) -> None:
    known = catalogue.translated(package)
    missing = [
        message.id
        for message in sentences(package)
        if message.id
        and not ((found := known.get(message.id, message.context)) and all(strings(found)))
    ]
    assert missing == [], f"run: puhui catalogue update {package}, and fill the blanks"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_catalogue_holds_nothing_that_is_guessed_or_no_longer_said(package: str) -> None:
    said, known = sentences(package), catalogue.translated(package)
    assert [message.id for message in known if message.id and message.fuzzy] == []
    assert list(known.obsolete) == []
    assert [m.id for m in known if m.id and said.get(m.id, m.context) is None] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_translation_has_the_same_places_to_fill_and_no_chinese(package: str) -> None:
    for message in catalogue.translated(package):
        if not message.id:
            continue
        places = {place for part in ids(message) for place in PLACES.findall(part)}
        for string in strings(message):
            assert set(PLACES.findall(string)) <= places, message.id
            assert len(ids(message)) > 1 or set(PLACES.findall(string)) == places, message.id
            assert not re.search(r"[\u4e00-\u9fff]", string.replace("中文", "")), string


def test_every_package_that_says_something_has_a_catalogue_and_no_other_has() -> None:
    assert [package for package in catalogue.packages() if len(sentences(package))] == PACKAGES


def test_sentences_in_the_source_are_chinese() -> None:
    for package in PACKAGES:
        for message in sentences(package):
            if message.id:
                assert re.search(r"[\u4e00-\u9fff]", ids(message)[0]), (package, message.id)


def test_a_sentence_has_one_translation_whoever_says_it() -> None:
    # All packages' catalogues are read as one, so a second translation would go unseen.
    known: dict[tuple[object, ...], dict[tuple[str, ...], str]] = {}
    for package in PACKAGES:
        for message in catalogue.translated(package):
            if message.id:
                key = (message.context, *ids(message))
                known.setdefault(key, {})[strings(message)] = package
    assert [(key, found) for key, found in known.items() if len(found) > 1] == []
