"""What breaks each invariant of credits, and nothing else."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from puhui.credits import service
from puhui.credits.kind import Kind
from puhui.db.session import transaction
from puhui.kernel import clock
from tests.credits.paying import corruptions as paying
from tests.makers.credits import (
    cancelled,
    draft,
    encumbered,
    held,
    on_sale,
    operator,
    organiser,
    paid,
    retired,
    reversed_by,
    with_reserve,
)


def sound_books(*, settle: Callable[[], None], **_: object) -> None:
    """Leave a retired hold with an erratum, a live one, and stock of two kinds; of a third a
    reserve that covered a fire, a part that is pledged, and one that is cancelled."""
    on_sale(draft(Kind.FFCER, 9_000, 1555), draft(Kind.ONE_YUAN, 500, 10_000))
    with_reserve(10, Kind.FOREST_TICKET)
    tickets = draft(Kind.FOREST_TICKET, 1_000, 90_000)
    (batch,) = on_sale(tickets)
    cancelled(batch, str(tickets.serials.part(1, 100)))
    encumbered(batch, str(tickets.serials.part(201, 300)))
    reversed_by(tickets.project.code, 40, date(2020, 1, 1))
    who = organiser()
    done = retired(paid(held(who, 3_000)))
    held(who, 2_000)
    with transaction() as session:
        service.correct(
            session, operator().actor, done.retirement_id, uuid4(), "错字", "Typo", clock.now()
        )
    paying.sound_books(who, done)
    settle()


def _entry_without_subject(kind: str) -> list[str]:
    return [
        "INSERT INTO register_entry (entry_id, kind, subject_id, leaf, recorded_at)"
        f" VALUES (gen_random_uuid(), '{kind}', 'nothing', '{{}}', now())"
    ]


CORRUPTIONS = {
    "C1": [
        "ALTER TABLE credits_block DROP CONSTRAINT ex_credits_block_serials",
        "UPDATE credits_block SET serials = int8range(lower(serials) + 1, upper(serials) + 1)"
        " WHERE state = 'available'",
    ],
    "C2": ["UPDATE credits_batch SET serial_text = serial_text || '0' WHERE kind = 'ffcer'"],
    "C3": [
        "ALTER TABLE credits_block"
        " DROP CONSTRAINT ck_credits_block_cancellation_exactly_if_cancelled",
        "UPDATE credits_block SET state = 'cancelled' WHERE state = 'available'",
    ],
    "C4": ["UPDATE credits_hold SET state = 'paid', ended_at = NULL WHERE state = 'retired'"],
    "C5": ["DELETE FROM credits_certificate"],
    "C5-tally": ["UPDATE credits_tally SET quantity_kg = quantity_kg + 1"],
    "C5-words": [
        "UPDATE credits_certificate SET document ="
        """ replace(document, '"retired_kg":"3000"', '"retired_kg":"300000"')"""
    ],
    "C6": [
        "UPDATE credits_hold_line SET cost_fen = cost_fen + 1 WHERE hold_id IN"
        " (SELECT hold_id FROM credits_hold WHERE state = 'held')"
    ],
    "C7": ["UPDATE credits_retirement SET purpose_id = gen_random_uuid()"],
    "C8": [
        "INSERT INTO credits_sponsor (hold_id, place, name, name_en, share_bp)"
        " SELECT hold_id, 0, '某公司', '', 9999 FROM credits_hold"
    ],
    "C9": ["UPDATE credits_project SET households = 13"],
    "C10": [
        "UPDATE credits_cancellation SET quantity_kg = quantity_kg + 1 WHERE year IS NULL"
        " AND reversal_id IS NULL"
    ],
    "C11": [
        "UPDATE credits_encumbrance SET serials = int8range(200, 300) WHERE serials IS NOT NULL"
    ],
    "C12": ["UPDATE credits_batch SET encumbrance = 'disputed' WHERE kind = 'one_yuan'"],
    "C13": ["UPDATE credits_reversal SET lost_kg = 39"],
    "T3-cancellation": _entry_without_subject("credit_cancellation"),
    "T3-reserve": _entry_without_subject("credit_reserve"),
    "T3-batch": _entry_without_subject("credit_batch"),
    "T3-reversal": _entry_without_subject("project_reversal"),
    "T3-erratum": _entry_without_subject("retirement_erratum"),
    "T3-retirement": _entry_without_subject("retirement"),
    **paying.CORRUPTIONS,
}
