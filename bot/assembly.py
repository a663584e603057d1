"""The bot without its platforms: the services over an open ledger, and everybody in it who speaks by themselves."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.config import Config
from bot.domain.answers import TryAgain
from bot.domain.entitlements import Source
from bot.domain.native_polls import NativePoll
from bot.domain.proofs import ProofPlaces
from bot.domain.telling import ForgetRefusals, NoteCommands
from bot.domain.time import DAY
from bot.opening import CHANNEL_ID, OpenLedger
from bot.services.announcing import Announcing
from bot.services.backup import Backups
from bot.services.calendar import Calendar
from bot.services.claims import Claims
from bot.services.codes import Codes
from bot.services.confirming import Confirmations
from bot.services.control import Control
from bot.services.eligibility import Eligibility
from bot.services.entitlements import Entitlements
from bot.services.evidence_trouble import EvidenceTrouble
from bot.services.exporting import Exporting
from bot.services.link_codes import LinkCodes
from bot.services.linked import LinkedAccounts
from bot.services.linking import Linking
from bot.services.native_polls import NativePolling
from bot.services.nights import Nights
from bot.services.overhearing import Overhearing
from bot.services.passes import Passes
from bot.services.planning import Planning
from bot.services.polls import Polls
from bot.services.ports import (
    BoardSender,
    CalendarSender,
    ChatSender,
    Clock,
    EvidenceSource,
    NameLookup,
    NativePolls,
)
from bot.services.privacy import Privacy
from bot.services.proofs import Proofs
from bot.services.receivers import Receivers
from bot.services.services import Services
from bot.services.spilled_codes import SpilledCodes
from bot.services.stream import GAP_SECONDS_MIN, Streams
from bot.services.telling import Telling
from bot.services.verifying import Verifying
from bot.services.voiding import Voiding
from bot.services.voting import Voting
from bot.services.who import Who
from bot.storage.holds import open_holds
from bot.storage.people import KnownNames
from bot.storage.polls import running_electorates
from bot.storage.regulars import regulars
from bot.storage.telling import command_digest
from bot.verifying import verify_page
from bot.wording.catalogue import Wording
from cogs.names import CommandNames

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 10.0
STUMBLE_SECONDS = 2.0
REFUSALS_KEPT = 60 * DAY

Speaking = Callable[[], Coroutine[Any, Any, None]]


async def never_live() -> bool:
    """For a channel without Twitch."""
    return False


def nobody_tells(sources: frozenset[Source]) -> None:
    """For a channel where no event changes what a gate wants to know."""


@dataclass(frozen=True, slots=True)
class Outside:
    """How the services reach the platforms; what is None is not configured. `fetch_live` raises PlaceDown;
    `sources` are asked what a gate wants to know, and `listen_for` hears which of them the gates in use need."""

    chat: ChatSender | None = None
    board: BoardSender | None = None
    calendar: CalendarSender | None = None
    native_polls: NativePolls | None = None
    lookups: Mapping[str, NameLookup] = field(default_factory=dict)
    fetch_live: Callable[[], Awaitable[bool]] = never_live
    sources: Sequence[EvidenceSource] = ()
    listen_for: Callable[[frozenset[Source]], None] = nobody_tells


def names_and_words(config: Config) -> tuple[CommandNames, Wording]:
    """What is typed in this channel, and what is said."""
    names = CommandNames(config.commands.by_command(), config.commands.prefix)
    words = Wording(
        config.wording,
        zone=config.channel.time_zone,
        command_names=names.typed(),
        undo_within=config.pace.undo_within,
        bare_votes=config.polls.bare,
    )
    return names, words


async def keep_going(name: str, work: Speaking) -> None:
    """Run one of the speakers for ever: what it trips over is logged, and claims go on being decided meanwhile."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a speaker stumbled and starts anew", speaker=name)
        await asyncio.sleep(STUMBLE_SECONDS)


