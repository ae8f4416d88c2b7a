"""How long and when, in words: what is guessed is called a guess, and what nobody knows is called unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.bands import ASSUMPTION, Band, Run, band
from planner.documents.markdown import render
from planner.documents.timing import plan_time, schedule, span, step_time
from planner.goals import LATEST
from planner.inventory import Unknown
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.support import Judge
from tests.builders import cluster, inventory, offered, pool
from tests.documents.plans import HOP, NO_PATH, PLAN, UPDATE

LIVE = offered(["1.31.13", "1.32.9", "1.33.5"])


def planned(**changes: object) -> Plan:
    catalog = load_catalog()
    fleet = inventory(cluster("c", "1.31.13", **changes), release="2604", live=LIVE)  # type: ignore[arg-type]
    return build_plan(fleet.clusters[0], LATEST, Judge(fleet, catalog, fleet.as_of), Routes(catalog))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(36, 72, "36 min to 1 h 12 min"), (60, 120, "1 h to 2 h"), (0, 5, "0 min to 5 min"), (7, 7, "7 min")],
)
def test_minutes_as_people_say_them(low: int, high: int, words: str) -> None:
    assert span(low, high) == words


def test_a_hop_counts_control_plane_and_all_pools() -> None:
    pools = [pool("a", "1.31.13", count=4), pool("b", "1.31.13", count=2)]
    steps = planned(pools=pools, control_plane_count=3).steps
    assert [(step.nodes, step.duration) for step in steps] == [(9, Band(54, 108, ASSUMPTION))] * 2
    assert step_time(steps[0]) == (
        "54 min to 1 h 48 min for 9 nodes (a guess, by arcstep's own assumption: see Sources)."
    )


@pytest.mark.parametrize("unknown", [{"control_plane_count": None}, {"count": None}])
def test_without_a_count_there_is_no_time(unknown: dict[str, None]) -> None:
    if "count" in unknown:
        plan = planned(pools=[replace(pool(running="1.31.13"), count=None)])
    else:
        plan = planned()
        catalog = load_catalog()
        lost = replace(cluster("c", "1.31.13"), control_plane_count=Unknown("not read"))
        fleet = inventory(lost, release="2604", live=LIVE)
        plan = build_plan(lost, LATEST, Judge(fleet, catalog, fleet.as_of), Routes(catalog))
    assert plan.steps and all(step.nodes is None and step.duration is None for step in plan.steps)
    assert step_time(plan.steps[0]) == "unknown: the number of nodes could not be read."
    assert plan_time(plan) == "unknown, step by step."
    assert plan_time(replace(plan, steps=plan.steps[:1])) == "unknown: the number of nodes could not be read."


@pytest.mark.parametrize("kind", list(StepKind))
def test_a_step_without_a_band_is_unknown_with_the_reason(kind: StepKind) -> None:
    assert step_time(replace(HOP, kind=kind)).startswith("unknown: ")


def test_the_whole_adds_up_what_is_known_and_names_the_rest() -> None:
    timed = replace(HOP, nodes=6, duration=band(6, ()))
    plan = replace(PLAN, steps=(timed, replace(timed, id="S02"), replace(UPDATE, id="S03")))
    assert plan_time(plan) == (
        "the 2 Kubernetes upgrades together: 1 h 12 min to 2 h 24 min (a guess, by arcstep's own assumption: see Sources). "
        "Not known: how long S03 will take."
    )


def test_own_runs_are_no_guess() -> None:
    runs = [Run(2, 20.0), Run(2, 30.0), Run(4, 40.0)]
    plan = replace(PLAN, steps=(replace(HOP, nodes=2, duration=band(2, runs)),))
    assert step_time(plan.steps[0]) == "20 min to 28 min for 2 nodes (by P50 and P90 of your own 3 runs)."
    text = render(plan)
    assert "| Times | P50 and P90 of your own 3 runs | measured | arcstep |" in text and "guess" not in text


def test_a_schedule_says_what_is_missing_and_lists_the_dates_in_order() -> None:
    text = "\n".join(schedule(PLAN))
    assert "Not scheduled: this plan holds no window. **Must start by:** unknown" in text
    assert "a window and the time of every step would have to be known" in text
    assert "| S02 | release 2411 → 2510 | Azure Local owner | unknown | 2026-06-01 |" in text
    assert "| 2025-08-31 | Kubernetes minor | past | P3 |" in text
    assert "item:SCHEDULE.start" in text and "item:SCHEDULE.end" in text
    timed = replace(HOP, nodes=6, duration=band(6, ()))
    assert "date, a window would have to be known" in "\n".join(schedule(replace(PLAN, steps=(timed,))))
    assert "Not before" not in "\n".join(schedule(replace(PLAN, steps=(timed,))))


def test_what_holds_no_steps_has_no_schedule() -> None:
    assert schedule(NO_PATH) == [] and "**How long:**" not in render(NO_PATH)
