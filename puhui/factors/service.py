"""Publish factors and withdraw them."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.factors.errors import UnknownFactor
from puhui.factors.factor import Factor
from puhui.factors.library import Row, digest_lines, read
from puhui.factors.model import Act, FactorRow
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish


def shipped() -> list[tuple[str, str]]:
    """Return the libraries that come with the product: (file name, text)."""
    folder = files("puhui.factors") / "data"
    found = [
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".csv")
    ]
    return sorted(found)


def load_library(session: Session, now: datetime) -> int:
    """Publish the factors that the product ships; return how many were new.

    Twice is once: rows that are there already stay as they are.

    Raises:
        Invalid: a row is faulty, or says something else under a key and version already used.
    """
    return _publish(session, shipped(), None, now)


def publish_library(session: Session, actor: Actor, file: str, text: str, now: datetime) -> int:
    """Publish a library that an operator brings; return how many factors were new.

    Raises:
        Forbidden: the actor may not publish factors.
        Invalid: as for `load_library`.
    """
    actor.require(Permission.FACTOR_PUBLISH)
    return _publish(session, [(file, text)], actor.person_id, now)


def withdraw(
    session: Session, actor: Actor, key: str, version: str, reason: str, now: datetime
) -> None:
    """Withdraw a published factor: nothing new may use it, what used it keeps it. Once.

    Raises:
        Forbidden: the actor may not.
        UnknownFactor: it was never published.
    """
    actor.require(Permission.FACTOR_PUBLISH)
    if session.get(Act, (key, version, "published")) is None:
        raise UnknownFactor(factor=f"{key}@{version}")
    if session.get(Act, (key, version, "withdrawn")) is None:
        session.add(
            Act(
                key=key,
                version=version,
                kind="withdrawn",
                reason=reason,
                person_id=actor.person_id,
                at=now,
            )
        )
        publish(
            session,
            "factors.withdrawn",
            now,
            citation=f"{key}@{version}",
            reason=reason,
            at=now.isoformat(),
        )


def _publish(
    session: Session, libraries: Sequence[tuple[str, str]], person_id: UUID | None, now: datetime
) -> int:
    # One at a time: two that load the same library would otherwise meet halfway.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("factors.publish"))))
    rows: list[Row] = []
    faults: list[Fault] = []
    for file, text in libraries:
        passed, failed = read(file, text)
        rows += passed
        faults += failed
    fresh = _unknown_yet(session, rows, faults)
    if faults:
        raise Invalid(faults)
    if not fresh:
        return 0
    library = sha256(digest_lines(fresh).encode()).hexdigest()
    for factor in fresh:
        session.add(FactorRow.of(factor, now))
    session.flush()
    session.execute(
        insert(Act),
        [
            {
                "key": factor.key,
                "version": factor.version,
                "kind": "published",
                "library": library,
                "person_id": person_id,
                "at": now,
            }
            for factor in fresh
        ],
    )
    publish(
        session,
        "factors.published",
        now,
        library=library,
        factors=len(fresh),
        at=now.isoformat(),
    )
    return len(fresh)


def _unknown_yet(session: Session, rows: Sequence[Row], faults: list[Fault]) -> list[Factor]:
    """Return the factors that are not stored; add a fault for each that is stored differently."""
    stored: dict[str, Factor] = {}
    names = [(row.factor.key, row.factor.version) for row in rows]
    for start in range(0, len(names), 1000):
        found = session.scalars(
            select(FactorRow).where(
                tuple_(FactorRow.key, FactorRow.version).in_(names[start : start + 1000])
            )
        )
        stored |= {row.value.citation: row.value for row in found}
    fresh: dict[str, Factor] = {}
    for row in rows:
        known = stored.get(row.factor.citation) or fresh.get(row.factor.citation)
        if known is None:
            fresh[row.factor.citation] = row.factor
        elif known != row.factor:
            faults.append(
                Fault(
                    "published_differently",
                    N_("%(citation)s 已经发布过且内容不同；更正请用新版本号"),
                    row.row,
                    "version",
                    {"citation": row.factor.citation, "file": row.file},
                )
            )
    return list(fresh.values())
