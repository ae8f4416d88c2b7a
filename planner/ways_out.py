"""Ways out of a dead end, ranked: knowledge before risk, risk before rebuild."""

from __future__ import annotations

from planner.acceptance import SCALE_ROUTE
from planner.catalog import Catalog, Stage
from planner.findings import Owner
from planner.inventory import Cluster
from planner.moves import Ground, Refusal, State
from planner.neighbours.freeing import free_neighbours
from planner.neighbours.groups import Refused
from planner.obstacles import Obstacle
from planner.plan import WayOut
from planner.risks import risks_at


def ways_out(
    cluster: Cluster,
    obstacles: tuple[Obstacle, ...],
    start: State,
    ground: Ground,
    catalog: Catalog,
    instance: str,
    refused: tuple[Refused, ...] = (),
) -> tuple[WayOut, ...]:
    """Every way out, best first: knowledge before risk, risk before rebuild. `refused` names the neighbours in the way."""
    kinds = {obstacle.refusal for obstacle in obstacles}
    ways: list[WayOut] = []
    if kinds & {Refusal.NO_LIST, Refusal.CANNOT_JUDGE}:
        ways += _find_out(start, instance)
    if kinds & {Refusal.CEILING, Refusal.NO_IMAGE}:
        ways.append(_replace_pool(obstacles))
    if Refusal.NEIGHBOUR in kinds:
        met = {(one.place[0].key, one.target[0].key) for one in obstacles if one.refusal is Refusal.NEIGHBOUR}
        ways += free_neighbours([one for one in refused if (one.origin, one.target) in met], instance)
    skips = [obstacle for obstacle in obstacles if obstacle.refusal is Refusal.SKIP]
    anew = rebuild(catalog, start)
    if skips:
        jump = skips[0].target[1] - start.version.minor
        recovery = _recovery(cluster, skips[0], jump)
        ways += [recovery, anew] if jump <= 2 else [anew, recovery]
    else:
        ways.append(anew)
    ways.append(support_case())
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


def _replace_pool(obstacles: tuple[Obstacle, ...]) -> WayOut:
    skus = sorted({obstacle.detail for obstacle in obstacles if obstacle.detail})
    return WayOut(
        f"Replace the {', '.join(skus)} node pools first",
        "Add a pool with a newer Windows SKU (or Linux), move the workloads, delete the old pool, and plan again.",
        Owner.CLUSTER_OPERATOR,
        "workloads have to run on the newer Windows",
        (),
        "WIN",
    )


def _recovery(cluster: Cluster, skip: Obstacle, jump: int) -> WayOut:
    return WayOut(
        f"Recovery hop over {jump} minors: {skip.place[1]} → {skip.target[1]}",
        f"Accept it by name and plan again: arcstep plan {cluster.name} --to {skip.target[1]} "
        "--accept RECOVERY-SKIP:REASON:DATE. Back up first.",
        Owner.CLUSTER_OPERATOR,
        "may not work (P13); there is no way back (P15)",
        ("P12", "P13", "P15"),
        "BUL, CU",
    )


def rebuild(catalog: Catalog, start: State) -> WayOut:
    """Another cluster beside the old one; known issues with creating clusters here are named."""
    known = ", ".join(risk.id for risk in risks_at(catalog, start.platform.key, Stage.RECREATE))
    caution = f" Known issues with that here: {known}." if known else ""
    return WayOut(
        "Build a new cluster on an offered version and move the workloads",
        f"Create it beside the old one, redeploy from source, move data and traffic, delete the old one.{caution}",
        Owner.CLUSTER_OPERATOR,
        "needs host capacity and addresses for both; recommended when far behind",
        ("P7", "P13"),
        "CU",
    )


def support_case() -> WayOut:
    """Ask Microsoft; the last of all ways out."""
    return WayOut(
        "Open a support case",
        "Attach this plan. Expect to be asked to upgrade first (P4).",
        Owner.MICROSOFT,
        "no runtime guarantee outside the supported list (P4)",
        ("P4",),
        "SUP",
    )


def scale_route(cluster: Cluster, release: str) -> WayOut:
    """Scale out, then in: documented once and withdrawn, so always called disputed."""
    return WayOut(
        "Scale each node pool out by one and in again until no old node is left (disputed)",
        f"Only after the hosts got a newer node image on {release}. Accept it by name and plan again: arcstep plan "
        f"{cluster.name} --to os-patch --accept {SCALE_ROUTE}:REASON:DATE. Control plane nodes are not reached this way.",
        Owner.CLUSTER_OPERATOR,
        "documented once (2026-05-13) and withdrawn in the next edition (2026-05-18); which node is removed is not documented",
        ("P27",),
        "BUL-FULL, BUL",
    )
