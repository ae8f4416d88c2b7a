"""A walk against a model of Azure with a nemesis: lost answers, crashes, wrong polls, other people. What must never happen.

The model knows the truth; the walk knows only what it is told. Nothing here waits: time is a number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from planner import events as e
from planner.events import Decision, Event
from planner.legs import Stage
from planner.proofs import Mark
from planner.rollout import RolloutState
from planner.sighting import PoolSight, Sighting
from planner.walk import Command, Poll, Send, Walk, WalkError, advance, begin, is_worth_keeping, replay
from tests.builders import AS_OF
from tests.planner.strolls import PLAN, PRINT, seen

FIRST = PLAN.steps[0]


@dataclass
class Truth:
    """One cluster and the operations on it, as they really are."""

    version: str = FIRST.origin
    provisioning: str = "Succeeded"
    current: str = "Succeeded"
    rolled: int = 3
    """Ready nodes on `version`; the rest is on the origin."""
    modified: datetime = AS_OF - timedelta(days=9)
    puts: int = 0
    operation: str = ""

    def look(self, at: datetime) -> Sighting:
        ready = {self.version: self.rolled, FIRST.origin: 3 - self.rolled}
        if self.version == FIRST.origin:
            ready = {FIRST.origin: 3}
        pool = PoolSight(
            "pool1", "CBLMariner", 3, tuple((v, n) for v, n in ready.items() if n), "Succeeded", "Succeeded"
        )
        shown = seen(self.version, f"{self.provisioning} {self.current}", when=at)
        return replace(shown, pools=(pool,), modified_at=self.modified)

    @property
    def busy(self) -> bool:
        return "Upgrading" in (self.provisioning, self.current)

    @property
    def done(self) -> bool:
        states = (self.provisioning, self.current)
        return self.version == FIRST.target and self.rolled == 3 and states == ("Succeeded", "Succeeded")

    def put(self, at: datetime) -> None:
        self.puts += 1
        self.version, self.rolled, self.modified = FIRST.target, 0, at
        self.provisioning = self.current = "Upgrading"
        self.operation = "Updating"


class Walking(RuleBasedStateMachine):
    """The first step of a plan, walked by somebody careless while everything goes wrong."""

    @initialize()
    def start(self) -> None:
        self.now = AS_OF
        self.truth = Truth()
        self.kept: list[Event] = []
        self.waiting: list[Command] = []
        began = e.Began(self.now, "grace", "desk", "d" * 64, PLAN)
        self.kept.append(began)
        self.walk, commands = begin(began)
        self.waiting = list(commands)
        self.confirmations = 0
        self.sending: Send | None = None

    def feed(self, event: Event) -> bool:
        """Judge, keep, count, as the shell does. False = refused."""
        try:
            walk, commands = advance(self.walk, event)
        except WalkError:
            return False
        if is_worth_keeping(self.walk, walk, event):
            self.kept.append(event)
        self.walk = walk
        self.waiting += commands
        return True

    def tick_clock(self, minutes: float) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    @property
    def leg_id(self) -> str:
        return self.walk.leg.id if self.walk.leg else "-"

    @rule(minutes=st.floats(0.1, 30))
    def look(self, minutes: float) -> None:
        at = self.tick_clock(minutes)
        self.feed(e.Looked(at, self.leg_id, self.truth.look(at)))
        self.shown = self.truth.look(at)

    @rule(minutes=st.floats(0.1, 10))
    def wait(self, minutes: float) -> None:
        self.feed(e.TimePassed(self.tick_clock(minutes)))

    @rule()
    def tick_everything(self) -> None:
        leg = self.walk.leg
        for check in (*leg.before, *leg.after) if leg else ():
            self.feed(e.Ticked(self.tick_clock(0.1), check.id, True, "grace"))

    @rule()
    def get_ready(self) -> None:
        """Straight to a step that may start, or as near as the cluster allows."""
        for _ in range(2):
            self.look(1.0)
            self.tick_everything()

    @rule(typed=st.sampled_from([PLAN.subject.name, PLAN.subject.name, "mes", ""]))
    def confirm(self, typed: str) -> None:
        if self.feed(e.Confirmed(self.tick_clock(0.1), self.leg_id, "grace", typed, PRINT)):
            assert typed == PLAN.subject.name
            self.confirmations += 1

    def _order_sent(self) -> Send | None:
        found = next((command for command in self.waiting if isinstance(command, Send)), None)
        if found is not None:
            self.waiting.remove(found)
        return found

    @rule(
        fate=st.sampled_from(
            ["accepted", "lost before", "lost after", "refused", "crash after intent", "crash after put"]
        )
    )
    def send(self, fate: str) -> None:
        """The executor: intent first, then one PUT, and an answer or none."""
        self.get_ready()
        self.confirm(PLAN.subject.name)
        order = self._order_sent()
        if order is None:
            return
        if fate == "refused" or self.truth.busy or self.truth.version != order.order.origin:
            self.feed(e.Refused(self.tick_clock(0.1), order.step, "changed", "plan again"))
            return
        assert self.feed(e.Intended(self.tick_clock(0.01), order.step, order.order, "0" * 64, "", "request"))
        if fate == "crash after intent":
            return self.crash()
        if fate != "lost before":
            self.truth.put(self.now)
        if fate == "crash after put":
            return self.crash()
        if fate == "accepted":
            self.feed(e.Accepted(self.tick_clock(0.1), order.step, "https://arm.test/op", "c"))
        else:
            self.feed(e.Doubted(self.tick_clock(0.1), order.step, "the answer was lost"))
        return None

    @rule()
    def crash(self) -> None:
        """Another process takes the walk up from what was kept; what it was about to do is forgotten."""
        self.walk = self.replayed()
        self.waiting = []
        self.feed(e.Reopened(self.tick_clock(0.1), "linus", "desk"))

    @rule(status=st.sampled_from(["Pending", "Updating", "Succeeded", "Failed", "Rebalancing"]), fails=st.booleans())
    def poll(self, status: str, fails: bool) -> None:
        """The operation may say anything at all: it is not what decides."""
        self.waiting = [command for command in self.waiting if not isinstance(command, Poll)]
        at = self.tick_clock(0.2)
        self.feed(
            e.PollFailed(at, self.leg_id, "signed out", "sign in") if fails else e.Polled(at, self.leg_id, status)
        )

    @precondition(lambda self: self.truth.busy)
    @rule(how=st.sampled_from(["node", "end", "fail", "time-out", "stuck"]))
    def azure_works(self, how: str) -> None:
        truth = self.truth
        match how:
            case "node":
                truth.rolled = min(3, truth.rolled + 1)
            case "end":
                truth.rolled, truth.provisioning, truth.current = 3, "Succeeded", "Succeeded"
            case "fail":
                truth.provisioning = truth.current = "Failed"
            case "time-out":
                truth.provisioning = "Failed"
            case _:
                truth.rolled, truth.provisioning = 3, "Succeeded"

    @precondition(lambda self: not self.truth.busy and self.truth.version == FIRST.origin)
    @rule()
    def somebody_else_upgrades(self) -> None:
        puts = self.truth.puts
        self.truth.put(self.now)
        self.truth.puts = puts

    @rule(decision=st.sampled_from([Decision.HOLD, Decision.PROCEED]))
    def decide(self, decision: Decision) -> None:
        if self.walk.leg is not None and self.walk.leg.stage is not Stage.GATE:
            self.feed(e.Decided(self.tick_clock(0.1), self.leg_id, decision, "grace"))

    # -- what must never happen

    @invariant()
    def at_most_one_put_for_a_confirmation(self) -> None:
        if hasattr(self, "truth"):
            assert self.truth.puts <= self.confirmations
            assert sum(isinstance(command, Send) for command in self.waiting) <= 1

    @invariant()
    def an_intent_stands_in_the_journal_for_every_put(self) -> None:
        if hasattr(self, "truth"):
            assert sum(isinstance(event, e.Intended) for event in self.kept) >= self.truth.puts

    @invariant()
    def done_is_never_said_before_it_was_seen(self) -> None:
        leg = self._first()
        if leg is not None and leg.stage in (Stage.VERIFYING, Stage.GATE, Stage.DONE):
            assert leg.ended is not None
            assert any(
                isinstance(event, e.Looked) and event.seen.version == FIRST.target and _whole(event.seen)
                for event in self.kept
            )

    @invariant()
    def failed_is_never_said_of_what_was_seen_working(self) -> None:
        leg = self._first()
        if (
            leg is not None
            and leg.rollout is not None
            and leg.seen is not None
            and leg.seen.current_state == "Upgrading"
        ):
            assert leg.rollout.state is not RolloutState.FAILED

    def replayed(self) -> Walk:
        """The kept events give the walk back."""
        again = replay(self.kept)
        assert _shape(again) == _shape(self.walk)
        return again

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.replayed()

    def _first(self):  # type: ignore[no-untyped-def]
        walk = getattr(self, "walk", None)
        return next((leg for leg in walk.legs if leg.id == FIRST.id), None) if walk else None


def _whole(sighting: Sighting) -> bool:
    states = (sighting.provisioning_state, sighting.current_state)
    return (
        states == ("Succeeded", "Succeeded") and sighting.pools is not None and sighting.pools[0].on(FIRST.target) == 3
    )


def _shape(walk: Walk) -> object:
    """A walk without the moments of looks that showed nothing new."""
    marks = [
        (
            leg.id,
            leg.stage,
            leg.way,
            leg.intent,
            sorted((t.item, t.mark, t.by if t.mark is Mark.OK else "") for t in leg.ticks),
        )
        for leg in walk.legs
    ]
    return marks, walk.place, walk.held, walk.aborted


TestWalking = Walking.TestCase
TestWalking.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
