"""The keys that sign the log: made once, kept private, never replaced in silence."""

from __future__ import annotations

import stat
import sys

import pytest

from bot.domain.checkpoint import Checkpoint, NoteRefused, open_note, read_checkpoint, read_key
from bot.storage import private_file
from bot.storage.signing import KEY_FILE, KeyFileBroken, KeyRing, add_key, keys_at, read_keys, verify_signature

ORIGIN = "microdrops/teapot"
CHECKPOINT = Checkpoint(ORIGIN, 57, bytes(range(32)))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / KEY_FILE


def test_the_file_is_made_once_and_the_same_key_is_there_after_a_restart(path):
    assert read_keys(path) is None
    made = keys_at(path)
    assert keys_at(path).publics == made.publics
    assert [each.name for each in path.parent.iterdir()] == [KEY_FILE]


def test_two_ledgers_never_get_the_same_key(tmp_path):
    assert keys_at(tmp_path / "a.json").publics != keys_at(tmp_path / "b.json").publics


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes; the file is in its owner's profile")
def test_nobody_but_its_owner_may_read_the_file(path):
    keys_at(path)
    add_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_newer_key_stands_beside_the_old_one_and_signs_from_then_on(path):
    (first,) = keys_at(path).publics
    ring = add_key(path)
    assert (ring.publics[0], len(ring.publics)) == (first, 2)
    assert read_keys(path).publics == ring.publics
    signer = ring.signer(ORIGIN)
    note = signer.sign(CHECKPOINT.text)
    assert open_note(note, [signer.newest], verify_signature)[1] == (signer.keys[1],)


def test_a_note_is_what_any_verifier_of_the_standard_takes(path):
    signer = keys_at(path).signer(ORIGIN)
    key = read_key(str(signer.newest))
    text, signed = open_note(signer.sign(CHECKPOINT.text), [key], verify_signature)
    assert read_checkpoint(text) == CHECKPOINT
    assert signed == (key,)


def test_a_hand_over_is_signed_by_both_keys_in_turn(path):
    keys_at(path)
    signer = add_key(path).signer(ORIGIN)
    note = signer.sign(CHECKPOINT.text, signer.keys)
    assert open_note(note, signer.keys, verify_signature)[1] == signer.keys


def test_a_signature_fits_its_text_and_its_key_alone(path):
    signer = KeyRing([bytes(32), bytes([7]) * 32]).signer(ORIGIN)
    note = signer.sign(CHECKPOINT.text)
    with pytest.raises(NoteRefused):
        open_note(note.replace("57", "58", 1), [signer.newest], verify_signature)
    with pytest.raises(NoteRefused):
        open_note(note, [signer.keys[0]], verify_signature)
    assert not verify_signature(b"no key", b"text", bytes(64))


def test_a_key_is_found_by_its_public_text_as_long_as_it_is_at_hand():
    signer = KeyRing([bytes(32), bytes([7]) * 32]).signer(ORIGIN)
    assert [signer.find(str(key)) for key in signer.keys] == list(signer.keys)
    assert signer.find(str(KeyRing([bytes([9]) * 32]).signer(ORIGIN).newest)) is None


def broken_files() -> list[bytes]:
    whole = KeyRing([bytes(32)]).to_bytes()
    cut = [whole[:length] for length in (0, 1, len(whole) // 2, len(whole) - 1)]
    other = whole.replace(b"AAAAAAAA", b"AAAAAAAB", 1)
    odd = [b"[]", b"null", b"{}", b'{"keys": []}', b'{"keys": [{}]}', b'{"keys": [{"public": 1, "private": 2}]}']
    return [*cut, other, *odd]


@pytest.mark.parametrize("content", broken_files())
def test_a_damaged_file_is_never_replaced_but_named_with_the_cure(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    for each in (read_keys, keys_at, add_key):
        with pytest.raises(KeyFileBroken, match="is damaged") as refused:
            each(path)
        assert str(path) in str(refused.value)
        assert "put back a copy" in str(refused.value)
    assert path.read_bytes() == content


def test_every_byte_of_the_file_that_matters_is_noticed_when_it_changes(path):
    ring = keys_at(path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            found = read_keys(path)
        except KeyFileBroken:
            continue
        # What is between the values may change; the keys may not.
        assert found.publics == ring.publics


def test_a_file_that_cannot_be_read_is_named_too(path):
    path.mkdir(parents=True)
    with pytest.raises(KeyFileBroken, match="cannot be read"):
        keys_at(path)


def test_a_disk_that_fails_while_a_key_is_added_leaves_the_file_as_it_was(path, monkeypatch):
    keys_at(path)
    before = path.read_bytes()

    def fail(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_file.os, "fsync", fail)
    with pytest.raises(KeyFileBroken, match="No space left"):
        add_key(path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [KEY_FILE]


def test_no_key_shows_itself(path):
    ring = KeyRing([b"s" * 32])
    shown = f"{ring!r} {ring} {vars(ring.signer(ORIGIN))!r}"
    assert "sss" not in shown
    assert "c3Nz" not in shown


@pytest.mark.parametrize("seeds", [[], [b"short"], [bytes(32), bytes(33)]])
def test_a_ring_without_a_whole_key_is_refused(seeds):
    with pytest.raises(ValueError, match="32 bytes"):
        KeyRing(seeds)
