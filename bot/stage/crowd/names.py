"""Invented names for the crowd: mostly ordinary ones, and some of the kind that breaks programs.

A name follows from the seed, the platform and the place in the crowd alone, and none comes twice: whoever else
comes, people keep theirs."""

from __future__ import annotations

from functools import lru_cache
from random import Random

_FIRST_WORDS = """
amber brave cosmic dusty early fuzzy giddy hazy icy jolly kind lazy merry noisy odd pale quiet rusty salty teal
"""
_SECOND_WORDS = """
otter badger comet daisy ember ferret gecko heron ibis jackal koala lemur marten newt owl panda quail raven stoat
tapir
"""
_FIRST, _SECOND = _FIRST_WORDS.split(), _SECOND_WORDS.split()
_PAIRS = len(_FIRST) * len(_SECOND)

# Display names that Twitch gives in other scripts, over logins of plain letters; and logins that look like markup.
_TWITCH_ODD = (
    ("nekomanju", "ねこまんじゅう"),
    ("xiaoxiongmao", "小熊猫"),
    ("haneul_k", "하늘"),
    ("qahwa_time", "قهوة"),
    ("__init__", "__init__"),
    ("xx_bold_xx", "xX_Bold_Xx"),
)
_DISCORD_ODD = (
    "**bold** move",
    "@everyone",
    "<@&1> ping",
    "`code`",
    "||spoiler||",
    "\u202eevil txet",
    "صباح الخير",
    "Z\u0351\u0352\u0353a\u0354\u0355\u0356lgo",
    "[free](https://example.com)",
)
_ODD_SHARE = 0.12
# The odd ones come as they stand once each, among so many first people; later ones carry a number.
_ODD_FIRST = 50


def name_of(seed: int, platform: str, index: int, owner: str = "") -> tuple[str, str]:
    """The login and the shown name of the account in this place; those of one owner are oddly alike."""
    dice = Random(f"{seed}:{platform}:{index}:name")
    if owner:
        words = Random(f"{seed}:{owner}:name")
        login = f"{words.choice(_FIRST)}{words.choice(_SECOND)}_{index}"
        return login, login
    login = _login(seed, platform, index)
    return _on_twitch(dice, seed, index, login) if platform == "twitch" else _on_discord(dice, login)


def _on_twitch(dice: Random, seed: int, index: int, login: str) -> tuple[str, str]:
    if index < _ODD_FIRST:
        places = _odd_places(seed)
        if index in places:
            return _TWITCH_ODD[places.index(index)]
    elif dice.random() < _ODD_SHARE:
        odd, shown = dice.choice(_TWITCH_ODD)
        return f"{odd}{index}", f"{shown}{index}"
    return login, login.title() if dice.random() < 0.5 else login


def _on_discord(dice: Random, login: str) -> tuple[str, str]:
    """A user name and the name that is shown in the server, which others may show as well."""
    if dice.random() < 2 * _ODD_SHARE:
        return login, dice.choice(_DISCORD_ODD)
    return login, login.replace("_", " ").title()


def _login(seed: int, platform: str, index: int) -> str:
    turn, place = divmod(index, _PAIRS)
    first, second = divmod(_pairs(seed, platform)[place], len(_SECOND))
    return f"{_FIRST[first]}_{_SECOND[second]}{turn + 1 if turn else ''}"


@lru_cache(maxsize=8)
def _pairs(seed: int, platform: str) -> tuple[int, ...]:
    return tuple(Random(f"{seed}:{platform}:names").sample(range(_PAIRS), _PAIRS))


@lru_cache(maxsize=8)
def _odd_places(seed: int) -> tuple[int, ...]:
    return tuple(Random(f"{seed}:odd").sample(range(_ODD_FIRST), len(_TWITCH_ODD)))
