"""What became of one poll, as a stranger checks it: its facts in order, each held against what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.draws import SEED_BYTES
from bot.domain.ledger import canonical_bytes
from bot.domain.poll_box import seed_shown
from bot.domain.polls import PassRole, Poll, PollState, evolve_poll
from bot.domain.public_lines import EntryRefused, PublicEntry, is_whole

_INSTANTS = ("closes_at", "resume_at", "since")
_COUNTED = ("people", "weight", "abstained")


@dataclass(slots=True)
class PollStory:
    """A poll as far as its entries have been told.

    `weights` are of the ballots that stand, by their voters' pseudonyms. `passes` tells how many passes that were
    spent here stand beside a ballot, by its voter: 1 at most, but between a vote that joins two people's ballots
    and the return of what is too much by then. `spending` is who has spent one on the vote that comes next."""

    key: str
    poll: Poll | None = None
    weights: dict[str, int] = field(default_factory=dict)
    passes: dict[str, int] = field(default_factory=dict)
    spending: str = ""
    # Of a pseudonym whose ballot was replaced, whose ballot did that.
    _replaced_by: dict[str, str] = field(default_factory=dict)

    def tell(self, entry: PublicEntry) -> Poll:
        """One more of the poll's facts; returns the poll after it. Raises EntryRefused for one that cannot be, or
        that breaks a promise."""
        before = self.poll
        if before is None and entry.kind != "poll.opened":
            raise EntryRefused(f"{entry.kind} about a poll that was never opened")
        for name in _INSTANTS:
            if name in entry.public and not is_whole(entry.public[name]):
                raise EntryRefused(f"its {name} is no whole number")
        try:
            if before is not None:
                self._check(before, entry)
            after = evolve_poll(before, entry.kind, entry.public, entry.at)
        except KeyError as error:
            raise EntryRefused(f"{entry.kind} does not say {error}") from None
        except (AttributeError, TypeError, ValueError) as error:
            raise EntryRefused(f"{entry.kind} cannot be read ({error})") from None
        if before is None:
            _check_plan(after, self.key)
        self.poll = after
        return after

    def _check(self, poll: Poll, entry: PublicEntry) -> None:
        public = entry.public
        if self.spending and entry.kind != "vote.cast":
            raise EntryRefused("a pass was spent, and no vote came with it")
        match entry.kind:
            case "poll.seeded" if public["ties"] != poll.ties:
                raise EntryRefused("its order for ties is not the one that the opening has committed to")
            case "pass.spent":
                self._check_spent(poll, entry)
            case "vote.cast":
                self._check_vote(poll, entry)
            case "pass.returned":
                self._return(public["holder"])
            case "poll.resumed" | "poll.went-on" if poll.paused_at is None:
                raise EntryRefused("the poll goes on, though it was not paused")
            case "poll.resumed" if public["closes_at"] != poll.closes_at + entry.at - (poll.paused_at or 0):
                raise EntryRefused("the poll goes on for longer or shorter than was lost of it")
            case "poll.went-on" if not poll.plan.goes_on_for:
                raise EntryRefused("the poll outlives the stream, which was not announced")
            case "poll.shifted" if not _is_shifted(poll, public):
                raise EntryRefused("the poll moves along with a clock, and not by as much as that was set")
            case "poll.extended" if public["closes_at"] <= poll.closes_at:
                raise EntryRefused("the poll is cut short")
            case "poll.closed":
                self._check_close(poll, entry)
            case "poll.recounted":
                _check_recount(poll, public)

    # -- votes ----------------------------------------------------------------------------------------------

    def _check_spent(self, poll: Poll, entry: PublicEntry) -> None:
        holder = _named(entry.public["holder"])
        _check_running(poll, entry, "a pass is spent")
        if poll.plan.pass_role is PassRole.NONE:
            raise EntryRefused("a pass is spent, and passes are good for nothing here")
        self.spending = holder

    def _check_vote(self, poll: Poll, entry: PublicEntry) -> None:
        voter, replaced = _named(entry.public["voter"]), entry.public.get("replaces", [])
        _check_running(poll, entry, "a vote is cast")
        if not isinstance(replaced, list) or len(set(map(_named, replaced))) != len(replaced):
            raise EntryRefused("it does not say whose vote it replaces")
        if strangers := set(replaced) - self.weights.keys():
            raise EntryRefused(f"it replaces the vote of {min(strangers)}, who has none")
        if voter in self.weights and voter not in replaced:
            raise EntryRefused(f"{voter} has a vote already, and this one does not replace it")
        if self.spending not in ("", voter):
            raise EntryRefused(f"the pass of {self.spending} is spent, and {voter} votes")
        passes = sum(self.passes.pop(each, 0) for each in replaced) + bool(self.spending)
        weight = entry.public.get("weight", 1)
        more = poll.plan.pass_weight if passes and poll.plan.pass_role is PassRole.WEIGHT else 0
        if not is_whole(weight) or weight != 1 + more:
            raise EntryRefused(f"the vote weighs {weight!r}, it has to weigh {1 + more}")
        for each in replaced:
            del self.weights[each]
            self._replaced_by[each] = voter
        self._replaced_by.pop(voter, None)
        self.weights[voter], self.spending = weight, ""
        if passes:
            self.passes[voter] = passes

    def _return(self, holder: object) -> None:
        voter = _named(holder)
        while voter in self._replaced_by:
            voter = self._replaced_by[voter]
        if not self.passes.get(voter):
            raise EntryRefused(f"a pass of {voter} comes back, and none was spent")
        self.passes[voter] -= 1

    # -- the close ------------------------------------------------------------------------------------------

    def _check_close(self, poll: Poll, entry: PublicEntry) -> None:
        public = entry.public
        if public["why"] == "time" and entry.at < poll.closes_at:
            raise EntryRefused("the poll closes before its time")
        seed = bytes.fromhex(public["seed"])
        if len(seed) != SEED_BYTES or not seed_shown(poll, seed):
            raise EntryRefused("its seed is not the one that the opening has committed to")
        _check_result(poll, public["result"], self.weights)


def _named(pseudonym: object) -> str:
    if not isinstance(pseudonym, str) or not pseudonym:
        raise EntryRefused("it does not say whose vote it is")
    return pseudonym


def _check_plan(poll: Poll, key: str) -> None:
    plan = poll.plan
    if plan.key != key:
        raise EntryRefused(f"it opens {plan.key[:40]!r}, not {key[:40]!r}")
    numbers = (plan.window, plan.last_call, plan.goes_on_for, plan.quorum, plan.pass_weight)
    if not all(map(is_whole, numbers)) or len(plan.options) < 2 or plan.window < 1 or min(numbers) < 0:
        raise EntryRefused("there cannot be a poll with such numbers")
    if poll.closes_at != poll.opened_at + plan.window:
        raise EntryRefused("it is not open for as long as it says")


def _check_running(poll: Poll, entry: PublicEntry, what: str) -> None:
    if not poll.open:
        raise EntryRefused(f"{what} while the poll is {poll.state}, not open")
    if poll.paused:
        raise EntryRefused(f"{what} while the poll is paused")
    if entry.at >= poll.closes_at:
        raise EntryRefused(f"{what} after the poll's time")


def _check_result(poll: Poll, result: Mapping[str, Any], weights: Mapping[str, int]) -> None:
    """Raise EntryRefused for a result that the votes cannot have come to, whatever they were for.

    People whose accounts were linked have one vote, their last: so it may be less than was cast, never more."""
    people, weight, abstained = (result[name] for name in _COUNTED)
    counts = result["counts"]
    if not all(
        is_whole(each) and each >= 0 for each in (people, weight, abstained, *(n for c in counts for n in c))
    ):
        raise EntryRefused("one of its counts is no number")
    if [count[0] for count in counts] != list(range(1, len(poll.plan.options) + 1)):
        raise EntryRefused("its counts are not of the options that there are")
    if people + abstained > len(weights) or weight + abstained > sum(weights.values()) or weight < people:
        raise EntryRefused(f"{people} people with {weight} votes are counted, and {len(weights)} have voted")
    if bool(people + abstained) is not bool(weights):
        raise EntryRefused("nobody is counted, and somebody has voted")
    if any(count[2] > people for count in counts):
        raise EntryRefused("an option has more people than are counted")
    if result["method"] != str(poll.plan.method) or result["quorum"] != poll.plan.quorum:
        raise EntryRefused("it was counted by other rules than were announced")


def _check_recount(poll: Poll, public: Mapping[str, Any]) -> None:
    if poll.state is not PollState.CLOSED or poll.result is None:
        raise EntryRefused(f"the poll is counted again, though it is {poll.state}")
    same = canonical_bytes(public["result"]) == canonical_bytes(poll.result)
    if public["agrees"] is not same:
        raise EntryRefused("it does not say whether the count agrees with what was announced")
    if not same:
        raise EntryRefused("the votes were counted again, and come to something else than was announced")


def _is_shifted(poll: Poll, public: Mapping[str, Any]) -> bool:
    by = public["by"]
    return is_whole(by) and by > 0 and not poll.paused and public["closes_at"] == poll.closes_at + by
