"""Polls: every vote counts once as it was last chosen, and what is announced is what the ballots come to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bot.rehearsal.ballot_count import differences
from bot.rehearsal.checks.answers import once_each
from bot.rehearsal.checks.early import surely_let_in
from bot.rehearsal.counting import counted
from bot.rehearsal.evidence import Case, Who
from bot.rehearsal.gate_text import read_gate
from bot.rehearsal.hearing import typed, visible
from bot.rehearsal.linked import together
from bot.rehearsal.polls import CastBallot, JudgedPoll
from bot.rehearsal.promises import Promise, judged
from bot.rehearsal.votes import (
    VoteAsk,
    by_person,
    counted_ballots,
    is_refused_vote,
    may_have_been_swapped,
    shaken,
    vote_asks,
)

_CHAT, _CARDS = "twitch:chat", "discord:announcements"
_ANSWERED_WITHIN = 3.0  # seconds
# What is refused for these was no vote of somebody who could vote; whether that is so, others look into.
_NO_RIGHT = frozenset({"not-entitled", "no-fitting-pass", "no-passes-here"})


def votes(case: Case) -> Promise:
    """By poll and person: the last vote that was surely heard in time is the ballot that stands; where several may
    have come in another order, one of them is. And nothing stands that nobody has chosen."""
    broken: list[str] = []
    people = asked = 0
    for poll in case.polls:
        asks = vote_asks(case, poll)
        ballots = counted_ballots(case, poll)
        people, asked = people + len(ballots), asked + len(asks)
        for accounts, own in by_person(case, poll, asks).items():
            broken += _of_person(case, poll, own, ballots.get(accounts))
        broken += _unasked_for(case, poll, asks)
    sentence = "Every vote that is heard while its poll is open counts once, one a person, as it was last chosen."
    return judged("votes", sentence, broken, f"{counted(asked, 'vote')} made {counted(people, 'ballot')}")


def _of_person(case: Case, poll: JudgedPoll, asks: list[VoteAsk], ballot: CastBallot | None) -> Iterator[str]:
    sure = [ask for ask in asks if ask.option and ask.inside and ask.heard and _had_a_right(case, poll, ask)]
    for ask in tuple(sure):
        outcome = case.outcomes.get(ask.request)
        why = outcome.decision.get("because") if outcome is not None else None
        if why is not None and shaken(case, ask.who, ask.at):
            sure.remove(ask)
        elif why is not None:
            yield f"{_chose(case, ask)} in time and was refused: {why} ({ask.request})."
    if not sure:
        return
    last = sure[-1]
    if ballot is None:
        yield f"{_chose(case, last)} on “{poll.question}”, and it counts nowhere ({last.request})."
        return
    # What came later, or may have come later, and was not refused, may count as well.
    perhaps = [ask for ask in asks if ask.at > last.at or may_have_been_swapped(case, ask, last)]
    allowed = {last.option, *(ask.option for ask in perhaps if _may_count(case, ask))}
    if 0 not in allowed and ballot.options not in {(option,) for option in allowed}:
        yield (
            f"{_chose(case, last)} last on “{poll.question}”, and {_named(poll, ballot)} was counted "
            f"({last.request})."
        )


def _chose(case: Case, ask: VoteAsk) -> str:
    return f"{case.name(ask.who)} chose “{visible(ask.text)}”"


def _named(poll: JudgedPoll, ballot: CastBallot) -> str:
    return ", ".join(poll.options[option - 1] for option in ballot.options) or "nothing"


def _had_a_right(case: Case, poll: JudgedPoll, ask: VoteAsk) -> bool:
    outcome = case.outcomes.get(ask.request)
    if outcome is not None:
        return outcome.decision.get("because") not in _NO_RIGHT
    if ask.wants and not poll.takes_passes:
        return False
    gate = read_gate(poll.electorate)
    people = together(case.links, ask.who, since=poll.opened.at)
    return not poll.electorate or (gate is not None and surely_let_in(case, gate, people, ask.at))


def _may_count(case: Case, ask: VoteAsk) -> bool:
    outcome = case.outcomes.get(ask.request)
    return outcome is None or outcome.kind != "vote.refused"


def _unasked_for(case: Case, poll: JudgedPoll, asks: list[VoteAsk]) -> Iterator[str]:
    """Ballots behind which there is no such vote, and requests of which two were made."""
    known = {ask.request: ask for ask in asks}
    for ballot in poll.ballots:
        ask = known.get(ballot.request)
        entry = f"(entry {ballot.entry.number})"
        if ask is None:
            yield f"Nobody had voted so: there is no {ballot.request!r} in the record {entry}."
        elif ask.who != ballot.who:
            yield f"The vote of {case.name(ask.who)} was entered as that of {case.name(ballot.who)} {entry}."
        elif poll.method == "plurality" and ask.option and ballot.options != (ask.option,):
            yield f"{_chose(case, ask)}, and {_named(poll, ballot)} was entered {entry}."
    for request, times in Counter(ballot.request for ballot in poll.ballots).items():
        if times > 1:
            yield f"The vote {request!r} was entered {times} times."


def poll_results(case: Case) -> Promise:
    """The entry that closes a poll against a count of its own, the kept ballots, and what everybody could read."""
    broken, closed = [], 0
    for poll in case.polls:
        if poll.closed is None:
            continue
        closed += 1
        ballots = counted_ballots(case, poll)
        result = dict(poll.closed.public.get("result") or {})
        broken += [f"“{poll.question}”: {wrong}." for wrong in differences(poll, result, ballots.values())]
        broken += _not_kept(case, poll, list(ballots.values()))
        broken += _misread(case, poll, result)
    sentence = "The result that is told is what the ballots come to."
    return judged("poll-results", sentence, broken, f"{counted(closed, 'result')} counted anew")


def _not_kept(case: Case, poll: JudgedPoll, ballots: list[CastBallot]) -> Iterator[str]:
    kept = {
        row.entry: (row.choice, row.weight, row.pass_number) for row in case.ledger.ballots if row.poll == poll.key
    }
    for ballot in ballots:
        expected = ballot.choice, ballot.weight, ballot.pass_number
        if kept.get(ballot.entry.number) != expected:
            yield (
                f"“{poll.question}”: of the ballot of {case.name(ballot.who)} {kept.get(ballot.entry.number)} is "
                f"kept, and {expected} was entered (entry {ballot.entry.number})."
            )


def _misread(case: Case, poll: JudgedPoll, result: dict[str, object]) -> Iterator[str]:
    """Every option that is named has its count beside it, before all of them or behind all of them."""
    counts: list[list[int]] = result.get("counts") or []  # type: ignore[assignment]  # JSON has whole numbers there
    amounts = {poll.options[option - 1]: amount for option, amount, _ in counts}
    if not result.get("people") or poll.method == "ranked":
        return
    for place in (_CHAT, _CARDS):
        for text in _told_texts(case, poll, "poll-closed", place):
            read = _plain(text.replace(poll.question, ""))
            ways = [
                all(_stands(amount, _plain(option), read, before=before) for option, amount in amounts.items())
                for before in (True, False)
            ]
            if not any(ways):
                yield f"“{poll.question}” came to {amounts}, and in {place} it was told: “{visible(text)[:200]}”"


def _stands(amount: int, option: str, text: str, *, before: bool) -> bool:
    number, name = rf"(?<![\d.]){amount}(?![\d.]*\d)", re.escape(option)
    pattern = rf"{number}\D*?{name}" if before else rf"{name}\D*?{number}"
    return re.search(pattern, text) is not None


def _plain(text: str) -> str:
    return typed(text.replace("*", ""))


def polls_told(case: Case) -> Promise:
    """By the ledger's own list of what was said, and the record. What a restart cut off may come twice in chat."""
    broken, told = [], 0
    for poll in case.polls:
        ends = (
            ["poll-closed"] if poll.closed is not None else ["poll-cancelled"] if poll.cancelled is not None else []
        )
        for kind in ("poll-opened", *ends):
            for place, there in ((_CHAT, case.twitch), (_CARDS, case.discord)):
                texts = _told_texts(case, poll, kind, place)
                told += len(texts)
                if there and not texts:
                    broken.append(f"“{poll.question}”: {kind} never reached {place}.")
                if len(texts) > 1 and (place == _CARDS or not case.restarted_between(*_span(case, poll))):
                    broken.append(f"“{poll.question}”: {kind} came {len(texts)} times in {place}.")
    sentence = "That a poll is on, and what came of it, is told once in each place."
    return judged("polls-told", sentence, broken, f"{counted(told, 'line or card', 'lines and cards')}")


