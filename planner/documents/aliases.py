"""Aliases: which stable name stands for which real one, as a value that only ever learns (PR9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

_TOKEN: Final = re.compile(
    r"(?<![\w-])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-z]+-[0-9]+)(?![\w-])"
)
"""What may be an alias in a text; the key says whether it is."""


class Kind(StrEnum):
    """What an alias stands for; the value is the word it begins with."""

    CLUSTER = "cluster"
    INSTANCE = "instance"
    LOCATION = "location"
    BRIDGE = "bridge"
    GROUP = "rg"
    SUBSCRIPTION = "subscription"
    SUBSCRIPTION_ID = "subscription id"
    TENANT = "tenant"
    USER = "user"
    POOL = "pool"
    TAG = "tag"
    ADDON = "addon"
    ERROR = "error"
    REASON = "reason"
    """What a person wrote when accepting a risk."""
    RESOURCE = "resource"


_ID_BLOCKS: Final = {Kind.SUBSCRIPTION_ID: "0001", Kind.TENANT: "0002"}
"""Where Azure wants a GUID the alias is one, of a form Azure never gives out."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One real name and what stands for it; spellings that differ in case alone are one name."""

    kind: Kind
    real: str
    alias: str


@dataclass(frozen=True)
class Key:
    """All aliases there are. Nothing is ever taken out or changed, so that an alias means the same in every run."""

    aliases: tuple[Alias, ...] = ()

    @cached_property
    def by_real(self) -> Mapping[tuple[Kind, str], str]:
        """The alias by kind and real name in small letters."""
        return {(one.kind, one.real.casefold()): one.alias for one in self.aliases}

    @cached_property
    def real_by_alias(self) -> Mapping[str, str]:
        """The real name by alias."""
        return {one.alias: one.real for one in self.aliases}

    def alias(self, kind: Kind, real: str) -> str:
        """The alias of a name the key knows. Raises KeyError."""
        return self.by_real[kind, real.casefold()]

    def learned(self, names: Iterable[tuple[Kind, str]]) -> Key:
        """A key that knows these names too.

        New aliases are given in the order of the names, so that what is sorted by name mostly stays in its order, and
        none equals a name that is known: a reader never has to wonder which of the two is meant.
        """
        new: dict[tuple[Kind, str], str] = {}
        for kind, real in names:
            if (kind, real.casefold()) not in self.by_real:
                new.setdefault((kind, real.casefold()), real)
        if not new:
            return self
        taken = {*self.real_by_alias, *(folded for _, folded in (*self.by_real, *new))}
        found: list[Alias] = []
        for kind in Kind:
            known = [one.alias for one in self.aliases if one.kind is kind]
            reals = [real for (of, _), real in sorted(new.items(), key=lambda item: item[0][1]) if of is kind]
            found += _given(kind, reals, known, taken)
        return Key((*self.aliases, *found))

    def restored(self, text: str) -> str:
        """The text with real names where aliases stand; whatever else looks like one stays."""
        return _TOKEN.sub(lambda found: self.real_by_alias.get(found[0], found[0]), text)

    def explains(self, text: str) -> bool:
        """True when the text is exactly one alias of this key."""
        return text in self.real_by_alias


def _given(kind: Kind, reals: list[str], known: list[str], taken: set[str]) -> Iterable[Alias]:
    number = max((int(alias.rpartition("-")[2]) for alias in known), default=0)
    width = len(str(number + len(reals)))
    for real in reals:
        number += 1
        while (alias := _alias(kind, number, width)) in taken:
            number += 1
        yield Alias(kind, real, alias)


def _alias(kind: Kind, number: int, width: int) -> str:
    block = _ID_BLOCKS.get(kind)
    return f"{kind}-{number:0{width}}" if block is None else f"00000000-0000-0000-{block}-{number:012}"
