"""What a cluster and its operation go through after an accepted write, for every way it can go.

Pure functions of the moment it began: the control plane first, then pool after pool, one node at a time. What Azure
tells in each state follows the truth table of provisioningState and currentState; how long each phase takes, and
the texts of errors, are the emulator's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from planner.emulator.faults import Outcome
from planner.emulator.frames import Frame
from planner.emulator.world import Cluster, Pool

__all__ = ["Course", "Work", "course_of", "denied", "finished", "not_ready", "rolled"]

PICKED_UP: Final = timedelta(seconds=30)
"""From the acceptance to the first sign of work."""
DENIED_AFTER: Final = timedelta(minutes=1)
RECONCILED_AFTER: Final = timedelta(minutes=2)
_SETTLED: Final = timedelta(seconds=30)
"""From the last node to the end."""
_WELL: Final = {"provisioning_state": "Succeeded", "current_state": "Succeeded", "error": None}
_FAILURE: Final = "The new control plane node did not become ready in time."
_EVICTION: Final = "Cannot evict pod as it would violate the pod's disruption budget."


@dataclass(frozen=True, slots=True)
class Work:
    """An accepted write. `cluster` is as it was then; `node` is the time one node takes."""

    cluster: Cluster
    target: str
    sent: Mapping[str, Any]
    start: datetime
    node: timedelta

    @property
    def pools(self) -> list[Pool]:
        """The pools with their versions spelled out."""
        version = self.cluster.version
        return [
            replace(pool, ready={version: pool.count} if pool.ready is None else pool.ready)
            for pool in self.cluster.pools
        ]

    @property
    def behind(self) -> int:
        """Nodes of pools that do not run the target."""
        return sum(_behind(pool, self.target) for pool in self.pools)

    @property
    def rolls(self) -> bool:
        """False where there is nothing to replace: the write only reconciles."""
        return self._control_plane > timedelta(0) or self.behind > 0

    @property
    def _control_plane(self) -> timedelta:
        running = self.cluster.running or self.cluster.version
        return timedelta(0) if running == self.target else self.node * self.cluster.control_plane

    @property
    def pools_begin(self) -> datetime:
        """When the control plane is done."""
        return self.start + PICKED_UP + self._control_plane

    @property
    def end(self) -> datetime:
        """When all is done, if all goes well."""
        if not self.rolls:
            return self.start + RECONCILED_AFTER
        return self.pools_begin + self.node * self.behind + _SETTLED


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of the cluster, and those of the operation that tells of it."""

    cluster: Sequence[Frame]
    operation: Sequence[Frame]


def course_of(work: Work, outcome: str = "") -> Course:
    """What follows an accepted write. `outcome` is one of Outcome.KNOWN, "" = it goes well."""
    match outcome:
        case Outcome.ADMISSION:
            return denied(work, not_ready(work.target))
        case Outcome.FAILED:
            error = {"code": "UpgradeFailed", "message": _FAILURE}
            return _broken_off(work, "Failed", "Failed", _FAILURE, error)
        case Outcome.CANCELED:
            return _broken_off(work, "Canceled", "Succeeded", None, {})
        case Outcome.DRAIN if work.behind:
            return _held_up(work)
        case _:
            return _carried_through(work, outcome)


def denied(work: Work, message: str) -> Course:
    """Refused by the admission webhook after it was accepted: the cluster is as before."""
    accepted, at = _accepted(work), work.start + DENIED_AFTER
    before = {name: getattr(work.cluster, name) for name in accepted.changes}
    text = f'admission webhook "vhybridakscluster.kb.io" denied the request: {message}'
    error = {"code": "BadRequest", "message": text}
    return Course([accepted, _frame(at, before)], [_picked_up(work), _ended(at, "Failed", error)])


def not_ready(version: str) -> str:
    """What the webhook says of a version that the instance cannot give."""
    check = {
        "name": "K8sVersionValidation",
        "message": (
            f"Kubernetes version {version} is not ready for use on Linux. Please go to "
            "https://aka.ms/aksarccheckk8sversions for details of how to check the readiness of Kubernetes versions."
        ),
        "recommendation": (
            "Please check https://aka.ms/AKSArcValidationErrors/K8sVersionValidation for recommendations"
        ),
    }
    return json.dumps({"result": "Failed", "validationChecks": [check]}, indent=3)


def finished(work: Work) -> list[Frame]:
    """The rest of a rollout that goes well from `work.start`, nodes first, then the end."""
    return [*_moves(work), _frame(work.end, _done(work))]


def rolled(pools: Sequence[Pool], target: str, moved: int) -> list[Pool]:
    """The pools after `moved` nodes were replaced, pool after pool."""
    result: list[Pool] = []
    for pool in pools:
        ready = dict(pool.ready or {})
        for version in sorted(set(ready) - {target}):
            step = min(moved, ready[version])
            moved -= step
            ready[version] -= step
            ready[target] = ready.get(target, 0) + step
        ready = {version: count for version, count in ready.items() if count}
        state = "Succeeded" if set(ready) <= {target} else "Upgrading"
        result.append(replace(pool, ready=ready, provisioning_state=state, current_state=state, error=None))
    return result


