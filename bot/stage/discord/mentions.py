"""Who a message really pings: what its text names, less what allowed_mentions and the roles forbid."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.stage.discord.channels import Channel
from bot.stage.discord.errors import FormErrors
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.permissions import Permission

_USER, _ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)")


@dataclass(slots=True)
class Mentions:
    members: list[Member] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    everyone: bool = False


def check(allowed: dict[str, Any] | None) -> None:
    """Raise 50035 when `parse` and an explicit list speak of the same kind."""
    errors = FormErrors()
    for kind in ("users", "roles"):
        if allowed and kind in (allowed.get("parse") or []) and allowed.get(kind):
            errors.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
    errors.raise_if_any()


def read(text: str, allowed: dict[str, Any] | None, author: Member, channel: Channel) -> Mentions:
    """Without `allowed_mentions` everything named pings, as on the platform."""
    guild: Guild = author.guild
    may_ping_all = bool(guild.permissions_of(author, channel) & Permission.MENTION_EVERYONE)
    rules = {"parse": ["users", "roles", "everyone"]} if allowed is None else allowed
    parse = rules.get("parse") or []

    def permitted(kind: str, key: str) -> bool:
        return kind in parse or key in [str(each) for each in rules.get(kind) or []]

    found = Mentions()
    for key in dict.fromkeys(_USER.findall(text)):
        if key in guild.members and permitted("users", key):
            found.members.append(guild.members[key])
    for key in dict.fromkeys(_ROLE.findall(text)):
        role = guild.roles.get(key)
        if role is not None and permitted("roles", key) and (role.mentionable or may_ping_all):
            found.roles.append(key)
    found.everyone = bool(_EVERYONE.search(text)) and "everyone" in parse and may_ping_all
    return found
