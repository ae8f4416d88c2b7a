"""A small catalog written by hand, so that each test of a judgement shows the knowledge it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from planner.catalog import Catalog, MinorEntry, ReleaseEntry, WindowsCeiling
from planner.version import KubernetesVersion, Minor, OsLine, Release

BANNER = date(2025, 10, 31)
"""The published end of the 23H2 releases up to 2509."""
LIST_2411 = "1.27.7 1.27.9 1.28.5 1.28.9 1.29.2 1.29.4"
LIST_2503 = "1.28.12 1.28.14 1.29.7 1.29.9 1.30.3 1.30.4"
LIST_2508 = "1.29.12 1.29.13 1.30.8 1.30.9 1.31.4 1.31.5"
LIST_2510 = "1.30.13 1.30.14 1.31.9 1.31.10 1.32.5 1.32.6"
LIST_2602 = "1.31.12 1.31.13 1.32.8 1.32.9 1.33.4 1.33.5"


def day(text: str) -> date:
    return date.fromisoformat(text)


def release(
    key: str,
    released: str | None = None,
    offers: str | None = None,
    *,
    lines: Sequence[OsLine] = (OsLine.H23, OsLine.H24),
    ends: str | None = None,
    banner: bool = False,
) -> ReleaseEntry:
    label = key.split(".", 1)[1] if key.startswith(("11.", "12.")) else key
    return ReleaseEntry(
        key=key,
        release=Release.parse(label),
        lines=frozenset(lines),
        kind="cumulative",
        is_feature=False,
        builds=(),
        released=day(released) if released else None,
        support_ends=day(ends) if ends else None,
        support_ends_source="REL" if ends else "",
        line_ends={OsLine.H23: BANNER} if banner else {},
        offers=tuple(KubernetesVersion.parse(text) for text in offers.split()) if offers else None,
        offers_source=f"list of {key}" if offers else "nobody published one",
        updates_from=(),
        extension=None,
        confidence="official",
        notes="",
        source="REL",
    )


def minor(number: str, *, end: str | None = None, upstream: str | None = None, born: str | None = None) -> MinorEntry:
    return MinorEntry(
        minor=Minor.parse(number),
        upstream_release=day(born) if born else None,
        upstream_end=day(upstream) if upstream else None,
        aksarc_first=None,
        aksarc_last=None,
        aksarc_end=day(end) if end else None,
        announced="SKV, 2025-07-17" if end else "",
        notes="",
        sources=("SKV",),
    )


RELEASES = (
    release("2411", "2024-11-14", LIST_2411, lines=[OsLine.H23], banner=True),
    release("2411.1", "2024-12-17", lines=[OsLine.H23], banner=True),
    release("2503", "2025-03-31", LIST_2503, lines=[OsLine.H23], banner=True),
    release("2508", "2025-08-29", LIST_2508, banner=True),
    release("2509", "2025-09-22", LIST_2508, banner=True),
    release("11.2510", "2025-10-24", LIST_2510, lines=[OsLine.H23], ends="2026-04-30"),
    release("12.2510", "2025-11-05", LIST_2510, lines=[OsLine.H24]),
    release("2511", "2025-11-18", lines=[OsLine.H24]),
    release("2601", "2026-01-22", lines=[OsLine.H24]),
    release("2602", "2026-02-17", LIST_2602, lines=[OsLine.H24]),
    release("2604", None, LIST_2602, lines=[OsLine.H24]),
    release("2606", None, lines=[OsLine.H24]),
)
MINORS = (
    minor("1.28", end="2025-08-31", upstream="2024-10-22", born="2023-08-15"),
    minor("1.29", end="2025-10-31", upstream="2025-02-28", born="2023-12-13"),
    minor("1.30", upstream="2025-07-15", born="2024-04-17"),
    minor("1.31", upstream="2025-11-11", born="2024-08-13"),
    minor("1.32", upstream="2026-02-28", born="2024-12-11"),
    minor("1.33", upstream="2026-06-28", born="2025-04-23"),
    minor("1.34", upstream="2026-10-27", born="2025-08-27"),
    minor("1.35", upstream="2027-02-28", born="2025-12-17"),
    minor("1.36", upstream="2027-06-28", born="2026-04-22"),
)
CEILINGS = (
    WindowsCeiling("Windows2019", Minor(1, 32), Release(25, 10), "2026-03", "WIN"),
    WindowsCeiling("Windows2022", Minor(1, 34), Release(26, 3), "2026-10", "WIN"),
)


def small_catalog(
    releases: Iterable[ReleaseEntry] = RELEASES,
    minors: Iterable[MinorEntry] = MINORS,
    *,
    newest_fact: str = "2026-05-18",
) -> Catalog:
    return Catalog(
        newest_fact=day(newest_fact),
        compiled=day(newest_fact),
        releases=tuple(releases),
        minors=tuple(minors),
        windows=CEILINGS,
        risks=(),
        disputes=(),
        rules=(),
        scope=(),
        sections=(),
        removed_apis=(),
        sources={},
        documented_hops={},
    )
