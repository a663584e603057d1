"""Bots that count votes wrongly, or lose passes, are caught in virtual time, each by its own promise."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain import voting
from bot.domain.poll_box import Box
from bot.domain.verdicts import Accepted
from bot.domain.voting import VoteAccepted, VoteRefusal, VoteRefused
from bot.rehearsal.fast.life import Life
from bot.rehearsal.report import Report
from bot.rehearsal.script import Anchor, Moment, PlannedFault
from bot.storage import batch, participation, polls
from bot.storage import voting as votes_in_lane
from bot.storage.links import Links
from cogs.dialogues import votes
from tests.rehearsal.fast.quick import broken, options_for, played
from tests.rehearsal.fast.test_planted_bugs import replaced

SEED = 4
_cast, _decide_vote, _is_pass_needed = voting._cast, voting.decide_vote, voting._is_pass_needed
_steer, _closing, _poll_news = polls.decide_steer_poll, participation.closing_facts, batch.poll_news
_tell_refusal = votes._tell_refusal


def keeps_the_first_choice() -> AbstractContextManager[None]:
    """Whoever changes their mind is told so, and the first ballot stands."""

    def stubborn(standing: Any, command: Any, ballot: Any, spent: Any) -> Any:
        accepted, facts = _cast(standing, command, ballot, spent)
        return accepted, () if standing.votes else facts

    return replaced(voting, "_cast", stubborn)


def loses_every_seventh_vote() -> AbstractContextManager[None]:
    """A vote is accepted and noted nowhere."""

    def forgetful(standing: Any, command: Any, moment: int) -> Any:
        decision, facts = _decide_vote(standing, command, moment)
        return decision, facts if standing.person_id % 7 else ()

    return replaced(votes_in_lane, "decide_vote", forgetful)


@contextmanager
def counts_by_account() -> Any:
    """Whoever is linked votes twice."""
    with ExitStack() as stack:
        stack.enter_context(replaced(Links, "together", lambda links, person_id, *_: (person_id,)))
        stack.enter_context(replaced(Box, "counted", lambda box: tuple(sorted(box.votes))))
        yield


def adds_a_vote_to_the_result() -> AbstractContextManager[None]:
    """One more for the last option than its ballots come to."""

    def generous(poll: Any, due: Any, box: Any) -> Any:
        closed, *rest = _closing(poll, due, box)
        result = dict(closed.public["result"])
        *counts, (option, amount, people) = result["counts"]
        result["counts"] = [*counts, [option, amount + 1, people]]
        return (closed._replace(public={**closed.public, "result": result}), *rest)

    return replaced(participation, "closing_facts", generous)


def lets_everybody_decide() -> AbstractContextManager[None]:
    return replaced(voting, "_verdict", lambda standing, moment: Accepted())


def turns_moderators_away() -> AbstractContextManager[None]:
    """Also those whose badge the very line shows."""

    def strict(standing: Any, command: Any, moment: int) -> Any:
        decision, facts = _decide_vote(standing, command, moment)
        if standing.poll.plan.electorate and isinstance(decision, VoteAccepted) and not command.with_pass:
            return VoteRefused(VoteRefusal.NOT_ENTITLED, standing.poll.key, standing.poll.plan.question), ()
        return decision, facts

    return replaced(votes_in_lane, "decide_vote", strict)


def keeps_the_passes_of_a_cancelled_poll() -> AbstractContextManager[None]:
    def stingy(poll: Any, box: Any, command: Any, moment: int) -> Any:
        decision, facts = _steer(poll, box, command, moment)
        return decision, tuple(fact for fact in facts if fact.kind != "pass.returned")

    return replaced(polls, "decide_steer_poll", stingy)


def lets_in_with_a_pass_and_does_not_spend_it() -> AbstractContextManager[None]:
    def kind(standing: Any, command: Any, ballot: Any, spent: Any) -> Any:
        accepted, facts = _cast(standing, command, ballot, spent)
        return accepted, tuple(fact for fact in facts if fact.kind != "pass.spent")

    return replaced(voting, "_cast", kind)


def spends_a_pass_unasked() -> AbstractContextManager[None]:
    """A bare number is enough."""

    def greedy(standing: Any, command: Any, verdict: Any) -> bool:
        return _is_pass_needed(standing, replace(command, with_pass=bool(standing.poll.plan.electorate)), verdict)

    return replaced(voting, "_is_pass_needed", greedy)


def thanks_for_every_vote() -> AbstractContextManager[None]:
    """A counted vote gets a line in chat."""

    def polite(services: Any, actor: Any, answer: Any) -> None:
        if isinstance(answer.decision, VoteAccepted):
            services.telling.say_now(f"@{actor.name} your vote counts")
        _tell_refusal(services, actor, answer)

    return replaced(votes, "_tell_refusal", polite)


def says_everything_twice() -> AbstractContextManager[None]:
    return replaced(batch, "poll_news", lambda *told: _poll_news(*told) * 2)


def forgets_ballots_after_a_restart() -> AbstractContextManager[None]:
    """Half of them are gone when the bot comes back."""
    start, starts = Life.start, itertools.count()

    async def forget_and_start(life: Life) -> None:
        if next(starts):
            with closing(sqlite3.connect(str(life._config.ledger.path))) as ledger, ledger:
                ledger.execute("DELETE FROM ballot WHERE entry_number % 2 = 0")
        await start(life)

    return replaced(Life, "start", forget_and_start)


def play(folder: Path, bug: AbstractContextManager[object], *faults: PlannedFault) -> Report:
    options = options_for("mod-vote", SEED, viewers=30, discord_viewers=12)
    assert options.script is not None
    # The script's own faults are for the sound bot: a bug has to show without them.
    return played(replace(options, script=replace(options.script, faults=faults, expects=())), folder, bug)[1]


def test_the_sound_bot_keeps_every_promise_of_the_same_play(tmp_path: Path) -> None:
    assert broken(play(tmp_path, nullcontext())) == {}


def test_ballots_that_a_restart_has_lost_are_missed_in_the_result(tmp_path: Path) -> None:
    killed = PlannedFault("bot-killed", Moment(Anchor.OPENED, 9.0, "colour"), options={"down": 0.5})
    found = broken(play(tmp_path, forgets_ballots_after_a_restart(), killed))
    assert "“Colour of the next mug?”: it says" in found["poll-results"]


# Bugs that do not get into each other's way share a play; each has to be told in its own words.
PLAYS: list[dict[Callable[[], AbstractContextManager[object]], tuple[str, str]]] = [
    {
        keeps_the_first_choice: ("votes", "last on “Colour of the next mug?”, and"),
        adds_a_vote_to_the_result: ("poll-results", "and by the ballots"),
        keeps_the_passes_of_a_cancelled_poll: ("passes", "did not come back"),
        thanks_for_every_vote: ("quiet", "and was named in"),
        says_everything_twice: ("polls-told", "came 2 times in discord:announcements"),
    },
    {
        loses_every_seventh_vote: ("votes", "and it counts nowhere"),
        counts_by_account: ("poll-results", "for people, and by the ballots it is"),
        lets_everybody_decide: ("rights", "and is none of what “moderator” asks for"),
    },
    {
        turns_moderators_away: ("rights", "was told they cannot vote on"),
        lets_in_with_a_pass_and_does_not_spend_it: ("passes", "which is not spent"),
    },
    {spends_a_pass_unasked: ("passes", "without asking for it")},
]


@pytest.mark.parametrize("bugs", PLAYS, ids=lambda bugs: " ".join(bug.__name__ for bug in bugs))
def test_every_planted_bug_breaks_its_own_promise(
    bugs: dict[Callable[[], AbstractContextManager[object]], tuple[str, str]], tmp_path: Path
) -> None:
    with ExitStack() as planted:
        for bug in bugs:
            planted.enter_context(bug())
        found = broken(play(tmp_path, nullcontext()))
    for promise, told in bugs.values():
        assert told in found.get(promise, ""), (promise, found)
