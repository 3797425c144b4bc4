"""An application with things on it, beside the real one."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import Engine

from puhui.identity.queries import actor_of_token
from puhui.kernel.clock import now
from puhui.settings import Settings
from puhui.web import edge, pages
from tests.makers.identity import SignedIn, person
from tests.web import things as trial

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(settings: Settings, database: Engine) -> MakeApp:
    """Make an application of things, with some settings changed."""

    def identify(token: str):
        return actor_of_token(token, now())

    def make(**changed: object) -> Flask:
        trial.made.clear()
        app = Flask("trial", static_folder=None)
        wanted = replace(settings, **changed)
        app.extensions["puhui.settings"] = wanted
        app.extensions["puhui.identify"] = identify
        app.add_url_rule("/static/<path:filename>", "static", lambda filename: "")
        document = edge.install(app, wanted)
        document.register_blueprint(trial.things)
        app.register_blueprint(trial.thing_pages)
        app.register_blueprint(pages.pages)
        templates = DictLoader({"things_form.html": trial.FORM})
        app.jinja_loader = ChoiceLoader([templates])
        return app

    return make


@pytest.fixture
def things(make_app: MakeApp) -> FlaskClient:
    """A client of the application of things."""
    return make_app().test_client()


@pytest.fixture
def li(database: Engine) -> SignedIn:
    """李雷, signed in."""
    return person("李雷")
