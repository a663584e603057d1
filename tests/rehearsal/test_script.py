"""Scripts: read whole or refused with every mistake and its cure, and the same for every seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ConfigError
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import Tempo
from bot.rehearsal.played import PlayedDrop
from bot.rehearsal.script import Anchor, Expectation, Moment, PlannedFault, PlannedPoll, Script, StageCue
from bot.rehearsal.script_file import load_script, shipped_scripts, strangers
from bot.rehearsal.script_parts import parse_moment
from bot.rehearsal.timing import cast_faults, drop_of, instant, stage_polls
from tests.rehearsal.evening import CONFIG

MUG = PlayedDrop("mug", "Teal Mug", 5, 0, 1, False, 100 * SECOND, 106 * SECOND, 126 * SECOND)
ZINE = PlayedDrop("zine", "Zine", 5, 0, 1, False, 104 * SECOND, 110 * SECOND, 130 * SECOND)
DROPS = (MUG, ZINE)

POLL = """
[[polls]]
name = "{name}"
question = "Which?"
options = ["a", "b"]
at = "{at}"
"""
WHOLE = """
title = "A try"
about = "Just so."
[crowd]
viewers = 7
discord_viewers = 2
moderator_mistakes = true
[crowd.shares]
late = 40
[tempo]
before_opening = 2
window = 5
[stream]
live_at_first = false
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 5
[[cues]]
at = "begins +1.5s"
does = "goes live"
[[cues]]
at = "opens"
who = "mod_mia"
does = "!drop close mug"
[[faults]]
name = "twitch-close"
at = "mug opened +2s"
code = 4003
[[faults]]
name = "discord-gone"
chance = 0.25
seconds = 1.5
[[expects]]
that = "units"
drop = "mug"
at_least = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "try.toml"


def mistakes_of(file: Path, text: str) -> list[str]:
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_script(file)
    return [str(mistake) for mistake in refused.value.mistakes]


def test_a_whole_script_is_read_as_it_stands(file: Path) -> None:
    file.write_text(WHOLE)
    assert load_script(file) == Script(
        name=str(file),
        title="A try",
        about="Just so.",
        viewers=7,
        discord_viewers=2,
        shares={"late": 40},
        moderator_mistakes=True,
        tempo=Tempo(before_opening=2, window=5),
        live_at_first=False,
        drops=({"name": "mug", "title": "Teal Mug", "supply": 5},),
        cues=(
            StageCue(Moment(Anchor.BEGINS, 1.5), "streamer", "goes live"),
            StageCue(Moment(Anchor.OPENS), "mod_mia", "!drop close mug"),
        ),
        faults=(
            PlannedFault("twitch-close", Moment(Anchor.OPENED, 2, "mug"), options={"code": 4003}),
            PlannedFault("discord-gone", None, seconds=1.5, chance=0.25),
        ),
        expects=(Expectation("units", "mug", at_least=3),),
    )


@pytest.mark.parametrize("name", shipped_scripts())
def test_a_shipped_script_is_found_by_its_name_and_expects_something(name: str) -> None:
    script = load_script(name)
    assert script.name == name
    assert script.title
    assert script.about
    assert script.expects


def test_polls_are_read_with_their_moments_and_can_be_named_by_others(file: Path) -> None:
    polls = POLL.format(name="colour", at="mug closes +1s") + POLL.format(name="game", at="colour closes +2.5s")
    cue = '[[cues]]\nat = "game opened +4s"\nwho = "mod_mia"\ndoes = "!poll cancel"\n'
    file.write_text(WHOLE + polls + 'kind = "mod-vote"\n' + cue)
    script = load_script(file)
    colour, game = script.polls
    assert colour == PlannedPoll("colour", "Which?", ("a", "b"), Moment(Anchor.CLOSES, 1, "mug"), 20)
    assert game.for_moderators
    assert script.cues[-1].at == Moment(Anchor.OPENED, 4, "game")
    first, second = stage_polls(script.polls, DROPS)
    assert (first.opens_at, first.closes_at) == (MUG.closes_at + SECOND, MUG.closes_at + 21 * SECOND)
    assert second.opens_at == first.closes_at + round(2.5 * SECOND)


