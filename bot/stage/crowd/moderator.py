"""The moderator on the stage: opens the drops that wait for somebody's cue."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Anchor, Cue, Person, Say, Slash
from bot.stage.crowd.scene import Scene

LOGIN = "mod_mia"


def moderators(scene: Scene, *, on_twitch: bool) -> tuple[Person, ...]:
    """Mia, if a drop is on cue; she types in chat where there is one, and uses Discord's command elsewhere."""
    acts = tuple(
        Act(
            Cue(drop.key, Anchor.OPENS, 0.0),
            Say(f"{scene.words.board} open {drop.key}") if on_twitch else Slash("drop open", drop.key),
        )
        for drop in scene.drops
        if drop.on_cue
    )
    platform = "twitch" if on_twitch else "discord"
    return (Person(platform, LOGIN, LOGIN, "moderator", acts),) if acts else ()
