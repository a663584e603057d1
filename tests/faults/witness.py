"""Remembers every answer that a ledger's lives have given, and finds what a ledger file says otherwise."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from bot.storage import tables
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.rebuild import differences
from tests.faults.lean_deeds import Deed
from tests.faults.ledger import Ledger, digest_of_rows, look_into


@dataclass(frozen=True)
class Told:
    """What a request was answered: the decision's stored name, its fields, and the moment."""

    kind: str
    decision: Mapping[str, Any]
    at: int


class Witness:
    """Hears what the lives of one ledger tell. `faults` are the sentences about what may not be."""

    def __init__(self) -> None:
        self.asked: dict[str, Deed] = {}
        self.told: dict[str, Told] = {}
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._unheard: set[str] = set()
        self._refused: set[str] = set()

    def twin(self) -> Witness:
        """Another one that has heard the same, and goes its own way from here on."""
        twin = Witness()
        twin.asked, twin.told, twin.counts = dict(self.asked), dict(self.told), Counter(self.counts)
        twin.faults, twin._unheard, twin._refused = list(self.faults), set(self._unheard), set(self._refused)
        return twin

    def hear(self, word: Mapping[str, Any]) -> None:
        """One line of a life."""
        self.counts[word["word"]] += 1
        match word["word"]:
            case "asked":
                self.asked[word["deed"]["request"]] = Deed(**word["deed"])
            case "answered":
                self._hear_answer(word)
            case "try-again":
                self._refused.add(word["request"])
            case "failed" | "stuck":
                self.faults.append(f"{word['request']}: {word['word']} {word.get('error', '')}")

    def _hear_answer(self, word: Mapping[str, Any]) -> None:
        request = word["request"]
        told = Told(word["kind"], json.loads(json.dumps(word["decision"])), word["at"])
        self.counts["answered as before"] += request in self.told
        # The commit that failed had reached the file: whoever asks again gets what it has stored.
        self.counts["stored in vain"] += request in self._refused and request not in self.told and word["repeated"]
        before = self.told.setdefault(request, told)
        if told != before:
            self.faults.append(f"{request} was answered {before}, and is answered {told} when asked again")
        elif request in self._unheard and not word["repeated"]:
            self.faults.append(f"{request} was stored by an earlier life, and is decided anew")
        self._unheard.discard(request)

    def check(self, ledger_file: Path) -> list[str]:
        """Everything that is wrong now. What is stored without having been answered is an answer from now on."""
        try:
            ledger, faults = look_into(ledger_file)
        except sqlite3.DatabaseError as error:
            return [*self.faults, f"the ledger cannot be read: {error}"]
        stored = stored_answers(ledger)
        faults += [*self.faults, *missing(self.told, stored), *table_faults(ledger_file)]
        for request in self.asked.keys() & stored.keys() - self.told.keys():
            self.told[request] = stored[request]
            self._unheard.add(request)
            self.counts["unanswered but written"] += 1
        return faults

    def count_into(self, figures: Counter[str]) -> None:
        """Add what was heard to the figures of a run."""
        heard = [told.kind for request, told in self.told.items() if request not in self._unheard]
        figures["requests answered"] += len(heard)
        figures["claims answered"] += sum(kind.startswith("claim.") for kind in heard)
        figures["units granted"] += heard.count("claim.granted")
        for name in ("answered as before", "try-again", "unanswered but written"):
            figures[name] += self.counts[name]

    def to_ask_again(self, chance: Random, count: int) -> tuple[Deed, ...]:
        """Requests for the next life: all whose answer nobody heard, and some of the others."""
        nobody_heard = {name for name in self.asked if name not in self.told} | self._unheard
        names = sorted(nobody_heard) + sorted(chance.sample(sorted(self.asked), min(count, len(self.asked))))
        return tuple(self.asked[name] for name in dict.fromkeys(names))


def stored_answers(ledger: Ledger) -> dict[str, Told]:
    """The answers a ledger holds, by request."""
    return {row["request_id"]: Told(row["kind"], json.loads(row["decision"]), row["at"]) for row in ledger.outcomes}


def missing(told: Mapping[str, Told], stored: Mapping[str, Told]) -> list[str]:
    """Where a ledger does not hold what was answered."""
    return [
        f"{request} was answered {answer}, and the ledger has {stored.get(request, 'nothing')}"
        for request, answer in told.items()
        if stored.get(request) != answer
    ]


def table_faults(ledger_file: Path) -> list[str]:
    """Where the bot itself finds that tables and entries differ."""
    contents = digest_of_rows(ledger_file)
    if contents in _IN_STEP:
        # Hundreds of cuts leave what a few commits had left, and the bot would find the same each time.
        return []
    engine = snapshot_engine(ledger_url(str(ledger_file)))
    try:
        with engine.connect() as connection:
            channels = connection.scalars(select(tables.channel.c.id)).all()
            faults = [fault for channel in channels for fault in differences(connection, channel)]
    finally:
        engine.dispose()
    if not faults:
        _IN_STEP.add(contents)
    return faults


# The contents whose tables agreed with their entries.
_IN_STEP: set[bytes] = set()
