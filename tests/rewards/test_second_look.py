"""A person is asked again, appeals to somebody else, and a draw decides what is audited."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid
from puhui.ledger.queries import balance
from puhui.register.queries import entry_of
from puhui.rewards.errors import (
    AnswersDiffer,
    AppealedBefore,
    AppealTooLate,
    AskedBefore,
    DecidedByYou,
    NoSuchPlanting,
    NoSuchQuestion,
    NotRefused,
    OwnPlanting,
    PhotoUsed,
    VerifierPaused,
)
from puhui.rewards.planting import State
from puhui.rewards.queries import desk as desks
from puhui.rewards.queries import plantings, second_look
from puhui.rewards.service import appeals, audits, questions
from puhui.rewards.service.audits import rank
from tests.makers.identity import SignedIn, person
from tests.makers.photo import photograph
from tests.makers.rewards import BLURRED, photo, planted, reviewed

NEXT_MONTH = timedelta(days=25)


@pytest.fixture
def li() -> SignedIn:
    return person("李雷")


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


@pytest.fixture
def zhao() -> SignedIn:
    return person("赵敏", ("第二核查中心", Role.VERIFIER))


def asked(by: SignedIn, planting_id: UUID, words: str = "请补一张近照", name: UUID | None = None):
    with transaction() as session:
        return questions.ask_again(
            session, by.actor, name or uuid4(), planting_id, words, clock.now()
        )


def answered(by: SignedIn, question_id: UUID, words: str = "补好了", *photos: UUID):
    with transaction() as session:
        return questions.answer(session, by.actor, question_id, words, photos, clock.now())


def appealed(by: SignedIn, planting_id: UUID, name: UUID | None = None):
    with transaction() as session:
        return appeals.file_appeal(
            session, by.actor, name or uuid4(), planting_id, "照片是当天拍的", clock.now()
        )


def decided(by: SignedIn, appeal_id: UUID, *, upheld: bool = True):
    with transaction() as session:
        return appeals.decide_appeal(
            session, by.actor, appeal_id, upheld=upheld, words="重新看过了", now=clock.now()
        )


def audited(by: SignedIn, planting_id: UUID, *, confirmed: bool):
    with transaction() as session:
        return audits.audit_planting(
            session, by.actor, planting_id, confirmed=confirmed, words="去看过", now=clock.now()
        )


def waiting(who: SignedIn) -> list[UUID]:
    with snapshot() as session:
        return [card.planting_id for card in desks.waiting(session, who.actor)]


def test_a_question_waits_for_its_answer_and_the_answer_brings_new_evidence(
    li: SignedIn, wang: SignedIn
) -> None:
    planting_id, name = planted(li), uuid4()
    question = asked(wang, planting_id, name=name)
    assert asked(wang, planting_id, name=name) == question
    assert waiting(wang) == []
    with pytest.raises(AskedBefore):
        asked(wang, planting_id)
    more = photo(li)
    given = answered(li, name, "这是近照", more)
    assert answered(li, name, "这是近照", more) == given
    with pytest.raises(AnswersDiffer):
        answered(li, name, "另一种说法")
    assert waiting(wang) == [planting_id]
    with snapshot() as session:
        card = plantings.planting(session, wang.actor, planting_id)
        assert desks.desk(session, card).questions == (given,)
    assert more not in {picture.photo_id for picture in card.photos}
    assert reviewed(wang, planting_id).state is State.APPROVED


def test_an_answer_is_the_planters_and_says_something(li: SignedIn, wang: SignedIn) -> None:
    question = asked(wang, planted(li))
    with pytest.raises(NoSuchQuestion):
        answered(person("韩梅梅"), question.question_id)
    with pytest.raises(Invalid):
        answered(li, question.question_id, "")
    used = photograph(41)
    first = photo(li, used)
    answered(li, question.question_id, "", first)
    again = asked(wang, planted(li))
    with pytest.raises(PhotoUsed):
        answered(li, again.question_id, "", photo(li, used))


def test_an_appeal_is_decided_by_somebody_else_and_pays(
    li: SignedIn, wang: SignedIn, zhao: SignedIn, settle: Callable[[], None]
) -> None:
    planting_id, name = planted(li), uuid4()
    reviewed(wang, planting_id, BLURRED)
    appeal = appealed(li, planting_id, name)
    assert appealed(li, planting_id, name) == appeal
    with snapshot() as session:
        assert second_look.appeals_waiting(session, wang.actor) == []
        assert second_look.appeals_waiting(session, zhao.actor) == [appeal]
    with pytest.raises(DecidedByYou):
        decided(wang, name)
    # The clock stands still in a test: the appeal is heard an hour after the refusal.
    with clock.stopped(clock.now() + timedelta(hours=1)):
        verdict = decided(zhao, name)
        assert decided(zhao, name) == verdict
        settle()
    with snapshot() as session:
        card = plantings.planting(session, li.actor, planting_id)
        assert balance(session, li.wallet) == 60
    assert card.state is State.APPROVED
    assert [review.rule for review in card.reviews][-1] == "appeal@2026.1"


def test_a_rejected_appeal_leaves_the_refusal_and_is_the_last(
    li: SignedIn, wang: SignedIn, zhao: SignedIn
) -> None:
    planting_id = planted(li)
    with pytest.raises(NotRefused):
        appealed(li, planting_id)
    reviewed(wang, planting_id, BLURRED)
    with pytest.raises(NoSuchPlanting):
        appealed(person("韩梅梅"), planting_id)
    decided(zhao, appealed(li, planting_id).appeal_id, upheld=False)
    with pytest.raises(AppealedBefore):
        appealed(li, planting_id)
    with snapshot() as session:
        assert plantings.planting(session, li.actor, planting_id).state is State.REFUSED


def test_above_fifty_trees_an_appeal_still_needs_two(
    li: SignedIn, wang: SignedIn, zhao: SignedIn
) -> None:
    big = planted(li, 51)
    reviewed(wang, big, BLURRED)
    decided(zhao, appealed(li, big).appeal_id)
    with snapshot() as session:
        assert plantings.planting(session, li.actor, big).state is State.LOGGED
    third = person("孙立", ("第三核查中心", Role.VERIFIER))
    assert waiting(wang) == waiting(zhao) == []
    assert reviewed(third, big).state is State.APPROVED


def test_after_sixty_days_a_refusal_stands(
    li: SignedIn, wang: SignedIn, arbor_day: datetime
) -> None:
    planting_id = planted(li)
    reviewed(wang, planting_id, BLURRED)
    with clock.stopped(arbor_day + timedelta(days=61)), pytest.raises(AppealTooLate):
        appealed(li, planting_id)


def test_the_draw_takes_the_lowest_ranks_and_shows_its_seed_afterwards(
    li: SignedIn, wang: SignedIn, settle: Callable[[], None], arbor_day: datetime, monkeypatch
) -> None:
    ids = [planted(li, 1) for _ in range(4)]
    settle()
    for planting_id in ids:
        reviewed(wang, planting_id)
    with snapshot() as session:
        (draw,) = second_look.draws(session)
    assert (draw.seed, draw.drawn) == (None, 0)
    with clock.stopped(arbor_day + NEXT_MONTH):
        settle()
    with snapshot() as session:
        draw = next(one for one in second_look.draws(session) if one.seed is not None)
        assert entry_of(session, "draw_closed", "2026-03-01") is not None
    seed = bytes.fromhex(draw.seed)
    assert sha256(seed).hexdigest() == draw.sha256_of_seed
    assert draw.drawn == 4  # fewer than 59: every one
    assert sorted(ids, key=lambda one: rank(seed, one)) != []


def test_a_doubted_planting_gives_its_points_back(
    li: SignedIn,
    wang: SignedIn,
    zhao: SignedIn,
    settle: Callable[[], None],
    arbor_day: datetime,
) -> None:
    planting_id = planted(li)
    settle()
    reviewed(wang, planting_id)
    settle()
    with clock.stopped(arbor_day + NEXT_MONTH):
        settle()
        with snapshot() as session:
            assert second_look.audits_waiting(session, wang.actor) == []
            (audit,) = second_look.audits_waiting(session, zhao.actor)
        with pytest.raises(DecidedByYou):
            audited(wang, planting_id, confirmed=True)
        with pytest.raises(Forbidden):
            audited(li, planting_id, confirmed=True)
        doubted = audited(zhao, audit.planting_id, confirmed=False)
        assert audited(zhao, audit.planting_id, confirmed=False) == doubted
        settle()
    with snapshot() as session:
        assert balance(session, li.wallet) == 0


def test_a_verifier_whose_approvals_are_overturned_pauses(
    li: SignedIn,
    wang: SignedIn,
    zhao: SignedIn,
    settle: Callable[[], None],
    arbor_day: datetime,
) -> None:
    ids = [planted(li, 1) for _ in range(10)]
    settle()
    for planting_id in ids:
        reviewed(wang, planting_id)
    with clock.stopped(arbor_day + NEXT_MONTH):
        settle()
        for number, planting_id in enumerate(ids):
            audited(zhao, planting_id, confirmed=number > 1)
        later = planted(li)
        with pytest.raises(VerifierPaused):
            reviewed(wang, later)
        assert reviewed(zhao, later).state is State.APPROVED


def test_nobody_asks_or_decides_about_their_own(wang: SignedIn) -> None:
    with pytest.raises(OwnPlanting):
        asked(wang, planted(wang))


def test_refused_appealed_and_paid_over_http(
    client: FlaskClient,
    li: SignedIn,
    wang: SignedIn,
    zhao: SignedIn,
    settle: Callable[[], None],
) -> None:
    planting_id, question, appeal = planted(li), uuid4(), uuid4()
    settle()
    told = client.get(f"/api/plantings/{planting_id}", headers=li.headers).json
    assert told["decision"]["outcome"] == "review"
    assert "没有有效的拍摄凭证" in [signal["says"] for signal in told["decision"]["signals"]]
    body = {"planting_id": str(planting_id), "words": "请补近照"}
    put = client.put(f"/api/questions/{question}", json=body, headers=wang.headers)
    assert put.status_code == 201, put.json
    said = client.post(
        f"/api/questions/{question}/answer", json={"words": "就是这三株"}, headers=li.headers
    )
    assert said.json["answer"] == "就是这三株"
    refusal = {"verdict": "refuse", "reason": "photo_unclear"}
    client.post(f"/api/plantings/{planting_id}/review", json=refusal, headers=wang.headers)
    body = {"planting_id": str(planting_id), "words": "请换一个人看"}
    assert client.put(f"/api/appeals/{appeal}", json=body, headers=li.headers).status_code == 201
    verdict = {"upheld": True, "words": "看得清"}
    url = f"/api/appeals/{appeal}/decision"
    assert client.post(url, json=verdict, headers=wang.headers).status_code == 403
    assert client.post(url, json=verdict, headers=zhao.headers).json["verdict"] == "upheld"
    settle()
    told = client.get(f"/api/plantings/{planting_id}", headers=li.headers).json
    assert (told["state"], told["points"]) == ("approved", 60)
    (draw,) = client.get("/api/draws").json["items"]
    assert draw["seed"] is None
