"""An organisation's programs on the wire."""

from puhui.identity.client import PERMISSIONS
from puhui.kernel.actor import Permission
from puhui.web.paging import page_schema
from puhui.web.schema import Enum, Instant, List, Schema, Text, Uuid


class ClientDraftSchema(Schema):
    """A machine, and the little it may do."""

    name = Text(60, required=True, example="ERP")
    permissions = List(
        Enum(Permission),
        least=1,
        most=len(PERMISSIONS),
        required=True,
        description=" ".join(sorted(PERMISSIONS)),
    )


class ClientSchema(Schema):
    """A machine, without its secret."""

    client_id = Uuid(required=True)
    organisation_id = Uuid(required=True)
    name = Text(60, required=True)
    prefix = Text(32, required=True)
    permissions = List(Enum(Permission), required=True)
    made_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


class NewClientSchema(ClientSchema):
    """A machine just made, with its token; asked again the token is null."""

    token = Text(128, required=True, allow_none=True, description="只在此刻给出")


ClientPageSchema = page_schema(ClientSchema)
