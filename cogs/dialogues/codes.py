"""Claim codes on Discord: made by a moderator, and shown to whom they were made for; `/drop codes`, `/code`."""

from __future__ import annotations

import structlog

from bot.domain.answers import TryAgain
from bot.domain.code_sets import audience_of
from bot.domain.people import Actor
from bot.services.codes import Made, ShownCode
from bot.services.services import Services
from bot.storage.signing import KeyFileBroken
from bot.wording.codes import OwnCode, code_for_text, codes_text, key_broken_text, own_codes_text
from bot.wording.control import try_again_text

log = structlog.get_logger(__name__)


async def make_codes(
    services: Services, actor: Actor, request_id: str, code_set: str, count: int, valid_for: str
) -> str:
    """Make codes for whoever acted to hand out; they alone see them."""
    made = await _made(services, actor, request_id, code_set, count, valid_for)
    if isinstance(made, str):
        return made
    return codes_text(
        services.words, made.decision, [each.code or "?" for each in made.codes], services.clock.now()
    )


async def make_code_for(
    services: Services, actor: Actor, request_id: str, code_set: str, member: Actor, valid_for: str
) -> str:
    """Make a code for one member; whoever acted learns that it is there."""
    audience = audience_of(*member.key)
    made = await _made(services, actor, request_id, code_set, 1, valid_for, audience)
    return made if isinstance(made, str) else code_for_text(services.words, made.decision, member.name)


async def own_codes(services: Services, actor: Actor) -> str:
    """The codes that wait for whoever asks."""
    try:
        codes = await services.codes.of_member(actor)
    except KeyFileBroken as broken:
        return _key_broken(services, broken)
    return own_codes_text(services.words, [_own(each) for each in codes], services.clock.now())


async def _made(
    services: Services,
    actor: Actor,
    request_id: str,
    code_set: str,
    count: int,
    valid_for: str,
    audience: str = "",
) -> Made | str:
    try:
        return await services.codes.make(actor, request_id, code_set, count, valid_for=valid_for, audience=audience)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    except KeyFileBroken as broken:
        return _key_broken(services, broken)


def _key_broken(services: Services, broken: KeyFileBroken) -> str:
    log.critical("claim codes cannot be made or shown", reason=str(broken))
    return key_broken_text(services.words)


def _own(shown: ShownCode) -> OwnCode:
    return OwnCode(shown.kept.issue.scope, shown.code, shown.kept.issue.expires_at)
