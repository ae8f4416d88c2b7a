"""The memory of the search: tables and grounds made once and shared by every cluster that stands on the same ground."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from typing import TypeVar, cast

from planner.catalog import Catalog
from planner.inventory import Cluster, Known, Unknown, value_of
from planner.moves import NOWHERE, Ground, Platform, State
from planner.proven import Proofs
from planner.search import Aim, Graph, Reach, Table, priority
from planner.sisters import proofs_for
from planner.standpoint import Offered, Standpoint, ground_of, platform_now, windows_skus
from planner.states import Place
from planner.support import Judge
from planner.version import KubernetesVersion

T = TypeVar("T")


class Routes:
    """The memory of the search: one table for each ground, goal and priority. Make one for a catalog and keep it."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._graphs: dict[tuple[Ground, KubernetesVersion | None, frozenset[str]], Graph] = {}
        self._tables: dict[tuple[int, object, str | None], Table] = {}
        self._reaches: dict[tuple[int, State, frozenset[KubernetesVersion] | None], Reach] = {}
        self._grounds: dict[tuple[int, Platform, frozenset[str], Proofs, bool], tuple[object, Ground]] = {}
        self._standpoints: dict[tuple[State, int, frozenset[KubernetesVersion] | None], Standpoint] = {}
        self._same: dict[Ground, Ground] = {}
        self._supported: dict[date, frozenset[Platform]] = {}
        self._remembered: dict[Hashable, object] = {}

    def remembered(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """What `work_out` gives, worked out once for each key; the key must hold all it depends on."""
        known = self._remembered.get(key, self)
        if known is self:  # which is never what was worked out
            known = self._remembered[key] = work_out()
        return cast(T, known)

    def graph(self, ground: Ground, wanted: KubernetesVersion | None, accepted: frozenset[str]) -> Graph:
        """The graph of a ground, made once."""
        key = (ground, wanted, accepted)
        if key not in self._graphs:
            beyond = None if ground.here == NOWHERE else self.graph(ground.beyond(), wanted, accepted)
            self._graphs[key] = Graph(self.catalog, ground, wanted, accepted, beyond)
        return self._graphs[key]

    def table(self, graph: Graph, key: object, aim: Aim, first: str | None = None) -> Table:
        """The table for a goal, made once. `key` stands for `aim`, which cannot be compared."""
        full = (id(graph), key, first)
        if full not in self._tables:
            beyond = None if graph.beyond is None else self.table(graph.beyond, key, aim, first)
            self._tables[full] = Table(graph, aim(graph.ground), priority(first), beyond)
        return self._tables[full]

    def reach(self, graph: Graph, start: State, first_hops: frozenset[KubernetesVersion] | None) -> Reach:
        """Every state that can be reached from a start, worked out once."""
        key = (id(graph), start, first_hops)
        if key not in self._reaches:
            self._reaches[key] = Reach(graph, start, first_hops)
        return self._reaches[key]

    def beyond(self, ground: Ground) -> Ground:
        """`ground.beyond()`, as one object for all that are equal."""
        return self.remembered(("beyond", id(ground)), lambda: self._same.setdefault(ground.beyond(), ground.beyond()))

    def ground(
        self,
        offered: Offered | None,
        here: Platform,
        windows: frozenset[str],
        proofs: Proofs = (),
        *,
        recovery: bool = False,
    ) -> Ground:
        """The ground of a live list for clusters with these Windows SKUs; equal grounds are one object.

        `proofs`: what live lists prove of later releases. `recovery`: RECOVERY-SKIP was accepted.
        """
        key = (id(offered), here, windows, proofs, recovery)
        kept = self._grounds.get(key)
        if kept is None:
            ground = replace(ground_of(offered, here, windows, proofs), recovery=recovery)
            kept = self._grounds[key] = offered, self._same.setdefault(ground, ground)  # kept, so that the id stays its
        return kept[1]

    def standpoint(self, state: State, ground: Ground, first_hops: frozenset[KubernetesVersion] | None) -> Standpoint:
        """A standpoint on one of the grounds given here; equal ones are one object."""
        key = (state, id(ground), first_hops)
        kept = self._standpoints.get(key)
        if kept is None:
            kept = self._standpoints[key] = Standpoint(state, ground, first_hops)
        return kept

    def supported(self, today: date, work_out: Callable[[Catalog, date], frozenset[Platform]]) -> frozenset[Platform]:
        """Platforms in support on a day, worked out once."""
        if today not in self._supported:
            self._supported[today] = work_out(self.catalog, today)
        return self._supported[today]


def stand(cluster: Cluster, judge: Judge, routes: Routes, *, recovery: bool = False) -> Standpoint | Unknown:
    """Where a cluster stands, or why nobody can tell (version, instance or release unknown).

    Clusters that stand alike share one object; it is worked out once for all that share their facts.
    """
    place = judge.place(cluster)
    version, upgrades, pools, outlooks = cluster.version, cluster.upgrades, cluster.pools, place.outlooks
    key = ("stand", id(version), id(upgrades), id(pools), id(outlooks), id(routes), recovery)
    known = cast("tuple[Standpoint, object] | None", judge.memo.get(key))
    if known is not None:
        return known[0]
    standpoint = _stand(cluster, place, judge, routes, recovery=recovery)
    if not isinstance(standpoint, Unknown):  # which names the instance, so that it is nobody else's
        judge.memo[key] = (
            standpoint,
            (version, upgrades, pools, outlooks, routes),
        )  # kept, so that their ids stay theirs
    return standpoint


def _stand(cluster: Cluster, place: Place, judge: Judge, routes: Routes, *, recovery: bool) -> Standpoint | Unknown:
    match cluster.version:
        case Unknown(reason):
            return Unknown(f"the cluster's version is unknown: {reason}")
        case Known(version):
            pass
    here = ("platform", id(place))
    platform = cast("Platform | Unknown | None", judge.memo.get(here))
    if platform is None:
        platform = judge.memo[here] = platform_now(cluster, judge)
    if isinstance(platform, Unknown):
        return platform
    proofs = proofs_for(place, platform, judge)
    offered = place.live.value if place.live is not None else None
    ground = routes.ground(offered, platform, windows_skus(cluster), proofs, recovery=recovery)
    profile = value_of(cluster.upgrades)
    first = None if profile is None else frozenset(row.version for row in profile if not row.is_preview)
    return routes.standpoint(State(platform, version), ground, first)
