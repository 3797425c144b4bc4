"""Signed notes: the published examples of Go's sumdb/note and of C2SP signed-note."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from puhui.register.note import (
    Checkpoint,
    MalformedNote,
    SigningKey,
    UnverifiedNote,
    VerifierKey,
    open_checkpoint,
    open_note,
    sign,
)

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvq"
    "fqdngotpRZb6KE6RyyBwJnAM=\n"
)
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2O"
    "NncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)

KEY = SigningKey("log.example/puhui", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = SigningKey("log.example/puhui", Ed25519PrivateKey.from_private_bytes(bytes(32)))
HEAD = Checkpoint("log.example/puhui", 8, bytes(range(32)))


def test_the_reference_notes_open():
    assert open_note(NOTE, [VerifierKey.parse(PETER)]) == TEXT
    assert open_note(SPEC_NOTE, [VerifierKey.parse(SPEC_KEY)]) == "This is an example message.\n"


def test_we_sign_as_the_reference_does():
    key = SigningKey("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETER_SEED))
    assert str(key.verifier) == PETER
    assert sign(TEXT, key) == NOTE


@pytest.mark.parametrize("key", [PETER, ENOCH, SPEC_KEY])
def test_a_key_is_written_as_it_was_read(key):
    assert str(VerifierKey.parse(key)) == key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("Neumann", " Neumann"),
        PETER[:-4],
        PETER.replace("ARpc", "Ahpc"),
        PETER.replace("PeterNeumann", "EnochRoot"),
    ],
)
def test_a_key_that_does_not_agree_with_itself_is_refused(key):
    with pytest.raises(MalformedNote):
        VerifierKey.parse(key)


def test_a_changed_letter_is_noticed():
    with pytest.raises(UnverifiedNote):
        open_note(NOTE.replace("answer", "solution"), [VerifierKey.parse(PETER)])


def test_a_stranger_signature_is_passed_over_but_does_not_suffice():
    with pytest.raises(UnverifiedNote):
        open_note(NOTE, [VerifierKey.parse(ENOCH)])
    cosigned = NOTE + SPEC_NOTE.splitlines()[-1] + "\n"
    assert open_note(cosigned, [VerifierKey.parse(PETER)]) == TEXT


def test_one_good_signature_does_not_excuse_a_bad_one():
    """Same name, other key: both are trusted, one of them signed another text."""
    note = sign(HEAD.text, KEY) + sign("another\n", OTHER).splitlines()[-1] + "\n"
    assert open_note(note, [KEY.verifier]) == HEAD.text
    with pytest.raises(UnverifiedNote):
        open_note(note, [KEY.verifier, OTHER.verifier])


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("—", "-"),
        NOTE.replace("think", "thin\x0bk"),
        NOTE.replace("AM=", "AM"),
        NOTE.replace("AM=", "AN="),
        NOTE.replace("PeterNeumann", "a+b"),
    ],
)
def test_what_is_no_signed_note_is_refused(note):
    with pytest.raises(MalformedNote):
        open_note(note, [VerifierKey.parse(PETER)])


def test_a_checkpoint_says_origin_size_and_root():
    note = sign(HEAD.text, KEY)
    assert note.splitlines()[:4] == [
        "log.example/puhui",
        "8",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "",
    ]
    assert open_checkpoint(note, [KEY.verifier]) == HEAD


def test_a_key_speaks_for_its_own_log_only():
    """Else a trusted key of one log could sign for another."""
    note = sign(Checkpoint("log.example/other", 8, bytes(32)).text, KEY)
    with pytest.raises(UnverifiedNote):
        open_checkpoint(note, [KEY.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "a\n8\n",
        "a\n8\nAAEC\n",
        HEAD.text[:-1],
        HEAD.text.replace("\n8\n", "\n08\n"),
        HEAD.text.replace("\n8\n", "\n-8\n"),
        HEAD.text.removeprefix("log.example/puhui"),
        HEAD.text + "\n",
        HEAD.text + "\nmore\n",
    ],
)
def test_a_checkpoint_of_another_form_is_refused(text):
    with pytest.raises(MalformedNote):
        Checkpoint.parse(text)


def test_extension_lines_are_left_aside():
    assert Checkpoint.parse(HEAD.text + "extension\n") == HEAD
