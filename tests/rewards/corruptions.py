"""Sound books of plantings and points, and a way to break each promise alone."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.clock import day_of
from puhui.rewards.adjustment import AdjustmentDraft
from puhui.rewards.report import ReportDraft, ReportVerdict
from puhui.rewards.service import adjustments, awards, lots, reports, reversals
from puhui.rewards.survival import DeathCause
from tests.makers.duty import certified
from tests.makers.identity import person
from tests.makers.outing import booked, opened
from tests.makers.rewards import BLURRED, photo, planted, reviewed, rulebook
from tests.makers.survival import later, surveyed
from tests.makers.team import agreed, team


def sound_books(*, settle: Callable[[], None], **_: object) -> None:
    rulebook()
    li = person("李雷")
    verifier = person("王芳", ("核查中心", Role.VERIFIER))
    second = person("赵敏", ("第二核查中心", Role.VERIFIER))
    reviewed(verifier, planted(li, 3))
    big = planted(li, 58)
    reviewed(verifier, big)
    reviewed(second, big)
    reviewed(verifier, planted(li, 4), BLURRED)
    planted(li, 5)
    now = clock.now()
    clerk = person("运营甲", ("平台", Role.OPERATOR))
    other = person("运营乙", ("平台", Role.OPERATOR))
    with transaction() as session:
        for serial, since in ((FRESH, 0), (RIPE, 7), (SENT_BACK, 8), (LATE, 9)):
            awards.award_purchase(
                session, serial, uuid4(), li.person_id, now - timedelta(days=since)
            )
        lots.mature(session, day_of(now), now)
        reversals.reverse_purchase(session, SENT_BACK, li.person_id, now)
        said = ReportDraft("tending", 2, day_of(now), (photo(li),))
        for way, points in ((GIVEN, 15), (TAKEN, -25)):
            adjustments.propose_adjustment(
                session, clerk.actor, way, AdjustmentDraft(li.person_id, points, "误记", "1"), now
            )
            adjustments.decide_adjustment(session, other.actor, way, True, now)
        reports.log_report(session, li.actor, TENDED, said, now)
        reports.review_report(session, verifier.actor, TENDED, ReportVerdict(True), now)
    settle()
    with later(365):
        surveyed(second, big, 40, deaths={DeathCause.DROUGHT: 18}, size=("2.1", "2.4"))
        settle()
    certified(li, verifier)
    mei = person("韩梅梅")
    reviewed(verifier, planted(mei, 2))
    agreed(mei)
    team(mei)
    booked(li, opened(person("周运营", ("省平台", Role.OPERATOR))))
    settle()


FRESH, RIPE, SENT_BACK, LATE, TENDED, GIVEN, TAKEN = (UUID(int=n) for n in range(1, 8))
SMALL = "(SELECT planting_id FROM rewards_planting WHERE trees = 3)"

CORRUPTIONS = {
    "G1": ["UPDATE rewards_team SET lead_id = (SELECT person_id FROM identity_person"
           " WHERE display_name = '王芳')"],
    "G2": ["INSERT INTO identity_withdrawal SELECT consent_id, person_id, 'page', now()"
           " FROM identity_consent WHERE purpose = 'ranking'"],
    "G3": ["UPDATE rewards_standing_step SET subjects = subjects + 1"],
    "G4": ["UPDATE rewards_standing SET score = score + 1",
           "UPDATE rewards_standing_step SET score = score + 1"],
    "G5": ["ALTER TABLE rewards_standing DISABLE TRIGGER steps_up"],
    "S1": ["UPDATE rewards_survey SET alive_before = alive_before + 1"],
    "S2": ["UPDATE rewards_estimate SET alive = alive + 1"],
    "S3": ["UPDATE rewards_survey s SET decided_by = p.person_id FROM rewards_planting p"
           " WHERE p.planting_id = s.planting_id"],
    "S4": ["UPDATE rewards_award SET cause_id = gen_random_uuid() WHERE cause_kind = 'survival'"],
    "S5": ["ALTER TABLE rewards_estimate DISABLE TRIGGER append_only"],
    "S6": ["UPDATE rewards_duty_entry SET trees = trees - 9 WHERE cause_kind = 'survival'",
           "UPDATE rewards_duty_certificate SET trees = trees - 9"],
    "K1": ["UPDATE rewards_outing SET taken = taken + 1"],
    "K2": ["ALTER TABLE rewards_booking DISABLE TRIGGER booking_stays"],
    "D1": ["DELETE FROM rewards_duty_entry WHERE cause_kind = 'duty'",
           "UPDATE rewards_duty_certificate SET trees = trees - 3, tier = 'honour_certificate'"],
    "D2": ["UPDATE rewards_duty_certificate SET trees = trees + 1"],
    "D3": ["ALTER TABLE rewards_duty_entry DISABLE TRIGGER append_only"],
    "D4": ["DELETE FROM rewards_duty_certificate"],
    "D5": ["DELETE FROM rewards_duty_parameter WHERE province = '460000'"],
    "L6": [f"DELETE FROM rewards_award WHERE cause_id = {SMALL}"],
    "L7": ["UPDATE rewards_rule SET valid_from = '2026-03-13' WHERE key = 'planting'"],
    "W5": ["ALTER TABLE rewards_adjustment DROP CONSTRAINT ck_rewards_adjustment_two_operators",
           "UPDATE rewards_adjustment SET decided_by = proposed_by"],
    "W6": ["UPDATE rewards_report SET quantity = 3"],
    "W7": ["ALTER TABLE rewards_lot DISABLE TRIGGER lot_stays"],
    "W1": ["UPDATE rewards_lot SET state = 'ended', ended_by = lot_id WHERE points = 60"],
    "W2": ["UPDATE rewards_lot SET matures_on = '2026-03-13'"
           f" WHERE lot_id = '{uuid5(RIPE, 'points')}'"],
    "W3": ["UPDATE rewards_lot SET expires_on = '2036-03-13'"
           f" WHERE lot_id = '{uuid5(RIPE, 'points')}'"],
    "W4": ["DELETE FROM rewards_reversal"],
    "R1": ["DELETE FROM rewards_review WHERE verdict = 'refuse'"],
    "R2": ["UPDATE rewards_review v SET verifier_id = p.person_id FROM rewards_planting p"
           f" WHERE p.planting_id = v.planting_id AND p.planting_id = {SMALL}"],
    "R3": [f"UPDATE rewards_award SET cause_id = gen_random_uuid() WHERE cause_id = {SMALL}"],
    "R4": ["UPDATE rewards_rule SET most_per_day = 1000 WHERE key = 'planting'"],
    "R5": ["UPDATE rewards_planting_photo SET live = false"
           f" WHERE planting_id = {SMALL}"],
    "R6": ["ALTER TABLE rewards_award DISABLE TRIGGER append_only"],
    "R8": ["INSERT INTO rewards_draw (month, seed, commitment, opened_at)"
           " VALUES ('2025-01-01', sha256('x'), sha256(sha256('x')), now())",
           "INSERT INTO rewards_audit SELECT planting_id, '2025-01-01', base_id, 'confirmed', '',"
           f" person_id, now() FROM rewards_planting WHERE planting_id = {SMALL}"
           " ON CONFLICT (planting_id) DO UPDATE SET verdict = 'confirmed', words = '',"
           " decided_by = EXCLUDED.decided_by, decided_at = now()"],
    "R7": ["UPDATE rewards_decision SET score = score + 1"],
}  # fmt: skip
