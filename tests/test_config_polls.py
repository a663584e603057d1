"""[polls] of config.toml: what holds for polls, each mistake with its cure."""

from __future__ import annotations

import pytest

from bot.config import ConfigError, load_config
from bot.domain.native_polls import Native
from bot.domain.poll_asked import PollDefaults
from bot.domain.time import HOUR, MINUTE, SECOND
from tests.test_config import CHANNEL, DISCORD, ENVIRON, TWITCH


def polls(tmp_path, text, platforms=TWITCH + DISCORD):
    file = tmp_path / "config.toml"
    file.write_text(CHANNEL + platforms + text, encoding="utf-8")
    return load_config(file, ENVIRON).polls


def test_without_the_section_everything_is_as_usual(tmp_path):
    assert polls(tmp_path, "") == PollDefaults(goes_on_for=10 * MINUTE)


def test_each_key_is_taken_over(tmp_path):
    text = (
        '[polls]\nlasts = "2m"\nbare = false\nlast_call = ""\ngoes_on_for = "1h"\nquorum = 3\nnative = "beside"\n'
        "pass_weight = 2\n"
    )
    assert polls(tmp_path, text) == PollDefaults(2 * MINUTE, False, 0, HOUR, 3, Native.BESIDE, 2)
    assert polls(tmp_path, '[polls]\nlast_call = "20s"\n').last_call == 20 * SECOND


def test_what_a_platform_is_missing_for_is_never_promised(tmp_path):
    text = '[polls]\ngoes_on_for = "1h"\nnative = "added"\n'
    assert polls(tmp_path, text, TWITCH).goes_on_for == 0
    assert polls(tmp_path, text, DISCORD).native is Native.OFF


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ('lasts = "1s"', "from 5s to 1d"),
        ('lasts = "2d"', "from 5s to 1d"),
        ('lasts = ""', "30s"),
        ("lasts = 60", "with a unit"),
        ('bare = "yes"', "true or false"),
        ('last_call = "soon"', "30s"),
        ('goes_on_for = "9d"', "at most 1d"),
        ("quorum = -1", "0 for any number"),
        ("pass_weight = -1", "0 where a pass adds nothing"),
        ("pass_weight = 101", "up to 100"),
        ("quorum = 2.5", "0 for any number"),
        ('native = "both"', '"beside"'),
        ("native = true", '"beside"'),
        ('last = "60s"', '"lasts"'),
    ],
)
def test_a_mistake_is_told_with_its_cure(tmp_path, line, cure):
    with pytest.raises(ConfigError) as caught:
        polls(tmp_path, f"[polls]\n{line}\n")
    (mistake,) = caught.value.mistakes
    assert "[polls]" in str(mistake)
    assert cure in str(mistake)
