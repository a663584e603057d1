"""What members do and how the platform lets the bot answer: in time, once, and with what fits."""

from __future__ import annotations

from typing import Any

import pytest

from bot.stage.discord.errors import InteractionFailed, StageError
from bot.stage.discord.guild import Member
from bot.stage.discord.model import Interaction
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import ClaimView, TeaBot
from tests.stage.discord.conftest import Rest
from tests.stage.discord.waiting import until


@pytest.fixture
def ann(world: DiscordWorld) -> Member:
    return world.add_member("ann")


async def test_a_deferred_answer_takes_the_place_of_thinking(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    act = world.slash(ann, "think")
    answer = await act.wait()
    assert (answer.text, answer.ephemeral) == ("Thought about it", True)
    await until(world.record, lambda: len(act.answers) == 2)
    assert act.answers[1].text == "And more"
    lines = [(seen.kind, seen.text) for seen in world.record.seen if seen.visible_to == ann.id]
    assert lines == [("deferred", ""), ("answer", "Thought about it"), ("answer", "And more")]


async def test_a_form_is_opened_filled_in_and_answered(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    asked = world.slash(ann, "new")
    assert (await asked.wait()).modal is not None
    sent = world.submit(ann, asked, {"Title": "Teal Mug", "Kind": "mug"})
    assert (await sent.wait()).text == "New mug: Teal Mug"


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"Kind": "mug"}, "must be filled in"),
        ({"Title": "x" * 41, "Kind": "mug"}, "does not take 41"),
        ({"Title": "x", "Kind": "sock"}, "offers no"),
        ({"Title": "x", "Kind": "mug", "Size": "1"}, r"no field Size\."),
    ],
)
async def test_a_form_cannot_be_filled_in_wrongly(
    world: DiscordWorld, bot: TeaBot, ann: Member, values: dict[str, str], complaint: str
) -> None:
    asked = world.slash(ann, "new")
    await asked.wait()
    with pytest.raises(StageError, match=complaint):
        world.submit(ann, asked, values)


