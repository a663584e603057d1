"""Linking accounts as people type and press it, over real sockets with the unmodified clients."""

from __future__ import annotations

import pytest

from bot.domain.answers import TryAgain
from bot.domain.control import SteerDrop
from bot.domain.linking import (
    LinkMade,
    LinkRefusal,
    LinkRefused,
    UnlinkAsked,
    Unlinked,
    UnlinkMe,
    UnlinkRefusal,
    UnlinkRefused,
)
from bot.domain.people import Actor
from bot.services.claims import TooFast
from bot.services.linking import Redeemed
from bot.stage.server import Stage
from bot.storage.links import Link, LinkSeen
from cogs.dialogues.linking import answer_in_chat
from cogs.names import Answering, Asked, CommandList, CommandNames
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.test_in_twitch_chat import say
from tests.platforms.rig import until
from tests.wording.saying import NOW

LINKED = LinkSeen(Link(7, 1, 2, NOW), {"twitch": Actor("twitch", "1", "ann_on_twitch")})
ANN = Actor("twitch", "1", "ann")


class Chat(CommandList):
    """Chat without a client."""

    def __init__(self) -> None:
        self.commands: dict[str, Answering] = {}
        super().__init__(CommandNames())

    def _register(self, names: tuple[str, ...], answering: Answering) -> None:
        self.commands[names[0]] = answering

    async def type(self, desk: Desk, text: str) -> None:
        answer_in_chat(self, desk.services())
        await self.commands["link"](Asked(ANN, "twitch:1", text))


async def test_slash_link_shows_the_code_to_nobody_else(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "link").wait()
    assert said.ephemeral
    message = stage.discord.board.find(said.message_id or "")
    assert message is not None
    assert "!link K7M2QX" in str(message.embeds)
    assert message.buttons == []
    assert [actor.user_id for actor in desk.linking.asked] == [ann.id]


async def test_whoever_is_linked_sees_with_whom_and_ends_it_with_two_buttons(stage: Stage, desk: Desk) -> None:
    desk.linking.shown = LINKED
    desk.confirming.waiting, desk.confirming.about = Unlinked(7), UnlinkMe
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "link").wait()
        message = stage.discord.board.find(shown.message_id or "")
        assert message is not None
        assert "ann\\\\_on\\\\_twitch" in str(message.embeds)
        asked = await stage.discord.press(ann, shown.message_id or "", label="End the link").wait()
        done = await stage.discord.press(ann, asked.message_id or "", label="Yes, end it").wait()
        # What waits then is something else, or nothing: this button does not mean it.
        desk.confirming.about = SteerDrop
        late = await stage.discord.press(ann, asked.message_id or "", label="Yes, end it").wait()
    assert (shown.ephemeral, asked.ephemeral) == (True, True)
    assert done.text == "Done: your accounts on Twitch and on Discord are two persons again."
    assert late.text == "That question is too old by now; ask again with /link."


async def test_on_discord_trouble_is_told(stage: Stage, desk: Desk) -> None:
    desk.linking.shown, desk.linking.parting = LINKED, UnlinkRefused(UnlinkRefusal.NOT_LINKED)
    ann = stage.discord.add_member("ann")
    said = []
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "link").wait()
        for trouble in (None, TryAgain, TooFast):
            desk.linking.trouble = trouble
            pressed = await stage.discord.press(ann, shown.message_id or "", label="End the link").wait()
            said.append(pressed.text)
        said.append((await stage.discord.slash(ann, "link").wait()).text)
    assert said[0] == "Your account is linked with none; /link shows how to link it."
    assert "could not take that" in said[1]
    assert said[2] == said[3]
    assert "too fast" in said[2]


async def test_a_channel_on_one_platform_alone_has_no_such_command(stage: Stage, desk: Desk) -> None:
    desk.linking.possible = False
    chat = Chat()
    answer_in_chat(chat, desk.services())
    assert "link" not in chat.commands
    async with on_board(stage, desk) as platform:
        assert platform.bot is not None
        assert platform.bot.tree.get_command("link") is None


