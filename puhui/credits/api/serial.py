"""JSON resource of where serials are."""

from flask.views import MethodView

from puhui.credits import public
from puhui.credits.schema.serial import SerialFatesSchema, SerialQuery
from puhui.db.session import snapshot
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import open_to_all

serials = json_blueprint("credit-serials", "/api/credits/serials", "序列号在哪里 / Serials")


@serials.route("")
class Serials(MethodView):
    """Where serials are."""

    @serials.arguments(SerialQuery, location="query")
    @serials.response(200, SerialFatesSchema)
    @open_to_all
    def get(self, asked: dict[str, str]) -> dict[str, list[public.Fate]]:
        """Find the blocks that hold a serial or a range, in any form, and their fate."""
        with snapshot() as session:
            return {"items": public.fates(session, asked["text"])}
