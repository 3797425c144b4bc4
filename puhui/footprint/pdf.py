"""A PDF of bitmaps and a few words, written as it is: nothing but what print sheets need.

Typst sets a certificate and everything else here; for sheets it took thirty times as long, since
it lays out every word of a hundred thousand units (docs/decisions). The fonts are two of the
fourteen that every reader has (ISO 32000-1, 9.6.2.2).
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Word:
    """A line of ASCII text; `x`, `y` and `size` in points from below left."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A bitmap, dark pixels true, with words and dashed boxes over it; lengths in points."""

    size: tuple[float, float]
    bitmap: NDArray[np.bool_]
    place: tuple[float, float, float]
    """Left, lower edge, side of a pixel."""
    words: Sequence[Word]
    boxes: Sequence[tuple[float, float, float, float]]
    """Left, lower edge, width, height."""


def document(pages: Iterable[Page]) -> bytes:
    """Return the pages as a PDF 1.4 file; the same pages give the same bytes."""
    # 1 is the catalogue, 2 the list of pages, 3 and 4 the fonts; every page adds three.
    objects: dict[int, bytes] = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Courier-Bold>>",
    }
    kids = []
    for page in pages:
        number = len(objects) + 2
        kids.append(f"{number} 0 R")
        width, height = page.size
        objects[number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.3f} {height:.3f}]"
            f"/Resources<</XObject<</I {number + 1} 0 R>>/Font<</R 3 0 R/B 4 0 R>>>>"
            f"/Contents {number + 2} 0 R>>"
        ).encode()
        objects[number + 1] = _image(page.bitmap)
        objects[number + 2] = _stream("", _content(page))
    objects[2] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    return _file(objects)


def _content(page: Page) -> bytes:
    left, below, pixel = page.place
    high, wide = page.bitmap.shape
    parts = [f"q {wide * pixel:.4f} 0 0 {high * pixel:.4f} {left:.4f} {below:.4f} cm /I Do Q"]
    parts.append("0.4 w [2 1.5] 0 d")
    parts += [f"{x:.2f} {y:.2f} {w:.2f} {h:.2f} re" for x, y, w, h in page.boxes]
    parts.append("S BT")
    for word in page.words:
        assert word.text.isascii() and not set(word.text) & set("()\\"), word.text
        font = "B" if word.size > 8 else "R"
        parts.append(
            f"/{font} {word.size:g} Tf 1 0 0 1 {word.x:.2f} {word.y:.2f} Tm({word.text})Tj"
        )
    parts.append("ET")
    return "\n".join(parts).encode()


def _image(bitmap: NDArray[np.bool_]) -> bytes:
    high, wide = bitmap.shape
    # A mask paints where its bits are 0 and leaves the paper alone elsewhere.
    about = f"/Type/XObject/Subtype/Image/ImageMask true/Width {wide}/Height {high}"
    return _stream(f"{about}/BitsPerComponent 1", np.packbits(~bitmap, axis=1).tobytes())


def _stream(about: str, data: bytes) -> bytes:
    packed = zlib.compress(data, 1)
    head = f"<<{about}/Filter/FlateDecode/Length {len(packed)}>>stream\n"
    return head.encode() + packed + b"\nendstream"


def _file(objects: dict[int, bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe7\xab\xb9\xe7\xa2\xb3\n")
    places = []
    for number in range(1, len(objects) + 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + objects[number] + b"\nendobj\n"
    table = len(out)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    out += "".join(f"{place:010d} 00000 n \n" for place in places).encode()
    out += f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
