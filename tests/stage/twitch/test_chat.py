"""The chat room: what is seen, what is dropped and why, and how it is told."""

from __future__ import annotations

import pytest

from bot.stage.twitch.model import ChatMessage, Dropped, DropReason, Problem, TwitchUser
from bot.stage.twitch.sessions import Session
from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import BOT_SCOPES, HandClock, Outlet, seen, subscribe


def listen(world: TwitchWorld) -> tuple[Outlet, Session]:
    """An outlet that hears the channel's chat."""
    outlet = Outlet()
    session = world.sessions.open(outlet, 10)
    subscribe(world, session, "channel.chat.message", scopes=BOT_SCOPES)
    return outlet, session


def reason(said: ChatMessage | Dropped) -> DropReason | None:
    return said.reason if isinstance(said, Dropped) else None


@pytest.mark.parametrize(("seconds", "dropped"), [(0, True), (29.9, True), (30, False)])
def test_a_viewers_identical_line_is_dropped_for_thirty_seconds(
    world: TwitchWorld, clock: HandClock, ann: TwitchUser, seconds: float, dropped: bool
) -> None:
    world.say(ann, "!claim mug")
    clock.advance(seconds)
    assert reason(world.say(ann, "!claim mug")) is (DropReason.DUPLICATE if dropped else None)


def test_another_viewer_and_another_text_and_a_moderator_are_not_held_to_be_repeating(
    world: TwitchWorld, ann: TwitchUser
) -> None:
    bob, mia = world.add_user("bob"), world.add_user("mia", badges={"moderator"})
    said = [
        world.say(ann, "!claim mug"),
        world.say(bob, "!claim mug"),
        world.say(ann, "!claim mug \U000e0000"),
        world.say(mia, "!drop open"),
        world.say(mia, "!drop open"),
    ]
    assert [reason(each) for each in said] == [None] * 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 500, None),
        ("x" * 501, DropReason.TOO_LONG),
        ("\N{FIRE}" * 500, None),
        ("a  b" + " " * 1000 + "c", None),
        ("x" * 10_000, DropReason.TOO_LONG),
        ("  \n ", DropReason.EMPTY),
    ],
)
@pytest.mark.parametrize("badge", ["moderator", "vip"])
def test_five_hundred_characters_fit_for_everybody(
    world: TwitchWorld, text: str, expected: DropReason | None, badge: str
) -> None:
    assert reason(world.say(world.add_user("mia", badges={badge}), text)) is expected


@pytest.mark.parametrize(("badges", "allowed"), [((), 20), (("moderator",), 100)])
def test_the_bot_has_its_budget_of_lines_and_gets_it_back(
    world: TwitchWorld, clock: HandClock, badges: tuple[str, ...], allowed: int
) -> None:
    world.bot.badges.update(badges)
    said = []
    for number in range(allowed + 1):
        said.append(world.send(world.bot, f"line {number}"))
        clock.advance(1 if not badges else 0)
    assert [reason(each) for each in said] == [None] * allowed + [DropReason.RATE_LIMIT]
    clock.advance(30)
    assert reason(world.send(world.bot, "again")) is None
    assert [each.text for each in seen(world, "refused")] == [f"line {allowed}"]


@pytest.mark.parametrize(("badges", "second"), [((), DropReason.RATE_LIMIT), (("moderator",), None)])
def test_only_a_moderator_bot_may_send_more_than_one_line_a_second(
    world: TwitchWorld, clock: HandClock, badges: tuple[str, ...], second: DropReason | None
) -> None:
    world.bot.badges.update(badges)
    said = [world.send(world.bot, "one"), world.send(world.bot, "two")]
    clock.advance(1)
    said.append(world.send(world.bot, "three"))
    assert [reason(each) for each in said] == [None, second, None]


def test_the_bot_may_not_repeat_itself_even_as_a_moderator(world: TwitchWorld) -> None:
    world.bot.badges.add("moderator")
    world.send(world.bot, "Sold out!")
    assert reason(world.send(world.bot, "Sold out!")) is DropReason.DUPLICATE


def test_a_dropped_line_reaches_nobody_and_stands_on_the_record_with_its_reason(
    world: TwitchWorld, ann: TwitchUser
) -> None:
    outlet, _ = listen(world)
    world.ban(ann, world.broadcaster)
    world.say(ann, "hello?")
    assert outlet.frames == []
    assert seen(world, "chat") == []
    assert [(each.author, each.text, each.data["reason"]) for each in seen(world, "refused")] == [
        (ann.id, "hello?", "msg_banned")
    ]


