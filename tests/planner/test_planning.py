"""Plans by value: what a cluster in a known place is told, and that the same facts always give the same plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.acceptance import Acceptance, AcceptanceError, parse_acceptance
from planner.findings import Owner, Verdict
from planner.goals import GoalError
from planner.inventory import LISTED, Cluster, Inventory, Unknown
from planner.knowledge import load_catalog
from planner.path import Routes, parse_goal
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, known, offered, pool

CATALOG = load_catalog()
LIST_2604 = ["1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5"]


def planned(fleet: Inventory, subject: Cluster, goal: str, *acceptances: Acceptance) -> Plan:
    return build_plan(subject, parse_goal(goal, CATALOG), Judge(fleet, CATALOG, AS_OF), Routes(CATALOG), acceptances)


def plan_of(running: str | None, release: str, goal: str, **facts: object) -> Plan:
    live = facts.pop("live", None)
    subject = cluster(running=running, **facts)  # type: ignore[arg-type]
    return planned(inventory(subject, release=release, live=live), subject, goal)  # type: ignore[arg-type]


def test_steps_follow_the_path_and_carry_their_commands() -> None:
    plan = plan_of("1.29.4", "12.2510", "1.32")
    assert [step.title for step in plan.steps] == [
        "Kubernetes 1.29.4 → 1.30.14",
        "Kubernetes 1.30.14 → 1.31.10",
        "Kubernetes 1.31.10 → 1.32.6",
    ]
    upgrade = plan.steps[0].commands[1].argv
    assert upgrade[:3] == ("az", "aksarc", "upgrade")
    assert upgrade[upgrade.index("--kubernetes-version") + 1] == "1.30.14"
    assert [move.step for move in plan.path] == ["", "S01", "S02", "S03"]


def test_release_steps_belong_to_the_azure_local_owner_and_hops_to_the_operator() -> None:
    plan = plan_of("1.28.9", "2411", "1.32")
    owners = {(step.kind, step.owner) for step in plan.steps}
    assert owners == {(StepKind.KUBERNETES, Owner.CLUSTER_OPERATOR), (StepKind.RELEASE, Owner.INSTANCE_OWNER)}


def test_a_build_condition_of_an_edge_becomes_a_check() -> None:
    plan = plan_of("1.30.14", "11.2510.1002.93", "latest")
    crossing = next(step for step in plan.steps if step.target == "12.2510")
    assert any("11.2510.1002.87 or 11.2510.1002.93" in check.text for check in crossing.before)


def test_a_removed_api_is_a_check_of_the_hop_that_crosses_it() -> None:
    plan = plan_of("1.31.13", "2604", "1.32")
    assert any("flowcontrol" in check.text for check in plan.steps[0].before)


def test_offers_from_the_catalog_are_marked_unconfirmed_and_never_a_plain_go() -> None:
    plan = plan_of("1.32.9", "2604", "latest")
    assert plan.steps[0].basis == "catalog"
    assert plan.verdict is Verdict.GO_WITH_RISKS
    assert any("not confirmed" in line for line in plan.unknowns)


def test_live_offers_are_marked_live() -> None:
    plan = plan_of("1.32.9", "2604", "latest", live=offered(LIST_2604), upgrades=["1.33.4", "1.33.5"])
    assert plan.steps[0].basis == "live"


def test_downgrades_are_refused_with_the_rule() -> None:
    for goal in ("1.30", "1.32.8"):
        with pytest.raises(GoalError, match=r"downgrades are not possible \(P15\)"):
            plan_of("1.32.9", "2604", goal)


def test_a_version_on_no_list_is_refused_with_the_nearest() -> None:
    with pytest.raises(GoalError, match=r"1\.32\.8"):
        plan_of("1.31.13", "2604", "1.32.7")
    with pytest.raises(GoalError, match=r"1\.33"):
        plan_of("1.31.13", "2604", "1.39")


@pytest.mark.parametrize(
    ("running", "release", "by_rule", "rule"),
    [("1.27.9", "2508", True, "P11"), ("1.29.4", "2602", True, "P13"), ("1.31.13", "2606", False, "P18")],
)
def test_dead_ends_are_values_with_a_minimal_cause_and_ways_out(
    running: str, release: str, by_rule: bool, rule: str
) -> None:
    plan = plan_of(running, release, "latest")
    assert plan.dead_end is not None and plan.dead_end.by_rule is by_rule
    assert len(plan.dead_end.causes) == 1 and rule in plan.dead_end.causes[0].rules
    assert len(plan.dead_end.ways_out) >= 3 and plan.steps == ()
    assert plan.verdict is (Verdict.NO_GO if by_rule else Verdict.UNKNOWN)


def test_only_a_recovery_hop_is_left_and_it_ranks_first_over_two_minors() -> None:
    plan = plan_of("1.29.4", "2602", "latest")
    assert plan.dead_end is not None
    assert plan.dead_end.ways_out[0].title == "Recovery hop over 2 minors: 1.29 → 1.31"


def test_far_behind_a_rebuild_ranks_before_the_skip() -> None:
    plan = plan_of("1.27.9", "2602", "latest")
    assert plan.dead_end is not None
    assert plan.dead_end.ways_out[0].title.startswith("Build a new cluster")


def test_an_accepted_recovery_hop_is_planned_and_named_as_accepted() -> None:
    subject = cluster(running="1.29.4")
    accepted = Acceptance("RECOVERY-SKIP", "approved by the board", AS_OF.date())
    plan = planned(inventory(subject, release="2602"), subject, "latest", accepted)
    assert [step.target for step in plan.steps] == ["1.31.13", "1.32.9", "1.33.5"]
    note = next(note for note in plan.risks if note.id == "RECOVERY-SKIP")
    assert (note.state, note.accepted_reason) == ("accepted", "approved by the board")


def test_an_acceptance_that_has_run_out_counts_for_nothing() -> None:
    subject = cluster(running="1.29.4")
    past = Acceptance("RECOVERY-SKIP", "approved", AS_OF.date() - timedelta(days=1))
    assert planned(inventory(subject, release="2602"), subject, "latest", past).dead_end is not None


@pytest.mark.parametrize(
    "text", ["RECOVERY-SKIP", "RECOVERY-SKIP::2026-06-01", "NOPE:why:2026-06-01", "RECOVERY-SKIP:a:soon"]
)
def test_acceptances_are_read_strictly(text: str) -> None:
    with pytest.raises(AcceptanceError):
        parse_acceptance(text, CATALOG)


def test_a_reason_may_hold_a_colon() -> None:
    assert parse_acceptance("RECOVERY-SKIP:CHG:42:2026-06-01", CATALOG) == Acceptance(
        "RECOVERY-SKIP", "CHG:42", date(2026, 6, 1)
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"provisioning": "Updating"},
        {"current": "Upgrading"},
        {"pools": [pool("a", "1.31.13"), pool("b", ready=[(2, "1.31.13"), (1, "1.30.14")])]},
    ],
)
def test_an_unsettled_cluster_waits_or_is_repaired_first(facts: dict[str, object]) -> None:
    plan = plan_of("1.31.13", "2604", "latest", **facts)
    assert plan.verdict is Verdict.NO_GO
    assert plan.steps[0].kind is StepKind.REPAIR


def test_an_unsettled_cluster_at_its_goal_is_not_a_go() -> None:
    assert plan_of("1.33.5", "2604", "latest", current="Upgrading").verdict is Verdict.NO_GO


def test_nothing_to_do_is_only_good_news_in_support() -> None:
    assert plan_of("1.33.5", "2604", "latest", live=offered(LIST_2604), upgrades=[]).verdict is Verdict.GO
    silent = AS_OF - timedelta(days=40)
    far = plan_of("1.33.5", "2604", "latest", connectivity="Offline", last_contact=silent)
    assert far.verdict is not Verdict.GO


def test_unread_pools_or_states_never_make_a_go() -> None:
    for fact in ("pools", "current_state", "provisioning_state"):
        subject = replace(cluster(running="1.32.9"), **{fact: Unknown("no permission")})
        plan = planned(inventory(subject, release="2604", live=offered(LIST_2604)), subject, "latest")
        assert plan.verdict is Verdict.UNKNOWN, fact


def test_pools_without_node_versions_never_make_a_go() -> None:
    pools = known((pool("a", ready=[]),), source=LISTED)
    subject = replace(cluster(running="1.32.9"), pools=pools)
    plan = planned(inventory(subject, release="2604", live=offered(LIST_2604)), subject, "latest")
    assert plan.verdict is Verdict.UNKNOWN and "node versions" in plan.verdict_because


def test_an_unreadable_cluster_gets_a_dead_end_by_missing_knowledge() -> None:
    plan = plan_of(None, "2604", "latest")
    assert plan.dead_end is not None and not plan.dead_end.by_rule
    assert plan.verdict is Verdict.UNKNOWN


def test_the_os_patch_lane() -> None:
    assert plan_of("1.31.12", "2604", "os-patch").goal_version == "1.31.13"
    assert plan_of("1.31.13", "2604", "os-patch").goal_version == "1.32.9"
    none_left = plan_of("1.33.5", "2604", "os-patch")
    assert none_left.dead_end is not None and "disputed" in none_left.dead_end.ways_out[0].title
    assert any(line.startswith("C1: ") for line in none_left.disputes)


def test_a_neighbour_gate_stands_before_the_update_it_guards() -> None:
    subject, slow = cluster("fast", "1.31.5"), cluster("slow", "1.28.14")
    plan = planned(inventory(subject, slow, release="2509"), subject, "1.32")
    kinds = [(step.kind, step.target) for step in plan.steps]
    assert kinds == [
        (StepKind.NEIGHBOUR, "1.29.13"),
        (StepKind.RELEASE, "11.2510"),
        (StepKind.KUBERNETES, "1.32.6"),
    ]


def test_an_unreadable_neighbour_is_a_gate_and_an_unknown() -> None:
    subject, dark = cluster("fast", "1.31.5"), cluster("dark", None)
    plan = planned(inventory(subject, dark, release="2509"), subject, "1.32")
    assert plan.steps[0].kind is StepKind.NEIGHBOUR
    assert any("dark" in line for line in plan.unknowns)


def test_a_release_dated_after_the_day_is_not_before_that_date() -> None:
    subject = cluster(running="1.31.5")
    early = AS_OF.replace(year=2025, month=10, day=1)
    judge = Judge(inventory(subject, release="2509", as_of=early), CATALOG, early)
    plan = build_plan(subject, parse_goal("1.32", CATALOG), judge, Routes(CATALOG))
    assert plan.steps[0].not_before == date(2025, 10, 24)


def test_the_same_facts_give_the_same_plan_whatever_the_order() -> None:
    subject, slow, other = cluster("fast", "1.31.5"), cluster("slow", "1.28.14"), cluster("other", "1.30.9")
    one = planned(inventory(subject, slow, other, release="2509"), subject, "latest")
    two = planned(inventory(other, slow, subject, release="2509"), subject, "latest")
    assert one == two


def test_the_support_warning_carries_the_date_that_ran_out() -> None:
    plan = plan_of("1.28.9", "2411", "1.32", created_at=AS_OF)
    assert plan.subject.support == "out of support"
    assert plan.subject.support_ended is not None and plan.subject.support_ended < AS_OF.date()


def test_facts_keep_their_source_and_time() -> None:
    seen = AS_OF - timedelta(days=3)
    plan = plan_of("1.32.9", "2604", "latest", provisioning_state=known("Succeeded", seen, "graph"))
    fact = next(fact for fact in plan.subject.facts if fact.fact == "provisioningState")
    assert (fact.source, fact.at) == ("graph", seen)


def test_every_source_a_plan_cites_is_spelled_out() -> None:
    plan = plan_of("1.28.9", "2411", "latest")
    cited = {key for step in plan.steps for key in step.sources}
    assert cited <= {key for key, _ in plan.sources}


def test_a_goal_reached_on_a_release_out_of_support_is_never_a_plain_success() -> None:
    plan = plan_of("1.30.14", "12.2510", "1.32")
    assert plan.goal_version == "1.32.6"
    assert "on Azure Local 12.2510, which left support on 2026-03-31" in plan.verdict_because
    good = plan_of("1.31.13", "2604", "latest")
    assert "left support" not in good.verdict_because
    assert good.outcome == "Kubernetes 1.33.5 on Azure Local 2604, a release in support until 2026-09-30 (LBL)."


def test_a_disconnected_cluster_is_not_a_go_and_the_verdict_names_the_blocker() -> None:
    plan = plan_of("1.32.9", "2604", "latest", connectivity="Offline", last_contact=AS_OF - timedelta(days=40))
    assert plan.verdict is Verdict.NO_GO and plan.verdict_because.startswith("ARC-CONN-01")


def test_neighbours_that_are_stranded_already_are_named_before_the_hosts_move_on() -> None:
    subject, lost = cluster("fast", "1.31.5"), cluster("lost", "1.27.9")
    plan = planned(inventory(subject, lost, release="2509"), subject, "1.32")
    assert "lost (1.27.9)" in plan.must_not[0]


def test_latest_of_a_stranded_cluster_is_what_a_recovery_would_open() -> None:
    assert plan_of("1.29.4", "2602", "latest").goal_version == "1.33.5"


def test_an_acceptance_that_has_run_out_is_said() -> None:
    subject = cluster(running="1.32.9")
    past = Acceptance("AKS-GATEKEEPER-131", "approved", date(2026, 1, 1))
    plan = planned(inventory(subject, release="2604"), subject, "latest", past)
    assert "The acceptance of AKS-GATEKEEPER-131 ran out on 2026-01-01 and counts for nothing." in plan.unknowns


def test_a_hop_says_whether_the_cluster_or_only_the_instance_offers_it() -> None:
    plan = plan_of("1.31.12", "2604", "latest", live=offered(LIST_2604), upgrades=["1.32.9"])
    assert "offers it to this cluster now" in plan.steps[0].purpose
    assert "on the instance's live list now" in plan.steps[1].purpose


def test_at_rest_below_the_newest_offer_says_what_keeps_it_back() -> None:
    windows = [pool("win", "1.32.6", sku="Windows2022")]
    plan = plan_of("1.32.6", "2604", "latest", pools=windows, live=offered(LIST_2604), upgrades=[])
    assert plan.steps == () and plan.verdict is Verdict.NO_GO and "Windows" in plan.verdict_because
