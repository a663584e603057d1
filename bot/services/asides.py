"""Replies in Twitch chat to whoever asked something besides a claim: equal ones share a line, as refusals do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from cachetools import TTLCache

from bot.domain.people import Actor
from bot.domain.time import SECOND, Micros
from bot.services.ports import Clock
from bot.wording.catalogue import Wording
from bot.wording.drops import Units, mine_lines, mine_text, same_holding, with_besides

NAMED_A_LINE = 15
Naming = Callable[[Sequence[str]], str]
"""Makes of names the line that gives a reason to those people."""
# How long what somebody holds waits for others who hold the like, and a reason for others who hear the same.
_GATHER = 2 * SECOND


@dataclass(frozen=True, slots=True, eq=False)
class Aside:
    """One person's reply, sayable from `ready_at` on: the same `text` to all, or without one what they hold, with a
    sentence on what they have `besides`.

    With `naming` the line names those who have asked. `alone` is set once chat has refused it in company; `others`
    have asked for the same text meanwhile."""

    actor: Actor
    topic: str
    ready_at: Micros
    text: str = ""
    units: Units = ()
    besides: str = ""
    alone: bool = False
    others: tuple[Actor, ...] = ()
    naming: Naming | None = None

    @property
    def people(self) -> tuple[Actor, ...]:
        """Who is answered by it: a text that names nobody answers the one who was first to ask."""
        return (self.actor,) if self.naming is None else (self.actor, *self.others)

    def without(self, gone: Callable[[Actor], bool]) -> Aside | None:
        """What is left of it when those people need no answer any more; None when that were all."""
        left = [each for each in (self.actor, *self.others) if not gone(each)]
        return replace(self, actor=left[0], others=tuple(left[1:])) if left else None


class Asides:
    """`gap` (microseconds) is how long a text that was said to all is not said again, by the `steady` clock."""

    def __init__(self, words: Wording, steady: Clock, *, gap: Micros, named_max: int) -> None:
        self._words = words
        self._steady = steady
        self._named_max = named_max
        self._waiting: list[Aside] = []
        self._said: TTLCache[str, bool] = TTLCache(1_000, gap, timer=steady.now)

    def say(self, actor: Actor, text: str, topic: str, naming: Naming | None = None) -> bool:
        """The same text is said once in a while for all, with `naming` after a moment and to whoever has asked by
        then; False when it was said just now."""
        waiting = next((each for each in self._waiting if each.text == text), None)
        if waiting is not None:
            self._waiting[self._waiting.index(waiting)] = replace(waiting, others=(*waiting.others, actor))
            return True
        if text in self._said:
            return False
        self._said[text] = True
        ready_at = self._steady.now() + (0 if naming is None else _GATHER)
        self._waiting.append(Aside(actor, topic, ready_at, text, naming=naming))
        return True

    def hold(self, actor: Actor, units: Units, besides: str = "") -> None:
        """Tell somebody what they hold; whoever asks twice hears what is true at last, once."""
        earlier = next((each for each in self._waiting if each.actor.key == actor.key and not each.text), None)
        if earlier is None:
            ready_at = self._steady.now() + _GATHER
            self._waiting.append(Aside(actor, "mine", ready_at, units=units, besides=besides))
        else:
            self._waiting[self._waiting.index(earlier)] = replace(earlier, units=units, besides=besides)

    def forget(self, actor: Actor) -> None:
        """Say nothing to this person of what waits."""
        self._leave_out(lambda each: each.key == actor.key)

    def apart(self, refused: Aside) -> None:
        """Chat refused a line that this was part of: it is said alone."""
        self._waiting.append(replace(refused, alone=True))

    @property
    def ready_at(self) -> Micros | None:
        """When the first may be said; None when nothing waits."""
        return min((each.ready_at for each in self._waiting), default=None)

    def take(self, answered: Callable[[Actor], bool]) -> tuple[str, tuple[Aside, ...]]:
        """The next line and whom it answers. Who was `answered` meanwhile is left out; ("", ()) when all were."""
        self._leave_out(answered)
        if not self._waiting:
            return "", ()
        first = min(self._waiting, key=lambda each: each.ready_at)
        text, group = (_said(first), [first]) if first.text else self._shared(first)
        taken = set(group)
        self._waiting = [each for each in self._waiting if each not in taken]
        return text, tuple(group)

    def _leave_out(self, gone: Callable[[Actor], bool]) -> None:
        kept: list[Aside] = []
        for each in self._waiting:
            left = each.without(gone)
            if left is not None:
                kept.append(left)
            else:
                # Nobody is going to hear it now, so the next who asks does.
                self._said.pop(each.text, None)
        self._waiting = kept

    def _shared(self, first: Aside) -> tuple[str, list[Aside]]:
        share = _share(first)
        group = [each for each in self._waiting if _share(each) == share]
        if len(group) == 1:
            own = mine_text(self._words, first.actor.name, first.units, discord=False)
            return with_besides(own, first.besides), group
        crowd = len(group) > self._named_max and not first.units
        group = group if crowd else group[:NAMED_A_LINE]
        while True:
            held = [(each.actor.name, each.units) for each in group]
            lines = mine_lines(self._words, held, named_max=self._named_max)
            line = with_besides(lines[0], first.besides)
            if len(group) == 1 or (len(lines) == 1 and line.endswith(first.besides)):
                return line, group
            group = group[: max(1, len(group) // 2)]


def _said(aside: Aside) -> str:
    if aside.naming is None:
        return aside.text
    return aside.naming([person.name for person in dict.fromkeys(aside.people)])


def _share(aside: Aside) -> Hashable:
    """Equal for replies that one line can give; what was refused in company, or is long, shares with nobody."""
    alike = None if aside.alone or aside.text else same_holding(aside.units)
    return aside if alike is None else (*alike, aside.besides)
