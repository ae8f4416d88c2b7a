"""Walks for the pictures: the events of a change that goes well, goes wrong or waits, at moments that never differ."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from planner import events as e
from planner.acceptance import POOLS_STAY, Acceptance
from planner.documents.datablock import digest_of
from planner.documents.markdown import render
from planner.events import Decision, Event
from planner.goals import parse_goal
from planner.journal import Journal, journal_path
from planner.legs import Leg, Stage
from planner.locks import Holder, acquire, lock_path
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.ports import Prepared, Source
from planner.sighting import PoolSight, Sighting, sight
from planner.walk import Walk, advance, begin
from planner.walking import Crew
from tui import places
from tui.app import PlannerApp
from tui.open_walk import OpenWalk
from tui.screens.journals import JournalsScreen
from tui.screens.requests import RequestsScreen
from tui.screens.upgrade import UpgradeScreen
from tui.walking import Outfit, Walking

ACCOUNT, TENANT = "grace@example.com", "contoso.example"
PRINT = e.Fingerprint("", "Succeeded", "Succeeded", (), "", "", "0" * 64)
UNDER_WAY = "Upgrading", "Upgrading"


class Course:
    """A walk as it goes; every step of the story adds events."""

    def __init__(self, plan: Plan, seen: Sighting, now: datetime) -> None:
        self.events: list[Event] = [e.Began(now, "grace", "desk", digest_of(plan), plan)]
        self.walk, _ = begin(self.events[0])  # type: ignore[arg-type]
        self._seen, self.now = seen, now

    @property
    def leg(self) -> Leg:
        """The leg whose turn it is."""
        assert self.walk.leg is not None
        return self.walk.leg

    def feed(self, event: Event) -> None:
        """This happened."""
        self.walk, _ = advance(self.walk, event)
        self.events.append(event)

    def later(self, minutes: float = 1) -> datetime:
        """Time has passed."""
        self.now += timedelta(minutes=minutes)
        return self.now

    def look(self, minutes: float = 1, **changes: object) -> None:
        """A look that shows what was seen before, but for these changes."""
        self._seen = replace(self._seen, at=self.later(minutes), **changes)  # type: ignore[arg-type]
        self.feed(e.Looked(self.now, self.leg.id, self._seen))

    def rolled(self, nodes: int, states: tuple[str, str], minutes: float = 2, error: str = "") -> None:
        """So many nodes of the first pool are on the target."""
        step = self.leg.step
        assert step is not None
        pool = (self._seen.pools or ())[0]
        ready = tuple((version, count) for version, count in ((step.origin, 3 - nodes), (step.target, nodes)) if count)
        pools = (PoolSight(pool.name, pool.os_sku, 3, ready, states[0], states[1]),)
        provisioning, current = states
        self.look(
            minutes,
            version=step.target,
            provisioning_state=provisioning,
            current_state=current,
            pools=pools,
            error=error,
        )

    def tick(self) -> None:
        """What a person looks at is ticked."""
        leg = self.leg
        for check in leg.after if leg.stage is Stage.VERIFYING else leg.before:
            if check.id not in {tick.item for tick in leg.ticks if tick.mark == "ok"}:
                self.feed(e.Ticked(self.later(0.5), check.id, True, "grace"))

    def to_ready(self) -> None:
        """Pre-flight, and the checks of the next step."""
        self.look()
        self.tick()
        self.look()
        self.tick()

    def send(self) -> None:
        """The name is typed, and the request leaves."""
        step, subject = self.leg.step, self.walk.plan.subject
        assert step is not None
        self.feed(e.Confirmed(self.later(), step.id, "grace", subject.name, PRINT))
        order = e.Order(step.id, subject.id, subject.name, step.origin, step.target)
        self.feed(e.Intended(self.later(0.1), step.id, order, "0" * 64, '"1"', "request"))

    def to_running(self) -> None:
        """Accepted, and three quarters of an hour later."""
        self.to_ready()
        self.send()
        self.feed(e.Accepted(self.later(0.1), self.leg.id, "https://operation.invalid/", "6a1f0c52-0b7e-4a51-9f0e"))
        self.feed(e.Polled(self.later(0.5), self.leg.id, "Updating"))
        self.rolled(0, UNDER_WAY, 4)
        self.rolled(1, UNDER_WAY, 24)
        self.feed(e.TimePassed(self.later(1.5)))

    def to_gate(self) -> None:
        """Everything verified."""
        self.to_running()
        self.rolled(3, ("Succeeded", "Succeeded"), 12)
        self.tick()

    def proceed(self) -> None:
        """On to the next leg."""
        self.feed(e.Decided(self.later(), self.leg.id, Decision.PROCEED, "grace"))


def _preflight(course: Course) -> None:
    course.look()
    for item in ("PRE.3", "PRE.4"):
        course.feed(e.Ticked(course.later(), item, True, "grace"))


def _timed_out(course: Course) -> None:
    course.to_running()
    course.feed(e.Polled(course.later(0.5), course.leg.id, "Failed"))
    course.rolled(1, ("Failed", "Upgrading"))


def _attention(course: Course) -> None:
    course.to_running()
    course.rolled(1, ("Failed", "Failed"), error="The node pool did not become ready in time.")


def _doubt(course: Course) -> None:
    course.to_ready()
    course.send()
    course.feed(e.Doubted(course.later(0.2), course.leg.id, "The connection broke before Azure answered."))
    course.look(0.5)


def _verify(course: Course) -> None:
    course.to_running()
    course.rolled(3, ("Succeeded", "Succeeded"), 12)


def _hop(course: Course) -> None:
    step = course.leg.step
    course.look(1, offered=(step.target,) if step is not None else ())
    course.tick()
    course.send()
    course.feed(e.Accepted(course.later(0.1), course.leg.id, "", ""))
    course.rolled(3, ("Succeeded", "Succeeded"), 40)
    course.tick()


def _release(course: Course) -> None:
    step = course.leg.step
    course.tick()
    course.feed(e.Started(course.later(), course.leg.id, "ada"))
    course.look(150, release=step.target if step is not None else "", update_state="AppliedSuccessfully")
    course.tick()


def _decision(course: Course) -> None:
    """What people decide: agreed on, and ticked."""
    course.tick()
    course.feed(e.Started(course.later(), course.leg.id, "ada"))
    course.look()
    course.tick()


def _step(course: Course) -> None:
    kind = course.leg.step.kind if course.leg.step is not None else None
    known = {StepKind.KUBERNETES: _hop, StepKind.RELEASE: _release}
    known.get(kind, _decision)(course)


def _guided(course: Course) -> None:
    """Up to a release update, which somebody else makes."""
    course.to_gate()
    course.proceed()
    course.look()
    while course.leg.step is not None and course.leg.step.kind is not StepKind.RELEASE:
        _step(course)
        course.proceed()
        course.look()
    course.tick()


def _done(course: Course) -> None:
    course.to_gate()
    course.proceed()
    while course.walk.leg is not None:
        course.look()
        _step(course)
        course.proceed()


STORIES: dict[str, Callable[[Course], None]] = {
    "preflight": _preflight,
    "ready": Course.to_ready,
    "confirm": Course.to_ready,
    "running": Course.to_running,
    "timed-out": _timed_out,
    "attention": _attention,
    "doubt": _doubt,
    "verify": _verify,
    "gate": Course.to_gate,
    "guided": _guided,
    "done": _done,
}


@contextmanager
def pose(app: PlannerApp, name: str) -> Iterator[None]:
    """Put what a picture shows on the stage of an app that has a plan on the table."""
    if name == "journals":
        with _journals(app):
            yield
    elif name == "requests":
        _requests(app)
        yield
    else:
        _walk(app, name)
        yield


def course_of(app: PlannerApp, name: str) -> Course:
    """The story of a picture, told on the plan of the app."""
    job, lens = app.state.job, app.state.lens
    assert job is not None and lens is not None and app.state.inventory is not None
    cluster = app.state.inventory.by_key[job.key]
    judge, consent = lens.judge, Acceptance(POOLS_STAY, "agreed with their owner", app.state.inventory.as_of.date())
    plan = build_plan(cluster, parse_goal(job.goal, lens.catalog), judge, lens.routes, (consent,))
    seen = sight(judge, cluster, plan.steps[0].target)
    seen = replace(seen, connectivity="Connected", provisioning_state="Succeeded", current_state="Succeeded")
    course = Course(plan, seen, app.state.inventory.as_of)
    STORIES[name](course)
    return course


def _walk(app: PlannerApp, name: str) -> None:
    walk = course_of(app, name).walk
    shown = OpenWalk(walk.plan.subject.name, "arcstep walk wms-dc1.md", walk=walk, who=f"{ACCOUNT} in {TENANT}")
    app.state = replace(app.state, may_upgrade=True, walk=shown)
    app.push_screen(places.walk())


def cover(app: PlannerApp, name: str) -> None:
    """Ask what the picture is about over the walk, once that is drawn."""
    shown = app.state.walk
    walk = shown.walk if shown is not None else None
    if name == "confirm" and walk is not None and walk.leg is not None and walk.leg.step is not None:
        app.push_screen(UpgradeScreen(walk.leg.step, Posed(app, walk)))


class Posed(Walking):
    """A walk about to upgrade, on which nothing is ever sent."""

    def __init__(self, app: PlannerApp, walk: Walk) -> None:
        super().__init__(app, None)
        self._walk = walk

    @property
    def resource_group(self) -> str:
        """Of the plan."""
        return self._walk.plan.subject.resource_group

    async def prepare(self) -> Prepared:
        """As Azure would show it."""
        leg, subject = self._walk.leg, self._walk.plan.subject
        assert leg is not None and leg.step is not None
        order = e.Order(leg.id, subject.id, subject.name, leg.step.origin, leg.step.target)
        diff = (("/properties/kubernetesVersion", order.origin, order.target),)
        return Prepared(order, PRINT, diff, self._walk.now, ACCOUNT, TENANT, ())


@contextmanager
def _journals(app: PlannerApp) -> Iterator[None]:
    """Two walks of this fleet, one of them in other hands, and a plan nobody has begun."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        walks = Path(name) / "walks"
        walks.mkdir(mode=0o700)
        course = course_of(app, "running")
        plan = course.walk.plan
        _keep(walks, plan, course.events)
        other = replace(
            plan, subject=replace(plan.subject, name="sorter-1", id=plan.subject.id.replace("wms-dc1", "sorter-1"))
        )
        waiting = course_of(app, "preflight")
        _keep(walks, other, [replace(waiting.events[0], plan=other, digest=digest_of(other)), *waiting.events[1:]])
        Path("sorter-2.md").write_text(render(replace(plan, subject=replace(plan.subject, name="sorter-2"))), "utf-8")

        async def crew(source: Source, plan: Plan, digest: str, catalog: object) -> Crew:
            raise AssertionError("nobody walks in a picture")

        app.walking.outfit = Outfit(crew, lambda _: walks, lambda _, file: f"arcstep walk {file}")
        since = course.walk.now - timedelta(minutes=50)
        holder = Holder(4711, "jump-host", "ada", since)
        with acquire(lock_path(walks, plan.subject.id, plan.subject.name), holder):
            app.push_screen(JournalsScreen())
            yield


