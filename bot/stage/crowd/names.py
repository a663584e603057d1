"""Invented names for the crowd: mostly ordinary ones, and some of the kind that breaks programs."""

from __future__ import annotations

from random import Random

_FIRST = """
amber brave cosmic dusty early fuzzy giddy hazy icy jolly kind lazy merry noisy odd pale quiet rusty salty teal
"""
_SECOND = """
otter badger comet daisy ember ferret gecko heron ibis jackal koala lemur marten newt owl panda quail raven stoat
tapir
"""

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


class Names:
    """Hands out logins and display names; no login comes twice."""

    def __init__(self, taken: set[str] | None = None) -> None:
        self._taken = set(taken or ())

    def on_twitch(self, random: Random) -> tuple[str, str]:
        """A login and the name that is shown."""
        if random.random() < _ODD_SHARE:
            free = [odd for odd in _TWITCH_ODD if odd[0] not in self._taken]
            if free:
                login, name = random.choice(free)
                self._taken.add(login)
                return login, name
        login = self._login(random)
        return login, login.title() if random.random() < 0.5 else login

    def on_discord(self, random: Random) -> tuple[str, str]:
        """A user name and the name that is shown in the server."""
        login = self._login(random)
        if random.random() < 2 * _ODD_SHARE:
            return login, random.choice(_DISCORD_ODD)
        return login, login.replace("_", " ").title()

    def _login(self, random: Random) -> str:
        word = f"{random.choice(_FIRST.split())}_{random.choice(_SECOND.split())}"
        login = word
        while login in self._taken:
            login = f"{word}{random.randrange(2, 10_000)}"
        self._taken.add(login)
        return login
