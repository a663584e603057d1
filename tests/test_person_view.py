"""`microdrops person` as an operator types it: what is kept about somebody, and forgetting them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from filelock import FileLock

from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.ledger import leaf_hash, private_hash
from bot.domain.linking import LinkPeople
from bot.domain.pass_deeds import GivePass
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.people import Actor, Rank, pseudonym
from bot.domain.poll_control import OpenPoll
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.voting import CastVote
from bot.storage.database import ledger_url
from bot.storage.signing import KEY_FILE, keys_at
from tests.conftest import CHANNEL, NOON, FixedClock, running_lane
from tests.domain.poll_world import choice, poll_plan
from tests.new_ledgers import new_ledger_at
from tests.storage.evenings import change, faults, open_mug, rows
from tests.storage.test_privacy import files_with, places_of
from tests.test_restore_view import TWITCH_ONLY, run

__all__ = ["run"]  # the fixture, used by its name

ANN = Actor("twitch", "880017731", "Quiet_Ann")
BOB = Actor("twitch", "880017732", "Loud_Bob")
NAMESAKE = Actor("discord", "990017735", "quiet_ann")
MIA = Actor("discord", "990017733", "Keen_Mia", Rank.MODERATOR)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "config.toml").write_text(TWITCH_ONLY)
    return tmp_path


@pytest.fixture
def ledger(folder):
    """A mug of which Ann claimed #1, Bob #2 and was given #3 by Mia; settled long ago. A namesake came too late."""
    url = ledger_url(str(folder / "ledger.sqlite"))
    new_ledger_at(url)
    asyncio.run(_evening(url, folder))
    return url


async def _evening(url, folder: Path) -> None:
    clock = FixedClock(NOON - MINUTE)
    async with running_lane(url, clock, keys=keys_at(folder / KEY_FILE)) as lane:
        await open_mug(lane, clock, claims=0, held_back=4, per_person=2)
        for number, actor in enumerate((ANN, BOB)):
            await lane.submit(ClaimDrop(CHANNEL, f"twitch:{number}", actor, "mug"))
        gift = SteerDrop(CHANNEL, "discord:3", MIA, Verb.GIVE, "mug", receiver=BOB, why="the answer got lost")
        await lane.submit(gift)
        for clock.at in (NOON + 15 * MINUTE, NOON + HOUR):
            await lane.submit(Wake(CHANNEL))
        await lane.submit(ClaimDrop(CHANNEL, "discord:4", NAMESAKE, "mug"))


def test_everything_about_a_person_is_printed_and_can_be_checked(ledger, run):
    told = run("person", "export", "twitch:880017731")
    data = json.loads(told.out)
    assert (told.code, told.err) == (0, "")
    assert data["accounts"] == [{"platform": "twitch", "id": ANN.user_id, "name": ANN.name}]
    (unit,) = data["units"]
    assert (unit["title"], unit["number"], unit["granted_at"]) == ("Teal Mug", 1, "2026-11-01T12:00:00+00:00")
    assert pseudonym(bytes.fromhex(data["secret"]), f"{data['channel']}/mug") == unit["holder"]
    (entry,) = data["entries"]
    assert entry["public"]["holder"] == unit["holder"]
    private = json.dumps(entry["private"], sort_keys=True, separators=(",", ":")).encode()
    ((canonical,),) = rows(ledger, f"SELECT canonical FROM entry WHERE number = {entry['number']}")
    assert private_hash(bytes.fromhex(entry["salt"]), private) == json.loads(canonical)["private"]
    assert leaf_hash(bytes(canonical)).hex() == entry["leaf_hash"]
    assert [answer["answer"]["number"] for answer in data["answers"]] == [1]


