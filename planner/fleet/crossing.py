"""One release update of an instance on today's facts: whom of those who are on it now it would newly strand.

Everybody on the instance is looked at, whether the plan knows it or not; where somebody could not be looked at the answer
is unknown, never valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from planner.ahead import number_of
from planner.clocks import utc_day
from planner.fates import Fate, Moved, Reason
from planner.fleet.effects import first_words
from planner.fleet.fixes import fix_first
from planner.fleet.hosted import Hosted
from planner.fleetplan import FleetPlan
from planner.inventory import Unknown
from planner.moves import LegalMove, MoveKind, Platform, Standing, State, Update, hop_refusal, standing
from planner.plan import Step, StepKind
from planner.ports import NEWER_FACTS
from planner.proven import Proofs, lowest_on, why_unknown
from planner.rewritten import known_issues, texts
from planner.routes import Routes
from planner.steps import release_step
from planner.support import Judge


@dataclass(frozen=True)
class Crossing:
    """A release update that is still to be made, and who is there when it is made."""

    plan: FleetPlan
    step: Step
    here: Platform
    """The release it is made from, at this point of the plan."""
    update: Update
    way: tuple[Platform, ...]
    """The updates from today's release to its target."""
    decided: frozenset[str]
    """Keys of the clusters the plan has a decision about before it."""
    unseen: tuple[Reason, ...]
    """What is said of clusters that may be there without anybody having seen them."""
    judge: Judge
    routes: Routes
    cause: Moved | None
    """What can have made a difference where no fact of the plan tells."""

    def reasons(self, hosted: Sequence[Hosted]) -> tuple[Reason, ...]:
        """Why it is not as planned; empty where it newly strands nobody and reads as before."""
        found: tuple[Reason, ...] = ()
        for one in hosted:
            met = tuple(self._met_by(one))
            one.is_told = one.is_told or bool(met)
            found += met
        if any(reason.fate is Fate.IMPOSSIBLE for reason in found):
            return found
        return (*found, *self.unseen, *self._rewritten(hosted))

    # -- one cluster --

    def _met_by(self, one: Hosted) -> Iterator[Reason]:
        """What it would do to one of them. Stranded already or given up by the plan: no update waits for it (P18)."""
        if one.is_given_up or one.is_stranded(self.judge):
            return
        state = one.state(self.here)
        if isinstance(one.at, Unknown) or state is None:
            why = one.at.reason if isinstance(one.at, Unknown) else "its version is unknown"
            yield Reason(f"{self.update.target.key} might strand {one.name}{_stranger(one)}: {why}", None, Fate.UNKNOWN)
            return
        match standing(self.judge.catalog, one.at.ground, self.update.target, state.version.minor):
            case Standing.STRANDED:
                yield self._stranded(one, state)
                return
            case Standing.CANNOT_JUDGE:
                yield self._not_judged(one, state)
            case Standing.FINE:
                yield from self._windows(one, state)
        stale = next((g for g in self.judge.inventory.unread_of(one.cluster) if g.what == NEWER_FACTS), None)
        if stale is not None:
            yield Reason(
                f"{one.name} could not be read again, so it may have changed: {stale.reason}", None, Fate.UNKNOWN
            )

    def _stranded(self, one: Hosted, state: State) -> Reason:
        key = self.update.target.key
        lowest = lowest_on(self.judge.catalog, _proofs(one), key)
        offer = (
            f"{key} offers nothing below {lowest}"
            if lowest is not None
            else f"the last list before {key} begins higher up"
        )
        cause = Moved.REALITY if one.member is None else one.lost_by[1] if one.lost_by is not None else self.cause
        what = f"it would newly strand {one.name}{_stranger(one)}: that runs {state.version}, and {offer} (P11, P18)"
        return Reason(f"{what}{self._first(one)}", cause, Fate.IMPOSSIBLE)

    def _first(self, one: Hosted) -> str:
        """The hops that would save it, where nothing the plan does to it comes before."""
        if not one.is_first or isinstance(one.at, Unknown):
            return ""
        fixes = fix_first(one.at, self.way, self.routes)
        words = first_words(fixes, one.at.state.platform, self.judge.catalog)
        return f"; first {words}" if words else "; no hop that is known saves it"

    def _not_judged(self, one: Hosted, state: State) -> Reason:
        what = f"whether {one.name}{_stranger(one)} ({state.version}) can go on there cannot be judged"
        unknown = why_unknown(self.judge.catalog, _proofs(one), self.update.target.key)
        return Reason(f"{what}: {unknown}", None, Fate.UNKNOWN)

    def _windows(self, one: Hosted, state: State) -> Iterator[Reason]:
        """Windows pools that can be upgraded before it and no longer after it, where nobody has to decide about them yet."""
        if isinstance(one.at, Unknown) or one.cluster.key in self.decided:
            return
        catalog, ground = self.judge.catalog, one.at.ground
        refusal = hop_refusal(catalog, ground, self.update.target, state.version)
        if refusal is None or hop_refusal(catalog, ground, self.here, state.version) is not None:
            return
        what = f"from {self.update.target.key} on no version can be installed on the {refusal[1]} pools of {one.name}"
        yield Reason(f"{what}{_stranger(one)}: a person decides about them first", self.cause)

    # -- the step itself --

    def _rewritten(self, hosted: Sequence[Hosted]) -> Iterator[Reason]:
        """Known issues and checks of the step, as it would be written today."""
        moving = [one for one in hosted if not (one.is_given_up or one.is_stranded(self.judge))]
        seen = [
            (state, one.at) for one in moving if not isinstance(one.at, Unknown) and (state := one.state(self.here))
        ]
        if not seen:
            return
        state, at = min(seen, key=lambda pair: pair[0].version)
        windows = frozenset(sku for _, other in seen for sku in other.ground.windows)
        ground, catalog = replace(at.ground, windows=windows), self.judge.catalog
        move = LegalMove(
            MoveKind.RELEASE, state, State(self.update.target, state.version), str(self.update.basis), ("P18",),
            self.update.from_builds,
        )  # fmt: skip
        day = utc_day(self.plan.as_of)
        anew = release_step(number_of(self.step), move, self.step.where, catalog, ground, day)
        waits = f"{self.step.id}.B"
        step = replace(self.step, before=tuple(line for line in self.step.before if not line.id.startswith(waits)))
        sees = ground.here != self.here or ground.live is not None
        cause = self.cause or Moved.KNOWLEDGE
        yield from known_issues(step, anew, catalog, cause, had_windows=False, sees_images=sees)
        yield from texts(step, anew, cause)


def _stranger(one: Hosted) -> str:
    """Why the plan does not hold a hop that saves it."""
    if one.member is None:
        return ", which is not in the plan"
    return f", which {one.lost_by[0]} was to bring further" if one.lost_by is not None else ""


def decided_before(steps: Iterable[Step], owners: dict[str, str]) -> frozenset[str]:
    """Keys of the clusters that a person has to decide about in these steps; `owners` are keys by step id."""
    return frozenset(owners[step.id] for step in steps if step.kind is StepKind.DECIDE and step.id in owners)


def _proofs(one: Hosted) -> Proofs:
    """What live lists prove of later releases, seen from where it stands."""
    return () if isinstance(one.at, Unknown) else one.at.ground.proofs
