"""The badge that other sites show: true, small, cacheable, and nothing but a picture."""

import re
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from puhui.credits.kind import Kind
from puhui.kernel.actor import Role
from tests.makers import credits, events
from tests.makers.factors import publish_shipped
from tests.makers.identity import person

NEUTRAL = {"zh": "已实现碳中和", "en": "Carbon-neutral"}


@pytest.fixture
def li(client, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def badge(client, event_id, language="zh", **headers):
    return client.get(f"/events/{event_id}/badge-{language}.svg", headers=headers)


def test_it_says_the_state_and_the_boundary_and_never_neutral_before_it_is(client, li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)

    def says(word: str) -> bool:
        shown = [badge(client, event_id, language) for language in NEUTRAL]
        for answer, language in zip(shown, NEUTRAL, strict=True):
            drawn = ElementTree.fromstring(answer.text)
            assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
            assert "3/10" in answer.text
            assert answer.headers["Content-Language"][:2] == language
        assert ("往返交通" in shown[0].text) and ("Travel" in shown[1].text)
        return all(word[language] in each.text for each, language in zip(shown, word, strict=True))

    states = [says(NEUTRAL)]
    events.estimated(li, event_id)
    states.append(says(NEUTRAL))
    hold = events.offered(li, event_id)
    states.append(says(NEUTRAL))
    credits.paid(hold)
    states.append(says(NEUTRAL))
    settle()
    assert states == [False] * 4
    assert says(NEUTRAL)


def test_it_may_be_kept_a_while_asked_for_again_and_shown_elsewhere(client, li):
    event_id = events.prepared(li)
    first = badge(client, event_id, **{"Accept-Language": "fr"})
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Vary" not in first.headers  # one picture for all: caches may share it
    again = badge(client, event_id, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    events.estimated(li, event_id)
    changed = badge(client, event_id, **{"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    page = client.get(f"/events/{event_id}")
    assert "Cross-Origin-Resource-Policy" not in page.headers


def test_what_is_copied_is_a_picture_in_a_link_and_no_script(client, li):
    page = client.get(f"/events/{events.prepared(li)}").text
    snippets = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert len(snippets) == 2
    for snippet, language in zip(snippets, NEUTRAL, strict=True):
        assert re.fullmatch(
            r"&lt;a href=\"http://localhost/events/[0-9a-f-]{36}\"&gt;&lt;img"
            rf" src=\"http://localhost/events/[0-9a-f-]{{36}}/badge-{language}\.svg\""
            r" alt=\"[^\"&]+\" width=\"320\" height=\"96\"&gt;&lt;/a&gt;",
            snippet,
        ), snippet


def test_a_title_cannot_break_out_of_the_picture(client, li):
    event_id = events.prepared(li, title_zh='<script>"&]]>', title_en="")
    ElementTree.fromstring(badge(client, event_id).text)
    assert "<script>" not in badge(client, event_id).text


def test_an_event_that_is_not_public_has_none(client, li):
    event_id = events.prepared(li, is_public=False)
    assert badge(client, event_id).status_code == 404
    assert badge(client, uuid4()).status_code == 404


def test_the_public_page_tells_levels_factors_basis_and_gives_the_lines_as_a_table(client, li):
    event_id = events.prepared(li)
    link = events.asked(li, event_id)
    events.answered(link.code, events.trip("厦门", events.Mode.HIGH_SPEED_RAIL))
    events.estimated(li, event_id)
    page = client.get(f"/events/{event_id}").text
    for word in ("数据质量", "按数据等级", "所用因子", "历次核算", "顶替了名单上的人", "33.33%"):
        assert word in page, word
    table = client.get(f"/events/{event_id}/estimates/1.csv").text
    # 1,000 kWh × 0.4211; the factor is of an earlier year and counts CO2 alone
    assert re.search(
        r"venue_energy,electricity,1000,kWh,421\.1,CO2,measured,earlier_year co2_only,"
        r"grid\.cn-fj\.co2@2023\.1,0\.4211,kWh,CN-FJ,2023,",
        table,
    ), table


def test_the_list_of_own_events_tells_the_next_step_and_the_time_left(client, li):
    events.prepared(li)
    page = client.get("/events", headers=li.headers).text
    assert "按实际数据核算" in page
    assert "抵消期限 2027-03-05，还有 358 天" in page  # from 12 March 2026
    bare = events.described(li)
    desk = client.get(f"/events/{bare}/desk", headers=li.headers).text
    assert "上传参会名单，或请参会者填报" in desk
    assert re.search("边界内还缺数据：往返交通、住宿、[^、]+<", desk)
