"""Makes plans for the app, of one cluster or of instances: reads the clusters again, then plans, and says how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.files import FileError
from planner.ownthread import on_own_thread
from planner.ports import SourceError
from tui import fleet_job, places, state
from tui.fleet_job import FleetJob
from tui.look import count
from tui.messages import FleetPlanAsked, PlanAsked
from tui.state import Failure
from tui.walking import opened

if TYPE_CHECKING:
    from planner.documents.readback import Document
    from planner.inventory import Cluster, Inventory
    from tui.app import PlannerApp
    from tui.messages import CalendarChosen

MOST_AGAIN = 60
"""Clusters that are read again before a plan: a minute at the rate Azure allows. Of more the facts on screen count."""


class Planning:
    """One plan at a time: another one, or leaving the screen of a long one, gives it up."""

    def __init__(self, app: PlannerApp) -> None:
        self._app = app

    def open(self, document: Callable[[], Document]) -> None:
        """Open a saved plan, then the knowledge that explains what it cites. No source is touched."""
        self._app.run_worker(self._open(document), group="load", exit_on_error=False, description="open a plan")

    async def _open(self, document: Callable[[], Document]) -> None:
        app = self._app
        try:
            found, walked = await asyncio.to_thread(opened, document)
            if found.fleet is not None:
                self.show_fleet(found)
            else:
                app.state = state.job_opened(app.state, found, walked)
            catalog, _ = await app.judging.knowledge()
        except (SourceError, ValueError) as error:
            app.state = state.job_failed(app.state, Failure.of(error))
        else:
            app.state = replace(app.state, catalog=catalog)

    def show_fleet(self, document: Document) -> None:
        """Show a saved plan of instances, over the screen that is there: the first one Textual cannot switch."""
        self._app.state = fleet_job.opened(self._app.state, document)
        self._app.push_screen(places.fleet_plan())

    def begin(self, asked: PlanAsked) -> None:
        """Plan for one cluster, and show it."""
        self._work(self._make(asked.key, asked.goal), "plan")
        if not places.is_plan(self._app.screen):
            self._app.push_screen(places.plan())

    async def _make(self, key: str, goal: str) -> None:
        """Read the cluster and its neighbours live, then plan; what cannot be read has its old facts, and that is said."""
        self._app.state = state.job_begun(self._app.state, key, goal, "reading it again")
        notes = [await self._app.read_again(key), *await self._read_neighbours(key)]
        await self._learn_runs()
        self._app.state = state.planned(self._app.state, [note for note in notes if note])

    async def _read_neighbours(self, key: str) -> list[str]:
        """The others of its instance: what they are offered decides what an update of the hosts has to wait for."""
        inventory = self._app.state.inventory
        cluster = inventory.by_key.get(key) if inventory is not None else None
        instance = inventory.instance_of(cluster) if inventory is not None and cluster is not None else None
        if inventory is None or instance is None or self._app.source is None:
            return []
        others = [one for one in inventory.clusters_by_instance.get(instance.id, ()) if one.key != key]
        if len(others) > MOST_AGAIN:
            return [f"Its {len(others):,} neighbours were not read again: these are the facts on screen."]
        return await self._again(others, inventory)

    async def _again(self, clusters: Sequence[Cluster], facts: Inventory) -> list[str]:
        """These clusters with newer facts; returns what could not be read, in a sentence."""
        inventory, failed = facts, list[str]()
        for cluster in clusters:
            inventory = await self._newer(inventory, cluster, failed)
        if inventory is not facts:
            await self._app.judge(inventory, done=True)
        return [f"Not read again, these are older facts: {', '.join(failed)}."] if failed else []

    def _work(self, work: Coroutine[Any, Any, None], description: str) -> None:
        self._app.run_worker(work, group="plan", exclusive=True, exit_on_error=False, description=description)

    def use(self, chosen: CalendarChosen) -> None:
        """Keep to another calendar, and plan anew what is in front."""
        app = self._app
        app.state = replace(app.state, calendar=chosen.calendar, calendar_file=chosen.file)
        job, fleet = app.state.job, app.state.fleet_job
        if places.is_fleet_plan(app.screen) and fleet is not None:
            self.begin_fleet(FleetPlanAsked(fleet.keys, fleet.goal))
        elif places.is_plan(app.screen) and job is not None:
            self.begin(PlanAsked(job.key, job.goal))

    async def _learn_runs(self) -> None:
        """How long upgrades took on this site, by the journals of this machine; nothing real is learned from a demo."""
        app = self._app
        if app.source is None or app.source.label == "demo":
            return
        from planner.cli.calendars import own_runs_here
        from planner.schedule.calendar import ANYTIME

        with suppress(FileError):  # a plan does not fail for want of them: its bands say what they rest on
            runs = await asyncio.to_thread(own_runs_here)
            app.state = replace(app.state, calendar=replace(app.state.calendar or ANYTIME, runs=runs))

    # -- of instances

    def begin_fleet(self, asked: FleetPlanAsked) -> None:
        """Plan for these clusters, and show it."""
        job = FleetJob(asked.keys, asked.goal, busy="reading the clusters again")
        self._app.state = fleet_job.begun(self._app.state, job)
        self._work(self._make_fleet(), "plan of instances")
        if not places.is_fleet_plan(self._app.screen):
            self._app.push_screen(places.fleet_plan())

    async def _make_fleet(self) -> None:
        notes = await self._read_again()
        await self._learn_runs()
        app, number = self._app, len(self._app.state.fleet_job.keys) if self._app.state.fleet_job else 0
        app.state = before = fleet_job.busy(app.state, f"finding one order for {count(number, 'cluster')} · esc leaves")
        after = await on_own_thread(partial(fleet_job.planned, before, notes), "plan")
        app.state = replace(app.state, fleet_job=after.fleet_job)

    async def _read_again(self) -> list[str]:
        """Read every cluster of the instances; what could not be read is said, and its older facts count."""
        inventory, job = self._app.state.inventory, self._app.state.fleet_job
        if inventory is None or job is None or self._app.source is None:
            return []
        ids, _ = fleet_job.homes(job.keys, inventory)
        clusters = [one for id in ids for one in inventory.clusters_by_instance.get(id, ())]
        if len(clusters) > MOST_AGAIN:
            return [f"Not read again, for they are {len(clusters):,} clusters: these are the facts on screen."]
        facts, failed = inventory, list[str]()
        for place, cluster in enumerate(clusters, 1):
            words = f"reading {place} of {len(clusters)} again · esc leaves"
            self._app.state = fleet_job.busy(self._app.state, words)
            facts = await self._newer(facts, cluster, failed)
        if facts is not inventory:
            await self._app.judge(facts, done=True)
        return [f"Not read again, these are older facts: {', '.join(failed)}."] if failed else []

    async def _newer(self, inventory: Inventory, cluster: Cluster, failed: list[str]) -> Inventory:
        assert self._app.source is not None  # asked before the first one is read
        try:
            return await self._app.source.refresh(inventory, cluster)
        except SourceError as error:
            failed.append(f"{cluster.name} ({error.why.rstrip('.')})")
            return inventory
