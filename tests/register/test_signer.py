"""The key is made once and kept secret; the last checkpoint signed is remembered."""

from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import pytest

from puhui.register.errors import RolledBack
from puhui.register.merkle import consistency_proof, leaf_hash, nodes_of, root
from puhui.register.note import MalformedNote, SigningKey, UnverifiedNote
from puhui.register.signer import KEY_FILE, NoSigningKey, Signer, open_signer
from puhui.settings import Settings

LEAVES = [leaf_hash(b"%d" % number) for number in range(9)]
OTHER = [leaf_hash(b"other %d" % number) for number in range(9)]


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    return Settings(
        database_url="",
        redis_url="",
        secret="",
        data_dir=tmp_path / "data",
        base_url="https://puhui.example",
        local=True,
    )


def sign(signer: Signer, leaves: list[bytes]) -> str:
    return signer.sign(
        len(leaves), root(leaves), lambda old: consistency_proof(nodes_of(leaves), old, len(leaves))
    )


def test_a_key_is_made_once_and_only_its_owner_reads_it(alone: Settings) -> None:
    first = open_signer(alone)
    assert first.key.name == "puhui.example/log"
    assert S_IMODE((alone.data_dir / KEY_FILE).stat().st_mode) == 0o600
    moved = replace(alone, base_url="https://elsewhere.example")
    assert open_signer(moved).key.verifier == first.key.verifier
    assert [file.name for file in alone.data_dir.iterdir()] == [KEY_FILE]


def test_production_makes_no_key_of_its_own(alone: Settings) -> None:
    with pytest.raises(NoSigningKey):
        open_signer(replace(alone, local=False))
    with pytest.raises(MalformedNote):
        open_signer(replace(alone, local=False, register_key="PRIVATE+KEY+nonsense"))


def test_the_settings_key_is_used_and_written_nowhere(alone: Settings, tmp_path: Path) -> None:
    secret = open_signer(replace(alone, data_dir=tmp_path / "other")).key.secret
    signer = open_signer(replace(alone, local=False, register_key=secret))
    assert signer.key.secret == secret
    assert not (alone.data_dir / KEY_FILE).exists()
    assert SigningKey.parse(secret).verifier == signer.key.verifier


def test_a_key_does_not_show_its_secret_in_a_log_line(alone: Settings) -> None:
    key = open_signer(alone).key
    assert key.secret[-44:] not in repr(key)


def test_a_log_that_grows_is_signed_and_remembered(alone: Settings) -> None:
    for size in (1, 1, 3, 8, 9):
        sign(open_signer(alone), LEAVES[:size])
        last = open_signer(alone).last_signed()
        assert last is not None
        assert (last.size, last.root) == (size, root(LEAVES[:size]))


@pytest.mark.parametrize("then", [LEAVES[:4], [], OTHER[:5], OTHER, LEAVES[:4] + OTHER[4:]])
def test_a_log_that_shrank_or_changed_is_refused_and_nothing_forgotten(
    alone: Settings, then: list[bytes]
) -> None:
    signer = open_signer(alone)
    sign(signer, LEAVES[:5])
    with pytest.raises(RolledBack):
        sign(signer, then)
    last = signer.last_signed()
    assert last is not None
    assert last.size == 5


def test_a_memory_that_someone_else_wrote_is_not_believed(alone: Settings, tmp_path: Path) -> None:
    signer = open_signer(alone)
    stranger = open_signer(replace(alone, data_dir=tmp_path / "other"))
    sign(stranger, LEAVES[:2])
    stranger.last_signed_file.rename(signer.last_signed_file)
    with pytest.raises(UnverifiedNote):
        sign(signer, LEAVES[:5])
