"""Read what is stated of an event, and who has confirmed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import puhui.credits.queries as credits
from puhui.credits.certificate import Standing as CertificateStanding
from puhui.events.document import canonical, digest
from puhui.events.draft import bounds_as_json
from puhui.events.model import Confirmation, Event, Neutrality
from puhui.events.neutrality import deadline
from puhui.events.queries import events, standings, versions
from puhui.events.queries.forests import forest_draft, forest_route
from puhui.events.statement import (
    ConfirmationKind,
    Declared,
    RetiredPart,
    Statement,
    StatementKind,
    Subject,
    document_of_statement,
)
from puhui.identity.queries import organisation


@dataclass(frozen=True)
class ConfirmationCard:
    """Somebody's word, and whether it is of the statement as it stands now."""

    confirmation_id: UUID
    kind: ConfirmationKind
    organisation_id: UUID
    organisation: str
    organisation_en: str
    says_zh: str
    says_en: str
    sha256: str
    confirmed_at: datetime
    is_current: bool


@dataclass(frozen=True)
class StatementCard:
    """A statement with whoever confirmed it."""

    statement: Statement
    confirmations: tuple[ConfirmationCard, ...]
    reversed_certificates: tuple[str, ...]
    """Certificates whose projects have lost carbon since."""
    stated_at: datetime
    """When the newest of the facts in it came about."""

    @property
    def kind(self) -> StatementKind:
        """Return what it calls itself."""
        return self.statement.kind

    @property
    def document(self) -> Mapping[str, Any]:
        """Return what is stated."""
        return self.statement.document

    @property
    def sha256(self) -> str:
        """Return the hash of what is stated."""
        return self.statement.sha256


def statement(session: Session, event: Event) -> Statement:
    """Return what can be stated of an event now. The same facts give the same bytes."""
    newest = versions.estimate(session, event.event_id)
    declared = None if newest is None else session.get(Neutrality, newest.estimate_id)
    estimate = None if newest is None else versions.document(newest)
    organiser = organisation(session, event.organisation_id)
    assert organiser is not None, event.organisation_id
    venue = events.venue(event)
    row = forest_route(session, event.event_id)
    told = document_of_statement(
        Subject(
            event.event_id,
            event.title_zh,
            event.title_en,
            organiser.name,
            organiser.name_en or "",
            venue.name_zh,
            venue.name_en,
            event.venue_county,
            event.starts_on,
            event.ends_on,
            deadline(event.ends_on),
        ),
        # An estimate keeps the boundary that it was made with.
        bounds_as_json(event.bounds) if estimate is None else estimate["boundary"],
        estimate,
        None if newest is None else newest.sha256,
        _retired(session, event.event_id),
        None if declared is None else Declared(declared.declared_at, declared.register_entry_id),
        None if row is None else forest_draft(row),
    )
    text = canonical(told)
    return Statement(StatementKind(told["kind"]), told, text, digest(text))


def statement_card(session: Session, event: Event) -> StatementCard:
    """Return the statement with its confirmations, oldest first."""
    stated = statement(session, event)
    rows = session.scalars(
        select(Confirmation)
        .where(Confirmation.event_id == event.event_id)
        .order_by(Confirmation.confirmed_at, Confirmation.confirmation_id)
    ).all()
    certificates = [part["certificate"] for part in stated.document["offset"]["retirements"]]
    return StatementCard(
        stated,
        tuple(_confirmation(session, row, stated.sha256) for row in rows),
        tuple(code for code in certificates if _is_reversed(session, code)),
        max(
            (
                event.changed_at,
                *(estimate.made_at for estimate in versions.estimates(session, event.event_id)[:1]),
                *(part.retired_at for part in standings.retirements(session, event.event_id)),
                *(row.confirmed_at for row in rows),
            )
        ),
    )


def has_confirmed(session: Session, estimate_id: UUID, organisation_id: UUID) -> bool:
    """Whether an organisation has given its word about the statement of this estimate."""
    return (
        session.scalar(
            select(Confirmation.confirmation_id).where(
                Confirmation.estimate_id == estimate_id,
                Confirmation.organisation_id == organisation_id,
            )
        )
        is not None
    )


def _confirmation(session: Session, row: Confirmation, sha256: str) -> ConfirmationCard:
    body = organisation(session, row.organisation_id)
    assert body is not None, row.organisation_id
    return ConfirmationCard(
        row.confirmation_id,
        ConfirmationKind(row.kind),
        row.organisation_id,
        body.name,
        body.name_en or "",
        row.says_zh,
        row.says_en,
        row.sha256,
        row.confirmed_at,
        row.sha256 == sha256,
    )


def _is_reversed(session: Session, code: str) -> bool:
    certificate = credits.certificate_by_code(session, code)
    return certificate is not None and certificate.standing in {
        CertificateStanding.REVERSED,
        CertificateStanding.CORRECTED_AND_REVERSED,
    }


def _retired(session: Session, event_id: UUID) -> Sequence[RetiredPart]:
    found = []
    for part in standings.retirements(session, event_id):
        retirement = credits.retirement(session, part.retirement_id)
        assert retirement is not None, part.retirement_id
        found.append(
            RetiredPart(
                retirement.certificate_code,
                part.quantity_kg,
                part.retired_at,
                [
                    {
                        "project_name": {"zh": line.project_name, "en": line.project_name_en},
                        "registry": line.registry,
                        "serials": [str(serials) for serials in line.serials],
                        "kg": str(line.quantity_kg),
                    }
                    for line in retirement.lines
                ],
            )
        )
    return found
