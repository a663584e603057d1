"""Loads the modules that a running bot keeps until it ends, and spares it what it would never use of them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

# structlog loads all of rich wherever it is installed: for coloured tracebacks, which no log of ours has.
_NOT_LOADED = "rich"


@contextmanager
def loading_for_good() -> Iterator[None]:
    """What is imported inside the block stays for good.

    The garbage collector would look through all of it several times in vain, a tenth of the start; so it rests, and
    leaves these objects out for ever. With them, each of its full rounds would hold up every claim for 50 ms."""
    # Python's own word for "cannot be imported" is a None in this place.
    modules: MutableMapping[str, Any] = sys.modules
    hidden = _NOT_LOADED not in modules
    if hidden:
        modules[_NOT_LOADED] = None
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
        if hidden:
            del modules[_NOT_LOADED]
