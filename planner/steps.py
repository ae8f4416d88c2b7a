"""Steps: the moves of a path as executable units, each with why, commands, checks, what is normal and what to do if not."""

from __future__ import annotations

from datetime import date
from typing import Final

from planner.bands import band, release_band
from planner.catalog import Catalog, RemovedApi, Risk
from planner.checklist import Line, check, numbered
from planner.findings import Owner
from planner.inventory import Cluster, value_of
from planner.moves import Ground, LegalMove
from planner.plan import Check, Command, Proof, Reversibility, Step, StepKind
from planner.risks import risks_of
from planner.schedule.calendar import ANYTIME, Calendar
from planner.version import KubernetesVersion

ALONE: Final = "No update of the instance runs, and no other cluster on it is being changed."
"""What has to be so before a hop of one cluster alone."""


def repair_step(number: int, cluster: Cluster, reason: str, rules: tuple[str, ...]) -> Step:
    """Wait or repair: no hop while pools are apart or a state is not Succeeded."""
    sid = f"S{number:02}"
    version = value_of(cluster.version)
    return Step(
        id=sid,
        kind=StepKind.REPAIR,
        title="wait or repair",
        where=cluster.name,
        owner=Owner.CLUSTER_OPERATOR,
        origin=str(version or "unknown"),
        target=str(version or "unknown"),
        release="",
        purpose=f"{reason} No hop may begin before that is over.",
        basis="rule",
        commands=look(cluster),
        expected="provisioningState and currentState are both Succeeded, and every pool reports one version.",
        watch="A running upgrade goes on by itself, also where the client timed out (Failed beside Upgrading).",
        before=(),
        verify=(
            check(f"{sid}.1", "Both states are Succeeded.", Proof.SETTLED, ("P17",)),
            check(f"{sid}.2", "Every node of every pool is ready on one version.", Proof.SETTLED, ("P17",)),
        ),
        gate="Read the cluster again and plan again.",
        if_wrong=_STUCK,
        reversibility=Reversibility.REVERSIBLE,
        risks=(),
        rules=rules,
        sources=("CU", "STK"),
    )


def hop_step(
    number: int, move: LegalMove, cluster: Cluster, catalog: Catalog, ground: Ground, calendar: Calendar = ANYTIME
) -> Step:
    """A Kubernetes hop. Control plane and pools move together (P17). Its usual time comes from the calendar's figures."""
    sid = f"S{number:02}"
    old, new = move.origin.version, move.target.version
    crosses = new.minor != old.minor
    risks, nodes = risks_of(catalog, ground, move), nodes_of(cluster)
    return Step(
        id=sid,
        kind=StepKind.KUBERNETES,
        title=f"Kubernetes {old} → {new}",
        where=cluster.name,
        owner=Owner.CLUSTER_OPERATOR,
        origin=str(old),
        target=str(new),
        release=move.origin.platform.key,
        purpose=_why_hop(move),
        basis=move.basis,
        commands=(
            Command(("az", "aksarc", "get-upgrades", *_named(cluster)), "shows that the target is offered now"),
            Command(
                ("az", "aksarc", "upgrade", *_named(cluster), "--kubernetes-version", str(new)),
                "asks twice, then moves the control plane and all node pools",
            ),
            *look(cluster),
        ),
        expected=f"kubernetesVersion {new}, both states Succeeded, every pool's ready nodes on {new}.",
        watch=(
            "Nodes are replaced one by one: a new one joins, workloads move, an old one goes. Failed beside Upgrading means "
            "that only the client timed out."
        ),
        before=_before_hop(sid, move, cluster, catalog, risks),
        verify=(
            check(f"{sid}.V1", f"The cluster reports {new} and both states Succeeded.", Proof.REPORTED, ("P17",)),
            check(f"{sid}.V2", f"Every pool's ready nodes add up to its count, all on {new}.", Proof.ROLLED, ("P17",)),
            check(f"{sid}.V3", "Nodes are Ready, add-ons ready, and workloads healthy."),
        ),
        gate="Proceed, hold or abort: nothing after this step may start before its checks are ticked.",
        if_wrong=_STUCK,
        reversibility=Reversibility.FORWARD_ONLY,
        risks=tuple(risk.id for risk in risks) + (("RECOVERY-SKIP",) if move.recovery else ()),
        rules=(*move.rules, "P15", "P16", "P17", *(("P19",) if crosses else ())),
        sources=("SKV", "CU"),
        nodes=nodes,
        duration=band(nodes, calendar.runs, calendar.node_minutes) if nodes else None,
    )


def nodes_of(cluster: Cluster) -> int | None:
    """Nodes of control plane and pools; None where a count is not known."""
    control, pools = value_of(cluster.control_plane_count), value_of(cluster.pools)
    counts = [pool.count for pool in pools or ()]
    if control is None or pools is None or None in counts:
        return None
    return control + sum(count for count in counts if count is not None)


def _why_hop(move: LegalMove) -> str:
    old, new, here = move.origin.version, move.target.version, move.origin.platform.key
    if move.profiled:
        basis = "Azure offers it to this cluster now"
    elif move.basis == "live":
        basis = "it is on the instance's live list now"
    else:
        basis = f"the published list of {here} holds it; confirm it live"
    if move.recovery:
        return f"{old} has no one-minor hop left on {here}: a recovery hop into its lowest minor, which may not work."
    if new.minor == old.minor:
        return f"Newest patch of {new.minor} on {here}: {basis}."
    return f"{new.minor} is the only minor {old} may hop to, and {new} its newest patch on {here}: {basis}."


