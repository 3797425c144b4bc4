"""A certificate as PDF/A: the same certificate gives the same bytes."""

from pathlib import Path

from puhui.credits.certificate import Certificate, printed
from puhui.web.paper import printed_pdf
from puhui.web.qr import svg_of

TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf_of(certificate: Certificate, address: str, index: int | None) -> bytes:
    """Return the certificate as PDF/A-2b in Chinese and English.

    `address` is its public page, which the QR code names; `index` its number in the register,
    None while it has none.
    """
    return printed_pdf(
        TEMPLATE,
        {"certificate": printed(certificate, address, index)},
        {"qr": svg_of(address, "QR")},
        certificate.retired_at,
    )
