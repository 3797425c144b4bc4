"""Take a photograph in: judge the bytes, decode them, and make our own clean copy."""

import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from threading import Lock
from zipfile import is_zipfile

from PIL import Image, ImageFile

from puhui.evidence import exif
from puhui.evidence.exif import Capture
from puhui.evidence.phash import perceptual_hash
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

MOST_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 2048
"""Pixels of our copy's longer side: leaves and labels stay readable, a phone loads it."""
SHORTEST_SIDE = 200
"""Pixels below which nobody can judge what is shown."""
QUALITY = 85
MOST_SCANS = 64
"""A progressive JPEG can ask for thousands of passes over all its pixels; cameras make ten."""

# What one upload may hold in memory stays under 150 MiB. A baseline JPEG is decoded at the scale
# we keep; the others need their whole canvas: progressive JPEG 6 bytes a pixel beside the
# picture, PNG with transparency 8, WebP 16.
MOST_MEGAPIXELS = {"JPEG": 40, "progressive JPEG": 20, "PNG": 12, "WEBP": 8}

FOREIGN = (b"<script", b"<?php", b"%pdf-", b"<html", b"<!doctype html")
"""What a file says that also wants to be something other than a picture."""
EDGE = 65_536
"""Bytes at either end in which that is looked for: compressed pixels may spell anything."""

# Header sizes are compared with our own limits before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
assert not ImageFile.LOAD_TRUNCATED_IMAGES

# Pillow's readers raise these, and nothing else has been seen, for bytes that are not in order.
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_decoding = Lock()
"""However many upload at once, a process holds one decoded picture."""


@dataclass(frozen=True)
class Intake:
    """A photograph taken in: our copy, and what we know of the original."""

    content: bytes
    """Our copy: JPEG, upright, at most `LONGEST_SIDE`, no metadata."""
    sha256: bytes
    original_sha256: bytes
    width: int
    height: int
    phash: bytes
    mirrored_phash: bytes
    """The hash of the same picture seen in a mirror."""
    capture: Capture


def take_in(original: bytes) -> Intake:
    """Return our copy of a photograph and what its metadata said.

    Raises:
        Invalid: it is too large, of another kind, damaged, not a still picture, or a second kind
            of file as well. The fault says which.
    """
    if len(original) > MOST_BYTES:
        raise _refusal("photo_too_large", N_("照片超过 %(most)s MB"), most=10)
    if not original:
        raise _refusal("photo_missing", N_("没有收到照片"))
    edges = (original[:EDGE] + original[-EDGE:]).lower()
    if is_zipfile(BytesIO(original)) or any(mark in edges for mark in FOREIGN):
        raise _refusal("photo_polyglot", N_("文件里除照片外还夹带其他内容"))
    _judge_webp_canvas(original)
    with _decoding:
        image, capture = _decode(original)
        content = BytesIO()
        image.save(content, "JPEG", quality=QUALITY, optimize=True)
        return Intake(
            content=content.getvalue(),
            sha256=sha256(content.getvalue()).digest(),
            original_sha256=sha256(original).digest(),
            width=image.width,
            height=image.height,
            phash=perceptual_hash(image),
            mirrored_phash=perceptual_hash(image.transpose(_TURNS[2])),
            capture=capture,
        )


def _decode(original: bytes) -> tuple[Image.Image, Capture]:
    """Return the picture upright, at our size, without metadata, and what that had said."""
    try:
        image = Image.open(BytesIO(original), formats=("JPEG", "PNG", "WEBP"))
    except DAMAGE as fault:
        raise _refusal("photo_unknown", N_("不是可识别的 JPEG、PNG 或 WebP 照片")) from fault
    # A JPEG with a second picture behind it, as phones store depth, calls itself MPO.
    form = "JPEG" if image.format == "MPO" else str(image.format)
    if form == "JPEG" and image.info.get("progressive"):
        form = "progressive JPEG"
    _judge_size(form, *image.size)
    if form in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) != 1:
        raise _refusal("photo_moves", N_("请上传静态照片，不要上传动图"))
    if form == "progressive JPEG" and original.count(b"\xff\xda") > MOST_SCANS:
        raise _refusal("photo_costly", N_("照片的编码方式异常，请换一张"))
    try:
        image.draft("RGB", _our_size(*image.size))
        image.load()
        capture = exif.read(image)
        image.thumbnail(_our_size(*image.size), reducing_gap=2.0)
        return _upright(image, capture.orientation), capture
    except DAMAGE as fault:
        raise _refusal("photo_damaged", N_("照片不完整或已损坏，无法打开")) from fault


def _our_size(width: int, height: int) -> tuple[int, int]:
    """Return the size that our copy may have at most, in the picture's proportions."""
    longer = max(width, height, LONGEST_SIDE)
    return -(-width * LONGEST_SIDE // longer), -(-height * LONGEST_SIDE // longer)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return a bare RGB picture: turned as the camera meant, on white where it was clear."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        bare = Image.new("RGB", image.size, "white")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare = image.convert("RGB")
    if orientation in _TURNS:
        bare = bare.transpose(_TURNS[orientation])
    # Pillow would write comments and profiles back from here.
    bare.info.clear()
    return bare


def _judge_size(form: str, width: int, height: int) -> None:
    most = MOST_MEGAPIXELS[form]
    if width * height > most * 1_000_000:
        raise _refusal(
            "photo_too_many_pixels",
            N_("照片有 %(width)s × %(height)s 像素，这种格式最多 %(most)s 百万像素"),
            width=width,
            height=height,
            most=most,
        )
    if min(width, height) < SHORTEST_SIDE:
        raise _refusal(
            "photo_too_small",
            N_("照片只有 %(width)s × %(height)s 像素，看不清树木"),
            width=width,
            height=height,
        )


def _judge_webp_canvas(original: bytes) -> None:
    """Refuse a WebP by its header: opening one already reserves memory for its whole canvas."""
    if original[:4] != b"RIFF" or original[8:12] != b"WEBP" or len(original) < 30:
        return
    chunk, body = original[12:16], original[20:30]
    if chunk == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
    elif chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    _judge_size("WEBP", width, height)


def _refusal(code: str, message: str, **values: object) -> Invalid:
    return Invalid([Fault(code, message, field="photo", values=values)])
