"""The bot as a guest in the streamer's chat: it speaks when something happened or somebody asked."""

from __future__ import annotations

from bot.rehearsal.claims import typed_claim
from bot.rehearsal.evidence import Case, Json
from bot.rehearsal.hearing import typed
from bot.rehearsal.promises import Promise, judged, unchecked

# A line that names nobody may answer a crowd at once; for so many claims there may be one.
_CLAIMS_A_LINE = 20
# What happens to the platform or the bot may be told, and the telling may have to be repeated once.
_LINES_A_CHANGE = 2
_CHANGES = ("fault", "live", "offline")


def unasked(case: Case) -> Promise:
    """Every line is news that the ledger knows, names somebody, or has something behind it that it can answer."""
    sentence = "In chat the bot says nothing that nobody asked for: news and answers, no chatter."
    if not case.twitch:
        return unchecked("unasked", sentence, "There is no Twitch in this configuration.")
    news = {row.reference for row in case.ledger.news}
    owed = 0.0
    broken, lines = [], 0
    for seen in case.record:
        if _is_line_to_all(seen, news):
            lines += 1
            owed -= 1
            if owed < 0:
                owed = 0
                broken.append(f"Nobody had asked for “{seen['text'][:80]}”")
        else:
            owed += _reason_to_speak(case, seen)
    return judged("unasked", sentence, broken, f"{lines} lines that are no news and name nobody")


def _is_line_to_all(seen: Json, news: set[str]) -> bool:
    if seen["kind"] != "chat" or not seen["data"].get("bot"):
        return False
    return "@" not in seen["text"] and str(seen["data"].get("message_id", "")) not in news


def _reason_to_speak(case: Case, seen: Json) -> float:
    if seen["kind"] in _CHANGES:
        return _LINES_A_CHANGE
    if seen["kind"] == "slash" or (seen["kind"] == "chat" and typed(seen["text"]).startswith("!")):
        return 1 if typed_claim(seen["text"], case.claim_words) is None else 1 / _CLAIMS_A_LINE
    return 0
