"""What each pair of eyes is told: who sees what, what is marked as theirs, what is left when there is too much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.rehearsal.page.looking import Standing
from bot.rehearsal.page.people import CAST, MODERATOR, STREAMER, Eyes
from bot.rehearsal.page.poll_box import PollBox
from bot.rehearsal.page.rooms import LINES_MAX, OWNERS_MAX, PRIVATE_MAX
from bot.rehearsal.page.stock import Stock
from bot.rehearsal.page.told import Mark, Phase, Told, Wish
from bot.stage.record import Record
from bot.stage.server import Stage
from tests.rehearsal.page.rig import LOUNGE, MODERATORS, answer, chat, form, joined, message, seen

ANN, BEN, MOD, HOST = Eyes("ann"), Eyes("ben"), Eyes(MODERATOR), Eyes(STREAMER)


def told(*lines) -> Told:
    play = Told(1, Wish())
    for line in lines:
        play.hear(line)
    return play


def texts(play: Told, eyes: Eyes, mark: Mark | None = None) -> list[str]:
    shown = play.since(mark, eyes)["lines"]
    return ["".join(span if isinstance(span, str) else span[1] for span in line.get("spans", ())) for line in shown]


def only_line(play: Told, eyes: Eyes):
    (line,) = play.since(None, eyes)["lines"]
    return line


def test_everybody_reads_chat_and_cards() -> None:
    play = told(chat("ann", "hello"), message("New drop", "1"), message("in the lounge", "2", place=LOUNGE))
    for eyes in (ANN, MOD, HOST):
        assert texts(play, eyes) == ["hello", "New drop", "in the lounge"]


@pytest.mark.parametrize(("eyes", "sees"), [(ANN, False), (BEN, False), (MOD, True), (HOST, True)])
def test_only_the_staff_sees_the_moderators_channel(eyes: Eyes, sees: bool) -> None:
    play = told(message("Steer it here", "1", place=MODERATORS))
    assert bool(texts(play, eyes)) is sees
    assert (MODERATORS in play.since(None, eyes)["rooms"]) is sees


def test_a_private_answer_is_seen_by_its_owner_alone_not_even_by_the_streamer() -> None:
    play = told(joined("ann", "discord"), joined("ben", "discord"), answer("discord-ann", "Mug #3 is yours"))
    assert texts(play, ANN) == ["Mug #3 is yours"]
    assert only_line(play, ANN)["note"] == "Only you can see this."
    assert all(texts(play, eyes) == [] for eyes in (BEN, MOD, HOST))


WHO: dict[str, Any] = {"id": "who", "label": "Member", "kind": "member", "required": False}
WHY: dict[str, Any] = {
    "id": "why",
    "label": "Why",
    "kind": "text",
    "required": True,
    "max": 200,
    "hint": "in a word",
}
SIZE: dict[str, Any] = {
    "id": "size",
    "label": "Size",
    "kind": "choice",
    "required": True,
    "options": ["S", "XL"],
    "value": "S",
}


def test_a_form_opens_for_its_owner_alone_and_closes_when_they_come_anew() -> None:
    play = told(joined("ann", "discord"), joined("ben", "discord"))
    mark = play.mark("boot")
    play.hear(form("discord-ann", "Give a unit", WHO, WHY, SIZE) | {"place": LOUNGE})
    (line,) = play.since(mark, ANN)["lines"]
    assert line["form"] == {
        "id": "18",
        "title": "Give a unit",
        "fields": [
            (
                "Member",
                "input",
                "",
                [],
                {"name": "who", "list": "people", "placeholder": "a login on Discord", "spellcheck": "false"},
            ),
            (
                "Why",
                "input",
                "",
                [],
                {"name": "why", "placeholder": "in a word", "maxlength": "200", "required": ""},
            ),
            ("Size", "select", "S", ["", "S", "XL"], {"name": "size", "required": ""}),
        ],
    }
    assert all(play.since(mark, eyes)["lines"] == [] for eyes in (BEN, MOD, HOST))
    assert texts(play, ANN) == ["A form opens: Give a unit"]
    assert "form" not in only_line(play, ANN)


@pytest.mark.parametrize(
    ("state", "changes", "says"),
    [
        ("announced", {}, {"next": "Teal Mug opens", "due": 2_000}),
        ("open", {}, {"next": "Teal Mug closes", "due": 3_000}),
        ("open", {"paused": True}, {"next": "Teal Mug is paused", "due": None}),
        ("planned", {"opens_at": None}, {"next": "Teal Mug waits for the cue", "due": None}),
        ("closed", {}, {"next": "", "due": None}),
    ],
)
def test_what_comes_next_is_said_while_a_play_is_on(
    state: str, changes: dict[str, Any], says: dict[str, Any]
) -> None:
    play = told()
    mug = Stock("mug", "Teal Mug", 5, state, False, False, 1_000_000, 2_000_000, 3_000_000, None, 0, ())
    play.standing = Standing((replace(mug, **changes),))
    facts = play.since(None, ANN)["facts"]
    assert (facts["next"], facts["due"]) == ("", None)
    play.phase = Phase.PLAYING
    facts = play.since(None, ANN)["facts"]
    assert {"next": facts["next"], "due": facts["due"]} == says


def test_a_poll_that_is_on_comes_before_the_next_drop_and_can_be_voted_in() -> None:
    play = told()
    mug = Stock("mug", "Teal Mug", 5, "announced", False, False, 1_000_000, 2_000_000, 3_000_000, None, 0, ())
    poll = PollBox("next", "Next?", ("Hades", "Celeste"), "open", 9_000_000, 3, (2, 1))
    play.standing, play.phase = Standing((mug,), (poll,)), Phase.PLAYING
    facts = play.since(None, ANN)["facts"]
    assert (facts["next"], facts["due"]) == ("Next? closes", 9_000)
    assert [(each["title"], each["sum"]) for each in facts["standing"]] == [("Next?", 3), ("Teal Mug", 0)]
    assert {"/claim mug", "/vote Hades", "/vote Celeste"} <= set(facts["commands"])
    assert not any(command.startswith("/poll") for command in facts["commands"])
    assert "/poll close" in play.since(None, MOD)["facts"]["commands"]
    play.standing = Standing((mug,), (replace(poll, word="paused"),))
    assert play.since(None, ANN)["facts"]["next"] == "Next? is paused"
    play.standing = Standing((mug,), (replace(poll, word="closed", winner=1),))
    facts = play.since(None, ANN)["facts"]
    assert facts["next"] == "Teal Mug opens"
    assert "/vote Hades" not in facts["commands"]


@pytest.mark.parametrize(
    ("phase", "busy", "begin"),
    [
        (Phase.WAITING, False, "Begin"),
        (Phase.PLAYING, True, "Begin again"),
        (Phase.OVER, False, "Begin again"),
    ],
)
def test_a_play_is_begun_only_when_none_is_on(phase: Phase, busy: bool, begin: str) -> None:
    play = told()
    play.phase = phase
    facts = play.since(None, ANN)["facts"]
    assert (facts["busy"], facts["begin"]) == (busy, begin)


def test_a_swallowed_line_is_seen_by_its_writer_alone() -> None:
    swallowed = chat("ann", "!claim mug") | {"kind": "refused", "data": {"reason": "msg_duplicate", "login": "ann"}}
    play = told(swallowed)
    assert "30 seconds ago" in only_line(play, ANN)["note"]
    assert texts(play, BEN) == []


def test_a_line_that_names_somebody_is_marked_for_them_alone() -> None:
    play = told(joined("ann", name="Ann_A"), joined("ben"), chat("bot", "@ann_a Mug #3 is yours", bot=True))
    assert "mine" in only_line(play, ANN)["kinds"]
    assert only_line(play, ANN)["spans"] == [("me", "@ann_a"), " Mug #3 is yours"]
    assert "mine" not in only_line(play, BEN)["kinds"]
    assert only_line(play, BEN)["spans"] == [("at", "@ann_a"), " Mug #3 is yours"]
    assert only_line(play, ANN)["badge"] == "BOT"


def test_a_member_who_is_mentioned_on_discord_is_marked_by_id() -> None:
    play = told(joined("ann", "discord", name="Ann A"), joined("ben", "discord"), message("<@discord-ann>", "1"))
    assert "mine" not in only_line(play, ANN)["kinds"]
    numbered = joined("ann", "discord", name="Ann A") | {"author": "42"}
    play = told(numbered, joined("ben", "discord"), message("<@42>: #3", "1"))
    assert only_line(play, ANN)["spans"] == [("me", "@Ann A"), ": #3"]
    assert only_line(play, BEN)["spans"] == [("at", "@Ann A"), ": #3"]


def test_what_speaks_to_one_person_is_said_aloud_with_times_in_words() -> None:
    said = answer("discord-ann", "**Teal Mug** opens <t:30:R>, at most `5` each")
    play = told(joined("ann", "discord"), said | {"at": 12_000_000}, message("New drop", "1"))
    lines = play.since(None, ANN)["lines"]
    assert [line.get("loud") for line in lines] == ["Teal Mug opens in 18 s, at most 5 each", None]


def test_a_ping_of_a_role_is_marked_for_those_who_hold_it_and_carries_its_name() -> None:
    ping = seen("discord", "ping", text="@drop-reminders", data={"message_id": "1", "roles": ["7"], "users": []})
    role = seen("discord", "role", author="discord-ann", data={"role_id": "7", "given": True})
    play = told(joined("ann", "discord"), role, message("<@&7>", "1"), ping)
    assert texts(play, ANN) == ["@drop-reminders"]
    assert "mine" in only_line(play, ANN)["kinds"]
    assert "mine" not in only_line(play, BEN)["kinds"]
    play.hear(role | {"data": {"role_id": "7", "given": False}})
    assert "mine" not in only_line(play, ANN)["kinds"]


def test_the_cast_of_the_stage_is_known_by_what_the_page_calls_it() -> None:
    stage = Stage(record=Record())
    assert stage.cast is not None
    shown = {("twitch", stage.cast.broadcaster.login): STREAMER}
    shown |= {("discord", stage.discord.owner.display_name): STREAMER}
    shown |= {("discord", stage.discord.member(MODERATOR).display_name): MODERATOR}
    assert shown == CAST
    acted = seen("discord", "slash", author="5", name="Mia", text="/drop open", place=LOUNGE)
    play = told(acted, answer("5", "Done"))
    assert texts(play, MOD) == ["/drop open", "Done"]


def test_a_viewer_who_calls_themselves_like_the_moderator_is_not_her() -> None:
    play = told(
        seen("discord", "slash", author="6", name="mia", text="/claim", place=LOUNGE), answer("6", "Mug #1")
    )
    assert texts(play, Eyes("mia")) == ["/claim", "Mug #1"]
    assert texts(play, MOD) == []


def test_a_direct_message_opens_a_room_for_its_reader_alone() -> None:
    play = told(joined("ann", "discord"), message("psst", "1", place="discord:dm", visible_to="discord-ann"))
    assert texts(play, ANN) == ["psst"]
    assert "discord:dm" in play.since(None, ANN)["rooms"]
    assert "discord:dm" not in play.since(None, HOST)["rooms"]


def test_what_a_member_writes_on_discord_is_not_taken_for_the_bots() -> None:
    said = message("hello", "1", kind="said", author="5", name="ann", place=LOUNGE)
    assert "badge" not in only_line(told(said), BEN)
    assert only_line(told(message("hello", "1")), BEN)["badge"] == "BOT"


def test_a_card_that_is_edited_stays_where_it_is() -> None:
    embeds = [{"title": "Teal Mug", "description": "Open", "fields": [{"name": "Left", "value": "**3** of 5"}]}]
    play = told(
        message(
            "look:\nTeal Mug\nOpen\nLeft\n**3** of 5",
            "1",
            ("Claim", "md:claim:mug", False),
            data={"embeds": embeds},
        ),
        chat("ann", "later"),
    )
    before = play.mark("boot")
    closed, greyed = [{"title": "Teal Mug", "description": "Closed"}], ("Claim", "md:claim:mug", True)
    play.hear(message("look:\nTeal Mug\nClosed", "1", greyed, kind="edit", data={"embeds": closed}))
    card, later = play.since(None, ANN)["lines"]
    assert card["card"]["text"] == ["Closed"]
    assert card["buttons"] == [("Claim", "md:claim:mug", True)]
    assert (card["spans"], card["note"]) == (["look:"], "(edited)")
    assert later["spans"] == ["later"]
    assert [line["key"] for line in play.since(before, ANN)["lines"]] == ["1"]


def test_the_files_of_a_card_are_named_under_it() -> None:
    embeds = [{"title": "Teal Mug is closed"}]
    files = {"embeds": embeds, "files": ["mug.microdrops.txt", "verify.html"], "file_ids": ["1", "2"]}
    card = only_line(told(message("Check it yourself.\nTeal Mug is closed", "1", data=files)), ANN)
    assert (card["spans"], card["note"]) == (["Check it yourself."], "Attached: mug.microdrops.txt, verify.html")


def test_the_parts_of_a_card_keep_their_places() -> None:
    embeds = [{"title": "Mug", "fields": [{"name": "Left", "value": "**3** of 5"}], "footer": {"text": "soon"}}]
    card = only_line(told(message("Mug\nLeft\n**3** of 5\nsoon", "1", data={"embeds": embeds})), ANN)
    assert card["card"] == {
        "title": ["Mug"],
        "text": [],
        "fields": [(["Left"], [("b", "3"), " of 5"])],
        "footer": "soon",
    }
    assert "spans" not in card


def test_thinking_is_replaced_by_the_answer_and_a_deleted_message_says_so() -> None:
    play = told(joined("ann", "discord"), answer("discord-ann", "", key="9") | {"kind": "deferred"})
    assert texts(play, ANN) == ["is thinking…"]
    play.hear(answer("discord-ann", "Here it is", key="9"))
    assert texts(play, ANN) == ["Here it is"]
    play.hear(answer("discord-ann", "Here it is", key="9") | {"kind": "delete"})
    assert only_line(play, ANN)["note"].endswith("deleted")
    assert texts(play, ANN) == [""]


def test_a_reader_is_told_only_what_came_after_their_mark() -> None:
    play = told(chat("ann", "one"))
    mark = play.mark("boot")
    assert texts(play, BEN, mark) == []
    assert "facts" not in play.since(mark, BEN)
    play.hear(chat("ann", "two"))
    assert texts(play, BEN, mark) == ["two"]
    assert Mark.read(str(mark)) == mark


@pytest.mark.parametrize("text", ["", "x", "a.1.2", "a.1.2.3.4", "a.1.2.-3", "a.1.²2.3", "a.b.c.d"])
def test_what_is_no_mark_is_read_as_none(text: str) -> None:
    assert Mark.read(text) is None


def test_five_thousand_viewers_leave_the_newest_lines_and_say_how_many_are_missing() -> None:
    play = told(message("the card", "card"), *(chat(f"viewer{n}", f"line {n}") for n in range(1, 5_001)))
    lines = play.since(None, ANN)["lines"]
    assert len(lines) == LINES_MAX + 1
    assert lines[0]["spans"] == ["the card"]
    assert [lines[1]["number"], lines[-1]["number"]] == [5_001 - LINES_MAX, 5_000]
    assert play.since(None, ANN)["counts"][0] == 5_000


def test_private_answers_are_bounded_per_owner_and_push_nothing_public_out() -> None:
    play = told(message("the card", "card"))
    for number in range(OWNERS_MAX + 5):
        play.hear(joined(f"fan{number}", "discord"))
        for turn in range(PRIVATE_MAX + 5 if number > OWNERS_MAX else 1):
            play.hear(answer(f"discord-fan{number}", f"answer {turn}"))
    assert texts(play, Eyes("fan0")) == ["the card"]
    assert len(texts(play, Eyes(f"fan{OWNERS_MAX + 4}"))) == PRIVATE_MAX + 1


def test_a_fault_is_one_row_from_beginning_to_end() -> None:
    data = {"name": "twitch-close", "state": "begins", "seconds": 2}
    skipped = {"name": "discord-gone", "state": "skipped", "why": "Not here."}
    play = told(
        seen("stage", "fault", text="Twitch closes.", data=data),
        seen("stage", "fault", text="Twitch closes.", data=data | {"state": "ends"}),
        seen("stage", "fault", text="Discord is down.", data=skipped),
    )
    rows = [(row["text"], row["word"]) for row in play.since(None, ANN)["facts"]["mishaps"]]
    assert rows == [("Discord is down. Not here.", "skipped"), ("Twitch closes.", "Over.")]


def test_logins_are_suggested_by_their_beginning_and_the_staff_first() -> None:
    people = told(*(joined(login) for login in ("zoe", "amber_fox", "amber_owl", "BEN"))).people
    assert people.beginning_with("amber") == ["amber_fox", "amber_owl"]
    assert people.beginning_with("")[:3] == [STREAMER, MODERATOR, "amber_fox"]
    assert people.beginning_with("be") == ["ben"]
    assert people.beginning_with("<img") == []


def test_a_viewer_who_was_renamed_is_found_under_the_new_login() -> None:
    play = told(
        joined("ann"),
        seen("twitch", "renamed", author="twitch-ann", name="Anna", data={"login": "anna", "was": "ann"}),
    )
    play.hear(chat("bot", "@Anna Mug #1 is yours", bot=True))
    assert "mine" in only_line(play, Eyes("anna"))["kinds"]
