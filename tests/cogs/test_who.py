"""`/drop who` over real sockets with the unmodified client: for a moderator's eyes alone."""

from __future__ import annotations

from bot.stage.server import Stage
from tests.cogs.fakes import Desk, on_board
from tests.wording.saying import NOW


async def test_a_moderator_alone_reads_how_well_somebody_is_known(stage: Stage, desk: Desk) -> None:
    mia, ann = stage.discord.member("mod_mia"), stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(mia, "drop who", {"member": ann}).wait()
        named = await stage.discord.slash(mia, "drop who", {"name": "tealfan"}).wait()
        nobody = await stage.discord.slash(mia, "drop who").wait()
    assert said.ephemeral
    seconds = NOW // 1_000_000
    first, last = said.text.splitlines()
    assert first == (
        f"**ann** is somewhat known here (2 of 4): account made <t:{seconds - 900 * 86_400}:R>; first seen "
        f"<t:{seconds - 30 * 86_400}:R>; but not linked on both platforms; claimed in no drop."
    )
    assert "nobody is refused or delayed" in last
    assert named.text.startswith("**tealfan** ")
    assert nobody.text == "Pick a member, or type the name that somebody has on Twitch."
    assert [whom if isinstance(whom, str) else whom.user_id for whom in desk.who.asked] == [ann.id, "tealfan", ""]
