"""Each cluster's part in a plan of instances, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.caveats import missing_facts
from planner.deadend import explain, unreadable
from planner.fleet.carried import crossings_of, held_beside
from planner.fleet.endings import stay_words
from planner.fleet.joint import Joint
from planner.fleet.travellers import Traveller, is_behind
from planner.fleetplan import Member, Part
from planner.goals import SUPPORTED, Goal, GoalKind, in_words
from planner.holding import held_up
from planner.inventory import Cluster, Unknown, value_of
from planner.moves import State
from planner.neighbours.passage import losses_in
from planner.path import solve
from planner.plan import Cause, DeadEnd
from planner.routes import Routes
from planner.search import Path
from planner.subject import clock_lines
from planner.support import Judge
from planner.ways_out import rebuild, support_case


@dataclass(frozen=True)
class Ask:
    """What was asked for, and with what it is answered."""

    goal: Goal
    judge: Judge
    routes: Routes
    accepted: frozenset[str]
    seekers: frozenset[str] | None
    """Keys of the clusters that are to reach the goal; None = all."""

    def wants(self, cluster: Cluster) -> bool:
        """Whether the goal was asked for this cluster."""
        return self.seekers is None or cluster.key in self.seekers


def members_of(joint: Joint, own: Mapping[str, tuple[str, ...]], ask: Ask) -> Iterator[Member]:
    """Every cluster of an instance with its part; `own` are the ids of its steps by its key."""
    teller = _Teller(joint, own, ask)
    for cluster, gap in joint.party.unread:
        yield teller.member(
            cluster, Part.UNKNOWN, f"{gap.reason[:1].upper()}{gap.reason[1:]}.", dead_end=unreadable(cluster, gap)
        )
    for traveller in joint.party.lost:
        for cluster in traveller.clusters:
            end = teller.dead_end(cluster)
            why = (
                "Stranded already: no one-minor hop is left on its release (P11, P18). The order does not wait for it; "
                "decide about it before the first update."
            )
            yield teller.member(cluster, Part.ISOLATED, why, dead_end=end)
    for place, (traveller, path) in enumerate(zip(joint.party.travellers, joint.paths, strict=True)):
        for cluster in traveller.clusters:
            yield teller.traveller(cluster, place, traveller, path)


@dataclass(frozen=True)
class _Teller:
    joint: Joint
    own: Mapping[str, tuple[str, ...]]
    ask: Ask

    @cached_property
    def _held(self) -> Mapping[str, str]:
        return {cluster.key: why for cluster, why in held_beside(self.joint, self.ask.judge)}

    @cached_property
    def _losses(self) -> Mapping[str, str]:
        found = losses_in(crossings_of(self.joint), self.ask.judge.catalog)
        return {loss.cluster.key: loss.why for loss in found}

    def traveller(self, cluster: Cluster, place: int, traveller: Traveller, path: Path | None) -> Member:
        """A cluster that can still move."""
        if path is None:
            why = "Nothing keeps it from being stranded by an update the others need; a person decides about it first."
            return self.member(cluster, Part.ISOLATED, why, dead_end=self.dead_end(cluster))
        target, version = str(path.end.version), traveller.standpoint.state.version
        moved = f"from {version} to {target}" if path.end.version != version else f"stays on {version}"
        if place in self.joint.seekers and self.ask.goal.kind is GoalKind.RELEASE:
            return self._brought_along(cluster, traveller, path)
        if place in self.joint.seekers:
            part = Part.PLANNED if path.numbers.hops else Part.NOTHING_TO_DO
            why = f"Reaches {self.ask.goal}: {moved}." if path.numbers.hops else f"Runs what {self.ask.goal} asks for."
            return self.member(cluster, part, why + self._windows(cluster), path=path)
        if not self.ask.wants(cluster):
            why = f"Not asked for; {moved}, which is as far as the updates need."
            return self.member(cluster, Part.CARRIED, why, path=path)
        if traveller.want is None and is_behind(self.ask.goal, version):
            why = f"Beyond {self.ask.goal} already, and a downgrade is not possible (P15)."
            return self.member(cluster, Part.NOTHING_TO_DO, why, path=path)
        end = self.dead_end(cluster)
        if end is None:
            why = f"Nothing newer can be installed on it now; it is in support as it is: {moved}."
            return self.member(cluster, Part.NOTHING_TO_DO, why, path=path)
        why = f"Cannot reach {in_words(str(self.ask.goal))}; {moved}, and is not stranded.{self._windows(cluster)}"
        return self.member(cluster, Part.CARRIED, why, path=path, dead_end=end)

    def _brought_along(self, cluster: Cluster, traveller: Traveller, path: Path) -> Member:
        """Its part where an update of the hosts is all that was asked for: the hops that save it, or none."""
        goal, version = self.ask.goal, traveller.standpoint.state.version
        if path.numbers.hops:
            why = f"Would be stranded on release {goal}; hopped from {version} to {path.end.version} first, it can go on there."
            why += stay_words(path.end.version, path.end.platform, self.ask.judge.catalog)
        elif path.moves:
            why = f"Can go on there as it is: stays on {version}."
            why += stay_words(version, path.end.platform, self.ask.judge.catalog)
        else:
            why = f"Its instance runs release {goal} or a later one already: stays on {version}."
        part = Part.PLANNED if path.numbers.hops else Part.NOTHING_TO_DO
        return self.member(cluster, part, why + self._windows(cluster), path=path)

    def member(
        self, cluster: Cluster, part: Part, because: str, *, path: Path | None = None, dead_end: DeadEnd | None = None
    ) -> Member:
        support = self.ask.judge.support(cluster)
        version = str(value_of(cluster.version) or "unknown")
        return Member(
            id=cluster.id,
            name=cluster.name,
            resource_group=cluster.resource_group,
            subscription=cluster.subscription,
            instance=self.joint.instance.name,
            instance_id=self.joint.instance.id,
            part=part,
            version=version,
            target=str(path.end.version) if path is not None else version,
            support=str(support.state),
            because=because,
            steps=self.own.get(cluster.key, ()),
            numbers=path.numbers if path is not None else None,
            clocks=clock_lines(support.clocks),
            dead_end=dead_end,
            held_up=self._held_up(cluster, path),
        )

    def _held_up(self, cluster: Cluster, path: Path | None) -> str:
        """The worst finding that forbids a hop, or the facts without which none may be called safe.

        Of a cluster that only stays where it is while its hosts are updated: that it could not be changed now.
        """
        if path is None or not path.numbers.hops:
            return self._held.get(cluster.key, "")
        if against := held_up(cluster, self.ask.judge):
            return against
        missing = missing_facts(cluster)
        return f"Its {', '.join(missing)} could not be read, so nobody can say that a hop may begin." if missing else ""

    def dead_end(self, cluster: Cluster) -> DeadEnd | None:
        """Why a cluster does not reach the goal, as in a plan of its own; or that no one order serves everybody.

        None where nothing newer can be had and nothing is wrong with that.
        """
        ask = self.ask
        for goal in (ask.goal, SUPPORTED):
            solution = solve(cluster, goal, ask.judge, ask.routes, accepted=ask.accepted)
            if isinstance(solution, Unknown):
                return unreadable(cluster, solution)
            if solution.path is None:
                return explain(cluster, goal, solution, ask.judge.catalog, self.joint.instance.name)
            if solution.path.moves:
                return self._not_served(cluster, solution.standpoint.state)
        return None

    def _not_served(self, cluster: Cluster, start: State) -> DeadEnd:
        name = self.joint.instance.name
        why = (
            "it could reach the goal alone, but no one order of updates serves it and every other cluster of "
            f"{name}; those with the lowest versions were served first."
        )
        cause = Cause(("P11", "P18"), f"one order for all clusters of {name}", why)
        anew = rebuild(self.ask.judge.catalog, start)
        return DeadEnd(True, f"{cluster.name} is not served: {why}", (cause,), (anew, support_case()))

    def _windows(self, cluster: Cluster) -> str:
        """That its Windows pools come to their end on the way."""
        why = self._losses.get(cluster.key, "")
        return f" {why[:1].upper()}{why[1:]}: replace them before that update." if why else ""
