"""Read retirements, and the serials that they took."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.credits.hold import RetiredLine, Retirement, one_for_each_vintage
from puhui.credits.kind import RULES, Kind
from puhui.credits.model import Batch, Block, CertificateRow, Project, RetirementRow
from puhui.credits.queries.holds import hold
from puhui.credits.serial import FORMS, SerialRange, parse


def retirement(session: Session, retirement_id: UUID) -> Retirement | None:
    """Return the retirement, or None for an unknown one."""
    row = session.get(RetirementRow, retirement_id)
    return None if row is None else _retirement(session, row)


def retirement_of_hold(session: Session, hold_id: UUID) -> Retirement | None:
    """Return what the hold's credits were retired as, or None."""
    row = session.scalar(select(RetirementRow).where(RetirementRow.hold_id == hold_id))
    return None if row is None else _retirement(session, row)


def _retirement(session: Session, row: RetirementRow) -> Retirement:
    held = hold(session, row.hold_id)
    assert held is not None, row.hold_id
    code = session.scalar(
        select(CertificateRow.code).where(CertificateRow.retirement_id == row.retirement_id)
    )
    assert code is not None, row.retirement_id
    return Retirement(
        row.retirement_id,
        row.hold_id,
        code,
        held.purpose,
        row.quantity_kg,
        row.required_kg,
        row.retired_at,
        row.register_entry_id,
        tuple(lines_of_hold(session, row.hold_id)),
    )


def lines_of_hold(session: Session, hold_id: UUID) -> list[RetiredLine]:
    """Return the serials that a hold has, one line per batch, neighbouring ranges joined."""
    found = session.execute(
        select(Batch, Project, Block.serials)
        .join(Project, Project.project_id == Batch.project_id)
        .join(Block, Block.batch_id == Batch.batch_id)
        .where(Block.hold_id == hold_id)
        .order_by(Batch.kind, Project.code, Batch.period_ends, Batch.batch_id, Block.serials)
    ).all()
    ranges: dict[UUID, list[tuple[int, int]]] = {}
    batches: dict[UUID, tuple[Batch, Project]] = {}
    for batch, project, serials in found:
        batches[batch.batch_id] = batch, project
        assert serials.lower is not None, batch.batch_id
        assert serials.upper is not None, batch.batch_id
        first, last = serials.lower, serials.upper - 1
        joined = ranges.setdefault(batch.batch_id, [])
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    lines: list[RetiredLine] = []
    for batch_id, (batch, project) in batches.items():
        rule = RULES[Kind(batch.kind)]
        whole = parse(batch.serial_text, rule.form)
        parts = tuple(whole.part(first, last) for first, last in ranges[batch_id])
        lines.append(
            RetiredLine(
                batch_id,
                batch.kind,
                project.code,
                project.name,
                project.name_en,
                project.place,
                project.place_en,
                project.beneficiaries,
                project.beneficiaries_en,
                batch.period_starts,
                batch.period_ends,
                batch.registry_name,
                FORMS[rule.form].ours,
                parts,
                _kg(parts, rule.granularity_kg),
                batch.details,
            )
        )
    return one_for_each_vintage(lines)


def _kg(parts: Sequence[SerialRange], granularity_kg: int) -> int:
    return sum(part.count for part in parts) * granularity_kg
