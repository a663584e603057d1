"""How much is sampled: a thin round in every `make test`, the full one in `make thorough`."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")

THOROUGH = os.environ.get("TIER") == "thorough"


def sampled(thin: T, full: T) -> T:
    """How many seeds, people or rounds a test takes here. The thin one finds every planted bug as well."""
    return full if THOROUGH else thin
