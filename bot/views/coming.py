"""Notes on the drops to come: when those that recur come next, what the clocks do to them, broken pacing rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bot.config import Config
from bot.config.between_drops import conditions_in
from bot.config.mistakes import nearest
from bot.domain.drops import Drop
from bot.domain.entitlements import Entitlement
from bot.domain.paced_drops import plan_warnings
from bot.domain.time import Micros
from bot.wording.cadence import cadence_notes, pacing_notes
from bot.wording.catalogue import Wording


def coming_notes(
    config: Config,
    now: Micros,
    standing: Mapping[str, Drop] | None = None,
    code_sets: Collection[str] | None = None,
) -> tuple[str, ...]:
    """A sentence for each, in the words of the channel. `standing` are the drops of the ledger, where there is one,
    `code_sets` the sets of codes that were made; None is not known."""
    words = Wording(config.wording, zone=config.channel.time_zone)
    broken = plan_warnings(config.plans(now), (standing or {}).values(), config.pacing, now)
    return (
        *(note for cadence in config.cadences for note in cadence_notes(words, cadence, now)),
        *pacing_notes(words, broken, config.pacing),
        *(() if code_sets is None else _code_notes(config, code_sets)),
    )


def _code_notes(config: Config, code_sets: Collection[str]) -> Iterator[str]:
    for drop in config.drops:
        for condition in conditions_in(drop.early):
            wanted = condition.subject
            if condition.entitlement is Entitlement.CODE and wanted not in code_sets:
                said = f"{drop.name}: early asks for {condition}, and no code of that set was made yet"
                near = nearest(wanted, code_sets)
                yield f"{said}: microdrops codes make {wanted} makes them. {near}".strip()
