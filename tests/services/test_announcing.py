"""Each place gets its own news exactly once, and cards follow their drops."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import create_engine, text

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.restore import FreezeDrops, ThawDrop
from bot.domain.stream import Pace, Wake
from bot.domain.telling import NoteAttempt, NoteSent
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.services import announcing as announcing_module
from bot.services.announcing import Announcing
from bot.services.ports import PlaceDown, SendRefused
from bot.storage.database import Reads
from bot.storage.telling import pending_news
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, FixedClock, plan, viewer
from tests.services.fakes import WORDS, RecordingBoard, RecordingChat, until
from tests.storage.test_lane import rows

BOARDS = {DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS}


@pytest.fixture(autouse=True)
def quick_notes(monkeypatch):
    monkeypatch.setattr(announcing_module, "NOTE_AGAIN_SECONDS", 0.001)


class Evening:
    """A real ledger, recording places, and the announcing between them."""

    def __init__(self, lane, url, reads, clock):
        self.lane, self.url, self.reads, self.clock = lane, url, reads, clock
        self.chat, self.board = RecordingChat(), RecordingBoard()
        self.refusing: list[Exception] = []
        self.notes: list[object] = []
        self.announcing = self.made()
        lane.listen(lambda committed: self.announcing.committed(committed))

    def made(self, **options):
        return Announcing(
            self,
            self.reads,
            CHANNEL,
            WORDS,
            self.clock,
            Pace(),
            chat=self.chat,
            board=self.board,
            places=ALL_PLACES,
            edit_gap_seconds=0.001,
            **options,
        )

    async def submit(self, command):
        """The lane as the announcing sees it: notes are recorded, and may be refused."""
        if self.refusing and isinstance(command, NoteSent):
            raise self.refusing.pop(0)
        self.notes.append((command, len(self.chat.lines)))
        return await self.lane.submit(command)

    async def announce_and_open(self, **changes):
        await self.lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(**changes),)))
        self.clock.at = NOON
        await self.lane.submit(Wake(CHANNEL))

    async def claim(self, name):
        return await self.lane.submit(ClaimDrop(CHANNEL, f"twitch:{name}", viewer(name)))

    async def pending(self, place):
        return [str(each.kind) for each in await pending_news(self.reads, CHANNEL, place)]

    async def until_said(self, *places):
        async with asyncio.timeout(60):
            for place in places:
                while await self.pending(place):  # noqa: ASYNC110  # the outbox tells nobody that it is empty
                    await asyncio.sleep(0)

    @property
    def results(self):
        return rows(self.url, "SELECT place, kind, result FROM outbox ORDER BY id")

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.announcing.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
async def evening(lane, new_ledger, clock):
    clock.at = NOON - HOUR
    reads = Reads(new_ledger)
    yield Evening(lane, new_ledger, reads, clock)
    await reads.close()


async def test_each_place_hears_the_news_that_is_for_it_in_order(evening):
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
    assert len(evening.chat.lines) == 2
    assert "opens at" in evening.chat.lines[0]
    assert "open" in evening.chat.lines[1]
    assert [place for place, _, _ in evening.board.posts].count(DISCORD_ANNOUNCEMENTS) == 2
    assert [place for place, _, _ in evening.board.posts].count(DISCORD_MODERATORS) == 1
    assert {result for _, _, result in evening.results} == {"sent"}


async def test_a_dead_discord_never_silences_twitch_and_hears_everything_later(evening):
    evening.board.down = PlaceDown("discord")
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said("twitch:chat")
        assert len(evening.chat.lines) == 2
        assert await evening.pending(DISCORD_ANNOUNCEMENTS) == ["announced", "opened"]
        evening.board.down = None
        evening.announcing.wake_all()
        await evening.until_said(*ALL_PLACES)
    assert len(evening.board.posts) == 3
    assert len(evening.chat.lines) == 2


async def test_news_that_would_mislead_by_now_is_skipped(evening):
    await evening.announce_and_open()
    evening.clock.at = NOON + 15 * MINUTE
    async with evening.running():
        await evening.until_said("twitch:chat")
    assert ("twitch:chat", "opened", "skipped") in evening.results
    assert ("twitch:chat", "announced", "sent") in evening.results
    assert not any("is open" in line for line in evening.chat.lines)


@pytest.mark.parametrize(("after", "result"), [(59 * SECOND, "skipped"), (60 * SECOND, "sent")])
async def test_a_milestone_is_said_only_a_minute_after_another_line(evening, after, result):
    async with evening.running():
        await evening.announce_and_open(supply=10)
        await evening.until_said("twitch:chat")
        evening.clock.at += after
        for number in range(9):
            await evening.claim(f"v{number}")
        await evening.until_said("twitch:chat")
    assert ("twitch:chat", "nearly-gone", result) in evening.results


async def test_an_attempt_is_noted_before_the_send_and_its_result_after_it(evening):
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
    first_line = [(type(command), lines) for command, lines in evening.notes if command.news_id == 1]
    assert first_line == [(NoteAttempt, 0), (NoteSent, 1)]


async def test_news_that_a_place_refuses_for_good_is_noted_and_the_rest_goes_on(evening):
    evening.chat.faults = [SendRefused("blocked term")]
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
    assert ("twitch:chat", "announced", "refused: blocked term") in evening.results
    assert ("twitch:chat", "opened", "sent") in evening.results


async def test_other_news_in_the_same_words_are_said_at_once(evening):
    evening.chat.faults = [SendRefused("msg_duplicate", 30.0, repeats=True)]
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said("twitch:chat")
    assert len(evening.chat.lines) == 2
    assert evening.chat.lines[0].endswith(" ·")
    assert {result for place, _, result in evening.results if place == "twitch:chat"} == {"sent"}


async def test_news_refused_with_a_time_to_wait_is_tried_again(evening):
    evening.chat.faults = [SendRefused("slow down", 0.001), SendRefused("slow down", 0.001)]
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said("twitch:chat")
    assert len(evening.chat.lines) == 2


async def test_a_note_that_the_ledger_cannot_take_yet_does_not_make_it_said_twice(evening):
    evening.refusing = [TryAgain("busy"), TryAgain("busy"), TryAgain("busy")]
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
    assert len(evening.chat.lines) == 2
    assert len(evening.board.posts) == 3


async def test_the_nonce_of_a_card_is_the_same_in_every_attempt(evening):
    nonces = []

    async def post(place, card, *, nonce):
        nonces.append((place, nonce))
        if len(nonces) < 3:
            raise SendRefused("slow down", 0.001)
        return "card"

    evening.board.post = post
    async with evening.running():
        await evening.lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
        await evening.until_said(*ALL_PLACES)
    for place in (DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS):
        assert len({nonce for where, nonce in nonces if where == place}) == 1
    assert len(nonces) == 4


async def test_a_card_that_a_crash_left_posted_is_found_and_not_posted_again(evening):
    await evening.announce_and_open()
    for news in await pending_news(evening.reads, CHANNEL, DISCORD_ANNOUNCEMENTS):
        await evening.lane.submit(NoteAttempt(CHANNEL, news.id))
    found = ["announced-before", "opened-before"]

    async def find(place, card, *, since):
        return (found.pop(0),)

    evening.board.find = find
    async with evening.running():
        await evening.until_said(*ALL_PLACES)
    assert [place for place, _, _ in evening.board.posts] == [DISCORD_MODERATORS]
    references = rows(evening.url, "SELECT reference FROM outbox WHERE place = 'discord:announcements' ORDER BY id")
    assert references == [("announced-before",), ("opened-before",)]


async def test_the_same_card_of_earlier_news_does_not_stand_for_one_that_never_arrived(evening):
    """Closed, reopened and closed again: the first closing's card says the same, the second was never posted."""
    await evening.announce_and_open()
    announced, opened = await pending_news(evening.reads, CHANNEL, DISCORD_ANNOUNCEMENTS)
    await evening.lane.submit(NoteAttempt(CHANNEL, opened.id))
    await evening.lane.submit(NoteSent(CHANNEL, announced.id, "sent", "card-of-before"))
    evening.board.found = ("card-of-before",)
    async with evening.running():
        await evening.until_said(*ALL_PLACES)
    assert [place for place, _, _ in evening.board.posts].count(DISCORD_ANNOUNCEMENTS) == 1


