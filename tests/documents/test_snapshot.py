"""A snapshot gives back what was put in, refuses what it cannot use, and holds nothing it should not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.documents.snapshot import dump, load
from planner.inventory import (
    Addon,
    Inventory,
    Known,
    NodePool,
    Readiness,
    ReadyReplicas,
    SourceKind,
    Subscription,
    Unknown,
    Unread,
    Upgrade,
)
from planner.ports import SourceError
from tests.builders import AS_OF, cluster, instance, inventory, known, location, offered, pool, version


def rich() -> Inventory:
    """Every field set once, and left out once."""
    later = AS_OF + timedelta(minutes=3, microseconds=7)
    full = cluster(
        "mes-prod",
        "1.30.14",
        location="westeurope",
        tags=(("env", "prod"), ("team", "mes")),
        upgrades=["1.31.10", "1.31.13"],
        pools=[
            NodePool(
                name="win",
                os_type="Windows",
                os_sku="Windows2022",
                count=2,
                vm_size="Standard_K8S3_v1",
                provisioning_state="Failed",
                current_state="FailedUpgrading",
                ready=(ReadyReplicas(1, version("1.29.4")), ReadyReplicas(1, None)),
                error="image not found",
                autoscale=(None, 5),
            ),
            NodePool("bare", None, None, None, None, None, None, ()),
        ],
        addons=(Addon("ArcAgent", "provisioned", True), Addon("Telemetry", None, None, "off")),
        error="quota",
        created_at=later,
        modified_at=later,
        modified_by="someone@example.com",
        etag='"1"',
        last_contact=later,
    )
    dark = cluster(
        "dark",
        None,
        pools=[],
        custom_location=Unknown("no custom location"),
    )
    dark = replace(
        dark,
        provisioning_state=Unknown("403"),
        current_state=Unknown("403"),
        connectivity=Unknown("403"),
        last_contact=Unknown("403"),
        control_plane_count=Unknown("403"),
        pools=Unknown("403"),
    )
    live = offered(["1.29.4", "1.30.14"], preview=["1.31.1"], upgrades={"1.29.4": ["1.30.14"], "1.30.14": []})
    odd = replace(live[0], readiness=(Readiness(None, None, None, None),))
    return Inventory(
        source=SourceKind.LIVE,
        as_of=later,
        clusters=(full, dark),
        instances=(instance("plant12", "2411"), instance("plant3", build=Unknown("no update summary"))),
        locations=(location("plant12", live), location("plant3", [odd]), location("plant4")),
        subscriptions=(Subscription("sub", "name", known("Warned", later, "arm"), None),),
        unread=(Unread("node pools", full.key, "403"), Unread("rows", "", "throttled")),
        tenant="11111111-2222-3333-4444-555555555555",
        account="someone@example.com",
        expected=3,
    )


@pytest.mark.parametrize("whole", [rich(), inventory(), inventory(cluster(), live=offered(["1.30.14", "1.31.10"]))])
def test_round_trip_is_exact_apart_from_the_source(whole: Inventory) -> None:
    again = load(dump(whole), "s.json")
    assert again.source is SourceKind.SNAPSHOT
    assert replace(again, source=whole.source) == whole


def test_facts_keep_their_time_and_source_to_the_microsecond() -> None:
    again = load(dump(rich()), "s.json")
    assert again.clusters[0].last_contact == Known(datetime(2026, 5, 20, 0, 3, 0, 7, UTC), AS_OF, "arm")


def test_other_time_zones_are_the_same_moment_in_utc() -> None:
    cet = timezone(timedelta(hours=1))
    moved = replace(inventory(), as_of=AS_OF.astimezone(cet))
    assert dump(moved) == dump(inventory())
    assert load(dump(moved), "s").as_of.tzinfo is UTC


def test_equal_inventories_give_equal_bytes_however_their_facts_are_shared() -> None:
    whole = rich()
    loaded = replace(load(dump(whole), "s.json"), source=whole.source)
    assert dump(loaded) == dump(whole)


def test_equal_facts_are_one_object_after_loading() -> None:
    again = load(dump(inventory(cluster("a"), cluster("b"))), "s.json")
    first, second = again.clusters
    assert first.version is second.version
    assert first.pools is second.pools


def test_bytes_do_not_depend_on_hash_seed_or_time_zone() -> None:
    code = (
        "from tests.documents.test_snapshot import rich; from planner.documents.snapshot import dump; "
        "import hashlib; print(hashlib.sha256(dump(rich())).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(seen) == 1


def test_a_thousand_bytes_a_cluster_are_enough() -> None:
    many = [
        replace(
            cluster(f"cluster-{n:04}", upgrades=["1.31.10"], last_contact=AS_OF - timedelta(seconds=n)),
            pools=Known((pool("a", "1.30.14"), pool("b", "1.30.14")), AS_OF + timedelta(seconds=n), "arm"),
            created_at=AS_OF - timedelta(days=n),
            modified_by="someone@example.com",
        )
        for n in range(1000)
    ]
    assert len(dump(inventory(*many))) <= 1000 * 1000


def test_hostile_text_in_a_file_is_made_harmless() -> None:
    whole = dump(inventory(cluster("mes-prod")))
    bad = whole.replace(b'"name":"mes-prod"', b'"name":"a\\u001b[31mb\\u202ec"')
    assert bad != whole
    assert load(bad, "s.json").clusters[0].name == "a\N{REPLACEMENT CHARACTER}[31mb\N{REPLACEMENT CHARACTER}c"
    long = whole.replace(b'"name":"mes-prod"', b'"name":"' + b"x" * 5000 + b'"')
    assert len(load(long, "s.json").clusters[0].name) == 256


def refusal(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        load(data, "fleet.json")
    assert caught.value.exit_code == 2
    assert caught.value.what == "fleet.json cannot be read as a snapshot"
    assert caught.value.cure
    return caught.value


def test_a_newer_schema_is_refused_with_both_numbers() -> None:
    error = refusal(dump(rich()).replace(b'"schema":1', b'"schema":2'))
    assert "newer arcstep" in error.why and "schema 2" in error.why and "up to 1" in error.why


def test_another_json_file_is_not_a_snapshot() -> None:
    assert "not a snapshot of arcstep" in refusal(b'{"clusters": []}').why
    assert "not a snapshot" in refusal(b"[1, 2]").why or "damaged" in refusal(b"[1, 2]").why


def test_a_cut_file_says_so() -> None:
    whole = dump(rich())
    assert "cut off" in refusal(whole[: len(whole) // 2]).why
    assert "cut off" in refusal(b"").why


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (b'[0,"1.30.14"]', b'[0,"1.30"]', "facts.versions[0]"),
        (b'[3,"1.30.14"]', b'[3,"1.30"]', "pools[0]"),
        (b'"version":0', b'"version":99', "clusters[0]"),
        (b'"version":0', b'"version":-1', "clusters[0].version"),
        (b'"name":"mes-prod"', b'"name":7', "clusters[0].name"),
        (b'"name":"mes-prod"', b'"name":"a","sshKey":"x"', "sshKey"),
        (b"2026-05-20T00:00:00Z", b"2026-05-20T00:00:00", "as_of"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(old: bytes, new: bytes, where: str) -> None:
    whole = dump(inventory(cluster("mes-prod")))
    assert old in whole
    assert where in refusal(whole.replace(old, new, 1)).why


def test_deep_nesting_is_refused() -> None:
    refusal(b'{"kind":' + b"[" * 100_000)


WHOLE = dump(rich())


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_changed_or_cut_file_loads_or_is_refused_and_nothing_else(place: int, byte: int, cut: bool) -> None:
    changed = WHOLE[:place] if cut else WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :]
    try:
        load(changed, "s.json")
    except SourceError as error:
        assert error.exit_code == 2


def test_only_allowed_fields_are_written() -> None:
    """A new field of the core has to be put on the list on purpose, never by itself."""
    keys = {key for row in json.loads(WHOLE)["clusters"] for key in row}
    assert keys == {
        *("id", "name", "resource_group", "subscription", "location", "tags", "custom_location", "version"),
        *("provisioning_state", "current_state", "connectivity", "last_contact", "upgrades", "pools"),
        *("control_plane_count", "addons", "error", "created_at", "modified_at", "modified_by", "etag"),
    }


def test_the_collector_is_left_as_it_was() -> None:
    import gc

    assert gc.isenabled()
    dump(rich())
    load(WHOLE, "s.json")
    assert gc.isenabled()
    gc.disable()
    try:
        load(WHOLE, "s.json")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_upgrades_share_rows() -> None:
    whole = json.loads(dump(inventory(cluster("a", upgrades=["1.31.10"]), cluster("b", upgrades=["1.31.10"]))))
    assert whole["upgrades"] == [{"version": "1.31.10"}]
    assert load(json.dumps(whole).encode(), "s").clusters[1].upgrades == known((Upgrade(version("1.31.10")),))
