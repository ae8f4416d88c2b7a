"""What a look changes: the stage a leg goes to when the cluster is seen like this. The cluster has the last word (PR5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from planner.legs import Leg, Stage
from planner.plan import Proof, StepKind
from planner.proofs import Mark, has_failed, updating
from planner.rollout import Rollout, RolloutState, decode, errors_of
from planner.sighting import Sighting
from planner.signs import progress

IN_FLIGHT: Final = timedelta(seconds=120)
"""So long after an intent its request may still be under way: longer than the request's own deadline."""
NOTHING_SEEN: Final = timedelta(minutes=10)
"""After an upgrade was accepted, or started by hand: no sign of work for so long is not patience any more."""
WORRY: Final = timedelta(minutes=30)
"""Without any change for so long a rollout is looked at closely (the bare-metal page's advice)."""
LOOK_AGAIN: Final = {
    Stage.TODO: timedelta(minutes=5),
    Stage.CHECKING: timedelta(minutes=5),
    Stage.READY: timedelta(minutes=5),
    Stage.SENDING: timedelta(seconds=30),
    Stage.DOUBT: timedelta(seconds=30),
    Stage.RUNNING: timedelta(minutes=2),
    Stage.ATTENTION: timedelta(minutes=2),
    Stage.VERIFYING: timedelta(minutes=2),
    Stage.GATE: timedelta(minutes=5),
    Stage.DONE: timedelta(minutes=5),
}
"""Until the next look, by stage."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A leg after a look, and what is worth a line in the log."""

    leg: Leg
    said: tuple[str, ...] = ()


def after_look(leg: Leg, seen: Sighting) -> Outlook:
    """The leg after a look: checks judged, stage moved, changes named."""
    moved = not seen.same_as(leg.seen)
    fresh = replace(leg, seen=seen, changed=seen.at if moved else leg.changed, trouble="", cure="")
    step = leg.step
    if step is not None and leg.is_hop:
        fresh = replace(fresh, rollout=decode(seen, step.origin, step.target))
    fresh = _staged(fresh, seen)
    if fresh.stage in (Stage.CHECKING, Stage.READY):
        fresh = fresh.proven(fresh.before, seen)
        fresh = replace(fresh, stage=Stage.READY if fresh.is_clear else Stage.CHECKING)
    elif fresh.stage is Stage.VERIFYING:
        fresh = fresh.proven(fresh.after, seen)
    elif fresh.stage is Stage.GATE:
        fresh = _at_gate(fresh, seen)
    return Outlook(fresh, _said(leg, fresh))


def began_anew(leg: Leg) -> Leg:
    """A leg as it is found by a new process: what was under way when the last one ended is in doubt, or certainly not sent."""
    if leg.stage is not Stage.SENDING:
        return leg
    if leg.intent is None:
        return replace(leg, stage=Stage.CHECKING, way=None, started=None)
    return replace(leg, stage=Stage.DOUBT, doubt="arcstep ended before Azure's answer was known.")


def _staged(leg: Leg, seen: Sighting) -> Leg:
    if leg.step is None:
        return leg
    if leg.rollout is not None:
        return _hop(leg, leg.rollout, seen)
    if leg.step.kind is StepKind.RELEASE:
        return _release(leg, seen)
    return _guided(leg, seen)


def _at_gate(leg: Leg, seen: Sighting) -> Leg:
    """A gate is only passed on what holds: what is seen to be no longer so goes back to the checks."""
    proven = leg.proven(leg.after, seen)
    lapsed = any(proven.mark(check.id) is Mark.NOT_SO for check in leg.after)
    return replace(proven, stage=Stage.VERIFYING) if lapsed else leg


# -- a Kubernetes upgrade --


def _hop(leg: Leg, rollout: Rollout, seen: Sighting) -> Leg:
    match leg.stage:
        case Stage.CHECKING | Stage.READY:
            return _not_begun(leg, rollout, seen)
        case Stage.DOUBT:
            return _doubtful(leg, rollout, seen)
        case Stage.RUNNING | Stage.ATTENTION:
            return _under_way(leg, rollout, seen)
        case _:  # while it is being sent the answer decides, and there always is one
            return leg


def _not_begun(leg: Leg, rollout: Rollout, seen: Sighting) -> Leg:
    """Nothing was started by this walk; somebody else may have."""
    begun = leg.step is not None and seen.version == leg.step.target
    if not begun:
        return leg
    if rollout.state is RolloutState.FINISHED:
        return replace(leg, stage=Stage.VERIFYING, ended=seen.at)
    stage = Stage.RUNNING if rollout.is_under_way else Stage.ATTENTION
    return replace(leg, stage=stage, started=leg.started or seen.modified_at or seen.at)


