"""What somebody sees of their own, gets as a file, and hears before they are forgotten."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.domain.claims import ClaimDrop
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import ErasureAsked, ErasureRefusal, ErasureRefused, Kept
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.services.claims import TooFast
from bot.services.confirming import Confirmations
from bot.services.privacy import Privacy
from bot.services.shared_lines import SharedLines
from bot.storage.database import Reads
from tests.conftest import CHANNEL, NOON, plan, viewer
from tests.services.fakes import WORDS, NotingLane, granted, refused

ANN, BOB, CY = viewer("ann"), viewer("bob"), viewer("cy")


@pytest.fixture
def confirmations(lane, clock):
    return Confirmations(lane, clock)


@pytest.fixture
async def privacy(lane, new_ledger, clock, confirmations):
    """Ann holds the mug's #1, Bob #2; it opened at noon."""
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    clock.at = NOON
    for actor in (ANN, BOB):
        await lane.submit(ClaimDrop(CHANNEL, f"twitch:{actor.name}", actor))
    reads = Reads(new_ledger)
    yield Privacy(lane, reads, CHANNEL, confirmations, clock, clock, copies_days=14)
    await reads.close()


async def test_a_person_sees_their_own_and_nothing_of_others(privacy):
    assert await privacy.kept(ANN) == Kept(("twitch: ann",), (("Teal Mug", 1, 48),), 1, 0, NOON)
    assert await privacy.kept(CY) == Kept()


async def test_an_export_is_about_nobody_else_and_bears_its_time(privacy):
    text = (await privacy.export(ANN)).decode()
    data = json.loads(text)
    assert (data["exported_at"], data["channel"]) == ("2026-11-01T12:00:00+00:00", "teapot")
    assert [unit["number"] for unit in data["units"]] == [1]
    assert "bob" not in text
    assert json.loads(await privacy.export(CY)) == {}


async def test_only_what_can_be_done_waits_for_a_yes(privacy, confirmations, lane, clock):
    assert isinstance((await privacy.ask(ANN, "twitch:1")).decision, ErasureRefused)
    assert await confirmations.confirm(ANN, "twitch:2") is None
    for clock.at in (NOON + 15 * MINUTE, NOON + HOUR):
        await lane.submit(Wake(CHANNEL))
    assert (await privacy.ask(ANN, "twitch:3")).decision == ErasureAsked(1, 0)
    assert await privacy.kept(ANN) != Kept()
    assert await confirmations.confirm(ANN, "twitch:4") is not None
    assert await privacy.kept(ANN) == Kept()


async def test_what_stands_in_the_way_at_the_time_of_the_yes_counts(privacy, confirmations, lane, clock):
    for clock.at in (NOON + 15 * MINUTE, NOON + HOUR):
        await lane.submit(Wake(CHANNEL))
    await privacy.ask(ANN, "twitch:1")
    later = plan("print", announce_at=NOON, opens_at=NOON + HOUR)
    await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(), later)))
    await lane.submit(ClaimDrop(CHANNEL, "twitch:print", ANN, "print"))
    refused = (await confirmations.confirm(ANN, "twitch:2")).decision
    assert (refused.drop, refused.until) == ("print", NOON + HOUR + 20 * MINUTE)


async def test_a_stranger_is_answered_without_troubling_the_ledger(new_ledger, clock, confirmations):
    reads, lane = Reads(new_ledger), NotingLane()
    privacy = Privacy(lane, reads, CHANNEL, confirmations, clock, clock, copies_days=14)
    assert (await privacy.ask(CY, "twitch:1")).decision == ErasureRefused(ErasureRefusal.NOTHING_KEPT)
    assert lane.commands == []
    await reads.close()


async def test_who_was_only_refused_is_known_by_their_last_name(privacy, lane, clock):
    for number, name in enumerate(("cy", "cy_the_second")):
        clock.at += 1
        asked = replace(CY, name=name)
        await lane.submit(ClaimDrop(CHANNEL, f"twitch:c{number}", asked, "no such drop"))
    assert await privacy.kept(CY) == Kept(("twitch: cy_the_second",), (), 2, 0, None)
    assert (await privacy.ask(CY, "twitch:1")).decision == ErasureAsked(0, 0)


async def test_who_asks_again_and_again_has_to_wait(privacy, clock):
    for _ in range(6):
        await privacy.kept(ANN)
    with pytest.raises(TooFast):
        await privacy.ask(ANN, "twitch:1")
    with pytest.raises(TooFast):
        await privacy.export(ANN)
    await privacy.kept(BOB)
    clock.at += 10 * SECOND
    await privacy.ask(ANN, "twitch:2")


def test_of_whoever_was_forgotten_nothing_waits_to_be_said_and_others_still_hear_theirs(clock):
    lines = SharedLines(WORDS, clock, answer_gap=30 * SECOND)
    lines.decided(ANN, "twitch:1", granted(1))
    lines.decided(BOB, "twitch:2", granted(2))
    lines.decided(ANN, "twitch:3", refused())
    assert lines.aside(ANN, "ann holds nothing", "mine")
    assert sorted(lines.forget(ANN)) == ["twitch:1", "twitch:3"]
    clock.at += 5 * SECOND
    line = lines.next_line(20)
    assert line is not None
    assert line.text == "@bob Teal Mug #2 of 48 is yours!"
    lines.settled(line)
    assert lines.next_line(20) is None
    assert lines.due_at() is None


def test_whoever_comes_back_is_answered_as_somebody_new(clock):
    lines = SharedLines(WORDS, clock, answer_gap=30 * SECOND)
    assert lines.aside(ANN, "one", "mine")
    lines.settled(lines.next_line(20))
    assert not lines.aside(ANN, "two", "mine")
    lines.forget(ANN)
    assert lines.aside(ANN, "two", "mine")
