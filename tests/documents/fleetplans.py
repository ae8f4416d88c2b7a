"""A plan of instances with every kind of part in it, written out by hand, one without a calendar, and one of any size."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from planner.bands import ASSUMPTION, Band
from planner.findings import Owner, Verdict
from planner.fleetplan import FLEET_SCHEMA, Binding, FleetPlan, InstancePlan, Member, Part, StagePlan, WavePlan
from planner.plan import Cause, CitedRule, ClockLine, DeadEnd, Numbers, Reversibility, RiskNote, Step, StepKind, WayOut
from planner.timing import Conflict, Fit, MustStart, Share, Slot, Timing, WindowFit
from tests.builders import AS_OF, SUBSCRIPTION, arm
from tests.documents.plans import HOP, UPDATE

MINOR = ClockLine("Kubernetes minor", "running", date(2026, 6, 30), None, "P3", "1.28 left the list.", "SKV")
RELEASE = ClockLine(
    "Azure Local release", "running", date(2026, 7, 31), date(2026, 8, 18), "LBL", "Ends in July.", "REL"
)
SILENT = ClockLine("Subscription", "unknown", None, None, "P24", "Not readable.", "")
START = MustStart(
    deadline=date(2026, 6, 30),
    clock="Kubernetes minor",
    rule="P3",
    by=datetime(2026, 6, 25, 20, tzinfo=UTC),
    shares=(Share("work, high estimate", 600), Share("soak", 2880), Share("freeze half year", 4200)),
    is_past=False,
    finish=datetime(2026, 5, 24, 6, tzinfo=UTC),
    days_unsupported=0,
)
LATE = replace(
    START,
    by=None,
    is_past=True,
    finish=datetime(2026, 7, 12, 6, tzinfo=UTC),
    days_unsupported=11,
    relax=(Conflict(("wave order",), datetime(2026, 6, 29, 6, tzinfo=UTC)),),
)


def hop(id: str, where: str, origin: str, target: str, release: str, *, minutes: int = 72) -> Step:
    """A Kubernetes upgrade."""
    return replace(
        HOP,
        id=id,
        title=f"Kubernetes {origin} → {target}",
        where=where,
        origin=origin,
        target=target,
        release=release,
        before=tuple(replace(check, id=f"{id}.{number}") for number, check in enumerate(HOP.before, 1)),
        verify=(replace(HOP.verify[0], id=f"{id}.V1"),),
        nodes=6,
        duration=Band(minutes // 2, minutes, ASSUMPTION),
    )


def update(id: str, where: str, origin: str, target: str) -> Step:
    """A release update."""
    return replace(
        UPDATE,
        id=id,
        title=f"release {origin} → {target}",
        where=where,
        origin=origin,
        target=target,
        release=target,
        before=(replace(UPDATE.before[0], id=f"{id}.1"),),
        verify=(replace(UPDATE.verify[0], id=f"{id}.V1"),),
        not_before=None,
    )


def decision(id: str, where: str, version: str, release: str) -> Step:
    """What a person has to decide before an update."""
    return replace(
        update(id, where, version, version),
        kind=StepKind.DECIDE,
        title=f"decide about {where}",
        release=release,
        owner=Owner.CLUSTER_OPERATOR,
        commands=(),
        reversibility=Reversibility.REVERSIBLE,
    )


def member(name: str, instance: str, part: Part, version: str, target: str, steps: tuple[str, ...] = ()) -> Member:
    """A cluster with two clocks."""
    return Member(
        id=arm("Microsoft.Kubernetes/connectedClusters", name),
        name=name,
        resource_group="rg-test",
        subscription=SUBSCRIPTION,
        instance=instance,
        part=part,
        version=version,
        target=target,
        support="grace",
        because=f"{name} can be brought to {target}.",
        steps=steps,
        numbers=Numbers(0, len(steps), 1, 0, 1) if steps else None,
        clocks=(MINOR, RELEASE, SILENT),
        must_start=START if steps else None,
    )


STEPS = (
    hop("S01", "pos-1", "1.30.4", "1.31.5", "2510"),
    update("S02", "store-1", "2510", "2604"),
    hop("S03", "mes-line2", "1.28.14", "1.29.13", "2411"),
    hop("S04", "mes-web", "1.28.9", "1.29.13", "2411"),
    decision("S05", "scada-07", "1.26.12", "2411"),
    update("S06", "plant12", "2411", "2510"),
    hop("S07", "mes-line2", "1.29.13", "1.30.14", "2510"),
)
_BEGIN = datetime(2026, 5, 22, 20, tzinfo=UTC)


def slots(steps: tuple[Step, ...]) -> tuple[Slot, ...]:
    """Two hours a step, one after the other, in windows at night."""
    starts = [_BEGIN + timedelta(days=number) for number in range(len(steps))]
    return tuple(Slot(one.id, at, at + timedelta(hours=2), "nights") for one, at in zip(steps, starts, strict=True))


TIMING = Timing(
    low=144,
    high=288,
    unknown=("S02", "S06"),
    fit=WindowFit(Fit.OVERRUNS, 144, 288, 120, "S03"),
    slots=slots(STEPS),
    must_start=START,
    downtime=("mes-line2: its control plane has one node; the API is down while that is replaced.",),
    zone="Europe/Vienna",
    calendar="nights, every day from 20:00 to 22:00; freeze half year, 2026-06-27 to 2026-06-30",
    conflicts=(
        Conflict(("freeze half year",), datetime(2026, 6, 29, 22, tzinfo=UTC)),
        Conflict(("window nights", "soak pilot"), datetime(2026, 6, 28, 4, tzinfo=UTC)),
    ),
)
LOST = DeadEnd(
    by_rule=True,
    summary="1.26.12 is stranded on 2411.",
    causes=(Cause(("P11", "P12"), "hop 1.26.12 → 1.27 on 2411", "2411 does not offer 1.27"),),
    ways_out=(
        WayOut("Rebuild", "Make a new cluster.", Owner.CLUSTER_OPERATOR, "downtime", ("P12",), "SKV"),
        WayOut("Ask Microsoft", "Open a support case.", Owner.MICROSOFT, "takes time", (), "https://x.test/a_b"),
    ),
)
FLEET = FleetPlan(
    schema=FLEET_SCHEMA,
    title="plant12 and store-1 to latest",
    goal="latest",
    as_of=AS_OF,
    catalog_date=date(2026, 5, 12),
    verdict=Verdict.GO_WITH_RISKS,
    verdict_because="One risk is open, and scada-07 cannot be saved.",
    instances=(
        InstancePlan(
            id=arm("Microsoft.AzureStackHCI/clusters", "store-1").casefold(),
            name="store-1",
            release="2510",
            target="2604",
            stages=(StagePlan("2510", (("S01",),), "S02", ()), StagePlan("2604", (), "")),
            minimal="2604 is the first release that offers 1.33, and one update leads there",
            wave="pilot",
            clocks=(RELEASE,),
            must_start=START,
        ),
        InstancePlan(
            id=arm("Microsoft.AzureStackHCI/clusters", "plant12").casefold(),
            name="plant12",
            release="2411",
            target="2510",
            stages=(
                StagePlan(
                    "2411",
                    (("S03", "S04"), ("S05",)),
                    "S06",
                    (
                        Binding("scada-07", "1.26.12", "1.28.9", ""),
                        Binding("mes-web", "1.28.9", "1.29.13", "S04"),
                        Binding("mes-line2", "1.28.14", "1.29.13", "S03"),
                    ),
                ),
                StagePlan("2510", (("S07",),), ""),
            ),
            minimal="2411 offers nothing newer than 1.29, and 2510 is the next release",
            wave="plants",
            clocks=(replace(RELEASE, ends=date(2025, 4, 30), state="ended", latest=None), SILENT),
            must_start=LATE,
        ),
        InstancePlan("", "lab", "unknown", "unknown", (), "", "rest", missing="its build could not be read"),
    ),
    members=(
        replace(
            member("scada-07", "plant12", Part.ISOLATED, "1.26.12", "1.26.12"),
            dead_end=LOST,
            because="scada-07 is stranded on 2411 already",
        ),
        replace(member("legacy", "plant12", Part.UNKNOWN, "unknown", ""), because="Its version could not be read."),
        replace(member("old", "plant12", Part.CARRIED, "1.29.4", "1.29.4"), dead_end=LOST),
        replace(member("mes-line2", "plant12", Part.PLANNED, "1.28.14", "1.30.14", ("S03", "S07")), must_start=LATE),
        replace(member("mes-web", "plant12", Part.CARRIED, "1.28.9", "1.29.13", ("S04",)), dead_end=LOST),
        member("pos-1", "store-1", Part.PLANNED, "1.30.4", "1.31.5", ("S01",)),
        replace(member("POS-1", "plant12", Part.NOTHING_TO_DO, "1.30.14", "1.30.14"), resource_group="rg-other"),
    ),
    steps=STEPS,
    waves=(
        WavePlan(
            "pilot", ("store-1",), 1440, "more than one cluster is not healthy", _BEGIN, _BEGIN + timedelta(hours=26)
        ),
        WavePlan("plants", ("plant12",), 2880, ""),
        WavePlan("rest", ("lab",), 0, ""),
    ),
    timing=TIMING,
    critical=("S01", "S02", "S03", "S06", "S07"),
    risks=(
        RiskNote("R-1", "Gatekeeper may block the hop", "high", "open", "Switch it off.", ("S01", "S03"), "KI"),
        RiskNote("R-2", "Slow", "low", "accepted", "Wait.", (), "KI", "agreed", date(2026, 12, 1)),
    ),
    unknowns=("Free addresses of the pool.",),
    disputes=("C2: older patches.",),
    must_not=("Do not update plant12 to 2510 before S03 and S04.",),
    sources=(("SKV", "Supported versions, https://learn.example/versions, 2026-05-12"),),
    rules=(CitedRule("P11", "One minor at a time.", "stated", "SKV"),),
    limits=("One upgrade at a time on plant12: how many spare addresses there are is not known.",),
)
BARE = replace(
    FLEET,
    title="lab to latest",
    verdict=Verdict.UNKNOWN,
    verdict_because="The build of lab could not be read.",
    instances=FLEET.instances[2:],
    members=(),
    steps=(),
    waves=(),
    timing=None,
    critical=(),
    risks=(),
    unknowns=(),
    disputes=(),
    must_not=(),
    limits=(),
    rules=(),
    sources=(),
)
"""Nothing that could be planned, and no calendar."""
UNTIMED = replace(FLEET, timing=None, critical=(), waves=(), revision=2)
"""Without a calendar: nothing is placed, and all instances go together."""


def large(count: int) -> FleetPlan:
    """So many steps, ten clusters an instance, three steps a cluster."""
    steps: list[Step] = []
    members: list[Member] = []
    instances: list[InstancePlan] = []
    while len(steps) < count:
        where, batches, own = f"store-{len(instances):03}", [], []
        for number in range(10):
            ids = [f"S{len(steps) + place:03}" for place in range(1, 4)]
            name = f"pos-{len(instances):03}-{number}"
            steps += [hop(id, name, f"1.{27 + n}.3", f"1.{28 + n}.3", "2510") for n, id in enumerate(ids)]
            members.append(member(name, where, Part.PLANNED, "1.27.3", "1.30.3", tuple(ids)))
            own.append(ids)
        batches = [tuple(ids[place] for ids in own) for place in range(3)]
        instances.append(
            InstancePlan(where, where, "2510", "2510", (StagePlan("2510", tuple(batches), ""),), "", "all")
        )
    kept = tuple(steps[:count])
    wave = WavePlan("all", tuple(one.name for one in instances), 0, "")
    timing = replace(TIMING, slots=slots(kept), unknown=())
    return replace(
        FLEET, steps=kept, members=tuple(members), instances=tuple(instances), waves=(wave,), timing=timing, critical=()
    )
