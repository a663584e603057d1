"""A poll as news tell of it: the plain values of a snapshot, typed, and its people's text made safe to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.domain.ballots import Method
from bot.domain.poll_words import OPTION_CHARACTERS_MAX, QUESTION_CHARACTERS_MAX
from bot.domain.polls import PassRole, PollKind, PollState
from bot.domain.tally import Count, Result
from bot.domain.tally_ranked import Round, Tie, Transfer
from bot.domain.text import label
from bot.domain.time import Micros
from bot.wording.text import board_text, chat_text


@dataclass(frozen=True, slots=True)
class PollAbout:
    """See bot.domain.poll_news.poll_snapshot; the last ones come from the fact: `added` in microseconds, `seed` the
    revealed one in hex, `entry` the number of the ledger's entry, 0 where it is not told."""

    poll: str
    question: str
    options: tuple[str, ...]
    method: Method
    kind: PollKind
    hidden: bool
    quorum: int
    electorate: str
    pass_role: PassRole
    pass_weight: int
    state: PollState
    closes_at: Micros
    closed_why: str
    paused: bool
    resume_at: Micros | None
    people: int
    ties: str
    result: Result | None
    late: bool = False
    added: Micros = 0
    seed: str = ""
    entry: int = 0

    @property
    def open(self) -> bool:
        return self.state is PollState.OPEN

    @property
    def takes_passes(self) -> bool:
        return self.pass_role is not PassRole.NONE


def poll_about_of(values: Mapping[str, object]) -> PollAbout:
    """The typed view of what news carry. Raises KeyError where the snapshot leaves something out."""
    result = values.get("result")
    return PollAbout(
        poll=str(values["poll"]),
        question=str(values["question"]),
        options=tuple(map(str, cast("Sequence[object]", values["options"]))),
        method=Method(str(values["method"])),
        kind=PollKind(str(values["kind"])),
        hidden=bool(values["hidden"]),
        quorum=cast(int, values["quorum"]),
        electorate=str(values["electorate"]),
        pass_role=PassRole(str(values["pass_role"])),
        pass_weight=cast(int, values["pass_weight"]),
        state=PollState(str(values["state"])),
        closes_at=cast(Micros, values["closes_at"]),
        closed_why=str(values["closed_why"]),
        paused=bool(values["paused"]),
        resume_at=cast("Micros | None", values["resume_at"]),
        people=cast(int, values["people"]),
        ties=str(values["ties"]),
        result=None if result is None else result_of(cast("Mapping[str, Any]", result)),
        late=bool(values.get("late")),
        added=cast(Micros, values.get("added") or 0),
        seed=str(values.get("seed") or ""),
        entry=cast(int, values.get("entry") or 0),
    )


def result_of(plain: Mapping[str, Any]) -> Result:
    """A result from what `bot.domain.tally.plain_result` has made of it."""
    return Result(
        method=Method(plain["method"]),
        counts=tuple(Count(*count) for count in plain["counts"]),
        people=plain["people"],
        weight=plain["weight"],
        abstained=plain["abstained"],
        leading=plain["leading"],
        ties=tuple(Tie(tuple(level), fell_on, number) for number, level, fell_on in plain["ties"]),
        rounds=tuple(
            Round(
                number,
                tuple((option, amount) for option, amount in each["counts"]),
                each["exhausted"],
                tuple(each["eliminated"]),
                tuple(Transfer(*move) for move in each["transfers"]),
            )
            for number, each in enumerate(plain["rounds"], 1)
        ),
        quorum=plain["quorum"],
    )


def question_text(question: str, *, discord: bool) -> str:
    """The question within a sentence or at the top of a card."""
    return (board_text if discord else chat_text)(question, characters_max=QUESTION_CHARACTERS_MAX)


def option_text(options: Sequence[str], number: int, *, discord: bool) -> str:
    """An option's name within a sentence."""
    return (board_text if discord else chat_text)(options[number - 1], characters_max=OPTION_CHARACTERS_MAX)


def numbered_text(options: Sequence[str]) -> str:
    """ "1 teal, 2 plum, 3 sand": what there is to type, in chat."""
    numbers = range(1, len(options) + 1)
    return ", ".join(f"{number} {option_text(options, number, discord=False)}" for number in numbers)


def choice_labels(options: Sequence[str]) -> tuple[str, ...]:
    """ "2 plum": each option on a button or in a select, which know no markup."""
    names = (label(option, characters_max=OPTION_CHARACTERS_MAX) or "?" for option in options)
    return tuple(f"{number} {name}" for number, name in enumerate(names, 1))
