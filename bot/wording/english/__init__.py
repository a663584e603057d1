
from __future__ import annotations

from bot.wording.english import announcing, cards, claims, control, drops, help, privacy, restore, times

SENTENCES: dict[str, str] = {
    **times.SENTENCES,
    **claims.SENTENCES,
    **drops.SENTENCES,
    **announcing.SENTENCES,
    **cards.SENTENCES,
    **control.SENTENCES,
    **restore.SENTENCES,
    **privacy.SENTENCES,
    **help.SENTENCES,
}
