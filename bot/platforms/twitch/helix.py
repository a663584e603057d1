"""One request to Helix: in one call, with one login's token, and refusals told from failures."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Literal

import aiohttp
import twitchio
from twitchio.http import Route

from bot.platforms.twitch.asking import PAGE_MAX, Params
from bot.platforms.twitch.bot import TwitchBot
from bot.services.ports import NotAllowed, PlaceDown, SendRefused

# A clock of ours that is wrong must not keep everybody waiting: Helix's points are all back after a minute.
RATE_SECONDS_MIN, RATE_SECONDS_MAX = 1.0, 60.0
# RuntimeError: the client was closed while the library waited to try again.
_UNREACHABLE = (aiohttp.ClientError, TimeoutError, RuntimeError)
_NOT_OURS_TO_DO = (401, 403)


class Helix:
    """Questions that the library would ask twice: its own methods for subscriptions and followers fetch the first
    page once for the total and once more for the people. `bot` gives the client of the moment."""

    def __init__(self, bot: Callable[[], TwitchBot | None]) -> None:
        self._bot = bot

    async def ask(self, path: str, params: Params, *, token_for: str, needs: str) -> Mapping[str, Any]:
        """Helix's answer. `needs` says which login has to permit it, and how, in case it does not.

        Raises PlaceDown, and SendRefused for what asking again cannot change."""
        return await self._asked("GET", path, token_for=token_for, needs=needs, params=dict(params))

    async def tell(
        self, method: Literal["POST", "PATCH"], path: str, body: Mapping[str, Any], *, token_for: str, needs: str
    ) -> Mapping[str, Any]:
        """Helix's answer to what it is to do. Raises like `ask`; after PlaceDown it may have been done."""
        return await self._asked(method, path, token_for=token_for, needs=needs, json=dict(body))

    async def _asked(
        self, method: Literal["GET", "POST", "PATCH"], path: str, *, token_for: str, needs: str, **content: Any
    ) -> Mapping[str, Any]:
        bot = self._bot()
        if bot is None or not bot.logged_in:
            raise PlaceDown("not logged in to Twitch")
        if token_for not in bot.tokens:
            # The library would ask with the application's token, which may see nothing of this.
            raise NotAllowed(f"there is no login for it: it takes {needs}")
        try:
            answer = await bot.http.request_json(Route(method, path, token_for=token_for, **content))
        except twitchio.HTTPException as error:
            raise _as_trouble(error, bot.rate_limited_until, needs) from None
        except _UNREACHABLE as error:
            raise PlaceDown(f"Twitch cannot be asked ({type(error).__name__})") from None
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise PlaceDown("Twitch's answer cannot be read")
        return answer

    async def pages(self, path: str, params: Params, *, token_for: str, needs: str) -> AsyncIterator[Any]:
        """Every row of a list, a hundred a call. Raises like `ask`."""
        cursor: str = ""
        while True:
            page = {**params, "first": PAGE_MAX, **({"after": cursor} if cursor else {})}
            answer = await self.ask(path, page, token_for=token_for, needs=needs)
            for row in answer["data"]:
                yield row
            before, cursor = cursor, (answer.get("pagination") or {}).get("cursor") or ""
            if not cursor or cursor == before:
                return


def _as_trouble(error: twitchio.HTTPException, rate_limited_until: float, needs: str) -> Exception:
    if error.status == 429:
        wait = rate_limited_until - time.time()
        return PlaceDown("Twitch answers 429", min(RATE_SECONDS_MAX, max(RATE_SECONDS_MIN, wait)))
    if error.status >= 500:
        return PlaceDown(f"Twitch answers {error.status}")
    said = error.extra.get("message", "") if isinstance(error.extra, dict) else ""
    answer = f"Twitch answers {error.status} ({said})" if said else f"Twitch answers {error.status}"
    return NotAllowed(f"{answer}: it takes {needs}") if error.status in _NOT_OURS_TO_DO else SendRefused(answer)
