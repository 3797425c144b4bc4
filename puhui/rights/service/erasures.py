"""Be forgotten: asked for and confirmed, time to think, then step by step and for good."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.db.personal import erase
from puhui.evidence.personal import count_photographs, files_of, let_go
from puhui.identity import queries as identity
from puhui.identity.service.leaving import (
    guarded_children,
    mark_erased,
    only_administered_by,
    shut_door,
)
from puhui.identity.service.sessions import Door
from puhui.identity.service.signing_in import (
    ERASURE,
    CodeAsked,
    ask_own_code,
    confirm_with_code,
)
from puhui.kernel.actor import Actor
from puhui.kernel.errors import Fault, Forbidden, Invalid, NotFound
from puhui.kernel.text import N_
from puhui.ledger import queries as ledger
from puhui.ledger.account import pending_of, wallet_of
from puhui.outbox import task
from puhui.outbox.task import Step
from puhui.rights import queries
from puhui.rights.errors import ErasureAsked, ErasureBegun, NameTaken, NoErasure
from puhui.rights.installation import terms
from puhui.rights.model import Erasure
from puhui.rights.packages import PACKAGES
from puhui.rights.queries import ErasureCard
from puhui.rights.service import exports

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

KIND, OWNER = "rights.erase", "puhui"
ROUNDS = 2
"""What a request that was under way when the door was shut has still written goes in the second."""
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Outlook:
    """What an erasure would mean to this person today."""

    points: int
    """In the wallet or waiting; they are lost."""
    photographs: int
    organisations: tuple[str, ...]
    """Whose roles end."""
    obstacles: tuple[Fault, ...]
    """What has to be put in order first."""
    days: int
    """In which it can be called back."""


def outlook(session: Session, actor: Actor, person_id: UUID, now: datetime) -> Outlook:
    """Return what an erasure would mean, before anybody asks for it.

    Raises:
        NotFound: the person is neither the actor nor their child.
    """
    queries.whose(session, actor, person_id, now)
    someone = Actor(person_id)
    return Outlook(
        ledger.balance(session, wallet_of(person_id))
        + ledger.balance(session, pending_of(person_id)),
        count_photographs(session, person_id),
        tuple(card.name for card, _ in identity.organisations_of(session, someone)),
        tuple(obstacles(session, person_id, now)),
        terms().grace.days,
    )


def obstacles(session: Session, person_id: UUID, now: datetime) -> Sequence[Fault]:
    """Return what others would be left with: teams, organisations and children without anybody."""
    faults: list[Fault] = []
    for package in PACKAGES:
        if package.leaves is not None:
            faults += package.leaves(session, person_id, now)
    for left in only_administered_by(session, person_id):
        faults += [
            Fault("only_administrator", bond, values={"organisation": left.name})
            for package in PACKAGES
            if package.binds is not None
            for bond in package.binds(session, left.organisation_id, now)
        ]
    faults += [
        Fault(
            "guardian_of_child",
            N_("您是%(child)s的监护人：请先为孩子注销，或撤回同意后由另一位监护人接手"),
            values={"child": child},
        )
        for child in guarded_children(session, person_id, now)
    ]
    return faults


def ask_code(session: Session, actor: Actor, code_id: UUID, door: Door, now: datetime) -> CodeAsked:
    """Let a code be sent to the actor's own number, to confirm an erasure with.

    Raises:
        NoNumber, TooManyTries, CodeNameTaken, SenderMissing: as for signing in.
    """
    return ask_own_code(session, actor, code_id, ERASURE, door, now)


def ask_erasure(
    session: Session,
    actor: Actor,
    erasure_id: UUID,
    person_id: UUID,
    code_id: UUID,
    code: str,
    door: Door,
    now: datetime,
) -> ErasureCard | Forbidden:
    """Ask for the actor or their child to be forgotten, once the days to think have passed.

    Returns a refusal for a wrong code, which the caller raises after the transaction, so that it
    counts. The same again changes nothing and needs no code.

    Raises:
        NotFound: the person is neither.
        NameTaken: the name was used for another erasure.
        ErasureAsked: it was asked for before.
        Invalid: something has to be put in order first; says all of it.
        TooManyTries: too many wrong codes.
    """
    queries.whose(session, actor, person_id, now)
    known = session.get(Erasure, erasure_id)
    if known is not None:
        if (known.person_id, known.asked_by) != (person_id, actor.person_id):
            raise NameTaken(erasure=str(erasure_id))
        return queries.card_of(known)
    if queries.erasure_of(session, person_id) is not None:
        raise ErasureAsked(person=str(person_id))
    faults = obstacles(session, person_id, now)
    if faults:
        raise Invalid(list(faults))
    refusal = confirm_with_code(session, actor, code_id, code, ERASURE, door, now)
    if refusal is not None:
        return refusal
    session.execute(
        insert(Erasure)
        .values(
            erasure_id=erasure_id,
            person_id=person_id,
            asked_by=actor.person_id,
            asked_at=now,
            due_at=now + terms().grace,
        )
        .on_conflict_do_nothing()
    )
    row = session.get(Erasure, erasure_id)
    if row is None:
        raise ErasureAsked(person=str(person_id))
    return queries.card_of(row)


def call_back(session: Session, actor: Actor, erasure_id: UUID, now: datetime) -> None:
    """Call an erasure back while there is time; again changes nothing.

    Raises:
        NoErasure: there is none of this id, or it is not theirs.
        ErasureBegun: its day has come, and there is no way back.
    """
    row = session.get(Erasure, erasure_id, with_for_update=True)
    try:
        if row is None:
            raise NotFound()
        queries.whose(session, actor, row.person_id, now)
    except NotFound:
        raise NoErasure(erasure=str(erasure_id)) from None
    if row.called_back_at is not None:
        return
    if row.begun_at is not None:
        raise ErasureBegun(erasure=str(erasure_id))
    row.called_back_at, row.called_back_by = now, actor.person_id
    session.flush()


def begin_due(session: Session, now: datetime) -> int:
    """Begin the erasures whose day has come; return how many.

    One that would leave an organisation or a child alone waits, and is looked at again.
    """
    due = session.scalars(
        select(Erasure)
        .where(Erasure.called_back_at.is_(None), Erasure.begun_at.is_(None), Erasure.due_at <= now)
        .order_by(Erasure.due_at, Erasure.erasure_id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    begun = 0
    for row in due:
        if obstacles(session, row.person_id, now):
            log.warning("rights.erasure_waits", erasure_id=str(row.erasure_id))
            continue
        _begin(session, row, now)
        begun += 1
    return begun


def _begin(session: Session, row: Erasure, now: datetime) -> None:
    row.begun_at = now
    session.flush()
    shut_door(session, row.person_id, now)
    task.begin(
        session,
        uuid5(row.erasure_id, "task"),
        KIND,
        owner=OWNER,
        total=ROUNDS * len(PACKAGES) + 1,
        payload={"erasure_id": str(row.erasure_id), "person_id": str(row.person_id)},
        now=now,
    )


def erase_step(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Do one step of an erasure: one package's rows; at the end the files that nothing names."""
    erasure_id, person_id = UUID(payload["erasure_id"]), UUID(payload["person_id"])
    # Opens the one door in the guards of what never changes, for this transaction.
    session.execute(select(func.set_config("puhui.erasing", str(erasure_id), True)))
    done, files = cursor.get("done", 0), set(cursor.get("files", ()))
    if done == ROUNDS * len(PACKAGES):
        let_go(session, files)
        session.get_one(Erasure, erasure_id).finished_at = now
        return Step(done + 1, result={"files": len(files)})
    package = PACKAGES[done % len(PACKAGES)]
    if package.package == "evidence":
        files |= set(files_of(session, person_id))
    if package.package == "rights":
        exports.remove_of(session, person_id)
    if package.settle is not None:
        package.settle(session, person_id, now)
    for about in package.about:
        erase(session, about, person_id)
    if package.package == "identity":
        mark_erased(session, person_id, now)
    return Step(done + 1, {"done": done + 1, "files": sorted(files)})


def erased(session: Session) -> Sequence[UUID]:
    """Return the ids of everybody whose erasure has begun: what a restored backup must forget."""
    return session.scalars(
        select(Erasure.person_id).where(Erasure.begun_at.is_not(None)).order_by(Erasure.begun_at)
    ).all()


def erase_again(session: Session, people: Iterable[UUID], now: datetime) -> int:
    """Begin at once to erase people whom a restored backup still knows; return how many.

    They had asked for it and time has passed; unknown ids and those erased already are left.
    """
    begun = 0
    for person_id in people:
        if identity.profile(session, person_id) is None or identity.is_erased(session, person_id):
            continue
        row = session.scalar(
            select(Erasure)
            .where(Erasure.person_id == person_id, Erasure.called_back_at.is_(None))
            .with_for_update()
        )
        if row is None:
            row = Erasure(
                erasure_id=uuid5(person_id, f"erased again {now.isoformat()}"),
                person_id=person_id,
                asked_by=person_id,
                asked_at=now,
                due_at=now,
            )
            session.add(row)
            session.flush()
        elif row.begun_at is not None:
            continue
        _begin(session, row, max(now, row.due_at))
        begun += 1
    return begun
