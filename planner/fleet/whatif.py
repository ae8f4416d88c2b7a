"""What if: an instance updated to a release, seen through its clusters, and the first one each later release would lose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from planner.builds import build_short
from planner.clocks import release_ends
from planner.destination import release_name, ways_from
from planner.fleet.effects import Bearing, Effect, effect_of
from planner.fleet.fixes import FixFirst
from planner.fleet.holding import blocked_hosts
from planner.fleet.losses import Loss, losses_of, none_of_them
from planner.fleet.targets import full_name, targets
from planner.inventory import Instance, Unknown
from planner.moves import Platform
from planner.neighbours.unseen import unseen_by
from planner.routes import Routes
from planner.standpoint import platform_of
from planner.support import Judge

__all__ = ["Bearing", "Effect", "FixFirst", "Loss", "WhatIf", "losses_of", "what_if"]

_ORDER = {bearing: place for place, bearing in enumerate(Bearing)}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One instance updated to one release."""

    instance: Instance
    here: Platform
    target: Platform
    name: str
    """The target as people say it."""
    goal: str
    """The target as a goal of a plan: its label, or its key where the label means the release of another OS line."""
    way: tuple[Platform, ...]
    """The release updates that lead there, the fewest."""
    effects: tuple[Effect, ...]
    """Of every cluster it hosts, worst first."""
    losses: tuple[Loss, ...]
    """For every release that can be reached, in order of time."""
    unplaced: int
    """Clusters of which nobody knows the instance: each may be on this one."""
    unread: int = 0
    """Clusters that were not read at all: likewise."""
    not_now: tuple[str, ...] = ()
    """Why the hosts cannot be updated as things are, whoever would be stranded; a sentence or two each."""
    ended: date | None = None
    """The last day of support of the target itself, where that has passed; by the earliest rule."""

    @property
    def is_partial(self) -> bool:
        """Clusters nobody looked at may be on it (PR14)."""
        return bool(self.unplaced or self.unread)

    @property
    def stranded(self) -> tuple[Effect, ...]:
        """Newly stranded by this update."""
        return tuple(effect for effect in self.effects if effect.bearing is Bearing.STRANDED)

    @property
    def blocking(self) -> tuple[Effect, ...]:
        """Newly stranded, or newly left without a hop by Windows node pools."""
        return tuple(effect for effect in self.effects if effect.blocks)

    @property
    def open(self) -> tuple[Effect, ...]:
        """Those of whom not enough is known."""
        return tuple(effect for effect in self.effects if effect.is_open)

    @property
    def is_unlisted(self) -> bool:
        """Nobody published the list of the target and what one of them could hop to is not known."""
        return any(not effect.is_listed for effect in self.effects)

    @property
    def later(self) -> tuple[Loss, ...]:
        """The releases after the target."""
        place = next(place for place, loss in enumerate(self.losses) if loss.release == self.target.key)
        return self.losses[place + 1 :]

    @property
    def later_runs(self) -> tuple[tuple[tuple[str, ...], Loss], ...]:
        """The same, releases in a row that lose the same together: their names and the first of their losses."""
        runs: list[tuple[list[str], Loss]] = []
        for loss in self.later:
            if runs and replace(loss, release="", name="") == replace(runs[-1][1], release="", name=""):
                runs[-1][0].append(loss.name)
            else:
                runs.append(([loss.name], loss))
        return tuple((tuple(names), loss) for names, loss in runs)

    def count(self, bearing: Bearing) -> int:
        """How many clusters would stand like that."""
        return sum(effect.bearing is bearing for effect in self.effects)

    @property
    def verdict(self) -> str:
        """Can the hosts be updated? The answer in a sentence or two, without its sign."""
        return " ".join(part for part in (*_not_now(self), _answer(self), _rest(self)) if part)


def what_if(instance: Instance, target: Platform, judge: Judge, routes: Routes) -> WhatIf | Unknown:
    """What an update of the instance to `target` would mean; Unknown where its release is, or no known update leads there."""
    here = platform_of(instance, judge)
    if isinstance(here, Unknown):
        return here
    catalog, reachable = judge.catalog, targets(instance, judge, routes)
    way = ways_from(here, routes).get(target)
    if way is None:
        to = release_name(target, catalog)
        return Unknown(f"no update the catalog knows leads from {release_name(here, catalog)} to {to}")
    name, label = full_name(target, here, reachable, catalog), release_name(target, catalog)
    hosted = judge.inventory.clusters_by_instance.get(instance.id, ())
    effects = [effect_of(cluster, way, judge, routes) for cluster in hosted]
    unseen = unseen_by(judge)
    return WhatIf(
        instance=instance,
        here=here,
        target=target,
        name=name,
        goal=label if name == label else target.key,
        way=way,
        effects=tuple(sorted(effects, key=_worst_first)),
        losses=losses_of(instance, judge, routes),
        unplaced=len(unseen.unplaced),
        unread=unseen.expected - unseen.read,
        not_now=(*blocked_hosts(instance, judge), *filter(None, (build_short(instance, here, way[0], catalog),))),
        ended=_ended(target, judge),
    )


