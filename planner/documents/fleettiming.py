"""When a plan of instances is done: critical path, waves, windows, the latest start with its subtraction, what conflicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from planner.documents.fleetwords import Order, when
from planner.documents.marks import box, joined, labelled, sentence, spanned, table, text
from planner.documents.timing import NOT_ROLLED, fit_words, lapses, span
from planner.documents.walltime import between
from planner.fleetplan import FleetPlan, WavePlan
from planner.schedule.words import minutes_in_words, reach_words, relax_words
from planner.timing import Conflict, MustStart, Timing


def critical_path(order: Order) -> list[str]:
    """The steps that decide the finish; left out where nothing says which."""
    steps = [order.steps[id] for id in order.plan.critical if id in order.steps]
    if not steps:
        return []
    lines = ["## Critical path", ""]
    rows = [
        (
            step.id,
            step.title,
            step.where,
            "unknown" if step.duration is None else span(step.duration.low, step.duration.high),
            *([order.planned(step)] if order.slots else []),
        )
        for step in steps
    ]
    lines += ["Each of these decides the finish: shorten one, and the whole is done earlier.", ""]
    head = ["Step", "What", "Where", "Usually takes", *(["Planned"] if order.slots else [])]
    return [*lines, *table(head, rows)]


def waves(plan: FleetPlan) -> list[str]:
    """Who goes together, how long is waited after it, and when the next wave is not begun."""
    if not plan.waves:
        return []
    rows = [
        (
            wave.name,
            ", ".join(wave.instances) or "none",
            minutes_in_words(wave.soak),
            wave.stop or "none given",
            _planned(wave),
        )
        for wave in plan.waves
    ]
    when_made = "Planned" if plan.timing is not None and plan.timing.slots else "Begun at once"
    return ["## Waves", "", *table(("Wave", "Instances", "Soak after it", "Stop rule", when_made), rows)]


def _planned(wave: WavePlan) -> str:
    return between(wave.start, wave.end) if wave.start is not None and wave.end is not None else "not placed"


def schedule(order: Order) -> list[str]:
    """Windows, the latest start of each cluster, downtime, and what would have to give way."""
    plan = order.plan
    if not plan.steps:
        return []
    lines = ["## Schedule", ""]
    if plan.timing is not None:
        lines += _frame(plan.timing, order)
    lines += _must_start(plan)
    if plan.timing is not None:
        lines += lapses(plan.timing)
    if plan.timing is not None and plan.timing.downtime:
        lines += ["### Downtime", "", NOT_ROLLED, ""]
        lines += [*(f"- {text(words)}" for words in plan.timing.downtime), ""]
    if plan.timing is not None and plan.timing.conflicts:
        lines += ["### What does not fit", "", "Each of these sets is a smallest one: relax all of it, and nothing less, and "
                  "a schedule exists. The first is the one to ask for first.", ""]  # fmt: skip
        lines += [*_conflicts(plan.timing.conflicts), ""]
    if not order.slots:
        lines += ["No step was placed in time: write the window here.", ""]
        lines += [
            box("SCHEDULE.start", "Window from (date, time):"),
            box("SCHEDULE.end", "Window until (date, time):"),
            "",
        ]
    return lines


def _frame(timing: Timing, order: Order) -> Iterator[str]:
    calendar = sentence(timing.calendar) if timing.calendar else "none were given: any time is allowed."
    yield from labelled("Windows, freezes, waits", calendar)
    if timing.calendar:
        here = "the Order gives both, everything else UTC" if order.zone and order.slots else "moments here are in UTC"
        yield from labelled("Time zone", f"windows and freezes are meant in {text(timing.zone)}; {here}.")
    if timing.fit is not None:
        yield from labelled("Window fit", fit_words(timing.fit))
    total = f"{minutes_in_words(timing.low)} to {minutes_in_words(timing.high)}, all steps one after the other."
    yield from labelled("Work", total + _unknown(timing.unknown))


def _unknown(ids: tuple[str, ...]) -> str:
    return f" In no sum, since nobody knows how long they take: {text(spanned(ids))}." if ids else ""


def _must_start(plan: FleetPlan) -> list[str]:
    """The subtraction for each cluster and instance, the most urgent first; those without one are named."""
    known = [(one.name, one.must_start) for one in plan.members if one.steps or one.must_start is not None]
    known += [(one.name, one.must_start) for one in plan.instances]
    whole = plan.timing.must_start if plan.timing is not None else None
    found = [(name, start) for name, start in known if start is not None]
    is_own = whole is not None and (len(plan.instances) > 1 or not found)  # one instance is the whole plan
    rows = [("the whole plan", whole)] if whole is not None and is_own else []
    found.sort(key=lambda one: (one[1].by is not None, one[1].by or plan.as_of, one[1].deadline, one[0]))
    rows += found
    lines = ["### Must start by", ""]
    if rows:
        lines += ["The last good day of the clock that ends first, less everything that lies between.", ""]
        lines += table(_HEAD, (_start_row(name, start) for name, start in rows))
    without = [name for name, start in known if start is None]
    if without:
        lines += [f"Unknown for {joined(without)}: no clock has an end, or the duration of a step is not known.", ""]
    return lines if len(lines) > 2 else []


_HEAD: Final = ("What", "Clock", "Last good day", "Less", "Must start by", "Begun now")


def _start_row(name: str, start: MustStart) -> tuple[str, ...]:
    less = "; ".join(f"{minutes_in_words(share.minutes)} {share.what}" for share in start.shares) or "nothing"
    by = when(start.by) if start.by is not None else "no start is early enough"
    past = " (past)" if start.is_past and start.by is not None else ""
    begun = ". ".join(filter(None, (reach_words(start), relax_words(start))))
    return (name, f"{start.clock} ({start.rule})", str(start.deadline), less, by + past, begun)


def _conflicts(conflicts: tuple[Conflict, ...]) -> Iterator[str]:
    for number, conflict in enumerate(conflicts, 1):
        yield f"{number}. {joined(conflict.constraints)}: everything is then done by {when(conflict.finish)}."