def _keep(directory: Path, plan: Plan, events: list[Event]) -> None:
    began = events[0]
    assert isinstance(began, e.Began)
    with Journal.create(journal_path(directory, plan, began.digest), began) as journal:
        for event in events[1:]:
            if not isinstance(event, e.TimePassed):
                journal.append(event)


def _requests(app: PlannerApp) -> None:
    """What an upgrade leaves in the command log."""
    walk = course_of(app, "running").walk
    subject, at = walk.plan.subject, iter(range(100))
    app.state = replace(app.state, may_upgrade=True)
    log = app.requests
    log._clock = lambda: walk.now + timedelta(seconds=next(at))
    state = f"{subject.id}/providers/Microsoft.HybridContainerService/provisionedClusterInstances/default"
    step = walk.plan.steps[0]
    log.request("POST", "/providers/Microsoft.ResourceGraph/resources", 200, 0.183)
    log.request("GET", f"{state}/upgradeProfiles/default", 200, 0.211)
    log.command(" ".join(next(c.argv for c in step.commands if "--kubernetes-version" in c.argv)))
    log.request("GET", state, 200, 0.164)
    log.request("GET", f"{state}/agentPools", 200, 0.198)
    log.request("PUT", state, 201, 1.874)
    log.request(
        "GET", "/providers/Microsoft.HybridContainerService/locations/westeurope/operationStatuses/7f3c", 429, 0.05
    )
    log.request(
        "GET", "/providers/Microsoft.HybridContainerService/locations/westeurope/operationStatuses/7f3c", 200, 0.143
    )
    app.push_screen(RequestsScreen())
