"""The lists of the Knowledge screen: their columns, and a row of each."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date

from planner.catalog import Dispute
from planner.insight.ages import SourceRow
from planner.insight.matrix import Cell, ReleaseRow
from planner.insight.minors import EndBasis, MinorRow
from planner.insight.view import KnowledgeView, short_age
from tui.knowledge_pages import end_sign, minor_sign, release_sign
from tui.look import OK, UNKNOWN, Look, Sign, Span
from tui.widgets.columns import Column

MINOR_COLUMNS = (
    Column("sign", "", 1, 1),
    Column("minor", "MINOR", 5, 6),
    Column("end", "AKS ARC END", 11, 13),
    Column("by", "BY", 9, 11),
    Column("first", "FIRST", 13, 15),
    Column("last", "LAST", 6, 8),
    Column("stranded", "STRANDED ON", 11, 16),
    Column("upstream", "UPSTREAM END", 12, 14),
)
DISPUTE_COLUMNS = (
    Column("id", "ID", 4, 4),
    Column("title", "CONTRADICTION", 40, 80),
    Column("sides", "SIDES", 5, 5),
    Column("dated", "NEWEST", 10, 10),
)
SOURCE_COLUMNS = (
    Column("key", "KEY", 14, 14),
    Column("dated", "DATED", 10, 10),
    Column("age", "AGE", 11, 11),
    Column("standing", "STANDING", 11, 11),
    Column("facts", "FACTS", 5, 5),
    Column("title", "TITLE", 20, 90),
)
SPLIT = " *"
"""Behind an end that holds for one OS line only."""


def matrix_columns(view: KnowledgeView) -> tuple[Column, ...]:
    """Release, minors from the newest, end, what is stranded. The oldest minors give way first where room is short."""
    minors = [
        Column(f"minor {minor}", str(minor), size, size + 2, drop=place + 1)
        for place, minor in enumerate(view.listed)
        for size in (max(4, *(len(_patches(row.cells[place])[0]) for row in view.releases)),)
    ]
    return (
        Column("sign", "", 1, 1),
        Column("release", "RELEASE", 7, 8),
        *minors,
        Column("ends", "ENDS", 10 + len(SPLIT), 12),
        Column("strands", "STRANDS", 7, 8),
        Column("doubt", "CANNOT JUDGE", 12, 14, drop=99),
        Column("age", "LIST AGE", 11, 11, drop=98),
    )


def release_cells(row: ReleaseRow, shown: Container[str], as_of: date | None, aged: str, look: Look) -> list[Span]:
    """A release. `shown` = ids of the columns there is room for: without "doubt" a mark stands for it."""
    strands, sign = row.strands, release_sign(row, as_of)
    upto = str(strands.upto) if strands.upto is not None else ""
    doubt = "" if strands.is_certain or "doubt" in shown else "?"
    return [
        (look.sign(sign), sign.tone),
        (row.entry.key, "strong"),
        *map(_patches, row.cells),
        (f"{row.end.day}{SPLIT if row.is_split else ''}", _loud(end_sign(row.end.day, as_of))),
        (" ".join(part for part in (upto, doubt) if part) or "?", "stranded" if upto else "unknown"),
        (strands.doubt, "unknown"),
        (aged, "unknown" if aged == "?" else "muted"),
    ]


def _loud(sign: Sign) -> str:
    """Only what is not fine is coloured, so that it stands out."""
    return "" if sign is OK else sign.tone


def _patches(cell: Cell) -> Span:
    """ "12,13" for .12 and .13: eight minors stand side by side at 80 columns."""
    if cell.versions is None:
        return ("?", "unknown")
    return (",".join(str(version.patch) for version in cell.versions), "") if cell.versions else ("·", "muted")


def minor_cells(row: MinorRow, as_of: date | None, look: Look) -> list[Span]:
    """A minor with both clocks."""
    entry, end = row.entry, row.end
    sign = minor_sign(row, as_of)
    day = str(end.day) if end.day is not None else "-" if end.basis is EndBasis.OPEN else "?"
    return [
        (look.sign(sign), sign.tone),
        (str(entry.minor), "strong"),
        (day, _loud(sign)),
        (str(end.basis), "muted"),
        _or_unknown(entry.aksarc_first),
        _or_unknown(entry.aksarc_last),
        (row.stranded_on, "stranded") if row.stranded_on else ("?", "unknown"),
        (str(entry.upstream_end), "muted") if entry.upstream_end else ("?", "unknown"),
    ]


def dispute_cells(dispute: Dispute, dated: date | None) -> list[Span]:
    """A contradiction."""
    return [
        (dispute.id, "accent"),
        (dispute.title, ""),
        (str(len(dispute.sides)), "muted"),
        (str(dated), "muted") if dated else ("?", "unknown"),
    ]


def source_cells(row: SourceRow, as_of: date | None, room: int) -> list[Span]:
    """A document. `room` = cells of its title, of which a path too long for it loses its folders."""
    source = row.source
    age = row.age(as_of) if as_of is not None else None
    return [
        (source.key, "strong"),
        _or_unknown(str(source.dated) if source.dated else None),
        _or_unknown(short_age(age) if age is not None else None),
        (source.standing, "" if source.standing == "official" else "warning"),
        (str(len(row.carries)), "muted"),
        (source.title if len(source.title) <= room else _name(source.title), ""),
    ]


def _name(title: str) -> str:
    return title.rpartition("/")[2] if "/" in title.split(" ", 1)[0] else title


def _or_unknown(text: str | None) -> Span:
    return (text, "") if text else ("?", UNKNOWN.tone)


def sizes_of(columns: Sequence[Column], fitted: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Width of each column shown, by id."""
    return {columns[place].id: size for place, size in fitted}
