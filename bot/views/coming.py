"""Notes on the drops to come: when those that recur come next, what the clocks do to them, broken pacing rules."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config import Config
from bot.domain.drops import Drop
from bot.domain.paced_drops import plan_warnings
from bot.domain.time import Micros
from bot.wording.cadence import cadence_notes, pacing_notes
from bot.wording.catalogue import Wording


def coming_notes(config: Config, now: Micros, standing: Mapping[str, Drop] | None = None) -> tuple[str, ...]:
    """A sentence for each, in the words of the channel; `standing` are the drops of the ledger, where there is
    one."""
    words = Wording(config.wording, zone=config.channel.time_zone)
    broken = plan_warnings(config.plans(now), (standing or {}).values(), config.pacing, now)
    return (
        *(note for cadence in config.cadences for note in cadence_notes(words, cadence, now)),
        *pacing_notes(words, broken, config.pacing),
    )