def _span(case: Case, poll: JudgedPoll) -> tuple[int, int]:
    return case.on_stage(poll.opened.at), max((seen["at"] for seen in case.record), default=0)


def _told_texts(case: Case, poll: JudgedPoll, kind: str, place: str) -> list[str]:
    """What was said of it there, as often as it was said."""
    rows = [row for row in case.ledger.news if (row.place, row.kind, row.drop) == (place, kind, poll.scope)]
    shown = [case.posted[row.reference] for row in rows if row.result == "sent" and row.reference in case.posted]
    if place == _CHAT:
        # The same words once more are a repetition, whoever has noted them.
        return [line["text"] for seen in shown[:1] for line in case.bot_lines() if line["text"] == seen["text"]]
    return [seen["text"] for seen in shown]


def quiet(case: Case) -> Promise:
    """Lines that name somebody, against what they asked that has an answer in chat; and every press that votes."""
    asked: Counter[Who] = Counter()
    for seen in case.record:
        if seen["kind"] == "chat" and not seen["data"].get("bot") and not seen["data"].get("shared_from"):
            outcome = case.outcomes.get(f"twitch:{seen['data'].get('message_id')}")
            counts = outcome is not None and outcome.kind == "vote.accepted"
            asks = typed(seen["text"]).startswith("!") or is_refused_vote(case, seen)
            asked["twitch", seen["author"]] += asks and not counts
    asked.update(each.ask.who for each in case.kept_waiting)
    lines = {(told.who, told.line) for told in once_each(case) if told.who[0] == "twitch"}
    voters = {ballot.who for poll in case.polls for ballot in poll.ballots}
    broken = [
        f"{case.name(who)} voted, asked {counted(asked[who], 'time')} for something else, and was named in "
        f"{counted(times, 'line')}."
        for who, times in Counter(who for who, _ in lines).items()
        if who in voters and times > asked[who]
    ]
    slow, presses, slowest = _presses(case)
    sentence = "A vote that counts is silent in chat, and every press is answered within three seconds."
    how_long = f"{counted(presses, 'press', 'presses')}, the slowest answered in {slowest:.2f} s"
    return judged("quiet", sentence, broken + slow, f"{counted(len(voters), 'voter')}; {how_long}")


def _presses(case: Case) -> tuple[list[str], int, float]:
    answered: dict[str, int] = {}
    for seen in case.record:
        if seen["kind"] in ("answer", "deferred", "modal"):
            answered.setdefault(f"discord:{seen['data'].get('interaction_id')}", seen["at"])
    broken, waits = [], []
    for poll in case.polls:
        for ask in vote_asks(case, poll):
            if ask.who[0] != "discord" or not ask.heard:
                continue
            at = answered.get(ask.request)
            if at is not None:
                waits.append((at - ask.at) / 1_000_000)
            if (at is None or waits[-1] > _ANSWERED_WITHIN) and not shaken(case, ask.who, ask.at):
                broken.append(f"{_chose(case, ask)} and got no answer in time ({ask.request}).")
    return broken, len(waits), max(waits, default=0.0)
