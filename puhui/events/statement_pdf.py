"""A statement as PDF/A: the same statement gives the same bytes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from puhui.events.activity import LEVEL_NAMES, Level
from puhui.events.queries.statements import StatementCard
from puhui.events.reckoning import SENSITIVITY_NAMES
from puhui.events.statement import BEIJING, CONFIRMATION_IN_ENGLISH, CONFIRMATION_NAMES, TITLES
from puhui.web.paper import printed_pdf
from puhui.web.qr import svg_of

TEMPLATE = Path(__file__).with_name("statement.typ")

LEVELS_IN_ENGLISH: Mapping[Level, str] = {
    Level.MEASURED: "Measured",
    Level.ACTIVITY: "Activity data",
    Level.DEFAULT: "Default estimate",
}
SENSITIVITIES_IN_ENGLISH: Mapping[str, str] = {
    "radiative_forcing": "With the effect of flights at altitude",
    "streaming_high": "With the upper figure for online attendance (CO2 only)",
    "canteen_food_low": "With the lower figure for meals",
}


def pdf_of(card: StatementCard, address: str) -> bytes:
    """Return the statement as PDF/A-2b in Chinese and English.

    `address` is its public page, which the QR code names.
    """
    return printed_pdf(
        TEMPLATE, {"statement": _printed(card, address)}, {"qr": svg_of(address, "QR")},
        card.stated_at,
    )  # fmt: skip


def _printed(card: StatementCard, address: str) -> dict[str, Any]:
    title_zh, title_en = TITLES[card.kind]
    return {
        **card.document,
        "title": {"zh": title_zh, "en": title_en},
        "address": address,
        "digest": card.sha256,
        "stated_on": card.stated_at.astimezone(BEIJING).date().isoformat(),
        "level_names": {
            str(level): {"zh": LEVEL_NAMES[level], "en": LEVELS_IN_ENGLISH[level]}
            for level in Level
        },
        "sensitivity_names": {
            name: {"zh": SENSITIVITY_NAMES[name], "en": SENSITIVITIES_IN_ENGLISH[name]}
            for name in SENSITIVITY_NAMES
        },
        "reversed": list(card.reversed_certificates),
        "confirmations": [
            {
                "kind": {
                    "zh": CONFIRMATION_NAMES[each.kind],
                    "en": CONFIRMATION_IN_ENGLISH[each.kind],
                },
                "by": {"zh": each.organisation, "en": each.organisation_en or each.organisation},
                "says": {"zh": each.says_zh, "en": each.says_en or each.says_zh},
                "on": each.confirmed_at.astimezone(BEIJING).date().isoformat(),
                "is_current": each.is_current,
                "sha256": each.sha256,
            }
            for each in card.confirmations
        ],
    }
