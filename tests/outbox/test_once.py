"""Work that finds out by itself what there is to do is announced once for a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.outbox.model import Message
from puhui.outbox.service import publish_once

pytestmark = pytest.mark.usefixtures("database")


def said(topic: str = "tests.due") -> int:
    with snapshot() as session:
        return session.scalars(select(func.count()).where(Message.topic == topic)).one()


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    """What is done here is taken back, and nothing else is."""
    savepoint = session.begin_nested()
    yield
    savepoint.rollback()


def test_a_transaction_says_it_once_and_the_next_one_again(database: Engine) -> None:
    for already in range(2):
        with transaction() as session:
            for _ in range(3):
                publish_once(session, "tests.due", now())
            publish_once(session, "tests.other", now())
        assert (said(), said("tests.other")) == (already + 1, already + 1)


def test_what_a_savepoint_takes_back_is_said_again_outside_of_it(database: Engine) -> None:
    with transaction() as session:
        with taken_back(session):
            publish_once(session, "tests.due", now())
        publish_once(session, "tests.due", now())
    assert said() == 1


def test_what_was_said_before_a_savepoint_outlives_it(database: Engine) -> None:
    with transaction() as session:
        publish_once(session, "tests.due", now())
        with taken_back(session):
            publish_once(session, "tests.due", now())
    assert said() == 1
