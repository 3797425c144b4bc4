"""Every package that keeps tables, in the order in which a person is erased from them.

Identity comes first: with the number the door is shut, and nothing new can be written. A package
that gains tables says what they keep in its `personal.py`; a new package gets a line here.
"""

from puhui.credits.personal import PERSONAL as CREDITS
from puhui.db.personal import Personal
from puhui.events.personal import PERSONAL as EVENTS
from puhui.evidence.personal import PERSONAL as EVIDENCE
from puhui.factors.personal import PERSONAL as FACTORS
from puhui.footprint.personal import PERSONAL as FOOTPRINT
from puhui.identity.personal import PERSONAL as IDENTITY
from puhui.ledger.personal import PERSONAL as LEDGER
from puhui.outbox.personal import PERSONAL as OUTBOX
from puhui.register.personal import PERSONAL as REGISTER
from puhui.rewards.personal import PERSONAL as REWARDS
from puhui.rights.personal import PERSONAL as RIGHTS
from puhui.web.personal import PERSONAL as WEB

PACKAGES: tuple[Personal, ...] = (
    IDENTITY,
    REWARDS,
    CREDITS,
    FOOTPRINT,
    EVENTS,
    FACTORS,
    EVIDENCE,
    LEDGER,
    REGISTER,
    OUTBOX,
    WEB,
    RIGHTS,
)
