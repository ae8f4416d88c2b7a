"""The live source: a fleet out of Resource Graph, and the details of single clusters out of ARM. It only reads.

`upgrader` alone leads to something that writes; without it none of that code is even loaded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planner.azure.credentials import Account
from planner.azure.decode import Doubts, version_list
from planner.azure.details import read_cluster, read_contact, with_cluster
from planner.azure.errors import ReadError, Trouble
from planner.azure.gathered import Gathered, in_order
from planner.azure.join import LIST_LATER, NO_LOCATION, NOT_YET, Join
from planner.azure.pacing import Pace
from planner.azure.queries import Part, Query
from planner.azure.settings import AzureSettings, check_settings
from planner.azure.survey import Reporter, collector_paused, each, run_query
from planner.azure.watching import poll_failed, polled
from planner.events import Polled, PollFailed
from planner.inventory import (
    Cluster,
    CustomLocation,
    Inventory,
    Observed,
    OfferedVersion,
    Unknown,
    Unread,
    clean,
    value_of,
)
from planner.ports import Report, SourceError, ignore

if TYPE_CHECKING:
    from planner.azure.upgrader import AzureUpgrader
    from planner.azure.wire import Wire

__all__ = ["AzureSettings", "AzureSource"]

GIVE_UP_AFTER: Final = 5
"""Clusters in a row that Azure fails on, after which the rest is not tried."""
NO_LIST: Final = "this custom location has no version list yet (404); arcstep only reads and never creates one"
"""Normal on release 2408 and older; `az aksarc get-versions` creates the list, which is a write."""


class AzureSource:
    """Reads Azure as `settings` say; a planner.ports.Source. Raises SourceError for settings that must not be used."""

    def __init__(self, settings: AzureSettings, pace: Pace | None = None) -> None:
        check_settings(settings)
        self._settings = settings
        self._pace = pace or Pace()
        self._wire: Wire | None = None
        self._account = Account()
        self._opening = asyncio.Lock()
        self._on_request: Callable[[str, str, int, float], None] | None = None

    @property
    def label(self) -> str:
        """Live or demo."""
        return self._settings.source_kind.value

    def tell_requests(self, told: Callable[[str, str, int, float], None]) -> None:
        """Tell of every request from now on: method, path without its query, status (0 = no answer), seconds."""
        self._on_request = told
        if self._wire is not None:
            self._wire.on_request = told

    async def load(self, report: Report = ignore) -> Inventory:
        """The overview: a handful of queries, then the version list of each custom location in view."""
        try:
            with collector_paused():
                return await self._overview(self._reporter(report))
        except ReadError as error:
            raise error.as_source_error() from None

    async def load_all(self, report: Report = ignore) -> Inventory:
        """The overview, then state, profile and pools of every cluster from ARM, as `refresh` reads them."""
        reporter = self._reporter(report)
        try:
            with collector_paused():
                overview = await self._overview(reporter)
            return await self._details(overview, reporter)
        except ReadError as error:
            raise error.as_source_error() from None

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        """State, profile and pools of one cluster from ARM. Raises SourceError where Azure is out of reach."""
        at = self._settings.now()
        try:
            wire = await self._wired()
            read, gaps = await read_cluster(wire, cluster, at)
            fresh = replace(with_cluster(inventory, read, gaps), as_of=max(inventory.as_of, at))
            return await self._with_list(wire, fresh, read)
        except ReadError as error:
            raise error.as_source_error() from None

    async def look(self, inventory: Inventory, cluster: Cluster, *, wide: bool) -> Inventory:
        """All that a walk looks at, read now. Raises SourceError where Azure is out of reach."""
        if wide:
            inventory = _with_cluster_in_view(await self.load(), cluster)
        try:
            wire = await self._wired()
            at = self._settings.now()
            read, gaps = await read_cluster(wire, inventory.by_key.get(cluster.key, cluster), at)
            read, more = await read_contact(wire, read, at)
            fresh = replace(with_cluster(inventory, read, gaps + more), as_of=max(inventory.as_of, at))
            return await self._with_list(wire, fresh, read, anew=not wide)
        except ReadError as error:
            raise error.as_source_error() from None

    async def poll(self, step: str, operation: str) -> Polled | PollFailed:
        """What a running operation says. Never raises but CancelledError."""
        try:
            answer = await (await self._wired()).operation(operation)
        except (ReadError, SourceError) as error:
            return poll_failed(error, step, self._settings.now())
        return polled(answer.document, step, self._settings.now())

    async def upgrader(self, *, deadline: float = 90.0) -> AzureUpgrader:
        """The way to write, over the same wire: only for an operator who allowed upgrades. Raises SourceError.

        `deadline` is the seconds within which Azure has to answer the one request.
        """
        try:
            await self._wired()
        except ReadError as error:
            raise error.as_source_error() from None
        make = await asyncio.to_thread(_upgrader)
        return make(self._wired, self._settings, self._account, deadline)

    async def close(self) -> None:
        """Close all connections; a later reading opens them again."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    def _reporter(self, report: Report) -> Reporter:
        reporter = Reporter(report, self._pace.clock)
        self._pace.on_wait = reporter.waiting
        return reporter

    async def _wired(self) -> Wire:
        return await self._connect(Reporter(ignore, self._pace.clock))

    async def _connect(self, reporter: Reporter) -> Wire:
        """Import the SDK (on a thread: it takes a while), open a session, sign in. Raises ReadError, SourceError."""
        async with self._opening:
            if self._wire is None:
                reporter.say("starting")
                make = await asyncio.to_thread(_prepare, self._settings)
                wire = make(self._pace)
                wire.on_request = self._on_request
                try:
                    reporter.say("signing in")
                    self._account = await wire.sign_in()
                except BaseException:
                    await wire.close()
                    raise
                self._wire = wire
            return self._wire

    # -- overview

    async def _overview(self, reporter: Reporter) -> Inventory:
        wire = await self._connect(reporter)
        gathered = Gathered(self._settings.now())
        join = Join(gathered, self._settings.source_kind, self._account, self._settings.subscriptions)

        def publish() -> None:
            join.keep_up()
            reporter.publish(len(gathered.connected), gathered.totals.get(Query.CLUSTERS), "clusters", join.partial)

        failures: dict[Query, ReadError] = {}

        async def run(query: Query) -> None:
            failure = await run_query(wire, query, gathered, publish)
            if failure is not None:
                failures[query] = failure

        await each(Query, run)
        if Query.CLUSTERS in failures and not gathered.connected:
            raise failures[Query.CLUSTERS]
        if gathered.was_read(Query.SUBSCRIPTIONS) and not gathered.subscriptions and not gathered.connected:
            raise _sees_nothing()
        await self._read_lists(wire, gathered, join, reporter)
        return join.complete()

    async def _read_lists(self, wire: Wire, gathered: Gathered, join: Join, reporter: Reporter) -> None:
        keys = gathered.locations_in_view

        async def read(key: str) -> None:
            doubts: Doubts = []
            gathered.offered[key] = await self._offered(wire, key, doubts)
            gathered.doubt(key, doubts)
            reporter.publish(len(gathered.offered), len(keys), "version lists", join.partial)

        await each(keys, read)

    async def _offered(self, wire: Wire, key: str, doubts: Doubts) -> Observed[tuple[OfferedVersion, ...]]:
        """The version list of a custom location; that there is none yet is told apart from one not readable."""
        try:
            answer = await wire.read(Part.VERSIONS, key)
        except ReadError as error:
            return Unknown(NO_LIST if error.kind is Trouble.MISSING else error.why)
        return version_list(answer.document, self._settings.now(), doubts)

    # -- details

    async def _details(self, inventory: Inventory, reporter: Reporter) -> Inventory:
        wire = await self._connect(reporter)
        at = self._settings.now()
        read: dict[str, Cluster] = {}
        gaps: list[Unread] = []
        failed = 0

        def so_far() -> Inventory:
            kept = (gap for gap in inventory.unread if gap.subject.casefold() not in read)
            return replace(
                inventory,
                as_of=max(inventory.as_of, at),
                clusters=tuple(read.get(one.key, one) for one in inventory.clusters),
                unread=in_order((*kept, *gaps)),
            )

        async def detail(cluster: Cluster) -> None:
            nonlocal failed
            if failed >= GIVE_UP_AFTER:
                gaps.append(Unread("details", cluster.key, "not tried: Azure failed on the clusters before it"))
                return
            try:
                found, missing = await read_cluster(wire, cluster, at)
            except ReadError as error:
                failed += 1
                gaps.append(Unread("details", cluster.key, error.why))
                return
            failed = 0
            read[cluster.key] = found
            gaps.extend(missing)
            reporter.publish(len(read), len(inventory.clusters), "clusters in detail", so_far)

        await each(inventory.clusters, detail)
        whole = so_far()
        for cluster in whole.clusters:
            whole = await self._with_list(wire, whole, cluster)
        return whole

    async def _with_list(self, wire: Wire, inventory: Inventory, cluster: Cluster, *, anew: bool = False) -> Inventory:
        """The inventory with the version list of a custom location: where it was not read yet, or `anew`."""
        key = value_of(cluster.custom_location)
        known = inventory.location_by_id.get(key) if key is not None else None
        if key is None or (not anew and known is not None and known.offered not in (NOT_YET, LIST_LATER)):
            return inventory
        doubts: Doubts = []
        offered = await self._offered(wire, key, doubts)
        gaps = [Unread(what, key, reason) for what, reason in doubts]
        if isinstance(offered, Unknown):
            gaps.append(Unread(Part.VERSIONS.label, key, offered.reason))
        found = replace(known, offered=offered) if known else _unseen_location(key, offered)
        others = (one for one in inventory.locations if one.id != key)
        before = (one for one in inventory.unread if one.subject.casefold() != key or one.what != Part.VERSIONS.label)
        return replace(
            inventory,
            locations=tuple(sorted((*others, found), key=lambda one: one.id)),
            unread=in_order((*before, *gaps)),
        )


