"""Drift of a plan of instances on plain lines of 80 characters, instance by instance; and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from planner.documents.driftlines import (
    WIDTH,
    ages_lines,
    headline,
    settled_advice,
    shift_lines,
    step_rows,
    table,
    whole_lines,
)
from planner.documents.grid import wrapped
from planner.fates import Fate, Reason, StepFate
from planner.fleet.fates import Anew, FleetDrift, InstanceDrift
from planner.goals import in_words


def fleet_drift_lines(drift: FleetDrift) -> list[str]:
    """The whole comparison: how old both sides are, each instance with its steps, the plan made anew, and what moved."""
    lines = [
        *wrapped(f"{drift.title} (goal {in_words(drift.goal)})", WIDTH),
        *wrapped(headline(drift), WIDTH),
        "",
        *ages_lines(drift),
        "",
    ]
    fates = {step.id: step for step in drift.steps}
    for one in drift.instances:
        lines += [*wrapped(place_of(one), WIDTH), *_steps(one, fates), *whole_lines(one.reasons)]
        lines += [] if lines[-1] == "" else [""]
    lines += whole_lines(drift.whole)
    if drift.anew is not None:
        lines += [*(line for words in anew_sentences(drift.anew) for line in wrapped(words, WIDTH)), ""]
    lines += shift_lines(drift)
    return lines[:-1]


def _steps(one: InstanceDrift, fates: Mapping[str, StepFate]) -> list[str]:
    rows = [row for step in said_once(one, fates) for row in step_rows(step, title_of(step, one))]
    return table(rows) if rows else []


def said_once(one: InstanceDrift, fates: Mapping[str, StepFate]) -> Iterator[StepFate]:
    """The steps of an instance; what is impossible for the reason of the step before it does not say it again."""
    last: tuple[Reason, ...] = ()
    for id in one.steps:
        step = fates[id]
        again = step.fate is Fate.IMPOSSIBLE and step.reasons == last
        yield replace(step, reasons=()) if again else step
        last = step.reasons


def title_of(step: StepFate, one: InstanceDrift) -> str:
    """A step of many clusters says whose it is; an update of the instance need not."""
    return step.title if step.where == one.name else f"{step.where}: {step.title}"


def place_of(one: InstanceDrift) -> str:
    """The instance, its release then and now, and how many clusters were looked at."""
    release = f"release {one.planned}" if one.release == one.planned else f"release {one.planned}, now {one.release}"
    clusters = "1 cluster" if one.looked_at == 1 else f"{one.looked_at:,} clusters"
    return f"{one.name}, {release}; {clusters} on it now"


def anew_sentences(anew: Anew) -> Iterator[str]:
    """The plan made now, with the same goal: its verdict, and where it goes another way."""
    yield f"Made now, without a calendar: {anew.verdict}. {anew.because}"
    if not anew.differs:
        yield "Its steps are those that are left of this plan."
    for number, difference in enumerate(anew.differences):
        yield f"{'It differs. ' if not number else ''}{difference}."


def fleet_advice(drift: FleetDrift) -> str:
    """What to do next, in a sentence."""
    if settled := settled_advice(drift):
        return settled
    match drift.fate:
        case Fate.DONE | Fate.VALID:
            return "nothing stands against it; go on with the next step, and compare again before each release update."
        case Fate.UNKNOWN:
            return (
                "have what is missing read, wait for what cannot be done now, and compare again; update nothing before."
            )
        case Fate.CHANGED | Fate.IMPOSSIBLE:
            stop = stopped(drift)
            lead = f"do not make {stop.id} ({stop.where}, {stop.title}). Plan" if stop is not None else "plan"
            return f"{lead} again, and have that signed anew; ticks of this document are not carried on."


def stopped(drift: FleetDrift) -> StepFate | None:
    """The first release update that must not be made; None where there is none."""
    owners = {id: one.name for one in drift.instances for id in one.steps}
    updates = (step for step in drift.steps if step.where == owners.get(step.id))
    return next((step for step in updates if step.fate is Fate.IMPOSSIBLE), None)


def plan_again(drift: FleetDrift) -> tuple[str, ...]:
    """The command that makes it anew, as arguments."""
    names = [word for one in drift.instances for word in ("--instance", one.name)]
    return ("arcstep", "plan", *names, "--to", drift.goal, "--out", "FILE.md")


def fleet_command(drift: FleetDrift) -> tuple[str, ...]:
    """The command that does what is advised; empty where there is none."""
    return plan_again(drift) if drift.fate in (Fate.CHANGED, Fate.IMPOSSIBLE) else ()
