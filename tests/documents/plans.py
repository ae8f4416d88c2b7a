"""A plan with every kind of part in it, written out by hand, and a dead end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from planner.findings import Evidence, Finding, Owner, Severity, Verdict
from planner.plan import (
    PLAN_SCHEMA,
    Alternative,
    Cause,
    Check,
    ClockLine,
    Command,
    DeadEnd,
    Move,
    Numbers,
    Plan,
    Reversibility,
    RiskNote,
    Step,
    StepKind,
    Subject,
    WayOut,
)
from tests.builders import AS_OF, SUBSCRIPTION, arm

SUBJECT = Subject(
    id=arm("Microsoft.Kubernetes/connectedClusters", "mes-prod"),
    name="mes-prod",
    resource_group="rg-test",
    subscription=SUBSCRIPTION,
    instance="plant12",
    instance_id=arm("Microsoft.AzureStackHCI/clusters", "plant12").casefold(),
    release="2411",
    build="10.2411.0.24",
    version="1.28.9",
    support="out of support",
    support_because="Minor 1.28 ended on 2025-08-31 (P3).",
    support_ended=date(2025, 8, 31),
    provisioning_state="Succeeded",
    current_state="Succeeded",
    pools=("pool1: CBLMariner, 3 nodes, 1.28.9",),
    clocks=(
        ClockLine("Kubernetes minor", "ended", date(2025, 8, 31), date(2025, 9, 30), "P3", "1.28 was removed.", "SKV"),
        ClockLine("Subscription", "unknown", None, None, "P24", "Not readable.", ""),
    ),
    facts=(Evidence("version", "1.28.9", "arm", AS_OF), Evidence("offers of 2411", "1.29.4", "SKV 2025-05-01")),
)

HOP = Step(
    id="S01",
    kind=StepKind.KUBERNETES,
    title="Kubernetes 1.28.9 → 1.29.4",
    where="mes-prod",
    owner=Owner.CLUSTER_OPERATOR,
    origin="1.28.9",
    target="1.29.4",
    release="2411",
    purpose="1.29 is the only minor 1.28.9 may hop to.",
    basis="live",
    commands=(
        Command(("az", "aksarc", "show", "--name", "mes-prod"), "version and both states"),
        Command(
            (
                *("az", "aksarc", "upgrade", "--name", "it's $HOME", "--resource-group", "rg test"),
                *("--subscription", SUBSCRIPTION, "--kubernetes-version", "1.29.4"),
            ),
            "asks twice",
        ),
    ),
    expected="kubernetesVersion 1.29.4, both states Succeeded.",
    watch="Nodes are replaced one by one.",
    before=(Check("S01.1", "1.29.4 is offered today.", False, ("P18",)), Check("S01.2", "No API is lost.", True)),
    verify=(Check("S01.V1", "The cluster reports 1.29.4.", False, ("P17",)),),
    gate="Proceed, hold or abort.",
    if_wrong=(("Failed | Upgrading", "Wait."),),
    reversibility=Reversibility.FORWARD_ONLY,
    risks=("R-1",),
    rules=("P11", "P15"),
    sources=("SKV",),
)

UPDATE = replace(
    HOP,
    id="S02",
    kind=StepKind.RELEASE,
    title="release 2411 → 2510",
    where="plant12",
    owner=Owner.INSTANCE_OWNER,
    origin="2411",
    target="2510",
    release="2510",
    commands=(Command(("Get-SolutionUpdate",), "which updates are ready"),),
    before=(Check("S02.1", "The instance is healthy.", True),),
    verify=(Check("S02.V1", "It reports 2510.", False),),
    risks=(),
    not_before=date(2026, 6, 1),
)

PLAN = Plan(
    schema=PLAN_SCHEMA,
    title="mes-prod: Kubernetes 1.28.9 → 1.29.4",
    goal="latest",
    goal_version="1.29.4",
    as_of=AS_OF,
    catalog_date=date(2026, 5, 12),
    verdict=Verdict.GO_WITH_RISKS,
    verdict_because="One risk is open.",
    subject=SUBJECT,
    path=(
        Move("start", "2411", "1.28.9"),
        Move("hop", "2411", "1.29.4", "S01"),
        Move("release", "2510", "1.29.4", "S02"),
    ),
    numbers=Numbers(1, 1, 1, 0, 1),
    steps=(HOP, UPDATE),
    preflight=(Check("PRE.1", "Facts are fresh.", False, ("P18",)), Check("PRE.2", "A free address is there.", True)),
    alternatives=(
        Alternative("recommended", Numbers(1, 1, 1, 0, 1), (Move("hop", "2411", "1.29.4"),), "", True),
        Alternative("rebuild", None, (), "A new cluster beside the old one."),
    ),
    dead_end=None,
    risks=(
        RiskNote(
            "R-1", "Gatekeeper may block the hop", "high", "open", "Switch it off.", ("S01",), "https://x.test/a_b"
        ),
        RiskNote("R-2", "Slow", "low", "accepted", "Wait.", (), "KI", "agreed", date(2026, 12, 1)),
        RiskNote("R-3", "Images", "medium", "applies", "Prune.", (), ""),
    ),
    unknowns=("Free addresses of the pool.",),
    disputes=("C2: older patches.",),
    findings=(
        Finding(
            "K8S-SUP-01",
            Severity.BLOCKER,
            SUBJECT.id.casefold(),
            "Minor 1.28 is out of support.",
            "No help is given.",
            "Hop to 1.29.4.",
            Owner.CLUSTER_OPERATOR,
            ("P3",),
            ("C2",),
            (Evidence("version", "1.28.9", "arm", AS_OF),),
            ("SKV",),
        ),
    ),
    must_not=("Do not update plant12 to 2510 before S01.",),
    sources=(("SKV", "Supported versions, https://learn.example/versions, 2026-05-12"),),
)

NO_PATH = replace(
    PLAN,
    title="mes-prod: no path to 1.33",
    goal="1.33",
    goal_version="",
    verdict=Verdict.NO_GO,
    path=(),
    numbers=None,
    steps=(),
    preflight=(),
    alternatives=(),
    dead_end=DeadEnd(
        by_rule=True,
        summary="1.27.9 cannot hop on 2508.",
        causes=(Cause(("P11", "P12"), "hop 1.27.9 → 1.29 on 2508", "two minors at once"),),
        ways_out=(WayOut("Rebuild", "Make a new cluster.", Owner.CLUSTER_OPERATOR, "downtime", ("P12",), "SKV"),),
    ),
)
