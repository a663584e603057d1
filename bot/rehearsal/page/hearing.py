"""Turns the lines of the record into what stands in a chat room; what nobody would see there is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.rehearsal.page.forms import form_to_show
from bot.rehearsal.page.markup import Marked, Span, from_discord, from_twitch
from bot.rehearsal.page.people import STREAMER, People
from bot.rehearsal.page.rooms import Line, Rooms, tone_of
from bot.stage.crowd.moderator import LOGIN as MODERATOR
from bot.stage.record import SeenLine
from bot.stage.twitch.model import DropReason

Json = Mapping[str, Any]
_CHAT = "twitch:chat"


def swallowed(reason: str) -> str:
    """What Twitch tells somebody whose line did not appear."""
    known = reason in list(DropReason)
    return DropReason(reason).sentence if known else f"Your message was not sent: {reason}"


class Hearing:
    """`hear` takes every line of the record in turn."""

    def __init__(self, rooms: Rooms, people: People) -> None:
        self._rooms = rooms
        self._people = people
        self._roles: dict[str, str] = {}
        self._last: SeenLine | None = None
        self._lines = 0

    def hear(self, seen: SeenLine) -> None:
        self._people.hear(seen)
        match seen["platform"], seen["kind"]:
            case "twitch", "chat":
                self._put_chat(seen)
            case "twitch", "refused":
                self._put_chat(seen, only=("twitch", seen["author"]), note=swallowed(seen["data"]["reason"]))
            case "twitch", "live" | "offline":
                self._put_remark(
                    seen, _CHAT, "the stream is live" if seen["kind"] == "live" else "the stream is off"
                )
            case "discord", "message" | "said" | "edit" | "answer" | "deferred":
                self._put_message(seen)
                self._last = seen
            case "discord", "delete":
                self._delete(seen)
            case "discord", "ping":
                self._learn_roles(seen)
            case "discord", "slash" | "submit" | "modal" | "interaction-failed":
                self._put_act(seen)

    def _put_chat(self, seen: SeenLine, *, only: tuple[str, str] | None = None, note: str = "") -> None:
        data, marked = seen["data"], from_twitch(seen["text"])
        if not note and data.get("shared_from"):
            note = "from another channel"
        self._rooms.put(
            Line(
                key=str(data.get("message_id") or self._next_key()),
                room=_CHAT,
                at=seen["at"],
                name=seen["name"],
                rank="bot" if data.get("bot") else self._rank("twitch", seen["author"]),
                tone=tone_of(seen["name"]),
                spans=marked.spans,
                mentions=frozenset(marked.mentions),
                only=only,
                note=note,
            )
        )

    def _put_message(self, seen: SeenLine) -> None:
        """A message as it stands now; an edit of one changes it in place."""
        data = seen["data"]
        only = None if seen["visible_to"] is None else ("discord", str(seen["visible_to"]))
        key = str(data.get("message_id") or self._next_key())
        before = self._rooms.find(key, only, seen["place"])
        if seen["kind"] == "deferred" and before is not None:
            return  # the pressed card itself waits for its change
        marked = self._marked(_beside_embeds(seen))
        spans: list[Span] = ["is thinking…"] if seen["kind"] == "deferred" else marked.spans
        cards = [self._card(embed, marked) for embed in data.get("embeds", ())]
        self._rooms.put(
            Line(
                key=key,
                room=seen["place"],
                at=seen["at"] if before is None else before.at,
                name=seen["name"],
                rank=self._rank("discord", seen["author"]) if self._is_person(seen["author"]) else "bot",
                tone=tone_of(seen["name"]),
                spans=spans,
                card=cards[0] if cards else None,
                buttons=[(str(label), str(deed), bool(off)) for label, deed, off in data.get("buttons", ())],
                message=str(data.get("message_id", "")),
                mentions=frozenset(marked.mentions),
                only=only,
                note=_note(seen),
            )
        )

    def _card(self, embed: Json, marked: Marked) -> dict[str, Any]:
        def spans(text: object) -> list[Span]:
            part = self._marked(str(text))
            marked.mentions |= part.mentions
            return part.spans

        fields = [(spans(each["name"]), spans(each["value"])) for each in embed.get("fields", ())]
        footer = str((embed.get("footer") or {}).get("text", ""))
        card = {"title": spans(embed.get("title", "")), "text": spans(embed.get("description", ""))}
        return {**card, "fields": fields, "footer": footer}

    def _put_act(self, seen: SeenLine) -> None:
        """What only the person who acted sees of it: their command, a form, or that it failed."""
        texts = {
            "modal": f"A form opens: {seen['text']}",
            "submit": f"Sent: {seen['text']}",
            "interaction-failed": "This interaction failed",
        }
        text = texts.get(seen["kind"], str(seen["text"]))
        self._rooms.put(
            Line(
                key=self._next_key(),
                room=seen["place"],
                at=seen["at"],
                name=seen["name"],
                tone=tone_of(seen["name"]),
                spans=[text],
                only=("discord", seen["visible_to"] or seen["author"]),
                form=form_to_show(seen) if seen["kind"] == "modal" else None,
                rank="failed" if seen["kind"] == "interaction-failed" else "",
            )
        )

    def _put_remark(self, seen: SeenLine, room: str, text: str) -> None:
        line = Line(key=self._next_key(), room=room, at=seen["at"], name=seen["name"], spans=[text], rank="remark")
        self._rooms.put(line)

    def _delete(self, seen: SeenLine) -> None:
        only = None if seen["visible_to"] is None else ("discord", str(seen["visible_to"]))
        before = self._rooms.find(str(seen["data"]["message_id"]), only, seen["place"])
        if before is not None:
            gone = Line(before.key, before.room, before.at, before.name, before.rank, before.tone, only=only)
            gone.note = "deleted"
            self._rooms.put(gone)

    def _learn_roles(self, seen: SeenLine) -> None:
        """A ping follows its message, and names the roles first, in the order of their ids."""
        roles = [str(role) for role in seen["data"].get("roles", ())]
        new = not self._roles.keys() >= set(roles)
        self._roles |= dict(zip(roles, seen["text"].split(), strict=False))
        if new and self._last and self._last["data"].get("message_id") == seen["data"].get("message_id"):
            self._put_message(self._last)

    def _marked(self, text: str) -> Marked:
        def user(key: str) -> str:
            account = self._people.account("discord", key)
            return "somebody" if account is None else account.name

        return from_discord(text, user, lambda key: self._roles.get(key, "@role").removeprefix("@"))

    def _rank(self, platform: str, user_id: str) -> str:
        account = self._people.account(platform, user_id)
        login = "" if account is None else account.login
        return {STREAMER: STREAMER, MODERATOR: "moderator"}.get(login, "")

    def _is_person(self, user_id: str) -> bool:
        return self._people.account("discord", user_id) is not None

    def _next_key(self) -> str:
        self._lines += 1
        return f"own-{self._lines}"


def _note(seen: SeenLine) -> str:
    """What stands under a message: its files, and that it was changed."""
    files = ", ".join(str(name) for name in seen["data"].get("files", ()))
    notes = (f"Attached: {files}" if files else "", "(edited)" if seen["kind"] == "edit" else "")
    return " ".join(note for note in notes if note)


def _beside_embeds(seen: SeenLine) -> str:
    """What stands above the embeds of a message: the record's text without the lines of theirs."""
    lines: list[str] = []
    for embed in seen["data"].get("embeds", ()):
        lines += [embed.get("title", ""), embed.get("description", "")]
        for each in embed.get("fields", ()):
            lines += [each["name"], each["value"]]
        lines.append((embed.get("footer") or {}).get("text", ""))
    return str(seen["text"]).removesuffix("\n".join(line for line in lines if line)).rstrip("\n")
