"""What keeps the hosts of an instance from being changed as things are: an update that runs already, a bridge offline."""

from __future__ import annotations

from typing import cast

from planner.findings import Severity
from planner.inventory import Instance, value_of
from planner.rules import findings_for
from planner.support import Judge


def blocked_hosts(instance: Instance, judge: Judge) -> tuple[str, ...]:
    """Why nothing on an instance may be begun now, with what to do, a text each; empty where nothing speaks against it.

    Such as an update that runs already (AZL-STATE-01), or a bridge that is offline (AZL-ARB-01).
    """
    kept = judge.memo.get(("blocked hosts", instance.id))
    if kept is None:
        found: dict[str, None] = {}
        spots: set[str | None] = set()  # what is said of the hosts is the same for all clusters of a custom location
        for cluster in judge.inventory.clusters_by_instance.get(instance.id, ()):
            spot = value_of(cluster.custom_location)
            if spot in spots:
                continue
            spots.add(spot)
            for one in findings_for(cluster, judge):
                if one.severity is Severity.BLOCKER and one.subject == instance.id:
                    found[f"{one.code}: {one.title} {one.cure}".strip()] = None
        kept = judge.memo["blocked hosts", instance.id] = tuple(found)
    return cast("tuple[str, ...]", kept)
