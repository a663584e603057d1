"""The judge on what strangers see of the ledger: one signed evening, and each wrong that is planted in it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.bundle import BundleBroken, read_bundle
from bot.rehearsal.checks.public import fingerprints, results
from bot.rehearsal.evidence import Case
from bot.rehearsal.ledger import EntryRow, LedgerFile, NewsRow
from bot.rehearsal.promises import Promise, Verdict
from tests.rehearsal.evening import CARDS, MUG
from tests.small_log import SmallLog

KINDS = {"drop.announced": "announced", "drop.opened": "opened", "drop.closed": "closed"}


class SignedEvening:
    """A mug of three is sold and closed: the log, and what both chats saw of it. A test changes some of it."""

    def __init__(self, folder: Path) -> None:
        self.log = SmallLog()
        self.log.open()
        for number in (1, 2, 3):
            self.log.claim(number)
        self.log.close()
        self.folder = folder
        self.news: list[NewsRow] = []
        self.record: list[dict[str, Any]] = []
        for size, note in self.log.notes.items():
            entry = self.log.entries[size - 1]
            kind = "sold-out" if entry.kind == "unit.granted" else KINDS.get(entry.kind)
            if kind is not None:
                self.announce(kind, size, note, entry.at)
        (folder / "b").write_text(self.log.bundle(), "utf-8")
        (folder / "p").write_text("<!doctype html>", "utf-8")
        self.card("closed")["data"] |= {"files": ["mug.microdrops.txt", "verify.html"], "file_ids": ["b", "p"]}
        opened = self.card("opened")
        self.see("discord", "edit", CARDS, opened["text"].replace("open", "closed"), message_id="card-opened")

    def announce(self, kind: str, size: int, note: str, at: int) -> None:
        root = base64.b64decode(note.split("\n")[2])
        short = base64.b32encode(root).decode().lower()[:10]
        end = "" if kind == "announced" else f" Log microdrops/teapot {size} {short}"
        self.see("twitch", "chat", "twitch:chat", f"Teal Mug is {kind}.{end}", message_id=f"line-{kind}", bot=True)
        self.see(
            "discord", "message", CARDS, f"Mug is {kind}\nCheckpoint\n```\n{note}```", message_id=f"card-{kind}"
        )
        self.news += [
            NewsRow("twitch:chat", kind, "mug", "sent", f"line-{kind}", at),
            NewsRow("discord:announcements", kind, "mug", "sent", f"card-{kind}", at),
        ]

    def see(self, platform: str, kind: str, place: str, text: str, **data: Any) -> None:
        seen = {"platform": platform, "kind": kind, "place": place, "text": text, "data": data}
        self.record.append({"at": self.log.at, "author": "bot", "name": "bot", "visible_to": None, **seen})

    def card(self, kind: str) -> dict[str, Any]:
        return next(seen for seen in self.record if seen["data"]["message_id"] == f"card-{kind}")

    def line(self, kind: str) -> dict[str, Any]:
        return next(seen for seen in self.record if seen["data"]["message_id"] == f"line-{kind}")

    def case(self, **changes: Any) -> Case:
        entries = tuple(
            EntryRow(e.number, e.at, e.kind, e.drop, e.canonical, e.leaf_hash, None, None) for e in self.log.entries
        )
        ledger = LedgerFile(entries=entries, news=tuple(self.news))
        values = {"signed": True, "attachments": self.folder, **changes}
        return Case(drops=(MUG,), record=tuple(self.record), ledger=ledger, **values)


@pytest.fixture
def evening(tmp_path: Path) -> SignedEvening:
    return SignedEvening(tmp_path)


def broken(promise: Promise) -> str:
    return " ".join(promise.details) if promise.verdict is Verdict.BROKEN else ""


def test_a_signed_evening_keeps_both_promises(evening: SignedEvening) -> None:
    assert fingerprints(evening.case()).details == (
        "3 fingerprints in chat, 4 notes on cards, roots computed anew",
    )
    assert results(evening.case()).details == ("1 bundle read, signatures checked",)
    assert [check(evening.case()).verdict for check in (fingerprints, results)] == [Verdict.KEPT] * 2


def without_fingerprint(evening: SignedEvening) -> None:
    line = evening.line("opened")
    line["text"] = line["text"].partition(" Log")[0]


def cut_fingerprint(evening: SignedEvening) -> None:
    line = evening.line("closed")
    line["text"] = line["text"][:-3] + "…"


def another_fingerprint(evening: SignedEvening) -> None:
    line = evening.line("sold-out")
    line["text"] = line["text"][:-10] + "abcdefghij"


def that_of_other_news(evening: SignedEvening) -> None:
    """A checkpoint of this very ledger, and yet not the one that was signed with the news."""
    line, opened = evening.line("closed"), evening.line("opened")
    line["text"] = "Teal Mug is closed." + opened["text"].partition(".")[2]


def card_without_note(evening: SignedEvening) -> None:
    card = evening.card("announced")
    card["text"] = card["text"].partition("```")[0]


def card_with_a_note_that_was_cut(evening: SignedEvening) -> None:
    card = evening.card("sold-out")
    card["text"] = card["text"][:-10] + "…"


def card_of_another_history(evening: SignedEvening) -> None:
    other = SmallLog()
    other.open(supply=2)
    size = max(other.notes)
    card = evening.card("opened")
    card["text"] = f"Mug is open\n```\n{other.notes[size]}```"


def edit_without_note(evening: SignedEvening) -> None:
    evening.see("discord", "edit", CARDS, "Mug is closed", message_id="card-opened")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (without_fingerprint, "the line that it is opened ends with no fingerprint"),
        (cut_fingerprint, "the line that it is closed ends with no fingerprint"),
        (another_fingerprint, "abcdefghij, which the ledger's entries do not give"),
        (that_of_other_news, "its card something else"),
        (card_without_note, "the card that it is announced shows no checkpoint"),
        (card_with_a_note_that_was_cut, "the card that it is sold-out shows no checkpoint"),
        (card_of_another_history, "that is not over the ledger's entries"),
        (edit_without_note, "has lost or changed its checkpoint in an edit"),
    ],
)
def test_each_wrong_about_fingerprints_and_notes_is_named(
    evening: SignedEvening, wrong: Callable[[SignedEvening], None], said: str
) -> None:
    wrong(evening)
    assert said in broken(fingerprints(evening.case()))
    assert broken(results(evening.case())) == ""


def test_fingerprints_that_are_switched_off_are_not_missed_and_cards_are_judged_all_the_same(
    evening: SignedEvening,
) -> None:
    without_fingerprint(evening)
    assert broken(fingerprints(evening.case(fingerprints=False))) == ""
    card_without_note(evening)
    assert "shows no checkpoint" in broken(fingerprints(evening.case(fingerprints=False)))


def test_an_evening_on_one_platform_alone_is_judged_by_the_entries(evening: SignedEvening) -> None:
    another_fingerprint(evening)
    assert "do not give" in broken(fingerprints(evening.case(discord=False)))
    assert results(evening.case(discord=False)).verdict is Verdict.UNCHECKED


def test_a_final_card_without_its_files_breaks_the_promise(evening: SignedEvening) -> None:
    data = evening.card("closed")["data"]
    data["files"], data["file_ids"] = data["files"][:1], data["file_ids"][:1]
    assert "has mug.microdrops.txt attached" in broken(results(evening.case()))
    del data["files"], data["file_ids"]
    assert "has no files attached" in broken(results(evening.case()))
    assert results(evening.case(attachments=None)).verdict is Verdict.UNCHECKED


def test_a_bundle_of_another_history_that_holds_in_itself_is_not_taken(evening: SignedEvening) -> None:
    """The same numbers, signed by a key of its own: only the ledger's entries tell the two apart."""
    other = SmallLog()
    other.open(title="Teal Mug, forged")
    for number in (1, 2, 3):
        other.claim(number, f"friend-{number}")
    other.close()
    (evening.folder / "b").write_text(other.bundle(), "utf-8")
    assert "is not over the ledger's entries" in broken(results(evening.case()))


def test_winners_that_the_judge_counts_otherwise_break_the_promise(evening: SignedEvening) -> None:
    case = evening.case()
    granted = next(entry for entry in case.ledger.entries if entry.kind == "unit.granted")
    others = tuple(replace(e, kind="unit.noted") if e is granted else e for e in case.ledger.entries)
    assert "tells of 3 numbers with an owner, the ledger of 2" in broken(
        results(replace(case, ledger=replace(case.ledger, entries=others)))
    )


def test_the_judges_own_reading_takes_no_bundle_with_a_changed_byte(evening: SignedEvening) -> None:
    """Each seventh byte, and all of the head."""
    text = evening.log.bundle()
    assert read_bundle(text).drop == "mug"
    head = text.index("entry ")
    taken = []
    for position in (*range(head), *range(head, len(text), 7)):
        for other in {"0", "A", " ", "\n", ""} - {text[position]}:
            with suppress(BundleBroken):
                read_bundle(text[:position] + other + text[position + 1 :])
                taken.append((position, text[position], other))
    # What the bundle says of itself, and nothing signs, is held against the ledger by the judge.
    drop_line = range(text.index("drop "), text.index("\nkey"))
    assert [each for each in taken if each[0] not in drop_line] == []
