"""Ballots: the methods of voting, one person's choice in its only form, and what keeps a choice from being one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

SCORE_MAX = 5


class Method(StrEnum):
    """How people choose: one option, any of them, an order of them, or points from 0 to SCORE_MAX for each."""

    PLURALITY = "plurality"
    APPROVAL = "approval"
    RANKED = "ranked"
    SCORE = "score"


class BallotFault(StrEnum):
    """Why a choice does not count, in order of precedence: the first that applies is the answer."""

    NOTHING_SAID = "nothing-said"
    UNCLEAR = "unclear"
    UNKNOWN_OPTION = "unknown-option"
    AMBIGUOUS = "ambiguous"
    TOO_MANY = "too-many"
    REPEATED = "repeated"
    SCORE_MISSING = "score-missing"
    BAD_SCORE = "bad-score"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's choice. `choices` are numbers of options, from 1: ascending, or the best first when ranked;
    `scores` are their points, one for each, under SCORE alone. Without choices it abstains.

    Made by `fill_in` there is one form for each choice, so that equal choices are equal ballots."""

    method: Method
    choices: tuple[int, ...] = ()
    scores: tuple[int, ...] = ()

    @property
    def abstains(self) -> bool:
        return not self.choices


def fill_in(
    method: Method, options: int, choices: Sequence[int], scores: Sequence[int | None] = ()
) -> Ballot | BallotFault:
    """The ballot of somebody who has chosen from options 1 to `options`; nothing chosen abstains.

    Approving of something twice means it once; a rank or a score given twice is a mistake. A score that is None was
    not given. Raises ValueError where there are scores and the method has none, or not one for each choice."""
    if len(scores) != (len(choices) if method is Method.SCORE else 0):
        raise ValueError("every choice has a score under score voting, and under nothing else")
    if not all(_is_whole(choice) and 1 <= choice <= options for choice in choices):
        return BallotFault.UNKNOWN_OPTION
    repeats = len(set(choices)) < len(choices)
    match method:
        case Method.PLURALITY if len(set(choices)) > 1:
            return BallotFault.TOO_MANY
        case Method.PLURALITY | Method.APPROVAL:
            return Ballot(method, tuple(sorted(set(choices))))
        case _ if repeats:
            return BallotFault.REPEATED
        case Method.RANKED:
            return Ballot(method, tuple(choices))
    if None in scores:
        return BallotFault.SCORE_MISSING
    given = sorted((choice, score) for choice, score in zip(choices, scores, strict=True) if score is not None)
    if not all(_is_whole(score) and 0 <= score <= SCORE_MAX for _, score in given):
        return BallotFault.BAD_SCORE
    return Ballot(method, tuple(choice for choice, _ in given), tuple(score for _, score in given))


def plain_ballot(ballot: Ballot) -> list[object]:
    """What the ledger keeps of it: [2], [1, 3], [3, 1, 2], or with scores [[1, 5], [3, 2]]; [] abstains."""
    if ballot.method is Method.SCORE:
        return [[choice, score] for choice, score in zip(ballot.choices, ballot.scores, strict=True)]
    return list(ballot.choices)


def read_plain(method: Method, options: int, plain: object) -> Ballot | BallotFault:
    """The ballot that was kept as `plain`. Whatever `plain_ballot` has not written is UNCLEAR or worse."""
    if not isinstance(plain, list):
        return BallotFault.UNCLEAR
    choices, scores = plain, []
    if method is Method.SCORE:
        if not all(isinstance(each, list) and len(each) == 2 for each in plain):
            return BallotFault.UNCLEAR
        choices, scores = [each[0] for each in plain], [each[1] for each in plain]
    if not all(map(_is_whole, [*choices, *scores])):
        return BallotFault.UNCLEAR
    ballot = fill_in(method, options, choices, scores)
    if isinstance(ballot, Ballot) and plain_ballot(ballot) != plain:
        return BallotFault.UNCLEAR
    return ballot


def _is_whole(value: object) -> bool:
    # True is a whole number to Python, and to nobody else.
    return isinstance(value, int) and not isinstance(value, bool)
