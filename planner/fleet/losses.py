"""For every release updates lead to: whom a straight update would newly strand first, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from planner.catalog import Catalog
from planner.doubts import lowest_run
from planner.fleet.fixes import fate_on
from planner.fleet.targets import full_name, targets
from planner.inventory import Instance, Unknown
from planner.moves import Platform, Standing, standing
from planner.routes import Routes, stand
from planner.standpoint import Standpoint, is_stranded_today, platform_of
from planner.support import Judge
from planner.version import KubernetesVersion, Minor


@dataclass(frozen=True, slots=True)
class Loss:
    """Whom an update straight to a release would newly strand."""

    release: str
    """Key of the release."""
    name: str
    """The release as people say it."""
    cluster: str
    """The one it would strand first: the lowest minor, of equals the first name; "" = nobody."""
    version: KubernetesVersion | None
    """What that cluster runs."""
    count: int
    """How many it would newly strand."""
    unjudged: int
    """How many cannot be judged."""

    def words(self, total: int, *, partial: bool = False) -> str:
        """What an update straight there would do, of `total` clusters. `partial`: others may be on the instance."""
        lost = f"would strand {self.cluster} ({self.version}) first, {self.count} of {total}" if self.count else ""
        dark = f"{self.unjudged} cannot be judged" if self.unjudged else ""
        nobody = f"would strand {none_of_them(partial)}"
        return "; ".join(part for part in (lost, dark) if part) or nobody


def losses_of(instance: Instance, judge: Judge, routes: Routes) -> tuple[Loss, ...]:
    """For every release updates lead to: whom a straight update would newly strand first, and how many."""
    key = ("losses", instance.id)
    known = judge.memo.get(key)
    if known is None:
        known = judge.memo[key] = _losses(instance, judge, routes)
    return cast("tuple[Loss, ...]", known)


def _losses(instance: Instance, judge: Judge, routes: Routes) -> tuple[Loss, ...]:
    catalog, here = judge.catalog, platform_of(instance, judge)
    if isinstance(here, Unknown):
        return ()
    hosted = judge.inventory.clusters_by_instance.get(instance.id, ())
    stands = [(cluster, stand(cluster, judge, routes)) for cluster in hosted]
    savable = [
        _Savable(cluster.name, point, (lowest_run(cluster) or point.state.version).minor)
        for cluster, point in stands
        if isinstance(point, Standpoint) and not is_stranded_today(point, catalog)
    ]
    unreadable = sum(isinstance(point, Unknown) for _, point in stands)
    reachable = targets(instance, judge, routes)
    return tuple(
        _loss(target, full_name(target, here, reachable, catalog), savable, unreadable, routes) for target in reachable
    )


@dataclass(frozen=True, slots=True)
class _Savable:
    """A cluster that is not stranded today, and the oldest minor its nodes run."""

    name: str
    point: Standpoint
    behind: Minor


def _lost(point: Standpoint, minor: Minor, catalog: Catalog) -> bool:
    return standing(catalog, point.ground, point.state.platform, minor) is Standing.STRANDED


def _loss(target: Platform, name: str, savable: list[_Savable], unreadable: int, routes: Routes) -> Loss:
    judged = [(_fate(one, target, routes), one.point.state.version, one.name) for one in savable]
    lost = [(version, name) for fate, version, name in judged if fate is Standing.STRANDED]
    unjudged = unreadable + sum(fate is Standing.CANNOT_JUDGE for fate, _, _ in judged)
    if not lost:
        return Loss(target.key, name, "", None, 0, unjudged)
    version, first = min(lost, key=lambda one: (one[0].minor, one[1]))
    return Loss(target.key, name, first, version, len(lost), unjudged)


def _fate(one: _Savable, target: Platform, routes: Routes) -> Standing:
    """Of what its nodes run as well, where an upgrade left some of them behind: the worse of the two (P17)."""
    wanted = one.point.state.version.minor
    ground = one.point.ground
    fate = fate_on(target, wanted, ground, routes)
    if fate is not Standing.FINE or one.behind == wanted:
        return fate
    lost = _lost(one.point, one.behind, routes.catalog)
    return Standing.CANNOT_JUDGE if lost else fate_on(target, one.behind, ground, routes)


def none_of_them(partial: bool) -> str:
    """Nobody; or, where others may be there unseen, nobody of those that were looked at (PR14)."""
    return "none of those known to be here" if partial else "nobody"
