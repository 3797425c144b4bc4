"""The WSGI entry: settings in, application out."""

from puhui.app import create_app
from puhui.db.session import connect
from puhui.settings import from_environment

_settings = from_environment()
connect(_settings.database_url)
application = create_app(_settings)
