"""Everything an evening came to, counted from the record and the ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal.evidence import Case
from bot.rehearsal.figures.answers import Answers, How, Wait, answers_by_platform, waits
from bot.rehearsal.figures.budget import Budget, budgets
from bot.rehearsal.figures.demand import (
    Character,
    DropFigures,
    characters,
    drop_figures,
    gates,
    refusals,
)
from bot.rehearsal.figures.healing import Healing, healings
from bot.rehearsal.figures.polls import PollFigures, pass_facts, poll_figures
from bot.rehearsal.figures.series import Series, second_by_second
from bot.rehearsal.figures.timeline import Timeline, poll_timelines, timelines
from bot.rehearsal.moments import SECOND
from bot.rehearsal.votes import VoteAsk, vote_asks


@dataclass(frozen=True, slots=True)
class Figures:
    """Instants are microseconds UTC on the stage's clock. `news` holds the seconds between what happened to a drop
    and each line or card that told of it, rising; `people` counts all who asked, `linked` the times that two
    accounts became one person, `voted` the votes that were typed and pressed."""

    begins_at: int
    ends_at: int
    drops: tuple[DropFigures, ...]
    timelines: tuple[Timeline, ...]
    series: tuple[Series, ...]
    answers: tuple[Answers, ...]
    refusals: dict[str, int]
    gates: dict[str, int]
    characters: tuple[Character, ...]
    budgets: tuple[Budget, ...]
    healings: tuple[Healing, ...]
    announcements: dict[str, dict[str, int]]
    news: tuple[float, ...]
    asked: int
    people: int
    unanswered: int
    linked: int = 0
    voted: int = 0
    polls: tuple[PollFigures, ...] = ()
    poll_timelines: tuple[Timeline, ...] = ()
    passes: Mapping[str, int] = field(default_factory=dict)

    @property
    def restarts(self) -> int:
        return sum(each.trouble.is_restart and not each.trouble.skipped for each in self.healings)

    @property
    def faults(self) -> int:
        """Those that struck."""
        return sum(not each.trouble.skipped for each in self.healings)

    def named(self, that: str, drop: str = "") -> float | None:
        """A figure by its name in a script: units, owners, early, wanted_by and sold_out of a drop ("" adds all of
        them up); asked, people, linked, refused, unanswered, restarts, faults, healed and answer_seconds of the
        evening; polls that were closed, their voters all added up, passes_spent and passes_returned. None for a
        name that there is not."""
        mine = [each for each in self.drops if drop in ("", each.drop)]
        match that:
            case "units" | "owners" | "early" | "wanted_by":
                return float(sum(getattr(each, that) for each in mine))
            case "sold_out":
                return sum(each.sold_out_after is not None for each in mine)
            case "refused":
                return sum(self.refusals.values())
            case "polls":
                return float(sum(each.ending == "closed" for each in self.polls))
            case "voters":
                return float(sum(each.people for each in self.polls))
            case "passes_spent" | "passes_returned":
                return float(self.passes.get(that.removeprefix("passes_"), 0))
            case "healed":
                return sum(each.seconds is not None for each in self.healings)
            case "answer_seconds":
                return max((each.share(0.99) for each in self.answers), default=0.0)
            case "asked" | "people" | "linked" | "unanswered" | "restarts" | "faults":
                return float(getattr(self, that))
        return None

    def as_public(self) -> dict[str, Any]:
        """Seconds count from the first thing that happened to a drop."""
        return {
            "drops": [each.as_public() for each in self.drops],
            "timeline": {
                each.drop: each.as_public(self.begins_at) for each in (*self.timelines, *self.poll_timelines)
            },
            "polls": [each.as_public() for each in self.polls],
            "passes": dict(self.passes),
            "second_by_second": [each.as_public(self.begins_at) for each in self.series],
            "claims": self.asked,
            "people": self.people,
            "votes": self.voted,
            "linked": self.linked,
            "answer_seconds": {each.platform: each.as_public() for each in self.answers},
            "refusals": self.refusals,
            "gates": self.gates,
            "characters": [each.as_public() for each in self.characters],
            "send_budget": [each.as_public(self.begins_at) for each in self.budgets],
            "faults": [each.as_public(self.begins_at) for each in self.healings],
            "restarts": self.restarts,
            "announcements": self.announcements,
            "announcement_seconds": _spread(self.news) if self.news else {},
        }


FIGURE_NAMES = (
    "units",
    "owners",
    "early",
    "wanted_by",
    "sold_out",
    "asked",
    "people",
    "linked",
    "refused",
    "unanswered",
    "restarts",
    "faults",
    "healed",
    "answer_seconds",
    "polls",
    "voters",
    "passes_spent",
    "passes_returned",
)


def figures_of(case: Case) -> Figures:
    """Count everything once."""
    lives, poll_lives = timelines(case), poll_timelines(case)
    all_lives = (*lives, *poll_lives)
    votes = {poll.key: vote_asks(case, poll) for poll in case.polls}
    # What is said while one poll follows another can be a vote in either.
    one_by_one = {vote.request: vote for its in votes.values() for vote in its}
    instants = _instants(case, all_lives, one_by_one.values())
    begins_at, ends_at = _span(instants)
    all_waits = waits(case)
    return Figures(
        begins_at=begins_at,
        ends_at=ends_at,
        drops=tuple(drop_figures(case, life) for life in lives),
        timelines=lives,
        series=second_by_second(case, [vote.at for vote in one_by_one.values()], instants),
        answers=answers_by_platform(all_waits),
        refusals=refusals(case),
        gates=gates(case),
        characters=characters(case),
        budgets=budgets(case),
        healings=healings(case, all_waits),
        announcements=_announcements(case),
        news=_news_seconds(all_lives),
        asked=len(case.asks),
        people=len({ask.who for ask in case.asks}),
        unanswered=_unanswered(all_waits),
        linked=len(case.links),
        voted=len(one_by_one),
        polls=poll_figures(case, votes),
        poll_timelines=poll_lives,
        passes=pass_facts(case),
    )


def _unanswered(all_waits: tuple[Wait, ...]) -> int:
    return sum(wait.how is How.NOBODY and wait.ask.heard for wait in all_waits)


def _span(instants: list[int]) -> tuple[int, int]:
    """From the first moment of a drop (or claim, or fault) to the last one, with a second to spare."""
    if not instants:
        return 0, SECOND
    return min(instants), max(instants) + SECOND


def _instants(case: Case, lives: tuple[Timeline, ...], votes: Iterable[VoteAsk]) -> list[int]:
    instants = [each.at for life in lives for each in life.happenings]
    instants += [said.at for life in lives for each in life.happenings for said in each.said]
    instants += [ask.at for ask in case.asks] + [told.at for told in case.told] + [vote.at for vote in votes]
    return instants + [at for each in case.troubles for at in (each.begins_at, each.ends_at)]


def _announcements(case: Case) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for row in case.ledger.news:
        if row.result == "sent":
            found.setdefault(row.place, Counter())[row.kind] += 1
    return {place: dict(kinds) for place, kinds in found.items()}


def _news_seconds(lives: tuple[Timeline, ...]) -> tuple[float, ...]:
    late = (max(0, said.at - each.at) for life in lives for each in life.happenings for said in each.said)
    return tuple(sorted(seconds / SECOND for seconds in late))


def _spread(times: tuple[float, ...]) -> dict[str, float]:
    middle = times[(len(times) - 1) // 2]
    return {"count": len(times), "median": round(middle, 3), "worst": round(times[-1], 3)}
