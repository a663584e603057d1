"""Holding a file against what chat or Discord showed."""

from __future__ import annotations

import pytest

from tests.small_log import SmallLog
from tests.verifying.checker import Checker
from tests.verifying.evenings import last_proof, long_evening, seen_at

LOG = long_evening()
BUNDLE = LOG.bundle()
OPENED = 5
SEEN = seen_at(LOG, OPENED)
ROOT = LOG.notes[OPENED].split("\n")[2]


@pytest.mark.parametrize(
    "seen",
    [
        SEEN,
        SEEN.upper(),
        f"  {SEEN} ",
        f"Teal Mug is open, 8 of them. Log microdrops/teapot {SEEN}",
        f"microdrops/teapot {SEEN}.",
        LOG.notes[OPENED],
        f"{OPENED} {ROOT}",
    ],
    ids=["short", "capitals", "blanks", "the line of chat", "with its log", "the whole note", "the whole root"],
)
def test_what_was_shown_is_found_in_the_file(page: Checker, seen: str):
    answer = page.answer(BUNDLE, seen)
    assert (answer["verdict"], answer["why"]) == ("holds", "")


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (f"{OPENED} {'a' * 10}", f"checkpoint 5 was shown to you as aaaaaaaaaa, in this file it is {SEEN[2:]}"),
        (LOG.notes[OPENED].replace(ROOT, f"{'A' * 43}="), "checkpoint 5 was shown to you as AAAAAAA"),
        (f"microdrops/kettle {SEEN}", "what you saw is of the log “microdrops/kettle”, this file is of"),
        ("6 aaaaaaaaaa", "you were shown a checkpoint of 6 entries, and the file has none there"),
    ],
    ids=["another fingerprint", "another root", "another log", "a checkpoint that is not there"],
)
def test_another_history_than_was_shown_is_refused(page: Checker, seen: str, reason: str):
    answer = page.answer(BUNDLE, seen)
    assert (answer["verdict"], answer["against"], answer["entry"]) == ("refused", "seen", None)
    assert answer["reason"].startswith(reason)


@pytest.mark.parametrize("seen", ["2 aaaaaaaaaa", "400 aaaaaaaaaa"])
def test_what_the_file_does_not_reach_is_not_checked(page: Checker, seen: str):
    answer = page.answer(BUNDLE, seen)
    assert (answer["verdict"], answer["why"]) == ("unchecked", "seen")


GRANT = next(entry for entry in LOG.entries if entry.kind == "unit.granted")
LEAF = GRANT.leaf_hash.hex()
SECRET = next(entry for entry in LOG.entries if entry.drop == "other-secret")


@pytest.mark.parametrize(
    "receipt",
    [
        f"entry {GRANT.number} {LEAF[:10]}",
        f"Teal Mug #1 of 8 is yours!\nEntry {GRANT.number} of the public ledger, leaf hash {LEAF}",
        f"-# Entry {GRANT.number} of the public ledger, leaf hash `{LEAF.upper()}`.",
        f"@ann Teal Mug #1 of 8 is yours! (entry {GRANT.number} {LEAF[:10]})",
    ],
    ids=["short", "the answer", "as it was written", "in chat"],
)
def test_a_winners_receipt_is_found_in_the_file_and_in_the_proof(page: Checker, receipt: str):
    for file in (BUNDLE, last_proof(LOG, GRANT.number)):
        answer = page.answer(file, receipt)
        assert (answer["verdict"], answer["why"]) == ("holds", "")


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        (
            f"entry {GRANT.number} {'0' * 10}",
            f"entry {GRANT.number} was shown to you with the hash 0000000000, in ",
        ),
        (
            f"entry {GRANT.number + 2} {LEAF}",
            f"entry {GRANT.number + 2} was shown to you with the hash {LEAF}, in ",
        ),
        (
            f"entry {SECRET.number} {SECRET.leaf_hash.hex()}",
            f"entry {SECRET.number} is that of your receipt, but the file hides what it says",
        ),
    ],
    ids=["another hash", "another place", "hidden"],
)
def test_a_receipt_of_another_history_is_refused(page: Checker, receipt: str, reason: str):
    answer = page.answer(BUNDLE, receipt)
    assert (answer["verdict"], answer["against"], answer["entry"]) == ("refused", "seen", None)
    assert answer["reason"].startswith(reason)


@pytest.mark.parametrize("number", [1, 400])
def test_a_receipt_of_an_entry_that_is_not_in_the_file_is_not_checked(page: Checker, number: int):
    for file in (BUNDLE, last_proof(LOG, GRANT.number)):
        answer = page.answer(file, f"entry {number} {LEAF}")
        assert (answer["verdict"], answer["why"]) == ("unchecked", "seen")


def test_two_files_of_one_drop_that_both_hold_are_told_apart_by_what_was_shown(page: Checker):
    """An operator who writes the evening anew signs it as well as the first time."""
    logs = []
    for winner in ("ann", "ben"):
        log = SmallLog()
        log.open()
        log.claim(1, winner)
        log.close()
        logs.append(log)
    shown, anew = logs
    assert [page.answer(log.bundle())["verdict"] for log in logs] == ["holds", "holds"]
    line = seen_at(shown, 6)
    assert page.answer(shown.bundle(), line)["verdict"] == "holds"
    assert page.answer(anew.bundle(), line)["verdict"] == "refused"
    # The line that opened the drop is the same in both: only a later one tells.
    assert page.answer(anew.bundle(), seen_at(shown, 4))["verdict"] == "holds"


def test_a_proof_is_held_against_what_was_shown_as_well(page: Checker):
    size = max(LOG.notes)
    proof = last_proof(LOG, 6)
    assert page.answer(proof, seen_at(LOG, size))["verdict"] == "holds"
    assert page.answer(proof, f"{size} aaaaaaaaaa")["verdict"] == "refused"
    assert page.answer(proof, SEEN)["verdict"] == "unchecked"


def test_what_was_shown_is_typed_beside_the_file_and_marked_in_the_list(page: Checker):
    page.paste(BUNDLE)
    page.type("#seen", SEEN)
    page.until(lambda: "Checkpoint 5 is the one that you were shown" in page.text(".verdict"), "the match")
    marked = page.run("return document.querySelector('#notes .match').closest('li').textContent")
    assert SEEN in marked
    page.type("#seen", f"{OPENED} bbbbbbbbbb")
    page.until(lambda: page.kind == "refused", "the refusal")
    assert "tells another history than the one you were shown" in page.text(".verdict")


@pytest.mark.parametrize("typed", ["hello", "57", "57 short", "57 189018901890", "<b>57</b>"])
def test_what_cannot_be_read_is_asked_for_again_and_nothing_is_said_to_hold(page: Checker, typed: str):
    page.type("#seen", typed)
    assert page.text("#mistake").startswith("That cannot be read.")
    assert page.one("#seen").get_attribute("aria-invalid") == "true"
    assert page.focus() == "seen"
    assert page.answer(BUNDLE, typed)["verdict"] == "refused"
    assert not page.all(".verdict")
