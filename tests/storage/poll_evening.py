"""An evening of polls and passes on a real ledger: each batch is sent, may fail, and is held against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bot.domain.answers import Answer, TryAgain
from bot.domain.ballots import BallotFault
from bot.domain.draws import is_revealed, tie_order, tie_table
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.linking import DISCORD, TWITCH
from bot.domain.people import Actor
from bot.domain.poll_control import PollVerb, SteerPoll
from bot.domain.recounting import PollRecounted, RecountPoll
from bot.domain.stream import ReportStream
from bot.domain.time import DAY, Micros
from bot.domain.voiding import VoidNeedsYes
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import CastVote, VoteAccepted, VoteChecking, VoteRefused
from bot.storage.rebuild import differences
from tests.conftest import CHANNEL, MIA, NOON, viewer
from tests.domain.poll_world import choice
from tests.storage.desk import Desk, Told
from tests.storage.poll_truth import Outcome, Polling, Truth

ANN, BEN, CLEO = viewer("ann"), viewer("ben"), viewer("cleo")
ANN_THERE, BEN_THERE = viewer("ann", DISCORD), viewer("ben", DISCORD)
ACTORS = [ANN, BEN, ANN_THERE, BEN_THERE, CLEO]
ASKED = {"subscriber": Question(Entitlement.SUBSCRIBER), "moderator": Question(Entitlement.MODERATOR)}

T = TypeVar("T")
Step = tuple[Any, Callable[[Micros], Outcome | None]]
"""A command, and what it does to the truth, which tells what has to be answered if it is a vote."""


class Died(BaseException):
    """The process ends here."""


class Poison:
    """A command that the lane does not know: the batch that it is in fails, and is done again one by one."""

    channel_id = CHANNEL


def outcome_of(decision: object) -> Outcome:
    """A decision about a vote as the truth tells it."""
    match decision:
        case VoteAccepted():
            how = "repeated" if decision.repeated else "changed" if decision.changed else "new"
            return ("accepted", decision.ballot.choices[0], decision.weight, how, decision.pass_spent)
        case VoteRefused():
            return ("refused", str(decision.because))
    assert isinstance(decision, VoteChecking), decision
    return ("checking",)


def pick(several: Sequence[T], nth: int) -> T:
    """One of them, whatever the number."""
    return several[nth % len(several)]


class Evening:
    """A ledger and the truth about it. `trouble` is what befalls the next batch."""

    def open_ledger(self, template: Path, engine: Engine) -> None:
        """`template` is an empty one, `engine` is where a copy of it is put."""
        path = Path(str(engine.url.database))
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()
        path.write_bytes(template.read_bytes())
        self.fails_at: dict[str, BaseException] = {}
        # The same evening draws the same seeds each time that it is played.
        chance = Random(7).randbytes
        self.desk = Desk(engine, NOON, stream_watched=True, probe=self.probe, random_bytes=chance)
        self.truth = Truth()
        self.requests, self.voted, self.trouble = 0, 0, ""
        self.asked: dict[str, Any] = {}  # every request, with its command
        self.answers: dict[str, object] = {}  # what was answered to it first of all, or in the end
        self.uses: Counter[int] = Counter()  # by pass, as the entries tell
        self.seeds: dict[str, str] = {}
        self.sound = True

    def probe(self, point: str) -> None:
        error = self.fails_at.pop(point, None)
        if error is not None:
            raise error

    def restart(self) -> None:
        self.desk.restart()
        self.truth.told = False
        self.truth.forget()

    def stream(self, live: bool) -> None:
        def apply(now: Micros) -> None:
            if not self.truth.told or self.truth.live is not live:
                self.truth.off_since = self.truth.off_since if self.truth.live is live else now
                self.truth.live, self.truth.told = live, True
                self.truth.come(now)

        self.send((ReportStream(CHANNEL, live), apply))

    def count_again(self, key: str) -> None:
        command = RecountPoll(CHANNEL, self.new_request("recount"), MIA, key)
        (answer,) = self.send((command, lambda now: None))
        assert isinstance(answer.decision, PollRecounted)
        assert answer.decision.agrees, f"{key} is counted again and comes to something else"

    @property
    def now(self) -> Micros:
        return self.desk.clock.at

    @property
    def poll_open(self) -> bool:
        return self.truth.meant() is not None

    def new_request(self, kind: str) -> str:
        """Their order as text is not the order in which they were made."""
        self.requests += 1
        return f"{kind}:{(self.requests * 7919) % 10_007}"

    def found(self, known: tuple[int, Micros]) -> Found:
        value, holds = known
        return Found(value, self.now, self.now + holds)

    def holders(self) -> list[Actor]:
        """Whose passes could be spent now."""
        owners = {book.owner for book in self.truth.books.values() if book.good(self.now)}
        return [actor for actor in ACTORS if actor.key in owners]

    def voting(
        self,
        who: Actor,
        option: int,
        with_pass: bool,
        known: tuple[int, Micros] | None,
        poll: Polling | None = None,
    ) -> Step:
        poll, request = poll or self.truth.meant() or self.truth.last(), self.new_request(who.platform)
        # Only Twitch tells who subscribes and who is a moderator.
        found = None if known is None or who.platform != TWITCH else self.found(known)
        said = choice(option) if option else VoteMistake(BallotFault.UNKNOWN_OPTION)
        told = () if found is None else tuple((question, found) for question in ASKED.values())
        command = CastVote(CHANNEL, request, who, said, poll.key, with_pass, told)

        def apply(now: Micros) -> Outcome:
            return self.truth.vote(poll, who, option, with_pass, found, request, now)

        return command, apply

    def send(self, *steps: Step) -> list[Answer[Any]]:
        """One batch; then everything that it has brought is held against the truth."""
        commands, trouble = [command for command, _ in steps], self.trouble
        self.trouble, self.sound = "", False
        match trouble:
            case "disk":
                self.fails_at["lane.before-commit"] = OperationalError("COMMIT", None, Exception("disk I/O error"))
                assert all(isinstance(each, TryAgain) for each in self.desk.try_to(*commands))
                self.truth.forget()
            case "dies before" | "dies after":
                self.fails_at["lane.before-commit" if "before" in trouble else "lane.after-commit"] = Died()
                with suppress(Died):
                    self.desk.try_to(*commands)
                # Of a batch that was committed the truth has to know before another process takes over.
                expected = None if "before" in trouble else self.apply(steps)
                self.restart()
                self.fails_at.clear()
                if expected is not None:
                    # What has no name is no request: it is done once more.
                    self.apply(steps)
                    return self.hold_against(commands, self.desk.send(*commands), expected)
        expected = self.apply(steps)
        if trouble != "poison":
            return self.hold_against(commands, self.desk.send(*commands), expected)
        *results, error = self.desk.try_to(*commands, Poison())
        assert isinstance(error, KeyError)
        self.truth.forget()
        return self.hold_against(commands, results, expected)

    def apply(self, steps: tuple[Step, ...]) -> list[Outcome | None]:
        expected = []
        for command, apply in steps:
            self.truth.come(self.now)
            repeated = getattr(command, "request_id", None) in self.asked
            expected.append(None if repeated else apply(self.now))
            self.truth.come(self.now)
            if not repeated and hasattr(command, "request_id"):
                self.asked[command.request_id] = command
        return expected

    def hold_against(self, commands: list, results: list, expected: list[Outcome | None]) -> list[Answer[Any]]:
        for answer in self.desk.voted[self.voted :]:
            final = self.truth.final.get(answer.request_id)
            told = outcome_of(answer.decision)
            assert final == told, f"{answer.request_id} had waited: {told} instead of {final}"
            self.answers[answer.request_id] = answer.decision
        settled = [answer.request_id for answer in self.desk.voted[self.voted :]]
        assert len(settled) == len(set(settled)), "a vote that waited is answered twice"
        self.voted = len(self.desk.voted)
        for command, answer, outcome in zip(commands, results, expected, strict=True):
            if outcome is not None:
                told, final = outcome_of(answer.decision), self.truth.final.get(command.request_id)
                assert told in (outcome, final), f"{told} instead of {outcome} to {command}"
            if hasattr(command, "request_id"):
                self.check_answer(command, answer)
        for told in self.desk.news():
            self.check_entry(told)
        self.check_rows()
        self.sound = True
        return results

    def check_answer(self, command: Any, answer: Answer[Any]) -> None:
        """Each request has one answer, but for those that wait: these get another in the end."""
        request = command.request_id
        if isinstance(answer.decision, VoidNeedsYes):
            # Nobody keeps the question: asked again it is decided again.
            del self.asked[request]
            return
        before = self.answers.setdefault(request, answer.decision)
        if isinstance(answer.decision, VoteChecking) and not answer.repeated:
            # It may have been answered in this very batch.
            return
        if isinstance(before, VoteChecking) and request in self.truth.final:
            before = self.answers[request] = answer.decision
            assert outcome_of(before) == self.truth.final[request]
        assert answer.decision == before, f"{request} is answered twice"

    def check_entry(self, told: Told) -> None:
        if told.kind in ("pass.spent", "pass.returned"):
            number = told.private["pass"]
            self.uses[number] += 1 if told.kind == "pass.spent" else -1
            assert 0 <= self.uses[number] <= self.truth.books[number].terms.uses, f"pass {number} is spent twice"
        elif told.kind == "poll.opened":
            self.seeds[told.drop] = told.public["ties"]
        elif told.kind == "poll.closed":
            self.check_result(told)
        assert told.kind != "poll.recounted" or told.public["agrees"]

    def check_result(self, told: Told) -> None:
        key = told.drop.removeprefix("poll:")
        poll, seed, result = self.truth.polls[key], bytes.fromhex(told.public["seed"]), told.public["result"]
        amounts = self.truth.amounts(poll)
        assert [amount for _, amount, _ in result["counts"]] == amounts
        assert result["people"] == len(self.truth.counted(poll))
        assert is_revealed(self.seeds[told.drop], seed, tie_table(key, len(amounts)))
        level = [option for option, amount in enumerate(amounts, 1) if amount == max(amounts)]
        first = min(level, key=tie_order(seed, key, len(amounts)).index)
        assert result["winner"] == (first if any(amounts) else None), "the draw is not the one committed to"

    def check_rows(self) -> None:
        """What stands in the tables is what stands on paper."""
        books, polls = self.truth.books, self.truth.polls
        rows = self.desk.ask("SELECT number, used, spent_on != '[]', voided_why != '', expired FROM pass")
        if len(rows) == len(books):
            for number, used, spent, void, expired in rows:
                book = books[number]
                assert (book.terms.uses - used, bool(spent), bool(void)) == (book.left, bool(book.polls), book.void)
                over = self.now >= book.until and book.left > 0 and not void
                assert expired >= over, f"pass {number} should be over"
                assert not expired or self.now >= book.until, f"pass {number} is over too early"
        query = "SELECT poll_key, platform, user_id, choice, pass_number, weight FROM ballot JOIN identity USING "
        cast = self.desk.ask(f"{query}(channel_id, person_id) ORDER BY entry_number")
        for key, poll in polls.items():
            mine = [((where, who), f"[{row.option}]") for row in poll.rows for where, who in [row.who]]
            kept = [((where, who), said) for its, where, who, said, *_ in cast if its == key]
            assert kept == mine, f"the ballots of {key}"
            told = [(number, weight) for its, *_, number, weight in cast if its == key]
            assert told == [(row.number, poll.weight(row)) for row in poll.rows]
        states = dict(self.desk.ask("SELECT key, CASE state WHEN 'open' THEN '' ELSE state END FROM poll"))
        assert {key: states[key] for key in polls} == {key: poll.over for key, poll in polls.items()}
        held = {request for (request,) in self.desk.ask("SELECT request_id FROM held_vote")}
        assert held == {each.request for poll in polls.values() for each in poll.waiting}

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        try:
            if self.sound:
                self.end()
        finally:
            self.desk.close()

    def end(self) -> None:
        """Everything comes to its end: nobody waits any more, and a year later every ballot is there."""
        self.stream(True)
        while poll := self.truth.meant():
            command = SteerPoll(CHANNEL, self.new_request("end"), MIA, PollVerb.CLOSE, poll.key)
            self.send((command, lambda now, poll=poll: poll.over or self.truth.close(poll, now)))
        self.desk.clock.at += 365 * DAY
        self.restart()
        for key in [key for key, poll in self.truth.polls.items() if poll.over == "closed"]:
            self.count_again(key)
        for request in self.asked:
            self.send((self.asked[request], lambda now: None))
        connection = self.desk.connection()
        with connection.begin():
            found = differences(connection, CHANNEL)
            assert found == [], found
