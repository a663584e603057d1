"""Reading a gate as a streamer writes it: "subscribers, vips", or conditions with and, or, not and parentheses."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.entitlements import DAYS_MAX, KINDS, TIER_MAX, Entitlement, Measure
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_scanning import GateStop, Scanner
from bot.domain.gates import AT_LEAST_MAX, PLAIN_NAME, Condition, Gate, all_of, any_of, negated
from bot.domain.text import label

TEXT_CHARACTERS_MAX = 2_000
CONDITIONS_MAX = 16
NESTING_MAX = 8
NAME_CHARACTERS_MAX = 100  # what Discord allows a role

_PLURALS = {f"{word}s": word for word in ("subscriber", "follower", "vip", "moderator", "founder", "booster")}
_PLURALS |= {"role_subscribers": "role_subscriber", "subs": "subscriber", "mods": "moderator"}
_SINGULARS = {"sub": "subscriber", "mod": "moderator", **{str(word): str(word) for word in Entitlement}}
WORDS: Mapping[str, Entitlement] = {word: Entitlement(meant) for word, meant in {**_SINGULARS, **_PLURALS}.items()}

_NUMBER = re.compile(r"[0-9]+")
_COMPARISON = re.compile(r"[<>]=?|[≥≤]|=+")
_QUOTED = re.compile(r'["“”]([^"“”]*)["“”]')
# What the project's own names look like; only a role on Discord can be called anything.
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_EXAMPLES = {"role": "patron", "badge": "mug", "pass": "game-night", "code": "EARLY", "listed": "founders"}
_JOINERS = ("and", "or")


def read_gate(text: str) -> Gate | GateMistake:
    """The gate that a text means, or its first mistake. `read_gate(str(gate)) == gate` for every gate it gives."""
    if len(text) > TEXT_CHARACTERS_MAX:
        expected = f"at most {TEXT_CHARACTERS_MAX} characters"
        return GateMistake(text, TEXT_CHARACTERS_MAX, expected, text[TEXT_CHARACTERS_MAX])
    try:
        return _Reader(text).whole()
    except GateStop as stop:
        return stop.mistake


class _Reader(Scanner):
    """Recursive descent: a method for each rule of the grammar, from what binds least to what binds most."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._nesting = 0
        self._conditions = 0
        self._plural = False  # the last condition was written like "subscribers"

    def whole(self) -> Gate:
        gate = self._either()
        if not self.at_end:
            self.fail('"and", "or" or ","', _JOINERS)
        return gate

    def _either(self) -> Gate:
        gates = [self._both()]
        while self.take(",") or self.take("or"):
            gates.append(self._both())
        return any_of(gates)

    def _both(self) -> Gate:
        gates = [self._one()]
        joined_at = self.position
        while self.take("and"):
            plural = self._plural
            gates.append(self._one())
            if plural or self._plural:
                # "Subscribers and vips" means either to a person, and only those who are both to "and".
                self.position = joined_at
                self.fail('"," or "or" for either; people who are both are written like "subscriber and vip"')
            joined_at = self.position
        return all_of(gates)

    def _one(self) -> Gate:
        holds = True
        while self.take("not"):
            holds = not holds
        gate = self._group() if self.text.startswith("(", self.position) else self._condition()
        return gate if holds else negated(gate)

    def _group(self) -> Gate:
        if self._nesting == NESTING_MAX:
            self.fail(f"at most {NESTING_MAX} groups within each other")
        self._nesting += 1
        self.take("(")
        gate = self._either()
        if not self.take(")"):
            self.fail('")"' if self.at_end else '"and", "or", "," or ")"', _JOINERS)
        self._nesting -= 1
        self._plural = False
        return gate

    def _condition(self) -> Gate:
        written = self.next_word()
        word = written.replace("-", "_")
        entitlement = WORDS.get(word)
        if entitlement is None:
            self.fail('a condition, like "subscriber" or "role:patron"', WORDS)
        if self._conditions == CONDITIONS_MAX:
            self.fail(f"at most {CONDITIONS_MAX} conditions")
        self._conditions += 1
        self.skip(len(written))
        self._plural = word in _PLURALS
        if KINDS[entitlement].named:
            return Condition(entitlement, self._name(entitlement))
        return self._compared(entitlement)

    def _compared(self, entitlement: Entitlement) -> Gate:
        measure, comparison = KINDS[entitlement].measure, self.next_match(_COMPARISON)
        if measure is Measure.FLAG and comparison:
            days = f'; days are counted by "{entitlement}_days"' if f"{entitlement}_days" in WORDS else ""
            self.fail(f'"and", "or" or ",", because "{entitlement}" has no number{days}')
        if measure is Measure.DAYS and not comparison:
            self.fail(f'a comparison, like "{entitlement} >= 90"')
        if not comparison:
            return Condition(entitlement)
        sign = {"≥": ">=", "≤": "<="}.get(comparison[0], comparison[0])
        if sign.startswith("="):
            self.fail('one of ">=", ">", "<=" and "<"')
        self.skip(len(comparison[0]))
        number_at, number = self.position, self._number(measure)
        least = number + 1 if sign in (">", "<=") else number
        if not 1 <= least <= AT_LEAST_MAX[measure]:
            self.position = number_at
            self.fail("a number that some people reach and others do not")
        return Condition(entitlement, "", least, sign in (">", ">="))

    def _number(self, measure: Measure) -> int:
        digits, tier = self.next_match(_NUMBER), measure is Measure.TIER
        number = int(digits[0]) if digits and len(digits[0]) <= 4 else None
        # Twitch itself counts the tiers in thousands.
        number = number // 1_000 if tier and number in (1_000, 2_000, 3_000) else number
        if digits is None or number is None or number > AT_LEAST_MAX[measure]:
            self.fail(f"a tier from 1 to {TIER_MAX}" if tier else f"a number of days up to {DAYS_MAX}")
        self.skip(len(digits[0]))
        return number

    def _name(self, entitlement: Entitlement) -> str:
        """What stands behind the colon, in the one form that names are compared in."""
        example = f'"{entitlement}:{_EXAMPLES[entitlement]}"'
        if not self.take(":"):
            self.fail(f'":" and a name, like {example}')
        written = self.next_match(_QUOTED) or self.next_match(PLAIN_NAME)
        raw = written[written.lastindex or 0] if written else ""
        if entitlement is Entitlement.ROLE:
            name = label(raw, characters_max=NAME_CHARACTERS_MAX + 1)
            if not name or len(name) > NAME_CHARACTERS_MAX:
                self.fail(f"the role's id, or its name of at most {NAME_CHARACTERS_MAX} characters, like {example}")
        else:
            name = raw.strip().casefold()
            if not _KEY.fullmatch(name):
                self.fail(f'a name of a to z, 0 to 9, "-" and "_", at most 40 characters, like {example}')
            name = name.upper() if entitlement is Entitlement.CODE else name
        self.skip(len(written[0]) if written else 0)
        return name
