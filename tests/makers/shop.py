"""Offers, redemptions, causes and people with points for tests."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.purpose import TEXTS
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.ledger.account import POINTS_ISSUED
from puhui.ledger.queries import balance
from puhui.ledger.service import transfer
from puhui.rewards.cause import CauseDraft, DonationDraft
from puhui.rewards.lot import LotState, term
from puhui.rewards.model.points import Lot
from puhui.rewards.offer import Delivery, OfferDraft, OfferKind, Terms
from puhui.rewards.queries import offers as offer_queries
from puhui.rewards.queries import redemptions as redemption_queries
from puhui.rewards.queries.offers import OfferCard
from puhui.rewards.queries.redemptions import RedemptionCard
from puhui.rewards.queries.rules import rule_on
from puhui.rewards.redemption import Address, RedemptionDraft
from puhui.rewards.service import causes, offers, redemptions
from tests.makers.identity import SignedIn, again, organisation, person

SHOP = "榕城竹木生活馆"
ADDRESS = Address("李雷", "13800000001", "将乐县古镛镇日照东路 1 号")
BRUSH = Terms(
    "竹牙刷一支", "A bamboo toothbrush", "到店领取，每人一支。", "Fetched in the shop.",
    40, Delivery.PICKUP, "350428", date(2026, 12, 31), 30, True,
)  # fmt: skip
CAUSE = CauseDraft(
    UUID(int=0), "闽江源巡护", "Patrols", "每一分都是一声感谢。", "One point, one thank-you."
)


def operator() -> SignedIn:
    """Somebody who publishes what partners offer."""
    return person("周运营", ("省平台", Role.OPERATOR))


def clerk(shop: str = SHOP) -> SignedIn:
    """Somebody who hands things over at a shop."""
    return person("陈店长", (shop, Role.RETAILER))


def buyer(name: str = "李雷", points: int = 100, birth_year: int = 1990) -> SignedIn:
    """Somebody who joined a month ago and has points to spend."""
    with clock.stopped(clock.now() - timedelta(days=30)):
        who = person(name, birth_year=birth_year)
    if points:
        earned(who, points)
    return again(who)


def earned(who: SignedIn, points: int) -> None:
    """Give points as a lot of their own, by the rule of planting."""
    now = clock.now()
    with transaction() as session:
        rule = rule_on(session, "planting", clock.day_of(now))
        lot_id, days = uuid4(), term(rule, clock.day_of(now))
        session.add(
            Lot(
                lot_id=lot_id,
                person_id=who.person_id,
                points=points,
                reversed=0,
                state=LotState.MATURED,
                matures_on=days.matures_on,
                warns_on=days.warns_on,
                expires_on=days.expires_on,
            )
        )
        transfer(
            session,
            lot_id,
            source=POINTS_ISSUED,
            destination=who.wallet,
            amount=points,
            reason="planting",
            occurred_at=now,
        )


def offered(
    terms: Terms = BRUSH,
    stock: int = 5,
    *,
    shop: str = SHOP,
    published: bool = True,
    **other: object,
) -> OfferCard:
    """Let a shop offer a brush, five of them and for everyone, unless told otherwise."""
    staff, offer_id, now = clerk(shop), uuid4(), clock.now()
    until = clock.day_of(now) + timedelta(days=300)
    said = replace(terms, **{"offered_until": until, **other})
    draft = OfferDraft(organisation(shop), OfferKind.BAMBOO, stock, said)
    with transaction() as session:
        card = offers.propose_offer(session, staff.actor, offer_id, draft, now)
    if published:
        agent = operator()
        with transaction() as session:
            card = offers.decide_terms(session, agent.actor, offer_id, None, now)
    return card


def redeemed(
    who: SignedIn,
    offer: OfferCard,
    *,
    name: UUID | None = None,
    version: UUID | None = None,
    address: Address | None = None,
) -> RedemptionCard:
    """Let somebody redeem an offer; return the redemption as they see it."""
    redemption_id = name or uuid4()
    draft = RedemptionDraft(offer.offer_id, version or offer.version_id, address)
    with transaction() as session:
        redemptions.redeem(session, who.actor, redemption_id, draft, clock.now())
    return seen(who, redemption_id)


def seen(who: SignedIn, redemption_id: UUID) -> RedemptionCard:
    """A redemption as somebody sees it."""
    with snapshot() as session:
        return redemption_queries.redemption(session, who.actor, redemption_id)


def left(offer: OfferCard) -> int:
    """How many can still be redeemed."""
    with snapshot() as session:
        return offer_queries.version(session, offer.version_id).left


def has(who: SignedIn) -> int:
    """What somebody can spend."""
    with snapshot() as session:
        return balance(session, who.wallet)


def agrees_to_sending(who: SignedIn) -> None:
    """Let somebody agree to have their address kept."""
    purpose = consents.Purpose.DELIVERY
    with transaction() as session:
        consents.give(
            session, who.actor, who.person_id, purpose, TEXTS[purpose].hash, "page", clock.now()
        )


def cause(cause_id: UUID | None = None) -> UUID:
    """Put up a cause."""
    name = cause_id or uuid4()
    draft = replace(CAUSE, organisation_id=organisation("闽江源保护中心"))
    with transaction() as session:
        causes.publish_cause(session, operator().actor, name, draft, clock.now())
    return name


def donated(who: SignedIn, cause_id: UUID, points: int = 10, name: UUID | None = None):
    """Let somebody give points to a cause."""
    draft = DonationDraft(cause_id, points)
    with transaction() as session:
        return causes.donate(session, who.actor, name or uuid4(), draft, clock.now())
