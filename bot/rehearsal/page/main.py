"""`microdrops rehearse --web`: serves the page until Ctrl-C; every play is begun there."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.exits import FINE, FOUND_WRONG
from bot.rehearsal.call import Call
from bot.rehearsal.main import UnfitForRehearsal, check
from bot.rehearsal.page.catalogue import catalogue
from bot.rehearsal.page.company import RehearsalCompany
from bot.rehearsal.page.server import PageServer
from bot.rehearsal.page.show import Show
from bot.rehearsal.page.told import Wish


def rehearse_on_page(call: Call, default_config: Path, *, host: str, port: int, say: Callable[[str], None]) -> int:
    """Serve until interrupted; `say` gets what a person must know. Returns 0, or 1 when the last play broke a
    promise. Raises ConfigError or UnfitForRehearsal before anything is served, OSError where it cannot listen."""
    if call.fast or call.dated or call.report is not None:
        raise UnfitForRehearsal(
            "The page plays in real time and has its own report: leave out --fast, --dated, --report."
        )
    company = RehearsalCompany(call, default_config)
    options = company.options(Wish(seed=call.seed, viewers=call.viewers, discord_viewers=call.discord_viewers))
    check(options)
    show = Show(company)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(PageServer(show, catalogue(options), host=host, port=port), say))
    return FINE if show.ending is None or show.ending.kept else FOUND_WRONG


async def _serve(server: PageServer, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    # asyncio's own handler does not wake a loop that is just going to sleep, and nothing else wakes an idle page.
    with suppress(NotImplementedError, RuntimeError):  # on Windows, and beside the main thread
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    async with server:
        say(f"Open this page in a browser:\n\n  {server.address}\n\nCtrl-C ends the rehearsal.")
        await stop.wait()
