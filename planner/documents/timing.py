"""How long a plan takes and when it is to be done, in words; what nobody knows is called unknown."""

from __future__ import annotations

from typing import Final

from planner.bands import ASSUMPTION
from planner.documents.marks import box, table
from planner.plan import Plan, Step, StepKind

NOT_SCHEDULED: Final = "not scheduled: this plan holds no window"
_UNKNOWN: Final = {
    StepKind.RELEASE: "unknown: nobody publishes how long the hosts take; ask the Azure Local owner for the last update",
    StepKind.OS_PATCH: "unknown: each pool takes as many rounds as it needs until no old node is left",
    StepKind.NEIGHBOUR: "unknown: that cluster's own plan says it",
    StepKind.REPAIR: "unknown: until the cause is mended",
    StepKind.KUBERNETES: "unknown: the number of nodes could not be read",
}


def span(low: int, high: int) -> str:
    """Minutes as people say them: 36 min to 1 h 12 min."""
    return f"{_minutes(low)} to {_minutes(high)}" if low != high else _minutes(low)


def _minutes(count: int) -> str:
    hours, minutes = divmod(count, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes or not hours else [])])


def step_time(step: Step) -> str:
    """The usual time of a step with its basis."""
    if step.duration is None:
        return f"{_UNKNOWN[step.kind]}."
    nodes = f" for {step.nodes} {'node' if step.nodes == 1 else 'nodes'}" if step.nodes else ""
    return f"{span(step.duration.low, step.duration.high)}{nodes} ({_basis(step.duration.basis)})."


def _basis(basis: str) -> str:
    return "a guess, by arcstep's own assumption: see Sources" if basis == ASSUMPTION else f"by {basis}"


def plan_time(plan: Plan) -> str:
    """How long the whole takes: what has a band is added up, what has none is named."""
    timed = [step.duration for step in plan.steps if step.duration is not None]
    rest = [step.id for step in plan.steps if step.duration is None]
    if not timed:
        return step_time(plan.steps[0]) if len(plan.steps) == 1 else "unknown, step by step."
    upgrades = "the Kubernetes upgrade" if len(timed) == 1 else f"the {len(timed)} Kubernetes upgrades together"
    bases = "; ".join(dict.fromkeys(_basis(band.basis) for band in timed))
    total = f"{upgrades}: {span(sum(band.low for band in timed), sum(band.high for band in timed))} ({bases})."
    return f"{total} Not known: how long {_listed(rest)} will take." if rest else total


def _listed(ids: list[str]) -> str:
    return ", ".join(ids) if len(ids) <= 8 else f"{len(ids)} other steps"


def schedule(plan: Plan) -> list[str]:
    """What is known about when: usual times, dates that limit, and lines to write the window on."""
    if not plan.steps:
        return []
    missing = "a window" + (" and the time of every step" if any(step.duration is None for step in plan.steps) else "")
    head, rows = ["Step", "What", "Who", "Usually takes"], [_row(step) for step in plan.steps]
    if any(step.not_before for step in plan.steps):
        head.append("Not before")
        rows = [(*row, step.not_before or "") for row, step in zip(rows, plan.steps, strict=True)]
    return [
        "## Schedule", "",
        f"{NOT_SCHEDULED.capitalize()}. **Must start by:** unknown; to count it back from a date, {missing} would have to be "
        "known.", "",
        *table(head, rows),
        *_deadlines(plan),
        box("SCHEDULE.start", "Window from (date, time):"),
        box("SCHEDULE.end", "Window until (date, time):"), "",
    ]  # fmt: skip


def _row(step: Step) -> tuple[object, ...]:
    return (step.id, step.title, step.owner, _short(step))


def _short(step: Step) -> str:
    return "unknown" if step.duration is None else span(step.duration.low, step.duration.high)


def _deadlines(plan: Plan) -> list[str]:
    today = plan.as_of.date()
    rows = [
        (clock.ends, clock.kind, f"in {(clock.ends - today).days} days" if clock.ends >= today else "past", clock.rule)
        for clock in plan.subject.clocks
        if clock.ends is not None
    ]
    return table(
        ("Date", "What ends", "From the day of the facts", "Rule"), sorted(rows, key=lambda row: (row[0], row[1]))
    )
