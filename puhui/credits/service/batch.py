"""Bring credits in: batches one by one or by file, each with its share of the reserve."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ARRAY, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session

from puhui.credits import queries, stock
from puhui.credits.batch import BatchDraft, Encumbrance, ProjectDraft, Row, clashes, read
from puhui.credits.errors import NameTaken
from puhui.credits.kind import RULES
from puhui.credits.model import Batch, Block, Project, ProjectVersion
from puhui.credits.project import SAID, said_by
from puhui.credits.queries import BatchCard
from puhui.credits.reserve import reserved_of
from puhui.credits.service.encumbrance import remember
from puhui.credits.service.project import first_version, shares_of
from puhui.credits.upload import read_workbook
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.ledger.account import Move
from puhui.ledger.service import transfer_all
from puhui.outbox.service import publish
from puhui.register.entry import Value
from puhui.register.service import record

# One import at a time: what the second checks is what the first has brought in.
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtext('credits import'))")
_TAKEN = text("""
    SELECT DISTINCT ON (place) place, batch_id
      FROM unnest(:registries, :blocks, CAST(:ranges AS int8range[]))
           WITH ORDINALITY AS asked(registry, block, wanted, place)
      JOIN credits_batch ON registry_name = registry AND serial_block = block
                        AND serials && wanted
     ORDER BY place, batch_id""").bindparams(
    bindparam("registries", type_=ARRAY(Text)), bindparam("blocks", type_=ARRAY(Text))
)
_OTHER_KIND = text("""
    SELECT DISTINCT ON (place) place, known.kind
      FROM unnest(CAST(:projects AS uuid[]), :kinds, CAST(:periods AS daterange[]))
           WITH ORDINALITY AS asked(project, asked_kind, period, place)
      JOIN credits_batch AS known ON project_id = project AND known.kind <> asked_kind
                        AND daterange(period_starts, period_ends, '[]') && period
     ORDER BY place, known.kind""").bindparams(bindparam("kinds", type_=ARRAY(Text)))


def import_batch(
    session: Session, actor: Actor, batch_id: UUID, draft: BatchDraft, now: datetime
) -> BatchCard:
    """Bring one batch in under the identifier that the operator gives it.

    The same again changes nothing.

    Raises:
        NameTaken: the identifier belongs to another batch.
        Invalid: its serials, its period or its project contradict what is known.
    """
    actor.require(Permission.CREDIT_IMPORT)
    session.execute(_ONE_BY_ONE)
    known = session.get(Batch, batch_id)
    if known is None:
        _bring_in(session, actor, [(Row(1, draft), batch_id)], now)
    elif not _is(session, known, draft):
        raise NameTaken(batch=str(batch_id))
    found = queries.batch(session, batch_id)
    assert found is not None, batch_id
    return found


def import_file(
    session: Session, actor: Actor, import_id: UUID, content: str | bytes, now: datetime
) -> tuple[int, int]:
    """Bring in every batch of a file, or none; return how many are new and how many known.

    The text of a CSV file, or the bytes of a workbook of which the first sheet is read.

    A row that was imported before, word for word, is known and changes nothing.

    Raises:
        Invalid: with every fault of the file by row and column; nothing was brought in.
    """
    actor.require(Permission.CREDIT_IMPORT)
    rows, faults = read(content) if isinstance(content, str) else read_workbook(content)
    faults += clashes(rows)
    session.execute(_ONE_BY_ONE)
    batches = {
        batch.batch_id: batch
        for batch in session.scalars(
            select(Batch).where(Batch.batch_id.in_([row.draft.batch_id for row in rows]))
        )
    }
    new = []
    for row in rows:
        known = batches.get(row.draft.batch_id)
        if known is None or not _is(session, known, row.draft):
            new.append((row, row.draft.batch_id))
    _bring_in(session, actor, new, now, faults)
    return len(new), len(rows) - len(new)


def _bring_in(
    session: Session,
    actor: Actor,
    new: Sequence[tuple[Row, UUID]],
    now: datetime,
    faults: Sequence[Fault] = (),
) -> None:
    found = [*faults, *_contradictions(session, [row for row, _ in new])]
    if found:
        raise Invalid(sorted(found, key=lambda fault: (fault.row or 0, fault.field or "")))
    if not new:
        return
    projects = {row.draft.project.code: row.draft.project for row, _ in new}.values()
    first = session.scalars(
        insert(Project)
        .values([_project(draft, now) for draft in projects])
        .on_conflict_do_nothing()
        .returning(Project.project_id)
    ).all()
    session.add_all(
        first_version(draft, actor.person_id, now)
        for draft in projects
        if draft.project_id in first
    )
    shares = shares_of(session, {draft.project_id for draft in projects})
    kept = {
        batch_id: reserved_of(row.draft.serials.count, share)
        for row, batch_id in new
        if (share := shares.get(row.draft.project.project_id, shares.get(row.draft.kind, 0)))
    }
    for row, batch_id in new:
        draft = row.draft
        serials = Range(draft.serials.first, draft.serials.last + 1)
        session.add(
            Batch(
                batch_id=batch_id,
                project_id=draft.project.project_id,
                kind=draft.kind,
                granularity_kg=RULES[draft.kind].granularity_kg,
                registry_name=draft.registry,
                serial_block=draft.serials.block,
                serial_text=str(draft.serials),
                serials=serials,
                quantity_kg=draft.quantity_kg,
                period_starts=draft.period_starts,
                period_ends=draft.period_ends,
                price_fen_per_t=draft.price_fen_per_t,
                seller=draft.seller,
                encumbrance=draft.encumbrance,
                encumbrance_note=draft.encumbrance_note,
                source=draft.source,
                imported_by=actor.person_id,
                imported_at=now,
                details=dict(draft.details),
            )
        )
    session.flush()
    for row, batch_id in new:
        draft = row.draft
        # The reserve has the last numbers.
        border = draft.serials.last + 1 - kept.get(batch_id, 0)
        if border > draft.serials.first:
            serials = Range(draft.serials.first, border)
            session.add(Block(batch_id=batch_id, serials=serials, state="available"))
        if border <= draft.serials.last:
            serials = Range(border, draft.serials.last + 1)
            session.add(Block(batch_id=batch_id, serials=serials, state="held", kept="reserve"))
        if draft.encumbrance is not Encumbrance.NONE:
            batch = session.get_one(Batch, batch_id)
            note = draft.encumbrance_note
            remember(session, batch, draft.encumbrance, note, actor.person_id, now)
        record(
            session,
            "credit_batch",
            str(batch_id),
            {
                "kind": draft.kind.value,
                "project": draft.project.code,
                "registry": draft.registry,
                "serials": str(draft.serials),
                "period": [draft.period_starts.isoformat(), draft.period_ends.isoformat()],
                "kg": str(draft.quantity_kg),
            }
            | ({"details": dict(draft.details)} if draft.details else {})
            | _reserved(draft, kept.get(batch_id, 0)),
            now,
        )
        publish(session, "credits.batch_imported", now, batch_id=str(batch_id))
    session.flush()
    moves = []
    for row, batch_id in sorted(new, key=lambda pair: pair[1]):
        source = stock.issued(row.draft.registry)
        reserved_kg = kept.get(batch_id, 0) * RULES[row.draft.kind].granularity_kg
        for_sale_kg = row.draft.quantity_kg - reserved_kg
        if for_sale_kg:
            moves.append(Move(source, stock.available(batch_id), for_sale_kg))
        if reserved_kg:
            moves.append(Move(source, stock.held(batch_id), reserved_kg))
    named, *others = sorted(batch_id for _, batch_id in new)
    transfer_all(
        session,
        uuid5(named, "\n".join(["issued", *map(str, others)])),
        moves,
        reason="credits.import",
        occurred_at=now,
    )


def _contradictions(session: Session, rows: Sequence[Row]) -> list[Fault]:
    """Name the rows that contradict what the database holds."""
    if not rows:
        return []
    drafts = [row.draft for row in rows]
    taken = session.execute(
        _TAKEN,
        {
            "registries": [draft.registry for draft in drafts],
            "blocks": [draft.serials.block for draft in drafts],
            "ranges": [f"[{draft.serials.first},{draft.serials.last}]" for draft in drafts],
        },
    )
    faults = [
        Fault(
            "serials_taken",
            N_("序列号已在批次 %(batch)s 中登记"),
            rows[place - 1].row,
            "serials",
            {"batch": str(batch_id)},
        )
        for place, batch_id in taken
    ]
    other = session.execute(
        _OTHER_KIND,
        {
            "projects": [str(draft.project.project_id) for draft in drafts],
            "kinds": [draft.kind.value for draft in drafts],
            "periods": [f"[{draft.period_starts},{draft.period_ends}]" for draft in drafts],
        },
    )
    faults += [
        Fault(
            "issued_twice_before",
            N_("同一林地同一时期已以另一种类登记"),
            rows[place - 1].row,
            "kind",
            {"kind": kind},
        )
        for place, kind in other
    ]
    # A file from before a project was described anew still says what was said then.
    said: dict[UUID, list[ProjectVersion]] = {}
    for version in session.scalars(
        select(ProjectVersion).where(
            ProjectVersion.project_id.in_({draft.project.project_id for draft in drafts})
        )
    ):
        said.setdefault(version.project_id, []).append(version)
    faults += [
        Fault(
            "project_differs_from_known",
            N_("项目信息与已登记的不一致"),
            row.row,
            "project",
        )
        for row in rows
        if (versions := said.get(row.draft.project.project_id))
        and not any(_is_told_by(row.draft.project, version) for version in versions)
    ]
    return faults


def _is(session: Session, known: Batch, draft: BatchDraft) -> bool:
    """Whether the batch is what the draft describes. Price and encumbrance may have changed, and
    details may be lacking on either side, but not differ."""
    differs = any(known.details.get(name, value) != value for name, value in draft.details.items())
    return not differs and (
        known.kind,
        known.project_id,
        known.registry_name,
        known.serial_text,
        known.period_starts,
        known.period_ends,
    ) == (
        draft.kind,
        draft.project.project_id,
        draft.registry,
        str(draft.serials),
        draft.period_starts,
        draft.period_ends,
    )


def _project(draft: ProjectDraft, now: datetime) -> dict[str, object]:
    return {
        "project_id": draft.project_id,
        "code": draft.code,
        "created_at": now,
        **said_by(draft),
    }


def _is_told_by(draft: ProjectDraft, version: ProjectVersion) -> bool:
    """Whether a version says of the project what the draft says; a file may know no English
    for the method."""
    return all(
        getattr(draft, name) == getattr(version, name)
        for name in SAID
        if name != "method_en" or draft.method_en
    )


def _reserved(draft: BatchDraft, count: int) -> dict[str, Value]:
    """Return what the register says of the part of an issuance that is a reserve."""
    if not count:
        return {}
    part = draft.serials.part(draft.serials.last + 1 - count, draft.serials.last)
    return {"reserve": str(part)}
