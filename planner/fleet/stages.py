"""A joint order as stages: on each release who hops when, who has to be looked at or decided about, and the update after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from planner.catalog import Catalog
from planner.fleet.carried import crossings_of
from planner.fleet.joint import Joint
from planner.fleet.travellers import Traveller
from planner.inventory import Cluster
from planner.moves import LegalMove, MoveKind, Platform, Standing, standing
from planner.neighbours.passage import PoolLoss, losses_in
from planner.search import Path
from planner.settled import unsettled
from planner.version import KubernetesVersion

BRIDGE_LIMIT: Final = 32
"""SCL: long operations an Arc Resource Bridge takes at a time; each cluster takes one."""


class TaskKind(StrEnum):
    """What is to be done about a cluster."""

    REPAIR = "repair"
    HOP = "hop"
    LOOK = "look"
    """Its version could not be read, so nobody knows what the update does to it."""
    DECIDE = "decide"
    """It is stranded already, or the update strands it whatever is done before."""
    POOLS = "pools"
    """After the update no hop is left for its Windows pools."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do about one cluster, before it is a step."""

    kind: TaskKind
    cluster: Cluster
    traveller: Traveller | None
    """None where the cluster could not be judged."""
    move: LegalMove | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A cluster an update waits for: what it runs before, and the move that brings it over the mark.

    Without a move nothing does, and a person decides.
    """

    cluster: Cluster
    version: KubernetesVersion
    move: LegalMove | None


@dataclass(frozen=True, slots=True)
class Stage:
    """What is done while an instance stays on one release."""

    platform: Platform
    batches: tuple[tuple[Task, ...], ...]
    """The tasks of a batch may be done side by side, those of one cluster never."""
    update: LegalMove | None
    """The update that ends the stage; None for the last one."""
    bound: tuple[Bound, ...]
    """Lowest version first."""


def stages_of(joint: Joint, catalog: Catalog, side_by_side: int) -> tuple[Stage, ...]:
    """The stages of a joint order, at most so many clusters of the instance being changed at a time."""
    limit = max(1, min(side_by_side, BRIDGE_LIMIT))
    following: list[Platform | None] = [*joint.chain[1:], None]
    losses = tuple(losses_in(crossings_of(joint), catalog))
    stages: list[Stage] = []
    for platform, after in zip(joint.chain, following, strict=True):
        first = not stages
        waiting = tuple(_bound(joint, platform, after, catalog)) if after is not None else ()
        repairs = tuple(_repairs(joint)) if first else ()
        queues = [queue for queue in _queues(joint, platform) if queue]
        gates = list(_gates(joint, platform, after, waiting, losses, first=first)) if after is not None else []
        update = _update(joint, platform, after) if after is not None else None
        batches = (*((repairs,) if repairs else ()), *_batches(queues, limit), *((gate,) for gate in gates))
        stages.append(Stage(platform, batches, update, waiting))
    return tuple(stages)


def _batches(queues: Sequence[Sequence[Task]], limit: int) -> Iterator[tuple[Task, ...]]:
    """A few clusters at a time, each with all it has to do before the next ones begin."""
    for start in range(0, len(queues), limit):
        for row in zip_longest(*queues[start : start + limit]):
            yield tuple(task for task in row if task is not None)


def _repairs(joint: Joint) -> Iterator[Task]:
    """Clusters that are being changed, or were left half-way: settled before anything else, whether they move or not (P17)."""
    for traveller, path in zip(joint.party.travellers, joint.paths, strict=True):
        for cluster in traveller.clusters if path is not None else ():
            trouble = unsettled(cluster)
            if trouble is not None:
                yield Task(TaskKind.REPAIR, cluster, traveller, reason=trouble)


def _queues(joint: Joint, platform: Platform) -> Iterator[list[Task]]:
    """What each cluster does on a release, in its own order; the lowest version first."""
    for traveller, path in zip(joint.party.travellers, joint.paths, strict=True):
        if path is None:
            continue
        moves = [move for move in path.moves if move.kind is MoveKind.HOP and move.origin.platform == platform]
        for cluster in traveller.clusters:
            yield [Task(TaskKind.HOP, cluster, traveller, move) for move in moves]


def _update(joint: Joint, platform: Platform, after: Platform) -> LegalMove:
    """The update as one of the paths makes it: all of them make the same."""
    for path in joint.paths:
        for move in path.moves if path is not None else ():
            if move.kind is MoveKind.RELEASE and (move.origin.platform, move.target.platform) == (platform, after):
                return move
    raise ValueError(f"no path updates from {platform.key} to {after.key}")  # a chain is made of their updates


def _bound(joint: Joint, platform: Platform, after: Platform, catalog: Catalog) -> Iterator[Bound]:
    """Who an update waits for. A hop that an earlier update waited for already is not named again."""
    for place, (traveller, path) in enumerate(zip(joint.party.travellers, joint.paths, strict=True)):
        if path is None:
            if place in joint.isolated and _ends_here(traveller, joint, platform, after, catalog):
                yield from (Bound(one, traveller.standpoint.state.version, None) for one in traveller.clusters)
            continue
        saving = _saving(path, traveller, after, catalog)
        named = _saving(path, traveller, platform, catalog) if platform != joint.chain[0] else None
        if saving is not None and saving != named:
            yield from (Bound(cluster, saving.origin.version, saving) for cluster in traveller.clusters)


def _saving(path: Path, traveller: Traveller, after: Platform, catalog: Catalog) -> LegalMove | None:
    """The hop of a path that brings a cluster over the mark of a release; None where it needs none."""
    if _is_fine(path.start.version, traveller, after, catalog):
        return None
    hops = (move for move in path.moves if move.kind is MoveKind.HOP)
    return next((move for move in hops if _is_fine(move.target.version, traveller, after, catalog)), None)


def _is_fine(version: KubernetesVersion, traveller: Traveller, after: Platform, catalog: Catalog) -> bool:
    return standing(catalog, traveller.ground, after, version.minor) is Standing.FINE


def _ends_here(traveller: Traveller, joint: Joint, platform: Platform, after: Platform, catalog: Catalog) -> bool:
    """The update after this release is the first one that strands it as it runs today; nobody hops it any more."""
    version, chain = traveller.standpoint.state.version, joint.chain
    before = chain[1 : chain.index(platform) + 1]
    return all(_is_fine(version, traveller, one, catalog) for one in before) and not _is_fine(
        version, traveller, after, catalog
    )


def _gates(
    joint: Joint,
    platform: Platform,
    after: Platform,
    waiting: Sequence[Bound],
    losses: Sequence[PoolLoss],
    *,
    first: bool,
) -> Iterator[Task]:
    """What people have to look at or decide before an update."""
    if first:
        yield from (Task(TaskKind.LOOK, cluster, None, reason=gap.reason) for cluster, gap in joint.party.unread)
        why = f"Stranded already; {after.key} moves the lowest version it could still skip to further away (P12)."
        lost = (cluster for traveller in joint.party.lost for cluster in traveller.clusters)
        yield from (Task(TaskKind.DECIDE, cluster, None, reason=why) for cluster in lost)
    for bound in waiting:
        if bound.move is None:
            why = f"{after.key} strands it, and no order of hops brings it far enough before that."
            yield Task(TaskKind.DECIDE, bound.cluster, None, reason=why)
    for loss in losses:
        if (loss.on, loss.before) == (platform.key, after.key):
            yield Task(TaskKind.POOLS, loss.cluster, None, reason=loss.why)
