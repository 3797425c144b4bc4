"""What the OpenAPI document promises, tried with inputs that nobody thought of."""

from datetime import date, datetime
from functools import cache
from itertools import islice
from random import Random

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from sqlalchemy import Engine

from puhui.kernel.actor import Role
from tests.contracts.operations import operations
from tests.makers.identity import person

EXAMPLES = 2
"""An operation, either way: some twenty seconds for three hundred operations."""

TRIES = 40
"""For those examples: what comes of some bytes breaks the document's own rules, or needs more."""

BYTES = 8192

# Rules of the domain go beyond what a schema can say: a well-formed request may be refused.
# Whoever has not signed in is the subject of `test_authorisation` and `test_every_route`.
NOT_ASKED = {"positive_data_acceptance", "ignored_auth"}


PARTS = 4
"""So that no test process is left alone with all operations at the end of a run."""

# Days and instants of our years: of those that it would think of itself, most are refused by the
# document's own patterns, and more drawing than asking would be done.
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31))  # noqa: DTZ001
schemathesis.openapi.format("date", DAYS.map(str))
schemathesis.openapi.format("date-time", INSTANTS.map(lambda at: f"{at.isoformat()}Z"))


@cache
def promised(app: Flask) -> list[APIOperation]:
    """Return every operation of the document that `app` serves."""
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    return [result.ok() for result in document.get_all_operations()]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_keeps_what_its_document_says(
    app: Flask, database: Engine, subtests: pytest.Subtests, mode: GenerationMode, part: int
) -> None:
    load_all_checks()
    checks = [check for check in CHECKS.get_all() if check.__name__ not in NOT_ASKED]
    who = person("李雷", *((str(role), role) for role in Role if role is not Role.CITIZEN))
    found = promised(app)
    assert len(found) == len(operations(app))
    for operation in found[part::PARTS]:
        reads = [*operation.query, *operation.headers, *operation.body]
        if mode is GenerationMode.NEGATIVE and not reads:
            continue  # nothing but a path is read, and of those any may be asked for

        @settings(database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps(case: schemathesis.Case) -> None:
            app.extensions["puhui.limits"].counter.forget()
            case.call_and_validate(headers=who.headers, checks=checks)

        # The engine itself would send the simplest input first and then variations of it.
        chance = Random(f"{mode} {operation.label}")
        drawn = (keeps.hypothesis.fuzz_one_input(chance.randbytes(BYTES)) for _ in range(TRIES))
        with subtests.test(operation.label):
            sent = list(islice((one for one in drawn if one is not None), EXAMPLES))
            assert len(sent) == EXAMPLES
