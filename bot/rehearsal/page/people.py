"""Who is on the stage: accounts by id and by login, as the record names them, and through whose eyes one looks."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

from bot.stage.crowd.moderator import LOGIN as MODERATOR
from bot.stage.crowd.streamer import LOGIN as STREAMER_LOGIN
from bot.stage.record import SeenLine

STREAMER = "streamer"
"""Stands for the broadcaster on Twitch and the server's owner on Discord, whatever they are called."""
STAFF = (STREAMER, MODERATOR)
# The stage's own cast: by login on Twitch, and on Discord by the shown name, in which somebody who joined by hand,
# whose name is their login, has no capitals.
CAST = {("twitch", STREAMER_LOGIN): STREAMER, ("discord", "TeaPot"): STREAMER, ("discord", "Mia"): MODERATOR}
LOGIN = re.compile(r"[a-z0-9_]{1,25}")
_ACTING = {("discord", "slash"), ("discord", "press"), ("discord", "submit"), ("discord", "said")}


@dataclass(frozen=True, slots=True)
class Account:
    """`login` is what one logs in with and `name` what others see, often the same."""

    platform: str
    id: str
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Eyes:
    """Somebody who looks at both chats; `login` is one of STAFF or a viewer's."""

    login: str

    @property
    def staff(self) -> bool:
        return self.login in STAFF


class People:
    """Learns from the record who there is. Who only ever used Discord by hand has their shown name as login."""

    def __init__(self) -> None:
        self._by_id: dict[tuple[str, str], Account] = {}
        self._by_login: dict[tuple[str, str], Account] = {}
        self._logins: list[str] = sorted(STAFF)
        self._roles: defaultdict[str, set[str]] = defaultdict(set)

    def hear(self, seen: SeenLine) -> None:
        """Take in one line of the record."""
        platform, kind, data = seen["platform"], seen["kind"], seen["data"]
        if kind == "role":
            (self._roles[seen["author"]].add if data["given"] else self._roles[seen["author"]].discard)(
                str(data["role_id"])
            )
        if kind == "joined":
            platform = data["platform"]
        elif "login" not in data and ((platform, kind) not in _ACTING or (platform, seen["author"]) in self._by_id):
            return
        if not seen["author"] or platform not in ("twitch", "discord"):
            return
        login = str(data.get("login", seen["name"]))
        role = CAST.get((platform, login), login.casefold())
        self._add(Account(platform, seen["author"], role, seen["name"]))

    def _add(self, account: Account) -> None:
        self._by_id[account.platform, account.id] = account
        if (account.platform, account.login) not in self._by_login:
            self._remember(account.login)
        self._by_login[account.platform, account.login] = account

    def _remember(self, login: str) -> None:
        place = bisect_left(self._logins, login)
        if LOGIN.fullmatch(login) and self._logins[place : place + 1] != [login]:
            insort(self._logins, login)

    def account(self, platform: str, user_id: str) -> Account | None:
        return self._by_id.get((platform, user_id))

    def named(self, platform: str, login: str) -> Account | None:
        return self._by_login.get((platform, login))

    def names_of(self, eyes: Eyes) -> frozenset[str]:
        """What a mention of the owner of these eyes looks like, in small letters: "@login" and "@shown name"."""
        own = (self.named(platform, eyes.login) for platform in ("twitch", "discord"))
        names = {
            name.casefold() for account in own if account is not None for name in (account.login, account.name)
        }
        return frozenset(f"@{name}" for name in names)

    def means(self, mentioned: frozenset[str], eyes: Eyes) -> bool:
        """Whether a line that mentions these names, ids and roles speaks to the owner of the eyes."""
        discord = self.named("discord", eyes.login)
        own = {"@everyone", *self.names_of(eyes)}
        if discord is not None:
            own |= {discord.id, *self._roles[discord.id]}
        return not own.isdisjoint(mentioned)

    def beginning_with(self, typed: str, limit: int = 12) -> list[str]:
        """Logins to suggest to somebody who has typed so much; the staff first while nothing is typed."""
        if not typed:
            others = (login for login in self._logins if login not in STAFF)
            return [*STAFF, *islice(others, limit - len(STAFF))]
        start = bisect_left(self._logins, typed)
        near = islice(self._logins, start, start + limit)
        return [login for login in near if login.startswith(typed)]

    def __len__(self) -> int:
        return len(self._by_id)
