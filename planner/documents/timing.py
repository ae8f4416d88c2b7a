"""How long a plan takes and when it is to be done, in words; what nobody knows is called unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from planner.bands import how_known
from planner.documents.marks import box, labelled, moment, sentence, table, text
from planner.documents.walltime import between_here, zone_of
from planner.plan import Plan, Step, StepKind
from planner.schedule.words import minutes_in_words, one_lapse, reach_words, relax_words
from planner.timing import Conflict, Fit, MustStart, Timing, WindowFit

NOT_SCHEDULED: Final = "not scheduled: this plan holds no window"
_UNKNOWN: Final = {
    StepKind.RELEASE: "unknown: nobody publishes how long the hosts take; ask the Azure Local owner for the last update",
    StepKind.OS_PATCH: "unknown: each pool takes as many rounds as it needs until no old node is left",
    StepKind.NEIGHBOUR: "unknown: that cluster's own plan says it",
    StepKind.REPAIR: "unknown: until the cause is mended",
    StepKind.KUBERNETES: "unknown: the number of nodes could not be read",
    StepKind.DECIDE: "unknown: until somebody has decided",
}
_TIMED: Final = {
    StepKind.KUBERNETES: "Kubernetes upgrade",
    StepKind.RELEASE: "release update",
    StepKind.NEIGHBOUR: "neighbour gate",
}
NOT_ROLLED: Final = (
    "A new node joins before an old one goes (CU), but nothing published says that one node rolls without interruption: "
    "plan this as downtime, not as rolling."
)


def span(low: int, high: int) -> str:
    """Minutes as people say them: 36 min to 1 h 12 min."""
    return f"{minutes_in_words(low)} to {minutes_in_words(high)}" if low != high else minutes_in_words(low)


def step_time(step: Step) -> str:
    """The usual time of a step with its basis."""
    if step.duration is None:
        return f"{why_unknown(step)}."
    nodes = f" for {step.nodes} {'node' if step.nodes == 1 else 'nodes'}" if step.nodes else ""
    return f"{span(step.duration.low, step.duration.high)}{nodes} ({_basis(step.duration.basis)})."


def why_unknown(step: Step) -> str:
    """Why nobody can say how long a step takes; of a gate, which clusters make it so."""
    names = [one.cluster for one in step.awaits if one.duration is None]
    if not names:
        return _UNKNOWN[step.kind]
    return f"unknown, for it is not known of {_listed(names, 'clusters')}: see the clusters of the step"


def _basis(basis: str) -> str:
    if how_known(basis) == "assumed":
        return "a guess, by arcstep's own assumption: see Sources"
    return f"by {basis}"


def plan_time(plan: Plan) -> str:
    """How long the whole takes: what has a band is added up, what has none is named."""
    timed = [step.duration for step in plan.steps if step.duration is not None]
    rest = [step.id for step in plan.steps if step.duration is None]
    if not timed:
        return step_time(plan.steps[0]) if len(plan.steps) == 1 else "unknown, step by step."
    bases = "; ".join(dict.fromkeys(_basis(band.basis) for band in timed))
    total = (
        f"{_timed(plan.steps)}: {span(sum(band.low for band in timed), sum(band.high for band in timed))} ({bases})."
    )
    return f"{total} Not known: how long {_listed(rest)} will take." if rest else total


def _timed(steps: Iterable[Step]) -> str:
    kinds = [step.kind for step in steps if step.duration is not None]
    counts = [(kinds.count(kind), _TIMED.get(kind, "step")) for kind in dict.fromkeys(kinds)]
    words = [f"the {word}" if number == 1 else f"the {number} {word}s" for number, word in counts]
    listed = " and ".join((*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]))
    return listed + (" together" if len(kinds) > 1 else "")


def _listed(ids: list[str], what: str = "other steps") -> str:
    return ", ".join(ids) if len(ids) <= 8 else f"{len(ids)} {what}"


# -- for the head of the document --


def planned(plan: Plan) -> str:
    """When it is planned to be done, or that it is not."""
    timing = plan.timing
    if timing is None or not timing.calendar:
        return f"{NOT_SCHEDULED}; the nearest dates stand under Schedule."
    if timing.conflicts:
        return "not scheduled: it does not fit into the calendar; what would have to give way stands under Schedule."
    if not timing.slots:
        return f"not scheduled: {_why_unknown(timing)}, and nothing behind it can be placed."
    first, last = timing.slots[0].start, max(slot.end for slot in timing.slots)
    some = "" if len(timing.slots) == len(plan.steps) else f", as far as {timing.slots[-1].step}"
    return f"planned {text(between_here(first, last, timing.zone))}{some}."


def starts_by(plan: Plan) -> str:
    """The latest moment to begin; past or unknown is said."""
    timing = plan.timing
    if timing is None:
        return f"unknown; to count it back from a date, {_missing(plan)} would have to be known."
    found = timing.must_start
    if found is None:
        return f"unknown: {_why_unknown(timing)}{_first_unknown(plan, timing)}."
    clock = f"{text(found.clock)}, last good day {found.deadline}, {text(found.rule)}"
    if found.by is None:
        return f"no start is early enough ({clock}): {text(reach_words(found))}."
    past = f" Past: {text(reach_words(found))}." if found.is_past else ""
    return f"{moment(found.by)} ({clock}).{past}"


def _missing(plan: Plan) -> str:
    return "a window" + (" and the time of every step" if any(step.duration is None for step in plan.steps) else "")


def _why_unknown(timing: Timing) -> str:
    if timing.unknown:
        return f"how long {_listed(list(timing.unknown))} will take is not known"
    return "no clock has an end that is known"


def _first_unknown(plan: Plan, timing: Timing) -> str:
    """Why nobody knows the time of the first of them, in brackets."""
    step = next((one for one in plan.steps if one.id in timing.unknown), None)
    if step is None:
        return ""
    why = why_unknown(step).removeprefix("unknown: ").removeprefix("unknown, ")
    return f" ({f'{step.id}: ' if len(timing.unknown) > 1 else ''}{why})"


# -- the section --


def schedule(plan: Plan) -> list[str]:
    """What is known about when: the latest start, usual times, slots, dates that limit, and lines to write a window on."""
    if not plan.steps:
        return []
    timing = plan.timing
    return [
        "## Schedule", "",
        *_opening(plan),
        *(_subtraction(timing.must_start) if timing is not None and timing.must_start is not None else ()),
        *(_frame(timing) if timing is not None else ()),
        *_steps(plan),
        *(lapses(timing) if timing is not None else ()),
        *(_conflicts(timing.conflicts) if timing is not None else ()),
        *_deadlines(plan),
        box("SCHEDULE.start", "Window from (date, time):"),
        box("SCHEDULE.end", "Window until (date, time):"), "",
    ]  # fmt: skip


def _opening(plan: Plan) -> list[str]:
    timing = plan.timing
    what = planned(plan) if timing is not None and timing.calendar else f"{NOT_SCHEDULED}."
    relax = relax_words(timing.must_start) if timing is not None and timing.must_start is not None else ""
    return [f"{what[0].upper()}{what[1:]} **Must start by:** {starts_by(plan)} {text(relax)}".rstrip(), ""]


def _subtraction(found: MustStart) -> list[str]:
    if found.by is None or found.deadline == date.max:
        return []
    end = f"{found.deadline + timedelta(days=1)} 00:00 UTC"
    rows = [(f"end of {found.deadline}, the last good day of {found.clock} ({found.rule})", end)]
    rows += [(f"less {share.what}", minutes_in_words(share.minutes)) for share in found.shares]
    rows += [("must start by", moment(found.by))]
    return table(("Counted back from the nearest clock", "Time"), rows)


def _frame(timing: Timing) -> Iterator[str]:
    """Calendar, window fit and downtime, as far as there is something to say."""
    if timing.calendar:
        both = "planned times stand in both, " if zone_of(timing.zone) and timing.slots else ""
        zone = f" Meant in {text(timing.zone)}; {both}every {'other ' * bool(both)}moment in this document is in UTC."
        yield from labelled("Calendar", f"{sentence(timing.calendar)}{zone}")
    if timing.fit is not None:
        yield from labelled("Window fit", fit_words(timing.fit, timing.high))
    if timing.downtime:
        yield from labelled("Downtime", NOT_ROLLED)
        yield from (f"- {sentence(words)}" for words in timing.downtime)
        yield ""


def fit_words(fit: WindowFit, work: int | None = None) -> str:
    """Whether all steps in a row go into one window, and in which step it closes; `work` is their high estimate alone."""
    waits = ", soak included" if work is not None and fit.high > work else ""
    needed, window = f"{span(fit.low, fit.high)} in a row{waits}", minutes_in_words(fit.window)
    if fit.fit is Fit.OVERRUNS and fit.windows:
        where = "1 window" if fit.windows == 1 else f"{fit.windows} windows"
        soak = " and soak" if waits else ""
        work_words = f"{span(fit.low, fit.high)} of work{soak} do not fit one window of {window}"
        return f"{work_words} (it would close in {text(fit.step)}): spread over {where}."
    match fit.fit:
        case Fit.FITS:
            return f"fits: {needed}, in a window of {window}."
        case Fit.TIGHT:
            return f"tight: {needed}; by the high estimate the window of {window} closes in step {text(fit.step)}."
        case Fit.OVERRUNS:
            return f"overruns at step {text(fit.step)}: {needed}, do not go into one window of {window}; more than one is needed."


def _steps(plan: Plan) -> list[str]:
    head = ["Step", "What", "Who", "Usually takes"]
    columns: list[list[object]] = [[step.id, step.title, step.owner, _short(step)] for step in plan.steps]
    if any(step.not_before for step in plan.steps):
        head.append("Not before")
        for row, step in zip(columns, plan.steps, strict=True):
            row.append(step.not_before or "")
    slots = {slot.step: slot for slot in plan.timing.slots} if plan.timing is not None else {}
    zone = plan.timing.zone if plan.timing is not None else "UTC"
    if slots:
        head += ["Planned", "Window"]
        for row, step in zip(columns, plan.steps, strict=True):
            slot = slots.get(step.id)
            times = "not placed" if slot is None else between_here(slot.start, slot.end, zone)
            row += [times, "" if slot is None else slot.window or "any time"]
    return table(head, columns)


def _short(step: Step) -> str:
    return "unknown" if step.duration is None else span(step.duration.low, step.duration.high)


def lapses(timing: Timing) -> list[str]:
    """Whom the plan itself takes out of support for a while, the longest first, a line each."""
    if not timing.lapses:
        return []
    why = "To update later does not help them, or makes something else miss its deadline."
    lines = [f"Out of support between two steps of this plan. {why}", ""]
    lines += [f"- {text(one_lapse(one))}" for one in timing.lapses[:_SHOWN]]
    more = len(timing.lapses) - _SHOWN
    return [*lines, *([f"- And {more} more, each for no longer."] if more > 0 else []), ""]


_SHOWN: Final = 12
"""Lines of clusters that are out of support inside a plan; of more the number is said."""


def _conflicts(conflicts: tuple[Conflict, ...]) -> list[str]:
    if not conflicts:
        return []
    lines = ["It does not fit. Each line is a smallest set to give up, all of it, after which it does:", ""]
    for number, conflict in enumerate(conflicts, 1):
        given_up = " and ".join(map(text, conflict.constraints))
        lines.append(f"{number}. {given_up}: done by {moment(conflict.finish)}.")
    return [*lines, ""]


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
