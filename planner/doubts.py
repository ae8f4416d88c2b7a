"""What nobody knows of a cluster and could turn the answer to an update of the hosts. Unknown is never fine."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog import Catalog
from planner.ceilings import ceiling_gap
from planner.destination import release_name
from planner.inventory import Cluster, Known, value_of
from planner.moves import Ground, Platform, Standing, State, hops, offers, standing
from planner.version import KubernetesVersion, Minor


def doubts_about(
    cluster: Cluster, ground: Ground, running: KubernetesVersion, target: Platform, catalog: Catalog
) -> Iterator[str]:
    """What could turn the answer for a cluster that runs `running` when its hosts are updated to `target`, a clause each.

    Asked only of clusters the update neither strands nor leaves at a ceiling: nothing is worse than that.
    """
    above = above_the_list(ground, running, target, catalog)
    for clause in (
        above,
        windows_gap(cluster, ground, running, target, catalog),
        nodes_gap(cluster, ground, target, catalog),
    ):
        if clause:
            yield clause


def above_the_list(ground: Ground, running: KubernetesVersion, target: Platform, catalog: Catalog) -> str:
    """That a release ends below what runs: one of the two facts is wrong (P15); "" where it does not."""
    listed = offers(catalog, ground, target)
    if not listed:
        return ""
    highest = max(version.minor for version in listed)
    if running.minor <= highest:
        return ""
    name = release_name(target, catalog)
    return f"{name} offers nothing above {highest}, and the cluster runs {running}: one of the two facts is wrong (P15)"


def windows_gap(
    cluster: Cluster, ground: Ground, running: KubernetesVersion, target: Platform, catalog: Catalog
) -> str:
    """What nobody knows about Windows node pools, where it could leave the cluster without a hop there; "" = nothing."""
    if isinstance(cluster.pools, Known) and not ground.windows:
        return ""
    tried = {move.target.version for move in hops(catalog, ground, State(target, running))} or {running}
    return ceiling_gap(cluster, ground, target, tuple(tried), catalog)


def nodes_gap(cluster: Cluster, ground: Ground, target: Platform, catalog: Catalog) -> str:
    """That nodes may run an older minor than the cluster is set to, which the target strands; "" where that cannot be.

    Nodes follow what is wanted by one minor at most, and a cluster known to be at rest has none behind (P17).
    """
    wanted = value_of(cluster.version)
    if wanted is None or _rests(cluster) or _nodes_are_known(cluster):
        return ""
    older = Minor(wanted.minor.major, wanted.minor.number - 1)
    if standing(catalog, ground.beyond(), target, older) is Standing.FINE:
        return ""
    return f"whether all its nodes run {wanted.minor} already is not known"


def _nodes_are_known(cluster: Cluster) -> bool:
    pools = value_of(cluster.pools)
    return pools is not None and all(any(ready.version for ready in pool.ready) for pool in pools if pool.count != 0)


def _rests(cluster: Cluster) -> bool:
    states = (value_of(cluster.provisioning_state), value_of(cluster.current_state))
    return all(state is not None and state.casefold() == "succeeded" for state in states)


def lowest_run(cluster: Cluster) -> KubernetesVersion | None:
    """The older of what a cluster is set to and what its ready nodes run: what decides whether it can continue.

    `kubernetesVersion` is what is wanted; an upgrade that broke off leaves nodes behind (P17). None = version unknown.
    """
    wanted = value_of(cluster.version)
    if wanted is None:
        return None
    return min((wanted, *(one.version for pool in value_of(cluster.pools) or () for one in pool.ready if one.version)))
