"""A planting is logged once, judged by others, and its points follow once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.errors import ConsentMissing
from puhui.identity.purpose import Purpose
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid
from puhui.ledger.account import wallet_of
from puhui.ledger.queries import balance
from puhui.rewards.errors import (
    AlreadyDecided,
    NameTaken,
    NoRule,
    NoSuchPlanting,
    OwnOrganisation,
    OwnPlanting,
    PhotoUsed,
    ReviewDiffers,
)
from puhui.rewards.planting import Datum, Point, State
from puhui.rewards.queries import desk as desks
from puhui.rewards.queries import plantings, wallet
from puhui.rewards.review import Judgement, Reason, Verdict
from puhui.rewards.service import plantings as service
from tests.makers.identity import SignedIn, person
from tests.makers.photo import CHANGKOU, photograph
from tests.makers.rewards import APPROVE, BLURRED, draft, photo, planted, reviewed

ARBOR_DAY = date(2026, 3, 12)


def verifier(name: str = "王芳", of: str = "核查中心") -> SignedIn:
    return person(name, (of, Role.VERIFIER))


def log(by: SignedIn, planting_id, said):
    with transaction() as session:
        return service.log_planting(session, by.actor, planting_id, said, clock.now())


def points_of(who: SignedIn) -> int:
    with snapshot() as session:
        return balance(session, wallet_of(who.person_id))


def codes(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [fault.code for fault in refusal.value.faults]


def test_the_same_planting_twice_is_one() -> None:
    li, planting_id = person("李雷"), uuid4()
    said = draft(li)
    assert log(li, planting_id, said) == log(li, planting_id, said)
    with snapshot() as session:
        assert len(plantings.plantings_of(session, li.person_id)) == 1


def test_a_repetition_long_after_is_still_a_repetition(arbor_day: datetime) -> None:
    li, planting_id = person("李雷"), uuid4()
    said = draft(li)
    log(li, planting_id, said)
    with clock.stopped(arbor_day + timedelta(days=90)):
        assert log(li, planting_id, said).trees == 3


def test_a_name_used_for_another_planting_is_refused() -> None:
    li, mei, planting_id = person("李雷"), person("韩梅梅"), uuid4()
    said = draft(li)
    log(li, planting_id, said)
    with pytest.raises(NameTaken):
        log(li, planting_id, replace(said, trees=4))
    with pytest.raises(NameTaken):
        log(mei, planting_id, said)


def test_everything_wrong_is_said_at_once() -> None:
    li = person("李雷")
    said = replace(
        draft(li), species="money_tree", trees=0, planted_on=date(2026, 3, 13), photo_ids=()
    )
    with pytest.raises(Invalid) as refusal:
        log(li, uuid4(), said)
    assert codes(refusal) == [
        "unknown_species", "trees_out_of_range", "planted_in_future", "photos_out_of_range",
    ]  # fmt: skip


def test_a_day_is_a_day_in_china() -> None:
    li = person("李雷")
    late_on_the_eleventh_in_london = datetime.fromisoformat("2026-03-11T17:00:00+00:00")
    with clock.stopped(late_on_the_eleventh_in_london):
        assert log(li, uuid4(), draft(li)).planted_on == ARBOR_DAY


def test_thirty_days_ago_may_be_logged_and_thirty_one_may_not() -> None:
    li = person("李雷")
    log(li, uuid4(), draft(li, on=ARBOR_DAY - timedelta(days=30)))
    with pytest.raises(Invalid) as refusal:
        log(li, uuid4(), draft(li, on=ARBOR_DAY - timedelta(days=31)))
    assert codes(refusal) == ["planted_too_long_ago"]


def test_a_day_without_a_rule_earns_nothing_and_says_so(arbor_day: datetime) -> None:
    li = person("李雷")
    with clock.stopped(datetime.fromisoformat("2026-01-10T04:00:00+00:00")), pytest.raises(NoRule):
        log(li, uuid4(), draft(li, on=date(2025, 12, 31)))


def test_another_persons_photograph_is_not_found() -> None:
    li, mei = person("李雷"), person("韩梅梅")
    with pytest.raises(Invalid) as refusal:
        log(mei, uuid4(), draft(mei, photos=(photo(li),)))
    assert codes(refusal) == ["unknown_photo"]


def test_a_photograph_supports_one_planting_and_names_ones_own() -> None:
    li, mei, first, picture = person("李雷"), person("韩梅梅"), uuid4(), photograph(7)
    log(li, first, draft(li, photos=(photo(li, picture),)))
    with pytest.raises(PhotoUsed) as refusal:
        log(li, uuid4(), draft(li, photos=(photo(li, picture),)))
    assert refusal.value.details["planting"] == str(first)
    with pytest.raises(PhotoUsed) as refusal:
        log(mei, uuid4(), draft(mei, photos=(photo(mei, picture),)))
    assert "planting" not in refusal.value.details
    with snapshot() as session:
        assert plantings.plantings_of(session, mei.person_id) == []


def test_a_refused_picture_may_support_the_truth_but_only_its_owners() -> None:
    li, mei, picture = person("李雷"), person("韩梅梅"), photograph(8)
    name = photo(li, picture)
    first = uuid4()
    log(li, first, draft(li, 9, photos=(name,)))
    reviewed(verifier(), first, Judgement(Verdict.REFUSE, Reason.NUMBER_DIFFERS))
    with pytest.raises(PhotoUsed):
        log(mei, uuid4(), draft(mei, photos=(photo(mei, picture),)))
    assert log(li, uuid4(), draft(li, 3, photos=(name,))).state is State.LOGGED


def test_a_place_needs_a_live_consent() -> None:
    li = person("李雷")
    point = Point(Decimal("26.7321"), Decimal("117.4712"), Datum.WGS84, 12)
    with pytest.raises(ConsentMissing):
        log(li, uuid4(), draft(li, point=point))
    with transaction() as session:
        consents.write(session, li.person_id, Purpose.LOCATION, li.person_id, "page", clock.now())
    with_place = log(
        li, uuid4(), draft(li, point=point, photos=(photo(li, photograph(9, place=CHANGKOU)),))
    )
    assert with_place.point == point
    assert str(with_place.photos[0].latitude) == "26.732100"
    with transaction() as session:
        consents.withdraw(session, li.actor, li.person_id, Purpose.LOCATION, "page", clock.now())
    with pytest.raises(ConsentMissing):
        log(li, uuid4(), draft(li, point=point))


def test_only_owner_verifier_and_auditor_see_a_planting() -> None:
    li, mei, auditor = person("李雷"), person("韩梅梅"), person("审", ("审计局", Role.AUDITOR))
    planting_id = planted(li)
    with snapshot() as session:
        for who in (li, verifier(), auditor):
            assert plantings.planting(session, who.actor, planting_id).trees == 3
        for name in (planting_id, uuid4()):
            with pytest.raises(NoSuchPlanting):
                plantings.planting(session, mei.actor, name)


def test_an_approved_planting_earns_sixty_points_once(settle: Callable[[], None]) -> None:
    li, wang = person("李雷"), verifier()
    planting_id = planted(li)
    assert reviewed(wang, planting_id).state is State.APPROVED
    reviewed(wang, planting_id)
    settle()
    settle()
    assert points_of(li) == 60  # 3 trees × 20 points, planting@2026.1
    with snapshot() as session:
        (line,) = wallet.statement(session, li.actor)
    assert line.award is not None
    assert (line.award.cause_kind, line.award.cause_id) == ("planting", planting_id)
    assert line.award.rule.citation == "planting@2026.1"
    assert [said.message % said.values for said in line.award.explanation] == [
        "3 株 × 每株 20 积分 = 60 积分"
    ]


def test_a_refused_planting_earns_nothing_and_says_why(settle: Callable[[], None]) -> None:
    li = person("李雷")
    judgement = Judgement(Verdict.REFUSE, Reason.OTHER, "照片里是去年的树")
    card = reviewed(verifier(), planted(li), judgement)
    settle()
    assert points_of(li) == 0
    assert card.state is State.REFUSED
    assert card.refusal is not None
    assert (card.refusal.reason, card.refusal.words) == (Reason.OTHER, "照片里是去年的树")


def test_nobody_judges_their_own_planting() -> None:
    wang = verifier()
    with pytest.raises(OwnPlanting):
        reviewed(wang, planted(wang))


def test_nobody_judges_a_planting_of_their_own_group() -> None:
    wang = verifier(of="常口村")
    li = person("李雷", ("常口村", Role.MANUFACTURER))
    planting_id = planted(li)
    with pytest.raises(OwnOrganisation):
        reviewed(wang, planting_id)
    with snapshot() as session:
        assert desks.waiting(session, wang.actor) == []
        assert len(desks.waiting(session, verifier().actor)) == 1


def test_only_verifiers_judge() -> None:
    planting_id = planted(person("李雷"))
    with pytest.raises(Forbidden):
        reviewed(person("韩梅梅"), planting_id)


def test_fifty_trees_need_one_verifier_and_fifty_one_need_two() -> None:
    li, wang, zhao = person("李雷"), verifier(), verifier("赵敏", "第二核查中心")
    assert reviewed(wang, planted(li, 50)).state is State.APPROVED
    big = planted(li, 51)
    assert reviewed(wang, big).state is State.LOGGED
    assert reviewed(wang, big).approvals == 1
    assert reviewed(zhao, big).state is State.APPROVED


def test_one_refusal_outweighs_an_approval() -> None:
    big = planted(person("李雷"), 51)
    reviewed(verifier(), big)
    assert reviewed(verifier("赵敏", "第二核查中心"), big, BLURRED).state is State.REFUSED


def test_a_verifier_does_not_judge_twice_and_others_come_too_late() -> None:
    planting_id, wang = planted(person("李雷")), verifier()
    reviewed(wang, planting_id)
    with pytest.raises(ReviewDiffers):
        reviewed(wang, planting_id, BLURRED)
    with pytest.raises(AlreadyDecided):
        reviewed(verifier("赵敏", "第二核查中心"), planting_id)


@pytest.mark.parametrize(
    ("judgement", "code"),
    [
        (Judgement(Verdict.REFUSE), "reason_missing"),
        (Judgement(Verdict.APPROVE, Reason.NO_TREES), "reason_unwanted"),
        (Judgement(Verdict.REFUSE, Reason.OTHER, "  "), "words_missing"),
    ],
)
def test_a_judgement_says_enough_and_not_too_much(judgement: Judgement, code: str) -> None:
    planting_id = planted(person("李雷"))
    with pytest.raises(Invalid) as refusal:
        reviewed(verifier(), planting_id, judgement)
    assert codes(refusal) == [code]


def test_a_review_keeps_rule_and_what_was_on_the_desk() -> None:
    li = person("李雷")
    planting_id = planted(li, 12)
    card = reviewed(verifier(), planting_id, APPROVE)
    (review,) = card.reviews
    assert review.rule == "planting_review@2026.1"
    assert review.inputs["trees"] == 12
    assert review.inputs["photos"] == [str(card.photos[0].photo_id)]
    assert {signal["id"] for signal in review.inputs["signals"]} == {
        "P5",
        "P8",
        "P12",
        "P13",
        "P14",
    }
    assert review.inputs["thresholds"] == "2026.1"


def test_the_desk_shows_a_picture_that_looks_the_same() -> None:
    li, mei = person("李雷"), person("韩梅梅")
    log(li, uuid4(), draft(li, photos=(photo(li, photograph(11)),)))
    again = uuid4()
    log(mei, again, draft(mei, photos=(photo(mei, photograph(11, quality=30)),)))
    with snapshot() as session:
        found = desks.desk(session, plantings.planting(session, mei.actor, again))
    assert next(signal.id for signal in found.signals) == "P2"
    assert [other.person_id for other in found.likenesses] == [li.person_id]


def test_the_queue_is_oldest_first_and_leaves_out_what_one_has_judged(arbor_day: datetime) -> None:
    li, wang = person("李雷"), verifier()
    ids = []
    for minutes in range(3):
        with clock.stopped(arbor_day + timedelta(minutes=minutes)):
            ids.append(planted(li, 51))
    reviewed(wang, ids[0])
    with snapshot() as session:
        first = desks.waiting(session, wang.actor, most=1)
        assert [card.planting_id for card in first] == [ids[1]]
        rest = desks.waiting(session, wang.actor, after=desks.turn_of(first[0]))
        assert [card.planting_id for card in rest] == [ids[2]]


def test_a_daily_limit_is_explained(settle: Callable[[], None]) -> None:
    li, wang, zhao = person("李雷"), verifier(), verifier("赵敏", "第二核查中心")
    big, small = planted(li, 58), planted(li, 3)
    for planting_id in (big, small):
        reviewed(wang, planting_id)
        settle()
    reviewed(zhao, big)
    settle()
    assert points_of(li) == 1200
    with snapshot() as session:
        given = plantings.planting(session, li.actor, big).award
    assert given is not None
    assert (given.points, given.earned.full_points) == (1140, 1160)
    assert [said.message % said.values for said in given.explanation] == [
        "58 株 × 每株 20 积分 = 1160 积分",
        "这条规则一天最多 1200 积分，当天此前已得 60，所以这次得 1140",
    ]


def test_an_award_without_points_is_kept_with_its_reason(settle: Callable[[], None]) -> None:
    li, wang, zhao = person("李雷"), verifier(), verifier("赵敏", "第二核查中心")
    full, more = planted(li, 60), planted(li, 1)
    reviewed(wang, full)
    reviewed(zhao, full)
    settle()
    reviewed(wang, more)
    settle()
    assert points_of(li) == 1200
    with snapshot() as session:
        given = plantings.planting(session, li.actor, more).award
    assert given is not None
    assert given.points == 0
    assert given.earned.capped_by == "day"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rewards_planting SET trees = 30",
        "UPDATE rewards_planting SET state = 'refused' WHERE state = 'approved'",
        "DELETE FROM rewards_planting",
        "UPDATE rewards_review SET verdict = 'approve'",
        "DELETE FROM rewards_review",
        "UPDATE rewards_award SET points = points + 1",
        "DELETE FROM rewards_award",
        "UPDATE rewards_rule SET points_per_unit = 30",
    ],
)
def test_what_was_claimed_judged_and_paid_stays(settle: Callable[[], None], statement: str) -> None:
    reviewed(verifier(), planted(person("李雷")))
    settle()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(statement))