async def test_a_select_is_answered(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    message = await bot.channel("lounge").send("Colour?", view=ClaimView())
    assert (await world.select(ann, str(message.id), ["Teal"]).wait()).text == "You chose teal"
    with pytest.raises(StageError, match="offers no"):
        world.select(ann, str(message.id), ["blue"])


async def test_a_press_can_change_the_pressed_message(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    sent = await bot.channel("lounge").send("48 left", view=ClaimView())
    act = world.press(ann, str(sent.id), "count")
    assert (await act.wait()).text == "47 left"
    assert [message.content for message in world.messages("lounge")] == ["47 left"]
    edit = world.record.seen[-1]
    assert (edit.kind, edit.data["interaction_id"]) == ("edit", act.id)


async def test_an_ephemeral_answer_is_seen_by_its_member_alone(
    world: DiscordWorld, bot: TeaBot, ann: Member
) -> None:
    act = world.slash(ann, "think")
    answer = await act.wait()
    assert world.messages("lounge") == []
    assert answer.message_id is not None
    with pytest.raises(StageError, match="sees no message"):
        world.press(world.add_member("bob"), answer.message_id)


@pytest.mark.parametrize(
    ("who", "command", "options", "complaint"),
    [
        ("ann", "manage open", {"units": 5}, "hidden from ann"),
        ("mod_mia", "nope", {}, r"/nope is not registered; there are /[a-z]+, [a-z/, ]+\.$"),
        ("mod_mia", "manage", {}, r"/manage is not registered; there are /manage open\.$"),
        ("mod_mia", "manage close", {}, r"/manage close is not registered; there are /manage open\.$"),
        ("mod_mia", "manage open", {}, r"/manage open needs units\.$"),
        ("mod_mia", "manage open", {"units": "five"}, "does not take"),
        ("mod_mia", "manage open", {"units": True}, "does not take"),
        ("mod_mia", "manage open", {"units": 100}, "out of range"),
        ("ann", "drop", {"size": 1}, r"/drop has no option size; it has item, who\.$"),
        ("ann", "drop", {"who": "12345"}, "does not take"),
    ],
)
async def test_the_client_does_not_offer_what_is_wrong(
    world: DiscordWorld, bot: TeaBot, ann: Member, who: str, command: str, options: dict[str, Any], complaint: str
) -> None:
    before = len(world.record.seen)
    with pytest.raises(StageError, match=complaint):
        world.slash(world.member(who), command, options)
    assert len(world.record.seen) == before


async def test_a_subcommand_reaches_the_bot(world: DiscordWorld, bot: TeaBot) -> None:
    act = world.slash(world.member("mod_mia"), "manage open", {"units": 5}, channel="moderators")
    assert (await act.wait()).text == "Open with 5"
    said = next(seen for seen in world.record.seen if seen.kind == "slash")
    assert (said.text, said.place) == ("/manage open units:5", "discord:#moderators")


async def test_a_member_cannot_use_a_channel_they_do_not_see(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    with pytest.raises(StageError, match="cannot use commands"):
        world.slash(ann, "drop", channel="moderators")
    card = await bot.channel("moderators").send("Card", view=ClaimView())
    with pytest.raises(StageError, match="cannot see"):
        world.press(ann, str(card.id), "claim")


async def test_without_an_answer_the_member_sees_that_it_failed(
    world: DiscordWorld, bot: TeaBot, ann: Member
) -> None:
    world.desk.deadline_seconds = 0.05
    sent = await bot.channel("lounge").send("48 left", view=ClaimView())
    act = world.press(ann, str(sent.id), label="Slow")
    with pytest.raises(InteractionFailed):
        await act.wait()
    assert (act.state, world.record.seen[-1].kind) == ("failed", "interaction-failed")


async def test_with_no_bot_online_an_interaction_fails(world: DiscordWorld, ann: Member) -> None:
    world.commands.upsert(None, {"name": "drop", "description": "What is on"})
    world.desk.deadline_seconds = 0.05
    with pytest.raises(InteractionFailed):
        await world.slash(ann, "drop").wait()


def _asked(world: DiscordWorld, member: Member) -> Interaction:
    world.commands.upsert(None, {"name": "drop", "description": "What is on"})
    return world.slash(member, "drop")


async def test_a_late_answer_meets_an_unknown_interaction(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    world.desk.deadline_seconds = 0.05
    act = _asked(world, ann)
    with pytest.raises(InteractionFailed):
        await act.wait()
    late = await rest("POST", f"/interactions/{act.id}/{act.token}/callback", {"type": 4, "data": {"content": "x"}})
    assert (late.status, late.body["code"]) == (404, 10062)
    after = await rest("POST", f"/webhooks/{world.application_id}/{act.token}", {"content": "x"})
    assert (after.status, after.body["code"]) == (404, 10015)


async def test_an_interaction_is_answered_once(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    act = _asked(world, ann)
    path = f"/interactions/{act.id}/{act.token}/callback"
    assert (await rest("POST", path, {"type": 4, "data": {"content": "first"}})).status == 204
    again = await rest("POST", path, {"type": 4, "data": {"content": "second"}})
    assert (again.status, again.body["code"]) == (400, 40060)
    assert [answer.text for answer in act.answers] == ["first"]


async def test_what_is_deferred_is_filled_in_by_an_edit(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    act = _asked(world, ann)
    await rest("POST", f"/interactions/{act.id}/{act.token}/callback", {"type": 5, "data": {"flags": 64}})
    assert act.state == "deferred"
    original = f"/webhooks/{world.application_id}/{act.token}/messages/@original"
    thinking = await rest("GET", original)
    assert thinking.body["flags"] == 128 | 64
    filled = await rest("PATCH", original, {"content": "Thought about it"})
    assert filled.body["flags"] == 64
    assert [(answer.text, answer.ephemeral) for answer in act.answers] == [("Thought about it", True)]
    assert world.messages("lounge") == []


async def test_who_thinks_for_fifteen_minutes_has_failed(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    world.desk.token_seconds = 0.5
    act = _asked(world, ann)
    await rest("POST", f"/interactions/{act.id}/{act.token}/callback", {"type": 5})
    with pytest.raises(InteractionFailed):
        await act.wait()
    late = await rest("POST", f"/webhooks/{world.application_id}/{act.token}", {"content": "x"})
    assert (late.status, late.body["code"]) == (401, 50027)


async def test_thinking_that_is_taken_back_does_not_fail_later(
    world: DiscordWorld, rest: Rest, ann: Member
) -> None:
    world.desk.token_seconds = 1.0
    act = _asked(world, ann)
    await rest("POST", f"/interactions/{act.id}/{act.token}/callback", {"type": 5})
    path = f"/webhooks/{world.application_id}/{act.token}/messages/@original"
    assert (await rest("DELETE", path)).status == 204
    later = _asked(world, ann)
    await rest("POST", f"/interactions/{later.id}/{later.token}/callback", {"type": 5})
    with pytest.raises(InteractionFailed):
        await later.wait()
    # The first one's time would have been up before.
    assert act.state == "deferred"


async def test_an_ephemeral_answer_is_out_of_reach_but_through_its_token(
    world: DiscordWorld, rest: Rest, ann: Member
) -> None:
    act = _asked(world, ann)
    path = f"/interactions/{act.id}/{act.token}/callback"
    await rest("POST", path, {"type": 4, "data": {"content": "psst", "flags": 64}})
    own = await rest("GET", f"/webhooks/{world.application_id}/{act.token}/messages/@original")
    lounge = f"/channels/{world.channel('lounge').id}/messages"
    assert own.body["content"] == "psst"
    assert (await rest("GET", f"{lounge}/{own.body['id']}")).body["code"] == 10008
    assert (await rest("GET", lounge)).body == []
    assert (await rest("PATCH", f"{lounge}/{own.body['id']}", {"content": "x"})).body["code"] == 10008
    other = _asked(world, world.add_member("bob"))
    await rest("POST", f"/interactions/{other.id}/{other.token}/callback", {"type": 4, "data": {"content": "x"}})
    foreign = f"/webhooks/{world.application_id}/{other.token}/messages/{own.body['id']}"
    assert (await rest("GET", foreign)).body["code"] == 10008


async def test_an_ephemeral_answer_is_not_told_by_the_gateway(
    world: DiscordWorld, bot: TeaBot, ann: Member
) -> None:
    sent = await bot.channel("lounge").send("Teal Mug is open", view=ClaimView())
    await world.press(ann, str(sent.id), label="Claim").wait()
    await bot.channel("lounge").send("and on")
    await bot.until(lambda: bool(bot.messages) and bot.messages[-1].content == "and on")
    assert [message.content for message in bot.messages] == ["Teal Mug is open", "and on"]


async def test_a_token_is_worth_nothing_after_fifteen_minutes(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    act = _asked(world, ann)
    await rest("POST", f"/interactions/{act.id}/{act.token}/callback", {"type": 4, "data": {"content": "first"}})
    act.created_at -= 15 * 60 * 1_000_000
    late = await rest("POST", f"/webhooks/{world.application_id}/{act.token}", {"content": "x"})
    assert (late.status, late.body["code"]) == (401, 50027)


async def test_an_answer_can_be_read_changed_and_deleted(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    act = _asked(world, ann)
    shown = await rest(
        "POST",
        f"/interactions/{act.id}/{act.token}/callback?with_response=true",
        {"type": 4, "data": {"content": "first"}},
    )
    assert shown.body["resource"]["message"]["content"] == "first"
    original = f"/webhooks/{world.application_id}/{act.token}/messages/@original"
    assert (await rest("GET", original)).body["content"] == "first"
    assert (await rest("PATCH", original, {"content": "second"})).body["content"] == "second"
    assert (await rest("DELETE", original)).status == 204
    assert (await rest("GET", original)).body["code"] == 10008
    assert world.messages("lounge") == []


async def test_a_slash_command_cannot_be_answered_by_an_update(
    world: DiscordWorld, rest: Rest, ann: Member
) -> None:
    act = _asked(world, ann)
    path = f"/interactions/{act.id}/{act.token}/callback"
    wrong = await rest("POST", path, {"type": 7, "data": {"content": "x"}})
    assert (wrong.status, wrong.body["code"], list(wrong.body["errors"])) == (400, 50035, ["type"])
    assert act.state == "pending"


async def test_a_refused_body_leaves_the_interaction_open(world: DiscordWorld, rest: Rest, ann: Member) -> None:
    act = _asked(world, ann)
    path = f"/interactions/{act.id}/{act.token}/callback"
    assert (await rest("POST", path, {"type": 4, "data": {"content": "x" * 2001}})).status == 400
    assert (await rest("POST", path, {"type": 4, "data": {"content": "short"}})).status == 204
    assert [answer.text for answer in act.answers] == ["short"]


async def test_an_interaction_told_three_times_has_one_id(world: DiscordWorld, bot: TeaBot, ann: Member) -> None:
    world.faults.duplicate_next(3)
    act = world.slash(ann, "drop")
    await act.wait()
    await bot.until(lambda: len(bot.interactions) == 3)
    assert bot.interactions == [int(act.id)] * 3
    assert len(act.answers) == 1
