"""Calls to the payment gateway, each between two transactions; and what the clock does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits.paying import service
from puhui.credits.paying.gateway import (
    Gateway,
    GatewayDown,
    GatewayRefused,
    Standing,
    current_gateway,
)
from puhui.db.session import transaction


def place_order(payload: dict[str, Any], now: datetime) -> None:
    """Make an order payable. No answer leaves it `asked`: the outbox calls again."""
    order_id = UUID(payload["order_id"])
    with transaction() as session:
        wanted = service.order_to_place(session, order_id, now)
    if wanted is None:
        return
    try:
        placed = _gateway().place(wanted)
    except GatewayRefused as refusal:
        with transaction() as session:
            service.order_refused(session, order_id, refusal.code)
        return
    with transaction() as session:
        service.order_placed(session, order_id, placed)


def check_order(payload: dict[str, Any], now: datetime) -> None:
    """Ask what became of an order, and close it once its hold is over.

    No answer changes nothing: the clock asks again.
    """
    order_id = UUID(payload["order_id"])
    with transaction() as session:
        wanted = service.order_to_check(session, order_id, now)
    if wanted is None:
        return
    number, is_over = wanted
    try:
        gateway = _gateway()
        told = gateway.look(number)
        if told is not None and told.standing is Standing.OPEN and is_over:
            told = gateway.close(number)
    except (GatewayDown, GatewayRefused):
        return
    with transaction() as session:
        if told is not None:
            service.hear(session, told, now)
        elif is_over:
            # It never arrived there, and nobody can pay it.
            service.order_refused(session, order_id, "order_unknown")


def send_back(payload: dict[str, Any], now: datetime) -> None:
    """Let the gateway send money back. No answer leaves it `sending`: the outbox calls again."""
    refund_id = UUID(payload["refund_id"])
    with transaction() as session:
        wanted = service.refund_to_send(session, refund_id)
    if wanted is None:
        return
    try:
        reference = _gateway().send_back(wanted)
    except GatewayRefused as refusal:
        with transaction() as session:
            service.refund_refused(session, refund_id, refusal.code)
        return
    with transaction() as session:
        service.refund_sent(session, refund_id, reference, now)


def check_orders(session: Session, now: datetime) -> None:
    """Let the gateway be asked about orders of which nothing was heard."""
    service.check_orders(session, now)


def forget(session: Session, now: datetime) -> None:
    """Forget nonces that are of no use, and whom invoices were sent to."""
    service.forget_nonces(session, now)
    service.forget_contacts(session, now)


def _gateway() -> Gateway:
    gateway = current_gateway()
    if gateway is None:
        # It was there when the order was taken; what became of that, nobody here can tell.
        raise GatewayDown("this process has no gateway")
    return gateway
