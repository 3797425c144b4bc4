"""Sound books of plantings and points, and a way to break each promise alone."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.clock import day_of
from puhui.rewards.adjustment import AdjustmentDraft
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.report import ReportDraft, ReportVerdict
from puhui.rewards.service import (
    adjustments,
    awards,
    handovers,
    held_claims,
    lots,
    refunds,
    reports,
    reversals,
)
from puhui.rewards.service.claims import Unit, weigh_claim
from puhui.rewards.survival import DeathCause
from tests.makers.duty import certified
from tests.makers.identity import SignedIn, organisation, person
from tests.makers.outing import booked, opened
from tests.makers.rewards import BLURRED, photo, planted, reviewed, rulebook
from tests.makers.shop import cause, clerk, donated, offered, redeemed
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
        for serial, units in ((PASSED, 1), (PASSED_ROUND, 11)):
            awards.award_purchase(session, serial, uuid4(), li.person_id, now)
            unit = Unit(serial, li.person_id, uuid4(), organisation("武夷商店"), "0" * 26, now)
            facts = ClaimFacts(now, sold_at=now - timedelta(hours=1), buyer_day=units)
            weigh_claim(session, unit, facts, now, bytes(32))
        held_claims.decide_claim(
            session, verifier.actor, PASSED_ROUND, released=False, words="代领", now=now
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
    _shop(li)


def _shop(li: SignedIn) -> None:
    """Li redeems three things, of which one is handed over and one refunded, and gives points."""
    offer = offered(points=4)
    with later(30):
        first, second, _ = (redeemed(li, offer) for _ in range(3))
        staff = clerk()
        with transaction() as session:
            handovers.hand_over(
                session, staff.actor, first.partner.organisation_id, first.code, clock.now()
            )
            refunds.refund(session, staff.actor, second.redemption_id, "缺货", clock.now())
        donated(li, cause(), 5)


FRESH, RIPE, SENT_BACK, LATE, TENDED, GIVEN, TAKEN, PASSED, PASSED_ROUND = (
    UUID(int=n) for n in range(1, 10)
)
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
    "H1": ["UPDATE rewards_offer SET taken = taken + 1"],
    "H2": ["UPDATE ledger_transfer SET reason = 'gone' WHERE transfer_id ="
           " (SELECT redemption_id FROM rewards_redemption WHERE state = 'issued')"],
    "H3": ["UPDATE ledger_transfer SET reason = 'gone' WHERE reason = 'refunded'"],
    # One redemption's points seem to have gone to a partner that has none of them: moves and
    # entries say so alike, and only the partner's account does not.
    "H4": ["UPDATE ledger_account SET owner = 'partner:' || gen_random_uuid()"
           " WHERE purpose = 'redeemed'"],
    "H5": ["UPDATE rewards_offer_version SET decided_at = decided_at + INTERVAL '1 year'"],
    "H6": ["UPDATE rewards_redemption SET ended_at = expires_at WHERE state = 'handed_over'"],
    "H7": ["UPDATE ledger_account SET owner = 'cause:' || gen_random_uuid()"
           " WHERE purpose = 'donated'"],
    "H8": ["ALTER TABLE rewards_donation DISABLE TRIGGER append_only"],
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
    "Q1": ["DELETE FROM rewards_decision WHERE subject_kind = 'purchase'"],
    "Q2": ["UPDATE rewards_claim SET state = 'refused', decided_at = now(), words = 'x',"
           " decided_by = (SELECT decided_by FROM rewards_claim WHERE state = 'refused')"
           " WHERE state = 'accepted'"],
    "Q3": ["ALTER TABLE rewards_claim DISABLE TRIGGER claim_stays"],
    "R7": ["UPDATE rewards_decision SET score = score + 1"],
}  # fmt: skip
