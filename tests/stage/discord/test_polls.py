"""Native polls: asked in a message, voted in by members, ended by the bot or by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.stage.discord.errors import StageError
from bot.stage.discord.model import Message
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest, Start
from tests.stage.discord.waiting import until

Json = dict[str, Any]
WANTS = discord.Intents(guilds=True, guild_messages=True, guild_polls=True)


def _poll(**changes: object) -> Json:
    answers = [{"poll_media": {"text": text}} for text in ("Mug", "Cap")]
    return {"poll": {"question": {"text": "Next drop?"}, "answers": answers, "duration": 1, **changes}}


async def _asked(world: DiscordWorld, rest: Rest, **changes: object) -> Message:
    path = f"/channels/{world.channel('lounge').id}/messages"
    posted = await rest("POST", path, _poll(**changes))
    assert posted.status == 200, posted.body
    (message,) = world.messages("lounge")
    return message


async def test_a_poll_is_asked_voted_in_ended_and_told(world: DiscordWorld, port: int) -> None:
    async with TeaBot.running(world.bot_token, WANTS) as bot:
        poll = discord.Poll("Next drop?", timedelta(hours=2))
        poll.add_answer(text="Mug").add_answer(text="Cap")
        sent = await bot.channel("lounge").send(poll=poll)
        ann, bob = world.add_member("ann"), world.add_member("bob")
        world.vote(ann, str(sent.id), "Mug")
        world.vote(bob, str(sent.id), 1)
        (vote,) = await bot.hears("raw_poll_vote_add", 2)
        assert (vote.user_id, vote.answer_id, vote.message_id) == (int(bob.id), 1, sent.id)

        fetched = await bot.channel("lounge").fetch_message(sent.id)
        assert fetched.poll is not None
        assert [(answer.text, answer.vote_count) for answer in fetched.poll.answers] == [("Mug", 2), ("Cap", 0)]
        assert {user.name async for user in fetched.poll.answers[0].voters()} == {"ann", "bob"}

        ended = await fetched.end_poll()
        assert ended.poll is not None
        assert ended.poll.is_finalised()
        await bot.until(lambda: any(each.type is discord.MessageType.poll_result for each in bot.messages))
    told = next(each for each in bot.messages if each.type is discord.MessageType.poll_result)
    assert told.reference is not None
    assert told.reference.message_id == sent.id
    fields = {field.name: field.value for field in told.embeds[0].fields}
    assert (fields["victor_answer_text"], fields["total_votes"]) == ("Mug", "2")
    kinds = [(seen.kind, seen.text) for seen in world.record.seen if seen.kind in ("vote", "poll-ended")]
    assert kinds == [("vote", "+Mug"), ("vote", "+Mug"), ("poll-ended", "Next drop?")]


async def test_a_vote_moves_and_is_taken_back(world: DiscordWorld, rest: Rest) -> None:
    message, ann = await _asked(world, rest), world.add_member("ann")
    world.vote(ann, message.id, "Mug")
    world.vote(ann, message.id, "Cap")
    assert message.poll is not None
    assert message.poll.votes == {1: [], 2: [ann.id]}
    world.vote(ann, message.id)
    assert message.poll.votes == {1: [], 2: []}
    votes = [seen.text for seen in world.record.seen if seen.kind == "vote"]
    assert votes == ["+Mug", "-Mug", "+Cap", "-Cap"]


async def test_a_bot_without_the_intent_is_told_of_no_vote(world: DiscordWorld, start: Start) -> None:
    bot = await start()
    poll = discord.Poll("Next drop?", timedelta(hours=1)).add_answer(text="Mug")
    sent = await bot.channel("lounge").send(poll=poll)
    ann = world.add_member("ann")
    world.vote(ann, str(sent.id), 1)
    # When this has come, the vote would have come too.
    act = world.slash(ann, "drop")
    await bot.until(lambda: int(act.id) in bot.interactions)
    assert not [name for name, _ in bot.told if name.startswith("raw_poll_vote")]


async def test_votes_are_as_the_client_offers_them(world: DiscordWorld, rest: Rest) -> None:
    message, ann = await _asked(world, rest), world.add_member("ann")
    for answers, complaint in ((("Sock",), "no answer"), ((1, 2), "one answer")):
        with pytest.raises(StageError, match=complaint):
            world.vote(ann, message.id, *answers)
    world.polls.end(message)
    with pytest.raises(StageError, match="has ended"):
        world.vote(ann, message.id, 1)
    with pytest.raises(StageError, match="no poll"):
        world.vote(ann, world.messages("lounge")[-1].id, 1)


async def test_several_answers_are_taken_where_the_poll_allows_it(world: DiscordWorld, rest: Rest) -> None:
    message, ann = await _asked(world, rest, allow_multiselect=True), world.add_member("ann")
    world.vote(ann, message.id, 1, 2)
    assert message.poll is not None
    assert message.poll.votes == {1: [ann.id], 2: [ann.id]}


async def test_a_poll_ends_when_its_time_is_up(world: DiscordWorld, rest: Rest) -> None:
    message = await _asked(world, rest)
    assert message.poll is not None
    assert message.poll.expires_at - message.created_at == 3_600_000_000
    message.poll.expires_at = world.clock() + 20_000
    world.polls.watch(message)
    await until(world.record, lambda: any(seen.kind == "poll-ended" for seen in world.record.seen))
    assert message.poll.is_finalized


async def test_a_tie_names_no_winner(world: DiscordWorld, rest: Rest) -> None:
    message = await _asked(world, rest)
    for name, answer in (("ann", 1), ("bob", 2)):
        world.vote(world.add_member(name), message.id, answer)
    world.polls.end(message)
    names = [field["name"] for field in world.messages("lounge")[-1].embeds[0]["fields"]]
    assert names == ["poll_question_text", "victor_answer_votes", "total_votes"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"question": {"text": "x" * 301}}, ["question", "text"]),
        ({"question": {}}, ["question", "text"]),
        ({"answers": []}, ["answers"]),
        ({"answers": [{"poll_media": {"text": "x"}}] * 11}, ["answers"]),
        ({"answers": [{"poll_media": {"text": "x" * 56}}]}, ["answers", "0", "poll_media", "text"]),
        ({"answers": [{}]}, ["answers", "0", "poll_media", "text"]),
        ({"duration": 0.1667}, ["duration"]),
        ({"duration": 769}, ["duration"]),
    ],
)
async def test_a_poll_beyond_a_limit_is_refused_by_field(
    world: DiscordWorld, rest: Rest, changes: Json, where: list[str]
) -> None:
    answer = await rest("POST", f"/channels/{world.channel('lounge').id}/messages", _poll(**changes))
    assert (answer.status, answer.body["code"]) == (400, 50035)
    errors = answer.body["errors"]["poll"]
    for step in where:
        errors = errors[step]
    assert errors["_errors"]
    assert world.messages("lounge") == []


async def test_what_cannot_be_done_with_a_poll_has_its_own_code(world: DiscordWorld, rest: Rest) -> None:
    message = await _asked(world, rest)
    lounge = f"/channels/{world.channel('lounge').id}"
    assert (await rest("PATCH", f"{lounge}/messages/{message.id}", {"content": "x"})).body["code"] == 520003
    assert (await rest("GET", f"{lounge}/polls/{message.id}/answers/7")).body["code"] == 50035
    assert (await rest("POST", f"{lounge}/polls/{message.id}/expire")).status == 200
    assert (await rest("POST", f"{lounge}/polls/{message.id}/expire")).body["code"] == 520001
    plain = await rest("POST", f"{lounge}/messages", {"content": "x"})
    assert (await rest("POST", f"{lounge}/polls/{plain.body['id']}/expire")).body["code"] == 520006


async def test_where_polls_are_not_allowed_none_is_posted(world: DiscordWorld, rest: Rest) -> None:
    world.channel("lounge").overwrites[world.guild_id] = (0, 1 << 49)
    refused = await rest("POST", f"/channels/{world.channel('lounge').id}/messages", _poll())
    assert refused.body["code"] == 50013
