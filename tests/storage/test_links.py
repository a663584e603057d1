"""Who counts as one with whom: as the lane keeps it, against the plainest way to find it out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from bot.storage import tables
from bot.storage.links import Links
from tests.conftest import CHANNEL, NOON

PERSONS = st.integers(1, 6)
# Who links or parts with whom, an instant after the one before; odd persons are on Twitch.
DEEDS = st.lists(st.tuples(st.sampled_from((1, 3, 5)), st.sampled_from((2, 4, 6))), max_size=12)


@pytest.fixture(scope="module")
def connection():
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        tables.link.create(connection)
        yield connection
    engine.dispose()


def plainly(spans: list[tuple[int, int, int, int | None]], person: int, since: int | None) -> set[int]:
    """Everybody who can be reached; `spans` are the links with their begin and end."""
    counting = [pair[:2] for pair in spans if pair[3] is None or (since is not None and pair[3] >= since)]
    reached = {person}
    for _ in spans:
        reached |= {each for pair in counting for each in pair if reached & set(pair)}
    return reached


@given(deeds=DEEDS, person=PERSONS, since=st.none() | st.integers(0, 14))
def test_everybody_who_can_be_reached_counts_as_one_first_of_all_oneself(connection, deeds, person, since):
    links = Links(connection, CHANNEL)
    spans: list[tuple[int, int, int, int | None]] = []
    for at, (twitch, discord) in enumerate(deeds):
        standing = links.standing(twitch)
        if standing is not None and standing.discord_person == discord:
            links.end(standing.number, at)
            spans = [
                (*span[:3], at) if span[:2] == (twitch, discord) and span[3] is None else span for span in spans
            ]
        elif standing is None and links.standing(discord) is None:
            links.add(at + 1, twitch, discord, at)
            spans.append((twitch, discord, at, None))
    together = links.together(person, since)
    assert together[0] == person
    assert len(together) == len(set(together))
    assert set(together) == plainly(spans, person, since)
    now = [pair[:2] for pair in spans if pair[3] is None and person in pair[:2]]
    assert [links.of(person)] == ([next(each for each in pair if each != person) for pair in now] or [None])


def test_nobody_is_linked_twice_and_no_link_ends_twice(connection):
    links = Links(connection, CHANNEL)
    links.add(1, 10, 20, NOON)
    for pair in ((10, 21), (11, 20), (10, 20)):
        with pytest.raises(ValueError, match="linked already"):
            links.add(2, *pair, NOON)
    links.end(1, NOON)
    for number in (1, 2):
        with pytest.raises(ValueError, match=f"no link {number} that could end"):
            links.end(number, NOON)
    links.add(3, 10, 20, NOON)
    assert links.of(10) == 20
