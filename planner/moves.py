"""The graph: from a state, which moves are legal, which are refused, and by which rule.

A state is where a cluster stands: the platform (release and OS line) and its Kubernetes version. Everything else that
decides a move (live list, Windows pools, refused updates) is the `Ground` the search runs on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from planner.alike import Same
from planner.catalog import Basis, Catalog, ReleaseEntry
from planner.offers import lowest_of
from planner.proven import Proofs, Standing, disproof, judged
from planner.version import KubernetesVersion, Minor, OsLine


class Platform(NamedTuple):
    """An Azure Local release on an OS line: 2509 on 23H2 goes by 11.2510, on 24H2 by 12.2510."""

    key: str
    line: OsLine


NOWHERE = Platform("", OsLine.H24)
"""The platform of a ground that nobody stands on."""


class State(NamedTuple):
    """Where a cluster stands."""

    platform: Platform
    version: KubernetesVersion


class MoveKind(StrEnum):
    """The two kinds of edge."""

    HOP = "hop"
    RELEASE = "release"


class LegalMove(NamedTuple):
    """One edge that may be taken."""

    kind: MoveKind
    origin: State
    target: State
    basis: str
    """live or catalog for hops; documented, observed or rule for release updates."""
    rules: tuple[str, ...]
    from_builds: tuple[str, ...] = ()
    """Builds of which the instance must be on one before the update; empty = any."""
    recovery: bool = False
    """A documented-but-warned skip out of a stranded place (P12, P13)."""
    profiled: bool = False
    """Named by the cluster's own upgrade profile."""


class Refusal(StrEnum):
    """Why a release update or a hop is refused."""

    STRANDS = "would strand the cluster"
    CANNOT_JUDGE = "cannot be judged"
    NEIGHBOUR = "would strand a neighbour"
    CEILING = "Windows ceiling"
    NO_IMAGE = "Windows image no longer shipped"
    NO_LIST = "list unknown"
    NOT_OFFERED = "not offered"
    SKIP = "skips minors"

    @property
    def is_missing_knowledge(self) -> bool:
        """True where nobody knows, False where a rule forbids."""
        return self in (Refusal.CANNOT_JUDGE, Refusal.NO_LIST)


@dataclass(frozen=True, slots=True)
class Ground:
    """What decides the legality of moves apart from the state; equal grounds share one table."""

    here: Platform
    live: tuple[KubernetesVersion, ...] | None = None
    """Non-preview versions offered on `here` now, ascending; None = not read, the catalog stands in."""
    previews: tuple[KubernetesVersion, ...] = ()
    """Previews on the live list: no hop goes there, but where nothing else is offered they bound the list."""
    live_edges: tuple[tuple[KubernetesVersion, tuple[KubernetesVersion, ...]], ...] = ()
    """Targets the live list names for a version; versions without an entry are not restricted."""
    windows: frozenset[str] = frozenset()
    """Lower-cased Windows SKUs of the cluster's pools."""
    windows_ready: frozenset[KubernetesVersion] = frozenset()
    """Versions whose image is ready on `here` for every Windows SKU in use."""
    images_ready: frozenset[KubernetesVersion] = frozenset()
    """Versions whose images are ready on `here` for every SKU in use."""
    refused_updates: frozenset[tuple[str, str]] = frozenset()
    """(from, to) release keys that would strand a neighbour nothing can save."""
    recovery: bool = False
    """RECOVERY-SKIP was accepted by a person."""
    proofs: Proofs = ()
    """What live lists, this one and those of other instances, prove of later releases beyond what the catalog says."""

    def beyond(self) -> Ground:
        """The same ground away from `here`, where no live fact counts: what clusters of many instances share."""
        return Ground(
            NOWHERE,
            windows=self.windows,
            refused_updates=self.refused_updates,
            recovery=self.recovery,
            proofs=self.proofs,
        )


def offers(catalog: Catalog, ground: Ground, platform: Platform) -> tuple[KubernetesVersion, ...] | None:
    """What is offered on a platform: the live list where it was read for this one, else the catalog; None = unknown.

    A published list that live lists have shown to be out of date is unknown.
    """
    if platform == ground.here and ground.live is not None:
        return ground.live
    entry = catalog.by_key.get(platform.key)
    if entry is None or (ground.proofs and platform != ground.here and disproof(catalog, ground.proofs, platform.key)):
        return None
    return entry.offers


def standing(catalog: Catalog, ground: Ground, platform: Platform, minor: Minor) -> Standing:
    """Whether a cluster on `minor` can continue on `platform` one minor at a time (P11, P18).

    On an unknown list the neighbouring known lists bound the answer; they never permit a hop. What live lists prove of a
    later release strands there as well.
    """
    is_here = platform == ground.here
    if is_here and ground.live is not None:
        lowest = lowest_of(ground.live, ground.previews)
    else:
        entry = catalog.by_key.get(platform.key)
        lowest = entry.lowest if entry is not None else None
    proofs = () if is_here else ground.proofs
    if lowest is None or proofs:
        return judged(Same(catalog), proofs, platform.key, minor)
    return Standing.STRANDED if lowest - minor > 1 else Standing.FINE


