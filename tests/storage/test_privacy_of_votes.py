"""Votes, passes and seats of somebody who is forgotten, shown to whom they are, and hidden from everybody else."""

from __future__ import annotations

import random
from dataclasses import replace

import orjson
import pytest

from bot.domain.ballots import BallotFault
from bot.domain.linking import LinkPeople, UnlinkMe
from bot.domain.night_deeds import NightVerb
from bot.domain.pass_deeds import GivePass, TransferPass
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.poll_control import OpenPoll, PollVerb
from bot.domain.privacy import EraseMe, ErasureAsked, ErasureRefusal, ErasureRefused, PersonErased
from bot.domain.recounting import RecountPoll
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import CastVote
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.people import find_account
from bot.storage.personal_data import SOMEBODY_ELSE, personal_data, summary
from tests.conftest import CHANNEL, MIA, NOON, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.new_ledgers import new_ledger_at
from tests.storage.deciding import MOD_VOTE, Evening, deciding_ledger
from tests.storage.desk import Desk, desk_engine
from tests.storage.evenings import faults, rows
from tests.storage.test_privacy import places_of


@pytest.fixture
def evening(lane, clock):
    return Evening(lane, clock)


async def forget(evening: Evening, name: str, *, confirmed: bool = True, platform: str = "twitch"):
    return await evening.does(EraseMe(CHANNEL, evening.request(), viewer(name, platform), confirmed))


async def test_whoever_has_voted_in_an_open_poll_waits_until_it_is_over(evening, new_ledger):
    """They could come back as somebody new and vote once more; so could whoever was one with them meanwhile."""
    await evening.open("Next mug?", window=10 * MINUTE)
    there = viewer("ann-there", "discord")
    await evening.does(LinkPeople(CHANNEL, "twitch:link", viewer("ann"), there, confirmed=True))
    await evening.vote("ann", 1)
    asked = await evening.does(UnlinkMe(CHANNEL, "twitch:u1", viewer("ann")))
    await evening.does(UnlinkMe(CHANNEL, "twitch:u2", viewer("ann"), asked.link))
    ((closes_at,),) = rows(new_ledger, "SELECT closes_at FROM poll")
    refused = ErasureRefused(ErasureRefusal.VOTED, "poll:next-mug", "Next mug?", closes_at)
    for confirmed in (False, True):
        assert await forget(evening, "ann", confirmed=confirmed) == refused
    assert await forget(evening, "ann-there", platform="discord") == refused
    await evening.steer(PollVerb.CLOSE)
    assert isinstance(await forget(evening, "ann"), PersonErased)
    recounted = await evening.does(RecountPoll(CHANNEL, "twitch:recount", MIA))
    assert recounted.agrees
    assert rows(new_ledger, "SELECT choice, weight FROM ballot") == [("[1]", 1)]
    assert faults(new_ledger) == []


async def test_a_seat_that_is_kept_goes_to_the_next_and_whoever_has_come_waits_for_the_end(evening, new_ledger):
    await evening.host("Hades night", 1, needs_pass=False)
    await evening.visit(NightVerb.JOIN, "ann", "ben", "cleo")
    assert isinstance(await forget(evening, "ann"), PersonErased)
    await evening.comes(40 * MINUTE)
    assert rows(new_ledger, "SELECT place FROM night_guest ORDER BY joined") == [("seated",), ("waiting",)]
    await evening.visit(NightVerb.CHECK_IN, "ben")
    refused = await forget(evening, "ben")
    assert (refused.because, refused.title) == (ErasureRefusal.AT_A_NIGHT, "Hades night")
    await evening.comes(2 * HOUR)
    assert isinstance(await forget(evening, "ben"), PersonErased)
    assert rows(new_ledger, "SELECT place, person_id IS NULL FROM night_guest WHERE place = 'here'") == [
        ("here", 1)
    ]
    assert faults(new_ledger) == []


async def test_a_vote_that_waits_goes_with_its_voter_and_nobody_is_told(evening, lane, new_ledger):
    told = []
    lane.listen(lambda committed: told.extend((*committed.settled, *committed.voted)))
    await evening.open("Next mug?", electorate="subscriber")
    await evening.vote("ann", 1)
    assert isinstance(await forget(evening, "ann"), PersonErased)
    assert rows(new_ledger, "SELECT * FROM held_vote") == []
    query = "SELECT kind, user_id, name FROM outcome WHERE kind LIKE 'vote.%'"
    assert rows(new_ledger, query) == [("vote.refused", "", "")]
    assert told == []
    assert places_of(new_ledger, "id-ann") == []
    assert faults(new_ledger) == []


async def test_what_somebody_typed_that_was_no_vote_is_forgotten_with_them(evening, new_ledger):
    await evening.open("Next mug?")
    typed = VoteMistake(BallotFault.UNKNOWN_OPTION, "it is ann karenina", (1,))
    refused = await evening.does(CastVote(CHANNEL, "twitch:typed", viewer("ann"), typed))
    assert refused.mistake == typed
    assert places_of(new_ledger, "karenina") == ["outcome.decision"]
    assert isinstance(await forget(evening, "ann"), PersonErased)
    assert places_of(new_ledger, "karenina") == []
    again = await evening.does(CastVote(CHANNEL, "twitch:typed", viewer("ann"), typed))
    assert again == replace(refused, mistake=replace(typed, text=""))


