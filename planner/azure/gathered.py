"""Rows as they come from Resource Graph, decoded and keyed, whatever their order, casing and number of copies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from planner.azure import graph_rows as rows
from planner.azure.decode import ClusterState, Doubts, cluster_state, upgrade_profile
from planner.azure.fields import Json, text
from planner.azure.graph_rows import Connected, Host, Location, Summary
from planner.azure.queries import Query, is_cluster_id
from planner.inventory import Known, Observed, OfferedVersion, Subscription, Unread, Upgrade

NO_ID: Final = "its id is no ARM id, so nothing more can be read of it"


class Gathered:
    """What was read so far. Keys are casefolded ids; for states and profiles the id of their connected cluster."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.connected: dict[str, Connected] = {}
        self.states: dict[str, ClusterState] = {}
        self.profiles: dict[str, Observed[tuple[Upgrade, ...]]] = {}
        self.locations: dict[str, Location] = {}
        self.hosts: dict[str, Host] = {}
        self.bridges: dict[str, Observed[str]] = {}
        self.summaries: dict[str, Summary] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.offered: dict[str, Observed[tuple[OfferedVersion, ...]]] = {}
        """Version lists by the key of their custom location."""
        self.tenant: str | None = None
        self.unread: list[Unread] = []
        self.spelling: dict[str, str] = {}
        """Ids of connected clusters as they were spelled first."""
        self.touched: set[str] = set()
        """Keys of clusters with something new; whoever has seen to them takes them out."""
        self._in_view: set[str] = set()
        self.totals: dict[Query, int | None] = {}
        """Rows Azure counted, by query."""
        self._ended: dict[Query, str] = {}
        self._short: dict[Query, int] = {}

    def add(self, query: Query, found: Iterable[Json]) -> None:
        """Take in rows of a query. A copy of a row changes nothing; a row without an id is a gap."""
        for row in found:
            own = rows.row_id(row)
            if own is None:
                self.unread.append(Unread(query.label, "", "a row came without an id"))
            else:
                self._add(query, row, own)

    def _add(self, query: Query, row: Json, own: str) -> None:
        match query:
            case Query.CLUSTERS:
                self._add_connected(row, own)
            case Query.STATES:
                self._add_state(row, own)
            case Query.PROFILES:
                self._add_profile(row, own)
            case Query.PLATFORM:
                self._add_platform(row, own)
            case Query.RELEASES:
                self.summaries.setdefault(rows.summary_key(own), rows.summary(row, self.at))
            case Query.SUBSCRIPTIONS:
                found = rows.subscription(row, own, self.at)
                self.subscriptions.setdefault(found.id, found)
                self.tenant = self.tenant or text(row.get("tenantId"), 60)

    def _add_connected(self, row: Json, own: str) -> None:
        key = own.casefold()
        if key not in self.connected:
            self.connected[key] = rows.connected(row, own, self.at)
            self._note(key, own)

    def _note(self, key: str, own: str) -> None:
        """A cluster changed; an id that is none is told here, once."""
        if key not in self.spelling:
            self.spelling[key] = own
            if not is_cluster_id(own):
                self.unread.append(Unread("cluster", key, NO_ID))
        self.touched.add(key)

    def _add_state(self, row: Json, own: str) -> None:
        key = rows.cluster_key(own)
        if key not in self.states:
            doubts: Doubts = []
            state = self.states[key] = cluster_state(row, self.at, "graph", doubts)
            self._note(key, own[: len(key)])
            if isinstance(state.custom_location, Known) and not state.is_foreign:
                self._in_view.add(state.custom_location.value)
            self.doubt(key, doubts)

    def _add_profile(self, row: Json, own: str) -> None:
        key = rows.cluster_key(own)
        if key not in self.profiles:
            doubts: Doubts = []
            self.profiles[key] = upgrade_profile(row, self.at, "graph", doubts)
            self.touched.add(key)
            self.doubt(key, doubts)

    def _add_platform(self, row: Json, own: str) -> None:
        key = own.casefold()
        if "/microsoft.extendedlocation/customlocations/" in key:
            self.locations.setdefault(key, rows.custom_location(row, own))
        elif "/microsoft.azurestackhci/clusters/" in key:
            self.hosts.setdefault(key, rows.host(row, own, self.at))
        elif "/microsoft.resourceconnector/appliances/" in key:
            self.bridges.setdefault(key, rows.bridge_status(row, self.at))

    def finish(self, query: Query, missing: int, reason: str) -> None:
        """A query ended, `missing` rows short; `reason` says so, and is empty where all came."""
        self._ended[query] = ""
        self._short[query] = missing
        if reason:
            self.unread.append(Unread(query.label, "", reason))

    def fail(self, query: Query, missing: int, reason: str) -> None:
        """A query broke off."""
        self._ended[query] = reason
        self._short[query] = missing
        self.unread.append(Unread(query.label, "", reason))

    def doubt(self, subject: str, doubts: Doubts) -> None:
        """Take in what decoding a document could not make sense of."""
        self.unread += [Unread(what, subject, reason) for what, reason in doubts]

    def was_read(self, query: Query) -> bool:
        """True when all pages of a query came."""
        return self._ended.get(query) == ""

    def why_missing(self, query: Query, reason: str) -> str | None:
        """Why a row of this query is not there: the query's failure, or `reason`; None while it is still read."""
        said = self._ended.get(query)
        return None if said is None else said or reason

    @property
    def rows_missing(self) -> int:
        """Rows of clusters that Azure counted and did not send."""
        return max(self._short.get(Query.CLUSTERS, 0), self._short.get(Query.STATES, 0))

    @property
    def locations_in_view(self) -> list[str]:
        """Keys of the custom locations that clusters on Azure Local live on, sorted."""
        return sorted(self._in_view)


def in_order(gaps: Iterable[Unread]) -> tuple[Unread, ...]:
    """Gaps in an order that does not depend on which answer came first, each once."""
    return tuple(sorted(dict.fromkeys(gaps), key=lambda gap: (gap.subject, gap.what, gap.reason)))
