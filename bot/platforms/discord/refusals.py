"""What Discord answers instead of doing it, as the errors that the services know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.services.ports import NotAllowed, PlaceDown, SendRefused


@asynccontextmanager
async def translated(place: str, *, seconds: float) -> AsyncIterator[None]:
    """A request about `place`, which may take so many seconds. Raises PlaceDown, or SendRefused, for whatever goes
    wrong with it."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except discord.NotFound as error:
        raise SendRefused(f"{place}: it is gone ({error.code})") from None
    except discord.Forbidden as error:
        raise NotAllowed(f"{place}: the bot may not do that there ({error.code}: {error.text})") from None
    except discord.RateLimited as error:
        raise PlaceDown(f"Discord asks to wait {error.retry_after:.0f} s") from None
    except discord.HTTPException as error:
        if error.status in (401, 429) or error.status >= 500:
            raise PlaceDown(f"Discord answers {error.status}") from None
        raise SendRefused(f"{place}: {error.status} ({error.code}: {error.text})") from None
    except (aiohttp.ClientError, TimeoutError, OSError, RuntimeError) as error:
        # RuntimeError: the client was closed while the library waited to try again.
        raise PlaceDown(f"Discord did not answer ({type(error).__name__})") from None
