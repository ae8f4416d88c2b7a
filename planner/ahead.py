"""The moves of a plan that are still ahead, tried again one after the other on today's ground.

The first hop goes by the cluster's upgrade profile, later ones by the list of the release they are made on, as in a new
plan; what refuses a move is said in the planner's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.catalog import Catalog
from planner.clocks import utc_day
from planner.course import Course, Reached, version_of
from planner.deadend import cause_of
from planner.fates import Fate, Moved, Reason
from planner.goals import OS_PATCH
from planner.inventory import Unknown
from planner.moves import (
    LegalMove,
    Platform,
    Refusal,
    State,
    hop_refusal,
    hops,
    offers,
    release_moves,
    update_refusal,
    updates,
)
from planner.obstacles import Obstacle
from planner.plan import Step, StepKind
from planner.rewritten import known_issues, texts
from planner.search import profile_hops
from planner.standpoint import Standpoint
from planner.steps import hop_step, release_step
from planner.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step of the plan that is still to be made."""

    step: Step
    origin: State
    """Where it would be made from."""
    move: LegalMove | None
    """What it comes to now; None where nothing like it is legal."""
    reasons: tuple[Reason, ...]


def moves_ahead(course: Course, standpoint: Standpoint) -> dict[str, Ahead]:
    """Hops and release updates ahead, by step id, up to the first that is impossible."""
    found: dict[str, Ahead] = {}
    state, first = standpoint.state, True
    for step in course.plan.steps:
        hop = step.kind is StepKind.KUBERNETES
        if not (hop or step.kind is StepKind.RELEASE):
            continue
        if (course.hop(step) if hop else course.update(step)) is not Reached.AHEAD:
            continue
        place = Place(course, standpoint, state, first, step)
        ahead = found[step.id] = place.hop() if hop else place.update()
        if ahead.move is None and any(reason.fate is Fate.IMPOSSIBLE for reason in ahead.reasons):
            break
        state, first = ahead.move.target if ahead.move is not None else _after(step, state, course.judge.catalog), False
    return found


def _after(step: Step, state: State, catalog: Catalog) -> State:
    """Where a step leads that nobody can judge now: as planned."""
    version = version_of(step.target)
    if step.kind is StepKind.KUBERNETES:
        return State(state.platform, version or state.version)
    entry = catalog.by_key.get(step.target)
    lines = entry.lines if entry is not None else frozenset({state.platform.line})
    line = state.platform.line if state.platform.line in lines else min(lines)
    return State(Platform(step.target, line), state.version)


