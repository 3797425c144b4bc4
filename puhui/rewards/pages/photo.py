"""Photographs that come with a form: each is taken in once, whatever else is wrong."""

from hashlib import sha256
from uuid import UUID, uuid5

from flask import request

from puhui.db.session import snapshot, transaction
from puhui.evidence import queries as evidence
from puhui.evidence.queries import PhotoCard
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import Fault, Invalid
from puhui.rewards.planting import MOST_PHOTOS
from puhui.rewards.service import plantings as service
from puhui.web.pages import form_name


def take_photos(actor: Actor) -> tuple[list[PhotoCard], list[Fault]]:
    """Take in what was sent, and find again what an earlier try has left.

    Each photograph has a transaction of its own: whatever else is wrong, nobody chooses it twice.
    """
    with snapshot() as session:
        known = evidence.cards(
            session, [as_uuid(text) for text in request.form.getlist("photo_ids")]
        )
    kept = [card for card in known.values() if card.person_id == actor.person_id]
    faults: list[Fault] = []
    for file in request.files.getlist("photo"):
        original = file.read()
        if not original:
            continue
        name = uuid5(form_name(), f"photo {sha256(original).hexdigest()}")
        try:
            with transaction() as session:
                card = service.send_photo(session, actor, name, original, now())
        except Invalid as refusal:
            faults += refusal.faults
        else:
            kept.append(card)
    return list({card.photo_id: card for card in kept}.values())[:MOST_PHOTOS], faults


def as_uuid(text: str) -> UUID:
    """Return what the text names; a made-up name is nobody's."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
