"""Entries about polls, passes and game nights folded, as far as their private parts still tell."""

from __future__ import annotations

from typing import cast

from bot.domain.ledger import Fact
from bot.domain.nights import evolve_night, night_of_scope
from bot.domain.pass_story import PassStory
from bot.domain.pass_terms import PassKind
from bot.domain.passes import Pass, evolve_pass, pass_of
from bot.domain.poll_box import seed_shown
from bot.domain.poll_story import PollStory
from bot.domain.polls import poll_of_scope
from bot.domain.public_lines import PublicEntry
from bot.domain.time import Micros
from bot.storage.night_rows import SeatedNight
from bot.storage.poll_rows import vote_cast
from bot.storage.rebuilt import Rebuilt, RebuiltBallot, RebuiltPoll


class ParticipationFold:
    """What a channel's entries tell of polls, passes and nights, noted in its Rebuilt."""

    def __init__(self, rebuilt: Rebuilt) -> None:
        self._rebuilt = rebuilt
        self.passes = PassStory(next_number=1)

    def apply(self, fact: Fact, entry: PublicEntry) -> None:
        """Fold a fact about a pass, a poll or a night. Raises EntryRefused, KeyError or ValueError for what cannot
        have happened; there is no such kind of fact."""
        poll, night = poll_of_scope(fact.drop), night_of_scope(fact.drop)
        of_pass = fact.kind.startswith("pass.")
        if poll is None and night is None and not (of_pass and not fact.drop):
            raise ValueError(f"unknown kind of fact: {fact.kind} about {fact.drop or 'no drop'}")
        if poll is not None:
            self._tell(poll, entry)
        if of_pass:
            self._pass(fact, entry)
        if poll is not None:
            self._poll(self._rebuilt.polls[poll], fact, entry)
        elif night is not None:
            self._night(night, fact, entry)

    # -- passes ---------------------------------------------------------------------------------------------

    def _pass(self, fact: Fact, entry: PublicEntry) -> None:
        passes, number, scope = self._rebuilt.passes, pass_of(fact), fact.drop
        if number is None:
            # Nobody may know any more which one it was.
            (passes.spent if fact.kind == "pass.spent" else passes.returned)[scope] += 1
            return
        held = passes.held.get(number)
        if held is not None and fact.kind == "pass.spent":
            if scope in held.spent_on and passes.returned[scope]:
                passes.returned[scope] -= 1
                held = evolve_pass(held, fact._replace(kind="pass.returned"))
            self._check_spent(held, fact, entry.at)
        elif held is not None and fact.kind == "pass.returned":
            if scope not in held.spent_on and passes.spent[scope]:
                passes.spent[scope] -= 1
                return
        elif held is not None and fact.kind == "pass.expired" and not held.gone_by(entry.at):
            raise ValueError(f"pass {number} is over before its time")
        passes.held[number] = evolve_pass(held, fact)
        if fact.kind in ("pass.granted", "pass.transferred"):
            passes.untold.pop(number, None)
            if fact.person_id is None:
                passes.untold[number] = entry.number

    def _check_spent(self, held: Pass, fact: Fact, at: Micros) -> None:
        kind = PassKind.GAME_NIGHT if night_of_scope(fact.drop) is not None else PassKind.MOD_VOTE
        if held.terms.kind is not kind or held.gone_by(at):
            raise ValueError(f"pass {held.number} is none that can be spent here, or its time is over")
        if None not in (held.owner, fact.person_id) and not self._are_one(held.owner, fact.person_id):
            raise ValueError(
                f"pass {held.number} is spent by person {fact.person_id}, and is person {held.owner}'s"
            )

    def _are_one(self, one: int | None, other: int | None) -> bool:
        if one == other:
            return True
        standing = (link.persons for link in self._rebuilt.links.values() if not link.ended)
        return any({one, other} == set(persons) or None in persons for persons in standing)

    # -- polls and nights -----------------------------------------------------------------------------------

    def _tell(self, key: str, entry: PublicEntry) -> None:
        poll = self._rebuilt.polls.get(key) or RebuiltPoll(PollStory(key))
        poll.story.tell(entry)
        self._rebuilt.polls[key] = poll

    def _poll(self, poll: RebuiltPoll, fact: Fact, entry: PublicEntry) -> None:
        told = poll.story.poll
        if told is None:
            return
        if fact.kind == "poll.seeded":
            poll.seed = bytes.fromhex(str(fact.private["seed"]))
            if not seed_shown(told, poll.seed):
                raise ValueError("this is not the seed that the poll has committed to")
        elif fact.kind == "vote.cast":
            for voter in cast("list[str]", fact.public.get("replaces", ())):
                del poll.ballots[voter]
            vote = vote_cast(told, fact, entry.number) if fact.private else None
            voter = str(fact.public["voter"])
            poll.ballots[voter] = RebuiltBallot(entry.number, voter, poll.story.weights[voter], vote)
            if vote is not None and vote.pass_number:
                self._check_pass_of(vote.pass_number, fact.drop)
        elif fact.kind == "poll.closed":
            poll.closed = entry.number

    def _check_pass_of(self, number: int, scope: str) -> None:
        passes = self._rebuilt.passes
        held = passes.held.get(number)
        if held is None or not (scope in held.spent_on or passes.spent[scope]):
            raise ValueError(f"the vote goes by pass {number}, which was not spent on it")

    def _night(self, key: str, fact: Fact, entry: PublicEntry) -> None:
        seated = self._rebuilt.nights.get(key)
        if seated is None:
            seated = SeatedNight(evolve_night(None, fact.kind, fact.public, entry.at))
        else:
            seated = seated.fold(fact, entry.at)
        if seated.night.key != key:
            raise ValueError(f"it tells of the night {seated.night.key!r}, not of {key!r}")
        self._rebuilt.nights[key] = seated
