"""Signing in with a phone number and a one-time code, over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from puhui.identity.sender import sender, use_sender
from puhui.identity.vault import vault
from tests.identity.conftest import PHONE

MINUTE_AND_MORE = timedelta(seconds=61)


def sign_in(client, code_id: str, code: str):
    return client.post("/api/sign-in", json={"code_id": code_id, "code": code})


def register(client, ticket: str, name: str = "李雷", birth_year: int = 1990):
    return client.post(
        "/api/sign-in/registrations",
        json={"ticket": ticket, "display_name": name, "birth_year": birth_year},
    )


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_new_number_registers_and_is_signed_in(client, ask) -> None:
    code_id, code = ask(PHONE)
    found = sign_in(client, code_id, code).json
    assert found["token"] is None
    signed = register(client, found["ticket"])
    assert signed.status_code == 201
    me = client.get("/api/me", headers={"Authorization": f"Bearer {signed.json['token']}"}).json
    assert (me["display_name"], me["birth_year"], me["phone"]) == ("李雷", 1990, "138****1234")


def test_a_known_number_is_signed_in_at_once(client, ask, join, later) -> None:
    join()
    later(MINUTE_AND_MORE)
    found = sign_in(client, *ask(PHONE)).json
    assert found["token"] and found["ticket"] is None


def test_registering_twice_makes_one_person(client, ask, database: Engine) -> None:
    ticket = sign_in(client, *ask(PHONE)).json["ticket"]
    first, again = register(client, ticket), register(client, ticket, "李磊", 1991)
    assert first.json["person_id"] == again.json["person_id"]
    assert first.json["token"] != again.json["token"]


def test_known_and_unknown_numbers_get_the_same_answer(client, join, later, settle) -> None:
    join(PHONE)
    later(MINUTE_AND_MORE)
    known = client.put(f"/api/sign-in/codes/{uuid4()}", json={"phone": PHONE})
    unknown = client.put(f"/api/sign-in/codes/{uuid4()}", json={"phone": "13900001234"})
    assert (known.status_code, set(known.json)) == (unknown.status_code, set(unknown.json))
    assert known.json["expires_at"] == unknown.json["expires_at"]
    wrong = [sign_in(client, asked.json["code_id"], "000000") for asked in (known, unknown)]
    bodies = [{k: v for k, v in answer.json.items() if k != "request_id"} for answer in wrong]
    assert [answer.status_code for answer in wrong] == [403, 403]
    assert bodies[0] == bodies[1]


def test_a_code_serves_once(client, ask) -> None:
    code_id, code = ask(PHONE)
    assert sign_in(client, code_id, code).status_code == 200
    again = sign_in(client, code_id, code)
    assert (again.status_code, again.json["code"]) == (403, "code_wrong")


def test_a_code_lives_five_minutes(client, ask, later) -> None:
    code_id, code = ask(PHONE)
    later(timedelta(minutes=5))
    assert sign_in(client, code_id, code).json["code"] == "code_wrong"


def test_a_code_can_be_tried_five_times(client, ask) -> None:
    code_id, code = ask(PHONE)
    for _ in range(5):
        assert sign_in(client, code_id, other_than(code)).status_code == 403
    assert sign_in(client, code_id, code).json["code"] == "code_wrong"


def test_four_slips_do_no_harm(client, ask) -> None:
    code_id, code = ask(PHONE)
    for _ in range(4):
        sign_in(client, code_id, other_than(code))
    assert sign_in(client, code_id, code).status_code == 200


def test_only_the_newest_code_lives(client, ask, later) -> None:
    first_id, first = ask(PHONE)
    later(MINUTE_AND_MORE)
    second_id, second = ask(PHONE)
    assert sign_in(client, first_id, first).json["code"] == "code_wrong"
    assert sign_in(client, second_id, second).status_code == 200


def test_a_code_fits_its_own_request_only(client, ask) -> None:
    _, code = ask(PHONE)
    other_id, other = ask("13900001234")
    if code != other:
        assert sign_in(client, other_id, code).json["code"] == "code_wrong"


def test_asking_again_under_the_same_name_sends_one_message(client, phone, settle) -> None:
    address = f"/api/sign-in/codes/{uuid4()}"
    first = client.put(address, json={"phone": PHONE})
    again = client.put(address, json={"phone": "+86 138 0000 1234"})
    settle()
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert len(phone.codes) == 1
    other = client.put(address, json={"phone": "13900001234"})
    assert (other.status_code, other.json["code"]) == (409, "name_taken")


def test_one_code_a_minute_five_an_hour_ten_a_day(client, phone, later) -> None:
    waits = []
    for n in range(20):
        answer = client.put(
            f"/api/sign-in/codes/{uuid4()}",
            json={"phone": PHONE},
            environ_base={"REMOTE_ADDR": f"203.0.113.{n}"},
        )
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            if len(waits) == 10:
                break
            later(timedelta(seconds=waits[-1]))
    # Sent at 0, 60, 120, 180, 240 s; then at 3600 s, when the first is an hour old, and at 3660,
    # 3720, 3780, 3840 s; the eleventh has to wait until the first is a day old.
    assert waits == [60] * 4 + [3600 - 240] + [60] * 4 + [86400 - 3840]


def test_twenty_codes_an_hour_from_one_address(client, phone, noon) -> None:
    statuses = [
        client.put(f"/api/sign-in/codes/{uuid4()}", json={"phone": f"138000{n:05d}"}).status_code
        for n in range(21)
    ]
    assert statuses == [201] * 20 + [429]


def test_wrong_codes_from_one_address_are_limited(client, noon) -> None:
    for _ in range(60):
        assert sign_in(client, str(uuid4()), "123456").status_code == 403
    refused = sign_in(client, str(uuid4()), "123456")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")


def test_guessing_over_many_numbers_stops_for_all(client, ask, noon, database: Engine) -> None:
    code_id, code = ask(PHONE)
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO identity_attempt (kind, subject, at)"
                " SELECT 'code_failed', '', :at FROM generate_series(1, 1000)"
            ),
            {"at": noon},
        )
    assert sign_in(client, code_id, code).status_code == 429


def test_limits_hold_when_many_ask_at_once(app, database: Engine, phone, noon) -> None:
    def ask_once(n: int) -> int:
        return (
            app.test_client()
            .put(f"/api/sign-in/codes/{uuid4()}", json={"phone": PHONE})
            .status_code
        )

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(ask_once, range(8)))
    assert statuses == [201] + [429] * 7


def test_the_code_is_nowhere_in_clear(client, ask, database: Engine) -> None:
    code_id, code = ask(PHONE)
    with database.connect() as connection:
        row = connection.execute(text("SELECT * FROM identity_code")).mappings().one()
        assert row["code_sealed"] is None  # erased: it has been sent
        assert row["sent_at"] is not None
        assert row["code_hash"] == vault().hash_of_code(UUID(code_id), code)
        everything = "".join(
            str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("identity_code", "outbox_message", "identity_attempt")
        )
    assert code not in everything
    assert PHONE not in everything


def test_a_code_that_waits_to_be_sent_lies_sealed(client, phone, database: Engine) -> None:
    client.put(f"/api/sign-in/codes/{uuid4()}", json={"phone": PHONE})
    with database.connect() as connection:
        row = connection.execute(text("SELECT * FROM identity_code")).mappings().one()
    code = vault().open(row["code_sealed"], f"code of {row['code_id']}")
    assert len(code) == 6 and code.encode() not in bytes(row["code_sealed"])


def test_a_sender_that_fails_is_asked_again(client, phone, settle, later, database) -> None:
    class Failing:
        def __init__(self) -> None:
            self.tries: list[UUID] = []

        def send(self, phone: str, code: str, message_id: UUID) -> None:
            self.tries.append(message_id)
            raise ConnectionError

    working, failing = sender(), Failing()
    code_id = str(uuid4())
    use_sender(failing)
    client.put(f"/api/sign-in/codes/{code_id}", json={"phone": PHONE})
    settle()
    use_sender(working)
    later(timedelta(seconds=6))
    settle()
    assert failing.tries == [UUID(code_id)]
    assert sign_in(client, code_id, phone.codes[0]).status_code == 200


def test_an_old_code_is_not_sent_at_all(client, phone, settle, later) -> None:
    client.put(f"/api/sign-in/codes/{uuid4()}", json={"phone": PHONE})
    later(timedelta(minutes=6))
    settle()
    assert phone.codes == []


def test_codes_and_tries_are_forgotten_after_a_day(client, ask, later, settle, database) -> None:
    ask(PHONE)
    later(timedelta(days=1, seconds=1))
    settle()
    with database.connect() as connection:
        for table in ("identity_code", "identity_attempt"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_what_is_no_number_is_refused_at_the_field(client) -> None:
    answer = client.put(f"/api/sign-in/codes/{uuid4()}", json={"phone": "12345"})
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [
        ("phone", "phone_malformed")
    ]


def test_without_a_sender_nothing_pretends_to_be_sent(client, app, database) -> None:
    before = sender()
    use_sender(None)
    try:
        answer = client.put(f"/api/sign-in/codes/{uuid4()}", json={"phone": PHONE})
    finally:
        use_sender(before)
    assert (answer.status_code, answer.json["code"]) == (503, "sender_missing")
