"""The cards of polls: bars, buttons while they are of use, and the whole account at the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.ballots import Method
from bot.wording.catalogue import Wording
from bot.wording.poll_results import bars_text
from bot.wording.polls import live_poll_card, poll_card
from tests.wording.polls import (
    COUNTS,
    MOD_VOTE,
    POLL,
    RESULTS,
    WEIGHED,
    closed,
    of_method,
    said,
)
from tests.wording.saying import NOW, drawn

WORDS = Wording()


def test_bars_are_as_long_as_their_share_of_the_greatest_and_never_empty_for_a_vote() -> None:
    assert bars_text(["teal", "plum", "sand"], [100, 1, 0]).splitlines() == [
        "**1** teal",
        "`██████████` **100**",
        "**2** plum",
        "`█░░░░░░░░░` **1**",
        "**3** sand",
        "`░░░░░░░░░░` **0**",
    ]


def test_a_hidden_count_is_on_no_card_before_the_end() -> None:
    shown = live_poll_card(WORDS, said(WEIGHED), COUNTS, NOW)
    assert "█" not in shown.text
    assert "12" not in shown.text
    over = live_poll_card(WORDS, {**said(RESULTS[0]), "hidden": True}, None, NOW)
    assert "**12**" in over.text


def test_the_card_has_a_button_for_each_option_and_one_for_a_pass() -> None:
    buttons = live_poll_card(WORDS, said(MOD_VOTE), None, NOW).buttons
    assert [(button.label, button.action) for button in buttons] == [
        ("1 Hades", "vote:next-game:1"),
        ("2 Celeste", "vote:next-game:2"),
        ("Use my pass", "votepass:next-game"),
    ]
    assert all(button.enabled for button in buttons)


@pytest.mark.parametrize("method", [Method.APPROVAL, Method.RANKED, Method.SCORE])
def test_what_takes_more_than_one_press_has_one_button_for_the_whole_ballot(method: Method) -> None:
    buttons = live_poll_card(WORDS, said(of_method(method)), None, NOW).buttons
    assert [button.action for button in buttons] == ["ballot:next-mug"]


def test_while_it_is_paused_no_button_can_be_pressed_and_after_the_close_there_is_none() -> None:
    paused = live_poll_card(WORDS, said(replace(POLL, paused_at=NOW)), COUNTS, NOW)
    assert [button.enabled for button in paused.buttons] == [False] * 3
    assert live_poll_card(WORDS, said(RESULTS[0]), COUNTS, NOW).buttons == ()
    assert poll_card(WORDS, NewsKind.POLL_CLOSED, said(RESULTS[0]), NOW).buttons == ()


def test_the_table_of_a_run_off_is_told_round_by_round() -> None:
    poll = closed([(1, 2)] * 5 + [(2, 1)] * 4 + [(3, 2)] * 2 + [(3,)], Method.RANKED)
    blocks = dict(poll_card(WORDS, NewsKind.POLL_CLOSED, said(poll), NOW).blocks)
    assert blocks["Round by round"].splitlines() == [
        "**1** teal 5, plum 4, sand 3. Out: sand.",
        "**2** plum 6, teal 5. 1 for none of them.",
    ]


def test_the_closed_card_shows_the_draw_and_its_seed_and_the_entry_only_if_it_is_known() -> None:
    told = drawn(poll_card(WORDS, NewsKind.POLL_CLOSED, said(RESULTS[0], seed="ab" * 32, entry=57), NOW))
    assert f"`{POLL.ties[:16]}`" in told
    assert "`abababababababab`" in told
    assert "entry 57" in told
    assert "entry" not in drawn(poll_card(WORDS, NewsKind.POLL_CLOSED, said(RESULTS[0]), NOW))
