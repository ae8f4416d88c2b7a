"""Dead ends: why there is no path, with the least that is in the way, and every way out.

The search is run again on minors alone, over legal *and* refused moves. A way with the fewest refusals, those that a rule forbids
weighing more than those nobody knows, names the minimal cause: lift exactly these and a path opens.
"""

from __future__ import annotations

from planner.catalog import Catalog
from planner.findings import Owner
from planner.goals import Goal, GoalKind, in_words
from planner.inventory import Cluster, Unknown
from planner.moves import Ground, Refusal, Standing, State, offers, standing
from planner.neighbours.groups import Refused
from planner.obstacles import Obstacle, distinct, in_the_way, relaxed
from planner.os_patch import may_refresh
from planner.path import Solution
from planner.plan import Cause, DeadEnd, WayOut
from planner.proven import why_unknown
from planner.ways_out import rebuild, scale_route, ways_out


def unreadable(cluster: Cluster, missing: Unknown) -> DeadEnd:
    """A cluster of which too little is known to begin."""
    cause = Cause((), f"plan for {cluster.name}", missing.reason, missing=True)
    look = WayOut(
        "Make the missing fact readable, then plan again",
        "Ask for the Reader role on the resource group of the cluster and of its instance, or read a snapshot someone "
        "with that role saved (arcstep snapshot --out FILE).",
        Owner.CLUSTER_OPERATOR,
        "none: nothing is changed",
        (),
        "",
    )
    return DeadEnd(False, f"Not enough is known about {cluster.name}: {missing.reason}.", (cause,), (look,))


def explain(cluster: Cluster, goal: Goal, solution: Solution, catalog: Catalog, instance: str) -> DeadEnd:
    """Why `solution` has no path: minimal causes, typed by rule or by missing knowledge, and ranked ways out."""
    ground, start = solution.standpoint.ground, solution.standpoint.state
    if may_refresh(cluster, goal, solution, catalog):
        return _no_newer_image(cluster, solution, catalog)
    if solution.unknown_goal and goal.kind is GoalKind.OS_PATCH and offers(catalog, ground, start.platform):
        return _no_refresh(cluster, solution, catalog, instance)
    if solution.unknown_goal:
        return _unknown_list(cluster, goal, start, ground, catalog, instance)
    wanted = solution.target.minor if solution.target is not None else goal.minor
    way = relaxed(start, solution.destination or wanted, ground, catalog, solution.standpoint.first_hops)
    obstacles = distinct(stride.obstacle for stride in way if stride.obstacle is not None)
    causes = tuple(cause_of(obstacle, cluster, ground, catalog, solution.refused) for obstacle in obstacles)
    if not causes:
        causes = (_no_hop_offered(cluster, goal, start, solution),)
    by_rule = not all(cause.missing for cause in causes)
    summary = (
        f"No compliant path from {start.version} on {start.platform.key} to {in_words(str(goal))}: {causes[0].why}"
    )
    ways = ways_out(cluster, obstacles, start, ground, catalog, instance, solution.refused)
    return DeadEnd(by_rule, summary, causes, ways)


def cause_of(
    obstacle: Obstacle, cluster: Cluster, ground: Ground, catalog: Catalog, refused: tuple[Refused, ...]
) -> Cause:
    """Why one move is refused, with its rules. `refused` names the neighbours that updates would strand."""
    (platform, minor), (after, ahead) = obstacle.place, obstacle.target
    here = platform.key
    hop = f"hop {minor} → {ahead} on {here}"
    update = f"update {here} → {after.key}"
    match obstacle.refusal:
        case Refusal.SKIP:
            why = (
                f"{here} offers nothing below {ahead}, so no one-minor hop from {minor} is left (P11), and a release "
                f"cannot go back (P18). Skipping to {ahead} is documented for recovery only and may not work (P12, P13)."
            )
            return Cause(("P11", "P18", "P13"), hop, why)
        case Refusal.NO_LIST:
            why = f"no version list of {here} was read live or published, and nothing is assumed in its place."
            return Cause(("P18",), hop, why, missing=True)
        case Refusal.CANNOT_JUDGE:
            unknown = why_unknown(catalog, ground.proofs, after.key)
            why = f"whether {minor} can continue on {after.key} cannot be judged: {unknown}."
            return Cause(("P18",), update, why, missing=True)
        case Refusal.NEIGHBOUR:
            named = [item for item in refused if (item.origin, item.target) == (here, after.key)]
            who = named[0] if named else None
            name = f"{who.name} ({who.version})" if who is not None else "another cluster"
            held = who.hindrance if who is not None else None
            so = f": {held.why}" if held is not None else ""
            why = f"{name} runs on the same instance, would be stranded by it, and cannot be moved far enough before it{so}."
            if held is not None and held.refusal.is_missing_knowledge:
                why = f"{name} runs on the same instance, and might be stranded by it{so}."
                return Cause(("P18",), update, why, missing=True)
            return Cause(("P11", "P18"), update, why)
        case Refusal.CEILING:
            ceiling = catalog.ceiling_by_sku[obstacle.detail.casefold()]
            why = f"{cluster.name} has a {ceiling.sku} node pool, and {ceiling.sku} stops at Kubernetes {ceiling.last_minor}."
            return Cause(("P18",), hop, why)
        case Refusal.NO_IMAGE:
            ceiling = catalog.ceiling_by_sku[obstacle.detail.casefold()]
            why = f"{here} no longer ships the {ceiling.sku} node image (last in {ceiling.last_release})."
            return Cause(("P18",), hop, why)
        case Refusal.STRANDS | Refusal.NOT_OFFERED:
            return Cause(("P11", "P18"), update, f"{minor} could not continue on {after.key}.")


