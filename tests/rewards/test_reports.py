"""What was done besides planting and buying: reported by who may, on evidence, and thanked once."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from flask.testing import FlaskClient

from puhui.db.session import transaction
from puhui.identity.service import clients
from puhui.kernel import clock
from puhui.kernel.actor import Permission, Role
from puhui.outbox.service import publish
from puhui.rewards.base import BaseDraft
from puhui.rewards.points import Evidence, Reporter, Rule
from puhui.rewards.report import ReportDraft, judge
from puhui.rewards.rulebook import shipped
from puhui.rewards.service import bases
from tests.makers.identity import SPACE, SignedIn, person
from tests.makers.rewards import photo

TODAY = date(2026, 3, 12)
CENTRE, PLATFORM = "核查中心", "绿行平台"


def deed(behaviour: str = "tending", quantity: int = 2, **more: object) -> dict[str, object]:
    return {"behaviour": behaviour, "quantity": quantity, "done_on": TODAY.isoformat(), **more}


def reported(client: FlaskClient, by: SignedIn | dict[str, str], name: UUID | None = None, **said):
    headers = by if isinstance(by, dict) else by.headers
    return client.put(f"/api/reports/{name or uuid4()}", json=deed(**said), headers=headers)


def authorised(client: FlaskClient, by: SignedIn, organisation: str, behaviour: str) -> str:
    """Let the organisation of this name report; return what the person hands over."""
    name = str(uuid4())
    body = {"organisation_id": str(uuid5(SPACE, organisation)), "behaviour": behaviour}
    answer = client.put(f"/api/authorisations/{name}", json=body, headers=by.headers)
    assert answer.status_code == 201, answer.text
    return name


@pytest.fixture
def machine() -> dict[str, str]:
    """Headers of a partner platform's machine, which may report and nothing else."""
    keeper = person("平台管理员", (PLATFORM, Role.ADMINISTRATOR), (PLATFORM, Role.ORGANISER))
    with transaction() as session:
        _, token = clients.make(
            session, keeper.actor, uuid4(), uuid5(SPACE, PLATFORM), "对接",
            frozenset({Permission.DEED_REPORT}), clock.now(),
        )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


def balance_of(client: FlaskClient, by: SignedIn) -> int:
    return client.get("/api/wallet", headers=by.headers).json["balance"]


def test_two_hours_of_tending_earn_forty_points_once_a_verifier_agrees(
    client: FlaskClient, settle: Callable[[], None]
) -> None:
    li, wang = person("李雷"), person("王芳", (CENTRE, Role.VERIFIER))
    name = uuid4()
    for _ in range(2):
        answer = reported(client, li, name, photo_ids=[str(photo_of(li))])
        assert (answer.status_code, answer.json["state"]) == (201, "logged"), answer.text
    own = client.post(f"/api/reports/{name}/review", json={"approved": True}, headers=li.headers)
    assert own.status_code == 403
    (waiting,) = client.get("/api/reports/waiting", headers=wang.headers).json["items"]
    assert waiting["report_id"] == str(name)
    for _ in range(2):
        verdict = {"approved": True}
        answer = client.post(f"/api/reports/{name}/review", json=verdict, headers=wang.headers)
        assert (answer.status_code, answer.json["state"]) == (200, "approved")
        settle()
    assert balance_of(client, li) == 40  # 2 hours × 20 points, tending@2026.1
    found = client.get(f"/api/reports/{name}", headers=li.headers).json
    assert found["award"]["rule"]["citation"] == "tending@2026.1"
    assert client.get(f"/api/reports/{name}", headers=person("韩梅").headers).status_code == 404


_photos: dict[UUID, UUID] = {}


def photo_of(by: SignedIn) -> UUID:
    """The person's one photograph: sent once, named twice."""
    if by.person_id not in _photos:
        _photos[by.person_id] = photo(by)
    return _photos[by.person_id]


@pytest.fixture(autouse=True)
def no_photos() -> None:
    _photos.clear()


def test_a_refused_report_says_why_and_frees_its_photograph(
    client: FlaskClient, settle: Callable[[], None]
) -> None:
    li, wang = person("李雷"), person("王芳", (CENTRE, Role.VERIFIER))
    name, picture = uuid4(), [str(photo(li))]
    reported(client, li, name, photo_ids=picture)
    again = reported(client, li, photo_ids=picture)
    assert (again.status_code, again.json["code"]) == (409, "photo_used")
    url = f"/api/reports/{name}/review"
    silent = client.post(url, json={"approved": False}, headers=wang.headers)
    assert [fault["code"] for fault in silent.json["errors"]] == ["words_missing"]
    said = {"approved": False, "words": "照片里看不到抚育"}
    assert client.post(url, json=said, headers=wang.headers).json["words"] == "照片里看不到抚育"
    other = client.post(url, json={"approved": True}, headers=wang.headers)
    assert other.json["code"] == "report_decided"
    settle()
    assert balance_of(client, li) == 0
    assert reported(client, li, photo_ids=picture).status_code == 201