def _before_hop(
    sid: str, move: LegalMove, cluster: Cluster, catalog: Catalog, risks: tuple[Risk, ...]
) -> tuple[Check, ...]:
    old, new = move.origin.version, move.target.version
    lines: list[Line] = [
        (f"{new} is on the list Azure gives for this cluster today.", Proof.OFFERED, ("P18",)),
        ("Both states are Succeeded and all pools run one version.", Proof.SETTLED, ("P17",)),
        ("The node image of the target is ready for every OS SKU in use.", Proof.IMAGE, ()),
        (ALONE, Proof.ALONE, ()),
    ]
    if new.minor != old.minor:
        lines += [(_removed(api), Proof.BY_HAND, ()) for api in _apis(catalog, old, new)]
        lines.append((f"No workload uses an API that Kubernetes {new.minor} no longer serves.", Proof.BY_HAND, ()))
    lines += [(_open(risk), Proof.BY_HAND, ()) for risk in risks if risk.match.fact]
    return numbered(sid, lines)


def _apis(catalog: Catalog, old: KubernetesVersion, new: KubernetesVersion) -> list[RemovedApi]:
    return [api for api in catalog.removed_apis if old.minor < api.minor <= new.minor]


def _removed(api: RemovedApi) -> str:
    return f"Nothing uses {api.api}: Kubernetes {api.minor} stops serving it; use {api.replacement}."


def _open(risk: Risk) -> str:
    return f"{risk.id}: make sure this is not so: {risk.match.fact.rstrip('.')}. Cure: {risk.cure.rstrip('.')}."


def release_step(
    number: int,
    move: LegalMove,
    instance: str,
    catalog: Catalog,
    ground: Ground,
    as_of: date,
    calendar: Calendar = ANYTIME,
) -> Step:
    """A release update of the instance: guided, made by the Azure Local owner."""
    sid = f"S{number:02}"
    old, new = move.origin.platform, move.target.platform
    entry = catalog.by_key[new.key]
    risks = risks_of(catalog, ground, move)
    lines: list[Line] = [
        (
            f"No cluster of {instance} is newly stranded by {new.key}: every gate before this step is ticked.",
            Proof.GATES,
            ("P18",),
        ),
        ("The instance is healthy, no update runs, and the Arc Resource Bridge answers.", Proof.BY_HAND, ("P25",)),
    ]
    if move.from_builds:
        lines.append(
            (
                f"The instance is on build {' or '.join(move.from_builds)}; else take that build first.",
                Proof.BY_HAND,
                (),
            )
        )
    lines += [(_open(risk), Proof.BY_HAND, ()) for risk in risks if risk.match.fact]
    crosses = f" It changes the host operating system from {old.line} to {new.line}." if old.line != new.line else ""
    after = as_of < entry.released if entry.released is not None else False
    return Step(
        id=sid,
        kind=StepKind.RELEASE,
        title=f"release {old.key} → {new.key}",
        where=instance,
        owner=Owner.INSTANCE_OWNER,
        origin=old.key,
        target=new.key,
        release=new.key,
        purpose=f"{new.key} is on the way to the goal (edge {move.basis}).{crosses}",
        basis=move.basis,
        commands=(
            Command(
                ("arcstep", "whatif", instance, "--release", new.key), "who would be stranded by it today: look first"
            ),
            Command(("Get-SolutionUpdate",), "on a host: which updates are ready; start it there or in the portal"),
        ),
        expected=f"The update summary of {instance} reports a {new.key} build and no update in progress.",
        watch="Hosts are drained and restarted one after another; the portal may lag by up to a day.",
        before=numbered(sid, lines),
        verify=(
            check(f"{sid}.V1", f"The instance reports release {new.key}.", Proof.RELEASE, ("P18",)),
            check(f"{sid}.V2", "Every cluster of the instance is connected and healthy."),
            check(f"{sid}.V3", "The version list of the custom location was read again.", Proof.LISTED, ("P18",)),
        ),
        gate="Proceed, hold or abort: the release cannot go back.",
        if_wrong=(
            (
                "the update fails or stops",
                "Read the update run in the portal, mend what it names, and retry; do not skip it.",
            ),
            (
                "the portal shows failed or in progress after it is done",
                "Trust Get-SolutionUpdate on a host for up to 24 h.",
            ),
        ),
        reversibility=Reversibility.FORWARD_ONLY,
        risks=tuple(risk.id for risk in risks),
        rules=move.rules,
        sources=("REL", "UPD"),
        not_before=entry.released if after else None,
        duration=release_band(calendar.release_minutes),
    )


def _named(cluster: Cluster) -> tuple[str, ...]:
    return ("--name", cluster.name, *scope(cluster))


def scope(cluster: Cluster) -> tuple[str, ...]:
    """Where a cluster is, as arguments."""
    return ("--resource-group", cluster.resource_group, "--subscription", cluster.subscription)


def look(cluster: Cluster) -> tuple[Command, ...]:
    """The commands that show how a cluster stands."""
    pools = ("az", "aksarc", "nodepool", "list", "--cluster-name", cluster.name, *scope(cluster))
    return (
        Command(("az", "aksarc", "show", *_named(cluster)), "version and both states"),
        Command(pools, "ready nodes and their versions, pool by pool"),
    )


_STUCK = (
    ("provisioningState Failed, currentState Upgrading", "Wait: only the client timed out, the upgrade goes on."),
    (
        "provisioningState Succeeded, currentState Upgrading for long",
        "Known on 2503 and 2504 (AKS-STUCK-UPGRADING): update the instance to 2505 or later, or restart the flow with a "
        "harmless az aksarc update.",
    ),
    ("Failed and Failed", "Read errorMessage; run the diagnostic checker; az aksarc get-logs; open a support case."),
    ("a pool stays behind", "Do not start another hop: wait until every pool reports one version."),
)