async def test_whoever_has_used_a_code_up_hears_what_came_of_it_at_once(desk: Desk) -> None:
    await Chat().type(desk, " k7m2qx ")
    assert desk.linking.typed == [(ANN, "twitch:1", " k7m2qx ")]
    assert desk.telling.said == [
        ("all", "@ann: is Discord's “Ann B.” you? Type !yes within 1 min, and both count as one person.")
    ]


@pytest.mark.parametrize("because", LinkRefusal)
async def test_a_refusal_is_an_answer_like_any_other_unless_something_is_lost_with_it(desk: Desk, because) -> None:
    desk.linking.redeemed = Redeemed(LinkRefused(because))
    await Chat().type(desk, "AAAAAA")
    usual = because in (LinkRefusal.NEEDS_CODE, LinkRefusal.MALFORMED_CODE, LinkRefusal.UNKNOWN_CODE)
    ((to, text),) = desk.telling.said
    assert to == ("ann" if usual else "all")
    assert text.startswith("@ann ")


async def test_who_is_not_heard_any_more_gets_no_answer(desk: Desk) -> None:
    desk.linking.redeemed = None
    await Chat().type(desk, "AAAAAA")
    assert desk.telling.said == []


@pytest.mark.parametrize(
    ("parting", "trouble", "said"),
    [
        (UnlinkAsked(7), None, "Type !yes within 1 min to do it."),
        (UnlinkRefused(UnlinkRefusal.NOT_LINKED), None, "@ann your account is linked with none"),
        (UnlinkAsked(7), TryAgain, "could not take that"),
        (UnlinkAsked(7), TooFast, ""),
    ],
)
async def test_off_asks_whether_the_link_is_to_end(desk: Desk, parting, trouble, said) -> None:
    desk.linking.parting, desk.linking.trouble = parting, trouble
    await Chat().type(desk, " OFF ")
    assert desk.linking.typed == []
    assert desk.linking.asked == [ANN]
    assert [said in text for _, text in desk.telling.said] == ([True] if said else [])


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (LinkMade(7), "@ann done: on Twitch and on Discord you count as one person."),
        (Unlinked(7), "@ann done: your accounts on Twitch and on Discord are two persons again."),
    ],
)
async def test_what_became_of_a_yes_is_said(stage: Stage, desk: Desk, decision, said) -> None:
    desk.confirming.waiting = decision
    async with in_chat(stage, desk):
        say(stage, "ann", "!yes")
        await until(lambda: desk.telling.said)
    assert desk.telling.said == [("all", said)]


async def test_every_line_of_chat_is_overheard_to_its_end(stage: Stage, desk: Desk) -> None:
    heard: list[tuple[str, str, str]] = []
    desk.overhearing.listen(lambda actor, text, command: heard.append((actor.name, text, command)))
    long = "word " * 80 + "K7M2QX"
    async with in_chat(stage, desk):
        for text in (long, "!LINK K7M2QX", "!md link K7M2QX", "!nothing of ours"):
            say(stage, "ann", text)
        await until(lambda: len(heard) == 4)
    assert heard == [
        ("ann", long, ""),
        ("ann", "!LINK K7M2QX", "link"),
        ("ann", "!md link K7M2QX", "link"),
        ("ann", "!nothing of ours", ""),
    ]


async def test_what_is_said_in_another_channel_or_by_another_bot_is_overheard_and_commands_nothing(
    stage: Stage, desk: Desk
) -> None:
    heard: list[tuple[str, str]] = []
    desk.overhearing.listen(lambda actor, text, command: heard.append((text, command)))
    elsewhere = stage.twitch.add_user("other_channel")
    robot = stage.twitch.add_user("other_bot", badges=("bot-badge",))
    async with in_chat(stage, desk):
        stage.twitch.say(stage.twitch.add_user("guest"), "!link K7M2QX", shared_from=elsewhere)
        stage.twitch.say(robot, "!link K7M2QX too")
        await until(lambda: len(heard) == 2)
    assert heard == [("!link K7M2QX", ""), ("!link K7M2QX too", "")]
    assert desk.linking.typed == []
