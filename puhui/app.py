"""The web application. Imported by `wsgi.py`, `local` and tests, by nobody else."""

from pathlib import Path

import flask
from flask import Flask
from flask_smorest import Blueprint

from puhui.db.session import snapshot
from puhui.identity.queries import actor_of_token
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.register.api import resources as register_resources
from puhui.register.pages import pages as register_pages
from puhui.settings import Settings
from puhui.web import edge, health
from puhui.web.logs import keep_log
from puhui.web.metrics import count_requests
from puhui.web.pages import pages as home

RESOURCES: list[Blueprint] = [
    # One line a package: its JSON resources.
    register_resources,
]
PAGES: list[flask.Blueprint] = [
    # One line a package: its pages.
    home,
    health.blueprint,
    register_pages,
]

STATIC = Path(__file__).resolve().parents[1] / "static"


def create_app(settings: Settings) -> Flask:
    """Build the application. The caller has bound the database (`puhui.db.session.connect`)."""
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    app.extensions["puhui.settings"] = settings
    app.extensions["puhui.identify"] = _identify
    keep_log(app)
    count_requests(app)
    api = edge.install(app, settings)
    for resources in RESOURCES:
        api.register_blueprint(resources)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app


def _identify(token: str) -> Actor | None:
    with snapshot() as session:
        return actor_of_token(session, token, now())
