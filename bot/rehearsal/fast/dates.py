"""A configuration as it stands, on its own dates: what the bot is given, and the evenings on which it runs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit

from bot.config import Config, load_config
from bot.domain.drop_plan import DropPlan, Opening
from bot.domain.time import HOUR, MINUTE, Micros, in_zone
from bot.rehearsal.compress import TIMES, Play, compress, tell_apart
from bot.rehearsal.played import PlayedDrop

_BEFORE, _AFTER = 15 * MINUTE, 8 * MINUTE
_AROUND_NEWS = 3 * MINUTE
# A drop on cue is opened so long after its announcement.
_CUE_AFTER = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Evening:
    """A span in which the bot runs; `live` while people are to come and claim."""

    begins_at: Micros
    ends_at: Micros
    live: bool


def known_from(config: Config, now: Micros) -> Micros:
    """When the bot learns of the drops (microseconds UTC), and announces those that say nothing of it: before the
    first evening there is a date for, or `now` where there is none."""
    plans = config.plans(now)
    at_once = {drop.name for drop in config.drops if drop.announce is None}
    dates = [plan.announce_at for plan in plans if plan.key not in at_once]
    dates += [plan.begins_at for plan in plans if plan.begins_at is not None]
    return min(dates, default=now + _BEFORE) - _BEFORE


def dated(config: Path, told: Mapping[str, Any], folder: Path, known_at: Micros) -> tuple[Config, Play]:
    """Point a configuration at the stage and leave everything else as it stands; the file is put into `folder`.
    What has no announcement's time is announced at `known_at`. Raises ConfigError."""
    text = config.read_text("utf-8-sig")
    original = tomllib.loads(text)
    joined = compress(text, told, folder / "ledger.db", 0)
    document = tomllib.loads(joined.text)
    for section in ("channel", "pace", "drops"):
        document.pop(section, None)
        if section in original:
            document[section] = original[section]
    document["drops"] = _each_time(document["drops"], load_config(config, {}, secrets="optional"), known_at)
    tell_apart(document["drops"])
    (folder / "config.toml").write_text(tomlkit.dumps(document), "utf-8")
    checked = load_config(folder / "config.toml", joined.environment)
    drops = tuple(_played(plan) for plan in checked.plans(known_at))
    return checked, replace(joined, text=tomlkit.dumps(document), drops=drops)


def _each_time(tables: list[dict[str, Any]], config: Config, known_at: Micros) -> list[dict[str, Any]]:
    """The drops with each time of one that recurs as a drop of its own: of five with one title nobody could say
    which of them a line means."""
    times: dict[str, list[DropPlan]] = {}
    for plan in config.plans(known_at):
        times.setdefault(plan.series, []).append(plan)
    each: list[dict[str, Any]] = []
    for table in tables:
        if table["name"] not in config.series:
            each.append(table)
            continue
        same = {key: value for key, value in table.items() if key not in TIMES}
        each += [
            {
                **same,
                "name": plan.key,
                "announce": _local(plan.announce_at, config),
                "opens": _local(plan.opens_at or 0, config),
                "lasts": table["lasts"],
            }
            for plan in times.get(table["name"], [])
        ]
    return each


def _local(at: Micros, config: Config) -> str:
    return in_zone(at, config.zone).replace(tzinfo=None).isoformat(" ")


def _played(plan: DropPlan) -> PlayedDrop:
    opens_at = plan.announce_at + _CUE_AFTER if plan.opens_at is None else plan.opens_at
    return PlayedDrop(
        key=plan.key,
        title=plan.title,
        supply=plan.supply,
        held_back=plan.held_back,
        per_person=plan.per_person,
        on_cue=plan.opening is Opening.CUE,
        announces_at=plan.announce_at,
        opens_at=opens_at,
        closes_at=opens_at + plan.window,
        early=plan.early,
        early_at=opens_at - plan.early_for if plan.early else None,
        early_units=plan.early_units,
    )


def evenings(drops: Sequence[PlayedDrop]) -> list[Evening]:
    """When the bot has to run: around each announcement, and around each window with the stream on the air."""
    spans = [Evening(d.announces_at - _AROUND_NEWS, d.announces_at + _AROUND_NEWS, live=False) for d in drops]
    spans += [Evening(d.begins_at - _BEFORE, d.closes_at + _AFTER, live=True) for d in drops]
    merged: list[Evening] = []
    for span in sorted(spans, key=lambda each: each.begins_at):
        if merged and span.begins_at - merged[-1].ends_at < HOUR // 4:
            last = merged[-1]
            merged[-1] = Evening(last.begins_at, max(last.ends_at, span.ends_at), last.live or span.live)
        else:
            merged.append(span)
    return merged
