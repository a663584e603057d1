"""The cards in the announcements channel as somebody sees them who looks for a button to press."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from bot.stage.record import Record, Seen

_CARDS_IN = "discord:#announcements"


@dataclass(frozen=True, slots=True)
class CardButton:
    message_id: str
    custom_id: str


class Cards:
    """Follows the record, what stands in it already and what comes: to search all messages of an evening for every
    press would take ever longer."""

    def __init__(self, record: Record) -> None:
        self._by_drop: defaultdict[str, dict[str, CardButton]] = defaultdict(dict)
        self._polls: dict[str, Seen] = {}
        for seen in record.seen:
            self._look(seen)
        record.listen(self._look)

    def claim_button(self, drop: str) -> CardButton | None:
        """The Claim button of the drop on its newest card that has one to press."""
        cards = self._by_drop[drop]
        return cards[max(cards, key=int)] if cards else None

    def vote_button(self, question: str, option: int, *, with_pass: bool = False) -> CardButton | None:
        """The button of an option, counted from 1, on the newest card that asks this question; with `with_pass` the
        one that spends a pass."""
        for message_id in sorted(self._polls, key=int, reverse=True):
            card = self._polls[message_id]
            if question in plain_words(card.text):
                for _, custom_id, off in _buttons(card):
                    fits = is_pass_button(custom_id) if with_pass else is_vote_button(custom_id, option)
                    if fits and not off:
                        return CardButton(message_id, custom_id)
        return None

    def _look(self, seen: Seen) -> None:
        if seen.place != _CARDS_IN or seen.kind not in ("message", "edit", "delete"):
            return
        message_id = str(seen.data.get("message_id", ""))
        if seen.kind != "delete" and any(is_vote_button(custom_id) for _, custom_id, _ in _buttons(seen)):
            self._polls[message_id] = seen
        else:
            self._polls.pop(message_id, None)
        live = {
            custom_id.rpartition(":")[2]: custom_id
            for _, custom_id, off in _buttons(seen)
            if not off and is_claim_button(custom_id)
        }
        for drop, cards in self._by_drop.items():
            if drop not in live:
                cards.pop(message_id, None)
        for drop, custom_id in live.items() if seen.kind != "delete" else ():
            self._by_drop[drop][message_id] = CardButton(message_id, custom_id)


def _buttons(seen: Seen) -> list[tuple[str, str, bool]]:
    return list(seen.data.get("buttons", ()))


def plain_words(text: str) -> str:
    """A card's text as it is read, without the strokes that keep signs from being markup."""
    return text.replace("\\", "")


def is_vote_button(custom_id: str, option: int = 0) -> bool:
    """Whether a button votes, by its id: its deed, its poll and its option (0 asks for any)."""
    *deed, last = custom_id.split(":")
    return "vote" in deed[:2] and option in (0, int(last) if last.isdecimal() else None)


def is_pass_button(custom_id: str) -> bool:
    """Whether a button of a poll's card spends a pass."""
    return "votepass" in custom_id.split(":")[:2]


def is_claim_button(custom_id: str, drop: str = "") -> bool:
    """A button's id names its deed and its drop ("" asks for any drop's)."""
    return "claim" in custom_id and custom_id.endswith(f":{drop}" if drop else "")
