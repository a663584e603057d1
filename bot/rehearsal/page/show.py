"""The plays that the page orders, one after the other: begun, watched, judged, and told to every reader."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

from bot.rehearsal.backstage import Backstage, StageRefused
from bot.rehearsal.ledger import LedgerUnreadable
from bot.rehearsal.page.looking import Standing, read_standing, watch
from bot.rehearsal.page.people import Eyes, People
from bot.rehearsal.page.told import BUSY, Ending, Mark, Phase, Told, Wish
from bot.stage.record import SeenLine

Json = Mapping[str, Any]


class Audience(Protocol):
    """Who watches a play while it is on."""

    def begins(self, backstage: Backstage, *, live: bool) -> None:
        """The stage is set and can be reached; whether the stream runs already."""

    def hear(self, seen: SeenLine) -> None:
        """A line of the record."""

    def curtain(self) -> None:
        """The play is over and is being judged."""

    @property
    def took_part(self) -> bool:
        """Whether somebody of the audience has acted in the play."""


class PlayFailed(Exception):
    """A play could not begin, or broke off; the text says why."""


class Company(Protocol):
    """Whoever can play: the stage and the bot for a real rehearsal, a few lines in a test."""

    async def play(self, wish: Wish, audience: Audience) -> Ending:
        """Play once from curtain to curtain and judge it. Raises PlayFailed."""


class Show:
    """Plays at most one play at a time. It is itself the audience of each."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._boot = secrets.token_hex(4)
        self._told = Told(0)
        self._backstage: Backstage | None = None
        self._took_part = False
        self._playing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._bell = asyncio.Event()
        self.closed = False

    @property
    def phase(self) -> Phase:
        return self._told.phase

    @property
    def people(self) -> People:
        return self._told.people

    @property
    def ending(self) -> Ending | None:
        return self._told.ending

    @property
    def took_part(self) -> bool:
        return self._took_part

    def take_part(self) -> Backstage:
        """The handles of the present play, for somebody who uses them. Raises StageRefused when none is on."""
        if self._backstage is None or self.phase is not Phase.PLAYING:
            raise StageRefused("There is no play on. Press Begin first.")
        self._took_part = True
        return self._backstage

    def begin(self, wish: Wish) -> None:
        """Begin a new play. Raises StageRefused while one is on."""
        if self.phase in BUSY:
            raise StageRefused("A play is on already. It ends by itself; then you can begin again.")
        self._backstage, self._took_part = None, False
        self._told = Told(self._told.number + 1, wish)
        self._playing = asyncio.create_task(self._play(wish))
        self._ring()

    async def close(self) -> None:
        """End whatever is on and send every reader away."""
        self.closed = True
        self._ring()
        if self._playing is not None:
            self._playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._playing

    async def news_after(self, mark: Mark | None, eyes: Eyes, patience_seconds: float) -> tuple[Mark, Json] | None:
        """What these eyes have not seen since `mark`; None when nothing came in so many seconds."""
        if mark == self._told.mark(self._boot):
            try:
                async with asyncio.timeout(patience_seconds):
                    await self._bell.wait()
            except TimeoutError:
                return None
        told = self._told
        of_this_play = mark is not None and (mark.boot, mark.play) == (self._boot, told.number)
        return told.mark(self._boot), told.since(mark if of_this_play else None, eyes)

    def begins(self, backstage: Backstage, *, live: bool) -> None:
        self._backstage, self._told.phase, self._told.live = backstage, Phase.PLAYING, live
        self._watching = asyncio.create_task(watch(backstage.ledger, self._take))
        self._note()

    def hear(self, seen: SeenLine) -> None:
        self._told.hear(seen)
        self._ring()

    def curtain(self) -> None:
        self._told.phase = Phase.JUDGING
        self._look_away()
        if self._backstage is not None:
            with contextlib.suppress(LedgerUnreadable):
                self._take(read_standing(self._backstage.ledger))
        self._note()

    async def _play(self, wish: Wish) -> None:
        told = self._told
        try:
            told.ending = await self._company.play(wish, self)
            told.phase = Phase.OVER
        except PlayFailed as error:
            told.trouble, told.phase = str(error), Phase.FAILED
        except Exception as error:
            # Without this the page would say for ever that the play is on.
            told.trouble, told.phase = f"The play broke off: {type(error).__name__}: {error}", Phase.FAILED
            raise
        finally:
            self._look_away()
            self._note()

    def _take(self, standing: Standing) -> None:
        if standing != self._told.standing:
            self._told.standing = standing
            self._note()

    def _look_away(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def _note(self) -> None:
        self._told.facts += 1
        self._ring()

    def _ring(self) -> None:
        """Wake every reader; those who come later wait for the next ring."""
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()
