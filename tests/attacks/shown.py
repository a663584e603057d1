"""An evening by the real lane, and all that its viewers were shown of it and may have kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
from sqlalchemy import URL, select

from bot.domain.announcing import NewsKind
from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.control import SteerDrop, Verb
from bot.domain.people import BOT, Actor
from bot.domain.plan import DropPlan
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE, SECOND, Micros
from bot.storage import tables
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.export import read_bundle
from bot.storage.lane import Lane
from bot.storage.signing import KeyRing, keys_at
from bot.wording.announcing import card, chat_line
from bot.wording.catalogue import Wording
from bot.wording.claims import claim_answer
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.new_ledgers import new_ledger_at

SUPPLY = 48
CUP_OPENS_AFTER = 30 * MINUTE
# The mug of 48 sells out, the cup of 10 is closed by time, and of the print nobody is told.
MUG, CUP = plan(supply=SUPPLY), plan("cup", supply=10, opens_at=NOON + CUP_OPENS_AFTER)
PRINT = plan("print", announce_at=NOON + 12 * HOUR, opens_at=NOON + 13 * HOUR)
WORDS = Wording()


@dataclass
class Shown:
    """What one audience was shown: lines of chat with a fingerprint and notes on cards, by drop and news; what each
    winner was told; the bundles that were attached at the close."""

    lines: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    bundles: dict[str, str] = field(default_factory=dict)

    def take_news(self, url: URL) -> None:
        """Everything that was signed and told so far, in the words and on the cards that people see."""
        outbox, engine = tables.outbox.c, snapshot_engine(url)
        query = select(outbox.place, outbox.kind, outbox.drop_key, outbox.about, outbox.created_at)
        with engine.connect() as connection:
            rows = connection.execute(query.order_by(outbox.id)).all()
        engine.dispose()
        for place, kind, drop, raw, at in rows:
            about, news = orjson.loads(raw), NewsKind(kind)
            if place == "twitch:chat":
                line = chat_line(WORDS, news, about, at)
                if "Log microdrops/" in line:
                    self.lines[f"{drop} {kind}"] = line
            elif place == "discord:announcements":
                for _, block in card(WORDS, news, about, at).blocks:
                    self.notes[f"{drop} {kind}"] = block.removeprefix("```\n").removesuffix("```")


@dataclass
class Evening:
    """A ledger that nobody has open any more, the keys that have signed it, and what people saw of it."""

    url: URL
    keys: KeyRing
    shown: Shown


class Host:
    """The streamer's side while it happens: who is heard, and what they are answered."""

    def __init__(self, lane: Lane, clock: FixedClock, url: URL, shown: Shown) -> None:
        self.lane, self.clock, self.url, self.shown = lane, clock, url, shown

    async def claim(self, drop: str, who: Actor) -> None:
        """A second later this viewer claims; a winner keeps the answer."""
        self.clock.at += SECOND
        command = ClaimDrop(CHANNEL, f"{who.platform}:{who.name}-{drop}", who, drop)
        decision = (await self.lane.submit(command)).decision
        if isinstance(decision, ClaimGranted):
            self.shown.receipts[f"{who.name} {drop}"] = claim_answer(WORDS, decision, self.clock.at, discord=True)

    async def steer(self, verb: Verb, drop: str, **more) -> None:
        self.clock.at += SECOND
        await self.lane.submit(SteerDrop(CHANNEL, f"twitch:{verb}-{self.clock.at}", MIA, verb, drop, **more))

    async def wait_until(self, at: Micros) -> None:
        self.clock.at = at
        await self.lane.submit(Wake(CHANNEL))

    def attach(self, drop: str) -> None:
        """The file that goes out with the final card."""
        self.shown.bundles[drop] = exported(self.url, drop)


def fan(number: int) -> Actor:
    """Viewers are on Twitch and on Discord in turn."""
    return viewer(f"v{number}", "discord" if number % 2 == 0 else "twitch")


async def evening(folder: Path, *, deaf_to: Collection[str] = (), clock_is_off: Micros = 0) -> Evening:
    """Two drops as they should be. `deaf_to` are viewers whom the bot does not hear; `clock_is_off` is by how much
    it takes the whole evening to be later than it is."""
    url, keys, shown = ledger_url(str(folder / "ledger.sqlite")), keys_at(folder / "log-key.json"), Shown()
    new_ledger_at(url)
    plans = tuple(_moved(each, clock_is_off) for each in (MUG, CUP, PRINT))
    noon = NOON + clock_is_off
    clock = FixedClock(noon - 2 * HOUR)
    async with running_lane(url, clock, keys=keys) as lane:
        host = Host(lane, clock, url, shown)
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans))
        await host.wait_until(noon - HOUR)
        await host.wait_until(noon)
        for number in range(1, SUPPLY + 3):
            if fan(number).name not in deaf_to:
                await host.claim("mug", fan(number))
        await host.steer(Verb.CLOSE, "mug")
        host.attach("mug")
        await host.wait_until(noon + CUP_OPENS_AFTER)
        for number in (51, 52):
            await host.claim("cup", fan(number))
        await host.steer(Verb.GIVE, "cup", receiver=viewer("gus"), why="typed too fast")
        await host.steer(Verb.GIVE, "cup", receiver=viewer("hal"), why="the wrong one")
        await host.steer(Verb.UNDO, "cup")
        for number in (53, 54):
            await host.claim("cup", fan(number))
        await host.wait_until(noon + CUP_OPENS_AFTER + 15 * MINUTE)
        host.attach("cup")
        shown.take_news(url)
    return Evening(url, keys, shown)


def _moved(drop: DropPlan, by: Micros) -> DropPlan:
    return replace(drop, announce_at=drop.announce_at + by, opens_at=(drop.opens_at or 0) + by)


def exported(url: URL, drop: str) -> str:
    """The bundle that the program makes of a ledger."""
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            return read_bundle(connection, CHANNEL, drop)
    finally:
        engine.dispose()
