"""What has to come of polls, votes and passes, in as few lines as can tell it: times, ballots, passes, people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.domain.entitlements import Found
from bot.domain.linking import TWITCH
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.people import Account, Actor
from bot.domain.polls import PassRole, PollPlan
from bot.domain.stream import Pace
from bot.domain.time import Micros
from tests.storage.early_truth import People

PACE = Pace()
EVER: Micros = 1 << 62

Outcome = tuple[object, ...]


@dataclass
class Book:
    """A pass as one would keep it on paper; `polls` are those on which a use of it stands."""

    owner: Account
    terms: PassTerms
    unit: int = 0
    left: int = 0
    void: bool = False
    polls: set[str] = field(default_factory=set)

    def good(self, now: Micros) -> bool:
        return not self.void and self.left > 0 and now < self.until

    @property
    def until(self) -> Micros:
        return EVER if self.terms.expires_at is None else self.terms.expires_at


@dataclass
class Row:
    """A ballot that stands; `number` is of the pass that was spent on it, 0 for none."""

    who: Account
    option: int
    number: int = 0


@dataclass
class Waiting:
    """A vote that nobody can judge yet, and what is known of its voter: by which account, and what."""

    request: str
    actor: Actor
    option: int
    with_pass: bool
    known: dict[Account, Found] = field(default_factory=dict)


@dataclass
class Polling:
    """One poll: when it takes votes, and the ballots in it. `over` is "" while it is open."""

    key: str
    plan: PollPlan
    opened: Micros
    closes: Micros
    paused_at: Micros | None = None
    resume_at: Micros | None = None
    goes_on: bool = False
    over: str = ""
    rows: list[Row] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def role(self) -> PassRole:
        return self.plan.pass_role

    def weight(self, row: Row) -> int:
        return 1 + self.plan.pass_weight if row.number and self.role is PassRole.WEIGHT else 1


@dataclass
class Truth:
    """Everybody's accounts, passes and polls. `off_since` is when the stream went off, `told` whether the process
    that runs now has been told of the stream. `final` is what each request is answered with."""

    people: People = field(default_factory=People)
    polls: dict[str, Polling] = field(default_factory=dict)
    books: dict[int, Book] = field(default_factory=dict)
    live: bool = True
    off_since: Micros = 0
    told: bool = False
    final: dict[str, Outcome] = field(default_factory=dict)

    # -- time ---------------------------------------------------------------------------------------------------

    def come(self, now: Micros) -> None:
        for poll in [poll for poll in self.polls.values() if not poll.over]:
            self._come(poll, now)

    def _come(self, poll: Polling, now: Micros) -> None:
        off = self.told and not self.live and not poll.goes_on
        if poll.paused_at is None:
            pauses = max(self.off_since + PACE.offline_pause, poll.opened) if off else EVER
            if now >= poll.closes <= pauses:
                return self.close(poll, now)
            if now < pauses:
                return None
            poll.paused_at = pauses
        if off and now >= self.off_since + PACE.offline_close:
            if not poll.plan.goes_on_for:
                return self.close(poll, now)
            poll.closes = max(poll.closes + now - poll.paused_at, now + poll.plan.goes_on_for)
            poll.goes_on, poll.paused_at, poll.resume_at = True, None, None
        elif off:
            poll.resume_at = None
        elif self.told and poll.resume_at is None:
            poll.resume_at = now + PACE.resume_warning
        elif self.told and now >= (poll.resume_at or EVER):
            poll.closes += now - poll.paused_at
            poll.paused_at = poll.resume_at = None
        if poll.paused_at is None:
            self.settle_all(poll, now)
        return None

    def close(self, poll: Polling, now: Micros) -> None:
        counted = self.counted(poll)
        for row in poll.rows:
            if row not in counted:
                self.give_back(row.number, poll.key)
        poll.over = "closed"
        self.settle_all(poll, now)

    def cancel(self, poll: Polling, now: Micros) -> None:
        for row in poll.rows:
            self.give_back(row.number, poll.key)
        poll.over = "cancelled"
        self.settle_all(poll, now)

    def borders(self) -> list[Micros]:
        """The instants at which something begins or ends, as far as the clock decides them."""
        polls = [poll for poll in self.polls.values() if not poll.over]
        at = [poll.closes for poll in polls if poll.paused_at is None]
        at += [poll.resume_at for poll in polls if poll.resume_at is not None]
        at += [book.until for book in self.books.values() if book.until < EVER]
        off = polls and not self.live
        return at + ([self.off_since + PACE.offline_pause, self.off_since + PACE.offline_close] if off else [])

    # -- people -------------------------------------------------------------------------------------------------

    def in_it(self, poll: Polling, actor: Actor, known: dict[Account, Found], now: Micros) -> bool | None:
        """Whether somebody is of the electorate; None where nobody can tell."""
        if not poll.plan.electorate:
            return True
        if poll.plan.electorate == "moderator" and (actor.steers or actor.platform == TWITCH):
            return actor.steers
        its = self.people.now(actor.key)
        told = [found for account, found in known.items() if account in its and found.covers(now)]
        if told:
            return told[-1].value > 0
        return None if any(platform == TWITCH for platform, _ in its) else False

    def own(self, poll: Polling, account: Account) -> list[Row]:
        """The ballots of whoever counts as one with this account in this poll."""
        its = self.people.together(account, poll.opened)
        return [row for row in poll.rows if row.who in its]

    def counted(self, poll: Polling) -> list[Row]:
        last = {min(self.people.together(row.who, poll.opened)): row for row in poll.rows}
        return [row for row in poll.rows if row is last[min(self.people.together(row.who, poll.opened))]]

    def amounts(self, poll: Polling) -> list[int]:
        """What each option has got, by weight."""
        got: Counter[int] = Counter()
        for row in self.counted(poll):
            got[row.option] += poll.weight(row)
        return [got[option] for option in range(1, len(poll.plan.options) + 1)]

    def last(self) -> Polling:
        """The poll that opened last."""
        return list(self.polls.values())[-1]

    # -- votes --------------------------------------------------------------------------------------------------

    def meant(self) -> Polling | None:
        """The poll of a bare choice."""
        running = [poll for poll in self.polls.values() if not poll.over]
        return next((poll for poll in running if not poll.goes_on), running[0] if running else None)

    def vote(
        self,
        poll: Polling,
        actor: Actor,
        option: int,
        with_pass: bool,
        known: Found | None,
        request: str,
        now: Micros,
    ) -> Outcome:
        """What a vote is answered with, and what it does. Option 0 is no choice at all."""
        told = {} if known is None else {actor.key: known}
        for each in self.waits(poll, actor.key):
            self.learn(each, told)
            self.settle(poll, each, now)
        outcome = self._decide(poll, actor, option, with_pass, told, now)
        if outcome == ("checking",):
            poll.waiting.append(Waiting(request, actor, option, with_pass, told))
        elif outcome[0] == "accepted":
            for each in self.waits(poll, actor.key):
                self._done(poll, each, outcome)
        return outcome

    def judge(self, actor: Actor, found: Found, now: Micros) -> None:
        """Something is found out about an account, on which votes may wait."""
        for poll in self.polls.values():
            for each in list(poll.waiting):
                if actor.key in self.people.now(each.actor.key):
                    self.learn(each, {actor.key: found})
                    self.settle(poll, each, now)

    def settle_all(self, poll: Polling, now: Micros) -> None:
        for each in list(poll.waiting):
            self.settle(poll, each, now)

    def settle(self, poll: Polling, each: Waiting, now: Micros) -> None:
        if poll.paused_at is not None and not poll.over:
            return
        outcome = self._decide(poll, each.actor, each.option, each.with_pass, each.known, now)
        if outcome != ("checking",):
            self._done(poll, each, outcome)

    def waits(self, poll: Polling, account: Account) -> list[Waiting]:
        its = self.people.now(account)
        return [each for each in poll.waiting if each.actor.key in its]

    def learn(self, each: Waiting, told: dict[Account, Found]) -> None:
        # What was found out about an account that is theirs no more says nothing of them.
        if not each.known.keys() <= self.people.now(each.actor.key):
            each.known.clear()
        for account, found in told.items():
            each.known.pop(account, None)
            each.known[account] = found

    def forget(self) -> None:
        """Another process takes over, or this one begins afresh: evidence is no part of the ledger."""
        for poll in self.polls.values():
            for each in poll.waiting:
                each.known.clear()

    def _done(self, poll: Polling, each: Waiting, outcome: Outcome) -> None:
        poll.waiting.remove(each)
        self.final[each.request] = outcome

    def _decide(
        self, poll: Polling, actor: Actor, option: int, with_pass: bool, known: dict[Account, Found], now: Micros
    ) -> Outcome:
        if poll.over or poll.paused_at is not None:
            return ("refused", poll.over or "paused")
        if with_pass and poll.role is PassRole.NONE:
            return ("refused", "no-passes-here")
        mine = self.own(poll, actor.key)
        may = True if mine else self.in_it(poll, actor, known, now)
        kept = max((row.number for row in mine), default=0)
        needed = with_pass and not kept and (poll.role is PassRole.WEIGHT) == (may is True)
        if not needed and may is False:
            return ("refused", "not-entitled")
        if not needed and may is None and option:
            return ("checking",)
        fitting = self.spendable(actor.key, poll.key, now)
        if needed and not fitting:
            return ("refused", "no-fitting-pass")
        if not option:
            return ("refused", "bad-choice")
        spent = fitting[0] if needed else 0
        if not spent and len(mine) == 1 and mine[0].option == option:
            return ("accepted", option, poll.weight(mine[0]), "repeated", 0)
        row = Row(actor.key, option, spent or kept)
        for old in mine:
            poll.rows.remove(old)
            if old.number != row.number:
                self.give_back(old.number, poll.key)
        if spent:
            self.books[spent].left -= 1
            self.books[spent].polls.add(poll.key)
        poll.rows.append(row)
        return ("accepted", option, poll.weight(row), "changed" if mine else "new", spent)

    # -- passes -------------------------------------------------------------------------------------------------

    def spendable(self, account: Account, poll: str, now: Micros) -> list[int]:
        """Those that could be spent there, the one to be spent first."""
        its = self.people.now(account)
        fitting = [
            (book.until, number)
            for number, book in self.books.items()
            if book.good(now) and book.owner in its and poll not in book.polls
            if book.terms.kind is PassKind.MOD_VOTE
        ]
        return [number for _, number in sorted(fitting)]

    def give_back(self, number: int, poll: str) -> None:
        if number:
            self.books[number].left += 1
            self.books[number].polls.remove(poll)