def test_a_bad_night_has_every_fault_of_the_catalogue_once_and_the_stream_late_and_short() -> None:
    script = load_script("bad-night")
    assert sorted(fault.name for fault in script.faults) == sorted(FAULTS)
    assert all(fault.at is not None for fault in script.faults)
    assert not script.live_at_first
    assert [cue.does for cue in script.cues] == ["goes live", "goes offline"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("begins +3s", Moment(Anchor.BEGINS, 3)),
        ("opens -1.5s", Moment(Anchor.OPENS, -1.5)),
        ("mug opened+2 s", Moment(Anchor.OPENED, 2, "mug")),
        ("teal-mug-2 closes", Moment(Anchor.CLOSES, 0, "teal-mug-2")),
        ("opens opens +0.25s", Moment(Anchor.OPENS, 0.25, "opens")),
        ("mug early -0.5s", Moment(Anchor.EARLY, -0.5, "mug")),
    ],
)
def test_a_moment_is_written_as_one_says_it(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment


MISTAKES = [
    ('titel = "x"', ['line 1, titel: not a key I know. Did you mean "title"?']),
    (
        "[crowd]\nviewers = 5001",
        ["line 3, [crowd] viewers: it has to be at most 5000. Say how many come on Twitch"],
    ),
    (
        "[crowd.shares]\negaer = 3",
        ["shares.egaer: nobody in the crowd is of this", 'Did you mean "eager"?'],
    ),
    ("[crowd.shares]\neager = 101", ["this is no share. Write how many of a hundred"]),
    ("[tempo]\noffline_pause = 9", ["offline_close: it is not longer than offline_pause"]),
    ('[tempo]\nwindow = "20"', ["[tempo] window: this has to be a whole number, without quotes"]),
    ('[drops]\nname = "mug"', ["this has to be a list. Begin each one with a line [[drops]], in"]),
    ('[[drops]]\nname = "mug"\ntitle = "T"\nsupply = 0', ["[[drops]] number 1, supply: it has to be at least 1"]),
    (
        '[[drops]]\nname = "mug"\ntitle = "T"\nsupply = 3\nopens = "2030-01-01 20:00"',
        ["line 6, [[drops]] number 1, opens: a script has no calendar. Leave the key out"],
    ),
    (
        '[[drops]]\nname = "mug"\ntitle = "T"\nsupply = 3\nearly = "vip"\nearly_for = "10m"',
        ["line 7, [[drops]] number 1, early_for: a script has no calendar. Leave the key out"],
    ),
    (
        '[[drops]]\nname = "mug"\ntitle = "T"\nsupply = 3\n[[cues]]\nat = "mug early +1s"\ndoes = "goes live"',
        ['[[cues]] number 1, at: the drop "mug" has no early window. Count from "opens"'],
    ),
    (
        '[[polls]]\nname = "q"\nquestion = "Which?"\noptions = ["a"]\nat = "closes"',
        [
            "[[polls]] number 1, options: this value cannot be used. Write what there is to choose from",
        ],
    ),
    (
        '[[polls]]\nname = "Q u"\nquestion = ""\noptions = ["a", "b"]\nat = "later"\nkind = "raffle"\nlasts = 0',
        [
            "[[polls]] number 1, name:",
            "[[polls]] number 1, question:",
            "[[polls]] number 1, at: this is no moment of the play",
            "[[polls]] number 1, lasts: it has to be at least 5.",
            "[[polls]] number 1, kind:",
        ],
    ),
    (
        POLL.format(name="q", at="opened +3s"),
        ['[[polls]] number 1, at: nobody knows ahead when that will be. Count from "opens", "closes" or "begins"'],
    ),
    (
        POLL.format(name="q", at="r closes") + POLL.format(name="r", at="closes"),
        ["[[polls]] number 1, at: that poll comes later in the script. Count from a drop, or from a poll that"],
    ),
    (
        POLL.format(name="q", at="closes") + POLL.format(name="q", at="closes"),
        ['[[polls]] number 2, name: there is already a "q". Give it another name.'],
    ),
    (
        POLL.format(name="q", at="closes") + '[[cues]]\nat = "q announced"\ndoes = "goes live"',
        ['[[cues]] number 1, at: "q" is a poll, which just opens and closes. Write "q opens", "q opened" or'],
    ),
    ("[tempo]\nearly = 0", ["[tempo] early: it has to be at least 1. Whole seconds, like 5."]),
    ('[[cues]]\nat = "mug opens 2s"\ndoes = "goes live"', ["[[cues]] number 1, at: this is no moment of the play"]),
    ('[[cues]]\nat = "mug begins"\ndoes = "goes live"', ["the play begins once, not with each drop"]),
    (
        '[[cues]]\nat = "opens"\nwho = "A B"\ndoes = "goes live"',
        ['number 1, who: nobody who steers is called "A B". Choose from: streamer, mod_mia.'],
    ),
    (
        '[[cues]]\nat = "opens"\nwho = "mod_mai"\ndoes = "!drop open"',
        ['line 4, [[cues]] number 1, who: nobody who steers is called "mod_mai". Did you mean "mod_mia"?'],
    ),
    (
        '[[faults]]\nname = "clock-moved"\nby = -3600',
        ["line 4, [[faults]] number 1, by: the clock cannot be set back by 3600 s in a play. Write -60 or more"],
    ),
    ('[[faults]]\nname = "twitch-delay"\nby = -1', ["only a clock can be set back. Write a number of seconds"]),
    ('[[faults]]\nname = "twitch-clos"', ['there is no fault "twitch-clos". Did you mean "twitch-close"?']),
    ('[[faults]]\nname = "zzz"', ['there is no fault "zzz". Choose from: twitch-duplicate, ']),
    ('[[faults]]\nname = "twitch-close"\nstatus = 500', ["twitch-close has no such option. Choose from: code."]),
    ('[[faults]]\nname = "twitch-errors"\nstatus = 418', ["418 is no answer that a platform refuses with"]),
    ('[[faults]]\nname = "twitch-close"\nat = "opens"\nchance = 0.5', ["there is both at and chance"]),
    ('[[faults]]\nname = "twitch-reset"\ntimes = 2', ["has no such option. Leave it out: this fault has none."]),
    ('[[expects]]\nthat = "unts"\nat_least = 1', ['there is no figure "unts". Did you mean "units"?']),
    ('[[expects]]\nthat = "units"', ["nothing is expected of it. Add at_least or at_most."]),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_cure(file: Path, text: str, told: list[str]) -> None:
    head = "" if text.startswith("titel") else 'title = "T"\n'
    said = mistakes_of(file, head + text)
    for part in told:
        assert any(part in each for each in said), said


def test_all_mistakes_are_told_at_once(file: Path) -> None:
    text = 'title = "T"\n[crowd]\nviewers = -1\n[[faults]]\nname = "x"\n[[expects]]\nthat = "y"\nat_least = 0\n'
    assert len(mistakes_of(file, text)) == 3


def test_mistakes_that_show_only_side_by_side_are_told_with_all_others(file: Path) -> None:
    changes = {
        "viewers = 7": "viewers = -7",
        'name = "mug"': 'name = "Mug"',
        '"mug opened': '"mgu opened',
        "code = 4003": "code = 4003\nstatus = 500\nseconds = -1",
        "chance = 0.25": 'chance = 0.25\nat = "opens"',
        "window = 5": "window = 5\noffline_pause = 9",
        'that = "units"\ndrop = "mug"\nat_least = 3': 'that = "unts"',
    }
    text = WHOLE
    for right, wrong in changes.items():
        text = text.replace(right, wrong)
    places = [said.partition(": ")[0].partition(", ")[2] for said in mistakes_of(file, text)]
    assert places == [
        "[crowd] viewers",
        "[tempo] offline_close",
        "[[drops]] number 1, name",
        "[[faults]] number 1, at",
        "[[faults]] number 1, status",
        "[[faults]] number 1, seconds",
        "[[faults]] number 2, chance",
        "[[expects]] number 1, at_least",
        "[[expects]] number 1, that",
    ]


def test_a_text_that_is_no_toml_is_told_with_its_line(file: Path) -> None:
    assert mistakes_of(file, 'title = "T"\nabout = nothing\n') == [
        'try.toml line 2: I cannot read this (Invalid value). Text has to stand in "quotes", on one line.'
    ]


def test_a_drop_that_the_script_does_not_have_is_told_with_the_nearest(file: Path) -> None:
    text = WHOLE.replace('"mug opened', '"mgu opened').replace('drop = "mug"', 'drop = "teapot"')
    said = mistakes_of(file, text)
    assert said[0].endswith('[[faults]] number 1, at: there is no drop "mgu". Did you mean "mug"?')
    assert said[1].endswith('[[expects]] number 1, drop: there is no drop "teapot". Choose from: mug.')


def test_a_script_without_drops_may_speak_of_the_configurations_and_of_no_others(file: Path) -> None:
    head, _, rest = WHOLE.partition("[[drops]]")
    file.write_text(head + rest[rest.index("[[cues]]") :])
    script = load_script(file)
    assert strangers(script, ["mug", "zine"]) == []
    (told,) = strangers(script, ["teal-mug"])
    assert "speaks of a drop 'mug', which the configuration does not have" in told


def test_a_script_that_there_is_not_is_told_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match=r'hot-dorp: there is no such script\. Did you mean "hot-drop"'):
        load_script("hot-dorp")


@pytest.mark.parametrize(
    ("moment", "at"),
    [
        (Moment(Anchor.BEGINS, 3), 103),
        (Moment(Anchor.ANNOUNCED, 1, "zine"), 105),
        (Moment(Anchor.OPENS, -1.5), 104.5),
        (Moment(Anchor.CLOSES, 0, "zine"), 130),
        (Moment(Anchor.OPENED, 1), None),
        (Moment(Anchor.EARLY, 1, "zine"), 111),
    ],
)
def test_a_moment_is_an_instant_where_that_is_known_ahead(moment: Moment, at: float | None) -> None:
    assert instant(moment, DROPS) == (None if at is None else at * SECOND)


def test_a_moment_of_a_drop_that_is_not_played_is_an_error() -> None:
    with pytest.raises(KeyError):
        drop_of(Moment(Anchor.OPENS, 0, "cap"), DROPS)


def faults_by_chance(*names: str, chance: float = 0.5) -> Script:
    return Script("s", "S", "", faults=tuple(PlannedFault(name, None, chance=chance) for name in names))


def test_chance_is_the_seeds_alone() -> None:
    script = faults_by_chance(*FAULTS)
    assert cast_faults(script, 7, DROPS) == cast_faults(script, 7, DROPS)
    assert cast_faults(script, 7, DROPS) != cast_faults(script, 8, DROPS)
    struck = [len(cast_faults(script, seed, DROPS)) for seed in range(200)]
    assert 0.4 < sum(struck) / (200 * len(FAULTS)) < 0.6


def test_what_comes_by_chance_comes_within_the_play() -> None:
    script = faults_by_chance(*FAULTS, chance=1.0)
    for seed in range(50):
        moments = [fault.at for fault in cast_faults(script, seed, DROPS)]
        assert len(moments) == len(FAULTS)
        assert all(moment and 100 <= (instant(moment, DROPS) or 0) / SECOND <= 130 for moment in moments)


def test_a_fault_more_at_the_end_moves_none_of_the_others() -> None:
    before = cast_faults(faults_by_chance("twitch-close", "disk-full", chance=1), 3, DROPS)
    after = cast_faults(faults_by_chance("twitch-close", "disk-full", "bot-killed", chance=1), 3, DROPS)
    assert after[:2] == before


def test_a_chance_of_nothing_never_strikes() -> None:
    assert cast_faults(faults_by_chance(*FAULTS, chance=0.0), 1, DROPS) == ()


def test_a_configuration_in_a_scripts_place_is_told_by_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_script(str(path))
    (mistake,) = refused.value.mistakes
    assert "not a script" in mistake.what
    assert mistake.cure.endswith(f"rehearse --config {path}")
