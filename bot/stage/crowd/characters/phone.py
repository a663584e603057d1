"""The phone's keyboard knows better: capitals, curly quotes, a full stop, a long dash; then it is typed again."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say, Slash
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop

# Seconds until somebody on a phone has seen that nothing came of it, and typed the line anew.
_AGAIN_SECONDS = 3.5


def improved(claim: str, drop: str) -> tuple[str, ...]:
    """A claim as phones make it of what was meant."""
    capital = claim[:1] + claim[1:].capitalize()
    return (
        f"{capital} {drop}",
        f"{capital} {drop.capitalize()}.",
        f"{claim} {drop} ",
        f"{claim}  {drop}",
        f"{claim} “{drop}”",
        f"{claim} ‘{drop.capitalize()}’",
        f"{capital} {drop.replace('-', '–')}",
        f"{claim} {drop.replace('-', '—')}.",
        f"{claim.upper()} {drop.upper()}",
        f"{capital}. {drop}",
    )


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    line = someone.dice.choice(improved(scene.words.claim, drop.key))
    again = Say(f"{scene.words.claim} {drop.key}", instead=claiming_again(scene, drop))
    return [
        Act(opened(drop, first), Say(line)),
        Act(opened(drop, first + _AGAIN_SECONDS), again, unless_won=True),
    ]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    first = arrival(someone.dice, drop)
    named = someone.dice.choice((drop.key.capitalize(), f"{drop.key} ", f"“{drop.key}”", f"{drop.title}."))
    return [
        Act(opened(drop, first), Slash("claim", named)),
        Act(opened(drop, first + _AGAIN_SECONDS), Press(drop.key), unless_won=True),
    ]


CHARACTER = Character("phone", 6, twitch, discord)
