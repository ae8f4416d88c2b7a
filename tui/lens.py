"""What is seen through one judge: findings, next moves and plans, made when looked at and remembered.

Imported only after the first frame. The rules and the search come in after the first rows: `prepare` fetches them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.support import Judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.catalog import Catalog
    from planner.findings import Finding, Severity
    from planner.fleetplan import FleetPlan
    from planner.inventory import Cluster
    from planner.plan import Plan
    from planner.routes import Routes
    from planner.schedule.calendar import Calendar


class Lens:
    """Facts and knowledge at one moment. A new inventory or moment means a new lens; `routes` may be shared."""

    def __init__(self, judge: Judge, routes: Routes) -> None:
        self.judge = judge
        self.routes = routes
        self._findings: dict[str, tuple[Finding, ...]] = {}
        self._next: dict[str, str] = {}
        self._plans: dict[tuple[str, str, Calendar], Plan] = {}

    @staticmethod
    def prepare() -> None:
        """Import what looking at a cluster takes. On a thread, so that no key waits for it."""
        import planner.next_move
        import planner.rules  # noqa: F401 - both are for later

    @property
    def catalog(self) -> Catalog:
        """The knowledge judged by."""
        return self.judge.catalog

    def has_seen(self, key: str) -> bool:
        """Whether findings and next move of a cluster are known already."""
        return key in self._findings and key in self._next

    def look_at(self, cluster: Cluster) -> None:
        """Make findings and next move, so that showing them costs nothing."""
        self.findings(cluster)
        self.next_move(cluster)

    def findings(self, cluster: Cluster) -> tuple[Finding, ...]:
        """All findings of a cluster, worst first."""
        if cluster.key not in self._findings:
            from planner.rules import findings_for

            found = findings_for(cluster, self.judge)
            self._findings[cluster.key] = tuple(sorted(found, key=lambda finding: finding.severity.order))
        return self._findings[cluster.key]

    def next_move(self, cluster: Cluster) -> str:
        """The first move to take, in the words of the fleet list."""
        if cluster.key not in self._next:
            from planner.next_move import next_move

            self._next[cluster.key] = next_move(cluster, self.judge, self.routes)
        return self._next[cluster.key]

    def plan(self, cluster: Cluster, goal: str, calendar: Calendar | None = None) -> Plan:
        """The plan to a goal, at any time or by a calendar. Raises GoalError where the goal makes no sense."""
        from planner.goals import parse_goal
        from planner.planning import build_plan
        from planner.schedule.calendar import ANYTIME

        key = (cluster.key, goal, calendar or ANYTIME)
        if key not in self._plans:
            wanted = parse_goal(goal, self.catalog)
            self._plans[key] = build_plan(cluster, wanted, self.judge, self.routes, (), key[2])
        return self._plans[key]

    def fleet_plan(
        self, ids: Sequence[str], keys: frozenset[str], goal: str, calendar: Calendar | None = None
    ) -> FleetPlan:
        """The plan of instances in which these clusters reach a goal. Raises GoalError where the goal makes no sense."""
        from planner.fleet.building import build_fleet_plan
        from planner.goals import parse_goal
        from planner.schedule.calendar import ANYTIME

        inventory = self.judge.inventory
        wanted = parse_goal(goal, self.catalog)
        instances = [inventory.instance_by_id[id] for id in ids]
        return build_fleet_plan(instances, wanted, self.judge, self.routes, (), calendar or ANYTIME, keys)

    def tally(self, cluster: Cluster) -> tuple[str, Severity | None]:
        """Findings counted, such as "2B 3W 1U", and the worst severity; "-" and None where there are none."""
        from planner.findings import Severity

        found = self.findings(cluster)
        parts = []
        for severity in Severity:
            number = sum(finding.severity is severity for finding in found)
            if number:
                parts.append(f"{number}{str(severity)[0].upper()}")
        return " ".join(parts) or "-", found[0].severity if found else None
