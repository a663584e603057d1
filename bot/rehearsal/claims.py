"""Which lines of the record ask for a unit, in chat or on Discord, and which steer a drop on Discord."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.rehearsal.hearing import typed


def typed_claim(text: str, claim_words: Iterable[str]) -> str | None:
    """What a line of chat names behind its claim word, as its writer meant it: "" for nothing. None for a line that
    claims nothing."""
    meant = typed(text)
    for word in claim_words:
        if meant == word or meant.startswith(f"{word} "):
            return meant[len(word) :].strip()
    return None


def claims_on_discord(seen: Mapping[str, Any]) -> bool:
    """Whether a line of the record is the command to claim, or a press on a button that claims."""
    data = seen["data"]
    if seen["kind"] == "slash":
        return bool(data.get("command") == "claim")
    return seen["kind"] == "press" and "claim" in str(data.get("custom_id", "")).split(":")


def steers_on_discord(seen: Mapping[str, Any]) -> bool:
    """Whether a line of the record is a moderator's: /drop, a button of the control card, or a form, which only
    moderators are given. What these are answered is about other people's units."""
    data = seen["data"]
    if seen["kind"] == "slash":
        return str(data.get("command", "")).split(" ")[0] == "drop"
    is_control = "control" in str(data.get("custom_id", "")).split(":")
    return seen["kind"] == "submit" or (seen["kind"] == "press" and is_control)
