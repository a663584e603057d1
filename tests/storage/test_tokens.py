"""Renewed logins outlive the process, and a new login in the configuration outranks them."""

from __future__ import annotations

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

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


def test_two_accounts_that_are_renewed_at_the_same_time_are_both_kept(path, monkeypatch):
    file = TokenFile(path)
    both_read = Barrier(2)

    def read_slowly():
        kept = read()
        # Without a lock both threads come here before either writes.
        with suppress(BrokenBarrierError):
            both_read.wait(timeout=0.2)
        return kept

    read = file._read
    monkeypatch.setattr(file, "_read", read_slowly)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda user_id: file.put(user_id, CONFIGURED, RENEWED), ["42", "43"]))
    assert [TokenFile(path).newest(user_id, CONFIGURED) for user_id in ("42", "43")] == [RENEWED, RENEWED]
    assert [each.name for each in path.parent.iterdir()] == ["logins.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_file_is_for_its_owner_alone_and_nothing_else_is_left(path):
    TokenFile(path).put("42", CONFIGURED, RENEWED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["logins.json"]


def test_a_disk_that_refuses_leaves_the_file_as_it_was(path, monkeypatch):
    TokenFile(path).put("42", CONFIGURED, RENEWED)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.storage.private_file.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        TokenFile(path).put("42", CONFIGURED, Login("access-3", "refresh-3"))
    assert TokenFile(path).newest("42", CONFIGURED) == RENEWED
    assert [each.name for each in path.parent.iterdir()] == ["logins.json"]