async def test_a_card_that_was_posted_is_found_behind_one_of_earlier_news_that_says_the_same(evening):
    """A poll that is cancelled at once: its first card has been redrawn, and looks like the news of that."""
    await evening.announce_and_open()
    announced, opened = await pending_news(evening.reads, CHANNEL, DISCORD_ANNOUNCEMENTS)
    await evening.lane.submit(NoteAttempt(CHANNEL, opened.id))
    await evening.lane.submit(NoteSent(CHANNEL, announced.id, "sent", "card-of-before"))
    evening.board.found = ("card-of-before", "this-card")
    async with evening.running():
        await evening.until_said(*ALL_PLACES)
    assert DISCORD_ANNOUNCEMENTS not in [place for place, _, _ in evening.board.posts]
    references = rows(evening.url, "SELECT reference FROM outbox WHERE place = 'discord:announcements' ORDER BY id")
    assert references == [("card-of-before",), ("this-card",)]


async def test_it_is_looked_for_a_card_from_its_first_attempt_on(evening):
    """An outage of many tries: a card that the first one left is older than the last attempt."""
    await evening.announce_and_open()
    news = await pending_news(evening.reads, CHANNEL, DISCORD_ANNOUNCEMENTS)
    await evening.lane.submit(NoteAttempt(CHANNEL, news[0].id))
    first = evening.clock.at
    evening.clock.at += 10 * MINUTE
    await evening.lane.submit(NoteAttempt(CHANNEL, news[0].id))
    again = await pending_news(evening.reads, CHANNEL, DISCORD_ANNOUNCEMENTS)
    assert [each.attempted_at for each in again] == [first, None]


