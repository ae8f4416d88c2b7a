"""A history: one walk, killed at random moments and taken up again, and what must be true of it afterwards.

Compared are three records of the same thing: what the server got, what the journal holds, and what the cluster is.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

from planner import events as e
from planner.azure.upgrade_body import VERSION_POINTER, differences
from planner.documents.markdown import render
from planner.emulator.fleet import bundled
from planner.emulator.server import EmulatorThread, LogEntry
from planner.emulator.world import Fault
from planner.events import Event
from planner.journal import journal_path, read
from planner.knowledge import load_catalog
from planner.path import Routes, parse_goal
from planner.plan import Plan
from planner.planning import build_plan
from planner.support import Judge
from planner.walk import replay
from tests.walking.nursery import Errand, Nursery

SPEED = 1200.0
"""Emulated seconds in a second: an upgrade takes one to three seconds."""
CLUSTER, GOAL = "wms-dc1", "1.32"
MISHAPS = (
    *("put:lost!", "put:503!", "put:reset!", "put:cut!", "put:429!", "put:409!", "put:no-operation!"),
    *("operation:401!", "operation:404!", "operation:html!", "operation:503!", "cluster:500!", "pools:html!"),
    "outcome:timed-out!",
)


@dataclass(frozen=True)
class History:
    """What was recorded, and how often the walk was killed."""

    plan: Plan
    log: list[LogEntry]
    events: tuple[Event, ...]
    problems: tuple[str, ...]
    kills: int
    version: str
    """Where the cluster is in the end."""

    def check(self) -> None:
        """Every invariant. Raises AssertionError."""
        assert self.problems == ()
        walk = replay(self.events)
        assert walk.is_over
        assert self.version == self.plan.steps[-1].target
        puts = [entry for entry in self.log if entry.method == "PUT"]
        assert [entry for entry in self.log if not entry.is_read] == puts
        intents = [event for event in self.events if isinstance(event, e.Intended)]
        for step in self.plan.steps:
            confirmed = [event for event in self.events if isinstance(event, e.Confirmed) and event.step == step.id]
            written = [intent for intent in intents if intent.step == step.id]
            sent = [put for put in puts if _target(put) == step.target]
            assert 1 <= len(sent) <= len(written) <= len(confirmed), step.id
        for put in puts:
            self._check_put(put, intents)

    def _check_put(self, put: LogEntry, intents: list[e.Intended]) -> None:
        assert any(intent.body_sha256 == put.body_sha256 and intent.at <= put.moment for intent in intents)
        looks = [entry for entry in self.log[: put.index] if entry.method == "GET" and entry.path == put.path]
        assert looks and put.at - looks[-1].at <= 30
        before, after = json.loads(put.before), json.loads(put.body)
        for document in (before, after):
            for own in ("id", "name", "type", "systemData"):
                document.pop(own, None)
            for own in ("provisioningState", "status"):
                document["properties"].pop(own, None)
        assert list(differences(before, after)) == [VERSION_POINTER]


def _target(put: LogEntry) -> str:
    return json.loads(put.body)["properties"]["kubernetesVersion"]


def _wait_for_a_moment(dice: random.Random, emulator: EmulatorThread, folder: Path) -> None:
    """Any moment, or one just after an intent was written down or a PUT arrived: those are the ones that hurt."""

    def puts() -> int:
        return sum(entry.method == "PUT" for entry in emulator.log)

    def intents() -> int:
        return sum(path.read_bytes().count(b'"Intended"') for path in (folder / "walks").glob("*.jsonl"))

    what = dice.choice((None, puts, intents))
    deadline = time.monotonic() + dice.uniform(0.0, 3.0)
    before = what() if what else 0
    while time.monotonic() < deadline:
        if what and what() > before:
            time.sleep(dice.uniform(0.0, 0.05))
            return
        time.sleep(0.001)


async def a_plan() -> Plan:
    """Three hops of a cluster of the demo fleet."""
    from planner.emulator.demo import DemoSource

    source = DemoSource()
    try:
        inventory = await source.load()
        cluster = next(one for one in inventory.clusters if one.name == CLUSTER)
        inventory = await source.refresh(inventory, cluster)
    finally:
        await source.close()
    catalog = load_catalog()
    fresh = inventory.by_key[cluster.key]
    judge = Judge(inventory, catalog, inventory.as_of)
    return build_plan(fresh, parse_goal(GOAL, catalog), judge, Routes(catalog), ())


def record(seed: int, plan: Plan, nursery: Nursery, folder: Path, kills: int) -> History:
    """One history with at most so many kills; the last process walks to the end."""
    dice = random.Random(seed)
    folder.mkdir(parents=True)
    path = folder / "plan.md"
    text = render(plan)
    path.write_text(text, "utf-8")
    world = bundled("demo")
    cluster = world.cluster(CLUSTER)
    cluster.faults += [Fault.parse(text) for text in dice.sample(MISHAPS, dice.randrange(3))]
    emulator = EmulatorThread(world, speed=0, quota=False, latency=dice.choice((0.0, 0.005, 0.02)))
    emulator.start()
    try:
        emulator.start_clock(SPEED)
        errand = Errand(
            url=emulator.url,
            ca_file=str(emulator.ca_file),
            tenant=world.tenant,
            plan=str(path),
            directory=str(folder / "walks"),
            start=emulator.now().isoformat(),
            ticks=time.monotonic(),
            speed=SPEED,
        )
        done = 0
        for _ in range(kills):
            pid = nursery.start(errand)
            _wait_for_a_moment(dice, emulator, folder)
            nursery.kill(pid)
            if nursery.wait() == 0:
                break
            done += 1
        nursery.start(errand)
        assert nursery.wait() == 0
        from planner.documents.datablock import digest_of

        kept = read(journal_path(folder / "walks", plan, digest_of(plan)))
        version = world.seen(cluster, emulator.now()).version
        return History(plan, list(emulator.log), kept.events, kept.problems, done, version)
    finally:
        emulator.close()


def main() -> None:
    """`python -m tests.walking.history [N]`: so many histories of five kills each, a line a history."""
    import asyncio
    import sys
    import tempfile

    number = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    plan = asyncio.run(a_plan())
    kills = 0
    with Nursery() as nursery, tempfile.TemporaryDirectory(prefix="arcstep-histories-") as folder:
        for seed in range(number):
            history = record(seed, plan, nursery, Path(folder) / str(seed), kills=5)
            history.check()
            kills += history.kills
            puts = sum(entry.method == "PUT" for entry in history.log)
            print(f"history {seed}: {history.kills} kills, {puts} PUTs for {len(plan.steps)} hops, all invariants hold")
    print(f"{number} histories, {kills} kills")


if __name__ == "__main__":
    main()
