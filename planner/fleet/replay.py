"""What is left of a plan on one instance, gone through in the plan's order on today's facts, by the planner's own rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from planner.ahead import Place
from planner.caveats import missing_facts
from planner.course import Reached, in_time, version_of
from planner.draft import unsettled
from planner.fates import Fate, Moved, Reason, StepFate, fate_of
from planner.fleet.crossing import Crossing, decided_before
from planner.fleet.excerpt import as_alone
from planner.fleet.hosted import Hosted, hosted_on
from planner.fleet.seen import comes_after, landed, lapsed, look, not_here, not_read, repaired, told, was_carried_on
from planner.fleetplan import FleetPlan, InstancePlan, Member, StagePlan
from planner.inventory import Instance, Unknown
from planner.moves import Platform, Update, updates
from planner.neighbours.unseen import unseen_by
from planner.plan import Step, StepKind
from planner.routes import Routes
from planner.standpoint import platform_of
from planner.support import Judge

_AS_PLANNED: Final[tuple[Reason, ...]] = ()


class Replay:
    """The steps of one instance. Keeps where everybody stands as it goes; nothing of it is kept afterwards."""

    def __init__(
        self,
        plan: FleetPlan,
        instance: InstancePlan,
        members: Sequence[Member],
        steps: Mapping[str, Step],
        judge: Judge,
        routes: Routes,
    ) -> None:
        self.plan, self.instance, self.judge, self.routes = plan, instance, judge, routes
        self.members = {id: one for one in members for id in one.steps}
        self.hosted = hosted_on(plan, instance, members, steps, judge, routes)
        self.now = _release_now(instance, judge)
        """Today's release."""
        self._steps = steps
        self._by_key = {one.cluster.key: one for one in self.hosted if one.member is not None}
        self._here, self._way = self.now, ()
        self._first_update, self._is_partial = "", False
        self._lost: tuple[str, Moved | None] | None = None
        """The update that cannot be made, and what made it so."""

    _here: Platform | Unknown
    _way: tuple[Platform, ...]

    def fates(self) -> Iterator[StepFate]:
        """The fate of every step, in order."""
        for stage in self.instance.stages:
            for id in (id for batch in stage.batches for id in batch):
                step = self._steps[id]
                reasons = self._reasons(step)
                self._remember(step, reasons)
                yield told(step, reasons)
            if stage.update:
                step = self._steps[stage.update]
                reasons = self._update(step, stage)
                if self._lost is None and fate_of(reasons) is Fate.IMPOSSIBLE:
                    self._lost = step.id, _weightiest(reasons).cause
                yield told(step, reasons)

    def cause(self) -> Moved | None:
        """A plan of instances keeps no facts: only where the catalog is the same it is certain that they moved."""
        return Moved.REALITY if self.plan.catalog_date == self.judge.catalog.newest_fact else None

    def member_of(self, step: Step) -> tuple[Member, Hosted | None]:
        """Whose step it is, and that cluster where it is on the instance now."""
        member = self.members[step.id]
        return member, self._by_key.get(member.id.casefold())

    def kind_of(self, id: str) -> StepKind:
        """The kind of a step."""
        return self._steps[id].kind

    # -- steps of one cluster --

    def _reasons(self, step: Step) -> tuple[Reason, ...]:
        if step.kind is StepKind.DECIDE:
            return _AS_PLANNED  # facts do not tell what a person decided
        member, one = self.member_of(step)
        if one is None:
            return (not_here(member, self.instance, self.judge),)
        match step.kind:
            case StepKind.REPAIR:
                return repaired(step, one)
            case StepKind.NEIGHBOUR:
                return (look(one),)
            case _:
                return self._hop(step, one)

    def _remember(self, step: Step, reasons: tuple[Reason, ...]) -> None:
        """What a step of a cluster means for the ones after it."""
        one = self.member_of(step)[1] if step.id in self.members else None
        if one is None:
            return
        fate = fate_of(reasons)
        repairs = step.kind is StepKind.REPAIR and fate is not Fate.DONE
        one.is_told = one.is_told or repairs or fate in (Fate.CHANGED, Fate.UNKNOWN, Fate.IMPOSSIBLE)
        if step.kind is StepKind.KUBERNETES and fate is Fate.IMPOSSIBLE and one.lost_by is None:
            one.lost_by = step.id, _weightiest(reasons).cause

    def _hop(self, step: Step, one: Hosted) -> tuple[Reason, ...]:
        assert one.course is not None  # the plan knows whose step it is
        match one.course.hop(step):
            case Reached.BEHIND:
                return (landed(step, one),)
            case Reached.ASTRAY if was_carried_on(one, self.instance, self.judge.catalog):
                return (landed(step, one),)
            case Reached.ASTRAY:
                return (Reason(f"{one.name} runs {one.course.version}, off the plan's path", Moved.REALITY),)
            case Reached.UNREAD:
                return (Reason(f"the version of {one.name} could not be read", None, Fate.UNKNOWN),)
            case Reached.AHEAD:
                return self._hop_ahead(step, one)

    def _hop_ahead(self, step: Step, one: Hosted) -> tuple[Reason, ...]:
        assert one.course is not None
        for lost in (self._lost, one.lost_by):
            if lost is not None:
                return (comes_after(lost),)
        here = self._here
        state = one.state(here) if isinstance(here, Platform) else None
        if isinstance(one.at, Unknown) or state is None:
            why = one.at.reason if isinstance(one.at, Unknown) else "where it stands is unknown"
            return (Reason(why, None, Fate.UNKNOWN),)
        ahead = Place(one.course, one.at, state, one.is_first, as_alone(step)).hop()
        before = (*self._starts_elsewhere(step, one), *self._now(one)) if one.is_first else ()
        one.is_first = False
        if ahead.move is not None:
            one.version = ahead.move.target.version
        elif fate_of(ahead.reasons) is not Fate.IMPOSSIBLE:
            one.version = version_of(step.target) or one.version  # nobody can tell: as planned
        return (*ahead.reasons, *lapsed(step, self.plan, self.judge), *before)

    def _starts_elsewhere(self, step: Step, one: Hosted) -> Iterator[Reason]:
        assert one.course is not None and not isinstance(one.at, Unknown)
        before, state = one.course.before(step), one.at.state
        if before is not None and (before.release, before.version) != (state.platform.key, str(state.version)):
            now = f"{state.version} on {state.platform.key}"
            yield Reason(f"it starts from {now}, not from {before.version} on {before.release}", Moved.REALITY)

    def _now(self, one: Hosted) -> Iterator[Reason]:
        """What keeps it from beginning as things are: this passes, and leaves the plan as it is."""
        if one.is_told:
            return
        against, missing = one.not_now(self.judge), missing_facts(one.cluster)
        if against:
            yield Reason(f"not now: {against}", Moved.REALITY, Fate.UNKNOWN)
        elif missing:
            yield not_read(missing)

    # -- release updates --

    def _update(self, step: Step, stage: StagePlan) -> tuple[Reason, ...]:
        if isinstance(self.now, Unknown):
            return (Reason(self.now.reason, None, Fate.UNKNOWN),)
        match self._reached(step, self.now):
            case Reached.BEHIND:
                return (Reason(f"{self.instance.name} runs {self.now.key}", Moved.REALITY, Fate.DONE),)
            case Reached.ASTRAY:
                what = f"{self.instance.name} is on release {self.now.key}, off the plan's path"
                return (Reason(what, Moved.REALITY),)
            case _:
                return self._update_ahead(step, stage)

    def _reached(self, step: Step, now: Platform) -> Reached:
        keys = [stage.release for stage in self.instance.stages]
        if now.key in keys and step.target in keys:
            return Reached.BEHIND if keys.index(now.key) >= keys.index(step.target) else Reached.AHEAD
        catalog = self.judge.catalog
        return Reached.ASTRAY if in_time(now.key, catalog) > in_time(step.target, catalog) else Reached.AHEAD

    def _update_ahead(self, step: Step, stage: StagePlan) -> tuple[Reason, ...]:
        assert isinstance(self._here, Platform)
        if self._lost is not None:
            return (comes_after(self._lost),)
        here, catalog = self._here, self.judge.catalog
        update = next((one for one in updates(catalog, here) if one.target.key == step.target), None)
        if update is None:
            as_planned = here.key == step.origin
            what = f"no update from {here.key} to {step.target} is known (P18)"
            return (Reason(what, Moved.KNOWLEDGE if as_planned else Moved.REALITY, Fate.IMPOSSIBLE),)
        self._way = (*self._way, update.target)
        reasons = (*self._crossing(step, stage, here, update).reasons(self.hosted), *self._begins(step, here))
        self._here = update.target
        for one in self.hosted:
            one.is_first = False
        return reasons

    def _crossing(self, step: Step, stage: StagePlan, here: Platform, update: Update) -> Crossing:
        owners = {id: member.id.casefold() for id, member in self.members.items()}
        before = [self._steps[id] for batch in stage.batches for id in batch]
        return Crossing(
            plan=self.plan,
            step=step,
            here=here,
            update=update,
            way=self._way,
            decided=decided_before(before, owners),
            unseen=self._unseen(step),
            judge=self.judge,
            routes=self.routes,
            cause=self.cause(),
        )

    def _unseen(self, step: Step) -> tuple[Reason, ...]:
        """Said in full of the first update that is left, and of the others in a few words."""
        if self._first_update:
            what = f"as {self._first_update} says, not every cluster that may be there could be looked at"
            return (Reason(what, None, Fate.UNKNOWN),) if self._is_partial else ()
        clauses = unseen_by(self.judge).clauses(self.instance.name)
        found = tuple(Reason(what, None, Fate.UNKNOWN) for what in clauses)
        self._first_update, self._is_partial = step.id, bool(found)
        return found

    def _begins(self, step: Step, here: Platform) -> Iterator[Reason]:
        """Of the update that comes next: clusters that are being changed, where no step of theirs says so."""
        yield from lapsed(step, self.plan, self.judge)
        if here != self.now:
            return
        if here.key != step.origin:
            yield Reason(f"it starts from {here.key}, not from {step.origin}", Moved.REALITY)
        for one in self.hosted:
            trouble = unsettled(one.cluster) if one.is_first and not one.is_told and not one.is_given_up else None
            if trouble is not None:
                yield Reason(f"not now: {one.name}: {trouble}", Moved.REALITY, Fate.UNKNOWN)


def _release_now(instance: InstancePlan, judge: Judge) -> Platform | Unknown:
    found: Instance | None = judge.inventory.instance_by_id.get(instance.id)
    if found is None:
        return Unknown(f"{instance.name} is not among the instances that were read")
    return platform_of(found, judge)


def _weightiest(reasons: Sequence[Reason]) -> Reason:
    return next(one for one in reasons if one.fate is Fate.IMPOSSIBLE)
