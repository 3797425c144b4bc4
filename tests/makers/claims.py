"""Claims of labelled units that rules or people have doubted, for tests."""

from collections.abc import Callable
from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.footprint import service as footprint
from puhui.footprint.service import Claimed
from puhui.kernel import clock
from puhui.rewards.service import held_claims
from tests.makers import footprint as make
from tests.makers.footprint import Printed
from tests.makers.identity import SignedIn, person
from tests.makers.shelf import shelf

Settle = Callable[[], None]


def held_claim(by: SignedIn, settle: Settle, unit: Printed | None = None) -> UUID:
    """Let somebody claim a unit whose code two others have as well, so that it waits."""
    unit = unit or shelf(clock.now())[0]
    for who in (by, person("旁人一"), person("旁人二")):
        with transaction() as session:
            found = footprint.claim_serial(
                session, who.actor, unit.token, unit.pin, make.PEPPER, clock.now()
            )
        settle()
        if who is by:
            assert isinstance(found, Claimed), found
            serial_id = found.serial_id
    return serial_id


def refused(by: SignedIn, serial_id: UUID, words: str = "二维码被转发") -> None:
    """Let somebody refuse a claim that waits."""
    with transaction() as session:
        held_claims.decide_claim(
            session, by.actor, serial_id, released=False, words=words, now=clock.now()
        )


def appealed(by: SignedIn, serial_id: UUID, words: str = "小票在此") -> UUID:
    """Let somebody appeal against the refusal of their claim; return the appeal's name."""
    appeal_id = uuid4()
    with transaction() as session:
        held_claims.appeal_claim(session, by.actor, appeal_id, serial_id, words, clock.now())
    return appeal_id


def heard(by: SignedIn, appeal_id: UUID, words: str, *, upheld: bool = False) -> None:
    """Let somebody else decide an appeal."""
    with transaction() as session:
        held_claims.decide_claim_appeal(
            session, by.actor, appeal_id, upheld=upheld, words=words, now=clock.now()
        )
