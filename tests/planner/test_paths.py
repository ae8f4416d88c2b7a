"""The paths an operator would be given, by value, on the shipped catalog."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.catalog import Catalog
from planner.deadend import explain
from planner.goals import GoalError
from planner.inventory import Unknown
from planner.knowledge import load_catalog
from planner.moves import MoveKind
from planner.next_move import next_move
from planner.path import Routes, Solution, parse_goal, solve
from planner.search import COMPONENTS, Path
from planner.support import Judge
from tests.builders import AS_OF, cluster, instance, inventory, location, offered, pool, version

CATALOG = load_catalog()


def solved(running: str, release: str, goal: str, **facts: object) -> Solution:
    live = facts.pop("live", None)
    subject = cluster(running=running, **facts)  # type: ignore[arg-type]
    fleet = inventory(subject, release=release, live=live)  # type: ignore[arg-type]
    judge = Judge(fleet, CATALOG, AS_OF)
    solution = solve(subject, parse_goal(goal, CATALOG), judge, Routes(CATALOG), whole=True)
    assert not isinstance(solution, Unknown)
    return solution


def hops(path: Path | None) -> list[str]:
    assert path is not None
    return [str(move.target.version) for move in path.moves if move.kind is MoveKind.HOP]


def releases(path: Path | None) -> list[str]:
    assert path is not None
    return [move.target.platform.key for move in path.moves if move.kind is MoveKind.RELEASE]


@pytest.mark.parametrize("release", ["11.2510", "12.2510"])
def test_a_climb_within_one_release_needs_no_platform_update(release: str) -> None:
    path = solved("1.29.4", release, "1.32").path
    assert hops(path) == ["1.30.14", "1.31.10", "1.32.6"]
    assert releases(path) == []


def test_off_list_patch_returns_by_one_hop_and_goes_on_to_latest() -> None:
    path = solved("1.30.9", "2604", "latest").path
    assert hops(path) == ["1.31.13", "1.32.9", "1.33.5"]
    assert releases(path) == []


def test_the_hop_to_1_29_precedes_2510() -> None:
    path = solved("1.28.9", "2411", "1.32").path
    assert path is not None and path.numbers.hops == 4
    order = [str(m.target.version) if m.kind is MoveKind.HOP else m.target.platform.key for m in path.moves]
    first = next(place for place, word in enumerate(order) if word.startswith("1.29."))
    assert all(first < place for place, word in enumerate(order) if word in {"11.2510", "12.2510"})


def test_two_years_behind_takes_six_hops_and_offers_the_trade_offs() -> None:
    solution = solved("1.27.9", "2408", "1.33.5")
    assert solution.path is not None and solution.path.numbers.hops == 6
    by_name = dict(solution.alternatives)
    assert by_name["stops"].numbers.stops == 2
    assert hops(by_name["stops"]) == ["1.28.14", "1.29.9", "1.30.4", "1.31.13", "1.32.9", "1.33.5"]
    least = min(path.numbers.off_list_moves for _, path in solution.alternatives)
    assert by_name["off_list_moves"].numbers.off_list_moves == least < solution.path.numbers.off_list_moves


def test_each_alternative_is_the_optimum_of_its_component() -> None:
    solution = solved("1.27.9", "2408", "1.33.5")
    for name, path in solution.alternatives:
        assert getattr(path.numbers, name) == min(getattr(other.numbers, name) for _, other in solution.alternatives)
    assert [name for name, _ in solution.alternatives] == list(COMPONENTS)


@pytest.mark.parametrize(
    ("running", "release", "goal"),
    [
        ("1.27.9", "2508", "latest"),
        ("1.29.4", "2602", "latest"),
        ("1.31.13", "2606", "latest"),
        ("1.31.13", "2606", "1.33"),
    ],
)
def test_dead_ends_have_no_path(running: str, release: str, goal: str) -> None:
    assert solved(running, release, goal).path is None


def test_a_live_list_makes_hops_legal_on_a_release_without_a_published_one() -> None:
    live = offered(["1.31.14", "1.32.10", "1.32.11", "1.33.6"])
    assert hops(solved("1.31.13", "2606", "latest", live=live).path) == ["1.32.11", "1.33.6"]


def test_the_os_line_decides_which_2510_follows_2509() -> None:
    assert releases(solved("1.30.9", "11.2509.1001.21", "1.32").path) == ["11.2510"]
    assert releases(solved("1.30.9", "12.2509.1001.22", "1.32").path) == ["12.2510"]


def test_windows_server_2019_stops_at_1_32() -> None:
    pools = [pool("linux", "1.31.10"), pool("win", "1.31.10", sku="Windows2019")]
    capped = solved("1.31.10", "12.2510", "latest", pools=pools)
    assert hops(capped.path) == ["1.32.6"]
    assert solved("1.31.10", "12.2510", "1.33", pools=pools).path is None


def test_a_windows_image_that_is_no_longer_shipped_stops_a_hop_unless_it_is_ready() -> None:
    pools = [pool("win", "1.31.12", sku="Windows2019")]
    assert solved("1.31.12", "2602", "1.32", pools=pools).path is None


def test_the_upgrade_profile_decides_the_first_hop_only() -> None:
    live = offered(["1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5"])
    path = solved("1.31.12", "2604", "latest", live=live, upgrades=["1.31.13", "1.32.8"]).path
    assert hops(path) == ["1.32.8", "1.33.5"]


def test_an_empty_profile_leaves_no_hop_here() -> None:
    path = solved("1.31.12", "2604", "1.33", upgrades=[]).path
    assert releases(path)[0] == "2605"


def test_a_live_edge_that_skips_a_minor_is_never_taken() -> None:
    path = solved("1.31.12", "2604", "latest", upgrades=["1.33.5", "1.32.9"]).path
    assert hops(path)[0] == "1.32.9"


def test_previews_are_never_on_a_path() -> None:
    live = offered(["1.32.9", "1.33.5"], preview=["1.34.2"])
    assert hops(solved("1.32.9", "2605", "latest", live=live).path) == ["1.33.5"]


def test_an_update_waits_for_a_neighbour_it_would_strand() -> None:
    subject, slow = cluster("fast", "1.31.5"), cluster("slow", "1.28.14")
    fleet = inventory(subject, slow, release="2509")
    solution = solve(subject, parse_goal("1.32", CATALOG), Judge(fleet, CATALOG, AS_OF), Routes(CATALOG), whole=True)
    assert isinstance(solution, Solution) and solution.path is not None
    gate = solution.neighbours[0]
    assert (gate.name, gate.before, str(gate.needed)) == ("slow", "11.2510", "1.29.13")


def catalog_in_which_2606_drops_1_31() -> Catalog:
    offers = tuple(version(text) for text in ("1.32.10", "1.33.6", "1.34.2"))
    releases = tuple(replace(entry, offers=offers) if entry.key == "2606" else entry for entry in CATALOG.releases)
    return replace(CATALOG, releases=releases)


def test_a_neighbour_that_cannot_be_saved_blocks_the_update_and_is_named() -> None:
    catalog = catalog_in_which_2606_drops_1_31()
    subject = cluster("fast", "1.33.5")
    capped = cluster("capped", "1.30.14", pools=[pool("win", "1.30.14", sku="Windows2019")])
    fleet = inventory(subject, capped, release="2605")
    goal = parse_goal("1.34", catalog)
    alone = inventory(subject, release="2605")
    free = solve(subject, goal, Judge(alone, catalog, AS_OF), Routes(catalog))
    assert isinstance(free, Solution) and hops(free.path) == ["1.34.2"]
    solution = solve(subject, goal, Judge(fleet, catalog, AS_OF), Routes(catalog))
    assert isinstance(solution, Solution) and solution.path is None
    assert [(item.name, item.target) for item in solution.refused] == [("capped", "2606")]
    dead = explain(subject, goal, solution, catalog, "plant12")
    assert dead.by_rule and "capped" in dead.causes[0].why


def test_neighbours_stranded_already_do_not_block() -> None:
    subject, lost = cluster("fast", "1.31.5"), cluster("lost", "1.26.12")
    fleet = inventory(subject, lost, release="2509")
    solution = solve(subject, parse_goal("1.32", CATALOG), Judge(fleet, CATALOG, AS_OF), Routes(CATALOG), whole=True)
    assert isinstance(solution, Solution) and solution.path is not None and solution.neighbours == ()


def test_recovery_only_where_it_was_accepted() -> None:
    subject = cluster(running="1.29.4")
    fleet = inventory(subject, release="2602")
    judge, routes = Judge(fleet, CATALOG, AS_OF), Routes(CATALOG)
    solution = solve(subject, parse_goal("latest", CATALOG), judge, routes, accepted=frozenset({"RECOVERY-SKIP"}))
    assert isinstance(solution, Solution)
    assert hops(solution.path) == ["1.31.13", "1.32.9", "1.33.5"]


def test_latest_does_not_strand_to_get_there() -> None:
    path = solved("1.29.4", "12.2510", "latest").path
    assert hops(path)[:1] == ["1.30.14"] and hops(path)[-1] == "1.33.5"


@pytest.mark.parametrize(
    ("running", "release", "expected"),
    [
        ("1.33.5", "2604", "-"),
        ("1.32.9", "2604", "K8s 1.33.5"),
        ("1.30.9", "2604", "K8s 1.31.13"),
        ("1.27.9", "2508", "no path"),
        ("1.31.13", "2606", "?"),
        ("1.32.8", "12.2510", "release 2602"),
    ],
)
def test_next_move(running: str, release: str, expected: str) -> None:
    subject = cluster(running=running)
    assert next_move(subject, Judge(inventory(subject, release=release), CATALOG, AS_OF), Routes(CATALOG)) == expected


def test_an_unreadable_version_is_not_planned() -> None:
    subject = cluster(running=None)
    judge = Judge(inventory(subject), CATALOG, AS_OF)
    assert isinstance(solve(subject, parse_goal("latest", CATALOG), judge, Routes(CATALOG)), Unknown)
    assert next_move(subject, judge, Routes(CATALOG)) == "?"


def test_instances_are_independent() -> None:
    here, there = cluster("here", "1.31.5", instance="a"), cluster("there", "1.28.14", instance="b")
    fleet = inventory(
        here,
        there,
        instances=[instance("a", "2509"), instance("b", "2509")],
        locations=[location("a"), location("b")],
    )
    solution = solve(here, parse_goal("1.32", CATALOG), Judge(fleet, CATALOG, AS_OF), Routes(CATALOG), whole=True)
    assert isinstance(solution, Solution) and solution.neighbours == ()


def test_a_word_that_is_no_goal_names_the_nearest() -> None:
    with pytest.raises(GoalError, match="latest"):
        parse_goal("lates", CATALOG)
