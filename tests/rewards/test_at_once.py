"""Eight at once: one planting, one decision, one payment."""

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import uuid4

from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import DomainError
from puhui.ledger.queries import balance
from puhui.outbox.service import drain
from puhui.rewards.queries import plantings
from puhui.rewards.service import plantings as service
from puhui.subscriptions import SUBSCRIPTIONS
from tests.makers.identity import person
from tests.makers.photo import photograph
from tests.makers.rewards import APPROVE, draft, photo, planted, reviewed

EIGHT = 8


def at_once(work: Callable[[int], object]) -> list[object]:
    """Let eight threads do it together; return what each returned or was refused with."""
    barrier, results = Barrier(EIGHT), [None] * EIGHT

    def one(number: int) -> None:
        barrier.wait()
        try:
            results[number] = work(number)
        except DomainError as refusal:
            results[number] = refusal

    threads = [Thread(target=one, args=(number,)) for number in range(EIGHT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_planting_logged_by_eight_is_one() -> None:
    li = person("李雷")
    for _ in range(5):
        planting_id, said = uuid4(), draft(li)

        def log(_: int, planting_id=planting_id, said=said) -> object:
            with transaction() as session:
                return service.log_planting(session, li.actor, planting_id, said, clock.now())

        results = at_once(log)
        assert all(result == results[0] for result in results)
        assert not isinstance(results[0], DomainError)


def test_one_photograph_under_eight_plantings_supports_one() -> None:
    li = person("李雷")
    for seed in range(3):
        picture = photograph(seed, size=(300, 200))
        drafts = [draft(li, photos=(photo(li, picture),)) for _ in range(EIGHT)]

        def log(number: int, drafts=drafts) -> object:
            with transaction() as session:
                return service.log_planting(session, li.actor, uuid4(), drafts[number], clock.now())

        results = at_once(log)
        assert sum(not isinstance(result, DomainError) for result in results) == 1


def test_eight_verifiers_decide_once_and_eight_workers_pay_once() -> None:
    li = person("李雷")
    verifiers = [person(f"核查员{n}", (f"中心{n}", Role.VERIFIER)) for n in range(EIGHT)]
    for round_number in range(1, 4):
        planting_id = planted(li)
        results = at_once(lambda n, name=planting_id: reviewed(verifiers[n], name, APPROVE))
        assert sum(not isinstance(result, DomainError) for result in results) == 1
        at_once(lambda _: drain(SUBSCRIPTIONS, clock.now))
        drain(SUBSCRIPTIONS, clock.now)
        with snapshot() as session:
            assert balance(session, li.wallet) == 60 * round_number


def test_eight_awards_to_one_person_together_keep_the_daily_limit() -> None:
    li = person("李雷")
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    for _ in range(EIGHT):
        reviewed(wang, planted(li, 10))
    at_once(lambda _: drain(SUBSCRIPTIONS, clock.now))
    drain(SUBSCRIPTIONS, clock.now)
    with snapshot() as session:
        assert balance(session, li.wallet) == 1200
        cards = plantings.plantings_of(session, li.person_id)
    assert sum(card.award.points for card in cards if card.award) == 1200
