"""News of a poll: a line for Twitch chat, cards for Discord, and the card to vote with as the count goes up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.announcing import NewsKind
from bot.domain.ballots import Method
from bot.domain.polls import PassRole
from bot.domain.tally import Result
from bot.domain.time import Micros
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.checkpoints import note_blocks
from bot.wording.gates import people_text
from bot.wording.native_polls import card_with_native, native_card, native_line, native_rules, with_native
from bot.wording.poll_about import PollAbout, numbered_text, poll_about_of, question_text
from bot.wording.poll_buttons import pass_buttons, poll_buttons
from bot.wording.poll_results import (
    amounts_of,
    bars_text,
    counts_line,
    outcome_text,
    people_line,
    rounds_blocks,
)
from bot.wording.poll_steering import confirm_poll_card, mistakes_text, recounted_text, steered_text
from bot.wording.text import CHAT_CHARACTERS_MAX, as_sentence, chat_line
from bot.wording.times import moment_text, stamp, timer_text

__all__ = [
    "confirm_poll_card",
    "live_poll_card",
    "mistakes_text",
    "poll_card",
    "poll_line",
    "recounted_text",
    "steered_text",
]

POLL_NEWS = frozenset(
    {
        NewsKind.POLL_OPENED,
        NewsKind.POLL_ENDING,
        NewsKind.POLL_PAUSED,
        NewsKind.POLL_RESUMING,
        NewsKind.POLL_RESUMED,
        NewsKind.POLL_WENT_ON,
        NewsKind.POLL_EXTENDED,
        NewsKind.POLL_CLOSED,
        NewsKind.POLL_CANCELLED,
        NewsKind.POLL_NATIVE,
    }
)
_LINE_CHARACTERS_MAX = 450
_DRAW_CHARACTERS = 16
# A question in another direction has one of these behind it.
_MARKS_OF_DIRECTION = "\u200e\u200f"
_ENDS_OF_QUESTIONS = ("?", "!", ".", ":", "…", "？", "！", "。", "：", "؟")


def poll_line(words: Wording, kind: NewsKind, about: Mapping[str, object], now: Micros) -> str:
    """One line of at most 450 characters; 500 where the longest poll there can be is put. Raises ValueError for
    news that are not of a poll."""
    facts = poll_about_of(about)
    if kind is NewsKind.POLL_NATIVE:
        return native_line(words, about)
    if kind is NewsKind.POLL_CLOSED:
        return with_native(words, _closed_line(words, facts), about)
    line = words.say(f"news-{_variant(kind, facts)}", discord=False, **_chat_values(words, facts, now))
    rules = [*_rules(words, facts, discord=False), *native_rules(words, about, discord=False)]
    for extra in rules if kind is NewsKind.POLL_OPENED else []:
        # The options are what people need to see, before any rule.
        line = f"{line} {extra}" if len(line) + 1 + len(extra) <= _LINE_CHARACTERS_MAX else line
    return chat_line(line, characters_max=CHAT_CHARACTERS_MAX)


def polls_on_line(words: Wording, polls: Sequence[Mapping[str, object]], now: Micros) -> str:
    """What is on, for whoever asks in chat; `polls` are the snapshots of those that are open."""
    if len(polls) != 1:
        text = words.say("vote-which-poll" if polls else "poll-nothing-on")
        return chat_line(as_sentence(text), characters_max=_LINE_CHARACTERS_MAX)
    (about,) = polls
    facts = poll_about_of(about)
    values = _chat_values(words, facts, now)
    if facts.paused:
        kind = NewsKind.POLL_PAUSED if facts.resume_at is None else NewsKind.POLL_RESUMING
        return chat_line(words.say(f"news-{kind}", discord=False, **values), characters_max=CHAT_CHARACTERS_MAX)
    return chat_line(words.say("poll-on", discord=False, **values), characters_max=CHAT_CHARACTERS_MAX)


def poll_gap_line(words: Wording, question: str, *, again: bool = False) -> str:
    """After a time without ears: who has voted then may do so again. `again` says the same in other words, since
    Twitch swallows a line that it has just heard."""
    text = words.say("poll-gap-again" if again else "poll-gap", question=question_text(question, discord=False))
    return chat_line(text, characters_max=_LINE_CHARACTERS_MAX)


def pass_vote_card(words: Wording, about: Mapping[str, object]) -> Card:
    """The question to whoever wants to spend a pass, before it is spent: which option on?"""
    facts = poll_about_of(about)
    text = words.say("card-poll-pass", discord=True)
    return Card(question_text(facts.question, discord=True), text, buttons=pass_buttons(facts))


def poll_card(words: Wording, kind: NewsKind, about: Mapping[str, object], now: Micros) -> Card:
    """The card with which Discord hears the news; `live_poll_card` follows the opening's from then on. Raises
    ValueError for news that are not of a poll."""
    facts = poll_about_of(about)
    match kind:
        case NewsKind.POLL_OPENED:
            return replace(live_poll_card(words, about, None, now), blocks=note_blocks(words, about))
        case NewsKind.POLL_CLOSED if facts.result is not None:
            closed = _closed_card(words, facts, facts.result, note_blocks(words, about))
            return card_with_native(words, closed, about)
        case NewsKind.POLL_NATIVE:
            return native_card(words, about)
    text = words.say(f"card-{_variant(kind, facts)}", discord=True, **_card_values(words, facts))
    return Card(question_text(facts.question, discord=True), text)


def live_poll_card(
    words: Wording, about: Mapping[str, object], counts: Sequence[tuple[str, int]] | None, now: Micros
) -> Card:
    """The card to vote with as it stands now. `counts` has every option of the poll in its order with what it has
    got, None where that is not known; of a hidden poll nothing is shown before its end."""
    facts = poll_about_of(about)
    title = question_text(facts.question, discord=True)
    if facts.result is not None:
        closed = Card(title, "\n\n".join(_account(words, facts, facts.result)))
        return card_with_native(words, closed, about)
    values = _card_values(words, facts)
    if not facts.open:
        return Card(title, words.say(f"card-{_variant(NewsKind.POLL_CANCELLED, facts)}", discord=True, **values))
    amounts = None if facts.hidden or counts is None else [amount for _, amount in counts]
    parts = [
        words.say(_live_key(facts), discord=True, **values),
        bars_text(facts.options, amounts),
        _so_far(words, facts, amounts is not None),
        " ".join([*_rules(words, facts, discord=True), *native_rules(words, about, discord=True)]),
    ]
    ties = words.say("card-poll-ties", discord=True, draw=facts.ties[:_DRAW_CHARACTERS])
    return Card(title, "\n\n".join(filter(None, parts)), buttons=poll_buttons(words, facts), footer=ties)


def _closed_line(words: Wording, facts: PollAbout) -> str:
    result = facts.result
    if result is None:
        raise ValueError(f"the poll {facts.poll} is closed without a result")
    values: dict[str, str | int] = {
        "poll": words.say(f"poll-kind-{facts.kind}"),
        "asked": _asked(question_text(facts.question, discord=False)),
    }
    outcome = outcome_text(words, facts, result, discord=False)
    key = f"news-poll-closed{_how_closed(facts)}"
    if not result.people:
        return chat_line(
            words.say(key, discord=False, result=outcome, **values), characters_max=_LINE_CHARACTERS_MAX
        )
    people = people_line(words, result, discord=False)

    def said(counts: str) -> str:
        whole = words.say("poll-result", outcome=outcome, counts=counts, people=people)
        return words.say(key, discord=False, result=whole, **values)

    counts = counts_line(words, facts, result, characters_max=_LINE_CHARACTERS_MAX - len(said("")))
    return chat_line(said(counts), characters_max=_LINE_CHARACTERS_MAX)


def _closed_card(words: Wording, facts: PollAbout, result: Result, note: tuple[tuple[str, str], ...]) -> Card:
    """The public account: who won and why, every count, the table of a run-off, and what ties were drawn with."""
    draw, seed = facts.ties[:_DRAW_CHARACTERS], facts.seed[:_DRAW_CHARACTERS]
    check = [
        words.say("card-poll-draw", discord=True, draw=draw, seed=seed) if seed else "",
        words.say("card-poll-recount", discord=True, poll=facts.poll),
        words.say("card-poll-entry", discord=True, entry=facts.entry) if facts.entry else "",
    ]
    name = words.say("card-poll-check", discord=True)
    return Card(
        words.say("card-poll-closed-title", discord=True, question=question_text(facts.question, discord=True)),
        "\n\n".join(_account(words, facts, result)),
        blocks=(*rounds_blocks(words, facts, result), (name, "\n".join(filter(None, check))), *note),
    )


def _account(words: Wording, facts: PollAbout, result: Result) -> list[str]:
    """The paragraphs of a result: how it came out, every count as a bar, how many that were."""
    outcome = outcome_text(words, facts, result, discord=True)
    if how := _how_closed(facts):
        outcome += " " + words.say(f"card-poll-closed{how}", discord=True)
    if not result.people:
        return [outcome]
    bars = bars_text(facts.options, amounts_of(result.counts))
    people = words.say("card-poll-people", discord=True, people=people_line(words, result, discord=True))
    if result.method in (Method.RANKED, Method.SCORE):
        people += " " + words.say(f"card-poll-bars-{result.method}", discord=True)
    if result.quorum:
        people += " " + words.say("card-poll-quorum", discord=True, quorum=result.quorum)
    return [outcome, bars, people]


def _so_far(words: Wording, facts: PollAbout, counted: bool) -> str:
    """How many have voted, and what the bars show where that is not how many chose something."""
    how_many = {0: "none", 1: "one"}.get(facts.people, "so-far")
    said = [words.say(f"card-poll-people-{how_many}", discord=True, people=facts.people)]
    if counted and facts.method in (Method.RANKED, Method.SCORE):
        said.append(words.say(f"card-poll-bars-{facts.method}", discord=True))
    return " ".join(said)


def _rules(words: Wording, facts: PollAbout, *, discord: bool) -> list[str]:
    """What is not as usual: who may vote, what a pass is good for, a hidden count, a quorum."""
    rules: list[str] = []
    place = "-board" if discord else ""
    if facts.electorate:
        key = f"poll-who-pass{place}" if facts.pass_role is PassRole.ENTRY else "poll-who"
        rules.append(words.say(key, discord=discord, people=people_text(words, facts.electorate, discord=discord)))
    if facts.pass_role is PassRole.WEIGHT:
        rules.append(words.say(f"poll-pass-weight{place}", discord=discord, weight=facts.pass_weight))
    if facts.hidden:
        rules.append(words.say("poll-hidden", discord=discord))
    if facts.quorum:
        rules.append(words.say("poll-quorum", discord=discord, quorum=facts.quorum))
    return rules


def _variant(kind: NewsKind, facts: PollAbout) -> str:
    if kind not in POLL_NEWS:
        raise ValueError(f"{kind} are no news of a poll")
    passes = kind is NewsKind.POLL_CANCELLED and facts.takes_passes
    return f"{kind}-passes" if passes else str(kind)


def _how_closed(facts: PollAbout) -> str:
    """What a close has to say for itself; a moderator's, and one on time, nothing."""
    if facts.closed_why == "stream":
        return "-stream"
    return "-late" if facts.late else ""


