"""The pack's attacks on labels, played on real units: what the services stop, and what they do not.

`test_pack` judges the facts of a claim. Here the shops, tries and earlier claims that make those
facts are put into the books, the unit is claimed with its PIN, and the worker does the rest.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from sqlalchemy import insert

from puhui.db.session import snapshot, transaction
from puhui.footprint import service as footprint
from puhui.footprint.label import hash_of_pin, hash_of_token
from puhui.footprint.model import Serial, VainTry, WrongPin
from puhui.footprint.series import new_seed, units
from puhui.footprint.service import Claimed
from puhui.kernel import clock
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.queries.claims import of_award
from tests.makers.footprint import PEPPER
from tests.makers.identity import SignedIn, organisation, person
from tests.makers.shelf import batch
from tests.rewards.pack import EACH, World, passed_round, self_claim

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAST = 10 * MINUTE


def around(facts: ClaimFacts, buyer: SignedIn) -> Iterator[tuple[datetime, datetime | None, UUID]]:
    """Return sale, claim and claimant of the shop's other units."""
    assert facts.sold_at is not None
    left_fast = facts.shop_claimed_fast - (facts.at - facts.sold_at <= FAST)
    for number in range(1, max(facts.shop_sold, facts.shop_claimed)):
        if number < facts.shop_claimed_by_buyer:
            who = buyer.person_id
            at = facts.at - (DAY * 2 if number >= facts.buyer_day else HOUR + 30 * MINUTE)
            if number < facts.buyer_product_hour:
                at = facts.at - 20 * MINUTE
        elif number < facts.shop_claimed:
            who, at = uuid4(), facts.at - 3 * DAY
        else:
            yield facts.at - 5 * DAY, None, uuid4()
            continue
        yield at - (5 * MINUTE if number <= left_fast else DAY), at, who


def played(facts: ClaimFacts, shop: str, batch_id: UUID, first: int, buyer: SignedIn) -> object:
    """Put the facts into the books and claim the unit; return what came of the claim."""
    shop_id = organisation(shop)
    (unit,) = units(new_seed(), 1, 1)
    token = hash_of_token(PEPPER, unit.token)
    shared = {"batch_id": batch_id, "sold_by": shop_id}
    rows = [
        {
            **shared, "serial_id": uuid4(), "number": first + n, "token_hash": uuid4().bytes,
            "pin_hash": b"", "state": "claimed" if at else "sold", "sold_at": sold,
            "claimed_at": at, "claimant_id": who if at else None,
        }
        for n, (sold, at, who) in enumerate(around(facts, buyer), start=1)
    ]  # fmt: skip
    own = {
        **shared, "serial_id": uuid4(), "number": first, "token_hash": token,
        "pin_hash": hash_of_pin(PEPPER, unit.token, unit.pin), "state": "sold",
        "sold_at": facts.sold_at, "claimed_at": None, "claimant_id": None,
    }  # fmt: skip
    earlier = facts.at - HOUR
    with transaction() as session:
        session.execute(insert(Serial), [own, *rows])
        wrong = [{"token_hash": token, "person_id": uuid4(), "at": earlier}
                 for _ in range(min(facts.tries - 1, 9))]  # fmt: skip
        vain = [{"token_hash": token, "person_id": uuid4(), "at": earlier}
                for _ in range(facts.label_people - 1)]  # fmt: skip
        for table, tried in ((WrongPin, wrong), (VainTry, vain)):
            if tried:
                session.execute(insert(table), tried)
        return footprint.claim_serial(session, buyer.actor, unit.token, unit.pin, PEPPER, facts.at)


def test_the_packs_attacks_on_labels_are_stopped_by_the_services_that_really_run(
    arbor_day: datetime, settle: Callable[[], None]
) -> None:
    world = World(20260312)
    records = [*passed_round(world), *self_claim(world)]
    batch_id = batch(arbor_day - timedelta(days=90))
    found, claims, latest = Counter[str](), {}, arbor_day
    for number, record in enumerate(records):
        facts = record.claim
        assert facts is not None
        buyer = person(f"买家{number}")
        outcome = played(facts, f"商店{number}", batch_id, 1 + number * 1000, buyer)
        if isinstance(outcome, Claimed):
            claims[outcome.serial_id] = record.truth
            latest = max(latest, facts.at)
        else:
            found[type(outcome).__name__] += 1
    with clock.stopped(latest):
        settle()
    with snapshot() as session:
        for serial_id in claims:
            card = of_award(session, uuid5(serial_id, "points"))
            assert card is not None
            found[card.state] += 1
    assert found["TooManyTries"] == EACH // 2  # the guessers: six wrong codes and more
    assert found["accepted"] <= 0.05 * len(records), found
    assert found["held"] == len(records) - found["TooManyTries"] - found["accepted"]
