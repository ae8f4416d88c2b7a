"""The release updates of a joint order, seen through the clusters that are carried over them as they run then."""

from __future__ import annotations

from collections.abc import Iterator

from planner.fleet.joint import Joint
from planner.fleet.travellers import Traveller
from planner.holding import held_up
from planner.inventory import Cluster
from planner.moves import LegalMove, MoveKind
from planner.neighbours.passage import Crossing
from planner.neighbours.unseen import unseen_by
from planner.search import Path
from planner.settled import unsettled
from planner.support import Judge


def crossings_of(joint: Joint) -> tuple[Crossing, ...]:
    """Everybody the order carries over an update, as it stands then, in the order of travellers and updates."""
    return tuple(
        Crossing(
            cluster,
            traveller.ground,
            move.origin.platform,
            move.target.platform,
            move.origin.version,
            move.origin.version == path.start.version,
        )
        for traveller, path in _carried(joint)
        for move in updates_of(path)
        for cluster in traveller.clusters
    )


def held_beside(joint: Joint, judge: Judge) -> Iterator[tuple[Cluster, str]]:
    """Those that stay as they are while the hosts are updated and could not be changed now, with the finding that says why.

    Those with a hop of their own, or that are repaired first, have steps that say so.
    """
    for traveller, path in _carried(joint):
        if path.numbers.hops or not path.numbers.release_updates:
            continue
        for cluster in traveller.clusters:
            against = held_up(cluster, judge, own=True) if unsettled(cluster) is None else ""
            if against:
                yield cluster, against


def opens_of(joint: Joint, judge: Judge) -> Iterator[str]:
    """What a person has to look at before the first update of the instance, as texts of checks."""
    name, unseen = joint.instance.name, unseen_by(judge)
    if unseen:
        yield unseen.open_check(name)
    for cluster, against in held_beside(joint, judge):
        agreed = "or its owner agreed that it stays as it is while the hosts are updated"
        yield f"{cluster.name} can be changed again, {agreed}. Now: {against}"


def updates_of(path: Path) -> Iterator[LegalMove]:
    """The release updates among the moves of a path."""
    return (move for move in path.moves if move.kind is MoveKind.RELEASE)


def _carried(joint: Joint) -> Iterator[tuple[Traveller, Path]]:
    for traveller, path in zip(joint.party.travellers, joint.paths, strict=True):
        if path is not None:
            yield traveller, path
