"""Stranded where it stands: one judgement for support, what-if, the plan of the cluster and the plan of its instance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from planner.findings import Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleet.effects import Bearing
from planner.fleet.targets import resolve_target
from planner.fleet.whatif import WhatIf, what_if
from planner.fleetplan import FleetPlan
from planner.goals import parse_goal
from planner.inventory import Cluster, Inventory, OfferedVersion
from planner.knowledge import load_catalog
from planner.plan import Plan
from planner.planning import build_plan
from planner.routes import Routes
from planner.rules import findings_for
from planner.support import Judge, SupportState
from tests import builders as b

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
FROM_1_32 = b.offered(("1.32.8", "1.32.9", "1.33.4", "1.33.5", "1.34.1", "1.34.2"))
LIST_2510 = b.offered(("1.30.13", "1.30.14", "1.31.9", "1.31.10", "1.32.5", "1.32.6"))


@dataclass(frozen=True)
class Views:
    """Everything that judges the first cluster of an inventory."""

    facts: Inventory

    @property
    def judge(self) -> Judge:
        return Judge(self.facts, CATALOG, self.facts.as_of)

    @property
    def cluster(self) -> Cluster:
        return self.facts.clusters[0]

    def state(self) -> SupportState:
        return self.judge.support(self.cluster).state

    def plan(self, goal: str) -> Plan:
        return build_plan(self.cluster, parse_goal(goal, CATALOG), self.judge, ROUTES)

    def fleet(self, goal: str) -> FleetPlan:
        return build_fleet_plan(self.facts.instances[:1], parse_goal(goal, CATALOG), self.judge, ROUTES)

    def what_if(self, release: str) -> WhatIf:
        judge, host = self.judge, self.facts.instances[0]
        target = resolve_target(release, host, judge, ROUTES)
        found = what_if(host, target, judge, ROUTES)
        assert isinstance(found, WhatIf)
        return found


def here(
    running: str, release: str, live: Sequence[OfferedVersion] | None, upgrades: Sequence[str] | None = ()
) -> Views:
    return Views(b.inventory(b.cluster("c", running, upgrades=upgrades), release=release, live=live))


@pytest.mark.parametrize("goal", ["supported", "1.31", "2603"])
def test_no_release_update_leads_out_for_a_cluster_stranded_today(goal: str) -> None:
    """The published list of 2603 begins at 1.31, but 2602 has left 1.30 behind live: no update brings it back (P18)."""
    views = here("1.30.14", "2602", FROM_1_32)
    assert views.state() is SupportState.STRANDED
    plan = views.plan(goal)
    assert plan.steps == () and plan.verdict is Verdict.NO_GO
    assert views.fleet(goal).verdict is Verdict.NO_GO
    assert views.what_if("2603").effects[0].bearing is Bearing.ALREADY


def test_being_stranded_forbids_every_path_but_an_accepted_recovery() -> None:
    """K8S-STRAND-01 is waived for the skip a person answers for, and for nothing else."""
    views = here("1.29.13", "2602", None, None)
    assert any(finding.code == "K8S-STRAND-01" for finding in findings_for(views.cluster, views.judge))
    assert views.plan("supported").verdict is Verdict.NO_GO


def test_a_profile_that_names_the_next_minor_leads_out_and_wins_everywhere() -> None:
    """The upgrade profile is the truth for the first hop: 1.29 is offered to this cluster although the list begins at 1.30."""
    views = here("1.28.9", "12.2510", LIST_2510, ["1.29.13"])
    assert views.state() is SupportState.OUT_OF_SUPPORT
    assert not any(finding.code == "K8S-STRAND-01" for finding in findings_for(views.cluster, views.judge))
    effect = views.what_if("2602").effects[0]
    assert effect.bearing is Bearing.STRANDED
    assert [fix.versions for fix in effect.fixes] == [(b.version("1.29.13"), b.version("1.30.14"))]
    titles = ["Kubernetes 1.28.9 → 1.29.13", "Kubernetes 1.29.13 → 1.30.14", "release 12.2510 → 2602"]
    assert [step.title for step in views.plan("2602").steps] == titles
    fleet = views.fleet("2602")
    assert [step.title for step in fleet.steps] == titles
    assert fleet.verdict is views.plan("2602").verdict is Verdict.GO_WITH_RISKS


@pytest.mark.parametrize(
    ("running", "upgrades"),
    [
        pytest.param("1.28.9", ["1.28.14"], id="a newer patch leads nowhere"),
        pytest.param("1.27.9", ["1.28.14"], id="the next minor is left behind as well"),
        pytest.param("1.28.9", ["1.30.14"], id="a skip is no hop"),
        pytest.param("1.28.9", None, id="not read"),
    ],
)
def test_a_profile_that_leads_nowhere_leaves_it_stranded(running: str, upgrades: list[str] | None) -> None:
    views = here(running, "12.2510", LIST_2510, upgrades)
    assert views.state() is SupportState.STRANDED
    assert views.what_if("2602").effects[0].bearing is Bearing.ALREADY
    plan = views.plan("2602")
    assert plan.verdict is Verdict.NO_GO and plan.steps == ()
    assert views.fleet("2602").members[0].steps == ()


def test_previews_bound_a_list_that_holds_nothing_else() -> None:
    """Live only 1.33 previews on 2602: what support calls stranded, no plan leads out of."""
    views = here("1.31.12", "2602", b.offered((), preview=("1.33.4", "1.33.5")))
    assert views.state() is SupportState.STRANDED
    assert views.what_if("2603").effects[0].bearing is Bearing.ALREADY
    assert views.plan("2603").verdict is Verdict.NO_GO
    latest = views.plan("latest")
    assert latest.steps == () and latest.verdict is not Verdict.GO_WITH_RISKS
    assert latest.dead_end is not None and "nothing but previews" in latest.dead_end.summary


def test_previews_count_for_nothing_where_a_release_is_offered() -> None:
    views = here("1.30.14", "2602", b.offered(("1.32.8",), preview=("1.31.12",)))
    assert views.state() is SupportState.STRANDED
    assert views.plan("2603").verdict is Verdict.NO_GO


@pytest.mark.parametrize(
    ("build", "running", "key"),
    [("11.2602.1002.7", "1.30.14", "2602 (23H2)"), ("12.2503.1001.9", "1.28.14", "2503 (24H2)")],
)
def test_a_build_the_catalog_lacks_borrows_nothing_from_the_other_line(build: str, running: str, key: str) -> None:
    """Neither its list nor its updates: 2602 of the catalog is 24H2, 2503 is 23H2."""
    views = here(running, build, None, None)
    plan = views.plan("latest")
    assert plan.verdict is Verdict.UNKNOWN and plan.steps == ()
    assert plan.path[0].release == key
    assert views.fleet("latest").verdict is Verdict.UNKNOWN
