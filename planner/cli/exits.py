"""From judgements to exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.cli.codes import DRIFTED, ENDS_SOON, NO_PATH, OK, OUT_OF_SUPPORT, UNKNOWN, UPGRADE_AVAILABLE
from planner.findings import Verdict
from planner.inventory import Cluster
from planner.next_move import next_move
from planner.path import Routes
from planner.support import Judge, SupportState

if TYPE_CHECKING:  # `check` asks for none of these
    from planner.fates import Drift
    from planner.plan import Plan
    from planner.walk import Walk

_NOTHING: Final = {"-", "?"}
NO_WAY: Final = "no path"
_BY_STATE: Final = {
    SupportState.STRANDED: NO_PATH,
    SupportState.OUT_OF_SUPPORT: OUT_OF_SUPPORT,
    SupportState.GRACE: ENDS_SOON,
    SupportState.UNKNOWN: UNKNOWN,
}


def exit_of_check(judge: Judge, routes: Routes, within: int) -> int:
    """The most severe state of a fleet. A gap in the reading, or a fleet without a cluster, is unknown."""
    inventory = judge.inventory
    count = len(inventory.clusters)
    partial = bool(inventory.unread) or not count or count < (inventory.expected or 0)
    codes = (exit_of_cluster(cluster, judge, routes, within) for cluster in inventory.clusters)
    return max((UNKNOWN if partial else OK, *codes))


def exit_of_cluster(cluster: Cluster, judge: Judge, routes: Routes, within: int) -> int:
    """One cluster's own code; `within` is in days from the as-of day."""
    state, ends = judge.state(cluster)
    code = _BY_STATE.get(state, OK)
    if ends is not None and (ends - judge.today).days <= within:
        code = max(code, ENDS_SOON)
    ahead = next_move(cluster, judge, routes)
    if ahead == NO_WAY:
        return max(code, NO_PATH)
    return max(code, UPGRADE_AVAILABLE) if ahead not in _NOTHING else code


def exit_of_plan(plan: Plan) -> int:
    """As `exit_of_beginning`; a plan with open checks may be begun, and is unknown all the same (PR14)."""
    from planner.openings import has_open_checks

    code = exit_of_beginning(plan)
    return UNKNOWN if code == OK and has_open_checks(plan.steps) else code


def exit_of_beginning(plan: Plan) -> int:
    """No path by rule or a plan that may not be begun; one that needs something nobody could read; or one to be walked."""
    if plan.verdict is Verdict.NO_GO:
        return NO_PATH
    return UNKNOWN if plan.dead_end is not None or plan.verdict is Verdict.UNKNOWN else OK


def exit_of_drift(drift: Drift) -> int:
    """Anything but done and valid is drift; where only facts are missing nobody knows."""
    from planner.fates import Fate

    if drift.fate in (Fate.DONE, Fate.VALID):
        return OK
    return UNKNOWN if drift.fate is Fate.UNKNOWN else DRIFTED


def exit_of_walk(walk: Walk) -> int:
    """Every step done; a walk that was aborted, came to nothing or needs attention; or one that is not finished."""
    from planner.cli.telling import has_failed

    leg = walk.leg
    if leg is None:
        return OK
    return NO_PATH if walk.aborted or has_failed(leg) else UNKNOWN
