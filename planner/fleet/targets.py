"""The releases an instance can be updated to, and the one a person names."""

from __future__ import annotations

from planner.catalog import Catalog
from planner.destination import named, nearest, out_of_reach, release_name, ways_from
from planner.inventory import Instance, Unknown
from planner.moves import Platform
from planner.routes import Routes
from planner.standpoint import platform_of
from planner.support import Judge


class TargetError(ValueError):
    """The text names no release the instance can be updated to; the message says which it can."""


def targets(instance: Instance, judge: Judge, routes: Routes) -> tuple[Platform, ...]:
    """Every release known updates lead to, in order of time; none where the instance's own is unknown."""
    here = platform_of(instance, judge)
    return () if isinstance(here, Unknown) else tuple(ways_from(here, routes))


def full_name(platform: Platform, here: Platform, others: tuple[Platform, ...], catalog: Catalog) -> str:
    """A release with the OS line where it is not today's and another of `others` on today's goes by the same name."""
    name = release_name(platform, catalog)
    same = [other for other in others if other.line == here.line and release_name(other, catalog) == name]
    return f"{name} ({platform.line})" if same and platform.line != here.line else name


def resolve_target(text: str, instance: Instance, judge: Judge, routes: Routes) -> Platform:
    """The release a person means: a key such as 12.2510, or a label such as 2510, which prefers the instance's own line.

    Raises TargetError where no update leads there, or the instance's own release is unknown.
    """
    here = platform_of(instance, judge)
    if isinstance(here, Unknown):
        raise TargetError(f"{here.reason}, so nobody knows which updates it can take.")
    catalog, reachable = judge.catalog, targets(instance, judge, routes)
    wanted = text.strip()
    found = named(wanted, reachable, here, catalog)
    if found is not None:
        return found
    now = release_name(here, catalog)
    if wanted in (here.key, now):
        raise TargetError(f"{instance.name} runs {now} already.{nearest(reachable, wanted, catalog)}")
    raise TargetError(out_of_reach(wanted, instance.name, here, routes))
