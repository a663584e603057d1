"""No secret reaches a log line, whichever way it tries."""

from __future__ import annotations

import errno
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

from bot.logs import add_secret, configure_logging
from bot.redaction import HIDDEN, Redactor
from tests.logging_restored import logging_restored

CANARY = 'canary/7+dq=ü"x\\9'
TOKEN = "q8w7e6r5t4y3u2i1o0p9a8s7d6f5g4"
DISCORD_TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAx.GabcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    with logging_restored():
        yield


def _fail_like_twitchio(canary: str) -> None:
    url = f"https://id.twitch.tv/oauth2/token?client_id=abc&client_secret={quote(canary)}&grant_type=refresh_token"
    try:
        raise ValueError(f"token {canary} is dead")
    except ValueError as error:
        raise RuntimeError(f"Request POST {url} failed with status 400") from error


def _log_everywhere(canary: str) -> None:
    log = logging.getLogger("twitchio.http")
    log.debug(f"message {canary}")
    log.debug("argument %s and %r", canary, canary)
    log.debug("dict %(token)s", {"token": canary})
    log.debug("nested %s", {"headers": [("Authorization", f"Bearer {canary}")]})
    log.debug("extra", extra={"header": {"deep": [canary]}, canary: 1, "odd": Path("/x") / quote(canary, safe="")})
    try:
        _fail_like_twitchio(canary)
    except RuntimeError:
        log.exception("crashed")
    log.debug("stack", stack_info=True)
    structlog.get_logger("bot").debug("structured", value=canary, many=(canary, {"a": canary}))
    structlog.get_logger("bot").info("positional %s", canary)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_canary_is_hidden_in_messages_arguments_fields_and_exception_chains(
    as_json: bool, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "logs" / "bot.log"
    configure_logging("DEBUG", secrets=[CANARY], json=as_json, file=file)
    _log_everywhere(CANARY)
    written = capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == written
    assert "yellowbird" not in written  # in no spelling at all
    assert "failed with status 400" in written
    assert "crashed" in written
    assert written.count(HIDDEN) >= 12
    if as_json:
        assert all(json.loads(line)["event"] for line in written.splitlines())


def test_without_redaction_the_same_lines_would_show_the_word(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("DEBUG", secrets=["another secret"])
    _log_everywhere("nobody named me")
    assert "nobody named me" in capsys.readouterr().err


def test_a_token_that_was_refreshed_later_is_hidden_from_then_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", secrets=[])
    add_secret("fresh-one-1")
    logging.getLogger("bot").info("got fresh-one-1")
    assert capsys.readouterr().err.rstrip().endswith(f"got {HIDDEN} [bot]")


@pytest.mark.parametrize(
    "text",
    [
        f"client_secret={TOKEN}&x=1",
        f"https://x.test/a?REFRESH_TOKEN={TOKEN}",
        f'{{"access_token": "{TOKEN}", "a": 1}}',
        f"{{'refresh_token': '{TOKEN}'}}",
        f'"{{\\"access_token\\": \\"{TOKEN}\\"}}"',
        f"Authorization: Bearer {TOKEN}",
        f"{{'Authorization': 'OAuth {TOKEN}'}}",
        f"('Authorization', 'Bot {TOKEN}')",
        f"sent Bot {TOKEN} away",
        f"PASS oauth:{TOKEN}",
        f"POST https://discord.com/api/v10/interactions/123456/{TOKEN}/callback",
        f"postgresql://fox:{TOKEN}@localhost/drops",
        DISCORD_TOKEN,
        f"token is {DISCORD_TOKEN}.",
    ],
)
def test_what_looks_like_a_secret_is_hidden_though_nobody_named_it(text: str) -> None:
    shown = Redactor().redact(text)
    assert HIDDEN in shown
    assert TOKEN not in shown
    assert DISCORD_TOKEN not in shown


@pytest.mark.parametrize(
    "text",
    [
        "Bot started, OAuth is fine",
        "ann claimed Teal Mug #17 of 48",
        "https://id.twitch.tv/oauth2/validate",
        "POST /channels/100000000000000001/messages 200",
        "the access_token was refreshed",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert Redactor(["hunter2secret", "is"]).redact(text) == text


def test_a_secret_that_begins_with_another_is_hidden_whole() -> None:
    assert Redactor(["abcdef", "abcdefghij"]).redact("abcdefghij abcdef") == f"{HIDDEN} {HIDDEN}"


def test_a_record_that_cannot_be_formatted_is_named_without_its_arguments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO", secrets=[])
    logging.getLogger("bot").info("%d units", TOKEN)
    written = capsys.readouterr().err
    assert "A log record of bot" in written
    assert TOKEN not in written


class FullDisk(io.StringIO):
    """A stream on a disk that takes nothing more."""

    refused = 0

    def write(self, _: str) -> int:
        self.refused += 1
        raise OSError(errno.ENOSPC, "No space left on device")


def test_whoever_logs_does_not_stumble_over_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk()
    monkeypatch.setattr(sys, "stderr", disk)
    configure_logging("INFO", secrets=[])
    structlog.get_logger("bot").info("the ledger is open")
    assert disk.refused >= 2, "the record, and that it was lost"


def test_an_uncaught_exception_is_logged_and_hidden_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", secrets=[TOKEN])
    try:
        raise RuntimeError(f"no luck with {TOKEN}")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    written = capsys.readouterr().err
    assert f"no luck with {HIDDEN}" in written
    assert TOKEN not in written


@pytest.mark.parametrize(
    ("level", "twitchio", "engine"),
    [("INFO", "INFO", "WARNING"), ("ERROR", "ERROR", "ERROR"), ("debug", "DEBUG", "DEBUG")],
)
def test_libraries_are_quieter_than_we_are_unless_debugging(level: str, twitchio: str, engine: str) -> None:
    configure_logging(level, secrets=[])
    assert logging.getLevelName(logging.getLogger("twitchio").level) == twitchio
    assert logging.getLevelName(logging.getLogger("sqlalchemy.engine").level) == engine


def test_every_record_makes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", secrets=[])
    configure_logging("INFO", secrets=[])
    logging.getLogger("discord").info("ready")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_is_hidden_is_not_hidden_again_even_if_somebodys_secret_is_that_very_word() -> None:
    redactor = Redactor(["secret"])
    assert redactor.redact(redactor.redact("got secret")) == "got [secret]"
