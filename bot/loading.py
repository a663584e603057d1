"""Loads the modules that a running bot keeps until it ends, and spares it what it would never use of them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

# structlog loads all of rich wherever it is installed: for coloured tracebacks, which no log of ours has.
_NOT_LOADED = "rich"


# How many objects may be made before the collector looks through the young ones. Python's own 700 are a handful of
# claims: in a rush it would look through every waiting one several times, as dear as all the hashing.
YOUNG_MAX = 20_000


# How long a thread that reads a report may keep the interpreter while a claim is waiting for it. The lane asks for
# it several times a batch, and each time Python's own 5 ms would be more than the whole claim takes.
TURN_SECONDS = 0.0005


def settle() -> None:
    """Whatever is there by now stays: the garbage collector is to leave it out, and to look less often; and no
    thread is to keep the others waiting."""
    sys.setswitchinterval(TURN_SECONDS)
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 10, 10)


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
        settle()
    finally:
        gc.enable()
        if hidden:
            del modules[_NOT_LOADED]
