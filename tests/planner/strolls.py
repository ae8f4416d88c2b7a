"""Walks for tests: a plan with hops and a release update, and what looks show on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from planner import events as e
from planner.events import Event, Fingerprint
from planner.knowledge import load_catalog
from planner.legs import Leg
from planner.path import Routes, parse_goal
from planner.plan import Plan
from planner.planning import build_plan
from planner.sighting import Image, PoolSight, Sighting
from planner.support import Judge
from planner.walk import Command, Walk, advance, begin
from tests.builders import AS_OF, cluster, inventory

CATALOG = load_catalog()
PRINT = Fingerprint("1.29.13", "Succeeded", "Succeeded", ("pool1",), "cl", '"tag"', "0" * 64)


def plan_to(goal: str = "supported", running: str = "1.29.13", release: str = "12.2510") -> Plan:
    subject = cluster(running=running)
    fleet = inventory(subject, release=release)
    return build_plan(subject, parse_goal(goal, CATALOG), Judge(fleet, CATALOG, AS_OF), Routes(CATALOG), ())


PLAN = plan_to()
"""S01 Kubernetes 1.29.13 → 1.30.14, S02 release 12.2510 → 2602, S03 Kubernetes 1.30.14 → 1.31.13."""


def at(minutes: float = 0) -> datetime:
    return AS_OF + timedelta(minutes=minutes)


def seen(
    version: str = "1.29.13",
    states: str = "Succeeded Succeeded",
    nodes: dict[str, int] | None = None,
    *,
    when: datetime = AS_OF,
    offered: tuple[str, ...] | None = ("1.30.14", "1.29.14"),
    **changes: object,
) -> Sighting:
    """What a look shows: `nodes` are the ready nodes of the one pool of three, all on `version` by default."""
    provisioning, _, current = states.partition(" ")
    ready = tuple((nodes if nodes is not None else {version: 3}).items())
    sighting = Sighting(
        at=when,
        version=version,
        provisioning_state=provisioning,
        current_state=current,
        connectivity="Connected",
        pools=(PoolSight("pool1", "CBLMariner", 3, ready, "Succeeded", "Succeeded"),),
        offered=offered,
        images=tuple(Image(target, "CBLMariner", True) for target in offered or ()),
        release="12.2510",
        build="12.2510.1002.531",
        update_state="AppliedSuccessfully",
        listed=True,
        modified_at=AS_OF - timedelta(days=9),
    )
    return replace(sighting, **changes)  # type: ignore[arg-type]


class Stroll:
    """A walk under test: feeds events one minute apart, and remembers commands and events."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.events: list[Event] = [e.Began(AS_OF, "grace", "desk", "d" * 64, plan)]
        self.walk, commands = begin(self.events[0])  # type: ignore[arg-type]
        self.commands: list[Command] = list(commands)
        self.minute = 0.0

    @property
    def leg(self) -> Leg:
        assert self.walk.leg is not None
        return self.walk.leg

    def feed(self, event: Event) -> Walk:
        walk, commands = advance(self.walk, event)
        self.walk = walk
        self.events.append(event)
        self.commands = list(commands)
        return walk

    def later(self, minutes: float = 1) -> datetime:
        self.minute += minutes
        return at(self.minute)

    def look(self, sighting: Sighting | None = None, minutes: float = 1) -> Walk:
        moment = self.later(minutes)
        sighting = replace(sighting or seen(), at=moment)
        return self.feed(e.Looked(moment, self.leg.id, sighting))

    def tick_all(self) -> Walk:
        """Tick what people have to tick of the current leg."""
        leg = self.leg
        checks = leg.before if leg.stage in ("checking", "ready") else leg.after
        for check in checks:
            if check.manual and self.walk.leg is not None and self.walk.leg.check(check.id):
                self.feed(e.Ticked(self.later(), check.id, True, "grace"))
        return self.walk

    def to_ready(self, sighting: Sighting | None = None) -> Walk:
        """Through the pre-flight list to a first step that may start."""
        self.look(sighting)
        self.tick_all()
        self.look(sighting)
        return self.tick_all()

    def confirm(self) -> Walk:
        name = self.walk.plan.subject.name
        return self.feed(e.Confirmed(self.later(), self.leg.id, "grace", name, PRINT))

    def intend(self) -> Walk:
        step = self.leg.step
        assert step is not None
        subject = self.walk.plan.subject
        order = e.Order(step.id, subject.id, subject.name, step.origin, step.target)
        return self.feed(e.Intended(self.later(0.1), step.id, order, "0" * 64, '"tag"', "request"))

    def accept(self) -> Walk:
        return self.feed(e.Accepted(self.later(0.1), self.leg.id, "https://arm.test/op?c=secret", "correlation"))

    def to_running(self) -> Walk:
        self.to_ready()
        self.confirm()
        self.intend()
        return self.accept()
