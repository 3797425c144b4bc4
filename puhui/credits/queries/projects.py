"""Read projects: what they are said to be, and what was issued of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from puhui.credits.kind import Kind
from puhui.credits.model import Project, ProjectDocument, ProjectVersion, ReserveShare, ReversalRow
from puhui.credits.project import ProjectSaid, said_by
from puhui.credits.queries.reversals import covered_by_reserve, reversal_of
from puhui.credits.queries.statistics import PLACES
from puhui.credits.reserve import ReserveDraft
from puhui.credits.reversal import Reversal
from puhui.evidence.documents import documents as cards_of_documents


@dataclass(frozen=True, kw_only=True)
class ProjectCard(ProjectSaid):
    """A project as everyone may see it, and its kilograms by place (`statistics.PLACES`)."""

    project_id: UUID
    code: str
    version: int
    kinds: tuple[Kind, ...]
    batches: int
    kg: Mapping[str, int]

    @property
    def issued_kg(self) -> int:
        """What was issued."""
        return sum(self.kg.values())


@dataclass(frozen=True, kw_only=True)
class VersionCard(ProjectSaid):
    """What a project was said to be from `recorded_at` on."""

    version: int
    why: str
    recorded_at: datetime


@dataclass(frozen=True)
class ProjectDocumentCard:
    """A document of a project; `sha256` in hexadecimal, `size` in bytes."""

    document_id: UUID
    title: str
    title_en: str
    dated: date
    is_public: bool
    sha256: str
    media_type: str
    name: str
    size: int
    recorded_at: datetime


_PROJECTS = text("""
    SELECT p.*, coalesce(s.kinds, '{}') AS kinds, coalesce(s.batches, 0) AS batches,
           s.for_sale, s.encumbered, s.held, s.reserve, s.retired, s.cancelled
      FROM credits_project AS p
      LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT kind) AS kinds, count(DISTINCT batch_id) AS batches,
               sum(kg) FILTER (WHERE fate = 'for_sale') AS for_sale,
               sum(kg) FILTER (WHERE fate = 'encumbered') AS encumbered,
               sum(kg) FILTER (WHERE fate = 'held') AS held,
               sum(kg) FILTER (WHERE fate = 'reserve') AS reserve,
               sum(kg) FILTER (WHERE fate = 'retired') AS retired,
               sum(kg) FILTER (WHERE fate = 'cancelled') AS cancelled
          FROM (SELECT b.batch_id, b.kind,
                       CASE WHEN k.kept = 'encumbrance'
                              OR k.state = 'available' AND b.encumbrance <> 'none'
                            THEN 'encumbered'
                            WHEN k.state = 'available' THEN 'for_sale'
                            WHEN k.kept = 'reserve' THEN 'reserve' ELSE k.state END AS fate,
                       (upper(k.serials) - lower(k.serials)) * b.granularity_kg AS kg
                  FROM credits_batch AS b JOIN credits_block AS k USING (batch_id)
                 WHERE b.project_id = p.project_id) AS blocks) AS s ON true
     WHERE (CAST(:code AS text) IS NULL OR p.code = :code)
       AND (CAST(:after AS text) IS NULL OR p.code > :after)
       AND p.county_code LIKE :county
       AND (CAST(:kind AS text) IS NULL OR EXISTS (
             SELECT FROM credits_batch AS b
              WHERE b.project_id = p.project_id AND b.kind = :kind))
     ORDER BY p.code LIMIT :most""")


def projects(
    session: Session,
    *,
    after: str | None = None,
    most: int = 50,
    kind: Kind | None = None,
    county: str = "",
) -> Sequence[ProjectCard]:
    """Return projects by code, beyond the code `after`; of a kind, in a county or city.

    `county` is a code of GB/T 2260 or its beginning, so digits.
    """
    return _projects(session, after=after, most=most, kind=kind, county=county)


def project(session: Session, code: str) -> ProjectCard | None:
    """Return the project of this code, or None."""
    found = _projects(session, code=code)
    return found[0] if found else None


def _projects(
    session: Session,
    *,
    code: str | None = None,
    after: str | None = None,
    most: int = 1,
    kind: Kind | None = None,
    county: str = "",
) -> list[ProjectCard]:
    assert county == "" or county.isdecimal(), county
    asked = {"code": code, "after": after, "most": most, "kind": kind, "county": f"{county}%"}
    return [
        ProjectCard(
            project_id=row.project_id,
            code=row.code,
            version=row.version,
            kinds=tuple(kind for kind in Kind if kind in row.kinds),
            batches=row.batches,
            kg={place: int(getattr(row, place) or 0) for place in PLACES},
            **said_by(row),
        )
        for row in session.execute(_PROJECTS, asked)
    ]


def versions(session: Session, project_id: UUID) -> Sequence[VersionCard]:
    """Return all that a project was ever said to be, the newest first."""
    found = session.scalars(
        select(ProjectVersion)
        .where(ProjectVersion.project_id == project_id)
        .order_by(ProjectVersion.version.desc())
    )
    return [
        VersionCard(version=row.version, why=row.why, recorded_at=row.recorded_at, **said_by(row))
        for row in found
    ]


def documents(
    session: Session, project_id: UUID, *, also_hidden: bool
) -> Sequence[ProjectDocumentCard]:
    """Return the documents of a project, the latest first; to most readers the public ones."""
    rows = session.scalars(
        select(ProjectDocument)
        .where(ProjectDocument.project_id == project_id)
        .ext(distinct_on(ProjectDocument.document_id))
        .order_by(ProjectDocument.document_id, ProjectDocument.version.desc())
    ).all()
    cards = cards_of_documents(session, [row.document_id for row in rows])
    found = [
        ProjectDocumentCard(
            row.document_id,
            row.title,
            row.title_en,
            row.dated,
            row.is_public,
            cards[row.document_id].sha256.hex(),
            cards[row.document_id].media_type,
            cards[row.document_id].name,
            cards[row.document_id].size,
            row.recorded_at,
        )
        for row in rows
        if row.is_public or also_hidden
    ]
    return sorted(found, key=lambda card: (card.dated, card.document_id), reverse=True)


def reversals(session: Session, project_id: UUID) -> Sequence[Reversal]:
    """Return what a project has lost, and what its reserve made good, the latest first."""
    found = session.execute(
        select(ReversalRow, Project, covered_by_reserve())
        .join(Project, Project.project_id == ReversalRow.project_id)
        .where(ReversalRow.project_id == project_id)
        .order_by(ReversalRow.happened_on.desc(), ReversalRow.reversal_id)
    )
    return [reversal_of(row, project, covered_kg) for row, project, covered_kg in found]


def reserves(session: Session) -> Sequence[ReserveDraft]:
    """Return the rules in force for reserves: of kinds first, then of projects by code."""
    rows = session.execute(
        select(ReserveShare, Project.code)
        .outerjoin(Project, Project.project_id == ReserveShare.project_id)
        .order_by(ReserveShare.number)
    )
    last = {
        (row.kind, code): ReserveDraft(
            Kind(row.kind) if row.kind else None, code, row.share_bp, row.source
        )
        for row, code in rows
    }
    return [last[key] for key in sorted(last, key=lambda key: (key[1] or "", key[0] or ""))]


def reserve_of(session: Session, card: ProjectCard) -> ReserveDraft | None:
    """Return the rule that further issuances of a project follow, or None for none.

    A project's own goes before its kind's; of several kinds the first is shown.
    """
    found = reserves(session)
    own = [each for each in found if each.project_code == card.code]
    of_kinds = [each for each in found if each.kind in card.kinds]
    return next(iter([*own, *of_kinds]), None)
