"""`passes` of [[drops]]: each becomes what its units bring, or one clear sentence with the cure."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest
from rich.console import Console

from bot.config import Config, ConfigError, load_config
from bot.domain.drops import Drop, DropState
from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.plan import compare_plans
from bot.domain.time import DAY
from bot.views.plan import plans_as_public, print_plans, sentences, view_plans
from tests.conftest import NOON, plan

MUG = '[channel]\nname = "Teal Fox"\n[[drops]]\nname = "mug"\ntitle = "Teal Mug"\nsupply = 48\nlasts = "15m"\n'
CUSTOM = 'Write it like { kind = "custom", title = "Pick the next song" }.'
MOD_VOTE = PassOffer(PassKind.MOD_VOTE)

Load = Callable[[str], Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(MUG + text, encoding="utf-8")
        return load_config(path, {})

    return from_text


@pytest.mark.parametrize(
    ("written", "offers"),
    [
        ('["mod-vote"]', (MOD_VOTE,)),
        ('"game-night"', (PassOffer(PassKind.GAME_NIGHT),)),
        ('["Mod vote", "game_night"]', (MOD_VOTE, PassOffer(PassKind.GAME_NIGHT))),
        ("[]", ()),
        (
            '[{ kind = "mod-vote", uses = 3, lasts = "30d", transferable = true },\n'
            ' { kind = "custom", title = "Pick the next song" }]',
            (
                PassOffer(PassKind.MOD_VOTE, 3, 30 * DAY, True),
                PassOffer(PassKind.CUSTOM, title="Pick the next song"),
            ),
        ),
    ],
)
def test_what_is_written_comes_with_each_unit(load: Load, written: str, offers: tuple[PassOffer, ...]) -> None:
    (planned,) = load(f'opens = "2030-06-01 20:00"\npasses = {written}\n').plans(NOON)
    assert planned.passes == offers


def test_every_time_of_a_recurring_drop_brings_the_same_passes(load: Load) -> None:
    plans = load('every = "friday 20:00"\npasses = ["mod-vote"]\n').plans(NOON)
    assert len(plans) > 1
    assert {each.passes for each in plans} == {(MOD_VOTE,)}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("3", 'this has to be a list. Write a list like ["mod-vote"].'),
        ('["modvote"]', '"modvote" is no kind of pass. Did you mean "mod-vote"? Choose from: mod-vote, '),
        ("[7]", "a pass is a word in quotes or a table. "),
        ("[{ uses = 2 }]", "a pass needs a kind. Choose from: mod-vote, game-night, custom."),
        ('["custom"]', f"a custom pass needs a title. {CUSTOM}"),
        (
            '[{ kind = "custom", title = "@everyone" }]',
            f"a title cannot mention anybody. {CUSTOM}",
        ),
        ('[{ kind = "mod-vote", title = "x" }]', "only a custom pass has a title. Leave it out. "),
        ('[{ kind = "mod-vote", uses = 0 }]', "uses has to be a whole number from 1 to 100. "),
        ('[{ kind = "mod-vote", uses = true }]', "uses has to be a whole number from 1 to 100. "),
        ('[{ kind = "mod-vote", lasts = 30 }]', "lasts: a length of time is text with a unit. Write it like"),
        ('[{ kind = "mod-vote", lasts = "2 years" }]', 'lasts: "2 years" is no length of time. Write it like'),
        ('[{ kind = "mod-vote", transferable = "yes" }]', "transferable has to be true or false. Leave it out"),
        ('[{ kind = "mod-vote", use = 2 }]', 'a pass has no key "use". Did you mean "uses"?'),
        ('["mod-vote", "mod-vote"]', '"mod-vote" stands there twice. Write it once, with uses = 2 if '),
        (
            '["mod-vote", "game-night", { kind = "mod-vote", uses = 2 }, { kind = "mod-vote", uses = 3 }, '
            '{ kind = "mod-vote", uses = 4 }, { kind = "mod-vote", uses = 5 }]',
            "at most 5 passes come with one unit. Leave some of them out.",
        ),
    ],
)
def test_a_mistake_is_one_sentence_with_its_cure(load: Load, written: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(f'opens = "2030-06-01 20:00"\npasses = {written}\n')
    (mistake,) = caught.value.mistakes
    assert str(mistake).startswith(f"config.toml line 9, [[drops]] mug, passes: {sentence}")


def test_two_mistakes_of_one_drop_are_both_told(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load('opens = "2030-06-01 20:00"\npasses = ["song", { kind = "mod-vote", uses = 200 }]\n')
    assert len(caught.value.mistakes) == 2


def test_passes_that_were_announced_do_not_change_and_the_refusal_names_them() -> None:
    before = plan(passes=(PassOffer(PassKind.MOD_VOTE, lasts=30 * DAY),))
    announced = Drop(before, state=DropState.ANNOUNCED, announced_at=NOON, opens_at=before.opens_at)
    wanted = plan(passes=(PassOffer(PassKind.GAME_NIGHT),))
    difference = compare_plans([wanted], {"mug": announced}, NOON)
    assert [str(refusal) for refusal in difference.refused] == [
        "mug: passes was announced as mod-vote (30d) and cannot become game-night; "
        "put it back, or give the new drop another name"
    ]
    gone = compare_plans([plan()], {"mug": announced}, NOON)
    assert "cannot become nothing" in str(gone.refused[0])
    view = view_plans([wanted], {"mug": announced}, ZoneInfo("UTC"), NOON)
    assert "Refused: mug: passes was announced as" in sentences(view)[-1]
    for_machines = orjson.loads(orjson.dumps(plans_as_public(view)))
    assert for_machines["difference"]["refused"][0]["wanted"] == "game-night"


def test_the_plan_shows_what_comes_with_each_unit() -> None:
    written = StringIO()
    print_plans(
        view_plans([plan(passes=(MOD_VOTE,))], None, ZoneInfo("UTC"), NOON), Console(file=written, width=300)
    )
    assert "48, each with mod-vote" in written.getvalue()


def test_every_example_in_the_page_is_right_as_it_stands(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "passes.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 2
    path = tmp_path / "config.toml"
    path.write_text("\n".join(['[channel]\nname = "Teal Fox"', *examples]), encoding="utf-8")
    badge, print_ = load_config(path, {}).plans(NOON)
    assert badge.passes == (MOD_VOTE,)
    assert [offer.kind for offer in print_.passes] == [PassKind.MOD_VOTE, PassKind.CUSTOM]
