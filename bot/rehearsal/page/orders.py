"""What the page may order, checked word by word before it reaches the stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.page.hearing import swallowed
from bot.rehearsal.page.people import LOGIN
from bot.rehearsal.page.show import Show
from bot.rehearsal.page.told import Wish

VIEWERS_MAX, FANS_MAX = 5_000, 1_000
WINDOW_MIN, WINDOW_MAX = 2, 900
_Login = Annotated[str, Field(pattern=f"^{LOGIN.pattern}$")]
_Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Say(_Order):
    do: Literal["say"]
    who: _Login
    text: _Text

    async def obey(self, show: Show) -> str:
        reason = await show.take_part().say(self.who, self.text)
        return swallowed(reason) if reason else ""


class _Press(_Order):
    do: Literal["press"]
    who: _Login
    message: Annotated[str, Field(max_length=40)]
    button: Annotated[str, Field(max_length=100)]

    async def obey(self, show: Show) -> str:
        await show.take_part().press(self.who, self.message, self.button)
        return ""


class _Slash(_Order):
    do: Literal["slash"]
    who: _Login
    text: _Text

    async def obey(self, show: Show) -> str:
        await show.take_part().slash(self.who, self.text)
        return ""


class _Submit(_Order):
    do: Literal["submit"]
    who: _Login
    form: Annotated[str, Field(max_length=40)]
    values: Annotated[
        dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=4_000)]], Field(max_length=10)
    ]

    async def obey(self, show: Show) -> str:
        await show.take_part().submit(self.who, self.form, self.values)
        return ""


class _Live(_Order):
    do: Literal["live"]
    on: bool

    async def obey(self, show: Show) -> str:
        await show.take_part().live(self.on)
        return ""


class _Invite(_Order):
    do: Literal["invite"]
    viewers: Annotated[int, Field(ge=0, le=VIEWERS_MAX)]
    discord_viewers: Annotated[int, Field(ge=0, le=FANS_MAX)]

    async def obey(self, show: Show) -> str:
        await show.take_part().invite(self.viewers, self.discord_viewers)
        return f"{self.viewers} more on Twitch and {self.discord_viewers} on Discord are coming."


class _Fault(_Order):
    do: Literal["fault"]
    name: Annotated[str, Field(max_length=60)]

    async def obey(self, show: Show) -> str:
        if self.name not in FAULTS:
            raise StageRefused("There is no such fault.")
        await show.take_part().fault(self.name)
        return f"Ordered: {FAULTS[self.name].does}."


class _Begin(_Order):
    do: Literal["begin"]
    script: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,60}$")] = ""
    seed: Annotated[int, Field(ge=0, lt=2**53)]
    viewers: Annotated[int, Field(ge=0, le=VIEWERS_MAX)]
    discord_viewers: Annotated[int, Field(ge=0, le=FANS_MAX)]
    window: Annotated[int, Field(ge=WINDOW_MIN, le=WINDOW_MAX)]

    async def obey(self, show: Show) -> str:
        show.begin(Wish(self.script, self.seed, self.viewers, self.discord_viewers, self.window))
        return ""


_ORDERS: TypeAdapter[_Say | _Press | _Slash | _Submit | _Live | _Invite | _Fault | _Begin] = TypeAdapter(
    Annotated[_Say | _Press | _Slash | _Submit | _Live | _Invite | _Fault | _Begin, Field(discriminator="do")]
)
_WRONG = {
    "who": "A login has small letters, digits and _, 25 at most.",
    "text": "Type something first, 2,000 characters at most.",
    "values": "A field takes 4,000 characters at most.",
    "viewers": f"There is room for 0 to {VIEWERS_MAX} viewers.",
    "discord_viewers": f"There is room for 0 to {FANS_MAX} people on Discord.",
    "window": f"A drop is open for {WINDOW_MIN} to {WINDOW_MAX} seconds.",
    "seed": "A seed is a whole number, 0 or more.",
}


async def obey(show: Show, order: bytes) -> str:
    """Do what an order in JSON says; returns a sentence for whoever gave it, or "". Raises StageRefused."""
    try:
        found = _ORDERS.validate_json(order)
    except ValidationError as error:
        places = [str(part) for each in error.errors() for part in each["loc"]]
        known = (_WRONG[place] for place in places if place in _WRONG)
        raise StageRefused(next(known, "The stage knows no such order.")) from None
    return await found.obey(show)