def hop_refusal(
    catalog: Catalog, ground: Ground, platform: Platform, version: KubernetesVersion
) -> tuple[Refusal, str] | None:
    """Why Windows pools forbid a hop to `version` on `platform`: (refusal, SKU), or None where they do not."""
    for sku in sorted(ground.windows):
        ceiling = catalog.ceiling_by_sku.get(sku)
        if ceiling is None:
            continue
        if version.minor > ceiling.last_minor:
            return Refusal.CEILING, ceiling.sku
        entry = catalog.by_key.get(platform.key)
        ready = platform == ground.here and version in ground.windows_ready
        if entry is not None and entry.release > ceiling.last_release and not ready:
            return Refusal.NO_IMAGE, ceiling.sku
    return None


def hops(catalog: Catalog, ground: Ground, state: State) -> Iterator[LegalMove]:
    """Every legal hop from a state: same minor and newer, or the next minor (P11), offered here (P18).

    From below the lowest offered minor a skip into it exists only where it was accepted (P12, P13).
    """
    listed = offers(catalog, ground, state.platform)
    if not listed:
        return
    live = state.platform == ground.here and ground.live is not None
    targets = dict(ground.live_edges).get(state.version) if live else None
    lowest = min(listed).minor
    stranded = lowest - state.version.minor > 1
    for version in listed:
        if version <= state.version:
            continue
        skip = stranded and ground.recovery and version.minor == lowest
        named = targets is None or version in targets
        if not skip and (not named or version.minor - state.version.minor > 1):
            continue
        if hop_refusal(catalog, ground, state.platform, version) is None:
            yield LegalMove(
                kind=MoveKind.HOP,
                origin=state,
                target=State(state.platform, version),
                basis="live" if live else "catalog",
                rules=("P12", "P13") if skip else ("P11", "P18"),
                recovery=skip,
            )


def newest_hops(moves: Iterator[LegalMove], wanted: KubernetesVersion | None) -> list[LegalMove]:
    """The hops a path considers: the newest offered patch of each minor, and the one that was asked for."""
    newest: dict[Minor, LegalMove] = {}
    asked: list[LegalMove] = []
    for move in moves:
        version = move.target.version
        best = newest.get(version.minor)
        if best is None or version > best.target.version:
            newest[version.minor] = move
        if version == wanted:
            asked.append(move)
    return list(newest.values()) + [move for move in asked if move not in newest.values()]


@dataclass(frozen=True, slots=True)
class Update:
    """A release update of the catalog, apart from who runs on it."""

    target: Platform
    basis: Basis
    from_builds: tuple[str, ...]


def updates(catalog: Catalog, platform: Platform) -> tuple[Update, ...]:
    """Release updates from a platform, along catalog edges only; nothing is derived here.

    An edge keeps the OS line where origin and target share one, and crosses it where they share none
    (11.2510 to 12.2510).
    """
    return _updates(Same(catalog), platform)


@lru_cache(maxsize=4096)
def _updates(edges: Same, platform: Platform) -> tuple[Update, ...]:
    catalog = edges.catalog
    origin = catalog.by_key.get(platform.key)
    if origin is None:
        return ()
    found: dict[Platform, Update] = {}
    for entry in catalog.releases:
        for edge in entry.updates_from:
            if edge.origin != platform.key or (edge.lines is not None and platform.line not in edge.lines):
                continue
            line = _line_after(origin, entry, platform.line)
            if line is None:
                continue
            target = Platform(entry.key, line)
            builds = (edge.from_build,) if edge.from_build else ()
            known = found.get(target)
            if known is None:
                found[target] = Update(target, edge.basis, builds)
            else:
                both = (*known.from_builds, *builds) if known.from_builds and builds else ()
                found[target] = Update(target, known.basis, both)
    return tuple(found[target] for target in sorted(found, key=lambda target: catalog.position[target.key]))


def _line_after(origin: ReleaseEntry, target: ReleaseEntry, line: OsLine) -> OsLine | None:
    if line in target.lines:
        return line
    if not origin.lines & target.lines:
        return next(iter(target.lines)) if len(target.lines) == 1 else None
    return None


def update_refusal(catalog: Catalog, ground: Ground, state: State, update: Update) -> Refusal | None:
    """Why a release update is refused from this state, or None where it is legal.

    A cluster that is stranded already is not helped by any update (P18): later lists only move further away.
    """
    if (state.platform.key, update.target.key) in ground.refused_updates:
        return Refusal.NEIGHBOUR
    if standing(catalog, ground, state.platform, state.version.minor) is Standing.STRANDED:
        return Refusal.STRANDS
    match standing(catalog, ground, update.target, state.version.minor):
        case Standing.FINE:
            return None
        case Standing.STRANDED:
            return Refusal.STRANDS
        case Standing.CANNOT_JUDGE:
            return Refusal.CANNOT_JUDGE


def release_moves(catalog: Catalog, ground: Ground, state: State) -> Iterator[LegalMove]:
    """Every legal release update from a state (P18; never one that strands the cluster)."""
    for update in updates(catalog, state.platform):
        if update_refusal(catalog, ground, state, update) is None:
            yield LegalMove(
                kind=MoveKind.RELEASE,
                origin=state,
                target=State(update.target, state.version),
                basis=str(update.basis),
                rules=("P18",),
                from_builds=update.from_builds,
            )


def off_list(catalog: Catalog, ground: Ground, state: State) -> bool:
    """True where the list is known and the version is not on it (P8); on an unknown list nothing is claimed."""
    listed = offers(catalog, ground, state.platform)
    return listed is not None and state.version not in listed
