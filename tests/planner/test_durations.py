"""Usual durations: an assumption that says so, until own runs that were watched from start to end make it a fact."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import events as e
from planner.bands import RELEASE_ASSUMPTION, how_known, release_band
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


def test_three_own_runs_make_the_band_of_their_p50_and_p90() -> None:
    """8, 12.5 and 6.1 minutes a node: 8 in the middle, 11.6 at nine tenths of the way."""
    assert band(10, RUNS) == Band(80, 116, "P50 and P90 of your own 3 runs")
    assert band(5, (*RUNS, Run(2, 40.0))) == Band(51, 89, "P50 and P90 of your own 4 runs")
    assert band(6, [Run(6, 48.0)] * 3) == Band(48, 48, "P50 and P90 of your own 3 runs")


def test_a_figure_of_the_site_goes_before_own_runs() -> None:
    assert band(6, RUNS, (5, 9)) == Band(30, 54, "your own figure, 5 to 9 minutes a node")


def test_a_release_update_is_assumed_until_the_site_says_it() -> None:
    assert release_band() == Band(120, 480, RELEASE_ASSUMPTION)
    assert "arcstep's own assumption, 2 to 8 h" in RELEASE_ASSUMPTION
    assert release_band((180, 360)) == Band(180, 360, "your own figure, 180 to 360 minutes a release update")


def test_every_basis_says_how_it_is_known() -> None:
    bases = [band(6, ()).basis, release_band().basis, band(6, RUNS).basis, band(6, (), (5, 9)).basis]
    assert [how_known(basis) for basis in bases] == ["assumed", "assumed", "measured", "stated"]


def test_a_run_that_makes_no_sense_is_none() -> None:
    assert band(6, (*RUNS[:2], Run(0, 10.0), Run(3, 0.0), Run(3, -5.0))).basis == ASSUMPTION


@settings(derandomize=True)
@given(st.integers(1, 1000), st.lists(st.builds(Run, st.integers(1, 500), st.floats(0.1, 10_000)), max_size=8))
def test_a_band_has_a_low_and_a_high_end(nodes: int, runs: list[Run]) -> None:
    found = band(nodes, runs)
    assert 0 <= found.low <= found.high and found.high > 0
    if len(runs) >= 3:
        pace = [run.minutes / run.nodes * nodes for run in runs]
        assert min(pace) - 1.001 < found.low and found.high < max(pace) + 1.001


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
