"""Answers to votes: privately on Discord what was counted, in Twitch chat only why something was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.ballots import SCORE_MAX, Ballot, BallotFault, Method
from bot.domain.entitlements import Cost
from bot.domain.gates import Condition
from bot.domain.passes import PassRefusal
from bot.domain.text import label
from bot.domain.time import Micros
from bot.domain.vote_words import VoteMistake
from bot.domain.vote_words import vote_text as typed_ballot
from bot.domain.voting import VoteAccepted, VoteChecking, VoteDecision, VoteRefusal, VoteRefused
from bot.wording.catalogue import Wording
from bot.wording.claims import packed_in
from bot.wording.gates import conditions_of, free_way, way_text
from bot.wording.poll_about import option_text, question_text
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, packed
from bot.wording.times import moment_text, stamp

LINE_CHARACTERS_MAX = 450
_MESSAGE_CHARACTERS_MAX = 1_800
# What a modal's label and a select's hint can bear.
_PROMPT_CHARACTERS_MAX = 45
_VOTES_SHOWN = 3


class Voted(NamedTuple):
    """A ballot of somebody's that counts in a poll which is on."""

    question: str
    options: tuple[str, ...]
    ballot: Ballot


def vote_text(
    words: Wording, decision: VoteDecision, now: Micros, *, discord: bool, options: Sequence[str] = ()
) -> str:
    """The answer to one person, without their name; "" in Twitch chat for a vote that counts or is looked into.
    `options` are the poll's, as far as they are at hand: else they are named by their numbers."""
    match decision:
        case VoteAccepted():
            return _accepted(words, decision, options) if discord else ""
        case VoteChecking():
            question = question_text(decision.question, discord=True)
            return words.say("vote-checking", discord=True, question=question) if discord else ""
        case VoteRefused():
            text = as_sentence(_refused(words, decision, now, discord=discord, options=options))
    return text if discord else chat_line(text, characters_max=LINE_CHARACTERS_MAX)


def vote_refused_lines(
    words: Wording,
    refused: VoteRefused,
    names: Sequence[str],
    now: Micros,
    *,
    options: Sequence[str] = (),
    named_max: int = 60,
) -> list[str]:
    """People with the same refusal, in lines of Twitch chat: named, or above `named_max` counted in one line.

    Where it says whom a poll is for, the name of somebody who is not let in would tell what they have not paid for:
    then nobody is named."""
    if not names:
        return []
    reason = _refused(words, refused, now, discord=False, options=options)
    if _may_tell_of_money(refused):
        return [chat_line(words.say("vote-refused-some", reason=reason), characters_max=LINE_CHARACTERS_MAX)]
    if len(names) > named_max:
        crowd = words.say("vote-refused-crowd", count=len(names), reason=reason)
        return [chat_line(crowd, characters_max=LINE_CHARACTERS_MAX)]
    return packed_in(
        words.say("vote-refused-people", names="\0", reason=reason), [f"@{chat_name(n)}" for n in names]
    )


def my_votes_text(words: Wording, voted: Sequence[Voted], *, discord: bool) -> str:
    """The votes that somebody has in what is on, "" for none. All can read chat: there it tells that they have
    voted, and never what."""
    if not voted:
        return ""
    key = "my-vote" if discord else "my-vote-chat"
    said = [
        words.say(
            key,
            discord=discord,
            question=question_text(each.question, discord=discord),
            choice=ballot_text(words, each.ballot, each.options) if discord else "",
        )
        for each in voted[:_VOTES_SHOWN]
    ]
    if len(voted) > _VOTES_SHOWN:
        said.append(words.say("list-more", discord=discord, count=len(voted) - _VOTES_SHOWN))
    return "\n".join(said) if discord else " ".join(said)


def ballot_text(words: Wording, ballot: Ballot, options: Sequence[str]) -> str:
    """What somebody has chosen, for their eyes on Discord: "**teal**", "**plum** > **teal**", "**teal** 5"."""
    if ballot.abstains:
        return words.say("vote-nothing", discord=True)
    if not options:
        return board_text(typed_ballot(ballot), characters_max=_MESSAGE_CHARACTERS_MAX)
    names = [f"**{option_text(options, choice, discord=True)}**" for choice in ballot.choices]
    if ballot.method is Method.SCORE:
        names = [f"{name} {score}" for name, score in zip(names, ballot.scores, strict=True)]
    between = " \\> " if ballot.method is Method.RANKED else ", "
    return packed("", names, "", characters_max=_MESSAGE_CHARACTERS_MAX, between=between)[0]


def ballot_prompt(words: Wording, method: Method, *, place: int = 0, option: str = "") -> str:
    """What stands above a field of a ballot: for a rank the `place` that it is for, for points their option."""
    text = words.say(f"ballot-{method}", discord=True, place=place, option=label(option), most=SCORE_MAX)
    return label(text, characters_max=_PROMPT_CHARACTERS_MAX) or "?"


