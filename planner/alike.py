"""Keys for what is worked out once: facts that are equal by one number, the catalog by being the same.

What is judged from a fact is then judged once for everything that shares it. A snapshot holds a fact once for all
clusters that share it, so the look at the object itself nearly always settles it.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.catalog import Catalog


class Alike:
    """Numbers for values; equal values have the same. Values are kept, so that an identity never comes to mean another."""

    def __init__(self) -> None:
        self._met: dict[int, tuple[int, Hashable]] = {}
        self._numbers: dict[Hashable, int] = {}

    def number(self, value: Hashable) -> int:
        """The number of a value, for keys; compare only numbers of facts of one kind."""
        met = self._met.get(id(value))
        if met is None:
            met = self._met[id(value)] = self._numbers.setdefault(value, len(self._numbers)), value
        return met[0]


class Same:
    """A catalog as a cache key: the same object, so that lookups cost no hashing of the knowledge."""

    __slots__ = ("catalog",)

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __hash__(self) -> int:
        return id(self.catalog)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.catalog is self.catalog
