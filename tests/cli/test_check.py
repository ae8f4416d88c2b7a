"""`arcstep check`: the table, the JSON, and the exit code as a contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from planner.inventory import Inventory, Unread
from tests.builders import cluster, inventory, offered
from tests.cli.conftest import Arcstep

Saved = Callable[[Inventory], Path]
LIVE = offered(["1.31.13", "1.32.9", "1.33.5"])


def fleet(*running: str, release: str = "2604", **changes: object) -> Inventory:
    """Clusters c0, c1, … on the versions, each able to go to the next one on the list."""
    clusters = [cluster(f"c{place}", version) for place, version in enumerate(running)]
    return replace(inventory(*clusters, release=release, live=LIVE), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("running", "code", "state"),
    [
        (["1.33.5"], 0, "supported"),
        (["1.32.9"], 10, "supported"),
        (["1.33.5", "1.30.14"], 30, "out of support"),
        (["1.30.14", "1.29.4"], 40, "stranded"),
        (["1.33.5", "1.32.9", "1.33.5"], 10, "supported"),
    ],
)
def test_the_most_severe_state_is_the_exit_code(
    arcstep: Arcstep, saved: Saved, running: list[str], code: int, state: str
) -> None:
    answer = arcstep("check", "--from", saved(fleet(*running)), "--json", "--within", 0)
    assert answer.code == code == answer.json["exit"]
    assert answer.json["clusters"][0]["state"] == state


def test_within_warns_early(arcstep: Arcstep, saved: Saved) -> None:
    path = saved(fleet("1.33.5"))
    (entry,) = arcstep("check", "--from", path, "--json", "--within", 0).json["clusters"]
    days = min(clock["days_left"] for clock in entry["clocks"] if clock["days_left"] is not None)
    assert days > 0
    assert arcstep("check", "--from", path, "--within", days - 1).code == 0
    assert arcstep("check", "--from", path, "--within", days).code == 20


def test_the_sign_warns_within_the_days(arcstep: Arcstep, saved: Saved) -> None:
    path = saved(fleet("1.33.5"))
    (entry,) = arcstep("check", "--from", path, "--json", "--within", 0).json["clusters"]
    days = min(clock["days_left"] for clock in entry["clocks"] if clock["days_left"] is not None)
    signs = [arcstep("check", "--from", path, "--ascii", "--within", within).out for within in (days - 1, days)]
    assert ["\n+  c0" in signs[0], "\n!  c0" in signs[1]] == [True, True]


def test_as_of_moves_the_judgement(arcstep: Arcstep, saved: Saved) -> None:
    """The release of the fleet ends on 2026-09-30."""
    path = saved(fleet("1.33.5"))
    assert arcstep("check", "--from", path, "--as-of", "2026-08-01", "--within", 30).code == 0
    answer = arcstep("check", "--from", path, "--as-of", "2026-10-01", "--json")
    assert answer.code == 30
    assert answer.json["as_of"] == "2026-10-01T00:00:00Z"


def test_no_path_is_40_also_where_the_cluster_is_not_stranded(arcstep: Arcstep, saved: Saved) -> None:
    """When every release anybody knows has ended there is no way back into support."""
    answer = arcstep("check", "--from", saved(fleet("1.33.5")), "--as-of", "2030-01-01", "--json")
    assert [row["next"] for row in answer.json["clusters"]] == ["no path"]
    assert answer.code == 40


def test_an_unreadable_cluster_is_never_fine(arcstep: Arcstep, saved: Saved) -> None:
    dark = inventory(cluster("dark", None), release="2604", live=LIVE)
    answer = arcstep("check", "--from", saved(dark), "--json", "--within", 0)
    assert answer.code == 3
    assert answer.json["clusters"][0]["state"] == "unknown" and answer.json["clusters"][0]["version"] is None


@pytest.mark.parametrize(
    "changes",
    [{"unread": (Unread("node pools", "", "403"),)}, {"expected": 5}, {"clusters": (), "expected": None}],
    ids=["a gap", "fewer than there are", "an empty fleet"],
)
def test_a_partial_reading_is_never_fine(arcstep: Arcstep, saved: Saved, changes: dict[str, object]) -> None:
    answer = arcstep("check", "--from", saved(fleet("1.33.5", **changes)), "--within", 0)
    assert answer.code == 3
    assert answer.err


def test_partial_is_called_partial(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("check", "--from", saved(fleet("1.33.5", expected=5)))
    assert "(partial: 5 expected)" in answer.out
    assert "1 of 5 clusters read" in answer.err


def test_the_table_is_plain_and_worst_first(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("check", "--from", saved(fleet("1.33.5", "1.29.4")))
    lines = answer.out.splitlines()
    assert "\x1b" not in answer.out + answer.err
    assert lines[2].split() == ["CLUSTER", "INSTANCE", "RELEASE", "VERSION", "SUPPORT", "ENDS", "FINDINGS", "NEXT"]
    assert lines[3].startswith("◆  c1") and "stranded" in lines[3] and "no path" in lines[3]
    assert lines[4].startswith("✔  c0") and "supported" in lines[4]


def test_the_ascii_twin_is_ascii(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("check", "--from", saved(fleet("1.33.5", "1.29.4")), "--ascii")
    assert answer.out.isascii()
    assert answer.out.splitlines()[3].startswith("#  c1")


def test_markdown_is_a_table(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("check", "--from", saved(fleet("1.33.5")), "--md")
    assert answer.out.startswith("# ") and "\n| c0 | plant12 | 2604 | 1.33.5 | supported |" in answer.out


def test_hostile_names_print_harmless(arcstep: Arcstep, saved: Saved) -> None:
    bad = replace(cluster("x"), name="a\x1b[31mb\u202ec | [bold]`d`")
    path = saved(inventory(bad, release="2604", live=LIVE))
    for form in ("--json", "--md", "--ascii"):
        assert not {"\x1b", "\u202e"} & set(arcstep("check", "--from", path, form).out)


def test_json_stands_alone_on_stdout(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("check", "--from", saved(fleet("1.33.5", unread=(Unread("x", "", "y"),))), "--json")
    assert json.loads(answer.out)["unread"] == [{"what": "x", "subject": "", "reason": "y"}]
    assert "not read" in answer.err


def test_an_old_catalog_warns_and_changes_nothing(arcstep: Arcstep, saved: Saved) -> None:
    path = saved(fleet("1.33.5"))
    later = (fleet().as_of + timedelta(days=4000)).date().isoformat()
    assert "catalog's newest fact" in arcstep("check", "--from", path, "--as-of", later).err
    assert "catalog's newest fact" not in arcstep("check", "--from", path).err


def test_the_demo_shows_its_most_severe_state_and_fits_the_schema(arcstep: Arcstep) -> None:
    answer = arcstep("check", "--demo", "--json")
    schema = Path(__file__).resolve().parents[2] / "docs" / "schema" / "check.schema.json"
    jsonschema.validate(answer.json, json.loads(schema.read_text("utf-8")))
    assert answer.code == 40 == answer.json["exit"]
    assert answer.json["source"] == "demo" and answer.json["as_of"].startswith("2026-05-20")
    states = [row["state"] for row in answer.json["clusters"]]
    assert states[0] == "stranded" and {"unknown", "supported", "out of support"} <= set(states)
    assert answer.json["unread"]


# -- files that cannot be used --


def test_a_missing_file_is_named(arcstep: Arcstep, tmp_path: Path) -> None:
    answer = arcstep("check", "--from", tmp_path / "none.json")
    assert answer.code == 2 and answer.out == ""
    assert "none.json" in answer.err and "no such file" in answer.err


@pytest.mark.parametrize(("old", "new"), [(b'"schema":1', b'"schema":9'), (b"1.33.5", b"1.33"), (b"}", b"")])
def test_a_bad_snapshot_is_named_and_left_alone(arcstep: Arcstep, saved: Saved, old: bytes, new: bytes) -> None:
    path = saved(fleet("1.33.5"))
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    before = path.read_bytes()
    answer = arcstep("check", "--from", path)
    assert answer.code == 2 and "fleet.json" in answer.err and "Traceback" not in answer.err
    assert path.read_bytes() == before


def test_a_bad_overlay_is_named(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    overlay = tmp_path / "site.toml"
    overlay.write_text("[[release]]\nkey = ", "utf-8")
    answer = arcstep("check", "--from", saved(fleet("1.33.5")), "--catalog", overlay)
    assert answer.code == 2 and "site.toml" in answer.err and answer.out == ""


def test_a_plan_is_no_fleet(arcstep: Arcstep, tmp_path: Path) -> None:
    answer = arcstep("check", "--from", tmp_path / "p.md")
    assert answer.code == 2 and "arcstep show" in answer.err


def test_a_supported_cluster_that_cannot_be_changed_is_not_drawn_as_fine(arcstep: Arcstep, saved: Saved) -> None:
    stuck = cluster("stuck", "1.33.5", provisioning="Failed", current="Failed")
    path = saved(inventory(stuck, cluster("well", "1.33.5"), release="2604", live=LIVE))
    table = arcstep("check", "--from", path, "--ascii").out
    assert "\n!  stuck" in table and "\n+  well" in table