def _accepted(words: Wording, accepted: VoteAccepted, options: Sequence[str]) -> str:
    key = "vote-repeated" if accepted.repeated else "vote-changed" if accepted.changed else "vote-counted"
    said = [
        words.say(
            key,
            discord=True,
            question=question_text(accepted.question, discord=True),
            choice=ballot_text(words, accepted.ballot, options),
        )
    ]
    if accepted.pass_spent:
        said.append(words.say("vote-pass-spent", discord=True, number=accepted.pass_spent))
    if accepted.pass_kept:
        said.append(words.say("vote-pass-kept", discord=True))
    if accepted.weight > 1:
        said.append(words.say("vote-weighs", discord=True, weight=accepted.weight))
    said.append(words.say("vote-until", discord=True, when=stamp(accepted.closes_at)))
    return " ".join(said)


def _refused(words: Wording, refused: VoteRefused, now: Micros, *, discord: bool, options: Sequence[str]) -> str:
    values: dict[str, str | int] = {
        "question": question_text(refused.question, discord=discord) if refused.question else "",
        "when": "" if refused.retry_at is None else moment_text(words, refused.retry_at, now, discord=discord),
    }
    place = "-board" if discord else ""
    match refused.because:
        case VoteRefusal.NOTHING_ON | VoteRefusal.CANCELLED | VoteRefusal.CLOSED:
            key = f"vote-{refused.because}"
        case VoteRefusal.WHICH_POLL | VoteRefusal.UNKNOWN_POLL | VoteRefusal.NO_PASSES_HERE:
            key = f"vote-{refused.because}{place}"
        case VoteRefusal.PAUSED:
            key = "vote-paused" if refused.retry_at is None else "vote-paused-until"
        case VoteRefusal.NOT_ENTITLED:
            key = _not_entitled_key(refused, discord=discord)
            values["way"] = way_text(words, _way_in(refused, discord=discord), discord=discord)
        case VoteRefusal.NO_FITTING_PASS:
            key = _no_pass_key(refused.pass_because)
        case VoteRefusal.BAD_CHOICE:
            return _bad_choice(words, refused.mistake, discord=discord, options=options)
    return words.say(key, discord=discord, **values)


def _not_entitled_key(refused: VoteRefused, *, discord: bool) -> str:
    if refused.has_pass:
        return "vote-not-entitled-pass-board" if discord else "vote-not-entitled-pass"
    if _way_in(refused, discord=discord):
        return "vote-not-entitled-way"
    return "vote-not-entitled" if refused.retry_at is None else "vote-not-entitled-until"


def _way_in(refused: VoteRefused, *, discord: bool) -> tuple[Condition, ...]:
    """What somebody can get to be let in. All can read chat: there it only ever is what costs nothing, and so
    nobody learns who has not paid for what. Nobody can go and become a moderator, so that is never named."""
    way = conditions_of(refused.way_in) if discord else free_way(refused.way_in)
    return way if all(condition.cost <= Cost.PAID for condition in way) else ()


def _may_tell_of_money(refused: VoteRefused) -> bool:
    """Whether something that is paid for would have let them in. Of several ways the cheapest is known, so what
    costs more than money stands alone."""
    if refused.because is not VoteRefusal.NOT_ENTITLED:
        return False
    way = conditions_of(refused.way_in)
    return not way or any(condition.cost <= Cost.PAID for condition in way)


def _no_pass_key(because: PassRefusal | None) -> str:
    match because:
        case PassRefusal.VOIDED | PassRefusal.EXPIRED | PassRefusal.USED_UP:
            return f"vote-pass-{because}"
    return "vote-pass-none"


def _bad_choice(words: Wording, mistake: VoteMistake | None, *, discord: bool, options: Sequence[str]) -> str:
    mistake = mistake or VoteMistake(BallotFault.UNCLEAR)
    place = "-board" if discord else ""
    meant = [_meant(options, choice, discord=discord) for choice in mistake.choices]
    values: dict[str, str | int] = {
        "choices": packed("", meant, "", characters_max=200, between=words.say("list-or"))[0] if meant else "",
        "most": SCORE_MAX,
        "options": len(options),
        # In chat a stranger's text is never repeated: the bot would lend it its voice.
        "asked": board_text(mistake.text, characters_max=40) if discord and mistake.text else "",
    }
    match mistake.because:
        case BallotFault.UNKNOWN_OPTION if mistake.choices:
            key = "vote-unknown-option-near"
        case BallotFault.UNKNOWN_OPTION if not options:
            key = "vote-unknown-option-plain"
        case BallotFault.UNKNOWN_OPTION if discord and mistake.text:
            key = "vote-unknown-option-asked"
        case BallotFault.REPEATED:
            key = "vote-repeated-option"
        case BallotFault.NOTHING_SAID | BallotFault.UNCLEAR | BallotFault.SCORE_MISSING:
            key = f"vote-{mistake.because}{place}"
        case _:
            key = f"vote-{mistake.because}"
    return words.say(key, discord=discord, **values)


def _meant(options: Sequence[str], choice: int, *, discord: bool) -> str:
    return f"{choice} ({option_text(options, choice, discord=discord)})" if choice <= len(options) else str(choice)
