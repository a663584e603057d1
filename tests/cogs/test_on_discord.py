"""Dialogues on Discord, over real sockets with the unmodified client."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS, NewsKind
from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimRefusal
from bot.domain.control import DropSteered, SteerNeedsYes, SteerRefusal, SteerRefused, Verb
from bot.domain.people import Actor, Rank
from bot.services.claims import TooFast
from bot.services.ports import HeldUnit
from bot.stage.discord import payloads
from bot.stage.discord.errors import InteractionFailed, StageError
from bot.stage.discord.guild import Member
from bot.stage.server import Stage
from bot.wording.announcing import card, control_card
from bot.wording.catalogue import Wording
from cogs.choices import choices
from tests.cogs.fakes import Desk, on_board
from tests.platforms.rig import until
from tests.wording.saying import CUE, NOW, OPEN, about, refused


async def test_a_slash_claim_is_answered_to_the_asker_alone_and_noted_as_told(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        act = stage.discord.slash(ann, "claim", {"drop": "mug"})
        said = await act.wait()
        await until(lambda: desk.telling.told_requests)
    assert (said.text, said.ephemeral) == ("Teal Mug #17 of 48 is yours!", True)
    ((actor, request_id, drop),) = desk.claims.asked
    assert (actor.platform, actor.user_id, actor.rank, drop) == ("discord", ann.id, Rank.VIEWER, "mug")
    assert request_id == f"discord:{act.id}"
    assert desk.telling.told_requests == [request_id]


async def test_the_claim_button_works_on_a_card_of_an_earlier_start(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        opened = card(Wording(), NewsKind.OPENED, about(OPEN), NOW)
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, opened, nonce="n1")
    async with on_board(stage, desk):
        said = await stage.discord.press(ann, message_id, label="Claim").wait()
    assert said.text == "Teal Mug #17 of 48 is yours!"
    assert [asked[2] for asked in desk.claims.asked] == ["mug"]


async def test_a_refusal_says_why_in_the_askers_own_time(stage: Stage, desk: Desk) -> None:
    desk.claims.decision = refused(ClaimRefusal.NOT_OPEN_YET, retry_at=NOW + 60_000_000)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "claim").wait()
    assert f"<t:{NOW // 1_000_000 + 60}:R>" in said.text


@pytest.mark.parametrize(("trouble", "said"), [(TryAgain, "could not take that"), (TooFast, "too fast")])
async def test_trouble_is_told_but_never_noted_as_an_answer(
    stage: Stage, desk: Desk, trouble: type[TryAgain | TooFast], said: str
) -> None:
    desk.claims.trouble = trouble
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        answer = await stage.discord.slash(ann, "claim").wait()
    assert said in answer.text
    assert desk.telling.told_requests == []


async def test_an_answer_that_discord_did_not_take_is_not_noted_as_told(stage: Stage, desk: Desk) -> None:
    stage.discord.desk.deadline_seconds = 0.05
    desk.claims.decided.clear()
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        act = stage.discord.slash(ann, "claim")
        with pytest.raises(InteractionFailed):
            await act.wait()
        desk.claims.decided.set()
        # The next command is answered after the late one has been tried.
        stage.discord.desk.deadline_seconds = 3.0
        await stage.discord.slash(ann, "claim").wait()
        await until(lambda: desk.telling.told_requests)
    assert len(desk.claims.asked) == 2
    assert f"discord:{act.id}" not in desk.telling.told_requests


async def test_everybody_sees_the_board_what_they_hold_and_the_help(stage: Stage, desk: Desk) -> None:
    desk.drops.units = [HeldUnit("mug", "Teal Mug", 17, 48, 57)]
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        board = await stage.discord.slash(ann, "drops").wait()
        mine = await stage.discord.slash(ann, "mine").wait()
        helped = await stage.discord.slash(ann, "help").wait()
    assert "31 of 48 left" in board.text
    assert mine.text == "You hold Teal Mug #17 of 48 (entry 57)."
    assert "/claim takes" in helped.text
    assert "/drop new" not in helped.text
    assert board.ephemeral
    assert mine.ephemeral
    assert helped.ephemeral


async def test_steering_is_hidden_from_viewers_and_works_for_moderators(stage: Stage, desk: Desk) -> None:
    desk.control.decision = DropSteered(Verb.OPEN, "mug", "Teal Mug", closes_at=NOW + 60_000_000, units_left=46)
    ann, mia = stage.discord.add_member("ann"), stage.discord.member("mod_mia")
    async with on_board(stage, desk):
        with pytest.raises(StageError):
            stage.discord.slash(ann, "drop open", {"drop": "mug"})
        said = await stage.discord.slash(mia, "drop open", {"drop": "mug"}).wait()
        await stage.discord.slash(mia, "drop extend", {"minutes": 7}).wait()
        await stage.discord.slash(mia, "drop give", {"member": ann, "why": "lost answer"}).wait()
        helped = await stage.discord.slash(mia, "help").wait()
    assert said.text.startswith("Teal Mug is open until")
    assert "/drop new" in helped.text
    assert [(order[0].rank, order[2]) for order in desk.control.orders] == [
        (Rank.MODERATOR, Verb.OPEN),
        (Rank.MODERATOR, Verb.EXTEND),
        (Rank.MODERATOR, Verb.GIVE),
    ]
    assert desk.control.orders[1][3]["minutes"] == 7
    given = desk.control.orders[2][3]
    assert (given["receiver"], given["why"]) == (Actor("discord", ann.id, "ann"), "lost answer")


async def test_each_button_of_the_control_card_does_its_deed(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    async with on_board(stage, desk) as platform:
        control = control_card(Wording(), about(OPEN), NOW)
        message_id = await platform.board.post(DISCORD_MODERATORS, control, nonce="n1")
        for label in ("Pause", "Close", "+5 min", "Undo"):
            await stage.discord.press(mia, message_id, label=label).wait()
        form = await stage.discord.press(mia, message_id, label="Give").wait()
    deeds = [(order[2], order[3]["drop"], order[3]["minutes"]) for order in desk.control.orders]
    assert deeds == [
        (Verb.PAUSE, "mug", 0),
        (Verb.CLOSE, "mug", 0),
        (Verb.EXTEND, "mug", 5),
        (Verb.UNDO, "mug", 0),
    ]
    assert form.modal is not None
    assert len(form.modal["components"]) == 3


def give_form(form: dict[str, Any], *, member: Member | None, name: str, why: str) -> dict[str, Any]:
    """The Give form as Discord sends it back."""
    given = {
        "give-member": {"values": [member.id] if member else []},
        "give-form-name": {"value": name},
        "give-form-why": {"value": why},
    }
    fields = [part["component"] for part in form["components"]]
    parts = [
        {
            "type": 18,
            "id": n,
            "component": {"id": 10 + n, **{k: f[k] for k in ("type", "custom_id")}, **given[f["custom_id"]]},
        }
        for n, f in enumerate(fields, start=1)
    ]
    resolved = {}
    if member is not None:
        resolved = {
            "users": {member.id: payloads.user(member)},
            "members": {member.id: payloads.member_without_user(member) | {"permissions": "0"}},
        }
    return {"custom_id": form["custom_id"], "components": parts, "resolved": resolved}


@pytest.mark.parametrize("by_name", [False, True])
async def test_the_give_form_takes_a_member_or_a_name_from_chat(stage: Stage, desk: Desk, by_name: bool) -> None:
    home = "twitch" if by_name else "discord"
    desk.control.decision = DropSteered(
        Verb.GIVE, "mug", "Teal Mug", number=18, supply=48, receiver="ann", receiver_platform=home
    )
    mia, ann = stage.discord.member("mod_mia"), stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        control = control_card(Wording(), about(OPEN), NOW)
        message_id = await platform.board.post(DISCORD_MODERATORS, control, nonce="n1")
        shown = await stage.discord.press(mia, message_id, label="Give").wait()
        assert shown.modal is not None
        data = give_form(
            shown.modal, member=None if by_name else ann, name="ann_ttv" if by_name else "", why="lost"
        )
        channel = stage.discord.channel("moderators")
        sent = stage.discord.desk.open("submit", mia, channel, data["custom_id"], data, text="Give a unit by hand")
        said = await sent.wait()
    assert said.text == "Teal Mug #18 of 48 now belongs to ann."
    ((_, _, verb, order),) = desk.control.orders
    assert (verb, order["drop"], order["why"]) == (Verb.GIVE, "mug", "lost")
    assert order["receiver"] == ("ann_ttv" if by_name else Actor("discord", ann.id, "ann"))
    # A viewer of Twitch chat hears of it there.
    assert desk.telling.said == ([("all", "Teal Mug #18 of 48 now belongs to @ann.")] if by_name else [])


async def test_a_refused_deed_says_why(stage: Stage, desk: Desk) -> None:
    desk.control.decision = SteerRefused(SteerRefusal.ALREADY_OPEN, Verb.OPEN, drop="mug", title="Teal Mug")
    async with on_board(stage, desk):
        said = await stage.discord.slash(stage.discord.member("mod_mia"), "drop open").wait()
    assert said.text == "Teal Mug is open already."


async def test_cancelling_asks_with_a_button_first(stage: Stage, desk: Desk) -> None:
    desk.control.decision = SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 3)
    desk.confirming.waiting = DropSteered(Verb.CANCEL, "mug", "Teal Mug")
    mia = stage.discord.member("mod_mia")
    async with on_board(stage, desk):
        asked = await stage.discord.slash(mia, "drop cancel", {"drop": "mug"}).wait()
        assert asked.message_id is not None
        done = await stage.discord.press(mia, asked.message_id, label="Yes, do it").wait()
        desk.confirming.waiting = None
        late = await stage.discord.press(mia, asked.message_id, label="Yes, do it").wait()
    assert "3 have an owner" in asked.text
    assert done.text == "Teal Mug is cancelled."
    assert late.text == "Nothing waits for a yes any more; ask for it again."


async def test_a_drop_is_planned_in_one_form(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    answers = {"Title": "Red Cap", "How many": "10", "Opens": "cue", "Stays open for": "10m"}
    async with on_board(stage, desk):
        options = {"kind": "badge", "per_person": 2, "announce": "in 10m", "while_offline": "run"}
        command = stage.discord.slash(mia, "drop new", options)
        await command.wait()
        said = await stage.discord.submit(mia, command, answers).wait()
    ((actor, form),) = desk.drops.forms
    assert actor.steers
    assert (form.title, form.supply, form.kind, form.per_person, form.held_back) == (
        "Red Cap",
        "10",
        "badge",
        "2",
        "",
    )
    assert (form.announce, form.while_offline) == ("in 10m", "run")
    stamp = NOW // 1_000_000 + 600
    assert said.text == (
        "Red Cap is planned: 10 numbered, opens on your cue. In commands it is called red-cap. "
        f"It is announced at <t:{stamp}:t> (<t:{stamp}:R>)."
    )


async def test_a_form_with_mistakes_tells_them_all(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    answers = {"Title": "@everyone", "How many": "many", "Opens": "soon", "Stays open for": "long"}
    async with on_board(stage, desk):
        command = stage.discord.slash(mia, "drop new")
        await command.wait()
        said = await stage.discord.submit(mia, command, answers).wait()
    assert [line.partition(":")[0] for line in said.text.splitlines()] == [
        "The drop was not made.",
        "Title",
        "How many",
        "Opens",
        "Stays open for",
    ]


async def test_remind_me_takes_and_returns_the_role(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    role = stage.discord.role("drop-reminders")
    async with on_board(stage, desk) as platform:
        announced = card(Wording(), NewsKind.ANNOUNCED, about(CUE), NOW)
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, announced, nonce="n1")
        first = await stage.discord.press(ann, message_id, label="Remind me").wait()
        has_it = role.id in ann.role_ids
        second = await stage.discord.press(ann, message_id, label="Remind me").wait()
    assert "will be pinged" in first.text
    assert has_it
    assert "not be pinged" in second.text
    assert role.id not in ann.role_ids


async def test_without_a_reminder_role_the_button_says_so(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk, reminder_role_id=None) as platform:
        announced = card(Wording(), NewsKind.ANNOUNCED, about(CUE), NOW)
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, announced, nonce="n1")
        said = await stage.discord.press(ann, message_id, label="Remind me").wait()
    assert "not set up" in said.text


def test_what_is_offered_fits_what_was_typed() -> None:
    assert [c.value for c in choices([OPEN, CUE], "")] == ["mug", "cap"]
    assert [c.value for c in choices([OPEN, CUE], "RED")] == ["cap"]
    assert [(c.name, c.value) for c in choices([OPEN, CUE], "mug")] == [("Teal Mug", "mug")]
    assert len(choices([OPEN] * 60, "")) == 25
