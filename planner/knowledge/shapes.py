"""From entries to the types of the catalog, one function a kind. References between entries: see `checks`."""

from __future__ import annotations

from datetime import date

from planner.catalog import (
    Basis,
    Dispute,
    MinorEntry,
    PolicyRule,
    PolicySection,
    ReleaseEntry,
    RemovedApi,
    Risk,
    RiskMatch,
    ScopeLine,
    Source,
    Stage,
    UpdateEdge,
    WindowsCeiling,
)
from planner.knowledge.entry import Entry, shown
from planner.version import Build, KubernetesVersion, Minor, OsLine, Release

CONFIDENCE = ("official", "observed", "inferred", "third_party")
RULE_KINDS = ("finding", "move", "clock", "check", "scope")
STANDINGS = ("official", "form factor", "upstream", "third party")
SEVERITIES = ("high", "medium", "low")
OWNERS = ("Microsoft", "cluster operator", "Azure Local owner", "shared")
SUPPORTED = ("yes", "no", "best effort", "conditional")


def release_of(key: str) -> Release:
    """The label of a release key: "2411.2" is itself, "11.2510" and "12.2510" are 2510. Raises InvalidVersion."""
    prefix, dot, rest = key.partition(".")
    return Release.parse(rest if dot and prefix in ("10", "11", "12") else key)


def release(entry: Entry) -> ReleaseEntry:
    """A release with its list, its edges and its ends."""
    key = entry.text("key")
    offers = entry.unless_unknown("offers", lambda name: entry.all_parsed(name, KubernetesVersion.parse))
    ends = entry.unless_unknown("support_ends", entry.day)
    line_ends = entry.unless_unknown("line_ends", entry.days) or {}
    edges = entry.unless_unknown("updates_from", entry.tables) or ()
    found = ReleaseEntry(
        key=key,
        release=entry.parsed("key", release_of),
        lines=frozenset(entry.all_parsed("lines", OsLine)),
        kind=entry.text("kind"),
        is_feature=entry.flag("feature"),
        builds=entry.texts("builds"),
        released=entry.unless_unknown("released", entry.day),
        support_ends=ends,
        support_ends_source=entry.sources("support_ends_source") if ends else entry.reasons["support_ends"],
        line_ends={_line(entry, name): day for name, day in line_ends.items()},
        offers=offers,
        offers_source=entry.reasons["offers"] if offers is None else entry.sources("offers_source"),
        updates_from=tuple(edge(item) for item in edges),
        extension=entry.unless_unknown("extension", entry.text),
        confidence=entry.choice("confidence", CONFIDENCE),
        notes=entry.text("notes", empty=True),
        source=entry.sources(),
        overlay=entry.overlay,
        unknown=entry.reasons,
    )
    for text in found.builds:
        _build(entry, text, found)
    return found


def edge(entry: Entry) -> UpdateEdge:
    """A way into the release that holds it; `build`, `lines` and `note` are optional."""
    found = UpdateEdge(
        origin=entry.text("from"),
        basis=entry.member("basis", Basis),
        from_build=str(entry.parsed("build", Build.parse)) if entry.has("build") else None,
        lines=frozenset(entry.all_parsed("lines", OsLine)) if entry.has("lines") else None,
        note=entry.text("note") if entry.has("note") else "",
    )
    entry.close()
    return found


def minor(entry: Entry) -> MinorEntry:
    """A Kubernetes minor with both clocks."""
    return MinorEntry(
        minor=entry.parsed("minor", Minor.parse),
        upstream_release=entry.unless_unknown("upstream_release", entry.day),
        upstream_end=entry.unless_unknown("upstream_end", entry.day),
        aksarc_first=entry.unless_unknown("aksarc_first", entry.text),
        aksarc_last=entry.unless_unknown("aksarc_last", entry.text),
        aksarc_end=entry.unless_unknown("aksarc_end", entry.day),
        announced=entry.text("announced", empty=True),
        notes=entry.text("notes", empty=True),
        sources=tuple(entry.sources().split(", ")),
        overlay=entry.overlay,
        unknown=entry.reasons,
    )


def windows(entry: Entry) -> WindowsCeiling:
    """How far a Windows node image goes."""
    return WindowsCeiling(
        sku=entry.text("sku"),
        last_minor=entry.parsed("last_minor", Minor.parse),
        last_release=entry.parsed("last_release", Release.parse),
        retired=entry.parsed("retired", _month),
        source=entry.sources(),
        overlay=entry.overlay,
    )