def test_an_export_tells_nothing_of_anybody_else(ledger, run):
    bobs = run("person", "export", "loud_bob")
    assert [trace for trace in (ANN.name, MIA.name, MIA.user_id, NAMESAKE.user_id) if trace in bobs.out] == []
    gift = json.loads(bobs.out)["entries"][-1]
    assert (gift["private"]["by"], gift["private"]["why"], gift["salt"]) == (
        "somebody else",
        "the answer got lost",
        None,
    )
    mias = run("person", "export", "Keen_Mia")
    assert [trace for trace in (BOB.name, BOB.user_id) if trace in mias.out] == []
    data = json.loads(mias.out)
    assert data["entries"][-1]["private"] == {
        "by": {"platform": "discord", "user": MIA.user_id, "name": MIA.name},
        "why": "the answer got lost",
        "person": "somebody else",
    }
    assert [(step["what"], step["number"]) for step in data["moderator_steps"]] == [("unit.granted", 3)]
    assert [answer["answer"]["receiver"] for answer in data["answers"]] == ["somebody else"]


def test_an_export_may_go_to_a_file_for_its_owner_alone(ledger, folder, run):
    told = run("person", "export", "loud_bob", "--out", str(folder / "bob.json"))
    assert (told.code, told.out) == (0, "")
    assert json.loads((folder / "bob.json").read_text("utf-8"))["accounts"][0]["name"] == BOB.name
    wrong = run("person", "export", "loud_bob", "--out", str(folder / "config.toml" / "bob.json"))
    assert (wrong.code, "cannot be written" in wrong.err) == (2, True)


def link_the_namesakes(ledger, folder: Path) -> None:
    async def link() -> None:
        async with running_lane(ledger, FixedClock(NOON + HOUR), keys=keys_at(folder / KEY_FILE)) as lane:
            await lane.submit(LinkPeople(CHANNEL, "twitch:link", ANN, NAMESAKE, confirmed=True))

    asyncio.run(link())


def test_two_accounts_that_are_linked_are_one_person_also_by_name(ledger, folder, run):
    link_the_namesakes(ledger, folder)
    for who, there in (("quiet_ann", NAMESAKE), (f"discord:{NAMESAKE.user_id}", ANN)):
        told = run("person", "export", who)
        data = json.loads(told.out)
        assert (told.code, told.err) == (0, "")
        assert data["linked"]["accounts"] == [{"platform": there.platform, "id": there.user_id, "name": there.name}]
        assert len(data["links"]) == 1
    done = run("person", "erase", "quiet_ann", "--yes")
    assert done.code == 0
    assert "The account that they are linked with, on the other platform, is forgotten with it." in done.out
    assert places_of(ledger, ANN.name, ANN.user_id, NAMESAKE.name, NAMESAKE.user_id) == []
    assert faults(ledger) == []


def test_an_ambiguous_name_lists_who_goes_by_it(ledger, run):
    told = run("person", "export", "@QUIET_ANN")
    assert told.code == 2
    assert told.err.startswith("2 people go by @QUIET_ANN: ")
    assert "twitch:880017731 (Quiet_Ann)" in told.err
    assert "discord:990017735 (quiet_ann)" in told.err
    assert run("person", "erase", "quiet_ann", "--yes").code == 2
    assert places_of(ledger, ANN.name) != []


@pytest.mark.parametrize("who", ["nobody", "twitch:1", "discord:880017731", "twitch:"])
@pytest.mark.parametrize("verb", ["export", "erase"])
def test_whom_nobody_has_met_is_said_so(ledger, run, verb, who):
    told = run("person", verb, who)
    assert (told.code, told.out, told.err) == (1, "", f"The ledger knows nobody as {who}.\n")


@pytest.mark.parametrize("who", ["", " ", ":"])
def test_nobody_is_named_and_so_somebody_is_asked_for(ledger, run, who):
    told = run("person", "export", who)
    assert (told.code, told.out, told.err) == (2, "", "Say whom: twitch:ID, discord:ID, or a name.\n")


def test_forgetting_is_explained_and_waits_for_a_yes(ledger, folder, run):
    told = run("person", "erase", "twitch:880017732")
    assert told.code == 2
    assert "This forgets twitch:880017732 (Loud_Bob).\n" in told.out
    assert "Their 2 units stay counted and numbered" in told.out
    assert f"Copies of the ledger in {folder / 'backups'} still have them" in told.out
    assert "24 copies and those of 14 days are kept" in told.out
    assert told.err == "Add --yes to do it.\n"
    assert places_of(ledger, BOB.name) != []
    assert run("person", "erase", "twitch:880017732", "--json").code == 2
    assert places_of(ledger, BOB.name) != []


