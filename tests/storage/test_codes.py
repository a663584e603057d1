"""Claim codes in the lane: redeemed once, by the first, with the claim; burned once; and kept through a restart."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.claims import ClaimChecking, ClaimDrop, ClaimGranted, ClaimRefusal, ClaimRefused
from bot.domain.code_sets import (
    COUNT_MAX,
    VALID_FOR_MAX,
    BurnCodes,
    CodesBurned,
    CodesIssued,
    CodesRefused,
    IssueCodes,
    IssueRefusal,
    Spilled,
)
from bot.domain.codes import CodeRefusal, Issue, digest_of, make_code, read_code
from bot.domain.linking import LinkPeople
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE
from bot.storage import tables
from bot.storage.codes import issued_codes
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.people import Found, find_account, find_people
from bot.storage.personal_data import personal_data
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.new_ledgers import new_ledger_at
from tests.storage.evenings import faults, rows

KEY = bytes(32)
BEGINS = NOON - 10 * MINUTE
EARLY = {"early": "code:EARLY", "early_for": 10 * MINUTE, "early_units": 3}


def digest(number: int, reissue: int = 0, audience: str = "", expires_at: int | None = None) -> bytes:
    return digest_of(read_code(make_code(KEY, Issue("EARLY", number, reissue, audience, expires_at))) or "")


async def begin(lane, clock, **changes):
    clock.at = NOON - HOUR
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(**{**EARLY, **changes}),)))
    clock.at = BEGINS
    await lane.submit(Wake(CHANNEL))


async def issue(lane, *digests, first=1, actor=MIA, code_set="EARLY", request="discord:make", **more):
    command = IssueCodes(CHANNEL, f"{request}-{first}", actor, code_set, first, digests, **more)
    return (await lane.submit(command)).decision


async def claim(lane, name, code=b"", *, request="", drop="", platform="twitch"):
    command = ClaimDrop(CHANNEL, request or f"{platform}:{name}-{code.hex()}", viewer(name, platform), drop)
    return (await lane.submit(ClaimDrop(*_values(command), code=code))).decision


def _values(command: ClaimDrop):
    return command.channel_id, command.request_id, command.actor, command.drop


async def burn(lane, spilled: bytes, replacement: bytes) -> CodesBurned:
    return (await lane.submit(BurnCodes(CHANNEL, (Spilled(spilled, replacement),)))).decision


def why(decision) -> object:
    assert isinstance(decision, ClaimRefused), decision
    return decision.code_because or decision.because


async def test_a_code_lets_in_early_whoever_types_it_first_and_nobody_after(lane, clock):
    await begin(lane, clock)
    assert await issue(lane, digest(1), digest(2)) == CodesIssued("EARLY", 1, 2)
    assert why(await claim(lane, "ann")) is ClaimRefusal.NOT_ENTITLED
    granted = await claim(lane, "ann", digest(1))
    assert isinstance(granted, ClaimGranted)
    assert granted.number == 1
    used = await claim(lane, "ben", digest(1))
    assert (used.because, used.code_because) == (ClaimRefusal.BAD_CODE, CodeRefusal.USED)


async def test_a_code_of_another_set_does_not_let_in(lane, clock):
    await begin(lane, clock)
    await issue(lane, digest(1), code_set="LATE")
    assert why(await claim(lane, "ann", digest(1))) is ClaimRefusal.NOT_ENTITLED


@pytest.mark.parametrize("moment", [NOON - HOUR, NOON + 20 * MINUTE])
async def test_a_code_stays_theirs_when_the_claim_is_refused(lane, clock, moment):
    await begin(lane, clock)
    await issue(lane, digest(1))
    clock.at = moment if moment > BEGINS else BEGINS
    if moment < BEGINS:  # a second drop, which has not begun
        cup = plan("cup", **EARLY, announce_at=BEGINS, opens_at=NOON + HOUR)
        await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(**EARLY), cup)))
        refused = await claim(lane, "ann", digest(1), drop="cup")
        assert why(refused) is ClaimRefusal.NOT_OPEN_YET
        assert isinstance(await claim(lane, "ann", drop="mug"), ClaimGranted)
    else:
        assert why(await claim(lane, "ann", digest(1))) is ClaimRefusal.CLOSED
    assert why(await claim(lane, "ben", digest(1), request="late")) is CodeRefusal.USED


async def test_a_code_is_redeemed_also_by_a_claim_that_names_no_drop_there_is(lane, clock):
    await begin(lane, clock)
    await issue(lane, digest(1))
    assert why(await claim(lane, "ann", digest(1), drop="zebra")) is ClaimRefusal.UNKNOWN_DROP
    assert why(await claim(lane, "ben", digest(1), drop="mug")) is CodeRefusal.USED
    assert isinstance(await claim(lane, "ann", drop="mug", request="again"), ClaimGranted)


async def test_typing_an_own_code_again_is_fine(lane, clock):
    await begin(lane, clock, per_person=2)
    await issue(lane, digest(1))
    assert (await claim(lane, "ann", digest(1), request="1")).number == 1
    assert (await claim(lane, "ann", digest(1), request="2")).number == 2


async def test_two_in_one_batch_type_the_same_code_and_one_gets_it(lane, clock):
    await begin(lane, clock)
    await issue(lane, digest(1))
    decisions = await asyncio.gather(*(claim(lane, name, digest(1)) for name in ("ann", "ben", "cy")))
    assert [type(decision) for decision in decisions] == [ClaimGranted, ClaimRefused, ClaimRefused]
    assert {why(decision) for decision in decisions[1:]} == {CodeRefusal.USED}


async def test_the_same_request_is_answered_the_same_after_a_restart(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        await issue(lane, digest(1), digest(2))
        first = await claim(lane, "ann", digest(1), request="twitch:1")
        unknown = await claim(lane, "ben", digest(9), request="twitch:2")
        assert (unknown.because, unknown.code_because) == (ClaimRefusal.BAD_CODE, CodeRefusal.UNKNOWN)
    async with running_lane(new_ledger, clock) as lane:
        assert await claim(lane, "ann", digest(1), request="twitch:1") == first
        assert await claim(lane, "ben", digest(9), request="twitch:2") == unknown
        assert why(await claim(lane, "ben", digest(1), request="twitch:3")) is CodeRefusal.USED
        assert isinstance(await claim(lane, "ben", digest(2)), ClaimGranted)
    assert faults(new_ledger) == []


async def test_a_members_own_code_is_nobody_elses(lane, clock):
    await begin(lane, clock)
    audience = "discord:id-ann"
    await issue(lane, digest(1, audience=audience), audience=audience)
    assert why(await claim(lane, "ben", digest(1, audience=audience))) is CodeRefusal.NOT_YOURS
    assert why(await claim(lane, "ann", digest(1, audience=audience))) is CodeRefusal.NOT_YOURS  # not linked
    assert isinstance(await claim(lane, "ann", digest(1, audience=audience), platform="discord"), ClaimGranted)


async def test_whoever_is_linked_may_type_it_on_the_other_platform(lane, clock):
    await begin(lane, clock)
    audience = "discord:id-ann"
    await issue(lane, digest(1, audience=audience), audience=audience)
    on_discord = viewer("ann", "discord")
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", viewer("ann"), on_discord, confirmed=True))
    assert isinstance(await claim(lane, "ann", digest(1, audience=audience)), ClaimGranted)
    again = await claim(lane, "ann", digest(1, audience=audience), platform="discord")
    assert why(again) is ClaimRefusal.ALREADY_YOURS


async def test_a_code_ends_at_its_moment(lane, clock):
    await begin(lane, clock)
    ends = BEGINS + MINUTE
    await issue(lane, digest(1, expires_at=ends), digest(2, expires_at=ends), expires_at=ends)
    clock.at = ends - 1
    assert isinstance(await claim(lane, "ann", digest(1, expires_at=ends)), ClaimGranted)
    clock.at = ends
    assert why(await claim(lane, "ben", digest(2, expires_at=ends))) is CodeRefusal.EXPIRED


async def test_whoever_waits_to_be_checked_is_in_at_once_with_a_code(lane, clock):
    await begin(lane, clock, early="subscriber or code:EARLY")
    await issue(lane, digest(1))
    settled = []
    lane.listen(lambda committed: settled.extend(committed.settled))
    assert isinstance(await claim(lane, "ann", request="twitch:waits"), ClaimChecking)
    second = await claim(lane, "ann", digest(1))
    ((actor, answer),) = settled
    assert (actor, answer.request_id, answer.decision.number) == (viewer("ann"), "twitch:waits", 1)
    assert (why(second), second.numbers) == (ClaimRefusal.ALREADY_YOURS, (1,))


async def test_a_burned_code_is_void_and_what_takes_its_place_works(lane, clock):
    await begin(lane, clock)
    await issue(lane, digest(1))
    assert await burn(lane, digest(1), digest(1, 1)) == CodesBurned((Issue("EARLY", 1),))
    assert await burn(lane, digest(1), digest(1, 2)) == CodesBurned()
    assert why(await claim(lane, "ann", digest(1))) is CodeRefusal.BURNED
    assert isinstance(await claim(lane, "ann", digest(1, 1), request="again"), ClaimGranted)
    # Used, it is no secret any more.
    assert await burn(lane, digest(1, 1), digest(1, 2)) == CodesBurned()
    assert await burn(lane, digest(7), digest(7, 1)) == CodesBurned()


async def test_moderators_hear_of_a_burned_code_but_not_of_a_members_own(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        await issue(lane, digest(1))
        await issue(lane, digest(2, audience="discord:1"), first=2, audience="discord:1")
        await burn(lane, digest(1), digest(1, 1))
        await burn(lane, digest(2, audience="discord:1"), digest(2, 1, "discord:1"))
    told = rows(new_ledger, "SELECT place, about FROM outbox WHERE kind = 'code-burned'")
    assert [(place, orjson.loads(about)) for place, about in told] == [
        ("discord:moderators", {"set": "EARLY", "number": 1})
    ]


@pytest.mark.parametrize(
    ("digests", "changes", "because"),
    [
        # Walks IssueRefusal from the top: each row would also deserve every reason below its own.
        ((), {"actor": viewer("ann"), "code_set": "early!", "expires_at": 0}, IssueRefusal.NOT_ALLOWED),
        ((), {"code_set": "early", "expires_at": 0}, IssueRefusal.BAD_SET),
        ((), {"code_set": "", "expires_at": 0}, IssueRefusal.BAD_SET),
        ((), {"expires_at": 0}, IssueRefusal.BAD_COUNT),
        ((b"1",) * (COUNT_MAX + 1), {"expires_at": 0}, IssueRefusal.BAD_COUNT),
        ((b"1", b"2"), {"expires_at": 0, "audience": "discord:1"}, IssueRefusal.BAD_COUNT),
        ((b"1",), {"expires_at": BEGINS}, IssueRefusal.BAD_EXPIRY),
        ((b"1",), {"expires_at": BEGINS + VALID_FOR_MAX + 1}, IssueRefusal.BAD_EXPIRY),
    ],
)
async def test_the_first_reason_why_no_codes_are_made_is_the_answer(lane, clock, digests, changes, because):
    await begin(lane, clock)
    assert await issue(lane, *digests, **changes) == CodesRefused(because)


async def test_a_member_has_one_code_of_a_set_until_it_is_used(lane, clock):
    await begin(lane, clock)
    own = {"audience": "discord:id-ann"}
    assert await issue(lane, digest(1, **own), **own) == CodesIssued("EARLY", 1, 1)
    assert await issue(lane, digest(2, **own), first=2, **own) == CodesIssued("EARLY", 1, 1, already=True)
    await claim(lane, "ann", digest(1, **own), platform="discord")
    assert await issue(lane, digest(2, **own), first=2, request="again", **own) == CodesIssued("EARLY", 2, 1)


async def test_codes_for_numbers_that_are_taken_are_not_kept(lane, clock):
    await begin(lane, clock)
    await issue(lane, digest(1))
    with pytest.raises(ValueError, match="the next code of EARLY is 2, not 1"):
        await issue(lane, digest(5), request="other")


async def test_the_ledger_knows_no_code_and_no_entry_tells_whose(new_ledger, clock):
    code = make_code(KEY, Issue("EARLY", 1))
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        await issue(lane, digest(1))
        await claim(lane, "ann", digest(1))
    told = rows(new_ledger, "SELECT kind, canonical FROM entry WHERE kind LIKE 'code.%' ORDER BY number")
    assert [(kind, orjson.loads(canonical)["public"]) for kind, canonical in told] == [
        ("code.issued", {"set": "EARLY", "number": 1, "reissue": 0}),
        ("code.redeemed", {"set": "EARLY", "number": 1, "reissue": 0}),
    ]
    for table in tables.metadata.sorted_tables:
        everything = repr(rows(new_ledger, f'SELECT * FROM "{table.name}"'))
        assert not [each for each in (code, code.replace("-", "")) if each in everything], table.name


async def test_whoever_is_forgotten_leaves_no_code_that_works_and_no_name_on_any(new_ledger, clock):
    own = {"audience": "discord:id-ann"}
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        await issue(lane, digest(1, **own), **own)
        await claim(lane, "ann", digest(1, **own), platform="discord")
        await issue(lane, digest(2, **own), first=2, **own)
        for _ in range(2):  # it closes, and is settled
            clock.at += 100 * HOUR
            await lane.submit(Wake(CHANNEL))
        await lane.submit(EraseMe(CHANNEL, "discord:forget", viewer("ann", "discord"), confirmed=True))
        assert why(await claim(lane, "ann", digest(2, **own), platform="discord")) is not None
    assert rows(new_ledger, "SELECT number, audience, burned_at IS NULL FROM claim_code ORDER BY number") == [
        (1, "", 1),
        (2, "", 0),
    ]
    assert b"id-ann" not in repr(rows(new_ledger, "SELECT private FROM entry WHERE kind LIKE 'code.%'")).encode()
    assert faults(new_ledger) == []


async def test_who_never_came_and_has_a_code_is_found_and_can_be_forgotten(new_ledger, clock):
    own, key = {"audience": "discord:id-zoe"}, ("discord", "id-zoe")
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        await issue(lane, digest(1, **own), **own)
        engine = snapshot_engine(new_ledger)
        with engine.connect() as connection:
            (by_id,) = find_people(connection, CHANNEL, "discord:id-zoe")
            assert by_id == find_account(connection, CHANNEL, key)
            (code,) = personal_data(connection, CHANNEL, by_id, BEGINS)["codes"]
            assert (code["set"], code["for"], code["used_at"]) == ("EARLY", "discord:id-zoe", None)
            # A stranger without one is not shown the codes that nobody has used.
            stranger = Found(None, (("discord", "id-yan", "yan"),))
            assert personal_data(connection, CHANNEL, stranger, BEGINS)["codes"] == []
        engine.dispose()
        forget = EraseMe(CHANNEL, "discord:forget", viewer("zoe", "discord"), confirmed=True)
        assert isinstance((await lane.submit(forget)).decision, PersonErased)
    assert rows(new_ledger, "SELECT audience, burned_at IS NULL FROM claim_code") == [("", 0)]
    assert faults(new_ledger) == []


DEEDS = st.lists(
    st.tuples(st.sampled_from(["claim", "burn"]), st.sampled_from(["ann", "ben", "cy"]), st.integers(1, 2)),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(DEEDS)
def test_whatever_is_typed_in_one_batch_each_code_is_used_by_one_or_burned(tmp_path_factory, deeds):
    url = ledger_url(str(tmp_path_factory.mktemp("codes") / "ledger.sqlite"))
    new_ledger_at(url)
    first: dict[int, tuple[str, str]] = {}
    for kind, name, number in deeds:
        first.setdefault(number, (kind, name))

    async def play() -> list[object]:
        clock = FixedClock(NOON - HOUR)
        async with running_lane(url, clock) as lane:
            await begin(lane, clock, early_units=48, per_person=48)
            await issue(lane, digest(1), digest(2))
            doing = [
                claim(lane, name, digest(number), request=f"twitch:{place}")
                if kind == "claim"
                else burn(lane, digest(number), digest(number, 1))
                for place, (kind, name, number) in enumerate(deeds)
            ]
            return await asyncio.gather(*doing)

    decisions = asyncio.run(play())
    entitled: set[str] = set()
    for (kind, name, number), decision in zip(deeds, decisions, strict=True):
        if kind == "claim":
            own = first[number] == ("claim", name)
            entitled |= {name} if own else set()
            assert isinstance(decision, ClaimGranted) is own
            if not own:
                expected = CodeRefusal.BURNED if first[number][0] == "burn" else CodeRefusal.USED
                assert why(decision) is expected
    engine = snapshot_engine(url)
    with engine.connect() as connection:
        states = {each.issue: each for each in issued_codes(connection, CHANNEL)}
    engine.dispose()
    for number in (1, 2):
        kind, _ = first.get(number, ("", ""))
        kept = states[Issue("EARLY", number)]
        assert (kept.burned_at is not None, kept.used_at is not None) == (kind == "burn", kind == "claim")
        assert (Issue("EARLY", number, 1) in states) is (kind == "burn")
    assert faults(url) == []
