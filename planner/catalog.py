"""What documents say: releases, minors, ceilings, known issues and contradictions, each cited and dated.

The types of the knowledge and lookups on them. `planner.knowledge` reads the TOML into these; nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from planner.version import Build, KubernetesVersion, Minor, OsLine, Release


class CatalogError(ValueError):
    """The knowledge cannot be used. The message names file, entry and reason."""


class Basis(StrEnum):
    """How an update edge is known."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class UpdateEdge:
    """A way from one release to the entry that holds this edge."""

    origin: str
    """Key of the release entry it starts from."""
    basis: Basis
    from_build: str | None = None
    """Full build the origin must be on (becomes a check of the step), or None for any."""
    lines: frozenset[OsLine] | None = None
    """OS lines of the origin the edge is good for; None = whatever origin and target share."""
    note: str = ""


@dataclass(frozen=True)
class ReleaseEntry:
    """One Azure Local release. `offers` None = nobody published its list; it inherits nothing."""

    key: str
    """Unique: "2411", "2411.2", "11.2510", "12.2510"."""
    release: Release
    lines: frozenset[OsLine]
    kind: str
    is_feature: bool
    builds: tuple[str, ...]
    released: date | None
    """None = no date found."""
    support_ends: date | None
    """Published end of this release (PUB), or None."""
    support_ends_source: str
    line_ends: Mapping[OsLine, date]
    """Published umbrella end of an OS line as it covers this release (PUB); empty where none."""
    offers: tuple[KubernetesVersion, ...] | None
    offers_source: str
    """Citation of the list, or the reason why there is none."""
    updates_from: tuple[UpdateEdge, ...]
    extension: str | None
    confidence: str
    """official, observed, inferred or third_party."""
    notes: str
    source: str
    overlay: str | None = None
    """Name of the overlay file this entry came from, or None for the shipped catalog."""
    unknown: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why a value is unknown, by its name in the knowledge files ("offers", "released", …)."""

    @cached_property
    def lowest(self) -> Minor | None:
        """lo(R): the lowest minor offered, or None where the list is unknown."""
        return min(v.minor for v in self.offers) if self.offers else None

    @cached_property
    def highest(self) -> Minor | None:
        """hi(R): the highest minor offered, or None where the list is unknown."""
        return max(v.minor for v in self.offers) if self.offers else None


@dataclass(frozen=True, slots=True)
class MinorEntry:
    """One Kubernetes minor with both its clocks: AKS Arc (judged) and upstream (shown)."""

    minor: Minor
    upstream_release: date | None
    upstream_end: date | None
    aksarc_first: str | None
    """Key or text of the first release that offered it; None = unknown."""
    aksarc_last: str | None
    """Key of the last release with updates for it; None = unknown."""
    aksarc_end: date | None
    """Published end of AKS Arc support; None = none published."""
    announced: str
    """Where and when the end was announced, "" where nothing was."""
    notes: str
    sources: tuple[str, ...]
    overlay: str | None = None
    unknown: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why a value is unknown, by its name in the knowledge files."""


@dataclass(frozen=True, slots=True)
class WindowsCeiling:
    """How far a Windows node image goes."""

    sku: str
    last_minor: Minor
    last_release: Release
    """Last Azure Local release that ships the image."""
    retired: str
    """Month of retirement, as published (YYYY-MM)."""
    source: str
    overlay: str | None = None


class Stage(StrEnum):
    """What kind of move a risk belongs to."""

    HOP = "hop"
    RELEASE = "release"
    OS_PATCH = "os-patch"
    RECREATE = "recreate"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class RiskMatch:
    """When a risk applies to a move. All given conditions must hold; None = no condition.

    `on_*` is the release a hop is made on or an update starts from; `into_*` the release an update goes to.
    """

    stage: Stage
    on_first: Release | None = None
    on_last: Release | None = None
    into_first: Release | None = None
    into_last: Release | None = None
    line: OsLine | None = None
    target_minor_from: Minor | None = None
    """The hop's target minor is this or newer."""
    windows: bool = False
    """Only clusters with a Windows node pool."""
    image_not_ready: bool = False
    """Cleared where the live list says the node image of the target is ready."""
    fact: str = ""
    """A condition arcstep cannot read, in words ("Azure Policy or Gatekeeper is on"). Then the risk is *open*: to be
    ticked by a person. Empty = the match alone makes it known to apply."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A known issue that touches moves."""

    id: str
    title: str
    severity: str
    """high, medium or low."""
    match: RiskMatch
    cure: str
    detect: str
    fixed_in: str
    """Release or extension with the fix, in words; "unknown" where none was found."""
    source: str
    overlay: str | None = None
    affects: str = ""
    """Who is hit, in words."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A contradiction between documents, with both sides and what arcstep does."""

    id: str
    """C1 to C9 and later ones."""
    title: str
    sides: tuple[tuple[str, str], ...]
    """(claim, source) pairs, at least two."""
    ruling: str
    """Which reading arcstep follows, and why."""
    overlay: str | None = None
    releases: tuple[str, ...] = ()
    """Keys of the releases it is about; empty where it is about none in particular."""
    minors: tuple[Minor, ...] = ()
    """The minors it is about, likewise."""


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One policy rule P1 to P28 in arcstep's words, with where it lives in the program."""

    id: str
    title: str
    text: str
    source: str
    kind: str
    """finding, move, clock, check or scope: what the rule became."""
    codes: tuple[str, ...]
    """What carries it; members of `planner.codes.CARRIERS`."""
    overlay: str | None = None


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """One line of the Support scope view: what is supported or not, and who is responsible."""

    id: str
    section: str
    """Section of the support policy it comes from."""
    text: str
    supported: str
    """yes, no, best effort or conditional."""
    owner: str
    """Microsoft, cluster operator, Azure Local owner, or shared."""
    source: str
    url: str = ""
    overlay: str | None = None