def test_a_person_is_forgotten_and_nothing_of_them_is_left_in_the_ledgers_files(ledger, folder, run):
    told = run("person", "erase", "loud_bob", "--yes")
    assert (told.code, told.err) == (0, "")
    assert "Forgotten: 2 entries of the ledger tell of nobody now." in told.out
    assert places_of(ledger, BOB.name, BOB.user_id) == []
    assert files_with(ledger, BOB.name, BOB.user_id) == []
    assert faults(ledger) == []
    assert run("person", "export", "loud_bob").code == 1


def test_a_moderator_hears_that_their_steps_stay(ledger, run):
    told = run("person", "erase", "keen_mia", "--yes")
    assert told.code == 0
    assert "1 step they took as a moderator stay" in told.out
    assert places_of(ledger, MIA.name, MIA.user_id) == []
    assert faults(ledger) == []


def test_for_a_machine_it_is_json(ledger, run):
    told = run("person", "erase", "loud_bob", "--yes", "--json")
    answer = json.loads(told.out)
    assert answer["erased"] == {"units": 2, "deeds": 0, "entries": 2}
    assert "Copies of the ledger" in answer["still_in"]
    assert json.loads(run("person", "erase", "loud_bob", "--yes", "--json").out) == {
        "failed": "The ledger knows nobody as loud_bob."
    }


def test_a_running_bot_is_not_disturbed_and_the_way_out_is_named(ledger, folder, run):
    with FileLock(folder / "ledger.sqlite.lock"):
        told = run("person", "erase", "loud_bob", "--yes")
        assert run("person", "export", "loud_bob").code == 0
    assert told.code == 1
    assert "stop that one first, or let them type !forgetme." in told.err
    assert places_of(ledger, BOB.name) != []


def test_whoever_could_claim_again_is_not_forgotten_yet(ledger, run):
    change(ledger, "UPDATE \"drop\" SET state = 'open', closes_at = 2000000000000000, closed_at = NULL")
    told = run("person", "erase", "loud_bob", "--yes")
    assert told.code == 1
    assert told.err.startswith("Nothing was done: they hold a unit of Teal Mug, which is not over yet: ask again")
    assert places_of(ledger, BOB.name) != []


def test_whoever_could_vote_again_is_not_forgotten_yet_and_passes_are_told(ledger, folder, run):
    async def vote() -> None:
        async with running_lane(ledger, FixedClock(NOON + DAY), keys=keys_at(folder / KEY_FILE)) as lane:
            for who in (ANN, BOB):
                terms = PassTerms(PassKind.MOD_VOTE)
                await lane.submit(GivePass(CHANNEL, f"discord:pass-{who.name}", MIA, terms, who))
            # So long that it is open whenever this is read.
            opened = poll_plan(question="Next mug", window=100 * 365 * DAY)
            await lane.submit(OpenPoll(CHANNEL, "discord:open", MIA, opened))
            await lane.submit(CastVote(CHANNEL, "twitch:vote", ANN, choice(1)))

    asyncio.run(vote())
    told = run("person", "erase", "twitch:880017731", "--yes")
    assert told.code == 1
    assert "Nothing was done: they have voted in Next mug, which is not over yet: ask again after" in told.err
    assert "Passes that can still be spent are lost: 1." in run("person", "erase", "twitch:880017732", "--yes").out


def test_without_a_ledger_nothing_is_read_and_none_is_made(folder, run):
    for verb in ("export", "erase"):
        told = run("person", verb, "ann")
        assert (told.code, "cannot be opened" in told.err) == (1, True)
    assert not (folder / "ledger.sqlite").exists()


def test_the_ledger_verifies_after_people_have_gone(ledger, run):
    for who in ("loud_bob", "keen_mia", "twitch:880017731"):
        assert run("person", "erase", who, "--yes").code == 0
    told = run("verify")
    assert (told.code, told.err) == (0, "")
    change(ledger, "UPDATE entry SET private = NULL, salt = NULL WHERE number = 1")
    assert run("verify").code == 1
