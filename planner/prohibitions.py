"""What a plan says must not be done, the most dangerous first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.draft import Draft, instance_name
from planner.inventory import value_of
from planner.moves import LegalMove, MoveKind, Platform, Standing, standing
from planner.neighbours.unseen import unseen_by
from planner.plan import Step, StepKind
from planner.version import KubernetesVersion

_SHOWN = 3
_ALWAYS = (
    "Do not run az aksarc upgrade without --kubernetes-version: the service may offer a version that skips a minor (C3).",
    "Do not start the next step before every check of the last one is ticked.",
    "Do not change node machines through Hyper-V or host tools (P27, P28).",
)


def must_not_of(draft: Draft, steps: Sequence[Step]) -> tuple[str, ...]:
    """What must not be done, a sentence each; the most dangerous first."""
    if draft.path is not None:
        return (*_before_updates(draft, steps), *_ALWAYS)
    if draft.is_refresh:
        return (
            *_ALWAYS,
            "Do not use az aksarc upgrade --node-image-only: the platform does not support it (C1).",
            "Do not leave a pool at the larger number, and do not scale two pools at the same time.",
        )
    if draft.dead_end is not None:
        hope = "Do not update the instance in the hope that it helps: later releases offer still newer minors (P18)."
        return hope, *_ALWAYS
    return _ALWAYS


def _before_updates(draft: Draft, steps: Sequence[Step]) -> Iterator[str]:
    """For each update: whom it would strand as long as what comes before it is not done."""
    updates = [step for step in steps if step.kind is StepKind.RELEASE]
    if not updates or draft.solution is None:
        return
    if draft.solution.lost:
        who = ", ".join(f"{lost.name} ({value_of(lost.version)})" for lost in draft.solution.lost)
        yield (
            f"Do not update the instance before it is decided what becomes of {who}: stranded already, and each "
            "release moves the lowest version they could still skip to further away (P12, P18)."
        )
    instance = instance_name(draft.cluster, draft.judge) or "the instance"
    saving = _saving_hops(draft, steps)
    for update in updates:
        no = f"Do not update {instance} to {update.target} before"
        before = _since_the_last(steps, update)
        waits, dark = list(_awaited(draft, before, dark=False)), list(_awaited(draft, before, dark=True))
        waits += [f"{hop.where} ({hop.id})" for hop in (saving.get(update.id),) if hop is not None]
        if waits:
            yield f"{no} {_names(waits)}: it would be stranded for good (P18)."
        if dark:
            yield f"{no} it is known what {_names(dark)} runs: it might be stranded for good (P18)."
        decisions = [f"{step.where} ({step.id})" for step in before if step.kind is StepKind.DECIDE]
        if decisions:
            yield f"{no} it is decided about {_names(decisions)}: see those steps."
    for doubt in draft.solution.doubts:
        yield f"Do not update {instance} to {doubt.before} before it is known of {doubt.cluster.name}: {doubt.what}."
    unseen = unseen_by(draft.judge)
    if unseen:
        why = " and ".join(unseen.clauses(instance))
        yield f"Do not update {instance} before somebody looked who else runs on it: {why} (P18)."


def _since_the_last(steps: Sequence[Step], update: Step) -> list[Step]:
    """The steps before an update, back to the update before it."""
    place = steps.index(update)
    last = max((at for at in range(place) if steps[at].kind is StepKind.RELEASE), default=-1)
    return list(steps[last + 1 : place])


def _awaited(draft: Draft, before: Sequence[Step], *, dark: bool) -> Iterator[str]:
    """The neighbours a gate waits for; `dark` = those of which nobody knows what they run."""
    gates = draft.solution.neighbours if draft.solution is not None else ()
    unread = {gate.name for gate in gates if gate.needed is None}
    for step in before:
        if step.kind is StepKind.NEIGHBOUR:
            yield from (f"{one.cluster} ({step.id})" for one in step.awaits if (one.cluster in unread) is dark)


def _saving_hops(draft: Draft, steps: Sequence[Step]) -> dict[str, Step]:
    """By the id of an update the hop of the cluster itself without which it would be stranded; each hop is named once."""
    path = draft.path
    if path is None:
        return {}
    moving = [step for step in steps if step.kind in (StepKind.KUBERNETES, StepKind.RELEASE)]
    found: dict[str, Step] = {}
    for at, move in enumerate(path.moves):
        if move.kind is not MoveKind.RELEASE:
            continue
        place = _saving_hop(draft, path.moves[:at], path.start.version, move.target.platform)
        if place is not None and moving[place] not in found.values():
            found[moving[at].id] = moving[place]
    return found


def _saving_hop(draft: Draft, before: Sequence[LegalMove], start: KubernetesVersion, after: Platform) -> int | None:
    """The place of the hop that brings it over the mark of a release; None where it needs none."""
    if _can_continue(draft, start, after):
        return None
    hops = (place for place, move in enumerate(before) if move.kind is MoveKind.HOP)
    return next((place for place in hops if _can_continue(draft, before[place].target.version, after)), None)


def _can_continue(draft: Draft, version: KubernetesVersion, after: Platform) -> bool:
    ground = draft.solution.standpoint.ground if draft.solution is not None else None
    return ground is None or standing(draft.judge.catalog, ground, after, version.minor) is Standing.FINE


def _names(found: Sequence[str]) -> str:
    """The first three, and how many more there are."""
    shown = ", ".join(found[:_SHOWN])
    return f"{shown} and {len(found) - _SHOWN} more" if len(found) > _SHOWN else shown
