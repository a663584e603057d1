"""The odd people on a stage with the real bot: what it makes of rings, guests, new names and phones."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from pathlib import Path

from bot.rehearsal.ledger import read_ledger
from bot.stage.crowd.acts import Anchor, Say
from bot.stage.crowd.crowd import Crowd
from bot.stage.crowd.moderator import moderators
from bot.stage.crowd.plan import plan
from bot.stage.crowd.scene import Scene, StagedDrop
from tests.journeys.rig import drop, evening, local, until
from tests.stage.crowd.theatre import SECOND, person, when

ODD = {"guest": 20, "renaming": 20, "ring": 20, "both": 20, "phone": 20}


async def test_guests_get_nothing_and_everybody_else_one_unit_for_each_account(tmp_path: Path) -> None:
    async with evening(tmp_path, drop(opens=local(5), lasts="15m", supply=100)) as tonight:
        stage = tonight.stage
        now = stage.clock()
        # The window is fifteen minutes; the crowd is told of one in which it asks at once.
        scene = Scene((StagedDrop("mug", "Teal Mug", now, now + 5 * SECOND, now + 8 * SECOND),))
        people = plan(5, 40, 20, scene, ODD)
        await asyncio.wait_for(Crowd(scene, people, stage.twitch, stage.discord, stage.record).run(), 60)
        joined = {(s.data["platform"], s.author): s.data for s in tonight.seen("joined")}
        wanting = [who for who, data in joined.items() if data["character"] != "guest"]
        await until(lambda: len(read_ledger(tonight.ledger).units) >= len(wanting), "everybody has a unit")
    ledger = read_ledger(tonight.ledger)
    owners = Counter(
        (entry.secret["platform"], entry.secret["user"]) for entry in ledger.entries if entry.kind == "unit.granted"
    )
    assert owners == Counter(wanting)

    by_character: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for who, data in joined.items():
        by_character[data["character"]].append(who)
    assert set(ODD) <= set(by_character)
    typed = [s for s in tonight.seen("chat") if not s.data["bot"]]
    guests = {user for _, user in by_character["guest"]}
    assert {s.author for s in typed if s.data["shared_from"]} == guests
    said = " ".join(tonight.chat)
    assert not [guest for guest in guests if f"@{stage.twitch.users[guest].name}" in said]
    renamed = {s.author for s in tonight.seen("renamed")}
    assert renamed == {user for _, user in by_character["renaming"]}


async def test_a_moderators_mistakes_are_mended_and_whoever_asks_after_them_gets_a_unit(tmp_path: Path) -> None:
    async with evening(tmp_path, drop(opening="cue", lasts="15m", supply=100)) as tonight:
        stage = tonight.stage
        now = stage.clock()
        mug = StagedDrop("mug", "Teal Mug", now, now + 4 * SECOND, now + 9 * SECOND, on_cue=True)
        scene = Scene((mug,))
        people = plan(5, 12, 8, scene, {"eager": 100})
        people += moderators(scene, on_twitch=True, mistakes=True)
        people += (person("ann", when(Anchor.OPENED, 4.0, Say("!claim mug"))),)
        await asyncio.wait_for(Crowd(scene, people, stage.twitch, stage.discord, stage.record).run(), 60)
        await tonight.hears("@ann", "#")
        await tonight.hears("drop goes by that name; there are")
    kinds = [entry.kind for entry in read_ledger(tonight.ledger).entries if entry.kind != "unit.granted"]
    opened = [kind for kind in kinds if kind in ("drop.opened", "drop.resumed", "drop.reopened")]
    taken_back = [kind for kind in kinds if kind in ("drop.returned", "drop.paused", "drop.closed")]
    assert len(opened) == 3, kinds
    assert taken_back in (["drop.returned", "drop.closed"], ["drop.paused", "drop.closed"])
