"""A drop that moves: why and instead of when, for everybody's news; and the answer to whoever moves it."""

from __future__ import annotations

from bot.domain.moved import REASONS, MoveReason
from bot.domain.moving import DropMoved, MoveDecision, MoveRefusal, MoveRefused
from bot.domain.time import Micros
from bot.wording.about import About
from bot.wording.catalogue import Wording
from bot.wording.control import choices_text
from bot.wording.text import as_sentence, chat_line, shown
from bot.wording.times import moment_text, other_moment_text, span_text, undo_text

# What was said of the others on stream need not be said here.
_TOLD = frozenset(MoveReason) - {MoveReason.OTHER}


def moved_values(words: Wording, facts: About, now: Micros, *, discord: bool) -> dict[str, str | int]:
    """What the news of a move name: why, and the time that people had been told before."""
    return {
        "because": words.say(f"moved-because-{facts.why}", discord=discord) if facts.why in _TOLD else "",
        "instead": _instead(words, facts.was_opens_at, facts.opens_at, now, discord=discord),
    }


def _instead(words: Wording, was: Micros | None, opens_at: Micros | None, now: Micros, *, discord: bool) -> str:
    if was is None or opens_at is None or was == opens_at:
        return ""
    told = other_moment_text(words, was, opens_at, now, discord=discord)
    return words.say("moved-instead", discord=discord, was=told)


def reason_text(words: Wording, reason: MoveReason) -> str:
    """A reason as a list offers it: its word, and what everybody is told."""
    if reason not in _TOLD:
        return str(reason)
    return f"{reason}: {words.say(f'moved-because-{reason}', discord=True).strip(', ')}"


def move_answer(words: Wording, decision: MoveDecision, now: Micros, *, discord: bool) -> str:
    """What was done, or why not and what to do about it."""
    if isinstance(decision, DropMoved):
        steer = words.say("steer-command", discord=discord)
        text = words.say(
            "move-done",
            discord=discord,
            title=shown(decision.title, discord=discord),
            when=moment_text(words, decision.opens_at, now, discord=discord),
            span=span_text(words, decision.window),
            undo=f"{steer} undo",
            within=undo_text(words),
        )
    else:
        text = as_sentence(_refused(words, decision, discord=discord))
    return text if discord else chat_line(text)


def _refused(words: Wording, refused: MoveRefused, *, discord: bool) -> str:
    steer = words.say("steer-command", discord=discord)
    drop = refused.drop or next(iter(refused.choices), "mug")
    return words.say(
        _refused_key(refused),
        discord=discord,
        title=shown(refused.title, discord=discord),
        choices=choices_text(words, refused.choices),
        reasons=", ".join(REASONS),
        early_span=span_text(words, refused.early_for),
        move=f"{steer} move {drop} 21:00 {REASONS[0]}",
        open=f"{steer} open {drop}",
        extend=f"{steer} extend 5" if discord else f"{steer} +5 {drop}",
    )


def _refused_key(refused: MoveRefused) -> str:
    match refused.because:
        case MoveRefusal.UNKNOWN_DROP if not refused.choices:
            return "move-unknown-drop-none"
        case MoveRefusal.PAST if refused.early_for:
            return "move-past-early"
    return f"move-{refused.because}"
