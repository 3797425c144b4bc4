"""Members of an organisation on the wire."""

from puhui.kernel.actor import Role
from puhui.web.paging import page_schema
from puhui.web.schema import Code, Enum, Instant, List, Schema, Text, Uuid


class MemberSchema(Schema):
    """A person and the roles they hold here."""

    person_id = Uuid(required=True)
    display_name = Text(60, required=True)
    roles = List(Enum(Role), required=True)


class ChangeSchema(Schema):
    """A role was given or taken."""

    person_id = Uuid(required=True)
    display_name = Text(60, required=True)
    role = Enum(Role, required=True)
    change = Code("given|taken", required=True)
    changed_by = Uuid(required=True, allow_none=True)
    changed_at = Instant(required=True)


MemberPageSchema = page_schema(MemberSchema)
ChangePageSchema = page_schema(ChangeSchema)
