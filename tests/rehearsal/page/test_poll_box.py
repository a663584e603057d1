"""The bars of polls come from the ledger file itself, and show nothing that is a secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.ballots import Ballot, Method
from bot.domain.poll_control import PollVerb
from bot.domain.time import SECOND
from bot.domain.voting import CastVote
from bot.rehearsal.page.looking import read_standing
from bot.rehearsal.page.poll_box import PollBox
from bot.storage.database import ledger_url
from tests.conftest import CHANNEL, NOON, FixedClock, running_lane, viewer
from tests.new_ledgers import new_ledger_at
from tests.storage.deciding import Evening
from tests.storage.evenings import change


class PollEvening(Evening):
    """An evening whose ledger is looked at while it is going on."""

    path: Path

    async def casts(self, **ballots: Ballot) -> None:
        for name, ballot in ballots.items():
            await self.does(CastVote(CHANNEL, self.request(), viewer(name), ballot))

    @property
    def newest(self) -> PollBox:
        return read_standing(self.path).polls[0]


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[PollEvening]:
    path = tmp_path / "ledger.db"
    url, clock = ledger_url(str(path)), FixedClock(NOON)
    new_ledger_at(url)
    async with running_lane(url, clock) as lane:
        evening = PollEvening(lane, clock)
        evening.path = path
        yield evening


async def test_a_poll_shows_its_votes_as_they_come_and_the_winner_at_the_close(evening: PollEvening) -> None:
    await evening.open("Colour?")
    assert (evening.newest.word, evening.newest.people, evening.newest.counts) == ("open", 0, (0, 0, 0))
    for name, option in (("ann", 1), ("ben", 2), ("cat", 2), ("ann", 2), ("ann", 3)):
        await evening.vote(name, option)
    box = evening.newest
    assert (box.question, box.options, box.counts, box.people) == (
        "Colour?",
        ("teal", "plum", "sand"),
        (0, 2, 1),
        3,
    )
    assert box.closes_at == NOON + 91 * SECOND
    await evening.steer(PollVerb.CLOSE)
    assert (evening.newest.word, evening.newest.counts, evening.newest.winner) == ("closed", (0, 2, 1), 2)
    public = evening.newest.as_public()
    assert (public["sum"], public["of"], public["note"]) == (3, " voted", "")
    assert public["bars"] == [
        ["teal", 0, 0.0, "0 for teal", ""],
        ["plum", 2, 100.0, "2 for plum", "won"],
        ["sand", 1, 50.0, "1 for sand", ""],
    ]


async def test_counts_that_are_hidden_are_seen_at_the_close_and_never_of_one_that_is_cancelled(
    evening: PollEvening,
) -> None:
    await evening.open("First?", hidden=True)
    await evening.vote("ann", 1)
    assert (evening.newest.people, evening.newest.counts) == (1, None)
    public = evening.newest.as_public()
    assert public["note"] == "The counts are shown at the close."
    assert [bar[1:3] for bar in public["bars"]] == [["", 0]] * 3
    await evening.steer(PollVerb.CLOSE)
    assert evening.newest.counts == (1, 0, 0)
    await evening.open("Second?", hidden=True)
    await evening.vote("ann", 1)
    await evening.steer(PollVerb.CANCEL)
    assert (evening.newest.word, evening.newest.counts) == ("cancelled", None)
    assert [box.question for box in read_standing(evening.path).polls] == ["Second?", "First?"]


@pytest.mark.parametrize(
    ("method", "ballots", "counts"),
    [
        (Method.APPROVAL, {"ann": ((1, 3), ()), "ben": ((3,), ()), "cat": ((), ())}, (1, 0, 2)),
        (Method.RANKED, {"ann": ((3, 1), ()), "ben": ((1, 2, 3), ()), "cat": ((), ())}, (1, 0, 1)),
        (Method.SCORE, {"ann": ((1, 2), (5, 3)), "ben": ((2,), (4,)), "cat": ((), ())}, (5, 7, 0)),
    ],
)
async def test_each_method_is_counted_in_its_own_way(
    evening: PollEvening, method: Method, ballots: dict[str, tuple[tuple[int, ...], ...]], counts: tuple[int, ...]
) -> None:
    await evening.open("Dinner?", method=method)
    await evening.casts(**{name: Ballot(method, *chosen) for name, chosen in ballots.items()})
    assert (evening.newest.counts, evening.newest.people) == (counts, 3)


async def test_a_poll_that_is_paused_says_so(evening: PollEvening) -> None:
    await evening.open("Colour?")
    change(ledger_url(str(evening.path)), f"UPDATE poll SET paused_at = {NOON}")
    assert (evening.newest.word, evening.newest.is_open) == ("paused", True)
