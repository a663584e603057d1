"""Logging: one line per record on stderr, through a redaction that nothing gets around."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import structlog

from bot.redaction import Redactor

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

_FILE_BYTES_MAX = 5_000_000
_FILES_KEPT = 3

# twitchio at DEBUG doubles the CPU of a chat message; the schedulers and engines tell what nobody reads.
_LIBRARY_LEVELS = {
    "twitchio": logging.INFO,
    "discord": logging.INFO,
    "apscheduler": logging.WARNING,
    "sqlalchemy.engine": logging.WARNING,
    "asyncio": logging.WARNING,
}

_NOT_MISSED = ("StarletteAdapter", "PyNaCl is not installed", "davey is not installed")

_redactor = Redactor()


def add_secret(value: str) -> None:
    """Keep this value out of every later log line, such as a token that was refreshed just now."""
    _redactor.add(value)


def redact(text: str) -> str:
    """The text without secrets, for what is shown outside the log."""
    return _redactor.redact(text)


def configure_logging(
    level: str | int, *, secrets: Iterable[str], json: bool = False, file: Path | None = None
) -> None:
    """Send every record of this process to stderr, and to `file` as well; a second call replaces the first.

    The libraries stay at their own levels unless `level` is DEBUG. Raises ValueError for an unknown level
    and OSError when the file cannot be written."""
    _redactor.add(*secrets)
    handlers: list[logging.Handler] = [_StreamHandler()]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(_FileHandler(file, maxBytes=_FILE_BYTES_MAX, backupCount=_FILES_KEPT, encoding="utf-8"))
    formatter = _formatter(json=json)
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.addFilter(_worth_a_line)
    root_level = level.upper() if isinstance(level, str) else level
    logging.basicConfig(level=root_level, handlers=handlers, force=True)
    for name, quiet in _LIBRARY_LEVELS.items():
        effective = logging.getLogger().level
        logging.getLogger(name).setLevel(effective if effective <= logging.DEBUG else max(effective, quiet))
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *_shared_processors(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Both libraries warn at every start of parts that this program does without."""
    return not any(part in str(record.msg) for part in _NOT_MISSED)


def _shared_processors() -> list[Processor]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
    ]


def _formatter(*, json: bool) -> logging.Formatter:
    renderer: Processor = structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, pad_level=False, exception_formatter=structlog.dev.plain_traceback
    )
    if json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared_processors(), structlog.stdlib.ExtraAdder()],
        processors=[
            _take_from_record,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            # Twice: before, because rendering escapes characters; after, because rendering joins texts.
            _redact_fields,
            renderer,
            _redact_line,
        ],
    )


def _take_from_record(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """When and where it happened, not when and where each handler wrote it."""
    stack = event.pop("stack_info", None)
    if stack:
        event["stack"] = stack
    created = datetime.fromtimestamp(event["_record"].created, UTC)
    event["timestamp"] = created.isoformat(timespec="milliseconds")
    return event


def _redact_fields(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {redact(key): _redacted(value) for key, value in event.items()}


def _redacted(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redact(value)
        case dict():
            return {redact(str(key)): _redacted(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted(inner) for inner in value]
    return redact(repr(value))


def _redact_line(logger: WrappedLogger, method: str, line: Any) -> str:
    # The renderer before it made a text of the event.
    return redact(str(line))


class _QuietErrors(logging.Handler):
    """Says which call could not be formatted, and not with what: the standard reaction prints the arguments."""

    def handleError(self, record: logging.LogRecord) -> None:
        kind = sys.exc_info()[0]
        name, where = kind.__name__ if kind else "an error", f"{record.pathname}:{record.lineno}"
        # A full disk may lie below the standard error, too: nobody who logs may stumble over that.
        with contextlib.suppress(OSError):
            sys.stderr.write(f"A log record of {record.name} ({where}) was lost: {name}\n")


class _StreamHandler(_QuietErrors, logging.StreamHandler[TextIO]):
    pass


class _FileHandler(_QuietErrors, logging.handlers.RotatingFileHandler):
    pass


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("microdrops").critical("stopped by an error", exc_info=(kind, error, trace))
