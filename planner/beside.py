"""What the other clusters of the instance mean for the steps ahead: who has to move first now, and who already did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.ahead import Ahead
from planner.awaited import Awaited
from planner.course import Course, Reached, version_of
from planner.deadend import cause_of
from planner.fates import Fate, Moved, Reason, fate_of
from planner.inventory import Cluster, value_of
from planner.moves import LegalMove, Refusal, State
from planner.neighbours.groups import Neighbour, gates_of, refused_by
from planner.obstacles import Obstacle
from planner.plan import Step, StepKind
from planner.search import Numbers, Path
from planner.settled import unsettled
from planner.standpoint import Standpoint

_UNCOUNTED = Numbers(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Beside:
    """The moves ahead as one path, and what the neighbours owe before each of its release updates."""

    course: Course
    moves: tuple[LegalMove, ...]
    gates: tuple[Neighbour, ...]
    refusal: tuple[tuple[str, Reason], ...]
    """(release key, why) of an update that strands a neighbour nothing can save."""

    def owed(self, step: Step) -> tuple[Reason, ...]:
        """What a release update has to wait for that the plan does not know of."""
        steps = [one for one in self.course.plan.steps if one.kind is StepKind.NEIGHBOUR]
        planned = {(one.cluster, step.release) for step in steps for one in step.awaited}
        new = [gate for gate in self.gates if gate.before == step.target and (gate.name, gate.on) not in planned]
        refused = [why for key, why in self.refusal if key == step.target]
        return (*refused, *(Reason(_first(gate), self._cause()) for gate in new))

    def _cause(self) -> Moved | None:
        """A plan keeps no facts of neighbours: only where the catalog is the same it is certain that they moved."""
        return Moved.REALITY if self.course.plan.catalog_date == self.course.judge.catalog.newest_fact else None

    def judged(self, step: Step, guarded: Step | None) -> tuple[Reason, ...]:
        """Whether the neighbours have moved, still have to, or need not any more; `guarded` is the update that waits for
        them. The step is done once all of them have."""
        told = [self._judged(one, step, guarded) for one in step.awaited]
        done = bool(told) and all(reasons and fate_of(reasons) is Fate.DONE for reasons in told)
        return tuple(one for reasons in told for one in reasons if done or one.fate is not Fate.DONE)

    def _judged(self, awaited: Awaited, step: Step, guarded: Step | None) -> tuple[Reason, ...]:
        gate = next((one for one in self.gates if (one.name, one.on) == (awaited.cluster, step.release)), None)
        found = self._named(awaited.cluster)
        if gate is not None and gate.needed is None:
            return (Reason(f"the version of {gate.name} could not be read", None, Fate.UNKNOWN),)
        if gate is not None:
            same = str(gate.needed) == awaited.target
            return () if same else (Reason(f"{gate.name} needs {gate.needed}, not {awaited.target}", self._cause()),)
        if not found:
            return (self._gone(awaited.cluster),)
        version = value_of(found[0].version)
        if len(found) > 1 or version is None:
            return (Reason(f"the version of {awaited.cluster} could not be read", None, Fate.UNKNOWN),)
        target = version_of(awaited.target)
        if target is None or version >= target:
            return (_arrived(found[0], str(version)),)
        return self._left(awaited.cluster, guarded)

    def _left(self, name: str, guarded: Step | None) -> tuple[Reason, ...]:
        """It has not moved, and nothing asks it to."""
        if guarded is not None and self.course.update(guarded) in (Reached.BEHIND, Reached.ASTRAY):
            return (Reason(f"the instance went on to {self.course.release} before {name} moved", Moved.REALITY),)
        if guarded is not None and all(move.target.platform.key != guarded.target for move in self.moves):
            return (Reason(f"what {guarded.id} asks of {name} cannot be told now", None, Fate.UNKNOWN),)
        return (Reason(f"{name} need not move any more", self._cause()),)

    def _gone(self, name: str) -> Reason:
        inventory = self.course.judge.inventory
        if inventory.unread or len(inventory.clusters) < (inventory.expected or 0):
            return Reason(f"{name} is not among the clusters that could be read", None, Fate.UNKNOWN)
        return Reason(f"{name} is no longer on the instance", Moved.REALITY)

    def _named(self, name: str) -> list[Cluster]:
        inventory = self.course.judge.inventory
        instance = inventory.instance_of(self.course.cluster)
        hosted = inventory.clusters_by_instance.get(instance.id, ()) if instance is not None else ()
        return [one for one in hosted if one.name == name and one.key != self.course.cluster.key]


def beside(course: Course, standpoint: Standpoint, ahead: Mapping[str, Ahead]) -> Beside:
    """The neighbours, as the path that is still ahead concerns them."""
    moves: list[LegalMove] = []
    for one in ahead.values():
        if one.move is None:
            break
        moves.append(one.move)
    path = _path(course, standpoint.state, tuple(moves))
    refused = refused_by(path, course.cluster, course.judge, course.routes)
    if refused is None:
        return Beside(course, path.moves, gates_of(path, course.cluster, course.judge, course.routes), ())
    move = next(m for m in moves if (m.origin.platform.key, m.target.platform.key) == (refused.origin, refused.target))
    minor = move.origin.version.minor
    obstacle = Obstacle(Refusal.NEIGHBOUR, (move.origin.platform, minor), (move.target.platform, minor))
    why = cause_of(obstacle, course.cluster, standpoint.ground, course.judge.catalog, (refused,))
    same = course.plan.catalog_date == course.judge.catalog.newest_fact
    reason = Reason(f"{why.what}: {why.why}", Moved.REALITY if same else None, Fate.IMPOSSIBLE)
    return Beside(course, path.moves, (), ((refused.target, reason),))


def _path(course: Course, start: State, moves: tuple[LegalMove, ...]) -> Path:
    """One object for equal moves: what is worked out for a path is remembered by the object."""
    return course.routes.remembered(("taken", start, moves), lambda: Path(start, moves, _UNCOUNTED))


def _first(gate: Neighbour) -> str:
    if gate.needed is None:
        return f"the version of {gate.name} on the same instance could not be read, and {gate.before} might strand it"
    return f"first {gate.name} to {gate.needed}: it runs {gate.current}, and {gate.before} would strand it"


def _arrived(cluster: Cluster, version: str) -> Reason:
    trouble = unsettled(cluster)
    if trouble is not None:
        return Reason(f"{cluster.name} is set to {version}, but not at rest. {trouble}", Moved.REALITY)
    return Reason(f"{cluster.name} runs {version}", Moved.REALITY, Fate.DONE)
