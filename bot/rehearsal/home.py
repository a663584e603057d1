"""What the streamer's own configuration says that the compressed evening does not show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.config import Config
from bot.rehearsal.moments import SECOND


@dataclass(frozen=True, slots=True)
class Home:
    """`window_seconds` of each drop as it will be tonight. The others are None where nobody can know: whether there
    is a reminder role, whether the backups lie on the ledger's own disk."""

    window_seconds: Mapping[str, float] = field(default_factory=dict)
    reminder_role: bool | None = None
    backups_on_same_disk: bool | None = None


def home_of(config: Config) -> Home:
    """Read it from the file that is rehearsed, before it is compressed."""
    plans = config.plans(0)
    ledger = config.ledger.path
    beside = None
    if ledger is not None:
        # Compared by the disk they are on, as far as the folders exist.
        folder = config.ledger.backups_folder
        known = [path for path in (folder, *folder.parents) if path.exists()]
        homes = [path for path in (ledger.parent, *ledger.parent.parents) if path.exists()]
        beside = bool(known and homes) and known[0].stat().st_dev == homes[0].stat().st_dev
    return Home(
        window_seconds={plan.series or plan.key: plan.window / SECOND for plan in plans},
        reminder_role=None if config.discord is None else config.discord.reminder_role is not None,
        backups_on_same_disk=beside,
    )
