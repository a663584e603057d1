"""A claim as a Red-DiscordBot cog keeps it: `Config` with the JSON driver, beside a thousand known users."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from redbot import __version__
from redbot.core import Config, data_manager
from rounds import Played, serve

KNOWN_USERS = 1_000
IDENTIFIER = 260_817
INSTANCE = "peer"


def _claim(number: int) -> dict[str, object]:
    return {"number": number, "at": 1_793_534_400_000_000 + number, "request": f"discord:{number:019d}"}


def _known(cog: str) -> Path:
    """A settings file as the driver itself writes it, with the users of earlier drops."""
    folder = data_manager.cog_data_path(raw_name=cog)
    folder.mkdir(parents=True, exist_ok=True)
    users = {f"{10**17 + n}": {"claim": _claim(n)} for n in range(KNOWN_USERS)}
    file = folder / "settings.json"
    file.write_text(json.dumps({str(IDENTIFIER): {"USER": users}}), "utf-8")
    return file


async def _play(turn: int, people: list[str]) -> Played:
    cog = f"Drops{turn}"
    file = _known(cog)
    config = Config.get_conf(None, identifier=IDENTIFIER, cog_name=cog, force_registration=True)
    config.register_user(claim=None)
    ids = {person: 2 * 10**17 + n for n, person in enumerate(people)}

    async def claim(person: str, number: int) -> tuple[str, int]:
        await config.user_from_id(ids[person]).claim.set(_claim(number))
        return person, number

    began = time.perf_counter()
    # Numbers are counted in memory, so that an entry costs Config one call only: less than a right cog needs.
    answered = await asyncio.gather(*(claim(person, n) for n, person in enumerate(people, 1)))
    seconds = time.perf_counter() - began
    users = json.loads(file.read_text("utf-8"))[str(IDENTIFIER)]["USER"]
    names = {str(user): person for person, user in ids.items()}
    stored = [(names[user], held["claim"]["number"]) for user, held in users.items() if user in names]
    return Played(seconds, answered, stored)


def _configure(folder: Path) -> None:
    """An instance of Red whose files all lie in `folder`."""
    about = {
        "DATA_PATH": str(folder),
        "COG_PATH_APPEND": "cogs",
        "CORE_PATH_APPEND": "core",
        "STORAGE_TYPE": "JSON",
        "STORAGE_DETAILS": {},
    }
    data_manager.config_file = folder / "config.json"
    data_manager.config_file.write_text(json.dumps({INSTANCE: about}), "utf-8")
    data_manager.load_basic_configuration(INSTANCE)


if __name__ == "__main__":
    _configure(Path(sys.argv[1]))
    asyncio.run(serve(f"Red-DiscordBot {__version__}", _play))
