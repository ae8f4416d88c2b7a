"""Dead ends: why there is no path, with the least that is in the way, and every way out.

The search is run again on minors alone, over legal *and* refused moves. A way with the fewest refusals, those that a rule forbids
weighing more than those nobody knows, names the minimal cause: lift exactly these and a path opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from planner.catalog import Catalog, Risk, Stage
from planner.findings import Owner
from planner.goals import Goal, GoalKind
from planner.inventory import Cluster, Unknown
from planner.moves import (
    Ground,
    Platform,
    Refusal,
    Standing,
    State,
    hop_refusal,
    offers,
    standing,
    update_refusal,
    updates,
)
from planner.path import Solution
from planner.plan import Cause, DeadEnd, WayOut
from planner.version import KubernetesVersion, Minor

Place = tuple[Platform, Minor]
_FORBIDDEN, _MISSING, _NEIGHBOUR = 1_000, 10, 1
"""A way through a refused neighbour is known to lead on, as the search found it before it was refused: it weighs least."""


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """A refused move on a relaxed way."""

    refusal: Refusal
    place: Place
    target: Place
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Stride:
    """A move of the relaxed search; `obstacle` None = legal."""

    target: Place
    obstacle: _Obstacle | None = None


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
    if solution.unknown_goal:
        return _unknown_list(cluster, goal, start, ground, catalog, instance)
    wanted = solution.target.minor if solution.target is not None else goal.minor
    way = _relaxed(start, wanted, ground, catalog, solution.standpoint.first_hops)
    obstacles = _distinct(stride.obstacle for stride in way if stride.obstacle is not None)
    causes = tuple(_cause(obstacle, cluster, ground, catalog, solution) for obstacle in obstacles)
    if not causes:
        causes = (_no_hop_offered(cluster, goal, start, solution),)
    by_rule = not all(cause.missing for cause in causes)
    summary = f"No compliant path from {start.version} on {start.platform.key} to {goal}: {causes[0].why}"
    return DeadEnd(by_rule, summary, causes, ways_out(cluster, obstacles, start, ground, catalog, instance))


def _relaxed(
    start: State, wanted: Minor | None, ground: Ground, catalog: Catalog, first: frozenset[KubernetesVersion] | None
) -> tuple[_Stride, ...]:
    """The way to the wanted minor with the least weight of refusals; of equals the one with the fewest moves."""
    origin: Place = (start.platform, start.version.minor)
    queue: list[tuple[int, int, int, Place, tuple[_Stride, ...]]] = [(0, 0, 0, origin, ())]
    seen: set[Place] = set()
    order = 0
    while queue:
        weight, length, _, place, way = heappop(queue)
        if place in seen:
            continue
        seen.add(place)
        if _arrived(place, wanted, start, ground, catalog, way):
            return way
        for stride in _strides(place, ground, catalog, first if place == origin else None):
            order += 1
            extra = 0 if stride.obstacle is None else _weight(stride.obstacle.refusal)
            heappush(queue, (weight + extra, length + 1, order, stride.target, (*way, stride)))
    return ()


def _arrived(
    place: Place, wanted: Minor | None, start: State, ground: Ground, catalog: Catalog, way: tuple[_Stride, ...]
) -> bool:
    platform, minor = place
    if wanted is not None:
        return minor == wanted and bool(way)
    if not way:
        return False
    listed = offers(catalog, ground, platform)
    if not listed:
        last = way[-1].obstacle
        return last is not None and last.refusal is Refusal.NO_LIST
    return minor in {version.minor for version in listed}


def _weight(refusal: Refusal) -> int:
    if refusal is Refusal.NEIGHBOUR:
        return _NEIGHBOUR
    return _MISSING if refusal.is_missing_knowledge else _FORBIDDEN


def _strides(
    place: Place, ground: Ground, catalog: Catalog, first: frozenset[KubernetesVersion] | None
) -> Iterator[_Stride]:
    platform, minor = place
    yield from _hop_strides(place, ground, catalog, first)
    state = State(platform, KubernetesVersion(minor, 0))
    for update in updates(catalog, platform):
        target = (update.target, minor)
        refusal = update_refusal(catalog, ground, state, update)
        if refusal is None:
            yield _Stride(target)
        elif refusal is not Refusal.STRANDS:
            yield _Stride(target, _Obstacle(refusal, place, target))


def _hop_strides(
    place: Place, ground: Ground, catalog: Catalog, first: frozenset[KubernetesVersion] | None
) -> Iterator[_Stride]:
    platform, minor = place
    listed = offers(catalog, ground, platform)
    if not listed and first is None:
        if minor >= _newest_minor(catalog, ground):
            return
        target = (platform, minor.next)
        ceiling = hop_refusal(catalog, ground, platform, KubernetesVersion(minor.next, 0))
        refusal, detail = ceiling if ceiling is not None else (Refusal.NO_LIST, "")
        yield _Stride(target, _Obstacle(refusal, place, target, detail))
        return
    minors = sorted({version.minor for version in listed or ()} | {version.minor for version in first or ()})
    lowest = minors[0] if minors else None
    for ahead in minors:
        target = (platform, ahead)
        if ahead == minor.next:
            yield _windows_stride(place, target, ground, catalog, listed or ())
        elif lowest is not None and ahead == lowest and ahead - minor > 1:
            yield _Stride(target, None if ground.recovery else _Obstacle(Refusal.SKIP, place, target))


def _newest_minor(catalog: Catalog, ground: Ground) -> Minor:
    """The newest minor anybody knows of: beyond it an unknown list leads nowhere."""
    known = [entry.minor for entry in catalog.minors] + [version.minor for version in ground.live or ()]
    known += [entry.highest for entry in catalog.releases if entry.highest is not None]
    return max(known, default=Minor(0, 0))


def _windows_stride(
    place: Place, target: Place, ground: Ground, catalog: Catalog, listed: tuple[KubernetesVersion, ...]
) -> _Stride:
    platform, minor = target
    same = [version for version in listed if version.minor == minor] or [KubernetesVersion(minor, 0)]
    refusals = [hop_refusal(catalog, ground, platform, version) for version in same]
    if any(refusal is None for refusal in refusals) or refusals[0] is None:
        return _Stride(target)
    refusal, sku = refusals[0]
    return _Stride(target, _Obstacle(refusal, place, target, sku))


def _distinct(obstacles: Iterator[_Obstacle]) -> tuple[_Obstacle, ...]:
    """One obstacle for each reason: the same unknown list, or the same ceiling, is one cause however often it is met."""
    kept: dict[tuple[Refusal, str, str], _Obstacle] = {}
    for obstacle in obstacles:
        kept.setdefault((obstacle.refusal, obstacle.place[0].key, obstacle.detail), obstacle)
    return tuple(kept.values())


def _cause(obstacle: _Obstacle, cluster: Cluster, ground: Ground, catalog: Catalog, solution: Solution) -> Cause:
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
            why = (
                f"whether {minor} can continue on {after.key} cannot be judged: its list is not published, and no later "
                f"list bounds it."
            )
            return Cause(("P18",), update, why, missing=True)
        case Refusal.NEIGHBOUR:
            named = [item for item in solution.refused if (item.origin, item.target) == (here, after.key)]
            who = named[0] if named else None
            name = f"{who.name} ({who.version})" if who is not None else "another cluster"
            why = (
                f"{name} runs on the same instance, would be stranded by it, and cannot be moved far enough before it."
            )
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
    if goal.kind is GoalKind.OS_PATCH and offers(catalog, ground, start.platform):
        cause = _os_patch_cause(start)
        return DeadEnd(True, cause.why, (cause,), (_scale_route(here), _rebuild(catalog, start)))
    stranded = standing(catalog, ground, start.platform, start.version.minor) is Standing.STRANDED
    why = (
        f"no version list of {here} was read live, none is published, and no release with a known list can be reached."
    )
    cause = Cause(("P18",), f"{goal} for {cluster.name}", why, missing=True)
    obstacle = _Obstacle(
        Refusal.NO_LIST, (start.platform, start.version.minor), (start.platform, start.version.minor.next)
    )
    ways = ways_out(cluster, (obstacle,), start, ground, catalog, instance)
    extra = " Its minor lies below every list near it." if stranded else ""
    return DeadEnd(False, f"What {goal} means on {here} is not known: {why}{extra}", (cause,), ways)


def _os_patch_cause(start: State) -> Cause:
    why = (
        f"{start.version} is the newest version offered on {start.platform.key}, and a refresh of the node image alone is "
        f"not supported by the platform (C1)."
    )
    return Cause(("P16",), f"node OS patch on {start.platform.key}", why)


def _scale_route(release: str) -> WayOut:
    return WayOut(
        "Scale each node pool out by one and in again until no old node is left (disputed)",
        f"Only after the hosts got a newer node image on {release}: add a node, wait until it is ready, remove one, and "
        "check by node age that the old one went. Control plane nodes are not reached this way.",
        Owner.CLUSTER_OPERATOR,
        "documented once (2026-05-13) and withdrawn in the next edition (2026-05-18); which node is removed is not documented",
        ("P27",),
        "BUL",
    )


def ways_out(
    cluster: Cluster, obstacles: tuple[_Obstacle, ...], start: State, ground: Ground, catalog: Catalog, instance: str
) -> tuple[WayOut, ...]:
    """Every way out, best first: knowledge before risk, risk before rebuild."""
    kinds = {obstacle.refusal for obstacle in obstacles}
    ways: list[WayOut] = []
    if kinds & {Refusal.NO_LIST, Refusal.CANNOT_JUDGE}:
        ways += _find_out(start, instance)
    if kinds & {Refusal.CEILING, Refusal.NO_IMAGE}:
        ways.append(_replace_pool(obstacles))
    if Refusal.NEIGHBOUR in kinds:
        ways.append(_free_neighbour())
    skips = [obstacle for obstacle in obstacles if obstacle.refusal is Refusal.SKIP]
    rebuild = _rebuild(catalog, start)
    if skips:
        jump = skips[0].target[1] - start.version.minor
        recovery = _recovery(cluster, skips[0], jump)
        ways += [recovery, rebuild] if jump <= 2 else [rebuild, recovery]
    else:
        ways.append(rebuild)
    ways.append(_support_case())
    return tuple(ways)


def _find_out(start: State, instance: str) -> list[WayOut]:
    return [
        WayOut(
            "Read the live list",
            f"Plan again signed in to Azure (arcstep, without --from), or ask who can read {instance or 'the instance'}: "
            "az aksarc get-versions for its custom location.",
            Owner.CLUSTER_OPERATOR,
            "none: it only reads",
            ("P18",),
            "SDK",
        ),
        WayOut(
            "Give arcstep the list",
            f"Write what {start.platform.key} offers, with where you read it, into an overlay and pass it with --catalog.",
            Owner.CLUSTER_OPERATOR,
            "as good as its source",
            (),
            "",
        ),
    ]


def _replace_pool(obstacles: tuple[_Obstacle, ...]) -> WayOut:
    skus = sorted({obstacle.detail for obstacle in obstacles if obstacle.detail})
    return WayOut(
        f"Replace the {', '.join(skus)} node pools first",
        "Add a pool with a newer Windows SKU (or Linux), move the workloads, delete the old pool, and plan again.",
        Owner.CLUSTER_OPERATOR,
        "workloads have to run on the newer Windows",
        (),
        "WIN",
    )


def _free_neighbour() -> WayOut:
    return WayOut(
        "Settle the neighbour first",
        "Plan the named cluster on its own, or rebuild or retire it; the instance can be updated after that.",
        Owner.CLUSTER_OPERATOR,
        "see that cluster's own plan",
        ("P18",),
        "SKV",
    )


def _recovery(cluster: Cluster, skip: _Obstacle, jump: int) -> WayOut:
    return WayOut(
        f"Recovery hop over {jump} minors: {skip.place[1]} → {skip.target[1]}",
        f"Accept it by name and plan again: arcstep plan {cluster.name} --to {skip.target[1]} "
        "--accept RECOVERY-SKIP:REASON:DATE. Back up first.",
        Owner.CLUSTER_OPERATOR,
        "may not work (P13); there is no way back (P15)",
        ("P12", "P13", "P15"),
        "BUL, CU",
    )


def _rebuild(catalog: Catalog, start: State) -> WayOut:
    known = ", ".join(risk.id for risk in recreate_risks(catalog, start))
    caution = f" Known issues with that here: {known}." if known else ""
    return WayOut(
        "Build a new cluster on an offered version and move the workloads",
        f"Create it beside the old one, redeploy from source, move data and traffic, delete the old one.{caution}",
        Owner.CLUSTER_OPERATOR,
        "needs host capacity and addresses for both; recommended when far behind",
        ("P7", "P13"),
        "CU",
    )


def recreate_risks(catalog: Catalog, start: State) -> tuple[Risk, ...]:
    """Known issues of building a cluster anew on the release a cluster stands on."""
    entry = catalog.by_key.get(start.platform.key)
    if entry is None:
        return ()
    return tuple(
        risk
        for risk in catalog.risks
        if risk.match.stage is Stage.RECREATE
        and (risk.match.on_first is None or entry.release >= risk.match.on_first)
        and (risk.match.on_last is None or entry.release <= risk.match.on_last)
    )


def _support_case() -> WayOut:
    return WayOut(
        "Open a support case",
        "Attach this plan. Expect to be asked to upgrade first (P4).",
        Owner.MICROSOFT,
        "no runtime guarantee outside the supported list (P4)",
        ("P4",),
        "SUP",
    )