def _prepare(settings: AzureSettings) -> Callable[[Pace], Wire]:
    """All that blocks: importing the SDK and reading certificates. The result opens the wire on the loop."""
    from planner.azure.wire import prepare

    return prepare(settings)


def _upgrader() -> type[AzureUpgrader]:
    """Imports more of the SDK, so not on the loop."""
    from planner.azure.upgrader import AzureUpgrader

    return AzureUpgrader


def _with_cluster_in_view(inventory: Inventory, cluster: Cluster) -> Inventory:
    """The inventory with a cluster that Resource Graph may not show just now."""
    if cluster.key in inventory.by_key:
        return inventory
    return replace(inventory, clusters=tuple(sorted((*inventory.clusters, cluster), key=lambda one: one.key)))


def _sees_nothing() -> ReadError:
    return ReadError(
        Trouble.SUBSCRIPTION,
        "The account is signed in but can see no subscription.",
        "Check --tenant and --subscription, or ask for the Reader role; `az account list` shows what it sees.",
    )


def _unseen_location(key: str, offered: Observed[tuple[OfferedVersion, ...]]) -> CustomLocation:
    """A custom location that only a live answer names; the overview showed nothing of it."""
    missing = Unknown(NO_LOCATION)
    return CustomLocation(key, clean(key.rpartition("/")[2]), missing, offered, missing)
