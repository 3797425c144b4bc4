"""A published library, and a way to break each of its promises alone."""

from collections.abc import Callable

from puhui.kernel.clock import now
from tests.makers.factors import publish_shipped


def sound_books(settle: Callable[[], None], **_: object) -> None:
    publish_shipped(now())
    settle()


CORRUPTIONS = {
    "F1": [
        "INSERT INTO factors_factor SELECT 'water.well', version, subject, name_zh, name_en,"
        " kg_per_unit, unit, gases, boundary, biogenic, region, year, source, added_at"
        " FROM factors_factor WHERE key = 'water.tap'"
    ],
    "F2": [
        "ALTER TABLE factors_act DROP CONSTRAINT ck_factors_act_withdrawal_has_reason",
        "INSERT INTO factors_act (key, version, kind, at)"
        " SELECT key, version, 'withdrawn', at FROM factors_act WHERE key = 'water.tap'",
    ],
    "F4": [
        "ALTER TABLE factors_import DROP CONSTRAINT ck_factors_import_faulty_never_published",
        "INSERT INTO factors_import (import_id, file, sha256, content, rows, faults, imported_at,"
        " published_at, published_by) SELECT gen_random_uuid(), 'x.csv', repeat('0', 64), '', 0,"
        " '[{}]', at, at, gen_random_uuid() FROM factors_act WHERE key = 'water.tap'",
    ],
    "F3": ["UPDATE factors_factor SET kg_per_unit = 0.0001 WHERE key = 'water.tap'"],
}
