"""Redeem points for what a partner offers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from json import dumps
from secrets import choice
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.code import LETTERS
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.ledger.errors import InsufficientBalance
from puhui.rewards.errors import NameTaken, NoThresholds
from puhui.rewards.model.redemption import Redemption
from puhui.rewards.queries.redemptions import address_of, address_place, code_place
from puhui.rewards.redemption import CODE_LENGTH, RedemptionDraft
from puhui.rewards.shop_errors import (
    AccountTooYoung,
    EnoughRedeemed,
    MonthIsFull,
    NoSuchOffer,
    NothingSentToMinors,
    OfferChanged,
    OfferOver,
    SoldOut,
    TooManyOnDevice,
)

_REDEEM = text("""
    SELECT rewards_redeem(:redemption, :person, :offer, :version, :code_hash, :code_sealed,
                          :address, :account_days, :minor, :now)""")
_FLOOR = "ck_ledger_account_balance_not_negative"


def redeem(
    session: Session, actor: Actor, redemption_id: UUID, draft: RedemptionDraft, now: datetime
) -> bool:
    """Give points for an offer; return True if this call did, False if it was done before.

    Stock, points, code and limits are one call of `rewards_redeem` (migration 0031). The points
    go from the wallet to the partner's account by a transfer named after the redemption.

    Raises:
        NoSuchOffer, OfferChanged, OfferOver, SoldOut: it cannot be had on these terms.
        AccountTooYoung, TooManyOnDevice, MonthIsFull, EnoughRedeemed: the person may not, now.
        InsufficientBalance: the wallet holds too few; what waits to mature cannot be spent.
        NothingSentToMinors, ConsentMissing: no address of theirs may be kept.
        Invalid: an address is missing, or not wanted.
        NameTaken: the name was used for something else.
    """
    actor.require(Permission.POINTS_SPEND)
    since, minor = identity.standing(session, actor.person_id, now)
    sealed = None
    if draft.address is not None:
        if minor:
            raise NothingSentToMinors
        consents.require(session, actor.person_id, consents.Purpose.DELIVERY)
        written = dumps(asdict(draft.address), ensure_ascii=False)
        sealed = vault().seal(written, address_place(redemption_id))
    code = "".join(choice(LETTERS) for _ in range(CODE_LENGTH))
    try:
        outcome = session.scalar(
            _REDEEM,
            {
                "redemption": redemption_id,
                "person": actor.person_id,
                "offer": draft.offer_id,
                "version": draft.version_id,
                "code_hash": vault().hash_of_redemption_code(code),
                "code_sealed": vault().seal(code, code_place(redemption_id)),
                "address": sealed,
                "account_days": (now - since).days,
                "minor": minor,
                "now": now,
            },
        )
    except IntegrityError as refusal:
        # A night's expiry may come between the look at the wallet and the transfer.
        if _constraint_of(refusal) == "ledger_transfer_differs":
            raise NameTaken(redemption=str(redemption_id)) from refusal
        if _constraint_of(refusal) != _FLOOR:
            raise
        raise InsufficientBalance(redemption=str(redemption_id)) from refusal
    if outcome == "redeemed":
        return True
    if outcome == "repeated":
        _same_address(session, redemption_id, draft)
        return False
    if outcome in _FAULTS:
        raise Invalid([_FAULTS[outcome]])
    raise _REFUSALS[str(outcome)](offer=str(draft.offer_id))


def _constraint_of(refusal: IntegrityError) -> str | None:
    diagnosis = getattr(refusal.orig, "diag", None)
    return None if diagnosis is None else str(diagnosis.constraint_name)


def _same_address(session: Session, redemption_id: UUID, draft: RedemptionDraft) -> None:
    """Refuse a repetition to another address; a deleted one can no longer be compared."""
    row = session.get_one(Redemption, redemption_id)
    kept = address_of(row)
    if kept is not None and kept != draft.address:
        raise NameTaken(redemption=str(redemption_id))


_FAULTS: Mapping[str, Fault] = {
    "address_missing": Fault("address_missing", N_("请填写寄送地址"), field="address"),
    "address_unwanted": Fault("address_unwanted", N_("到店的兑换品不填地址"), field="address"),
}
_REFUSALS: Mapping[str, type[DomainError]] = {
    "differs": NameTaken,
    "no_offer": NoSuchOffer,
    "no_thresholds": NoThresholds,
    "nothing_sent_to_minors": NothingSentToMinors,
    "account_too_young": AccountTooYoung,
    "too_many_on_device": TooManyOnDevice,
    "month_is_full": MonthIsFull,
    "enough_redeemed": EnoughRedeemed,
    "insufficient": InsufficientBalance,
    "over": OfferOver,
    "changed": OfferChanged,
    "sold_out": SoldOut,
}
