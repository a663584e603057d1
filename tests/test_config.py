"""config.toml: what is right is taken over; what is wrong is told at once, with line and cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from bot.config import CommandsSection, Config, ConfigError, DropTable, check_wording, load_config
from bot.config.pacing import PacingSection
from bot.config.polls import PollsSection
from bot.config.public import PublicSection
from bot.config.sections import PaceSection
from bot.domain.commands import COMMANDS
from bot.domain.drop_plan import Opening
from bot.domain.publishing import Publishing
from bot.domain.stream import Pace
from bot.domain.time import MINUTE, SECOND

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
NOW = 1_700_000_000_000_000
ENVIRON = {
    "CLIENT_SECRET": "client-secret-canary",
    "BOT_TOKEN": "oauth:bot-token-canary",
    "BOT_REFRESH": "bot-refresh-canary",
    "DISCORD": "discord-canary",
}

CHANNEL = '[channel]\nname = "Teal Fox"\n'
TWITCH = """[twitch]
channel = "TealFox"
channel_id = "1001"
bot_id = 1002
client_id = "abc"
client_secret = "env:CLIENT_SECRET"
bot_token = "env:BOT_TOKEN"
bot_refresh_token = "env:BOT_REFRESH"
"""
DISCORD = """[discord]
token = "env:DISCORD"
server = "100000000000000001"
announcements = 100000000000000002
moderators = "100000000000000003"
"""
MUG = """[[drops]]
name = "mug"
title = "Teal Mug"
supply = 48
opens = 2030-06-01T20:00:00
lasts = "15m"
"""

Load = Callable[..., Config]
Wrong = Callable[..., list[str]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str, **options: object) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, ENVIRON, **options)  # type: ignore[arg-type]  # options are load_config's own

    return from_text


@pytest.fixture
def wrong(load: Load) -> Wrong:
    """The sentences about a text that has to be refused."""

    def sentences(text: str, **options: object) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text, **options)
        return [str(mistake) for mistake in caught.value.mistakes]

    return sentences


def test_the_example_has_no_mistake_and_names_the_secrets_that_are_still_missing() -> None:
    config = load_config(EXAMPLE, {}, secrets="optional")
    (mug,) = config.plans(NOW)
    assert (mug.key, mug.title, mug.supply, mug.opening) == ("mug", "Teal Mug", 48, Opening.CLOCK)
    assert [mistake.where for mistake in config.missing_secrets] == [
        "[twitch] client_secret",
        "[twitch] bot_token",
        "[twitch] bot_refresh_token",
        "[discord] token",
    ]
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for mistake in config.missing_secrets:
        assert mistake.line is not None
        assert lines[mistake.line - 1].startswith(mistake.where.split()[-1])


def test_the_example_names_every_key_and_its_default() -> None:
    """Uncommented, the example is still right, and says what holds without it."""
    shown = EXAMPLE.read_text(encoding="utf-8")
    headers = {field.name for field in fields(Config)} - {"file", "missing_secrets", "notes"}
    assert {header for header in headers if f"[{header}]" not in shown} == set()

    config = load_config(EXAMPLE, {}, secrets="optional")
    sections = (config.channel, config.twitch, config.discord, config.ledger, config.endpoints, config.commands)
    models = [
        DropTable,
        PaceSection,
        PacingSection,
        PollsSection,
        PublicSection,
        *(type(section) for section in sections),
    ]
    keys = {key for model in models for key in model.model_fields}
    missing = {key for key in keys - {"closes"} if f"\n{key} = " not in shown and f"\n# {key} = " not in shown}
    assert missing == set()
    assert "closes = " in shown


def test_the_example_says_what_each_command_is_for() -> None:
    lines = [line.split() for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
    usual = {name: f'"{name}"' if command.in_chat else "false" for name, command in COMMANDS.items()}
    wanted = [f"# {name} = {usual[name]} # {command.purpose}".split() for name, command in COMMANDS.items()]
    assert [line for line in wanted if line not in lines] == []
    assert set(CommandsSection.model_fields) == {"prefix", *COMMANDS}


def test_everything_right_becomes_plain_values(load: Load, tmp_path: Path) -> None:
    config = load(CHANNEL + TWITCH + DISCORD + MUG)
    assert config.twitch is not None
    assert config.discord is not None
    assert (config.twitch.channel, config.twitch.channel_id, config.twitch.bot_id) == ("tealfox", "1001", "1002")
    assert config.twitch.client_secret.get_secret_value() == "client-secret-canary"
    assert config.twitch.bot_token.get_secret_value() == "bot-token-canary"
    assert config.twitch.streamer_token is None
    assert (config.discord.server, config.discord.announcements) == (100000000000000001, 100000000000000002)
    assert (config.discord.reminder_role, config.discord.lounge) == (None, None)
    assert config.pace == Pace()
    assert config.commands.names("claim") == ("claim",)
    assert config.missing_secrets == ()
    assert config.zone.key == "UTC"
    config.check_platforms()


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(wrong: Wrong) -> None:
    text = """[channel]
