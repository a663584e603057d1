"""[pacing] of config.toml: what the channel promises itself about how often and when it drops."""

from __future__ import annotations

from pydantic import Field

from bot.config.dates import Days, Hours
from bot.config.sections import Section
from bot.config.values import Duration
from bot.domain.pacing import PacingRules

_PER_WEEK_MAX = 1_000


class PacingSection(Section):
    gap: Duration | None = Field(None, description='Write a length of time like "3d", or leave the key out.')
    per_week: int | None = Field(
        None, ge=1, le=_PER_WEEK_MAX, description="Write how many drops a week are enough, like 2."
    )
    blackout: Days = ()
    quiet: Hours | None = None

    def as_rules(self, zone: str) -> PacingRules:
        return PacingRules(zone, self.gap or 0, self.per_week, self.blackout, self.quiet)
