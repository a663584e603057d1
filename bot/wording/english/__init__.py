"""Every sentence in English, by feature: only texts, so that a streamer can proof-read or translate them."""

from __future__ import annotations

from bot.wording.english import (
    announcing,
    cadence,
    calendar,
    cards,
    claims,
    codes,
    control,
    drops,
    evidence,
    gates,
    help,
    linking,
    moving,
    privacy,
    proof,
    restore,
    times,
    verifying,
    who,
)

SENTENCES: dict[str, str] = {
    **times.SENTENCES,
    **claims.SENTENCES,
    **codes.SENTENCES,
    **drops.SENTENCES,
    **evidence.SENTENCES,
    **announcing.SENTENCES,
    **cadence.SENTENCES,
    **calendar.SENTENCES,
    **cards.SENTENCES,
    **control.SENTENCES,
    **gates.SENTENCES,
    **restore.SENTENCES,
    **verifying.SENTENCES,
    **linking.SENTENCES,
    **moving.SENTENCES,
    **privacy.SENTENCES,
    **proof.SENTENCES,
    **help.SENTENCES,
    **who.SENTENCES,
}
