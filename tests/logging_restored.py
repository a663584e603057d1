"""Logging belongs to the whole process: a test that configures it has to give it back."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def logging_restored() -> Iterator[None]:
    """Whatever is configured inside is undone afterwards."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = list(root.handlers), root.level
    # basicConfig(force=True) closes what it removes: pytest's own handlers must not be there then.
    root.handlers.clear()
    try:
        yield
    finally:
        for handler in list(root.handlers):
            root.removeHandler(handler)
            handler.close()
        root.handlers.extend(handlers)
        root.setLevel(level)
        sys.excepthook = hook
        logging.captureWarnings(False)
        structlog.reset_defaults()
