"""What the emulator does not know of is kept: merge patches, and documents that were sent."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.emulator.arm import Arm, Request
from planner.emulator.fleet import bundled
from planner.emulator.merge import merged
from planner.emulator.world import World
from tests.emulator.conftest import body_of, cluster_path
from tests.emulator.upgrades import NAME, TARGET

SCALARS = st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8)
KEYS = st.text(max_size=3)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2), max_leaves=4
)
UNKNOWN = st.dictionaries(KEYS.map("new{}".format), VALUES, max_size=2)
OBJECTS = st.dictionaries(KEYS, VALUES | st.none(), max_size=3)
few = settings(max_examples=40)


@few
@given(OBJECTS)
def test_an_empty_patch_changes_nothing(document: dict[str, Any]) -> None:
    assert merged(document, {}) == document


@few
@given(OBJECTS, OBJECTS)
def test_a_patch_laid_twice_is_a_patch_laid_once(document: dict[str, Any], patch: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    once = merged(document, patch)
    assert merged(once, patch) == once
    assert document == before


@few
@given(OBJECTS, OBJECTS)
def test_a_patch_decides_its_own_keys_and_no_others(document: dict[str, Any], patch: dict[str, Any]) -> None:
    result = merged(document, patch)
    assert {key: value for key, value in result.items() if key not in patch} == {
        key: value for key, value in document.items() if key not in patch
    }
    assert not [key for key, value in patch.items() if value is None and key in result]


def test_objects_merge_key_by_key_and_everything_else_is_replaced() -> None:
    document = {"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 5}
    assert merged(document, {"a": {"b": None, "x": 3}, "d": [3], "e": {"f": 1}}) == {
        "a": {"c": 2, "x": 3},
        "d": [3],
        "e": {"f": 1},
    }


class Site:
    """An emulator without sockets, on a clock that a test moves."""

    def __init__(self, extra: dict[str, Any]) -> None:
        self.world: World = bundled("small")
        self.moment: datetime = self.world.as_of
        self.world.cluster(NAME).extra = extra
        self.arm = Arm(self.world, lambda: self.moment, quota=False)

    def ask(self, method: str, body: bytes = b"") -> tuple[int, Any]:
        headers = {"authorization": "Bearer anything"}
        query = {"api-version": "2024-01-01"}
        answer = self.arm.answer(Request(method, cluster_path(self.world, NAME), query, headers, body))
        return answer.status, json.loads(answer.body)


@few
@given(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
def test_what_is_sent_back_as_read_stays_at_every_depth(
    top: dict[str, Any], near: dict[str, Any], deep: dict[str, Any], key: dict[str, Any]
) -> None:
    inner = {**near, "controlPlane": {**deep, "controlPlaneEndpoint": deep}, "linuxProfile": {"ssh": key}}
    site = Site({**top, "properties": inner})
    before = site.ask("GET")[1]
    assert site.ask("PUT", json.dumps(body_of(before, TARGET)).encode())[0] == 201
    site.moment += timedelta(hours=1)
    after = site.ask("GET")[1]
    assert after["systemData"].pop("lastModifiedAt") > before["systemData"].pop("lastModifiedAt")
    before["properties"]["kubernetesVersion"] = TARGET
    assert after == before


@few
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=2))
def test_what_is_left_out_of_a_write_is_gone(unknown: dict[str, Any]) -> None:
    site = Site({"properties": {"securityProfile": unknown}})
    body = body_of(site.ask("GET")[1], TARGET)
    assert body["properties"].pop("securityProfile") == unknown
    site.ask("PUT", json.dumps(body).encode())
    site.moment += timedelta(hours=1)
    properties = site.ask("GET")[1]["properties"]
    assert "securityProfile" not in properties
    assert properties["kubernetesVersion"] == TARGET


def test_a_null_that_was_sent_is_kept() -> None:
    site = Site({})
    body = body_of(site.ask("GET")[1], TARGET)
    body["properties"]["autoScalerProfile"] = None
    site.ask("PUT", json.dumps(body).encode())
    site.moment += timedelta(hours=1)
    assert site.ask("GET")[1]["properties"]["autoScalerProfile"] is None
