"""Questions to Twitch: who carries a name now, and whether the stream runs."""

from __future__ import annotations

import re
from collections.abc import Callable

import aiohttp
import twitchio

from bot.domain.people import Actor
from bot.platforms.twitch.bot import TwitchBot
from bot.platforms.twitch.people import named
from bot.platforms.twitch.settings import TwitchSettings
from bot.services.ports import PlaceDown

# RuntimeError: the client was closed while the library waited to try again.
_UNREACHABLE = (twitchio.HTTPException, aiohttp.ClientError, TimeoutError, RuntimeError)
_LOGIN = re.compile(r"[A-Za-z0-9_]{1,25}")


class TwitchLookup:
    """The look-up behind ports.NameLookup. `bot` gives the client of the moment."""

    def __init__(self, settings: TwitchSettings, bot: Callable[[], TwitchBot | None]) -> None:
        self._settings = settings
        self._bot = bot

    async def find(self, name: str) -> Actor | None:
        """Who has this login now; with or without "@". Raises PlaceDown when Twitch cannot be asked."""
        login = name.strip().removeprefix("@")
        if not _LOGIN.fullmatch(login):
            return None
        bot = self._logged_in()
        try:
            users = await bot.fetch_users(logins=[login.lower()], token_for=self._settings.bot_id)
        except _UNREACHABLE as error:
            raise PlaceDown(f"Twitch cannot be asked ({type(error).__name__})") from None
        return named(users[0]) if users else None

    async def fetch_live(self) -> bool:
        """Whether the stream runs now. Raises PlaceDown when Twitch cannot be asked: that is neither yes nor no."""
        bot = self._logged_in()
        streams = bot.fetch_streams(user_ids=[self._settings.channel_id], token_for=self._settings.bot_id)
        try:
            return bool(await streams)
        except _UNREACHABLE as error:
            raise PlaceDown(f"Twitch cannot be asked ({type(error).__name__})") from None

    def _logged_in(self) -> TwitchBot:
        bot = self._bot()
        if bot is None or not bot.logged_in:
            raise PlaceDown("not logged in to Twitch")
        return bot
