"""What people do to the emulated site besides upgrading a cluster: update an instance, scale a pool, mend what hangs.

Each takes a moment of emulated time from which it holds, and is looked up like everything else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from planner.emulator.frames import Frame, is_changing, lay_out, settle
from planner.emulator.operation import ENDED
from planner.emulator.outcomes import Work, finished
from planner.emulator.world import Cluster, Instance, Pool, World

__all__ = ["heal", "scale", "update_release"]


def update_release(
    instance: Instance, build: str, offers: tuple[str, ...] | None, at: datetime, minutes: float = 180
) -> None:
    """Update the instance to `build`, which offers `offers` once it is done (None = no list to tell).

    Raises ValueError while another update of the instance is under way.
    """
    if is_changing(instance, at):
        raise ValueError(f"{instance.name} is being updated already")
    end = at + timedelta(minutes=minutes)
    done: dict[str, Any] = {"update_state": "AppliedSuccessfully", "last_updated": end}
    done |= {"build": build, "offers": offers, "edges": {}}
    lay_out(instance, [Frame(at, {"update_state": "UpdateInProgress"}), Frame(end, done)])


def scale(cluster: Cluster, pool: str, count: int, at: datetime, minutes: float = 6) -> None:
    """Give a pool `count` nodes, one after the other, `minutes` each: the way an OS patch is had by scaling.

    New nodes run the version of the cluster, and a node that is behind goes first. Raises KeyError for a pool that
    does not exist and ValueError while something else changes the cluster.
    """
    if is_changing(cluster, at):
        raise ValueError(f"{cluster.name} is being changed already")
    settle(cluster, at)
    before = cluster.pool(pool)
    if before is None:
        raise KeyError(pool)
    ready = {cluster.version: before.count} if before.ready is None else dict(before.ready)
    busy = replace(before, count=count, ready=dict(ready), provisioning_state="Updating", current_state="Updating")
    steps = [_with(cluster, busy, at)]
    for number in range(1, abs(count - before.count) + 1):
        _add_or_remove(ready, cluster.version, out=count > before.count)
        steps.append(_with(cluster, replace(busy, ready=dict(ready)), at + timedelta(minutes=minutes * number)))
    idle = replace(before, count=count, ready=dict(ready))
    lay_out(cluster, [*steps[:-1], _with(cluster, idle, steps[-1].at)])


def heal(world: World, cluster: Cluster, at: datetime) -> None:
    """Take away what holds an upgrade up: its nodes go on, and it ends well, with its operation."""
    settle(cluster, at)
    past_control_plane = replace(cluster, running=None)
    work = Work(past_control_plane, cluster.version, cluster.sent or {}, at, world.node_time)
    pools = [replace(pool, error=None) for pool in cluster.pools]
    lay_out(cluster, [Frame(at, {"pools": pools, "error": None}), *finished(work)])
    for operation in world.operations.values():
        if operation.cluster == cluster.id.casefold():
            settle(operation, at)
            if operation.status not in ENDED:
                lay_out(operation, [Frame(work.end, {"status": "Succeeded", "ended": work.end})])


def _with(cluster: Cluster, changed: Pool, at: datetime) -> Frame:
    pools = [changed if pool.name == changed.name else pool for pool in cluster.pools]
    return Frame(at, {"pools": pools, "modified": at})


def _add_or_remove(ready: dict[str, int], version: str, *, out: bool) -> None:
    changed = version if out else next((other for other in ready if other != version), version)
    ready[changed] = ready.get(changed, 0) + (1 if out else -1)
    if not ready[changed]:
        del ready[changed]
