"""Rules about the condition of a cluster: its states, its add-ons, and what could not be read of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from planner.findings import Evidence, Finding
from planner.inventory import LISTED, Addon, Cluster, Known, NodePool, Unknown
from planner.policy.case import BLOCKER, MICROSOFT, OPERATOR, UNKNOWN, WARNING, Case, CaseRule, fact, listed

SUCCEEDED: Final = "succeeded"
UPGRADING: Final = "upgrading"
RUNNING: Final = frozenset({"accepted", "pending", "creating", "deleting", "updating", UPGRADING})
FAILED: Final = frozenset({"failed", "canceled"})
PROVISIONED: Final = "provisioned"
SILENT_ADDONS: Final = frozenset({"telemetry"})
"""Add-ons that report neither phase nor ready on healthy clusters."""


def _words(cluster: Cluster) -> tuple[str, str]:
    """Provisioning and current state in lower case; "" where unknown."""
    one, other = cluster.provisioning_state, cluster.current_state
    return (
        one.value.casefold() if isinstance(one, Known) else "",
        other.value.casefold() if isinstance(other, Known) else "",
    )


def _state_facts(cluster: Cluster) -> tuple[Evidence, ...]:
    facts = (fact("provisioningState", cluster.provisioning_state), fact("currentState", cluster.current_state))
    return (*facts, Evidence("error message", cluster.error, "arm")) if cluster.error else facts


def is_idle(cluster: Cluster) -> bool:
    """Both states are known and say Succeeded: nothing runs and nothing failed."""
    return _words(cluster) == (SUCCEEDED, SUCCEEDED)


def state_not_succeeded(case: Case) -> Iterator[Finding]:
    """K8S-STATE-01: an operation runs, failed, or says a word nobody knows; no hop before it says Succeeded twice."""
    cluster, words = case.cluster, _words(case.cluster)
    if words == (SUCCEEDED, SUCCEEDED) or words in ((SUCCEEDED, UPGRADING), ("failed", UPGRADING)):
        return
    severity = BLOCKER
    if isinstance(cluster.provisioning_state, Unknown) or isinstance(cluster.current_state, Unknown):
        severity, title = UNKNOWN, "The state of the cluster could not be read."
        cure = "Read the cluster again; do not start anything before its state is known."
    elif not RUNNING.isdisjoint(words):
        title = f"An operation is running ({cluster.provisioning_state.value} / {cluster.current_state.value})."
        cure = "Wait until both states say Succeeded, then look again."
    elif not FAILED.isdisjoint(words):
        title = f"The last operation failed ({cluster.provisioning_state.value} / {cluster.current_state.value})."
        cure = "Repair it first: read the error message, collect logs, ask Microsoft support where it is not clear."
    else:
        severity = UNKNOWN
        title = f"Azure reports an unknown state ({cluster.provisioning_state.value} / {cluster.current_state.value})."
        cure = "Look at the cluster in the portal; arcstep does not guess what the word means."
    yield Finding(
        code="K8S-STATE-01",
        severity=severity,
        subject=case.subject,
        title=title,
        why="An upgrade may only start from a cluster at rest: both states Succeeded.",
        cure=cure,
        owner=OPERATOR,
        rules=("P17",),
        evidence=_state_facts(cluster),
        sources=("STK", "SDK"),
    )


def pool_not_succeeded(case: Case) -> Iterator[Finding]:
    """K8S-STATE-01: a node pool is not at rest; the next hop has to wait for it."""
    pools = case.cluster.pools
    if isinstance(pools, Unknown) or pools.source == LISTED:
        return  # pools_run_different_versions says that the pools were not read
    restless = [pool for pool in pools.value if not _at_rest(pool)]
    if not restless:
        return
    yield Finding(
        code="K8S-STATE-01",
        severity=BLOCKER,
        subject=case.subject,
        title=f"Not every node pool is at rest: {listed(pool.name for pool in restless)}.",
        why="An upgrade moves all pools; one that is busy or failed makes it fail half way (P17).",
        cure="Wait for the pools, or repair the failed one first.",
        owner=OPERATOR,
        rules=("P17",),
        evidence=tuple(
            Evidence(
                f"node pool {pool.name}",
                f"{pool.provisioning_state or 'not reported'} / {pool.current_state or 'not reported'}"
                + (f": {pool.error}" if pool.error else ""),
                pools.source,
                pools.at,
            )
            for pool in restless
        ),
        sources=("STK", "SDK"),
    )


def _at_rest(pool: NodePool) -> bool:
    """Older answers leave one of the two states out; what is there has to say Succeeded, and one has to be there."""
    words = {word.casefold() for word in (pool.provisioning_state, pool.current_state) if word}
    return words == {SUCCEEDED}


def timed_out_but_continuing(case: Case) -> Iterator[Finding]:
    """K8S-STATE-02: Azure gave up waiting (Failed) while the upgrade goes on (Upgrading): wait, do nothing."""
    if _words(case.cluster) != ("failed", UPGRADING):
        return
    yield Finding(
        code="K8S-STATE-02",
        severity=BLOCKER,
        subject=case.subject,
        title="Azure says Failed, but the upgrade goes on in the background.",
        why="The Azure operation timed out; the work on the cluster was not stopped by that.",
        cure="Wait and look again; start nothing until both states agree.",
        owner=OPERATOR,
        evidence=_state_facts(case.cluster),
        sources=("CU",),
    )


def flag_stuck(case: Case) -> Iterator[Finding]:
    """K8S-STATE-03: provisioning Succeeded, yet currentState stays Upgrading: a known fault of 2503 and 2504."""
    if _words(case.cluster) != (SUCCEEDED, UPGRADING):
        return
    yield Finding(
        code="K8S-STATE-03",
        severity=BLOCKER,
        subject=case.subject,
        title="Azure says Succeeded, but the cluster still says Upgrading.",
        why="For a short while this is normal. If it lasts, it is a known fault of Azure Local 2503 and 2504.",
        cure="Look again in 30 minutes. If it stays: a harmless update (toggle an unused CSI driver), or release 2505.",
        owner=OPERATOR,
        evidence=_state_facts(case.cluster),
        sources=("STK",),
    )


def addon_not_ready(case: Case) -> Iterator[Finding]:
    """K8S-STATE-04: an add-on is not ready or does not report; a bare Telemetry row is normal."""
    if not case.cluster.addons:
        return
    doubtful = [addon for addon in case.cluster.addons if addon.ready is not True or addon.error]
    ailing = [addon for addon in doubtful if _is_ailing(addon)]
    silent = [addon for addon in doubtful if _is_silent(addon)]
    for severity, addons, verb in ((WARNING, ailing, "not ready"), (UNKNOWN, silent, "silent about their state")):
        if not addons:
            continue
        yield Finding(
            code="K8S-STATE-04",
            severity=severity,
            subject=case.subject,
            title=f"Add-ons {verb}: {listed(addon.name for addon in addons)}.",
            why="An upgrade on top of an unhealthy add-on may stop half way.",
            cure="Bring them to ready first; Microsoft maintains these components and supports them.",
            owner=MICROSOFT,
            evidence=tuple(Evidence(f"add-on {addon.name}", _addon_words(addon), "arm") for addon in addons),
            sources=("SUP", "SDK"),
        )


def _is_silent(addon: Addon) -> bool:
    bare = addon.phase is None and addon.ready is None and not addon.error
    return bare and addon.name.casefold() not in SILENT_ADDONS


def _is_ailing(addon: Addon) -> bool:
    if addon.ready is False or addon.error:
        return True
    return addon.ready is None and addon.phase is not None and addon.phase.casefold() != PROVISIONED


def _addon_words(addon: Addon) -> str:
    ready = {True: "ready", False: "not ready", None: "ready not reported"}[addon.ready]
    return f"{addon.phase or 'phase not reported'}, {ready}" + (f": {addon.error}" if addon.error else "")


def not_readable(case: Case) -> Iterator[Finding]:
    """K8S-READ-01: parts of the cluster could not be read; a gap is said and never counted as fine."""
    gaps = case.judge.inventory.unread_of(case.cluster)
    if not gaps:
        return
    yield Finding(
        code="K8S-READ-01",
        severity=UNKNOWN,
        subject=case.subject,
        title=f"Not everything could be read: {listed(gap.what for gap in gaps)}.",
        why="What was not read is not judged; the cluster may be worse off than it looks.",
        cure="Follow the reason given with each gap, then read again.",
        owner=OPERATOR,
        evidence=tuple(Evidence(gap.what, f"not read: {gap.reason}", "") for gap in gaps),
    )


CONDITION_RULES: Final[tuple[CaseRule, ...]] = (
    state_not_succeeded,
    pool_not_succeeded,
    timed_out_but_continuing,
    flag_stuck,
    addon_not_ready,
    not_readable,
)
