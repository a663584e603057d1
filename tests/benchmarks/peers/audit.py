"""A peer's round counts only if it is right: the audit that our own bursts pass, and everybody granted."""

from __future__ import annotations

from tests.benchmarks.audit import Store, Unit, audit
from tests.benchmarks.peers.program import Round


def faults(played: Round, claims: int) -> list[str]:
    """Sentences, one for each broken promise; nothing for a right round. A number below 1 stands for a refusal."""
    answered: dict[str, Unit | None] = {
        person: (person, number) if number >= 1 else None for person, number in played.answered
    }
    found = audit(Store(played.stored), answered, asked=claims, supply=claims)
    if refused := sum(unit is None for unit in answered.values()):
        found.append(f"{refused} were refused though there was a unit for each")
    return found
