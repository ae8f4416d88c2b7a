"""The clusters on an instance now, as the steps that are left of a plan would move them one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planner.acceptance import RECOVERY_SKIP
from planner.course import Course
from planner.draft import unsettled
from planner.fates import Moved
from planner.fleet.excerpt import excerpt
from planner.fleetplan import FleetPlan, InstancePlan, Member, Part
from planner.holding import held_up
from planner.inventory import Cluster, Unknown, value_of
from planner.moves import Platform, State
from planner.plan import Step
from planner.routes import Routes, stand
from planner.standpoint import Standpoint, is_stranded_today
from planner.support import Judge


class Hosted:
    """A cluster on the instance, the plan knowing it or not; its version is moved on as steps are gone through."""

    def __init__(
        self, cluster: Cluster, member: Member | None, course: Course | None, at: Standpoint | Unknown
    ) -> None:
        self.cluster, self.member, self.at = cluster, member, at
        self.course = course
        """What the plan holds for it; None where it does not know it."""
        self.version = value_of(cluster.version)
        """What it runs at this point of the plan."""
        self.is_first = True
        """Nothing was moved yet, so that facts of the cluster itself decide."""
        self.is_told = False
        """A step says already that it is not as planned, waits for its repair, or is in the way of an update."""
        self.lost_by: tuple[str, Moved | None] | None = None
        """The hop that cannot be made, and what made it so."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.cluster.name

    @property
    def is_given_up(self) -> bool:
        """The plan itself sets it apart: a person decides about it, and no update waits for it."""
        return self.member is not None and self.member.part is Part.ISOLATED

    def is_stranded(self, judge: Judge) -> bool:
        """Stranded today, before anything is moved, and no accepted skip leads out of it."""
        if isinstance(self.at, Unknown) or self.at.ground.recovery:
            return False
        return is_stranded_today(self.at, judge.catalog)

    def state(self, platform: Platform) -> State | None:
        """Where it stands on a release at this point; None where that is not known."""
        return State(platform, self.version) if self.version is not None else None

    def not_now(self, judge: Judge) -> str:
        """Why it cannot be changed as things are; "" where nothing speaks against it."""
        return held_up(self.cluster, judge) or unsettled(self.cluster) or ""


def hosted_on(
    plan: FleetPlan,
    instance: InstancePlan,
    members: Iterable[Member],
    steps: Mapping[str, Step],
    judge: Judge,
    routes: Routes,
) -> tuple[Hosted, ...]:
    """Every cluster that is on an instance now, by name. `members` are those the plan has on it."""
    known = {one.id.casefold(): one for one in members}
    held = any(one.id == RECOVERY_SKIP and one.until >= judge.today for one in plan.accepted)
    found: list[Hosted] = []
    for cluster in judge.inventory.clusters_by_instance.get(instance.id, ()):
        member = known.get(cluster.key)
        at = stand(cluster, judge, routes, recovery=held)
        course = None
        if member is not None:
            course = Course(excerpt(plan, instance, member, cluster, steps), cluster, judge, routes)
        found.append(Hosted(cluster, member, course, at))
    return tuple(sorted(found, key=lambda one: (one.name, one.cluster.key)))
