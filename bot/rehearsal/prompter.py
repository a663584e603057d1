"""The prompter: gives every cue and every fault of a script its moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from bot.rehearsal.moments import SECOND
from bot.rehearsal.played import Played
from bot.rehearsal.script import Anchor as ScriptAnchor
from bot.rehearsal.script import Moment, PlannedFault, StageCue
from bot.rehearsal.stagehand import Stagehand
from bot.rehearsal.timing import drop_of, instant, system_clock
from bot.stage.crowd.acts import Anchor
from bot.stage.crowd.scene import Scene, Staged
from bot.stage.crowd.watching import Watching
from bot.stage.record import Record, Seen, SeenLine


class Prompter:
    """`hear` has to be given every line of the record; `run` returns when all has been given its moment."""

    def __init__(
        self,
        cues: Sequence[StageCue],
        faults: Sequence[PlannedFault],
        drops: Sequence[Played],
        scene: Scene,
        stagehand: Stagehand,
        *,
        clock: Callable[[], int] = system_clock,
    ) -> None:
        self._clock = clock
        self._drops = drops
        self._stagehand = stagehand
        self._opened: dict[str, asyncio.Future[None]] = {}
        self._record: Record | None = None
        self._plan: list[tuple[Moment, Callable[[], Awaitable[object]]]] = []
        self._plan += [(cue.at, partial(self._cue, cue)) for cue in cues]
        self._plan += [(fault.at, partial(self._fault, fault)) for fault in faults if fault.at is not None]
        self._waiting = list(faults)
        if any(moment.anchor is ScriptAnchor.OPENED for moment, _ in self._plan):
            loop = asyncio.get_running_loop()
            self._opened = {drop.key: loop.create_future() for drop in drops}
            self._record = Record()
            Watching(self._record, scene, self._notice)

    @property
    def is_idle(self) -> bool:
        """Whether all has had its moment, but for what waits for an opening that did not come."""
        return not any(self._can_come(moment) for moment, _ in self._plan)

    def _can_come(self, moment: Moment) -> bool:
        return instant(moment, self._drops) is not None or self._opened[drop_of(moment, self._drops).key].done()

    @property
    def last_instant(self) -> int:
        """The latest moment that is known ahead (microseconds UTC); 0 where none is."""
        return max((instant(moment, self._drops) or 0 for moment, _ in self._plan), default=0)

    def hear(self, seen: SeenLine) -> None:
        """Notices when everybody could see that a drop is open."""
        by_bot = seen["data"].get("bot") or seen["kind"] in ("message", "edit")
        if self._record is not None and by_bot:
            self._record.add(Seen(**seen))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for moment, deed in tuple(self._plan):
                group.create_task(self._at(moment, deed))

    async def skip_the_rest(self) -> None:
        """The play is over: what has not struck is noted as what it is."""
        for fault in self._waiting:
            await self._stagehand.skip(fault.name, "Its moment did not come.")

    async def _at(self, moment: Moment, deed: Callable[[], Awaitable[object]]) -> None:
        at = instant(moment, self._drops)
        if at is None:
            await self._opened[drop_of(moment, self._drops).key]
            await asyncio.sleep(moment.after)
        else:
            await asyncio.sleep(max(0, at - self._clock()) / SECOND)
        await deed()
        self._plan.remove((moment, deed))

    async def _cue(self, cue: StageCue) -> None:
        if cue.does in ("goes live", "goes offline"):
            await self._stagehand.live(cue.does == "goes live")
        else:
            await self._stagehand.say(cue.who, cue.does)

    async def _fault(self, fault: PlannedFault) -> None:
        self._waiting.remove(fault)
        await self._stagehand.fault(fault.name, fault.seconds, fault.options)

    def _notice(self, drop: Staged, anchor: Anchor) -> None:
        if anchor is Anchor.OPENED and not self._opened[drop.key].done():
            self._opened[drop.key].set_result(None)
