"""Windows node pools and an update of the hosts: whether a hop is left there, and what nobody knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.catalog import Catalog
from planner.inventory import Cluster, Known
from planner.moves import NOWHERE, Ground, Platform, State, hop_refusal, hops
from planner.version import KubernetesVersion


def ceiling_on(catalog: Catalog, ground: Ground, platform: Platform, running: KubernetesVersion) -> str | None:
    """The Windows SKU that leaves a version without a legal hop on a platform; None where none does.

    A SKU whose image is no longer shipped there leaves it without one whatever the list says.
    """
    if not ground.windows:
        return None
    ahead = _free_hops(catalog, ground, platform, running) or [running]
    refused = [hop_refusal(catalog, ground, platform, version) for version in ahead]
    named = [sku for _, sku in filter(None, refused)]
    return named[0] if len(named) == len(refused) else None


def lost_by_update(
    catalog: Catalog, ground: Ground, on: Platform, after: Platform, running: KubernetesVersion
) -> str | None:
    """The Windows SKU an update leaves without a hop that it still has before; None where there is none."""
    sku = ceiling_on(catalog, ground, after, running)
    return sku if sku is not None and ceiling_on(catalog, ground, on, running) is None else None


def ceiling_words(catalog: Catalog, platform: Platform, sku: str) -> str:
    """Why a SKU goes no further on a platform."""
    ceiling = catalog.ceiling_by_sku[sku.casefold()]
    entry = catalog.by_key.get(platform.key)
    if entry is not None and entry.release > ceiling.last_release:
        return f"the last release with the {sku} node image is {ceiling.last_release}"
    return f"{sku} stops at Kubernetes {ceiling.last_minor}"


def loss_words(catalog: Catalog, after: Platform, sku: str) -> str:
    """What an update does to the pools of a SKU it leaves without a hop, as a clause."""
    return f"from {after.key} on no hop is legal with its {sku} pools ({ceiling_words(catalog, after, sku)})"


def ceiling_gap(
    cluster: Cluster, ground: Ground, target: Platform, tried: Sequence[KubernetesVersion], catalog: Catalog
) -> str:
    """What nobody knows about the Windows node pools of a cluster, where it could leave it without a hop on `target`.

    `tried` are the versions it could hop to there, or else the one it runs. "" = nothing.
    """
    strange = [sku for sku in sorted(ground.windows) if sku not in catalog.ceiling_by_sku]
    if strange:
        return f"how far its {', '.join(strange)} node pools go is not known"
    if isinstance(cluster.pools, Known):
        return ""
    could_bind = any(
        hop_refusal(catalog, Ground(NOWHERE, windows=frozenset({sku})), target, version)
        for sku in catalog.ceiling_by_sku
        for version in tried
    )
    return "whether it has Windows node pools is not known" if could_bind else ""


def _free_hops(
    catalog: Catalog, ground: Ground, platform: Platform, running: KubernetesVersion
) -> list[KubernetesVersion]:
    """The hops it could make without Windows node pools."""
    free = replace(ground, windows=frozenset())
    return sorted({move.target.version for move in hops(catalog, free, State(platform, running))})
