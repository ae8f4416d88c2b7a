"""Whether a cluster is at rest: both states Succeeded, and its nodes on what it is set to (P17)."""

from __future__ import annotations

from planner.inventory import Cluster, Known, value_of


def unsettled(cluster: Cluster) -> str | None:
    """Why no hop may begin now (pools apart, or a state that is not Succeeded), or None where the cluster is settled (P17)."""
    states = [("provisioningState", cluster.provisioning_state), ("currentState", cluster.current_state)]
    words = [f"{name} is {seen.value}" for name, seen in states if isinstance(seen, Known) and _busy(seen.value)]
    if words:
        return f"{' and '.join(words)}."
    wanted = value_of(cluster.version)
    pools = value_of(cluster.pools) or ()
    seen = {ready.version for pool in pools for ready in pool.ready if ready.version is not None}
    apart = sorted({version for version in seen if version != wanted} | (seen if len(seen) > 1 else set()))
    if apart:
        return f"Node pools run {', '.join(map(str, sorted(seen)))} while the cluster is set to {wanted}."
    return None


def _busy(state: str) -> bool:
    return state.casefold() != "succeeded"
