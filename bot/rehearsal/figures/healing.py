"""How long each fault took to heal: until the first sign that the bot works again where it struck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.rehearsal.evidence import Case
from bot.rehearsal.figures.answers import Wait
from bot.rehearsal.moments import SECOND
from bot.rehearsal.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Healing:
    """`seconds` counts from the fault's end to the sign of life: an answer to something asked after it, a vote
    that was counted, or news.
    It is None when there was no such sign; `asked` says whether there could have been one."""

    trouble: Trouble
    seconds: float | None
    asked: bool

    @property
    def healed_at(self) -> int | None:
        """Microseconds UTC."""
        return None if self.seconds is None else self.trouble.ends_at + round(self.seconds * SECOND)

    @property
    def sentence(self) -> str:
        if self.trouble.skipped:
            return f"could not strike: {self.trouble.skipped}"
        if self.seconds is not None:
            return f"healed in {self.seconds:.1f} s"
        return (
            "never healed: what was asked afterwards got no answer" if self.asked else "nothing was asked meanwhile"
        )

    def as_public(self, begins_at: int) -> dict[str, object]:
        """Seconds count from `begins_at`."""
        trouble = self.trouble
        return {
            "fault": trouble.name,
            "what": trouble.text,
            "at": round((trouble.begins_at - begins_at) / SECOND, 3),
            "lasted": round((trouble.ends_at - trouble.begins_at) / SECOND, 3),
            "healed_after": None if self.seconds is None else round(self.seconds, 3),
            "says": self.sentence,
        }


def healings(case: Case, all_waits: Sequence[Wait]) -> tuple[Healing, ...]:
    """One for each fault, in order."""
    signs = sorted({*_answers(all_waits), *_votes(case), *_news(case)})
    return tuple(_healing(trouble, all_waits, signs) for trouble in case.troubles)


Sign = tuple[int, str, int]
"""When it could be seen, the platform, and when what it answers or tells had come up."""


def _answers(all_waits: Sequence[Wait]) -> Iterator[Sign]:
    for wait in all_waits:
        if wait.seconds is not None:
            ask = wait.ask
            yield ask.at + round(wait.seconds * SECOND), ask.who[0], ask.at


def _votes(case: Case) -> Iterator[Sign]:
    """A vote that counts is silent in chat: it shows in the count."""
    if not case.polls:
        return
    asked = {
        f"twitch:{seen['data'].get('message_id')}": seen["at"] for seen in case.record if seen["kind"] == "chat"
    }
    presses = (seen for seen in case.record if seen["kind"] in ("press", "slash"))
    asked |= {f"discord:{seen['data'].get('interaction_id')}": seen["at"] for seen in presses}
    for ballot in (ballot for poll in case.polls for ballot in poll.ballots):
        if ballot.request in asked:
            yield case.on_stage(ballot.entry.at), ballot.who[0], asked[ballot.request]


def _news(case: Case) -> Iterator[Sign]:
    for row in case.ledger.news:
        seen = case.posted.get(row.reference)
        if seen is not None:
            yield seen["at"], str(seen["platform"]), case.on_stage(row.created_at)


def _healing(trouble: Trouble, all_waits: Sequence[Wait], signs: Sequence[Sign]) -> Healing:
    if trouble.skipped:
        return Healing(trouble, None, asked=False)
    since = trouble.ends_at
    asked = any(wait.ask.at >= since and trouble.strikes(wait.ask.who[0]) for wait in all_waits)
    sign = next((at for at, platform, about in signs if about >= since and trouble.strikes(platform)), None)
    return Healing(trouble, None if sign is None else (sign - since) / SECOND, asked)
