"""What a project loses is told by every certificate that it touches."""

import json
from datetime import date
from uuid import uuid4

from puhui.credits import queries
from puhui.credits.certificate import Standing
from puhui.credits.kind import Kind
from puhui.db.session import snapshot
from tests.makers.credits import draft, held, on_sale, operator, organiser, paid, retired

FIRE = {
    "cause": "fire",
    "happened_on": "2021-03-04",
    "lost_kg": 120000,
    "says_zh": "过火二十亩",
    "says_en": "Twenty mu burnt",
    "source": "县林业局通报",
}


def certificate(code: str):
    with snapshot() as session:
        return queries.certificate_by_code(session, code)


def test_a_fire_is_disclosed_on_the_certificates_it_touches(client, noon, settle) -> None:
    burnt, spared = draft(Kind.FOREST_TICKET, 500, 1_000), draft(Kind.FFCER, 5_000, 1_555)
    later = draft(Kind.FOREST_TICKET, 300, 1_100, ends=date(2030, 12, 31))
    on_sale(burnt, spared)
    who = organiser()
    both = retired(paid(held(who, 1_500)))
    on_sale(later)
    after = retired(paid(held(who, 300)))
    assert [line.project_code for line in both.lines] == [spared.project.code, burnt.project.code]
    assert [line.project_code for line in after.lines] == [later.project.code]
    before = certificate(both.certificate_code)

    name = uuid4()
    clerk = operator().headers
    for project, happened_on in ((burnt, "2021-03-04"), (later, "2025-12-31")):
        url = f"/api/credits/projects/{project.project.code}/reversals/{name}"
        said = {**FIRE, "happened_on": happened_on}
        answers = [client.put(url, json=said, headers=clerk) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201], answers[0].json
        changed = client.put(url, json={**said, "lost_kg": 1}, headers=clerk)
        assert (changed.status_code, changed.json["code"]) == (409, "name_taken")
        name = uuid4()
    settle()

    now = certificate(both.certificate_code)
    assert (before.standing, now.standing) == (Standing.RETIRED, Standing.REVERSED)
    assert now.canonical == before.canonical
    assert [each.what.lost_kg for each in now.reversals] == [120_000]
    # The credits of `later` are of removals from 2026 on: a fire before them took none.
    assert certificate(after.certificate_code).reversals == ()

    page = client.get(f"/c/{both.certificate_code}").get_data(as_text=True)
    assert "过火二十亩" in page
    assert "碳信用注销证书（附逆转披露）" in page
    file = json.loads(client.get(f"/c/{both.certificate_code}.json").data)
    assert [each["says"]["en"] for each in file["reversals"]] == ["Twenty mu burnt"]
    assert client.get(f"/c/{both.certificate_code}.pdf").data.startswith(b"%PDF")
    entries = client.get("/api/register/entries?limit=50").get_data(as_text=True)
    assert "project_reversal" in entries


def test_a_reversal_is_of_a_known_project(client, noon) -> None:
    url = f"/api/credits/projects/NOWHERE/reversals/{uuid4()}"
    answer = client.put(url, json=FIRE, headers=operator().headers)
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_project")
