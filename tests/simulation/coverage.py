"""What a run must have reached: a fault that never struck and a refusal that nobody got were not tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.table import Table

from bot.domain.announcing import NewsKind
from bot.domain.claims import ClaimRefusal
from bot.domain.control import SteerRefusal
from bot.domain.poll_control import PollRefusal, PollVerb
from bot.domain.voting import VoteRefusal
from tests.simulation.chance import POINTS
from tests.simulation.disk import DISK_DEATHS, DISK_FAULTS, ERRORS
from tests.simulation.polls.book import POLL_MOVES
from tests.simulation.story import SENDS
from tests.simulation.watcher import MOVES, REPAIRS

# From so many seeds on, whatever was never reached fails the run.
EVERYTHING_FROM = 500
_OTHER_FAULTS = (
    "the process dies: while idle",
    "the process dies: it could not start",
    *(f"the process dies: {moment}" for moment in SENDS),
    "the process is stopped",
    *(f"{error} for a while" for error in ERRORS),
    "chat is down",
    "board is down",
    "evidence is down",
    "the clock jumps back",
    "the clock jumps forward",
    "config.toml changes",
    "a person is renamed",
    "the ledger is frozen as after a restore",
)
# No code is typed here, nothing is moved, Twitch has no polls of its own, there are no game nights, and whoever is
# linked claims nothing twice.
_ELSEWHERE = frozenset(
    (
        ClaimRefusal.BAD_CODE,
        NewsKind.MOVED,
        NewsKind.CODE_BURNED,
        NewsKind.POLL_NATIVE,
        NewsKind.NIGHT_CREATED,
        NewsKind.NIGHT_CANCELLED,
        NewsKind.LINK_MERGES,
        # Two polls at once, and a pass where none is of use: tests of the rules ask for these.
        VoteRefusal.WHICH_POLL,
        VoteRefusal.NO_PASSES_HERE,
        PollRefusal.NAME_NEEDED,
    )
)
# Who has spent two passes is linked in the middle of the poll; hardly anybody adds time to one that stands still.
_HARDLY_EVER = frozenset(
    (("open", "pass.returned"), ("closed", "pass.returned"), ("paused", "poll.extended"), ("paused", "poll.paused"))
)
_OF_VOTES = ("counted", "changed", "repeated", "counted with a pass", "being checked", "gave way to a newer one")
_OF_POLLS = (
    *map(str, (PollVerb.OPEN, PollVerb.CLOSE, PollVerb.CANCEL, PollVerb.EXTEND)),
    "two accounts are linked",
    "results compared",
    "decided",
    "recounted",
    "hidden",
)
EXPECTED: tuple[str, ...] = (
    *(f"fault: {name}" for name in (*DISK_FAULTS, *DISK_DEATHS, *_OTHER_FAULTS)),
    *(f"point: {name}" for name in POINTS),
    *(f"claim refused: {each}" for each in ClaimRefusal if each not in _ELSEWHERE),
    *(f"steer refused: {each}" for each in SteerRefusal),
    *(
        f"answer: {each}"
        for each in ("granted", "several are open", "too fast", "try again", "steered", "wants a yes")
    ),
    *(f"state: {each}" for each in sorted(set(MOVES.values()))),
    *(f"move: {kind} while {before or 'unknown'}" for before, kind in MOVES),
    *(f"move: {kind}" for kind in REPAIRS),
    *(f"news: {kind} sent" for kind in NewsKind if kind not in _ELSEWHERE),
    "black box: decided",
    *(f"vote: {each}" for each in (*_OF_VOTES, "try again", "too fast")),
    *(f"vote refused: {each}" for each in VoteRefusal if each not in _ELSEWHERE),
    *(f"poll: {each}" for each in _OF_POLLS),
    *(f"poll refused: {each}" for each in PollRefusal if each not in _ELSEWHERE),
    *(
        f"poll move: {kind} while {before or 'unknown'}"
        for before, kind in POLL_MOVES
        if (before, kind) not in _HARDLY_EVER
    ),
    "early: let in",
    "early: refused",
    "answer: being checked",
)
# One evening out of four has them, or fewer.
_SELDOM = frozenset(
    (
        "state: gone",
        *(
            f"claim refused: {each}"
            for each in (
                ClaimRefusal.PAUSED,
                ClaimRefusal.NOTHING_ON,
                ClaimRefusal.CLOSED,
                ClaimRefusal.FROZEN,
                ClaimRefusal.EARLY_GONE,
                ClaimRefusal.NOT_ENTITLED,
            )
        ),
    )
)
# What already a few seeds must reach.
QUICK = tuple(
    name
    for name in EXPECTED
    if name.startswith(("claim refused", "answer", "black box", "state", "vote: count")) and name not in _SELDOM
)


def never_reached(counts: Counter[str], expected: Iterable[str] = EXPECTED) -> list[str]:
    return [name for name in expected if counts[name] == 0]


def table(counts: Counter[str]) -> Table:
    """Everything that was counted, by topic."""
    shown = Table("reached", "times", box=None)
    shown.columns[1].justify = "right"
    topic = ""
    for name in [*EXPECTED, *sorted(counts.keys() - set(EXPECTED))]:
        head, _, what = name.partition(": ")
        if head != topic:
            topic = head
            shown.add_row(f"[bold]{head}[/]", "")
        times = f"{counts[name]:,}"
        shown.add_row(f"  {what}", times if counts[name] else "[red]0[/]")
    return shown
