"""Steps at which a person decides: about a cluster an update strands, or whose Windows pools it leaves without an image."""

from __future__ import annotations

from planner.acceptance import POOLS_STAY
from planner.checklist import check
from planner.findings import Owner
from planner.inventory import Cluster, value_of
from planner.plan import Command, Reversibility, Step, StepKind


def decide_step(number: int, cluster: Cluster, reason: str, on: str, before: str) -> Step:
    """What becomes of a cluster that nothing saves from an update: rebuilt, moved elsewhere, or given up, by name and date."""
    return _decision(
        number,
        cluster,
        f"decide about {cluster.name}",
        f"{reason} Nothing after this step saves it: rebuild it on an offered version, move its workloads, or give it up.",
        on,
        before,
        (f"{cluster.name} was rebuilt, moved or given up; say by whom it was agreed.",),
        ("P11", "P18"),
    )


def pools_step(number: int, cluster: Cluster, reason: str, on: str, before: str) -> Step:
    """What becomes of Windows pools for which no node image comes any more."""
    return _decision(
        number,
        cluster,
        f"decide about the Windows pools of {cluster.name}",
        f"{reason[:1].upper()}{reason[1:]}: it stays on its version until those pools are replaced.",
        on,
        before,
        (
            f"The Windows pools of {cluster.name} were replaced by an SKU whose images go on, or it was agreed by name that "
            f"{cluster.name} stays on its version.",
        ),
        ("P18",),
        risks=(POOLS_STAY,),
    )


def _decision(
    number: int,
    cluster: Cluster,
    title: str,
    purpose: str,
    on: str,
    before: str,
    checks: tuple[str, ...],
    rules: tuple[str, ...],
    risks: tuple[str, ...] = (),
) -> Step:
    sid = f"S{number:02}"
    version = str(value_of(cluster.version) or "unknown")
    return Step(
        id=sid,
        kind=StepKind.DECIDE,
        title=title,
        where=cluster.name,
        owner=Owner.CLUSTER_OPERATOR,
        origin=version,
        target=version,
        release=on,
        purpose=purpose,
        basis="rule",
        commands=(Command(("arcstep", "plan", cluster.name, "--to", "supported"), "every way out of it"),),
        expected=f"What becomes of {cluster.name} is agreed before the update to {before}.",
        watch="Nothing runs: this is a decision.",
        before=(),
        verify=tuple(check(f"{sid}.V{place}", text, rules=rules) for place, text in enumerate(checks, 1)),
        gate=f"Do not update to {before} before this is decided.",
        if_wrong=(("nobody can decide", f"Stay on {on}: every step up to here keeps its worth."),),
        reversibility=Reversibility.REVERSIBLE,
        risks=risks,
        rules=rules,
        sources=("SKV", "WIN") if "Windows" in title else ("SKV",),
    )
