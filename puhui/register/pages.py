"""The log as any C2SP tlog-tiles client reads it: a checkpoint, tiles, entries, and our keys.

All but the checkpoint never changes, so it may be cached for ever, by anybody, anywhere.
"""

from base64 import urlsafe_b64encode

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import NotFound

from puhui.db.session import snapshot
from puhui.register import queries
from puhui.register.note import VerifierKey
from puhui.register.tiles import Tile, parse_address, width_at

pages = Blueprint("log", __name__)

_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_SECONDS = "public, max-age=5"
_FOR_EVER = "public, max-age=31536000, immutable"
_HIGHEST_LEVEL = 63


@pages.get("/log/checkpoint")
def checkpoint() -> Response:
    """Return the newest checkpoint."""
    with snapshot() as session:
        head = queries.checkpoint(session)
    if head is None:
        raise NotFound()
    return _answer(head.note, _TEXT, _SECONDS)


@pages.get("/log/tile/<level>/<path:address>")
def tile(level: str, address: str) -> Response:
    """Return the hashes of a tile."""
    if level not in {str(number) for number in range(_HIGHEST_LEVEL + 1)}:
        raise NotFound()
    wanted = parse_address(int(level), address)
    with snapshot() as session:
        if wanted is None or not _is_signed(wanted, queries.signed_size(session)):
            raise NotFound()
        hashes = queries.tile(session, wanted)
    return _answer(hashes, _BYTES, _FOR_EVER)


@pages.get("/log/tile/entries/<path:address>")
def entries(address: str) -> Response:
    """Return the entries under a tile of level 0, each behind its length in two bytes."""
    wanted = parse_address(0, address)
    with snapshot() as session:
        if wanted is None or not _is_signed(wanted, queries.signed_size(session)):
            raise NotFound()
        leaves = [leaf.encode() for leaf in queries.leaves(session, wanted)]
    bundle = b"".join(len(leaf).to_bytes(2) + leaf for leaf in leaves)
    return _answer(bundle, _BYTES, _FOR_EVER)


@pages.get("/log/key")
def key() -> Response:
    """Return the log's public keys as `name+id+base64` lines, the present one first."""
    with snapshot() as session:
        lines = [found.key + "\n" for found in queries.keys(session)]
    return _answer("".join(lines), _TEXT, _SECONDS)


@pages.get("/.well-known/jwks.json")
def jwks() -> Response:
    """Return the log's public keys as a JSON Web Key Set (RFC 8037)."""
    with snapshot() as session:
        keys = [VerifierKey.parse(found.key) for found in queries.keys(session)]
    response = jsonify(keys=[_jwk(found) for found in keys])
    response.headers["Cache-Control"] = _SECONDS
    return response


def _jwk(key: VerifierKey) -> dict[str, str]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "Ed25519",
        "use": "sig",
        "kid": f"{key.name}+{key.key_id.hex()}",
        "x": urlsafe_b64encode(key.public).rstrip(b"=").decode(),
    }


def _is_signed(wanted: Tile, size: int) -> bool:
    """Tell whether a log of this size has the tile, as full as it is asked for."""
    return wanted.width <= width_at(size, wanted.level, wanted.index)


def _answer(body: str | bytes, media_type: str, caching: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = caching
    # Anyone's page may check the log; there is nothing here but what is meant for all.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