async def test_a_card_is_edited_when_its_drop_has_changed_and_only_then(evening):
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
        await evening.claim("ann")
        await until(lambda: {place for place, _, card in evening.board.edits if "47" in str(card)} == BOARDS)
        settled = len(evening.board.edits)
        for _ in range(3):
            # A refused claim changes nothing that a card shows.
            await evening.claim("ann")
            evening.announcing.wake_all()
            await asyncio.sleep(0.01)
        assert len(evening.board.edits) == settled
        assert {reference for _, reference, _ in evening.board.edits} <= {"card-1", "card-2", "card-3"}


async def test_claims_that_came_while_the_card_was_being_posted_are_on_it_soon_after(evening):
    """Sold out within the time that a post takes: no further change would ever bring the counter down."""
    gate = asyncio.Event()
    post = evening.board.post

    async def slow_post(place, card, *, nonce):
        await gate.wait()
        return await post(place, card, nonce=nonce)

    evening.board.post = slow_post
    async with evening.running():
        await evening.announce_and_open(supply=2)
        await until(lambda: len(evening.chat.lines) == 2)
        for name in ("ann", "bob"):
            await evening.claim(name)
        await asyncio.sleep(0.02)
        gate.set()
        await evening.until_said(*ALL_PLACES)
        await until(lambda: any("sold out" in str(card).lower() for _, _, card in evening.board.edits))


async def test_a_card_that_discord_slows_down_is_edited_later(evening):
    edit = evening.board.edit
    refusals = [SendRefused("slow down", 0.001)] * 2

    async def refusing_edit(place, message_id, card):
        if refusals and "47" in str(card):
            raise refusals.pop()
        await edit(place, message_id, card)

    evening.board.edit = refusing_edit
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
        await evening.claim("ann")
        await until(lambda: any("47" in str(card) for _, _, card in evening.board.edits))


async def test_a_card_that_is_gone_is_not_asked_for_again_and_again(evening):
    tries = []

    async def edit(place, message_id, card):
        tries.append(card)
        raise SendRefused("unknown message")

    def showing(left):
        # Signatures and hashes may hold the same digits by chance, in the middle of other letters.
        number = re.compile(rf"(?<![\w+/=-]){left}(?![\w+/=-])")
        return [card for card in tries if number.search(str(card))]

    evening.board.edit = edit
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
        await evening.claim("ann")
        await until(lambda: len(showing("47")) == len(BOARDS))
        evening.announcing.wake_all()
        await asyncio.sleep(0.02)
        await evening.claim("bob")
        await until(lambda: len(showing("46")) == len(BOARDS))
        # Once for what came of each claim, and never again for the same.
        assert [len(showing(left)) for left in ("47", "46")] == [len(BOARDS)] * 2


async def test_cards_follow_after_a_restart(evening):
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
    await evening.claim("ann")
    evening.announcing = evening.made()
    async with evening.running():
        await until(lambda: any("47" in str(card) for _, _, card in evening.board.edits))


async def test_the_moderators_card_at_the_close_names_who_may_have_got_no_answer(evening):
    async with evening.running():
        await evening.announce_and_open()
        await evening.claim("ann")
        await evening.lane.submit(SteerDrop(CHANNEL, "twitch:c", MIA, Verb.CLOSE, "mug"))
        evening.clock.at += 31 * SECOND
        evening.announcing.wake_all()
        await evening.until_said(*ALL_PLACES)
    (repair,) = [card for place, card, _ in evening.board.posts if place == DISCORD_MODERATORS][1:]
    assert "ann" in str(repair)


