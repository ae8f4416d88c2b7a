"""The plan of instances on the table, and its transitions: values and pure functions, no Textual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.state import AppState, Failure

if TYPE_CHECKING:
    from planner.documents.readback import Document
    from planner.fleetplan import FleetPlan
    from planner.inventory import Inventory


@dataclass(frozen=True, eq=False, repr=False)
class FleetJob:
    """For which clusters and goal, and how far it is."""

    keys: tuple[str, ...] = ()
    """Keys of the clusters that are to reach the goal; neighbours on their instances are kept safe."""
    goal: str = "latest"
    busy: str = ""
    """What is going on, in words; "" when settled."""
    plan: FleetPlan | None = None
    notes: tuple[str, ...] = ()
    """What the operator must know about how this plan came to be."""
    failure: Failure | None = None
    saved: str = ""
    opened: str = ""
    """The file it was opened from; "" = made now."""
    ticks: frozenset[str] = frozenset()
    text: str = ""
    """The opened document as it was read."""


def begun(state: AppState, job: FleetJob) -> AppState:
    """A plan was asked for; the last one stays in view until this one is there."""
    last = state.fleet_job.plan if state.fleet_job is not None and state.fleet_job.keys == job.keys else None
    return replace(state, fleet_job=replace(job, plan=last))


def busy(state: AppState, words: str) -> AppState:
    """It came further."""
    return _with(state, busy=words)


def planned(state: AppState, notes: Sequence[str] = ()) -> AppState:
    """The plan from the facts there are now, or the reason why there is none."""
    job, lens = state.fleet_job, state.lens
    if job is None:
        return state
    if lens is None or state.inventory is None:
        why = "The fleet has not been read."
        return _with(state, busy="", plan=None, failure=Failure("nothing to plan", why, "R reads the fleet.", 3))
    ids, homeless = homes(job.keys, state.inventory)
    if not ids:
        why = "Which instance hosts these clusters is not known."
        cure = "Ask for the right to read custom locations and instances."
        return _with(state, busy="", plan=None, failure=Failure("nothing to plan", why, cure, 3))
    if homeless:
        notes = (*notes, f"Left out, for their instance is not known: {', '.join(homeless)}.")
    try:
        plan = lens.fleet_plan(ids, frozenset(job.keys), job.goal, state.calendar)
    except ValueError as error:
        failure = Failure("this goal cannot be planned", str(error), "g chooses another goal.", 2)
        return _with(state, busy="", plan=None, failure=failure)
    return _with(state, busy="", plan=plan, notes=tuple(notes), failure=None, saved="")


def homes(keys: Iterable[str], inventory: Inventory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the instances that host these clusters, and names of the clusters whose instance is not known."""
    found: dict[str, None] = {}
    homeless: list[str] = []
    for key in keys:
        cluster = inventory.by_key.get(key)
        if cluster is None:
            continue
        instance = inventory.instance_of(cluster)
        if instance is not None:
            found[instance.id] = None
        else:
            homeless.append(cluster.name)
    return tuple(found), tuple(homeless)


def saved(state: AppState, where: str) -> AppState:
    """The plan was written."""
    return _with(state, saved=where)


def opened(state: AppState, document: Document) -> AppState:
    """A saved plan was read; what is wrong with it is said, its data is what counts."""
    plan = document.fleet
    job = FleetJob(
        goal=plan.goal if plan else "",
        plan=plan,
        notes=document.problems,
        opened=document.name,
        ticks=frozenset(item for item, tick in document.ticks.items() if tick.done),
        text=document.text,
    )
    if state.inventory is not None:
        return replace(state, fleet_job=job)
    return replace(state, fleet_job=job, job=None, as_of=plan.as_of if plan else None)


def _with(state: AppState, **changes: object) -> AppState:
    if state.fleet_job is None:
        return state
    return replace(state, fleet_job=replace(state.fleet_job, **changes))  # type: ignore[arg-type]
