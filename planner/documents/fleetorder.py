"""The order of a plan of instances: one table over all, a box for each step, and the stages of each instance."""

from __future__ import annotations

from collections.abc import Iterator

from planner.documents.fleetwords import Order, when
from planner.documents.marks import box, joined, sentence, spanned, table, text
from planner.fleetplan import Binding, InstancePlan, Part, StagePlan
from planner.plan import ClockLine, Step


def order(order: Order) -> list[str]:
    """Every step of every instance in one order, then the boxes in which they are signed off."""
    plan = order.plan
    if not plan.steps:
        return ["## Order", "", "Nothing to do: there is no step.", ""]
    head = ["Wave", "Instance", "On release", "Step", "What", "Where", "Side by side with"]
    head += ["Planned"] if order.slots else []
    return [
        "## Order", "",
        "Steps of one instance are made from top to bottom; those that may run side by side say so. Instances of one wave "
        "do not wait for each other, waves do.", "",
        *table(head, (_row(step, order)[: len(head)] for step in plan.steps)),
        "### Sign-off", "",
        "Tick a step once its checks under Implementation are done, and write at the end of its line.", "",
        *_boxes(order), "",
    ]  # fmt: skip


def _row(step: Step, order: Order) -> tuple[str, ...]:
    place, wave = order.places.get(step.id), order.wave_of(step.id)
    return (
        wave.name if wave is not None else "-",
        place.instance.name if place is not None else "-",
        place.stage.release if place is not None else step.release,
        step.id,
        step.title,
        step.where,
        spanned(place.beside) or "-" if place is not None else "-",
        order.planned(step.id) or "not placed",
    )


def _boxes(order: Order) -> Iterator[str]:
    """A box for each step, and for each wave one after its last step: the next wave waits for it."""
    last = {wave.name: step.id for step in order.plan.steps if (wave := order.wave_of(step.id)) is not None}
    ends = {step: name for name, step in last.items()}
    numbers = {wave.name: number for number, wave in enumerate(order.plan.waves, 1)}
    several = len(order.plan.waves) > 1
    for step in order.plan.steps:
        yield box(step.id, f"{text(step.id)} {text(step.where)}: {text(step.title)}, done by (name, date, time):")
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
    lines = [f"### {text(instance.name)}: {text(instance.release)} → {text(instance.target)}", ""]
    lines.append(f"- **Clusters:** {_clusters(instance, order)}")
    if instance.wave:
        lines.append(f"- **Wave:** {text(instance.wave)}")
    if instance.clocks:
        lines.append(f"- **Clocks:** {clock_words(instance.clocks)}")
    if instance.must_start is not None:
        by = instance.must_start.by
        lines.append(f"- **Must start by:** {when(by) if by is not None else 'no start is early enough'}")
    if instance.missing:
        return [*lines, f"- **Not planned:** {sentence(instance.missing)}", ""]
    for stage in instance.stages:
        lines += _stage(stage, order)
    if instance.minimal:
        lines.append(f"- **Why no fewer updates:** {sentence(instance.minimal)}")
    return [*lines, ""]


def _clusters(instance: InstancePlan, order: Order) -> str:
    hosted = [member for member in order.plan.members if member.instance == instance.name]
    groups = [(part, [one.name for one in hosted if one.part is part]) for part in Part]
    return "; ".join(f"{part}: {joined(names)}" for part, names in groups if names) or "none"


def _stage(stage: StagePlan, order: Order) -> Iterator[str]:
    batches = [_batch(batch) for batch in stage.batches if batch]
    then = "; then ".join(batches) or ("nothing has to be done first" if stage.update else "nothing more")
    yield f"- **On {text(stage.release)}:** {then}."
    if not stage.update:
        return
    step = order.steps.get(stage.update)
    target = text(step.target) if step is not None else text(stage.update)
    waits = "; ".join(map(_binding, stage.binding))
    gate = f"{target} waits for {waits}." if waits else f"{target} waits for no cluster: it strands none of them."
    yield f"- **{text(stage.update)}, update to {target}:** {gate}"


def _batch(batch: tuple[str, ...]) -> str:
    ids = text(spanned(batch))
    return f"{ids} side by side" if len(batch) > 1 else ids


def _binding(binding: Binding) -> str:
    by = text(binding.step) if binding.step else "a person has to decide first"
    return f"{text(binding.cluster)}: {text(binding.version)} → {text(binding.needs)} ({by})"


def clock_words(clocks: tuple[ClockLine, ...]) -> str:
    """Clocks in one line, each with its state, its end and its rule; what is not known is said."""
    return "; ".join(map(_clock, clocks)) or "none"


def _clock(clock: ClockLine) -> str:
    end = f" {clock.ends}" if clock.ends is not None else ""
    if clock.ends is not None and clock.latest is not None and clock.latest != clock.ends:
        end += f" (another rule: {clock.latest})"
    return f"{text(clock.kind)}, {text(clock.state)}{end} ({text(clock.rule)})"
