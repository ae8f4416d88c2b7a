"""What an update of the hosts would mean for one of their clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from planner.catalog import Catalog
from planner.ceilings import ceiling_on, ceiling_words, lost_by_update
from planner.destination import release_name
from planner.doubts import above_the_list, lowest_run, nodes_gap, windows_gap
from planner.draft import unsettled
from planner.fleet.fixes import FixFirst, fate_on, fix_first
from planner.holding import held_up
from planner.inventory import Cluster, Unknown, value_of
from planner.moves import Ground, Platform, Standing, State, hops, offers, standing
from planner.proven import lowest_on, why_unknown
from planner.routes import Routes, stand
from planner.standpoint import Standpoint, is_stranded_today
from planner.support import Judge, SupportState
from planner.version import KubernetesVersion


class Bearing(StrEnum):
    """How a cluster would stand after an update, worst first."""

    STRANDED = "stranded"
    """By this update: no legal hop is left (P11, P18)."""
    CEILING = "ceiling reached"
    """Its Windows node pools leave it without a legal hop there."""
    ALREADY = "stranded already"
    """Today, so the order does not wait for it; it is decided about before the first update."""
    CANNOT_JUDGE = "cannot judge"
    MINOR_REMOVED = "minor removed"
    """Exactly one minor below the lowest offered: one hop back, within the 30 days of P3."""
    PATCH_OUTDATED = "patch outdated"
    """Its minor is offered, its patch is not (P8)."""
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Effect:
    """What the update would mean for one cluster."""

    cluster: Cluster
    version: KubernetesVersion | None
    """None = it could not be read."""
    bearing: Bearing
    why: str
    """One sentence or two, with rule ids."""
    rules: tuple[str, ...]
    offered: tuple[KubernetesVersion, ...] = ()
    """What it could hop to after the update, ascending; empty also where the list is not published."""
    fixes: tuple[FixFirst, ...] = ()
    """The hops that save it, release by release; empty where it needs none or nothing saves it. With a `gap` the least."""
    first: str = ""
    """What to do before the update, or what is missing, in a few words."""
    newly: bool = False
    """True where it is the update that strands it or leaves it at a ceiling."""
    gap: str = ""
    """What nobody knows and could turn the answer; "" = nothing."""
    sku: str = ""
    """The Windows SKU that leaves it without a hop; "" where none does."""
    is_listed: bool = True
    """False where nobody published the list of the release: what it could hop to there is not known."""
    then: str = ""
    """What to do right after the update, in two or three words; "" = nothing."""
    now: str = ""
    """Why it cannot be changed as things are, such as that it is offline; "" where nothing speaks against it."""
    is_half: bool = False
    """An upgrade of it broke off: nodes it left behind are what would be stranded, and no hop but a repair saves it."""

    @property
    def blocks(self) -> bool:
        """The update has to wait for this cluster."""
        return self.newly

    @property
    def is_open(self) -> bool:
        """Not enough is known to call it safe."""
        return self.bearing is Bearing.CANNOT_JUDGE or bool(self.gap)

    @property
    def on_it(self) -> str:
        """How it would stand, in a few words: the bearing, and the newest patch of each minor then offered."""
        is_fine = self.bearing is Bearing.FINE
        if not self.is_listed:
            return f"{'can continue' if is_fine else self.bearing}; list not published"
        if self.sku:
            return f"{self.bearing}: {self.sku}"
        also = "not now" if is_fine and self.now else self.then
        words = f"{self.bearing}, {also}" if also else str(self.bearing)
        newest = {version.minor: str(version) for version in self.offered}
        if newest:
            return f"{words}: {', '.join(newest.values())}"
        return f"{words}{';' if also else ','} the newest there" if is_fine else words


def effect_of(cluster: Cluster, way: tuple[Platform, ...], judge: Judge, routes: Routes) -> Effect:
    """What the updates of `way` would mean for a cluster that makes no hop before them."""
    return replace(_effect_of(cluster, way, judge, routes), now=held_up(cluster, judge) or unsettled(cluster) or "")


def _effect_of(cluster: Cluster, way: tuple[Platform, ...], judge: Judge, routes: Routes) -> Effect:
    version = value_of(cluster.version)
    standpoint = stand(cluster, judge, routes)
    if isinstance(standpoint, Unknown):
        why = f"{standpoint.reason[:1].upper()}{standpoint.reason[1:]}."
        return Effect(cluster, version, Bearing.CANNOT_JUDGE, why, ("P18",), first="get access, read it again")
    catalog, running = judge.catalog, standpoint.state.version
    target = way[-1]
    if is_stranded_today(standpoint, catalog):
        return _stranded_already(cluster, standpoint, catalog)
    fate = fate_on(target, running.minor, standpoint.ground, routes)
    if fate is Standing.STRANDED:
        return _stranded(cluster, standpoint, way, routes)
    if (half := _left_half_way(cluster, standpoint, target, routes)) is not None:
        return half
    if (sku := ceiling_on(catalog, standpoint.ground, target, running)) is not None:
        return _at_ceiling(cluster, standpoint, target, sku, catalog)
    if fate is Standing.CANNOT_JUDGE:
        return _cannot_judge(cluster, running, standpoint.ground, target, catalog)
    effect = _goes_on(cluster, standpoint, target, judge)
    if effect.bearing is Bearing.CANNOT_JUDGE:
        return effect
    ground = standpoint.ground
    gap = windows_gap(cluster, ground, running, target, catalog) or nodes_gap(cluster, ground, target, catalog)
    return replace(effect, gap=gap)


def _left_half_way(cluster: Cluster, standpoint: Standpoint, target: Platform, routes: Routes) -> Effect | None:
    """An upgrade that broke off leaves nodes behind: they decide whether the cluster can continue; None where they can."""
    catalog, (here, running) = routes.catalog, standpoint.state
    behind = lowest_run(cluster) or running
    ground = standpoint.ground
    now, then = standing(catalog, ground, here, behind.minor), fate_on(target, behind.minor, ground, routes)
    if behind.minor == running.minor or (now is not Standing.STRANDED and then is Standing.FINE):
        return None
    name, newly = release_name(target, catalog), now is not Standing.STRANDED and then is Standing.STRANDED
    fate = f"on {name} no one-minor hop leads on from {behind.minor} (P11, P18)"
    if not newly:
        stranded = now is Standing.STRANDED
        fate = f"whether they can still follow{'' if stranded else f' on {name}'} is not known (P17, P18)"
    return Effect(
        cluster,
        running,
        Bearing.STRANDED if newly else Bearing.CANNOT_JUDGE,
        f"It is set to {running}, but nodes still run {behind}: {fate}. Repair it first, until every node runs {running}.",
        ("P11", "P17", "P18"),
        first="repair it",
        newly=newly,
        is_half=True,
    )


def _stranded_already(cluster: Cluster, standpoint: Standpoint, catalog: Catalog) -> Effect:
    here, running = release_name(standpoint.state.platform, catalog), standpoint.state.version
    why = (
        f"{running} is stranded on {here} already (P11, P18): no update brings it back. The order does not wait for it, but "
        "decide about it first: each release moves the lowest version it could still skip to further away (P12). "
        "Its own plan has the ways out."
    )
    return Effect(cluster, running, Bearing.ALREADY, why, ("P11", "P18"), first="see its own plan")


def _stranded(cluster: Cluster, standpoint: Standpoint, way: tuple[Platform, ...], routes: Routes) -> Effect:
    catalog, running, name = routes.catalog, standpoint.state.version, release_name(way[-1], routes.catalog)
    lowest = lowest_on(catalog, standpoint.ground.proofs, way[-1].key)
    offer = f"{name} offers nothing below {lowest}" if lowest else f"the last list before {name} begins higher up"
    fixes = fix_first(standpoint, way, routes)
    least = fixes or fix_first(standpoint, way, routes, sure=False)
    first = first_words(least, standpoint.state.platform, catalog)
    gap = "" if fixes or not least else "whether those hops are far enough is not known"
    cure = "No order of hops and updates brings it far enough: its own plan has the ways out."
    if least:
        cure = f"Hop first: {first}." if fixes else f"Hop first, at least: {first}; {gap}, as a list on the way is not."
    why = f"{offer[:1].upper()}{offer[1:]}, so no one-minor hop from {running.minor} is left (P11), and a release cannot go "
    return Effect(
        cluster,
        running,
        Bearing.STRANDED,
        f"{why}back (P18). {cure}",
        ("P11", "P18"),
        fixes=least,
        first=f"{first} at least" if gap else first or "no hop saves it",
        newly=True,
        gap=gap,
    )


def first_words(fixes: tuple[FixFirst, ...], here: Platform, catalog: Catalog) -> str:
    """The hops that come first; a release is named where it is not today's."""
    parts: list[str] = []
    for fix in fixes:
        versions = ", ".join(map(str, fix.versions))
        entry = catalog.by_key.get(fix.on)
        parts.append(versions if fix.on == here.key else f"on {entry.release if entry else fix.on} {versions}")
    return "; ".join(parts)


