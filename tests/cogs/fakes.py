"""Services that record what they were asked and answer what a test tells them to; and clients on the stage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, cast

from bot.domain.answers import Answer, TryAgain
from bot.domain.ballots import Ballot
from bot.domain.claims import ClaimDecision, ClaimGranted
from bot.domain.code_sets import CodesIssued
from bot.domain.codes import Issue
from bot.domain.control import DropSteered, SteerDecision, SteerDrop, Verb
from bot.domain.drops import Drop
from bot.domain.eligibility import EligibilityAnswer, Eligible
from bot.domain.linking import LinkAsked, LinkDecision, UnlinkAsked, UnlinkDecision, UnlinkMe
from bot.domain.people import Actor
from bot.domain.planning import DropForm, DropPlanned, PlanRefused, read_form
from bot.domain.poll_asked import PollAsked
from bot.domain.poll_control import (
    OpenDecision,
    PollRefusal,
    PollRefused,
    PollSteered,
    PollVerb,
    SteerPoll,
    SteerPollDecision,
)
from bot.domain.polls import Poll
from bot.domain.privacy import EraseMe, ErasureAsked, ErasureDecision, Kept
from bot.domain.proofs import ProofAnswer, ProofPlaces
from bot.domain.recounting import PollRecounted, RecountDecision
from bot.domain.standing_score import Acquaintance, score
from bot.domain.time import DAY, HOUR
from bot.domain.verdicts import Accepted
from bot.domain.voting import VoteAccepted, VoteDecision, VoteRefused
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.twitch.platform import TwitchPlatform
from bot.services.claims import TooFast
from bot.services.codes import Made, ShownCode
from bot.services.drops import Board
from bot.services.linking import Redeemed
from bot.services.overhearing import Overhearing
from bot.services.polls import ShownPoll
from bot.services.ports import HeldUnit
from bot.services.services import Services
from bot.services.who import WhoRefusal, WhoTold
from bot.stage.server import Stage
from bot.storage.codes import IssuedCode
from bot.storage.links import LinkSeen
from bot.storage.polls import OwnVote
from bot.wording.catalogue import Wording
from bot.wording.drops import Units, mine_text, with_besides
from bot.wording.votes import vote_text
from cogs.installing import install_all_discord, install_all_twitch
from cogs.names import CommandNames
from tests.cogs.pass_fakes import FakeNights, FakePasses, FakeVoiding
from tests.domain.poll_world import choice
from tests.platforms.discord_rig import discord_settings
from tests.platforms.rig import running, twitch_settings, until
from tests.wording.polls import POLL
from tests.wording.saying import FOUND, NOW, OPEN

CODE = ShownCode(IssuedCode(Issue("EARLY", 1), b"1"), "DSMW-X2R0-W3GY-YZK7")
OTHER_CODE = ShownCode(IssuedCode(Issue("EARLY", 2, expires_at=NOW + HOUR), b"2"), "QQQQ-X2R0-W3GY-YZK7")
MUG = ClaimGranted("mug", "Teal Mug", 17, 48, 30)


class FakeClock:
    def now(self) -> int:
        return NOW


@dataclass
class FakeClaims:
    decision: ClaimDecision = MUG
    trouble: type[TryAgain | TooFast] | None = None
    asked: list[tuple[Actor, str, str]] = field(default_factory=list)
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    # What a claim that is being checked comes to, in the how-manieth wait for it.
    finally_: ClaimDecision = MUG
    checked_at: int = 0
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.decided.set()

    async def claim(self, actor: Actor, request_id: str, drop: str = "") -> Answer[ClaimDecision]:
        self.asked.append((actor, request_id, drop))
        if self.trouble is not None:
            raise self.trouble
        await self.decided.wait()
        return Answer(request_id, self.decision, NOW)

    async def checked(self, actor: Actor, answer: Answer[ClaimDecision], *, seconds: float) -> ClaimDecision:
        self.waits.append(seconds)
        return self.finally_ if self.checked_at == len(self.waits) else answer.decision


@dataclass
class FakeEligibility:
    answer: EligibilityAnswer = field(default_factory=lambda: Eligible("mug", "Teal Mug", Accepted()))
    on_discord: bool = True
    trouble: type[TryAgain | TooFast] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def ask(self, actor: Actor, drop: str = "") -> EligibilityAnswer:
        self.asked.append((actor.name, drop))
        if self.trouble is not None:
            raise self.trouble
        return self.answer


@dataclass
class FakeDrops:
    drops: list[Drop] = field(default_factory=lambda: [OPEN])
    units: list[HeldUnit] = field(default_factory=list)
    forms: list[tuple[Actor, DropForm]] = field(default_factory=list)

    async def board(self) -> Board:
        return Board(tuple(self.drops), NOW)

    async def every(self) -> dict[str, Drop]:
        return {drop.key: drop for drop in self.drops}

    async def held(self, actor: Actor) -> tuple[HeldUnit, ...]:
        return tuple(self.units)

    async def create(self, actor: Actor, request_id: str, form: DropForm) -> Answer[DropPlanned | PlanRefused]:
        self.forms.append((actor, form))
        plan = read_form(form, zone="UTC", now=NOW)
        if isinstance(plan, PlanRefused):
            return Answer(request_id, plan, NOW)
        planned = DropPlanned(plan.key, plan.title, plan.supply, plan.opens_at, plan.announce_at)
        return Answer(request_id, planned, NOW)


@dataclass
class FakeControl:
    decision: SteerDecision = field(default_factory=lambda: DropSteered(Verb.CANCEL, "mug", "Teal Mug"))
    trouble: type[TryAgain] | None = None
    repeated: bool = False
    orders: list[tuple[Actor, str, Verb, dict[str, Any]]] = field(default_factory=list)

    async def steer(self, actor: Actor, request_id: str, verb: Verb, **order: Any) -> Answer[SteerDecision]:
        self.orders.append((actor, request_id, verb, order))
        if self.trouble is not None:
            raise self.trouble
        return Answer(request_id, self.decision, NOW, repeated=self.repeated)


@dataclass
class FakeConfirming:
    """`waiting` is what a yes does, for whoever says it; `about` the class of the command that waits."""

    waiting: SteerDecision | SteerPollDecision | ErasureDecision | LinkDecision | UnlinkDecision | None = None
    about: type[SteerDrop | SteerPoll | EraseMe | UnlinkMe] = SteerDrop
    trouble: type[TryAgain] | None = None
    confirmed: list[Actor] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    withdrawn: list[Actor] = field(default_factory=list)

    async def confirm(
        self, actor: Actor, request_id: str, *, only: type[Any] | UnionType = object, asked: str = ""
    ) -> Answer[Any] | None:
        self.confirmed.append(actor)
        self.asked.append(asked)
        if self.trouble is not None:
            raise self.trouble
        if self.waiting is None or not issubclass(self.about, only):
            return None
        return Answer(request_id, self.waiting, NOW)

    def withdraw(self, actor: Actor) -> None:
        self.withdrawn.append(actor)


@dataclass
class FakeLinking:
    """`shown` is what `/link` finds; `redeemed` and `parting` are what typing and asking come to."""

    shown: LinkSeen | str = "K7M2QX"
    redeemed: Redeemed | None = field(
        default_factory=lambda: Redeemed(LinkAsked(), Actor("discord", "9", "Ann B."))
    )
    parting: UnlinkDecision = field(default_factory=lambda: UnlinkAsked(7))
    trouble: type[TryAgain | TooFast] | None = None
    possible: bool = True
    typed: list[tuple[Actor, str, str]] = field(default_factory=list)
    asked: list[Actor] = field(default_factory=list)

    async def show(self, actor: Actor) -> LinkSeen | str:
        if self.trouble is TooFast:
            raise TooFast
        self.asked.append(actor)
        return self.shown

    async def redeem(self, actor: Actor, request_id: str, text: str) -> Redeemed | None:
        self.typed.append((actor, request_id, text))
        return self.redeemed

    async def ask_to_part(self, actor: Actor, request_id: str) -> Answer[UnlinkDecision]:
        self.asked.append(actor)
        if self.trouble is not None:
            raise self.trouble
        return Answer(request_id, self.parting, NOW)


@dataclass
class FakePrivacy:
    decision: ErasureDecision = field(default_factory=lambda: ErasureAsked(2, 0))
    about: Kept = field(default_factory=lambda: Kept(("twitch: ann",), (("Teal Mug", 17, 48),), 3, 0, NOW))
    content: bytes = b'{"accounts": []}'
    trouble: type[TryAgain | TooFast] | None = None
    copies_days: int = 14
    asked: list[tuple[Actor, str]] = field(default_factory=list)

    async def ask(self, actor: Actor, request_id: str) -> Answer[ErasureDecision]:
        self.asked.append((actor, request_id))
        if self.trouble is not None:
            raise self.trouble
        return Answer(request_id, self.decision, NOW)

    async def kept(self, actor: Actor) -> Kept:
        if self.trouble is TooFast:
            raise TooFast
        return self.about

    async def export(self, actor: Actor) -> bytes:
        if self.trouble is TooFast:
            raise TooFast
        return self.content


@dataclass
class FakeProofs:
    answer: ProofAnswer = field(default_factory=lambda: FOUND)
    places: ProofPlaces = field(default_factory=ProofPlaces)
    trouble: type[TooFast] | None = None
    asked: list[tuple[str, int, str]] = field(default_factory=list)

    async def prove(self, actor: Actor, number: int, drop_text: str = "") -> ProofAnswer:
        self.asked.append((actor.name, number, drop_text))
        if self.trouble is not None:
            raise self.trouble
        return self.answer


@dataclass
class FakeTelling:
    """`said` holds (to whom or "all", text); `decided` what chat's shared lines were handed."""

    said: list[tuple[str, str]] = field(default_factory=list)
    decided: list[tuple[str, Answer[ClaimDecision]]] = field(default_factory=list)
    told_requests: list[str] = field(default_factory=list)
    refused: list[tuple[str, VoteRefused]] = field(default_factory=list)
    forgotten: list[Actor] = field(default_factory=list)
    quiet: bool = False

    def claim_decided(self, actor: Actor, answer: Answer[ClaimDecision]) -> None:
        self.decided.append((actor.name, answer))

    def say_to(self, actor: Actor, text: str, *, topic: str) -> bool:
        if self.quiet:
            return False
        self.said.append((actor.name, text))
        return True

    def forget(self, actor: Actor) -> None:
        self.forgotten.append(actor)

    def say_holding(self, actor: Actor, units: Units, besides: str = "") -> None:
        own = mine_text(Wording(), actor.name, units, discord=False)
        self.said.append((actor.name, with_besides(own, besides)))

    def say_now(self, text: str) -> None:
        self.said.append(("all", text))

    def vote_refused(self, actor: Actor, refused: VoteRefused, options: Sequence[str] = ()) -> None:
        self.refused.append((actor.name, refused))
        self.said.append((actor.name, vote_text(Wording(), refused, NOW, discord=False, options=options)))

    async def told(self, request_id: str) -> None:
        self.told_requests.append(request_id)


