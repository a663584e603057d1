"""The black box of polls: from what people typed, were told and could read, could a correct bot have told this?

It knows nothing of the ledger. Whoever was told nothing asks once more when everything is over: the same request
gets the same answer, and then every vote has counted or has not. Only of two votes that were under way at the same
time either may be the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from bot.domain.claims import ClaimGranted
from bot.domain.poll_control import PollSteered, PollVerb
from bot.domain.polls import PollKind
from bot.domain.time import SECOND, Micros
from bot.domain.voting import VoteAccepted, VoteRefusal, VoteRefused
from tests.simulation.polls.book import WatchedPoll
from tests.simulation.polls.counting import Choice, points, taken_part, winners
from tests.simulation.polls.public import ToldResult, told_lengths, told_results
from tests.simulation.polls.story import BADGE, Asking
from tests.simulation.seen import Asked
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.evening import Evening

NEVER = 2**62
# So many ways in which an evening may have gone are tried at most.
WAYS_MAX = 4_096
# All that a poll's moderators may add here, in seconds.
_ADDED_MAX = 20


@dataclass(slots=True)
class _Poll:
    """A poll as people know it: what was asked, when somebody knew that it is open, and when that it is over."""

    key: str
    rules: Asking
    opened_by: Micros = NEVER
    over_at: Micros = NEVER
    cancelled: bool = False
    votes: list[Asked] = field(default_factory=list)
    told: list[ToldResult] = field(default_factory=list)

    def known_over(self, asked: Asked, *, cancelled: bool) -> None:
        self.over_at = min(self.over_at, asked.answered_at or NEVER)
        self.cancelled = self.cancelled or cancelled


def check_polls(evening: Evening) -> None:
    """Raises Violation for what no correct bot could have told."""
    polls = _polls(evening)
    for poll in polls.values():
        _counted_as_typed(evening, poll)
        _nothing_after_the_end(evening, poll)
        _only_who_may(evening, poll)
        for told in told_lengths(evening.world, poll.rules.question):
            # What is left when chat hears it; somebody may have added a little before.
            if told > poll.rules.lasts + _ADDED_MAX:
                raise Violation(
                    "a poll lasts as long as was said", f"{poll.key}: {told} s for {poll.rules.lasts} s"
                )
        _result_is_what_was_cast(evening, poll)
    _passes(evening, polls)


def _polls(evening: Evening) -> dict[str, _Poll]:
    seen = evening.people.seen
    polls = {asking.key: _Poll(asking.key, asking) for asking in evening.polling.asked.values()}
    # A yes may have been meant for a drop, and the other way round.
    for asked in (*seen.polls.values(), *seen.deeds.values()):
        if isinstance(asked.answer, PollSteered):
            poll, verb = polls[asked.answer.poll.key], asked.answer.verb
            if verb is PollVerb.OPEN:
                poll.opened_by = min(poll.opened_by, asked.answered_at or NEVER)
            elif verb in (PollVerb.CLOSE, PollVerb.CANCEL):
                poll.known_over(asked, cancelled=verb is PollVerb.CANCEL)
    for asked in seen.votes.values():
        match asked.answer:
            case VoteAccepted(poll=key):
                polls[key].votes.append(asked)
            case VoteRefused(because=VoteRefusal.CLOSED | VoteRefusal.CANCELLED as because, poll=key) if key:
                polls[key].known_over(asked, cancelled=because is VoteRefusal.CANCELLED)
    for poll in polls.values():
        rules = poll.rules
        poll.told = list(told_results(evening.world, rules.question, rules.options, str(rules.method)))
        # The card of the opening is redrawn at any time: when, nobody has noted.
        poll.over_at = min([poll.over_at, *(told.at for told in poll.told if told.place != "card")])
    return polls


def _counted_as_typed(evening: Evening, poll: _Poll) -> None:
    for asked in list(poll.votes):
        typed, counted = Choice.read(str(poll.rules.method), poll.rules.options, asked.wanted), _choice(asked)
        if typed == counted:
            continue
        # A vote that waited for evidence is answered with what its voter has chosen since.
        its = evening.polling.humans(asked.who)
        newer = (v for v in poll.votes if v is not asked and v.who in its and v.asked_at >= asked.asked_at)
        if poll.rules.kind is not PollKind.MOD_VOTE or all(_choice(each) != counted for each in newer):
            raise Violation("counted as typed", f"{asked.request} typed {asked.wanted!r}, counted was {counted}")
        poll.votes.remove(asked)


def _choice(asked: Asked) -> Choice:
    ballot = asked.answer.ballot
    return Choice(
        str(ballot.method), zip(ballot.choices, ballot.scores, strict=True) if ballot.scores else ballot.choices
    )


def _nothing_after_the_end(evening: Evening, poll: _Poll) -> None:
    """Once anybody could know that it is over, and once its time has passed, nothing counts that is asked later."""
    watched = evening.watcher.polls.polls.get(poll.key)
    ends_by = NEVER
    if watched is not None and not _unsure_how_long(watched) and poll.opened_by < NEVER:
        longer = (a.answer.added for a in evening.people.seen.polls.values() if _extends(a, poll.key))
        unknown = any(a.answer is None and a.about[:1] == ("extend",) for a in evening.people.seen.polls.values())
        # A clock that is set back by a second or less is taken for one that is kept right.
        slack = SECOND * evening.counts["fault: the clock jumps back"]
        ends_by = NEVER if unknown else poll.opened_by + poll.rules.lasts * SECOND + sum(longer) + slack
    for asked in poll.votes:
        if asked.asked_at >= min(poll.over_at + 1, ends_by):
            raise Violation(
                "nothing counts at the close or later",
                f"{asked.request} asked at {asked.asked_at}, {poll.key} was over at {min(poll.over_at, ends_by)}",
            )


def _unsure_how_long(watched: WatchedPoll) -> bool:
    return watched.excused or watched.may_last_longer or watched.paused_ever


def _extends(asked: Asked, key: str) -> bool:
    answer = asked.answer
    return isinstance(answer, PollSteered) and answer.verb is PollVerb.EXTEND and answer.poll.key == key


def _only_who_may(evening: Evening, poll: _Poll) -> None:
    """In a mod vote: moderators, on whichever account, and whoever has spent a pass."""
    if poll.rules.kind is not PollKind.MOD_VOTE:
        return
    moderators = {evening.people.key(who) for who in evening.story.everybody if who.steers}
    paid = [asked for asked in poll.votes if asked.answer.pass_spent]
    for asked in poll.votes:
        its = evening.polling.humans(asked.who)
        if its & moderators or asked.answer.pass_spent:
            continue
        # A message whose answer was lost may have spent it.
        if not any(each.who in its and each.asked_at <= (asked.answered_at or NEVER) for each in paid):
            raise Violation("a mod vote is decided by moderators", f"{asked.request} of {asked.who} in {poll.key}")


# -- the result -------------------------------------------------------------------------------------------------


def _result_is_what_was_cast(evening: Evening, poll: _Poll) -> None:
    told = poll.told
    if told and poll.cancelled:
        raise Violation("a cancelled poll has no result", f"{poll.key}: {told[0]}")
    facts = {(each.people, each.abstained, each.winner) for each in told}
    counts = {each.counts for each in told if each.counts is not None}
    if len(facts) > 1 or len(counts) > 1:
        raise Violation("one result", f"{poll.key} has several: {told}")
    # Chat has no memory: what was said, and nobody could note, is said again.
    unsure = evening.lives > 1 or evening.counts["point: chat: delivered, its answer lost"]
    if not unsure and sum(each.place == "chat" for each in told) > 1:
        raise Violation("told once", f"{poll.key}: {told}")
    if told:
        evening.counts["poll: results compared"] += 1
    for ways, choices in enumerate(_ways(evening, poll)):
        if ways >= WAYS_MAX:
            evening.counts["poll: undecided"] += 1
            return
        if all(_fits(poll, each, choices) for each in told):
            evening.counts["poll: decided"] += 1
            return
    typed = [f"{a.who} {a.wanted!r} {a.asked_at}-{a.answered_at} {a.request}" for a in poll.votes]
    raise Violation("the result is what was cast", f"{poll.key}: {told}; {typed}")


def _ways(evening: Evening, poll: _Poll) -> Iterator[list[Choice]]:
    """Every set of ballots that may have stood at the close."""
    for together in product(*_pairings(evening, poll)):
        one = {each: pair[0] for pair in together if pair for each in pair}
        by_person: defaultdict[str, list[Asked]] = defaultdict(list)
        for asked in poll.votes:
            by_person[one.get(asked.who, asked.who)].append(asked)
        for last in product(*(_may_be_last(votes) for votes in by_person.values())):
            yield list(last)


def _pairings(evening: Evening, poll: _Poll) -> list[list[tuple[str, ...]]]:
    """For each two accounts whether they counted as one: surely where they were linked before the last vote, surely
    not where nobody had asked for it when the poll was known to be over."""
    surely_open = max((asked.asked_at for asked in poll.votes), default=0)
    found: list[list[tuple[str, ...]]] = []
    for there, here, asked_at, told_at in evening.polling.linked():
        both = (there, here)
        if told_at is not None and told_at <= surely_open:
            found.append([both])
        else:
            found.append([()] if asked_at > poll.over_at else [both, ()])
    return found


def _may_be_last(votes: Sequence[Asked]) -> list[Choice]:
    """The choices of those after which nothing was asked that counted."""
    latest = max(asked.asked_at for asked in votes)
    last = [asked for asked in votes if (asked.answered_at or NEVER) >= latest]
    return list(dict.fromkeys(map(_choice, last)))


def _fits(poll: _Poll, told: ToldResult, choices: list[Choice]) -> bool:
    options = len(poll.rules.options)
    people, abstained = taken_part(choices)
    if (told.people, told.abstained) != (people, abstained):
        return False
    if told.counts is not None and told.counts != points(choices, options):
        return False
    if people + abstained < (poll.rules.quorum or 0):
        return told.winner == 0
    may_win = winners(str(poll.rules.method), choices, options)
    return may_win is None or (told.winner in may_win if may_win else told.winner == 0)


# -- passes -----------------------------------------------------------------------------------------------------


def _passes(evening: Evening, polls: dict[str, _Poll]) -> None:
    """A pass is out once at a time; where it came back it can be spent again."""
    uses = evening.polling.pass_uses
    spent: defaultdict[int, set[str]] = defaultdict(set)
    for poll in polls.values():
        people: defaultdict[str, set[int]] = defaultdict(set)
        for asked in poll.votes:
            if asked.answer.pass_spent:
                people[min(evening.polling.humans(asked.who))].add(asked.answer.pass_spent)
                if not poll.cancelled:
                    spent[asked.answer.pass_spent].add(poll.key)
        for who, numbers in people.items():
            if len(numbers) > 1 and len(evening.polling.humans(who)) == 1:
                raise Violation("one pass a ballot", f"{who} has spent {numbers} on {poll.key}")
    for number, where in spent.items():
        if len(where) > uses:
            raise Violation("a pass is spent as often as it says", f"pass {number} was spent on {where}")
    for asked in evening.people.seen.votes.values():
        if isinstance(asked.answer, VoteRefused) and asked.answer.because is VoteRefusal.NO_FITTING_PASS:
            _surely_without(evening, polls, asked)


def _surely_without(evening: Evening, polls: dict[str, _Poll], refused: Asked) -> None:
    """Whoever is told that they have no pass has none: what came with a badge is spent, and did not come back."""
    claims = evening.people.seen.claims.values()
    badges = sum(
        isinstance(claim.answer, ClaimGranted)
        and claim.answer.drop == BADGE
        and claim.who == refused.who
        and (claim.answered_at or NEVER) <= refused.asked_at
        for claim in claims
    )
    its, out = evening.polling.humans(refused.who), 0
    for poll in polls.values():
        if not (poll.cancelled and poll.over_at <= refused.asked_at):
            its_votes = (asked for asked in poll.votes if asked.who in its)
            out += len({asked.answer.pass_spent for asked in its_votes} - {0})
    if badges * evening.polling.pass_uses > out:
        raise Violation(
            "what came back can be spent", f"{refused.request} of {refused.who}: {out} spent, {badges} badges"
        )
