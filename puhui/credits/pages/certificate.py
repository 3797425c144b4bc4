"""Certificates: page, PDF, file, proof."""

from json import dumps

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from puhui.credits import queries
from puhui.credits.api.certificate import address_of
from puhui.credits.certificate import TITLES, Certificate, envelope, printed
from puhui.credits.errors import UnknownCertificate
from puhui.credits.pages.blueprint import pages
from puhui.credits.pdf import pdf_of
from puhui.db.session import snapshot
from puhui.kernel.text import N_
from puhui.register import queries as register
from puhui.register.proof import Proof
from puhui.web.download import as_file
from puhui.web.locale import said, tag
from puhui.web.qr import svg_of


@pages.get("/c/<code>")
def certificate(code: str) -> ResponseReturnValue:
    """Show a certificate to everyone."""
    found, proof, _ = _found(code)
    if found.code != code:
        return redirect(f"/c/{found.code}", 301)
    lang = "en" if tag() == "en" else "zh"
    told = printed(found, address_of(found), proof.index if proof else None)
    return render_template(
        "credits/certificate.html",
        certificate=found,
        told=told,
        lang=lang,
        title=said(TITLES[found.standing][0]),
        qr=Markup(svg_of(told["address"], said(N_("证书二维码")))),  # noqa: S704  our own drawing
        proof=proof,
    )


@pages.get("/c/<code>.pdf")
def certificate_pdf(code: str) -> ResponseReturnValue:
    """Give out a certificate as PDF/A."""
    found, proof, _ = _found(code)
    body = pdf_of(found, address_of(found), proof.index if proof else None)
    return as_file(body, "application/pdf", f"puhui-{found.code}.pdf", inline=True)


@pages.get("/c/<code>.json")
def certificate_json(code: str) -> ResponseReturnValue:
    """Give out a certificate as a file that `puhui register check` checks offline."""
    found, proof, key = _found(code)
    told = envelope(found, str(proof) if proof else None, key)
    body = dumps(told, ensure_ascii=False, indent=2) + "\n"
    return as_file(body, "application/json", f"puhui-{found.code}.json")


@pages.get("/c/<code>.tlog-proof")
def certificate_proof(code: str) -> ResponseReturnValue:
    """Give out the proof that the retirement stands in the public register."""
    found, proof, _ = _found(code)
    if proof is None:
        raise UnknownCertificate(code=code)
    name = f"puhui-{found.code}.tlog-proof"
    return as_file(str(proof), "text/plain; charset=utf-8", name)


def _found(code: str) -> tuple[Certificate, Proof | None, str | None]:
    with snapshot() as session:
        found = queries.certificate_by_code(session, code)
        if found is None:
            raise UnknownCertificate(code=code)
        proof = register.proof_of(session, "retirement", str(found.retirement_id))
        keys = register.keys(session)
    return found, proof, keys[0].key if proof else None
