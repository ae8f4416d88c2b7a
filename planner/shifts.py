"""What lies behind drift: facts that moved, knowledge that changed, and rulings and dates that are judged differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from planner.catalog import Catalog
from planner.clocks import Clock, ClockKind
from planner.fates import Shift
from planner.fleetplan import FleetPlan
from planner.inventory import Cluster, Inventory, Known, Observed, OfferedVersion, Unknown, value_of
from planner.plan import ClockLine, Plan
from planner.subject import OFFERED_HERE, facts_of, pool_line
from planner.support import Judge
from planner.version import Build, InvalidVersion, KubernetesVersion

T = TypeVar("T")

_NOT_READ = "unknown"
_DATED = (ClockKind.KUBERNETES, ClockKind.RELEASE)
"""The clocks whose ends come from documents; the others run on facts alone."""


def facts_moved(plan: Plan, cluster: Cluster, judge: Judge) -> tuple[Shift, ...]:
    """Facts that differ from those the plan was made from; their time and source may."""
    now = {fact.fact: fact.value for fact in facts_of(cluster, judge)}
    rows = [(fact.fact, fact.value, now.get(fact.fact, f"{_NOT_READ}: not read")) for fact in plan.subject.facts]
    pools = value_of(cluster.pools)
    if plan.subject.pools and pools is not None:
        rows.append(("nodes", "; ".join(plan.subject.pools), "; ".join(map(pool_line, pools))))
    instance = judge.inventory.instance_of(cluster)
    if instance is not None and plan.subject.instance_id:
        rows.append(("instance", plan.subject.instance_id, instance.id))
    return tuple(Shift(what, then, new) for what, then, new in rows if not _alike(then, new))


def _alike(then: str, now: str) -> bool:
    return then == now or (then.startswith(_NOT_READ) and now.startswith(_NOT_READ))


def knowledge_changed(plan: Plan | FleetPlan, catalog: Catalog) -> tuple[Shift, ...]:
    """Another catalog, and other editions of the documents the plan cites."""
    shifts: list[Shift] = []
    if plan.catalog_date != catalog.newest_fact:
        shifts.append(Shift("catalog", str(plan.catalog_date), str(catalog.newest_fact)))
    for key, text in plan.sources:
        now = catalog.sources.get(key, "no longer known")
        if now != text:
            shifts.append(Shift(f"source {key}", text, now))
    return tuple(shifts)


def policy_changed(plan: Plan, cluster: Cluster, judge: Judge) -> tuple[Shift, ...]:
    """Rulings and dates of support the plan rests on that are judged differently now, at the plan's own moment."""
    return (*rulings_changed(plan, judge.catalog), *_ends(plan, cluster, judge))


def rulings_changed(plan: Plan | FleetPlan, catalog: Catalog) -> Iterator[Shift]:
    """Contradictions that are ruled another way now."""
    for line in plan.disputes:
        name, _, then = line.partition(": ")
        dispute = catalog.dispute_by_id.get(name)
        now = f"{dispute.title} {dispute.ruling}" if dispute is not None else "no longer disputed"
        if now != then:
            yield Shift(f"dispute {name}", then, now)


def _ends(plan: Plan, cluster: Cluster, judge: Judge) -> Iterator[Shift]:
    before = as_planned(plan, cluster, judge.inventory)
    if before is None:
        return
    clocks = Judge(before, judge.catalog, plan.as_of).support(before.by_key[cluster.key]).clocks
    now = {str(clock.kind): clock for clock in clocks if clock.kind in _DATED}
    for line in plan.subject.clocks:
        clock = now.get(line.kind)
        if clock is not None and _ending(clock) != _ending(line):
            yield Shift(f"{line.kind} clock", _ending(line), _ending(clock))


def _ending(clock: Clock | ClockLine) -> str:
    if clock.ends is None:
        return str(clock.state)
    return f"{clock.state}, {clock.ends} ({clock.rule})"


def as_planned(plan: Plan, cluster: Cluster, inventory: Inventory) -> Inventory | None:
    """The cluster alone with the facts of then put back as far as clocks look at them; None where that cannot be done.

    Previews count like any other version on the list, which is what a minor's clock goes by.
    """
    location, instance = inventory.location_of(cluster), inventory.instance_of(cluster)
    if location is None or instance is None or instance.id != plan.subject.instance_id:
        return None
    try:
        version = _put_back(plan, plan.subject.version, KubernetesVersion.parse)
        build = _put_back(plan, plan.subject.build, Build.parse)
        offered = _put_back(plan, _fact(plan, OFFERED_HERE), _listed)
    except InvalidVersion:
        return None
    return replace(
        inventory,
        clusters=(replace(cluster, version=version),),
        instances=(replace(instance, build=build),),
        locations=(replace(location, offered=offered),),
    )


def _fact(plan: Plan, name: str) -> str:
    return next((fact.value for fact in plan.subject.facts if fact.fact == name), _NOT_READ)


def _put_back(plan: Plan, text: str, parse: Callable[[str], T]) -> Observed[T]:
    return Unknown("not known to the plan") if text.startswith(_NOT_READ) else Known(parse(text), plan.as_of, "plan")


def _listed(text: str) -> tuple[OfferedVersion, ...]:
    names = [] if text == "none" else text.split(", ")
    return tuple(OfferedVersion(KubernetesVersion.parse(name), False, (), None) for name in names)
