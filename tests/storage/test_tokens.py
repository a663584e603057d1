"""Renewed logins outlive the process, and a new login in the configuration outranks them."""

from __future__ import annotations

import stat
import sys

import pytest

from bot.storage.tokens import Login, TokenFile

CONFIGURED = Login("access-1", "refresh-1")
RENEWED = Login("access-2", "refresh-2")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "logins.json"


def test_without_a_file_the_configured_login_is_used(path):
    assert TokenFile(path).newest("42", CONFIGURED) == CONFIGURED


def test_a_renewed_login_is_there_after_a_restart_for_its_account_alone(path):
    TokenFile(path).put("42", CONFIGURED, RENEWED)
    assert TokenFile(path).newest("42", CONFIGURED) == RENEWED
    assert TokenFile(path).newest("43", CONFIGURED) == CONFIGURED


def test_of_several_renewals_the_newest_counts_and_other_accounts_stay(path):
    file = TokenFile(path)
    file.put("42", CONFIGURED, RENEWED)
    file.put("43", CONFIGURED, RENEWED)
    file.put("42", CONFIGURED, Login("access-3", "refresh-3"))
    assert file.newest("42", CONFIGURED).refresh == "refresh-3"
    assert file.newest("43", CONFIGURED) == RENEWED


def test_a_new_login_in_the_configuration_starts_anew(path):
    TokenFile(path).put("42", CONFIGURED, RENEWED)
    anew = Login("access-9", "refresh-9")
    assert TokenFile(path).newest("42", anew) == anew


def test_a_broken_file_is_as_good_as_none(path):
    path.parent.mkdir()
    path.write_bytes(b'{"42": {"of"')
    assert TokenFile(path).newest("42", CONFIGURED) == CONFIGURED
    TokenFile(path).put("42", CONFIGURED, RENEWED)
    assert TokenFile(path).newest("42", CONFIGURED) == RENEWED


def test_the_configured_tokens_are_not_in_the_file_and_no_login_shows_itself(path):
    TokenFile(path).put("42", CONFIGURED, RENEWED)
    assert b"refresh-1" not in path.read_bytes()
    assert "refresh" not in repr(RENEWED).replace("refresh=", "")
    assert "access-2" not in repr(RENEWED)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_file_is_for_its_owner_alone_and_nothing_else_is_left(path):
    TokenFile(path).put("42", CONFIGURED, RENEWED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["logins.json"]


def test_a_disk_that_refuses_leaves_the_file_as_it_was(path, monkeypatch):
    TokenFile(path).put("42", CONFIGURED, RENEWED)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.storage.tokens.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        TokenFile(path).put("42", CONFIGURED, Login("access-3", "refresh-3"))
    assert TokenFile(path).newest("42", CONFIGURED) == RENEWED
