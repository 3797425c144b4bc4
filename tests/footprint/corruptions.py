"""Sound books of footprint, and a way to break each of their promises alone."""

from collections.abc import Callable

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.kernel.clock import now
from tests.makers import footprint as make
from tests.makers.identity import person
from tests.makers.rewards import rulebook


def sound_books(settle: Callable[[], None], **_: object) -> None:
    rulebook()  # a claim earns points, and points need a rule
    printed = make.serials(make.mill(), now(), count=3)
    with transaction() as session:
        buyer, serial = person("林梅").actor, printed[0]
        service.claim_serial(session, buyer, serial.token, serial.pin, make.PEPPER, now())
        shop = make.shopkeeper().actor
        service.take_back_serials(session, shop, [serial.token], make.PEPPER, now())
    settle()


CORRUPTIONS = {
    "B1": ["UPDATE footprint_batch SET shipped_at = NULL"],
    "B2": [
        "ALTER TABLE footprint_serial DROP CONSTRAINT ck_footprint_serial_claimed_by_somebody",
        "UPDATE footprint_serial SET claimant_id = NULL WHERE state = 'claimed'",
    ],
    "B3": ["DELETE FROM footprint_serial WHERE number = 2"],
    "B4": [
        "UPDATE footprint_footprint SET decided_at = decided_at + interval '1 day'",
    ],
    "B5": ["UPDATE footprint_footprint SET document = replace(document, '283.268244648', '28.3')"],
    "B6": [
        # A whole library gone: one row changed would be F3's to notice.
        "DELETE FROM factors_quality",
        "DELETE FROM factors_act",
        "DELETE FROM factors_factor",
    ],
    "V1": ['UPDATE footprint_review SET answers = \'[{"point": "boundary", "answer": "no"}]\''],
    "V2": [
        "UPDATE footprint_label SET withdrawn_at = now(), withdrawn_reason = 'x',"
        " end_ground = 'worse'",
    ],
    "V3": [
        "UPDATE footprint_review SET organisation_id ="
        " (SELECT organisation_id FROM footprint_product LIMIT 1)"
    ],
    "B7": ["UPDATE footprint_footprint SET number = 2"],
    "B8": ["UPDATE footprint_take_back SET person_id = gen_random_uuid()"],
}
