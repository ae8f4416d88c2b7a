"""What a plan is assembled from, before it is one."""

from __future__ import annotations

from dataclasses import dataclass

from planner.acceptance import Acceptance
from planner.goals import Goal
from planner.inventory import Cluster, Known, value_of
from planner.path import Solution
from planner.plan import DeadEnd
from planner.schedule.calendar import ANYTIME, Calendar
from planner.search import Path
from planner.support import Judge


@dataclass(frozen=True)
class Draft:
    """What a plan is assembled from."""

    cluster: Cluster
    goal: Goal
    judge: Judge
    held: tuple[Acceptance, ...]
    past: tuple[Acceptance, ...]
    """Acceptances that have run out."""
    solution: Solution | None
    dead_end: DeadEnd | None
    calendar: Calendar = ANYTIME

    @property
    def is_refresh(self) -> bool:
        """True where no version moves and only node images are renewed: the accepted scale route."""
        return self.solution is not None and self.path is None and self.dead_end is None

    @property
    def path(self) -> Path | None:
        """The recommended path, where there is one."""
        return self.solution.path if self.solution is not None else None


def instance_name(cluster: Cluster, judge: Judge) -> str:
    """Name of the hosting instance, "" where unknown."""
    instance = judge.inventory.instance_of(cluster)
    return instance.name if instance is not None else ""


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


def release_of(draft: Draft) -> str:
    """Key of the release the cluster stands on, or "unknown"."""
    if draft.solution is not None:
        return draft.solution.standpoint.state.platform.key
    entry = draft.judge.entry(draft.cluster)
    return entry.key if entry is not None else "unknown"
