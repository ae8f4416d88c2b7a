"""What must hold between entries: nothing points into the void, and time runs forward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from planner.catalog import (
    Catalog,
    CatalogError,
    MinorEntry,
    PolicySection,
    ReleaseEntry,
    Risk,
    UpdateEdge,
)
from planner.codes import CARRIERS
from planner.version import Build, OsLine, Release

Files = Mapping[tuple[str, str], str]
"""File of each entry, by (kind, id)."""


def check(catalog: Catalog, files: Files) -> None:
    """Raise CatalogError at the first thing that does not hold."""
    _Checks(catalog, files).run()


def place(entry: ReleaseEntry) -> tuple[Release, bool]:
    """The place of a release in order of time; the 23H2 build of a month stands before the 24H2 one."""
    return entry.release, OsLine.H23 not in entry.lines


class _Checks:
    def __init__(self, catalog: Catalog, files: Files) -> None:
        self.catalog = catalog
        self.files = files
        self.labels = {entry.release for entry in catalog.releases}

    def fail(self, kind: str, name: str, reason: str) -> None:
        raise CatalogError(f"{self.files.get((kind, name), 'catalog')}: {kind} {name}: {reason}")

    def run(self) -> None:
        self._order()
        self._ground()
        for entry in self.catalog.releases:
            self._release(entry)
        self._minors(self.catalog.minors)
        for ceiling in self.catalog.windows:
            self._label("windows", ceiling.sku, "last_release", ceiling.last_release)
        for risk in self.catalog.risks:
            self._risk(risk)
        for rule in self.catalog.rules:
            self._named("policy", rule.id, "codes", rule.codes, CARRIERS)
        for dispute in self.catalog.disputes:
            self._named("dispute", dispute.id, "releases", dispute.releases, self.catalog.by_key)
            self._named("dispute", dispute.id, "minors", map(str, dispute.minors), map(str, self.catalog.minor_entries))
        self._sections(self.catalog.sections)
        self._citations()

    def _order(self) -> None:
        latest: date | None = None
        for before, entry in zip((None, *self.catalog.releases), self.catalog.releases, strict=False):
            if before and place(entry) <= place(before):
                self.fail("release", entry.key, f"stands after {before.key}; releases must be in order of time")
            if before and entry.release.label != before.release.label and entry.released is None:
                continue
            same_label = before is not None and entry.release.label == before.release.label
            floor = before.released if before and same_label else latest
            if entry.released and floor and entry.released < floor:
                self.fail("release", entry.key, f"released {entry.released} is before {floor}, the release before it")
            if entry.released and not entry.release.point:
                latest = entry.released

    def _ground(self) -> None:
        owner: dict[tuple[Release, OsLine], str] = {}
        for entry in self.catalog.releases:
            for line in sorted(entry.lines):
                if (held := owner.setdefault((entry.release, line), entry.key)) != entry.key:
                    self.fail("release", entry.key, f"release {held} already stands for {entry.release} on {line}")

    def _release(self, entry: ReleaseEntry) -> None:
        ends = [("support_ends", entry.support_ends), *((f"line_ends.{k}", v) for k, v in entry.line_ends.items())]
        for name, end in ends:
            if entry.released and end and end <= entry.released:
                self.fail("release", entry.key, f"{name} {end} is not after released {entry.released}")
        if not entry.lines:
            self.fail("release", entry.key, "lines is empty")
        for line in entry.line_ends:
            if line not in entry.lines:
                self.fail("release", entry.key, f"line_ends names {line}, which is not one of its lines")
        if entry.offers is not None and (not entry.offers or list(entry.offers) != sorted(entry.offers)):
            self.fail("release", entry.key, "offers must list at least one version, in rising order")
        seen: set[tuple[object, ...]] = set()
        for edge in entry.updates_from:
            identity = (edge.origin, edge.from_build, edge.lines)
            if identity in seen:
                self.fail("release", entry.key, f"updates_from names {edge.origin} twice")
            seen.add(identity)
            self._edge(entry, edge)

    def _edge(self, entry: ReleaseEntry, edge: UpdateEdge) -> None:
        origin = self.catalog.by_key.get(edge.origin)
        if origin is None:
            self.fail("release", entry.key, f"updates_from names release {edge.origin}, which is not in the catalog")
            return
        if place(origin) >= place(entry):
            self.fail("release", entry.key, f"updates_from names {edge.origin}, which is not an earlier release")
        if edge.lines is None and not origin.lines & entry.lines:
            self.fail("release", entry.key, f"the update from {edge.origin} changes the OS line; say lines")
        if edge.lines is not None and not (edge.lines and edge.lines <= origin.lines):
            self.fail("release", entry.key, f"the update from {edge.origin} names lines that release does not have")
        if edge.from_build is not None:
            build = Build.parse(edge.from_build)
            if build.release != origin.release or build.line not in origin.lines:
                self.fail("release", entry.key, f"build {edge.from_build} does not belong to release {edge.origin}")

    def _minors(self, minors: Sequence[MinorEntry]) -> None:
        for before, entry in zip((None, *minors), minors, strict=False):
            name = str(entry.minor)
            if before and entry.minor <= before.minor:
                self.fail("minor", name, f"stands after {before.minor}; minors must be in rising order")
            started = entry.upstream_release
            if before and started and before.upstream_release and started <= before.upstream_release:
                self.fail("minor", name, f"upstream_release {started} is not after that of {before.minor}")
            for key, end in (("upstream_end", entry.upstream_end), ("aksarc_end", entry.aksarc_end)):
                if started and end and end <= started:
                    self.fail("minor", name, f"{key} {end} is not after upstream_release {started}")
            self._span(entry, name)

    def _span(self, entry: MinorEntry, name: str) -> None:
        found: list[Release] = []
        for key, text in (("aksarc_first", entry.aksarc_first), ("aksarc_last", entry.aksarc_last)):
            if text is None:
                continue
            label = text.removesuffix(" or older")
            release = next((r.release for r in self.catalog.releases if label in (r.key, str(r.release))), None)
            if release is None:
                self.fail("minor", name, f"{key} names release {label}, which is not in the catalog")
            else:
                found.append(release)
        if len(found) == 2 and found[1] < found[0]:
            self.fail("minor", name, f"aksarc_last {entry.aksarc_last} is before aksarc_first {entry.aksarc_first}")

    def _risk(self, risk: Risk) -> None:
        match = risk.match
        for key in ("on_first", "on_last", "into_first", "into_last"):
            label: Release | None = getattr(match, key)
            if label is not None:
                self._label("risk", risk.id, f"match: {key}", label)

    def _label(self, kind: str, name: str, key: str, label: Release) -> None:
        if label not in self.labels:
            self.fail(kind, name, f"{key} names release {label}, which is not in the catalog")

    def _sections(self, sections: Sequence[PolicySection]) -> None:
        rules = {rule.id for rule in self.catalog.rules}
        lines = {line.id for line in self.catalog.scope}
        for section in sections:
            self._named("section", section.title, "carried_by", section.carried_by, {*CARRIERS, *rules, *lines})
        titles = {section.title for section in sections}
        for line in self.catalog.scope:
            self._named("scope", line.id, "section", (line.section,), titles)

    def _named(self, kind: str, name: str, key: str, names: Iterable[str], known: Iterable[str]) -> None:
        there = set(known)
        missing = [text for text in names if text not in there]
        if missing:
            self.fail(kind, name, f"{key} names {missing[0]!r}, which does not exist")

    def _citations(self) -> None:
        catalog = self.catalog
        cited: list[tuple[str, str, str]] = [("catalog", "newest_fact_source", catalog.newest_source)]
        for entry in catalog.releases:
            cited.append(("release", entry.key, entry.source))
            if entry.offers is not None:
                cited.append(("release", entry.key, entry.offers_source))
            if entry.support_ends is not None:
                cited.append(("release", entry.key, entry.support_ends_source))
        cited += [("minor", str(entry.minor), ", ".join(entry.sources)) for entry in catalog.minors]
        cited += [("windows", ceiling.sku, ceiling.source) for ceiling in catalog.windows]
        cited += [("risk", risk.id, risk.source) for risk in catalog.risks]
        cited += [("dispute", item.id, source) for item in catalog.disputes for _, source in item.sides]
        cited += [("policy", rule.id, rule.source) for rule in catalog.rules]
        cited += [("scope", line.id, line.source) for line in catalog.scope]
        cited += [("removed_api", item.api, item.source) for item in catalog.removed_apis]
        cited += [("hop", origin, source) for origin, source in catalog.hop_sources.items()]
        for kind, name, source in cited:
            for key in source.split(", "):
                if key not in catalog.sources:
                    self.fail(kind, name, f"source {key!r} is not in the list of sources")
