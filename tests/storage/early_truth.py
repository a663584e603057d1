"""What has to come of drops that open early, in as few lines as can tell it: windows, people, places that wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.drop_plan import DropPlan, Opening
from bot.domain.entitlements import Found
from bot.domain.people import Account
from bot.domain.stream import Pace
from bot.domain.time import Micros

PACE = Pace()


@dataclass
class Windows:
    """When one drop lets whom in. `begins` is None while it waits for a cue."""

    plan: DropPlan
    begins: Micros | None
    public: Micros | None = None
    closes: Micros | None = None
    paused_at: Micros | None = None
    openings: int = 0
    granted: int = 0
    early: int = 0

    @classmethod
    def of(cls, plan: DropPlan) -> Windows:
        return cls(plan, None if plan.opening is Opening.CUE else plan.begins_at)

    def open(self, at: Micros) -> None:
        self.begins, self.public = at, at + self.plan.early_for
        self.closes = self.public + self.plan.window

    def come(self, now: Micros) -> None:
        """Time has passed: who was asleep at the opening gives everybody the whole of both windows from now on,
        but for a drop whose windows have passed altogether. That one waits for a cue."""
        if self.closes is not None or self.begins is None or now < self.begins:
            return
        if now >= self.begins + self.plan.early_for + self.plan.window:
            self.begins = None
        else:
            self.open(now if now > self.begins + PACE.late_after else self.begins)

    def resume(self, now: Micros) -> None:
        lost = now - self.paused_at
        if now - lost < self.public:
            self.public += lost
        self.closes += lost
        self.paused_at = None

    def phase(self, now: Micros) -> str:
        if self.closes is None:
            return "before"
        moment = now if self.paused_at is None else self.paused_at
        if moment >= self.closes:
            return "over"
        if self.paused_at is not None:
            return "paused"
        return "early" if moment < self.public else "public"

    def borders(self) -> list[Micros]:
        """The instants at which somebody begins or ceases to be let in, as far as the clock decides them."""
        if self.closes is None:
            return [] if self.begins is None else [self.begins]
        return [] if self.paused_at is not None else [self.public, self.closes]


@dataclass
class People:
    """Which accounts are one person, and what was found out about each."""

    links: list[list] = field(default_factory=list)  # both accounts, the link's number, when it ended
    found: dict[Account, list[Found]] = field(default_factory=dict)

    def now(self, account: Account) -> set[Account]:
        """The account and the one that it is linked with."""
        return {account}.union(*({*pair} for *pair, _, ended in self.links if account in pair and ended is None))

    def together(self, account: Account, announced_at: Micros) -> set[Account]:
        """Everybody who counts as one with it, in a drop that was announced then."""
        group = {account}
        for _ in self.links:
            for one, other, _, ended in self.links:
                if (ended is None or ended >= announced_at) and group & {one, other}:
                    group |= {one, other}
        return group

    def entitled(self, account: Account, now: Micros) -> bool:
        """Whether anything that was found covers this moment and says yes, of either account."""
        known = [found for each in self.now(account) for found in self.found.get(each, [])]
        return any(found.value > 0 and found.found_at <= now < found.valid_until for found in known)
