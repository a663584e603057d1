"""Polls and votes typed in chat and on Discord, over real sockets with the unmodified clients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, NewsKind
from bot.domain.answers import TryAgain
from bot.domain.ballots import Ballot, BallotFault, Method
from bot.domain.poll_asked import PollForm
from bot.domain.poll_box import Vote
from bot.domain.poll_control import PollNeedsYes, PollRefusal, PollRefused, PollVerb, SteerPoll
from bot.domain.polls import PassRole, Poll, PollKind
from bot.domain.time import MINUTE, SECOND
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import VoteChecking, VoteRefusal, VoteRefused
from bot.services.claims import TooFast
from bot.stage.discord.model import Answer
from bot.stage.server import Stage
from bot.storage.polls import OwnVote
from bot.wording.catalogue import Wording
from bot.wording.polls import poll_card
from cogs.dialogues.polls import put_poll
from cogs.names import CommandNames
from cogs.polling import PollOrder, read_poll_order
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.test_in_twitch_chat import hush, moderator, say
from tests.conftest import viewer
from tests.domain.poll_world import choice
from tests.platforms.rig import until
from tests.wording.polls import MOD_VOTE, POLL, of_method, said
from tests.wording.saying import NOW

NEEDS_YES = PollNeedsYes(PollVerb.CANCEL, POLL.key, POLL.plan.question, 7)


def refused(because: VoteRefusal, **more: Any) -> VoteRefused:
    return VoteRefused(because, POLL.key, POLL.plan.question, **more)


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("close", PollOrder(PollVerb.CLOSE)),
        ("CLOSE  next-game", PollOrder(PollVerb.CLOSE, "next-game")),
        ("cancel Next game?", PollOrder(PollVerb.CANCEL, "Next game?")),
        ("recount", PollOrder(PollVerb.RECOUNT)),
        ("close.", PollOrder(PollVerb.CLOSE)),
        ("Cancel!", PollOrder(PollVerb.CANCEL)),
        ("+60.", PollOrder(PollVerb.EXTEND, "", MINUTE)),
        ("+60", PollOrder(PollVerb.EXTEND, "", MINUTE)),
        ("+ 90s next game", PollOrder(PollVerb.EXTEND, "next game", 90 * SECOND)),
        ("+1m 30s", PollOrder(PollVerb.EXTEND, "", 90 * SECOND)),
        ("+60 2nd-game", PollOrder(PollVerb.EXTEND, "2nd-game", MINUTE)),
        ("extend 2m", PollOrder(PollVerb.EXTEND, "", 2 * MINUTE)),
        # No length of time, zero or less: the rules answer that.
        ("+", PollOrder(PollVerb.EXTEND)),
        ("+0", PollOrder(PollVerb.EXTEND)),
        ("extend -5", PollOrder(PollVerb.EXTEND, "-5")),
        ("closing time", None),
        ('"Next game?" Hades, Celeste', None),
        ("close the vote now? yes, no", None),
        ("recount votes? yes, no 30s", None),
    ],
)
def test_a_deed_is_told_from_a_question(typed: str, order: PollOrder | None) -> None:
    assert read_poll_order(typed) == order


# -- Twitch chat ------------------------------------------------------------------------------------------------


async def test_a_moderator_puts_a_poll_in_one_line(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, moderator(stage), '!poll ranked hidden "Next mug?" teal, plum, sand 2m')
        say(stage, moderator(stage), "!modvote Next game? Hades, Celeste")
        await until(lambda: len(desk.polls.asked) == 2)
    (_, poll), (_, mod_vote) = desk.polls.asked
    assert (poll.words.question, poll.words.options) == ("Next mug?", ("teal", "plum", "sand"))
    assert (poll.words.duration, poll.method, poll.hidden) == (2 * MINUTE, Method.RANKED, True)
    assert (mod_vote.kind, mod_vote.words.duration) == (PollKind.MOD_VOTE, None)
    # The line that everybody gets says it.
    assert desk.telling.said == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("!poll Next game? Hades", "one option"),
        ("!poll Letter? " + ", ".join(f"x{number}" for number in range(30)), "30 options are too many"),
        ("!poll Next game? Hades, Ha\u200bdes", "look the same"),
        ("!poll Next game? Hades, Celeste 0s", "too short"),
        ("!poll Next game? Hades, Celeste 1 year", "too long"),
        ("!poll teal, plum", "cannot see the question"),
        ('!poll "Next?" @everyone, plum', "would mention somebody"),
    ],
)
async def test_a_poll_with_a_mistake_is_not_put_and_its_moderator_told_the_cure(
    stage: Stage, desk: Desk, line: str, told: str
) -> None:
    async with in_chat(stage, desk):
        say(stage, moderator(stage), line)
        await until(lambda: desk.telling.said)
    ((whom, text),) = desk.telling.said
    assert whom == "all"
    assert told in text
    assert desk.polls.asked == []


@pytest.mark.parametrize("line", ["!poll", '!poll "Next?" a, b', "!poll close", "!poll +60", "!modvote Next? a, b"])
async def test_whoever_is_no_moderator_puts_and_steers_nothing_and_hears_what_is_on(
    stage: Stage, desk: Desk, line: str
) -> None:
    desk.polls.running = (POLL,)
    async with in_chat(stage, desk):
        say(stage, "ann", line)
        await until(lambda: desk.telling.said)
    assert (desk.polls.asked, desk.polls.deeds) == ([], [])
    ((whom, text),) = desk.telling.said
    assert whom == "ann"
    assert "1 teal, 2 plum, 3 sand" in text


async def test_beside_a_mod_vote_that_goes_on_chat_hears_of_the_poll_that_it_can_vote_in(
    stage: Stage, desk: Desk
) -> None:
    desk.polls.running = (replace(MOD_VOTE, goes_on=True), POLL)
    async with in_chat(stage, desk):
        say(stage, "ann", "!poll")
        await until(lambda: desk.telling.said)
    assert "1 teal, 2 plum, 3 sand" in desk.telling.said[0][1]


async def test_while_nothing_is_on_the_command_says_so(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, "ann", "!poll")
        await until(lambda: desk.telling.said)
    assert desk.telling.said == [("ann", "No poll is on.")]


async def test_a_poll_is_steered_by_its_verbs(stage: Stage, desk: Desk) -> None:
    name = moderator(stage)
    async with in_chat(stage, desk):
        for line in ("!poll close", "!modvote +60", "!poll cancel next-mug", "!md poll recount"):
            say(stage, name, line)
        await until(lambda: len(desk.polls.deeds) == 4)
        await hush(stage, desk)
    assert sorted(deed[1:] for deed in desk.polls.deeds) == [
        (PollVerb.CANCEL, "next-mug", 0),
        (PollVerb.CLOSE, "", 0),
        (PollVerb.EXTEND, "", MINUTE),
        (PollVerb.RECOUNT, "", 0),
    ]
    assert [text for _, text in desk.telling.said if "Counted again" not in text] == []


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (PollRefused(PollRefusal.ONE_IS_ON, PollVerb.OPEN, POLL.key, POLL.plan.question), "one poll at a time"),
        (PollRefused(PollRefusal.STREAM_OFFLINE, PollVerb.OPEN), "the stream is off"),
        (NEEDS_YES, "!yes"),
    ],
)
async def test_a_deed_that_was_not_done_is_told_with_its_cure(
    stage: Stage, desk: Desk, decision: Any, told: str
) -> None:
    desk.polls.decision = decision
    async with in_chat(stage, desk):
        say(stage, moderator(stage), '!poll "Next?" a, b')
        await until(lambda: desk.telling.said)
    assert told in desk.telling.said[0][1].lower()


async def test_a_yes_cancels_the_poll_that_its_moderator_was_asked_about(stage: Stage, desk: Desk) -> None:
    desk.confirming.waiting = PollRefused(PollRefusal.ALREADY_OVER, PollVerb.CANCEL, POLL.key, POLL.plan.question)
    async with in_chat(stage, desk):
        say(stage, moderator(stage), "!yes")
        await until(lambda: desk.telling.said)
    assert "is over already" in desk.telling.said[0][1]


async def test_a_number_alone_is_a_vote_while_a_poll_is_on_and_talk_before_and_after(
    stage: Stage, desk: Desk
) -> None:
    heard_lines: list[str] = []
    desk.overhearing.listen(lambda actor, text, command: heard_lines.append(text))
    async with in_chat(stage, desk):
        say(stage, "cleo", "2")
        await until(lambda: heard_lines)
        desk.voting.takes_numbers = True
        heard = say(stage, "ann", "2")
        say(stage, "ben", "two of them")
        say(stage, "ben", "!drop")
        say(stage, moderator(stage), "３")
        await until(lambda: len(desk.voting.votes) == 2)
        desk.voting.takes_numbers = False
        say(stage, "ann", "1")
        await hush(stage, desk)
    assert [(name, line) for name, line, _, _ in desk.voting.votes] == [("ann", "2"), (moderator_name(stage), "3")]
    assert desk.voting.requests[0] == f"twitch:{heard.id}"


def moderator_name(stage: Stage) -> str:
    assert stage.cast is not None
    return stage.cast.moderator.name


async def test_guests_of_a_shared_chat_and_other_bots_vote_for_nothing(stage: Stage, desk: Desk) -> None:
    desk.voting.takes_numbers = True
    guest = stage.twitch.add_user("guest_gus")
    other = stage.twitch.add_user("other_channel")
    robot = stage.twitch.add_user("nightbot", badges=("bot-badge",))
    async with in_chat(stage, desk):
        stage.twitch.say(guest, "2", shared_from=other)
        stage.twitch.say(robot, "2")
        say(stage, "ann", "2")
        await until(lambda: desk.voting.votes)
        await hush(stage, desk)
    assert [name for name, *_ in desk.voting.votes] == ["ann"]


async def test_a_vote_that_counts_is_silent_and_one_that_does_not_is_told_why(stage: Stage, desk: Desk) -> None:
    desk.polls.running = (POLL,)
    async with in_chat(stage, desk):
        say(stage, "ann", "!vote teal")
        await until(lambda: desk.voting.votes)
        await hush(stage, desk)
        assert desk.telling.said == []
        desk.voting.decision = refused(VoteRefusal.BAD_CHOICE, mistake=VoteMistake(BallotFault.UNKNOWN_OPTION, "9"))
        say(stage, "ben", "!vote 9")
        await until(lambda: desk.telling.said)
    assert desk.voting.votes == [("ann", "teal", "", False), ("ben", "9", "", False)]
    assert "from 1 to 3" in desk.telling.said[0][1]


@pytest.mark.parametrize("because", [VoteRefusal.CLOSED, VoteRefusal.NOTHING_ON, VoteRefusal.CANCELLED])
async def test_a_number_that_came_too_late_is_answered_by_the_line_that_has_closed_the_poll(
    stage: Stage, desk: Desk, because: VoteRefusal
) -> None:
    desk.voting.takes_numbers = True
    desk.voting.decision = refused(because)
    async with in_chat(stage, desk):
        say(stage, "ann", "2")
        await until(lambda: desk.voting.votes)
        await hush(stage, desk)
        assert desk.telling.said == []
        say(stage, "ben", "!vote 2")
        await until(lambda: desk.telling.refused)
    assert desk.telling.refused == [("ben", refused(because))]


async def test_trouble_is_told_and_whoever_is_too_fast_hears_nothing(stage: Stage, desk: Desk) -> None:
    desk.voting.takes_numbers = True
    desk.voting.trouble = TooFast
    async with in_chat(stage, desk):
        say(stage, "ann", "2")
        await until(lambda: desk.voting.votes)
        await hush(stage, desk)
        assert desk.telling.said == []
        desk.voting.trouble = TryAgain
        say(stage, "ben", "2")
        await until(lambda: desk.telling.said)
    assert desk.telling.said[0][0] == "ben"


async def test_renamed_commands_are_answered_under_their_names(stage: Stage, desk: Desk) -> None:
    desk.names = CommandNames({"vote": ("wahl",), "poll": ("umfrage",)})
    async with in_chat(stage, desk):
        say(stage, "ann", "!vote teal")
        say(stage, "ann", "!wahl plum")
        say(stage, "ben", "!md vote sand")
        say(stage, moderator(stage), "!umfrage close")
        await until(lambda: len(desk.voting.votes) == 2 and desk.polls.deeds)
    assert sorted(text for _, text, _, _ in desk.voting.votes) == ["plum", "sand"]


async def test_mine_tells_that_somebody_has_voted_and_on_discord_what(stage: Stage, desk: Desk) -> None:
    desk.voting.mine = [OwnVote(POLL, Vote(7, 1, "ab", choice(2)))]
    ann = stage.discord.add_member("ann")
    async with in_chat(stage, desk):
        say(stage, "ann", "!mine")
        await until(lambda: desk.telling.said)
    ((_, line),) = desk.telling.said
    assert "Your vote on “Colour of the next mug?” counts." in line
    assert "plum" not in line
    async with on_board(stage, desk):
        answer = await stage.discord.slash(ann, "mine").wait()
    assert "**plum**" in answer.text


# -- Discord ----------------------------------------------------------------------------------------------------


async def test_a_poll_is_put_by_a_slash_command(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    options = {
        "question": "Next mug?",
        "options": "teal, plum",
        "lasts": "2m",
        "method": "approval",
        "hidden": True,
        "quorum": 5,
        "who": "subscribers",
        "kind": "poll",
    }
    async with on_board(stage, desk):
        answer = await stage.discord.slash(mia, "poll open", options, channel="moderators").wait()
    assert answer.ephemeral
    assert "is open until" in answer.text
    ((actor, asked),) = desk.polls.asked
    assert actor.steers
    assert (asked.words.options, asked.words.duration) == (("teal", "plum"), 2 * MINUTE)
    assert (asked.method, asked.hidden, asked.quorum, asked.electorate) == (Method.APPROVAL, True, 5, "subscriber")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"question": "Next?", "options": "a"}, "Only one option"),
        ({"question": "Next?", "options": ", ".join(f"x{n}" for n in range(30))}, "30 options are too many"),
        ({"question": "Next?", "options": "Hades, Ha\u200bdes"}, "look the same"),
        ({"question": "\u200b", "options": "a, b"}, "question is missing"),
        ({"question": "Next?", "options": "a, b", "lasts": "0"}, "too short"),
        ({"question": "Next?", "options": "a, b", "lasts": "1 year"}, "too long"),
        ({"question": "Next?", "options": "a, b", "lasts": "soon"}, "no length of time"),
        ({"question": "Next?", "options": "a, b", "who": "friends"}, "not clear at"),
    ],
)
async def test_a_form_with_a_mistake_is_told_the_cure(
    stage: Stage, desk: Desk, options: dict[str, object], told: str
) -> None:
    async with on_board(stage, desk):
        act = stage.discord.slash(stage.discord.member("mod_mia"), "poll open", options, channel="moderators")
        answer = await act.wait()
    assert told in answer.text
    assert desk.polls.asked == []


async def test_a_poll_is_steered_by_slash_commands(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    desk.polls.running = (POLL,)
    async with on_board(stage, desk):
        for command, options in (
            ("close", {}),
            ("extend", {"added": "90"}),
            ("extend", {"added": "+2 min.", "poll": "next-mug"}),
            ("extend", {"added": "soon"}),
        ):
            await stage.discord.slash(mia, f"poll {command}", options, channel="moderators").wait()
        recounted = await stage.discord.slash(mia, "poll recount", channel="moderators").wait()
        desk.polls.decision = NEEDS_YES
        asked = await stage.discord.slash(mia, "poll cancel", channel="moderators").wait()
    assert [deed[1:] for deed in desk.polls.deeds] == [
        (PollVerb.CLOSE, "", 0),
        (PollVerb.EXTEND, "", 90 * SECOND),
        (PollVerb.EXTEND, "next-mug", 2 * MINUTE),
        (PollVerb.EXTEND, "", 0),
        (PollVerb.RECOUNT, "", 0),
        (PollVerb.CANCEL, "", 0),
    ]
    assert "is the same" in recounted.text
    assert buttons(stage, asked) == ["md:confirm:yes"]


async def test_the_yes_button_cancels_the_poll(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    desk.polls.decision = NEEDS_YES
    desk.confirming.waiting, desk.confirming.about = PollRefused(PollRefusal.NOTHING_ON, PollVerb.CANCEL), SteerPoll
    async with on_board(stage, desk):
        asked = stage.discord.slash(mia, "poll cancel", channel="moderators")
        message = await asked.wait()
        assert message.message_id is not None
        done = await stage.discord.press(mia, message.message_id, "md:confirm:yes").wait()
    assert "no poll is on" in done.text.lower()
    # The yes is to this very question, and to no newer one.
    assert desk.confirming.asked == [f"discord:{asked.id}"]


async def test_show_has_the_live_count_and_the_buttons(stage: Stage, desk: Desk) -> None:
    desk.polls.running = (POLL,)
    mia = stage.discord.member("mod_mia")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(mia, "poll show", channel="moderators").wait()
        desk.polls.running = ()
        nothing = await stage.discord.slash(mia, "poll show", channel="moderators").wait()
    assert buttons(stage, shown) == [f"md:vote:{POLL.key}:{n}" for n in (1, 2, 3)]
    assert "no poll is on" in nothing.text.lower()


async def test_whoever_is_no_moderator_is_told_so_and_not_what_is_wrong_with_the_poll(desk: Desk) -> None:
    """A server may show the command to everybody."""
    said = await put_poll(desk.services(), viewer("ann", "discord"), "discord:1", PollForm("Next?", "a"))
    assert said == "Only moderators and the streamer put and steer polls."
    assert desk.polls.asked == []


def buttons(stage: Stage, shown: Answer) -> list[str]:
    assert shown.message_id is not None
    message = stage.discord.board.find(shown.message_id)
    assert message is not None
    return [button.custom_id for button in message.buttons]


async def posted(platform: Any, poll: Poll) -> str:
    card = poll_card(Wording(), NewsKind.POLL_OPENED, said(poll), NOW)
    return str(await platform.board.post(DISCORD_ANNOUNCEMENTS, card, nonce="n1"))


async def test_an_options_button_votes_also_on_a_card_of_an_earlier_start(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, POLL)
    async with on_board(stage, desk):
        desk.polls.running = (POLL,)
        act = stage.discord.press(ann, message_id, f"md:vote:{POLL.key}:2")
        answer = await act.wait()
    assert answer.ephemeral
    assert "**plum**" in answer.text
    assert desk.voting.votes == [("ann", choice(2), POLL.key, False)]
    assert desk.voting.requests == [f"discord:{act.id}"]


async def test_a_vote_whose_voter_is_looked_up_is_answered_once_that_is_known(stage: Stage, desk: Desk) -> None:
    desk.polls.running = (POLL,)
    ann = stage.discord.add_member("ann")
    desk.voting.finally_ = desk.voting.decision
    desk.voting.decision = VoteChecking(POLL.key, POLL.plan.question, ("subscriber",))
    async with on_board(stage, desk):
        answer = await stage.discord.slash(ann, "vote", {"choice": "plum", "poll": POLL.key}).wait()
    assert "**plum**" in answer.text
    assert desk.voting.votes == [("ann", "plum", POLL.key, False)]


@pytest.mark.parametrize(("trouble", "told"), [(TryAgain, "could not take that"), (TooFast, "too fast")])
async def test_trouble_with_a_vote_is_told_privately(
    stage: Stage, desk: Desk, trouble: type[TryAgain | TooFast], told: str
) -> None:
    desk.voting.trouble = trouble
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        answer = await stage.discord.slash(ann, "vote", {"choice": "2"}).wait()
    assert told in answer.text


async def test_the_options_are_offered_while_somebody_types(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    desk.polls.running = (POLL,)
    async with on_board(stage, desk):
        offered = await stage.discord.complete(ann, "vote", "choice", "PL").wait()
        polls = await stage.discord.complete(ann, "vote", "poll", "mug").wait()
        desk.polls.running = ()
        nothing = await stage.discord.complete(ann, "vote", "choice", "").wait()
    assert offered.choices == {"2 plum": "2"}
    assert polls.choices == {POLL.plan.question: POLL.key}
    assert nothing.choices == {}


@pytest.mark.parametrize(
    ("method", "form", "voted"),
    [
        (Method.APPROVAL, {"ballot-1": ["1 teal", "3 sand"]}, "1 3"),
        (Method.APPROVAL, {}, Ballot(Method.APPROVAL)),
        (Method.RANKED, {"ballot-1": "2 plum", "ballot-2": "1 teal"}, "2 > 1"),
        (Method.RANKED, {"ballot-2": "2 plum"}, "2"),
        (Method.RANKED, {"ballot-1": "2 plum", "ballot-2": "2 plum"}, "2 > 2"),
        (Method.SCORE, {"ballot-1": "5", "ballot-3": "0"}, "1=5 3=0"),
        (Method.SCORE, {}, Ballot(Method.SCORE)),
    ],
)
async def test_a_whole_ballot_is_filled_in(
    stage: Stage, desk: Desk, method: Method, form: dict[str, object], voted: object
) -> None:
    poll = of_method(method)
    desk.polls.running = (poll,)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, poll)
        asked = stage.discord.press(ann, message_id, f"md:ballot:{poll.key}")
        await until(lambda: asked.answers)
        answer = await stage.discord.submit(ann, asked, form).wait()
    assert answer.ephemeral
    assert desk.voting.votes == [("ann", voted, poll.key, False)]


async def test_points_for_more_options_than_a_form_has_fields_are_typed(stage: Stage, desk: Desk) -> None:
    plan = replace(POLL.plan, options=tuple("abcdefgh"), method=Method.SCORE)
    poll = replace(POLL, plan=plan)
    desk.polls.running = (poll,)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, poll)
        asked = stage.discord.press(ann, message_id, f"md:ballot:{poll.key}")
        await until(lambda: asked.answers)
        await stage.discord.submit(ann, asked, {"ballot": "a=5 b=2"}).wait()
    assert desk.voting.votes == [("ann", "a=5 b=2", poll.key, False)]


@pytest.mark.parametrize(
    ("method", "options", "form", "voted"),
    [
        (Method.RANKED, "abc", {"ballot-1": "3 c", "ballot-2": "1 a"}, "3 > 1"),
        (Method.SCORE, "abc", {"ballot-1": "5", "ballot-3": "2"}, "1=5 3=2"),
        (Method.SCORE, "abcdefgh", {"ballot": "a=5 b=2"}, "a=5 b=2"),
        (Method.APPROVAL, "abc", {"ballot-1": ["1 a", "2 b"]}, "1 2"),
        (Method.APPROVAL, "abc", {}, Ballot(Method.APPROVAL)),
    ],
)
async def test_a_form_that_was_open_while_the_bot_started_anew_is_taken(
    stage: Stage, desk: Desk, method: Method, options: str, form: dict[str, object], voted: object
) -> None:
    poll = replace(POLL, plan=replace(POLL.plan, options=tuple(options), method=method))
    desk.polls.running = (poll,)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, poll)
        asked = stage.discord.press(ann, message_id, f"md:ballot:{poll.key}")
        await until(lambda: asked.answers)
    async with on_board(stage, desk):
        answer = await stage.discord.submit(ann, asked, form).wait()
    assert "Your vote counts" in answer.text
    assert desk.voting.votes == [("ann", voted, poll.key, False)]


async def test_a_form_for_a_pass_stays_one_while_the_bot_starts_anew(stage: Stage, desk: Desk) -> None:
    ranked = of_method(Method.RANKED, replace(MOD_VOTE, plan=replace(MOD_VOTE.plan, method=Method.RANKED)))
    desk.polls.running = (ranked,)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, ranked)
        asked = stage.discord.press(ann, message_id, f"md:votepass:{ranked.key}")
        await until(lambda: asked.answers)
    desk.polls.running = ()
    desk.voting.decision = refused(VoteRefusal.CLOSED)
    async with on_board(stage, desk):
        answer = await stage.discord.submit(ann, asked, {"ballot-1": "1 Hades"}).wait()
    assert "is closed" in answer.text
    assert desk.voting.votes == [("ann", "", ranked.key, True)]


async def test_a_form_that_is_asked_for_too_late_says_that_the_poll_is_over(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    desk.voting.decision = refused(VoteRefusal.CLOSED)
    poll = of_method(Method.RANKED)
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, poll)
        answer = await stage.discord.press(ann, message_id, f"md:ballot:{poll.key}").wait()
    assert "is closed" in answer.text


async def test_a_pass_is_spent_only_once_its_option_is_pressed(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    desk.polls.running = (MOD_VOTE,)
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, MOD_VOTE)
        asked = await stage.discord.press(ann, message_id, f"md:votepass:{MOD_VOTE.key}").wait()
        assert desk.voting.votes == []
        assert asked.ephemeral
        assert asked.message_id is not None
        await stage.discord.press(ann, asked.message_id, f"md:votepass:{MOD_VOTE.key}:2").wait()
    assert desk.voting.votes == [("ann", choice(2), MOD_VOTE.key, True)]


async def test_a_pass_is_spent_with_a_whole_ballot(stage: Stage, desk: Desk) -> None:
    ranked = of_method(Method.RANKED, replace(POLL, plan=replace(POLL.plan, pass_role=PassRole.WEIGHT)))
    desk.polls.running = (ranked,)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        message_id = await posted(platform, ranked)
        asked = stage.discord.press(ann, message_id, f"md:votepass:{ranked.key}")
        await until(lambda: asked.answers)
        await stage.discord.submit(ann, asked, {"ballot-1": "3 sand"}).wait()
    assert desk.voting.votes == [("ann", "3", ranked.key, True)]
