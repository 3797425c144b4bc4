"""Labels: issued for a footprint, withdrawn with a reason."""

import json
from datetime import datetime
from secrets import randbelow
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.footprint.claims import claims_of
from puhui.footprint.errors import ClaimsNeutrality, NameTaken, NotVerified
from puhui.footprint.label import CODE_LENGTH, address, draw
from puhui.footprint.model import Footprint, Label, Product
from puhui.footprint.service.ending import policy_at
from puhui.footprint.validity import Basis, Ground, expiry
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound
from puhui.outbox.service import publish
from puhui.register.service import record
from puhui.web.qr import svg_of


def issue_label(
    session: Session,
    actor: Actor,
    label_id: UUID,
    footprint_id: UUID,
    base_url: str,
    now: datetime,
    basis: Basis = Basis.VERIFIED,
) -> Label:
    """Issue the label of a footprint, valid for as long as the policy says. Again is once.

    Unless it is verified, it says on its face that only its maker declares it.

    Raises:
        Forbidden, NotFound: the footprint is not the actor's.
        NotVerified: nobody has verified it, or a verifier has refused it.
        ClaimsNeutrality: a text that the label would show calls the product neutral.
        NameTaken: the id is the label of another footprint, or it has one under another id.
    """
    actor.require(Permission.LABEL_ISSUE)
    footprint = session.get(Footprint, footprint_id, with_for_update=True)
    if footprint is None:
        raise NotFound(footprint=str(footprint_id))
    product = session.get_one(Product, footprint.product_id)
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    label = session.get(Label, label_id)
    if label is not None:
        if (label.footprint_id, label.basis) != (footprint_id, str(basis)):
            raise NameTaken(label=str(label_id))
        return label
    if footprint.state == "refused" or (basis is Basis.VERIFIED and footprint.state != "verified"):
        raise NotVerified(footprint=str(footprint_id), state=footprint.state)
    taken = select(Label.label_id).where(
        Label.footprint_id == footprint_id, Label.basis == str(basis)
    )
    if session.scalar(taken) is not None:
        raise NameTaken(label=str(label_id), footprint=str(footprint_id))
    claim = next(claims_of(json.loads(footprint.document)), None)
    if claim is not None:
        raise ClaimsNeutrality(footprint=str(footprint_id), claim=claim)
    code = draw(CODE_LENGTH, randbelow)
    url = address(base_url, code)
    label = Label(
        label_id=label_id,
        footprint_id=footprint_id,
        basis=str(basis),
        code=code,
        url=url,
        qr_svg=svg_of(url),
        issued_at=now,
        issued_by=actor.person_id,
        expires_at=expiry(policy_at(session, now), basis, now),
    )
    session.add(label)
    session.flush()
    facts = {
        "footprint": str(footprint_id),
        "sha256": footprint.sha256,
        "code": code,
        "basis": str(basis),
        "expires": label.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    record(session, "label_issued", str(label_id), facts, now)
    publish(session, "footprint.label_issued", now, label_id=str(label_id))
    return label


def withdraw_label(
    session: Session, actor: Actor, label_id: UUID, reason: str, now: datetime
) -> Label:
    """End a label before its time, for everybody to see. Once; the first reason stays.

    Raises:
        Forbidden, NotFound: it is not the actor's.
    """
    actor.require(Permission.LABEL_ISSUE)
    label = session.get(Label, label_id, with_for_update=True)
    if label is None:
        raise NotFound(label=str(label_id))
    footprint = session.get_one(Footprint, label.footprint_id)
    product = session.get_one(Product, footprint.product_id)
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    if label.withdrawn_at is None:
        label.withdrawn_at, label.withdrawn_reason = now, reason
        label.end_ground = str(Ground.MAKER)
        session.flush()
        record(session, "label_withdrawn", str(label_id), {"reason": reason}, now)
        publish(session, "footprint.label_withdrawn", now, label_id=str(label_id))
    return label
