"""Look factors up. What matches nothing, or more than one, is refused."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from puhui.factors.catalogue import Catalogue
from puhui.factors.errors import AmbiguousFactor, UnknownFactor, UnknownImport
from puhui.factors.factor import Boundary, Factor, Gases, ImportState
from puhui.factors.library import version_order
from puhui.factors.model import Act, FactorRow, Import, Quality


@dataclass(frozen=True)
class Published:
    """A factor with what has been done to it."""

    factor: Factor
    published_at: datetime
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    library: str | None


def _act(kind: str) -> Select[int]:
    return select(1).where(
        Act.key == FactorRow.key, Act.version == FactorRow.version, Act.kind == kind
    )


def _judged() -> Select[FactorRow, Quality | None]:
    return select(FactorRow, Quality).outerjoin(
        Quality, (Quality.key == FactorRow.key) & (Quality.version == FactorRow.version)
    )


def _in_force() -> Select[FactorRow, Quality | None]:
    return _judged().where(exists(_act("published")), ~exists(_act("withdrawn")))


def _read(session: Session, query: Select[FactorRow, Quality | None]) -> list[Factor]:
    return [row.value(quality) for row, quality in session.execute(query)]


def by_key(session: Session, key: str, version: str | None = None) -> Factor:
    """Return the factor of this key: the version asked for, or the newest one in force.

    Raises:
        UnknownFactor: none is published under it, or it has been withdrawn.
    """
    query = _in_force().where(FactorRow.key == key)
    if version is not None:
        query = query.where(FactorRow.version == version)
    found = _read(session, query)
    if not found:
        raise UnknownFactor(factor=key if version is None else f"{key}@{version}")
    return max(found, key=lambda f: version_order(f.version))


def find(
    session: Session,
    *,
    subject: str,
    region: str | None = None,
    year: int | None = None,
    boundary: Boundary | None = None,
    gases: Gases | None = None,
) -> Factor:
    """Return the one factor in force about `subject` that has all that was asked for.

    Of several versions of a key for the same year the newest counts.

    Raises:
        UnknownFactor: none has.
        AmbiguousFactor: several have; `matches` names them.
    """
    found = of_subject(session, subject)
    asked = {"region": region, "year": year, "boundary": boundary, "gases": gases}
    wanted = {name: value for name, value in asked.items() if value is not None}
    newest: dict[tuple[str, int], Factor] = {}
    for factor in found:
        if all(getattr(factor, name) == value for name, value in wanted.items()):
            slot = (factor.key, factor.year)
            best = newest.get(slot)
            if best is None or version_order(factor.version) > version_order(best.version):
                newest[slot] = factor
    details = {name: str(value) for name, value in wanted.items()}
    if not newest:
        raise UnknownFactor(subject=subject, **details)
    if len(newest) > 1:
        matches = sorted(factor.citation for factor in newest.values())
        raise AmbiguousFactor(subject=subject, matches=matches, **details)
    return newest.popitem()[1]


def of_subject(session: Session, subject: str) -> Sequence[Factor]:
    """Return every factor in force about `subject`, by key and version."""
    found = _read(session, _in_force().where(FactorRow.subject == subject))
    return sorted(found, key=lambda f: (f.key, version_order(f.version)))


def catalogue(session: Session, names: Collection[str]) -> Catalogue:
    """Return every factor in force whose key or subject is named, and all of their subjects."""
    subjects = select(FactorRow.subject).where(
        or_(FactorRow.key.in_(names), FactorRow.subject.in_(names))
    )
    return Catalogue(_read(session, _in_force().where(FactorRow.subject.in_(subjects))))


def in_force(session: Session) -> Sequence[Factor]:
    """Return every factor that may be used."""
    return _read(session, _in_force())


def stored(session: Session, names: Collection[tuple[str, str]]) -> dict[str, Factor]:
    """Return what is kept under these keys and versions, by citation, in force or not."""
    found = _read(session, _judged().where(tuple_(FactorRow.key, FactorRow.version).in_(names)))
    return {factor.citation: factor for factor in found}


def libraries(session: Session) -> Iterator[tuple[str, list[Factor]]]:
    """Yield every library ever published by its digest, with its factors as it brought them."""
    rows = session.execute(_judged().add_columns(Act.library).join(Act, _is(Act, "published")))
    brought: dict[str, list[Factor]] = {}
    for row, quality, library in rows:
        together = quality is None or quality.library == library
        brought.setdefault(library, []).append(row.value(quality if together else None))
        if quality is not None and not together:
            brought.setdefault(quality.library, []).append(row.value(quality))
    yield from brought.items()


def exactly(session: Session, key: str, version: str) -> Published:
    """Return one version of a factor with its history, in force or not.

    Raises:
        UnknownFactor: it was never published.
    """
    row = session.get(FactorRow, (key, version))
    quality = session.get(Quality, (key, version))
    acts = {
        act.kind: act
        for act in session.scalars(select(Act).where(Act.key == key, Act.version == version))
    }
    if row is None or "published" not in acts:
        raise UnknownFactor(factor=f"{key}@{version}")
    return _published(row, quality, acts["published"], acts.get("withdrawn"))


def page(
    session: Session,
    *,
    text: str | None = None,
    subject: str | None = None,
    region: str | None = None,
    year: int | None = None,
    gases: Gases | None = None,
    boundary: Boundary | None = None,
    after: tuple[str, str] | None = None,
    most: int = 50,
) -> Sequence[Published]:
    """Return published factors by key and version, beginning after `after`.

    `text` is looked for in key, names and source; `subject` finds what it begins, too: `plastic`
    finds `plastic.pp`. Withdrawn ones are listed as such.
    """
    query = _with_history().limit(most)
    if text:
        columns = (FactorRow.key, FactorRow.name_zh, FactorRow.name_en, FactorRow.source)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if subject:
        query = query.where(
            or_(
                FactorRow.subject == subject,
                FactorRow.subject.startswith(f"{subject}.", autoescape=True),
            )
        )
    asked = (
        (FactorRow.region, region),
        (FactorRow.gases, gases),
        (FactorRow.boundary, boundary),
    )
    for column, value in asked:
        if value is not None:
            query = query.where(column == str(value))
    if year is not None:
        query = query.where(FactorRow.year == year)
    if after is not None:
        query = query.where(tuple_(FactorRow.key, FactorRow.version) > tuple_(*after))
    return [_published(*row) for row in session.execute(query)]


def versions(session: Session, key: str) -> Sequence[Published]:
    """Return every version of a factor, the newest first.

    Raises:
        UnknownFactor: none was published.
    """
    rows = session.execute(_with_history().where(FactorRow.key == key))
    found = [_published(*row) for row in rows]
    if not found:
        raise UnknownFactor(factor=key)
    return sorted(found, key=lambda p: version_order(p.factor.version), reverse=True)


def _with_history() -> Select[FactorRow, Quality | None, Act, Act | None]:
    published, withdrawn = aliased(Act), aliased(Act)
    return (
        _judged()
        .add_columns(published, withdrawn)
        .join(published, _is(published, "published"))
        .outerjoin(withdrawn, _is(withdrawn, "withdrawn"))
        .order_by(FactorRow.key, FactorRow.version)
    )


def _is(act: type[Act], kind: str) -> ColumnElement[bool]:
    return (act.key == FactorRow.key) & (act.version == FactorRow.version) & (act.kind == kind)


def _published(
    row: FactorRow, quality: Quality | None, published: Act, withdrawn: Act | None
) -> Published:
    return Published(
        row.value(quality),
        published.at,
        withdrawn.at if withdrawn else None,
        withdrawn.reason if withdrawn else None,
        published.library,
    )


def imports(
    session: Session,
    *,
    state: ImportState | None = None,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[Import]:
    """Return files that were brought, the newest first, beginning after `after`."""
    query = select(Import).order_by(Import.imported_at.desc(), Import.import_id).limit(most)
    if state is ImportState.QUARANTINED:
        query = query.where(Import.faults != literal([], JSONB))
    elif state is not None:
        published = Import.published_at.is_not(None)
        query = query.where(
            Import.faults == literal([], JSONB),
            published if state is ImportState.PUBLISHED else ~published,
        )
    if after is not None:
        at, name = after
        query = query.where(
            or_(Import.imported_at < at, (Import.imported_at == at) & (Import.import_id > name))
        )
    return session.scalars(query).all()


def import_called(session: Session, import_id: UUID) -> Import:
    """Return one file that was brought.

    Raises:
        UnknownImport: there is none of this name.
    """
    found = session.get(Import, import_id)
    if found is None:
        raise UnknownImport(import_id=str(import_id))
    return found
