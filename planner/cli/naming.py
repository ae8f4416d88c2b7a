"""Which cluster or instance a name on the command line means."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Protocol, TypeVar

from planner.cli.running import UsageError
from planner.inventory import Cluster, Instance, Inventory, clean


class Named(Protocol):
    """What can be asked for by name, RESOURCEGROUP/name or ARM id."""

    @property
    def id(self) -> str:
        """ARM id."""
        ...

    @property
    def name(self) -> str:
        """Name, as Azure spelled it."""
        ...

    @property
    def resource_group(self) -> str:
        """Resource group, as Azure spelled it."""
        ...


N = TypeVar("N", bound=Named)


def find_cluster(inventory: Inventory, wanted: str) -> Cluster:
    """The one cluster a name, RESOURCEGROUP/name or ARM id means. Raises UsageError: none, or more than one."""
    inner = "/providers/microsoft.hybridcontainerservice/"
    word = wanted.casefold().partition(inner)[0] if wanted.startswith("/") else wanted
    return _find(inventory.clusters, word, wanted, "cluster", inventory)


def find_instance(inventory: Inventory, wanted: str) -> Instance:
    """The one Azure Local instance a name, RESOURCEGROUP/name or ARM id means. Raises UsageError like `find_cluster`."""
    return _find(inventory.instances, wanted, wanted, "instance", inventory)


def _find(rows: Sequence[N], word: str, wanted: str, noun: str, inventory: Inventory) -> N:
    found = _meant(rows, word.casefold().rstrip("/"))
    if len(found) == 1:
        return found[0]
    if found:
        choices = "\n".join(f"  {_address(row, found)}" for row in found)
        raise UsageError(f"{clean(wanted)} means {len(found)} {noun}s; say which:\n{choices}")
    names = {row.name.casefold(): row.name for row in rows}
    last = word.casefold().rstrip("/").rpartition("/")[2]
    near = [names[name] for name in get_close_matches(last, names, n=3, cutoff=0.4)]
    hint = f"Nearest: {', '.join(near)}." if near else f"{len(names):,} {noun}s were read; arcstep check lists them."
    partial = " Not everything could be read, so it may be there all the same." if inventory.unread else ""
    raise UsageError(f"there is no {noun} {clean(wanted)}. {hint}{partial}")


def _meant(rows: Sequence[N], word: str) -> list[N]:
    if word.startswith("/"):
        return [row for row in rows if row.id.casefold() == word]
    group, slash, name = word.rpartition("/")
    named = [row for row in rows if row.name.casefold() == name]
    return [row for row in named if not slash or row.resource_group.casefold() == group]


def _address(row: Named, others: Sequence[Named]) -> str:
    """The shortest text that means this one alone."""
    short = f"{row.resource_group}/{row.name}"
    same = [other for other in others if f"{other.resource_group}/{other.name}".casefold() == short.casefold()]
    return short if len(same) == 1 else row.id
