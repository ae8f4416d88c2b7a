"""Rehearsals: the emulated Azure as a plan found it, what people do there, and what an earlier rehearsal left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from planner import events as e
from planner.acceptance import POOLS_STAY, Acceptance
from planner.catalog import Catalog
from planner.emulator.demo import DemoSource
from planner.emulator.mishaps import Mishap, MishapError, assigned, parse_mishaps
from planner.emulator.offstage import HELP_AFTER, UPDATE_MINUTES, help_out, play, relive, subject_in
from planner.emulator.rehearsal import Rehearsal
from planner.emulator.staging import build_of, offers_on, world_for
from planner.emulator.world import Fault, Pool, World
from planner.findings import Evidence
from planner.goals import parse_goal
from planner.inventory import Cluster, Inventory
from planner.knowledge import load_catalog
from planner.openings import is_open_check
from planner.path import Routes
from planner.plan import Check, Plan, Step, StepKind
from planner.planning import build_plan
from planner.ports import SourceError
from planner.support import Judge
from tests.builders import AS_OF
from tests.documents import plans
from tests.planner.strolls import PRINT

CATALOG: Catalog = load_catalog()
ROUTES = Routes(CATALOG)


class Fleet:
    """The demo fleet read once, and plans made on it."""

    def __init__(self) -> None:
        self.source = DemoSource()
        self._inventory: Inventory | None = None

    async def plan(self, name: str, goal: str) -> Plan:
        inventory = self._inventory = self._inventory or await self.source.load()
        cluster = next(cluster for cluster in inventory.clusters if cluster.name == name)
        return planned(await self.source.refresh(inventory, cluster), cluster, goal)


def planned(inventory: Inventory, cluster: Cluster, goal: str) -> Plan:
    judge = Judge(inventory, CATALOG, inventory.as_of)
    consent = Acceptance(POOLS_STAY, "agreed with their owner", inventory.as_of.date())
    return build_plan(inventory.by_key[cluster.key], parse_goal(goal, CATALOG), judge, ROUTES, (consent,))


def without_company(plan: Plan) -> list[Step]:
    """Its steps without what is said of clusters that have nothing to do in it: those do not come upon the stage."""
    kept: list[Step] = []
    for step in plan.steps:
        if step.kind is not StepKind.DECIDE:
            sid = f"S{len(kept) + 1:02}"
            before = tuple(check for check in step.before if not is_open_check(check.id))
            kept.append(_renamed(replace(step, before=before), sid))
    return kept


def _renamed(step: Step, sid: str) -> Step:
    def moved(checks: tuple[Check, ...]) -> tuple[Check, ...]:
        return tuple(replace(check, id=f"{sid}.{check.id.partition('.')[2]}") for check in checks)

    awaits = tuple(replace(one, check=f"{sid}.{one.check.partition('.')[2]}") for one in step.awaits)
    return replace(step, id=sid, before=moved(step.before), verify=moved(step.verify), awaits=awaits)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet() -> AsyncIterator[Fleet]:
    fleet = Fleet()
    yield fleet
    await fleet.source.close()


@pytest.mark.parametrize(
    ("name", "goal"),
    [("store-107", "latest"), ("wms-dc1", "supported"), ("sorter-1", "latest"), ("mes-line1", "latest"),
     ("mes-line2", "latest"), ("cold-chain", "latest"), ("ferry-02", "latest")],
)  # fmt: skip
@pytest.mark.asyncio(loop_scope="module")
async def test_planning_on_the_stage_of_a_plan_gives_its_steps_again(fleet: Fleet, name: str, goal: str) -> None:
    plan = await fleet.plan(name, goal)
    stage = DemoSource(world_for(plan, CATALOG))
    try:
        inventory = await stage.load()
        cluster = inventory.by_key[plan.subject.id.casefold()]
        again = planned(await stage.refresh(inventory, cluster), cluster, goal)
    finally:
        await stage.close()
    assert without_company(again) == without_company(plan) != []
    assert again.verdict is plan.verdict
    assert [replace(move, step="") for move in again.path] == [replace(move, step="") for move in plan.path]
    assert again.as_of == plan.as_of


def test_what_a_plan_says_was_not_read_is_not_made_up() -> None:
    subject = replace(
        plans.SUBJECT,
        pools=(
            "pool1: 3 × CBLMariner; 1 on 1.28.9, 1 on 1.27.9, 1 on version not reported",
            "win: ? × Windows2022; none",
        ),
    )
    instance = world_for(replace(plans.PLAN, subject=subject), CATALOG).instances[0]
    assert (instance.listed, instance.windows) == (False, frozenset({"Windows2022"}))
    assert set(instance.offers or ()) >= {"1.28.9", "1.29.4"}
    cluster = world_for(replace(plans.PLAN, subject=subject), CATALOG).clusters[0]
    assert cluster.pools == [
        Pool("pool1", 3, ready={"1.28.9": 1, "1.27.9": 1, "": 1}),
        Pool("win", 1, "Windows2022"),
    ]
    assert cluster.upgrades is None


def test_what_a_plan_says_was_read_is_there() -> None:
    read = (
        Evidence("upgrades offered now", "none", "arm", AS_OF),
        Evidence("versions offered on the instance", "1.28.9, 1.29.2", "arm", AS_OF),
        Evidence("connectivity", "Offline", "graph", AS_OF),
    )
    world = world_for(replace(plans.PLAN, subject=replace(plans.SUBJECT, facts=read)), CATALOG)
    cluster = world.clusters[0]
    assert (cluster.upgrades, cluster.connectivity, cluster.id) == ((), "Offline", plans.SUBJECT.id)
    assert (cluster.instance.listed, cluster.instance.offers) == (True, ("1.28.9", "1.29.2", "1.29.4"))
    assert cluster.instance.id.casefold() == plans.SUBJECT.instance_id


def test_a_release_nobody_published_a_list_for_offers_only_what_the_plan_hops_to() -> None:
    assert offers_on(plans.PLAN, "2411.2", CATALOG) is None
    hop = replace(plans.HOP, release="2411.2")
    assert offers_on(replace(plans.PLAN, steps=(hop,)), "2411.2", CATALOG) == ("1.29.4",)


def test_the_build_of_an_update_keeps_the_os_line_and_suits_the_next_update() -> None:
    update = replace(plans.UPDATE, origin="2504", target="2505")
    plan = replace(plans.PLAN, steps=(update,))
    assert build_of(plan, update, "11.2504.1001.19", CATALOG).startswith(("10.2505.", "11.2505."))
    assert build_of(plan, update, "12.2504.1001.20", CATALOG).startswith("12.2505.")
    target, edge = next(
        (entry.key, edge) for entry in CATALOG.releases for edge in entry.updates_from if edge.from_build
    )
    asked = {other.from_build for other in CATALOG.by_key[target].updates_from if other.origin == edge.origin}
    first = replace(plans.UPDATE, origin="2411", target=edge.origin)
    then = replace(plans.UPDATE, origin=edge.origin, target=target)
    assert build_of(replace(plans.PLAN, steps=(first, then)), first, edge.from_build or "", CATALOG) in asked


# -- what people do --


async def stage_of(fleet: Fleet, name: str, goal: str) -> tuple[Plan, World]:
    plan = await fleet.plan(name, goal)
    return plan, world_for(plan, CATALOG)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_step_of_a_plan_can_be_played_to_its_end(fleet: Fleet) -> None:
    plan, world = await stage_of(fleet, "sorter-1", "latest")
    neighbour, decision, update, hop = plan.steps
    kinds = [step.kind for step in plan.steps]
    assert kinds == [StepKind.NEIGHBOUR, StepKind.DECIDE, StepKind.RELEASE, StepKind.KUBERNETES]
    now = world.as_of
    play(world, plan, neighbour, now, CATALOG)
    play(world, plan, decision, now, CATALOG)
    assert world.seen(world.cluster(neighbour.where), now + timedelta(hours=3)).version == neighbour.target
    now += timedelta(hours=3)
    play(world, plan, update, now, CATALOG)
    play(world, plan, update, now + timedelta(minutes=1), CATALOG)
    cluster = subject_in(world, plan)
    on_the_way = world.seen(cluster, now + timedelta(minutes=UPDATE_MINUTES - 1)).instance
    assert (on_the_way.update_state, on_the_way.build) == ("UpdateInProgress", plan.subject.build)
    now += timedelta(minutes=UPDATE_MINUTES)
    done = world.seen(cluster, now)
    assert (done.instance.update_state, done.instance.build) == ("AppliedSuccessfully", "12.2602.1002.501")
    assert hop.target in done.offered
    play(world, plan, hop, now, CATALOG)
    assert world.seen(cluster, now + timedelta(minutes=1)).provisioning_state == "Upgrading"
    over = world.seen(cluster, now + timedelta(hours=3))
    assert (over.version, over.provisioning_state, over.current_state) == (hop.target, "Succeeded", "Succeeded")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_refresh_of_the_nodes_scales_every_pool_out_and_in(fleet: Fleet) -> None:
    plan, world = await stage_of(fleet, "mes-line1", "latest")
    cluster = subject_in(world, plan)
    counts = [pool.count for pool in cluster.pools]
    step = replace(plan.steps[0], kind=StepKind.OS_PATCH)
    play(world, plan, step, world.as_of, CATALOG)
    moments = [world.as_of + timedelta(minutes=minutes) for minutes in range(0, 40, 2)]
    found = [[pool.count for pool in world.seen(cluster, moment).pools] for moment in moments]
    assert [shape for place, shape in enumerate(found) if place == 0 or shape != found[place - 1]] == [
        [counts[0] + 1, counts[1]], counts, [counts[0], counts[1] + 1], counts,
    ]  # fmt: skip
    rest = world.seen(cluster, moments[-1])
    assert {pool.current_state for pool in rest.pools} == {"Succeeded"}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_repair_brings_states_and_pools_together(fleet: Fleet) -> None:
    plan, world = await stage_of(fleet, "store-107", "latest")
    cluster = subject_in(world, plan)
    cluster.provisioning_state = cluster.current_state = "Failed"
    cluster.pools = [Pool("linux1", 3, ready={"1.32.8": 1, "1.32.9": 2})]
    play(world, plan, replace(plan.steps[0], kind=StepKind.REPAIR), world.as_of, CATALOG)
    over = world.seen(cluster, world.as_of + timedelta(hours=1))
    assert (over.provisioning_state, over.current_state, over.pools[0].ready) == ("Succeeded", "Succeeded", None)


@pytest.mark.asyncio(loop_scope="module")
async def test_help_comes_to_a_blocked_drain_after_a_while(fleet: Fleet) -> None:
    plan, world = await stage_of(fleet, "store-107", "latest")
    cluster = subject_in(world, plan)
    cluster.faults.append(Fault.parse("outcome:drain!"))
    play(world, plan, plan.steps[0], world.as_of, CATALOG)
    stuck = world.as_of + timedelta(hours=2)
    since = world.seen(cluster, stuck).modified
    help_out(world, plan, since + HELP_AFTER - timedelta(seconds=1))
    assert world.seen(cluster, stuck).pools[0].error
    help_out(world, plan, since + HELP_AFTER)
    over = world.seen(cluster, since + HELP_AFTER + timedelta(hours=1))
    assert (over.current_state, over.pools[0].error) == ("Succeeded", None)


# -- an earlier rehearsal --


def kept(plan: Plan, *, refused: bool = False) -> list[e.Event]:
    """A walk that was left after the PUT of its first step; `refused` = Azure did not take it."""
    sent = plan.as_of + timedelta(hours=1)
    first, subject = plan.steps[0], plan.subject
    order = e.Order(first.id, subject.id, subject.name, first.origin, first.target)
    intent = e.Intended(sent, first.id, order, "0" * 64, "", "r")
    answer = (
        e.Refused(sent, first.id, "no", "") if refused else e.Accepted(sent, first.id, "https://x.test/operation", "c")
    )
    began = e.Began(plan.as_of, "grace", "desk", "d" * 64, plan)
    confirmed = e.Confirmed(sent, first.id, "grace", subject.name, PRINT)
    return [began, confirmed, intent, answer, e.Reopened(sent + timedelta(minutes=20), "grace", "desk")]


@pytest.mark.asyncio(loop_scope="module")
async def test_what_an_earlier_rehearsal_began_has_gone_on_until_its_last_event(fleet: Fleet) -> None:
    plan, world = await stage_of(fleet, "store-107", "latest")
    told: list[str] = []
    relive(world, plan, kept(plan), CATALOG, told.append)
    assert (told, world.as_of) == (["S01"], plan.as_of + timedelta(minutes=80))
    now = world.seen(subject_in(world, plan), world.as_of)
    assert (now.version, now.current_state) == (plan.steps[0].target, "Upgrading")
    assert world.as_of - now.last_contact < timedelta(hours=1)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_refused_never_began(fleet: Fleet) -> None:
    plan, world = await stage_of(fleet, "store-107", "latest")
    relive(world, plan, kept(plan, refused=True), CATALOG)
    assert world.seen(subject_in(world, plan), world.as_of).version == plan.steps[0].origin
    assert world.operations == {}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_rehearsal_goes_on_at_the_last_event_with_the_outcome_it_was_given(fleet: Fleet) -> None:
    plan, world = await stage_of(fleet, "store-107", "latest")
    events = kept(plan)
    rehearsal = Rehearsal(
        DemoSource(world), plan, CATALOG, mishaps={"S01": (Mishap.STUCK_FLAG,)}, speed=0.001, kept=events
    )
    assert timedelta(0) <= rehearsal.clock() - events[-1].at < timedelta(minutes=1)
    over = world.seen(subject_in(world, plan), events[-1].at + timedelta(hours=5))
    assert (over.provisioning_state, over.current_state) == ("Succeeded", "Upgrading")


def test_another_fleet_is_no_stage() -> None:
    with pytest.raises(SourceError, match="the demo fleet has no mes-prod"):
        Rehearsal(DemoSource(), plans.PLAN, CATALOG)


# -- what goes wrong --


def test_mishaps_are_named_in_a_list_and_meet_the_first_upgrade_unless_told_otherwise() -> None:
    named = parse_mishaps("lost-answer, time-out@S03,401")
    assert assigned(named, ("S01", "S03")) == {
        "S01": (Mishap.LOST_ANSWER, Mishap.SIGN_IN),
        "S03": (Mishap.TIME_OUT,),
    }


@pytest.mark.parametrize("text", ["", "gremlins", "lost-answer,", "LOST-ANSWER", "lost answer"])
def test_an_unknown_mishap_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(MishapError, match="is not a fault; there are lost-answer, time-out, "):
        parse_mishaps(text)


@pytest.mark.parametrize(
    ("text", "hops", "words"),
    [
        ("401", (), "it has no Kubernetes upgrade"),
        ("401@S02", ("S01",), "its upgrades are S01"),
        ("partial,drain-block@S01", ("S01",), "S01 can end in one way only"),
    ],
)
def test_a_mishap_without_a_place_is_refused(text: str, hops: tuple[str, ...], words: str) -> None:
    with pytest.raises(MishapError, match=words):
        assigned(parse_mishaps(text), hops)