def _ended(target: Platform, judge: Judge) -> date | None:
    entry = judge.catalog.by_key.get(target.key)
    if entry is None:
        return None
    day = release_ends(judge.catalog, entry, target.line)[0][0]
    return day if day < judge.today else None


def _worst_first(effect: Effect) -> tuple[object, ...]:
    """What the update would do comes before what is so already, a gap before none; then the lowest version."""
    cluster, version = effect.cluster, effect.version
    return (not effect.newly, _ORDER[effect.bearing], not effect.gap, version or (), cluster.name, cluster.key)


def _not_now(what: WhatIf) -> tuple[str, ...]:
    return (f"Not now: {' '.join(what.not_now)}",) if what.not_now else ()


def _answer(what: WhatIf) -> str:
    stranded, ceilings = what.stranded, tuple(effect for effect in what.blocking if effect.bearing is Bearing.CEILING)
    if what.blocking:
        lost = (
            f"{_who(stranded)} would be stranded" if stranded else "",
            f"{_who(ceilings)} {'without a hop' if stranded else 'would have no hop left'}" if ceilings else "",
        )
        who = ", ".join(part for part in lost if part)
        return f"Not yet to {what.name}: {who}. {_cure(stranded, ceilings, what.here)}"
    if what.open:
        return f"Nobody can tell for {what.name}: {_who(what.open)} cannot be judged."
    if not what.effects:
        return f"{what.name}: it hosts no cluster that was read."
    nobody = none_of_them(what.is_partial)
    if what.is_unlisted:
        return (
            f"Not known for {what.name}: its list is not published; {nobody} would be stranded by the lists around it."
        )
    return f"{what.name} strands {nobody}."


def _who(effects: tuple[Effect, ...]) -> str:
    names = [effect.cluster.name for effect in effects]
    return " and ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} more"


def _cure(stranded: tuple[Effect, ...], ceilings: tuple[Effect, ...], here: Platform) -> str:
    """Who has to do what before the update."""
    skus = " and ".join(sorted({effect.sku for effect in ceilings}))
    half = tuple(effect for effect in stranded if effect.is_half)
    hopping = tuple(effect for effect in stranded if not effect.is_half)
    also = (
        f"repair {_who(half)}" if half else "",
        f"replace the {skus} pools of {_who(ceilings)}" if ceilings else "",
    )
    rest = " and ".join(part for part in also if part)
    hopeless = tuple(effect for effect in hopping if not effect.fixes)
    if hopeless:
        return f"No hop saves {_who(hopeless)}.{f' First {rest}.' if rest else ''}"
    then = "look again" if any(effect.gap or effect.is_half for effect in stranded) else "update"
    if hopping and rest:
        return f"First {_hops(hopping, here, '')}{', ' if all(also) else ' and '}{rest}."
    return f"First {_hops(hopping, here) if hopping else rest}, then {then}."


def _hops(stranded: tuple[Effect, ...], here: Platform, what: str = "Kubernetes ") -> str:
    """The hops of those that hops save, up to two by name."""
    if any(fix.on != here.key for effect in stranded for fix in effect.fixes):
        if len(stranded) == 1:
            return f"upgrade {_who(stranded)} between the updates: {stranded[0].first} (its operator)"
        return f"upgrade {_who(stranded)} as their rows say, partly between the updates (their operators)"
    owner = "its operator" if len(stranded) == 1 else "their operators"
    named = [
        f"{effect.cluster.name} to {'' if place else what}{effect.first.replace(', ', ', then ')}"
        for place, effect in enumerate(stranded)
    ]
    if len(named) > 2:
        named = [named[0], f"{len(named) - 1} more as their rows say"]
    return f"upgrade {' and '.join(named)} ({owner})"


def _rest(what: WhatIf) -> str:
    """What else is worth a glance, counted; of an update that has to wait only what is not said yet."""
    waits, ceilings = bool(what.blocking), what.count(Bearing.CEILING)
    newly = sum(effect.bearing is Bearing.CEILING for effect in what.blocking)
    unsaid = tuple(effect for effect in what.open if effect.bearing is not Bearing.STRANDED) if waits else ()
    parts = (
        (ceilings - newly, "at its Windows ceiling already", "at their Windows ceiling already"),
        (what.count(Bearing.ALREADY), "stranded already", "stranded already"),
        (0 if waits else what.count(Bearing.MINOR_REMOVED), "minor removed", "minors removed"),
        (0 if waits else what.count(Bearing.PATCH_OUTDATED), "patch outdated", "patches outdated"),
        (len(unsaid), "cannot be judged", "cannot be judged"),
        (sum(bool(effect.now) for effect in what.effects), "cannot be changed now", "cannot be changed now"),
    )
    counted = ", ".join(f"{number} {one if number == 1 else more}" for number, one, more in parts if number)
    return f"{counted}." if counted else ""
