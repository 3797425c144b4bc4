"""What may become of money that pays for nothing."""

from enum import StrEnum


class RefundState(StrEnum):
    """`asked`: to be confirmed. `sending`: the gateway may or may not have sent it. `sent`: it is
    on its way. `set_aside`: it is none of ours. `withdrawn`: nothing has happened after all."""

    ASKED = "asked"
    SENDING = "sending"
    SENT = "sent"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"
