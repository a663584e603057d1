"""The command line. It reads options, loads the configuration and hands over; what is heavy loads on first use."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

# Each adds its commands; --help shows them in this order.
# isort: off
from bot.cli import rehearsing  # noqa: F401
from bot.cli import running  # noqa: F401
from bot.cli import ledger  # noqa: F401
from bot.cli import calendar  # noqa: F401
from bot.cli import verifying  # noqa: F401
from bot.cli import key  # noqa: F401
from bot.cli import person  # noqa: F401
from bot.cli import codes  # noqa: F401

# isort: on
from bot.cli.shared import app, tell_mistakes
from bot.exits import FINE, USED_WRONG

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code: 0 fine, 1 found something wrong, 2 the call or the
    configuration is wrong, 78 do not restart me."""
    if isinstance(sys.stdout, TextIOWrapper):
        # Names come in every alphabet; where a pipe takes few letters (LC_ALL=C, Windows) the others become "?".
        sys.stdout.reconfigure(errors="replace")
    try:
        app(arguments)
    except Exception as error:
        # Not before it is needed: it comes with all that checks a configuration.
        from bot.config import ConfigError

        if not isinstance(error, ConfigError):
            raise
        tell_mistakes(error, as_json=False)
        sys.exit(USED_WRONG)
    sys.exit(FINE)
