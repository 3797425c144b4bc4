"""A project says where, how and for whom; what it said before stays, and so do its documents."""

from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.credits import service
from puhui.credits.kind import Kind
from puhui.db.session import transaction
from tests.makers.credits import (
    EXAMPLE,
    PDF,
    draft,
    held,
    on_sale,
    operator,
    organiser,
    paid,
    retired,
)

SAID = {
    "name": "第一号林",
    "name_en": "Forest One",
    "county_code": "350428",
    "place": "三明市将乐县",
    "place_en": "Jiangle, Sanming",
    "method": "森林经营",
    "method_en": "Forest management",
    "beneficiaries": "六十户村民",
    "beneficiaries_en": "Sixty households",
    "households": 60,
    "source": "县林业局 2026",
    "why": "补充农户数",
}


@pytest.fixture
def code(client, noon) -> str:
    batch = draft(Kind.FOREST_TICKET, 500, 1_000)
    on_sale(batch)
    return batch.project.code


def revise(client, code: str, version: str, **instead):
    headers = operator().headers | {"If-Match": f'"{version}"'}
    return client.put(f"/api/credits/projects/{code}", json=SAID | instead, headers=headers)


def test_a_revision_is_a_version_and_loses_nothing(client, code) -> None:
    before = client.get(f"/api/credits/projects/{code}").json
    assert revise(client, code, "2").status_code == 412
    done = revise(client, code, "1")
    assert (done.status_code, done.json["version"], done.headers["ETag"]) == (200, 2, '"2"')
    assert revise(client, code, "1").json == done.json
    assert [each["name"] for each in done.json["versions"]] == ["第一号林", before["name"]]
    assert done.json["versions"][0]["why"] == "补充农户数"
    assert done.json["households"] == 60
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE credits_project_version SET name = 'x'"))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE credits_project SET name = 'x'"))


def test_certificates_keep_the_words_of_their_day(client, code) -> None:
    name = client.get(f"/api/credits/projects/{code}").json["name"]
    done = retired(paid(held(organiser(), 100)))
    revise(client, code, "1")
    told = client.get(f"/c/{done.certificate_code}.json").json["document"]
    assert told["credits"][0]["project_name"]["zh"] == name


def test_an_old_file_still_comes_in_after_a_revision(client, noon) -> None:
    content, clerk = EXAMPLE.read_text("utf-8"), operator().actor
    with transaction() as session:
        service.import_file(session, clerk, uuid4(), content, noon)
    assert revise(client, "JL-CHANGKOU", "1").status_code == 200
    more = content.replace("1-2723000,2723000", "20000001-20000100,100")
    with transaction() as session:
        assert service.import_file(session, clerk, uuid4(), more, noon) == (1, 5)


def test_a_document_has_title_date_and_hash_and_is_public_or_not(client, code) -> None:
    clerk, url = operator().headers, f"/api/credits/projects/{code}/documents/{uuid4()}"
    said = "title=监测报告&title_en=Monitoring report&dated=2021-03-04&name=报告.pdf"
    sent = [
        client.put(f"{url}?{said}", data=PDF, headers=clerk | {"Content-Type": "application/pdf"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[0].json
    assert sent[0].json == sent[1].json
    assert sent[0].json["sha256"] == sha256(PDF).hexdigest()
    project = f"/api/credits/projects/{code}"
    # Not public yet: to everybody else it is not there.
    assert client.get(project).json["documents"] == []
    assert client.get(url).status_code == 404
    assert client.get(url, headers=organiser().headers).status_code == 404
    assert client.get(url, headers=clerk).data == PDF
    words = {"title": "监测报告", "title_en": "Monitoring report", "dated": "2021-03-04"}
    shown = client.put(f"{url}/description", json=words | {"is_public": True}, headers=clerk)
    assert (shown.status_code, shown.json["is_public"]) == (200, True)
    assert client.get(url).data == PDF
    assert [each["title_en"] for each in client.get(project).json["documents"]] == [
        "Monitoring report"
    ]
    elsewhere = draft(Kind.FFCER, 1_000, 1_000)
    on_sale(elsewhere)
    other = url.replace(code, elsewhere.project.code)
    refused = client.put(
        f"{other}?{said}", data=PDF, headers=clerk | {"Content-Type": "application/pdf"}
    )
    assert (refused.status_code, refused.json["code"]) == (409, "of_another_project")


def test_the_pages_tell_and_take_the_same(client, code) -> None:
    clerk = operator().headers
    retired(paid(held(organiser(), 100)))
    page = client.get(f"/credits/projects/{code}?lang=en").get_data(as_text=True)
    assert "Sanming" in page
    assert "the villagers" in page
    assert client.get("/credits/projects?kind=forest_ticket&county=3504").status_code == 200
    assert code in client.get("/credits/projects").get_data(as_text=True)
    assert code not in client.get("/credits/projects?county=3507").get_data(as_text=True)

    assert client.get(f"/credits/projects/{code}/edit", headers=clerk).status_code == 200
    form = {name: str(value) for name, value in SAID.items()} | {"version": "1"}
    url = f"/credits/projects/{code}"
    assert client.post(f"{url}/edit", data=form, headers=clerk).status_code == 303
    stale = client.post(f"{url}/edit", data=form | {"name": "别名"}, headers=clerk)
    assert stale.status_code == 409
    file = {"file": (BytesIO(PDF), "报告.pdf"), "title": "报告", "dated": "2021-03-04"}
    sent = client.post(f"{url}/documents", data=file | {"is_public": "true"}, headers=clerk)
    assert sent.status_code == 303, sent.get_data(as_text=True)
    rule = {"percent": "20", "reserve_source": "合同 3"}
    assert client.post(f"{url}/reserve", data=rule, headers=clerk).status_code == 303
    page = client.get(f"{url}?lang=zh").get_data(as_text=True)
    assert "六十户村民" in page
    assert sha256(PDF).hexdigest() in page
    assert "合同 3" in page
    assert client.post(f"{url}/edit", data=form, headers=organiser().headers).status_code == 403
