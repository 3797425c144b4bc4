"""A person with unmistakable words everywhere is forgotten: no trace is left, the books hold."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from puhui.audit import audit
from puhui.credits.kind import Kind
from puhui.identity.purpose import TEXTS, Purpose
from puhui.identity.sender import ConsoleSender, sender, use_sender
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.register.claim import claims_of
from puhui.register.note import VerifierKey
from tests.fixtures import NOON
from tests.makers import trace
from tests.makers.canaries import LATER_WORDS, live_later
from tests.makers.credits import draft as credit_draft
from tests.makers.credits import on_sale, operator
from tests.makers.identity import organisation, person
from tests.makers.logs import written_down
from tests.makers.outing import opened
from tests.makers.photo import CHANGKOU, photograph
from tests.makers.rewards import base, rulebook

PHONE, NAME = "13987654321", "金丝雀七号"
WORDS = {
    "duty": "雀言一 捐给绿化基金会",
    "answer": "雀言二 就是这三株",
    "appeal": "雀言三 请换一个人看",
    "survey": "雀言四 三株都活着",
    "report": "雀言五 票据",
    "refusal": "雀言六 照片里看不清金丝雀",
    "question": "雀言七 请金丝雀补一张",
    "verdict": "雀言八 金丝雀说得对",
    "adjustment": "雀言九 补发给金丝雀",
    "document": "雀言十号文",
}
PLACE = (26.71234, 117.45678)


class Walker:
    """Asks over HTTP, and expects what it asks for to be done."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def __call__(self, method: str, url: str, by: dict[str, str], status: int = 201, **how):
        answer = self.client.open(url, method=method, headers=by, **how)
        assert answer.status_code == status, (method, url, answer.status_code, answer.text)
        return answer


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the program says about itself meanwhile."""
    with written_down() as written:
        yield written


@pytest.fixture
def codes(settings) -> Iterator[list[str]]:
    """The console's lines, with the copy that a machine for one person keeps."""
    before, lines = sender(), []
    use_sender(ConsoleSender(lines.append, settings.data_dir / "codes.log"))
    yield lines
    use_sender(before)


def code_of(lines: list[str]) -> str:
    return re.findall(r"验证码 (\d{6})", "".join(lines))[-1]


def join(ask: Walker, settle: Callable[[], None], codes: list[str]) -> dict[str, str]:
    """Sign in by phone, registering if the number is new."""
    code_id = str(uuid4())
    ask("PUT", f"/api/sign-in/codes/{code_id}", {}, json={"phone": PHONE})
    settle()
    given = {"code_id": code_id, "code": code_of(codes)}
    found = ask("POST", "/api/sign-in", {}, 200, json=given).json
    if found["ticket"]:
        who = {"ticket": found["ticket"], "display_name": NAME, "birth_year": 1987}
        found = ask("POST", "/api/sign-in/registrations", {}, json=who).json
    return {"Authorization": f"Bearer {found['token']}"}


def sent_photograph(ask: Walker, li: dict[str, str], seed: int) -> str:
    """Send a photograph with a place in it; return its name."""
    photo_id = str(uuid4())
    picture = photograph(seed, place=CHANGKOU)
    ask("PUT", f"/api/photos/{photo_id}", li, data=picture, content_type="image/jpeg")
    return photo_id


def logged_planting(ask: Walker, li: dict[str, str], seed: int, **more) -> tuple[str, bytes]:
    """Log three camphors with a photograph of their own; return the planting and the picture."""
    photo_id, planting_id = sent_photograph(ask, li, seed), uuid4()
    said = {
        "base_id": str(base()), "species": "cinnamomum_camphora", "trees": 3,
        "planted_on": clock.day_of(clock.now()).isoformat(), "photo_ids": [photo_id], **more,
    }  # fmt: skip
    ask("PUT", f"/api/plantings/{planting_id}", li, json=said)
    kept = ask("GET", f"/photos/{photo_id}.jpg", li, 200).data
    return str(planting_id), kept


