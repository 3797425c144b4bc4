"""A shop's files: what was sold, returned, taken back; all or nothing."""

from io import BytesIO

from flask.testing import FlaskClient
from sqlalchemy import text

from puhui.db.session import snapshot
from tests.makers import footprint as make


def states() -> list[str]:
    query = text("SELECT state FROM footprint_serial ORDER BY number")
    with snapshot() as session:
        return list(session.scalars(query))


def test_a_shop_reports_by_file_and_a_maker_ships_by_file(client: FlaskClient, noon) -> None:
    maker, shop = make.mill(), make.shopkeeper()
    batch_id, printed = make.printed(maker, noon, make.label(maker, noon).label_id, 10)
    ship, sell = f"/batches/{batch_id}/units", "/sales"

    def report(address: str, who, file: str, **more: str):
        form = {**more, "file": (BytesIO(file.encode("gb18030")), "till.csv")}
        return client.post(address, data=form, headers=who.headers)

    def till(*numbers: int) -> str:
        return "日期,标签码\n" + "".join(f"3-12,{printed[n].url}\n" for n in numbers)

    assert report(ship, maker, till(0, 1, 2)).status_code == 303
    refused = report(sell, shop, till(0, 3, 1) + "3-12,nothing\n")
    assert refused.status_code == 422
    assert "第 5 行" in refused.text
    refused = report(sell, shop, till(0, 3, 1))
    assert (refused.status_code, "第 3 行" in refused.text) == (422, True)
    assert states() == ["shipped"] * 3 + ["printed"] * 7
    for count in (2, 0):
        answer = report(sell, shop, till(0, 1, 0), what="sold")
        assert answer.headers["Location"] == f"/sales?count={count}"
    assert report(sell, shop, till(1), what="returned").status_code == 303
    assert report(sell, shop, till(0), what="taken_back").status_code == 422
    assert states() == ["sold", "void", "shipped"] + ["printed"] * 7
    other = report(ship, make.mill("别处竹业"), till(4))
    assert other.status_code in (404, 422)
    assert states()[4] == "printed"
