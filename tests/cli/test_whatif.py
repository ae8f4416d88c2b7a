"""`arcstep whatif`: which instance, which release, what it prints and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from planner.inventory import LISTED, Inventory, Unknown, Unread
from planner.ports import Report, SourceError, ignore
from planner.sources import SnapshotSource
from tests.builders import arm, cluster, instance, instance_id, inventory, known, location, pool
from tests.cli.conftest import Arcstep

Saved = Callable[[Inventory], Path]
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "whatif.schema.json"


def linz(*more: str) -> Inventory:
    return inventory(*(cluster(f"c-{text}", text) for text in ("1.31.5", "1.28.9", "1.29.13", *more)), release="2509")


def test_2510_would_strand_exactly_one_and_1_29_13_comes_first(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(linz()))
    assert answer.code == 40 and answer.err == ""
    lines = answer.out.splitlines()
    assert (
        lines[1] == "Not yet to 2510: c-1.28.9 would be stranded. "
        "First upgrade c-1.28.9 to Kubernetes 1.29.13 (its operator), then update."
    )
    assert lines[2] == "2510 itself left support on 2026-03-31."
    table = [line.split() for line in lines[5:8]]
    assert [row[1] for row in table] == ["c-1.28.9", "c-1.29.13", "c-1.31.5"]
    assert table[0][3:] == ["stranded", "1.29.13"] and answer.out.count("  stranded") == 1
    assert "c-1.28.9: 2510 offers nothing below 1.30" in answer.out and "(P18)" in answer.out


def test_a_release_in_support_is_not_said_to_have_left_it(arcstep: Arcstep, saved: Saved) -> None:
    path = saved(linz())
    assert "itself left support" not in arcstep("whatif", "plant12", "--release", "2604", "--from", path).out
    ended = [
        arcstep("whatif", "plant12", "--release", release, "--from", path, "--json").json["target_ended"]
        for release in ("2510", "2604")
    ]
    assert ended == ["2026-03-31", None]


def test_for_every_later_release_the_first_it_would_lose(arcstep: Arcstep, saved: Saved) -> None:
    later = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(linz("1.29.12"))).out.partition("later")[
        2
    ]
    assert "2510 (24H2): would strand c-1.28.9 (1.28.9) first, 1 of 4." in later
    assert "2511, 2512, 2601: would strand c-1.28.9 (1.28.9) first, 1 of 4; 2 cannot be judged." in later
    assert "2602, 2603, 2604, 2605: would strand c-1.28.9 (1.28.9) first, 3 of 4." in later


def test_nobody_stranded_is_0(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep(
        "whatif", "plant12", "--release", "2510", "--from", saved(inventory(cluster(running="1.31.5"), release="2509"))
    )
    assert answer.code == 0 and "2510 strands nobody. 1 patch outdated." in answer.out
    assert "2510 (24H2), 2511" in answer.out and "would strand nobody." in answer.out


def test_a_new_windows_ceiling_is_40(arcstep: Arcstep, saved: Saved) -> None:
    pools = [pool("win", "1.31.10", sku="Windows2019")]
    file = saved(inventory(cluster("w", "1.31.10", pools=pools), release="12.2510"))
    answer = arcstep("whatif", "plant12", "--release", "2602", "--from", file)
    assert answer.code == 40 and "First replace the Windows2019 pools of w, then update." in answer.out


# -- unknown is never 0 --


def test_one_that_cannot_be_judged_is_3(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep(
        "whatif", "plant12", "--release", "2606", "--from", saved(inventory(cluster(running="1.33.5"), release="2605"))
    )
    assert answer.code == 3 and "Nobody can tell for 2606" in answer.out
    assert "2607, 2608, 2609, 2610: 1 cannot be judged." in answer.out


def test_what_was_not_read_is_said_and_3(arcstep: Arcstep, saved: Saved) -> None:
    one = cluster("one", "1.31.5")
    gaps = [Unread("node pools", one.key, "no permission"), Unread("version", "elsewhere", "no permission")]
    fleet = inventory(replace(one, pools=Unknown("no permission")), release="2509", unread=gaps)
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(fleet))
    assert answer.code == 3 and answer.err == "arcstep: not read: node pools of one: no permission\n"
    assert arcstep("whatif", "plant12", "--release", "2602", "--from", saved(fleet)).out.count(
        "Not known: whether it has Windows node pools is not known."
    )


def test_a_partial_reading_is_said_and_3(arcstep: Arcstep, saved: Saved) -> None:
    fleet = replace(inventory(cluster(running="1.31.5"), release="2509"), expected=7)
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(fleet))
    assert answer.code == 3 and "1 of 7 clusters read; those missing may be on this instance" in answer.err


def test_a_cluster_of_unknown_instance_may_be_here(arcstep: Arcstep, saved: Saved) -> None:
    fleet = inventory(cluster(running="1.31.5"), cluster("x", "1.28.9", instance="?"), release="2509")
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(fleet))
    assert answer.code == 3 and "the instance of 1 cluster is not known; this may be it" in answer.err


def test_pools_from_a_list_are_said(arcstep: Arcstep, saved: Saved) -> None:
    one = replace(cluster("one", "1.31.5"), pools=known((pool(),), source=LISTED))
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(inventory(one, release="2509")))
    assert "node pools of one come from a list that may not be all" in answer.err


@pytest.mark.parametrize(
    ("host", "words"),
    [
        (instance(build=Unknown("no permission")), "the release of plant12 is unknown: no permission"),
        (instance(release="12.2701.1005.1"), "the catalog knows no update from 2701"),
    ],
)
def test_an_instance_of_which_nothing_can_be_said_is_3(
    arcstep: Arcstep, saved: Saved, host: object, words: str
) -> None:
    file = saved(inventory(cluster(), instances=[host]))  # type: ignore[list-item]
    answer = arcstep("whatif", "plant12", "--from", file)
    assert (answer.code, answer.out) == (3, "") and words in answer.err
    value = arcstep("whatif", "plant12", "--from", file, "--json").json
    assert value["target"] is None and words in value["verdict"] and value["exit"] == 3


def test_one_that_cannot_be_read_again_keeps_its_older_facts(
    arcstep: Arcstep, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> Inventory:
        raise SourceError("no", "the request was throttled.", "Try later.", 3)

    monkeypatch.setattr(SnapshotSource, "refresh", refuse)
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(linz()))
    assert answer.code == 40 and "newer facts of c-1.28.9: the request was throttled. Try later." in answer.err


def test_only_the_hosted_clusters_are_read_again(
    arcstep: Arcstep, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def refresh(self: object, fleet: Inventory, one: object, report: Report = ignore) -> Inventory:
        asked.append(one.name)  # type: ignore[attr-defined]
        return fleet

    monkeypatch.setattr(SnapshotSource, "refresh", refresh)
    hosts = [instance(release="2509"), instance("other", "2509")]
    places = [location(), location("other")]
    fleet = inventory(
        cluster("a", "1.31.5"), cluster("b", "1.31.5", instance="other"), instances=hosts, locations=places
    )
    arcstep("whatif", "other", "--from", saved(fleet))
    assert asked == ["b"]


# -- which instance, which release --


@pytest.mark.parametrize("wanted", ["plant12", "PLANT12", "rg-test/plant12", instance_id("plant12").upper() + "/"])
def test_an_instance_is_found_by_name_group_or_id(arcstep: Arcstep, saved: Saved, wanted: str) -> None:
    assert (
        arcstep("whatif", wanted, "--release", "2510", "--from", saved(linz()), "--json").json["instance"] == "plant12"
    )


def test_an_unknown_instance_gets_the_nearest_and_an_ambiguous_one_the_list(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("whatif", "plnt12", "--from", saved(linz()))
    assert (answer.code, answer.out) == (2, "") and "no instance plnt12. Nearest: plant12." in answer.err
    other = {"id": arm("Microsoft.AzureStackHCI/clusters", "plant12", "rg-b").casefold(), "resource_group": "rg-b"}
    twins = inventory(instances=[instance(release="2509"), instance(release="2509", **other)])
    answer = arcstep("whatif", "plant12", "--from", saved(twins))
    assert (answer.code, answer.out) == (2, "") and "means 2 instances" in answer.err and "rg-b/plant12" in answer.err


def test_a_release_that_cannot_be_reached_is_usage_with_the_nearest(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("whatif", "plant12", "--release", "2408", "--from", saved(linz()))
    assert (answer.code, answer.out) == (2, "") and "Nearest: 2510, 2511, 2512." in answer.err


def test_without_a_release_the_next_one_is_tried_and_named(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("whatif", "plant12", "--from", saved(linz()))
    assert "Not yet to 2510" in answer.out and "tried is the next release, 2510." in answer.err


# -- as JSON, and plain --


def test_json_fits_its_schema_and_holds_the_answer(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("whatif", "plant12", "--release", "2602", "--from", saved(linz()), "--json")
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(answer.json)
    value = answer.json
    assert (value["release"], value["target"], value["exit"], answer.code) == ("2509", "2602", 40, 40)
    assert value["way"] == ["11.2510", "12.2510", "2602"]
    worst = value["effects"][0]
    assert (worst["name"], worst["bearing"], worst["newly"]) == ("c-1.28.9", "stranded", True)
    assert worst["first"] == [{"on": "2509", "versions": ["1.29.13", "1.30.9"]}]
    assert next(loss for loss in value["losses"] if loss["release"] == "11.2510")["stranded"] == 1


def test_plain_letters_on_request(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(linz()), "--ascii")
    assert answer.out.isascii() and "\n#  c-1.28.9" in answer.out


def test_the_demo_answers(arcstep: Arcstep, demo_snapshot: Path) -> None:
    answer = arcstep("whatif", "depot-wels", "--release", "2602", "--from", demo_snapshot)
    assert answer.code == 40 and answer.out.splitlines()[1] == (
        "Not yet to 2602: wms-dc1 would be stranded, label-print without a hop. First upgrade wms-dc1 to 1.30.14 "
        "(its operator) and replace the Windows2019 pools of label-print."
    )


def test_a_cluster_that_cannot_be_changed_now_is_never_simply_fine(arcstep: Arcstep, saved: Saved) -> None:
    facts = inventory(
        cluster("away", "1.31.5", connectivity="Offline"),
        cluster("busy", "1.31.5", current="Upgrading"),
        release="2509",
    )
    file = saved(facts)
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", file)
    assert "2 cannot be changed now." in answer.out and "\u2714" not in answer.out
    assert answer.code == 3, "what is known of it may be another thing tomorrow"
    assert answer.out.count("fine, not now") + answer.out.count("patch outdated:") == 2
    told = arcstep("whatif", "plant12", "--release", "2510", "--from", file, "--json").json
    now = {one["name"]: one["now"] for one in told["effects"]}
    assert now["away"].startswith("ARC-CONN-01") and now["busy"].startswith("K8S-STATE-03")
    assert all(f"Not now: {why}" in answer.out for why in now.values())


@pytest.mark.parametrize("what", ["update", "bridge"])
def test_hosts_on_which_nothing_may_be_begun_are_not_now_and_3(arcstep: Arcstep, saved: Saved, what: str) -> None:
    facts = inventory(cluster("ok", "1.31.5"), release="2509")
    if what == "update":
        facts = replace(facts, instances=(instance(release="2509", update_state=known("UpdateInProgress")),))
    else:
        facts = replace(facts, locations=(replace(facts.locations[0], bridge_status=known("Offline")),))
    code = {"update": "AZL-STATE-01", "bridge": "AZL-ARB-01"}[what]
    answer = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(facts))
    assert answer.code == 3 and answer.out.splitlines()[1].startswith(f"Not now: {code}: ")
    told = arcstep("whatif", "plant12", "--release", "2510", "--from", saved(facts), "--json").json
    assert told["not_now"][0].startswith(code) and told["exit"] == 3


def test_a_node_left_behind_by_an_upgrade_that_broke_off_is_40(arcstep: Arcstep, saved: Saved) -> None:
    half = cluster("half", "1.29.13", pools=[pool(running="1.28.9")], provisioning="Failed", current="Failed")
    answer = arcstep(
        "whatif",
        "plant12",
        "--release",
        "2510",
        "--from",
        saved(inventory(half, cluster("ok", "1.31.5"), release="2509")),
    )
    assert (
        answer.code == 40
        and "Not yet to 2510: half would be stranded. First repair half, then look again." in answer.out
    )
