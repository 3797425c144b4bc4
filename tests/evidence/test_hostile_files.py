"""Files made to harm are refused, each with its own reason, in little memory."""

import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from struct import pack
from zipfile import ZipFile

import pytest
from PIL import Image

from puhui.evidence.photo import take_in
from puhui.kernel.errors import Invalid
from tests.makers.photo import photograph, picture


def png(width: int, height: int, pixels: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG of 8-bit grey that claims this size, whatever its pixels are."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in parts)


def saved(form: str, image: Image.Image | None = None, **options: object) -> bytes:
    content = BytesIO()
    (image or picture()).save(content, form, **options)
    return content.getvalue()


def with_a_zip_behind() -> bytes:
    content = BytesIO(photograph())
    content.seek(0, 2)
    with ZipFile(content, "a") as archive:
        archive.writestr("run.sh", "echo hello")
    return content.getvalue()


def with_thousands_of_scans() -> bytes:
    progressive = photograph(progressive=True)
    return progressive[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 5000 + b"\xff\xd9"


def resized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    original = bytearray(photograph())
    at = original.index(b"\xff\xc0") + 5
    original[at : at + 4] = pack(">HH", height, width)
    return bytes(original)


def resized_webp(width: int, height: int) -> bytes:
    original = bytearray(photograph(form="WEBP", place=(26.7, 117.4)))
    at = original.index(b"VP8X") + 12
    original[at : at + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(original)


PACK: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "photo_missing"),
    "too many bytes": (lambda: photograph() + bytes(10 * 1024 * 1024), "photo_too_large"),
    "text": (lambda: b"I planted a hundred trees", "photo_unknown"),
    "html called a picture": (lambda: b"<!DOCTYPE html><p>hello", "photo_polyglot"),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unknown"),
    "gif": (lambda: saved("GIF"), "photo_unknown"),
    "bmp": (lambda: saved("BMP"), "photo_unknown"),
    "tiff": (lambda: saved("TIFF"), "photo_unknown"),
    "ico": (lambda: saved("ICO"), "photo_unknown"),
    "ppm": (lambda: saved("PPM"), "photo_unknown"),
    "pdf": (lambda: saved("PDF"), "photo_polyglot"),
    "a zip": (lambda: with_a_zip_behind()[len(photograph()) :], "photo_polyglot"),
    "jpeg and zip": (with_a_zip_behind, "photo_polyglot"),
    "jpeg and html": (lambda: photograph() + b"<HTML><ScRiPt>", "photo_polyglot"),
    "jpeg and php": (lambda: photograph(comment=b"<?php system($_GET[0]);"), "photo_polyglot"),
    "jpeg and pdf": (lambda: photograph() + b"\n%PDF-1.7", "photo_polyglot"),
    "png bomb 13000²": (lambda: png(13_000, 13_000, bytes(169_013_000)), "photo_too_many_pixels"),
    "png claims 2³¹": (lambda: png(2**31 - 1, 2**31 - 1, b"\0"), "photo_too_many_pixels"),
    "jpeg claims 65535²": (lambda: resized_jpeg(65_535, 65_535), "photo_too_many_pixels"),
    "jpeg claims 41 MP": (lambda: resized_jpeg(8_200, 5_000), "photo_too_many_pixels"),
    "webp claims 2²⁴": (lambda: resized_webp(2**14, 2**14), "photo_too_many_pixels"),
    "png claims 11 MP": (lambda: png(3_300, 3_300, b"\0"), "photo_damaged"),
    "a line": (lambda: photograph(size=(20_000, 10)), "photo_too_small"),
    "a dot": (lambda: photograph(size=(1, 1)), "photo_too_small"),
    "half a jpeg": (lambda: photograph()[:9_000], "photo_damaged"),
    "half a png": (lambda: saved("PNG")[:9_000], "photo_damaged"),
    "half a webp": (lambda: saved("WEBP")[:5_000], "photo_unknown"),
    "the start of a jpeg": (lambda: photograph()[:20], "photo_unknown"),
    "the start of a png": (lambda: saved("PNG")[:20], "photo_unknown"),
    "png with a bad checksum": (
        lambda: saved("PNG").replace(b"IDAT", b"IDAT\x01", 1)[:-1],
        "photo_damaged",
    ),
    "png with a bomb of text": (
        lambda: png(
            300, 300, bytes(301 * 300),
            (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(40_000_000), 9)),
        ),
        "photo_unknown",
    ),
    "moving png": (
        lambda: saved("PNG", save_all=True, append_images=[picture(2)]),
        "photo_moves",
    ),
    "moving webp": (
        lambda: saved("WEBP", save_all=True, append_images=[picture(2)]),
        "photo_moves",
    ),
    "five thousand scans": (with_thousands_of_scans, "photo_costly"),
}  # fmt: skip


@pytest.mark.parametrize("name", PACK)
def test_a_hostile_file_is_refused_with_its_reason(name: str) -> None:
    make, reason = PACK[name]
    with pytest.raises(Invalid) as refusal:
        take_in(make())
    (fault,) = refusal.value.faults
    assert (fault.code, fault.field) == (reason, "photo")
    assert fault.message % fault.values


# Pillow says what it found odd in the metadata it then leaves out.
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_bytes_changed_at_random_are_taken_or_refused_but_never_break(
    random_changes: list[bytes],
) -> None:
    refused = 0
    for original in random_changes:
        try:
            take_in(original)
        except Invalid:
            refused += 1
    assert 0 < refused < len(random_changes)


@pytest.fixture
def random_changes() -> list[bytes]:
    """Small photographs of every kind with a few bytes changed; always the same ones."""
    from random import Random

    dice, found = Random(20260312), []
    for form in ("JPEG", "PNG", "WEBP"):
        whole = photograph(form=form, place=(26.7, 117.4), size=(240, 240))
        for _ in range(150):
            changed = bytearray(whole)
            for _ in range(dice.randint(1, 6)):
                changed[dice.randrange(len(changed) if dice.random() < 0.5 else 400)] = (
                    dice.randrange(256)
                )
            found.append(bytes(changed))
    return found


def test_no_file_of_the_pack_takes_more_than_150_mib(tmp_path: Path) -> None:
    """Measured in a process of its own, since the peak of this one is other tests' doing."""
    largest = {
        "jpeg of 40 MP": photograph(size=(7_900, 5_000)),
        "jpeg that claims 39 MP and ends early": resized_jpeg(7_800, 5_000),
        "slow jpeg of 20 MP": photograph(size=(4_900, 4_000), progressive=True, subsampling=0),
        "clear png of 12 MP": saved("PNG", Image.new("RGBA", (4_000, 2_990), (9, 99, 9, 9))),
        "webp of 8 MP": saved("WEBP", Image.new("RGB", (3_200, 2_490), (9, 99, 9))),
    }  # fmt: skip
    hostile = {name: make() for name, (make, _) in PACK.items()}
    for number, content in enumerate([*largest.values(), *hostile.values()]):
        (tmp_path / f"{number:02}").write_bytes(content)
    script = (
        "import resource, sys, pathlib\n"
        "from puhui.evidence.photo import take_in\n"
        "from puhui.kernel.errors import Invalid\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before, taken = peak(), 0\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try:\n"
        "        take_in(path.read_bytes())\n"
        "        taken += 1\n"
        "    except Invalid:\n"
        "        pass\n"
        "print(peak() - before, taken)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True, text=True
    )
    grown, taken = (int(word) for word in out.stdout.split())
    unit = 1024 if sys.platform != "darwin" else 1
    assert grown * unit < 150 * 1024 * 1024
    assert taken == len(largest)
