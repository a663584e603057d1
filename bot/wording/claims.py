"""Answers to claims: to one person on Discord, to several at once in shared lines of Twitch chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.domain.claims import (
    ClaimChecking,
    ClaimDecision,
    ClaimGranted,
    ClaimNeedsName,
    ClaimOpenNow,
    ClaimRefusal,
    ClaimRefused,
    ClaimUngranted,
)
from bot.domain.codes import CodeRefusal
from bot.domain.time import SECOND, Micros
from bot.wording.catalogue import Wording
from bot.wording.codes import bad_code_text
from bot.wording.gates import conditions_of, free_way, people_text, way_text
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, chat_text, packed, shown
from bot.wording.times import moment_text

LINE_CHARACTERS_MAX = 450
_CHOICES_CHARACTERS_MAX = 220
# Twitch swallows a viewer's identical message within 30 s: before then a retry needs another text to type.
_SWALLOWED_WITHIN = 35 * SECOND
_LEAF_CHARACTERS_IN_CHAT = 10
_NO_RECEIPTS: Mapping[int, str] = MappingProxyType({})


def claim_answer(words: Wording, decision: ClaimDecision, now: Micros, *, discord: bool = False) -> str:
    """The answer to one person, without their name."""
    if isinstance(decision, ClaimGranted):
        title = shown(decision.title, discord=discord)
        text = words.say(
            "claim-granted", discord=discord, title=title, number=decision.number, supply=decision.supply
        )
        if discord and decision.leaf:
            text += "\n" + words.say("claim-receipt", discord=True, entry=decision.entry, leaf=decision.leaf)
    else:
        text = as_sentence(_reason(words, decision, now, discord=discord))
    return text if discord else chat_line(text)


def chat_receipt(words: Wording, granted: ClaimGranted) -> str:
    """Which entry of the public ledger a grant is, short enough for chat; "" for one that has no hash."""
    if not granted.leaf:
        return ""
    leaf = granted.leaf[:_LEAF_CHARACTERS_IN_CHAT]
    return words.say("claim-receipt-chat", entry=granted.entry, leaf=leaf)


def winner_lines(
    words: Wording,
    title: str,
    supply: int,
    winners: Sequence[tuple[str, int]],
    receipts: Mapping[int, str] = _NO_RECEIPTS,
) -> list[str]:
    """Everybody who got a unit since the last line, each with the number, in lines of Twitch chat. `receipts` are
    what is said behind a number, if anything is."""
    if len(winners) == 1:
        name, number = winners[0]
        line = words.say("claim-winner", name=chat_name(name), title=chat_text(title), number=number, supply=supply)
        return [chat_line(f"{line} {receipts.get(number, '')}", characters_max=LINE_CHARACTERS_MAX)]
    return _winners_packed(words, "claim-winners", title, supply, winners, receipts)


def told_late_lines(
    words: Wording,
    title: str,
    supply: int,
    winners: Sequence[tuple[str, int]],
    receipts: Mapping[int, str] = _NO_RECEIPTS,
    *,
    discord: bool = False,
) -> list[str]:
    """Winners whose answer was lost in a crash, told at the next start."""
    return _winners_packed(words, "claim-told-late", title, supply, winners, receipts, discord=discord)


def refused_lines(
    words: Wording,
    refused: ClaimUngranted,
    names: Sequence[str],
    now: Micros,
    *,
    named_max: int = 60,
) -> list[str]:
    """People with the same refusal, in lines of Twitch chat: named, or above `named_max` counted in one line that
    gives the reason for all."""
    if not names:
        return []
    reason = _reason(words, refused, now, discord=False)
    if len(names) > named_max:
        crowd = words.say("claim-refused-crowd", count=len(names), reason=reason)
        return [chat_line(crowd, characters_max=LINE_CHARACTERS_MAX)]
    frame = words.say("claim-refused-people", names="\0", reason=reason)
    return packed_in(frame, [f"@{chat_name(name)}" for name in names])


def already_yours_lines(words: Wording, title: str, held: Sequence[tuple[str, Sequence[int]]]) -> list[str]:
    """People who ask for what they have, each with their own numbers, in lines of Twitch chat."""
    frame = words.say("claim-already-yours-people", title=chat_text(title), winners="\0")
    return packed_in(frame, [f"@{chat_name(name)} {numbers_text(words, numbers)}" for name, numbers in held])


def try_again_text(words: Wording, *, discord: bool) -> str:
    return words.say("claim-try-again" if discord else "claim-try-again-chat", discord=discord)


def too_fast_text(words: Wording) -> str:
    return words.say("claim-too-fast", discord=True)


def _winners_packed(
    words: Wording,
    key: str,
    title: str,
    supply: int,
    winners: Sequence[tuple[str, int]],
    receipts: Mapping[int, str],
    *,
    discord: bool = False,
) -> list[str]:
    frame = words.say(key, discord=discord, title=shown(title, discord=discord), winners="\0", supply=supply)
    # On Discord nobody is mentioned, so no @ pretends to.
    named = [(board_text(name) if discord else f"@{chat_name(name)}", number) for name, number in winners]
    return packed_in(frame, [f"{name} #{number} {receipts.get(number, '')}".rstrip() for name, number in named])


def packed_in(frame: str, items: Sequence[str]) -> list[str]:
    """A sentence with the items where it has a NUL, in as many lines of Twitch chat as they need."""
    head, place, tail = frame.partition("\0")
    if not place:
        # The channel's own sentence names nobody: it is said once for all.
        return [chat_line(frame, characters_max=LINE_CHARACTERS_MAX)]
    lines = packed(head, items, tail, characters_max=LINE_CHARACTERS_MAX)
    return [chat_line(line, characters_max=LINE_CHARACTERS_MAX) for line in lines]


def _reason(
    words: Wording,
    refused: ClaimUngranted,
    now: Micros,
    *,
    discord: bool,
) -> str:
    if isinstance(refused, ClaimOpenNow):
        return _open_now(words, refused, now, discord=discord)
    if isinstance(refused, ClaimChecking):
        key = "claim-checking-board" if discord else "claim-checking"
        return words.say(key, discord=discord, title=shown(refused.title, discord=discord))
    if isinstance(refused, ClaimNeedsName):
        choices = [
            words.say("claim-needs-name-choice", discord=discord, drop=key, title=shown(title, discord=discord))
            for key, title in zip(refused.drops, refused.titles, strict=True)
        ]
        # What does not fit is on the board; the line keeps room for the names of those who asked.
        fitting = packed("", choices, "", characters_max=_CHOICES_CHARACTERS_MAX, between=words.say("list-or"))
        return words.say("claim-needs-name", discord=discord, choices=fitting[0] if fitting else "")
    title = shown(refused.title, discord=discord)
    when = "" if refused.retry_at is None else moment_text(words, refused.retry_at, now, discord=discord)
    values: dict[str, str | int] = {"title": title, "drop": refused.drop, "when": when}
    match refused.because:
        case ClaimRefusal.NOTHING_ON:
            key = "claim-nothing-on"
        case ClaimRefusal.UNKNOWN_DROP if discord and refused.asked_for.strip():
            key = "claim-unknown-drop-asked"
            values["asked"] = shown(refused.asked_for, discord=True)
        case ClaimRefusal.UNKNOWN_DROP:
            # In chat a stranger's text is never repeated: the bot would lend it its voice.
            key = "claim-unknown-drop"
        case ClaimRefusal.BAD_CODE:
            return bad_code_text(words, refused.code_because or CodeRefusal.UNKNOWN, when, discord=discord)
        case ClaimRefusal.CANCELLED:
            key = "claim-cancelled"
        case ClaimRefusal.ALREADY_YOURS:
            several = len(refused.numbers) > 1
            key = "claim-already-yours-all" if several else "claim-already-yours"
            values["numbers"] = numbers_text(words, refused.numbers)
        case ClaimRefusal.FROZEN:
            key = "claim-frozen"
        case ClaimRefusal.NOT_OPEN_YET if refused.retry_at is not None and refused.early_from is not None:
            key = "claim-not-open-yet-early"
            values["begins"] = moment_text(words, refused.early_from, now, discord=discord)
        case ClaimRefusal.NOT_OPEN_YET if refused.retry_at is not None:
            key = "claim-not-open-yet"
        case ClaimRefusal.NOT_OPEN_YET:
            key = "claim-not-open-on-cue" if refused.on_cue else "claim-not-open-waits"
        case ClaimRefusal.SOLD_OUT:
            key = "claim-sold-out"
        case ClaimRefusal.CLOSED:
            key = "claim-closed"
        case ClaimRefusal.PAUSED:
            key = "claim-paused-open-end" if refused.retry_at is None else "claim-paused"
        case ClaimRefusal.EARLY_GONE:
            key = "claim-early-gone"
        case ClaimRefusal.NOT_ENTITLED:
            key, values["way"] = _way_in(words, refused, discord=discord)
    return words.say(key, discord=discord, **values, **_retries(words, refused, now, discord=discord))


def _open_now(words: Wording, opened: ClaimOpenNow, now: Micros, *, discord: bool) -> str:
    title = shown(opened.title, discord=discord)
    if opened.public_at is None:
        return words.say("claim-open-now", discord=discord, title=title, drop=opened.drop)
    return words.say(
        "claim-open-now-early",
        discord=discord,
        title=title,
        drop=opened.drop,
        people=people_text(words, opened.early, discord=discord),
        when=moment_text(words, opened.public_at, now, discord=discord),
    )


def _way_in(words: Wording, refused: ClaimRefused, *, discord: bool) -> tuple[str, str]:
    """The sentence for whom the early window does not let in, and the way in that it names. All can read chat:
    there it is only ever one that costs nothing, and so nobody learns who has not paid for what."""
    if discord and refused.elsewhere == "twitch":
        return "claim-not-entitled-link", ""
    way = conditions_of(refused.way_in) if discord else free_way(refused.way_in)
    if not way:
        return "claim-not-entitled", ""
    return f"claim-not-entitled-{'way' if discord else 'free'}", way_text(words, way, discord=discord)


def _retries(words: Wording, refused: ClaimRefused, now: Micros, *, discord: bool) -> dict[str, str]:
    if discord:
        retry, when_said = "claim-retry-board", "claim-retry-board-when-said"
    else:
        # The earliest instant at which the person may try again, which is at once where a way in is open to all.
        instants = [at for at in (refused.early_from, refused.retry_at) if at is not None]
        soon = bool(instants) and (min(instants) - now < _SWALLOWED_WITHIN or bool(free_way(refused.way_in)))
        retry, when_said = "claim-retry-soon" if soon else "claim-retry", "claim-retry-when-said"
    return {
        "retry": words.say(retry, discord=discord, drop=refused.drop),
        "retry_when_said": words.say(when_said, discord=discord, drop=refused.drop),
    }


def numbers_text(words: Wording, numbers: Sequence[int]) -> str:
    """ "#3, #5 and 4 more": a person's numbers, shortened."""
    listed = ", ".join(f"#{number}" for number in numbers[:10])
    rest = len(numbers) - 10
    return f"{listed} {words.say('list-more', count=rest)}" if rest > 0 else listed
