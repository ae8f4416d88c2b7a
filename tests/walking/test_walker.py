"""A walk in one process, against the emulator: the journal comes first, doubt is found out, and nobody else may decide."""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner import events as e
from planner.acceptance import POOLS_STAY, Acceptance
from planner.azure.reader import AzureSource
from planner.azure.settings import AzureSettings
from planner.emulator.fleet import bundled
from planner.emulator.offstage import play
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from planner.journal import read
from planner.knowledge import load_catalog
from planner.legs import Stage
from planner.path import Routes, parse_goal
from planner.plan import Plan, Step
from planner.planning import build_plan
from planner.ports import SourceError
from planner.support import Judge
from planner.walk import Walk, WalkError, replay
from planner.walker import Walker
from planner.walking import Crew, Session, as_kept, plan_of, take_up
from tests.walking.person import NAME, Person, hurried

CATALOG = load_catalog()
SPEED = 3600.0
"""Emulated seconds in a second: an upgrade takes less than one."""
PATIENCE = 30.0
DIGEST = "d" * 64


@dataclass
class Scene:
    """Everything a walk needs: the emulated Azure, a source, a plan, a directory."""

    world: World
    emulator: Emulator
    source: AzureSource
    plan: Plan
    folder: Path

    async def take_up(self, *, may_upgrade: bool = True, by: str = NAME) -> Session:
        upgrader = await self.source.upgrader(deadline=1.0) if may_upgrade else None
        crew = Crew(by, "desk", self.emulator.now, self.source, upgrader, SPEED, self._play)
        return take_up(self.plan, DIGEST, crew, CATALOG, self.folder)

    def _play(self, step: Step) -> None:
        play(self.world, self.plan, step, self.emulator.now(), CATALOG)

    @property
    def puts(self) -> int:
        return sum(entry.method == "PUT" for entry in self.emulator.log)

    @property
    def writes(self) -> list[str]:
        return [entry.method for entry in self.emulator.log if not entry.is_read]


@asynccontextmanager
async def staged(folder: Path, goal: str, *faults: str) -> AsyncIterator[Scene]:
    world = bundled("demo")
    cluster = world.cluster("wms-dc1")
    async with Emulator(world, speed=0, quota=False) as emulator:
        source = AzureSource(
            AzureSettings(
                tenant=world.tenant,
                auth="static",
                arm_endpoint=emulator.url,
                ca_bundle=emulator.ca_file,
                now=emulator.now,
                token=lambda: "emulator",
            ),
            hurried(),
        )
        inventory = await source.load()
        found = inventory.by_key[cluster.id.casefold()]
        inventory = await source.refresh(inventory, found)
        judge = Judge(inventory, CATALOG, inventory.as_of)
        consent = Acceptance(POOLS_STAY, "agreed with their owner", judge.today)
        plan = build_plan(inventory.by_key[found.key], parse_goal(goal, CATALOG), judge, Routes(CATALOG), (consent,))
        cluster.faults += [Fault.parse(text) for text in faults]
        emulator.start_clock(SPEED)
        try:
            yield Scene(world, emulator, source, plan, folder)
        finally:
            await source.close()


@asynccontextmanager
async def running(session: Session) -> AsyncIterator[Walker]:
    task = asyncio.create_task(session.walker.run())
    try:
        yield session.walker
    finally:
        task.cancel()
        await session.close()


async def until(walker: Walker, *stages: Stage, step: str = "S01") -> Walk:
    """Wait until the leg of a step is in one of these stages."""
    turn = asyncio.Event()
    before = walker.changed

    def notice(walk: Walk) -> None:
        if before is not None:
            before(walk)
        turn.set()

    walker.changed = notice
    async with asyncio.timeout(PATIENCE):
        while not any(leg.id == step and leg.stage in stages for leg in walker.walk.legs):
            await turn.wait()
            turn.clear()
    walker.changed = before
    return walker.walk


async def test_hops_and_a_release_update_to_the_end(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "supported") as stage:
        assert [step.kind for step in stage.plan.steps] == ["kubernetes", "decide", "release", "kubernetes"]
        session = await stage.take_up()
        async with running(session) as walker, asyncio.timeout(PATIENCE):
            walk = await Person(walker).walk()
        assert [leg.stage for leg in walk.legs] == [Stage.DONE] * 5
        assert stage.puts == len(stage.writes) == 2
        assert (
            stage.world.seen(stage.world.cluster("wms-dc1"), stage.emulator.now()).version == stage.plan.steps[3].target
        )
        record = read(session.journal)
        assert record.problems == () and replay(record.events).is_over
        assert plan_of(session.journal) == (stage.plan, DIGEST)


