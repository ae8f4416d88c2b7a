"""Drift of the plan of instances on the table, instance by instance."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from planner.drift import Drift
from planner.fleet.drifting import fleet_drift_of
from planner.fleet.fates import FleetDrift
from planner.fleetplan import FleetPlan
from tui.fleet_drift_page import fleet_drift_page
from tui.lens import Lens
from tui.look import Spans
from tui.planning import MOST_AGAIN
from tui.prose import Page
from tui.screens.drift import DriftScreen
from tui.state import AppState


class FleetDriftScreen(DriftScreen):
    """Compares as it opens, and again once the clusters on its instances were read."""

    HELP_TITLE = "Drift of a plan of instances"
    HELP_TEXT = (
        "What has become of each step by the facts of now. A release update is valid only where every cluster that is on "
        "the instance now was looked at, and none of them is stranded by it."
    )

    def __init__(self, plan: FleetPlan, problems: Sequence[str] = ()) -> None:
        super().__init__(plan, problems)
        self._fleet_plan = plan

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of everybody who is on its instances now; none where they are too many to be read again."""
        found = self._everybody()
        return found if len(found) <= MOST_AGAIN else ()

    def _everybody(self) -> tuple[str, ...]:
        inventory = self.state.inventory
        if inventory is None:
            return ()
        hosted = inventory.clusters_by_instance
        return tuple(cluster.key for one in self._fleet_plan.instances for cluster in hosted.get(one.id, ()))

    @property
    def trail(self) -> tuple[str, str]:
        """Where it stands."""
        instances = self._fleet_plan.instances
        return "Plan of instances", instances[0].name if len(instances) == 1 else f"{len(instances):,} instances"

    def is_due(self, state: AppState) -> bool:
        """At once as it opens; then only when all that are being read have come."""
        return self._seen is None or not state.reading

    def busy(self, state: AppState) -> Spans:
        """How many are still to be read."""
        left = len(state.reading.intersection(self.keys))
        words = f"reading {left} again …" if left else "comparing …" if self._drift is None else ""
        return ((words, "accent"),) if words else ()

    def compare(self, lens: Lens) -> None:
        """On a thread, so that no key waits for it."""
        self.run_worker(
            self._compare(lens), group="drift", exclusive=True, exit_on_error=False, description="drift of instances"
        )

    async def _compare(self, lens: Lens) -> None:
        drift = await asyncio.to_thread(fleet_drift_of, self._fleet_plan, lens.judge, lens.routes)
        self.compared(drift, lens)
        self.show(self.state)

    def page(self, drift: Drift, lens: Lens) -> Page:
        """The whole comparison."""
        assert isinstance(drift, FleetDrift)
        return fleet_drift_page(drift, self.look, self.gaps(lens), self._problems)

    def action_again(self) -> None:
        """Read everybody on its instances again; the comparison follows."""
        if self.keys:
            super().action_again()
        elif count := len(self._everybody()):
            self.notify(
                f"Not read again, for they are {count:,} clusters: these are the facts on screen.", markup=False
            )
