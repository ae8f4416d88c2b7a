"""A table of plain text for a terminal or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from planner.documents.grid import cells


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with every column as wide as its widest cell, two blanks apart, none trailing."""
    lines = [head, *rows]
    widths = [max(cells(line[place]) for line in lines) for place in range(len(head))]
    return [
        "  ".join(cell + " " * (width - cells(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def can_draw() -> bool:
    """Whether the encoding of stdout has the signs."""
    try:
        "◆✖▲✔".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