class Assembly:
    """Services of one process, put together. `clock` may be set by somebody, `steady` never jumps; `set_alarm` is
    told the next due instant. `backups` is None where somebody else makes copies, `verifying` where nobody has the
    ledger verified."""

    def __init__(
        self,
        config: Config,
        words: Wording,
        ledger: OpenLedger,
        outside: Outside,
        *,
        clock: Clock,
        steady: Clock,
        set_alarm: Callable[[int | None], None],
        backups: Backups | None = None,
        verifying: Verifying | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._config = config
        self._clock = clock
        self._ledger = ledger
        self._set_alarm = set_alarm
        self._watches_stream = config.twitch is not None
        self._deaf_before = False
        self.backups = backups
        self.verifying = verifying
        lane, reads, pace = ledger.lane, ledger.reads, config.pace
        chat, board = outside.chat, outside.board
        self._telling = Telling(
            lane,
            reads,
            CHANNEL_ID,
            chat,
            board,
            words,
            clock,
            answer_gap=pace.answer_gap,
            steady=steady,
            receipts_in_chat=config.public.receipts_in_chat,
        )
        self._announcing = Announcing(
            lane,
            reads,
            CHANNEL_ID,
            words,
            clock,
            pace,
            chat=chat,
            board=board,
            places=ledger.places,
            publishing=config.public,
            results_files=Exporting(reads, CHANNEL_ID, verify_page),
            moments=lane,
        )
        lookups, known = dict(outside.lookups), KnownNames(reads, CHANNEL_ID)
        confirming = Confirmations(lane, steady)
        both = config.twitch is not None and config.discord is not None
        codes = LinkCodes(steady, random_bytes)
        linking = Linking(lane, reads, CHANNEL_ID, confirming, codes, steady, possible=both)
        overhearing = Overhearing()
        overhearing.listen(linking.overhear)
        self._codes = Codes(lane, reads, CHANNEL_ID, ledger.code_key, clock, steady)
        self._spilled_codes = SpilledCodes(self._codes, self._telling, words)
        overhearing.listen(self._codes.hear)
        self._asks_platforms = bool(outside.sources)
        self.entitlements = Entitlements(
            lane,
            CHANNEL_ID,
            outside.sources,
            # What was found out has to cover the moment of the claim, which is the lane's.
            lane,
            open_holds=lambda: open_holds(reads, CHANNEL_ID),
            drops=ledger.drops.every,
            regulars=lambda: regulars(reads, CHANNEL_ID),
            electorates=lambda: running_electorates(reads, CHANNEL_ID),
            on_refused=EvidenceTrouble(board, words, clock).refused,
            listen=outside.listen_for,
            # Whether we may ask at all shows with anybody, and Twitch surely knows the streamer.
            probes={} if config.twitch is None else {"twitch": config.twitch.channel_id},
        )
        polls = Polls(lane, reads, CHANNEL_ID, confirming, config.polls)
        self._linked = LinkedAccounts(reads, CHANNEL_ID)
        one, zone = self._linked.one, config.channel.time_zone
        self.services = Services(
            claims=Claims(lane, CHANNEL_ID, steady, self.entitlements, codes=self._codes, one=one),
            codes=self._codes,
            drops=ledger.drops,
            eligibility=Eligibility(
                lane, CHANNEL_ID, steady, self.entitlements, on_discord=config.discord is not None, one=one
            ),
            control=Control(lane, CHANNEL_ID, confirming, known, lookups),
            confirming=confirming,
            linking=linking,
            polls=polls,
            voting=Voting(lane, reads, CHANNEL_ID, polls, lane, steady, self.entitlements, one=one),
            passes=Passes(
                lane, reads, CHANNEL_ID, confirming, Receivers(known, lookups), ledger.drops.every, zone, clock
            ),
            nights=Nights(lane, reads, CHANNEL_ID, confirming, zone, clock, steady, one=one),
            voiding=Voiding(lane, CHANNEL_ID, confirming),
            privacy=Privacy(
                lane, reads, CHANNEL_ID, confirming, clock, steady, copies_days=max(1, config.ledger.backups_daily)
            ),
            who=Who(reads, CHANNEL_ID, clock, steady, sources=outside.sources, lookups=lookups),
            proofs=Proofs(reads, CHANNEL_ID, steady, ProofPlaces(config.public.url, config.discord is not None)),
            telling=self._telling,
            overhearing=overhearing,
            words=words,
            clock=clock,
        )
        self._planning = Planning(
            ledger.drops, config.plans, config.series, config.pacing, clock, moved=config.moved
        )
        self._calendar = self._make_calendar(words, outside)
        self._native_polls = self._make_native_polls(words, outside)
        self._streams = Streams(ledger.drops, self._telling, words, steady, outside.fetch_live, poll_on=polls.meant)

    def _make_calendar(self, words: Wording, outside: Outside) -> Calendar | None:
        """None where there is none to keep, or the streamer wants none."""
        twitch, discord = self._config.twitch, self._config.discord
        if outside.calendar is None or discord is None or not discord.calendar:
            return None
        server = f"https://discord.com/channels/{discord.server}/{discord.announcements}"
        return Calendar(
            self._ledger.lane,
            self._ledger.reads,
            CHANNEL_ID,
            words,
            self._clock,
            events=outside.calendar,
            board=outside.board,
            place=server if twitch is None else f"https://twitch.tv/{twitch.channel}",
            in_chat=twitch is not None,
        )

    def _make_native_polls(self, words: Wording, outside: Outside) -> NativePolling | None:
        """None without Twitch. Also where [polls] wants none now: one may still run."""
        if outside.native_polls is None:
            return None
        return NativePolling(
            self._ledger.lane,
            self._ledger.reads,
            CHANNEL_ID,
            words,
            self._clock,
            twitch=outside.native_polls,
            board=outside.board,
            say=self._telling.say_now,
        )

    async def prepare(self) -> None:
        """Bring the ledger in step with config.toml, and find out whom a crash left untold."""
        ledger = self._ledger
        ledger.lane.listen(self._announcing.committed)
        ledger.lane.listen(self.entitlements.committed)
        ledger.lane.listen(self._telling.committed)
        ledger.lane.listen(self._streams.committed)
        ledger.lane.listen(self.services.claims.committed)
        ledger.lane.listen(self.services.polls.committed)
        ledger.lane.listen(self.services.voting.committed)
        ledger.lane.listen(self._linked.committed)
        if self.backups is not None:
            ledger.lane.listen(self.backups.committed)
        if self._calendar is not None:
            ledger.lane.listen(self._calendar.committed)
        if self._native_polls is not None:
            ledger.lane.listen(self._native_polls.committed)
        ledger.lane.listen(lambda committed: self._set_alarm(committed.wake_at))
        # Whoever claimed while no process was there was heard by nobody, and chat cannot be read later.
        await self._codes.load()
        await self._linked.load()
        await self.services.polls.load()
        drops = await ledger.drops.every()
        self._deaf_before = any(drop.open for drop in drops.values()) or bool(self.services.polls.running)
        if waiting := [key for key, drop in drops.items() if drop.frozen]:
            log.warning("frozen after a repair: stop the bot and type microdrops restore", drops=waiting)
        await self._planning.follow()
        await ledger.lane.submit(ForgetRefusals(CHANNEL_ID, self._clock.now() - REFUSALS_KEPT))
        try:
            await self._telling.sweep(at_start=True)
        except Exception:
            # Whoever was not told yet is found by the next sweep: claims do not wait for that.
            log.exception("a speaker stumbled and starts anew", speaker="sweeping")

    def speaking(self) -> list[tuple[str, Speaking]]:
        """Everybody who is to be kept going, by name."""
        return [
            ("telling", self._telling.run),
            ("announcing", self._announcing.run),
            ("following polls", self.services.polls.run),
            ("keeping choices that wait", self.services.voting.run),
            ("sweeping", self._sweep),
            ("voiding codes that were shown", self._spilled_codes.run),
            *([("asking what gates want to know", self.entitlements.run)] if self._asks_platforms else []),
            *([("backing up", self.backups.run)] if self.backups is not None else []),
            *([("verifying", self.verifying.run)] if self.verifying is not None else []),
            *([("keeping the calendar", self._calendar.run)] if self._calendar is not None else []),
            *([("following Twitch's polls", self._native_polls.run)] if self._native_polls is not None else []),
            *([("watching the stream", self._streams.watch)] if self._watches_stream else []),
        ]

    async def stream_reported(self, live: bool) -> None:
        await self._streams.reported(live)

    def native_poll_ended(self, ended: NativePoll) -> None:
        """Hear how a poll of Twitch's own has ended."""
        if self._native_polls is not None:
            self._native_polls.heard(ended)

    async def twitch_connected(self, gap_seconds: float) -> None:
        if self._deaf_before:
            gap_seconds, self._deaf_before = max(gap_seconds, GAP_SECONDS_MIN), False
        self.entitlements.connected("twitch")
        if self._native_polls is not None:
            self._native_polls.wake()
        await self._streams.connected(gap_seconds)
        self._announcing.wake_all()

    async def discord_connected(self, _gap_seconds: float) -> None:
        self.entitlements.connected("discord")
        self._announcing.wake_all()
        if self._calendar is not None:
            self._calendar.wake()
        # Winners that a crash left untold can be named only now.
        await self._telling.sweep()

    async def load_digest(self) -> str:
        """Of the command definitions that Discord was last told."""
        return await command_digest(self._ledger.reads, CHANNEL_ID)

    async def save_digest(self, digest: str) -> None:
        with contextlib.suppress(TryAgain):  # then it is sent once more next time
            await self._ledger.lane.submit(NoteCommands(CHANNEL_ID, digest))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._telling.sweep()
            # The alarm goes by the machine's clock, which somebody may set back; this does not.
            await self._ledger.drops.wake()
            await self._planning.keep_up()