@pytest.mark.parametrize(
    ("behaviour", "quantity", "points"),
    [("volunteering", 3, 60), ("adoption", 1, 20), ("donation", 50, 50), ("tending", 1, 20)],
)
def test_a_partner_reports_what_the_person_authorised_and_nothing_else(
    client: FlaskClient,
    machine: dict[str, str],
    settle: Callable[[], None],
    behaviour: str,
    quantity: int,
    points: int,
) -> None:
    li = person("李雷")
    leave = authorised(client, li, PLATFORM, behaviour)
    said = {"behaviour": behaviour, "quantity": quantity, "document": "No. 1"}
    first = reported(client, machine, authorisation_id=leave, **said)
    assert (first.status_code, first.json["state"]) == (201, "approved"), first.text
    assert "person_id" not in first.json
    twice = reported(client, machine, authorisation_id=leave, **said)
    assert (twice.status_code, twice.json["code"]) == (409, "document_used")
    other = "tending" if behaviour != "tending" else "donation"
    wrong = reported(client, machine, authorisation_id=leave, behaviour=other, document="No. 2")
    assert wrong.status_code == 404
    alone = reported(client, machine, behaviour=behaviour, document="No. 2")
    assert alone.status_code == 403
    client.delete(f"/api/authorisations/{leave}", headers=li.headers)
    late = reported(client, machine, authorisation_id=leave, **{**said, "document": "No. 3"})
    assert (late.status_code, late.json["code"]) == (404, "no_such_authorisation")
    settle()
    assert balance_of(client, li) == points


def test_the_people_of_a_base_report_who_came_and_strangers_do_not(
    client: FlaskClient, settle: Callable[[], None]
) -> None:
    li = person("李雷")
    keeper = person("村主任", ("常口村", Role.ORGANISER))
    stranger = person("路人", ("别处", Role.ORGANISER))
    leave = authorised(client, li, "常口村", "tending")
    said = {"authorisation_id": leave, "document": "签到 17"}
    early = reported(client, keeper, **said)
    assert [fault["code"] for fault in early.json["errors"]] == ["reporter_not_allowed"]
    kept_by(uuid5(SPACE, "常口村"))
    assert reported(client, stranger, **said).status_code == 404
    answer = reported(client, keeper, **said)
    assert (answer.status_code, answer.json["reporter"]) == (201, "base"), answer.text
    settle()
    assert balance_of(client, li) == 40


def kept_by(organisation_id: UUID) -> None:
    draft = BaseDraft(
        "常口村义务植树基地", "Changkou planting base", "350428", "常口村", "Changkou",
        20_000, ("cinnamomum_camphora",), 2, 4, organisation_id,
    )  # fmt: skip
    with transaction() as session:
        bases.ensure_base(session, uuid4(), draft, clock.now())


def test_a_unit_taken_back_for_recycling_is_thanked_once(
    client: FlaskClient, settle: Callable[[], None]
) -> None:
    li, serial = person("李雷"), str(uuid4())
    for _ in range(2):
        with transaction() as session:
            publish(
                session, "footprint.serial_taken_back", clock.now(),
                serial_id=serial, person_id=str(li.person_id), label_code="ABC234",
            )  # fmt: skip
    settle()
    assert balance_of(client, li) == 5  # 1 unit × 5 points, recycling@2026.1


def rule(key: str) -> Rule:
    return next(one for one in shipped() if one.key == key)


PICTURE = (uuid4(),)


@pytest.mark.parametrize(
    ("draft", "reporters", "codes"),
    [
        (ReportDraft("tending", 12, TODAY, PICTURE), [Reporter.SELF], []),
        (ReportDraft("tending", 13, TODAY, PICTURE), [Reporter.SELF], ["quantity_out_of_range"]),
        (ReportDraft("tending", 1, TODAY), [Reporter.SELF], ["photo_missing"]),
        (ReportDraft("tending", 1, TODAY), [Reporter.PARTNER], ["document_missing"]),
        (ReportDraft("donation", 9, TODAY, PICTURE), [Reporter.SELF], ["document_missing"]),
        (ReportDraft("donation", 9, TODAY, PICTURE, "No. 1"), [Reporter.SELF], []),
        (ReportDraft("donation", 9, TODAY, (), "1"), [Reporter.RETAILER], ["reporter_not_allowed"]),
        (ReportDraft("planting", 1, TODAY, PICTURE), [Reporter.SELF], ["own_way"]),
        (ReportDraft("purchase", 1, TODAY, PICTURE), [Reporter.SELF], ["own_way"]),
        (
            ReportDraft("tending", 1, TODAY + timedelta(days=1), PICTURE),
            [Reporter.SELF],
            ["done_in_future"],
        ),
        (
            ReportDraft("tending", 1, TODAY - timedelta(days=31), PICTURE),
            [Reporter.SELF],
            ["done_too_long_ago"],
        ),
    ],
)
def test_everything_wrong_with_a_report_is_named(
    draft: ReportDraft, reporters: list[Reporter], codes: list[str]
) -> None:
    assert [f.code for f in judge(draft, rule(draft.behaviour), reporters, TODAY)] == codes


def test_the_seven_behaviours_are_there_from_the_start() -> None:
    found = {one.key: one for one in shipped() if Reporter.OPERATOR not in one.reporters}
    # And what planting earns later, when its trees are seen alive.
    assert set(found) - {"survival"} == {
        "planting", "tending", "adoption", "donation", "purchase", "recycling", "volunteering",
    }  # fmt: skip
    assert all(one.evidence is not Evidence.NONE and one.most_per_day for one in found.values())
