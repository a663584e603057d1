"""Messages and interactions as the members of the server see them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from bot.stage.discord import components
from bot.stage.discord.channels import Channel, Thread
from bot.stage.discord.errors import InteractionFailed
from bot.stage.discord.files import Attachment
from bot.stage.discord.guild import Member
from bot.stage.discord.polls import Poll

HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15

DEFAULT, PINNED_NOTICE, THREAD_NOTICE, REPLY, COMMAND_ANSWER = 0, 6, 18, 19, 20
THREAD_STARTER, POLL_RESULT = 21, 46

Kind = Literal["slash", "press", "select", "submit", "autocomplete"]
State = Literal["pending", "deferred", "answered", "failed"]


class Button(NamedTuple):
    label: str
    custom_id: str
    disabled: bool


@dataclass(slots=True, eq=False)
class Message:
    """A message; times are microseconds since the epoch.

    `visible_to` is the only reader of an ephemeral one; `reactions` are user ids by emoji.
    """

    id: str
    channel: Channel
    author: Member
    created_at: int
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    edited_at: int | None = None
    edited: int = 0
    type: int = DEFAULT
    pinned_at: int | None = None
    mentions: list[Member] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    reference_id: str | None = None
    interaction: Interaction | None = field(default=None, repr=False)
    visible_to: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    poll: Poll | None = None
    thread: Thread | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def pinned(self) -> bool:
        return self.pinned_at is not None

    @property
    def text(self) -> str:
        """All that a reader sees, buttons aside: content, embeds, text components and a poll, a line each."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [embed.get("title", ""), embed.get("description", "")]
            for each in embed.get("fields", []):
                lines += [each["name"], each["value"]]
            lines.append(embed.get("footer", {}).get("text", ""))
        lines += components.texts(self.components)
        if self.poll is not None:
            lines.append(self.poll.text)
        return "\n".join(line for line in lines if line)

    @property
    def buttons(self) -> list[Button]:
        return [
            Button(part.get("label", ""), part.get("custom_id", ""), part.get("disabled", False))
            for _, part in components.walk(self.components)
            if part["type"] == components.BUTTON
        ]

    @property
    def drawn(self) -> dict[str, Any]:
        """How the record writes down what a client would draw around the text: buttons, embeds and files if any."""
        drawn: dict[str, Any] = {"buttons": self.buttons}
        if self.embeds:
            drawn["embeds"] = list(self.embeds)
        if self.attachments:
            drawn["files"] = [each.filename for each in self.attachments]
            drawn["file_ids"] = [each.id for each in self.attachments]
        return drawn


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing the bot showed in reply: a message, an update of the pressed one, a modal, or choices.

    `choices` are what it offers for an option that completes itself, by name.
    """

    text: str
    ephemeral: bool
    components: list[dict[str, Any]]
    embeds: list[dict[str, Any]]
    message_id: str | None = None
    modal: dict[str, Any] | None = None
    choices: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Interaction:
    """What a member did and what came of it; `created_at` in microseconds since the epoch."""

    id: str
    token: str
    kind: Kind
    member: Member
    channel: Channel
    created_at: int
    label: str
    data: dict[str, Any]
    application_id: str
    message: Message | None = None
    state: State = "pending"
    answers: list[Answer] = field(default_factory=list)
    original: Message | None = None
    opened_by: Interaction | None = field(default=None, repr=False)
    response_type: int | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def name_of_act(self) -> dict[str, str]:
        """How the record names the act: by command or by custom_id."""
        return {"command" if self.kind in ("slash", "autocomplete") else "custom_id": self.label}

    def add_answer(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.state = "answered"
        self._changed.set()

    def fail(self) -> None:
        self.state = "failed"
        self._changed.set()

    async def wait(self, timeout: float = 5.0) -> Answer:
        """The first answer with something to read; a bare "thinking" does not count.

        Raises InteractionFailed after the platform's deadline, TimeoutError after `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            await self._changed.wait()
        if not self.answers:
            raise InteractionFailed(f"This interaction failed: {self.kind} {self.label} by {self.member.name}")
        return self.answers[0]
