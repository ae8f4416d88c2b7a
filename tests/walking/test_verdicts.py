"""What is said on the way is compared with the emulator's own state at that very moment: never done before it is, never
failed unless it is (PR5), whatever goes wrong on the wire meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from planner.emulator.world import Cluster
from planner.legs import Stage
from planner.rollout import RolloutState
from planner.walk import Walk
from tests.walking.person import Person
from tests.walking.test_walker import PATIENCE, Scene, running, staged, until

OUTCOMES = (
    "",
    *(f"outcome:{name}" for name in ("timed-out", "stuck", "failed", "admission", "partial", "drain", "canceled")),
)
WIRE = (
    *("put:lost!", "put:hang!", "put:cut!", "put:half!", "put:html!", "put:reset!", "put:no-operation!", "put:503!"),
    *("put:409!", "put:429-day!", "put:401!", "put:403!", "put:412!", "put:foreign!", "put:redirect!"),
    *("operation:401", "operation:404", "operation:html", "operation:half!", "operation:status-odd"),
    *("cluster:500!", "cluster:html!", "pools:half!", "pools:403!", "profile:404!"),
)
LOOKS = 45


def is_done(cluster: Cluster, target: str) -> bool:
    states = {cluster.provisioning_state, cluster.current_state}
    rolled = all((pool.ready or {cluster.version: pool.count}) == {target: pool.count} for pool in cluster.pools)
    return states == {"Succeeded"} and cluster.version == target and rolled


def has_failed(cluster: Cluster) -> bool:
    busy = {"Accepted", "Pending", "Updating", "Upgrading"} & {cluster.provisioning_state, cluster.current_state}
    return not busy and bool({"Failed", "Canceled"} & {cluster.provisioning_state, cluster.current_state})


async def walk_and_compare(stage: Scene) -> Walk:
    """The walk after enough looks, each of them compared."""
    step = stage.plan.steps[0]
    session = await stage.take_up()
    async with running(session) as walker:
        person = Person(walker)
        walking = asyncio.create_task(person.walk())
        await until(walker, Stage.SENDING, Stage.RUNNING, Stage.VERIFYING)
        async with asyncio.timeout(PATIENCE):
            while len(person.seen) < LOOKS and not walker.walk.is_over:
                await person.turned()
        walking.cancel()
    subject = stage.world.cluster("wms-dc1")
    for walk in person.seen:
        leg = next(leg for leg in walk.legs if leg.id == "S01")
        if leg.rollout is None or leg.seen is None:
            continue
        moments = (leg.seen.at, walk.now)
        truths = [stage.world.seen(subject, moment) for moment in moments]
        if leg.rollout.state is RolloutState.FINISHED or leg.stage in (Stage.VERIFYING, Stage.GATE, Stage.DONE):
            assert any(is_done(truth, step.target) for truth in truths)
        if leg.rollout.state is RolloutState.FAILED:
            assert any(has_failed(truth) for truth in truths)
        if leg.rollout.is_under_way:
            assert not all(is_done(truth, step.target) for truth in truths)
    return walker.walk


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_however_it_ends(tmp_path: Path, outcome: str) -> None:
    async with staged(tmp_path / "walks", "1.30", *([outcome] if outcome else [])) as stage:
        await walk_and_compare(stage)


@pytest.mark.parametrize("fault", WIRE)
async def test_whatever_goes_wrong_on_the_wire(tmp_path: Path, fault: str) -> None:
    async with staged(tmp_path / "walks", "1.30", fault) as stage:
        walk = await walk_and_compare(stage)
        confirmed = sum(line.text.startswith("confirmed") for line in walk.log)
        assert stage.puts <= confirmed
