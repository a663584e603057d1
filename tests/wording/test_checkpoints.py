"""What news show of the ledger's checkpoints: the fingerprint last in its line, the note whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.checkpoint import Checkpoint, NoteKey, sign_note
from bot.domain.text import slug
from bot.platforms.discord.shapes import embed_shape
from bot.wording.announcing import card, chat_line, live_card
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.checkpoints import checkpoint_of
from tests.wording.saying import ANNOUNCED, CHECKPOINT, CLOSED, NOTE, NOW, OPEN, SOLD_OUT, about

FINGERPRINT = "aaaqeayeau"
END = f" · Log microdrops/teal-fox 57 {FINGERPRINT}"
SAID = {
    NewsKind.OPENED: OPEN,
    NewsKind.REOPENED: OPEN,
    NewsKind.SOLD_OUT: SOLD_OUT,
    NewsKind.CLOSED: CLOSED,
    NewsKind.CANCELLED: ANNOUNCED,
}
BLOCK = ("Checkpoint 57", f"```\n{NOTE}```")


def test_the_fingerprint_is_the_first_ten_letters_of_the_root() -> None:
    assert CHECKPOINT.fingerprint == FINGERPRINT
    assert checkpoint_of({"note": NOTE}) == CHECKPOINT


@pytest.mark.parametrize("kind", SAID)
def test_a_line_that_opens_or_closes_a_drop_ends_with_the_fingerprint(kind: NewsKind) -> None:
    said = about(SAID[kind])
    plain = chat_line(Wording(), kind, said, NOW)
    assert chat_line(Wording(), kind, said | {"note": NOTE}, NOW) == plain + END
    assert chat_line(Wording(), kind, said | {"note": NOTE}, NOW, fingerprints=False) == plain


def test_an_announcement_has_no_fingerprint_in_chat_and_the_note_on_its_card() -> None:
    said = about(ANNOUNCED, note=NOTE)
    assert FINGERPRINT not in chat_line(Wording(), NewsKind.ANNOUNCED, said, NOW)
    assert card(Wording(), NewsKind.ANNOUNCED, said, NOW).blocks == (BLOCK,)


@pytest.mark.parametrize("kind", SAID)
def test_the_card_of_the_same_news_has_the_whole_note_over_its_whole_width(kind: NewsKind) -> None:
    (field,) = embed_shape(card(Wording(), kind, about(SAID[kind], note=NOTE), NOW))["fields"][-1:]
    assert field == {"name": BLOCK[0], "value": BLOCK[1], "inline": False}
    assert card(Wording(), kind, about(SAID[kind]), NOW).blocks == ()


def test_the_card_of_an_open_drop_shows_the_note_it_is_given_in_every_state() -> None:
    for drop in (OPEN, SOLD_OUT, CLOSED):
        assert live_card(Wording(), about(drop, note=NOTE), NOW).blocks == (BLOCK,)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("[{size}/{root}] {line}", f"[57/{FINGERPRINT}] "),
        ("{line} <{origin}:{size}:{root}>", f" <microdrops/teal-fox:57:{FINGERPRINT}>"),
        ("Log {size} {root}", f" Log 57 {FINGERPRINT}"),
        ("{line}", ""),
    ],
)
def test_a_channels_own_frame_is_never_cut_and_never_loses_the_line(template: str, line: str) -> None:
    words = Wording({"news-fingerprint": template, "news-opened": "{title} " + "word " * 70 + "end"})
    for title in ("Teal Mug", "W" * 200):
        said = chat_line(words, NewsKind.OPENED, about(OPEN, title=title, note=NOTE), NOW)
        assert len(said) <= 500
        assert line.strip() in said
        assert title[:20] in said


def test_the_line_is_cut_before_the_longest_fingerprint_there_can_be() -> None:
    origin = f"microdrops/{slug('w' * 60)}"
    longest = Checkpoint(origin, 9_999_999_999, bytes(32))
    note = sign_note(longest.text, [(NoteKey(origin, bytes(32)), lambda _message: bytes(64))])
    words = Wording({"news-closed": "{title} is closed. " + "many words " * 34})
    said = chat_line(words, NewsKind.CLOSED, about(CLOSED, title="T" * 60, note=note), NOW)
    assert len(said) <= 500
    assert said.endswith(f"… · Log {origin} 9999999999 {longest.fingerprint}")


@pytest.mark.parametrize("note", ["", "no note", "a\nb\nc\n\n", "microdrops/fox\n-1\nAAAA\n\n— x y\n", 5])
def test_news_with_a_note_that_nobody_can_read_are_told_without(note: object) -> None:
    said = about(OPEN, note=note)
    assert chat_line(Wording(), NewsKind.OPENED, said, NOW) == chat_line(
        Wording(), NewsKind.OPENED, about(OPEN), NOW
    )
    assert card(Wording(), NewsKind.OPENED, said, NOW).blocks == ()


def test_a_note_that_does_not_fit_is_left_out_whole() -> None:
    """Discord takes 1024 characters a field, 6000 in all and 25 fields."""
    note = ("Checkpoint 57", "```\n" + "n" * 1000 + "```")
    fits = Card("Mug", "text", blocks=(note,))
    assert [field["value"] for field in embed_shape(fits)["fields"]] == [note[1]]
    for crowded in (
        replace(fits, blocks=(("Checkpoint 57", note[1] + "n" * 20),)),
        replace(fits, text="t" * 4096, footer="f" * 2048),
        replace(fits, fields=(("name", "value"),) * 25),
    ):
        shape = embed_shape(crowded)
        assert not [field for field in shape.get("fields", ()) if "```" in field["value"]]
        assert shape["description"] == crowded.text[: len(shape["description"])] or "…" in shape["description"]
