"""What somebody writes in the shop, in a team, about a purchase and for an invoice: unmistakable
words, each to be found while they are here and nowhere once they are erased."""

from collections.abc import Callable
from uuid import UUID, uuid4

from puhui.credits.paying import service as paying
from puhui.credits.paying.invoice import InvoiceDraft, InvoiceType
from puhui.credits.paying.receipt import Arrival, Road
from puhui.db.session import snapshot, transaction
from puhui.identity.queries import actor_of_person
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.rewards.offer import Delivery
from puhui.rewards.redemption import Address
from puhui.rewards.service import handovers, refunds
from tests.makers import footprint as make
from tests.makers.claims import appealed, heard, held_claim, refused
from tests.makers.credits import operator
from tests.makers.identity import SignedIn, person
from tests.makers.paying import odd
from tests.makers.shop import cause, clerk, donated, offered, redeemed
from tests.makers.team import team

LATER_WORDS = {
    "recipient": "雀言十一收",
    "address": "雀言十二路 12 号",
    "tracking": "雀单十三",
    "refund": "雀言十四 没有货了",
    "claim refusal": "雀言十五 金丝雀转发了二维码",
    "claim appeal": "雀言十六 小票在金丝雀手里",
    "claim verdict": "雀言十七 看过金丝雀的小票",
    "team": "雀言十八植树队",
    "invoice title": "雀言十九",
    "invoice e-mail": "canary20@example.cn",
    "invoice phone": "13912121212",
    "money back": "雀言二十一 多付的退给金丝雀",
}


def live_later(person_id: UUID, hold: tuple[UUID, int], settle: Callable[[], None]) -> str:
    """Let somebody redeem, give, join, claim, and pay once too often for a hold (id, price in fen).

    Returns the code of the certificate of what they gave.
    """
    words = LATER_WORDS
    with snapshot() as session:
        who = SignedIn(actor_of_person(session, person_id), {}, "")
    sent = {"delivery": Delivery.SENT, "county_code": None, "points": 10, "code_days": 300}
    at = Address(words["recipient"], "13800001111", words["address"])
    on_its_way, given_back = (redeemed(who, offered(**sent), address=at) for _ in range(2))
    redeemed(who, offered(points=10, code_days=300))
    now, staff = clock.now(), clerk().actor
    with transaction() as session:
        handovers.send(session, staff, on_its_way.redemption_id, words["tracking"], now)
        refunds.refund(session, staff, given_back.redemption_id, words["refund"], now)
    code = donated(who, cause(), 10).code
    team(who, name=words["team"])

    (unit,) = make.serials(make.mill(), now)
    wang, zhao = (
        person(n, (of, Role.VERIFIER)) for n, of in (("王芳", "核查中心"), ("赵云", "另"))
    )
    serial_id = held_claim(who, settle, unit)
    refused(wang, serial_id, words["claim refusal"])
    heard(zhao, appealed(who, serial_id, words["claim appeal"]), words["claim verdict"])

    hold_id, price_fen = hold
    draft = InvoiceDraft(
        InvoiceType.GENERAL, words["invoice title"], None, words["invoice e-mail"],
        words["invoice phone"],
    )  # fmt: skip
    twice = Arrival(Road.BANK, "paid twice", price_fen, clock.day_of(now))
    with transaction() as session:
        paying.ask_invoice(session, who.actor, hold_id, uuid4(), draft, now)
        paying.receive(session, twice, hold_id, now)
    (money,) = odd()
    with transaction() as session:
        paying.ask_refund(
            session, operator().actor, uuid4(), money.receipt_id, words["money back"], now
        )
    return code