async def test_passes_are_nobodys_then_and_whoever_is_asked_hears_that_before(evening, new_ledger):
    await evening.give("ann", expires_at=NOON + DAY)
    await evening.give("ann", PassKind.GAME_NIGHT)
    assert await forget(evening, "ann", confirmed=False) == ErasureAsked(0, 0, passes=2)
    await forget(evening, "ann")
    assert rows(new_ledger, "SELECT owner, used, voided_why FROM pass") == [(None, 0, ""), (None, 0, "")]
    await evening.open("Next game?", **MOD_VOTE)
    back = await evening.vote("ann", 1, with_pass=True)
    assert back.pass_because == "no-pass"
    await evening.comes(2 * DAY)
    assert rows(new_ledger, "SELECT count(*) FROM entry WHERE kind = 'pass.expired'") == [(0,)]
    assert faults(new_ledger) == []


async def test_whoever_handed_a_pass_on_is_told_so_without_the_name_of_who_was_forgotten(evening, new_ledger):
    await evening.does(GivePass(CHANNEL, "twitch:give", MIA, _transferable(), viewer("ann"), "for ben"))
    await evening.does(TransferPass(CHANNEL, "twitch:on", viewer("ann"), 1, viewer("ben")))
    assert places_of(new_ledger, '"receiver":"ben"') == ["outcome.decision"]
    await forget(evening, "ben")
    assert places_of(new_ledger, "id-ben", '"receiver":"ben"') == []
    await forget(evening, "mia")
    assert places_of(new_ledger, "id-mia") == []
    assert faults(new_ledger) == []


def _transferable() -> PassTerms:
    return PassTerms(PassKind.MOD_VOTE, transferable=True)


async def test_after_the_night_nothing_names_whoever_was_forgotten(tmp_path):
    url = await deciding_ledger(tmp_path / "ledger.sqlite")
    assert places_of(url, "id-bob", "id-gus") == []
    assert places_of(url, "id-hal") != []
    # News is for everybody: no voter, guest or owner is in any.
    names = [f'"{name}"' for name in ("hal", "ivy", "kim", "lea")]
    assert [where for where in places_of(url, *names, "id-") if where.startswith("outbox")] == []


async def test_everybody_gets_their_own_votes_passes_and_nights_and_nobody_elses(tmp_path):
    url = await deciding_ledger(tmp_path / "ledger.sqlite")
    engine = snapshot_engine(url)
    with engine.connect() as connection:
        kim = find_account(connection, CHANNEL, viewer("kim").key)
        hal = find_account(connection, CHANNEL, viewer("hal").key)
        mia = find_account(connection, CHANNEL, MIA.key)
        data = personal_data(connection, CHANNEL, kim, NOON)
        assert [(vote["poll"], vote["options"], vote["pass"]) for vote in data["votes"]] == [
            ("next-game", ["teal"], 6),
            ("next-boss", ["plum"], 6),
        ]
        assert [(own["number"], own["used"], own["spent_on"], own["expired"]) for own in data["passes"]] == [
            (1, 0, [], False),
            (6, 1, ["poll:next-boss"], True),
        ]
        cast_by = [each["private"]["ballot"] for each in data["entries"] if each["kind"] == "vote.cast"]
        assert cast_by == [[1], [2]]
        nights = personal_data(connection, CHANNEL, hal, NOON)["nights"]
        assert [(each["night"], each["place"], each["pass"]) for each in nights] == [
            ("hades-night", "here", 4),
            ("celeste-night", "waiting", None),
        ]
        given = [
            each["private"]
            for each in personal_data(connection, CHANNEL, mia, NOON)["entries"]
            if each["kind"] == "pass.granted"
        ]
        assert {each["person"] for each in given} == {SOMEBODY_ELSE}
        kept = summary(connection, CHANNEL, viewer("kim").key)
        assert (kept.votes, kept.passes) == (2, 1)
    engine.dispose()


def public_of(url, **chosen: int) -> list[object]:
    """What everybody may read after a poll in which these have voted so: entries without their seals, and news
    without what the log was signed with. Chance is the same each time."""
    desk = Desk(desk_engine(url), NOON, random_bytes=random.Random(7).randbytes)
    desk.send(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(hidden=True)))
    for name, option in chosen.items():
        desk.send(CastVote(CHANNEL, f"twitch:{name}", viewer(name), choice(option)))
    desk.clock.at += 90 * SECOND
    desk.send(Wake(CHANNEL))
    entries = [orjson.loads(canonical) for (canonical,) in desk.ask("SELECT canonical FROM entry ORDER BY number")]
    seals = [entry.pop("private") for entry in entries]
    news = [orjson.loads(about) for (about,) in desk.ask("SELECT about FROM outbox ORDER BY id")]
    notes = [each.pop("note", "") for each in news]
    desk.close()
    assert len(set(seals)) == len(seals)
    assert any(notes)
    return [entries, news]


def test_nothing_that_everybody_may_read_tells_who_has_chosen_what(tmp_path):
    """The same poll twice, but Ann and Ben have each chosen what the other one chose: all is the same but for the
    seals, whose salts nobody is shown."""
    one, other = (ledger_url(str(tmp_path / f"{name}.sqlite")) for name in ("one", "other"))
    for url in (one, other):
        new_ledger_at(url)
    told = public_of(one, ann=1, ben=2, cleo=2)
    assert told == public_of(other, ann=2, ben=1, cleo=2)
    entries, _ = told
    (closed,) = (entry["public"] for entry in entries if entry["kind"] == "poll.closed")
    assert [count[2] for count in closed["result"]["counts"]] == [1, 2, 0]
