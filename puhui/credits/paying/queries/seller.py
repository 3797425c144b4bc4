"""Read what sellers are owed, and where all money is."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from puhui.credits.certificate import BEIJING
from puhui.credits.model import Batch, CertificateRow, Project, RetirementRow
from puhui.credits.paying.model import (
    Payout,
    Sale,
    Seller,
)
from puhui.credits.paying.receipt import CURRENCY
from puhui.credits.paying.seller import (
    PayoutLine,
    Reckoning,
    SaleLine,
    SellerCard,
    Statement,
    seller_id_of,
)


def seller_names(session: Session) -> Sequence[str]:
    """Return the names that batches carry."""
    return session.scalars(select(Batch.seller).distinct().order_by(Batch.seller)).all()


def sellers(session: Session, organisation_ids: Sequence[UUID] | None = None) -> list[SellerCard]:
    """Return every seller, by name; only those that are these organisations, if they are given."""
    agreed = {row.name: row for row in session.scalars(select(Seller))}
    sold = {
        name: (int(gross), int(fee))
        for name, gross, fee in session.execute(
            select(Sale.seller, func.sum(Sale.gross_fen), func.sum(Sale.fee_fen)).group_by(
                Sale.seller
            )
        )
    }
    paid = dict(
        session.execute(
            select(Payout.seller, func.sum(Payout.amount_fen)).group_by(Payout.seller)
        ).all()
    )
    cards = []
    for name in sorted({*seller_names(session), *sold}):
        row = agreed.get(name)
        organisation_id = row.organisation_id if row else None
        if organisation_ids is not None and organisation_id not in organisation_ids:
            continue
        gross, fee = sold.get(name, (0, 0))
        cards.append(
            SellerCard(
                seller_id_of(name),
                name,
                organisation_id,
                row.fee_bp if row else 0,
                gross,
                fee,
                int(paid.get(name, 0)),
            )
        )
    return cards


def seller(session: Session, seller_id: UUID) -> SellerCard | None:
    """Return the seller, or None for one that no batch has."""
    return next((card for card in sellers(session) if card.seller_id == seller_id), None)


def balance_of(session: Session, name: str, before: datetime | None = None) -> int:
    """Return what is open with a seller, in fen: now, or what was at an instant."""
    sales = select(func.coalesce(func.sum(Sale.gross_fen - Sale.fee_fen), 0)).where(
        Sale.seller == name
    )
    payouts = select(func.coalesce(func.sum(Payout.amount_fen), 0)).where(Payout.seller == name)
    if before is not None:
        sales = sales.where(Sale.sold_at < before)
        payouts = payouts.where(Payout.recorded_at < before)
    return int(session.scalar(sales) or 0) - int(session.scalar(payouts) or 0)


def statement(session: Session, card: SellerCard, starts: date, ends: date) -> Statement:
    """Return a seller's account from the first to the last day, by the calendar of China."""
    since = datetime.combine(starts, time(), BEIJING)
    until = datetime.combine(ends + timedelta(days=1), time(), BEIJING)
    sold = session.execute(
        select(Sale, Batch.kind, Project, CertificateRow.code)
        .join(Batch, Batch.batch_id == Sale.batch_id)
        .join(Project, Project.project_id == Batch.project_id)
        .join(RetirementRow, RetirementRow.hold_id == Sale.hold_id)
        .join(CertificateRow, CertificateRow.retirement_id == RetirementRow.retirement_id)
        .where(Sale.seller == card.name, Sale.sold_at >= since, Sale.sold_at < until)
        .order_by(Sale.sold_at, CertificateRow.code, Project.code, Sale.batch_id)
    )
    sent = session.scalars(
        select(Payout)
        .where(Payout.seller == card.name, Payout.recorded_at >= since, Payout.recorded_at < until)
        .order_by(Payout.recorded_at, Payout.payout_id)
    ).all()
    cancelled = set(
        session.scalars(select(Payout.cancels).where(Payout.cancels.is_not(None))).all()
    )
    return Statement(
        card,
        starts,
        ends,
        balance_of(session, card.name, since),
        tuple(
            SaleLine(
                row.sold_at,
                code,
                project.code,
                project.name,
                project.name_en,
                kind,
                row.quantity_kg,
                row.price_fen_per_t,
                row.gross_fen,
                row.fee_fen,
            )
            for row, kind, project, code in sold
        ),
        tuple(
            PayoutLine(
                row.payout_id,
                row.recorded_at,
                row.paid_on,
                row.reference,
                row.amount_fen,
                row.payout_id in cancelled or row.cancels is not None,
            )
            for row in sent
        ),
    )


_RECKONING = text("""
    WITH money AS (
      SELECT r.amount_fen, h.state AS hold, f.state AS refund
        FROM credits_receipt AS r
        LEFT JOIN credits_payment AS p ON p.road = r.road AND p.reference = r.reference
        LEFT JOIN credits_hold AS h ON h.hold_id = p.hold_id
        LEFT JOIN credits_refund AS f ON f.receipt_id = r.receipt_id AND f.state <> 'withdrawn'
       WHERE r.currency = :currency)
    SELECT coalesce(sum(amount_fen), 0),
           coalesce((SELECT sum(gross_fen) FROM credits_sale), 0),
           coalesce(sum(amount_fen) FILTER (WHERE hold = 'paid'), 0),
           coalesce(sum(amount_fen) FILTER (WHERE hold IS NULL AND refund IS NULL), 0),
           coalesce(sum(amount_fen) FILTER (WHERE refund IN ('asked', 'sending')), 0),
           coalesce(sum(amount_fen) FILTER (WHERE refund = 'sent'), 0),
           coalesce(sum(amount_fen) FILTER (WHERE refund = 'set_aside'), 0)
      FROM money""")


def reckoning(session: Session) -> Reckoning:
    """Return where all yuan are that ever came."""
    row = session.execute(_RECKONING, {"currency": CURRENCY}).one()
    return Reckoning(*(int(part) for part in row))


def statement_rows(found: Statement) -> Iterator[tuple[object, ...]]:
    """Yield a statement's lines in order of time, each with the balance after it, all in fen."""
    lines: list[tuple[datetime, tuple[object, ...], int]] = [
        (
            line.sold_at,
            (
                "sale", line.certificate, line.project_code, line.project_name, line.kind,
                line.quantity_kg, line.price_fen_per_t, line.gross_fen, line.fee_fen, line.net_fen,
            ),
            line.net_fen,
        )
        for line in found.sales
    ]  # fmt: skip
    lines += [
        (
            line.recorded_at,
            ("payout", line.reference, "", "", "", "", "", "", "", -line.amount_fen),
            -line.amount_fen,
        )
        for line in found.payouts
    ]
    balance = found.opening_fen
    for when, cells, change in sorted(lines, key=lambda line: line[0]):
        balance += change
        yield (when.astimezone(BEIJING).date().isoformat(), *cells, balance)
