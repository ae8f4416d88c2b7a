"""Newer node images without a new version: scaling pools out and in, a route documented once and withdrawn (C1, C13)."""

from __future__ import annotations

from planner.catalog import Catalog, Stage
from planner.checklist import Line, check, numbered
from planner.findings import Owner
from planner.goals import Goal, GoalKind
from planner.inventory import LISTED, Cluster, Known, NodePool, Unknown, value_of
from planner.moves import offers
from planner.path import Solution
from planner.plan import Check, Command, Proof, Reversibility, Step, StepKind
from planner.risks import risks_at
from planner.steps import look, scope

TITLE = "node OS refresh by scaling (disputed)"
_ONCE = "documented once (2026-05-13) and withdrawn in the next edition (2026-05-18), without a word why"


def may_refresh(cluster: Cluster, goal: Goal, solution: Solution, catalog: Catalog) -> bool:
    """Whether scaling could bring newer images here: no newer version is in reach, the one that runs is on the list
    (images come for listed versions only), and the cluster has a Linux pool, or pools nobody could read."""
    ground, state = solution.standpoint.ground, solution.standpoint.state
    if goal.kind is not GoalKind.OS_PATCH or solution.path is not None:
        return False
    if state.version not in (offers(catalog, ground, state.platform) or ()):
        return False
    pools = value_of(cluster.pools)
    return not pools or any(not pool.is_windows for pool in pools)


def os_patch_step(number: int, cluster: Cluster, release: str, catalog: Catalog) -> Step:
    """Scaling every Linux pool of a cluster out by one and in again, until no old node is left: guided, by hand."""
    sid = f"S{number:02}"
    version = str(value_of(cluster.version) or "unknown")
    return Step(
        id=sid,
        kind=StepKind.OS_PATCH,
        title=TITLE,
        where=cluster.name,
        owner=Owner.CLUSTER_OPERATOR,
        origin=version,
        target=version,
        release=release,
        purpose=(
            f"No version newer than {version} is within reach on {release}, so only new nodes bring a newer image. This way was "
            f"{_ONCE}; documents disagree (C1, C13), and it counts as disputed."
        ),
        basis="disputed",
        commands=(*_scaling(cluster), _AGES, *look(cluster)),
        expected=(
            f"Every Linux pool has as many nodes as before, all ready on {version}, and none of them is older than the image."
        ),
        watch=(
            "A new node joins from the newest image; on the way back one node is drained and removed. Which one is not "
            "documented, so the ages decide when it is over. How long it takes is not published."
        ),
        before=numbered(sid, _before(cluster, release, catalog)),
        verify=_verify(sid, cluster, version),
        gate="Proceed, hold or abort: it is over when no pool has an old node, not when the commands have been run.",
        if_wrong=_IF_WRONG,
        reversibility=Reversibility.FORWARD_ONLY,
        risks=("SCALE-ROUTE",),
        rules=("P17", "P27"),
        sources=("BUL-FULL", "BUL", "CU"),
    )


_AGES = Command(("kubectl", "get", "nodes", "-o", "wide"), "the age of every node: made after the image, or before it")
_IF_WRONG = (
    ("the new node does not come, or does not become Ready",
     "Scale the pool back to what it had and leave the other pools alone; look at addresses, host memory and the image."),
    ("a new node went and an old one stayed",
     "Do both once more. If old nodes stay after as many rounds as the pool has nodes, stop: wait for a newer version, or "
     "rebuild."),
    ("a node does not drain",
     "A disruption budget or local data holds it: mend that. Never remove the machine by hand (P27, P28)."),
    ("a state stays other than Succeeded",
     "Start nothing else; read errorMessage, run az aksarc get-logs, open a support case."),
)  # fmt: skip


def _linux(cluster: Cluster) -> tuple[NodePool, ...]:
    return tuple(pool for pool in value_of(cluster.pools) or () if not pool.is_windows and pool.count != 0)