def _doubtful(leg: Leg, rollout: Rollout, seen: Sighting) -> Leg:
    """The upgrade was sent and no answer came: the cluster tells (PR6)."""
    intent = leg.intent
    if rollout.state is not RolloutState.UNCHANGED or intent is None:
        moved = _under_way(leg, rollout, seen)
        return moved if moved.stage is Stage.DOUBT else replace(moved, doubt="")
    if seen.at - intent.at < IN_FLIGHT:
        return leg
    if seen.modified_at is None or seen.modified_at >= intent.at:
        return replace(leg, stage=Stage.ATTENTION)
    return _back(leg)


def _under_way(leg: Leg, rollout: Rollout, seen: Sighting) -> Leg:
    match rollout.state:
        case RolloutState.FINISHED:
            return replace(leg, stage=Stage.VERIFYING, ended=seen.at, refusal=None, doubt="")
        case RolloutState.RUNNING | RolloutState.TIMED_OUT:
            return replace(leg, stage=Stage.RUNNING)
        case RolloutState.FLAG_STUCK | RolloutState.PARTIAL | RolloutState.FAILED:
            return replace(leg, stage=Stage.ATTENTION)
        case RolloutState.UNCHANGED:
            return _unchanged(leg, seen)
        case RolloutState.UNKNOWN if _has_strayed(leg, seen):
            return replace(leg, stage=Stage.ATTENTION)
        case RolloutState.DISCONNECTED | RolloutState.UNKNOWN:
            return leg


def _has_strayed(leg: Leg, seen: Sighting) -> bool:
    """Somebody set the cluster to a version that is neither where the step begins nor where it ends."""
    return leg.step is not None and seen.version not in ("", leg.step.origin, leg.step.target)


def _unchanged(leg: Leg, seen: Sighting) -> Leg:
    """Accepted or started by hand, and the cluster is where it was."""
    if leg.intent is not None and seen.at < leg.intent.at:
        return leg  # a look from before it was sent
    status = leg.status.casefold()
    if status in ("failed", "canceled", "cancelled"):
        return _back(leg)
    if status == "succeeded":
        return replace(leg, stage=Stage.ATTENTION)
    if seen.at - (leg.started or seen.at) <= NOTHING_SEEN:
        return leg
    return replace(leg, stage=Stage.ATTENTION) if leg.intent is not None else _back(leg)


def _back(leg: Leg) -> Leg:
    """Nothing came of it: it may be decided anew."""
    return replace(
        leg, stage=Stage.CHECKING, way=None, started=None, ended=None, intent=None, operation="", status="", doubt=""
    )


# -- what others do, and arcstep watches --


def _release(leg: Leg, seen: Sighting) -> Leg:
    step = leg.step
    if step is None or leg.stage in (Stage.VERIFYING, Stage.GATE) or not seen.release:
        return leg
    if updating(seen):
        return replace(leg, stage=Stage.RUNNING, started=leg.started or seen.at)
    if seen.release == step.target:
        return replace(leg, stage=Stage.VERIFYING, ended=seen.at)
    if seen.release != step.origin or has_failed(seen):
        return replace(leg, stage=Stage.ATTENTION)
    if leg.stage is Stage.ATTENTION:
        return replace(leg, stage=Stage.RUNNING if leg.started is not None else Stage.CHECKING)
    return leg


def _guided(leg: Leg, seen: Sighting) -> Leg:
    """Wait-or-repair and neighbours: they are over when their checks say so, whoever did it."""
    if leg.stage not in (Stage.CHECKING, Stage.READY) or any(check.manual for check in leg.after):
        return leg
    proven = leg.proven(leg.after, seen)
    over = all(proven.mark(check.id) is Mark.OK for check in leg.after if check.proof is not Proof.BY_HAND)
    return replace(leg, stage=Stage.VERIFYING, ended=seen.at) if over else proven


# -- the log --


def _said(old: Leg, new: Leg) -> tuple[str, ...]:
    lines: list[str] = []
    before, now = old.seen, new.seen
    target = new.step.target if new.step is not None and new.is_hop else ""
    if now is not None and before is not None:
        if target and now.pools is not None and progress(before.pools, target) != progress(now.pools, target):
            lines.append(f"ready on {target}: {progress(now.pools, target)}")
        if now.release != before.release and now.release:
            lines.append(f"the instance reports release {now.release}")
        if now.update_state != before.update_state and now.update_state:
            lines.append(f"update state of the instance: {now.update_state}")
        if errors_of(now) != errors_of(before) and errors_of(now):
            lines.append(errors_of(now))
    # Where nothing was begun yet, "without change" is no news.
    expected = new.rollout is not None and new.rollout.state is RolloutState.UNCHANGED and not old.is_open
    if new.rollout is not None and not expected and (old.rollout is None or old.rollout.state is not new.rollout.state):
        lines.append(f"{new.rollout.state}: {new.rollout.evidence}")
    if old.is_open and new.stage in (Stage.CHECKING, Stage.READY):
        lines.append("nothing came of it: it may be decided anew")
    if old.stage is not new.stage:
        lines.append(str(new.stage))
    return tuple(lines)