async def test_how_long_it_is_open_is_told_by_the_time_of_the_ledger_though_the_clock_was_set_back(evening):
    evening.announcing = evening.made(moments=FixedClock(NOON))
    await evening.announce_and_open()
    evening.clock.at = NOON - HOUR
    async with evening.running():
        await evening.until_said("twitch:chat")
    assert "(in 15 min)" in evening.chat.lines[-1]


async def test_a_clock_that_was_set_back_does_not_keep_that_card_from_the_moderators(evening):
    async with evening.running():
        await evening.announce_and_open()
        await evening.claim("ann")
        await evening.lane.submit(SteerDrop(CHANNEL, "twitch:c", MIA, Verb.CLOSE, "mug"))
        evening.clock.at -= HOUR
        evening.announcing.wake_all()
        await evening.until_said(*ALL_PLACES)
    (repair,) = [card for place, card, _ in evening.board.posts if place == DISCORD_MODERATORS][1:]
    assert "ann" in str(repair)


async def test_a_channel_without_discord_keeps_no_cards(evening):
    evening.board = None
    evening.announcing = evening.made()
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said("twitch:chat")
    assert len(evening.chat.lines) == 2


async def test_viewers_and_moderators_read_of_a_repair_what_each_can_do_about_it(evening):
    async with evening.running():
        await evening.announce_and_open(supply=5)
        await evening.claim("ann")
        await evening.lane.submit(FreezeDrops(CHANNEL))
        await evening.until_said(*ALL_PLACES)
        assert "being checked after a repair" in evening.chat.lines[-1]
        await evening.lane.submit(ThawDrop(CHANNEL, "mug", 3))
        await evening.until_said(*ALL_PLACES)
        assert "has lost #2 to #3" in evening.chat.lines[-1]
    cards = {(place, card.title): card for place, card, _ in evening.board.posts}
    assert "--last-public mug=N" in cards[DISCORD_MODERATORS, "Teal Mug: frozen after a repair"].text
    assert "the next free number" in cards[DISCORD_MODERATORS, "Teal Mug: #2 to #3 lost in the repair"].text
    assert all("microdrops restore" not in c.text for (p, _), c in cards.items() if p == DISCORD_ANNOUNCEMENTS)


async def test_the_cards_of_a_frozen_drop_are_left_as_they_are(evening):
    """They show how far the numbers had got before the ledger forgot it: nobody else knows."""
    async with evening.running():
        await evening.announce_and_open(supply=5)
        await evening.claim("ann")
        await until(lambda: any("#1 of 5" in str(card.fields) for _, _, card in evening.board.edits))
        await evening.lane.submit(FreezeDrops(CHANNEL))
        await evening.until_said(*ALL_PLACES)
        before = list(evening.board.edits)
        await evening.lane.submit(SteerDrop(CHANNEL, "twitch:p", MIA, Verb.PAUSE, "mug"))
        await evening.until_said(*ALL_PLACES)
        assert evening.board.edits == before
    evening.announcing = evening.made()
    async with evening.running():
        await evening.lane.submit(ThawDrop(CHANNEL, "mug", 3))
        await until(lambda: any("#3 of 5" in str(card.fields) for _, _, card in evening.board.edits))
    assert not any("#1 of 5" in str(card.fields) for _, _, card in evening.board.edits[len(before) :])


async def test_a_restored_ledger_repeats_no_nonce_although_it_counts_its_news_anew(evening, new_ledger):
    """Discord takes a nonce it has seen minutes ago for a repetition, and would post nothing."""
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
    before = {nonce for _, _, nonce in evening.board.posts}
    ids = "SELECT id FROM outbox ORDER BY id"
    numbers = rows(new_ledger, ids)
    evening.board.posts.clear()
    engine = create_engine(new_ledger)
    with engine.begin() as connection:
        # The same rows made at another moment: what a ledger that was put back does.
        connection.execute(
            text("UPDATE outbox SET created_at = created_at + 1, done_at = NULL, attempted_at = NULL")
        )
    engine.dispose()
    evening.announcing = evening.made()
    async with evening.running():
        await evening.until_said(*ALL_PLACES)
    assert rows(new_ledger, ids) == numbers
    after = {nonce for _, _, nonce in evening.board.posts}
    assert len(after) == len(before) > 0
    assert before.isdisjoint(after)
    assert max(map(len, after)) <= 25
