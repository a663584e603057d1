"""The crowd at play: takes the acts of a plan when their cue comes, with whatever hands it is given.

It knows no wire and no time of its own: the clock is given, and it waits on the running loop, which may be one of
virtual time. Nothing here is drawn by lot; that was done when the plan was written.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

from bot.stage.crowd.acts import Act, Anchor, Person
from bot.stage.crowd.hands import Hands
from bot.stage.crowd.plan import digest
from bot.stage.crowd.scene import Scene, Staged, StagedDrop
from bot.stage.crowd.watching import Watching
from bot.stage.record import SECOND, Record, Seen

# Somebody whose line did not show needs this long to type another.
RETYPING = round(1.2 * SECOND)
# A crowd that does not see a drop announced or opened gives up waiting and asks all the same.
PATIENCE = 10 * SECOND
_LATE = 4 * SECOND
_Due = tuple[int, int, Callable[[], object]]


class Playing:
    """People sit down at once; `run` plays their acts.

    `clock` gives microseconds UTC and must go on as fast as the loop's own time. `hands` makes the hands of a
    person. `patience` and `retyping` are microseconds. What the people see they see in the record; where nobody
    writes one, tell `watching` yourself."""

    def __init__(
        self,
        scene: Scene,
        people: Iterable[Person],
        record: Record,
        clock: Callable[[], int],
        hands: Callable[[Person], Hands],
        *,
        patience: int = PATIENCE,
        retyping: int = RETYPING,
    ) -> None:
        self._scene = scene
        self._record = record
        self._clock = clock
        self._retyping = retyping
        self._order = itertools.count()
        self._due: list[_Due] = []
        self._patience: dict[tuple[str, Anchor], _Due] = {}
        self._waiting: defaultdict[tuple[str, Anchor], list[tuple[Hands, Act]]] = defaultdict(list)
        self._wake = asyncio.Event()
        self.watching = Watching(record, scene, self._noticed)
        people = tuple(people)
        self._note(people)
        last_word: defaultdict[str, float] = defaultdict(float)
        for person in people:
            self._seat(person, hands(person))
            for act in person.acts:
                if act.cue.anchor is Anchor.OPENS:
                    last_word[act.cue.drop] = max(last_word[act.cue.drop], act.cue.after)
        for drop in scene.everything:
            # A streamer who is late, or opens late, is waited for.
            opens_at = drop.opens_at + round(last_word[drop.key] * SECOND)
            seen_at = {Anchor.ANNOUNCED: drop.announces_at, Anchor.OPENED: opens_at}
            if drop.early_at is not None:
                seen_at[Anchor.EARLY] = drop.early_at
            for anchor, at in seen_at.items():
                given_up = self._at(at + patience, partial(self._cue, drop, anchor))
                self._patience[drop.key, anchor] = given_up

    async def run(self) -> None:
        """Play until everybody has done everything; the errors of an act end the play."""
        try:
            while self._due:
                self._wake.clear()
                while self._due and self._due[0][0] <= self._clock():
                    heapq.heappop(self._due)[2]()
                    # Thousands of viewers must not keep the sockets from being served.
                    await asyncio.sleep(0)
                if self._due:
                    await self._sleep_until(self._due[0][0])
        finally:
            self.watching.stop()

    async def _sleep_until(self, at: int) -> None:
        try:
            async with asyncio.timeout(max(0, at - self._clock()) / SECOND):
                await self._wake.wait()
        except TimeoutError:
            return

    def _at(self, at: int, do: Callable[[], object]) -> _Due:
        due = (at, next(self._order), do)
        heapq.heappush(self._due, due)
        self._wake.set()
        return due

    def _note(self, people: tuple[Person, ...]) -> None:
        """Write down who plays, so that two plays can be told to be of the same people."""
        data = {"people": len(people), "digest": digest(people)}
        text = f"A crowd of {data['people']} comes ({data['digest']})."
        self._record.add(Seen(self._clock(), "stage", "crowd", text=text, data=data))

    def _seat(self, person: Person, hands: Hands) -> None:
        data = {"platform": person.platform, "login": person.login, "character": person.character}
        if person.owner:
            data["owner"] = person.owner
        self._record.add(Seen(self._clock(), "stage", "joined", author=hands.id, name=person.name, data=data))
        for act in person.acts:
            if act.cue.anchor is Anchor.OPENS:
                self._plan(self._scene.named(act.cue.drop).opens_at, hands, act)
            else:
                self._waiting[act.cue.drop, act.cue.anchor].append((hands, act))

    def _plan(self, base: int, hands: Hands, act: Act) -> None:
        self._at(base + round(act.cue.after * SECOND), partial(self._play, hands, act))

    def _play(self, hands: Hands, act: Act) -> None:
        drop = self._scene.named(act.cue.drop)
        if (
            act.unless_won
            and isinstance(drop, StagedDrop)
            and self.watching.has_won(hands.platform, hands.known_as, drop)
        ):
            return
        instead = hands.do(act.deed)
        if instead is not None:
            self._at(self._clock() + self._retyping, partial(hands.do, instead))

    def _noticed(self, drop: Staged, anchor: Anchor) -> None:
        """A cue has come, so that nobody has to lose patience. Who has lost it, and asked too early, asks anew."""
        given_up = self._patience.pop((drop.key, anchor), None)
        if given_up in self._due:
            self._due.remove(given_up)
            heapq.heapify(self._due)
        self._cue(drop, anchor)
        self._waiting.pop((drop.key, anchor), None)
        if anchor is Anchor.OPENED:
            self._waiting.pop((drop.key, Anchor.CLOSES), None)

    def _cue(self, drop: Staged, anchor: Anchor) -> None:
        """Whoever waits for this is due a little later."""
        now = self._clock()
        for hands, act in self._waiting[drop.key, anchor]:
            self._plan(now, hands, act)
        if anchor is Anchor.OPENED:
            closes_at = _closes_at(drop, now)
            for hands, act in self._waiting[drop.key, Anchor.CLOSES]:
                self._plan(closes_at, hands, act)
            if self._waiting[drop.key, Anchor.REMINDED]:
                # Until then it may come, and after that nobody waits for it any more.
                self._at(closes_at, partial(self._waiting.pop, (drop.key, Anchor.REMINDED), None))


def _closes_at(drop: Staged, opened_at: int) -> int:
    """As advertised; a drop that opened late, or when somebody said so, stays open as long as it was to."""
    late = opened_at - drop.opens_at
    return drop.closes_at + (late if drop.on_cue or late > _LATE else 0)
