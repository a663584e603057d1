"""A poll: what is asked of whom and by which rules, and the state that its facts have brought it to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from bot.domain.ballots import Method
from bot.domain.drop_plan import WhileOffline, instant
from bot.domain.ledger import Part
from bot.domain.native_polls import Native, NativeEnd, native_end_of
from bot.domain.text import slug
from bot.domain.time import SECOND, Micros

LAST_CALL: Micros = 15 * SECOND
_SCOPE = "poll:"
# A pass spent here and a seed that was committed to are not the poll's own news.
_BESIDE = frozenset({"poll.seeded", "poll.recounted", "pass.spent", "pass.returned"})


class PollKind(StrEnum):
    """Everybody's question, or one that moderators and holders of passes decide."""

    POLL = "poll"
    MOD_VOTE = "mod-vote"


class PassRole(StrEnum):
    """What a mod-vote pass is good for here: nothing, to be let in where the electorate leaves its holder out, or
    to weigh more for one of the electorate."""

    NONE = "none"
    ENTRY = "entry"
    WEIGHT = "weight"


class PollState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PollPlan:
    """The rules, fixed when it opens. Spans in microseconds.

    `electorate` is a gate in its canonical form, "" for everybody; everybody in it weighs 1, and one who spends a
    pass weighs `pass_weight` more where passes add weight. The last call is `last_call` before the close, 0 for
    none. With `goes_on_for` it does not end with the stream but goes on at least so long on Discord. `hidden` keeps
    the count a secret until the close. `native` is what a poll of Twitch's own is to it."""

    key: str
    question: str
    options: tuple[str, ...]
    method: Method
    window: Micros
    kind: PollKind = PollKind.POLL
    while_offline: WhileOffline = WhileOffline.WAIT
    last_call: Micros = 0
    goes_on_for: Micros = 0
    quorum: int = 0
    hidden: bool = False
    electorate: str = ""
    pass_role: PassRole = PassRole.NONE
    pass_weight: int = 1
    native: Native = Native.OFF

    def as_public(self) -> dict[str, object]:
        """What the ledger tells everybody of it: all of it, so that no rule can be changed afterwards."""
        native = {} if self.native is Native.OFF else {"native": str(self.native)}
        return {
            "question": self.question,
            "options": list(self.options),
            "method": str(self.method),
            "window": self.window,
            "kind": str(self.kind),
            "while_offline": str(self.while_offline),
            "last_call": self.last_call,
            "goes_on_for": self.goes_on_for,
            "quorum": self.quorum,
            "hidden": self.hidden,
            "electorate": self.electorate,
            "pass_role": str(self.pass_role),
            "pass_weight": self.pass_weight,
            **native,
        }


def poll_plan_of(key: str, public: Part) -> PollPlan:
    """The plan that a `poll.opened` entry tells. Raises KeyError for one that leaves something out."""
    return PollPlan(
        key=key,
        question=str(public["question"]),
        options=tuple(map(str, cast("Sequence[object]", public["options"]))),
        method=Method(str(public["method"])),
        window=instant(public, "window"),
        kind=PollKind(str(public["kind"])),
        while_offline=WhileOffline(str(public["while_offline"])),
        last_call=instant(public, "last_call"),
        goes_on_for=instant(public, "goes_on_for"),
        quorum=cast(int, public["quorum"]),
        hidden=bool(public["hidden"]),
        electorate=str(public["electorate"]),
        pass_role=PassRole(str(public["pass_role"])),
        pass_weight=cast(int, public["pass_weight"]),
        native=Native(str(public.get("native", Native.OFF))),
    )


@dataclass(frozen=True)
class Poll:
    """The fold of a poll's facts (see `evolve_poll`). Paused is derived, not a state. `ties` is the commitment to
    the order that breaks them; `people` have a ballot that counts as far as is known, `result` is as in
    `bot.domain.tally.plain_result`, None before it is closed. `native` is how Twitch's own poll beside it ended,
    which may be known before the close or after it."""

    plan: PollPlan
    ties: str
    opened_at: Micros
    closes_at: Micros
    state: PollState = PollState.OPEN
    closed_at: Micros | None = None
    closed_why: str = ""
    paused_at: Micros | None = None
    resume_at: Micros | None = None
    last_call_said: bool = False
    goes_on: bool = False  # the stream has ended, and the poll has not
    people: int = 0
    result: Part | None = None
    native: NativeEnd | None = None

    @property
    def key(self) -> str:
        return self.plan.key

    @property
    def scope(self) -> str:
        """How the ledger's entries name it."""
        return poll_scope(self.plan.key)

    @property
    def open(self) -> bool:
        return self.state is PollState.OPEN

    @property
    def paused(self) -> bool:
        return self.state is PollState.OPEN and self.paused_at is not None

    @property
    def last_call_at(self) -> Micros | None:
        """When the last call is to be said; None where there is none, or it was said."""
        silent = self.last_call_said or not self.plan.last_call
        return None if silent else self.closes_at - self.plan.last_call


