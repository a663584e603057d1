"""The early window of a drop: who may come, how long before everybody, and how much they may take."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import PlainValidator

from bot.config.values import Finding, refuse
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.time import MINUTE
from bot.domain.windows import Allotment, read_allotment

USUAL_LENGTH = 10 * MINUTE
USUAL_SHARE = Allotment(50, per_cent=True)

_GATE_CURE = 'Say who may come early, like "subscribers, vips".'
_SHARE_CURE = 'Write a share like "50%", or a number of units like 12.'


def _parse_gate(value: object) -> str:
    """The one way to write the gate."""
    if not isinstance(value, str):
        refuse(Finding("a gate is text in quotes", _GATE_CURE))
    if not value.strip():
        refuse(Finding("this is empty", _GATE_CURE))
    gate = read_gate(value)
    if isinstance(gate, GateMistake):
        what = str(replace(gate, nearest="")).removesuffix(".")
        cure = f'Did you mean "{gate.nearest}"?' if gate.nearest else ""
        refuse(Finding(what, cure, pointed=gate.pointed()))
    return str(gate)


def _parse_share(value: object) -> Allotment:
    whole = isinstance(value, int) and not isinstance(value, bool)
    share = read_allotment(str(value)) if whole or isinstance(value, str) else None
    if share is None:
        refuse(Finding("this is no share", _SHARE_CURE))
    return share


def share_findings(share: Allotment, claimable: int) -> list[Finding]:
    """What is wrong with a share of so many units that viewers can claim."""
    if share.units(claimable) == 0:
        return [Finding("nobody could claim early", f"{_SHARE_CURE} Without early access, leave early out.")]
    if not share.per_cent and share.amount > claimable:
        return [Finding(f"only {claimable} can be claimed", f"Write at most {claimable}.")]
    return []


GateText = Annotated[str, PlainValidator(_parse_gate)]
Share = Annotated[Allotment, PlainValidator(_parse_share)]
