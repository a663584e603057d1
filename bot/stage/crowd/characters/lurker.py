"""The lurker wants nothing: ordinary chatter in many languages between the claims, which no bot should answer."""

from __future__ import annotations

from random import Random

from bot.stage.crowd.acts import Act, Say
from bot.stage.crowd.characters.character import Character, Someone, announced, opened
from bot.stage.crowd.scene import Scene, StagedDrop

CHATTER = (
    ("hello everyone", "that was 10/10", "!discord", "lol #1 fan here", "1", "I claim this is the best stream"),
    ("hallo zusammen", "was für ein Spiel ist das?", "gg, schön gespielt", "bin gleich wieder da"),
    ("hola a todos", "¡qué buena partida!", "jajaja", "¿quién va ganando?"),
    ("salut tout le monde", "trop fort", "mdr", "c'est quoi ce jeu ?"),
    ("oi gente", "que jogada!", "kkkkk", "boa noite"),
    ("こんばんは", "すごい!", "草", "おつかれさまです"),
    ("안녕하세요", "ㅋㅋㅋㅋ", "대박"),
    ("大家好", "哈哈哈", "太厉害了"),
    ("всем привет", "ахахах", "хорошая игра"),
    ("مرحبا جميعا", "ههههه", "رائع"),
    ("cześć wszystkim", "niezłe to było", "xD"),
    ("herkese selam", "çok iyi ya", "hadi bakalım"),
)


def twitch(someone: Someone, scene: Scene, drop: StagedDrop) -> list[Act]:
    dice = someone.dice
    language = Random(f"{someone.seed}:{someone.login}").choice(CHATTER)
    before = Act(announced(drop, dice.uniform(0.0, 4.0)), Say(dice.choice(language)))
    during = Act(opened(drop, dice.uniform(0.0, drop.seconds)), Say(dice.choice(language)))
    return [before, during] if dice.random() < 0.5 else [during]


CHARACTER = Character("lurker", 6, twitch)