@dataclass
class FakeCodes:
    """`made` is what a wish for codes comes to, `own` what waits for whoever asks."""

    made: Made = field(default_factory=lambda: Made(CodesIssued("EARLY", 1, 2), (CODE, OTHER_CODE)))
    own: tuple[ShownCode, ...] = field(default_factory=lambda: (CODE,))
    trouble: Exception | None = None
    wishes: list[tuple[Actor, str, int, str, str]] = field(default_factory=list)

    async def make(
        self, actor: Actor, request_id: str, code_set: str, count: int, *, valid_for: str = "", audience: str = ""
    ) -> Made:
        if self.trouble is not None:
            raise self.trouble
        self.wishes.append((actor, code_set, count, valid_for, audience))
        return self.made

    async def of_member(self, actor: Actor) -> tuple[ShownCode, ...]:
        if self.trouble is not None:
            raise self.trouble
        return self.own


@dataclass
class FakeWho:
    """Knows the same of everybody."""

    known: Acquaintance = field(default_factory=lambda: Acquaintance(NOW - 900 * DAY, NOW - 30 * DAY))
    asked: list[Actor | str | None] = field(default_factory=list)

    async def tell(self, actor: Actor, whom: Actor | str | None) -> WhoTold | WhoRefusal:
        self.asked.append(whom)
        if not whom:
            return WhoRefusal.NOBODY_NAMED
        return WhoTold(whom if isinstance(whom, str) else whom.name, self.known, score(self.known, NOW))


