"""Read certificates with their errata and the losses that touch them."""

import json
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.credits.certificate import Certificate, Correction, Opening, SealText, read_code
from puhui.credits.model import (
    Batch,
    Beneficiary,
    Block,
    CertificateRow,
    Erratum,
    Project,
    RetirementRow,
    ReversalRow,
    Seal,
)
from puhui.credits.queries.reversals import covered_by_reserve, reversal_of
from puhui.credits.reversal import Reversal


def certificate_by_code(session: Session, code: str) -> Certificate | None:
    """Return the certificate of this code, however it was typed, or None."""
    found = session.execute(
        select(CertificateRow, RetirementRow)
        .join(RetirementRow, RetirementRow.retirement_id == CertificateRow.retirement_id)
        .where(CertificateRow.code == read_code(code))
    ).first()
    if found is None:
        return None
    row, retired = found
    named = session.get(Beneficiary, retired.hold_id)
    seal = session.get(Seal, retired.retirement_id)
    errata = session.scalars(
        select(Erratum)
        .where(Erratum.retirement_id == row.retirement_id)
        .order_by(Erratum.recorded_at, Erratum.erratum_id)
    )
    return Certificate(
        row.code,
        row.retirement_id,
        retired.hold_id,
        retired.register_entry_id,
        row.document,
        json.loads(row.document),
        Opening(named.salt, named.name, named.name_en) if named else None,
        tuple(Correction(each.says_zh, each.says_en, each.recorded_at) for each in errata),
        SealText(seal.key, seal.signature) if seal else None,
        retired.retired_at,
        _reversals(session, row.retirement_id),
    )


def _reversals(session: Session, retirement_id: UUID) -> tuple[Reversal, ...]:
    """Return what projects lost on or after the first day of periods retired from them."""
    touched = (
        select(Block.block_id)
        .join(Batch, Batch.batch_id == Block.batch_id)
        .where(
            Block.retirement_id == retirement_id,
            Batch.project_id == ReversalRow.project_id,
            Batch.period_starts <= ReversalRow.happened_on,
        )
    )
    found = session.execute(
        select(ReversalRow, Project, covered_by_reserve())
        .join(Project, Project.project_id == ReversalRow.project_id)
        .where(touched.exists())
        .order_by(ReversalRow.happened_on, ReversalRow.reversal_id)
    )
    return tuple(reversal_of(row, project, covered_kg) for row, project, covered_kg in found)
