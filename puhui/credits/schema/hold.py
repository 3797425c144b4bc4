"""Holds on the wire."""

from puhui.credits.batch import LONGEST
from puhui.credits.certificate import CODE_LENGTH
from puhui.credits.hold import HoldState
from puhui.credits.schema.proposal import ProposalSchema
from puhui.web.schema import Enum, Instant, Text, Uuid


class HoldSchema(ProposalSchema):
    """Credits kept for a purpose, at a frozen price."""

    class Meta(ProposalSchema.Meta):
        exclude = ("proven", "at_least_fen")

    hold_id = Uuid(required=True)
    organisation_id = Uuid(required=True, allow_none=True, description="个人认购时为空")
    purpose_kind = Text(40, required=True)
    purpose_id = Uuid(required=True)
    title = Text(LONGEST, required=True)
    state = Enum(HoldState, required=True)
    reference = Text(40, required=True, description="转账时写在附言里")
    made_at = Instant(required=True)
    expires_at = Instant(required=True)
    certificate = Text(CODE_LENGTH, required=True, allow_none=True)
