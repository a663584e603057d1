"""Secrets come from the environment or a file, never from config.toml; and where the ledger lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import platformdirs
import pytest

from bot.config import Config, ConfigError, load_config
from bot.config.positions import find_lines

CANARY = "hunter2-canary-value"
CHANNEL = '[channel]\nname = "Teal Fox"\n'


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None, *, optional: bool = False) -> Config:
    path = folder / "config.toml"
    path.write_text(CHANNEL + text, encoding="utf-8")
    return load_config(path, environ or {}, secrets="optional" if optional else "required")


def discord(token: str) -> str:
    ids = "".join(f"{key} = 1\n" for key in ("server", "announcements", "moderators", "lounge"))
    return f"[discord]\ntoken = {token}\n{ids}"


def mistake(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, environ)
    (only,) = caught.value.mistakes
    return str(only)


def test_a_secret_is_read_from_the_environment_and_hidden_in_every_repr(tmp_path: Path) -> None:
    config = load(tmp_path, discord('"env:TOKEN"'), {"TOKEN": f" {CANARY}\n"})
    assert config.discord is not None
    assert config.discord.token.get_secret_value() == CANARY
    assert config.secrets == (CANARY,)
    assert CANARY not in repr(config) + str(config)


def test_a_secret_is_read_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token.txt").write_bytes(b"\xef\xbb\xbf" + CANARY.encode() + b"\r\n")
    config = load(tmp_path, discord('"file:secrets/token.txt"'))
    assert config.secrets == (CANARY,)


@pytest.mark.parametrize(
    "value", [f'"{CANARY}"', f'"env:{CANARY}"', f'"oauth:{CANARY}"', "12345678901234567890", f'["{CANARY}"]', '""']
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(tmp_path: Path, value: str) -> None:
    sentence = mistake(tmp_path, discord(value))
    assert sentence.startswith("config.toml line 4, [discord] token: ")
    assert "env:MICRODROPS_" in sentence
    assert CANARY not in sentence
    assert "12345678901234567890" not in sentence


@pytest.mark.parametrize(
    ("value", "environ", "what"),
    [
        ("env:TOKEN", {}, "the environment variable TOKEN is not set"),
        ("env:TOKEN", {"TOKEN": "  "}, "the environment variable TOKEN is not set"),
        ("env:TOKEN", {"TOKEN": f"{CANARY} {CANARY}"}, "spaces or line breaks"),
        ("file:none.txt", {}, "there is no file"),
        ("file:empty.txt", {}, "is empty"),
        ("file:binary.txt", {}, "cannot be read (UnicodeDecodeError)"),
        ("file:.", {}, "cannot be read"),
    ],
)
def test_a_missing_secret_is_a_mistake_like_any_other(
    tmp_path: Path, value: str, environ: Mapping[str, str], what: str
) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    sentence = mistake(tmp_path, discord(f'"{value}"'), environ)
    assert what in sentence
    assert CANARY not in sentence


def test_where_secrets_may_be_missing_they_are_empty_and_listed(tmp_path: Path) -> None:
    config = load(tmp_path, discord('"env:TOKEN"'), optional=True)
    assert config.discord is not None
    assert config.discord.token.get_secret_value() == ""
    assert config.secrets == ()
    (missing,) = config.missing_secrets
    assert (missing.line, missing.where) == (4, "[discord] token")


def test_a_literal_secret_is_refused_even_where_secrets_may_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must not stand in this file"):
        load(tmp_path, discord(f'"{CANARY}"'), optional=True)


def test_without_a_word_the_ledger_lies_in_the_users_data_folder(tmp_path: Path) -> None:
    ledger = load(tmp_path, "").ledger
    folder = platformdirs.user_data_path("microdrops", appauthor=False)
    assert ledger.path == folder / "ledger.db"
    assert ledger.backups_folder == folder / "backups"


@pytest.mark.parametrize(
    "url", ["fox.db", "./fox.db", "sqlite:///fox.db", "{folder}/fox.db", "sqlite:///{folder}/fox.db"]
)
def test_a_path_is_a_file_beside_the_configuration(tmp_path: Path, url: str) -> None:
    ledger = load(tmp_path, f"[ledger]\nurl = '{url.format(folder=tmp_path.as_posix())}'\n").ledger
    assert ledger.path == tmp_path / "fox.db"
    assert ledger.url == f"sqlite:///{(tmp_path / 'fox.db').as_posix()}"
    assert ledger.backups_folder == tmp_path / "backups"


def test_backups_go_where_they_are_told(tmp_path: Path) -> None:
    ledger = load(tmp_path, '[ledger]\nurl = "fox.db"\nbackups = "safe/place"\n').ledger
    assert ledger.backups_folder == tmp_path / "safe" / "place"


def test_an_address_of_a_database_server_comes_from_the_environment_and_its_password_is_a_secret(
    tmp_path: Path,
) -> None:
    url = "postgres://fox:p%40ss-word@db.test/drops"
    config = load(tmp_path, '[ledger]\nurl = "env:LEDGER"\n', {"LEDGER": url})
    assert config.ledger.url == "postgresql+psycopg://fox:p%40ss-word@db.test/drops"
    assert config.ledger.path is None
    assert config.secrets == ("p%40ss-word", "p@ss-word")
    assert "ss-word" not in repr(config)


def test_a_password_in_the_ledgers_address_is_refused_and_never_repeated(tmp_path: Path) -> None:
    sentence = mistake(tmp_path, f'[ledger]\nurl = "postgresql://fox:{CANARY}@db.test/drops"\n')
    assert "has a password in it" in sentence
    assert CANARY not in sentence


def test_a_server_without_password_may_stand_in_the_file(tmp_path: Path) -> None:
    config = load(tmp_path, '[ledger]\nurl = "postgresql://fox@db.test:5432/drops"\n')
    assert config.ledger.url == "postgresql+psycopg://fox@db.test:5432/drops"


def test_postgresql_without_its_package_is_told_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.config.sections.find_spec", lambda name: None)
    sentence = mistake(tmp_path, '[ledger]\nurl = "postgresql://fox@db.test/drops"\n')
    assert 'pip install "microdrops[postgres]"' in sentence


def test_lines_are_found_for_every_way_of_writing_a_key() -> None:
    text = '''# first
[a]
one = """
two = 2
"""
"odd = key" = [
  1, # x = 1
  2,
]
b.c = 3
inline = { d = 4, e = { f = 5 } }

[[t]]
x = 1
[t.sub]
y = 2
[[t]] # again
x = 3
'''
    lines = find_lines(text)
    expected = {
        ("a",): 2,
        ("a", "one"): 3,
        ("a", "odd = key"): 6,
        ("a", "b", "c"): 10,
        ("a", "inline", "e", "f"): 11,
        ("t", 0): 13,
        ("t", 0, "x"): 14,
        ("t", 0, "sub"): 15,
        ("t", 0, "sub", "y"): 16,
        ("t", 1): 17,
        ("t", 1, "x"): 18,
    }
    assert {path: lines.get(path) for path in expected} == expected
    assert ("a", "two") not in lines
