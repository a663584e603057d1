"""Watches that nothing which anybody can see says how a hidden poll stands before it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.time import Micros
from tests.simulation.polls.book import WatchedPoll
from tests.simulation.polls.public import line_shows_counts, shows_counts
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.evening import Evening


class Secrets:
    """Looks every few seconds at what was shown since."""

    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        self._seen_cards, self._seen_own, self._seen_lines = 0, 0, 0

    def look(self) -> None:
        """Raises Violation for a count that somebody could read too early."""
        evening = self._evening
        world, own = evening.world, evening.polling.looked_at
        begins_at = evening.clock.true - evening.loop.now
        cards = [(at - begins_at, card) for at, card in world.cards[self._seen_cards :]] + own[self._seen_own :]
        lines = world.lines[self._seen_lines :]
        self._seen_cards, self._seen_own, self._seen_lines = len(world.cards), len(own), len(world.lines)
        for key, poll in evening.watcher.polls.polls.items():
            if not poll.rules["hidden"]:
                continue
            question, options = poll.rules["question"], poll.rules["options"]
            shown = [(at, card.text) for at, card in cards if question in card.title and shows_counts(card)]
            shown += [(line.at, line.text) for line in lines if line_shows_counts(line.text, question, options)]
            evening.counts["poll: hidden"] += 1
            for at, text in shown:
                if _still_secret(poll, at):
                    raise Violation("hidden until the close", f"{key} at {at}, over at {poll.closed_seen}: {text}")


def _still_secret(poll: WatchedPoll, at: Micros) -> bool:
    return poll.closed_seen is None or at < poll.closed_seen
