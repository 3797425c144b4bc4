"""The pack's claims, honest and not, played on real units: what the services stop, and what not.

`test_pack` judges the facts of a claim. Here the shops, tries and earlier claims that make those
facts are put into the books, the unit is claimed with its PIN, and the worker does the rest.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from sqlalchemy import insert, text

from puhui.db.session import snapshot, transaction
from puhui.footprint import service as footprint
from puhui.footprint.claiming import digest_of
from puhui.footprint.label import hash_of_pin, hash_of_token
from puhui.footprint.model import ClaimDevice, Scan, Serial, VainTry, WrongPin
from puhui.footprint.series import new_seed, units
from puhui.footprint.service import Claimed
from puhui.kernel import clock
from puhui.kernel.clock import day_of
from puhui.rewards import claim_signal
from puhui.rewards.claim import ClaimState
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.queries.claims import of_award, weighings
from puhui.rewards.queries.wallet import wallet
from puhui.rewards.service import lots
from puhui.rewards.threshold import shipped
from tests.makers import footprint as make
from tests.makers.footprint import PEPPER
from tests.makers.identity import SignedIn, organisation, person
from tests.makers.shelf import batch, shelf
from tests.rewards.pack import (
    EACH,
    HOME,
    Record,
    World,
    claim_then_return,
    honest_claims,
    passed_round,
    self_claim,
)
from tests.rewards.test_claims import claim, claimed
from tests.rewards.test_life_of_points import spent

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAST = 10 * MINUTE
LIMITS = shipped()[-1]

Other = tuple[datetime | None, datetime | None, UUID | None]


def around(facts: ClaimFacts, buyer: SignedIn) -> Iterator[Other]:
    """Return sale, claim and claimant of the shop's other units, the buyer's own first.

    What was claimed without a recorded sale stands beside the buyer's others alone.
    """
    sold_at = facts.sold_at
    fast = facts.shop_claimed_fast - (sold_at is not None and facts.at - sold_at <= FAST)
    others = max(facts.shop_sold, facts.shop_claimed) if sold_at is not None else facts.buyer_day
    own = facts.shop_claimed_by_buyer if sold_at is not None else facts.buyer_day
    for number in range(1, others):
        if number < own:
            at = facts.at - (DAY * 2 if number >= facts.buyer_day else HOUR + 30 * MINUTE)
            if number < facts.buyer_product_hour:
                at = facts.at - 20 * MINUTE
            who = buyer.person_id
        elif number < facts.shop_claimed:
            who, at = uuid4(), facts.at - 3 * DAY
        else:
            yield facts.at - 5 * DAY, None, None
            continue
        if sold_at is None:
            yield None, at, who
        else:
            yield at - (5 * MINUTE if number <= fast else DAY), at, who


def played(record: Record, shop: str, batch_id: UUID, first: int, buyer: SignedIn) -> object:
    """Put the facts into the books and claim the unit; return what came of the claim."""
    facts = record.claim
    assert facts is not None
    shop_id = organisation(shop, county=HOME)
    (unit,) = units(new_seed(), 1, 1)
    token, device_id = hash_of_token(PEPPER, unit.token), uuid4()
    own = {
        "serial_id": uuid4(), "batch_id": batch_id, "number": first, "token_hash": token,
        "pin_hash": hash_of_pin(PEPPER, unit.token, unit.pin),
        "state": "sold" if facts.sold_at else "shipped", "sold_at": facts.sold_at,
        "sold_by": shop_id if facts.sold_at else None, "claimed_at": None, "claimant_id": None,
    }  # fmt: skip
    rows = [
        {
            "serial_id": uuid4(), "batch_id": batch_id, "number": first + n,
            "token_hash": uuid4().bytes, "pin_hash": b"", "state": "claimed" if at else "sold",
            "sold_at": sold, "sold_by": shop_id if sold else None,
            "claimed_at": at, "claimant_id": who,
        }
        for n, (sold, at, who) in enumerate(around(facts, buyer), start=1)
    ]  # fmt: skip
    earlier = facts.at - HOUR
    wrong = [{"token_hash": token, "person_id": buyer.person_id, "at": earlier + n * MINUTE}
             for n in range(min(facts.tries - 1, 9))]  # fmt: skip
    vain = [{"token_hash": token, "person_id": uuid4(), "at": earlier}
            for _ in range(facts.label_people - 1)]  # fmt: skip
    scans = [{"serial_id": own["serial_id"], "first_at": facts.first_scan_at,
              "city": record.scan_city}] if facts.first_scan_at else []  # fmt: skip
    family = [row for row in rows if row["claimed_at"] and row["claimant_id"] != buyer.person_id]
    devices = [
        {"serial_id": row["serial_id"], "person_id": row["claimant_id"],
         "device": digest_of(device_id), "claimed_at": row["claimed_at"]}
        for row in family[: facts.device_people - 1]
    ]  # fmt: skip
    with transaction() as session:
        session.execute(insert(Serial), [own, *rows])
        for table, beside in ((WrongPin, wrong), (VainTry, vain), (Scan, scans),
                              (ClaimDevice, devices)):  # fmt: skip
            if beside:
                session.execute(insert(table), beside)
        return footprint.claim_serial(
            session, buyer.actor, unit.token, unit.pin, PEPPER, facts.at, device_id=device_id
        )


def all_played(
    records: Sequence[Record], now: datetime, settle: Callable[[], None]
) -> tuple[Counter[str], dict[UUID, Record]]:
    """Play records, let the worker go on; return what became of them, and the claimed units."""
    batch_id = batch(now - timedelta(days=90))
    found, claims, latest = Counter[str](), {}, now
    for number, record in enumerate(records):
        outcome = played(record, f"商店{number}", batch_id, 1 + number * 1000,
                         person(f"买家{number}"))  # fmt: skip
        if isinstance(outcome, Claimed):
            claims[outcome.serial_id] = record
            latest = max(latest, outcome.claimed_at)
        else:
            found[type(outcome).__name__] += 1
    with clock.stopped(latest):
        settle()
    with snapshot() as session:
        for serial_id in claims:
            card = of_award(session, uuid5(serial_id, "points"))
            assert card is not None
            found[card.state] += 1
    return found, claims


def test_the_packs_attacks_on_labels_are_stopped_by_the_services_that_really_run(
    arbor_day: datetime, settle: Callable[[], None]
) -> None:
    world = World(20260312)
    records = [*passed_round(world), *self_claim(world)]
    found, _ = all_played(records, arbor_day, settle)
    assert found["TooManyTries"] == EACH // 2  # the guessers: six wrong codes and more
    assert found["accepted"] <= 0.05 * len(records), found
    assert found["held"] == len(records) - found["TooManyTries"] - found["accepted"]


def test_the_packs_honest_buyers_get_their_points_from_the_services_that_really_run(
    arbor_day: datetime, settle: Callable[[], None]
) -> None:
    records = [*honest_claims(World(20260312), 60)]
    found, claims = all_played(records, arbor_day, settle)
    assert found["held"] + found["accepted"] == 60, found
    assert found["held"] <= 0.02 * 60, found
    with snapshot() as session:
        for serial_id, record in claims.items():
            assert record.claim is not None
            (weighing,) = weighings(session, serial_id)
            assert [signal.id for signal in weighing.signals] == [
                signal.id for signal in claim_signal.signals(record.claim, LIMITS)
            ], record


def test_whoever_claims_and_then_returns_keeps_no_points_that_are_still_there(
    arbor_day: datetime, settle: Callable[[], None]
) -> None:
    """Ten points a unit: they wait for a week, some are spent, and all the goods come back."""
    brought = list(claim_then_return(World(20260312)))
    people = [person(f"买家{number}") for number in range(EACH)]
    goods = [shelf(arbor_day, bring.units) for bring in brought]
    ids = [
        [claimed(who, unit, arbor_day + HOUR) for unit in some]
        for who, some in zip(people, goods, strict=True)
    ]
    shop, uncovered = make.shopkeeper(), [0] * EACH

    def has(who: SignedIn, now: datetime) -> tuple[int, int]:
        with snapshot() as session:
            found = wallet(session, who.actor, now)
        return found.balance, found.pending

    for days in range(29):
        now = arbor_day + timedelta(days=days, hours=2)
        leaving = [number for number, bring in enumerate(brought) if bring.days == days]
        with transaction() as session:
            lots.mature(session, day_of(now), now)
        for number in leaving:
            balance = has(people[number], now)[0]
            gone = balance * brought[number].spent_percent // 100
            if gone:
                spent(people[number], gone, now)
                uncovered[number] = gone
            with transaction() as session:
                tokens = [unit.token for unit in goods[number]]
                assert footprint.return_serials(session, shop.actor, tokens, PEPPER, now)
        if leaving or days == 0:
            with clock.stopped(now):
                settle()
        for number in leaving:
            assert has(people[number], now) == (0, 0)
    assert {bring.days < 7 for bring in brought} == {True, False}
    assert {bool(points) for points in uncovered} == {True, False}
    with snapshot() as session:
        states = {of_award(session, uuid5(one, "points")).state for some in ids for one in some}
        rows = session.execute(
            text("SELECT person_id, sum(points - taken) FROM rewards_reversal GROUP BY 1")
        )
        short = {person_id: int(points) for person_id, points in rows}
    assert states == {ClaimState.RETURNED}
    assert short == {
        who.person_id: points for who, points in zip(people, uncovered, strict=True)
    }  # what was spent is on record, and nobody owes it

    # The same goods earn nothing more, and the next claim is weighed and paid like anybody's.
    later = arbor_day + timedelta(days=30)
    again = [claimed(who, shelf(later)[0], later) for who in people]
    for who, some in zip(people, goods, strict=True):
        assert not isinstance(claim(who, some[0], later), Claimed)
    with clock.stopped(later):
        settle()
    with snapshot() as session:
        assert [len(weighings(session, one)) for one in again] == [1] * EACH
    assert {has(who, later) for who in people} == {(0, 10)}
