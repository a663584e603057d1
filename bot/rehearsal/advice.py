""" "What I would change before tonight": small rules, each of which says something only when it has the figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.rehearsal.counting import counted
from bot.rehearsal.figures import Figures
from bot.rehearsal.figures.budget import TWITCH_LINES
from bot.rehearsal.figures.demand import DropFigures
from bot.rehearsal.home import Home
from bot.rehearsal.moments import SECOND

SHOWN_MAX = 5
_SLOW_SECONDS = 5.0
_NAME_LETTERS_MAX = 8


@dataclass(frozen=True, slots=True)
class Advice:
    """`change` is what to do, `why` the figures behind it. The useful ones have a high `weight`."""

    key: str
    weight: int
    change: str
    why: str

    def as_public(self) -> dict[str, str]:
        return {"key": self.key, "change": self.change, "why": self.why}


Rule = Callable[[Figures, Home], Iterator[Advice]]


def advise(figures: Figures, home: Home, *, cut_short: bool = False) -> tuple[Advice, ...]:
    """The most useful first, at most SHOWN_MAX, each rule once. A play that was `cut_short` says nothing of what
    would still have come."""
    rules = [rule for rule in RULES if not (cut_short and rule in _OF_A_WHOLE_PLAY)]
    found = [each for rule in rules if (each := next(rule(figures, home), None)) is not None]
    return tuple(sorted(found, key=lambda each: -each.weight)[:SHOWN_MAX])


def never_opened(figures: Figures, _home: Home) -> Iterator[Advice]:
    """A drop on cue that nobody opened."""
    for drop, life in zip(figures.drops, figures.timelines, strict=True):
        if drop.on_cue and life.first("announced") is not None and life.first("opened") is None:
            yield Advice(
                "never-opened",
                95,
                f"Open {drop.title} yourself with !drop open, or let the clock do it.",
                f"It is on cue only, nobody opened it, and {_people(drop.wanted_by)} asked for it.",
            )


def waited_for_the_cue(figures: Figures, _home: Home) -> Iterator[Advice]:
    """A drop on cue for which many asked too early."""
    for drop, life in zip(figures.drops, figures.timelines, strict=True):
        announced, opened = life.first("announced"), life.first("opened")
        early = drop.refused.get("not-open-yet", 0)
        if drop.on_cue and announced and opened and early >= max(5, drop.wanted_by // 5):
            yield Advice(
                "waited-for-the-cue",
                55,
                f"Say on stream when {drop.title} opens, or let the clock open it.",
                f"It is on cue only: {(opened - announced) / SECOND:.0f} s passed from its announcement to your "
                f"cue, and {early} claims came too early.",
            )


def nothing_for_the_rest(figures: Figures, _home: Home) -> Iterator[Advice]:
    """More people than units, and no line that told what happens with the rest."""
    for drop, life in zip(figures.drops, figures.timelines, strict=True):
        said = " ".join(said.text.casefold() for each in life.happenings for said in each.said)
        told = any(word in said for word in ("restock", "no more", "next edition", "last edition"))
        rest = drop.wanted_by - drop.owners
        if drop.sold_out_after is not None and rest >= max(3, drop.owners // 5) and not told:
            yield Advice(
                "nothing-for-the-rest",
                90,
                f"Tell people before {drop.title} opens what happens for those who get none: more later, or never.",
                f"{_people(drop.wanted_by)} wanted {counted(drop.units, 'unit')}, {rest} went without, "
                "and no line told them whether more will come.",
            )


def open_long_after_the_end(figures: Figures, home: Home) -> Iterator[Advice]:
    """Sold out in the first half of a window that tonight is long."""
    for drop in figures.drops:
        tonight = home.window_seconds.get(drop.drop, 0.0)
        if drop.sold_out_after is None or not drop.open_seconds or tonight < 300:
            continue
        share = drop.sold_out_after / drop.open_seconds
        if share <= 0.5:
            yield Advice(
                "open-long-after-the-end",
                50,
                f"Let {drop.title} close sooner than {_minutes(tonight)} after it opens, or make more of it.",
                f"It was sold out after {drop.sold_out_after:.1f} s of {drop.open_seconds:.0f} s: at that pace "
                f"it stands open and empty for {_minutes(tonight * (1 - share))} of its {_minutes(tonight)}.",
            )


def closed_on_people(figures: Figures, home: Home) -> Iterator[Advice]:
    """Claims after the close, with units left, on an evening without faults."""
    for drop in _calm(figures):
        late = drop.refused.get("closed", 0)
        if late >= 3 and drop.units_left and drop.open_seconds:
            tonight = home.window_seconds.get(drop.drop)
            window = f"its {_minutes(tonight)}" if tonight else f"{drop.open_seconds:.0f} s"
            yield Advice(
                "closed-on-people",
                80,
                f"Keep {drop.title} open longer than {window}.",
                f"{late} claims came after it had closed, with {drop.units_left} units left.",
            )


def far_too_many(figures: Figures, _home: Home) -> Iterator[Advice]:
    """Most of the supply stayed, on an evening without faults."""
    for drop in _calm(figures):
        if drop.open_seconds and drop.sold_out_after is None and drop.supply >= 10 and drop.units * 2 < drop.supply:
            yield Advice(
                "far-too-many",
                45,
                f"Make fewer of {drop.title}, or rehearse with as many viewers as you expect (--viewers).",
                f"{drop.units} of {drop.supply} units found an owner; {_people(drop.wanted_by)} asked.",
            )


def nearly_silenced(figures: Figures, _home: Home) -> Iterator[Advice]:
    """More lines than a bot that is no moderator may say, or close to it."""
    for budget in figures.budgets:
        if budget.platform != "twitch" or budget.peak < round(0.8 * TWITCH_LINES):
            continue
        if budget.peak >= 0.8 * budget.limit:
            change = "Expect some answers to wait, or let people wait longer for a second one (answer_gap)."
            if budget.limit == TWITCH_LINES:
                change = "Make the bot a moderator of your channel: type /mod and its name."
            why = f"It said {budget.peak} lines within 30 s, and Twitch takes {budget.limit}."
            yield Advice("nearly-silenced", 85, change, why)
        else:
            yield Advice(
                "nearly-silenced",
                60,
                "See that the bot is a moderator of your channel: type /mod and its name.",
                f"It said {budget.peak} lines within 30 s. A moderator may say {budget.limit}, anybody else "
                f"{TWITCH_LINES}: then answers would come late.",
            )


def asked_for_more(figures: Figures, _home: Home) -> Iterator[Advice]:
    """Many owners who would have liked another one."""
    for drop in figures.drops:
        if drop.asked_more >= max(3, drop.owners // 4):
            yield Advice(
                "asked-for-more",
                30,
                f"Say on stream how many of {drop.title} one person may have"
                + (", or raise per_person." if drop.units_left else "."),
                f"{drop.asked_more} of {drop.owners} owners asked again after their {drop.per_person}.",
            )


def nothing_to_mend_with(figures: Figures, _home: Home) -> Iterator[Advice]:
    """Everything claimed and nothing held back."""
    for drop in figures.drops:
        if drop.supply >= 10 and drop.held_back == 0 and drop.units == drop.supply:
            yield Advice(
                "nothing-to-mend-with",
                70,
                f"Keep a unit or two of {drop.title} back (held_back = {max(1, min(3, drop.supply // 25))}).",
                f"All {drop.supply} can be claimed and none is held back, so a mistake could not be mended.",
            )


def no_reminder_role(figures: Figures, home: Home) -> Iterator[Advice]:
    if home.reminder_role is False:
        fans = sum(1 for each in figures.answers if each.platform == "discord" for _ in each.seconds)
        yield Advice(
            "no-reminder-role",
            40,
            "Name a reminder_role under [discord], which people can give themselves.",
            f"Nobody on Discord is called before a drop opens; {_claims(fans)} came from there in this rehearsal.",
        )


def backups_on_same_disk(_figures: Figures, home: Home) -> Iterator[Advice]:
    if home.backups_on_same_disk:
        yield Advice(
            "backups-on-same-disk",
            35,
            "Put the copies of the ledger on another disk: backups under [ledger].",
            "Ledger and copies are on one disk: whatever takes one takes both.",
        )


def nobody_on_discord(figures: Figures, _home: Home) -> Iterator[Advice]:
    """Cards on Discord that nobody used."""
    cards = sum(figures.announcements.get("discord:announcements", {}).values())
    if cards and figures.asked >= 10 and not any(each.platform == "discord" for each in figures.answers):
        yield Advice(
            "nobody-on-discord",
            42,
            "Tell your Discord about the drop, or rehearse with people there (--discord-viewers).",
            f"{cards} cards were posted there, and none of the {figures.asked} claims came from Discord.",
        )


def slow_answers(figures: Figures, _home: Home) -> Iterator[Advice]:
    """Of an evening without faults."""
    for answers in () if figures.faults else figures.answers:
        slow = sum(each > _SLOW_SECONDS for each in answers.seconds)
        if slow * 10 >= len(answers.seconds):
            yield Advice(
                "slow-answers",
                75,
                f"Tell people on {answers.platform.title()} that an answer may take a moment.",
                f"{slow} of {len(answers.seconds)} answers took more than {_SLOW_SECONDS:.0f} s, "
                f"the slowest {answers.seconds[-1]:.1f} s.",
            )


def hard_to_type(figures: Figures, _home: Home) -> Iterator[Advice]:
    """Names nobody gets right, where a shorter one would help."""
    missed = figures.refusals.get("unknown-drop", 0)
    hard = [drop for drop in figures.drops if _is_hard(drop)]
    if hard and missed >= max(3, figures.people // 10):
        yield Advice(
            "hard-to-type",
            58,
            f"Give {hard[0].title} a shorter name to type than “{hard[0].drop}”.",
            f"{missed} claims named no drop that there is, of {figures.asked}.",
        )


def _calm(figures: Figures) -> tuple[DropFigures, ...]:
    """What a fault held up says nothing of tonight."""
    return () if figures.faults else figures.drops


def _is_hard(drop: DropFigures) -> bool:
    return len(drop.drop) > _NAME_LETTERS_MAX or not drop.drop.isalpha()


def _people(count: int) -> str:
    return counted(count, "person", "people")


def _claims(count: int) -> str:
    return counted(count, "claim")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


RULES: tuple[Rule, ...] = (
    never_opened,
    nothing_for_the_rest,
    nearly_silenced,
    closed_on_people,
    slow_answers,
    nothing_to_mend_with,
    hard_to_type,
    waited_for_the_cue,
    open_long_after_the_end,
    far_too_many,
    nobody_on_discord,
    no_reminder_role,
    backups_on_same_disk,
    asked_for_more,
)
# What these find missing may only not have come yet.
_OF_A_WHOLE_PLAY: frozenset[Rule] = frozenset({never_opened, nothing_for_the_rest, far_too_many, nobody_on_discord})
