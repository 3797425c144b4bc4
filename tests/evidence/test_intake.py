"""A photograph is kept once, before its row, and shown to few."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.evidence import jobs, queries, service, store
from puhui.evidence.errors import NoSuchPhoto, PhotoDiffers, TooManyPhotos
from puhui.kernel.actor import Role
from puhui.kernel.errors import Invalid
from puhui.settings import Settings
from tests.makers.identity import SignedIn, person
from tests.makers.photo import CHANGKOU, photograph

AT = datetime(2026, 3, 12, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(database: Engine, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """An empty place for photographs."""
    store.keep_in(tmp_path)
    yield tmp_path / "photographs"
    store.keep_in(settings.data_dir)


def sent(
    by: SignedIn, content: bytes, name: UUID | None = None, now: datetime = AT, place: bool = True
) -> queries.PhotoCard:
    with transaction() as session:
        return service.take_photo(
            session, by.actor, name or uuid4(), content, now, keep_place=place
        )


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("**/*.*"))


def test_the_same_photograph_under_the_same_name_is_one(folder: Path) -> None:
    li, name = person("李雷"), uuid4()
    assert sent(li, photograph(), name) == sent(li, photograph(), name)
    assert len(files(folder)) == 1


def test_a_name_used_for_another_photograph_is_refused() -> None:
    li, mei, name = person("李雷"), person("韩梅梅"), uuid4()
    sent(li, photograph(1), name)
    with pytest.raises(PhotoDiffers):
        sent(li, photograph(2), name)
    with pytest.raises(PhotoDiffers):
        sent(mei, photograph(1), name)


def test_the_file_is_called_after_its_content(folder: Path) -> None:
    card = sent(person("李雷"), photograph())
    (file,) = files(folder)
    assert file.stem == card.stored_sha256.hex()
    assert file.read_bytes() == queries.content(card)


def test_without_consent_the_place_is_forgotten() -> None:
    li = person("李雷")
    told = sent(li, photograph(1, place=CHANGKOU))
    untold = sent(li, photograph(2, place=CHANGKOU), place=False)
    assert (str(told.latitude), str(told.longitude)) == ("26.732100", "117.471200")
    assert (untold.latitude, untold.longitude) == (None, None)


def test_only_owner_verifier_and_auditor_see_it() -> None:
    li, mei = person("李雷"), person("韩梅梅")
    verifier = person("王芳", ("核查中心", Role.VERIFIER))
    auditor = person("赵敏", ("审计局", Role.AUDITOR))
    card = sent(li, photograph())
    with snapshot() as session:
        for who in (li, verifier, auditor):
            assert queries.visible_photo(session, who.actor, card.photo_id) == card
        for name in (card.photo_id, uuid4()):
            with pytest.raises(NoSuchPhoto):
                queries.visible_photo(session, mei.actor, name)


def test_a_refused_file_leaves_nothing(folder: Path) -> None:
    with pytest.raises(Invalid):
        sent(person("李雷"), b"not a photograph")
    assert files(folder) == []


def test_a_failed_transaction_leaves_a_file_that_the_sweep_removes(folder: Path) -> None:
    li = person("李雷")
    kept = sent(li, photograph(1))
    with pytest.raises(ZeroDivisionError), transaction() as session:
        service.take_photo(session, li.actor, uuid4(), photograph(2), AT, keep_place=True)
        session.flush()
        1 / 0  # noqa: B018
    assert len(files(folder)) == 2
    with transaction() as session:
        jobs.sweep(session, AT)
    assert [file.stem for file in files(folder)] == [kept.stored_sha256.hex()]


def test_a_half_written_file_is_removed_after_an_hour(folder: Path) -> None:
    sent(person("李雷"), photograph())
    stale, fresh = (files(folder)[0].parent / name for name in ("old.part", "new.part"))
    for part, age in ((stale, 7200), (fresh, 60)):
        part.write_bytes(b"half")
        os.utime(part, (time.time() - age,) * 2)
    with transaction() as session:
        jobs.sweep(session, datetime.now(UTC))
    assert not stale.exists()
    assert fresh.exists()


def test_more_than_thirty_photographs_an_hour_wait() -> None:
    li = person("李雷")
    for seed in range(30):
        sent(li, photograph(seed, size=(200, 200)))
    with pytest.raises(TooManyPhotos):
        sent(li, photograph(99))
    sent(li, photograph(99), now=AT + timedelta(hours=1))


def test_what_a_photograph_is_never_changes() -> None:
    card = sent(person("李雷"), photograph(place=CHANGKOU))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE evidence_photo SET phash = decode(repeat('00', 32), 'hex')"))
    with transaction() as session:
        session.execute(text("UPDATE evidence_photo SET latitude = NULL, longitude = NULL"))
    with snapshot() as session:
        assert queries.cards(session, [card.photo_id])[card.photo_id].latitude is None


def test_likenesses_are_found_among_all_photographs() -> None:
    li, mei = person("李雷"), person("韩梅梅")
    first = sent(li, photograph(1))
    for seed in range(2, 8):
        sent(li, photograph(seed))
    again = sent(mei, photograph(1, quality=40))
    with snapshot() as session:
        (found,) = queries.alike(session, again.photo_id, 15)
    assert (found.photo_id, found.person_id, found.mirrored) == (
        first.photo_id,
        li.person_id,
        False,
    )
    assert found.distance <= 6
