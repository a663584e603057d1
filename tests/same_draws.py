"""Lets Hypothesis draw the same in every `make test`, whatever ran before; `make thorough` draws anew each time."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from tests.tiers import THOROUGH

NO_CONSTANTS = providers.Constants()


def draw_the_same() -> None:
    """Load a profile for all properties. A busy machine fails none of them: how long one takes proves nothing."""
    settings.register_profile(
        "microdrops", deadline=None, derandomize=not THOROUGH, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("microdrops")
    if not THOROUGH:
        # Besides what chance gives, it draws constants of the bot's modules that happen to be imported by then. So
        # a test's draws would change with the tests that its worker ran before, and with any line of the bot.
        providers._get_local_constants = lambda: NO_CONSTANTS
