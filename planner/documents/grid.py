"""Columns of plain text: every cell wrapped to the width of its column, counted in terminal cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest


def cells(text: str) -> int:
    """How many terminal cells a text takes; East Asian wide letters take two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken between words; a longer word is cut. At least one line."""
    lines = [""]
    for word in text.split():
        for part in _cut(word, width):
            joined = f"{lines[-1]} {part}" if lines[-1] else part
            if cells(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(part)
    return lines


def _cut(word: str, width: int) -> list[str]:
    parts = [""]
    for letter in word:
        if cells(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts


def grid(rows: Iterable[Sequence[str]], widths: Sequence[int], between: str = "  ") -> list[str]:
    """Rows as lines of columns; none is longer than the widths and what stands between them."""
    lines: list[str] = []
    for row in rows:
        columns = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*columns, fillvalue=""):
            padded = (part + " " * (width - cells(part)) for part, width in zip(parts, widths, strict=True))
            lines.append(between.join(padded).rstrip())
    return lines
