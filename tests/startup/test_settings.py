"""Settings under which a promise could not be kept are refused in one line."""

import pytest

from puhui.settings import UnsafeSetting, from_environment

SAFE = {
    "DATABASE_URL": "postgresql+psycopg://db.example/puhui",
    "REDIS_URL": "rediss://:a-password@redis.example",
    "PUHUI_SECRET": "q3J9-wZ_7Lk2pVx8TnB4mRf6YhC1sDgA",
    "PUHUI_BASE_URL": "https://tph.example.cn/",
}


def test_safe_settings_are_read():
    settings = from_environment(SAFE | {"PUHUI_PORT": "8080", "PUHUI_WEB_PROCESSES": "16"})
    assert settings.base_url == "https://tph.example.cn"
    assert settings.secure_cookies
    assert (settings.port, settings.web_processes) == (8080, 16)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("REDIS_URL", "", "REDIS_URL is not set"),
        ("PUHUI_SECRET", "", "PUHUI_SECRET is not set"),
        ("PUHUI_SECRET", "q3J9-wZ_7Lk2pVx8TnB4mRf6YhC1sDg", "too short or too simple"),
        ("PUHUI_SECRET", "changeme" * 4, "too short or too simple"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG is set"),
        ("PYTHONDEVMODE", "1", "PYTHONDEVMODE is set"),
        ("PUHUI_BASE_URL", "http://tph.example.cn", "must begin with https://"),
        ("PUHUI_PORT", "80000", "PUHUI_PORT is not a port: 80000"),
        ("PUHUI_METRICS_PORT", "x", "PUHUI_METRICS_PORT is not a port: x"),
        ("PUHUI_WEB_PROCESSES", "0", "PUHUI_WEB_PROCESSES is not 1 to 64 processes: 0"),
        ("PUHUI_WEB_PROCESSES", "65", "PUHUI_WEB_PROCESSES is not 1 to 64 processes: 65"),
        ("PUHUI_WEB_PROCESSES", "two", "PUHUI_WEB_PROCESSES is not 1 to 64 processes: two"),
    ],
)
def test_an_unsafe_setting_is_refused_by_name(name, value, reason):
    with pytest.raises(UnsafeSetting) as refusal:
        from_environment(SAFE | {name: value})
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_one_machine_for_one_person_needs_no_tls():
    local = SAFE | {"PUHUI_BASE_URL": "http://127.0.0.1:8000", "PUHUI_LOCAL": "1"}
    assert not from_environment(local).secure_cookies


GATEWAY = {
    "PUHUI_GATEWAY_URL": "https://pay.example.cn/api",
    "PUHUI_GATEWAY_MERCHANT": "M-1",
    "PUHUI_GATEWAY_KEY_FILE": "ours.pem",
    "PUHUI_GATEWAY_PUBLIC_KEY_FILE": "theirs.pem",
}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PUHUI_GATEWAY_URL", "", "PUHUI_GATEWAY_URL is not set"),
        ("PUHUI_GATEWAY_KEY_FILE", "", "PUHUI_GATEWAY_KEY_FILE is not set"),
        ("PUHUI_GATEWAY_URL", "http://pay.example.cn", "must begin with https://"),
        ("PUHUI_GATEWAY_URL", "http://127.0.0.1:9000", "must begin with https://"),
        ("PUHUI_GATEWAY_URL", "https://me:secret@pay.example.cn", "no address of a gateway"),
        ("PUHUI_GATEWAY_URL", "pay", "no address of a gateway"),
        ("PUHUI_GATEWAY_MERCHANT", "a\nb", "of letters and digits"),
    ],
)
def test_an_unsafe_gateway_is_refused_by_name(name, value, reason):
    assert from_environment(SAFE | GATEWAY).gateway is not None
    with pytest.raises(UnsafeSetting) as refusal:
        from_environment(SAFE | GATEWAY | {name: value})
    assert reason in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_one_machine_may_have_a_gateway_on_itself():
    here = {"PUHUI_GATEWAY_URL": "http://127.0.0.1:9000", "PUHUI_LOCAL": "1"}
    assert from_environment(SAFE | GATEWAY | here).gateway.url == "http://127.0.0.1:9000"


def test_the_header_of_a_city_is_off_unless_named_and_is_a_name():
    assert from_environment(SAFE).city_header == ""
    named = from_environment(SAFE | {"PUHUI_CITY_HEADER": "X-Puhui-City"})
    assert named.city_header == "X-Puhui-City"
    for wrong in ("X_Puhui_City", "X-Puhui-City: 1", "城市", "-", "X" * 65):
        with pytest.raises(UnsafeSetting, match="PUHUI_CITY_HEADER is a header's name"):
            from_environment(SAFE | {"PUHUI_CITY_HEADER": wrong})
