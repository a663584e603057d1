"""A line of chat as the bot takes it from EventSub's own JSON, without a client: who said what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.people import Actor, Rank
from bot.domain.text import label
from bot.platforms.twitch.lines import clean_line, clean_reply
from cogs.names import Answering, Asked, CommandList, CommandNames

Event = Mapping[str, Any]
PLATFORM = "twitch"
PREFIX = "!"


def actor_in(event: Event) -> Actor:
    """Whoever said a line, ranked by the badges of that very line."""
    user_id = str(event["chatter_user_id"])
    shown = label(event["chatter_user_name"] or event["chatter_user_login"] or user_id) or user_id
    badges = badges_in(event)
    if "broadcaster" in badges or user_id == event["broadcaster_user_id"]:
        return Actor(PLATFORM, user_id, shown, Rank.STREAMER)
    return Actor(PLATFORM, user_id, shown, Rank.MODERATOR if "moderator" in badges else Rank.VIEWER)


def badges_in(event: Event) -> set[str]:
    return {str(badge["set_id"]) for badge in event["badges"]}


def is_from_elsewhere(event: Event) -> bool:
    """Whether a shared chat has brought the line from another channel."""
    source = event["source_broadcaster_user_id"]
    return source is not None and source != event["broadcaster_user_id"]


def said_in(event: Event) -> str:
    """All that was said, as it was said."""
    return str(event["message"]["text"])


def text_in(event: Event) -> str:
    text = said_in(event)
    return clean_reply(text) if event["reply"] else clean_line(text)


def typed_command(line: str) -> tuple[str, str] | None:
    """The name behind the sign, in small letters, and the rest of a line that was made plain; None for chatter."""
    if not line.startswith(PREFIX):
        return None
    name, _, rest = line[len(PREFIX) :].partition(" ")
    return name.lower(), rest.strip()


class QuickCommands(CommandList):
    """Finds a typed command as the client's library does: the sign, a word in whatever case, and the rest."""

    def __init__(self, names: CommandNames) -> None:
        self._by_name: dict[str, Answering] = {}
        super().__init__(names)

    def _register(self, names: tuple[str, ...], answering: Answering) -> None:
        self._by_name.update({name.lower(): answering for name in names})

    def answer_to(self, event: Event) -> Callable[[], Awaitable[None]] | None:
        """What is to be done about a line, which is overheard first; None when it is nothing of ours."""
        line, actor, request_id = text_in(event), actor_in(event), f"twitch:{event['message_id']}"
        self.overhear(actor, line, said_in(event))
        talked = self.talk(actor, request_id, line)
        if talked is not None:
            return lambda: talked
        name, rest = typed_command(line) or ("", "")
        answering = self._by_name.get(name)
        if answering is None:
            return None
        asked = Asked(actor, request_id, rest)
        return lambda: answering(asked)
