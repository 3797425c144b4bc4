"""Children on the wire."""

from puhui.identity.purpose import TEXTS, Purpose
from puhui.identity.schema.sign_in import DIGITS, phone_field
from puhui.web.paging import page_schema
from puhui.web.schema import Code, Schema, Text, Uuid, Year


class ChildSchema(Schema):
    """A child whose guardian is asking."""

    person_id = Uuid(required=True)
    display_name = Text(60, required=True)
    birth_year = Year(required=True)


class ChildAcceptedSchema(Schema):
    """The guardian's consent for a waiting child, with the code that the child shows."""

    phone = phone_field("孩子的手机号")
    guardian_code = Code(DIGITS, most=12, required=True, example="02048160")
    display_name = Text(60, required=True, description="孩子的称呼", example="小明")
    text_hash = Code("[0-9a-f]{64}", required=True, example=TEXTS[Purpose.GUARDIAN].hash)


ChildPageSchema = page_schema(ChildSchema)