def _live_key(facts: PollAbout) -> str:
    if facts.paused:
        return "card-poll-paused" if facts.resume_at is None else "card-poll-resuming"
    return f"card-poll-open-{facts.method}"


def _asked(question: str) -> str:
    """The question where its options follow at once."""
    ended = question.rstrip(_MARKS_OF_DIRECTION).endswith(_ENDS_OF_QUESTIONS)
    return question if ended else f"{question}:"


def _chat_values(words: Wording, facts: PollAbout, now: Micros) -> dict[str, str | int]:
    question = question_text(facts.question, discord=False)
    typed = "-typed" if facts.method is Method.PLURALITY and not words.bare_votes else ""
    return {
        "poll": words.say(f"poll-kind-{facts.kind}"),
        "question": question,
        "asked": _asked(question),
        "options": numbered_text(facts.options),
        "how": words.say(f"poll-how-{facts.method}{typed}"),
        "span": timer_text(words, facts.closes_at - now),
        "pause": "" if facts.resume_at is None else timer_text(words, facts.resume_at - now),
        "added": timer_text(words, facts.added),
        "when": moment_text(words, facts.closes_at, now, discord=False),
    }


def _card_values(words: Wording, facts: PollAbout) -> dict[str, str | int]:
    return {
        "poll": words.say(f"poll-kind-{facts.kind}", discord=True),
        "when": stamp(facts.closes_at),
        "resumes": "" if facts.resume_at is None else stamp(facts.resume_at),
        "added": timer_text(words, facts.added),
    }