@dataclass
class FakePolls:
    """`decision` is what a deed comes to, `running` what is on; a `deed` notes its words as it was handed them."""

    running: tuple[Poll, ...] = ()
    decision: OpenDecision | SteerPollDecision = field(
        default_factory=lambda: PollSteered(PollVerb.OPEN, POLL, POLL.closes_at)
    )
    recounted: RecountDecision = field(
        default_factory=lambda: PollRecounted(POLL.key, POLL.plan.question, agrees=True, result={})
    )
    counts: tuple[tuple[str, int], ...] | None = (("teal", 12), ("plum", 7), ("sand", 0))
    trouble: type[TryAgain] | None = None
    repeated: bool = False
    asked: list[tuple[Actor, PollAsked]] = field(default_factory=list)
    deeds: list[tuple[str, PollVerb, str, int]] = field(default_factory=list)

    async def open(self, actor: Actor, request_id: str, asked: PollAsked) -> Answer[OpenDecision]:
        self.asked.append((actor, asked))
        return Answer(request_id, self._decided(), NOW, repeated=self.repeated)

    async def steer(
        self, actor: Actor, request_id: str, verb: PollVerb, *, poll: str = "", added: int = 0, why: str = ""
    ) -> Answer[SteerPollDecision]:
        self.deeds.append((actor.name, verb, poll, added))
        return Answer(request_id, self._decided(), NOW, repeated=self.repeated)

    async def recount(self, actor: Actor, request_id: str, poll: str = "") -> Answer[RecountDecision]:
        self.deeds.append((actor.name, PollVerb.RECOUNT, poll, 0))
        self._decided()
        return Answer(request_id, self.recounted, NOW)

    async def shown(self, text: str = "") -> ShownPoll | PollRefused:
        found = self.meant(text)
        if found is None:
            return PollRefused(PollRefusal.NOTHING_ON, PollVerb.CLOSE)
        return ShownPoll(found, self.counts)

    async def every(self) -> tuple[Poll, ...]:
        return self.running

    def meant(self, key: str = "") -> Poll | None:
        found = [poll for poll in self.running if key == poll.key or not (key or poll.goes_on)]
        return found[0] if len(found) == 1 else None

    def options(self, key: str) -> tuple[str, ...]:
        return next((poll.plan.options for poll in self.running if poll.key == key), ())

    def _decided(self) -> Any:
        if self.trouble is not None:
            raise self.trouble
        return self.decision


