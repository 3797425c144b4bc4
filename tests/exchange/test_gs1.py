"""What is a Digital Link, and what is none."""

import pytest

from puhui.exchange.gs1 import Item, item_of

BOARD = "09521234543213"


@pytest.mark.parametrize(
    ("written", "item"),
    [
        (BOARD, Item(BOARD)),
        (BOARD + "/", Item(BOARD)),
        ("9521234543213", Item(BOARD)),
        (BOARD + "/10/L-7/21/0042", Item(BOARD, (("10", "L-7"), ("21", "0042")))),
        (BOARD + "/235/" + "x" * 28, Item(BOARD, (("235", "x" * 28),))),
    ],
)
def test_a_digital_link_names_an_item(written: str, item: Item) -> None:
    assert item_of(written) == item


@pytest.mark.parametrize(
    "written",
    [
        "09521234543214",  # 3 × (9+2+2+4+4+2) … the check digit is 3
        "0952123454321",
        "٠٩٥٢١٢٣٤٥٤٣٢١٣",
        BOARD + "/10",
        BOARD + "/10/",
        BOARD + "/10/" + "x" * 21,
        BOARD + "/10/竹",
        BOARD + "/10/a/10/b",
        BOARD + "/21/a/235/b",
        BOARD + "/99/a",
        BOARD + "//10/a",
        "",
    ],
)
def test_what_is_no_digital_link_is_told(written: str) -> None:
    assert item_of(written) is None
