"""The book of duty trees: what counts, what is refused, who may confirm, who may see."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.errors import ConsentMissing
from puhui.identity.model import Person
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid, NotFound
from puhui.ledger.queries import balance
from puhui.register import queries as register
from puhui.rewards.duty import Category, Certificate, NoConversion, shipped
from puhui.rewards.errors import NameTaken, OwnDuty, ParameterDiffers, TooFewTrees
from puhui.rewards.queries import duties as queries
from puhui.rewards.service import duties
from tests.makers.duty import FUJIAN, certified, decided, donation, fujian, recorded
from tests.makers.identity import SignedIn, person
from tests.makers.rewards import BLURRED, planted, reviewed
from tests.rewards.test_at_once import at_once


@pytest.fixture
def li() -> SignedIn:
    return person("李雷")


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


def year_of(one: SignedIn):
    with snapshot() as session:
        return queries.year_of(session, one.person_id, 2026)


def entered(parameter, by: SignedIn | None = None, name=None):
    operator = by or person("周运营", ("省平台", Role.OPERATOR))
    with transaction() as session:
        return duties.publish_parameter(
            session, operator.actor, name or uuid4(), parameter, clock.now()
        )


def test_an_approved_planting_counts_its_trees_once(li, wang, settle) -> None:
    reviewed(wang, planted(li, 4))
    reviewed(wang, planted(li, 2), BLURRED)
    planted(li, 3)
    settle()
    settle()
    counted = year_of(li)
    assert (counted.trees, counted.tier) == (4, Certificate.DUTY)
    assert counted.by_category == {Category.PLANTING: 4}


def test_the_four_provinces_on_record_count_a_donation_and_no_other_does(li) -> None:
    assert {one.province for one in shipped()} == {"110000", "460000", "430000", "370000"}
    with snapshot() as session:
        for one in shipped():
            draft = donation("90", one.province)
            _, parameter = queries.parameter_for(session, draft)
            assert Decimal(90) // parameter.per_tree in {4, 6, 9}
    with pytest.raises(NoConversion):
        recorded(li, "90", province=FUJIAN)


def test_fujian_counts_from_the_day_an_operator_enters_its_document(li, wang, settle) -> None:
    card = entered(fujian())
    settle()
    decided(wang, recorded(li, "60", province=FUJIAN))
    assert year_of(li).trees == 5
    with snapshot() as session:
        entry = register.entry_of(session, "duty_parameter_published", str(card.parameter_id))
    assert entry is not None
    assert '"document_sha256":"0101' in entry.leaf


def test_a_parameter_needs_its_document_an_operator_and_a_day_of_its_own(li) -> None:
    zhou, name = person("周运营", ("省平台", Role.OPERATOR)), uuid4()
    with pytest.raises(Forbidden):
        entered(fujian(), li)
    with pytest.raises(Invalid):
        entered(shipped()[0], zhou)
    first = entered(fujian(), zhou, name)
    assert entered(fujian(), zhou, name) == first
    with pytest.raises(NameTaken):
        entered(fujian("13"), zhou, name)
    with pytest.raises(ParameterDiffers):
        entered(fujian("13"), zhou)


def test_a_later_parameter_counts_later_and_changes_nothing_before(li, wang) -> None:
    entered(fujian("12"))
    decided(wang, recorded(li, "60", province=FUJIAN))
    entered(fujian("20", date(2026, 3, 12)))
    decided(wang, recorded(li, "60", province=FUJIAN))
    with snapshot() as session:
        lines = queries.entries(session, li.person_id, 2026)
    assert [line.trees for line in lines] == [5, 3]


def test_what_counts_as_less_than_a_tree_is_refused_with_the_measure(li) -> None:
    with pytest.raises(Invalid) as refusal:
        recorded(li, "19.99")
    (fault,) = refusal.value.faults
    assert (fault.field, fault.values) == ("quantity", {"each": "20"})


def test_nobody_confirms_what_is_too_near(li, wang) -> None:
    colleague = person("赵敏", ("核查中心", Role.VERIFIER))
    guardian = person("王强", ("第二核查中心", Role.VERIFIER))
    child = child_of(guardian)
    own, theirs = recorded(wang), recorded(colleague)
    childs = recorded(guardian, child=child)
    for verifier, duty_id in ((wang, own), (wang, theirs), (guardian, childs)):
        with pytest.raises(OwnDuty):
            decided(verifier, duty_id)
    with pytest.raises(Forbidden):
        decided(li, own)


def test_eight_verifiers_confirm_once(li) -> None:
    verifiers = [person(f"核查员{n}", (f"中心{n}", Role.VERIFIER)) for n in range(8)]
    duty_id = recorded(li, "60")
    at_once(lambda n: decided(verifiers[n], duty_id))
    assert year_of(li).trees == 3


def child_of(guardian: SignedIn, birth_year: int = 2015) -> SignedIn:
    child = person("小明", birth_year=birth_year)
    with transaction() as session:
        row = session.get_one(Person, child.person_id)
        row.guardian_id = guardian.person_id
    return child


def test_a_child_is_counted_with_its_guardians_consent_on_record(li, wang, settle) -> None:
    child = child_of(li)
    decided(wang, recorded(li, "60", child=child))
    reviewed(wang, planted(child, 2))
    settle()
    with snapshot() as session:
        lines = queries.entries(session, child.person_id, 2026)
    assert [line.guardian_id for line in lines] == [li.person_id, li.person_id]
    assert (year_of(child).trees, year_of(li).trees) == (5, 0)


def test_without_the_guardians_consent_nothing_more_is_counted(li, wang, settle) -> None:
    child = child_of(li)
    waiting, trees = recorded(li, "60", child=child), planted(child, 2)
    with transaction() as session:
        consents.withdraw(
            session, li.actor, child.person_id, consents.Purpose.GUARDIAN, "page", clock.now()
        )
    with pytest.raises(ConsentMissing):
        recorded(li, "60", child=child)
    with pytest.raises(ConsentMissing):
        decided(wang, waiting)
    reviewed(wang, trees)
    settle()
    assert year_of(child).trees == 0


def test_nobody_records_for_somebody_elses_child(li) -> None:
    with pytest.raises(NotFound):
        recorded(li, "60", child=child_of(person("王强")))


def test_a_year_earns_the_duty_certificate_at_three_and_the_honour_above_five(li, wang) -> None:
    with pytest.raises(TooFewTrees):
        certified(li, wang, "40")
    first = certified(li, wang, "20")
    assert certified(li, wang, "40") == first  # five trees: the same certificate
    honour = certified(li, wang, "20")
    with snapshot() as session:
        cards = [queries.certificate_by_code(session, code, None) for code in (first, honour)]
    assert [(card.tier, card.trees, card.trees_now) for card in cards] == [
        (Certificate.DUTY, 3, 6),
        (Certificate.HONOUR, 6, 6),
    ]


def test_duty_trees_give_no_points(li, wang, settle) -> None:
    certified(li, wang, "600")
    settle()
    with snapshot() as session:
        assert balance(session, li.wallet) == 0
