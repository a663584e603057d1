"""Whenever the process dies in an evening with a poll, the evening ends as if it had not: in every state."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from structlog.testing import capture_logs

from bot.domain.poll_control import OpenPoll
from bot.domain.recounting import PollRecounted, RecountPoll
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.storage.database import ledger_url
from bot.storage.rebuild import differences
from tests.conftest import CHANNEL, MIA, NOON
from tests.domain.poll_world import poll_plan
from tests.new_ledgers import new_ledger_at
from tests.storage.desk import Desk, desk_engine
from tests.storage.poll_stories import ENDINGS, KEY, KINDS, Step, picture, requests, story

POINTS = ("lane.before-begin", "lane.before-commit", "lane.after-commit")


class Died(BaseException):
    """The process ends here."""


class Theatre:
    """Plays a story on a new ledger each time; `dies` says in which steps, and at which point of the lane."""

    def __init__(self, folder) -> None:
        self._url = ledger_url(str(folder / "ledger.sqlite"))
        self._engine = desk_engine(self._url)
        self._folder = folder
        self._point = ""

    def play(self, steps: list[Step], dies: dict[int, str], *, redelivers: Random | None = None) -> Desk:
        for each in self._folder.glob("ledger.sqlite*"):
            each.unlink()
        new_ledger_at(self._url)
        desk, live = Desk(self._engine, NOON, stream_watched=True, probe=self._probe), True
        for number, step in enumerate(steps):
            desk.clock.at += step.after
            live = next((each.live for each in step.commands if isinstance(each, ReportStream)), live)
            if number in dies:
                self._point = dies[number]
                with suppress(Died):
                    desk.send(*step.commands)
                    raise AssertionError("the lane has not come to that point")
                desk.restart()
                # Nobody knows what the stream did meanwhile before the platform has told how it is now.
                desk.send(ReportStream(CHANNEL, live))
            desk.send(*step.commands)
            if redelivers is not None:
                before = requests(steps[: number + 1])
                desk.send(*redelivers.choices(before, k=3) if before else ())
        return desk

    def _probe(self, point: str) -> None:
        if point == self._point:
            self._point = ""
            raise Died


@pytest.fixture(scope="module")
def theatre(tmp_path_factory):
    with capture_logs():
        yield Theatre(tmp_path_factory.mktemp("theatre"))


def undisturbed(theatre, steps):
    desk = theatre.play(steps, {})
    try:
        return picture(desk)
    finally:
        desk.close()


# How a poll ends is the same for every method but for what is counted.
@pytest.mark.parametrize(
    ("kind", "ending"),
    [*((kind, ENDINGS[0]) for kind in KINDS), ("mod-vote", ENDINGS[1]), ("ranked", ENDINGS[2])],
)
def test_whichever_step_the_process_dies_in_the_evening_ends_the_same(theatre, kind, ending):
    steps = story(kind, ending)
    wanted = undisturbed(theatre, steps)
    assert wanted["polls"][0][1] == ("cancelled" if ending == "cancelled" else "closed")
    # Once at each step, at one point after the other.
    for number, step in enumerate(steps[1:], 1):
        desk = theatre.play(steps, {number: POINTS[number % 3]})
        try:
            assert picture(desk) == wanted, f"it died when somebody {step.name}"
        finally:
            desk.close()


@pytest.mark.parametrize("kind", KINDS)
def test_of_many_deaths_and_requests_that_come_again_in_any_order_nothing_is_left(theatre, kind):
    """At moments that the seed chooses; and a year later all ballots are there and come to the same."""
    dice = Random(f"polls under fire: {kind}")
    for ending in ENDINGS:
        steps = story(kind, ending)
        wanted = undisturbed(theatre, steps)
        dies = {number: dice.choice(POINTS) for number in dice.sample(range(1, len(steps)), 5)}
        desk = theatre.play(steps, dies, redelivers=dice)
        try:
            assert picture(desk) == wanted, dies
            desk.clock.at += 365 * DAY
            desk.restart()
            assert picture(desk) == wanted
            (again,) = desk.send(RecountPoll(CHANNEL, "twitch:years-later", MIA, KEY))
            assert ending == "cancelled" or (isinstance(again.decision, PollRecounted) and again.decision.agrees)
            with desk.connection().begin():
                assert differences(desk.connection(), CHANNEL) == []
        finally:
            desk.close()


def test_a_poll_that_opens_before_the_platform_has_told_of_the_stream_is_given_no_time_of_before(new_ledger):
    """The stream went off, the bot started anew, and knew nothing of it when somebody put a question."""
    desk = Desk(desk_engine(new_ledger), NOON, stream_watched=True)
    try:
        desk.send(ReportStream(CHANNEL, live=True))
        desk.send(ReportStream(CHANNEL, live=False))
        desk.clock.at += 10 * MINUTE
        desk.restart()
        desk.send(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(window=HOUR)))
        desk.send(ReportStream(CHANNEL, live=False))
        assert desk.ask("SELECT paused_at FROM poll") == [(NOON + 10 * MINUTE,)]
        desk.clock.at += MINUTE
        desk.send(ReportStream(CHANNEL, live=True))
        desk.clock.at += MINUTE
        desk.send(Wake(CHANNEL))
        assert desk.ask("SELECT closes_at - opened_at FROM poll") == [(HOUR + 2 * MINUTE,)]
    finally:
        desk.close()
