"""The badge of an event: a picture that other sites embed and that says where the event stands."""

from hashlib import sha256
from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from puhui.db.session import snapshot
from puhui.events import queries
from puhui.events.activity import SOURCE_NAMES
from puhui.events.neutrality import STATE_NAMES
from puhui.events.pages.blueprint import pages
from puhui.events.queries import EventCard
from puhui.kernel.clock import now
from puhui.kernel.text import N_
from puhui.web.conditional import version_is
from puhui.web.guard import embeddable
from puhui.web.locale import CHINESE, ENGLISH, said, tag

FRESH_S = 300
"""How long another site's readers may keep the picture before they ask again."""


@pages.get("/events/<uuid:event_id>/badge.svg")
@embeddable
def badge(event_id: UUID) -> ResponseReturnValue:
    """Draw the badge in the reader's language."""
    return _drawn(event_id)


@pages.get("/events/<uuid:event_id>/badge-<any(zh, en):language>.svg")
@embeddable
def badge_in(event_id: UUID, language: str) -> ResponseReturnValue:
    """Draw the badge in one language, the same for every reader."""
    with force_locale(ENGLISH if language == "en" else CHINESE):
        response = _drawn(event_id)
        response.headers["Content-Language"] = tag()
    return response


def _drawn(event_id: UUID) -> Response:
    with snapshot() as session:
        card = queries.card(session, queries.event_for(session, None, event_id), now())
    estimate = card.standing.estimate
    kg = None if estimate is None else f"{card.standing.retired_kg}/{estimate.need_kg} kg"
    svg = render_template(
        "events/badge.svg",
        card=card,
        state=said(STATE_NAMES[card.standing.state]),
        kg=kg,
        retired=None if kg is None else said(N_("已注销/应注销 %(kg)s"), kg=kg),
        boundary=_boundary(card),
    )
    response = Response(svg, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={FRESH_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    version_is(sha256(svg.encode()).hexdigest()[:32])
    return response


def _boundary(card: EventCard) -> str:
    """Return how many sources are counted, and which."""
    included = [said(SOURCE_NAMES[bound.source]) for bound in card.boundary if bound.included]
    return said(
        N_("边界 %(counted)s/%(all)s 类：%(sources)s"),
        counted=len(included),
        all=len(card.boundary),
        sources=(", " if tag() == "en" else "、").join(included),
    )
