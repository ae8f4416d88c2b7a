"""The OS patch lane without a newer version: a dead end by itself, and one disputed, guided step where a person accepted it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planner import events as e
from planner.acceptance import SCALE_ROUTE, Acceptance, parse_acceptance
from planner.documents.markdown import read, render
from planner.events import Decision
from planner.findings import Owner, Verdict
from planner.inventory import LISTED, Cluster, Inventory, NodePool, Unknown
from planner.knowledge import load_catalog
from planner.legs import Stage
from planner.path import Routes, parse_goal
from planner.plan import Plan, Proof, Reversibility, Step, StepKind
from planner.planning import build_plan
from planner.proofs import Mark
from planner.sighting import PoolSight, Sighting
from planner.support import Judge
from planner.walk import Look, WalkError
from tests.builders import AS_OF, SUBSCRIPTION, cluster, inventory, known, offered, pool
from tests.planner.strolls import Stroll, seen

CATALOG = load_catalog()
LIST_2604 = ["1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5"]
YES = Acceptance(SCALE_ROUTE, "approved by the board", AS_OF.date())


def planned(fleet: Inventory, subject: Cluster, *acceptances: Acceptance, goal: str = "os-patch") -> Plan:
    judge = Judge(fleet, CATALOG, AS_OF)
    return build_plan(subject, parse_goal(goal, CATALOG), judge, Routes(CATALOG), acceptances)


def plan_of(
    running: str = "1.33.5", release: str = "2604", *acceptances: Acceptance, live: object = None, **facts: object
) -> Plan:
    subject = cluster(running=running, **facts)  # type: ignore[arg-type]
    return planned(inventory(subject, release=release, live=live), subject, *acceptances)  # type: ignore[arg-type]


def step_of(*pools: NodePool, **facts: object) -> Step:
    own = list(pools) or None
    return plan_of("1.33.5", "2604", YES, pools=own, live=offered(LIST_2604), upgrades=[], **facts).steps[-1]


def scalings(step: Step) -> list[tuple[str, str]]:
    """(pool, number of nodes) of each scaling, in order."""
    rows = [command.argv for command in step.commands if "scale" in command.argv]
    return [(argv[argv.index("--name") + 1], argv[argv.index("--node-count") + 1]) for argv in rows]


def texts(step: Step) -> str:
    return "\n".join(check.text for check in (*step.before, *step.verify))


# -- without the acceptance --


def test_unaccepted_it_is_a_dead_end_whose_way_out_can_be_typed() -> None:
    plan = plan_of()
    assert plan.dead_end is not None and plan.dead_end.by_rule and plan.steps == ()
    assert plan.verdict is Verdict.NO_GO
    first = plan.dead_end.ways_out[0]
    assert "disputed" in first.title
    command = "arcstep plan mes-prod --to os-patch --accept SCALE-ROUTE:REASON:DATE"
    assert command in first.how
    typed = command.rpartition(" ")[2].replace("REASON", "approved").replace("DATE", "2026-06-30")
    assert parse_acceptance(typed, CATALOG).id == SCALE_ROUTE
    assert {line.partition(":")[0] for line in plan.disputes} >= {"C1", "C13"}


def test_an_acceptance_that_has_run_out_or_of_something_else_opens_nothing() -> None:
    past = replace(YES, until=AS_OF.date() - timedelta(days=1))
    other = Acceptance("RECOVERY-SKIP", "approved", AS_OF.date())
    for acceptance in (past, other):
        assert plan_of("1.33.5", "2604", acceptance).dead_end is not None


def test_it_is_never_taken_where_a_newer_version_is_offered() -> None:
    plan = plan_of("1.31.12", "2604", YES)
    assert [step.kind for step in plan.steps] == [StepKind.KUBERNETES]
    assert plan_of("1.31.13", "2604", YES).goal_version == "1.32.9"


def test_it_is_no_way_to_another_goal() -> None:
    subject = cluster(running="1.29.4")
    plan = planned(inventory(subject, release="2602"), subject, YES, goal="latest")
    assert plan.dead_end is not None


@pytest.mark.parametrize(
    ("running", "release", "reason"),
    [
        ("1.27.9", "2509", "no one-minor hop from 1.27 is left"),
        ("1.29.9", "2602", "no one-minor hop from 1.29 is left"),
    ],
)
def test_a_version_off_the_list_gets_no_image_by_scaling_either(running: str, release: str, reason: str) -> None:
    plan = plan_of(running, release, YES)
    assert plan.dead_end is not None and plan.dead_end.by_rule
    assert reason in plan.dead_end.summary and f"{running} is none of them" in plan.dead_end.summary
    assert "newest version offered" not in plan.dead_end.summary
    assert not any("disputed" in way.title for way in plan.dead_end.ways_out)
    assert plan.dead_end.ways_out[0].title.startswith("Recovery hop")


def test_a_windows_pool_that_blocks_every_hop_is_named_as_the_cause() -> None:
    pools = [pool("linux1", "1.32.6"), pool("win1", "1.32.6", sku="Windows2022")]
    plan = plan_of("1.32.6", "2604", YES, pools=pools, live=offered(LIST_2604))
    assert plan.dead_end is not None
    assert [cause.why for cause in plan.dead_end.causes] == [
        "2604 no longer ships the Windows2022 node image (last in 2603)."
    ]


def test_a_preview_is_not_on_the_list() -> None:
    plan = plan_of("1.34.2", "2605", YES, live=offered(LIST_2604, preview=["1.34.2"]), upgrades=[])
    assert plan.dead_end is not None and "previews aside" in plan.dead_end.summary


def test_windows_pools_alone_have_no_documented_way() -> None:
    pools = [pool("win1", "1.33.5", sku="Windows2022")]
    plan = plan_of("1.33.5", "2604", YES, pools=pools, live=offered(LIST_2604), upgrades=[])
    assert plan.dead_end is not None and "documented for Linux" in plan.dead_end.summary


def test_an_unknown_list_stays_a_dead_end_by_missing_knowledge() -> None:
    plan = plan_of("1.33.5", "2606", YES)
    assert plan.dead_end is not None and not plan.dead_end.by_rule
    assert plan.verdict is Verdict.UNKNOWN


def test_a_list_that_holds_newer_versions_azure_does_not_offer_is_not_called_exhausted() -> None:
    plan = plan_of("1.33.4", "2604", live=offered(LIST_2604), upgrades=[])
    assert plan.dead_end is not None
    assert "2604 lists 1.33.5, and mes-prod cannot hop to anything newer than 1.33.4 now" in plan.dead_end.summary


# -- accepted --


def test_accepted_it_is_one_guided_step_of_the_cluster_operator() -> None:
    plan = plan_of("1.33.5", "2604", YES)
    assert plan.dead_end is None and plan.goal_version == "1.33.5"
    (step,) = plan.steps
    assert (step.kind, step.title) == (StepKind.OS_PATCH, "node OS refresh by scaling (disputed)")
    assert (step.owner, step.where, step.release) == (Owner.CLUSTER_OPERATOR, "mes-prod", "2604")
    assert (step.origin, step.target) == ("1.33.5", "1.33.5")
    assert step.reversibility is Reversibility.FORWARD_ONLY
    for word in ("2026-05-13", "2026-05-18", "withdrawn", "C1", "C13", "disputed"):
        assert word in step.purpose
    assert plan.path == (plan.path[0],) and plan.numbers is None


def test_it_is_never_a_plain_go_and_says_that_it_is_disputed() -> None:
    plan = plan_of("1.33.5", "2604", YES, live=offered(LIST_2604), upgrades=[])
    assert plan.verdict is Verdict.GO_WITH_RISKS and plan.verdict_because.startswith("Disputed (C13)")
    note = next(note for note in plan.risks if note.id == SCALE_ROUTE)
    assert (note.state, note.accepted_reason, note.accepted_until) == ("accepted", YES.reason, YES.until)
    assert "withdrawn" in note.title
    assert {line.partition(":")[0] for line in plan.disputes} >= {"C1", "C13"}
    assert any("Azure does not tell" in line for line in plan.unknowns)


@pytest.mark.parametrize(
    ("facts", "verdict", "word"),
    [
        ({"connectivity": "Offline"}, Verdict.NO_GO, "ARC-CONN-01"),
        ({"current": "Upgrading"}, Verdict.NO_GO, "Not now"),
        ({"pools": [pool("a", ready=[])]}, Verdict.UNKNOWN, "node versions"),
        ({"current_state": Unknown("HTTP 403")}, Verdict.UNKNOWN, "current state"),
    ],
)
def test_what_stands_against_any_change_stands_against_this_one(
    facts: dict[str, object], verdict: Verdict, word: str
) -> None:
    plan = plan_of("1.33.5", "2604", YES, **facts)
    assert plan.verdict is verdict and word in plan.verdict_because


def test_an_unsettled_cluster_is_mended_before_anything_is_scaled() -> None:
    plan = plan_of("1.33.5", "2604", YES, current="Upgrading")
    assert [step.kind for step in plan.steps] == [StepKind.REPAIR, StepKind.OS_PATCH]
    assert [step.id for step in plan.steps] == ["S01", "S02"]


def test_a_cluster_out_of_support_stays_so_and_is_told() -> None:
    plan = plan_of("1.29.4", "2411", YES)
    assert [step.kind for step in plan.steps] == [StepKind.OS_PATCH]
    assert "left support on 2025-04-30" in plan.verdict_because


# -- its commands --


def test_each_pool_goes_out_by_one_and_back_with_the_arguments_of_the_command_line() -> None:
    step = step_of(pool("a", "1.33.5", count=3), pool("b", "1.33.5", count=1))
    assert scalings(step) == [("a", "4"), ("a", "3"), ("b", "2"), ("b", "1")]
    assert step.commands[0].argv == (
        "az", "aksarc", "nodepool", "scale", "--cluster-name", "mes-prod", "--name", "a",
        "--resource-group", "rg-test", "--subscription", SUBSCRIPTION, "--node-count", "4",
    )  # fmt: skip
    assert "at least 3 times" in step.commands[1].purpose and "at least once" in step.commands[3].purpose
    assert ("kubectl", "get", "nodes", "-o", "wide") in {command.argv for command in step.commands}


def test_a_pool_at_zero_has_nothing_to_renew() -> None:
    step = step_of(pool("a", "1.33.5"), pool("spare", count=0))
    assert {name for name, _ in scalings(step)} == {"a"}


def test_windows_pools_are_left_out_and_it_is_said() -> None:
    step = step_of(pool("a", "1.33.5"), pool("w", "1.33.5", sku="Windows2022"))
    assert {name for name, _ in scalings(step)} == {"a"}
    assert "Left out on purpose: w (Windows2022)" in texts(step)
    assert "AKS-WIN-FEATURE-OFF" in texts(step) and "AKS-WIN-FEATURE-OFF" in CATALOG.risk_by_id
    assert "Left out" not in texts(step_of())


def test_unread_pools_are_said_and_never_guessed() -> None:
    subject = replace(cluster(running="1.33.5"), pools=Unknown("HTTP 403"))
    plan = planned(inventory(subject, release="2604"), subject, YES)
    assert plan.verdict is Verdict.UNKNOWN and "node pools" in plan.verdict_because
    assert scalings(plan.steps[0]) == []
    assert "The node pools could not be read (HTTP 403)" in texts(plan.steps[0])


def test_pools_the_cluster_only_lists_may_not_be_all() -> None:
    subject = replace(cluster(running="1.33.5"), pools=known((pool("a", ready=[]),), source=LISTED))
    plan = planned(inventory(subject, release="2604"), subject, YES)
    assert "which may not be all" in texts(plan.steps[0])


def test_a_pool_without_a_number_is_not_scaled_to_a_guess() -> None:
    step = step_of(replace(pool("a", "1.33.5"), count=None), pool("b", "1.33.5"))
    assert {name for name, _ in scalings(step)} == {"b"}
    assert "How many nodes a has could not be read" in texts(step)
    assert "a ?, b 3" in texts(step)


# -- its checks --


def test_its_checks_cover_image_waiting_room_and_what_is_not_reached() -> None:
    step = step_of()
    by_hand = [check.text for check in step.before if check.manual]
    for word in ("node image newer", "Ten to fifteen minutes", "free address", "room for one more node"):
        assert any(word in text for text in by_hand), word
    assert step.before[0].proof is step.verify[0].proof is Proof.SETTLED
    assert all(check.manual for check in (*step.before[1:], *step.verify[1:]))
    assert "older than the image" in texts(step) and "control plane nodes keep their image" in texts(step)
    assert "pool1 3" in texts(step)
    assert step.gate and len(step.if_wrong) >= 3


def test_the_known_flaw_the_image_mends_is_named_where_it_applies() -> None:
    assert "AKS-CVE-2026-31431" in texts(step_of())
    later = plan_of("1.33.5", "2605", YES, live=offered(LIST_2604), upgrades=[])
    assert "AKS-CVE-2026-31431" not in texts(later.steps[0])


def test_the_autoscaler_is_off_meanwhile_and_on_again_after() -> None:
    scaled = replace(pool("a", "1.33.5"), autoscale=(2, 6))
    assert "The autoscaler of a (2 to 6 nodes) is off" in texts(step_of(scaled))
    assert step_of(scaled).verify[-1].text == "The autoscaler is on again with its limits."
    assert "autoscaler" not in texts(step_of())


def test_the_preflight_list_leaves_out_what_only_a_hop_needs() -> None:
    facts = {"live": offered(LIST_2604), "upgrades": [], "control_plane_count": 1}
    refresh = [check.text for check in plan_of("1.33.5", "2604", YES, **facts).preflight]
    hop = [check.text for check in plan_of("1.32.9", "2604", live=offered(LIST_2604), control_plane_count=1).preflight]
    assert any("kubectl" in text for text in hop) and any("API server is down" in text for text in hop)
    assert refresh == [text for text in hop if "kubectl" not in text and "API server is down" not in text]


# -- its document --


def test_its_document_says_what_moves_and_what_does_not_and_is_read_back() -> None:
    plan = plan_of("1.33.5", "2604", YES, live=offered(LIST_2604), upgrades=[])
    document = render(plan)
    for words in (
        "# mes-prod: newer node images on 1.33.5",
        "by scaling its Linux pools out and in; Kubernetes stays 1.33.5.",
        "No version moves: the nodes are renewed where they are",
        "nodes that were replaced keep the newer image.",
        "Scale every pool back to the number of nodes it had",
        "Accepted until 2026-05-20: approved by the board",
    ):
        assert words in document, words
    for words in ("Nothing to move", "no path", "Kubernetes and release updates go forward only", "finish the hop"):
        assert words not in document, words
    assert read(document, "plan.md").plan == plan


def test_every_source_it_cites_is_spelled_out() -> None:
    plan = plan_of("1.33.5", "2604", YES)
    assert {"BUL", "BUL-FULL"} <= {key for key, _ in plan.sources}


# -- its walk --


def begun() -> Stroll:
    stroll = Stroll(plan_of("1.33.5", "2604", YES))
    stroll.look(NOW)
    stroll.tick_all()
    stroll.look(NOW)
    return stroll


def now(count: int, ready: int, states: str = "Succeeded Succeeded") -> Sighting:
    pools = (PoolSight("pool1", "CBLMariner", count, (("1.33.5", ready),), "Succeeded", "Succeeded"),)
    return seen("1.33.5", states, pools=pools, offered=(), release="2604")


NOW = now(3, 3)


def test_it_is_walked_by_hand_and_looked_after() -> None:
    stroll = begun()
    assert (stroll.leg.id, stroll.leg.stage) == ("S01", Stage.CHECKING)
    stroll.tick_all()
    assert stroll.leg.stage is Stage.READY
    with pytest.raises(WalkError, match="not an upgrade that arcstep makes"):
        stroll.confirm()
    stroll.feed(e.Started(stroll.later(), "S01", "grace"))
    assert stroll.leg.stage is Stage.VERIFYING
    assert stroll.commands == [Look("S01", "", wide=True)]
    stroll.look(now(4, 3, "Updating Updating"))
    assert stroll.leg.mark("S01.V1") is Mark.NOT_SO
    stroll.tick_all()
    assert stroll.leg.stage is Stage.VERIFYING, "scaled out and not settled"
    stroll.look(NOW)
    assert stroll.leg.stage is Stage.GATE
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))
    assert stroll.walk.is_over


def test_a_settled_cluster_is_no_proof_that_its_nodes_were_renewed() -> None:
    stroll = begun()
    stroll.tick_all()
    for _ in range(3):
        stroll.look(NOW)
    assert stroll.leg.stage is Stage.READY
