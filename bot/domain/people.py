"""Who asks: an identity on one platform, with the rank that platform vouches for."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import IntEnum

Account = tuple[str, str]
"""Platform and user id: who somebody is there, whatever they are called."""


class Rank(IntEnum):
    """What the platform's own evidence in this very event says about the asker."""

    VIEWER = 0
    MODERATOR = 1
    STREAMER = 2


@dataclass(frozen=True, slots=True)
class Actor:
    """An identity: `platform` is "twitch", "discord" or "bot"; the id is the person, the name only a label."""

    platform: str
    user_id: str
    name: str
    rank: Rank = Rank.VIEWER

    @property
    def key(self) -> Account:
        return (self.platform, self.user_id)

    @property
    def steers(self) -> bool:
        return self.rank >= Rank.MODERATOR


# The scheduler, a restart and the configuration act under this name; it can never hold a unit.
BOT = Actor("bot", "bot", "Microdrops", Rank.STREAMER)


# HMAC fills a shorter one up with zeros, so that the same without its last zero would do as well.
SECRET_BYTES = 32


def pseudonym(person_secret: bytes, scope: str) -> str:
    """How a person appears in public parts: HMAC-SHA256(secret, scope), the first 16 bytes as hex.

    The scope is a drop or a poll, so the same person cannot be followed from one to the next, and
    erasing the secret makes the pseudonym untraceable for ever.
    """
    return hmac.digest(person_secret, scope.encode(), hashlib.sha256)[:16].hex()