def poll_scope(key: str) -> str:
    """What stands for a poll where entries name a drop. No drop can be called so: keys have no colon."""
    return _SCOPE + key


def poll_of_scope(scope: str) -> str | None:
    """The key of the poll that an entry is about; None for an entry about anything else."""
    return scope.removeprefix(_SCOPE) if scope.startswith(_SCOPE) else None


def free_key(question: str, taken: Iterable[str], otherwise: str = "poll") -> str:
    """The key of a new poll, after its question: "next-game", or "next-game-2" where that is taken;
    `otherwise` after a question without a Latin letter."""
    plain, used = slug(question) or otherwise, set(taken)
    number, key = 1, plain
    while key in used:
        number += 1
        key = f"{plain}-{number}"
    return key


def last_call_of(window: Micros, usual: Micros = LAST_CALL) -> Micros:
    """How long before the close of a poll of this length its last call comes: 0 for one that is over that soon."""
    return usual if window >= 3 * usual else 0


def evolve_poll(poll: Poll | None, kind: str, public: Part, at: Micros) -> Poll:
    """The poll after one more fact. The table row is this fold, live and when it is rebuilt from entries.

    Raises ValueError for a fact about a poll that was never opened, or of an unknown kind."""
    if kind == "poll.opened":
        if poll is not None:
            raise ValueError(f"the poll {poll.key} is opened twice")
        plan = poll_plan_of(str(public["key"]), public)
        return Poll(plan, str(public["ties"]), opened_at=at, closes_at=instant(public, "closes_at"))
    if poll is None:
        raise ValueError(f"{kind} about a poll that was never opened")
    if kind in _BESIDE:
        return poll
    if kind == "poll.native":
        end = native_end_of(public)
        wants_none = poll.plan.native is Native.OFF or poll.native is not None or poll.state is PollState.CANCELLED
        if wants_none or len(end.counts) != len(poll.plan.options):
            raise ValueError(f"{kind} about the poll {poll.key}, which has no use for it")
        return replace(poll, native=end)
    if not poll.open:
        raise ValueError(f"{kind} about the poll {poll.key}, which is {poll.state}")
    match kind:
        case "vote.cast":
            replaced = cast("Sequence[object]", public.get("replaces", ()))
            return replace(poll, people=poll.people + 1 - len(replaced))
        case "poll.ending":
            return replace(poll, last_call_said=True)
        case "poll.paused":
            # The return of the stream may have been announced, and the stream be gone again.
            since = instant(public, "since") if poll.paused_at is None else poll.paused_at
            return replace(poll, paused_at=since, resume_at=None)
        case "poll.resuming":
            return replace(poll, resume_at=instant(public, "resume_at"))
        case "poll.resumed" | "poll.went-on":
            going = replace(poll, closes_at=instant(public, "closes_at"), paused_at=None, resume_at=None)
            return going if kind == "poll.resumed" else replace(going, goes_on=True, last_call_said=False)
        case "poll.shifted":
            # The last call that was said still stands: no time has passed.
            return replace(poll, closes_at=instant(public, "closes_at"))
        case "poll.extended":
            return replace(poll, closes_at=instant(public, "closes_at"), last_call_said=False)
        case "poll.closed":
            result = cast(Part, public["result"])
            closed = replace(poll, state=PollState.CLOSED, closed_at=at, closed_why=str(public["why"]))
            people = cast(int, result["people"]) + cast(int, result["abstained"])
            return replace(closed, people=people, result=result, paused_at=None, resume_at=None)
        case "poll.cancelled":
            gone = replace(poll, state=PollState.CANCELLED, closed_at=at, closed_why=str(public["why"]))
            return replace(gone, paused_at=None, resume_at=None)
    raise ValueError(f"unknown kind of fact: {kind}")
