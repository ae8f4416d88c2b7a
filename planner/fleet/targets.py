"""The releases an instance can be updated to, the updates that lead there, and what a person calls them."""

from __future__ import annotations

from collections.abc import Mapping

from planner.catalog import Catalog
from planner.inventory import Instance, Known, Unknown
from planner.moves import Platform, updates
from planner.routes import Routes
from planner.support import Judge
from planner.version import InvalidVersion, Release


class TargetError(ValueError):
    """The text names no release the instance can be updated to; the message says which it can."""


def platform_of(instance: Instance, judge: Judge) -> Platform | Unknown:
    """What an instance runs now; a release the catalog does not know stands for itself, with no updates."""
    match instance.build:
        case Unknown(reason):
            return Unknown(f"the release of {instance.name} is unknown: {reason}")
        case Known(build):
            entry = judge.catalog.entry_of(build)
            return Platform(entry.key if entry is not None else str(build.release), build.line)


def ways_from(here: Platform, routes: Routes) -> Mapping[Platform, tuple[Platform, ...]]:
    """Every platform updates lead to, with the updates to it: the fewest, and of equals the earliest releases."""
    return routes.remembered(("ways", here), lambda: _ways_from(here, routes.catalog))


def _ways_from(here: Platform, catalog: Catalog) -> Mapping[Platform, tuple[Platform, ...]]:
    ways: dict[Platform, tuple[Platform, ...]] = {here: ()}
    edge = [here]
    for platform in edge:
        for update in updates(catalog, platform):
            if update.target not in ways:
                ways[update.target] = (*ways[platform], update.target)
                edge.append(update.target)
    del ways[here]
    return {target: ways[target] for target in sorted(ways, key=lambda one: (catalog.position[one.key], one.line))}


def targets(instance: Instance, judge: Judge, routes: Routes) -> tuple[Platform, ...]:
    """Every release known updates lead to, in order of time; none where the instance's own is unknown."""
    here = platform_of(instance, judge)
    return () if isinstance(here, Unknown) else tuple(ways_from(here, routes))


def release_name(platform: Platform, catalog: Catalog) -> str:
    """A release as people say it: 12.2510 is 2510."""
    entry = catalog.by_key.get(platform.key)
    return str(entry.release) if entry is not None else platform.key


def full_name(platform: Platform, here: Platform, others: tuple[Platform, ...], catalog: Catalog) -> str:
    """The same, with the OS line where it is not today's and another of `others` on today's goes by the same name."""
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
    exact = [one for one in reachable if one.key == wanted]
    named = [one for one in reachable if release_name(one, catalog) == wanted]
    found = sorted(exact or named, key=lambda one: one.line != here.line)
    if found:
        return found[0]
    now = release_name(here, catalog)
    if wanted in (here.key, now):
        raise TargetError(f"{instance.name} runs {now} already.{_offer(reachable, wanted, catalog)}")
    known = any(wanted in (entry.key, str(entry.release)) for entry in catalog.releases)
    fault = "no update the catalog knows leads there" if known else "the catalog knows no such release"
    raise TargetError(
        f"{instance.name} runs {now} and cannot be updated to {wanted}: {fault}.{_offer(reachable, wanted, catalog)}"
    )


def _offer(reachable: tuple[Platform, ...], wanted: str, catalog: Catalog) -> str:
    """The releases that come nearest to what was asked for."""
    if not reachable:
        return " The catalog knows no update from there."
    releases = {release_name(one, catalog): catalog.by_key[one.key].release for one in reachable}
    try:
        label = Release.parse(wanted.partition(".")[2] if wanted[:3] in ("11.", "12.") else wanted).label
    except InvalidVersion:
        near = list(releases)
    else:
        near = sorted(releases, key=lambda name: abs(releases[name].label - label))
    return f" Nearest: {', '.join(near[:3])}."
