"""Worst first: the one order in which clusters and findings are listed."""

from __future__ import annotations

from datetime import date
from typing import Final

from planner.findings import Finding, Severity
from planner.inventory import Cluster
from planner.rules import findings_for
from planner.support import Judge

_WEIGHT: Final = {severity: place for place, severity in enumerate(Severity)}


def worst_first(judge: Judge) -> list[Cluster]:
    """Clusters by support state, then nearest end, then name."""

    def rank(cluster: Cluster) -> tuple[int, date, str, str]:
        state, ends = judge.state(cluster)
        return state.order, ends or date.max, cluster.name.casefold(), cluster.key

    return sorted(judge.inventory.clusters, key=rank)


def ranked_findings(cluster: Cluster, judge: Judge) -> tuple[Finding, ...]:
    """The cluster's findings by severity; equals keep the order of the rules."""
    return tuple(sorted(findings_for(cluster, judge), key=lambda finding: _WEIGHT[finding.severity]))
