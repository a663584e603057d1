"""A small discord.py bot with commands, a group, buttons, menus and a form, for the stage's tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands


class TeaModal(discord.ui.Modal, title="New drop"):
    drop = discord.ui.TextInput[discord.ui.View](label="Title", custom_id="title", max_length=40)
    kind = discord.ui.Label[discord.ui.View](
        text="Kind",
        component=discord.ui.Select(custom_id="kind", options=[discord.SelectOption(label="Mug", value="mug")]),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.kind.component, discord.ui.Select)
        await interaction.response.send_message(f"New {self.kind.component.values[0]}: {self.drop.value}")


class GiveModal(discord.ui.Modal, title="Give"):
    who = discord.ui.Label[discord.ui.View](
        text="Who", component=discord.ui.UserSelect(custom_id="who", required=True)
    )
    where = discord.ui.Label[discord.ui.View](
        text="Where", component=discord.ui.ChannelSelect(custom_id="where", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.who.component, discord.ui.UserSelect)
        assert isinstance(self.where.component, discord.ui.ChannelSelect)
        told = f"Given to {self.who.component.values[0].display_name}"
        places = [f" in #{channel.name}" for channel in self.where.component.values]
        await interaction.response.send_message(told + "".join(places))


class PickView(discord.ui.View):
    """One menu of each kind that the server itself fills."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        menus: list[Any] = [
            discord.ui.UserSelect(custom_id="user", max_values=2),
            discord.ui.RoleSelect(custom_id="role"),
            discord.ui.MentionableSelect(custom_id="mentionable"),
            discord.ui.ChannelSelect(custom_id="channel", channel_types=[discord.ChannelType.text]),
        ]
        for menu in menus:
            menu.callback = self._answering(menu)
            self.add_item(menu)

    @staticmethod
    def _answering(menu: Any) -> Callable[[discord.Interaction], Any]:
        async def answer(interaction: discord.Interaction) -> None:
            named = ", ".join(f"{type(value).__name__} {value.name}" for value in menu.values)
            await interaction.response.send_message(named, ephemeral=True)

        return answer


class ClaimView(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Claim", custom_id="claim")
    async def claim(self, interaction: discord.Interaction, button: discord.ui.Button[ClaimView]) -> None:
        await interaction.response.send_message("Teal Mug #1 of 48 is yours!", ephemeral=True)

    @discord.ui.button(label="Count", custom_id="count")
    async def count(self, interaction: discord.Interaction, button: discord.ui.Button[ClaimView]) -> None:
        await interaction.response.edit_message(content="47 left")

    @discord.ui.button(label="Slow", custom_id="slow")
    async def slow(self, interaction: discord.Interaction, button: discord.ui.Button[ClaimView]) -> None:
        """Never answers."""

    @discord.ui.select(
        custom_id="colour",
        options=[discord.SelectOption(label="Teal", value="teal"), discord.SelectOption(label="Red", value="red")],
    )
    async def colour(self, interaction: discord.Interaction, select: discord.ui.Select[ClaimView]) -> None:
        await interaction.response.send_message(f"You chose {select.values[0]}", ephemeral=True)


class TeaBot(discord.Client):
    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(
            intents=intents, max_messages=None, chunk_guilds_at_startup=False, guild_ready_timeout=0.05
        )
        self.tree = app_commands.CommandTree(self)
        self.messages: list[discord.Message] = []
        self.interactions: list[int] = []
        self.told: list[tuple[str, tuple[Any, ...]]] = []
        self.resumed = asyncio.Event()
        self._happened = asyncio.Event()
        self.running_task: asyncio.Task[None] | None = None
        _add_commands(self.tree)

    async def setup_hook(self) -> None:
        self.add_view(ClaimView())
        self.add_view(PickView())
        await self.tree.sync()

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        self.told.append((event_name, args))
        self._happened.set()
        super().dispatch(event_name, *args, **kwargs)

    async def hears(self, event_name: str, times: int = 1) -> list[Any]:
        """What the event's handlers are given at its `times`-th coming."""

        def came() -> list[tuple[Any, ...]]:
            return [args for name, args in self.told if name == event_name]

        await self.until(lambda: len(came()) >= times)
        return list(came()[times - 1])

    async def on_message(self, message: discord.Message) -> None:
        self.messages.append(message)
        self._happened.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.interactions.append(interaction.id)
        self._happened.set()

    async def until(self, fact: Callable[[], bool]) -> None:
        """Wait for a fact that something told by the gateway brings about."""
        async with asyncio.timeout(60):
            while not fact():
                await self._happened.wait()
                self._happened.clear()

    async def on_resumed(self) -> None:
        self.resumed.set()

    def channel(self, name: str) -> discord.TextChannel:
        found = discord.utils.get(self.guilds[0].text_channels, name=name)
        assert found is not None, f"no channel {name}"
        return found

    @classmethod
    @asynccontextmanager
    async def running(cls, token: str, intents: discord.Intents | None = None) -> AsyncIterator[TeaBot]:
        """Logged in and ready; closed on the way out."""
        client = cls(intents or discord.Intents(guilds=True, guild_messages=True))
        async with client:
            await client.login(token)
            client.running_task = asyncio.create_task(client.connect())
            ready = asyncio.create_task(client.wait_until_ready_in_time())
            try:
                await asyncio.wait({client.running_task, ready}, return_when=asyncio.FIRST_COMPLETED)
                if not ready.done():
                    ready.cancel()
                    await client.running_task
                await ready
                yield client
            finally:
                await client.close()
                await asyncio.gather(client.running_task, return_exceptions=True)

    async def wait_until_ready_in_time(self) -> None:
        async with asyncio.timeout(60):
            await self.wait_until_ready()


def _add_commands(tree: app_commands.CommandTree[TeaBot]) -> None:
    @tree.command(name="drop", description="What is on")
    async def drop(interaction: discord.Interaction, item: str = "mug", who: discord.Member | None = None) -> None:
        asker = "nobody" if who is None else who.display_name
        await interaction.response.send_message(f"{item} for {asker}", view=ClaimView())

    @tree.command(name="think", description="Takes its time")
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("Thought about it")
        await interaction.followup.send("And more", ephemeral=True)

    @tree.command(name="give", description="Give a unit")
    async def give(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(GiveModal())

    @tree.command(name="pick", description="Pick a drop")
    async def pick(interaction: discord.Interaction, drop: str, units: int = 1) -> None:
        await interaction.response.send_message(f"{units} of {drop}")

    @pick.autocomplete("drop")
    async def offer(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if typed == "sleepy":
            await asyncio.Event().wait()
        names = {"Teal Mug": "mug", "Red Cap": "cap"}
        return [app_commands.Choice(name=name, value=key) for name, key in names.items() if typed in name]

    @tree.command(name="new", description="A new drop")
    async def new(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(TeaModal())

    manage = app_commands.Group(
        name="manage",
        description="For moderators",
        default_permissions=discord.Permissions(manage_messages=True),
    )

    @manage.command(name="open", description="Open a drop")
    async def open_drop(interaction: discord.Interaction, units: app_commands.Range[int, 1, 99]) -> None:
        await interaction.response.send_message(f"Open with {units}", ephemeral=True)

    tree.add_command(manage)
