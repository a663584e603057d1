"""Texts of both chats as spans that a page can draw: plain words, mentions, count-downs, bold; never as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.rehearsal.spoken import time_shown

Span = str | tuple[str, str]
"""Plain text, or a kind and its text: "at" a mention, "time" an instant ("seconds:style"), "b" bold, "code"."""

_ESCAPED = re.compile(r"\\([^\w\s]|_)")
_DISCORD = re.compile(
    r"\\(?P<escaped>[^\w\s]|_)"
    r"|<@!?(?P<user>\d{1,20})>"
    r"|<@&(?P<role>\d{1,20})>"
    r"|<t:(?P<time>\d{1,12})(?::(?P<style>[tTdDfFR]))?>"
    r"|\*\*(?P<bold>[^*\n]{1,300})\*\*"
    r"|```\n?(?P<block>[^`]{1,1500})```"
    r"|`(?P<code>[^`\n]{1,300})`"
    r"|(?m:^)-# (?P<small>)"
    r"|(?P<everyone>@everyone|@here)"
)
_TWITCH = re.compile(r"@([^\s@,:;.!?)]+)")
NameOf = Callable[[str], str]


@dataclass(slots=True)
class Marked:
    """`mentions` holds lower-case "@name" of Twitch, ids of Discord, and "@everyone"."""

    spans: list[Span] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)

    def put(self, span: Span) -> None:
        if isinstance(span, str) and self.spans and isinstance(self.spans[-1], str):
            self.spans[-1] += span
        elif span:
            self.spans.append(span)


def from_twitch(text: str) -> Marked:
    """A line of chat: only mentions are drawn in another way."""
    marked, end = Marked(), 0
    for found in _TWITCH.finditer(text):
        marked.put(text[end : found.start()])
        marked.put(("at", found[0]))
        marked.mentions.add(found[0].casefold())
        end = found.end()
    marked.put(text[end:])
    return marked


def from_discord(text: str, user: NameOf, role: NameOf) -> Marked:
    """A message or a part of a card. `user` and `role` give the names behind ids."""
    marked, end = Marked(), 0
    for found in _DISCORD.finditer(text):
        marked.put(text[end : found.start()])
        end = found.end()
        kind = found.lastgroup if found.lastgroup != "style" else "time"
        match kind:
            case "escaped":
                marked.put(found["escaped"])
            case "user" | "role":
                name = (user if kind == "user" else role)(found[kind])
                marked.put(("at", f"@{name}"))
                marked.mentions.add(found[kind])
            case "time":
                marked.put(("time", f"{found['time']}:{found['style'] or 'f'}"))
            case "bold":
                marked.put(("b", _ESCAPED.sub(r"\1", found["bold"])))
            case "code" | "block":
                marked.put(("code", found[kind].rstrip("\n")))
            case "small":
                pass  # the words alone: small ones are drawn like all others
            case _:
                marked.put(("at", found[0]))
                marked.mentions.add("@everyone")
    marked.put(text[end:])
    return marked


def aloud(spans: Iterable[Span], at: int) -> str:
    """For who listens to the page: the words, with times as they are shown at an instant (microseconds UTC)."""
    return "".join(span if isinstance(span, str) else _said(*span, at) for span in spans)


def _said(kind: str, text: str, at: int) -> str:
    if kind == "time":
        second, _, style = text.partition(":")
        return time_shown(int(second), style, at)
    return text


def is_mention(span: Span, names: frozenset[str]) -> bool:
    """Whether a span mentions one of these ("@name", in small letters)."""
    return not isinstance(span, str) and span[0] == "at" and span[1].casefold() in names
