"""One seed played from beginning to end: the bot lives, dies and lives again, the world goes wrong and heals."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.answers import TryAgain
from bot.domain.people import Actor
from bot.domain.time import MINUTE, SECOND
from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock
from bot.services.ports import PlaceDown
from bot.stage.crowd.acts import Person
from tests.simulation import endings
from tests.simulation.acts import Act
from tests.simulation.chance import Chance
from tests.simulation.crowd import SimCrowd
from tests.simulation.disk import Disk, Trap, Workbench, injected
from tests.simulation.happenings import Happenings
from tests.simulation.history import impossible
from tests.simulation.life import Life
from tests.simulation.people import People
from tests.simulation.platforms import World
from tests.simulation.polls.book import PollBook
from tests.simulation.polls.early import EarlyWatch
from tests.simulation.polls.endings import end_polls
from tests.simulation.polls.evidence import Knowing
from tests.simulation.polls.polling import Polling
from tests.simulation.polls.secrets import Secrets
from tests.simulation.promptness import LOOK_EVERY, Promptness
from tests.simulation.seen import Rules
from tests.simulation.story import (
    BEGINS_AT,
    COMMANDS_MIN,
    LENGTH,
    LIVE_SUPPLIES,
    Story,
    write_story,
)
from tests.simulation.unforeseen import listening
from tests.simulation.violation import Violation
from tests.simulation.watcher import Watcher

# Once nothing goes wrong any more, everybody must have heard within so long.
HEALED_WITHIN = 25 * MINUTE


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a seed. `digest` is the hash of the whole history: one seed, one digest."""

    seed: int
    digest: str
    commands: int
    faults: int
    violation: Violation | None
    counts: Counter[str] = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    acts: int = 0

    def without_lines(self) -> Played:
        return replace(self, lines=())


