"""Listens to the bot's log: an error that nobody has put there is a finding."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from tests.simulation.disk import injected


@contextmanager
def listening(hear: Callable[[str, BaseException | None], None]) -> Iterator[None]:
    """Say nothing of what the bot logs, but hear of every error with an exception that the simulation did not
    cause itself."""
    before = structlog.get_config()

    def tap(_logger: Any, _name: str, event: dict[str, Any]) -> Any:
        error = sys.exc_info()[1] if event.get("exc_info") else None
        if error is not None and not injected(error):
            hear(str(event["event"]), error)
        raise structlog.DropEvent

    # Whatever is below an error is not even put together.
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(processors=[tap], wrapper_class=quiet, cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)
