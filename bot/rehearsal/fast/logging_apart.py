"""The log of a bot that shares this process with the rehearsal: in a file of its own, at its own hour."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from bot.logs import redact


@contextmanager
def logging_to(path: Path, level: str, now: Callable[[], int]) -> Iterator[None]:
    """Write what the bot logs to `path` while the block runs; `now` gives microseconds UTC."""
    before = structlog.get_config()

    def stamp(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        moment = datetime.fromtimestamp(now() / 1_000_000, UTC)
        return {"timestamp": moment.isoformat(timespec="milliseconds"), **event}

    def without_secrets(_logger: Any, _name: str, line: Any) -> str:
        return redact(str(line))

    with path.open("a", encoding="utf-8") as file:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                stamp,
                structlog.processors.format_exc_info,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
                without_secrets,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
            logger_factory=structlog.WriteLoggerFactory(file),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            structlog.configure(**before)
