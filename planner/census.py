"""Whether everybody who may run on an instance was seen: clusters that were not read, or whose instance is not known (PR14)."""

from __future__ import annotations

from typing import Final, cast

from planner.support import Judge

_KEY: Final = "unseen"


def unseen(judge: Judge) -> str:
    """Who may run on any instance unseen, as the subject of a sentence in the plural; "" where nobody may.

    Such as "2 clusters that were not read and 1 cluster whose instance is not known".
    """
    known = judge.memo.get(_KEY)
    if known is None:
        known = judge.memo[_KEY] = _unseen(judge)
    return cast(str, known)


def _unseen(judge: Judge) -> str:
    inventory = judge.inventory
    unread = max(0, (inventory.expected or 0) - len(inventory.clusters))
    homeless = sum(inventory.instance_of(cluster) is None for cluster in inventory.clusters)
    parts = (
        f"{_clusters(unread)} that {'was' if unread == 1 else 'were'} not read" if unread else "",
        f"{_clusters(homeless)} whose instance is not known" if homeless else "",
    )
    return " and ".join(part for part in parts if part)


def _clusters(count: int) -> str:
    return "1 cluster" if count == 1 else f"{count:,} clusters"
