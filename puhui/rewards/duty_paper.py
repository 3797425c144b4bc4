"""A certificate of duty trees as PDF/A in Chinese and English."""

from pathlib import Path

from puhui.rewards.duty import CATEGORY_NAMES, CERTIFICATE_NAMES, Category
from puhui.rewards.queries.duties import CertificateCard
from puhui.web.paper import printed_pdf
from puhui.web.qr import svg_of

TEMPLATE = Path(__file__).with_name("duty_certificate.typ")

ENGLISH = {
    Category.PLANTING: "Planting",
    Category.TENDING: "Tending",
    Category.PROTECTION: "Nature protection",
    Category.ADOPTION: "Adoption",
    Category.FACILITIES: "Facilities",
    Category.DONATION: "Donation",
    Category.SERVICE: "Voluntary service",
    Category.OTHER: "Other forms",
}


def pdf_of(card: CertificateCard, address: str, index: int | None) -> bytes:
    """Return the certificate on one sheet, as much of it as `card` shows.

    `address` is its public page, which the QR code names; `index` its number in the register,
    None while it has none. The same card gives the same bytes.
    """
    zh, en = CERTIFICATE_NAMES[card.tier]
    told = {
        "title": {"zh": zh, "en": en},
        "code": f"{card.code[:4]}-{card.code[4:8]}-{card.code[8:]}",
        "name": card.name,
        "year": card.year,
        "trees": card.trees,
        "trees_now": card.trees_now,
        "forms": [
            {"zh": CATEGORY_NAMES[form], "en": ENGLISH[form], "trees": trees}
            for form, trees in sorted((card.by_category or {}).items())
        ],
        "issued_on": card.issued_at.date().isoformat(),
        "address": address,
        "index": index,
    }
    return printed_pdf(
        TEMPLATE, {"certificate": told}, {"qr": svg_of(address, "QR")}, card.issued_at
    )
