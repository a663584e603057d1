"""What is planned for a play, as whoever watches it is told."""

from __future__ import annotations

from dataclasses import replace

from bot.rehearsal.compress import Play
from bot.rehearsal.moments import SECOND
from bot.rehearsal.played import PlayedDrop, PlayedPoll
from bot.rehearsal.programme import Due, PlannedStock, programme_of
from bot.rehearsal.script import Anchor, Moment, PlannedFault, Script, StageCue

MUG = PlayedDrop("mug", "Teal Mug", 48, 0, 1, False, 10 * SECOND, 16 * SECOND, 36 * SECOND)
ZINE = PlayedDrop("zine", "Night Zine", 9, 0, 1, True, 14 * SECOND, 20 * SECOND, 40 * SECOND)
WORDS = {"claim": "!Grab", "claim_again": "!md claim"}
PLAY = Play("", {}, (MUG, ZINE), WORDS, twitch=True, discord=False, reminder_role="")


def test_windows_are_due_in_the_order_of_time() -> None:
    programme = programme_of(PLAY)
    assert programme.dues == (
        Due(10 * SECOND, "Teal Mug is announced"),
        Due(14 * SECOND, "Night Zine is announced"),
        Due(16 * SECOND, "Teal Mug opens"),
        Due(20 * SECOND, "a moderator opens Night Zine"),
        Due(36 * SECOND, "Teal Mug closes"),
        Due(40 * SECOND, "Night Zine closes"),
    )
    assert programme.stocks == (PlannedStock("mug", "Teal Mug", 48), PlannedStock("zine", "Night Zine", 9))
    assert programme.claim_words == ("!grab", "!md claim")
    assert (programme.twitch, programme.discord) == (True, False)


def test_cues_and_faults_are_due_too_and_those_after_an_opening_as_if_it_came_in_time() -> None:
    script = Script(
        "bad-night",
        "A bad night",
        "",
        cues=(
            StageCue(Moment(Anchor.OPENED, 2, "zine"), "streamer", "goes offline"),
            StageCue(Moment(Anchor.BEGINS, 1), "mod_mia", "!drop pause mug"),
        ),
        faults=(PlannedFault("disk-full", Moment(Anchor.CLOSES, -5, "mug")),),
    )
    assert set(programme_of(PLAY, script).dues) - set(programme_of(PLAY).dues) == {
        Due(11 * SECOND, "mod_mia types !drop pause mug"),
        Due(22 * SECOND, "the streamer goes offline"),
        Due(31 * SECOND, "a fault: the disk is full"),
    }


def test_a_fault_by_chance_is_due_when_the_seed_says_so() -> None:
    script = Script("s", "S", "", faults=(PlannedFault("twitch-close", None),))
    (one,) = set(programme_of(PLAY, script, seed=1).dues) - set(programme_of(PLAY).dues)
    (other,) = set(programme_of(PLAY, script, seed=2).dues) - set(programme_of(PLAY).dues)
    assert one.what == other.what == "a fault: Twitch closes the bot's socket"
    assert 10 * SECOND <= min(one.at, other.at) < max(one.at, other.at) <= 40 * SECOND


def test_an_early_opening_is_due_before_everybodys() -> None:
    early = replace(ZINE, early="vip", early_at=17 * SECOND)
    assert programme_of(replace(PLAY, drops=(early,))).dues[1:3] == (
        Due(17 * SECOND, "a moderator opens Night Zine early"),
        Due(20 * SECOND, "Night Zine opens to everybody"),
    )


def test_polls_are_due_and_moments_may_count_from_them() -> None:
    poll = PlayedPoll("game", "Next game?", ("Hades", "Celeste"), 50 * SECOND, 65 * SECOND, for_moderators=True)
    script = Script("s", "S", "", cues=(StageCue(Moment(Anchor.OPENED, 4, "game"), "mod_mia", "!poll cancel"),))
    asked = replace(PLAY, polls=(poll,))
    assert asked.lasts_until == 65 * SECOND
    assert programme_of(asked, script).dues[-3:] == (
        Due(50 * SECOND, "the mod vote “Next game?” opens"),
        Due(54 * SECOND, "mod_mia types !poll cancel"),
        Due(65 * SECOND, "“Next game?” closes"),
    )
