"""Usual durations: an assumption that says so, until own runs that were watched from start to end make it a fact."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import events as e
from planner.durations import ASSUMPTION, Band, Run, band, nodes_of, runs_of
from planner.events import Event
from planner.sighting import PoolSight
from planner.walk import replay
from tests.journals import WALK, at, sighting

RUNS = (Run(6, 48.0), Run(4, 50.0), Run(10, 61.0))
"""8, 12.5 and 6.1 minutes a node."""


def test_until_there_are_three_runs_it_is_an_assumption_of_our_own() -> None:
    assert band(6, ()) == band(6, RUNS[:2]) == Band(36, 72, ASSUMPTION)
    assert "arcstep's own assumption, 6 to 12 minutes a node" in ASSUMPTION
    assert "Microsoft publishes no durations" in ASSUMPTION


def test_three_own_runs_make_the_band() -> None:
    assert band(10, RUNS) == Band(61, 125, "your own 3 runs")
    assert band(5, (*RUNS, Run(2, 40.0))) == Band(30, 100, "your own 4 runs")


def test_a_run_that_makes_no_sense_is_none() -> None:
    assert band(6, (*RUNS[:2], Run(0, 10.0), Run(3, 0.0), Run(3, -5.0))).basis == ASSUMPTION


@given(st.integers(1, 1000), st.lists(st.builds(Run, st.integers(1, 500), st.floats(0.1, 10_000)), max_size=8))
def test_a_band_has_a_low_and_a_high_end(nodes: int, runs: list[Run]) -> None:
    found = band(nodes, runs)
    assert 0 <= found.low <= found.high and found.high > 0
    if len(runs) >= 3:
        pace = [run.minutes / run.nodes * nodes for run in runs]
        assert found.low <= min(pace) < found.low + 1.001 and found.high - 1.001 < max(pace) <= found.high


def test_nodes_are_those_of_control_plane_and_pools() -> None:
    pools = (PoolSight("a", "CBLMariner", 3, ()), PoolSight("b", "Windows2022", 2, ()))
    assert nodes_of(replace(sighting(), control_plane=3, pools=pools)) == 8
    assert nodes_of(replace(sighting(), control_plane=1, pools=())) == 1


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(None, id="nothing seen"),
        pytest.param(replace(sighting(), control_plane=None), id="control plane not read"),
        pytest.param(replace(sighting(), pools=None), id="pools not read"),
        pytest.param(replace(sighting(), pools=(PoolSight("a", "", None, ()),)), id="a count not said"),
    ],
)
def test_a_count_that_is_not_known_is_not_guessed(seen: object) -> None:
    assert nodes_of(seen) is None  # type: ignore[arg-type]


# -- own runs --


def runs(*kept: Event) -> list[tuple[int, float]]:
    return [(run.nodes, run.minutes) for run in runs_of(replay(kept))]


def test_an_upgrade_made_by_arcstep_is_a_run() -> None:
    assert runs(*WALK) == [(6, 48)]


def test_an_upgrade_made_by_hand_is_a_run() -> None:
    by_hand = e.Started(at(5), "S01", "ada")
    assert runs(*WALK[:2], by_hand, WALK[-1]) == [(6, 45)]


def test_an_upgrade_that_goes_on_is_none() -> None:
    assert runs(*WALK[:-1]) == []


def test_one_that_somebody_else_began_has_no_known_start() -> None:
    assert runs(*WALK[:2], WALK[-1]) == []


def test_one_that_ended_while_nobody_looked_has_no_known_end() -> None:
    reopened = e.Reopened(at(40), "ada", "laptop")
    assert runs(*WALK[:-1], reopened, WALK[-1]) == []


def test_taking_the_walk_up_before_or_after_changes_nothing() -> None:
    early, late = e.Reopened(at(1.5), "ada", "laptop"), e.Reopened(at(60), "ada", "laptop")
    assert runs(*WALK[:2], early, WALK[1], *WALK[2:], late) == [(6, 48)]


def test_one_whose_nodes_are_not_known_is_none() -> None:
    last = WALK[-1]
    assert isinstance(last, e.Looked)
    assert runs(*WALK[:-1], replace(last, seen=replace(last.seen, control_plane=None))) == []


def test_one_that_was_refused_and_made_later_counts_from_the_second_start() -> None:
    refused = e.Refused(at(2.15), "S01", "no", "wait")
    again = [replace(event, at=at(10 + place / 10)) for place, event in enumerate(WALK[2:5])]
    looked = replace(WALK[1], at=at(3), seen=sighting(3))  # type: ignore[call-arg]
    assert runs(*WALK[:4], refused, looked, *again, WALK[-1]) == [(6, 40)]
