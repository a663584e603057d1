"""An entry that is signed but not of the one form that there is gets refused by its number, by both verifiers."""

from __future__ import annotations

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from tests.domain.test_second_verifier import needs_perl, second_opinions
from tests.small_log import SmallLog, verify

GOOD = (
    '{"at":1793527205000000,"channel":"teapot","drop":"mug","kind":"unit.granted","number":5,"private":"'
    + "ab" * 32
    + '","public":{"holder":"ann","how":"claim","number":1},"v":1}'
)

# What is replaced, by what, and the words.
BENT = [
    ('{"at"', '{ "at"', "not in canonical form"),
    ('"v":1}', '"v":1} ', "not in canonical form"),
    (
        '"at":1793527205000000,"channel":"teapot"',
        '"channel":"teapot","at":1793527205000000',
        "not in canonical form",
    ),
    ('"how":"claim"', '"how":"claim","how":"claim"', "not in canonical form"),
    ('"holder":"ann"', '"holder":"\\u0061nn"', "not in canonical form"),
    ('"holder":"ann"', '"holder":"a\\/n"', "not in canonical form"),
    ('"holder":"ann"', '"holder":"a\\u000a"', "not in canonical form"),
    ('"holder":"ann"', '"holder":"a\\u001F"', "not in canonical form"),
    ('"number":1}', '"number":1,"zero":-0}', "not in canonical form"),
    ('"holder":"ann"', '"holder":"\\ud800"', "it is no JSON"),
    ('"holder":"ann"', '"holder":"a\tn"', "it is no JSON"),
    ('"number":1}', '"number":01}', "it is no JSON"),
    ('"number":1}', '"number":NaN}', "it is no JSON"),
    ('"v":1}', '"v":1', "it is no JSON"),
    ('"v":1}', '"v":1}{}', "it is no JSON"),
    ('"number":1}', '"number":1.0}', "not a whole one"),
    ('"number":1}', '"number":1,"tries":1e2}', "not a whole one"),
    ('"number":1}', '"number":1,"tries":9007199254740992}', "not a whole one"),
    ('"number":1}', '"number":1,"tries":-9007199254740992}', "not a whole one"),
    ('"number":1}', '"number":1,"\u00fc":1}', "a letter beyond ASCII"),
    ('"v":1}', '"v":1,"w":1}', "must have the keys"),
    (',"v":1}', "}", "must have the keys"),
    ('"v":1}', '"v":2}', "its version is not 1"),
    ('"v":1}', '"v":true}', "its version is not 1"),
    ('"number":5', '"number":6', "in its place stands one with the number 6"),
    ('"number":5', '"number":"5"', "its number is none"),
    ('"number":5', '"number":true', "its number is none"),
    ('"at":1793527205000000', '"at":-1', "its moment is none"),
    ('"at":1793527205000000', '"at":null', "its moment is none"),
    ("abab", "ABAB", "no SHA-256 in hex"),
    ("abab", "", "no SHA-256 in hex"),
    ('"kind":"unit.granted"', '"kind":7', "not of the kind"),
    ('"drop":"mug"', '"drop":null', "not of the kind"),
    ('"public":{"holder":"ann","how":"claim","number":1}', '"public":[]', "not of the kind"),
    ('"channel":"teapot"', '"channel":"kettle"', "of the channel 'kettle'"),
    ('"channel":"teapot"', '"channel":["teapot"]', "not of the kind"),
    (GOOD, "[]", "must have the keys"),
    (GOOD, "null", "must have the keys"),
    (GOOD, "", "it is no JSON"),
]


def log_with(canonical: str) -> SmallLog:
    log = SmallLog()
    log.open()
    log.put(canonical.encode())
    return log


def bent(old: str, new: str) -> str:
    assert old in GOOD
    return log_with(GOOD.replace(old, new, 1)).bundle()


def test_the_good_form_holds():
    assert [unit.holder for unit in check_bundle(log_with(GOOD).bundle(), verify).units] == ["ann"]


@pytest.mark.parametrize(("old", "new", "words"), BENT)
def test_a_form_that_there_is_not_is_named_by_its_entry(old, new, words):
    with pytest.raises(BundleRefused) as refused:
        check_bundle(bent(old, new), verify)
    assert refused.value.entry == 5
    assert words in refused.value.words


@needs_perl
def test_the_second_verifier_refuses_them_too(tmp_path):
    files = [log_with(GOOD).bundle(), *(bent(old, new) for old, new, _ in BENT)]
    opinions = second_opinions(tmp_path, [each.encode() for each in files])
    assert opinions[0] == "holds"
    assert [(row, said) for row, said in zip(BENT, opinions[1:], strict=True) if said == "holds"] == []


@pytest.mark.parametrize(
    ("kind", "public", "words"),
    [
        ("drop.vanished", "{}", "unknown kind of fact: drop.vanished"),
        ("drop.closed", "{}", "drop.closed does not say 'why'"),
        ("drop.extended", '{"closes_at":"1"}', "its closes_at is no whole number"),
        ("drop.extended", '{"closes_at":true}', "its closes_at is no whole number"),
        ("drop.planned", "{}", "the plan"),
        ("unit.granted", '{"holder":"","how":"claim","number":1}', "number 1 is granted to nobody"),
        ("unit.granted", '{"how":"claim","number":1}', "number 1 is granted to nobody"),
        ("unit.granted", '{"holder":"ann","how":"claim","number":"1"}', "does not say which number"),
        ("unit.lost", "{}", "does not say which number"),
    ],
)
def test_a_fact_that_cannot_be_read_is_named_by_its_entry(kind, public, words):
    canonical = GOOD.replace('"unit.granted"', f'"{kind}"')
    canonical = canonical.replace('{"holder":"ann","how":"claim","number":1}', public)
    with pytest.raises(BundleRefused) as refused:
        check_bundle(log_with(canonical).bundle(), verify)
    assert refused.value.entry == 5
    assert words in refused.value.words
