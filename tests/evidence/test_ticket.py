"""A capture ticket is one person's, for one place, for a while, and once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import transaction
from puhui.evidence import jobs, ticket
from puhui.evidence.errors import NoSuchTicket, TicketDiffers, TicketSpent
from puhui.evidence.ticket import Ticket
from tests.makers.identity import SignedIn, person

AT = datetime(2026, 3, 12, 4, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def issued(by: SignedIn, place: UUID, name: UUID | None = None) -> Ticket:
    with transaction() as session:
        return ticket.issue(session, by.actor, name or uuid4(), place, HALF_AN_HOUR, AT)


def spent(by: SignedIn, what: Ticket, place: UUID, on: UUID) -> Ticket:
    with transaction() as session:
        return ticket.spend(session, by.actor, what.ticket_id, place, on, AT)


@pytest.fixture
def li(database: Engine) -> SignedIn:
    return person("李雷")


def test_a_ticket_is_issued_once_and_spent_once(li: SignedIn) -> None:
    place, record, name = uuid4(), uuid4(), uuid4()
    given = issued(li, place, name)
    assert issued(li, place, name) == given
    assert spent(li, given, place, record) == spent(li, given, place, record)
    with pytest.raises(TicketSpent):
        spent(li, given, place, uuid4())


def test_a_ticket_is_for_one_person_and_one_place(li: SignedIn) -> None:
    mei, place = person("韩梅梅"), uuid4()
    given = issued(li, place)
    with pytest.raises(NoSuchTicket):
        spent(mei, given, place, uuid4())
    with pytest.raises(NoSuchTicket):
        spent(li, given, uuid4(), uuid4())
    with pytest.raises(TicketDiffers):
        issued(mei, place, given.ticket_id)


def test_its_window_opens_when_it_is_issued_and_closes(li: SignedIn) -> None:
    given = issued(li, uuid4())
    assert not given.covers(AT - timedelta(seconds=1))
    assert given.covers(AT)
    assert given.covers(AT + HALF_AN_HOUR)
    assert not given.covers(AT + HALF_AN_HOUR + timedelta(seconds=1))


def test_a_spent_ticket_cannot_be_taken_back(li: SignedIn) -> None:
    place = uuid4()
    spent(li, issued(li, place), place, uuid4())
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE evidence_ticket SET spent_on = NULL, spent_at = NULL"))


def test_what_nobody_used_is_forgotten(li: SignedIn) -> None:
    place, record = uuid4(), uuid4()
    spent(li, issued(li, place), place, record)
    issued(li, place)
    with transaction() as session:
        jobs.sweep(session, AT + timedelta(days=31))
    with transaction() as session:
        assert session.scalars(text("SELECT spent_on FROM evidence_ticket")).all() == [record]
