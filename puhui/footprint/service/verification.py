"""Verification: handed in, reviewed by the checklist, verified or refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.footprint import queries
from puhui.footprint.checklist import Answered, faults_of, unmet
from puhui.footprint.errors import NameTaken, OwnProduct
from puhui.footprint.model import Footprint, Product, Review
from puhui.footprint.service.ending import end_outdated
from puhui.footprint.verdict import Reason, Verdict
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid, NotFound
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.register.service import record


def submit_footprint(
    session: Session, actor: Actor, footprint_id: UUID, now: datetime
) -> Footprint:
    """Hand a footprint to verifiers. Twice is once.

    Raises:
        Forbidden, NotFound: it is not the actor's.
    """
    actor.require(Permission.PRODUCT_WRITE)
    footprint = _locked(session, footprint_id)
    product = session.get_one(Product, footprint.product_id)
    actor.require(Permission.PRODUCT_WRITE, product.organisation_id)
    if footprint.state == "declared":
        footprint.submit(now)
        publish(session, "footprint.submitted", now, footprint_id=str(footprint_id))
        session.flush()
    return footprint


def review_footprint(
    session: Session,
    actor: Actor,
    review_id: UUID,
    footprint_id: UUID,
    checklist: str,
    answers: Sequence[Answered],
    now: datetime,
) -> Review:
    """Keep a verifier's answers to the whole checklist; the last review counts.

    The same again changes nothing.

    Raises:
        Forbidden: the actor verifies nothing.
        NotFound: no such footprint, or nobody has handed it in.
        OwnProduct: the actor belongs to the organisation that made the product.
        AlreadyDecided: it has its decision.
        NameTaken: the id is another review.
        Invalid: every point that is unanswered, unknown or lacks its note.
    """
    actor.require(Permission.FOOTPRINT_VERIFY)
    footprint = _of_another(session, actor, footprint_id)
    faults = faults_of(checklist, answers)
    if faults:
        raise Invalid(faults)
    kept = [{"point": a.point, "answer": str(a.answer), "note": a.note} for a in answers]
    review = session.get(Review, review_id)
    if review is not None:
        if (review.footprint_id, review.reviewer_id) != (footprint_id, actor.person_id) or (
            review.answers != kept
        ):
            raise NameTaken(review=str(review_id))
        return review
    footprint.take_review()
    before = queries.review_of(session, footprint_id)
    review = Review(
        review_id=review_id,
        footprint_id=footprint_id,
        number=before.number + 1 if before else 1,
        checklist=checklist,
        answers=kept,
        reviewer_id=actor.person_id,
        organisation_id=_verifier(actor),
        reviewed_at=now,
    )
    session.add(review)
    session.flush()
    publish(session, "footprint.reviewed", now, footprint_id=str(footprint_id))
    return review


def decide_footprint(
    session: Session,
    actor: Actor,
    footprint_id: UUID,
    verdict: Verdict,
    reasons: Sequence[Reason],
    now: datetime,
) -> Footprint:
    """Verify a footprint, or refuse it with reasons by line. The same again changes nothing.

    Older labels of the product that the verified result shows to be out of date end with it.

    Raises:
        Forbidden: the actor verifies nothing.
        NotFound: no such footprint.
        OwnProduct: the actor belongs to the organisation that made the product.
        NotSubmitted, AlreadyDecided: it is not waiting for a decision.
        NotReviewed: it is to be verified, and nobody has been through the checklist.
        Invalid: a refusal without a reason, a reason for a line that is not there, or a point of
            the checklist that is not met.
    """
    actor.require(Permission.FOOTPRINT_VERIFY)
    footprint = _of_another(session, actor, footprint_id)
    _check(footprint, verdict, reasons)
    kept: list[Any] = [{"row": reason.row, "reason": reason.reason} for reason in reasons]
    verifier = _verifier(actor)
    met = None
    if verdict is Verdict.VERIFIED and footprint.state == "reviewed":
        met = _met(session, footprint_id)
    if footprint.decide(str(verdict), actor.person_id, verifier, kept or None, met, now):
        ids = {"footprint_id": str(footprint_id), "product_id": str(footprint.product_id)}
        if verdict is Verdict.VERIFIED:
            facts = {
                "sha256": footprint.sha256,
                "verifier": str(verifier),
                "checklist": met,
            }
            record(session, "footprint_verified", str(footprint_id), facts, now)
        session.flush()
        publish(session, f"footprint.{verdict}", now, **ids)
        if verdict is Verdict.VERIFIED:
            end_outdated(session, footprint, now)
    return footprint


def _met(session: Session, footprint_id: UUID) -> str:
    """Return the version of the checklist that the last review found met.

    Raises:
        Invalid: a point is not.
    """
    review = queries.review_of(session, footprint_id)
    assert review is not None, footprint_id
    faults = unmet(queries.answers_of(review))
    if faults:
        raise Invalid(faults)
    return review.checklist


def _check(footprint: Footprint, verdict: Verdict, reasons: Sequence[Reason]) -> None:
    faults = []
    if verdict is Verdict.REFUSED and not reasons:
        faults.append(Fault("no_reason", N_("不予通过须写明原因"), field="reasons"))
    lines = queries.line_count(footprint)
    for index, reason in enumerate(reasons, start=1):
        if reason.row is not None and not 1 <= reason.row <= lines:
            faults.append(Fault("no_such_line", N_("清单没有这一行"), index, "row"))
    if faults:
        raise Invalid(faults)


def _of_another(session: Session, actor: Actor, footprint_id: UUID) -> Footprint:
    """Return the footprint, locked, to a verifier who has nothing to do with its maker."""
    footprint = _locked(session, footprint_id)
    product = session.get_one(Product, footprint.product_id)
    if any(member.organisation_id == product.organisation_id for member in actor.memberships):
        raise OwnProduct(footprint=str(footprint_id))
    return footprint


def _verifier(actor: Actor) -> UUID:
    return min(actor.organisations(Permission.FOOTPRINT_VERIFY))


def _locked(session: Session, footprint_id: UUID) -> Footprint:
    footprint = session.get(Footprint, footprint_id, with_for_update=True)
    if footprint is None:
        raise NotFound(footprint=str(footprint_id))
    return footprint
