"""The black-box check: could a correct bot have given these answers at these times? It knows nothing of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from tests.simulation.seen import Seen


def impossible(seen: Seen, counts: Counter[str]) -> Iterator[str]:
    yield from ()
