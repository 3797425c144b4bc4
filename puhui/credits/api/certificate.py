"""JSON resource of certificates."""

from json import dumps

from flask import Response, current_app
from flask.views import MethodView

from puhui.credits import queries
from puhui.credits.api.blueprint import blueprint
from puhui.credits.certificate import Certificate, envelope
from puhui.credits.errors import UnknownCertificate
from puhui.credits.schema.certificate import CertificateSchema
from puhui.db.session import snapshot
from puhui.register import queries as register
from puhui.settings import Settings
from puhui.web.guard import open_to_all

_CODE = {
    "name": "code",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z]{5}-?[0-9A-Za-z]{5}$"},
    "example": "6WV1F-YDC02",
}


@blueprint.route("/certificates/<code>", parameters=[_CODE])
class OneCertificate(MethodView):
    """A certificate as a file."""

    @blueprint.response(200, CertificateSchema)
    @open_to_all
    def get(self, code: str) -> Response:
        """Download a certificate with its proof; `puhui register check FILE` checks it offline."""
        with snapshot() as session:
            certificate = queries.certificate_by_code(session, code)
            if certificate is None:
                raise UnknownCertificate(code=code)
            proof = register.proof_of(session, "retirement", str(certificate.retirement_id))
            keys = register.keys(session)
        told = envelope(certificate, str(proof) if proof else None, keys[0].key if proof else None)
        return Response(
            dumps(told, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
        )


def address_of(certificate: Certificate) -> str:
    """Return the address of a certificate's page, which its QR code names."""
    settings: Settings = current_app.extensions["puhui.settings"]
    return f"{settings.base_url}/c/{certificate.code}"