def live(ask: Walker, settle, li: dict[str, str]) -> dict[str, object]:
    """Let the person do everything that one can do here, and others about them."""
    wang = person("王芳", ("核查中心", Role.VERIFIER)).headers
    zhao = person("赵敏", ("核查中心", Role.VERIFIER)).headers
    zhou = person("周运营", ("省平台", Role.OPERATOR))
    wu = person("吴运营", ("省平台", Role.OPERATOR)).headers
    keeper = person("管理员", ("绿行社", Role.ADMINISTRATOR)).headers
    me = ask("GET", "/api/me", li, 200).json["person_id"]
    for purpose in set(Purpose) - {Purpose.GUARDIAN}:
        agreed = {"text_hash": TEXTS[purpose].hash}
        ask("PUT", f"/api/me/consents/{purpose}", li, 204, json=agreed)

    point = {"latitude": str(PLACE[0]), "longitude": str(PLACE[1]), "datum": "WGS-84"}
    paid, picture = logged_planting(ask, li, 71, point=point)
    settle()
    ask("POST", f"/api/plantings/{paid}/review", wang, 200, json={"verdict": "approve"})
    doubted, _ = logged_planting(ask, li, 72)
    settle()
    question = uuid4()
    asked = {"planting_id": doubted, "words": WORDS["question"]}
    ask("PUT", f"/api/questions/{question}", wang, json=asked)
    said = {"words": WORDS["answer"]}
    ask("POST", f"/api/questions/{question}/answer", li, 200, json=said)
    refusal = {"verdict": "refuse", "reason": "other", "words": WORDS["refusal"]}
    ask("POST", f"/api/plantings/{doubted}/review", wang, 200, json=refusal)
    appeal = uuid4()
    said = {"planting_id": doubted, "words": WORDS["appeal"]}
    ask("PUT", f"/api/appeals/{appeal}", li, json=said)
    said = {"upheld": True, "words": WORDS["verdict"]}
    ask("POST", f"/api/appeals/{appeal}/decision", zhao, 200, json=said)
    logged_planting(ask, li, 73)

    seen = {
        "planting_id": paid, "stage": "day_1", "alive": 3,
        "photo_ids": [sent_photograph(ask, li, 74)],
        "surveyed_on": clock.day_of(clock.now()).isoformat(), "words": WORDS["survey"],
    }  # fmt: skip
    ask("PUT", f"/api/surveys/{uuid4()}", li, json=seen)

    duty = uuid4()
    given = {
        "category": "donation", "province": "110000", "unit": "cny", "quantity": "60",
        "done_on": "2026-03-12", "words": WORDS["duty"],
    }  # fmt: skip
    ask("PUT", f"/api/duties/{duty}", li, json=given)
    ask("POST", f"/api/duties/{duty}/verdict", wang, 200, json={"confirmed": True})
    issued = ask("PUT", "/api/duty-years/2026/certificate", li, json={}).json

    report = {
        "behaviour": "tending", "quantity": 2, "done_on": "2026-03-12",
        "document": WORDS["report"], "photo_ids": [sent_photograph(ask, li, 75)],
    }  # fmt: skip
    ask("PUT", f"/api/reports/{uuid4()}", li, json=report)
    outing = opened(zhou)
    ask("PUT", f"/api/bookings/{uuid4()}", li, json={"outing_id": str(outing)})

    adjustment = uuid4()
    proposed = {
        "person_id": me, "points": 5, "ground": WORDS["adjustment"], "document": WORDS["document"],
    }  # fmt: skip
    ask("PUT", f"/api/adjustments/{adjustment}", zhou.headers, json=proposed)
    said = {"approved": True}
    ask("POST", f"/api/adjustments/{adjustment}/decision", wu, 200, json=said)

    where, invitation = organisation("绿行社"), uuid4()
    offered = {"phone": PHONE, "role": "organiser"}
    url = f"/api/organisations/{where}/invitations/{invitation}"
    ask("PUT", url, keeper, 204, json=offered)
    ask("PUT", f"/api/me/invitations/{invitation}", li, 204, json={"answer": "accepted"})

    on_sale(credit_draft(Kind.ONE_YUAN, 500, 10_000))
    hold = ask("PUT", f"/api/credits/personal-purchases/{uuid4()}", li, json={"yuan": 3}).json
    payment = {
        "reference": f"B{hold['reference']}", "amount_fen": hold["total_fen"],
        "paid_on": "2026-03-12",
    }  # fmt: skip
    ask("PUT", f"/api/credits/holds/{hold['hold_id']}/payment", operator().headers, json=payment)
    settle()
    retired = ask("GET", f"/api/credits/retirements?search={hold['title']}", {}, 200).json
    given = live_later(UUID(me), (UUID(hold["hold_id"]), hold["total_fen"]), settle)
    return {
        "me": UUID(me),
        "donation_code": given,
        "picture": picture,
        "duty_code": issued["code"],
        "retirement_code": retired["items"][0]["code"],
        "planting": paid,
    }


def exported(ask: Walker, settle, li: dict[str, str]) -> bytes:
    """Let the person take everything along; return the file."""
    url = f"/api/my-data/exports/{uuid4()}"
    for _ in range(2):
        assert ask("PUT", url, li, json={}).json["state"] == "running"
    assert ask("GET", f"{url}/file", li, 409).json["code"] == "export_not_ready"
    settle()
    ready = ask("GET", url, li, 200).json
    assert (ready["state"], ready["done"]) == ("finished", ready["total"])
    return ask("GET", f"{url}/file", li, 200).data


