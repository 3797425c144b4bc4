"""A certificate of points given to a cause as PDF/A in Chinese and English."""

from pathlib import Path

from puhui.rewards.queries.causes import DonationCard
from puhui.web.paper import printed_pdf
from puhui.web.qr import svg_of

TEMPLATE = Path(__file__).with_name("donation_certificate.typ")


def pdf_of(card: DonationCard, address: str) -> bytes:
    """Return the certificate on one sheet, as much of it as `card` shows.

    `address` is its public page, which the QR code names. The same card gives the same bytes.
    """
    carrier, words = card.cause.carrier, card.cause.draft
    told = {
        "code": f"{card.code[:4]}-{card.code[4:8]}-{card.code[8:]}",
        "name": card.name,
        "points": card.points,
        "cause": {"zh": words.name_zh, "en": words.name_en},
        "says": {"zh": words.says_zh, "en": words.says_en},
        "carrier": {"zh": carrier.name, "en": carrier.name_en or carrier.name},
        "transfer": str(card.donation_id),
        "issued_on": card.donated_at.date().isoformat(),
        "address": address,
    }
    return printed_pdf(
        TEMPLATE, {"certificate": told}, {"qr": svg_of(address, "QR")}, card.donated_at
    )
