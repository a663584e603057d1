"""A quick play is told of people what the program's own clients are told, by the same world."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from random import Random

from bot.domain.entitlements import Source
from bot.domain.time import SECOND
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.twitch.platform import TwitchPlatform
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.subscriptions import evidence_subscriptions, wanted_subscriptions
from bot.rehearsal.fast.discord_answers import Act
from bot.rehearsal.fast.discord_evidence import QuickDiscordEvidence, QuickMembers
from bot.rehearsal.fast.discord_rest import Rest
from bot.rehearsal.fast.helix import QuickHelix
from bot.rehearsal.fast.listening import Event, wanted_events
from bot.rehearsal.fast.network import Network
from bot.rehearsal.fast.twitch_evidence import QuickTwitchEvidence
from bot.rehearsal.fast.virtual_time import VirtualLoop
from bot.services.ports import EvidenceSource, PlaceDown
from bot.stage.crowd.acts import Become, Person, Standing
from bot.stage.crowd.hands import StageHands
from bot.stage.discord import payloads
from bot.stage.server import Stage
from tests.platforms.discord_rig import Booth, discord_settings
from tests.platforms.evidence_rig import NotingEar, asked, counting_stage, source_of
from tests.platforms.rig import Heard, running, twitch_settings, until

ON_TWITCH = {
    Source.TWITCH_SUBSCRIPTIONS: ("subscriber", "gift"),
    Source.TWITCH_FOLLOWERS: ("follower",),
    Source.TWITCH_VIPS: ("vip",),
    Source.TWITCH_MODERATORS: ("moderator",),
    Source.ACCOUNTS: ("account_days",),
}
ON_DISCORD = {
    Source.DISCORD_MEMBERS: ("role:patron", "role:Stranger", "booster", "member_days", "role_subscriber"),
    Source.ACCOUNTS: ("account_days",),
}
CHARACTERS = (
    Person("twitch", "ann", "Ann", "made up", (), tier="2000", standing=Standing(gifted=True)),
    Person("twitch", "bob", "Bob", "made up", (), badges=("vip",), standing=Standing(follows_days=90)),
    Person("twitch", "cat", "Cat", "made up", (), badges=("founder", "moderator"), tier="1000"),
    Person("twitch", "dan", "Dan", "made up", ()),
    Person("discord", "eve", "Eve", "made up", (), standing=Standing(roles=("Patron",), joined_days=40)),
    Person("discord", "fay", "Fay", "made up", (), standing=Standing(boosts=True)),
    Person("discord", "gus", "Gus", "made up", ()),
)


def now() -> int:
    return time.time_ns() // 1_000


def network() -> Network:
    return Network(VirtualLoop(), Random(1))


def seated(stage: Stage, platform: str) -> list[str]:
    """The crowd takes its seats; their ids."""
    hands = StageHands(stage.twitch, stage.discord, stage.record)
    return [hands(person).id for person in CHARACTERS if person.platform == platform]


async def answers(sources: list[EvidenceSource], users: list[str], about: dict[Source, tuple[str, ...]]) -> object:
    return {
        source: await asked(source_of(sources, source), users, *questions) for source, questions in about.items()
    }


async def test_quick_look_ups_on_twitch_come_to_what_the_client_is_answered() -> None:
    async with counting_stage() as (stage, _):
        heard, settings = Heard(), twitch_settings(stage)
        platform = TwitchPlatform(settings, install=heard.install, on_connected=heard.on_connected, now=now)
        quick = QuickTwitchEvidence(QuickHelix(stage.twitch, network()), settings, now, NotingEar)
        users = seated(stage, "twitch")
        async with running(platform.run):
            await until(lambda: heard.gaps, within=60.0)
            told = await answers(list(platform.evidence.sources), users, ON_TWITCH)
        assert await answers(list(quick.sources), users, ON_TWITCH) == told
        assert [value for by_source in told.values() for value in by_source.values() if value]


async def test_a_quick_play_hears_from_twitch_what_the_client_hears() -> None:
    async with counting_stage() as (stage, _):
        heard, settings, ear, quick_ear = Heard(), twitch_settings(stage), NotingEar(), NotingEar()
        platform = TwitchPlatform(
            settings, install=heard.install, on_connected=heard.on_connected, ear=lambda: ear, now=now
        )
        quick = QuickTwitchEvidence(QuickHelix(stage.twitch, network()), settings, now, lambda: quick_ear)

        def hear(frame: dict[str, dict[str, object]]) -> None:
            name, event = frame["metadata"]["subscription_type"], frame["payload"]["event"]
            (quick.hear_line(event) if name == "channel.chat.message" else quick.hear(name, event))

        stage.twitch.frame_listeners.append(hear)
        hands = StageHands(stage.twitch, stage.discord, stage.record)
        users = [hands(person) for person in CHARACTERS if person.platform == "twitch"]
        async with running(platform.run):
            await until(lambda: heard.gaps, within=60.0)
            platform.listen_for(frozenset(ON_TWITCH))
            await until(lambda: len(stage.twitch.sessions.subscriptions()) == 3 + 7)
            for person in users:
                user = stage.twitch.users[person.id]
                stage.twitch.say(user, f"hello from {user.login}")
                for what in ("follower", "subscriber", "vip", "moderator"):
                    person.do(Become(what))
            cat = stage.twitch.users[users[2].id]
            stage.twitch.end_subscription(cat)
            stage.twitch.remove_badge(cat, "vip")
            stage.twitch.remove_badge(cat, "moderator")
            await until(lambda: ear.voided and ear.noted == quick_ear.noted)
        assert (ear.voided, ear.met) == (quick_ear.voided, quick_ear.met)
        assert len(ear.noted) == 4


async def test_quick_look_ups_and_presses_on_discord_come_to_what_the_client_is_told() -> None:
    async with counting_stage() as (stage, _):
        world, settings, booth = stage.discord, discord_settings(stage), Booth()
        ear, quick_ear = NotingEar(), NotingEar()
        ear.asked = quick_ear.asked = ON_DISCORD[Source.DISCORD_MEMBERS]
        platform = DiscordPlatform(settings, install=booth.install, ear=lambda: ear, now=now)
        members = QuickMembers(world, Rest(world, network(), 5.0), now, lambda: True)
        quick = QuickDiscordEvidence(members, now, lambda: quick_ear)
        users = seated(stage, "discord")
        async with running(platform.run):
            await until(lambda: platform.connected)
            told = await answers(list(platform.evidence.sources), [*users, "4242"], ON_DISCORD)
            assert await answers(list(quick.sources), [*users, "4242"], ON_DISCORD) == told
            for user in users:
                act = world.slash(world.guild.member(user), "think", {})
                quick.hear(Act(payloads.interaction(act, world.bot), world.guild.owner_id))
            await until(lambda: len(ear.met) == len(users))
        assert (ear.noted, ear.met) == (quick_ear.noted, quick_ear.met)
        assert ear.noted["discord", users[0]]["role:patron"] == 1


def test_a_quick_play_listens_for_the_events_that_the_client_wants() -> None:
    settings = TwitchSettings("id", "1001", "1002", "token", "refresh", streamer_token="given")
    for given in (settings, replace(settings, streamer_token=""), replace(settings, bot_id="1001")):
        for sources in (frozenset[Source](), frozenset(ON_TWITCH), frozenset((Source.TWITCH_VIPS,))):
            wanted = wanted_subscriptions(given.channel_id, given.bot_id) + evidence_subscriptions(given, sources)
            library = [
                Event(each.owner, each.name, each.payload.version, dict(each.payload.condition), each.optional)
                for each in wanted
            ]
            assert list(wanted_events(given, sources)) == library


async def test_a_look_up_that_twitch_does_not_answer_is_no_answer() -> None:
    stage = Stage()
    (ann, *_) = seated(stage, "twitch")
    quick = QuickTwitchEvidence(QuickHelix(stage.twitch, network()), twitch_settings(stage), now, NotingEar)
    subscriptions = source_of(quick.sources, Source.TWITCH_SUBSCRIPTIONS)
    for status in (429, 503):
        stage.twitch.faults.fail_next("*", "/helix/", status)
        try:
            await subscriptions.find([ann], ())
        except PlaceDown:
            continue
        raise AssertionError(f"{status} was taken for an answer")
    found = await asyncio.wait_for(subscriptions.find([ann], ()), SECOND)
    assert {each.value for each in found.values()} == {1, 2}
