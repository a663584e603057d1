"""The patient ring is a bot ring that waits as people do, each account for itself; only names and words tell."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Press, Say
from bot.stage.crowd.arrivals import arrival
from bot.stage.crowd.characters.character import Character, Someone, claiming, claiming_again, opened
from bot.stage.crowd.scene import Scene, StagedDrop


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    wish = claiming(someone.owners_dice("words"), scene, drop)
    again = Say(claiming_again(scene, drop))
    first = arrival(someone.dice, drop)
    # The program looks whether it worked, after exactly so long.
    return [Act(opened(drop, first), Say(wish)), Act(opened(drop, first + 2.0), again, unless_won=True)]


def discord(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    return [Act(opened(drop, arrival(someone.dice, drop)), Press(drop.key))]


CHARACTER = Character("patient-ring", 2, twitch, discord, soon=2, accounts=100)
