"""What keeps a cluster from being changed as things are: offline, in the middle of an upgrade, pools apart."""

from __future__ import annotations

from typing import cast

from planner.findings import Severity
from planner.inventory import Cluster
from planner.rules import findings_for
from planner.support import Judge

_STRANDED = "K8S-STRAND-01"
"""That it is stranded is a judgement of its own everywhere; an accepted recovery hop leads out of it."""


def held_up(cluster: Cluster, judge: Judge, *, own: bool = False) -> str:
    """The worst finding that forbids to change a cluster now, with what to do; "" where none does.

    `own`: of its own findings alone, without those of the hosts it stands on. Every plan asks it of every neighbour, so the
    judge remembers it.
    """
    key = ("held up", cluster.key, own)
    kept = cast("tuple[Cluster, str] | None", judge.memo.get(key))
    if kept is None or kept[0] is not cluster:
        kept = cluster, _held_up(cluster, judge, own)
        judge.memo[key] = kept
    return kept[1]


def _held_up(cluster: Cluster, judge: Judge, own: bool) -> str:
    findings = (one for one in findings_for(cluster, judge) if one.severity is Severity.BLOCKER)
    worst = next((one for one in findings if one.code != _STRANDED and (not own or one.subject == cluster.key)), None)
    return f"{worst.code}: {worst.title} {worst.cure}".strip() if worst is not None else ""
