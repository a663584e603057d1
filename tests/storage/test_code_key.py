"""The key of the claim codes: a file of its owner's alone, made with the first code, never over a broken one."""

from __future__ import annotations

import stat
import sys

import pytest

from bot.storage.code_key import CodeKey
from bot.storage.signing import KeyFileBroken

CHANCE = bytes(range(32))


def test_there_is_no_file_before_the_first_code(tmp_path):
    path = tmp_path / "code-key.json"
    assert CodeKey(path).find() is None
    assert not path.exists()


def test_it_is_made_once_and_found_again(tmp_path):
    path = tmp_path / "code-key.json"
    assert CodeKey(path, lambda count: CHANCE[:count]).make() == CHANCE
    assert CodeKey(path).make() == CodeKey(path).find() == CHANCE


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes")
def test_its_owner_alone_may_read_it(tmp_path):
    path = tmp_path / "code-key.json"
    CodeKey(path).make()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"key": 1}', b'{"key": "%%%"}', b'{"key": "c2hvcnQ="}', b"\xff"]
)
def test_a_broken_file_is_named_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "code-key.json"
    path.write_bytes(content)
    for trying in (CodeKey(path).find, CodeKey(path).make):
        with pytest.raises(KeyFileBroken, match=r"code-key\.json is damaged"):
            trying()
    assert path.read_bytes() == content


def test_once_read_it_is_at_hand_whatever_becomes_of_the_file(tmp_path):
    path = tmp_path / "code-key.json"
    key = CodeKey(path)
    made = key.make()
    path.write_bytes(b"")
    assert key.find() == key.make() == made


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileBroken, match="cannot be"):
        CodeKey(tmp_path / "file" / "code-key.json").make()


def test_it_shows_nothing_of_the_key(tmp_path):
    key = CodeKey(tmp_path / "code-key.json", lambda count: b"k" * count)
    key.make()
    assert "kkkk" not in repr(key)
