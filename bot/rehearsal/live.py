"""The live view of a play in a terminal: what is next, the stock, who asked, and both chats side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from bot.rehearsal.glance import Chat, Glance, Line
from bot.rehearsal.moments import SECOND
from bot.rehearsal.spoken import clean

UPDATES_A_SECOND = 5
# Below this there is no room to lay anything out: plain lines serve better.
WIDTH_MIN, HEIGHT_MIN = 50, 16
_SIDE_BY_SIDE_MIN = 100
_GAP = "  "
_STOCKS_MAX = 4
_BAR_MAX = 40
_ROWS_PER_LINE_MAX = 4


class View:
    """What rich draws: the latest glance, in whatever size the terminal has by then."""

    def __init__(self, look: Callable[[], Glance], name: str) -> None:
        self._look = look
        self._name = clean(name)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = options.max_width, options.height or console.height
        rows = draw(self._look(), self._name, width, height, ascii_only=options.ascii_only)
        yield Text("\n").join(rows)


def live_view(console: Console, look: Callable[[], Glance], name: str) -> Live:
    """A view on the terminal's second screen, so that the first one is left as it was."""
    view = View(look, name)
    return Live(get_renderable=lambda: view, console=console, screen=True, refresh_per_second=UPDATES_A_SECOND)


def draw(glance: Glance, name: str, width: int, height: int, *, ascii_only: bool = False) -> list[Text]:
    """At most `height` rows of `width` cells."""
    bar = ("#", "-") if ascii_only else ("█", "░")
    head = [
        _ends(Text(name, "bold"), Text(_clock(glance.elapsed), "bold"), width),
        _next(glance),
        *_stocks(glance, width, bar),
        _counts(glance),
        _faults(glance),
        Text(),
    ]
    foot = Text(clean(glance.remark) or "Ctrl-C ends the play.", "dim")
    for row in (*head, foot):
        row.truncate(width, overflow="ellipsis")
    return [*head, *_chats(glance.chats, width, height - len(head) - 1), foot][:height]


def _clock(micros: int) -> str:
    minutes, seconds = divmod(micros // SECOND, 60)
    return f"{minutes}:{seconds:02}"


def _ends(left: Text, right: Text, width: int) -> Text:
    """One row with a text at each end."""
    left.truncate(max(0, width - right.cell_len - 1), overflow="ellipsis", pad=True)
    return left.append(" ").append_text(right)


def _next(glance: Glance) -> Text:
    if not glance.stocks:
        return Text("The stage is being set.", "cyan")
    if not glance.dues:
        return Text("All planned is done; the last answers and closing lines follow.", "cyan")
    first, *later = glance.dues
    row = Text(f"In {_seconds(first.at - glance.now)}: {clean(first.what)}", "cyan")
    if later:
        row.append(f"; in {_seconds(later[0].at - glance.now)}: {clean(later[0].what)}", "dim")
    return row


def _seconds(micros: int) -> str:
    """Rounded up, so that a countdown ends with 1."""
    return f"{-(-micros // SECOND)} s"


def _stocks(glance: Glance, width: int, bar: tuple[str, str]) -> Iterator[Text]:
    shown = glance.stocks[:_STOCKS_MAX]
    room = max((cell_len(clean(stock.title)) for stock, _ in shown), default=0)
    room = min(room, width // 3)
    for stock, claimed in shown:
        title = Text(clean(stock.title), "bold")
        title.truncate(room, overflow="ellipsis", pad=True)
        cells = max(4, min(_BAR_MAX, width - room - 26))
        full = min(cells, cells * claimed // max(1, stock.supply))
        counted = f" {claimed} of {stock.supply} claimed"
        yield (
            title.append(" ").append(bar[0] * full, "green").append(bar[1] * (cells - full), "dim").append(counted)
        )
    if len(glance.stocks) > _STOCKS_MAX:
        yield Text(f"and {len(glance.stocks) - _STOCKS_MAX} more drops", "dim")


def _counts(glance: Glance) -> Text:
    people = "person" if glance.asked == 1 else "people"
    return Text(f"{glance.asked} {people} asked {glance.claims} times; {glance.answered} answered by name")


def _faults(glance: Glance) -> Text:
    if not glance.faults:
        return Text("Nothing is failing.", "dim")
    return Text("FAULT: " + "; ".join(clean(text).rstrip(".") for text in glance.faults), "bold red")


def _chats(chats: tuple[Chat, ...], width: int, height: int) -> list[Text]:
    if len(chats) == 2 and width >= _SIDE_BY_SIDE_MIN:
        each = (width - len(_GAP)) // 2
        left, right = (_pane(chat, each, height) for chat in chats)
        return [Text.assemble(one, _GAP, other) for one, other in zip(left, right, strict=True)]
    share, rest = divmod(max(0, height), max(1, len(chats)))
    rows: list[Text] = []
    for number, chat in enumerate(chats):
        rows += _pane(chat, width, share + (rest if number == 0 else 0))
    return rows


def _pane(chat: Chat, width: int, height: int) -> list[Text]:
    """A heading and the newest lines below it, exactly `height` rows of exactly `width` cells."""
    counted = f"{chat.said:,} lines" + (f", {chat.hidden:,} not shown" if chat.hidden else "")
    heading = _ends(Text(chat.title), Text(counted), width)
    heading.stylize("reverse")
    rows: list[Text] = []
    for line in reversed(chat.lines):
        if len(rows) >= height - 1:
            break
        rows = _wrapped(line, width) + rows
    body = rows[max(0, len(rows) - height + 1) :]
    filled = [heading, *body, *(Text() for _ in range(height - 1 - len(body)))][:height]
    for row in filled:
        row.truncate(width, overflow="crop", pad=True)
    return filled


def _wrapped(line: Line, width: int) -> list[Text]:
    if line.left_out:
        return [Text(f"  ... {line.left_out:,} more", "dim")]
    text = Text.assemble((f"{line.who}: ", "bold green" if line.by_bot else "bold"))
    text.append(line.what, "green" if line.by_bot else "")
    rows = text.wrap(_PLAIN, width - 6) if text.cell_len > width else [text]
    shown = list(rows[:_ROWS_PER_LINE_MAX])
    if len(rows) > _ROWS_PER_LINE_MAX:
        shown[-1].rstrip()
        shown[-1].append(" ...")
    for row in shown[1:]:
        row.pad_left(2)
    return shown


# Wrapping asks a console for nothing but its tab size.
_PLAIN = Console(width=80)
