"""Files named by their content, on this machine's disk.

A file is written whole and flushed to the disk before the row that names it commits, so a row
never points at nothing. What a failed transaction leaves behind is swept later.
"""

import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from tempfile import NamedTemporaryFile


class Shelf(Enum):
    """A kind of file: the folder that holds it, and the ending of its name."""

    PHOTOGRAPHS = ("photographs", "jpg")
    DOCUMENTS = ("documents", "bin")


_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Keep this process's files in `folder`. Called once by a composition root."""
    global _folder
    _folder = folder


def _place(shelf: Shelf) -> Path:
    assert _folder is not None, "no composition root has called keep_in()"
    return _folder / shelf.value[0]


def _path(name: bytes, shelf: Shelf) -> Path:
    """Return where the content with this SHA-256 lies."""
    text = name.hex()
    return _place(shelf) / text[:2] / f"{text}.{shelf.value[1]}"


def put(name: bytes, content: bytes, shelf: Shelf = Shelf.PHOTOGRAPHS) -> None:
    """Keep `content` under its SHA-256, on the disk for certain when this returns."""
    path = _path(name, shelf)
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


def get(name: bytes, shelf: Shelf = Shelf.PHOTOGRAPHS) -> bytes:
    """Return the content with this SHA-256.

    Raises:
        FileNotFoundError: it is not here.
    """
    return _path(name, shelf).read_bytes()


def names(shelf: Shelf = Shelf.PHOTOGRAPHS) -> Iterator[bytes]:
    """Return the SHA-256 of everything kept on the shelf."""
    for path in _place(shelf).glob(f"??/*.{shelf.value[1]}"):
        yield bytes.fromhex(path.stem)


def remove(name: bytes, shelf: Shelf = Shelf.PHOTOGRAPHS) -> None:
    """Let go of the content with this SHA-256, if it is here."""
    _path(name, shelf).unlink(missing_ok=True)


def remove_parts(before: float) -> int:
    """Remove what was never finished, last touched before this time; return how many."""
    stale = [
        part
        for shelf in Shelf
        for part in _place(shelf).glob("??/*.part")
        if part.stat().st_mtime < before
    ]
    for part in stale:
        part.unlink(missing_ok=True)
    return len(stale)
