"""Who carries which share of a retirement, on the wire and in a form."""

import re
from typing import Any

from marshmallow import ValidationError, post_load

from puhui.credits.batch import LONGEST
from puhui.credits.sponsor import Sponsor, are_whole
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.schema import DecimalString, List, Nested, Schema, Text

NOT_WHOLE = N_("每家写一次，份额合计应为 100%")


class SponsorSchema(Schema):
    """A share of a retirement."""

    name = Text(LONGEST, required=True)
    name_en = Text(LONGEST, may_be_blank=True, load_default="")
    percent = DecimalString(more_than=0, places=2, required=True, example="62.5")

    @post_load
    def _sponsor(self, found: dict[str, Any], **_: Any) -> Sponsor:
        return Sponsor(found["name"], found["name_en"], int(found["percent"] * 100))


class SponsorsSchema(Schema):
    """Shares that are the whole, or none."""

    sponsors = List(Nested(SponsorSchema), most=100, required=True)

    @post_load
    def _whole(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        if found["sponsors"] and not are_whole(found["sponsors"]):
            raise ValidationError({"sponsors": [Fault("not_whole", NOT_WHOLE)]})
        return found


class SponsorsFormSchema(Schema):
    """The same, as a person writes it: a line for each, its share last."""

    sponsors = Text(20_000, may_be_blank=True, load_default="")

    @post_load
    def _lines(self, found: dict[str, Any], **_: Any) -> list[Sponsor]:
        read = [_sponsor_of(line) for line in found["sponsors"].splitlines() if line.strip()]
        sponsors = [each for each in read if each is not None]
        if len(sponsors) < len(read) or (sponsors and not are_whole(sponsors)):
            raise ValidationError({"sponsors": [Fault("not_whole", NOT_WHOLE)]})
        return sponsors


def _sponsor_of(line: str) -> Sponsor | None:
    """Return what `name, percent` or `name, name in English, percent` says, or None."""
    parts = [part.strip() for part in re.split("[,，]", line)]
    written = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", parts[-1].rstrip("% "))
    if len(parts) not in (2, 3) or not parts[0] or written is None:
        return None
    name_en = parts[1] if len(parts) == 3 else ""
    return Sponsor(parts[0], name_en, int(written[1] + f"{written[2] or '':0<2}"))
