"""The knowledge, and what an overlay changes in it, as lines of plain text of at most 80 cells where words allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from planner.catalogdiff import CatalogDiff, Change, Difference, Effect
from planner.cli.table import columns
from planner.clocks import RULE_WORDS
from planner.documents.grid import grid, wrapped
from planner.insight.matrix import ReleaseRow
from planner.insight.minors import MinorRow
from planner.insight.view import KnowledgeView, age_words

WIDTH: Final = 80
_SIGNS: Final = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}


def view_lines(view: KnowledgeView, as_of: date) -> Iterator[str]:
    """The whole view: matrix, support ends, minors, ceilings, contradictions, documents."""
    catalog = view.catalog
    overlays = f", with {', '.join(catalog.overlays)}" if catalog.overlays else ""
    yield from wrapped(
        f"Catalog compiled {catalog.compiled}{overlays}. Newest fact {catalog.newest_fact} "
        f"[{catalog.newest_source}]: {age_words(view.age(as_of))} on {as_of}.",
        WIDTH,
    )
    yield from _section("Patches offered by each release", _matrix(view))
    yield from _after(
        f'"?" = nobody published the list ({view.unknown_lists} of {len(view.releases)} releases). arcstep passes through '
        'such a release and never hops on it. "-" = not on the list.'
    )
    for reason, keys in _reasons(view).items():
        yield from grid([("", f"{' '.join(keys)}: {reason}.")], [0, WIDTH - 2])
    yield from _section("Releases: support, and which minors they strand", _support(view, as_of))
    yield from _after(
        "ENDS is the earliest day any rule gives (C11). "
        + ", ".join(f"{rule}: {words}" for rule, words in RULE_WORDS.items())
        + ". AGE is that of the list. STRANDS = this minor and all older ones are left without a legal hop (P11, P18)."
    )
    yield from _section("Minors: AKS Arc end (judged) and upstream end (shown)", _minors(view))
    yield from _after(
        "published: the published end. removal: 30 days after the first release without the minor (P3). not set: the newest "
        "list known offers it. STRANDED ON = the first release that strands it for certain."
    )
    yield from _section("Windows node pools", _ceilings(view))
    yield from _section("Where documents disagree", _disputes(view))
    yield from _section("Documents", _sources(view, as_of))
    yield from _after("FACTS = how many entries cite it. --json names them, with the age of every fact.")


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield from ("", title, "")
    yield from lines


def _after(text: str) -> Iterator[str]:
    yield ""
    yield from wrapped(text, WIDTH)


def _matrix(view: KnowledgeView) -> list[str]:
    head = ["RELEASE", *map(str, view.listed)]
    rows = [[row.entry.key, *(cell.words or "-" for cell in row.cells)] for row in view.releases]
    return columns(head, rows)


def _reasons(view: KnowledgeView) -> dict[str, list[str]]:
    """Releases without a list, by why there is none."""
    found: dict[str, list[str]] = {}
    for row in view.releases:
        if row.entry.offers is None:
            found.setdefault(row.entry.offers_source, []).append(row.entry.key)
    return found


def _support(view: KnowledgeView, as_of: date) -> list[str]:
    head = ("RELEASE", "RELEASED", "ENDS", "BY", "LATEST", "AGE", "STRANDS", "CANNOT JUDGE")
    return columns(head, [cells for row in view.releases for cells in _support_rows(row, view, as_of)])


def _support_rows(row: ReleaseRow, view: KnowledgeView, as_of: date) -> Iterator[tuple[str, ...]]:
    """One line, or one for each OS line where they end on different days."""
    entry, strands = row.entry, row.strands
    fact = view.about("list", entry.key)
    age = fact.age(as_of) if fact is not None else None
    aged = "?" if age is None else f"{age} d"
    first, *others = row.ends if row.is_split else (row.end,)
    name = f"{entry.key} {first.line}" if row.is_split else entry.key
    upto = str(strands.upto) if strands.upto is not None else "?"
    dates = (str(first.day), first.rule, str(first.latest))
    yield name, str(entry.released or "?"), *dates, aged, upto, strands.doubt or "-"
    for end in others:
        yield f"{entry.key} {end.line}", "", str(end.day), end.rule, str(end.latest), "", "", ""


def _minors(view: KnowledgeView) -> list[str]:
    head = ("MINOR", "AKS ARC END", "BY", "FIRST", "LAST", "STRANDED ON", "UPSTREAM END")
    return columns(head, [_minor(row) for row in view.minors])


def _minor(row: MinorRow) -> tuple[str, ...]:
    entry, end = row.entry, row.end
    day = str(end.day) if end.day is not None else "?" if end.basis == "unknown" else "-"
    return (
        str(entry.minor),
        day,
        str(end.basis),
        entry.aksarc_first or "?",
        entry.aksarc_last or "?",
        row.stranded_on or "?",
        str(entry.upstream_end or "?"),
    )


def _ceilings(view: KnowledgeView) -> list[str]:
    head = ("IMAGE", "LAST MINOR", "LAST RELEASE", "RETIRED", "SOURCE")
    rows = [
        (one.sku, str(one.last_minor), str(one.last_release), one.retired, one.source) for one in view.catalog.windows
    ]
    return columns(head, rows)


def _disputes(view: KnowledgeView) -> list[str]:
    lines: list[str] = []
    for dispute in view.disputes:
        lines += grid([(dispute.id, dispute.title)], [4, WIDTH - 6])
        lines += grid([("", "-", f"{claim} [{source}]") for claim, source in dispute.sides], [4, 1, WIDTH - 9])
        lines += grid([("", "=", dispute.ruling)], [4, 1, WIDTH - 9])
    return lines


def _sources(view: KnowledgeView, as_of: date) -> list[str]:
    """Two lines a document: titles are too long for a column."""
    head = ("KEY", "DATED", "AGE", "STANDING", "FACTS")
    rows: list[tuple[str, ...]] = []
    for row in view.sources:
        age = row.age(as_of)
        aged = "?" if age is None else f"{age} d"
        rows.append((row.source.key, str(row.source.dated or "?"), aged, row.source.standing, str(len(row.carries))))
    first, *lines = columns(head, rows)
    found = [first]
    for line, row in zip(lines, view.sources, strict=True):
        found += [line, *grid([("", row.source.title)], [0, WIDTH - 4])]
    return found


def diff_lines(diff: CatalogDiff) -> Iterator[str]:
    """What an overlay changes: entries with both readings, then what follows for releases and minors."""
    against = f"the catalog with {', '.join(diff.base)}" if diff.base else "the shipped catalog"
    name = ", ".join(diff.overlays) or "The second catalog"
    counts = ", ".join(f"{diff.count(change)} {change}" for change in Change if diff.count(change))
    yield from wrapped(f"{name} against {against}: {counts or 'nothing differs'}.", WIDTH)
    for entry in diff.entries:
        yield ""
        yield from _difference(entry)
    if diff.effects:
        yield from ("", "What follows", "")
        for effect in diff.effects:
            yield from _effect(effect)


def _difference(entry: Difference) -> Iterator[str]:
    overlay = f"  [{entry.overlay}]" if entry.overlay else ""
    yield from wrapped(f"{_SIGNS[entry.change]} {entry.kind} {entry.name}{overlay}", WIDTH)
    for facet in entry.facets:
        rows: list[tuple[str, str, str, str]] = []
        if entry.change is Change.CHANGED:
            rows = [("", facet.what, "", facet.before or "nothing"), ("", "", "->", facet.after or "nothing")]
        else:
            rows = [("", facet.what, "", facet.after or facet.before or "")]
        yield from grid(rows, [0, 20, 2, WIDTH - 28])


def _effect(effect: Effect) -> Iterator[str]:
    rows = [("", f"{effect.subject}: {effect.what}", "", effect.before), ("", "", "->", effect.after)]
    yield from grid(rows, [0, 34, 2, WIDTH - 42])
