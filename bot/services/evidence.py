"""What the platforms have told about people, for as long as it may be believed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cachetools import LRUCache

from bot.domain.entitlements import Found, Question, Source
from bot.domain.people import Account
from bot.domain.time import DAY, MINUTE, Micros
from bot.services.ports import Clock

PEOPLE_MAX = 20_000

# How long a yes may be believed. Somebody who leaves is noticed after that time at the latest; where the platform
# tells of it, at once.
YES_HOLDS: Mapping[Source, Micros] = {
    Source.TWITCH_SUBSCRIPTIONS: 10 * MINUTE,
    Source.TWITCH_FOLLOWERS: DAY,
    Source.TWITCH_VIPS: 10 * MINUTE,
    Source.TWITCH_MODERATORS: 10 * MINUTE,
    # A founder stays one for good, also without a subscription and with another badge.
    Source.TWITCH_BADGES: 30 * DAY,
    Source.DISCORD_MEMBERS: MINUTE,
    # When an account was made never changes.
    Source.ACCOUNTS: 30 * DAY,
}
# Anybody may follow, subscribe or be given a role at any time, so a no is soon asked for again.
NO_HOLDS = MINUTE


def answered(question: Question, value: int, at: Micros) -> Found:
    """The answer to a question that was asked at `at`: 0 for no, else what its measure says. It can be believed for
    as long as answers from its source hold."""
    return Found(value, at, at + (YES_HOLDS[question.source] if value else NO_HOLDS))


def worth_asking_early(source: Source) -> bool:
    """Whether what is found out some minutes before it is needed still holds then."""
    return YES_HOLDS[source] >= 10 * MINUTE


def answered_from_outside(source: Source) -> bool:
    """Whether a platform is asked; the other sources are the ledger and the configuration."""
    return source in YES_HOLDS


class KnownEvidence:
    """The newest answer to each question, by account. Whom nobody asked about for long is forgotten first. `clock`
    never goes back."""

    def __init__(self, clock: Clock, *, people_max: int = PEOPLE_MAX) -> None:
        self._clock = clock
        self._found: LRUCache[Account, dict[Question, Found]] = LRUCache(people_max)

    def of(self, account: Account) -> dict[Question, Found]:
        """What holds at this moment."""
        now = self._clock.now()
        return {question: found for question, found in self._found.get(account, {}).items() if found.covers(now)}

    def every(self, account: Account) -> dict[Question, Found]:
        """Also what holds no more, for whoever may still believe it."""
        return self._found.get(account, {})

    def put(self, account: Account, found: Mapping[Question, Found]) -> None:
        """Take answers in, unless there are newer ones: a look-up that began before an event does not know it."""
        held = self._found.setdefault(account, {})
        for question, new in found.items():
            old = held.get(question)
            if old is None or new.found_at >= old.found_at:
                held[question] = new

    def void(self, account: Account, questions: Collection[Question]) -> None:
        """Forget the answers, and those of look-ups that are on their way."""
        now = self._clock.now()
        self._found.setdefault(account, {}).update({question: Found(0, now, now) for question in questions})
