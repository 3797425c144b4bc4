"""A version is shown, and asked for before anything is overwritten."""

from uuid import uuid4

from flask.testing import FlaskClient

from tests.makers.identity import SignedIn
from tests.web import things as trial


def test_a_reader_who_has_it_already_gets_no_body(things: FlaskClient) -> None:
    address = f"/api/things/{uuid4()}"
    first = things.get(address)
    assert first.headers["ETag"] == '"3"'
    for held in ('"3"', 'W/"3"', '"2", "3"', "*"):
        again = things.get(address, headers={"If-None-Match": held})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == '"3"'
    assert things.get(address, headers={"If-None-Match": '"2"'}).status_code == 200


def test_a_write_says_what_it_is_based_on(things: FlaskClient, li: SignedIn) -> None:
    address = f"/api/things/{uuid4()}"

    def delete(**headers: str) -> int:
        return things.delete(address, headers={**li.headers, **headers}).status_code

    assert delete() == 428
    assert delete(**{"If-Match": '"2"'}) == 412
    assert delete(**{"If-Match": 'W/"3"'}) == 412
    assert delete(**{"If-Match": "garbage"}) == 412
    assert trial.made == []
    assert delete(**{"If-Match": '"3"'}) == 204
    assert delete(**{"If-Match": "*"}) == 204
    assert len(trial.made) == 2
