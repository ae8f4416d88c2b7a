"""Text with tones, laid out for a width: what the pages of Why, Help, Facts and documents are made of.

Plain values all the way to the screen; nothing here is ever parsed as markup. Widths are terminal cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len, set_cell_size

from tui.look import Span, Spans


@dataclass(frozen=True, slots=True)
class Item:
    """One paragraph. `hang` indents its second and later lines; `fixed` keeps spaces and cuts instead of wrapping."""

    spans: Spans
    indent: int = 0
    hang: int = 0
    fixed: bool = False


Page = tuple[Item, ...]
GAP = Item(())


def heading(text: str) -> Item:
    """A title inside a page."""
    return Item(((text, "heading"),))


def para(*parts: str | Span, indent: int = 0) -> Item:
    """A paragraph of plain or toned parts."""
    return Item(tuple((part, "") if isinstance(part, str) else part for part in parts), indent=indent)


def bullet(*parts: str | Span, sign: Span = ("·", "muted"), indent: int = 0) -> Item:
    """A paragraph behind a sign."""
    spans = tuple((part, "") if isinstance(part, str) else part for part in parts)
    return Item((sign, (" ", ""), *spans), indent=indent, hang=cell_len(sign[0]) + 1)


def field(label: str, value: str, tone: str = "", width: int = 16) -> Item:
    """A label and its value, values aligned."""
    return Item(((f"{label:<{width}} ", "muted"), (value, tone)), hang=width + 1)


def line(*spans: Span, indent: int = 0) -> Item:
    """A line that is cut, not wrapped."""
    return Item(spans, indent=indent, fixed=True)


def source_lines(text: str) -> Page:
    """A document's source, one item a line; headings and comments get a tone, nothing else is interpreted."""
    return tuple(_source_line(text) for text in text.splitlines())


def _source_line(text: str) -> Item:
    stripped = text.lstrip()
    indent = len(text) - len(stripped)
    tone = "heading" if text.startswith("#") else "muted" if stripped.startswith(("<!--", "```")) else ""
    hang = 6 if stripped.startswith(("- [", "* [")) else 2 if stripped.startswith(("- ", "* ")) else 0
    return Item(((stripped, tone),), indent=indent, hang=hang)


def lay_out(page: Iterable[Item], width: int) -> list[Spans]:
    """All lines of a page at this width."""
    return [row for item in page for row in _lines(item, max(width, 8))]


def _lines(item: Item, width: int) -> Iterator[Spans]:
    margin = _blank(item.indent)
    if item.fixed or not item.spans:
        yield (*margin, *item.spans)
        return
    room = max(width - item.indent, 4)
    hang = _blank(item.hang)
    line: list[Span] = []
    used = 0
    for word, tone in _words(item.spans):
        size = cell_len(word)
        if used + size > room and line and not (size > room - item.hang and room - used >= 8):
            if word.isspace():
                continue
            yield (*margin, *_trimmed(line))
            line, used = list(hang), item.hang if item.hang < room - 3 else 0
            line = line if used else []
        for piece in _pieces(word, room - used, room - item.hang):
            if piece and used + cell_len(piece) > room:
                yield (*margin, *_trimmed(line))
                line, used = list(hang), item.hang
            line.append((piece, tone))
            used += cell_len(piece)
    yield (*margin, *_trimmed(line))


def _blank(width: int) -> Spans:
    return ((" " * width, ""),) if width else ()


def _pieces(word: str, first: int, later: int) -> Iterator[str]:
    """A word longer than a line, cut into what fits; 5,000 characters without a space still show."""
    later = max(later, 1)
    if cell_len(word) <= max(first, later):
        yield word
        return
    room = first if first >= 8 else later
    while word:
        size = _fitting(word, room)
        yield word[:size]
        word, room = word[size:], later


def _fitting(word: str, room: int) -> int:
    used = 0
    for place, character in enumerate(word):
        used += cell_len(character)
        if used > room and place:
            return place
    return len(word)


def _words(spans: Sequence[Span]) -> Iterator[Span]:
    """Words and the runs of spaces between them, each with its tone."""
    for text, tone in spans:
        word = ""
        for character in text:
            if word and character.isspace() != word[-1].isspace():
                yield word, tone
                word = ""
            word += character
        if word:
            yield word, tone


def _trimmed(line: Sequence[Span]) -> Spans:
    """Without spaces at the end, neighbours of one tone joined."""
    kept = list(line)
    while kept and kept[-1][0].isspace():
        kept.pop()
    return tuple(("".join(text for text, _ in group), tone) for tone, group in groupby(kept, itemgetter(1)))


def shorten(text: str, width: int, ellipsis: str = "…") -> str:
    """The text in exactly `width` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    size = cell_len(text)
    if size <= width:
        return text + " " * (width - size)
    mark = cell_len(ellipsis)
    return set_cell_size(text, width) if width < mark else set_cell_size(text, width - mark) + ellipsis


def cells(spans: Iterable[Span]) -> int:
    """Width of a line in cells."""
    return sum(cell_len(text) for text, _ in spans)


def plain(page: Iterable[Item]) -> str:
    """A page as text, for the clipboard."""
    return "\n".join((" " * item.indent + "".join(text for text, _ in item.spans)).rstrip() for item in page)
