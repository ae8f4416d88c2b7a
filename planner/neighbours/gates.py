"""The gate before a release update: one step that names every other cluster of the instance which has to move first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.awaited import Awaited, rounds_of
from planner.bands import Band, band
from planner.caveats import missing_facts
from planner.checklist import check
from planner.findings import Owner
from planner.inventory import Cluster
from planner.neighbours.gatekeepers import Neighbour
from planner.plan import Check, Command, Proof, Reversibility, Step, StepKind
from planner.schedule.calendar import ANYTIME, Calendar
from planner.settled import unsettled
from planner.steps import nodes_of

_SHOWN = 2
"""So many names go into a title; the others stand in the step."""
_UNREAD = "a version that is known"
"""What a cluster has to run where no list tells the lowest minor that can continue."""


def gate_step(number: int, gates: Sequence[Neighbour], instance: str, calendar: Calendar = ANYTIME) -> Step:
    """The step that has to be done before one release update. `gates` are what that update waits for, at least one.

    Its usual time is that of all their hops, so many clusters side by side as the calendar allows.
    """
    sid = f"S{number:02}"
    rows = tuple(_awaited(gate, f"{sid}.V{place}", calendar) for place, gate in enumerate(gates, 1))
    first, gate = rows[0], gates[0]
    alone = len(rows) == 1
    return Step(
        id=sid,
        kind=StepKind.NEIGHBOUR,
        title=_title(rows, gates),
        where=first.cluster if alone else instance,
        owner=Owner.CLUSTER_OPERATOR,
        origin=first.origin if alone else "",
        target=first.target if alone else "",
        release=gate.on,
        purpose=_purpose(gates, rows, instance),
        basis="rule",
        commands=_commands(gates, instance),
        expected=_text(first, gate)
        if alone
        else f"Each of the {len(rows)} clusters runs the version it needs, or newer, and is at rest.",
        watch="Follow that cluster's own plan."
        if alone
        else "Follow the joint plan, or the own plan of each cluster: arcstep plan NAME --to VERSION.",
        before=(),
        verify=tuple(_check(row, gate) for row, gate in zip(rows, gates, strict=True)),
        gate=f"Do not update {instance} to {gate.before} before {'this is' if alone else 'all of these are'} ticked.",
        if_wrong=(
            (
                "it cannot be moved" if alone else "one of them cannot be moved",
                f"Do not update {instance}: plan again, or rebuild {first.cluster if alone else 'that cluster'}.",
            ),
        ),
        reversibility=Reversibility.FORWARD_ONLY,
        risks=(),
        rules=("P11", "P18"),
        sources=("SKV",),
        duration=_together(rows, calendar),
        awaits=rows,
    )


def _title(rows: Sequence[Awaited], gates: Sequence[Neighbour]) -> str:
    if len(rows) == 1 and gates[0].needed is None:
        return f"first find out what {rows[0].cluster} runs"
    if len(rows) == 1 and gates[0].is_repair:
        return f"first repair {rows[0].cluster}"
    if len(rows) == 1:
        return f"first {rows[0].cluster} to {rows[0].target}"
    names = [row.cluster for row in rows[:_SHOWN]]
    rest = len(rows) - len(names)
    named = f"{', '.join(names)} and {rest} more" if rest else " and ".join(names)
    return f"first {len(rows)} clusters: {named}"


def _purpose(gates: Sequence[Neighbour], rows: Sequence[Awaited], instance: str) -> str:
    before, on = gates[0].before, gates[0].on
    if len(rows) > 1:
        why = f"{len(rows)} other clusters of {instance} would, or might, be stranded by {before} as they run now."
        return f"{why} Their hops have to be finished on {on}, before {instance} moves on."
    gate, row = gates[0], rows[0]
    if gate.needed is None:
        why = f"The version of {gate.name} on the same instance could not be read, so {before} might strand it."
        return f"{why} What it runs has to be known, and far enough, before {instance} moves on."
    if gate.is_repair:
        why = f"Nodes of {gate.name} on the same instance run {gate.current}; {before} would strand them."
        return f"{why} Its own upgrade has to be finished on {on}, before {instance} moves on. {row.note}"
    why = f"{gate.name} runs {gate.current} on the same instance; {before} would strand it."
    note = f" {row.note}" if row.note else ""
    return f"{why} Its hops have to be finished on {on}, before {instance} moves on.{note}"


def _commands(gates: Sequence[Neighbour], instance: str) -> tuple[Command, ...]:
    joint = Command(
        ("arcstep", "plan", "--instance", instance, "--to", gates[0].before),
        "plans all clusters of the instance jointly, in one order",
    )
    if len(gates) > 1:
        return (joint,)
    goal = str(gates[0].needed) if gates[0].needed is not None else "supported"
    return Command(("arcstep", "plan", gates[0].name, "--to", goal), "that cluster's own plan"), joint


def _check(row: Awaited, gate: Neighbour) -> Check:
    """Only where its version has to be another one arcstep can see by itself that it has arrived."""
    proof = Proof.NEIGHBOUR if gate.needed is not None and not gate.is_repair else Proof.BY_HAND
    return check(row.check, _text(row, gate), proof, ("P17",) if gate.is_repair else ("P18",))


def _text(row: Awaited, gate: Neighbour) -> str:
    if gate.needed is None:
        least = f" (its minor is {gate.least} or newer)" if gate.least is not None else ""
        return f"{gate.name} can continue on {gate.before}{least}; plan again once it is known."
    if gate.is_repair:
        return f"{gate.name} is at rest: both states are Succeeded, and every node runs {gate.needed} or newer."
    return f"{row.cluster} runs {row.target} or newer."


def _awaited(gate: Neighbour, id: str, calendar: Calendar) -> Awaited:
    if gate.needed is None:
        target = f"{gate.least} or newer" if gate.least is not None else _UNREAD
        return Awaited(gate.name, gate.current, target, check=id, note="Its version could not be read.")
    if gate.is_repair:
        note = f"Wait or repair first: {gate.behind}".rstrip()
        return Awaited(gate.name, gate.current, str(gate.needed), check=id, note=note)
    cluster = gate.cluster
    nodes = nodes_of(cluster) if cluster is not None else None
    ready = cluster is None or unsettled(cluster) is None
    each = band(nodes, calendar.runs, calendar.node_minutes) if nodes and ready else None
    return Awaited(
        cluster=gate.name,
        origin=gate.current,
        target=str(gate.needed),
        hops=tuple(str(move.target.version) for move in gate.hops),
        check=id,
        note=" ".join(_notes(gate, cluster, nodes)) if cluster is not None else "",
        nodes=nodes,
        duration=None if each is None else _times(each, len(gate.hops)),
    )


def _times(each: Band, count: int) -> Band:
    return Band(each.low * count, each.high * count, each.basis)


def _notes(gate: Neighbour, cluster: Cluster, nodes: int | None) -> Iterator[str]:
    """What its own plan would say before the first hop."""
    trouble = unsettled(cluster)
    if trouble is not None:
        yield f"Wait or repair first: {trouble}"
    missing = list(missing_facts(cluster))
    if nodes is None and "node pools" not in missing:
        missing.append("number of nodes")
    if missing:
        yield f"Could not be read: {', '.join(missing)}."
    first = gate.hops[0] if gate.hops else None
    if first is not None and first.basis == "catalog" and not first.profiled:
        yield f"What {gate.on} offers comes from the catalog and is not confirmed."
    elif first is not None and not first.profiled:
        yield "Its upgrade profile was not read: the list of the instance stands in."


def _together(rows: Sequence[Awaited], calendar: Calendar) -> Band | None:
    rounds = rounds_of(rows, calendar.side_by_side)
    if rounds is None:
        return None
    bases = dict.fromkeys(row.duration.basis for row in rows if row.duration is not None)
    return Band(sum(low for low, _ in rounds), sum(high for _, high in rounds), next(iter(bases)))
