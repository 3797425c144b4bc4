"""What is settled before somebody is erased: the shop, teams, claims and invoices."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.audit import audit
from puhui.credits.kind import Kind
from puhui.credits.paying.invoice import InvoiceDraft, InvoiceState, InvoiceType
from puhui.credits.paying.queries import invoice
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Invalid
from puhui.rewards.errors import NoSuchClaim
from puhui.rewards.model.redemption import Redemption
from puhui.rewards.model.team import Membership, Team
from puhui.rewards.offer import Delivery
from puhui.rewards.queries import claims
from puhui.rewards.service import forfeiture, handovers, teams
from puhui.rights.service import erasures
from tests.makers.claims import appealed, heard, held_claim, refused
from tests.makers.credits import SUMMIT, held, on_sale, paid
from tests.makers.credits import draft as credit_draft
from tests.makers.identity import SignedIn, person
from tests.makers.paying import invoiced
from tests.makers.rewards import rulebook
from tests.makers.rights import asked, with_phone
from tests.makers.shop import (
    ADDRESS,
    agrees_to_sending,
    buyer,
    clerk,
    earned,
    has,
    left,
    offered,
    redeemed,
)
from tests.makers.team import code_of, joined, team

pytestmark = pytest.mark.usefixtures("database", "noon")


@pytest.fixture
def li() -> SignedIn:
    rulebook()
    return with_phone(buyer("李雷"))


@pytest.fixture
def forgotten(settle, engine: Engine) -> Callable[..., None]:
    """Let somebody be erased; no promise is broken by it that was kept before."""

    def broken() -> set[str]:
        return {finding.invariant.id for finding in audit(engine) if not finding.holds}

    def run(who: SignedIn, *, meanwhile: Callable[[], object] = lambda: None) -> None:
        before = broken()
        asked(who)
        with clock.stopped(clock.now() + timedelta(days=29)):
            meanwhile()
        with clock.stopped(clock.now() + timedelta(days=30)):
            settle()  # the clock begins what is due
            settle()  # and what it began is done
        assert broken() <= before

    return run


def test_points_that_arrive_while_somebody_is_erased_are_forfeited_as_well(li: SignedIn) -> None:
    had = has(li)
    for minutes, more in ((0, 0), (1, 40), (2, 0)):
        if more:
            earned(li, more)
        with transaction() as session:
            later = clock.now() + timedelta(minutes=minutes)
            gone = forfeiture.forfeit(session, li.person_id, later)
        assert (gone, has(li)) == (more or (had if minutes == 0 else 0), 0)


def test_what_was_not_fetched_goes_back_to_the_stock_and_the_points_are_forfeited(
    li: SignedIn, forgotten
) -> None:
    # Its code would be good for longer than the days to think.
    offer = offered(code_days=200)
    redemption_id = redeemed(li, offer).redemption_id
    assert (left(offer), has(li)) == (4, 60)
    forgotten(li)
    assert (left(offer), has(li)) == (5, 0)
    with snapshot() as session:
        row = session.get_one(Redemption, redemption_id)
        assert (row.state, row.refund_ground, row.withheld) == ("refunded", "erased", 0)


def test_what_is_on_its_way_counts_as_received_and_the_address_is_gone(
    li: SignedIn, forgotten
) -> None:
    agrees_to_sending(li)
    offer = offered(delivery=Delivery.SENT, county_code=None, code_days=200)
    redemption_id = redeemed(li, offer, address=ADDRESS).redemption_id

    def send() -> None:
        with transaction() as session:
            handovers.send(session, clerk().actor, redemption_id, "SF 李雷 001", clock.now())

    forgotten(li, meanwhile=send)
    assert left(offer) == 4
    with snapshot() as session:
        row = session.get_one(Redemption, redemption_id)
        assert (row.state, row.tracking, row.address_sealed) == ("delivered", "—", None)


def test_no_erasure_no_change_of_a_redemption(li: SignedIn) -> None:
    redemption_id = redeemed(li, offered()).redemption_id
    with pytest.raises(IntegrityError, match="only goes forward"), transaction() as session:
        session.execute(
            text("UPDATE rewards_redemption SET tracking = '—' WHERE redemption_id = :id"),
            {"id": redemption_id},
        )


def test_a_lead_hands_over_or_lets_go_before_leaving(li: SignedIn) -> None:
    team_id, mei = team(li), person("韩梅梅")
    hers = joined(mei, team_id)
    with pytest.raises(Invalid) as refusal:
        asked(li)
    (fault,) = refusal.value.faults
    assert (fault.code, fault.values) == ("lead_of_team", {"team": "常口村植树队"})
    with transaction() as session:
        teams.hand_over(session, li.actor, team_id, hers.membership_id, clock.now())
    with snapshot() as session:
        assert erasures.obstacles(session, li.person_id, clock.now()) == []


def test_the_last_of_a_team_closes_it_and_its_name_goes(li: SignedIn, forgotten) -> None:
    team_id = team(li, name="李雷和朋友们")
    forgotten(li)
    with snapshot() as session:
        row = session.get_one(Team, team_id)
        assert (row.closed_at is not None, row.name) == (True, "——")
    assert ended_how(team_id) == {li.person_id: "self"}


def test_whoever_joined_while_the_erasure_had_begun_takes_the_team_over(
    li: SignedIn, settle
) -> None:
    team_id = team(li)
    code = code_of(team_id)
    asked(li)
    pupil, mei = person("小明", birth_year=2010), person("韩梅梅")
    with clock.stopped(clock.now() + timedelta(days=30)):
        with transaction() as session:
            erasures.begin_due(session, clock.now())
        for who in (pupil, mei):
            with transaction() as session:
                teams.ask_to_join(session, who.actor, uuid4(), code, None, clock.now())
        settle()
    with snapshot() as session:
        row = session.get_one(Team, team_id)
        assert (row.lead_id, row.name, row.closed_at) == (mei.person_id, "常口村植树队", None)
    assert ended_how(team_id) == {
        li.person_id: "self", pupil.person_id: None, mei.person_id: None,
    }  # fmt: skip


def ended_how(team_id: UUID) -> dict[UUID, str | None]:
    with snapshot() as session:
        rows = session.query(Membership).filter_by(team_id=team_id).all()
    return {row.person_id: row.ended_how for row in rows}


@pytest.mark.parametrize("is_appealed", [False, True])
def test_a_claim_that_waits_is_nobodys_business_any_more(
    li: SignedIn, settle, forgotten, is_appealed: bool
) -> None:
    wang, zhao = (
        person(name, (of, Role.VERIFIER)) for name, of in (("王芳", "甲"), ("赵云", "乙"))
    )
    serial_id, appeal_id = held_claim(li, settle), None
    if is_appealed:
        refused(wang, serial_id)
        appeal_id = appealed(li, serial_id)

    def desk() -> list[UUID]:
        with snapshot() as session:
            look = claims.appeals_waiting if is_appealed else claims.waiting
            return [one.serial_id for one in look(session, zhao.actor, 10)]

    assert desk() == [serial_id]
    forgotten(li)
    assert desk() == []
    with pytest.raises(NoSuchClaim):
        if appeal_id:
            heard(zhao, appeal_id, "有小票", upheld=True)
        else:
            refused(zhao, serial_id)


def test_an_open_request_for_an_invoice_ends_and_an_organisation_may_ask_again(
    forgotten,
) -> None:
    rulebook()
    secretary = with_phone(person("秘书", (SUMMIT, Role.ORGANISER)))
    on_sale(credit_draft(Kind.FFCER, 9_000, 1555))
    hold = held(secretary, 6_000)
    paid(hold)
    draft = InvoiceDraft(InvoiceType.GENERAL, "绿行社", "91350100MA0000000X", "li@example.cn", "1")
    asked_for = invoiced(secretary, hold, draft)
    forgotten(secretary)
    with snapshot() as session:
        found = invoice(session, asked_for.invoice_id)
    assert found is not None
    assert (found.state, found.title, found.email) == (InvoiceState.REJECTED, "绿行社", "")
    colleague = person("同事", (SUMMIT, Role.ORGANISER))
    assert invoiced(colleague, hold, draft).state is InvoiceState.REQUESTED
