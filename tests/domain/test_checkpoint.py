"""Checkpoints and signed notes: the known example, round trips, and that nothing bent is taken."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkpoint import (
    Checkpoint,
    NoteKey,
    NoteRefused,
    open_note,
    read_checkpoint,
    read_key,
    sign_note,
)

# The example that the form's first implementation, Go's sumdb, is documented and tested with.
KNOWN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
KNOWN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ROOT = bytes(range(32))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


class Signer:
    def __init__(self, name: str, seed: int = 1) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = NoteKey(name, self._private.public_key().public_bytes_raw())
        self.pair = self.key, self._private.sign


ANN, BOB = Signer("teapot.example/drops"), Signer("witness", 2)
NOTE = sign_note(Checkpoint("teapot.example/drops", 12, ROOT).text, [ANN.pair])


def test_the_known_note_opens_with_the_known_key():
    key = read_key(KNOWN_KEY)
    assert str(key) == KNOWN_KEY
    text, signed = open_note(KNOWN_NOTE, [key], verify)
    assert (text, signed) == (KNOWN_NOTE.partition("\n\n")[0] + "\n", (key,))


def test_a_checkpoint_is_written_as_the_standard_has_it_and_read_back():
    checkpoint = Checkpoint("teapot.example/drops", 20852163, ROOT, ("drop mug opened", "at 2026-11-01T12:00:00Z"))
    assert checkpoint.text == (
        "teapot.example/drops\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        "drop mug opened\nat 2026-11-01T12:00:00Z\n"
    )
    assert read_checkpoint(checkpoint.text) == checkpoint
    assert checkpoint.fingerprint == "aaaqeayeau"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("log\n1\n", "a line each"),
        ("log\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "no number of entries"),
        ("log\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "no number of entries"),
        ("log\n1\nAAEC\n", "32 bytes, not 3"),
        ("log\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", "one form"),
        ("log\n1\n!\n", "not in base64"),
        ("log\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "end with its line"),
        ("log\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\nmore\n", "no empty one"),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_the_reason(text, why):
    with pytest.raises(NoteRefused, match=why):
        read_checkpoint(text)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("name", "not in base64|not one for"),
        (KNOWN_KEY.replace("c74f20a3", "c74f20a4"), "does not belong"),
        (KNOWN_KEY.replace("+ARpc", "+AhpC"), "not one for Ed25519"),
        (KNOWN_KEY[:-4], "bytes, not"),
    ],
)
def test_what_is_no_key_is_refused_with_the_reason(key, why):
    with pytest.raises(NoteRefused, match=why):
        read_key(key)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "tab\there"])
def test_a_key_has_a_name_of_one_word(name):
    with pytest.raises(NoteRefused, match="no name of a key"):
        NoteKey(name, bytes(32))


def test_a_hand_over_is_signed_by_the_old_and_the_new_key_and_opens_with_either():
    new = Signer(ANN.key.name, 3)
    note = sign_note("a new key\n", [ANN.pair, new.pair])
    assert open_note(note, [ANN.key], verify)[1] == (ANN.key,)
    assert open_note(note, [new.key], verify)[1] == (new.key,)
    assert open_note(note, [ANN.key, new.key], verify)[1] == (ANN.key, new.key)


def test_a_note_that_nobody_known_has_signed_is_refused():
    with pytest.raises(NoteRefused, match="nobody who is known"):
        open_note(NOTE, [BOB.key, Signer(ANN.key.name, 4).key], verify)


def test_a_signature_twice_counts_once():
    twice = NOTE + NOTE.rpartition("\n\n")[2]
    assert open_note(twice, [ANN.key], verify)[1] == (ANN.key,)


def test_a_text_with_control_characters_is_not_signed():
    for text in ("no end", "bell\x07\n", "tab\t\n", "return\r\n"):
        with pytest.raises(NoteRefused, match="control characters"):
            sign_note(text, [ANN.pair])


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_a_note_with_any_character_changed_does_not_open(at, other):
    if NOTE[at] == other:
        return
    with pytest.raises(NoteRefused):
        open_note(NOTE[:at] + other + NOTE[at + 1 :], [ANN.key], verify)


@given(st.integers(0, len(NOTE) - 1))
def test_a_note_with_any_character_left_out_or_cut_there_does_not_open(at):
    for bent in (NOTE[:at] + NOTE[at + 1 :], NOTE[:at]):
        with pytest.raises(NoteRefused):
            open_note(bent, [ANN.key], verify)