class Evening:
    """`keep` plays only these acts of the story, by their index; None plays all of them."""

    def __init__(self, bench: Workbench, seed: int, keep: Sequence[int] | None = None) -> None:
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self.lines: list[str] = []
        self.loop = VirtualLoop()
        self.chance = Chance(seed, self.counts)
        self.clock = WallClock(self.loop, BEGINS_AT)
        self.world = World(lambda: self.clock.true)
        self.bench = bench
        self.disk = bench.disk = Disk(lambda: self.loop.now, self._fault)
        self.story: Story = write_story(self.chance.dice("story"), self.chance.dice("polls"))
        self._acts = list(self.story.acts) if keep is None else [self.story.acts[n] for n in keep]
        self._all_acts = keep is None
        self.plans = self.story.plans
        self._renamed: dict[tuple[str, str], Actor] = {}
        self.names = {who.name: who for who in self.story.everybody}
        self.people = People(self)
        self.polling = Polling(self, self.people)
        self.secrets = Secrets(self)
        polls = self.story.polls
        self.knowing = None if polls is None else Knowing(polls.subscribers, polls.moderators)
        live = {title.lower().replace(" ", "-"): Rules(n, 0, 1) for title, n in LIVE_SUPPLIES.items()}
        self.people.seen.rules.update(live)
        self.watcher = Watcher(
            bench.path,
            self.counts,
            lambda: self.life is not None and self.life.told_live,
            PollBook(self.counts, lambda: self.loop.now, self.polling.put_at.get),
            EarlyWatch(self.knowing, self.polling.accounts),
        )
        self.crowds: list[SimCrowd] = []
        self.life: Life | None = None
        self.lives = 0
        # The dead are kept: what of them is collected when would be no part of the seed.
        self._graves: list[Life] = []
        self.faults = 0
        self.really_live = False
        self.dies_at: list[str] = []
        self.dies_in_start = False
        self._failed: asyncio.Future[None] = self.loop.create_future()

    def play(self) -> Played:
        """The whole evening. A broken promise is told in the result, not raised."""
        violation = None
        self.bench.new_ledger()
        self.loop.set_exception_handler(self._unforeseen)
        with listening(self._logged):
            try:
                self.loop.run_until_complete(self._until_over())
            except Violation as broken:
                violation = broken
                self.note(f"VIOLATION {broken}")
            finally:
                self._tidy_up()
        digest = hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]
        lines = tuple(self.lines)
        commands = self.people.commands
        return Played(self.seed, digest, commands, self.faults, violation, self.counts, lines, len(self.story.acts))

    # -- what others ask ------------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        self.lines.append(f"{self.loop.now / SECOND:12.6f} {text}")

    def as_named_now(self, who: Actor) -> Actor:
        return self._renamed.get(who.key, who)

    def everybody(self) -> list[Actor]:
        return [self.as_named_now(who) for who in self.story.everybody]

    def fail(self, violation: Violation) -> None:
        if not self._failed.done():
            self._failed.set_exception(violation)

    def ask_live(self) -> bool:
        """What the platform says of the stream. Raises PlaceDown."""
        if self.chance.happens("nobody can say whether the stream is live"):
            raise PlaceDown("no answer")
        return self.really_live

    # -- the course of the evening --------------------------------------------------------------------------

    async def _until_over(self) -> None:
        playing = self.loop.create_task(self._course())
        await asyncio.wait({playing, self._failed}, return_when=asyncio.FIRST_COMPLETED)
        if self._failed.done():
            playing.cancel()
            self._failed.result()
        await playing

    async def _course(self) -> None:
        self._begin_life()
        happenings = Happenings(self)
        self._look_for_news(Promptness(self))
        self.crowds.append(SimCrowd(self, self.story.scene, self._coming("comes")))
        if self.story.polls is not None:
            self.crowds.append(SimCrowd(self, self.story.polls.scene, self._coming("comes to vote")))
        playing = [self.loop.create_task(crowd.run()) for crowd in self.crowds]
        for each in playing:
            each.add_done_callback(self._crowd_ended)
        for act in self._acts:
            if not act.kind.startswith("comes"):
                self.loop.call_at(act.at / SECOND, happenings.perform, act)
        await asyncio.sleep(LENGTH / SECOND)
        for each in playing:
            each.cancel()
        if self._all_acts:
            await self._enough_commands()
        self._heal()
        await self._running()
        await end_polls(self)
        await endings.requests_again(self)
        await self._all_told()
        self.watcher.look()
        endings.everything_holds(self)
        seen = self.people.seen
        seen.names = {name: self.people.key(who) for name, who in self.names.items()}
        for fault in impossible(seen, self.counts):
            raise Violation("what people saw is possible", fault)

    def _coming(self, kind: str) -> list[Person]:
        return [act.what[0] for act in self._acts if act.kind == kind]

    async def _enough_commands(self) -> None:
        """A dead bot hears nobody: whoever was not heard asks again."""
        dice = self.chance.dice("more claims")
        while self.people.commands < COMMANDS_MIN:
            name = dice.choice(("", "mug", "print", "cap"))
            self.people.act(Act(self.loop.now, "claim", dice.choice(self.story.viewers), (name,)))
            await asyncio.sleep(0.4)

    def _heal(self) -> None:
        self.note("everything heals")
        self.chance.calm = True
        self.disk.heal()
        self.dies_at.clear()
        self.dies_in_start = False
        self.world.down_until.clear()

    def _look_for_news(self, promptness: Promptness) -> None:
        try:
            promptness.look()
            self.secrets.look()
        except Violation as violation:
            self.fail(violation)
        self.loop.call_in(LOOK_EVERY, self._look_for_news, promptness)

    async def _running(self) -> None:
        while self.life is None or not self.life.ready:  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep(1)

    async def _all_told(self) -> None:
        deadline = self.loop.now + HEALED_WITHIN
        while waiting := endings.still_waiting(self):
            if self.loop.now > deadline:
                raise Violation("everybody hears in the end", waiting)
            await asyncio.sleep(5)

    def _crowd_ended(self, playing: asyncio.Task[None]) -> None:
        if not playing.cancelled() and (error := playing.exception()) is not None:
            self._tripped(error)

    def rename(self, who: Actor, name: str) -> None:
        """Somebody goes by another name from now on."""
        self.is_called_now(Actor(who.platform, who.user_id, name, who.rank))
        self.count_fault("a person is renamed")

    def is_called_now(self, renamed: Actor) -> None:
        self._renamed[renamed.key] = renamed
        self.names[renamed.name] = renamed

    # -- lives ----------------------------------------------------------------------------------------------

    def _begin_life(self) -> None:
        self.lives += 1
        self.note(f"life {self.lives} begins")
        self.life = Life(
            self.loop,
            self.chance,
            self.bench,
            self.world,
            self.clock,
            self.story.pace,
            people=self.everybody,
            ask_live=self.ask_live,
            after_each=self._after_each,
            note=self.note,
            unforeseen=self._tripped,
            name=f"life {self.lives}",
            knowing=self.knowing,
        )
        self.life.chat.deadly = self.life.board.deadly = self._dies_when_sending
        if self.dies_in_start:
            self.dies_in_start = False
            self.disk.hold_ready(Trap("dies", "before commit", self.chance.between("start", 0, 2)))
        self.life.spawn(self._start(self.life))

    async def _start(self, life: Life) -> None:
        plans = self.plans  # somebody may edit them while it starts
        try:
            applied = await life.start(plans)
        except (SQLAlchemyError, TryAgain) as error:
            self.note(f"the bot does not start: {type(error).__name__}")
            self.die("the process dies: it could not start")
            return
        refused = {sentence.partition(":")[0] for sentence in applied.refused}
        # There are but two versions of config.toml: where the second is refused, the first was announced.
        stand = (*plans, *(plan for plan in self.story.plans if plan.key in refused))
        for plan in stand:
            self.people.seen.rules[plan.key] = Rules(plan.supply, plan.held_back, plan.per_person)
        self.watcher.look_back()
        endings.answers_stand(self)
        dice = self.chance.dice("delivered again")
        answered = [asked for asked in self.people.seen.claims.values() if asked.answer is not None]
        for asked in dice.sample(answered, min(4, len(answered))):
            self.people.claim_again(asked)

    def stop(self) -> None:
        """Somebody stops the bot in order, and starts it again."""
        if self.life is not None and self.life.ready and not self.life.stopping:
            self.count_fault("the process is stopped")
            self.life.stopping = True
            self.watcher.polls.process_ended(clock_behind=self.clock.ahead < self.clock.most_ahead)
            self.loop.create_task(self._stop(self.life))

    async def _stop(self, life: Life) -> None:
        await life.stop()
        self._graves.append(life)
        if self.life is life:
            self.note("the bot has stopped")
            self.watcher.look()
            self.watcher.close()
            self.bench.let_go()
            self.loop.call_in(SECOND, self._begin_life)

    def die(self, why: str) -> None:
        """End the process at this very moment; some time later another one begins."""
        if self.life is None or not self.life.alive:
            return
        self.count_fault(why)
        self.bench.freeze()
        # What this life has just committed is judged by what this life knew.
        self._after_each()
        self.watcher.polls.process_ended(clock_behind=self.clock.ahead < self.clock.most_ahead)
        self.life.die()
        self._graves.append(self.life)
        self.life = None
        self.loop.call_in(0, self._bury)

    def _bury(self) -> None:
        self.watcher.close()
        self.bench.thaw()
        self.loop.call_in(self.chance.between("restart", SECOND // 2, 6 * SECOND), self._begin_life)

    def _fault(self, name: str, deadly: bool) -> None:
        if deadly:
            self.die(name)
        else:
            self.count_fault(name)

    def _dies_when_sending(self, moment: str) -> bool:
        if moment not in self.dies_at:
            return False
        self.dies_at.remove(moment)
        self.die(f"the process dies: {moment}")
        return True

    def count_fault(self, name: str) -> None:
        self.faults += 1
        self.counts[f"fault: {name}"] += 1
        self.note(f"FAULT {name}")

    def _after_each(self) -> None:
        try:
            for said in self.watcher.look():
                self.note(said)
        except Violation as violation:
            self.fail(violation)

    # -- what nobody has foreseen ---------------------------------------------------------------------------

    def _unforeseen(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and not injected(error):
            self.fail(Violation("nothing unforeseen", f"{context.get('message')}: {error!r}"))

    def _tripped(self, error: BaseException) -> None:
        self.fail(error if isinstance(error, Violation) else Violation("nothing unforeseen", repr(error)))

    def _logged(self, event: str, error: BaseException | None) -> None:
        self.fail(Violation("nothing unforeseen", f"{event}: {error!r}"))

    def _tidy_up(self) -> None:
        self.loop.set_exception_handler(lambda _loop, _context: None)
        if self.life is not None:
            self.life.alive = False
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks))
        self.watcher.close()
        self.bench.let_go()
        self.loop.close()
