"""Twitch chat and Discord's channels as the services see them, and what really stands there to be read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.announcing import Priority
from bot.domain.people import Actor
from bot.domain.time import MILLISECOND, MINUTE, SECOND, Micros
from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock
from bot.services.ports import PlaceDown, SendRefused
from bot.stage.record import Record, Seen
from bot.wording.cards import Card
from tests.simulation.chance import Chance

LINES_A_WINDOW = 20
WINDOW = 30 * SECOND
# Discord remembers a nonce for some minutes; here everything is shorter.
NONCE_KEPT = MINUTE
CLOCKS_APART_MAX = MINUTE


@dataclass(frozen=True, slots=True)
class Line:
    """A line that everybody could read in chat."""

    at: Micros
    text: str
    id: str


@dataclass(slots=True)
class Posted:
    """A message in a Discord channel. `at` is the loop's clock; `first` the card as it was posted."""

    id: str
    place: str
    at: Micros
    first: Card
    card: Card
    nonce: str
    gone: bool = False


class World:
    """What the platforms show, whichever process of the bot is alive; `record` is what the crowd sees of it.

    `now` gives the platforms' time, in microseconds UTC."""

    def __init__(self, now: Callable[[], Micros]) -> None:
        self._now = now
        self.record = Record()
        self.lines: list[Line] = []
        self.refused_lines: list[str] = []
        self.posts: list[Posted] = []
        # Each card as it was posted or edited, by the platforms' clock.
        self.cards: list[tuple[Micros, Card]] = []
        # By the name of the place: "chat", "board" or "evidence".
        self.down_until: dict[str, Micros] = {}

    def show_line(self, line: Line) -> None:
        """Everybody in chat reads it."""
        self.lines.append(line)
        data = {"bot": True, "message_id": line.id}
        self.record.add(Seen(self._now(), "twitch", "chat", "twitch:chat", text=line.text, data=data))

    def show_card(self, kind: str, posted: Posted) -> None:
        """Everybody on Discord sees it; `kind` is "message" or "edit"."""
        card = posted.card
        self.cards.append((self._now(), card))
        data = {
            "message_id": posted.id,
            "buttons": [(each.label, f"md:{each.action}", not each.enabled) for each in card.buttons],
        }
        place = posted.place.replace(":", ":#")
        self.record.add(Seen(self._now(), "discord", kind, place, text=f"{card.title} {card.text}", data=data))


class Place:
    """What both have in common: an outage, and traps that snap before or after the next send."""

    def __init__(
        self, name: str, loop: VirtualLoop, chance: Chance, note: Callable[[str], None], world: World
    ) -> None:
        self.name = name
        self._world = world
        self._loop = loop
        self._chance = chance
        self._note = note
        # Asked right before and after a delivery; True when the process has just died there.
        self.deadly: Callable[[str], bool] = lambda moment: False

    async def _on_the_way(self) -> None:
        """Time passes, and what is sent may get lost. Raises PlaceDown."""
        delay = self._chance.delay(f"{self.name}: takes its time", 120 * MILLISECOND)
        await asyncio.sleep(delay / SECOND)
        if self._loop.now < self._world.down_until.get(self.name, 0):
            raise PlaceDown(f"{self.name} is down")
        if self._chance.happens(f"{self.name}: lost on the way"):
            raise PlaceDown(f"{self.name} lost it")
        await self._survive("before it is sent")

    async def _survive(self, moment: str) -> None:
        if self.deadly(f"{self.name}: {moment}"):
            # The dead wait for ever.
            await self._loop.create_future()

    async def _delivered(self) -> None:
        await self._survive("after it was sent")
        if self._chance.happens(f"{self.name}: delivered, its answer lost"):
            raise PlaceDown(f"{self.name} did not answer")


