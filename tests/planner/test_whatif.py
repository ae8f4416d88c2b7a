"""What an update of the hosts would do to each of their clusters, by value on the shipped catalog."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.fleet.targets import TargetError, resolve_target, targets
from planner.fleet.whatif import Bearing, Effect, WhatIf, what_if
from planner.inventory import LISTED, Cluster, Instance, Inventory, NodePool, Unknown
from planner.knowledge import load_catalog
from planner.moves import Standing, State, hops, standing
from planner.routes import Routes, stand
from planner.standpoint import Standpoint
from planner.support import Judge, SupportState
from planner.version import KubernetesVersion, Minor
from tests.builders import AS_OF, cluster, instance, inventory, known, location, offered, pool, version

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
LIST_2509 = ("1.29.12", "1.29.13", "1.30.8", "1.30.9", "1.31.4", "1.31.5")


def asked(fleet: Inventory, release: str) -> WhatIf:
    judge = Judge(fleet, CATALOG, AS_OF)
    host = fleet.instances[0]
    answer = what_if(host, resolve_target(release, host, judge, ROUTES), judge, ROUTES)
    assert isinstance(answer, WhatIf)
    return answer


def after(running: str | None, on: str, release: str, **facts: object) -> Effect:
    """What an update from `on` to `release` means for one cluster."""
    live = facts.pop("live", None)
    fleet = inventory(cluster("c", running, **facts), release=on, live=live)  # type: ignore[arg-type]
    (effect,) = asked(fleet, release).effects
    return effect


def first(effect: Effect) -> list[tuple[str, list[str]]]:
    return [(fix.on, [str(hop) for hop in fix.versions]) for fix in effect.fixes]


# -- what the tool is for --


def test_2510_strands_exactly_the_cluster_on_1_28_and_says_what_to_do_first() -> None:
    fleet = inventory(*(cluster(f"c-{text}", text) for text in ("1.31.5", "1.28.9", "1.29.13")), release="2509")
    answer = asked(fleet, "2510")
    assert [effect.cluster.name for effect in answer.stranded] == ["c-1.28.9"]
    assert first(answer.stranded[0]) == [("2509", ["1.29.13"])]
    assert (
        answer.verdict == "Not yet to 2510: c-1.28.9 would be stranded. "
        "First upgrade c-1.28.9 to Kubernetes 1.29.13 (its operator), then update."
    )
    assert [(str(e.version), e.bearing) for e in answer.effects] == [
        ("1.28.9", Bearing.STRANDED),
        ("1.29.13", Bearing.MINOR_REMOVED),
        ("1.31.5", Bearing.PATCH_OUTDATED),
    ]


@pytest.mark.parametrize(
    ("release", "highest"),
    [
        ("2503", "1.26"),
        ("2507", "1.26"),
        ("2508", "1.27"),
        ("2509", "1.27"),
        ("2510", "1.28"),
        ("2602", "1.29"),
        ("2603", "1.29"),
        ("2605", "1.29"),
    ],
)
def test_the_highest_minor_each_release_strands(release: str, highest: str) -> None:
    minors = [cluster(f"m{number}", f"1.{number}.0") for number in range(24, 34)]
    answer = asked(inventory(*minors, release="2405", instances=[instance(release="10.2405.3.7")]), release)
    assert max(effect.version.minor for effect in answer.stranded if effect.version) == Minor.parse(highest)


# -- each bearing --


def test_fine_names_what_could_be_hopped_to_then() -> None:
    effect = after("1.31.13", "2603", "2604")
    assert (effect.bearing, [str(v) for v in effect.offered]) == (Bearing.FINE, ["1.32.8", "1.32.9"])
    assert effect.on_it == "fine: 1.32.9" and effect.first == "" and not effect.is_open
    assert after("1.33.5", "2603", "2604").on_it == "fine, the newest there"


def test_a_patch_off_the_list_is_outdated_under_p8() -> None:
    effect = after("1.31.5", "2509", "2510")
    assert effect.bearing is Bearing.PATCH_OUTDATED and "P8" in effect.rules and not effect.blocks
    assert effect.on_it == "patch outdated: 1.31.10, 1.32.6"


def test_a_minor_one_below_the_list_has_thirty_days_and_one_hop() -> None:
    effect = after("1.29.13", "2509", "2510")
    assert effect.bearing is Bearing.MINOR_REMOVED and "P3" in effect.rules and "2025-10-31" in effect.why
    assert [str(v) for v in effect.offered] == ["1.30.13", "1.30.14"] and effect.first == ""
    assert effect.on_it == "minor removed, hop at once: 1.30.14", "out of support today already"
    assert "no 30 days are left" in effect.why


def test_who_is_stranded_today_holds_nobody_up() -> None:
    fleet = inventory(cluster("lost", "1.27.9"), cluster("fine", "1.31.5"), release="2509")
    answer = asked(fleet, "2510")
    assert answer.stranded == () and answer.blocking == () and answer.count(Bearing.ALREADY) == 1
    assert answer.verdict == "2510 strands nobody. 1 stranded already, 1 patch outdated."
    assert {loss.count for loss in answer.losses if loss.name == "2510"} == {0}


def test_a_windows_pool_whose_image_ends_leaves_no_hop() -> None:
    windows = [pool("linux", "1.31.10"), pool("win", "1.31.10", sku="Windows2019")]
    effect = after("1.31.10", "12.2510", "2602", pools=windows)
    assert effect.bearing is Bearing.CEILING and effect.blocks and effect.on_it == "ceiling reached: Windows2019"
    assert "the last release with the Windows2019 node image is 2510" in effect.why and effect.offered == ()
    fleet = inventory(cluster("c", "1.31.10", pools=windows), release="12.2510")
    assert asked(fleet, "2602").verdict == (
        "Not yet to 2602: c would have no hop left. First replace the Windows2019 pools of c, then update."
    )


def test_a_windows_pool_at_its_last_minor_leaves_no_hop_where_the_list_moves_on() -> None:
    overlay = replace(CATALOG.ceiling_by_sku["windows2022"], last_minor=Minor(1, 31))
    catalog = replace(CATALOG, windows=(overlay,))
    fleet = inventory(cluster("c", "1.31.13", pools=[pool("win", "1.31.13", sku="Windows2022")]), release="2602")
    judge, routes = Judge(fleet, catalog, AS_OF), Routes(catalog)
    answer = what_if(fleet.instances[0], targets(fleet.instances[0], judge, routes)[0], judge, routes)
    assert isinstance(answer, WhatIf)
    (effect,) = answer.effects
    assert effect.bearing is Bearing.CEILING and "Windows2022 stops at Kubernetes 1.31" in effect.why


def test_a_windows_ceiling_of_today_does_not_hold_the_update_up() -> None:
    effect = after("1.31.13", "2604", "2605", pools=[pool("win", "1.31.13", sku="Windows2022")])
    assert effect.bearing is Bearing.CEILING and not effect.blocks and "so already today" in effect.why


def test_live_readiness_today_makes_the_ceiling_new() -> None:
    live = [
        replace(row, readiness=tuple(replace(one, ready=True) for one in row.readiness))
        for row in offered(["1.31.13", "1.32.9"])
    ]
    effect = after("1.31.13", "2604", "2605", pools=[pool("win", "1.31.13", sku="Windows2022")], live=live)
    assert effect.bearing is Bearing.CEILING and effect.blocks


def test_windows_with_room_left_is_fine() -> None:
    effect = after("1.31.12", "2602", "2603", pools=[pool("win", "1.31.12", sku="Windows2022")])
    assert effect.bearing is Bearing.FINE and effect.gap == ""


@pytest.mark.parametrize(
    ("running", "bound"), [("1.30.14", True), ("1.31.10", True), ("1.29.13", None), ("1.28.9", False)]
)
def test_on_an_unknown_list_only_the_lists_around_it_speak(running: str, bound: bool | None) -> None:
    effect = after(running, "12.2510" if running != "1.28.9" else "2509", "2511")
    wanted = {True: Bearing.FINE, False: Bearing.STRANDED, None: Bearing.CANNOT_JUDGE}[bound]
    assert effect.bearing is wanted and effect.offered == ()
    if bound:
        assert effect.on_it == "can continue; list not published" and effect.first == "" and not effect.is_listed
    assert "not published" in effect.why or bound is False


def test_beyond_every_known_list_nobody_can_tell() -> None:
    effect = after("1.33.5", "2605", "2606")
    assert effect.bearing is Bearing.CANNOT_JUDGE and effect.is_open
    assert (effect.on_it, effect.first) == ("cannot judge; list not published", "")
    windows = after("1.33.5", "2603", "2606", pools=[pool("win", "1.33.5", sku="Windows2022")])
    assert windows.bearing is Bearing.CEILING, "the image is gone whatever the list says"


def test_a_version_above_the_list_is_a_contradiction_and_not_fine() -> None:
    effect = after("1.32.6", "2411", "2503")
    assert effect.bearing is Bearing.CANNOT_JUDGE and effect.first == "check: 2503 ends at 1.30"


def test_what_could_not_be_read_cannot_be_judged() -> None:
    effect = after(None, "2509", "2510")
    assert effect.bearing is Bearing.CANNOT_JUDGE and "no permission to read the cluster" in effect.why


def test_within_support_a_removed_minor_hops_after_the_update() -> None:
    fleet = inventory(cluster("c", "1.29.13"), release="2509")
    judge, routes = Judge(fleet, CATALOG, datetime(2025, 10, 20, tzinfo=UTC)), Routes(CATALOG)
    assert judge.state(fleet.clusters[0])[0] is SupportState.SUPPORTED
    answer = what_if(fleet.instances[0], resolve_target("2510", fleet.instances[0], judge, routes), judge, routes)
    assert isinstance(answer, WhatIf)
    (effect,) = answer.effects
    assert effect.on_it == "minor removed, then hop: 1.30.14" and "30 days after the update" in effect.why


def test_a_release_without_a_list_is_not_known_and_strands_nobody_by_those_around_it() -> None:
    answer = asked(inventory(cluster("c", "1.31.10"), release="12.2510"), "2511")
    assert answer.is_unlisted and answer.verdict == (
        "Not known for 2511: its list is not published; nobody would be stranded by the lists around it."
    )


def test_what_cannot_be_changed_now_is_said_beside_fine() -> None:
    effect = after("1.31.13", "2603", "2604", connectivity="Offline")
    assert effect.bearing is Bearing.FINE and effect.on_it == "fine, not now: 1.32.9"
    assert effect.now.startswith("ARC-CONN-01")
    assert after("1.33.5", "2603", "2604", connectivity="Offline").on_it == "fine, not now; the newest there"


def test_pools_apart_cannot_be_changed_now() -> None:
    effect = after("1.31.13", "2603", "2604", pools=[pool("a", "1.31.13"), pool("b", "1.31.12")])
    assert effect.bearing is Bearing.FINE and "1.31.12" in effect.now and "not now" in effect.on_it


def test_who_was_stranded_before_is_decided_about_first_but_not_waited_for() -> None:
    effect = after("1.27.9", "2509", "2510")
    assert (
        effect.bearing is Bearing.ALREADY and "The order does not wait for it, but decide about it first" in effect.why
    )


@pytest.mark.parametrize(
    ("clusters", "release", "target", "verdict"),
    [
        (
            "1.28.7 1.28.9",
            "2509",
            "2510",
            "a and b would be stranded. First upgrade a to Kubernetes 1.29.13 and b to 1.29.13 (their operators), "
            "then update.",
        ),
        (
            "1.28.5 1.28.7 1.28.9",
            "2509",
            "2510",
            "a and 2 more would be stranded. First upgrade a to Kubernetes 1.29.13 and 2 more as their rows say "
            "(their operators), then update.",
        ),
        (
            "1.28.9",
            "2509",
            "2602",
            "a would be stranded. First upgrade a to Kubernetes 1.29.13, then 1.30.9 (its operator), then update.",
        ),
        (
            "1.27.9",
            "2411",
            "2602",
            "a would be stranded. First upgrade a between the updates: 1.28.9, 1.29.4; on 2503 1.30.4 (its operator), "
            "then update.",
        ),
    ],
)
def test_the_headline_says_who_has_to_do_what(clusters: str, release: str, target: str, verdict: str) -> None:
    hosted = [cluster(name, text) for name, text in zip("abc", clusters.split(), strict=False)]
    assert asked(inventory(*hosted, release=release), target).verdict == f"Not yet to {target}: {verdict}"


def test_windows_pools_that_block_as_well_are_named() -> None:
    windows = [pool("win", "1.31.10", sku="Windows2019")]
    hosted = [cluster("a", "1.29.13"), cluster("w", "1.31.10", pools=windows)]
    assert asked(inventory(*hosted, release="12.2510"), "2602").verdict == (
        "Not yet to 2602: a would be stranded, w without a hop. First upgrade a to 1.30.14 (its operator) "
        "and replace the Windows2019 pools of w."
    )


# -- gaps --


def test_unread_node_pools_are_said_where_windows_could_turn_the_answer() -> None:
    subject = replace(cluster("c", "1.31.10"), pools=Unknown("not read yet"))
    fleet = inventory(subject, release="12.2510")
    (effect,) = asked(fleet, "2602").effects
    assert effect.bearing is Bearing.PATCH_OUTDATED and effect.is_open and "Windows" in effect.gap
    assert asked(fleet, "2602").verdict == "Nobody can tell for 2602: c cannot be judged. 1 patch outdated."
    (effect,) = asked(inventory(replace(subject, version=known(version("1.29.13"))), release="2509"), "2510").effects
    assert effect.gap == "", "every Windows image there is goes further than 1.30 on 2510"


def test_a_listed_pool_is_a_known_pool() -> None:
    pools = known((pool("win", None, sku="Windows2019"),), source=LISTED)
    subject = replace(cluster("c", "1.31.10"), pools=pools)
    assert asked(inventory(subject, release="12.2510"), "2602").effects[0].bearing is Bearing.CEILING


def test_a_windows_of_which_nothing_is_known_is_never_fine() -> None:
    effect = after("1.31.12", "2602", "2603", pools=[pool("win", "1.31.12", sku="Windows2031")])
    assert effect.gap == "how far its windows2031 node pools go is not known" and effect.is_open


def test_clusters_of_unknown_instance_may_be_here() -> None:
    fleet = inventory(cluster("c", "1.31.5"), cluster("adrift", "1.28.9", instance="nowhere"), release="2509")
    answer = asked(fleet, "2510")
    assert answer.unplaced == 1 and answer.verdict.startswith("2510 strands none of those known to be here.")


def test_an_instance_without_a_cluster_says_so() -> None:
    assert asked(inventory(release="2509"), "2510").verdict == "2510: it hosts no cluster that was read."


# -- what to do first --


def test_hops_are_made_today_as_far_as_today_carries_and_then_on_the_way() -> None:
    assert first(after("1.27.9", "2411", "2510")) == [("2411", ["1.28.9", "1.29.4"])]
    assert first(after("1.27.9", "2411", "2602")) == [("2411", ["1.28.9", "1.29.4"]), ("2503", ["1.30.4"])]
    assert after("1.27.9", "2411", "2602").first == "1.28.9, 1.29.4; on 2503 1.30.4"


def test_the_upgrade_profile_decides_the_first_hop_of_today() -> None:
    live = offered(LIST_2509)
    assert first(after("1.28.9", "2509", "2510", live=live, upgrades=["1.29.12"])) == [("2509", ["1.29.12"])]
    nothing = after("1.28.9", "2509", "2510", live=live, upgrades=[])
    assert nothing.fixes == () and nothing.first == "no hop saves it" and nothing.blocks


def test_a_live_edge_that_leads_nowhere_is_gone_round() -> None:
    live = offered(LIST_2509, upgrades={"1.29.13": [], "1.29.12": ["1.30.9"]})
    effect = after("1.28.9", "2509", "2602", live=live, upgrades=["1.29.12", "1.29.13"])
    assert first(effect) == [("2509", ["1.29.12", "1.30.9"])]


def test_a_windows_pool_that_cannot_hop_far_enough_is_not_saved() -> None:
    catalog = replace(CATALOG, windows=(replace(CATALOG.ceiling_by_sku["windows2019"], last_minor=Minor(1, 28)),))
    fleet = inventory(cluster("c", "1.28.9", pools=[pool("win", "1.28.9", sku="Windows2019")]), release="2509")
    judge, routes = Judge(fleet, catalog, AS_OF), Routes(catalog)
    answer = what_if(fleet.instances[0], targets(fleet.instances[0], judge, routes)[0], judge, routes)
    assert isinstance(answer, WhatIf) and answer.stranded[0].fixes == ()
    assert answer.verdict == "Not yet to 2510: c would be stranded. No hop saves c."


def test_beyond_known_lists_only_the_least_is_named() -> None:
    effect = after("1.29.13", "12.2510", "2606")
    assert effect.bearing is Bearing.STRANDED and effect.first == "1.30.14 at least" and effect.is_open


# -- the losses --


def test_each_release_names_the_first_it_would_lose() -> None:
    fleet = inventory(
        cluster("b", "1.29.13"), cluster("a", "1.29.12"), cluster("old", "1.28.9"), cluster("new", "1.31.5"),
        cluster("dark", None), release="2509",
    )  # fmt: skip
    losses = {loss.name: loss for loss in asked(fleet, "2510").losses}
    assert (losses["2510"].cluster, losses["2510"].count, losses["2510"].unjudged) == ("old", 1, 1)
    assert (losses["2511"].cluster, losses["2511"].count, losses["2511"].unjudged) == ("old", 1, 3)
    assert (losses["2602"].cluster, str(losses["2602"].version), losses["2602"].count) == ("old", "1.28.9", 3)
    without = inventory(*(c for c in fleet.clusters if c.name != "old"), release="2509")
    later = asked(without, "2510").later
    assert [loss.name for loss in later][:2] == ["2510 (24H2)", "2511"]
    assert next((loss.name, loss.cluster) for loss in later if loss.count) == ("2602", "a")


# -- which release --


def answers(host: Instance, text: str) -> str:
    fleet = inventory(release="2509", instances=[host])
    return resolve_target(text, host, Judge(fleet, CATALOG, AS_OF), ROUTES).key


def test_a_label_means_the_release_on_the_own_line() -> None:
    assert answers(instance(release="2509"), "2510") == "11.2510"
    assert answers(instance(release="12.2509.1001.22"), "2510") == "12.2510"
    assert answers(instance(release="2509"), "12.2510") == "12.2510"
    assert answers(instance(release="2509"), " 2602 ") == "2602"


@pytest.mark.parametrize(
    ("host", "text", "words"),
    [
        (instance(release="2509"), "2408", "no update the catalog knows leads there. Nearest: 2510, 2511, 2512."),
        (instance(release="2509"), "2607.1", "the catalog knows no such release. Nearest: 2607, 2606, 2608."),
        (instance(release="2509"), "2509", "runs 2509 already"),
        (instance(release="2509"), "", "the catalog knows no such release"),
        (instance(release="12.2701.1005.1"), "2702", "The catalog knows no update from there"),
        (instance(build=Unknown("no permission")), "2510", "the release of plant12 is unknown: no permission"),
    ],
)
def test_a_release_that_cannot_be_reached_gets_the_nearest(host: Instance, text: str, words: str) -> None:
    with pytest.raises(TargetError) as error:
        answers(host, text)
    assert words in str(error.value)


def test_targets_come_in_order_of_time_and_none_where_the_release_is_unknown() -> None:
    fleet = inventory(release="2603", instances=[instance(release="2603"), instance("dark", build=Unknown("no"))])
    judge = Judge(fleet, CATALOG, AS_OF)
    found, nothing = (targets(host, judge, ROUTES) for host in fleet.instances)
    assert [one.key for one in found][:3] == ["2604", "2605", "2606"] and nothing == ()
    assert isinstance(what_if(fleet.instances[1], found[0], judge, ROUTES), Unknown)


def test_the_way_is_the_fewest_updates() -> None:
    assert [one.key for one in asked(inventory(release="2509"), "2604").way] == ["11.2510", "12.2510", "2603", "2604"]


# -- against a search that knows nothing of the shortcuts --

SKUS = ("CBLMariner", "Windows2019", "Windows2022")
STARTS = ("2408", "2411", "2507", "2509", "12.2510", "2602", "2604")


@settings(derandomize=True, max_examples=150)
@given(
    on=st.sampled_from(STARTS),
    minor=st.integers(25, 33),
    patch=st.integers(0, 15),
    sku=st.sampled_from(SKUS),
    place=st.integers(0, 30),
)
def test_fixes_are_legal_and_save_and_none_are_missed(on: str, minor: int, patch: int, sku: str, place: int) -> None:
    running = f"1.{minor}.{patch}"
    fleet = inventory(cluster("c", running, pools=[pool("p", running, sku=sku)]), release=on)
    judge, host = Judge(fleet, CATALOG, AS_OF), fleet.instances[0]
    reachable = targets(host, judge, ROUTES)
    answer = what_if(host, reachable[place % len(reachable)], judge, ROUTES)
    assert isinstance(answer, WhatIf)
    (effect,) = answer.effects
    point = stand(fleet.clusters[0], judge, ROUTES)
    assert isinstance(point, Standpoint)
    if effect.bearing is not Bearing.STRANDED:
        assert not effect.fixes
        return
    ends = survivors(point, answer)
    if effect.gap or not effect.fixes:
        assert not ends
    else:
        held = follow(point, answer, effect)
        assert held in ends and held.minor == min(one.minor for one in ends)


def follow(point: Standpoint, answer: WhatIf, effect: Effect) -> KubernetesVersion:
    """Make the hops as they are told; every one has to be legal and every update survived."""
    fixes = {fix.on: fix.versions for fix in effect.fixes}
    held, platform = point.state.version, point.state.platform
    for update in answer.way:
        for hop in fixes.get(platform.key, ()):
            legal = {move.target.version for move in hops(CATALOG, point.ground, State(platform, held))}
            assert hop in legal
            held = hop
        platform = update
        assert standing(CATALOG, point.ground, platform, held.minor) is Standing.FINE
    return held


def survivors(point: Standpoint, answer: WhatIf) -> set[KubernetesVersion]:
    """Every version a cluster can arrive with when it may hop as it likes before each update."""
    held, platform = {point.state.version}, point.state.platform
    for update in answer.way:
        edge = list(held)
        while edge:
            for move in hops(CATALOG, point.ground, State(platform, edge.pop())):
                if move.target.version not in held:
                    held.add(move.target.version)
                    edge.append(move.target.version)
        platform = update
        held = {one for one in held if standing(CATALOG, point.ground, platform, one.minor) is Standing.FINE}
    return held


def test_a_cluster_is_the_same_alone_and_among_many() -> None:
    texts = ("1.27.9", "1.28.9", "1.29.4", "1.30.4", "1.31.5")
    many: list[Cluster] = [cluster(f"c{place}", text) for place, text in enumerate(texts)]
    together = asked(inventory(*many, release="2507"), "2602").effects
    for one in many:
        alone = asked(inventory(one, release="2507", locations=[location()]), "2602").effects[0]
        assert alone in together


# -- upgrades that broke off, hosts that are not at rest, readings that are not whole --


@pytest.mark.parametrize(
    ("state", "pools"),
    [
        ("Failed", [pool(running="1.28.9")]),
        ("Succeeded", [pool("a", "1.29.13"), pool("b", "1.28.9")]),
        ("Succeeded", [pool(ready=[(2, "1.29.13"), (1, "1.28.9")])]),
    ],
)
def test_the_oldest_node_decides_where_an_upgrade_broke_off(state: str, pools: list[NodePool]) -> None:
    half = cluster("half", "1.29.13", pools=pools, provisioning=state, current=state, upgrades=[])
    answer = asked(inventory(half, cluster("ok", "1.31.5"), release="2509", live=offered(LIST_2509)), "2510")
    (effect,) = answer.blocking
    assert (effect.cluster.name, effect.bearing, effect.fixes) == ("half", Bearing.STRANDED, ())
    assert "nodes still run 1.28.9" in effect.why and effect.first == "repair it"
    assert answer.verdict.startswith("Not yet to 2510: half would be stranded. First repair half, then look again.")
    loss = next(one for one in answer.losses if one.name == "2510")
    assert (loss.cluster, loss.count) == ("half", 1)


def test_a_node_left_behind_that_can_follow_holds_nobody_up() -> None:
    half = cluster("half", "1.31.5", pools=[pool(running="1.30.9")], provisioning="Failed", current="Failed")
    (effect,) = asked(inventory(half, release="2509"), "2510").effects
    assert effect.bearing is Bearing.PATCH_OUTDATED and effect.now and not effect.is_half


def test_a_node_that_is_stranded_today_cannot_be_judged() -> None:
    half = cluster("half", "1.29.13", pools=[pool(running="1.28.9")], provisioning="Failed", current="Failed")
    answer = asked(inventory(half, release="11.2510"), "12.2510")
    (effect,) = answer.effects
    assert effect.bearing is Bearing.CANNOT_JUDGE and effect.is_open and not effect.newly
    assert next(one for one in answer.losses if one.release == "12.2510").unjudged == 1


def test_nodes_nobody_read_of_a_cluster_not_at_rest_may_be_behind() -> None:
    unread: dict[str, object] = {"pools": Unknown("403")}
    failed = replace(cluster("c", "1.29.13", provisioning="Failed", current="Failed"), **unread)  # type: ignore[arg-type]
    (effect,) = asked(inventory(failed, release="2509"), "2510").effects
    assert effect.gap == "whether all its nodes run 1.29 already is not known" and effect.is_open
    rests = replace(cluster("c", "1.29.13"), **unread)  # type: ignore[arg-type]
    (effect,) = asked(inventory(rests, release="2509"), "2510").effects
    assert effect.gap == ""


def test_repairs_hops_and_pools_are_named_together() -> None:
    fleet = inventory(
        cluster("half", "1.30.14", pools=[pool(running="1.29.13")], provisioning="Failed", current="Failed"),
        cluster("old", "1.29.13"),
        cluster("label", "1.31.10", pools=[pool("win", "1.31.10", sku="Windows2019")]),
        release="12.2510",
    )
    live = tuple(
        replace(row, readiness=(row.readiness[0], replace(row.readiness[1], os_sku="Windows2019", ready=True)))
        for row in offered([*map(str, CATALOG.by_key["12.2510"].offers or ())])
    )
    fleet = replace(fleet, locations=(location(live=live),))
    assert asked(fleet, "2602").verdict.startswith(
        "Not yet to 2602: old and half would be stranded, label without a hop. First upgrade old to 1.30.14 (its operator), "
        "repair half and replace the Windows2019 pools of label."
    )


def test_hosts_that_are_being_updated_are_told_before_anything_else() -> None:
    busy = [instance(release="2509", update_state=known("UpdateInProgress"))]
    answer = asked(inventory(cluster("ok", "1.31.5"), release="2509", instances=busy), "2510")
    assert answer.verdict.startswith("Not now: AZL-STATE-01: An update of Azure Local is running.")
    assert "2510 strands nobody." in answer.verdict


def test_clusters_that_were_not_read_are_not_called_nobody() -> None:
    fleet = replace(inventory(cluster("ok", "1.31.5"), release="2509"), expected=5)
    answer = asked(fleet, "2510")
    assert answer.unread == 4 and answer.is_partial
    assert answer.verdict.startswith("2510 strands none of those known to be here.")
    assert {loss.words(1, partial=True) for loss in answer.later if not loss.unjudged and not loss.count} == {
        "would strand none of those known to be here"
    }