def _cannot_judge(
    cluster: Cluster, running: KubernetesVersion, ground: Ground, target: Platform, catalog: Catalog
) -> Effect:
    name, reason = release_name(target, catalog), why_unknown(catalog, ground.proofs, target.key)
    why = f"What {name} offers is not known: {reason}. So nobody can tell whether {running.minor} can go on there (P11, P18)."
    return Effect(cluster, running, Bearing.CANNOT_JUDGE, why, ("P11", "P18"), is_listed=False)


def _at_ceiling(cluster: Cluster, standpoint: Standpoint, target: Platform, sku: str, catalog: Catalog) -> Effect:
    here, running = standpoint.state
    reason = ceiling_words(catalog, target, sku)
    newly = lost_by_update(catalog, standpoint.ground, here, target, running) is not None
    since = "" if newly else " It is so already today."
    why = f"With its {sku} node pools no hop is legal on {release_name(target, catalog)}: {reason} (P18).{since}"
    first = "replace its pools"
    return Effect(cluster, running, Bearing.CEILING, why, ("P18",), first=first, newly=newly, sku=sku)


def _goes_on(cluster: Cluster, standpoint: Standpoint, target: Platform, judge: Judge) -> Effect:
    """Not stranded: what the cluster could do there."""
    catalog, ground, running = judge.catalog, standpoint.ground, standpoint.state.version
    name = release_name(target, catalog)
    listed = offers(catalog, ground, target)
    if not listed:
        why = (
            f"The list of {name} is not published. The known lists around it say that {running.minor} can go on there (P11); "
            "to which version is not known."
        )
        return Effect(cluster, running, Bearing.FINE, why, ("P11", "P18"), is_listed=False)
    ahead = tuple(sorted({move.target.version for move in hops(catalog, ground, State(target, running))}))
    if above := above_the_list(ground, running, target, catalog):
        first = f"check: {name} ends at {max(version.minor for version in listed)}"
        return Effect(cluster, running, Bearing.CANNOT_JUDGE, f"{above}.", ("P15", "P18"), first=first)
    return _listed(cluster, running, listed, ahead, name, judge)