name = "Fox"
time_zone = "Europe/Berlni"
[twitch]
chanel = "fox"
channel_id = -1
bot_id = "1002"
client_id = 7
client_secret = "env:NOT_THERE"
bot_token = "file:no.txt"
bot_refresh_token = "env:BOT_REFRESH"
[pace]
soon_lead = 10
[[drops]]
name = "Mug!"
title = "@everyone"
supply = -3
opens = "soon"
lasts = "15m"
"""
    told = [sentence.split(". ")[0] for sentence in wrong(text)]
    assert [line.partition(": ")[0].removeprefix("config.toml ") for line in told] == [
        "line 3, [channel] time_zone",
        "line 5, [twitch] chanel",
        "line 6, [twitch] channel_id",
        "line 8, [twitch] client_id",
        "line 9, [twitch] client_secret",
        "line 10, [twitch] bot_token",
        "line 13, [pace] soon_lead",
        "line 15, [[drops]] Mug!, name",
        "line 16, [[drops]] Mug!, title",
        "line 17, [[drops]] Mug!, supply",
        "line 18, [[drops]] Mug!, opens",
    ]


def test_an_unknown_key_is_told_with_the_nearest_one(wrong: Wrong) -> None:
    text = CHANNEL + TWITCH.replace("channel =", "chanel =")
    assert wrong(text) == ['config.toml line 4, [twitch] chanel: not a key I know. Did you mean "channel"?']


def test_a_key_below_the_wrong_header_is_sent_home(wrong: Wrong) -> None:
    (sentence,) = wrong(CHANNEL + "[pace]\nlounge = 5\n")
    assert sentence == "config.toml line 4, [pace] lounge: not a key I know. It belongs under [discord]."


@pytest.mark.parametrize(
    ("text", "line", "cure"),
    [
        ('[channel]\nname = "Fox\n', 2, 'check that its closing " is there'),
        ("[channel]\nname = Fox\n", 2, 'Text has to stand in "quotes"'),
        ("[channel]\nname\n", 2, "key = value"),
        ('[channel]\nname = "a"\nname = "b"\n', 3, "stands there twice"),
        ('[channel]\nname = "a"\n[channel]\n', 3, "stands there twice"),
        ('[channel]\nname = "a"\n[ledger]\nurl = "C:\\Users\\fox"\n', 4, "single quotes"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(wrong: Wrong, text: str, line: int, cure: str) -> None:
    (sentence,) = wrong(text)
    assert sentence.startswith(f"config.toml line {line}")
    assert cure in sentence


@pytest.mark.parametrize(
    ("content", "what"),
    [(None, "no such file"), (b"\xff\xfe[\x00c\x00", "no text in UTF-8"), (b"#" * 1_000_001, "far too large")],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes | None, what: str) -> None:
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=what):
        load_config(path, {})


def test_a_file_from_notepad_with_mark_and_carriage_returns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (CHANNEL + MUG).replace("\n", "\r\n").encode())
    assert load_config(path, {}).drops[0].title == "Teal Mug"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (CHANNEL + '[drops]\nname = "mug"\n', "in double brackets"),
        (CHANNEL + '[[twitch]]\nchannel = "fox"\n', "Begin it with a line [twitch]"),
        ("channel = 5\n", "Begin it with a line [channel]"),
        ("", "[channel]: missing. Add a section"),
        ('[channel]\nname = ""\n', "visible characters"),
        ('[channel]\nname = "F"\ntime_zone = "../etc/passwd"\n', "no time zone"),
        (CHANNEL + TWITCH.replace('"TealFox"', '"https://twitch.tv/fox"'), "no channel login"),
        (CHANNEL + TWITCH + 'streamer_token = "env:BOT_TOKEN"\n', "streamer_refresh_token: missing"),
        (CHANNEL + DISCORD.replace('"100000000000000001"', '"my server"'), "an id is a number"),
        (CHANNEL + '[pace]\noffline_close = "2m"\n', "not longer than offline_pause"),
        (CHANNEL + '[pace]\nsettle_after = "1m"\n', "shorter than undo_within"),
        (CHANNEL + '[endpoints]\nhelix = "api.twitch.tv"\n', "beginning with http://"),
        (CHANNEL + '[endpoints]\neventsub = "https://x.test"\n', "beginning with ws://"),
        (CHANNEL + '[commands]\nclaim = "drop"\n', '"drop" is already the name of "claim"'),
        (CHANNEL + '[commands]\nclaim = "md"\n', '"md" is already the name of "prefix"'),
        (CHANNEL + '[commands]\nclaim = "two words"\n', "one word"),
        (CHANNEL + "[commands]\nclaim = true\n", "names no command"),
        (CHANNEL + "[wording]\nhello = 5\n", "text in quotes"),
        (CHANNEL + '[public]\nurl = "tealfox.example/drops"\n', "beginning with https:// or http://"),
        (CHANNEL + '[public]\nurl = "ftp://tealfox.example"\n', "no address that a browser can open"),
        (CHANNEL + '[public]\nurl = "https://fox example"\n', "no address that a browser can open"),
        (CHANNEL + '[public]\nurl = "https://fox:70000/"\n', "no address that a browser can open"),
        (CHANNEL + '[public]\nurl = "https://me:canary@fox.example"\n', "has a name or a password in it"),
        (CHANNEL + f'[public]\nurl = "https://fox.example/{"x" * 300}"\n', "more than 300 characters"),
        (CHANNEL + "[public]\nurl = 5\n", "text in quotes"),
        (CHANNEL + '[public]\nfingerprints = "yes"\n', "true or false"),
        (CHANNEL + "[public]\nreceipts = true\n", 'Did you mean "receipts_in_chat"?'),
        (CHANNEL + '[ledger]\nurl = "mysql://x/y"\n', '"mysql" is no database'),
        (CHANNEL + '[ledger]\nurl = "sqlite:///:memory:"\n', "a file that stays"),
    ],
)
def test_other_wrong_values_are_named(wrong: Wrong, text: str, what: str) -> None:
    assert any(what in sentence for sentence in wrong(text, wording={"hello": frozenset()}))


def test_commands_are_renamed_aliased_and_switched_off(load: Load) -> None:
    commands = load(CHANNEL + '[commands]\nclaim = ["!Grab", "g"]\nmine = false\nprefix = "fox"\n').commands
    assert (commands.names("claim"), commands.names("mine"), commands.names("drop")) == (
        ("grab", "g"),
        (),
        ("drop",),
    )
    assert commands.prefix == "fox"


def test_a_command_that_is_off_in_chat_has_no_name_until_it_is_given_one(load: Load) -> None:
    assert load(CHANNEL).commands.names("proof") == ()
    assert load(CHANNEL + "[commands]\nproof = false\n").commands.names("proof") == ()
    assert load(CHANNEL + '[commands]\nproof = ["proof", "beweis"]\n').commands.names("proof") == (
        "proof",
        "beweis",
    )


def test_waiting_times_reach_the_pace(load: Load) -> None:
    pace = load(CHANNEL + '[pace]\noffline_pause = "90s"\nsoon_lead = "1h 5m"\nanswer_gap = "0.5s"\n').pace
    assert pace == Pace(offline_pause=90 * SECOND, soon_lead=65 * MINUTE, answer_gap=SECOND // 2)


def test_what_is_public_is_handed_down(load: Load) -> None:
    assert load(CHANNEL + MUG).public == Publishing()
    switches = "fingerprints = false\nreceipts_in_chat = true\nattach = false\n"
    public = load(CHANNEL + f'[public]\nurl = "https://fox.example"\n{switches}').public
    assert public == Publishing("https://fox.example", fingerprints=False, receipts_in_chat=True, attach=False)


def test_a_password_in_the_public_address_is_not_repeated(wrong: Wrong) -> None:
    (sentence,) = wrong(CHANNEL + '[public]\nurl = "https://me:canary@fox.example"\n')
    assert sentence.startswith("config.toml line 4, [public] url: ")
    assert "canary" not in sentence


def test_a_rehearsal_needs_a_platform_no_more_than_a_plan_does_but_a_run_does(load: Load) -> None:
    config = load(CHANNEL + MUG)
    with pytest.raises(ConfigError, match=r"neither a \[twitch\] nor a \[discord\] section"):
        config.check_platforms()


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("{title} for all", None),
        ("{{braces}} are fine", None),
        ("{titel}", 'Did you mean "title"'),
        ("{title.__class__}", "nothing this sentence can fill in"),
        ("{title!r}", "nothing this sentence can fill in"),
        ("{title:>99999999}", "nothing this sentence can fill in"),
        ("{}", "nothing this sentence can fill in"),
        ("{title", "without its partner"),
        ("  ", "empty"),
        ("x" * 401, "longer than 400"),
    ],
)
def test_an_overridden_sentence_may_only_use_its_placeholders(template: str, what: str | None) -> None:
    mistakes = check_wording({"drop-open": template}, {"drop-open": frozenset({"title", "number"})})
    assert len(mistakes) == (0 if what is None else 1)
    assert all(what in str(mistake) for mistake in mistakes if what)


def test_an_unknown_sentence_is_told_with_line_and_nearest(wrong: Wrong) -> None:
    (sentence,) = wrong(CHANNEL + '[wording]\ndrop-opn = "hi"\n', wording={"drop-open": frozenset()})
    assert sentence == (
        'config.toml line 4, [wording] drop-opn: there is no sentence of that name. Did you mean "drop-open"?'
    )
