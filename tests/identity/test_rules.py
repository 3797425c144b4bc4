"""Worked examples of the rules that need no database."""

from datetime import UTC, datetime, timedelta

import pytest

from puhui.identity import age, password, phone, uscc
from puhui.identity.address import network
from puhui.identity.device import described
from puhui.identity.limit import Limit, pause, wait_s
from puhui.identity.password import Cost
from puhui.identity.vault import Vault, WrongKey
from puhui.kernel.errors import Invalid

CHEAP = Cost(memory_kib=64, passes=1)
NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)


def fault_of(read, written: str) -> str:
    with pytest.raises(Invalid) as refused:
        read(written)
    (fault,) = refused.value.faults
    return fault.message % dict(fault.values)


@pytest.mark.parametrize(
    "written",
    [
        "13800001234",
        "138 0000 1234",
        "+86 138-0000-1234",
        "008613800001234",
        "１３８００００１２３４",
    ],
)
def test_a_number_is_read_however_people_write_it(written: str) -> None:
    assert phone.normal(written) == "13800001234"


@pytest.mark.parametrize(
    "written", ["", "12345678901", "1380000123", "138000012345", "+1 2025550123"]
)
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    assert fault_of(phone.normal, written) == "请填写11位手机号"


def test_a_shown_number_keeps_its_middle_to_itself() -> None:
    assert phone.masked("13800001234") == "138****1234"


# 91110000600037341L is the example of python-stdnum. The rule of GB 32100 written again here: the
# check character is (31 - sum mod 31) mod 31 of the weighted places of the alphabet.
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check(body: str) -> str:
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return body + ALPHABET[(31 - total) % 31]


def test_a_company_and_a_village_have_codes() -> None:
    assert uscc.normal(" 9111 0000-600037341l ") == "91110000600037341L"
    village = with_check("N2350721MF0000001")
    assert uscc.normal(village) == village


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("9111000060003734", "统一社会信用代码应为18位，现为16位"),
        ("91110000600037341O", "第18位不能是“O”"),
        ("9111000060003I341L", "第14位不能是“I”"),
        ("B1110000600037341L", "第1位“B”不是登记管理部门代码"),
        ("9111A000600037341L", "第3至8位是行政区划码，应为数字；第5位是“A”"),
        ("91110000600037341M", "校验位不符，请核对是否抄错"),
        ("91110000600037314L", "校验位不符，请核对是否抄错"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(written: str, says: str) -> None:
    assert fault_of(uscc.normal, written) == says


def test_only_a_year_known_the_doubt_protects_the_child() -> None:
    # In March 2026 someone born in 2012 is 13 or 14; born in 2011, 14 for sure.
    assert age.is_minor(2012, NOON)
    assert not age.is_minor(2011, NOON)
    assert not age.is_adult(2008, NOON)
    assert age.is_adult(2007, NOON)


def test_the_year_turns_in_china() -> None:
    new_year_in_fujian = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert age.is_minor(2012, new_year_in_fujian - timedelta(seconds=1))
    assert not age.is_minor(2012, new_year_in_fujian)


def test_a_limit_counts_the_window_that_ends_now() -> None:
    twice_an_hour = [Limit(2, timedelta(hours=1))]
    tries = [NOON - timedelta(minutes=50), NOON - timedelta(minutes=10)]
    assert wait_s(twice_an_hour, tries, NOON) == 600  # until the first is an hour old
    assert wait_s(twice_an_hour, tries, NOON + timedelta(minutes=10)) == 0
    assert wait_s([Limit(1, timedelta(minutes=1)), *twice_an_hour], tries[1:], NOON) == 0


def test_the_pause_after_failures_grows_to_a_minute() -> None:
    assert [pause(n).total_seconds() for n in range(11)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("sieben7", "密码至少8个字符"),
        ("长" * 129, "密码最多128个字符"),
        ("Password1", "这个密码太常见，请换一个"),
        ("WOAINI520", "这个密码太常见，请换一个"),
        ("aaaabbbb", "这个密码太常见，请换一个"),
        ("23456789", "这个密码太常见，请换一个"),
    ],
)
def test_a_password_that_everybody_tries_is_refused(written: str, says: str) -> None:
    assert fault_of(password.normal, written) == says


def test_a_long_plain_password_is_welcome() -> None:
    assert password.normal("毛竹林里下了一场雨") == "毛竹林里下了一场雨"


def test_the_list_of_common_passwords_is_in_form() -> None:
    found = password.common()
    assert len(found) > 300
    assert all(len(word) >= 8 and word == word.lower() for word in found)


def test_a_password_fits_its_hash_only() -> None:
    stored = password.hash_of("毛竹林里下了一场雨", CHEAP)
    assert stored.startswith("$argon2id$")
    assert password.fits(stored, "毛竹林里下了一场雨", CHEAP)
    assert not password.fits(stored, "毛竹林里下了一场雪", CHEAP)
    assert not password.fits(None, "nobody has this password", CHEAP)


def test_a_hash_under_older_parameters_is_renewed() -> None:
    stored = password.hash_of("毛竹林里下了一场雨", CHEAP)
    assert not password.is_outdated(stored, CHEAP)
    assert password.is_outdated(stored, Cost(memory_kib=128, passes=1))


def test_what_is_sealed_opens_only_in_its_place_and_under_its_key() -> None:
    vault, other = Vault.of("a secret"), Vault.of("another secret")
    sealed = vault.seal("13800001234", "phone of a")
    assert sealed[:4] == vault.key_id != other.key_id
    assert vault.open(sealed, "phone of a") == "13800001234"
    for opener, place in ((vault, "phone of b"), (other, "phone of a")):
        with pytest.raises(WrongKey):
            opener.open(sealed, place)
    with pytest.raises(WrongKey):
        vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "phone of a")


def test_the_same_number_sealed_twice_looks_different() -> None:
    vault = Vault.of("a secret")
    assert vault.seal("13800001234", "x") != vault.seal("13800001234", "x")


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_a_household_counts_as_one_address(address: str, counted_as: str) -> None:
    assert network(address) == counted_as


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; V2318A) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47",
            "微信 · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8.9", "curl"),
        ("", ""),
    ],
)
def test_a_device_is_shown_in_words_its_owner_knows(says: str, shown: str) -> None:
    assert described(says) == shown