@dataclass
class FakeVoting:
    """`decision` is what every vote comes to; `votes` holds who chose what where, and whether with a pass."""

    decision: VoteDecision = field(
        default_factory=lambda: VoteAccepted(POLL.key, POLL.plan.question, choice(2), closes_at=POLL.closes_at)
    )
    finally_: VoteDecision | None = None
    takes_numbers: bool = False
    trouble: type[TryAgain | TooFast] | None = None
    votes: list[tuple[str, Ballot | str, str, bool]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    mine: list[OwnVote] = field(default_factory=list)

    async def vote_bare(self, actor: Actor, request_id: str, line: str) -> Answer[VoteDecision] | None:
        if not line.isdecimal():
            return None
        return await self.vote(actor, request_id, line)

    async def vote(
        self, actor: Actor, request_id: str, choice: Ballot | str, *, poll: str = "", with_pass: bool = False
    ) -> Answer[VoteDecision]:
        self.votes.append((actor.name, choice, poll, with_pass))
        self.requests.append(request_id)
        if self.trouble is not None:
            raise self.trouble
        return Answer(request_id, self.decision, NOW)

    async def checked(self, actor: Actor, answer: Answer[VoteDecision], *, seconds: float) -> VoteDecision:
        return self.finally_ or answer.decision

    async def own(self, actor: Actor) -> list[OwnVote]:
        return self.mine


@dataclass
class Desk:
    """Everything a dialogue needs at hand."""

    claims: FakeClaims = field(default_factory=FakeClaims)
    codes: FakeCodes = field(default_factory=FakeCodes)
    drops: FakeDrops = field(default_factory=FakeDrops)
    eligibility: FakeEligibility = field(default_factory=FakeEligibility)
    control: FakeControl = field(default_factory=FakeControl)
    confirming: FakeConfirming = field(default_factory=FakeConfirming)
    linking: FakeLinking = field(default_factory=FakeLinking)
    polls: FakePolls = field(default_factory=FakePolls)
    voting: FakeVoting = field(default_factory=FakeVoting)
    passes: FakePasses = field(default_factory=FakePasses)
    nights: FakeNights = field(default_factory=FakeNights)
    voiding: FakeVoiding = field(default_factory=FakeVoiding)
    privacy: FakePrivacy = field(default_factory=FakePrivacy)
    who: FakeWho = field(default_factory=FakeWho)
    proofs: FakeProofs = field(default_factory=FakeProofs)
    telling: FakeTelling = field(default_factory=FakeTelling)
    overhearing: Overhearing = field(default_factory=Overhearing)
    names: CommandNames = field(default_factory=CommandNames)

    def services(self) -> Services:
        parts: dict[str, Any] = {
            "claims": self.claims,
            "codes": self.codes,
            "drops": self.drops,
            "eligibility": self.eligibility,
            "control": self.control,
            "confirming": self.confirming,
            "linking": self.linking,
            "polls": self.polls,
            "voting": self.voting,
            "passes": self.passes,
            "nights": self.nights,
            "voiding": self.voiding,
            "privacy": self.privacy,
            "who": self.who,
            "proofs": self.proofs,
            "telling": self.telling,
            "overhearing": self.overhearing,
            "words": Wording(command_names=self.names.typed()),
            "clock": FakeClock(),
        }
        return cast(Services, Services(**parts))


@asynccontextmanager
async def in_chat(stage: Stage, desk: Desk) -> AsyncIterator[None]:
    """The cogs, connected to the stage's Twitch."""
    connected = asyncio.Event()

    async def on_connected(gap_seconds: float) -> None:
        connected.set()

    platform = TwitchPlatform(
        twitch_settings(stage),
        install=lambda bot: install_all_twitch(bot, desk.services(), desk.names),
        on_connected=on_connected,
    )
    async with running(platform.run):
        await asyncio.wait_for(connected.wait(), 60.0)
        yield


@asynccontextmanager
async def on_board(stage: Stage, desk: Desk, **changes: Any) -> AsyncIterator[DiscordPlatform]:
    """The cogs, connected to the stage's Discord."""
    connected = asyncio.Event()

    async def on_connected(gap_seconds: float) -> None:
        connected.set()

    platform = DiscordPlatform(
        discord_settings(stage, **changes),
        install=lambda bot: install_all_discord(bot, desk.services()),
        on_connected=on_connected,
    )
    async with running(platform.run):
        await asyncio.wait_for(connected.wait(), 60.0)
        yield platform


__all__ = ["MUG", "Desk", "in_chat", "on_board", "until"]
