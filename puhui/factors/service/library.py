"""Publish factors: those that the product ships, and those that an operator brings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.factors import queries
from puhui.factors.factor import Factor, is_judged, unjudged
from puhui.factors.library import Row, digest_lines, read
from puhui.factors.missing import FILE as MISSING
from puhui.factors.model import Act, FactorRow, Quality
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
        if entry.name.endswith(".csv") and entry.name != MISSING
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


def _publish(
    session: Session, libraries: Sequence[tuple[str, str]], person_id: UUID | None, now: datetime
) -> int:
    rows: list[Row] = []
    faults: list[Fault] = []
    for file, text in libraries:
        passed, failed = read(file, text)
        rows += passed
        faults += failed
    return publish_rows(session, rows, faults, person_id, now)


def publish_rows(
    session: Session,
    rows: Sequence[Row],
    faults: Sequence[Fault],
    person_id: UUID | None,
    now: datetime,
) -> int:
    """Publish what is new among `rows`, if nothing is at fault; return how many factors were new.

    Raises:
        Invalid: with `faults`, and with what is published differently already.
    """
    # One at a time: two that load the same library would otherwise meet halfway.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("factors.publish"))))
    fresh, judged, differing = news(session, rows)
    if faults or differing:
        raise Invalid([*faults, *differing])
    if fresh or judged:
        _enter(session, fresh, judged, person_id, now)
    return len(fresh)


def news(session: Session, rows: Sequence[Row]) -> tuple[list[Factor], list[Factor], list[Fault]]:
    """Return the factors that are new, those judged for the first time, and what contradicts."""
    faults: list[Fault] = []
    fresh, judged = _unknown_yet(rows, _stored(session, [row.factor for row in rows]), faults)
    return fresh, judged, faults


def _enter(
    session: Session,
    fresh: Sequence[Factor],
    judged: Sequence[Factor],
    person_id: UUID | None,
    now: datetime,
) -> None:
    """Publish what is `fresh`, and what has been `judged` of a factor published before."""
    library = sha256(digest_lines([*fresh, *judged]).encode()).hexdigest()
    session.add_all(FactorRow.of(factor, now) for factor in fresh)
    session.flush()
    session.add_all(
        Quality.of(factor, library, now) for factor in [*fresh, *judged] if is_judged(factor)
    )
    session.add_all(
        Act(
            key=factor.key,
            version=factor.version,
            kind="published",
            library=library,
            person_id=person_id,
            at=now,
        )
        for factor in fresh
    )
    publish(
        session,
        "factors.published",
        now,
        library=library,
        factors=len(fresh) + len(judged),
        at=now.isoformat(),
    )


def _stored(session: Session, factors: Sequence[Factor]) -> dict[str, Factor]:
    """Return what is stored under the citations of `factors`."""
    names = [(factor.key, factor.version) for factor in factors]
    found: dict[str, Factor] = {}
    for start in range(0, len(names), 1000):
        found |= queries.stored(session, names[start : start + 1000])
    return found


def _unknown_yet(
    rows: Sequence[Row], stored: Mapping[str, Factor], faults: list[Fault]
) -> tuple[list[Factor], list[Factor]]:
    """Return the factors that are new, and those stored before anybody had judged them.

    Adds a fault for each that is stored differently.
    """
    fresh: dict[str, Factor] = {}
    judged: dict[str, Factor] = {}
    for row in rows:
        factor = row.factor
        name = factor.citation
        known = judged.get(name) or stored.get(name) or fresh.setdefault(name, factor)
        same = unjudged(known) == unjudged(factor)
        if same and name in stored and not is_judged(known):
            if is_judged(factor):
                judged[name] = factor
        elif known != factor and (not same or is_judged(factor)):
            faults.append(
                Fault(
                    "published_differently",
                    N_("%(citation)s 已经发布过且内容不同；更正请用新版本号"),
                    row.row,
                    "version",
                    {"citation": name, "file": row.file},
                )
            )
    return list(fresh.values()), list(judged.values())