async def test_without_the_right_to_upgrade_nothing_is_written_and_the_walk_still_ends(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "1.30") as stage:
        session = await stage.take_up(may_upgrade=False)
        async with running(session) as walker, asyncio.timeout(PATIENCE):
            person = Person(walker, by_hand=True)
            await until(walker, Stage.TODO, Stage.CHECKING)
            with pytest.raises(WalkError):
                await walker.prepare()
            walk = await person.walk()
        assert walk.is_over
        assert stage.writes == []


async def test_a_lost_answer_is_found_out_and_sent_once(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "1.30", "put:lost!") as stage:
        session = await stage.take_up()
        async with running(session) as walker, asyncio.timeout(PATIENCE):
            person = Person(walker)
            walk = await person.walk()
        assert walk.is_over
        assert stage.puts == 1
        stages = [leg.stage for seen in person.seen for leg in seen.legs if leg.id == "S01"]
        assert Stage.DOUBT in stages


async def test_what_the_service_denies_is_explained_and_may_be_confirmed_again(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "1.30", "outcome:admission!") as stage:
        session = await stage.take_up()
        async with running(session) as walker, asyncio.timeout(PATIENCE):
            person = Person(walker)
            walk = await person.walk()
        told = [leg.refusal for seen in person.seen for leg in seen.legs if leg.id == "S01" and leg.refusal is not None]
        assert {complaint.name for refusal in told for complaint in refusal.complaints} == {"K8sVersionValidation"}
        assert walk.is_over and stage.puts == 2


@pytest.mark.parametrize(
    ("outcome", "expected"), [("stuck", Stage.ATTENTION), ("partial", Stage.ATTENTION), ("failed", Stage.ATTENTION)]
)
async def test_what_ends_badly_needs_attention_and_starts_nothing_more(
    tmp_path: Path, outcome: str, expected: Stage
) -> None:
    async with staged(tmp_path / "walks", "1.32", f"outcome:{outcome}") as stage:
        session = await stage.take_up()
        async with running(session) as walker, asyncio.timeout(PATIENCE):
            walking = asyncio.create_task(Person(walker).walk())
            await until(walker, expected)
            walking.cancel()
        assert stage.puts == 1


async def test_a_walk_is_taken_up_where_reality_is(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "1.30") as stage:
        first = await stage.take_up()
        async with running(first) as walker:
            walking = asyncio.create_task(Person(walker).walk())
            await until(walker, Stage.RUNNING)
            walking.cancel()
        second = await stage.take_up(by="linus")
        async with running(second) as walker, asyncio.timeout(PATIENCE):
            walk = await Person(walker).walk()
        assert walk.is_over and stage.puts == 1
        assert any(isinstance(event, e.Reopened) and event.by == "linus" for event in read(second.journal).events)


async def test_what_a_journal_tells_needs_no_network(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "1.30") as stage:
        assert as_kept(stage.plan, DIGEST, stage.folder) is None
        session = await stage.take_up()
        async with running(session) as walker:
            walking = asyncio.create_task(Person(walker).walk())
            await until(walker, Stage.RUNNING)
            walking.cancel()
    walk = as_kept(stage.plan, DIGEST, stage.folder)
    assert walk is not None and [leg.stage for leg in walk.legs] == [Stage.DONE, Stage.RUNNING]


async def test_the_second_one_may_only_watch_and_sees_who_has_it(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "1.30") as stage:
        first, second = await stage.take_up(), await stage.take_up(by="linus")
        assert first.holder is None
        assert second.holder is not None and second.holder.user == NAME
        assert not second.walker.may_upgrade
        with pytest.raises(WalkError, match="only shown"):
            second.walker.act(e.Noted(second.walker.now, "S01", "mine", "linus"))
        await first.close()
        await second.close()
        third = await stage.take_up(by="linus")
        assert third.holder is None
        await third.close()


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """No file may grow beyond the size this one has now."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
async def test_without_a_durable_intent_nothing_is_sent(tmp_path: Path) -> None:
    async with staged(tmp_path / "walks", "1.30") as stage:
        session = await stage.take_up()
        async with running(session) as walker, asyncio.timeout(PATIENCE):
            walking = asyncio.create_task(Person(walker, starts=False).walk())
            await until(walker, Stage.READY)
            walking.cancel()
            prepared = await walker.prepare()
            with full_disk(session.journal), pytest.raises(SourceError, match="journal"):
                walker.confirm(prepared, prepared.order.name, NAME)
            walker.confirm(prepared, prepared.order.name, NAME)
            with full_disk(session.journal):
                await until(walker, Stage.CHECKING)
            (leg,) = [leg for leg in walker.walk.legs if leg.id == "S01"]
            assert leg.refusal is not None and "could not be written down" in leg.refusal.why
        assert stage.writes == []
