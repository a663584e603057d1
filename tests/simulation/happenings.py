"""Makes the acts of a story happen: what people do, what the stream does, and what goes wrong at its time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.answers import TryAgain
from bot.domain.restore import FreezeDrops, ThawDrop
from bot.domain.time import MILLISECOND
from bot.services.ports import PlaceDown
from tests.simulation.acts import Act
from tests.simulation.disk import Trap
from tests.simulation.life import CHANNEL_ID, Life

if TYPE_CHECKING:
    from tests.simulation.evening import Evening


class Happenings:
    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        self._loop = evening.loop
        self._ways: dict[str, Callable[[Act], None]] = {
            "claim": lambda act: evening.people.act(act),
            "steer": lambda act: evening.people.act(act),
            "plan": lambda act: evening.people.act(act),
            "claim at the last moment": self._claim_at_the_close,
            "stream": self._stream,
            "wake": self._wake,
            "trap": lambda act: evening.disk.hold_ready(Trap(*act.what)),
            "the ledger is broken": lambda act: evening.disk.break_until(self._loop.now + act.what[0], act.what[1]),
            "die": lambda _act: evening.die("the process dies: while idle"),
            "die in the start": self._die_twice,
            "die when sending": lambda act: evening.dies_at.append(act.what[0]),
            "stop": lambda _act: evening.stop(),
            "chat is down": self._outage,
            "board is down": self._outage,
            "the clock jumps": self._jump,
            "config.toml changes": self._edit,
            "freeze": self._repair,
            "thaw": self._repair,
            "a person is renamed": self._rename,
            "evidence is down": self._outage,
            "vote at the last moment": self._vote_at_the_close,
            **dict.fromkeys(("vote", "put a poll", "steer a poll", "link", "look at a poll"), evening.polling.act),
        }

    def perform(self, act: Act) -> None:
        self._ways[act.kind](act)

    @property
    def _life(self) -> Life | None:
        """The bot, where it can hear."""
        life = self._evening.life
        return life if life is not None and life.ready and not life.stopping else None

    def _claim_at_the_close(self, act: Act) -> None:
        """Somebody asks in the very microsecond in which a window ends, or the one before or after."""
        now = self._evening.clock.now()
        ends = [drop.closes_at for drop in self._evening.watcher.drops.values() if drop.state == "open"]
        for end in ends[:1]:
            if end > now:
                claim = Act(act.at, "claim", act.who, ("",))
                self._loop.call_in(end - now + act.what[0], self._evening.people.act, claim)

    def _vote_at_the_close(self, act: Act) -> None:
        """The same of the poll that is on, by the lane's own clock."""
        *vote, by = act.what
        closes_at = self._evening.watcher.polls.closes_next
        if self._life is not None and closes_at is not None and closes_at > (now := self._life.lane.now()):
            late = Act(act.at, "vote", act.who, tuple(vote))
            self._loop.call_in(closes_at - now + by, self._evening.polling.act, late)

    def _stream(self, act: Act) -> None:
        live = self._evening.really_live = act.what[0]
        self._evening.note(f"the stream is {'on' if live else 'off'} the air")
        if self._life is not None:
            self._evening.people.commands += 1
            self._life.told_live = self._life.told_live or live
            self._life.spawn(self._life.streams.reported(live))

    def _wake(self, _act: Act) -> None:
        if self._life is not None:
            self._evening.people.commands += 1
            self._life.spawn(_patiently(self._life.drops.wake()))

    def _die_twice(self, _act: Act) -> None:
        self._evening.dies_in_start = True
        self._evening.die("the process dies: while idle")

    def _outage(self, act: Act) -> None:
        place = act.kind.partition(" ")[0]
        self._evening.world.down_until[place] = self._loop.now + act.what[0]
        self._evening.count_fault(act.kind)
        self._loop.call_in(act.what[0], self._back_again)

    def _back_again(self) -> None:
        if self._life is not None:
            self._life.spawn(_patiently(self._life.connected(6.0)))

    def _jump(self, act: Act) -> None:
        self._evening.clock.jump(act.what[0])
        self._evening.watcher.polls.clock_was_set(somebody_notices=self._life is not None)
        self._evening.count_fault(f"the clock jumps {'back' if act.what[0] < 0 else 'forward'}")

    def _edit(self, act: Act) -> None:
        self._evening.plans = self._evening.story.changed_plans
        self._evening.count_fault(act.kind)

    def _rename(self, act: Act) -> None:
        who = act.who
        assert who is not None
        self._evening.rename(who, f"{who.name}{self._loop.now // MILLISECOND % 1000}")

    def _repair(self, act: Act) -> None:
        if self._life is not None:
            self._evening.people.commands += 1
            repairing = self._freeze(self._life) if act.kind == "freeze" else self._thaw(self._life, *act.what)
            self._life.spawn(_patiently(repairing))

    async def _freeze(self, life: Life) -> None:
        """As a restore does, though nothing is lost here."""
        self._evening.count_fault("the ledger is frozen as after a restore")
        await life.lane.submit(FreezeDrops(CHANNEL_ID))

    async def _thaw(self, life: Life, key: str, higher: int | None) -> None:
        """Let a drop go on with the last number that the operator knows of, or believes to know."""
        drop = self._evening.watcher.drops.get(key)
        if drop is None or not drop.frozen:
            return
        last = max([0, *drop.owners, *drop.lost]) + (higher or 0)
        seen, now = self._evening.people.seen, self._loop.now
        asked = seen.asks(seen.repairs, f"thaw {key} {now}", "operator", key, now, str(last))
        answer = await life.lane.submit(ThawDrop(CHANNEL_ID, key, None if higher is None else last))
        seen.told(asked, answer.decision, self._loop.now)


async def _patiently(work: Coroutine[Any, Any, None]) -> None:
    with suppress(TryAgain, PlaceDown, SQLAlchemyError):
        await work
