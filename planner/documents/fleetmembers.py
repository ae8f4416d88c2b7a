"""The clusters of a plan of instances: who cannot be saved and which ways out there are, and each one's own part."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from planner.documents.fleetorder import clock_text, clock_words
from planner.documents.fleetwords import when
from planner.documents.marks import command_blocks, labelled, sentence, spanned, table, text
from planner.documents.sections import causes, ways_out
from planner.documents.summary import counted
from planner.fleetplan import FleetPlan, Member, Part
from planner.plan import DeadEnd

_WORST_FIRST: Final = (Part.ISOLATED, Part.UNKNOWN, Part.CARRIED)
_NOT_IN_FILES: Final = re.compile(r"[^A-Za-z0-9._-]+")


def not_saved(plan: FleetPlan) -> list[str]:
    """Clusters that do not reach the goal, with the reason and every way out; the rest of the plan does not wait for them."""
    left = [member for part in _WORST_FIRST for member in plan.members if member.part is part]
    if not left:
        return []
    lines = ["## Clusters that are not brought to the goal", "", "The plan of the others goes on without them, after "
             "whatever decision it names.", ""]  # fmt: skip
    told: dict[DeadEnd, str] = {}
    for member in left:
        lines += [
            f"### {text(member.name)} on {text(member.instance)}: {member.part}",
            "",
            *labelled("Because", sentence(member.because)),
        ]
        end = member.dead_end
        if end is not None and end in told:
            lines += [f"Causes and ways out are those of {text(told[end])}.", ""]
        elif end is not None:
            told[end] = member.name
            lines += ["Lifting all of these, and nothing less, would open a path:", "", *causes(end), ""]
            lines += ["Ways out:", "", *ways_out(end), ""]
    return lines


def parts(plan: FleetPlan) -> list[str]:
    """Each cluster's part, worst first, with the command that makes its own plan, which can be walked."""
    if not plan.members:
        return []
    same = Counter(member.name.casefold() for member in plan.members)
    lines = ["## Each cluster's part", "", "This document is not walked. The command of a cluster makes its own plan, which "
             "can be: arcstep walk.", ""]  # fmt: skip
    for member in plan.members:
        if not _is_at_rest(member):
            lines += _part(member, is_alone=same[member.name.casefold()] == 1)
    return lines + list(_at_rest([member for member in plan.members if _is_at_rest(member)]))


def _is_at_rest(member: Member) -> bool:
    """Nothing is done to it and nothing is wrong: a line says all."""
    calm = member.part in (Part.NOTHING_TO_DO, Part.CARRIED)
    return calm and not member.steps and member.dead_end is None and not member.held_up


def _at_rest(members: Sequence[Member]) -> Iterator[str]:
    if not members:
        return
    rows = [
        (
            one.name,
            f"{one.instance or 'an unknown instance'}, {one.resource_group}, {one.subscription}",
            one.version,
            one.support,
            clock_text(one.clocks[0]) if one.clocks else "-",
            one.because,
        )
        for one in members
    ]
    yield from ("### Clusters without a step of their own", "")
    yield from table(("Cluster", "Where", "Kubernetes", "Support state", "Nearest clock", "Because"), rows)


def _part(member: Member, *, is_alone: bool) -> Iterator[str]:
    yield f"### {text(member.name)}: {member.part}"
    yield ""
    where = f"{text(member.instance or 'an unknown instance')}, resource group {text(member.resource_group)}"
    yield f"- **Where:** {where}, subscription {text(member.subscription)}"
    yield f"- **Today:** Kubernetes {text(member.version)}; support state: {text(member.support)}"
    yield f"- **Afterwards:** Kubernetes {text(member.target or 'unknown')}"
    yield f"- **Because:** {sentence(member.because)}"
    if member.held_up:
        yield f"- **Not now:** {sentence(member.held_up)}"
    yield f"- **Clocks:** {clock_words(member.clocks)}"
    yield f"- **Own steps:** {text(spanned(member.steps)) or 'none'}"
    if member.numbers is not None:
        own = member.numbers
        hops, updates = counted(own.hops, "hop"), counted(own.release_updates, "release update")
        yield f"- **Own path:** {hops}, {updates}, {counted(own.stops, 'stop')}"
    if member.must_start is not None:
        by = member.must_start.by
        yield f"- **Must start by:** {when(by) if by is not None else 'no start is early enough'}"
    yield ""
    if member.numbers is not None and member.numbers.hops:
        yield from command_blocks(_command(member, is_alone=is_alone), "its own plan, to be walked")


def _command(member: Member, *, is_alone: bool) -> tuple[str, ...]:
    """Where names are shared, the resource group says which cluster is meant."""
    address = member.name if is_alone else f"{member.resource_group}/{member.name}"
    stem = _NOT_IN_FILES.sub("-", address).strip(".-") or "plan"
    return ("arcstep", "plan", address, "--to", member.target, "--out", f"{stem}.md")
