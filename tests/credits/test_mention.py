"""A search by the index of runs finds exactly what reading every row would find."""

from itertools import count

import pytest
from sqlalchemy import Engine, text

from puhui.credits import public
from puhui.credits.kind import Kind
from puhui.db.session import snapshot
from tests.makers import credits
from tests.makers.credits import draft, held, on_sale, organiser, paid, retired

SAID = [
    ("数字中国建设峰会", "Digital China Summit", "组委会", "Committee"),
    ("第4711场会议", "Meeting no. 4711", "福建省林业局", "Forestry Bureau of Fujian"),
    ("第471场会议", "meeting No. 471", "", ""),
    ("会", "m", "会务组", "A"),
    ("会会会", "mmm", "王", "W"),
    ("100% 绿色周", "100% Green Week", "绿色_公司", "Green_Co"),
    ("100 绿色周", "100x gReEn wEEk", "绿色公司", "greenco"),
    (r"斜\线/和'引号\"", r"back\slash / 'quote'", "甲;乙", "a--b"),
    ("三明市🌲植树", "Sanming 🌲 planting", "三明", "SANMING"),
    ("ＡＢＣ会议", "ABC meeting", "ａｂｃ", "abc"),
]
"""Title and beneficiary in both languages, in the order in which they are retired."""

NEEDLES = (
    "会", "m", "A", "%", "_", "/", "\\", "🌲", "王", "0", " ",
    "会议", "会会", "绿色", "%%", "%_", "_公", "71", "No", "mm", "场会", "🌲植", "a-", "三明",
    "4711", "第4711场", "第471场", "会会会", "100%", "100% 绿色", "色_公", "色%公", "GREEN week",
    "green_co", "greenCO", "Meeting", "no. 47", r"k\s", "'引号", "Sanming 🌲", "ＡＢＣ", "ａｂｃ",
    "没有", "会议第", "会会会会", "4717", "第第第", "1" * 200,
)  # fmt: skip

COPIES = """
CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
  SELECT number, title, title_en, name, name_en, gen_random_uuid() AS hold,
         gen_random_uuid() AS retirement, lpad(number::text, 10, '0') AS code
    FROM unnest(CAST(:titles AS text[]), CAST(:titles_en AS text[]), CAST(:names AS text[]),
                CAST(:names_en AS text[])) WITH ORDINALITY
         AS t(title, title_en, name, name_en, number);
"""
FILL = (
    "SET LOCAL session_replication_role = replica",
    """INSERT INTO credits_retirement
       SELECT (jsonb_populate_record(r, jsonb_build_object(
                 'hold_id', hold, 'retirement_id', retirement, 'title', copies.title, 'title_en',
                 copies.title_en, 'retired_at', r.retired_at + number * interval '1 second',
                 'register_entry_id', gen_random_uuid()))).*
         FROM credits_retirement AS r, copies""",
    """INSERT INTO credits_certificate
       SELECT copies.code, retirement, document FROM credits_certificate, copies""",
    """INSERT INTO credits_beneficiary
       SELECT hold, salt, copies.name, copies.name_en FROM credits_beneficiary, copies
        WHERE copies.name <> ''""",
)
# The words apart from everything that the product does to find them.
PLAINLY = """
SELECT CAST(r.retirement_id AS text) FROM credits_retirement AS r
  LEFT JOIN credits_beneficiary AS b USING (hold_id)
 WHERE :title AND (position(lower(:needle) in lower(title)) > 0
                   OR position(lower(:needle) in lower(title_en)) > 0)
    OR :name AND (position(lower(:needle) in lower(name)) > 0
                  OR position(lower(:needle) in lower(name_en)) > 0)
 ORDER BY retired_at DESC
"""


@pytest.fixture
def said(database: Engine, noon, monkeypatch) -> Engine:
    """Ten retirements after a real one, each with words of its own."""
    # What the project and its serials are called, and so is found, must not hang on earlier tests.
    monkeypatch.setattr(credits, "_numbers", count(1))
    on_sale(draft(Kind.FOREST_TICKET, 1_000, 90_000))
    retired(paid(held(organiser(), 1)))
    titles, titles_en, names, names_en = (list(column) for column in zip(*SAID, strict=True))
    words = {"titles": titles, "titles_en": titles_en, "names": names, "names_en": names_en}
    with database.begin() as connection:
        connection.execute(text(COPIES), words)
        for statement in FILL:
            connection.execute(text(statement))
    return database


def plainly(engine: Engine, needle: str, *, title: bool, name: bool) -> list[str]:
    with engine.connect() as connection:
        values = {"needle": needle, "title": title, "name": name}
        return list(connection.scalars(text(PLAINLY), values))


@pytest.mark.parametrize("read_on", [1, 4, 1_000])
def test_a_search_finds_what_reading_everything_would(said: Engine, monkeypatch, read_on) -> None:
    monkeypatch.setattr(public, "READ_ON", read_on)
    found = 0
    for needle in NEEDLES:
        for asked, where in (
            (public.Filter(event=needle), {"title": True, "name": False}),
            (public.Filter(beneficiary=needle), {"title": False, "name": True}),
            (public.Filter(search=needle), {"title": True, "name": True}),
        ):
            expected = plainly(said, needle, **where)
            with snapshot() as session:
                rows = [str(row.retirement_id) for row in public.retirements(session, asked)]
                first = public.retirements(session, asked, most=2)
                after = [(row.retired_at, row.retirement_id) for row in first][-1:]
                rest = public.retirements(session, asked, before=after[0]) if after else []
                table = list(public.retired_serials(session, asked))
            assert rows == expected, asked
            assert [str(row.retirement_id) for row in (*first, *rest)] == expected, asked
            assert len({row[0] for row in table}) == len(expected), asked
            found += len(expected)
    assert found > len(NEEDLES)


def test_the_index_forgets_a_name_with_its_row(said: Engine, monkeypatch) -> None:
    monkeypatch.setattr(public, "READ_ON", 1)
    asked = public.Filter(beneficiary="林业局")
    with snapshot() as session:
        assert len(public.retirements(session, asked)) == 1
    with said.begin() as connection:
        connection.execute(text("DELETE FROM credits_beneficiary WHERE name LIKE '%林业局'"))
    with snapshot() as session:
        assert public.retirements(session, asked) == []
        assert len(public.retirements(session, public.Filter(event="第4711场"))) == 1