def risk(entry: Entry) -> Risk:
    """A known issue with the moves it touches."""
    return Risk(
        id=entry.text("id"),
        title=entry.text("title"),
        severity=entry.choice("severity", SEVERITIES),
        match=match(entry.table("match")),
        cure=entry.text("cure"),
        detect=entry.unless_unknown("detect", entry.text) or "",
        fixed_in=entry.unless_unknown("fixed_in", entry.text) or "unknown",
        source=entry.sources(),
        overlay=entry.overlay,
        affects=entry.text("affects"),
    )


def match(entry: Entry) -> RiskMatch:
    """When a risk applies; only `stage` is required."""

    def label(key: str) -> Release | None:
        return entry.parsed(key, Release.parse) if entry.has(key) else None

    found = RiskMatch(
        stage=entry.member("stage", Stage),
        on_first=label("on_first"),
        on_last=label("on_last"),
        into_first=label("into_first"),
        into_last=label("into_last"),
        line=entry.member("line", OsLine) if entry.has("line") else None,
        target_minor_from=entry.parsed("target_minor_from", Minor.parse) if entry.has("target_minor_from") else None,
        windows=entry.flag("windows") if entry.has("windows") else False,
        image_not_ready=entry.flag("image_not_ready") if entry.has("image_not_ready") else False,
        fact=entry.text("fact") if entry.has("fact") else "",
    )
    entry.close()
    for side, first, last in (("on", found.on_first, found.on_last), ("into", found.into_first, found.into_last)):
        if first and last and last < first:
            entry.fail(f"{side}_last {last} is before {side}_first {first}")
    return found


def dispute(entry: Entry) -> Dispute:
    """A contradiction with both sides."""
    sides: list[tuple[str, str]] = []
    for side in entry.tables("sides"):
        sides.append((side.text("claim"), side.sources()))
        side.close()
    if len(sides) < 2:
        entry.fail("sides must hold at least two claims")
    releases = entry.texts("releases") if entry.has("releases") else ()
    minors = entry.all_parsed("minors", Minor.parse) if entry.has("minors") else ()
    name, title, ruling = entry.text("id"), entry.text("title"), entry.text("ruling")
    return Dispute(name, title, tuple(sides), ruling, entry.overlay, releases, minors)


def policy(entry: Entry) -> PolicyRule:
    """A policy rule and what it became."""
    return PolicyRule(
        id=entry.text("id"),
        title=entry.text("title"),
        text=entry.text("text"),
        source=entry.sources(),
        kind=entry.choice("kind", RULE_KINDS),
        codes=entry.texts("codes") or entry.fail("codes is empty"),
        overlay=entry.overlay,
    )


def scope(entry: Entry) -> ScopeLine:
    """A line of the Support scope view."""
    return ScopeLine(
        id=entry.text("id"),
        section=entry.text("section"),
        text=entry.text("text"),
        supported=entry.choice("supported", SUPPORTED),
        owner=entry.choice("owner", OWNERS),
        source=entry.sources(),
        url=entry.text("url") if entry.has("url") else "",
        overlay=entry.overlay,
    )


def section(entry: Entry) -> PolicySection:
    """A heading of the support policy and what carries it."""
    return PolicySection(entry.text("title"), entry.texts("carried_by") or entry.fail("carried_by is empty"))


def removed_api(entry: Entry) -> RemovedApi:
    """An API that is no longer served from a minor on."""
    return RemovedApi(entry.parsed("minor", Minor.parse), entry.text("api"), entry.text("replacement"), entry.sources())


def hop(entry: Entry) -> tuple[str, tuple[KubernetesVersion, ...], str]:
    """Origin, published targets on release 2602 and later (may be none) and source."""
    origin = entry.text("origin")
    entry.parsed("origin", _origin)
    return origin, entry.all_parsed("targets", KubernetesVersion.parse), entry.sources()


def source(entry: Entry) -> Source:
    """A document that entries cite by key."""
    return Source(
        key=entry.text("key"),
        title=entry.text("title"),
        dated=entry.unless_unknown("dated", entry.day),
        standing=entry.choice("standing", STANDINGS),
        overlay=entry.overlay,
    )


def _month(text: str) -> str:
    return f"{date.fromisoformat(f'{text}-01'):%Y-%m}"


def _origin(text: str) -> object:
    bound = text.removesuffix(" or earlier")
    return KubernetesVersion.parse(text) if bound == text else Minor.parse(bound)


def _line(entry: Entry, name: str) -> OsLine:
    if name not in list(OsLine):
        entry.fail(f"line_ends names {shown(name)}, must be one of: {', '.join(OsLine)}")
    return OsLine(name)


def _build(entry: Entry, text: str, found: ReleaseEntry) -> None:
    try:
        build = Build.parse(text)
    except ValueError as problem:
        entry.fail(f"builds: {problem}")
    if build.release != found.release or build.line not in found.lines:
        entry.fail(f"build {text} is release {build.release} on {build.line}, not this one")
