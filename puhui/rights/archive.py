"""The file that somebody takes with them: one JSON for machines, a CSV for each subject, the
photographs, and a page that says what is what.

It is built in a folder of its own, part by part, so that a step done twice writes the same part
twice; the finished file gets its name in one move.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line

FORMAT, VERSION = "puhui-export", 1
Rows = list[dict[str, Any]]


class Archive:
    """One export's files under the folder of all exports."""

    def __init__(self, folder: Path, export_id: UUID) -> None:
        self._parts = folder / f"{export_id}.parts"
        self.file = folder / f"{export_id}.zip"

    def put_rows(self, part: str, subjects: Mapping[str, Rows]) -> None:
        """Write what one package knows, by subject."""
        text = json.dumps(subjects, ensure_ascii=False)
        self._write(self._parts / "rows" / f"{part}.json", text.encode())

    def put_photograph(self, photo_id: UUID, content: bytes) -> None:
        """Write a photograph."""
        self._write(self._parts / "photographs" / f"{photo_id}.jpg", content)

    def finish(self, person_id: UUID, made_at: datetime, readme: str) -> tuple[int, bytes]:
        """Put the parts together; return the file's size in bytes and its SHA-256.

        The parts stay until `clear`: whoever is killed before noting this does it again.
        """
        subjects: dict[str, Rows] = {}
        for part in sorted((self._parts / "rows").glob("*.json")):
            for subject, rows in json.loads(part.read_bytes()).items():
                subjects.setdefault(subject, []).extend(rows)
        told = {
            "format": FORMAT,
            "version": VERSION,
            "person_id": str(person_id),
            "made_at": made_at.isoformat(),
            "subjects": subjects,
        }
        building = self._parts / "whole.zip"
        building.unlink(missing_ok=True)
        handle = os.open(building, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+b") as file, ZipFile(file, "w", ZIP_DEFLATED) as whole:
            _add(whole, "README.txt", readme.encode(), made_at)
            document = json.dumps(told, ensure_ascii=False, indent=1)
            _add(whole, "everything.json", document.encode(), made_at)
            for subject, rows in sorted(subjects.items()):
                if rows:
                    _add(whole, f"csv/{subject}.csv", "".join(_csv(rows)).encode(), made_at)
            for photograph in sorted((self._parts / "photographs").glob("*.jpg")):
                content = photograph.read_bytes()
                _add(whole, f"photographs/{photograph.name}", content, made_at, ZIP_STORED)
        digest = sha256()
        with building.open("rb") as built:
            while block := built.read(1 << 20):
                digest.update(block)
            os.fsync(built.fileno())
        size = building.stat().st_size
        building.rename(self.file)
        return size, digest.digest()

    def clear(self) -> None:
        """Remove the parts of which the file was made."""
        shutil.rmtree(self._parts, ignore_errors=True)

    def blocks(self) -> Iterator[bytes]:
        """Return the finished file, block by block."""
        with self.file.open("rb") as file:
            while block := file.read(1 << 16):
                yield block

    def remove(self) -> None:
        """Remove the file, and whatever there is of its parts."""
        self.file.unlink(missing_ok=True)
        self.clear()

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)


def _add(whole: ZipFile, name: str, content: bytes, at: datetime, how: int = ZIP_DEFLATED) -> None:
    entry = ZipInfo(name, at.timetuple()[:6])
    entry.external_attr = 0o600 << 16
    whole.writestr(entry, content, how)


def _csv(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    heads = list(rows[0])
    yield BYTE_ORDER_MARK + csv_line(heads)
    for row in rows:
        yield csv_line([_cell(row.get(head)) for head in heads])


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value
