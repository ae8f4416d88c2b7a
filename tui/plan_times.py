"""When a plan has to begin, how long it takes and whether that fits a window, in a line of the Plan screen. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan import Plan, Step, StepKind
from planner.schedule.words import late_words, minutes_in_words, reach_words
from planner.timing import Fit, MustStart, Timing
from tui.look import BLOCKER, UNKNOWN, Look, Span, Spans, moment

_TONES = {Fit.FITS: "good", Fit.TIGHT: "warning", Fit.OVERRUNS: "warning"}


def begins(plan: Plan, look: Look) -> Spans:
    """The day to start by: past and unknown are said; nothing where there is nothing to do."""
    timing = plan.timing
    if timing is None:
        return ()
    found = timing.must_start
    if found is None:
        return ((f"{look.sign(UNKNOWN)} Must start by: unknown{_why_unknown(plan, timing)}", "muted"),)
    if found.is_past:
        return ((f"{look.sign(BLOCKER)} {_past(found)}: ", "bad"), (_reach(found), ""))
    day = f"{found.by:%Y-%m-%d}" if found.by is not None else "?"
    return (("Must start by ", ""), (day, "strong"))


def _why_unknown(plan: Plan, timing: Timing) -> str:
    ids = timing.unknown
    if not ids:
        return ", no clock has a known end"
    first = next((step for step in plan.steps if step.id == ids[0]), None)
    if first is not None and first.kind is StepKind.REPAIR:
        return f" until {first.id}, wait or repair, is over"
    which = ", ".join(ids) if len(ids) <= 3 else f"{len(ids)} steps"
    return f", since nobody knows how long {which} take{'s' * (len(ids) == 1)}"


def _past(found: MustStart) -> str:
    return "No start is early enough" if found.by is None else f"Start by {found.by:%Y-%m-%d} is past"


def _reach(found: MustStart) -> str:
    """As short as the line of 80 columns needs it."""
    return reach_words(found).replace(" days unsupported", " d unsupported")


def takes(plan: Plan) -> Spans:
    """Work, window and node rolls."""
    timing = plan.timing
    if timing is None:
        return ()
    spans: list[Span] = []
    for part in _parts(plan, timing):
        spans += [(" · ", "muted"), *part] if spans else part
    return tuple(spans)


def _parts(plan: Plan, timing: Timing) -> Iterator[Spans]:
    fit = timing.fit
    if fit is not None and fit.fit is Fit.OVERRUNS and fit.windows:
        # As short as the line of 80 columns needs it; the document says which window it does not fit.
        over = f"over {fit.windows} window{'s' * (fit.windows != 1)}"
        yield ((f"{minutes_in_words(fit.high)} spread {over}", ""),)
    elif fit is not None:
        where = f" at {fit.step}" if fit.fit is Fit.OVERRUNS else ""
        window = f"{minutes_in_words(fit.high)} of a window of {minutes_in_words(fit.window)} "
        yield ((window, ""), (f"({fit.fit}{where})", _TONES[fit.fit]))
    elif timing.high:
        yield ((f"{minutes_in_words(timing.low)} to {minutes_in_words(timing.high)}", ""),)
    rolls = sum(step.nodes or 0 for step in plan.steps)
    if rolls:
        yield ((f"{rolls:,} node roll{'s' * (rolls != 1)}", ""),)


def because(plan: Plan) -> str:
    """Why the verdict; that it is too late stands in the line of its own."""
    late = late_words(plan.timing.must_start if plan.timing is not None else None)
    return plan.verdict_because.removesuffix(late).rstrip() if late else plan.verdict_because


def of_step(step: Step, plan: Plan) -> Spans:
    """How long a step takes and when it is planned; nothing where neither is known."""
    band, spans = step.duration, list[Span]()
    if band is not None:
        spans += [("takes ", "muted"), (f"{minutes_in_words(band.low)} to {minutes_in_words(band.high)}", "")]
    slot = next((one for one in plan.timing.slots if one.step == step.id), None) if plan.timing is not None else None
    if slot is not None:
        window = f" ({slot.window})" if slot.window else ""
        spans += [(" · " if spans else "", "muted"), ("planned ", "muted"), (f"{moment(slot.start)}{window}", "accent")]
    return tuple(spans)
