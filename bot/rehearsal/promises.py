"""What a promise looks like once it has been judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    UNCHECKED = "could not be checked here"


@dataclass(frozen=True, slots=True)
class Promise:
    """`details` says what was counted when it was kept, what and where when broken, why when not checked."""

    key: str
    sentence: str
    verdict: Verdict
    details: tuple[str, ...]

    def as_public(self) -> dict[str, object]:
        return {
            "key": self.key,
            "promise": self.sentence,
            "verdict": str(self.verdict),
            "details": list(self.details),
        }


def judged(key: str, sentence: str, broken: Sequence[str], counted: str) -> Promise:
    """Broken by each of `broken`, kept when there is none; `counted` says what the check looked at."""
    if broken:
        return Promise(key, sentence, Verdict.BROKEN, tuple(broken))
    return Promise(key, sentence, Verdict.KEPT, (counted,))


def unchecked(key: str, sentence: str, why: str) -> Promise:
    return Promise(key, sentence, Verdict.UNCHECKED, (why,))
