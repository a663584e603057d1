"""The bot as a guest in the streamer's chat: it speaks when something happened or somebody asked."""

from __future__ import annotations

import re
from collections import defaultdict, deque

from bot.rehearsal.claims import typed_claim
from bot.rehearsal.evidence import Case, Told, Who
from bot.rehearsal.hearing import typed
from bot.rehearsal.moments import SECOND
from bot.rehearsal.promises import Promise, judged, unchecked
from bot.rehearsal.votes import is_refused_vote
from bot.stage.record import SeenLine

# A line that names nobody may answer a crowd at once; for so many claims there may be one.
_CLAIMS_A_LINE = 20
# What happens to the platform or the bot may be told, and the telling may have to be repeated once.
_LINES_A_CHANGE = 2
_CHANGES = ("fault", "live", "offline")
# Answers wait a moment for company: a trickle of lines to one person each is fine, more than one a second is not.
_ALONE_MIN = 6


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


def _is_line_to_all(seen: SeenLine, news: set[str]) -> bool:
    if seen["kind"] != "chat" or not seen["data"].get("bot"):
        return False
    return "@" not in seen["text"] and str(seen["data"].get("message_id", "")) not in news


def _reason_to_speak(case: Case, seen: SeenLine) -> float:
    if seen["kind"] in _CHANGES:
        return _LINES_A_CHANGE
    if seen["kind"] == "slash" or (seen["kind"] == "chat" and typed(seen["text"]).startswith("!")):
        return 1 if typed_claim(seen["text"], case.claim_words) is None else 1 / _CLAIMS_A_LINE
    if seen["kind"] == "chat" and is_refused_vote(case, seen):
        return 1 / _CLAIMS_A_LINE
    return 0


def shared(case: Case) -> Promise:
    """Lines to one person each that differ in nothing but the name and numbers, counted within every gap.

    A line that brings a number is news of its own, and a name that chat would not take in company is said alone."""
    allowed = max(_ALONE_MIN, case.answer_gap // SECOND)
    sentence = "Equal answers in chat share a line: a crowd that asks the same is not answered one by one."
    if not case.twitch:
        return unchecked("shared", sentence, "There is no Twitch in this configuration.")
    alone: defaultdict[str, deque[int]] = defaultdict(deque)
    most, broken = 0, []
    for told in _to_one_person(case):
        wording = _wording(told.text)
        lines = alone[wording]
        lines.append(told.at)
        while lines[0] <= told.at - case.answer_gap:
            lines.popleft()
        most = max(most, len(lines))
        if len(lines) > allowed:
            seconds = (told.at - lines[0]) / SECOND
            said = f"{len(lines)} lines in {seconds:.1f} s said the same to one person each"
            broken.append(f"{said}: “{told.text[:60]}”")
            lines.clear()  # one flood is told once, not with each of its lines
    return judged("shared", sentence, broken, f"at most {most} such lines within {case.answer_gap // SECOND} s")


def _to_one_person(case: Case) -> list[Told]:
    """What was said in chat to one person alone and brought them no number."""
    lines: defaultdict[int, list[Told]] = defaultdict(list)
    for told in case.told:
        if told.who[0] == "twitch":
            lines[told.line].append(told)
    heard: set[tuple[Who, str, int]] = set()
    alone = _refused_in_company(case)
    found = []
    for group in lines.values():
        brought = {(told.who, told.drop, number) for told in group for number in told.numbers}
        people = {told.who for told in group}
        if len(people) == 1 and brought <= heard and not people & alone and not _after_errors(case, group[0]):
            found.append(group[0])
        heard |= brought
    return found


def _refused_in_company(case: Case) -> set[Who]:
    """Whoever was named in a line of several that Twitch did not take."""
    bots = {seen["author"] for seen in case.bot_lines()}
    return {
        told.who
        for seen in case.record
        if seen["platform"] == "twitch" and seen["kind"] == "refused" and seen["author"] in bots
        for told in case.told_in_chat(seen)
    }


def _after_errors(case: Case, told: Told) -> bool:
    """Whether Twitch had just refused lines of several without the record saying whose they were."""
    errors = (trouble for trouble in case.struck if trouble.name == "twitch-errors")
    return any(trouble.begins_at <= told.at <= trouble.ends_at + case.answer_gap for trouble in errors)


def _wording(text: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"@\S+", "@", text))
