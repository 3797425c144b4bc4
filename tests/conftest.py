"""Who runs tests gets what tests need; who only hands them out to others need not wait for it."""

import gc
import os
from contextlib import suppress
from importlib import import_module

import pytest

LARGE = ("sqlalchemy.orm", "schemathesis", "flask_smorest", "playwright.sync_api")
"""What takes longest to compile of all that the tests import."""

pytest.register_assert_rewrite("tests.fixtures")


def pytest_configure(config: pytest.Config) -> None:
    """Import the servers, the application and the people, in every process that runs tests."""
    hands_out = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if not hands_out:
        # Nearly all that is made while tests are found stays to the end: looking through it again
        # and again for what could go takes a twentieth of the run.
        gc.disable()
        _take_time()
        _import_from_our_place(config)
        config.pluginmanager.import_plugin("tests.fixtures")


def _take_time() -> None:
    """Let no law fail because an example, or thinking of it, took long beside other processes."""
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("patient")


def _import_from_our_place(config: pytest.Config) -> None:
    """Let each process begin to import all that the tests need at another place.

    In a new checkout nothing is compiled yet. What one process has compiled the others only read,
    where side by side each would compile all of it.
    """
    process = os.environ.get("PYTEST_XDIST_WORKER")
    if process is None or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    processes = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    tests = sorted(config.rootpath.glob("tests/*/**/test_*.py"))
    names = [".".join(test.relative_to(config.rootpath).with_suffix("").parts) for test in tests]
    for found in (LARGE, names):
        first = len(found) * int(process.removeprefix("gw")) // processes
        for name in (*found[first:], *found[:first]):
            # What is wrong with it is said when it is collected.
            with suppress(Exception):
                import_module(name)
