"""Projects, batches, blocks of serials, holds, payments, retirements, certificates."""

from puhui.credits.model.batch import GRANULARITY_OF_KIND, Batch, Block
from puhui.credits.model.fate import Cancellation, EncumbranceRow
from puhui.credits.model.hold import Beneficiary, HoldLine, HoldRow, Payment, SponsorRow
from puhui.credits.model.project import Project, ProjectDocument, ProjectVersion
from puhui.credits.model.reserve import ReserveShare
from puhui.credits.model.retirement import CertificateRow, Erratum, RetirementRow, Seal, Tally
from puhui.credits.model.reversal import ReversalRow

__all__ = [
    "GRANULARITY_OF_KIND",
    "Batch",
    "Beneficiary",
    "Block",
    "Cancellation",
    "CertificateRow",
    "EncumbranceRow",
    "Erratum",
    "HoldLine",
    "HoldRow",
    "Payment",
    "Project",
    "ProjectDocument",
    "ProjectVersion",
    "ReserveShare",
    "RetirementRow",
    "ReversalRow",
    "Seal",
    "SponsorRow",
    "Tally",
]
