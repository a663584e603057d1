"""What the drops of config.toml have to do with one another, with its lists and with its platforms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.config.drops import DropTable
from bot.config.mistakes import KeyPath, nearest
from bot.config.sections import DiscordSection, TwitchSection
from bot.config.values import Finding
from bot.domain.entitlements import Entitlement, Source
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import Condition, conditions
from bot.domain.pass_words import read_kind

_DATED = re.compile(r"(.+)-[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What Twitch tells a channel's own login alone.
_BY_STREAMER = frozenset({Source.TWITCH_SUBSCRIPTIONS, Source.TWITCH_VIPS, Source.TWITCH_MODERATORS})
_ON_TWITCH = _BY_STREAMER | {Source.TWITCH_FOLLOWERS, Source.TWITCH_BADGES}
_ON_DISCORD = frozenset({Source.DISCORD_MEMBERS})


def between_drops(document: Mapping[str, object]) -> Iterator[tuple[KeyPath, Finding]]:
    """Mistakes that no drop shows alone. The file has not been checked: whatever is something else than it should
    be is told elsewhere."""
    drops = document.get("drops")
    tables = [drop if isinstance(drop, dict) else {} for drop in (drops if isinstance(drops, list) else [])]
    names = [table.get("name") for table in tables]
    recurring = {table.get("name") for table in tables if "every" in table or "season" in table}
    for number, name in enumerate(names):
        if not isinstance(name, str):
            continue
        at = ("drops", number, "name")
        if name in names[:number]:
            yield at, Finding(f'there is already a drop "{name}"', "Give it a name of its own.")
        elif (dated := _DATED.fullmatch(name)) and dated[1] in recurring:
            what = f'"{dated[1]}" recurs, and is called "{name}" on that day'
            yield at, Finding(what, "Give one of them another name.")
    lists = document.get("lists")
    known = [name.casefold() for name in lists] if isinstance(lists, dict) else []
    for number, table in enumerate(tables):
        for condition in conditions_in(table.get("early")):
            if condition.entitlement is Entitlement.LISTED and condition.subject not in known:
                cure = nearest(condition.subject, known) or f"Add {condition.subject} = [...] below a line [lists]."
                what = f'there is no list "{condition.subject}"'
                yield ("drops", number, "early"), Finding(what, cure)


def gate_notes(
    drops: Sequence[DropTable], *, twitch: TwitchSection | None, discord: DiscordSection | None
) -> Iterator[str]:
    """What is no mistake, but lets fewer people in than it seems."""
    kinds = {drop.name: drop.kind for drop in drops}
    own_login = twitch is not None and (twitch.streamer_token is not None or twitch.bot_id == twitch.channel_id)
    lacks = (
        (_ON_TWITCH if twitch is None else frozenset(), "which lets nobody in without a [twitch] section."),
        (_ON_DISCORD if discord is None else frozenset(), "which lets nobody in without a [discord] section."),
        (
            _BY_STREAMER if twitch is not None and not own_login else frozenset(),
            "which Twitch tells your own login alone: set streamer_token and streamer_refresh_token in [twitch].",
        ),
    )
    for drop in drops:
        asked = list(conditions_in(drop.early))
        for sources, what in lacks:
            unanswered = [str(condition) for condition in asked if condition.question.source in sources]
            if unanswered:
                yield f"{drop.name}: early asks for {' and '.join(unanswered)}, {what}"
        yield from _unit_notes(drop.name, asked, kinds)


def _unit_notes(name: str, asked: Iterable[Condition], kinds: Mapping[str, str]) -> Iterator[str]:
    for condition in asked:
        subject = condition.subject
        if condition.entitlement not in (Entitlement.BADGE, Entitlement.PASS):
            continue
        if condition.entitlement is Entitlement.PASS and read_kind(subject) is not None:
            # Whoever has a pass of that kind, wherever it came from.
            continue
        if subject not in kinds:
            near = nearest(subject, kinds)
            said = f"{name}: early asks for {condition}, and no drop of this file is called {subject}"
            counted = f"{said}: only units of an earlier drop of that name count."
            yield f"{counted} {near}".strip()
        elif condition.entitlement is Entitlement.PASS and kinds[subject] != "pass":
            said = f"{name}: early asks for {condition}, which lets nobody in"
            yield f'{said}: {subject} is no drop of kind = "pass".'


def conditions_in(early: object) -> Iterator[Condition]:
    """What a gate asks for; nothing where there is none, or none that can be read."""
    gate = read_gate(early) if isinstance(early, str) and early else None
    if gate is not None and not isinstance(gate, GateMistake):
        yield from conditions(gate)
