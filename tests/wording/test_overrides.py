"""A channel says it in its own words: which overrides are taken, and which are refused with what reason."""

from __future__ import annotations

import pytest

from bot.domain.claims import ClaimRefusal
from bot.domain.control import SteerRefusal, Verb
from bot.domain.time import MINUTE
from bot.wording.catalogue import KNOWN, Wording, fields_of, mistake_in
from bot.wording.claims import refused_lines, winner_lines
from bot.wording.control import steer_answer
from bot.wording.english import SENTENCES
from bot.wording.help import help_text
from bot.wording.moderating import control_card
from bot.wording.times import moment_text
from tests.wording.saying import EIGHT, NOW, OPEN, about, refused, steer_refused, steered


def test_an_override_replaces_the_sentence() -> None:
    words = Wording({"claim-winner": "Glückwunsch @{name}: {title} Nr. {number} von {supply}!"})
    assert winner_lines(words, "Teal Mug", 48, [("ann", 17)]) == ["Glückwunsch @ann: Teal Mug Nr. 17 von 48!"]


def test_an_override_need_not_use_every_placeholder() -> None:
    words = Wording({"claim-refused-people": "{reason}"})
    lines = refused_lines(words, refused(ClaimRefusal.CLOSED), ["ann", "bob"], NOW)
    assert lines == ["Teal Mug is closed; !drop shows what comes next."]


def test_a_renamed_command_is_named_right_everywhere() -> None:
    words = Wording(command_names={"claim": "!grab", "drop": "!items", "md": "!bot"})
    text = help_text(words, moderator=True, discord=False)
    assert "!grab" in text
    assert "!bot claim" in text
    assert "!items open" in text
    assert "!claim" not in text
    assert "!drop" not in text


def test_commands_keep_their_names_on_discord() -> None:
    text = help_text(Wording(command_names={"claim": "!grab"}), moderator=False, discord=True)
    assert "/claim" in text
    assert "!grab" not in text


@pytest.mark.parametrize(
    ("key", "template", "reason"),
    [
        ("no-such-key", "hello", "no such sentence"),
        ("claim-closed", "", "characters"),
        ("claim-closed", "x" * 401, "characters"),
        ("claim-closed", "{titel}", "{titel} is not known here"),
        ("claim-closed", "{title.__class__}", "plain name"),
        ("claim-closed", "{title[0]}", "plain name"),
        ("claim-closed", "{title!r}", "plain name"),
        ("claim-closed", "{title:>99999999}", "plain name"),
        ("claim-closed", "{}", "plain name"),
        ("claim-closed", "{0}", "plain name"),
        ("claim-closed", "{title", "'}'"),
    ],
)
def test_an_override_that_cannot_be_filled_is_refused(key: str, template: str, reason: str) -> None:
    mistake = mistake_in(key, template)
    assert mistake is not None
    assert reason in mistake
    with pytest.raises(ValueError):
        Wording({key: template})


def test_every_sentence_is_known_with_its_own_placeholders() -> None:
    assert KNOWN.keys() == SENTENCES.keys()
    assert all(fields_of(template) <= KNOWN[key] for key, template in SENTENCES.items())
    assert all(mistake_in(key, template) is None for key, template in SENTENCES.items())


def test_clock_times_are_of_the_channels_zone() -> None:
    assert moment_text(Wording(zone="America/New_York"), EIGHT, NOW, discord=False) == "15:00 (in 12 min)"
    assert moment_text(Wording(zone="Asia/Kolkata"), EIGHT, NOW, discord=False) == "01:30 (in 12 min)"


def test_how_long_a_step_can_be_taken_back_is_said_as_it_is_set() -> None:
    words = Wording(undo_within=90 * MINUTE)
    said = [
        steer_answer(words, steered(Verb.CLOSE), NOW, discord=False),
        steer_answer(words, steer_refused(SteerRefusal.NOTHING_TO_UNDO, Verb.UNDO), NOW, discord=False),
        control_card(words, about(OPEN), NOW).text,
    ]
    assert [text for text in said if "1 h 30 min" not in text] == []
    assert [key for key, template in SENTENCES.items() if "5 min" in template.replace("+5 min", "")] == []


def test_weekdays_can_be_translated() -> None:
    words = Wording({"time-weekdays": "Mo Di Mi Do Fr Sa So", "time-on-day": "{day} {clock}"})
    assert moment_text(words, EIGHT + 3 * 86_400_000_000, NOW, discord=False) == "Fr 20:00 (in 3 days)"
