"""What a moderator types to move a drop, read into an order."""

from __future__ import annotations

import pytest

from cogs.dialogues.moving import MoveOrder, read_move


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("move mug 21:00 ill", MoveOrder("mug", "21:00", "ill")),
        ("MOVE  mug  +30m  technical trouble", MoveOrder("mug", "+30m", "technical trouble")),
        ("move teal mug 2026-12-01 20:00 schedule", MoveOrder("teal mug", "2026-12-01 20:00", "schedule")),
        ("move teal-mug-2026-11-06 9pm ill", MoveOrder("teal-mug-2026-11-06", "9pm", "ill")),
        ("move mug 9 pm ill", MoveOrder("mug 9 pm", "", "ill")),
        ("move mug in 2h ill", MoveOrder("mug", "in 2h", "ill")),
        ("move mug in 2h30m ill", MoveOrder("mug", "in 2h30m", "ill")),
        ("move mug to 21:00 ill", MoveOrder("mug", "21:00", "ill")),
        ("move where to at 9pm ill", MoveOrder("where to", "9pm", "ill")),
        ("move to 21:00 ill", MoveOrder("", "21:00", "ill")),
        ("move mug in 1 h 30 min ill", MoveOrder("mug", "in 1 h 30 min", "ill")),
        ("move mug +1h 30m ill", MoveOrder("mug", "+1h 30m", "ill")),
        ("move mug -15 tech", MoveOrder("mug", "-15", "tech")),
        ("move 21:00 ill", MoveOrder("", "21:00", "ill")),
        ("move mug in teal 21:00", MoveOrder("mug in teal", "21:00", "")),
        ("move mug ill", MoveOrder("mug", "", "ill")),
        ("move mug", MoveOrder("mug", "", "")),
        ("move ill", MoveOrder("", "", "ill")),
        ("move", MoveOrder()),
        ("moved mug 21:00 ill", None),
        ("open mug", None),
        ("", None),
    ],
)
def test_a_move_is_read_around_its_time(typed, order):
    assert read_move(typed) == order
