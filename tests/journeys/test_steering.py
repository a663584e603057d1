"""Moderators steer a drop from chat and from Discord, and take it back."""

from __future__ import annotations

from tests.journeys.rig import drop, evening, until


async def test_a_moderator_opens_on_cue_pauses_gives_and_undoes_from_chat(tmp_path):
    async with evening(tmp_path, drop(opening="cue", supply=5, held_back=1)) as tonight:
        await tonight.hears("New drop: Teal Mug")
        tonight.say("ann", "!drop open mug")
        tonight.say("mia", "!drop open mug")
        await tonight.hears("is open")
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1")
        tonight.say("mia", "!drop pause mug")
        await tonight.hears("paused")
        tonight.say("mia", "!drop resume mug")
        await until(lambda: not _drop(tonight)["paused"], "the drop goes on")
        tonight.say("bob", "hello")
        tonight.say("mia", "!drop give mug @bob the claim came a second late")
        await until(lambda: _drop(tonight)["given"] == 1, "bob is given a unit")
        tonight.say("mia", "!drop undo")
        await until(lambda: _drop(tonight)["given"] == 0, "the gift is taken back")
        tonight.say("mia", "!drop +5")
        await tonight.hears("5")
        tonight.say("mia", "!drop close mug")
        await tonight.hears("closed")


async def test_cancelling_waits_for_a_yes_by_the_same_person(tmp_path):
    async with evening(tmp_path, drop(opening="cue")) as tonight:
        await tonight.hears("New drop: Teal Mug")
        tonight.say("mia", "!drop cancel mug")
        await tonight.hears("!yes")
        tonight.say("streamer", "!yes")
        tonight.say("ann", "!yes")
        tonight.say("streamer", "!drop")
        await tonight.hears("Teal Mug", since=2)
        assert _drop(tonight)["state"] == "announced"
        tonight.say("mia", "!yes")
        await until(lambda: _drop(tonight)["state"] == "cancelled", "the drop is cancelled")
        await tonight.hears("cancelled")


async def test_a_viewer_steers_nothing_whatever_their_name_is(tmp_path):
    async with evening(tmp_path, drop(opening="cue")) as tonight:
        await tonight.hears("New drop: Teal Mug")
        impostor = tonight.stage.twitch.add_user("mod_mia_", name="mod_mia")
        tonight.stage.twitch.say(impostor, "!drop open mug")
        tonight.say("ann", "!claim mug")
        await tonight.hears("@ann")
        assert _drop(tonight)["state"] == "announced"


async def test_the_control_card_steers_from_discord(tmp_path):
    async with evening(tmp_path, drop(opening="cue")) as tonight:
        discord = tonight.stage.discord
        await until(lambda: any(m.buttons for m in discord.messages("moderators")), "the control card")
        card = next(m for m in discord.messages("moderators") if m.buttons)
        mia = discord.member("mod_mia")
        answer = await discord.press(mia, card.id, "md:control:open:mug").wait()
        assert "open" in answer.text.lower()
        await until(lambda: _drop(tonight)["state"] == "open", "the drop is open")
        await until(
            lambda: _enabled(discord.messages("moderators"), "md:control:close:mug"), "the card follows in place"
        )
        await discord.press(mia, card.id, "md:control:close:mug").wait()
        await until(lambda: _drop(tonight)["state"] == "closed", "the drop is closed")
        await until(lambda: len(discord.messages("moderators")) == 2, "the repair card")
        await discord.press(mia, card.id, "md:control:undo:mug").wait()
        await until(lambda: _drop(tonight)["state"] == "open", "the close is taken back")


async def test_a_drop_is_planned_live_by_a_form(tmp_path):
    async with evening(tmp_path, "") as tonight:
        discord = tonight.stage.discord
        mia = discord.member("mod_mia")
        asked = discord.slash(mia, "drop new", {"kind": "print"}, channel="moderators")
        await until(lambda: asked.answers, "the form")
        form = {
            "form-title": "Fox Print",
            "form-supply": "12",
            "form-opens": "cue",
            "form-lasts": "10m",
            "form-held-back": "2",
        }
        await discord.submit(mia, asked, form).wait()
        await tonight.hears("Fox Print", "12 numbered, 2 kept")
        assert _drop(tonight, "fox-print")["kind"] == "print"


async def test_a_form_with_mistakes_gets_them_all_told_at_once_and_plans_nothing(tmp_path):
    async with evening(tmp_path, "") as tonight:
        discord = tonight.stage.discord
        mia = discord.member("mod_mia")
        asked = discord.slash(mia, "drop new", channel="moderators")
        await until(lambda: asked.answers, "the form")
        form = {"form-title": "@everyone", "form-supply": "-3", "form-opens": "soonish", "form-lasts": "10m"}
        answer = await discord.submit(mia, asked, form).wait()
        assert [word for word in ("title:", "how many:", "opens:") if word not in answer.text.lower()] == []
        assert tonight.seen("ping") == []


def _drop(tonight, key: str = "mug") -> dict[str, object]:
    import sqlite3

    with sqlite3.connect(f"file:{tonight.ledger}?mode=ro", uri=True) as ledger:
        ledger.row_factory = sqlite3.Row
        row = dict(ledger.execute("SELECT * FROM 'drop' WHERE key = ?", (key,)).fetchone())
    return {**row, "paused": row["paused_at"] is not None}


def _enabled(messages, custom_id: str) -> bool:
    return any(known == custom_id and not disabled for m in messages for _, known, disabled in m.buttons)
