"""Answers to moderators who put a poll or steer one, and what is wrong with a poll that cannot be put."""

from __future__ import annotations

from bot.domain.poll_control import (
    ADDED_MAX,
    OpenDecision,
    PollNeedsYes,
    PollRefusal,
    PollRefused,
    PollSteered,
    PollVerb,
    SteerPollDecision,
)
from bot.domain.poll_words import (
    ALL_CHARACTERS_MAX,
    DURATION_MAX,
    DURATION_MIN,
    OPTION_CHARACTERS_MAX,
    OPTIONS_MAX,
    OPTIONS_MIN,
    QUESTION_CHARACTERS_MAX,
    PollFault,
    PollMistake,
    PollMistakes,
)
from bot.domain.recounting import RecountDecision
from bot.domain.time import SECOND, Micros
from bot.wording.buttons import yes_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.control import choices_text
from bot.wording.poll_about import question_text
from bot.wording.text import as_sentence, board_text, chat_line, chat_text, packed
from bot.wording.times import moment_text, timer_text

_LINE_CHARACTERS_MAX = 450
_MISTAKES_MAX = 12
# Enough of a text to find it again in what was typed.
_BEGINNING_CHARACTERS_MAX = 24


def steered_text(words: Wording, decision: OpenDecision | SteerPollDecision, now: Micros, *, discord: bool) -> str:
    """What was done, or why not and what to do about it. In Twitch chat "" where the line that tells everybody
    about the deed says it already."""
    match decision:
        case PollSteered():
            return _done(words, decision, now) if discord else ""
        case PollNeedsYes():
            key = "poll-needs-yes-board" if discord else "poll-needs-yes"
            question = question_text(decision.question, discord=discord)
            text = words.say(key, discord=discord, question=question, people=decision.people)
        case PollRefused():
            text = as_sentence(_refused(words, decision, discord=discord))
    return text if discord else chat_line(text, characters_max=_LINE_CHARACTERS_MAX)


def confirm_poll_card(words: Wording, needs: PollNeedsYes, now: Micros) -> Card:
    """The question before what cannot be taken back, with its button."""
    return Card("", steered_text(words, needs, now, discord=True), buttons=(yes_button(words),))


def recounted_text(words: Wording, decision: RecountDecision, now: Micros, *, discord: bool) -> str:
    """What counting a poll again has come to, or why it was not counted."""
    if isinstance(decision, PollRefused):
        return steered_text(words, decision, now, discord=discord)
    key = "poll-recount-agrees" if decision.agrees else "poll-recount-differs"
    text = words.say(key, discord=discord, question=question_text(decision.question, discord=discord))
    return text if discord else chat_line(text, characters_max=_LINE_CHARACTERS_MAX)


def mistakes_text(words: Wording, mistakes: PollMistakes, *, discord: bool) -> str:
    """Everything that keeps a poll from being put, each with its cure: a list on Discord, and in chat as many as
    one line holds."""
    told = [_mistake(words, mistake, discord=discord) for mistake in mistakes.mistakes]
    if discord:
        listed = "\n".join(f"- {each}" for each in told[:_MISTAKES_MAX])
        return words.say("poll-mistakes-board", discord=True, mistakes=listed)
    frame = len(words.say("poll-mistakes", mistakes=""))
    more = len(words.say("poll-mistakes-more", count=len(told)))
    fitting = packed("", told, "", characters_max=_LINE_CHARACTERS_MAX - frame - more - 1, between=" ")[0]
    shown = next(n for n in range(1, len(told) + 1) if " ".join(told[:n]) == fitting)
    if shown < len(told):
        fitting += " " + words.say("poll-mistakes-more", count=len(told) - shown)
    return chat_line(words.say("poll-mistakes", mistakes=fitting), characters_max=_LINE_CHARACTERS_MAX)


def _done(words: Wording, done: PollSteered, now: Micros) -> str:
    return words.say(
        f"poll-done-{done.verb}",
        discord=True,
        question=question_text(done.poll.plan.question, discord=True),
        poll=done.poll.key,
        when=moment_text(words, done.closes_at, now, discord=True),
        added=timer_text(words, done.added),
    )


def _refused(words: Wording, refused: PollRefused, *, discord: bool) -> str:
    typed = "+60" if refused.verb is PollVerb.EXTEND and not discord else str(refused.verb)
    return words.say(
        _refused_key(refused, discord=discord),
        discord=discord,
        question=question_text(refused.question, discord=discord) if refused.question else "",
        verb=typed,
        choices=choices_text(words, refused.choices),
        longest=timer_text(words, ADDED_MAX),
    )


def _refused_key(refused: PollRefused, *, discord: bool) -> str:
    match refused.because:
        case PollRefusal.NOTHING_ON if refused.verb is PollVerb.RECOUNT:
            return "poll-nothing-closed"
        case PollRefusal.UNKNOWN_POLL if refused.verb is PollVerb.RECOUNT:
            return "poll-unknown-closed"
        case PollRefusal.UNKNOWN_POLL if not refused.choices:
            return "poll-unknown-poll-none"
        case PollRefusal.BAD_TIME if discord:
            return "poll-bad-time-board"
    return f"poll-{refused.because}"


def _mistake(words: Wording, mistake: PollMistake, *, discord: bool) -> str:
    return words.say(
        _mistake_key(mistake, discord=discord),
        discord=discord,
        option=mistake.option,
        other=mistake.other,
        text=_beginning(mistake.text, discord=discord) if mistake.text else "",
        why=words.say(f"poll-unfit-{mistake.why}", discord=discord) if mistake.why else "",
        least=OPTIONS_MIN,
        most=OPTIONS_MAX,
        question_limit=QUESTION_CHARACTERS_MAX,
        option_limit=OPTION_CHARACTERS_MAX,
        all_limit=ALL_CHARACTERS_MAX,
        shortest=words.say("time-seconds", count=DURATION_MIN // SECOND),
        longest=timer_text(words, DURATION_MAX),
    )


def _mistake_key(mistake: PollMistake, *, discord: bool) -> str:
    match mistake.fault:
        case PollFault.QUESTION_MISSING if discord:
            return "poll-question-missing-board"
        case PollFault.TOO_FEW_OPTIONS if mistake.other == 0:
            return "poll-no-options"
    return f"poll-{mistake.fault}"


def _beginning(text: str, *, discord: bool) -> str:
    shown = (board_text if discord else chat_text)(text, characters_max=_BEGINNING_CHARACTERS_MAX)
    return f"{shown}…" if len(text) > _BEGINNING_CHARACTERS_MAX else shown