@dataclass(frozen=True, slots=True)
class PolicySection:
    """One section of the support policy and what it became; the table is tested complete."""

    title: str
    carried_by: tuple[str, ...]
    """Finding codes, clock names, policy rule ids or scope line ids."""


@dataclass(frozen=True, slots=True)
class RemovedApi:
    """An API that Kubernetes no longer serves from a minor on: a check of the hop into it."""

    minor: Minor
    api: str
    replacement: str
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document that entries cite by its short key."""

    key: str
    title: str
    dated: date | None
    """Date of the edition that was read; None where it carries none."""
    standing: str
    """official (Microsoft), form factor (Microsoft, about another product form), upstream, or third party."""
    overlay: str | None = None

    def __str__(self) -> str:
        return f"{self.title}, {self.dated.isoformat() if self.dated else 'undated'}"


@dataclass(frozen=True)
class Catalog:
    """All knowledge, releases in order of time. Immutable; lookups are built once."""

    newest_fact: date
    """Date of the newest fact; the age of the catalog is counted from here."""
    compiled: date
    releases: tuple[ReleaseEntry, ...]
    minors: tuple[MinorEntry, ...]
    windows: tuple[WindowsCeiling, ...]
    risks: tuple[Risk, ...]
    disputes: tuple[Dispute, ...]
    rules: tuple[PolicyRule, ...]
    scope: tuple[ScopeLine, ...]
    sections: tuple[PolicySection, ...]
    removed_apis: tuple[RemovedApi, ...]
    sources: Mapping[str, str]
    """Short citation key (SKV, CU, …) to full title with commit and date."""
    documented_hops: Mapping[str, tuple[KubernetesVersion, ...]]
    """Published edges for 2602 and later (security bulletin): from version text to targets."""
    overlays: tuple[str, ...] = ()
    """Names of the overlay files, in the order they were laid on."""
    documents: tuple[Source, ...] = ()
    """The sources with date and standing."""
    newest_source: str = ""
    """Citation key of the newest fact."""
    hop_sources: Mapping[str, str] = field(default_factory=dict[str, str])
    """Citation of each of `documented_hops`."""

    @cached_property
    def by_key(self) -> Mapping[str, ReleaseEntry]:
        """Releases by key."""
        return {entry.key: entry for entry in self.releases}

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Index of each release key in order of time; 11.2510 stands before 12.2510."""
        return {entry.key: place for place, entry in enumerate(self.releases)}

    @cached_property
    def minor_entries(self) -> Mapping[Minor, MinorEntry]:
        """Minors by value."""
        return {entry.minor: entry for entry in self.minors}

    @cached_property
    def risk_by_id(self) -> Mapping[str, Risk]:
        """Risks by id."""
        return {risk.id: risk for risk in self.risks}

    @cached_property
    def rule_by_id(self) -> Mapping[str, PolicyRule]:
        """Policy rules by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def dispute_by_id(self) -> Mapping[str, Dispute]:
        """Disputes by id."""
        return {dispute.id: dispute for dispute in self.disputes}

    def disputes_about(self, releases: Container[str], minors: Container[Minor]) -> frozenset[str]:
        """Ids of the disputes about one of these releases or minors."""
        return frozenset(
            one.id
            for one in self.disputes
            if any(key in releases for key in one.releases) or any(minor in minors for minor in one.minors)
        )

    @cached_property
    def ceiling_by_sku(self) -> Mapping[str, WindowsCeiling]:
        """Windows ceilings by lower-cased SKU."""
        return {ceiling.sku.casefold(): ceiling for ceiling in self.windows}

    @cached_property
    def _by_release(self) -> Mapping[tuple[Release, OsLine], ReleaseEntry]:
        return {(entry.release, line): entry for entry in self.releases for line in entry.lines}

    def entry(self, release: Release, line: OsLine) -> ReleaseEntry | None:
        """The entry for a release on an OS line; None where the catalog does not know it."""
        return self._by_release.get((release, line))

    def entry_of(self, build: Build) -> ReleaseEntry | None:
        """The entry an instance's build belongs to; None where the catalog does not know it."""
        return self.entry(build.release, build.line)

    def cited(self, source: str) -> tuple[tuple[str, str], ...]:
        """(key, full source) pairs of a citation such as "SKV, WN"; a text that is no key stands for itself."""
        return tuple((key, self.sources.get(key, key)) for key in source.split(", ") if key)

    def documented_targets(self, version: KubernetesVersion) -> tuple[KubernetesVersion, ...] | None:
        """Published targets of a version on 2602 and later; None where the bulletin does not name it."""
        if (exact := self.documented_hops.get(str(version))) is not None:
            return exact
        for origin, targets in self.documented_hops.items():
            if origin.endswith(" or earlier") and version.minor <= Minor.parse(origin.removesuffix(" or earlier")):
                return targets
        return None
