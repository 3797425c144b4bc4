"""Of one tree English speaks otherwise than of two; Chinese does not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from puhui.web import catalogue
from puhui.web.locale import said

Say = Callable[..., str]

TREES = "%(trees)s 株"
DEADLINE = "抵消期限 %(day)s，还有 %(days)s 天"
HOURS = "%(quantity)s 小时 × 每小时 %(each)s 积分 = %(full)s 积分"
ESCAPED = "{{ _('%(trees)s 株', trees=trees) }}"


@pytest.fixture
def in_english(app: Flask) -> Say:
    def say(how: Callable[..., str], sentence: str, **values: object) -> str:
        with app.test_request_context("/?lang=en"):
            return how(sentence, **values)

    return say


@pytest.mark.parametrize(
    "how", [said, lambda _, **values: render_template_string(ESCAPED, **values)]
)
@pytest.mark.parametrize(
    ("trees", "told"),
    [
        (0, "0 trees"),
        (1, "1 tree"),
        (2, "2 trees"),
        ("1", "1 tree"),
        ("1,001", "1,001 trees"),
        ("some", "some trees"),
    ],
)
def test_english_has_a_wording_for_one(in_english: Say, how: Say, trees: object, told: str) -> None:
    assert in_english(how, TREES, trees=trees) == told


def test_what_is_counted_is_the_first_number(in_english: Say) -> None:
    assert in_english(said, DEADLINE, day="2026-03-12", days=1) == "Deadline 2026-03-12, 1 day left"
    assert in_english(said, DEADLINE, day="2026-03-12", days=2).endswith("2 days left")


def test_a_part_of_one_is_not_one(in_english: Say) -> None:
    told = in_english(said, HOURS, quantity="1.5", each=1, full="1.5")
    assert told.startswith("1.5 hours × ")


def test_chinese_says_the_same_of_one_and_of_two(app: Flask) -> None:
    with app.test_request_context("/?lang=zh"):
        assert [said(TREES, trees=trees) for trees in (1, 2)] == ["1 株", "2 株"]


def test_a_page_still_escapes_what_is_filled_in(in_english: Say) -> None:
    told = in_english(
        lambda text, **values: render_template_string(text, **values), ESCAPED, trees="<b>"
    )
    assert told == "&lt;b&gt; trees"


def test_bringing_a_catalogue_up_to_date_keeps_both_wordings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = catalogue.path_of("rights").read_bytes()
    assert b"msgid_plural" in kept
    copy = tmp_path / catalogue.path_of("rights").relative_to(catalogue.TRANSLATIONS)
    copy.parent.mkdir(parents=True)
    copy.write_bytes(kept)
    monkeypatch.setattr(catalogue, "TRANSLATIONS", tmp_path)
    assert catalogue.update("rights") == []
    assert copy.read_bytes() == kept
