"""What a plan of instances says of itself: why it is the shortest, what limits it, what is unknown, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from planner.clocks import release_ends
from planner.findings import Verdict
from planner.fleet.joint import Joint
from planner.fleet.stages import BRIDGE_LIMIT
from planner.fleetplan import InstancePlan, Member, Part
from planner.inventory import value_of
from planner.moves import MoveKind
from planner.plan import RiskNote, Step, StepKind
from planner.schedule.calendar import Calendar
from planner.schedule.words import late_words
from planner.support import Judge
from planner.timing import Timing


def minimal(joint: Joint, goal: str) -> str:
    """Why fewer release updates are not possible: the next best way, and who falls short on it."""
    if not joint.chain:
        return "Nothing is planned: no cluster of this instance could be judged."
    if not joint.updates:
        return "No release update is needed."
    count = "1 release update is" if joint.updates == 1 else f"{joint.updates} release updates are"
    less = joint.shortfall
    if less is None:
        return f"{count} needed."
    who = joint.party.travellers[less.traveller].clusters[0].name
    ends = less.chain[-1].key
    tried = (
        "With none the instance stays"
        if joint.updates == 1
        else f"Every known way with {joint.updates - 1} or fewer was tried; the nearest ends"
    )
    return f"{count} the fewest. {tried} on {ends}, where {who} reaches {less.best} at most, short of {goal}."


def limits(calendar: Calendar) -> tuple[str, ...]:
    """How many upgrades may run side by side and why."""
    beside = max(1, min(calendar.side_by_side, BRIDGE_LIMIT))
    spare = (
        "One cluster of an instance is upgraded at a time: each upgrade needs a spare IP address, and how many there are "
        "Azure does not tell (IPP). side_by_side in the calendar says how many."
        if calendar.side_by_side == 1
        else f"Up to {beside} clusters of an instance are upgraded side by side: so many spare IP addresses were stated; each "
        "upgrade needs one (IPP)."
    )
    return (
        spare,
        f"An Arc Resource Bridge takes at most {BRIDGE_LIMIT} long operations at a time, and a cluster one (SCL).",
    )


def must_not(instances: Sequence[InstancePlan], members: Sequence[Member]) -> Iterator[str]:
    """What must not be done, the most dangerous first."""
    for instance in instances:
        for stage in instance.stages:
            if stage.update and stage.binding:
                names = _names([f"{bound.cluster} ({bound.step})" for bound in stage.binding])
                after = _after(instance, stage.release)
                yield f"Do not update {instance.name} to {after} before {names}: it would be stranded for good (P18)."
    lost = [one for one in members if one.part is Part.ISOLATED and not one.steps]
    if lost:
        names = ", ".join(f"{one.name} ({one.version})" for one in lost)
        yield (
            f"Do not update before it is known what becomes of {names}: stranded already, and each release moves the lowest "
            "version they could still skip to further away (P12, P18)."
        )
    yield (
        "Do not run az aksarc upgrade without --kubernetes-version: the service may offer a version that skips a minor (C3)."
    )
    yield "Do not start the next step of an instance before every check of the last one is ticked."
    yield "Do not change node machines through Hyper-V or host tools (P27, P28)."


def _after(instance: InstancePlan, release: str) -> str:
    keys = [stage.release for stage in instance.stages]
    return keys[keys.index(release) + 1]


def unknowns(joints: Sequence[Joint], steps: Sequence[Step], judge: Judge, timing: Timing | None) -> Iterator[str]:
    """What nobody could read or has published, as far as it bears on the plan."""
    catalog = judge.catalog
    for joint in joints:
        for cluster, gap in joint.party.unread:
            yield f"{cluster.name} on {joint.instance.name}: {gap.reason}; an update might strand it."
        clusters = [cluster for one in joint.party.travellers for cluster in one.clusters]
        dark = [one.name for one in clusters if value_of(one.pools) is None]
        if dark and joint.updates:
            yield f"Node pools of {', '.join(dark)} could not be read: whether Windows pools are among them is not known."
    moves = [move for joint in joints for path in joint.paths if path is not None for move in path.moves]
    listed = dict.fromkeys(m.origin.platform.key for m in moves if m.kind is MoveKind.HOP and m.basis == "catalog")
    if listed:
        yield f"Offers on {', '.join(listed)} come from the catalog and are not confirmed; read the live list there."
    releases = dict.fromkeys(move.target.platform.key for move in moves if move.kind is MoveKind.RELEASE)
    undated = [key for key in releases if catalog.by_key[key].released is None]
    if undated:
        yield f"No date is published for {', '.join(undated)}; whether they are served to these instances is not known."
    yield "How long a hop or a release update takes is not published; bands say what they rest on."
    open_ended = [step.id for step in steps if step.kind in (StepKind.REPAIR, StepKind.DECIDE, StepKind.NEIGHBOUR)]
    if open_ended:
        yield f"How long {', '.join(open_ended)} will take is not known: to be over before what follows begins."
    if timing is not None and timing.unknown:
        yield f"How long {', '.join(timing.unknown)} will take is not known; what comes after it has no time of its own."


def verdict(
    instances: Sequence[InstancePlan],
    members: Sequence[Member],
    steps: Sequence[Step],
    risks: Sequence[RiskNote],
    joints: Sequence[Joint],
    timing: Timing | None,
    judge: Judge,
) -> tuple[Verdict, str]:
    """GO, GO WITH RISKS, NO-GO or UNKNOWN, and the sentence that says why; the worst reason is named."""
    found, why = _verdict(instances, members, steps, risks)
    ends = " ".join(dict.fromkeys(_where_it_ends(joints, judge)))
    late = late_words(timing.must_start) if timing is not None else ""
    if timing is not None and timing.conflicts:
        found, why = Verdict.NO_GO, f"Nothing fits into the calendar: relax {_relax(timing)}. {why}"
    if found is Verdict.GO and (ends or late):
        found = Verdict.GO_WITH_RISKS
    return found, " ".join(part for part in (why, ends, late) if part)


def _relax(timing: Timing) -> str:
    return ", or ".join(" and ".join(conflict.constraints) for conflict in timing.conflicts)


def _verdict(
    instances: Sequence[InstancePlan], members: Sequence[Member], steps: Sequence[Step], risks: Sequence[RiskNote]
) -> tuple[Verdict, str]:
    repair = next((step for step in steps if step.kind is StepKind.REPAIR), None)
    doomed = [one.name for one in members if one.part is Part.ISOLATED and one.steps]
    if doomed:
        return (
            Verdict.NO_GO,
            f"{_names(doomed)} cannot be saved: a person decides about it before the update that strands it.",
        )
    if repair is not None:
        return Verdict.NO_GO, f"Not now: {repair.where}: {repair.purpose}"
    bound = {bound.cluster for one in instances for stage in one.stages for bound in stage.binding}
    held_up = [one for one in members if one.held_up]
    waited = next((one for one in held_up if one.name in bound), None)
    if waited is not None:
        return Verdict.NO_GO, f"Not now: an update waits for {waited.name}. {waited.held_up}"
    unaccepted = [note for note in risks if note.state == "applies" and note.severity == "high"]
    if unaccepted:
        first, more = unaccepted[0], f", and {len(unaccepted) - 1} more" if len(unaccepted) > 1 else ""
        title = first.title.rstrip(".")
        return Verdict.NO_GO, f"{first.id} applies{more}: {title}. Cure it, or have a named person accept it, first."
    unread = [one.name for one in members if one.part is Part.UNKNOWN]
    if unread and steps:
        return Verdict.UNKNOWN, f"Too little is known of {_names(unread)}: nobody can say what an update does to it."
    short = [one for one in members if one.dead_end is not None]
    if not steps:
        return _at_rest(members, short)
    left = f" {_names([one.name for one in short])}: no way to the goal, see there." if short else ""
    left += f" {_names([one.name for one in held_up])}: not as things are, see there." if held_up else ""
    open_risks = [note.id for note in risks if note.state == "open"]
    if open_risks:
        count = "1 known issue has" if len(open_risks) == 1 else f"{len(open_risks)} known issues have"
        return Verdict.GO_WITH_RISKS, f"{count} to be ruled out first: see Risks.{left}"
    if left or any(step.kind is StepKind.DECIDE for step in steps):
        return Verdict.GO_WITH_RISKS, f"Every move is legal and strands nobody.{left}"
    return Verdict.GO, "Every move is legal, strands nobody, and no known issue is open."


def _at_rest(members: Sequence[Member], short: Sequence[Member]) -> tuple[Verdict, str]:
    """No step leads further; that is only good news where everybody is at the goal and in support."""
    if not members:
        return Verdict.UNKNOWN, "No cluster of these instances was read."
    if short:
        known = any(one.dead_end is not None and one.dead_end.by_rule for one in short)
        names = _names([one.name for one in short])
        return Verdict.NO_GO if known else Verdict.UNKNOWN, f"No move leads further for {names}: see there."
    poor = [one for one in members if one.support not in ("supported", "patch outdated")]
    if poor:
        return (
            Verdict.NO_GO,
            f"No move leads further, and {_names([one.name for one in poor])} stays {poor[0].support}.",
        )
    return Verdict.GO, "Every cluster is where it should be; nothing has to be done."


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _where_it_ends(joints: Iterable[Joint], judge: Judge) -> Iterator[str]:
    """A plan may reach its goal and still leave an instance on a release that is out of support."""
    for joint in joints:
        if not joint.chain or (not joint.updates and not any(path and path.moves for path in joint.paths)):
            continue
        entry = judge.catalog.by_key.get(joint.chain[-1].key)
        if entry is None:
            yield f"{joint.instance.name} ends on {joint.chain[-1].key}, whose support is not known."
            continue
        ends, rule, _ = release_ends(judge.catalog, entry, joint.chain[-1].line)[0]
        if ends < judge.today:
            yield f"{joint.instance.name} ends on Azure Local {entry.key}, which left support on {ends} ({rule})."
