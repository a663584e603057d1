"""What tests of evidence share: an ear that notes, and a stage that counts the questions it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.domain.entitlements import Found, Question, Source, read_question
from bot.domain.people import Account
from bot.platforms.endpoints import Endpoints, point
from bot.services.ports import EvidenceSource
from bot.stage.server import Stage


class NotingEar:
    """Keeps what it hears; `asked` are the questions that gates ask."""

    def __init__(self) -> None:
        self.met: list[Account] = []
        self.noted: dict[Account, dict[str, int]] = {}
        self.voided: list[tuple[Account, set[str]]] = []
        self.asked: tuple[str, ...] = ()

    def seen(self, account: Account) -> None:
        self.met.append(account)

    def note(self, account: Account, found: Mapping[Question, Found]) -> None:
        self.noted.setdefault(account, {}).update({str(q): each.value for q, each in found.items()})

    def void(self, account: Account, questions: Collection[Question]) -> None:
        self.voided.append((account, {str(each) for each in questions}))

    def questions(self, source: Source) -> Sequence[Question]:
        return [question for text in self.asked if (question := read_question(text)).source is source]


def source_of(sources: Sequence[EvidenceSource], source: Source) -> EvidenceSource:
    return next(each for each in sources if each.source is source)


async def asked(source: EvidenceSource, users: Sequence[str], *questions: str) -> dict[tuple[str, str], int]:
    """What a source answers, by user id and question."""
    found = await source.find(users, [read_question(text) for text in questions])
    return {(user, str(question)): each.value for (user, question), each in found.items()}


@asynccontextmanager
async def counting_stage() -> AsyncIterator[tuple[Stage, list[str]]]:
    """A stage, and the paths of the GET requests that it was sent; both libraries of this process talk to it."""
    calls: list[str] = []

    @web.middleware
    async def count(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.method == "GET":
            calls.append(request.path)
        response: web.StreamResponse = await handler(request)
        return response

    stage = Stage()
    stage.app.middlewares.append(count)
    async with stage:
        point(Endpoints(**stage.endpoints()))
        yield stage, calls
