"""Where a cluster stands on the path of its plan: what lies behind it, what ahead, and whether it left the path.

A version number alone says little: a step is behind only where the plan's own path leads to what runs now.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from planner.acceptance import RECOVERY_SKIP
from planner.catalog import Catalog
from planner.inventory import Cluster, Unknown, value_of
from planner.plan import Move, Plan, Step
from planner.routes import Routes, stand
from planner.standpoint import Standpoint
from planner.support import Judge
from planner.version import InvalidVersion, KubernetesVersion, Minor, Release


class Reached(Enum):
    """Where a step lies, seen from where the cluster stands."""

    BEHIND = auto()
    AHEAD = auto()
    ASTRAY = auto()
    """The cluster is past it, and not on the plan's path."""
    UNREAD = auto()


@dataclass(frozen=True)
class Course:
    """A plan, its cluster as it is now, and what judges them."""

    plan: Plan
    cluster: Cluster
    judge: Judge
    routes: Routes

    @property
    def version(self) -> KubernetesVersion | None:
        """What the cluster is set to now."""
        return value_of(self.cluster.version)

    @property
    def release(self) -> str:
        """Key of the release the instance runs now; "" where unknown."""
        instance = self.judge.inventory.instance_of(self.cluster)
        build = value_of(instance.build) if instance is not None else None
        if build is None:
            return ""
        entry = self.judge.catalog.entry_of(build)
        return entry.key if entry is not None else str(build.release)

    def standpoint(self) -> Standpoint | Unknown:
        """Where the cluster stands and on what ground, with a recovery hop only where its acceptance holds."""
        held = {one.id for one in self.plan.accepted if one.until >= self.judge.today}
        return stand(self.cluster, self.judge, self.routes, recovery=RECOVERY_SKIP in held)

    def before(self, step: Step) -> Move | None:
        """The state the plan makes a step from; None where its path does not hold the step."""
        places = [place for place, move in enumerate(self.plan.path) if move.step == step.id and place]
        return self.plan.path[places[0] - 1] if places else None

    def hop(self, step: Step) -> Reached:
        """Where a Kubernetes hop lies. A newer patch of a minor on the path is on the path."""
        version, target = self.version, version_of(step.target)
        if version is None or target is None:
            return Reached.UNREAD
        if version < target:
            return Reached.AHEAD
        return Reached.BEHIND if version.minor in self._minors() else Reached.ASTRAY

    def update(self, step: Step) -> Reached:
        """Where a release update lies."""
        if not self.release:
            return Reached.UNREAD
        keys = [move.release for move in self.plan.path]
        if self.release in keys and step.target in keys:
            return Reached.BEHIND if keys.index(self.release) >= keys.index(step.target) else Reached.AHEAD
        catalog = self.judge.catalog
        is_past = in_time(self.release, catalog) > in_time(step.target, catalog)
        return Reached.ASTRAY if is_past else Reached.AHEAD

    def _minors(self) -> frozenset[Minor]:
        passed = [version_of(move.version) for move in self.plan.path]
        return frozenset(version.minor for version in passed if version is not None)


def in_time(key: str, catalog: Catalog) -> tuple[Release, int]:
    """A release in order of time; the two builds of one label stand in the order of the catalog."""
    entry = catalog.by_key.get(key)
    if entry is not None:
        return entry.release, catalog.position[key]
    try:
        return Release.parse(key), -1
    except InvalidVersion:
        return Release(0, 0), -1


def version_of(text: str) -> KubernetesVersion | None:
    """A version as a plan holds it; None where it is none."""
    try:
        return KubernetesVersion.parse(text)
    except InvalidVersion:
        return None
