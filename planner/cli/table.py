"""A table of plain text for a terminal or a pipe."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with every column as wide as its widest cell, two blanks apart, none trailing."""
    lines = [head, *rows]
    widths = [max(_cells(line[place]) for line in lines) for place in range(len(head))]
    return [
        "  ".join(cell + " " * (width - _cells(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _cells(text: str) -> int:
    """How many terminal cells a text takes; East Asian wide letters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
