"""Takes secrets out of text: the known ones in every spelling, and whatever has the shape of one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "[secret]"

# Shorter ones would blot out ordinary words, and are no secrets.
_SECRET_CHARACTERS_MIN = 4

_NAMES = (
    r"(?:client_secret|access_token|refresh_token|id_token|device_code|bot_token|bot_refresh_token"
    r"|streamer_token|streamer_refresh_token)"
)
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), f"\\g<1>{HIDDEN}")
    for pattern in (
        # key=value in an address or a form, "key": "value" in JSON, 'key': 'value' in a repr
        rf"({_NAMES}(?:=|%3d|\\?[\"']?\s*[:=]\s*\\?[\"']?))[^\s&\"'\\,;}}\])]+",
        r"(authorization\\?[\"']?\s*[:=,]\s*\\?[\"']?(?:(?:bearer|oauth|bot|basic)\s+)?)[^\s\"'\\,}\])\[]+",
        # Only a long word after "Bot" is a token: "Bot started" is news.
        r"(\b(?:bearer|oauth|bot)\s+)[a-z0-9._~+/=-]{20,}",
        r"(\boauth:)[a-z0-9]{10,}",
        r"(\b)[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}",  # a Discord bot's token
        # Who has the address of an interaction or webhook can answer in its place.
        r"(\b(?:interactions|webhooks)/\d+/)[^/\s?\"']{20,}",
        r"(\b[a-z][a-z0-9+]*://[^:/\s@]*:)[^@/\s]+(?=@)",  # a password in an address
    )
)


class Redactor:
    """Knows the secrets of this process. May be used from any thread."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Hide these from now on as well, such as a token that was just refreshed."""
        spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
        if not spellings:
            return
        self._spellings |= spellings
        # What is hidden already stays as it is, also where somebody's secret is "secret". Of the others the longest
        # first: a secret may be the beginning of another.
        alternatives = [HIDDEN, *sorted(self._spellings, key=len, reverse=True)]
        # One assignment, so a thread that is redacting sees the old pattern or the new one.
        self._known = re.compile("|".join(map(re.escape, alternatives)))

    def redact(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text


def _spellings(secret: str) -> set[str]:
    """The secret as it stands in text, addresses, forms, JSON and reprs."""
    if len(secret) < _SECRET_CHARACTERS_MIN:
        return set()
    plain = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    encoded = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    # Servers write %2F and %2f alike.
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), text) for text in encoded}
    return plain | encoded | lower
