"""Where the payment gateway tells us what has happened. No page: a signed letter box."""

import structlog
from flask import jsonify, request
from flask.typing import ResponseReturnValue

from puhui.credits.pages.blueprint import pages
from puhui.credits.paying import service
from puhui.credits.paying.errors import GatewayClosed, MalformedNotice, Replayed
from puhui.credits.paying.gateway import current_gateway
from puhui.credits.paying.installation import NOTIFICATIONS
from puhui.credits.paying.signature import NotSigned
from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024


@pages.post(NOTIFICATIONS)
def take() -> ResponseReturnValue:
    """Take a notification in: 200 once it is, 401 for what the gateway has not signed just now.

    After anything but 200 the gateway tries again, with a new stamp.
    """
    gateway = current_gateway()
    if gateway is None:
        raise GatewayClosed()
    request.max_content_length = MOST_BYTES
    body = request.get_data(cache=False)
    try:
        notice = gateway.read("POST", request.path, dict(request.headers), body, now())
    except NotSigned as refusal:
        log.warning("gateway.not_signed", code=refusal.code)
        return jsonify(code=refusal.code), 401
    except MalformedNotice as refusal:
        log.error("gateway.malformed_notice")
        return jsonify(code=refusal.code), 400
    try:
        with transaction() as session:
            taken = service.take_notice(session, notice, now())
    except Replayed as refusal:
        return jsonify(code=refusal.code), 409
    except DomainError as refusal:
        # Signed, and against the books: a person has to see it.
        log.error("gateway.refused", code=refusal.code, number=notice.told.number)
        return jsonify(code=refusal.code), 409
    if taken is not None and taken.odd is not None and not taken.known:
        log.warning("gateway.odd_money", odd=taken.odd, number=notice.told.number)
    return jsonify(code="taken")
