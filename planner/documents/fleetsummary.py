"""The head of a plan of instances: what a change board reads first, and what must not be done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from planner.documents.fleetwords import way, when
from planner.documents.marks import joined, moment, sentence, spanned, text
from planner.documents.summary import counted, not_known, risk_words, who
from planner.fleetplan import FleetPlan, Part
from planner.goals import in_words
from planner.plan import Reversibility, StepKind
from planner.schedule.words import minutes_in_words
from planner.timing import MustStart

_LEFT: Final = (Part.ISOLATED, Part.CARRIED, Part.UNKNOWN)
"""Parts of clusters that do not reach the goal."""
_WORDS: Final = {
    StepKind.KUBERNETES: "Kubernetes upgrade",
    StepKind.RELEASE: "release update",
    StepKind.DECIDE: "decision",
    StepKind.REPAIR: "repair",
    StepKind.NEIGHBOUR: "hop of a neighbour",
    StepKind.OS_PATCH: "image refresh",
}
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


def head(plan: FleetPlan) -> list[str]:
    """Verdict, extent, time, who is left behind, and what cannot be undone."""
    lines = [f"# {text(plan.title)}", ""]
    left = _left_behind(plan)
    if left:
        lines += [f"> **Not every cluster reaches the goal**: {left} Their ways out stand under Clusters that are not "
                  "brought to the goal.", ""]  # fmt: skip
    lines += _held_up(plan)
    lines += ["## Decision summary", ""]
    lines.append(f"- **Verdict:** {plan.verdict}. {text(plan.verdict_because)}")
    lines.append(f"- **What:** {_what(plan)}")
    lines += _new_hosts(plan)
    lines.append(f"- **Clusters:** {_parts(plan)}")
    lines += _afterwards(plan)
    lines.append(f"- **Must start by:** {_urgent(plan)}")
    lines.append(f"- **Finish:** {_finish(plan)}")
    if plan.steps:
        lines.append(f"- **How long:** {_how_long(plan)}")
        lines.append(f"- **Who:** {who(plan.steps)}")
    lines.append(f"- **Cannot be undone:** {_forward_only(plan)}")
    lines.append(f"- **Risk:** {risk_words(plan.risks)}")
    lines.append(f"- **Not known:** {not_known(plan.unknowns)}")
    lines.append(f"- **Facts as of** {moment(plan.as_of)}, catalog of {plan.catalog_date}, revision {plan.revision}.")
    return [*lines, ""]


def must_not(plan: FleetPlan) -> list[str]:
    """What must not be done; the order of updates and hops comes first, since it is what strands a cluster for good."""
    lines: list[str] = []
    if any(stage.update for instance in plan.instances for stage in instance.stages):
        lines.append("- Do not begin a release update before its gate: every step before it in its stage is done and ticked, "
                     "and every cluster it waits for runs the version named there.")  # fmt: skip
    lines += [f"- {text(words)}" for words in plan.must_not]
    return ["## What must not be done", "", *lines, ""] if lines else []


def must_start_by(plan: FleetPlan) -> str:
    """The latest start of the most urgent cluster in a few words, for the headline."""
    found = _most_urgent(plan)
    if found is None:
        return "unknown"
    return "no start is early enough" if found[1].by is None else when(found[1].by)


def _most_urgent(plan: FleetPlan) -> tuple[str, MustStart] | None:
    """Whose latest start comes first, and that start."""
    known = [(member.name, member.must_start) for member in plan.members]
    known += [(instance.name, instance.must_start) for instance in plan.instances]
    known.append(("", plan.timing.must_start if plan.timing is not None else None))
    found = [(name, start) for name, start in known if start is not None]
    return min(found, key=lambda one: (one[1].by or _BEGINNING, one[1].deadline), default=None)


def _urgent(plan: FleetPlan) -> str:
    found = _most_urgent(plan)
    if found is None:
        return "unknown: no clock has an end, or the duration of a step is not known."
    name, start = found
    whose = f" for {text(name)}" if name else ""
    end = f"{text(start.clock)} ends on {start.deadline} ({text(start.rule)})"
    if start.by is None:
        return f"**no start is early enough**{whose}: {end}."
    past = " **That is past.**" if start.is_past else ""
    return f"{when(start.by)}{whose}: {end}; the subtraction stands under Schedule.{past}"


def _what(plan: FleetPlan) -> str:
    kinds = dict.fromkeys(step.kind for step in plan.steps)
    counts = ", ".join(counted(sum(step.kind is kind for step in plan.steps), _WORDS[kind]) for kind in kinds)
    extent = f"{counted(len(plan.members), 'cluster')} on {counted(len(plan.instances), 'instance')}"
    planned = [one for one in plan.instances if not one.missing]
    ways = [f"{text(one.name)} {text(way(one))}" for one in planned[:_SHOWN]]
    more = f", and {len(planned) - _SHOWN} more" if len(planned) > _SHOWN else ""
    return f"{extent} to {text(in_words(plan.goal))}: {', '.join(ways) or 'nothing to move'}{more}. {counts or 'No steps'}."


_SHOWN: Final = 6
"""Instances or clusters named in a sentence; of more the number is said."""


def _parts(plan: FleetPlan) -> str:
    parts = [member.part for member in plan.members]
    counts = [f"{parts.count(part)} {part}" for part in Part if part in parts]
    return f"{', '.join(counts) or 'none'}."


def _left_behind(plan: FleetPlan) -> str:
    told: list[str] = []
    for part in _LEFT:
        names = [member.name for member in plan.members if member.part is part]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        told += [f"{part}: {joined(names[:_SHOWN])}{more}"] if names else []
    told += [f"not planned: {text(one.name)} ({text(one.missing)})" for one in plan.instances[:_SHOWN] if one.missing]
    return f"{'; '.join(told)}." if told else ""


def _held_up(plan: FleetPlan) -> list[str]:
    """A call-out that some steps cannot begin as things are; clusters with the same reason together."""
    groups: dict[str, list[str]] = {}
    for member in plan.members:
        if member.held_up:
            groups.setdefault(member.held_up, []).append(member.name)
    if not groups:
        return []
    told = [f"{_few(names)}: {sentence(why)}" for why, names in [*groups.items()][:_SHOWN]]
    more = " There are more." if len(groups) > _SHOWN else ""
    return [
        f"> **Not now**: steps of these cannot begin as things are. {' '.join(told)}{more} See Each cluster's part.",
        "",
    ]


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{joined(names[:_SHOWN])}{more}"


def _new_hosts(plan: FleetPlan) -> list[str]:
    """Release updates that bring the hosts another operating system."""
    crossing = [step for step in plan.steps if step.kind is StepKind.RELEASE and _CROSSES in step.purpose]
    if not crossing:
        return []
    told = [f"{text(step.id)} on {text(step.where)} ({text(step.title)})" for step in crossing[:_SHOWN]]
    more = f", and {len(crossing) - _SHOWN} more" if len(crossing) > _SHOWN else ""
    return [f"- **Changes the host operating system:** {', '.join(told)}{more}."]


_CROSSES: Final = "changes the host operating system"
"""In the purpose of a release update from one line of releases to the next."""


def _afterwards(plan: FleetPlan) -> list[str]:
    """The release each planned instance ends on, those of one release together."""
    groups: dict[str, list[str]] = {}
    for instance in plan.instances:
        if not instance.missing:
            groups.setdefault(instance.target, []).append(instance.name)
    told = [f"{_few(names)} on {text(release)}" for release, names in groups.items()]
    return [f"- **Afterwards:** {'; '.join(told)}."] if plan.steps and told else []


def _finish(plan: FleetPlan) -> str:
    timing = plan.timing
    if timing is None or not timing.slots:
        if timing is not None and timing.conflicts:
            return "**nothing fits**: what would have to be relaxed stands under Schedule."
        ends = [wave.end for wave in plan.waves if wave.end is not None]
        begun = f"; begun at once, {when(max(ends))} by the high estimates{_uncounted(plan)}" if ends else ""
        return f"not scheduled: no calendar places a step in time{begun}."
    last = max(slot.end for slot in timing.slots)
    if timing.conflicts:
        return f"{when(last)}, **after what was asked for**: what would have to be relaxed stands under Schedule."
    return f"{when(last)}, by the high estimates{_uncounted(plan)}."


def _uncounted(plan: FleetPlan) -> str:
    """What people decide or mend takes time that nobody knows: it has to be over before what follows begins."""
    people = [step.id for step in plan.steps if step.kind in (StepKind.DECIDE, StepKind.REPAIR)]
    return (
        f", if {text(spanned(people))} {'is' if len(people) == 1 else 'are'} over by the time it comes to that"
        if people
        else ""
    )


def _how_long(plan: FleetPlan) -> str:
    timing = plan.timing
    if timing is None:
        return "unknown, step by step."
    sums = f"{minutes_in_words(timing.low)} to {minutes_in_words(timing.high)} of work, all steps one after the other."
    return sums + (f" In no sum, since nobody knows: {text(spanned(timing.unknown))}." if timing.unknown else "")


def _forward_only(plan: FleetPlan) -> str:
    forward = [step for step in plan.steps if step.reversibility is not Reversibility.REVERSIBLE]
    if not forward:
        return sentence("nothing: every step can be undone" if plan.steps else "nothing is changed")
    count = f"{len(forward)} of {counted(len(plan.steps), 'step')}"
    return f"{count}: Kubernetes and release updates go forward only; restore means rebuild (P15)."
