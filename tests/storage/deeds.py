"""What can happen in a machine's evening: deeds of one rule, each with what it takes and when it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

DEEDS: dict[str, tuple[Callable[[Any], bool], st.SearchStrategy[dict[str, Any]]]] = {}


def deed(
    may: Callable[[Any], bool] = lambda evening: True, **arguments: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Something that can happen, as often as everything else. Of several rules Hypothesis leaves out some for a
    whole evening, and what must not happen takes many of them together."""

    def known(method: Callable[..., None]) -> Callable[..., None]:
        DEEDS[method.__name__] = (may, st.fixed_dictionaries(arguments))
        return method

    return known
