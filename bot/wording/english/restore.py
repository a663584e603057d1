"""What is said of a drop whose ledger was restored from a backup."""

from __future__ import annotations

SENTENCES = {
    "news-frozen": "{title} is being checked after a repair: no claims until I say here that it goes on.",
    "news-thawed": "{title} goes on after a repair: {left} left, until {when}. Type {claim_command} {drop}",
    "news-thawed-lost": "{title} goes on after a repair: {left} left, until {when}. It has lost {numbers}: {mend}.",
    "news-thawed-waits": "{title} has been checked after a repair; nothing was lost.",
    "news-thawed-waits-lost": "{title} has been checked after a repair. It has lost {numbers}: {mend}.",
    "card-frozen": "Being checked after a repair: no claims until it goes on.",
    "card-thawed": "It goes on after a repair: {left} left, closes {when}. Use {claim_command} {drop}",
    "card-thawed-lost": "It goes on after a repair: {left} left, closes {when}. It has lost {numbers}: {mend}.",
    "card-thawed-waits": "Checked after a repair; nothing was lost.",
    "card-thawed-waits-lost": "Checked after a repair. It has lost {numbers}: {mend}.",
    "lost-ask": "whoever was told one of these, please ask a moderator for the next free number",
    "lost-tell": "whoever was told one of these, please tell a moderator; no free number is left",
    "lost-one": "#{number}",
    "lost-range": "#{first} to #{last}",
    "frozen-title": "{title}: frozen after a repair",
    "frozen-text": "The ledger was restored from a backup and knows of no number after #{number}; more may have "
    "been made public since. {title} hands out nothing until whoever runs the bot stops it, types `{restore}` "
    "there and starts it again. N is the highest number that chat or a card has shown.",
    "frozen-text-none": "The ledger was restored from a backup and knows of no number yet; some may have been "
    "made public since. {title} hands out nothing until whoever runs the bot stops it, types `{restore}` there and "
    "starts it again. N is the highest number that chat or a card has shown, 0 if there is none.",
    "lost-title": "{title}: {numbers} lost in the repair",
    "lost-text": "These numbers were made public and the ledger does not know whose they are: they are never "
    "handed out again. Whoever was told one of them gets the next free number with Give or {steer_command} give, "
    "with the reason. {count} can still be given.",
    "card-field-last-number": "Last number out",
    "card-last-number": "#{number} of {supply}",
    "backups-failing-title": "Backups are failing",
    "backups-failing": "The ledger could not be copied ({reason}). Drops go on, but if its disk fails now, what "
    "happened since {when} is lost. Please tell whoever runs the bot.",
    "backups-failing-never": "The ledger could not be copied ({reason}), and there is no backup yet. Drops go on, "
    "but if its disk fails now, everything is lost. Please tell whoever runs the bot.",
    "backups-work-title": "Backups work again",
    "backups-work": "The ledger was copied and the copy is good.",
}
