"""The [polls] section: what holds for a poll of which the moderator says nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from bot.config.sections import Section
from bot.config.values import Finding, parse_duration, refuse
from bot.domain.native_polls import Native
from bot.domain.poll_asked import PASS_WEIGHT_MAX, QUORUM_MAX, PollDefaults
from bot.domain.poll_words import DURATION_MAX, DURATION_MIN
from bot.domain.time import MINUTE, Micros, span_text

_USUAL = PollDefaults()
_GOES_ON_FOR = 10 * MINUTE


def _parse_native(value: object) -> Native:
    cure = 'Write "off", "beside" to show it beside the chat\'s, or "added" to add its votes to casual polls.'
    if not isinstance(value, str) or value not in tuple(map(str, Native)):
        refuse(Finding("this is nothing that Twitch's own polls can be", cure))
    return Native(value)


def _parse_span_or_never(value: object) -> Micros:
    """A length of time; "" stands for never."""
    return 0 if value == "" else parse_duration(value)


NativeText = Annotated[Native, BeforeValidator(_parse_native)]
SpanOrNever = Annotated[int, BeforeValidator(_parse_span_or_never)]


class PollsSection(Section):
    lasts: Annotated[int, BeforeValidator(parse_duration)] = _USUAL.lasts
    bare: bool = Field(_USUAL.bare, description="Write true or false, without quotes.")
    last_call: SpanOrNever = _USUAL.last_call
    goes_on_for: SpanOrNever = _GOES_ON_FOR
    quorum: int = Field(
        _USUAL.quorum, ge=0, le=QUORUM_MAX, description="Write how many people must take part, 0 for any number."
    )
    native: NativeText = Native.OFF
    pass_weight: int = Field(
        _USUAL.pass_weight,
        ge=0,
        le=PASS_WEIGHT_MAX,
        description=f"Write a whole number up to {PASS_WEIGHT_MAX}, 0 where a pass adds nothing.",
    )

    @field_validator("lasts")
    @classmethod
    def _lasts_as_long_as_polls_can(cls, lasts: Micros) -> Micros:
        if not DURATION_MIN <= lasts <= DURATION_MAX:
            limits = f"from {span_text(DURATION_MIN)} to {span_text(DURATION_MAX)}"
            refuse(Finding("no poll runs for that long", f"Write a length {limits}, like 60s."))
        return lasts

    @field_validator("goes_on_for")
    @classmethod
    def _goes_on_no_longer_than_polls_can(cls, goes_on_for: Micros) -> Micros:
        if goes_on_for > DURATION_MAX:
            cure = f'Write a length of at most {span_text(DURATION_MAX)}, like 10m, or "" for never.'
            refuse(Finding("no poll runs for that long", cure))
        return goes_on_for

    def as_defaults(self, *, twitch: bool, discord: bool) -> PollDefaults:
        """As far as the channel has the platform that each needs."""
        return PollDefaults(
            lasts=self.lasts,
            bare=self.bare,
            last_call=self.last_call,
            goes_on_for=self.goes_on_for if discord else 0,
            quorum=self.quorum,
            native=self.native if twitch else Native.OFF,
            pass_weight=self.pass_weight,
        )
