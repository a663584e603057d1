"""Answers to moderators who steer a drop."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.control import (
    EXTEND_MINUTES_MAX,
    DropSteered,
    SteerDecision,
    SteerNeedsYes,
    SteerRefusal,
    SteerRefused,
    Verb,
)
from bot.domain.time import Micros
from bot.wording.buttons import yes_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.claims import numbers_text
from bot.wording.gates import people_text
from bot.wording.text import as_sentence, chat_line, chat_name, chat_text, shown
from bot.wording.times import moment_text, undo_text

_CHOICES_MAX = 10


def steer_answer(words: Wording, decision: SteerDecision, now: Micros, *, discord: bool) -> str:
    """What was done, or why not and what to do about it."""
    match decision:
        case DropSteered():
            text = _done(words, decision, now, discord=discord)
        case SteerNeedsYes():
            key = "steer-needs-yes-board" if discord else "steer-needs-yes"
            text = words.say(
                f"{key}-owned" if decision.units_out else key,
                discord=discord,
                title=shown(decision.title, discord=discord),
                out=decision.units_out,
            )
        case SteerRefused():
            text = as_sentence(_refused(words, decision, discord=discord))
    return text if discord else chat_line(text)


def chat_answer(words: Wording, decision: SteerDecision, now: Micros) -> str:
    """The answer in Twitch chat; empty where the line that tells everybody about the deed says it already."""
    heard_by_all = isinstance(decision, DropSteered) and (
        decision.verb in (Verb.OPEN, Verb.CLOSE, Verb.PAUSE, Verb.RESUME, Verb.EXTEND)
        or (decision.verb is Verb.UNDO and not decision.undone.endswith("unit.voided"))
    )
    return "" if heard_by_all else steer_answer(words, decision, now, discord=False)


def incomplete_gift_text(words: Wording, drop: str, *, receiver_known: bool) -> str:
    """What a gift typed in chat lacks: who gets it, or else the reason; with an example to type."""
    key = "steer-give-why" if receiver_known else "steer-give-whom"
    # Without a receiver nobody can tell the words of the drop's name from those of the reason.
    example = _give_example(words.say("steer-command"), chat_text(drop) if receiver_known and drop else "")
    return chat_line(as_sentence(words.say(key, give=example)))


def confirm_card(words: Wording, needs: SteerNeedsYes, now: Micros) -> Card:
    """The question before what cannot be taken back, with its button."""
    text = steer_answer(words, needs, now, discord=True)
    return Card("", text, buttons=(yes_button(words),))


def nothing_waits_text(words: Wording) -> str:
    return words.say("steer-nothing-waits", discord=True)


def try_again_text(words: Wording, *, discord: bool) -> str:
    return words.say("steer-try-again", discord=discord)


def _done(words: Wording, done: DropSteered, now: Micros, *, discord: bool) -> str:
    steer = words.say("steer-command", discord=discord)
    at = done.closes_at if done.public_at is None else done.public_at
    when = "" if at is None else moment_text(words, at, now, discord=discord)
    receiver = shown(done.receiver, discord=True) if discord else f"@{chat_name(done.receiver)}"
    return words.say(
        f"steer-{_done_key(done)}",
        discord=discord,
        title=shown(done.title, discord=discord),
        when=when,
        left=done.units_left,
        people=people_text(words, done.early, discord=discord) if done.early else "",
        number=done.number,
        supply=done.supply,
        receiver=receiver,
        minutes=done.minutes,
        undo=f"{steer} undo",
        within=undo_text(words),
        resume=f"{steer} resume {done.drop}",
    )


def _done_key(done: DropSteered) -> str:
    match done.verb:
        case Verb.OPEN:
            return "opened-early" if done.early else "opened"
        case Verb.CLOSE:
            return "closed"
        case Verb.PAUSE:
            return "paused"
        case Verb.RESUME:
            return "resumed"
        case Verb.EXTEND:
            return "extended"
        case Verb.CANCEL:
            return "cancelled"
        case Verb.GIVE:
            return "given"
        case Verb.UNDO:
            # "drop.opened>drop.returned": the deed that was taken back and the fact that did it.
            return f"undone-{done.undone.rpartition('.')[2]}"


def _give_example(steer: str, drop: str) -> str:
    return f"{steer} give {drop or 'mug'} @viewer why"


def _refused(words: Wording, refused: SteerRefused, *, discord: bool) -> str:
    steer = words.say("steer-command", discord=discord)
    return words.say(
        _refused_key(refused, discord=discord),
        discord=discord,
        title=shown(refused.title, discord=discord),
        drop=refused.drop,
        verb=f"{steer} {'+5' if refused.verb is Verb.EXTEND and not discord else refused.verb}",
        choices=choices_text(words, refused.choices),
        numbers=numbers_text(words, refused.numbers),
        limit=EXTEND_MINUTES_MAX,
        within=undo_text(words),
        extend=f"{steer} extend 5" if discord else f"{steer} +5 {refused.drop}".rstrip(),
        give=_give_example(steer, refused.drop),
    )


def _refused_key(refused: SteerRefused, *, discord: bool) -> str:
    match refused.because:
        case SteerRefusal.UNKNOWN_DROP if not refused.choices:
            return "steer-unknown-drop-none"
        case SteerRefusal.RECEIVER_UNKNOWN if discord:
            return "steer-receiver-unknown-board"
        case SteerRefusal.NOTHING_FITS:
            match refused.verb:
                case Verb.OPEN:
                    return "steer-nothing-fits-open"
                case Verb.RESUME:
                    return "steer-nothing-fits-paused"
                case Verb.CANCEL:
                    return "steer-nothing-fits-cancel"
                case Verb.GIVE:
                    return "steer-nothing-fits-give"
            return "steer-nothing-fits-running"
    return f"steer-{refused.because}"


def choices_text(words: Wording, choices: Sequence[str]) -> str:
    """Names to choose from, and how many more there are where they are many."""
    listed = ", ".join(choices[:_CHOICES_MAX])
    rest = len(choices) - _CHOICES_MAX
    return f"{listed} {words.say('list-more', count=rest)}" if rest > 0 else listed
