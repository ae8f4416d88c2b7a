"""Rules about the ties to Azure: contact, a stopped cluster, the subscription, agents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from planner.clocks import ClockState
from planner.findings import Evidence, Finding
from planner.inventory import Known, Unknown
from planner.limits import SUSPENDED, USABLE, contact_clock, is_connected, stopped_clock
from planner.policy.case import (
    BLOCKER,
    INFO,
    INSTANCE_OWNER,
    MICROSOFT,
    OPERATOR,
    UNKNOWN,
    WARNING,
    Case,
    CaseRule,
    clock_fact,
    days_words,
    fact,
    moment,
    version_fact,
)
from planner.version import Minor

SILENT: Final = frozenset({"offline", "expired"})
"""Connectivity words of a cluster that may be stopped."""
UPSTREAM_MINORS: Final = 2
"""P20: Arc answers for the newest upstream minor and this many before it."""


def no_contact(case: Case) -> Iterator[Finding]:
    """ARC-CONN-01: the cluster is not connected; nothing can be changed meanwhile and certificates may expire (P22)."""
    connectivity = case.cluster.connectivity
    if is_connected(case.cluster):
        return
    clock = contact_clock(case.cluster, case.judge.today)
    when = days_words(clock, case.judge.today)
    if isinstance(connectivity, Unknown):
        severity, title = UNKNOWN, "Whether the cluster is connected to Azure is not known."
    elif clock.state is ClockState.ENDED:
        severity, title = BLOCKER, f"The cluster ({connectivity.value}) has been without contact since {clock.starts}."
    else:
        severity, title = BLOCKER, f"The cluster is not connected to Azure ({connectivity.value})."
    limit = f" The 30 days end {clock.ends}, {when}." if when else " Since when is not known."
    yield Finding(
        code="ARC-CONN-01",
        severity=severity,
        subject=case.subject,
        title=title,
        why=f"Disconnected it cannot be upgraded or scaled by hand; after 30 days certificates may expire (P22).{limit}",
        cure="Bring the network path to Azure back; after the limit a rebuild may be needed, so ask Microsoft support.",
        owner=INSTANCE_OWNER,
        rules=("P22",),
        evidence=(
            fact("connectivity", connectivity),
            moment("last contact", case.cluster.last_contact),
            clock_fact(clock),
        ),
        sources=("CON",),
    )


def may_be_stopped(case: Case) -> Iterator[Finding]:
    """ARC-CONN-02: offline may mean stopped; stopped for more than 30 days cannot be updated any more (P21, P23, P28)."""
    connectivity = case.cluster.connectivity
    if isinstance(connectivity, Unknown) or connectivity.value.casefold() not in SILENT:
        return
    clock = stopped_clock(case.cluster, case.judge.today)
    when = days_words(clock, case.judge.today)
    limit = f" That limit is {clock.ends}, {when}." if when else ""
    yield Finding(
        code="ARC-CONN-02",
        severity=WARNING,
        subject=case.subject,
        title="The cluster may be stopped: Azure only says that it is silent.",
        why=f"A cluster stopped for more than 30 days can no longer be updated and is out of support (P21).{limit}",
        cure="Look whether its machines run. Switching off all nodes in Hyper-V ends support at once (P28).",
        owner=OPERATOR,
        rules=("P21", "P23", "P28"),
        evidence=(fact("connectivity", connectivity), clock_fact(clock)),
        sources=("SUP", "WN"),
    )


def behind_upstream(case: Case) -> Iterator[Finding]:
    """ARC-AGENT-01: more than two minors behind upstream, which Arc support speaks of; for information only (P20)."""
    version = case.version
    if version is None:
        return  # support_unknown says so
    said = _upstream(case, version.minor)
    if said is None:
        return
    yield Finding(
        code="ARC-AGENT-01",
        severity=INFO,
        subject=case.subject,
        title=said.title,
        why=said.why,
        cure="",
        owner=MICROSOFT,
        rules=("P20",),
        evidence=(version_fact(case), said.newest),
        sources=("ARC",),
    )


class _Upstream(NamedTuple):
    """What is said of every cluster on one minor."""

    title: str
    why: str
    newest: Evidence


def _upstream(case: Case, minor: Minor) -> _Upstream | None:
    """How far upstream is ahead of a minor at as_of; None where it is near or not known."""
    memo, key = case.judge.memo, ("upstream", id(case.outlook))
    if key not in memo:
        memo[key] = _compare_upstream(case, minor)
    return cast("_Upstream | None", memo[key])


def _compare_upstream(case: Case, minor: Minor) -> _Upstream | None:
    catalog, today = case.judge.catalog, case.judge.today
    out = [entry.minor for entry in catalog.minors if entry.upstream_release and entry.upstream_release <= today]
    newest = max(out, default=None)
    if newest is None or newest - minor <= UPSTREAM_MINORS:
        return None
    known = catalog.minor_entries.get(minor)
    ended = known.upstream_end if known is not None else None
    end = f" Upstream end of life of {minor}: {ended}; shown, not judged." if ended is not None else ""
    return _Upstream(
        title=f"Upstream is at {newest}, {newest - minor} minors ahead of {minor}.",
        why=f"Azure Arc names the newest three upstream minors; AKS Arc cannot keep to that (P20).{end}",
        newest=Evidence("newest upstream minor", str(newest), "catalog"),
    )


def subscription_not_enabled(case: Case) -> Iterator[Finding]:
    """SUB-STATE-01: the subscription is suspended, warned, or its state is not known (P24)."""
    clock = case.judge.subscription_clock(case.cluster)
    row = case.judge.inventory.subscription_by_id.get(case.cluster.subscription.casefold())
    state = row.state if row is not None else Unknown("not read")
    word = state.value.casefold() if isinstance(state, Known) else ""
    if word == "enabled":
        return
    if word in SUSPENDED:
        severity = BLOCKER
        why = f"Nothing can be changed in it, and support ends 60 days after the suspension (P24). {clock.reading}"
    elif word in USABLE:
        severity = WARNING
        why = "A subscription in this state may be suspended next; then nothing can be changed any more (P24)."
    else:
        severity = UNKNOWN
        why = f"Whether support ends with the subscription cannot be judged (P24). {clock.reading}"
    yield Finding(
        code="SUB-STATE-01",
        severity=severity,
        subject=case.subject,
        title=f"The subscription is {state.value}."
        if isinstance(state, Known)
        else "The state of the subscription is not known.",
        why=why,
        cure="Have the subscription reinstated by its owner." if word else "Check the subscription in the portal.",
        owner=OPERATOR,
        rules=("P24",),
        evidence=(fact("subscription state", state), clock_fact(clock)),
        sources=("SUP",),
    )


CONNECTIVITY_RULES: Final[tuple[CaseRule, ...]] = (
    no_contact,
    may_be_stopped,
    behind_upstream,
    subscription_not_enabled,
)
