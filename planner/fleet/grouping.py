"""Waves: which instances go together, by the rules of a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from planner.inventory import Instance, Inventory
from planner.schedule.calendar import Calendar, WaveRule

EVERYTHING = WaveRule("all")
"""The one wave of a calendar without waves."""
REST = WaveRule("the rest")
"""Whoever no rule names goes last."""


def waves_of(
    instances: Iterable[Instance], inventory: Inventory, calendar: Calendar
) -> tuple[tuple[WaveRule, tuple[Instance, ...]], ...]:
    """The waves that hold somebody, in the order of the calendar; within a wave by name."""
    rules = (*calendar.waves, REST) if calendar.waves else (EVERYTHING,)
    held: dict[int, list[Instance]] = {}
    for instance in instances:
        place = next((at for at, rule in enumerate(rules) if _takes(rule, instance, inventory)), len(rules) - 1)
        held.setdefault(place, []).append(instance)
    return tuple((rules[place], tuple(sorted(held[place], key=_by_name))) for place in sorted(held))


def _by_name(instance: Instance) -> tuple[str, str]:
    return instance.name.casefold(), instance.id


def _takes(rule: WaveRule, instance: Instance, inventory: Inventory) -> bool:
    """A rule with names and tags asks for both; one with neither takes nobody."""
    if not rule.instances and not rule.tags:
        return False
    name = instance.name.casefold()
    if rule.instances and not any(fnmatchcase(name, pattern.casefold()) for pattern in rule.instances):
        return False
    if not rule.tags:
        return True
    wanted = {(tag.casefold(), value.casefold()) for tag, value in rule.tags}
    hosted = inventory.clusters_by_instance.get(instance.id, ())
    return any(wanted <= {(tag.casefold(), value.casefold()) for tag, value in one.tags} for one in hosted)
