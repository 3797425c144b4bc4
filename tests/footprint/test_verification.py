"""Draft, submitted, reviewed, verified; and what a label stands on until it ends."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select, text

from puhui.db.session import snapshot, transaction
from puhui.evidence.errors import NoSuchDocument
from puhui.factors.service import withdraw
from puhui.footprint import queries, service
from puhui.footprint.checklist import PRESENT, Answer, Answered
from puhui.footprint.errors import NameTaken, NoMoreEvidence, NotReviewed, NotVerified
from puhui.footprint.model import Label
from puhui.footprint.submission import Submitted
from puhui.footprint.validity import Basis, Change, Ground, Policy
from puhui.footprint.verdict import Reason, Verdict
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid, NotFound
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, organisation, person

GLUE = Answered("supplier", Answer.NO, "声明已过期")


def decide(verifier: SignedIn, footprint_id: UUID, noon: datetime, *reasons: Reason) -> None:
    verdict = Verdict.REFUSED if reasons else Verdict.VERIFIED
    with transaction() as session:
        service.decide_footprint(session, verifier.actor, footprint_id, verdict, reasons, noon)


def attach(who: SignedIn, footprint_id: UUID, noon: datetime, content: bytes = make.PDF) -> UUID:
    document_id = uuid4()
    with transaction() as session:
        service.attach_document(
            session, who.actor, document_id, footprint_id, 4, "胶 声明.pdf", content, noon
        )
    return document_id


def label_now(label_id: UUID) -> Label:
    with snapshot() as session:
        return queries.label(session, label_id)


def entries(label_id: UUID) -> list[str]:
    with snapshot() as session:
        return list(
            session.scalars(
                text("SELECT kind FROM register_entry WHERE subject_id = :id ORDER BY kind"),
                {"id": str(label_id)},
            )
        )


def content_with(amount: str | None = None, glue: str | None = None) -> dict[str, object]:
    """The example board with another amount of electricity, or another glue."""
    content = make.board_json()
    for line in content["lines"]:
        if amount is not None and line.get("factor", "").startswith("grid.cn"):
            line["amount"] = amount
        if glue is not None and "supplier_document" in line:
            line["supplier_document"] = glue
    return content


def renewed(maker: SignedIn, product_id: UUID, noon: datetime, **other: str) -> UUID:
    with transaction() as session:
        inventory = Submitted.of_json(content_with(**other))
        service.put_inventory(session, maker.actor, product_id, inventory, noon)
    return make.verified(maker, noon, product_id)


# The way through -------------------------------------------------------------------------------


def test_nothing_is_verified_before_its_checklist(database: Engine, noon: datetime) -> None:
    maker, verifier = make.mill(), make.auditor()
    footprint_id = make.submitted(maker, make.board(maker, noon), noon)
    with pytest.raises(NotReviewed):
        decide(verifier, footprint_id, noon)
    make.review(verifier, footprint_id, noon)
    decide(verifier, footprint_id, noon)
    with snapshot() as session:
        found = queries.footprint(session, footprint_id)
        assert (found.state, found.checklist) == ("verified", PRESENT.version)


def test_every_point_is_answered_and_a_no_stands_in_the_way(
    database: Engine, noon: datetime
) -> None:
    maker, verifier = make.mill(), make.auditor()
    footprint_id = make.submitted(maker, make.board(maker, noon), noon)
    with pytest.raises(Invalid) as refusal, transaction() as session:
        answers = [Answered("boundary", Answer.YES), Answered("weather", Answer.YES)]
        answers.append(Answered("period", Answer.NOT_APPLICABLE))
        service.review_footprint(
            session, verifier.actor, uuid4(), footprint_id, PRESENT.version, answers, noon
        )
    found = [(fault.code, fault.field) for fault in refusal.value.faults]
    assert found[:2] == [("no_such_point", "weather"), ("no_note", "period")]
    assert len(found) == 2 + len(PRESENT.points) - 2
    make.review(verifier, footprint_id, noon, supplier=GLUE)
    with pytest.raises(Invalid) as refusal:
        decide(verifier, footprint_id, noon)
    assert [(f.code, f.field) for f in refusal.value.faults] == [("not_met", "supplier")]
    make.review(verifier, footprint_id, noon)
    decide(verifier, footprint_id, noon)


def test_a_reviewed_footprint_may_still_be_refused(database: Engine, noon: datetime) -> None:
    maker, verifier = make.mill(), make.auditor()
    footprint_id = make.submitted(maker, make.board(maker, noon), noon)
    make.review(verifier, footprint_id, noon, supplier=GLUE)
    decide(verifier, footprint_id, noon, Reason(4, "供应商声明已过期"))
    with snapshot() as session:
        assert queries.footprint(session, footprint_id).state == "refused"


def test_a_review_is_kept_once(database: Engine, noon: datetime) -> None:
    maker, verifier, review_id = make.mill(), make.auditor(), uuid4()
    footprint_id = make.submitted(maker, make.board(maker, noon), noon)

    def review(*answers: Answered) -> None:
        with transaction() as session:
            service.review_footprint(
                session, verifier.actor, review_id, footprint_id, PRESENT.version, answers, noon
            )

    review(*make.answers())
    review(*make.answers())
    with pytest.raises(NameTaken):
        review(*make.answers(supplier=GLUE))
    with snapshot() as session:
        assert queries.review_of(session, footprint_id).number == 1


# Evidence --------------------------------------------------------------------------------------


def test_evidence_is_for_maker_verifier_and_operator(database: Engine, noon: datetime) -> None:
    maker, verifier = make.mill(), make.auditor()
    operator = person("操作员", ("平台", Role.OPERATOR))
    rival = person("对手", ("别家竹业", Role.MANUFACTURER))
    product_id, footprint_id = make.board(maker, noon), uuid4()
    with transaction() as session:
        service.declare_footprint(session, maker.actor, footprint_id, product_id, noon)
    document_id = attach(maker, footprint_id, noon)

    def sees(who: SignedIn) -> bool:
        with snapshot() as session:
            try:
                queries.attached_seen_by(session, who.actor, footprint_id, document_id)
            except NoSuchDocument:
                return False
            return True

    assert [sees(who) for who in (maker, verifier, operator, rival)] == [True, False, True, False]
    with transaction() as session:
        service.submit_footprint(session, maker.actor, footprint_id, noon)
    assert sees(verifier)
    with pytest.raises(NotFound):
        attach(rival, footprint_id, noon)
    with pytest.raises(Forbidden):
        attach(verifier, footprint_id, noon)


def test_what_was_decided_upon_gets_no_more_evidence(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    footprint_id = make.verified(maker, noon)
    with pytest.raises(NoMoreEvidence):
        attach(maker, footprint_id, noon)


# Validity --------------------------------------------------------------------------------------


def test_a_declared_label_holds_two_years_and_is_not_in_the_public_list(
    database: Engine, noon: datetime
) -> None:
    maker = make.mill()
    footprint_id, label_id = make.submitted(maker, make.board(maker, noon), noon), uuid4()
    for _ in range(2):
        with transaction() as session:
            made = service.issue_label(
                session,
                maker.actor,
                label_id,
                footprint_id,
                "http://localhost",
                noon,
                Basis.SELF_DECLARED,
            )
    assert made.expires_at == noon.replace(year=noon.year + 2)
    with snapshot() as session:
        assert queries.labels(session, noon) == []
        assert queries.view_of(session, made, noon).verifier is None
    with pytest.raises(NotVerified), transaction() as session:
        service.issue_label(session, maker.actor, uuid4(), footprint_id, "http://localhost", noon)


def test_the_years_are_those_of_the_policy_in_force(database: Engine, noon: datetime) -> None:
    policy = Policy(noon.date(), 1, 5, Decimal(10), Decimal(5))
    for _ in range(2):
        with transaction() as session:
            service.set_policy(session, policy, noon)
    assert make.label(make.mill(), noon).expires_at.year == noon.year + 5
    with pytest.raises(Invalid) as refusal, transaction() as session:
        past = Policy(date(2026, 1, 2), 0, 3, Decimal(10), Decimal(5))
        service.set_policy(session, past, noon)
    assert [f.field for f in refusal.value.faults] == ["valid_from", "self_declared_years"]


def test_a_change_that_the_maker_declares_ends_the_labels(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    label = make.label(maker, noon, product_id)
    change_id = uuid4()
    for _ in range(2):
        with transaction() as session:
            service.declare_change(
                session, maker.actor, change_id, product_id, Change.PROCESS, "改为热压", noon
            )
    ended = label_now(label.label_id)
    assert (ended.end_ground, ended.withdrawn_reason) == (Ground.PROCESS, "改为热压")
    assert entries(label.label_id) == ["label_ended", "label_issued"]


def test_a_product_made_elsewhere_loses_its_label(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    label = make.label(maker, noon, product_id)
    with transaction() as session:
        draft = make.ProductDraft(**{**vars(make.BOARD), "county_code": "350784"})
        service.change_product(session, maker.actor, product_id, draft, noon)
    assert label_now(label.label_id).end_ground == Ground.SITE


def test_a_withdrawn_factor_ends_what_rests_on_it(database: Engine, noon: datetime, settle) -> None:
    maker, operator = make.mill(), person("操作员", ("平台", Role.OPERATOR))
    label = make.label(maker, noon)
    with transaction() as session:
        withdraw(session, operator.actor, "water.tap", "2019.1", "来源已更正", noon)
    settle()
    ended = label_now(label.label_id)
    assert ended.end_ground == Ground.FACTOR
    assert ended.withdrawn_reason == "water.tap@2019.1: 来源已更正"


@pytest.mark.parametrize(
    ("other", "ground"),
    [
        ({"amount": "420500"}, None),
        ({"amount": "900000"}, Ground.WORSE),
        ({"amount": "210000"}, None),
        ({"glue": "另一家胶厂 2026-01"}, Ground.RECIPE),
    ],
    ids=["much the same", "worse", "better", "another glue"],
)
def test_a_new_result_ends_an_older_label_only_where_it_must(
    database: Engine, noon: datetime, other: dict[str, str], ground: Ground | None
) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    label = make.label(maker, noon, product_id)
    renewed(maker, product_id, noon + timedelta(days=1), **other)
    assert label_now(label.label_id).end_ground == ground


def test_a_maker_of_two_hats_verifies_nothing_of_theirs(database: Engine, noon: datetime) -> None:
    maker, product_id = make.mill(), None
    product_id = make.board(maker, noon)
    footprint_id = make.submitted(maker, product_id, noon)
    both = person("两头", (make.AUDITORS, Role.VERIFIER), (make.MILL, Role.ADMINISTRATOR))
    with snapshot() as session:
        mine = sorted({member.organisation_id for member in both.actor.memberships})
        assert queries.queue(session, not_of=mine) == []
        assert len(queries.queue(session, not_of=[organisation(make.AUDITORS)])) == 1
    with pytest.raises(Exception, match="own_product"):
        make.review(both, footprint_id, noon)
    with snapshot() as session:
        assert session.scalar(select(Label.label_id)) is None
