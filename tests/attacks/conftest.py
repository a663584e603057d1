"""One honest evening, and a forger who begins anew from it in each test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy import URL

from tests.attacks.forger import forge
from tests.attacks.history import History, history_of
from tests.attacks.shown import Evening, evening

Forge = Callable[..., URL]


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return asyncio.run(evening(tmp_path_factory.mktemp("evening")))


@pytest.fixture
def history(honest: Evening) -> History:
    """What has really happened, to be rewritten."""
    return history_of(honest.url)


@pytest.fixture
def forged(honest: Evening, tmp_path) -> Forge:
    """Makes a ledger of a history, with the real key where no other is given."""
    places = count(1)

    def make(history: History, **options) -> URL:
        keys = options.pop("keys", honest.keys)
        return forge(honest.url, history, tmp_path / f"forged-{next(places)}", keys, **options)

    return make