class SimChat(Place):
    """The sender behind ports.ChatSender, as one process has it."""

    def __init__(self, loop: VirtualLoop, chance: Chance, note: Callable[[str], None], world: World) -> None:
        super().__init__("chat", loop, chance, note, world)
        self._sent_at: deque[Micros] = deque()

    @property
    def lines_ready(self) -> int:
        while self._sent_at and self._sent_at[0] <= self._loop.now - WINDOW:
            self._sent_at.popleft()
        return max(0, LINES_A_WINDOW - len(self._sent_at))

    async def say(self, text: str, *, priority: Priority = Priority.ANSWER) -> str:
        """See ports.ChatSender."""
        while self.lines_ready == 0:  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep((self._sent_at[0] + WINDOW - self._loop.now) / SECOND)
        self._sent_at.append(self._loop.now)
        await self._on_the_way()
        if self._chance.happens("chat: too many lines"):
            raise SendRefused("too many lines", 10.0)
        if self._chance.happens("chat: refused for good"):
            self._note(f"chat refuses for good: {text}")
            self._world.refused_lines.append(text)
            raise SendRefused("a word that is not said here")
        recently = (line for line in reversed(self._world.lines) if line.at > self._loop.now - WINDOW)
        if any(line.text == text for line in recently):
            raise SendRefused("duplicate", 30.0, repeats=True)
        line = Line(self._loop.now, text, f"line-{len(self._world.lines) + 1}")
        self._world.show_line(line)
        self._note(f"chat: {text}")
        await self._delivered()
        return line.id


class SimBoard(Place):
    """The sender behind ports.BoardSender, as one process has it."""

    def __init__(
        self, loop: VirtualLoop, chance: Chance, note: Callable[[str], None], world: World, clock: WallClock
    ) -> None:
        super().__init__("board", loop, chance, note, world)
        self._clock = clock

    async def post(self, place: str, card: Card, *, nonce: str) -> str:
        """See ports.BoardSender."""
        await self._on_the_way()
        for posted in self._world.posts:
            if posted.nonce == nonce and posted.at > self._loop.now - NONCE_KEPT:
                self._note(f"{place}: {nonce} stands there already")
                await self._delivered()
                return posted.id
        posted = Posted(f"card-{len(self._world.posts) + 1}", place, self._loop.now, card, card, nonce)
        self._world.posts.append(posted)
        self._world.show_card("message", posted)
        self._note(f"{place}: {card.title} {card.text} ({nonce})")
        await self._delivered()
        return posted.id

    async def find(self, place: str, card: Card, *, since: Micros) -> tuple[str, ...]:
        """See ports.BoardSender."""
        await self._on_the_way()
        if self._chance.happens("board: cannot look back"):
            raise PlaceDown("the history cannot be read now")
        begins_at = self._clock.true - self._loop.now
        wanted = (card.title, card.text, card.fields)
        return tuple(
            posted.id
            for posted in self._world.posts
            if posted.place == place
            and posted.at + begins_at > since - CLOCKS_APART_MAX
            and not posted.gone
            and (posted.card.title, posted.card.text, posted.card.fields) == wanted
        )

    async def edit(self, place: str, message_id: str, card: Card) -> None:
        """See ports.BoardSender."""
        await self._on_the_way()
        posted = next(each for each in self._world.posts if each.id == message_id)
        if self._chance.happens("board: a card is gone"):
            posted.gone = True
        if posted.gone:
            raise SendRefused(f"{place}: it is gone")
        posted.card = card
        self._world.show_card("edit", posted)
        await self._delivered()


class SimLookup:
    """Who carries a name on Twitch now."""

    def __init__(self, chance: Chance, people: Callable[[], list[Actor]]) -> None:
        self._chance = chance
        self._people = people

    async def find(self, name: str) -> Actor | None:
        await asyncio.sleep(0.02)
        if self._chance.happens("a name cannot be looked up"):
            raise PlaceDown("the lookup failed")
        return next((each for each in self._people() if each.name == name), None)
