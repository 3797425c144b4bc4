"""Files named by their content, on this machine's disk.

A file is written whole and flushed to the disk before the row that names it commits, so a row
never points at nothing. What a failed transaction leaves behind is swept later.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Keep this process's photographs in `folder`. Called once by a composition root."""
    global _folder
    _folder = folder


def _photographs() -> Path:
    assert _folder is not None, "no composition root has called keep_in()"
    return _folder / "photographs"


def _path(name: bytes) -> Path:
    """Return where the content with this SHA-256 lies."""
    text = name.hex()
    return _photographs() / text[:2] / f"{text}.jpg"


def put(name: bytes, content: bytes) -> None:
    """Keep `content` under its SHA-256, on the disk for certain when this returns."""
    path = _path(name)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    for folder in (path.parent, path.parent.parent):
        _flush_names(folder)


def _flush_names(folder: Path) -> None:
    """Put the folder's list of names on the disk; a file without its name is lost too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def get(name: bytes) -> bytes:
    """Return the content with this SHA-256.

    Raises:
        FileNotFoundError: it is not here.
    """
    return _path(name).read_bytes()


def names() -> Iterator[bytes]:
    """Return the SHA-256 of everything kept."""
    for path in _photographs().glob("??/*.jpg"):
        yield bytes.fromhex(path.stem)


def remove(name: bytes) -> None:
    """Let go of the content with this SHA-256, if it is here."""
    _path(name).unlink(missing_ok=True)


def remove_parts(before: float) -> int:
    """Remove what was never finished, last touched before this time; return how many."""
    stale = [part for part in _photographs().glob("??/*.part") if part.stat().st_mtime < before]
    for part in stale:
        part.unlink(missing_ok=True)
    return len(stale)
