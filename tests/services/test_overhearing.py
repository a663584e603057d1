"""Every line is passed on to whoever must hear of it, and nobody who listens can stop it."""

from __future__ import annotations

from bot.domain.people import Actor
from bot.services.overhearing import Overhearing
from tests.conftest import viewer

ANN = viewer("ann")


def test_each_listener_hears_who_said_what_and_which_command_it_is():
    heard: list[tuple[Actor, str, str]] = []
    overhearing = Overhearing()
    for _ in range(2):
        overhearing.listen(lambda *line: heard.append(line))
    overhearing.hear(ANN, "hello", "")
    overhearing.hear(ANN, "!claim mug", "claim")
    assert heard == [(ANN, "hello", "")] * 2 + [(ANN, "!claim mug", "claim")] * 2


def test_a_listener_that_fails_keeps_nothing_from_the_others():
    heard: list[str] = []

    def fail(*line: object) -> None:
        raise ValueError("planned")

    overhearing = Overhearing()
    overhearing.listen(fail)
    overhearing.listen(lambda actor, text, command: heard.append(text))
    overhearing.hear(ANN, "hello")
    assert heard == ["hello"]
