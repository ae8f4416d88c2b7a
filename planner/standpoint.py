"""Where a cluster stands, and on what ground: the facts of one cluster turned into what the search needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from planner.catalog import Catalog
from planner.inventory import Cluster, Instance, Known, OfferedVersion, Unknown, is_windows
from planner.moves import Ground, LegalMove, Platform, Standing, State, hops, standing
from planner.offers import brought_to
from planner.proven import Proofs
from planner.search import profile_hops
from planner.support import Judge
from planner.version import Build, KubernetesVersion

Offered = tuple[OfferedVersion, ...]
"""A live version list."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where a cluster stands and on what ground; the search needs nothing else of it."""

    state: State
    ground: Ground
    first_hops: frozenset[KubernetesVersion] | None
    """Non-preview targets of the upgrade profile; None = not read."""


def ground_of(offered: Offered | None, here: Platform, windows: frozenset[str], proofs: Proofs) -> Ground:
    """The ground of a live list for clusters with these Windows SKUs; where there is none the catalog stands in for it."""
    if offered is None:
        return Ground(here, windows=windows, proofs=proofs)
    listed = [row for row in offered if not row.is_preview]
    return Ground(
        here=here,
        live=tuple(sorted(row.version for row in listed)),
        previews=tuple(sorted(row.version for row in offered if row.is_preview)),
        live_edges=tuple((row.version, row.upgrades) for row in listed if row.upgrades is not None),
        windows=windows,
        proofs=proofs,
        windows_ready=frozenset(
            row.version
            for row in listed
            if windows and windows <= {r.os_sku.casefold() for r in row.readiness if r.os_sku and r.ready}
        ),
        images_ready=frozenset(
            row.version
            for row in listed
            if row.readiness
            and all(r.ready for r in row.readiness if (r.os_type or "").casefold() != "windows")
            and (not windows or windows <= {r.os_sku.casefold() for r in row.readiness if r.os_sku and r.ready})
        ),
    )


def platform_now(cluster: Cluster, judge: Judge) -> Platform | Unknown:
    """The platform a cluster runs on now; a release the catalog does not know stands for itself, with no edges."""
    instance = judge.inventory.instance_of(cluster)
    if instance is None:
        return Unknown("the instance that hosts the cluster is unknown")
    return platform_of(instance, judge)


def platform_of(instance: Instance, judge: Judge) -> Platform | Unknown:
    """The platform an instance runs now, likewise."""
    match instance.build:
        case Unknown(reason):
            return Unknown(f"the release of {instance.name} is unknown: {reason}")
        case Known(build):
            entry = judge.catalog.entry_of(build)
            return Platform(entry.key if entry is not None else _own_key(build, judge.catalog), build.line)


def _own_key(build: Build, catalog: Catalog) -> str:
    """A key for a release the catalog does not hold, never one of its own: 2602 on 23H2 is not the 2602 of 24H2."""
    release = str(build.release)
    return f"{release} ({build.line})" if release in catalog.by_key else release


_NONE: frozenset[str] = frozenset()


def windows_skus(cluster: Cluster) -> frozenset[str]:
    """Lower-cased Windows SKUs among the pools; a Windows pool without a SKU counts as the word "windows"."""
    pools = cluster.pools
    if isinstance(pools, Unknown):
        return _NONE
    skus = [sku for pool in pools.value if (sku := _windows_sku(pool.os_type, pool.os_sku))]
    return frozenset(skus) if skus else _NONE


@lru_cache(maxsize=256)
def _windows_sku(os_type: str | None, os_sku: str | None) -> str:
    """The SKU of a Windows pool, "" for any other; asked for every pool of a fleet, of which few differ."""
    return (os_sku or "windows").casefold() if is_windows(os_type, os_sku) else ""


def is_stranded_today(standpoint: Standpoint, catalog: Catalog) -> bool:
    """No legal hop is left where it stands (P11, P18), by the list nor by its upgrade profile, the truth for the first hop."""
    (platform, version), ground = standpoint.state, standpoint.ground
    if standing(catalog, ground, platform, version.minor) is not Standing.STRANDED:
        return False
    out = brought_to(version, standpoint.first_hops)
    return standing(catalog, ground, platform, out) is Standing.STRANDED


def os_patch_target(standpoint: Standpoint, catalog: Catalog) -> KubernetesVersion | None:
    """The version that brings newer node images now: newest patch of the same minor, else of the next, else None."""
    ahead = first_hops_of(standpoint, catalog)
    same = [version for version in ahead if version.minor == standpoint.state.version.minor]
    return max(same or ahead, default=None)


def first_hops_of(standpoint: Standpoint, catalog: Catalog) -> tuple[KubernetesVersion, ...]:
    """Every version that may be hopped to now, ascending: the upgrade profile's where it was read, else the list's."""
    state, ground = standpoint.state, standpoint.ground
    legal: Iterable[LegalMove]
    if standpoint.first_hops is not None:
        legal = profile_hops(catalog, ground, state, standpoint.first_hops)
    else:
        legal = hops(catalog, ground, state)
    return tuple(sorted({move.target.version for move in legal if not move.recovery}))
