"""Lines that speak to everybody at once, and so answer people whom they do not name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.rehearsal.evidence import Ask, Case, JudgedDrop
from bot.rehearsal.hearing import visible
from bot.rehearsal.ledger import EntryRow
from bot.stage.record import SeenLine

# News of this kind gives the reason to everybody who was refused for it before.
_COVERS = {
    "sold-out": ("sold-out",),
    "closed": ("closed", "sold-out"),
    "paused": ("paused",),
    "cancelled": ("cancelled",),
}
# Somebody whose line reached nobody learns from such news how things stand. That it is closed is no answer to them:
# while there was something left, they had asked in time. They are owed a line that says that nobody heard them.
_STATES = frozenset({"opened", "public", "sold-out", "paused", "resuming", "resumed", "reopened", "cancelled"})


@dataclass(frozen=True, slots=True)
class Covering:
    """One line in Twitch chat. `reasons` are the refusals that it explains, `drop` "" means whichever; `to_unheard`
    when it speaks to those whose lines may not have arrived, `asks_again` when it tells everybody to type once
    more, `to_crowd` when it answers a counted crowd instead of naming it."""

    at: int
    reasons: frozenset[str]
    drop: str = ""
    to_unheard: bool = False
    asks_again: bool = False
    to_crowd: bool = False

    def answers(self, ask: Ask, because: str, *, not_taken: bool = False) -> bool:
        """Whether this line tells `ask` why, or to ask again; `because` is "" when nothing was decided, `not_taken`
        when nothing could be."""
        if self.at < ask.at or (self.drop and ask.drop and self.drop != ask.drop):
            return False
        return because in self.reasons or (self.to_unheard and not ask.heard) or (self.asks_again and not_taken)


def covering_lines(case: Case) -> Sequence[Covering]:
    """In order: news that gives a reason, lines to a counted crowd (which cover any refusal), and after a gap those
    that say that whoever got no answer should ask again, or that it is too late for that."""
    news = {row.reference: row for row in case.ledger.news}
    every_reason = frozenset(str(row.decision.get("because", "")) for row in case.ledger.outcomes) - {""}
    claim, claim_again = case.claim_words[0], case.claim_words[-1]
    lines = []
    for seen in case.bot_lines():
        row = news.get(str(seen["data"].get("message_id", "")))
        at, text = seen["at"], seen["text"]
        if row is not None and (row.kind in _COVERS or row.kind in _STATES):
            lines.append(Covering(at, frozenset(_COVERS.get(row.kind, ())), row.drop, row.kind in _STATES))
        elif row is None and "@" not in text and claim in text:
            lines.append(Covering(at, every_reason, to_crowd=True))
        elif row is None and "@" not in text and claim_again in text:
            lines.append(Covering(at, frozenset(), to_unheard=True, asks_again=True))
        elif row is None and "@" not in text and case.mine_word in text:
            lines += [Covering(at, frozenset(), drop, to_unheard=True) for drop in _closed_by_then(case, seen)]
    return lines


def _closed_by_then(case: Case, seen: SeenLine) -> Iterator[str]:
    """The drops that a line tells the truth about: that they have closed, and with how many units left."""
    text = visible(seen["text"])
    entries = [entry for entry in case.ledger.entries if case.on_stage(entry.at) <= seen["at"]]
    for drop in case.drops:
        turns = [entry for entry in entries if entry.drop == drop.key and entry.kind.startswith("drop.")]
        over = next((entry for entry in reversed(turns) if entry.kind != "drop.settled"), None)
        said = re.search(rf"(?<!\w){re.escape(visible(drop.title))}(?!\w)\D*(\d+)", text)
        if over is None or over.kind != "drop.closed" or said is None:
            continue
        # Moderators may give or take back a unit afterwards.
        later = {over.number, *(entry.number for entry in entries if entry.number > over.number)}
        if int(said[1]) in {_left(drop, entries, number) for number in later}:
            yield drop.key


def _left(drop: JudgedDrop, entries: Sequence[EntryRow], until: int) -> int:
    """How many units could still be claimed after the entry of this number."""
    turns = {"unit.granted": 1, "unit.voided": -1}
    out = {"claim": 0, "hand": 0}
    for entry in entries:
        if entry.drop == drop.key and entry.kind in turns and entry.number <= until:
            out["claim" if entry.public.get("how") == "claim" else "hand"] += turns[entry.kind]
    return max(0, drop.supply - max(out["hand"], drop.held_back) - out["claim"])
