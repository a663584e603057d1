"""A play for tests of the page: a few lines of record instead of a crowd, and hands that only note and repeat."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.page.catalogue import catalogue
from bot.rehearsal.page.server import PageServer
from bot.rehearsal.page.show import Audience, Company, Show
from bot.rehearsal.page.told import Ending, Wish

Json = dict[str, Any]
CARDS, LOUNGE, MODERATORS = "discord:#announcements", "discord:#lounge", "discord:#moderators"
WAIT_SECONDS = 60.0
_numbers = itertools.count(1)


def seen(platform: str, kind: str, **more: Any) -> Json:
    """A line of the record."""
    line: Json = {"at": 1_793_534_400_000_000 + next(_numbers), "platform": platform, "kind": kind, "place": ""}
    return line | {"author": "", "name": "", "text": "", "visible_to": None, "data": {}, **more}


def joined(login: str, platform: str = "twitch", name: str | None = None) -> Json:
    data = {"platform": platform, "login": login, "character": "eager"}
    return seen("stage", "joined", author=f"{platform}-{login}", name=name or login, data=data)


def chat(name: str, text: str, *, bot: bool = False, **data: Any) -> Json:
    data = {"message_id": f"m{next(_numbers)}", "bot": bot, "login": name.casefold(), **data}
    return seen("twitch", "chat", place="twitch:chat", author=f"twitch-{name}", name=name, text=text, data=data)


def message(text: str, key: str, *buttons: tuple[str, str, bool], kind: str = "message", **more: Any) -> Json:
    """A card or a message of the bot's."""
    data = {"message_id": key, "buttons": buttons, **more.pop("data", {})}
    return seen(
        "discord", kind, **{"place": CARDS, "author": "bot", "name": "Microdrops", "data": data, **more}, text=text
    )


def answer(to: str, text: str, *, place: str = CARDS, key: str | None = None) -> Json:
    """What only the member with this id reads."""
    return message(text, key or f"a{next(_numbers)}", kind="answer", place=place, visible_to=to)


def form(to: str, title: str, *fields: Json, act: str = "18") -> Json:
    """A form that opens for the member with this id, and for nobody else."""
    data = {"interaction_id": act, "custom_id": "give", "fields": list(fields)}
    return seen(
        "discord", "modal", place=MODERATORS, author="bot", name="Microdrops", text=title, visible_to=to, data=data
    )


class Hands:
    """Backstage that notes its orders, and repeats on the record what somebody types or presses."""

    def __init__(self, hear: Callable[[Json], None], ledger: Path) -> None:
        self.ledger = ledger
        self.orders: list[tuple[Any, ...]] = []
        self._hear = hear

    async def say(self, login: str, text: str) -> str:
        self.orders.append(("say", login, text))
        if text == "again":
            return "msg_duplicate"
        self._hear(chat(login, text))
        return ""

    async def press(self, user: str, message_id: str, custom_id: str) -> None:
        self.orders.append(("press", user, message_id, custom_id))
        self._act("press", user, "Claim")

    async def slash(self, user: str, line: str) -> None:
        self.orders.append(("slash", user, line))
        if line == "/nonsense":
            raise StageRefused("/nonsense is not registered.")
        self._act("slash", user, line)

    async def submit(self, user: str, interaction_id: str, values: Mapping[str, str]) -> None:
        self.orders.append(("submit", user, interaction_id, dict(values)))
        if values.get("why") == "because":
            raise StageRefused("The field 'Why' does not take 7 characters.")
        self._act("submit", user, "Give a unit")

    def _act(self, kind: str, user: str, text: str) -> None:
        author = f"discord-{user}"
        self._hear(seen("discord", kind, place=LOUNGE, author=author, name=user, text=text))
        self._hear(answer(author, f"An answer to {text}, for {user}", place=LOUNGE if kind == "slash" else CARDS))

    async def live(self, on: bool) -> None:
        self.orders.append(("live", on))
        self._hear(
            seen("twitch", "live" if on else "offline", author="1", name="TeaPotTV", data={"login": "teapot_tv"})
        )

    async def invite(self, viewers: int, discord_viewers: int) -> None:
        self.orders.append(("invite", viewers, discord_viewers))

    async def fault(
        self, name: str, seconds: float | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        self.orders.append(("fault", name))
        self._hear(seen("stage", "fault", text="Something goes wrong.", data={"name": name, "state": "begins"}))


class LittleCompany:
    """Plays nothing by itself: a test is the playwright, until it lets the curtain fall."""

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger
        self.wishes: list[Wish] = []
        self.ending: Ending | Exception = Ending(True, "All promises kept.", (), "<p>the report</p>")
        self.hands: Hands | None = None
        self.audience: Audience | None = None
        self.fall = asyncio.Event()

    async def play(self, wish: Wish, audience: Audience) -> Ending:
        self.wishes.append(wish)
        self.fall = asyncio.Event()
        self.audience, self.hands = audience, Hands(audience.hear, self.ledger)
        audience.begins(self.hands, live=True)
        await self.fall.wait()
        audience.curtain()
        if isinstance(self.ending, Exception):
            raise self.ending
        return self.ending


def server_for(company: Company) -> PageServer:
    return PageServer(Show(company), catalogue(RehearseOptions(Path("config.toml"), seed=7)))


class House:
    """The page served from a thread of its own, so that a test can look at it with a browser."""

    def __init__(self, company: Company) -> None:
        self.server = server_for(company)
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end = asyncio.Event()

    def do(self, deed: Callable[[], object]) -> None:
        """Do it where the server runs, and wait until it is done."""

        async def done() -> None:
            deed()

        asyncio.run_coroutine_threadsafe(done(), self.loop).result(WAIT_SECONDS)

    async def _serve(self) -> None:
        async with self.server:
            self._ready.set()
            await self._end.wait()

    @contextmanager
    def open(self) -> Iterator[Self]:
        thread = threading.Thread(target=self.loop.run_until_complete, args=(self._serve(),))
        thread.start()
        try:
            assert self._ready.wait(WAIT_SECONDS), "the server did not start"
            yield self
        finally:
            self.loop.call_soon_threadsafe(self._end.set)
            thread.join(WAIT_SECONDS)
            self.loop.close()


class Theatre(House):
    """A house where the test is the playwright."""

    def __init__(self, company: LittleCompany) -> None:
        super().__init__(company)
        self.company = company

    def hear(self, *lines: Json) -> None:
        """Let lines of the record reach the page."""
        audience = self.company.audience
        assert audience is not None, "begin first"
        self.do(lambda: [audience.hear(line) for line in lines])

    def orders(self) -> list[tuple[Any, ...]]:
        return [] if self.company.hands is None else self.company.hands.orders
