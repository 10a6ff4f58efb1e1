"""Tables of the command line. What a person copies from one, an id or an address, stands on one line."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from ecp.cli.consoles import output

LONGEST_WORD = 20
PADDING = 2


def show_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], whole: Container[str] = ("Id",)) -> int:
    """Prints them as wide as the terminal, or as what is not to be folded: the columns `whole`, and words. Cells are
    shown as they are, without markup. Answers how many rows there were."""
    console = output()
    cells = [[_text(cell) for cell in row] for row in rows]
    by_column = [[Text(heading), *(row[at] for row in cells)] for at, heading in enumerate(columns)]
    natural = [max(map(_length, column)) for column in by_column]
    least = [
        most if heading in whole else min(most, max(map(_word, column)))
        for heading, column, most in zip(columns, by_column, natural, strict=True)
    ]
    widths = _shared(natural, least, console.width - PADDING * len(columns))
    console.width = max(console.width, sum(widths) + PADDING * len(columns))
    table = Table(box=None)
    for heading, width in zip(columns, widths, strict=True):
        table.add_column(heading, overflow="fold", width=width)
    for row in cells:
        table.add_row(*row)
    console.print(table)
    return len(cells)


def _shared(natural: Sequence[int], least: Sequence[int], total: int) -> list[int]:
    """Each its least; what is left goes to those that want more, by how much more they want."""
    wanted = [most - few for most, few in zip(natural, least, strict=True)]
    left = min(max(0, total - sum(least)), sum(wanted))
    return [few + want * left // (sum(wanted) or 1) for few, want in zip(least, wanted, strict=True)]


def _text(cell: Any) -> Text:
    return cell if isinstance(cell, Text) else Text("" if cell is None else str(cell))


def _length(cell: Text) -> int:
    return max((line.cell_len for line in cell.split()), default=0)


def _word(cell: Text) -> int:
    longest = max((Text(word).cell_len for word in cell.plain.split()), default=0)
    return min(longest, LONGEST_WORD)
