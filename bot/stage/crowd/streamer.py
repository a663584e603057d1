"""The streamer on the stage: goes live late and opens late, or leaves before the window is over."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Anchor, Cue, GoLive, GoOffline, Person, Say
from bot.stage.crowd.scene import Scene

# The broadcaster of a stage that was furnished by itself.
LOGIN, NAME = "teapot_tv", "TeaPotTV"
# First hello, then the drop.
_HELLO_SECONDS = 1.0


def streamer(scene: Scene, *, late: float | None = None, leaves: float | None = None, login: str = LOGIN) -> Person:
    """The streamer of this evening, who types in Twitch chat.

    With `late` the stream, which is not to run yet, starts so many seconds after the first drop was to open, and
    the streamer opens every drop on cue that much late. With `leaves` the stream ends so many seconds before the
    last drop closes."""
    acts: list[Act] = []
    if late is not None:
        first = min(scene.drops, key=lambda drop: drop.begins_at)
        acts.append(Act(Cue(first.key, Anchor.OPENS, late), GoLive()))
        for drop in scene.drops:
            if drop.on_cue:
                says = Say(f"{scene.words.board} open {drop.key}")
                acts.append(Act(Cue(drop.key, Anchor.OPENS, late + _HELLO_SECONDS), says))
    if leaves is not None:
        last = max(scene.drops, key=lambda drop: drop.closes_at)
        acts.append(Act(Cue(last.key, Anchor.CLOSES, -leaves), GoOffline()))
    return Person("twitch", login, NAME, "streamer", tuple(acts))