def ask_to_be_forgotten(ask: Walker, settle, li: dict[str, str], codes: list[str]) -> str:
    code_id, erasure = uuid4(), f"/api/my-data/erasures/{uuid4()}"
    ask("PUT", f"/api/my-data/erasure-codes/{code_id}", li)
    settle()
    said = {"code_id": str(code_id), "code": code_of(codes)}
    for _ in range(2):
        ask("PUT", erasure, li, json=said)
    return erasure


def test_a_person_is_forgotten_without_a_trace_and_the_books_hold(
    client: FlaskClient, settle, engine, settings, codes, log
) -> None:
    ask = Walker(client)

    def look(canaries: dict[str, str | bytes]) -> dict[str, set[str]]:
        written = log.getvalue()
        return trace.found(canaries, engine, settings.redis_url, settings.data_dir, written)

    with clock.stopped(NOON - timedelta(days=20)):
        join(ask, settle, codes)  # whoever redeems has been here for a while
    with clock.stopped(NOON):
        rulebook()
        li = join(ask, settle, codes)
        lived = live(ask, settle, li)
        file = exported(ask, settle, li)
        with ZipFile(BytesIO(file)) as whole:
            told = json.loads(whole.read("everything.json"))
            names = whole.namelist()
        assert {"README.txt", "csv/plantings.csv", "csv/person.csv"} <= set(names)
        assert sum(name.startswith("photographs/") for name in names) == 5
        assert told["subjects"]["person"][0]["phone"] == PHONE
        places = {row["latitude"] for row in told["subjects"]["plantings"]}
        assert places == {None, str(PLACE[0])}
        assert {row["board"] for row in told["subjects"]["rankings"]} == {"people"}
        said = json.dumps(told, ensure_ascii=False)
        words = WORDS | LATER_WORDS
        assert [name for name, told in words.items() if told not in said] == []

        canaries: dict[str, str | bytes] = {
            "phone": PHONE,
            "name": NAME,
            "place": str(PLACE[0]),
            "photograph's place": "26.7321",
            "picture": lived["picture"][-400:-200],
            **words,
        }
        before = look(canaries)
        assert set(before) == set(canaries), "the look finds each of them while they are here"
        assert "codes.log" in before["phone"]
        assert any("opened" in place for place in before["phone"])
        assert any(place.startswith("exports/") for place in before["name"])
        assert any(place.startswith("photographs/") for place in before["picture"])

        meant = ask("GET", "/api/my-data/erasure", li, 200).json
        # Of 125 points, 10 are on their way, 10 wait to be fetched and 10 were given away.
        assert (meant["points"], meant["photographs"], meant["days"]) == (95, 5, 30)
        assert (meant["organisations"], meant["obstacles"]) == (["绿行社"], [])
    with clock.stopped(NOON + timedelta(minutes=2)):
        called_back = ask_to_be_forgotten(ask, settle, li, codes)
        ask("DELETE", called_back, li, 204)
    with clock.stopped(NOON + timedelta(days=1)):
        ask_to_be_forgotten(ask, settle, li, codes)
    with clock.stopped(NOON + timedelta(days=30)):
        settle()
        assert ask("GET", "/api/me", li, 200).json["display_name"] == NAME
    with clock.stopped(NOON + timedelta(days=31)):
        settle()
        assert client.get("/api/me", headers=li).status_code == 401
        assert look(canaries) == {}
        assert [f.invariant.id for f in audit(engine) if not f.holds] == []

        totals = client.get("/api/point-totals").json
        # What nobody will fetch any more has come back, and went with the rest.
        assert (totals["forfeited"], totals["in_wallets"] + totals["pending"]) == (105, 0)
        thanks = client.get(f"/api/donation-certificates/{lived['donation_code']}").json
        assert (thanks["points"], thanks["name"]) == (10, None)
        page = client.get(f"/d/{lived['duty_code']}")
        assert (page.status_code, "有效" in page.text) == (200, True)
        assert (
            "不是发给这个姓名" in client.post(f"/d/{lived['duty_code']}", data={"name": NAME}).text
        )
        (claim,) = claims_of(client.get(f"/c/{lived['retirement_code']}.json").text)
        _, fact = claim.check([VerifierKey.parse(claim.key)])
        assert fact["kg"] == "30"
        assert fact["beneficiary"].startswith("sha256:")
        assert claim.says["openings"] == {}

        again = join(ask, settle, codes)
        anew = ask("GET", "/api/me", again, 200).json["person_id"]
        assert anew != str(lived["me"])
