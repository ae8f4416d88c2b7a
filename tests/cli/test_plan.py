"""`arcstep plan`, `snapshot` and `show`: from a fleet to a saved plan and back."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.cli import main
from planner.cli.detail import with_neighbours
from planner.documents.markdown import read, render
from planner.documents.snapshot import dump, load
from planner.emulator.demo import DemoSource
from planner.goals import LATEST
from planner.inventory import Inventory
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.planning import build_plan
from planner.support import Judge
from tests.builders import arm, cluster, inventory, offered
from tests.cli.conftest import Arcstep

Saved = Callable[[Inventory], Path]
LIVE = offered(["1.31.13", "1.32.9", "1.33.5"])


def fleet(*names: str, running: str = "1.32.9", release: str = "2604") -> Inventory:
    return inventory(*(cluster(name, running) for name in names), release=release, live=LIVE)


# -- which cluster --


@pytest.mark.parametrize(
    "wanted",
    [
        "mes-prod",
        "MES-PROD",
        "rg-test/mes-prod",
        "RG-test/Mes-Prod",
        arm("Microsoft.Kubernetes/connectedClusters", "mes-prod"),
        arm("Microsoft.Kubernetes/connectedClusters", "mes-prod").upper() + "/",
        arm("Microsoft.Kubernetes/connectedClusters", "mes-prod")
        + "/providers/Microsoft.HybridContainerService/provisionedClusterInstances/default",
    ],
)
def test_a_cluster_is_found_by_name_group_or_id(arcstep: Arcstep, saved: Saved, wanted: str) -> None:
    answer = arcstep("plan", wanted, "--to", "latest", "--from", saved(fleet("mes-prod", "mes-test")), "--json")
    assert answer.code == 0, answer.err
    assert answer.json["plan"]["subject"]["name"] == "mes-prod"


def test_an_unknown_cluster_gets_the_nearest_names(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("plan", "mes-prd", "--to", "latest", "--from", saved(fleet("mes-prod", "other")))
    assert (answer.code, answer.out) == (2, "")
    assert "no cluster mes-prd" in answer.err and "Nearest: mes-prod." in answer.err


def test_an_ambiguous_name_gets_the_list(arcstep: Arcstep, saved: Saved) -> None:
    group = {"resource_group": "rg-b", "id": arm("Microsoft.Kubernetes/connectedClusters", "twin", "rg-b")}
    twins = inventory(cluster("twin", "1.32.9"), cluster("twin", "1.32.9", **group), release="2604", live=LIVE)
    path = saved(twins)
    answer = arcstep("plan", "twin", "--to", "latest", "--from", path)
    assert (answer.code, answer.out) == (2, "")
    assert "means 2 clusters" in answer.err and "rg-test/twin" in answer.err and "rg-b/twin" in answer.err
    assert arcstep("plan", "rg-b/twin", "--to", "latest", "--from", path).code == 0


def test_the_same_group_and_name_in_two_subscriptions_are_told_apart_by_id(arcstep: Arcstep, saved: Saved) -> None:
    other = arm("Microsoft.Kubernetes/connectedClusters", "twin").replace("0001", "0002")
    twins = inventory(cluster("twin", "1.32.9"), cluster("twin", "1.32.9", id=other), release="2604", live=LIVE)
    answer = arcstep("plan", "rg-test/twin", "--to", "latest", "--from", saved(twins))
    assert answer.code == 2 and other in answer.err


# -- which goal --


def test_an_unknown_goal_gets_the_nearest_names(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("plan", "c", "--to", "lates", "--from", saved(fleet("c")))
    assert (answer.code, answer.out) == (2, "") and "latest" in answer.err


@pytest.mark.parametrize("goal", ["1.31", "1.32.8"])
def test_a_goal_below_names_the_rule(arcstep: Arcstep, saved: Saved, goal: str) -> None:
    answer = arcstep("plan", "c", "--to", goal, "--from", saved(fleet("c")))
    assert (answer.code, answer.out) == (2, "")
    assert "downgrades are not possible" in answer.err and "P15" in answer.err


@pytest.mark.parametrize("text", ["X", "NO-SUCH-RISK:why:2026-12-01", "RECOVERY-SKIP:why:soon"])
def test_a_bad_acceptance_is_usage(arcstep: Arcstep, saved: Saved, text: str) -> None:
    answer = arcstep("plan", "c", "--to", "latest", "--accept", text, "--from", saved(fleet("c")))
    assert (answer.code, answer.out) == (2, "") and answer.err


def test_newer_node_images_without_a_newer_version_take_an_acceptance_by_name(arcstep: Arcstep, saved: Saved) -> None:
    file = saved(fleet("c", running="1.33.5"))
    without = arcstep("plan", "c", "--to", "os-patch", "--from", file, "--json")
    assert without.code == 40
    way = without.json["plan"]["dead_end"]["ways_out"][0]["how"]
    assert "arcstep plan c --to os-patch --accept SCALE-ROUTE:REASON:DATE" in way
    accepted = arcstep(
        "plan", "c", "--to", "os-patch", "--accept", "SCALE-ROUTE:agreed:2099-01-01", "--from", file, "--json"
    )
    assert accepted.code == 0
    assert [step["kind"] for step in accepted.json["plan"]["steps"]] == ["os-patch"]
    assert accepted.json["plan"]["verdict"] == "GO WITH RISKS"


# -- the document --


def test_without_out_the_document_goes_to_stdout(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("plan", "c", "--to", "latest", "--from", saved(fleet("c")))
    document = read(answer.out, "stdout")
    assert answer.code == 0 and document.executable and document.plan is not None
    assert [step.target for step in document.plan.steps] == ["1.33.5"]


def test_a_saved_plan_shows_without_any_source(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "p.md"
    answer = arcstep("plan", "c", "--to", "latest", "--from", saved(fleet("c")), "--out", out)
    assert answer.code == 0 and "1.32.9 → 1.33.5" in answer.out and "p.md" in answer.err
    shown = arcstep("show", out)
    assert shown.code == 0 and shown.out == out.read_text("utf-8")
    out.write_text(out.read_text("utf-8").replace("- [ ]", "* [X]", 1), "utf-8")
    assert sum(tick["done"] for tick in arcstep("show", out, "--json").json["ticks"].values()) == 1


def test_a_stranded_cluster_is_exit_40_and_still_has_its_document(
    arcstep: Arcstep, saved: Saved, tmp_path: Path
) -> None:
    out = tmp_path / "p.md"
    answer = arcstep("plan", "c", "--to", "1.33", "--from", saved(fleet("c", running="1.27.9")), "--out", out)
    assert answer.code == 40 and "way out" in answer.out
    text = out.read_text("utf-8")
    assert "**NO PATH**" in text and "### Ways out" in text
    assert arcstep("show", out).code == 0


def test_missing_knowledge_is_exit_3_and_still_has_its_document(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "p.md"
    nothing_known = inventory(cluster("c", "1.31.13"), release="2606", live=None)
    answer = arcstep("plan", "c", "--to", "latest", "--from", saved(nothing_known), "--out", out)
    assert answer.code == 3
    assert read(out.read_text("utf-8"), "p.md").plan is not None


def test_a_foreign_file_is_not_overwritten(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "notes.md"
    out.write_text("mine", "utf-8")
    answer = arcstep("plan", "c", "--to", "latest", "--from", saved(fleet("c")), "--out", out)
    assert (answer.code, out.read_text("utf-8")) == (2, "mine") and "notes.md" in answer.err


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace("- **Way back:** forward", "- **Way back:** easy", 1), "edited by hand"),
        (lambda text: text.replace('"goal": "latest"', '"goal": "1.33"'), "data was changed"),
        (lambda text: text[: text.index("<!-- arcstep:plan")], "no data block"),
        (lambda text: text.replace("schema=1 ", "schema=7 "), "newer arcstep"),
    ],
)
def test_show_says_what_was_changed(
    arcstep: Arcstep, saved: Saved, tmp_path: Path, change: Callable[[str], str], word: str
) -> None:
    out = tmp_path / "p.md"
    arcstep("plan", "c", "--to", "latest", "--from", saved(fleet("c")), "--out", out)
    out.write_text(change(out.read_text("utf-8")), "utf-8")
    answer = arcstep("show", out)
    assert answer.code == 3 and word in answer.err and "for reading only" in answer.err


def test_show_refuses_what_is_no_text(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    (tmp_path / "p.md").write_bytes(b"\xff\xfe\x00")
    answer = arcstep("show", tmp_path / "p.md")
    assert answer.code == 2 and "not UTF-8" in answer.err
    assert "arcstep --from" in arcstep("show", saved(fleet("c"))).err


# -- snapshot --


def test_a_snapshot_says_what_is_missing(arcstep: Arcstep, demo_snapshot: Path) -> None:
    whole = load(demo_snapshot.read_bytes(), "s.json")
    assert len(whole.clusters) > 30 and whole.unread
    again = demo_snapshot.with_name("again.json")
    answer = arcstep("snapshot", "--from", demo_snapshot, "--out", again)
    assert answer.code == 3 and "not read" in answer.err and answer.out == ""
    first = demo_snapshot.read_bytes().replace(b'"made_from":"demo"', b'"made_from":"snapshot"')
    assert again.read_bytes() == first


def test_an_overview_has_no_details(arcstep: Arcstep, tmp_path: Path, demo_snapshot: Path) -> None:
    out = tmp_path / "o.json"
    arcstep("snapshot", "--demo", "--overview", "--out", out)
    overview, whole = (
        {source for _, source in json.loads(path.read_bytes())["stamps"]} for path in (out, demo_snapshot)
    )
    assert {"pools", "arm"} <= whole - overview


def test_a_snapshot_never_overwrites_a_foreign_file(arcstep: Arcstep, demo_snapshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "data.json"
    out.write_text("{}", "utf-8")
    assert arcstep("snapshot", "--from", demo_snapshot, "--out", out).code == 2
    assert out.read_text("utf-8") == "{}"


# -- replay equals live (PR20) --


def test_every_plan_from_a_snapshot_is_the_plan_made_live_to_the_byte() -> None:
    """All clusters of the demo: read live with their neighbours, against the file, loaded and with its order turned round."""

    async def live() -> tuple[bytes, dict[str, str]]:
        saving, planning = DemoSource(), DemoSource()
        try:
            overview = await planning.load()
            plans: dict[str, str] = {}
            for home in {overview.instance_of(cluster): cluster for cluster in overview.clusters}.values():
                beside = [one for one in overview.clusters if overview.instance_of(one) == overview.instance_of(home)]
                seen = await with_neighbours(planning, overview, home)
                plans |= {one.key: document(seen, one.key) for one in beside}
            return dump(await saving.load_all()), plans
        finally:
            await saving.close()
            await planning.close()

    catalog = load_catalog()
    routes = Routes(catalog)

    def document(whole: Inventory, key: str) -> str:
        judge = Judge(whole, catalog, whole.as_of)
        return render(build_plan(whole.by_key[key], LATEST, judge, routes))

    data, plans = asyncio.run(live())
    again = load(data, "s.json")
    turned = replace(
        again,
        clusters=again.clusters[::-1],
        instances=again.instances[::-1],
        locations=again.locations[::-1],
        subscriptions=again.subscriptions[::-1],
        unread=again.unread[::-1],
    )
    assert len(plans) > 30
    different = [key for key, text in plans.items() if text != document(again, key)]
    assert not different
    reordered = [key for key, text in plans.items() if text != document(turned, key)]
    assert not reordered


OFFLINE = """
import sys
def refuse(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        raise RuntimeError(f"reached out: {event}")
sys.addaudithook(refuse)
from planner.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "NO_COLOR": "1", "COLUMNS": "40"},
    ],
)
def test_replay_with_sockets_blocked_gives_the_live_bytes_anywhere(
    demo_snapshot: Path, tmp_path: Path, surroundings: dict[str, str], live_plan: bytes
) -> None:
    out = tmp_path / "offline.md"
    command = [sys.executable, "-c", OFFLINE, "plan", "pos-hq", "--to", "latest", "--from", str(demo_snapshot)]
    environment = {**os.environ, **surroundings}
    done = subprocess.run([*command, "--out", str(out)], env=environment, capture_output=True, timeout=60)
    assert done.returncode == 40, done.stderr.decode()
    assert out.read_bytes() == live_plan


@pytest.fixture(scope="module")
def live_plan(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("live") / "live.md"
    assert main(["plan", "pos-hq", "--to", "latest", "--demo", "--out", str(out)]) == 40
    return out.read_bytes()


def test_a_plan_names_no_file_address_or_clock(live_plan: bytes, demo_snapshot: Path) -> None:
    text = live_plan.decode()
    assert not re.search(r"127\.0\.0\.1|localhost|s\.json|/tmp/", text)
    assert str(demo_snapshot.parent) not in text
