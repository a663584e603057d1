"""Whom a gate lets in: what is known of people, what has to be asked, and the claims that wait for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

import structlog
from cachetools import LRUCache

from bot.domain.answers import TryAgain
from bot.domain.claims import JudgeHolds
from bot.domain.drops import Drop, DropState
from bot.domain.entitlements import Found, Question, Source, read_question
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import questions
from bot.domain.people import Account
from bot.domain.time import MINUTE
from bot.services.evidence import PEOPLE_MAX, KnownEvidence, answered_from_outside, worth_asking_early
from bot.services.lookups import Answers, Lookup
from bot.services.ports import Clock, EvidenceSource, LedgerLane, PlaceDown, SendRefused
from bot.services.waiting import woken
from bot.storage.holds import OpenHold
from bot.storage.lane import Committed

log = structlog.get_logger(__name__)

# The people who were about lately are looked up this long before those let in early may claim.
WARM_BEFORE = 5 * MINUTE
GATES_LOOK_SECONDS, GATES_BREATH_SECONDS = 60.0, 2.0
# Claims that wait are looked at anew: soon while they change, ever more rarely while nothing happens.
HOLDS_LOOK_SECONDS, HOLDS_LOOK_SECONDS_MAX = 2.0, 60.0
ASKED_SECONDS = 10.0
BREATH_SECONDS = 0.5
COMPLAIN_AGAIN_SECONDS = 30.0

Refused = Callable[[Source, str, str], Awaitable[None]]
"""Awaited with the source, its platform and the reason when it does not let us ask. Raises PlaceDown when nobody
can be told of it now, SendRefused when never."""


async def _everybody_votes() -> Sequence[str]:
    """For a channel without polls."""
    return ()


class Entitlements:
    """`clock` tells the ledger's moment. `open_holds` are the claims and votes that wait, as last committed,
    `drops` all drops by key, `electorates` the gates of the open polls, and `regulars` the people whom the ledger
    knows, the most likely to claim first. `listen` is told which sources the gates that are announced or open need.
    `probes` names, by platform, somebody whom it surely knows: asked about them, a source that does not let us ask
    shows that long before the first claim."""

    def __init__(
        self,
        lane: LedgerLane,
        channel_id: int,
        sources: Sequence[EvidenceSource],
        clock: Clock,
        *,
        open_holds: Callable[[], Awaitable[Sequence[OpenHold]]],
        drops: Callable[[], Awaitable[Mapping[str, Drop]]],
        regulars: Callable[[], Awaitable[Sequence[Account]]],
        on_refused: Refused,
        electorates: Callable[[], Awaitable[Sequence[str]]] = _everybody_votes,
        listen: Callable[[frozenset[Source]], None] = lambda sources: None,
        probes: Mapping[str, str] | None = None,
    ) -> None:
        self._lane = lane
        self._channel_id = channel_id
        self._clock = clock
        self._open_holds = open_holds
        self._drops = drops
        self._regulars = regulars
        self._electorates = electorates
        self._on_refused = on_refused
        self._listen = listen
        self._probes = dict(probes or {})
        self._known = KnownEvidence(clock)
        self._lookups = {(each.source, each.platform): self._lookup(each) for each in sources}
        self._seen: LRUCache[Account, bool] = LRUCache(PEOPLE_MAX)
        # For each drop whom it has had looked up; and the questions that the gates of the moment ask.
        self._warmed: dict[str, set[Account]] = {}
        self._asked: frozenset[Question] = frozenset()
        # Whose claims wait, and since when we know, by the loop's clock.
        self._waiting: dict[Account, float] = {}
        self._to_judge: dict[Account, None] = {}
        self._judge_now, self._look_now, self._gates_now = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._refusals: asyncio.Queue[tuple[Source, str, str]] = asyncio.Queue()

    # -- what claims and platforms hand in ------------------------------------------------------------------

    def known(self, account: Account) -> tuple[tuple[Question, Found], ...]:
        """What holds of this account now, without asking anybody."""
        return tuple(self._known.of(account).items())

    def want(self, accounts: Iterable[Account], unanswered: Iterable[str]) -> None:
        """Somebody waits for the answers to these questions, in a gate's words, about a person's accounts: a claim,
        until it is answered, or whoever asks without claiming, for a few seconds."""
        asked = [read_question(text) for text in unanswered]
        self._wait_for(accounts, asked, asyncio.get_running_loop().time())
        self._look_now.set()

    def questions(self, source: Source) -> tuple[Question, ...]:
        """What the gates that are announced or open ask of this source."""
        return tuple(question for question in self._asked if question.source is source)

    def seen(self, account: Account) -> None:
        """Somebody is about; before an early window they are looked up in case they claim. See `EvidenceEar`."""
        self._seen[account] = True

    def note(self, account: Account, found: Mapping[Question, Found]) -> None:
        """This has just been proved. See ports.EvidenceEar."""
        self._known.put(account, found)
        self._judge(account)

    def void(self, account: Account, questions: Collection[Question]) -> None:
        """What was known of this has to be asked for anew. See ports.EvidenceEar."""
        self._known.void(account, questions)
        if account in self._waiting:
            # A claim of theirs that waits for something else has been told it already.
            self._judge(account)
            self._look_now.set()

    def committed(self, committed: Committed) -> None:
        """A batch is in the ledger: a drop was resumed that may let in who waits, or one with a gate announced; or
        somebody waits now, who may have gone away, or been told to try again, before anybody heard of it."""
        if committed.held:
            self._look_now.set()
        if committed.drops:
            self._gates_now.set()
            if self._waiting:
                self._look_now.set()

    def connected(self, platform: str) -> None:
        """The platform can be asked again."""
        for (_, where), lookup in self._lookups.items():
            if where == platform:
                lookup.try_now()

    # -- the work -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Look up what is wanted and have the claims judged that wait for it, for ever; cancel to stop."""
        async with asyncio.TaskGroup() as group:
            for (source, platform), lookup in self._lookups.items():
                group.create_task(lookup.run(), name=f"looking up {source} on {platform}")
            group.create_task(self._judge_what_was_found(), name="judging")
            group.create_task(self._follow_holds(), name="following claims that wait")
            group.create_task(self._follow_gates(), name="following gates")
            group.create_task(self._complain(), name="telling of refusals")

    async def warm(self, drop: Drop) -> None:
        """Look up those who were seen lately, and the regulars, once for this drop, before anybody waits for it."""
        asked = [each for each in _questions_of(drop.plan.early) if worth_asking_early(each.source)]
        expected = dict.fromkeys(self._seen)
        if drop.key not in self._warmed:
            expected |= dict.fromkeys(await self._regulars())
        warmed = self._warmed.setdefault(drop.key, set())
        for account in [each for each in expected if each not in warmed]:
            warmed.add(account)
            self._look_up(account, asked, early=True)

    def _lookup(self, source: EvidenceSource) -> Lookup:
        def answered(answers: Answers) -> None:
            self._take_in(source.platform, answers)

        def refused(reason: str) -> None:
            self._refusals.put_nowait((source.source, source.platform, reason))

        return Lookup(source, answered, refused)

    def _take_in(self, platform: str, answers: Answers) -> None:
        by_user: dict[str, dict[Question, Found]] = {}
        for (user, question), found in answers.items():
            by_user.setdefault(user, {})[question] = found
        for user, about in by_user.items():
            self.note((platform, user), about)

    def _wait_for(self, accounts: Iterable[Account], asked: Collection[Question], at: float) -> None:
        for account in accounts:
            self._waiting[account] = at
            if not self._look_up(account, asked):
                self._judge(account)

    def _look_up(self, account: Account, asked: Collection[Question], *, early: bool = False) -> bool:
        """Ask for what is not known of this account; returns whether there is anything to ask."""
        (platform, user), known, asks = account, self._known.of(account), False
        for source in {question.source for question in asked}:
            missing = [each for each in asked if each.source is source and each not in known]
            lookup = self._lookups.get((source, platform))
            if missing and lookup is not None:
                lookup.want(user, missing, early=early)
                asks = True
        return asks

    def _judge(self, account: Account) -> None:
        if account in self._waiting:
            self._to_judge[account] = None
            self._judge_now.set()

    async def _judge_what_was_found(self) -> None:
        while True:
            await woken(self._judge_now, None)
            accounts, self._to_judge = self._to_judge, {}
            evidence = tuple((each, *told) for each in accounts for told in self._known.every(each).items())
            if not evidence:
                continue
            try:
                await self._lane.submit(JudgeHolds(self._channel_id, evidence))
            except TryAgain:
                # They wait still, and may be in by what is known, whatever another source is still to tell.
                await asyncio.sleep(BREATH_SECONDS)
                self._to_judge = {**accounts, **self._to_judge}
                self._judge_now.set()

    async def _follow_holds(self) -> None:
        """Who waits is what the ledger says: claims that an earlier process took are among them, and those of a
        paused drop wait longer than what was found for them holds."""
        pause, before = HOLDS_LOOK_SECONDS, set[str]()
        while True:
            looked_at = asyncio.get_running_loop().time()
            holds = await self._open_holds()
            for hold in holds:
                self._wait_for(hold.accounts, _questions_of(hold.gate), looked_at)
            self._let_go(looked_at)
            here = {hold.request_id for hold in holds}
            pause = HOLDS_LOOK_SECONDS if here != before else min(HOLDS_LOOK_SECONDS_MAX, 2 * pause)
            before = here
            await woken(self._look_now, pause if self._waiting else None)
            await asyncio.sleep(BREATH_SECONDS)

    def _let_go(self, looked_at: float) -> None:
        """Nobody is looked up for a claim that does not wait any more, nor for a question that was asked a while
        ago and without a claim."""
        before = looked_at - ASKED_SECONDS
        self._waiting = {account: at for account, at in self._waiting.items() if at >= before}
        for (_, platform), lookup in self._lookups.items():
            users = {user for where, user in self._waiting if where == platform}
            lookup.keep_only(users, asked_before=before)

    async def _follow_gates(self) -> None:
        """See to it that what a gate asks is heard of and can be asked, and look up who may claim soon."""
        while True:
            drops = await self._drops()
            gated = [d for d in drops.values() if d.plan.early and (d.state is DropState.ANNOUNCED or d.early)]
            gates = [*(drop.plan.early for drop in gated), *await self._electorates()]
            asked = frozenset(question for gate in gates for question in _questions_of(gate))
            if asked != self._asked:
                self._ask_anew(asked)
            self._warmed = {key: self._warmed[key] for key in (drop.key for drop in gated) if key in self._warmed}
            now = self._clock.now()
            for drop in gated:
                if drop.early or (drop.begins_at is not None and drop.begins_at - WARM_BEFORE <= now):
                    await self.warm(drop)
            await woken(self._gates_now, GATES_LOOK_SECONDS)
            await asyncio.sleep(GATES_BREATH_SECONDS)

    def _ask_anew(self, asked: frozenset[Question]) -> None:
        new, self._asked = asked - self._asked, asked
        self._listen(frozenset(question.source for question in asked))
        for platform, user in self._probes.items():
            self._look_up((platform, user), new, early=True)

    async def _complain(self) -> None:
        while True:
            refusal = await self._refusals.get()
            while True:
                try:
                    await self._on_refused(*refusal)
                except PlaceDown:
                    await asyncio.sleep(COMPLAIN_AGAIN_SECONDS)
                except SendRefused as refused:
                    log.warning("the moderators cannot be told of it", reason=refused.reason)
                    break
                else:
                    break


def _questions_of(gate: str) -> tuple[Question, ...]:
    """Those of a gate's questions that a platform has to be asked. A gate that cannot be read asks nothing."""
    read = read_gate(gate)
    if isinstance(read, GateMistake):
        return ()
    groups = questions(read).items()
    return tuple(each for source, group in groups if answered_from_outside(source) for each in group)
