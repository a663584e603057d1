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
        for seen in record.seen:
            self._look(seen)
        record.listen(self._look)

    def claim_button(self, drop: str) -> CardButton | None:
        """The Claim button of the drop on its newest card that has one to press."""
        cards = self._by_drop[drop]
        return cards[max(cards, key=int)] if cards else None

    def _look(self, seen: Seen) -> None:
        if seen.place != _CARDS_IN or seen.kind not in ("message", "edit", "delete"):
            return
        message_id = str(seen.data.get("message_id", ""))
        live = {
            custom_id.rpartition(":")[2]: custom_id
            for _, custom_id, off in seen.data.get("buttons", ())
            if not off and is_claim_button(custom_id)
        }
        for drop, cards in self._by_drop.items():
            if drop not in live:
                cards.pop(message_id, None)
        for drop, custom_id in live.items() if seen.kind != "delete" else ():
            self._by_drop[drop][message_id] = CardButton(message_id, custom_id)


def is_claim_button(custom_id: str, drop: str = "") -> bool:
    """A button's id names its deed and its drop ("" asks for any drop's)."""
    return "claim" in custom_id and custom_id.endswith(f":{drop}" if drop else "")
