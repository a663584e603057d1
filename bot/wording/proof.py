"""What can be proved of one unit: with a file on Discord, in one line of Twitch chat."""

from __future__ import annotations

from bot.domain.proofs import ProofAnswer, ProofPending, ProofPlaces, ProofUnknown
from bot.domain.time import SECOND, Micros
from bot.wording.cards import Card, CardFile
from bot.wording.catalogue import BOARD_COMMANDS, Wording
from bot.wording.text import as_sentence, board_text, chat_line, chat_text, shown

LEAF_CHARACTERS_IN_CHAT = 16


def proof_card(words: Wording, answer: ProofAnswer, places: ProofPlaces) -> str | Card:
    """The answer on Discord; the proof is a file."""
    if isinstance(answer, ProofUnknown):
        return as_sentence(_refusal(words, answer, discord=True))
    title = words.say("proof-title", discord=True, title=board_text(answer.title), number=answer.number)
    lines = [
        words.say(
            "proof-entry",
            discord=True,
            title=board_text(answer.title),
            number=answer.number,
            entry=answer.entry,
            leaf=answer.leaf,
            **_when(answer.at),
        )
    ]
    if isinstance(answer, ProofPending):
        return Card(title, "\n".join([*lines, words.say(_pending("proof-pending", answer), discord=True)]))
    file = CardFile(f"{answer.drop}-{answer.number}.proof.txt", answer.text.encode())
    key, root = f"proof-file-{answer.seen}", answer.fingerprint
    lines += [
        words.say(key, discord=True, size=answer.size, root=root, **_when(answer.signed_at)),
        words.say("proof-check", discord=True, file=file.name),
    ]
    if places.url:
        lines.append(words.say("card-check-link", discord=True, url=f"<{places.url}>"))
    return Card(title, "\n".join(lines), files=(file,))


def proof_line(words: Wording, answer: ProofAnswer, places: ProofPlaces) -> str:
    """The answer in Twitch chat, which names nobody and has no address in it."""
    if isinstance(answer, ProofUnknown):
        return chat_line(as_sentence(_refusal(words, answer, discord=False)))
    title, leaf = chat_text(answer.title), answer.leaf[:LEAF_CHARACTERS_IN_CHAT]
    number, entry = answer.number, answer.entry
    if isinstance(answer, ProofPending):
        key = _pending("proof-chat-pending", answer)
        return chat_line(words.say(key, title=title, number=number, entry=entry, leaf=leaf))
    size, root = answer.size, answer.fingerprint
    line = words.say("proof-chat", title=title, number=number, entry=entry, leaf=leaf, size=size, root=root)
    if places.on_discord:
        line += " " + words.say("proof-chat-where", command=BOARD_COMMANDS["proof"], number=number)
    return chat_line(line)


def _pending(key: str, answer: ProofPending) -> str:
    return f"{key}-over" if answer.over else key


def _refusal(words: Wording, unknown: ProofUnknown, *, discord: bool) -> str:
    return words.say(
        f"proof-{unknown.because}",
        discord=discord,
        title=shown(unknown.title, discord=discord),
        number=unknown.number,
        supply=unknown.supply,
        drop=unknown.drop,
    )


def _when(at: Micros) -> dict[str, str]:
    """To the second, in the reader's own time zone."""
    return {"clock": f"<t:{at // SECOND}:T>", "day": f"<t:{at // SECOND}:D>"}
