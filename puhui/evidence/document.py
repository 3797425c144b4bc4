"""Judge a document that supports a claim: a PDF, a workbook or a picture, by its content.

The bytes are kept as they came, because a verifier must see what the maker saw; so nothing of
them is ever shown inside a page, only handed out as a download.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image

from puhui.evidence.photo import DAMAGE
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

MOST_BYTES = 10 * 1024 * 1024
MOST_ENTRIES = 500
MOST_UNPACKED = 100 * 1024 * 1024
MOST_LISTING = 256 * 1024
MOST_PIXELS = 60_000_000
LONGEST_NAME = 120

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS = {"application/pdf": "pdf", XLSX: "xlsx", "image/jpeg": "jpg", "image/png": "png"}
"""What may be sent, and what a download of it is called."""

_ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|XFA|RichMedia)\b")
_STRANGE_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>:"/\\|?*]')


@dataclass(frozen=True)
class Judged:
    """A document that may be kept."""

    media_type: str
    sha256: bytes
    size: int


def judge(content: bytes) -> Judged:
    """Return what kind of document this is.

    Raises:
        Invalid: it is empty, too large, of another kind, damaged, or can act by itself.
    """
    if not content:
        raise _refusal("document_missing", N_("没有收到文件"))
    if len(content) > MOST_BYTES:
        raise _refusal("document_too_large", N_("文件超过 %(most)s MB"), most=10)
    if content.startswith(b"%PDF-"):
        media_type = _pdf(content)
    elif content.startswith(b"PK\x03\x04"):
        media_type = _workbook(content)
    elif content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        media_type = _picture(content)
    else:
        raise _refusal("document_unknown", N_("只接受 PDF、xlsx、JPEG 和 PNG 文件"))
    return Judged(media_type, sha256(content).digest(), len(content))


def clean_name(written: str, media_type: str) -> str:
    """Return a file's name as a download may carry it: no path, no tricks, the right ending."""
    stem = _STRANGE_NAME.sub(" ", re.split(r"[/\\]", written)[-1]).strip(" .")
    stem = stem.rpartition(".")[0] or stem
    return f"{stem[:LONGEST_NAME].strip(' .') or 'document'}.{ENDINGS[media_type]}"


def _pdf(content: bytes) -> str:
    if b"%%EOF" not in content[-2048:] or zipfile.is_zipfile(BytesIO(content)):
        raise _refusal("document_damaged", N_("文件不完整、已损坏或夹带其他内容"))
    if _ACTIVE_PDF.search(content):
        raise _refusal("document_active", N_("文件里有脚本或嵌入的文件，请另存为普通文件"))
    return "application/pdf"


def _workbook(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
                raise _refusal("document_too_large", N_("文件超过 %(most)s MB"), most=10)
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                raise _refusal("document_unknown", N_("只接受 PDF、xlsx、JPEG 和 PNG 文件"))
            if any(_is_active(name) for name in names):
                raise _refusal("document_active", N_("文件里有脚本或嵌入的文件，请另存为普通文件"))
            if archive.getinfo("[Content_Types].xml").file_size > MOST_LISTING:
                raise _refusal("document_too_large", N_("文件超过 %(most)s MB"), most=10)
            kinds = archive.read("[Content_Types].xml")
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError) as fault:
        raise _refusal("document_damaged", N_("文件不完整、已损坏或夹带其他内容")) from fault
    if b"macroEnabled" in kinds:
        raise _refusal("document_active", N_("文件里有脚本或嵌入的文件，请另存为普通文件"))
    return XLSX


def _is_active(name: str) -> bool:
    return name.endswith("vbaProject.bin") or name.startswith(("xl/embeddings/", "xl/activeX/"))


def _picture(content: bytes) -> str:
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _refusal("document_too_large", N_("文件超过 %(most)s MB"), most=10)
            image.verify()
    except DAMAGE as fault:
        raise _refusal("document_damaged", N_("文件不完整、已损坏或夹带其他内容")) from fault
    return "image/png" if content.startswith(b"\x89") else "image/jpeg"


def _refusal(code: str, message: str, **values: object) -> Invalid:
    return Invalid([Fault(code, message, field="file", values=values)])