def _no_hop_offered(cluster: Cluster, goal: Goal, start: State, solution: Solution) -> Cause:
    """Nothing is refused minor by minor, yet no move exists: the exact patch, or a support state, is what is missing."""
    what = f"a path to {goal}"
    if goal.kind is GoalKind.OS_PATCH:
        why = f"no newer patch or minor than {start.version} is offered on {start.platform.key} now."
    elif solution.destination is not None:
        why = f"{start.version} would be stranded on release {goal}, and no hop that is offered brings it far enough before."
    elif solution.standpoint.first_hops == frozenset():
        why = f"Azure offers {cluster.name} no upgrade now, and no later release the catalog knows helps."
    elif solution.target is not None:
        why = f"no release that can be reached offers {solution.target} to a cluster on {start.version}."
    else:
        why = f"no release that can be reached is in support and offers a version {start.version} can hop to."
    return Cause(("P11", "P18"), what, why)


def _unknown_list(
    cluster: Cluster, goal: Goal, start: State, ground: Ground, catalog: Catalog, instance: str
) -> DeadEnd:
    here = start.platform.key
    stranded = standing(catalog, ground, start.platform, start.version.minor) is Standing.STRANDED
    unread = f"no version list of {here} was read live, none is published"
    if ground.previews and not ground.live:
        unread = f"the live list of {here} holds nothing but previews (P9)"
    why = f"{unread}, and no release with a known list can be reached."
    cause = Cause(("P18",), f"{goal} for {cluster.name}", why, missing=True)
    obstacle = Obstacle(
        Refusal.NO_LIST, (start.platform, start.version.minor), (start.platform, start.version.minor.next)
    )
    ways = ways_out(cluster, (obstacle,), start, ground, catalog, instance)
    extra = " Its minor lies below every list near it." if stranded else ""
    return DeadEnd(False, f"What {goal} means on {here} is not known: {why}{extra}", (cause,), ways)


def _no_newer_image(cluster: Cluster, solution: Solution, catalog: Catalog) -> DeadEnd:
    """On a listed version with nothing newer in reach: only the disputed route is left."""
    ground, start = solution.standpoint.ground, solution.standpoint.state
    newest = max(offers(catalog, ground, start.platform) or (start.version,))
    here = start.platform.key
    if start.version >= newest:
        what = f"{start.version} is the newest version offered on {here}"
    else:
        what = f"{here} lists {newest}, and {cluster.name} cannot hop to anything newer than {start.version} now"
    why = f"{what}, and a refresh of the node image alone is not supported by the platform (C1)."
    cause = Cause((), f"node OS patch on {here}", why)
    return DeadEnd(True, why, (cause,), (scale_route(cluster, here), rebuild(catalog, start)))


def _no_refresh(cluster: Cluster, solution: Solution, catalog: Catalog, instance: str) -> DeadEnd:
    """No hop is left, and no image either: those come for listed versions, and the disputed route is one of Linux pools."""
    ground, start = solution.standpoint.ground, solution.standpoint.state
    here, version = start.platform.key, start.version
    if version in (offers(catalog, ground, start.platform) or ()):
        why = f"every pool of {cluster.name} runs Windows, and the only way without a new version was documented for Linux."
    else:
        why = f"newer node images are documented for the versions {here} lists, previews aside; {version} is none of them."
    obstacles = in_the_way(start, ground, catalog)
    causes = tuple(cause_of(obstacle, cluster, ground, catalog, solution.refused) for obstacle in obstacles)
    blocked = f" Nor is a newer version in reach: {causes[0].why}" if causes else ""
    summary = f"No newer node image for {version} on {here}: {why}{blocked}"
    causes = causes or (Cause(("P7",), f"node OS patch of {version} on {here}", why),)
    ways = ways_out(cluster, obstacles, start, ground, catalog, instance, solution.refused)
    return DeadEnd(True, summary, causes, ways)
