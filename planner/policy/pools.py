"""Rules about node pools and the control plane: versions apart, Windows, node images, downtime."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, cast

from planner.catalog import WindowsCeiling
from planner.findings import Evidence, Finding
from planner.inventory import LISTED, POOLS, Known, NodePool, Unknown
from planner.policy.case import (
    BLOCKER,
    INFO,
    OPERATOR,
    UNKNOWN,
    WARNING,
    Case,
    CaseRule,
    cited,
    fact,
    listed,
    offer_fact,
    reason_of,
    version_fact,
)
from planner.version import KubernetesVersion, Release

AZURE_LINUX_3_FROM: Final = Release(25, 7)
"""First release whose node images are Azure Linux 3 (WN)."""
AZURE_LINUX_2_END: Final = date(2025, 7, 31)
"""End of support of Azure Linux 2, the node OS of all earlier images (WN)."""


def _pools(case: Case) -> tuple[NodePool, ...]:
    pools = case.cluster.pools
    return pools.value if isinstance(pools, Known) else ()


def _pool_facts(case: Case) -> tuple[Evidence, ...]:
    pools = case.cluster.pools
    if isinstance(pools, Unknown):
        return (fact("node pools", pools),)
    return tuple(Evidence(f"node pool {pool.name}", _nodes_words(pool), pools.source, pools.at) for pool in pools.value)


def _nodes_words(pool: NodePool) -> str:
    """Such as "2 × 1.30.14, 1 × 1.31.10"."""
    return listed(f"{ready.count} × {ready.version or 'not reported'}" for ready in pool.ready) or "nothing reported"


def _observed(case: Case) -> set[KubernetesVersion]:
    return {ready.version for pool in _pools(case) for ready in pool.ready if ready.version is not None and ready.count}


def pools_run_different_versions(case: Case) -> Iterator[Finding]:
    """K8S-SKEW-01: nodes run more than one version, or their versions were not read; the next hop has to wait (P17)."""
    pools = case.cluster.pools
    if isinstance(pools, Unknown):
        yield _nodes_unknown(case, f"The node pools were not read: {reason_of(pools)}.")
        return
    if pools.source == LISTED:
        failed = next((gap for gap in case.judge.inventory.unread_of(case.cluster) if gap.what == POOLS), None)
        yield (
            _nodes_later(case)
            if failed is None
            else _nodes_unknown(case, f"The node pools were not read: {failed.reason}")
        )
        return
    mute = [pool.name for pool in pools.value if pool.count != 0 and not any(ready.version for ready in pool.ready)]
    if mute:
        yield _nodes_unknown(case, f"Azure does not say which version these pools run: {listed(mute)}.")
    versions = _observed(case)
    if len(versions) < 2:
        return
    yield Finding(
        code="K8S-SKEW-01",
        severity=BLOCKER,
        subject=case.subject,
        title=f"The nodes run different versions: {listed(sorted(versions))}.",
        why="Pools follow the control plane; apart they are only during an upgrade or after one that broke off (P17).",
        cure="Wait if an upgrade is running; otherwise repair the pool that lags before the next hop.",
        owner=OPERATOR,
        rules=("P17",),
        evidence=_pool_facts(case),
        sources=("SKEW", "SDK"),
    )


def _nodes_later(case: Case) -> Finding:
    return Finding(
        code="K8S-SKEW-01",
        severity=INFO,
        subject=case.subject,
        title="Node versions are not part of the overview.",
        why="They are read when the cluster is opened, and always before a plan is made (P17).",
        cure="Open the cluster.",
        owner=OPERATOR,
        rules=("P17",),
        evidence=_pool_facts(case),
        sources=("SDK",),
    )


def _nodes_unknown(case: Case, title: str) -> Finding:
    return Finding(
        code="K8S-SKEW-01",
        severity=UNKNOWN,
        subject=case.subject,
        title=title,
        why="Whether all nodes run the version of the control plane cannot be judged (P17).",
        cure="Read the node pools, or check with kubectl get nodes before any upgrade.",
        owner=OPERATOR,
        rules=("P17",),
        evidence=_pool_facts(case),
        sources=("SDK",),
    )


def wanted_is_not_observed(case: Case) -> Iterator[Finding]:
    """K8S-SKEW-02: nodes run another version than the one asked for: the last upgrade has not arrived (P17)."""
    wanted = case.version
    if wanted is None:
        return  # support_unknown and not_readable say that the version is missing
    apart = sorted(version for version in _observed(case) if version != wanted)
    if not apart:
        return
    minors = abs(wanted.minor - apart[0].minor)
    distance = "within one minor" if minors == 0 else "one minor apart" if minors == 1 else f"{minors} minors apart"
    yield Finding(
        code="K8S-SKEW-02",
        severity=BLOCKER,
        subject=case.subject,
        title=f"{wanted} is wanted, but nodes run {listed(apart)}.",
        why=f"The last upgrade is not complete; control plane and nodes are {distance} (P17).",
        cure="Wait while the cluster says Upgrading; otherwise get the last upgrade finished before the next hop.",
        owner=OPERATOR,
        rules=("P17",),
        evidence=(version_fact(case), *_pool_facts(case)),
        sources=("SKEW", "SDK"),
    )


def _windows_skus(case: Case) -> list[str]:
    return sorted({pool.os_sku or "Windows, SKU not reported" for pool in _pools(case) if pool.is_windows})


def windows_ceiling(case: Case) -> Iterator[Finding]:
    """K8S-WIN-01: a Windows node image goes no further than a minor; a hop above it is illegal."""
    for sku in _windows_skus(case):
        ceiling = case.judge.catalog.ceiling_by_sku.get(sku.casefold())
        if ceiling is None:
            yield _ceiling_unknown(case, sku)
            continue
        reached = case.version is not None and case.version.minor >= ceiling.last_minor
        yield Finding(
            code="K8S-WIN-01",
            severity=WARNING if reached else INFO,
            subject=case.subject,
            title=f"{ceiling.sku} pools hold this cluster at Kubernetes {ceiling.last_minor}.",
            why=f"{ceiling.last_minor} is the last minor with a {ceiling.sku} image; a hop above it is not possible.",
            cure="Move the workloads to pools of a newer Windows before that hop.",
            owner=OPERATOR,
            evidence=(version_fact(case), *_pool_facts(case)),
            sources=cited(ceiling.source),
        )


def _ceiling_unknown(case: Case, sku: str) -> Finding:
    return Finding(
        code="K8S-WIN-01",
        severity=UNKNOWN,
        subject=case.subject,
        title=f"How far {sku} pools can go is not known.",
        why="The catalog holds no last minor for this node image.",
        cure="Look up the last Kubernetes minor and release for this Windows image before any hop.",
        owner=OPERATOR,
        evidence=_pool_facts(case),
        sources=("WIN",),
    )


def windows_image_gone(case: Case) -> Iterator[Finding]:
    """K8S-WIN-02: the release no longer ships the image of a Windows SKU, unless the live list says it is ready."""
    entry = case.place.entry
    for sku in _windows_skus(case):
        ceiling = case.judge.catalog.ceiling_by_sku.get(sku.casefold())
        if ceiling is None or entry is None:
            continue  # windows_ceiling and release_unknown say what is missing
        if entry.release <= ceiling.last_release or _is_ready_live(case, ceiling):
            continue
        yield Finding(
            code="K8S-WIN-02",
            severity=WARNING,
            subject=case.subject,
            title=f"{case.release} no longer ships {ceiling.sku} node images.",
            why=f"{ceiling.last_release} was the last with them; scaling or upgrading these pools may fail (inferred).",
            cure="Replace the pools by a newer Windows; do not count on scaling them.",
            owner=OPERATOR,
            evidence=(*_pool_facts(case), offer_fact(case.place.offer)),
            sources=cited(ceiling.source),
        )


def _is_ready_live(case: Case, ceiling: WindowsCeiling) -> bool:
    live = case.place.live
    if live is None:
        return False
    sku = ceiling.sku.casefold()
    return any(
        image.ready is True and (image.os_sku or "").casefold() == sku for row in live.value for image in row.readiness
    )


def node_os_patches(case: Case) -> Iterator[Finding]:
    """K8S-OS-01: node OS patches are never applied by themselves (C1); Azure does not tell how old a node image is."""
    old = case.version is not None and _only_on_azure_linux_2(case, case.version)
    if old:
        title = f"The node OS is out of support: {case.version} only came on Azure Linux 2, ended {AZURE_LINUX_2_END}."
        why = f"Images are Azure Linux 3 from {AZURE_LINUX_3_FROM} on (inferred from where {case.version} was offered)."
        cure = "Hop to a version offered on a newer release; new nodes then come from its image."
    else:
        title = "Node OS patches do not come by themselves, and Azure does not tell how old the node image is."
        why = "Documents contradict each other (C1); running nodes are only renewed by an upgrade."
        cure = "Check the age of the nodes (kubectl get nodes) and plan an upgrade when a patched image is out."
    yield Finding(
        code="K8S-OS-01",
        severity=WARNING if old else INFO,
        subject=case.subject,
        title=title,
        why=why,
        cure=cure,
        owner=OPERATOR,
        rules=("P7",),
        disputes=("C1", "C13"),
        evidence=(version_fact(case), Evidence("node image age", "unknown: Azure does not report it", "")),
        sources=("WN", "SUP", "BUL") if old else ("SUP", "BUL"),
    )


def _only_on_azure_linux_2(case: Case, version: KubernetesVersion) -> bool:
    """Every known list with this version is older than the change of the node OS."""
    kept = case.judge.memo.get(("node os", id(case.outlook)))
    if kept is None:
        homes = [entry.release for entry in case.judge.catalog.releases if entry.offers and version in entry.offers]
        kept = case.judge.memo["node os", id(case.outlook)] = bool(homes) and max(homes) < AZURE_LINUX_3_FROM
    return cast("bool", kept)


def single_control_plane(case: Case) -> Iterator[Finding]:
    """K8S-CP-01: with one control plane node the API is away while an upgrade runs."""
    count = case.cluster.control_plane_count
    if isinstance(count, Known) and count.value != 1:
        return
    known = isinstance(count, Known)
    yield Finding(
        code="K8S-CP-01",
        severity=WARNING if known else UNKNOWN,
        subject=case.subject,
        title="There is one control plane node: every upgrade interrupts the Kubernetes API."
        if known
        else "How many control plane nodes there are is not known.",
        why="While that node is replaced nothing can be deployed, scaled or healed; running workloads go on."
        if known
        else f"Whether an upgrade interrupts the Kubernetes API cannot be told: {reason_of(count)}.",
        cure="Plan a maintenance window for each hop.",
        owner=OPERATOR,
        evidence=(fact("control plane nodes", count),),
        sources=("CU",),
    )


POOL_RULES: Final[tuple[CaseRule, ...]] = (
    pools_run_different_versions,
    wanted_is_not_observed,
    windows_ceiling,
    windows_image_gone,
    node_os_patches,
    single_control_plane,
)
