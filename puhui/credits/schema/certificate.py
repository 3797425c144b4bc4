"""Certificates on the wire."""

from puhui.credits.batch import LONGEST
from puhui.credits.certificate import Standing
from puhui.web.schema import Enum, Instant, List, Nested, Schema, Text


class DocumentSchema(Schema):
    """What a certificate says; its form is fixed by its version `v`."""

    class Meta:
        unknown = "include"


class ErratumShownSchema(Schema):
    """A public correction, as it is shown."""

    zh = Text(2000, required=True)
    en = Text(2000, required=True)
    at = Instant(required=True)


class CertificateSchema(Schema):
    """A certificate with what is needed to check it offline (`puhui register check FILE`)."""

    document = Nested(DocumentSchema, required=True)
    standing = Enum(Standing, required=True)
    errata = List(Nested(ErratumShownSchema), most=1000, required=True)
    reversals = List(Nested(DocumentSchema), most=1000, required=True)
    openings = Nested(DocumentSchema, required=True)
    signature = Nested(DocumentSchema, required=True, allow_none=True)
    proof = Text(100_000, required=True, allow_none=True)
    key = Text(LONGEST, required=True, allow_none=True)
