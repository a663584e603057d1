"""Which lines of the record ask for a unit: typed in chat, by a command on Discord, or by a press."""

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