@dataclass(frozen=True)
class Place:
    """One step, and where it would be made now."""

    course: Course
    standpoint: Standpoint
    state: State
    first: bool
    """Nothing is moved before it, so that facts of the cluster itself decide."""
    step: Step

    @property
    def catalog(self) -> Catalog:
        return self.course.judge.catalog

    @property
    def is_here(self) -> bool:
        """True on the release the cluster stands on now, where a live list counts."""
        return self.state.platform == self.standpoint.ground.here

    @property
    def as_planned(self) -> bool:
        """True where the plan makes the step from the same release and minor."""
        before = self.course.before(self.step)
        version = version_of(before.version) if before is not None else None
        same = version is not None and version.minor == self.state.version.minor
        return before is not None and same and before.release == self.state.platform.key

    def cause(self) -> Moved:
        """Away from here only the catalog can have changed, unless the cluster comes from somewhere else."""
        if not self.as_planned:
            return Moved.REALITY
        live = self.standpoint.ground.live is not None or self.standpoint.first_hops is not None
        return Moved.REALITY if self.is_here and (live or self.step.basis == "live") else Moved.KNOWLEDGE

    # -- hops --

    def hop(self) -> Ahead:
        """The same target, or else another patch of its minor."""
        target = version_of(self.step.target)
        if target is None:
            return self._refused(Reason(f"{self.step.target} is not a version", None, Fate.UNKNOWN))
        legal = {move.target.version: move for move in self._hops()}
        if target in legal:
            return Ahead(self.step, self.state, legal[target], tuple(self._offered(legal, target)))
        listed = {move.target.version: move for move in hops(self.catalog, self.standpoint.ground, self.state)}
        if self.first and target in listed:
            return Ahead(self.step, self.state, listed[target], (self._not_for_this_cluster(),))
        same = [version for version in legal if version.minor == target.minor]
        if not same:
            return self._refused(self._hop_refused(target))
        other = legal[max(same)]
        instead = Reason(f"{other.target.version} is offered instead of {target}", self.cause())
        return Ahead(self.step, self.state, other, (instead, *self._issues(self._hop_anew(other))))

    def _hops(self) -> Iterator[LegalMove]:
        ground, profile = self.standpoint.ground, self.standpoint.first_hops
        if self.first and profile is not None:
            return profile_hops(self.catalog, ground, self.state, profile)
        return hops(self.catalog, ground, self.state)

    def _offered(self, legal: dict[KubernetesVersion, LegalMove], target: KubernetesVersion) -> Iterator[Reason]:
        move = legal[target]
        if self.step.basis == "live" and move.basis != "live":
            what = f"whether {target} is offered now could not be read{self._unread()}; the published list of "
            yield Reason(f"{what}{self.state.platform.key} holds it", None, Fate.UNKNOWN)
        newest = max(version for version in legal if version.minor == target.minor)
        if newest > target and not self._is_wanted(target):
            yield Reason(f"{newest} is offered as well, a newer patch than {target}", self.cause())
        yield from self._differences(self._hop_anew(move))

    def _is_wanted(self, target: KubernetesVersion) -> bool:
        """True where the goal is this very version: what is newer is of no matter, or gives the goal another meaning."""
        plan = self.course.plan
        return plan.goal_version == str(target) and plan.goal in (str(target), str(OS_PATCH))

    def _unread(self) -> str:
        location = self.course.judge.inventory.location_of(self.course.cluster)
        fact = location.offered if location is not None else self.course.cluster.upgrades
        return f" ({fact.reason})" if isinstance(fact, Unknown) else ""

    def _not_for_this_cluster(self) -> Reason:
        names = ", ".join(map(str, sorted(self.standpoint.first_hops or ()))) or "nothing"
        what = f"{self.step.target} is on the instance's list, but Azure offers this cluster {names} now"
        return Reason(what, Moved.REALITY)

    def _hop_anew(self, move: LegalMove) -> Step:
        return hop_step(number_of(self.step), move, self.course.cluster, self.catalog, self.standpoint.ground)

    def _hop_refused(self, target: KubernetesVersion) -> Reason:
        """Why nothing of the target's minor can be had: the planner's own causes, from the most certain on."""
        ground, (platform, version) = self.standpoint.ground, self.state
        here, there = (platform, version.minor), (platform, target.minor)
        listed = offers(self.catalog, ground, platform)
        windows = hop_refusal(self.catalog, ground, platform, target)
        if windows is not None:
            known = any(windows[1].casefold() in pool.casefold() for pool in self.course.plan.subject.pools)
            cause = Moved.REALITY if not known or (windows[0] is Refusal.NO_IMAGE and self.is_here) else self.cause()
            return self._because(Obstacle(windows[0], here, there, windows[1]), cause)
        if not listed and not (self.first and self.standpoint.first_hops is not None):
            return self._because(Obstacle(Refusal.NO_LIST, here, there), None)
        lowest = min((one.minor for one in listed or ()), default=version.minor)
        if lowest - version.minor > 1:
            return self._because(Obstacle(Refusal.SKIP, here, (platform, lowest)), self.cause())
        if target.minor - version.minor > 1:
            what = f"only the next minor may follow {version} (P11), and {target} is further up"
            return Reason(what, self.cause(), Fate.IMPOSSIBLE)
        return Reason(self._not_offered(target, listed or ()), self.cause(), Fate.IMPOSSIBLE)

    def _windows_cause(self, refusal: Refusal, sku: str) -> Moved:
        """A pool the plan did not know, or an image the live list told of, is a fact; how far an SKU goes is knowledge."""
        known = any(sku.casefold() in pool.casefold() for pool in self.course.plan.subject.pools)
        by_facts = not known or (refusal is Refusal.NO_IMAGE and self.is_here)
        return Moved.REALITY if by_facts else self._edge_cause()

    def _not_offered(self, target: KubernetesVersion, listed: tuple[KubernetesVersion, ...]) -> str:
        key = self.state.platform.key
        entry = self.catalog.by_key.get(key)
        names = ", ".join(map(str, sorted(listed))) or "nothing"
        if target in listed:
            return f"{key} lists {target}, but no way to it from {self.state.version}"
        published = entry is not None and target in (entry.offers or ())
        still = f"; the published list of {key} still holds it" if published else ""
        return f"{key} no longer offers {target} (P18). It offers {names}{still}"

    # -- release updates --

    def update(self) -> Ahead:
        """The same release, along an edge of today's catalog."""
        ground, key = self.standpoint.ground, self.step.target
        move = next((m for m in release_moves(self.catalog, ground, self.state) if m.target.platform.key == key), None)
        if move is not None:
            planned = utc_day(self.course.plan.as_of)
            anew = release_step(number_of(self.step), move, self.step.where, self.catalog, ground, planned)
            return Ahead(self.step, self.state, move, tuple(self._differences(anew)))
        place = (self.state.platform, self.state.version.minor)
        for update in updates(self.catalog, self.state.platform):
            refusal = update_refusal(self.catalog, ground, self.state, update)
            if update.target.key == key and refusal is not None:
                cause = None if refusal.is_missing_knowledge else self._edge_cause()
                return self._refused(
                    self._because(Obstacle(refusal, place, (update.target, self.state.version.minor)), cause)
                )
        what = f"no update from {self.state.platform.key} to {key} is known (P18)"
        return self._refused(Reason(what, self._edge_cause(), Fate.IMPOSSIBLE))

    def _edge_cause(self) -> Moved:
        return Moved.KNOWLEDGE if self.as_planned else Moved.REALITY

    # -- both --

    def _refused(self, reason: Reason) -> Ahead:
        return Ahead(self.step, self.state, None, (reason,))

    def _because(self, obstacle: Obstacle, cause: Moved | None) -> Reason:
        found = cause_of(obstacle, self.course.cluster, self.standpoint.ground, self.catalog, ())
        fate = Fate.UNKNOWN if found.missing else Fate.IMPOSSIBLE
        return Reason(f"{found.what}: {found.why}", cause, fate)

    def _differences(self, anew: Step) -> Iterator[Reason]:
        yield from self._issues(anew)
        yield from texts(self.step, anew, self._edge_cause())

    def _issues(self, anew: Step) -> Iterator[Reason]:
        had_windows = any("windows" in pool.casefold() for pool in self.course.plan.subject.pools)
        sees_images = not self.is_here or self.standpoint.ground.live is not None
        return known_issues(
            self.step, anew, self.catalog, self._edge_cause(), had_windows=had_windows, sees_images=sees_images
        )


def number_of(step: Step) -> int:
    """The number in a step's id; texts of checks do not depend on it, ids do."""
    digits = step.id.removeprefix("S")
    return int(digits) if digits.isascii() and digits.isdecimal() else 0
