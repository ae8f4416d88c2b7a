"""Checks: how they are numbered, and the list of what has to be true before the first step."""

from __future__ import annotations

from collections.abc import Iterable

from planner.inventory import Cluster, value_of
from planner.plan import Check, Proof

Line = tuple[str, Proof, tuple[str, ...]]
"""A check before it has an id: text, proof, rules."""

_SKEW: Line = (
    "kubectl on every workstation is within one minor of the cluster before and after each hop.",
    Proof.BY_HAND,
    ("P19",),
)
PREFLIGHT: tuple[Line, ...] = (
    (
        "Facts are fresh: version, state, pools and offers were read again on the day of the change.",
        Proof.FRESH,
        ("P18",),
    ),
    ("The cluster is connected to Azure now.", Proof.CONNECTED, ("P22",)),
    ("At least one free address in the IP pool for each cluster upgraded at the same time.", Proof.BY_HAND, ()),
    ("Host memory, processors and disk for one more node of the largest VM size in every pool.", Proof.BY_HAND, ()),
    ("Storage paths exist, are healthy and were not renamed.", Proof.BY_HAND, ()),
    ("Workloads and persistent data are backed up; there is no in-place way back.", Proof.BY_HAND, ("P15",)),
    ("No disruption budget allows zero disruptions; single-replica workloads may be interrupted.", Proof.BY_HAND, ()),
    ("Autoscaler limits are noted and nobody scales during the change.", Proof.BY_HAND, ()),
    _SKEW,
    ("Nobody changes node virtual machines or system metadata outside the AKS API.", Proof.BY_HAND, ("P27", "P28")),
)
"""What has to be true before the first step."""


def preflight(cluster: Cluster, *, hops: bool = True) -> tuple[Check, ...]:
    """The pre-flight list of a cluster; without `hops` what only matters where the version moves is left out."""
    extra: list[Line] = []
    pools = value_of(cluster.pools) or ()
    if any("gpu" in (pool.vm_size or "").casefold() or "_n" in (pool.vm_size or "").casefold() for pool in pools):
        extra.append(("A spare GPU for the surge node of every GPU pool.", Proof.BY_HAND, ()))
    if hops and value_of(cluster.control_plane_count) == 1:
        extra.append(
            (
                "The API server is down while its only control plane node is replaced: agreed downtime.",
                Proof.BY_HAND,
                (),
            )
        )
    rows = tuple(row for row in PREFLIGHT if hops or row is not _SKEW)
    return numbered("PRE", (*rows, *extra))


def numbered(sid: str, lines: Iterable[Line]) -> tuple[Check, ...]:
    """Checks with ids such as S01.1, in order."""
    return tuple(check(f"{sid}.{n}", *line) for n, line in enumerate(lines, 1))


def check(cid: str, text: str, proof: Proof = Proof.BY_HAND, rules: tuple[str, ...] = ()) -> Check:
    """One check; without a proof it is a person's."""
    return Check(cid, text, proof is Proof.BY_HAND, rules, proof)
