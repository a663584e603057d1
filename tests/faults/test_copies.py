"""Copies in a running bot: made at a close and at the end, and when they fail nobody is kept waiting."""

from __future__ import annotations

import pytest

from bot.storage.backup import check, list_backups
from tests.journeys.rig import drop, evening, until

pytestmark = pytest.mark.slow
ON_CUE = drop("mug", opening="cue")


async def open_claim_close(tonight) -> None:
    await tonight.hears("New drop: Teal Mug")
    tonight.say("mia", "!drop open mug")
    await tonight.hears("is open")
    tonight.say("ann", "!claim")
    await tonight.hears("@ann", "#1")
    tonight.say("mia", "!drop close mug")
    await tonight.hears("is closed")


async def test_a_close_and_the_end_of_the_bot_each_leave_a_good_copy(tmp_path):
    folder = tmp_path / "backups"
    async with evening(tmp_path, ON_CUE) as tonight:
        await open_claim_close(tonight)
        await until(lambda: [b.why for b in list_backups(folder, "ledger")] == ["closed"], "a copy of the close")
        tonight.say("mia", "!drop undo")
        await tonight.hears("is open again")
        await tonight.stop()
        copies = list_backups(folder, "ledger")
        assert [backup.why for backup in copies] == ["stopped", "closed"]
        assert [check(folder / backup.name).units for backup in copies] == [1, 1]
        assert check(folder / copies[0].name).entries == check(folder / copies[1].name).entries + 1


async def test_a_folder_that_takes_no_copies_costs_nobody_an_answer_and_moderators_hear_of_it(tmp_path):
    (tmp_path / "backups").write_text("a file, where the folder should be")
    async with evening(tmp_path, ON_CUE) as tonight:
        await open_claim_close(tonight)
        await until(
            lambda: any("Backups are failing" in m.text for m in tonight.stage.discord.messages("moderators")),
            "the moderators hear of it",
        )
        tonight.say("mia", "!drop undo")
        await tonight.hears("is open again")
        tonight.say("bob", "!claim mug")
        await tonight.hears("@bob", "#2")
        (tmp_path / "backups").unlink()
        await tonight.stop()
    assert [backup.why for backup in list_backups(tmp_path / "backups", "ledger")] == ["stopped"]
