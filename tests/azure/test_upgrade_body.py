"""The body of an upgrade: for any document of Azure one pointer differs, and everything else arrives (PR3)."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.azure.decode import parse
from planner.azure.reader import AzureSource
from planner.azure.upgrade_body import differences, upgrade_body
from planner.emulator.fleet import bundled
from planner.emulator.server import EmulatorThread
from planner.emulator.world import Cluster
from planner.events import Accepted
from tests.azure.conftest import payload, settings_for
from tests.azure.upgrading import NAME, POINTER, at_rest, change_of, order_for

TARGET = "1.33.1"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = TEXTS.map(lambda key: f"future{key}")
LEAVES = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
UNKNOWN = st.dictionaries(KEYS, VALUES, max_size=3)


def cluster_document() -> Any:
    return payload("cluster-get")


@given(top=UNKNOWN, properties=UNKNOWN, deep=UNKNOWN)
def test_any_document_arrives_with_one_value_changed(top: Any, properties: Any, deep: Any) -> None:
    document = cluster_document()
    document |= top
    document["properties"] |= properties
    document["properties"]["linuxProfile"]["ssh"] |= deep
    before = copy.deepcopy(document)
    body = upgrade_body(parse(json.dumps(document).encode()), TARGET)
    assert document == before
    assert body.diff == ((POINTER, "1.32.6", TARGET),)
    sent = json.loads(body.data)
    for name in ("id", "name", "type", "systemData"):
        del before[name]
    for name in ("provisioningState", "status"):
        del before["properties"][name]
    before["properties"]["kubernetesVersion"] = TARGET
    assert list(differences(before, sent)) == []


def test_only_what_is_azures_own_at_its_own_place_is_left_out() -> None:
    document = cluster_document()
    document["properties"]["agentPoolProfiles"][0] |= {"name": "kept", "status": {"kept": True}, "id": "kept"}
    document["properties"]["systemData"] = "kept"
    document["provisioningState"] = "kept"
    sent = json.loads(upgrade_body(document, TARGET).data)
    assert sent["properties"]["agentPoolProfiles"] == document["properties"]["agentPoolProfiles"]
    assert (sent["properties"]["systemData"], sent["provisioningState"]) == ("kept", "kept")


def test_two_readings_of_one_document_give_the_same_bytes() -> None:
    document = cluster_document()
    turned = dict(reversed(document.items())) | {"properties": dict(reversed(document["properties"].items()))}
    assert list(turned) != list(document)
    assert upgrade_body(turned, TARGET) == upgrade_body(document, TARGET)


def test_the_bytes_are_in_no_text() -> None:
    assert "AAAAB3Nza" in upgrade_body(cluster_document(), TARGET).data.decode()
    assert "AAAAB3Nza" not in repr(upgrade_body(cluster_document(), TARGET))


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "no shape"),
        ([], "no shape"),
        ({}, "no shape"),
        ({"properties": {"kubernetesVersion": TARGET}}, "would change nothing"),
        ({"properties": {"kubernetesVersion": "1.1.1", "deep": nested(5000)}}, "no shape"),
        ({"properties": {"kubernetesVersion": "1.1.1", "odd": float("nan")}}, "JSON"),
    ],
)
def test_a_document_that_cannot_be_sent_back_is_not(document: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        upgrade_body(document, TARGET)


@pytest.mark.parametrize(
    ("one", "other", "pointers"),
    [
        ({"a": 1}, {"a": True}, ["/a"]),
        ({"a": 1}, {"a": 1.0}, ["/a"]),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, ["/a/1/b"]),
        ({"a": [1]}, {"a": [1, 2]}, ["/a"]),
        ({"a/b": 1, "~": 2}, {"c": 3}, ["/a~1b", "/~0", "/c"]),
        ({"a": None}, {}, ["/a"]),
        ({"a": {}}, {"a": []}, ["/a"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
    ],
)
def test_differences(one: Any, other: Any, pointers: list[str]) -> None:
    assert list(differences(one, other)) == pointers


# -- and so it is on the wire


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorThread]:
    thread = EmulatorThread(bundled("small"), speed=0, quota=False)
    thread.start()
    yield thread
    thread.close()


async def upgraded(server: EmulatorThread) -> None:
    source = AzureSource(settings_for(server.emulator))
    try:
        upgrader = await source.upgrader()
        order = order_for(server.emulator.world)
        prepared = await upgrader.prepare(order)
        outcome = await upgrader.send(order, prepared.fingerprint, lambda _: None)
        assert isinstance(outcome, Accepted)
    finally:
        await source.close()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(top=UNKNOWN, properties=UNKNOWN, deep=UNKNOWN)
def test_the_put_equals_the_last_get_but_for_one_pointer(
    server: EmulatorThread, top: Any, properties: Any, deep: Any
) -> None:
    world = server.emulator.world
    fresh: Cluster = bundled("small").cluster(NAME)
    fresh.extra = {**top, "properties": {**properties, "storageProfile": {"smbCsiDriver": deep}}}
    fresh.instance = world.cluster(NAME).instance
    world.clusters = [fresh if one.name == NAME else one for one in world.clusters]
    vars(world).pop("cluster_by_id", None)
    at_rest(world)
    asyncio.run(upgraded(server))
    put = server.emulator.writes[-1]
    assert change_of(put) == [POINTER]
    assert {key: json.loads(put.body)[key] for key in top} == top
