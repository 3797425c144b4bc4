"""The web application. Imported by `wsgi.py`, `local` and tests, by nobody else."""

from pathlib import Path

import flask
from flask import Flask
from flask_smorest import Blueprint

from puhui.claim_check import claim_limits
from puhui.credits import api as credits_api
from puhui.credits.pages import pages as credits_pages
from puhui.credits.paying.api import blueprint as money_resources
from puhui.db.session import transaction
from puhui.events import api as events_api
from puhui.events import queries as event_queries
from puhui.events.pages import pages as event_pages
from puhui.evidence.store import keep_in
from puhui.exchange import pages as exchange_pages
from puhui.factors import api as factors_api
from puhui.factors import pages as factors_pages
from puhui.factors.uses import Finder
from puhui.footprint import api as footprint_api
from puhui.footprint import pages as footprint_pages
from puhui.footprint import queries as footprint_queries
from puhui.footprint.pages import standing as label_standing
from puhui.identity import api as identity_api
from puhui.identity import pages as identity_pages
from puhui.identity import queries as identity
from puhui.identity.service import clients, sessions
from puhui.identity.session import TOUCH
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.register.api import resources as register_resources
from puhui.register.pages import pages as register_pages
from puhui.rewards import api as rewards_api
from puhui.rewards.pages import pages as rewards_pages
from puhui.rights.api import resources as rights_resources
from puhui.rights.pages import pages as rights_pages
from puhui.settings import Settings
from puhui.web import edge, health
from puhui.web.kept import Kept
from puhui.web.logs import keep_log
from puhui.web.metrics import count_requests
from puhui.web.pages import pages as home

RESOURCES: list[Blueprint] = [
    # One line a package: its JSON resources.
    register_resources,
    *credits_api.blueprints,
    money_resources,
    *identity_api.blueprints,
    *events_api.blueprints,
    *rewards_api.blueprints,
    *factors_api.blueprints,
    *footprint_api.blueprints,
    rights_resources,
]
PAGES: list[flask.Blueprint] = [
    # One line a package: its pages.
    home,
    health.blueprint,
    register_pages,
    identity_pages.pages,
    credits_pages,
    rewards_pages,
    event_pages,
    factors_pages.pages,
    footprint_pages.pages,
    exchange_pages.pages,
    rights_pages,
]

FACTOR_USES: list[Finder] = [footprint_queries.uses_of_factor, event_queries.uses_of_factor]
"""Who knows what was computed with a factor; `factors` itself may not know them."""

STATIC = Path(__file__).resolve().parents[1] / "static"


def create_app(settings: Settings) -> Flask:
    """Build the application. The caller has bound the database (`puhui.db.session.connect`)."""
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    keep_in(settings.data_dir)
    app.extensions["puhui.settings"] = settings
    app.extensions["puhui.identify"] = _identify
    app.extensions["puhui.factor_uses"] = FACTOR_USES
    app.extensions["puhui.claim_limits"] = claim_limits
    app.extensions["puhui.linked_data"] = exchange_pages.described
    keep_log(app)
    count_requests(app)
    api = edge.install(app, settings)
    for resources in RESOURCES:
        api.register_blueprint(resources)
    for pages in PAGES:
        app.register_blueprint(pages)
    app.wsgi_app = Kept(  # type: ignore[method-assign]
        app.wsgi_app, label_standing.ROUTES, label_standing.reader(settings.secret)
    )
    return app


def _identify(token: str) -> Actor | None:
    """Return who holds the token, and note once a minute that it was used."""
    asked_at = now()
    found = identity.credential_of_token(token, asked_at)
    if found is None or found.waits_for_guardian:
        return None
    if found.last_seen_at is None or found.last_seen_at <= asked_at - TOUCH:
        with transaction() as session:
            if found.session_id is not None:
                sessions.touch(session, found.session_id, asked_at)
            elif found.client_id is not None:
                clients.touch(session, found.client_id, asked_at)
    return found.actor
