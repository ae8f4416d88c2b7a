"""The order of a plan of instances: one table over all, a box for each step, and the stages of each instance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from planner.clocks import ClockState
from planner.documents.fleetwords import Order, Place, way, when
from planner.documents.marks import box, joined, sentence, spanned, table, text
from planner.documents.timing import span
from planner.fleetplan import Binding, InstancePlan, Part, StagePlan
from planner.plan import ClockLine, Step, StepKind


def order(order: Order) -> list[str]:
    """Every step of every instance in one order, then the boxes in which they are signed off."""
    if not order.plan.steps:
        return ["## Order", "", "Nothing to do: there is no step.", ""]
    columns = _columns(order)
    within = "those named together side by side" if _BESIDE in columns else "one after the other"
    among = "Instances of one wave do not wait for each other, waves do."
    if _WAVE not in columns:
        among = "Instances do not wait for each other."
    held = " What is held up cannot begin as things are: Each cluster's part says why." if order.held_up else ""
    return [
        "## Order", "",
        f"Steps of one instance are made from top to bottom, {within}. {among}{held}", "",
        *table([*columns], zip(*columns.values(), strict=True)),
        "### Sign-off", "",
        "Tick a step once its checks under Implementation are done, and write at the end of its line.", "",
        *_boxes(order), "",
    ]  # fmt: skip


_WAVE: Final = "Wave"
_BESIDE: Final = "Side by side with"


def _columns(order: Order) -> dict[str, list[str]]:
    """The table by column; one that would say nothing is left out."""
    steps = order.plan.steps
    found = [order.places.get(step.id) for step in steps]
    columns: dict[str, list[str]] = {}
    if len(order.plan.waves) > 1:
        waves = [order.wave_of(step.id) for step in steps]
        columns[_WAVE] = [wave.name if wave is not None else "-" for wave in waves]
    columns["Instance"] = [place.instance.name if place is not None else "-" for place in found]
    columns["On release"] = [
        place.stage.release if place is not None else step.release for step, place in zip(steps, found, strict=True)
    ]
    columns["Step"] = [step.id for step in steps]
    columns["What"] = [step.title for step in steps]
    columns["Where"] = [f"{step.where} (held up)" if step.id in order.held_up else step.where for step in steps]
    if any(place is not None and place.beside for place in found):
        columns[_BESIDE] = [spanned(place.beside) or "-" if place is not None else "-" for place in found]
    if any(place is not None and place.stage.update and order.plan.waited_for(place.stage) for place in found):
        columns["Waits for"] = [_waits(step.id, place, order) for step, place in zip(steps, found, strict=True)]
    columns["Takes"] = [_takes(step) for step in steps]
    if order.slots:
        columns["Planned"] = [order.planned_here(step) for step in steps]
    return columns


def _waits(id: str, place: Place | None, order: Order) -> str:
    """The clusters and decisions an update waits for, each with its step."""
    if place is None or place.stage.update != id:
        return "-"
    awaited = order.plan.waited_for(place.stage)
    named = [f"{who} ({step}{', held up' if step in order.held_up else ''})" for who, step in awaited[:_NAMED]]
    return ", ".join([*named, *([f"{len(awaited) - _NAMED} more"] if len(awaited) > _NAMED else [])]) or "-"


_NAMED: Final = 6
"""Clusters named in a cell; all of them stand under Instances."""


def _takes(step: Step) -> str:
    if step.duration is not None:
        return span(step.duration.low, step.duration.high)
    return _UNTIL.get(step.kind, "unknown")


_UNTIL: Final = {StepKind.DECIDE: "until decided", StepKind.REPAIR: "until mended"}


def _boxes(order: Order) -> Iterator[str]:
    """A box for each step, and for each wave one after its last step: the next wave waits for it."""
    last = {wave.name: step.id for step in order.plan.steps if (wave := order.wave_of(step.id)) is not None}
    ends = {step: name for name, step in last.items()}
    numbers = {wave.name: number for number, wave in enumerate(order.plan.waves, 1)}
    several = len(order.plan.waves) > 1
    for step in order.plan.steps:
        held = " (held up: see Each cluster's part)" if step.id in order.held_up else ""
        what = f"{text(step.id)} {text(step.where)}: {text(step.title)}{held}"
        yield box(step.id, f"{what}, done by (name, date, time):")
        if several and step.id in ends:
            name = ends[step.id]
            label = f"Wave {text(name)} is done, its soak is over and no stop rule is met (name, date, time):"
            yield box(f"WAVE.{numbers[name]}", label)


def instances(order: Order) -> list[str]:
    """For each instance its stages, who each update waits for, and why fewer updates are not possible."""
    if not order.plan.instances:
        return []
    lines = ["## Instances", ""]
    for instance in order.plan.instances:
        lines += _instance(instance, order)
    return lines


def _instance(instance: InstancePlan, order: Order) -> list[str]:
    lines = [f"### {text(instance.name)}: {text(way(instance))}", ""]
    lines.append(f"- **Clusters:** {_clusters(instance, order)}")
    if instance.wave and len(order.plan.waves) > 1:
        lines.append(f"- **Wave:** {text(instance.wave)}")
    if instance.clocks:
        lines.append(f"- **Clocks:** {clock_words(instance.clocks)}")
    if instance.must_start is not None:
        by = instance.must_start.by
        lines.append(f"- **Must start by:** {when(by) if by is not None else 'no start is early enough'}")
    if instance.missing:
        return [*lines, f"- **Not planned:** {sentence(instance.missing)}", ""]
    lines += _stages(instance.stages, order)
    unknown = [one.name for one in order.hosted[instance.id] if one.part is Part.UNKNOWN]
    if unknown and any(stage.update for stage in instance.stages):
        lines.append(f"- **Not judged:** whether an update strands {joined(unknown)} is not known.")
    if instance.minimal:
        lines.append(f"- **Why no fewer updates:** {sentence(instance.minimal)}")
    return [*lines, ""]


def _clusters(instance: InstancePlan, order: Order) -> str:
    hosted = order.hosted[instance.id]
    groups = [(part, [one.name for one in hosted if one.part is part]) for part in Part]
    return "; ".join(f"{part}: {joined(names)}" for part, names in groups if names) or "none"


def _stages(stages: tuple[StagePlan, ...], order: Order) -> Iterator[str]:
    """A line for what is done on a release and one for the update after it; updates in a row share theirs."""
    for bare, group in groupby(stages, _is_bare):
        row = [*group]
        if not bare or len(row) == 1:
            for stage in row:
                yield from _stage(stage, order)
        else:
            ids = text(spanned([stage.update for stage in row]))
            targets = ", ".join(_target(stage, order) for stage in row)
            yield f"- **{ids}, updates to {targets}:** one after the other; they wait for no cluster."


def _is_bare(stage: StagePlan) -> bool:
    """Nothing but an update that waits for nobody."""
    return bool(stage.update) and not stage.binding and not any(stage.batches)


def _stage(stage: StagePlan, order: Order) -> Iterator[str]:
    then = "; then ".join(_batches(stage.batches))
    if then or not stage.update:
        yield f"- **On {text(stage.release)}:** {then or 'nothing more'}."
    if stage.update:
        hops = {bound.step for bound in stage.binding}
        people = [text(f"{who} ({id})") for who, id in order.plan.waited_for(stage) if id not in hops]
        waits = "; ".join([*map(_binding, stage.binding), *people])
        gate = f"waits for {waits}." if waits else "waits for no cluster."
        target = _target(stage, order)
        yield f"- **{text(stage.update)}, update to {target}:** {target} {gate}"


def _target(stage: StagePlan, order: Order) -> str:
    step = order.steps.get(stage.update)
    return text(step.target) if step is not None else text(stage.update)


def _batches(batches: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Steps in a row together, each batch of several by itself."""
    for several, group in groupby(filter(None, batches), lambda batch: len(batch) > 1):
        if several:
            yield from (f"{text(spanned(batch))} side by side" for batch in group)
            continue
        ids = [batch[0] for batch in group]
        yield text(spanned(ids)) + (" one after the other" if len(ids) > 1 else "")


def _binding(binding: Binding) -> str:
    by = text(binding.step) if binding.step else "a person has to decide first"
    return f"{text(binding.cluster)}: {text(binding.version)} → {text(binding.needs)} ({by})"


def clock_words(clocks: tuple[ClockLine, ...]) -> str:
    """Clocks in one line, each with its state, its end and its rule; what is not known is said."""
    running = [clock for clock in clocks if clock.state != ClockState.NOT_STARTED]
    still = [clock.kind for clock in clocks if clock.state == ClockState.NOT_STARTED]
    told = [clock_text(clock) for clock in running] + ([f"not running: {', '.join(still)}"] if still else [])
    return text("; ".join(told)) or "none"


def clock_text(clock: ClockLine) -> str:
    """A clock with its state, its end and its rule, as plain text."""
    end = f" {clock.ends}" if clock.ends is not None else ""
    if clock.ends is not None and clock.latest is not None and clock.latest != clock.ends:
        end += f" (another rule: {clock.latest})"
    return f"{clock.kind}, {clock.state}{end} ({clock.rule})"