def _scaling(cluster: Cluster) -> tuple[Command, ...]:
    """Out and in again, pool by pool; nothing for a pool whose number of nodes is not known."""
    commands: list[Command] = []
    for pool in _linux(cluster):
        if pool.count is None:
            continue
        out, back = pool.count + 1, pool.count
        commands.append(
            Command(_scale(cluster, pool, out), f"{pool.name}: {back} → {out}; wait until the new node is Ready")
        )
        again = f"{pool.name}: back to {back}; repeat both until no old node is left, at least {_times(back)}"
        commands.append(Command(_scale(cluster, pool, back), again))
    return tuple(commands)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _scale(cluster: Cluster, pool: NodePool, count: int) -> tuple[str, ...]:
    named = ("--cluster-name", cluster.name, "--name", pool.name, *scope(cluster))
    return ("az", "aksarc", "nodepool", "scale", *named, "--node-count", str(count))


# -- checks --


def _before(cluster: Cluster, release: str, catalog: Catalog) -> list[Line]:
    return [
        ("Both states are Succeeded and all pools run one version.", Proof.SETTLED, ("P17",)),
        *map(_by_hand, (
            "A node image newer than the nodes has come to the hosts, with an update of the release or of the AKS Arc "
            "extension: without one, new nodes are made from the old image.",
            "Ten to fifteen minutes have passed since that update: an extension that says Succeeded does not yet mean that "
            "the images are there.",
            *_known_issues(release, catalog),
            "The IP pool has a free address for one more node.",
            "The hosts have room for one more node of the largest VM size.",
            *_pool_lines(cluster),
        )),
    ]  # fmt: skip


def _by_hand(text: str) -> Line:
    return text, Proof.BY_HAND, ()


def _known_issues(release: str, catalog: Catalog) -> list[str]:
    """What the newer image is for, as far as the catalog knows, and what brings it."""
    return [
        f"{risk.id}: the image that mends it is there. {risk.cure}"
        for risk in risks_at(catalog, release, Stage.OS_PATCH)
    ]


def _pool_lines(cluster: Cluster) -> list[str]:
    """What is special about the pools of this cluster, or not known of them."""
    if isinstance(cluster.pools, Unknown):
        return [
            f"The node pools could not be read ({cluster.pools.reason}): list them first, and do the same for each."
        ]
    lines: list[str] = []
    if isinstance(cluster.pools, Known) and cluster.pools.source == LISTED:
        lines.append("The pools are those the cluster itself lists, which may not be all: list them first.")
    for pool in _linux(cluster):
        if pool.count is None:
            lines.append(f"How many nodes {pool.name} has could not be read: find out, and do the same for it.")
        if pool.autoscale is not None:
            low, high = ("?" if limit is None else limit for limit in pool.autoscale)
            lines.append(
                f"The autoscaler of {pool.name} ({low} to {high} nodes) is off for the time of the change, or it may take "
                "the new node away; its limits are noted."
            )
    windows = [pool for pool in value_of(cluster.pools) or () if pool.is_windows]
    if windows:
        names = ", ".join(f"{pool.name} ({pool.os_sku or 'Windows'})" for pool in windows)
        lines += [
            f"Left out on purpose: {names}. The route was documented for a flaw of Linux; whether it brings newer Windows "
            "images is not known.",
            "The Windows node pool feature is on: while it is off, node pool commands fail on a cluster with a Windows pool "
            "(AKS-WIN-FEATURE-OFF).",
        ]
    return lines


def _verify(sid: str, cluster: Cluster, version: str) -> tuple[Check, ...]:
    had = ", ".join(f"{pool.name} {'?' if pool.count is None else pool.count}" for pool in _linux(cluster))
    limits = any(pool.autoscale is not None for pool in _linux(cluster))
    return (
        check(
            f"{sid}.V1", f"Both states are Succeeded, and every node is ready on {version}.", Proof.SETTLED, ("P17",)
        ),
        check(f"{sid}.V2", f"Every pool has the number of nodes it had{f': {had}' if had else ''}."),
        check(f"{sid}.V3", "No node of a Linux pool is older than the image (kubectl get nodes, column AGE)."),
        check(
            f"{sid}.V4",
            "It is written down that control plane nodes keep their image: the route speaks of pools only (inferred).",
        ),
        check(f"{sid}.V5", "Nodes are Ready, add-ons ready, and workloads healthy."),
        *([check(f"{sid}.V6", "The autoscaler is on again with its limits.")] if limits else []),
    )
