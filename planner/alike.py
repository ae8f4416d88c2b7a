"""Equal facts known by one number: what is judged from a fact is then judged once for everything that shares it.

A snapshot holds a fact once for all clusters that share it, so the look at the object itself nearly always settles it.
"""

from __future__ import annotations

from collections.abc import Hashable


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