def _behind(pool: Pool, target: str) -> int:
    return sum(count for version, count in (pool.ready or {}).items() if version != target)


def _frame(at: datetime, changes: Mapping[str, Any]) -> Frame:
    """A change of the cluster, which moves its lastModifiedAt."""
    return Frame(at, {**changes, "modified": at})


def _accepted(work: Work) -> Frame:
    cluster = work.cluster
    changes: dict[str, Any] = {"provisioning_state": "Accepted", "sent": work.sent, "extra": {}, "pools": work.pools}
    if work.target != cluster.version:
        changes |= {"version": work.target, "running": cluster.running or cluster.version}
    return _frame(work.start, changes)


def _begun(work: Work) -> Frame:
    if not work.rolls:
        return _frame(work.start + PICKED_UP, {"provisioning_state": "Updating"})
    states = {"provisioning_state": "Upgrading", "current_state": "Upgrading", "error": None}
    return _frame(work.start + PICKED_UP, {**states, "pools": rolled(work.pools, work.target, 0)})


def _moves(work: Work, left_behind: int = 0) -> list[Frame]:
    """One frame for each node, in all but the last `left_behind` pools."""
    pools = work.pools
    moving = pools[: len(pools) - left_behind]
    waiting = rolled(pools[len(moving) :], work.target, 0)
    count = sum(_behind(pool, work.target) for pool in moving)
    return [
        _frame(work.pools_begin + work.node * number, {"pools": [*rolled(moving, work.target, number), *waiting]})
        for number in range(1, count + 1)
    ]


def _done(work: Work) -> dict[str, Any]:
    """Everything follows the new version from now on."""
    pools = [
        replace(pool, ready=None, provisioning_state="Succeeded", current_state="Succeeded", error=None)
        for pool in work.pools
    ]
    following: dict[str, Any] = {"running": None, "graph_version": None, "upgrades": None}
    return {**_WELL, "pools": pools, **(following if work.rolls else {})}


def _carried_through(work: Work, outcome: str) -> Course:
    """The ways that lead to the target, straight or not."""
    begun, end = _begun(work), _done(work)
    steps = [_accepted(work), begun]
    told = _ended(work.end, "Succeeded")
    moves = _moves(work, left_behind=1 if outcome == Outcome.PARTIAL else 0)
    match outcome:
        case Outcome.TIMED_OUT:
            gone_on = work.pools_begin + (work.end - work.pools_begin) / 2
            moves = sorted([*moves, _frame(gone_on, {"provisioning_state": "Failed"})], key=lambda frame: frame.at)
            message = "The operation did not complete within the allowed time."
            told = _ended(gone_on, "Failed", {"code": "OperationTimeout", "message": message})
        case Outcome.STUCK:
            end["current_state"] = "Upgrading"
        case Outcome.PARTIAL:
            end["pools"] = [*end["pools"][:-1], work.pools[-1]]
        case Outcome.DISCONNECTED:
            steps = [steps[0], _frame(begun.at, {**begun.changes, "connectivity": "Offline", "last_contact": begun.at})]
            end |= {"connectivity": "Connected", "last_contact": work.cluster.last_contact}
        case _:
            pass
    return Course([*steps, *moves, _frame(work.end, end)], [_picked_up(work), told])


def _broken_off(work: Work, state: str, current: str, error: str | None, told: Mapping[str, Any]) -> Course:
    """Ends while the control plane is at its first node: the new version is wanted, no node has it."""
    at = work.start + PICKED_UP + work.node / 2
    end = {"provisioning_state": state, "current_state": current, "error": error, "pools": work.pools}
    return Course([_accepted(work), _begun(work), _frame(at, end)], [_picked_up(work), _ended(at, state, told)])


def _held_up(work: Work) -> Course:
    """The first pool with nodes to replace stops at its last one, and nothing moves until it is healed."""
    pools = work.pools
    place = next((place for place, pool in enumerate(pools) if _behind(pool, work.target)), 0)
    moved = _behind(pools[place], work.target) - 1
    at = work.pools_begin + work.node * (moved + 1)
    held = rolled(pools, work.target, moved)
    held[place] = replace(held[place], error=_EVICTION)
    steps = [_accepted(work), _begun(work), *_moves(work)[:moved], _frame(at, {"pools": held})]
    return Course(steps, [_picked_up(work)])


def _picked_up(work: Work) -> Frame:
    return Frame(work.start + PICKED_UP, {"status": "Updating"})


def _ended(at: datetime, status: str, error: Mapping[str, Any] | None = None) -> Frame:
    return Frame(at, {"status": status, "ended": at, "error": error or {}})