def test_a_line_is_told_with_badges_names_and_the_line_it_answers(world: TwitchWorld, ann: TwitchUser) -> None:
    outlet, _ = listen(world)
    ann.badges |= {"vip", "founder"}
    first = world.say(ann, "!claim mug", message_id="m-1")
    assert isinstance(first, ChatMessage)
    second = world.send(world.bot, "Teal Mug #1 is yours!", reply_to="m-1")
    assert isinstance(second, ChatMessage)
    world.say(world.broadcaster, "well done", reply_to=second.id)

    claim, answer, praise = outlet.events
    assert [badge["set_id"] for badge in claim["badges"]] == ["founder", "vip"]
    assert (claim["message_id"], claim["chatter_user_login"]) == ("m-1", "ann")
    assert [badge["set_id"] for badge in praise["badges"]] == ["broadcaster"]
    assert answer["reply"]["parent_message_body"] == "!claim mug"
    assert (praise["reply"]["parent_message_id"], praise["reply"]["thread_message_id"]) == (second.id, "m-1")


def test_a_line_from_a_shared_chat_names_the_channel_it_was_typed_in(world: TwitchWorld, ann: TwitchUser) -> None:
    outlet, _ = listen(world)
    guest = world.add_user("guest_channel")
    world.say(ann, "!claim mug", shared_from=guest)
    world.say(ann, "!claim mug here")
    assert [event["source_broadcaster_user_id"] for event in outlet.events] == [guest.id, None]


def test_a_renamed_viewer_keeps_the_id_and_speaks_under_the_new_name(world: TwitchWorld, ann: TwitchUser) -> None:
    outlet, _ = listen(world)
    world.say(ann, "one")
    world.rename(ann, "annika", "Annika")
    world.say(ann, "two")
    told = [(event["chatter_user_id"], event["chatter_user_name"]) for event in outlet.events]
    assert told == [(ann.id, "Ann"), (ann.id, "Annika")]
    assert world.find_user(login="ann") is None


def test_an_answer_to_a_line_that_is_not_there_is_refused(world: TwitchWorld, ann: TwitchUser) -> None:
    with pytest.raises(Problem, match="reply_parent_message_id") as refused:
        world.send(world.bot, "hello", reply_to="nowhere")
    assert refused.value.status == 400
    with pytest.raises(KeyError):
        world.say(ann, "hello", reply_to="nowhere")


def test_copies_share_a_message_id_and_retellings_do_not_and_lost_events_are_lost(
    world: TwitchWorld, ann: TwitchUser
) -> None:
    outlet, _ = listen(world)
    world.faults.duplicate_next(3)
    world.say(ann, "copied")
    world.faults.redeliver_as_new(2)
    world.say(ann, "retold")
    world.faults.lose_next(2)
    world.say(ann, "lost")
    world.say(ann, "lost too")
    world.say(ann, "heard")

    told: dict[str, list[str]] = {}
    for frame in outlet.frames:
        text = frame["payload"]["event"]["message"]["text"]
        told.setdefault(text, []).append(frame["metadata"]["message_id"])
    assert {text: (len(ids), len(set(ids))) for text, ids in told.items()} == {
        "copied": (3, 1),
        "retold": (2, 2),
        "heard": (1, 1),
    }
    assert len({event["message_id"] for event in outlet.events}) == 3
    assert [each.text for each in seen(world, "chat")] == ["copied", "retold", "lost", "lost too", "heard"]


def test_the_stream_is_live_from_its_start_to_its_end_and_starting_twice_is_one_stream(
    world: TwitchWorld,
) -> None:
    first = world.go_live()
    assert world.go_live() is first
    world.go_offline()
    world.go_offline()
    assert world.stream is None
    assert [len(seen(world, kind)) for kind in ("live", "offline")] == [1, 1]


def test_a_line_that_reached_no_program_is_noted_with_the_reason(world: TwitchWorld, ann: TwitchUser) -> None:
    world.say(ann, "before anybody listens")
    listen(world)
    world.faults.lose_next(1)
    world.say(ann, "lost on purpose")
    world.faults.silence()
    world.say(ann, "into the silence")
    world.faults.silence(False)
    world.say(ann, "heard")
    told = [(each.text, each.data["why"]) for each in seen(world, "undelivered")]
    assert told == [
        ("before anybody listens", "nobody-listens"),
        ("lost on purpose", "lost"),
        ("into the silence", "silence"),
    ]
    lines = {each.text: each.data["message_id"] for each in seen(world, "chat")}
    assert {each.text: each.data["message_id"] for each in seen(world, "undelivered")}.items() <= lines.items()