def _listed(
    cluster: Cluster,
    running: KubernetesVersion,
    listed: tuple[KubernetesVersion, ...],
    ahead: tuple[KubernetesVersion, ...],
    name: str,
    judge: Judge,
) -> Effect:
    """On a published list that the cluster can go on with."""
    hop = f"It could hop to {', '.join(map(str, ahead))} then (P11)." if ahead else "Nothing newer is offered there."
    if running in listed:
        why = f"{name} offers {running}. {hop}"
        return Effect(cluster, running, Bearing.FINE, why, ("P11", "P18"), offered=ahead)
    if running.minor in {version.minor for version in listed}:
        why = f"{name} offers other patches of {running.minor}, so {running} would be off the list (P8). {hop}"
        return Effect(cluster, running, Bearing.PATCH_OUTDATED, why, ("P8", "P11", "P18"), offered=ahead)
    then, clock = _after_removal(cluster, running, judge)
    why = f"{name} no longer offers {running.minor}; {clock} {hop}"
    return Effect(cluster, running, Bearing.MINOR_REMOVED, why, ("P3", "P11", "P18"), offered=ahead, then=then)


def _after_removal(cluster: Cluster, running: KubernetesVersion, judge: Judge) -> tuple[str, str]:
    """What to do once a minor is off the list, and how long there is: nobody out of support today has the 30 days of P3."""
    entry = judge.catalog.minor_entries.get(running.minor)
    end = f" Its published end is {entry.aksarc_end}." if entry is not None and entry.aksarc_end is not None else ""
    if judge.state(cluster)[0] is SupportState.OUT_OF_SUPPORT:
        return "hop at once", f"the cluster is out of support today already, so no 30 days are left to wait (P3).{end}"
    return "then hop", f"support of it ends 30 days after the update at the latest (P3).{end}"
