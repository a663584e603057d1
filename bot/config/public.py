"""The [public] section: what viewers are shown of the ledger, so that they can check it themselves."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from bot.config.sections import Section
from bot.config.values import Finding, is_address, refuse
from bot.domain.publishing import Publishing

_SCHEMES = ("http", "https")
_CHARACTERS_MAX = 300
_USUAL = Publishing()


def _parse_public_address(value: object) -> str:
    cure = "Write the whole address, beginning with https:// or http://, or leave the key out."
    if not isinstance(value, str):
        refuse(Finding("an address is text in quotes", cure))
    if value == "":
        return value
    if not is_address(value, _SCHEMES) or any(
        each.isspace() or not each.isprintable() or each in '<>"' for each in value
    ):
        refuse(Finding("this is no address that a browser can open", cure))
    if "@" in urlsplit(value).netloc:
        # Everybody on Discord is shown this address.
        refuse(Finding("the address has a name or a password in it, and everybody is shown it", "Leave it out."))
    if len(value) > _CHARACTERS_MAX:
        refuse(Finding(f"the address has more than {_CHARACTERS_MAX} characters", "Give the page a shorter one."))
    return value


PublicAddress = Annotated[str, BeforeValidator(_parse_public_address)]


class PublicSection(Section):
    url: PublicAddress = _USUAL.url
    fingerprints: bool = Field(_USUAL.fingerprints, description="Write true or false, without quotes.")
    receipts_in_chat: bool = Field(_USUAL.receipts_in_chat, description="Write true or false, without quotes.")
    attach: bool = Field(_USUAL.attach, description="Write true or false, without quotes.")

    def as_publishing(self) -> Publishing:
        return Publishing(**dict(self))
