"""The judge: believes the record and the ledger file, and knows nothing of how the bot decides."""

from __future__ import annotations

from collections.abc import Callable

from bot.rehearsal.checks import (
    answers,
    book,
    early,
    identity,
    manners,
    mending,
    passes,
    places,
    polls,
    public,
    units,
)
from bot.rehearsal.evidence import Case
from bot.rehearsal.promises import Promise, unchecked

CHECKS: tuple[Callable[[Case], Promise], ...] = (
    units.supply,
    units.numbers,
    units.per_person,
    units.windows,
    units.asked_for,
    units.served,
    early.entitled,
    early.evidence,
    early.share,
    identity.linked,
    answers.answered,
    answers.winners_told,
    answers.true_numbers,
    answers.consistent,
    answers.once,
    early.settled,
    places.announced,
    places.pings,
    places.seldom,
    manners.unasked,
    manners.shared,
    places.budget,
    book.entries,
    public.fingerprints,
    public.results,
    book.secrecy,
    mending.crash,
    mending.outage,
    mending.healed,
    places.imitated,
)

# These are put to the test where something is asked.
OF_POLLS: tuple[Callable[[Case], Promise], ...] = (
    polls.votes,
    polls.poll_results,
    passes.rights,
    passes.passes,
    polls.quiet,
    polls.polls_told,
)

# What the product promises and one quiet evening cannot show.
_NOT_HERE = (
    ("passes", "A pass is spent once, and one person has one vote.", "There were no passes and no polls."),
)


def judge(case: Case) -> tuple[Promise, ...]:
    """Every promise, in the order a streamer cares."""
    checked = tuple(check(case) for check in CHECKS)
    if case.polls:
        return (*checked, *(check(case) for check in OF_POLLS))
    if case.ledger.passes:
        return (*checked, passes.passes(case))
    return (*checked, *(unchecked(*each) for each in _NOT_HERE))
