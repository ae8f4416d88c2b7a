"""What a plan is assembled from, before it is one."""

from __future__ import annotations

from dataclasses import dataclass

from planner.acceptance import Acceptance
from planner.goals import Goal
from planner.inventory import Cluster
from planner.path import Solution
from planner.plan import DeadEnd
from planner.schedule.calendar import ANYTIME, Calendar
from planner.search import Path
from planner.settled import unsettled
from planner.support import Judge

__all__ = ["Draft", "instance_name", "release_of", "unsettled"]


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


def release_of(draft: Draft) -> str:
    """Key of the release the cluster stands on, or "unknown"."""
    if draft.solution is not None:
        return draft.solution.standpoint.state.platform.key
    entry = draft.judge.entry(draft.cluster)
    return entry.key if entry is not None else "unknown"
