"""Clusters that may be on an instance without anybody having seen them there: an update of its hosts might strand them (P18)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from planner.inventory import Inventory
from planner.support import Judge

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a reading leaves open about who is where; false where it leaves nothing open."""

    unplaced: tuple[str, ...]
    """Names of clusters of which nobody knows the instance."""
    read: int
    expected: int
    """How many clusters there are; never less than were read."""

    def __bool__(self) -> bool:
        return bool(self.unplaced) or self.read < self.expected

    def clauses(self, instance: str) -> Iterator[str]:
        """What is not known of an instance, a clause each, without a full stop."""
        if self.unplaced:
            yield f"the instance of {_names(self.unplaced)} is not known, and may be {instance}"
        if self.read < self.expected:
            yield f"{self.read:,} of {self.expected:,} clusters were read, and the others may be on {instance}"

    def open_check(self, instance: str) -> str:
        """What has to be ticked before the first update of an instance (PR14)."""
        missing = self.expected - self.read
        who = [_names(self.unplaced)] if self.unplaced else []
        if missing:
            who.append("the 1 cluster that was not read" if missing == 1 else f"the {missing:,} clusters not read")
        rest = "none of them is on it, or the update strands none of them"
        return f"It was looked whether {' and '.join(who)} run on {instance}: {rest}."


def unseen_by(judge: Judge) -> Unseen:
    """What the inventory of a judge leaves open; worked out once."""
    known = judge.memo.get("unseen")
    if known is None:
        known = judge.memo["unseen"] = unseen_in(judge.inventory)
    return cast(Unseen, known)


def unseen_in(inventory: Inventory) -> Unseen:
    """What an inventory leaves open about who is where."""
    unplaced = tuple(cluster.name for cluster in inventory.clusters if inventory.instance_of(cluster) is None)
    read = len(inventory.clusters)
    return Unseen(unplaced, read, max(read, inventory.expected or 0))


def _names(found: tuple[str, ...]) -> str:
    shown = ", ".join(found[:_SHOWN])
    return f"{shown} and {len(found) - _SHOWN} more" if len(found) > _SHOWN else shown
