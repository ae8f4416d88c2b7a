"""Where updates lead an instance: every release within reach, what people call it, and the one a name means there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.catalog import Catalog
from planner.goals import Goal, GoalError, GoalKind
from planner.moves import Platform, updates
from planner.routes import Routes
from planner.version import InvalidVersion, Release


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


def release_name(platform: Platform, catalog: Catalog) -> str:
    """A release as people say it: 12.2510 is 2510."""
    entry = catalog.by_key.get(platform.key)
    return str(entry.release) if entry is not None else platform.key


def named(wanted: str, among: Sequence[Platform], here: Platform, catalog: Catalog) -> Platform | None:
    """The platform a person means: a key such as 12.2510, or a label such as 2510, which prefers the OS line of `here`."""
    exact = [one for one in among if one.key == wanted]
    labelled = [one for one in among if release_name(one, catalog) == wanted]
    return min(exact or labelled, key=lambda one: one.line != here.line, default=None)


def destination(wanted: str, here: Platform, routes: Routes) -> Platform | None:
    """The release a goal names, as seen from an instance: `here` where it runs that one or a later one already.

    None where no update the catalog knows leads there.
    """
    catalog = routes.catalog
    found = named(wanted, (here, *ways_from(here, routes)), here, catalog)
    if found is not None:
        return found
    wanted_entry = next((one for one in catalog.releases if wanted in (one.key, str(one.release))), None)
    now = catalog.by_key.get(here.key)
    return here if wanted_entry is not None and now is not None and now.release > wanted_entry.release else None


def check_destination(goal: Goal, who: str, here: Platform, routes: Routes) -> None:
    """Refuse a release no update leads to. `who` is what runs `here`, for the sentence.

    Raises GoalError with the nearest releases that can be had.
    """
    if goal.kind is GoalKind.RELEASE and destination(goal.release, here, routes) is None:
        raise GoalError(out_of_reach(goal.release, who, here, routes))


def out_of_reach(wanted: str, who: str, here: Platform, routes: Routes) -> str:
    """Why no update leads to what was asked for, with the releases that come nearest to it."""
    catalog, reachable = routes.catalog, tuple(ways_from(here, routes))
    known = any(wanted in (entry.key, str(entry.release)) for entry in catalog.releases)
    fault = "no update the catalog knows leads there" if known else "the catalog knows no such release"
    now = release_name(here, catalog)
    return f"{who} runs {now} and cannot be updated to {wanted}: {fault}.{nearest(reachable, wanted, catalog)}"


def nearest(reachable: tuple[Platform, ...], wanted: str, catalog: Catalog) -> str:
    """The releases that come nearest to what was asked for, as a sentence to put behind another."""
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
