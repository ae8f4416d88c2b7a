"""Whether a cluster is as an order expects it, from documents; and what differs between two looks."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from planner.azure.queries import Part
from planner.azure.standing import Standing, changes, is_about, objection, standing, warnings
from planner.events import Order
from tests.azure.conftest import payload
from tests.builders import AS_OF

STATE = payload("cluster-get")
CLUSTER = STATE["id"].partition("/providers/Microsoft.HybridContainerService")[0]
ORDER = Order("S01", CLUSTER, "s-aszc", "1.32.6", "1.33.1")
POOL: Any = {
    "name": "one",
    "properties": {
        "count": 2,
        "osSKU": "CBLMariner",
        "provisioningState": "Succeeded",
        "status": {"currentState": "Succeeded", "readyReplicas": [{"count": 2, "kubernetesVersion": "1.32.6"}]},
    },
}


def upgrades(*targets: dict[str, Any]) -> Any:
    return {"properties": {"controlPlaneProfile": {"upgrades": list(targets)}}}


OFFER = upgrades({"kubernetesVersion": "1.33.1"})
CONTACT = {"properties": {"connectivityStatus": "Connected"}}


def altered(document: Any, pointer: str, value: Any) -> Any:
    """A copy with one value set, or taken away where it is ...."""
    fresh = copy.deepcopy(document)
    inside = fresh
    *path, last = pointer.split(".")
    for name in path:
        inside = inside[int(name) if name.isdigit() else name]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return fresh


def stands(state: Any = STATE, pools: Any = (POOL,), profile: Any = OFFER, contact: Any = CONTACT) -> Standing:
    documents: dict[Part, object] = {Part.STATE: state, Part.PROFILE: profile}
    if contact is not None:
        documents[Part.CONTACT] = contact
    return standing(documents, list(pools), '"tag"', ORDER, AS_OF)


def test_a_cluster_as_expected() -> None:
    assert objection(stands(), ORDER) is None
    assert warnings(stands()) == ()
    own = stands().fingerprint
    assert (own.version, own.provisioning_state, own.current_state, own.etag) == ("1.32.6", *["Succeeded"] * 2, '"tag"')
    assert own.pools == ("one CBLMariner 2: 2 on 1.32.6",)
    assert own.location == STATE["extendedLocation"]["name"].casefold()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (stands(altered(STATE, "properties.kubernetesVersion", "1.32.5")), "is on 1.32.5"),
        (stands(altered(STATE, "properties.kubernetesVersion", "1.33.1x")), "cannot be trusted"),
        (stands(altered(STATE, "properties.kubernetesVersion", 1.32)), "cannot be trusted"),
        (stands(altered(STATE, "properties.kubernetesVersion", ...)), "no Kubernetes version"),
        (stands(altered(STATE, "properties.provisioningState", "Updating")), "provisioningState is Updating"),
        (stands(altered(STATE, "properties.provisioningState", ...)), "provisioningState is not told"),
        (stands(altered(STATE, "properties.provisioningState", "Rebalancing")), "provisioningState is Rebalancing"),
        (stands(altered(STATE, "properties.status.currentState", "Upgrading")), "currentState is Upgrading"),
        (stands(altered(STATE, "properties.status", ...)), "currentState is not told"),
        (stands(altered(STATE, "extendedLocation", ...)), "custom location"),
        (stands(altered(STATE, "extendedLocation.name", "/elsewhere")), "custom location"),
        (stands(pools=()), "no node pool"),
        (stands(pools=[altered(POOL, "properties.provisioningState", "Updating")]), "Node pool one is Updating"),
        (stands(pools=[altered(POOL, "properties.status.currentState", "Failed")]), "Node pool one is Failed"),
        (stands(pools=[altered(POOL, "properties.count", ...)]), "could not be read"),
        (
            stands(pools=[altered(POOL, "properties.status.readyReplicas", [{"count": 2}])]),
            "What the nodes of pool one run could not be read",
        ),
        (
            stands(pools=[altered(POOL, "properties.status.readyReplicas.0.kubernetesVersion", "1.33.1")]),
            "has nodes on 1.33.1, not on 1.32.6",
        ),
        (stands(pools=[altered(POOL, "properties.status.readyReplicas.0.count", "two")]), "cannot be trusted"),
        (stands(profile=upgrades()), "does not offer 1.33.1 now, but nothing"),
        (stands(profile=upgrades({"kubernetesVersion": "1.32.7"})), "does not offer 1.33.1 now, but 1.32.7"),
        (stands(profile=upgrades({"kubernetesVersion": "1.33.1", "isPreview": True})), "1.33.1 as a preview only"),
        (stands(profile={}), "The upgrade profile came without"),
    ],
)
def test_objections(found: Standing, words: str) -> None:
    against = objection(found, ORDER)
    assert against is not None
    assert words in against.why
    assert against.why[0].isupper() or against.why.startswith(("provisioningState", "currentState", "node", "Kuber"))
    assert against.cure


@pytest.mark.parametrize(
    "found",
    [
        stands(altered(STATE, "properties.kubernetesVersion", "v1.32.6")),
        stands(altered(STATE, "properties.provisioningState", "succeeded")),
        stands(pools=[altered(POOL, "properties.provisioningState", ...)]),
        stands(pools=[altered(altered(POOL, "properties.count", 0), "properties.status.readyReplicas", [])]),
        stands(contact=None),
    ],
)
def test_no_objection(found: Standing) -> None:
    assert objection(found, ORDER) is None


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (stands(contact=None), "could not be read"),
        (stands(contact={"properties": {"connectivityStatus": "Expired"}}), "is Expired"),
        (stands(pools=[altered(POOL, "properties.status.readyReplicas.0.count", 1)]), "Only 1 of 2"),
        (stands(altered(STATE, "properties.linuxProfile.ssh.publicKeys", [])), "no SSH key"),
        (replace(stands(), etag=""), "no tag"),
    ],
)
def test_warnings(found: Standing, words: str) -> None:
    (warning,) = warnings(found)
    assert words in warning


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (stands(), ()),
        (stands(pools=[POOL, altered(POOL, "name", "two")]), ("node pools: none → two CBLMariner 2: 2 on 1.32.6",)),
        (replace(stands(), etag='"other"'), ("the tag of the document",)),
        (stands(altered(STATE, "properties.licenseProfile", {})), ("the settings of the cluster",)),
        (
            stands(altered(STATE, "properties.provisioningState", "Failed")),
            ("provisioningState Succeeded → Failed",),
        ),
        (stands(altered(STATE, "properties.status.currentState", ...)), ("currentState Succeeded → ?",)),
        (stands(altered(STATE, "systemData.lastModifiedAt", "2026-01-01T00:00:00Z")), ()),
    ],
)
def test_what_changed_is_named(now: Standing, said: tuple[str, ...]) -> None:
    assert changes(stands().fingerprint, now.fingerprint) == said


def test_the_order_of_pools_and_replicas_is_no_change() -> None:
    two = altered(POOL, "name", "two")
    mixed = altered(
        POOL,
        "properties.status.readyReplicas",
        [{"count": 1, "kubernetesVersion": "1.32.6"}, {"count": 1, "kubernetesVersion": "1.33.1"}],
    )
    turned = altered(
        POOL, "properties.status.readyReplicas", list(reversed(mixed["properties"]["status"]["readyReplicas"]))
    )
    assert stands(pools=[mixed, two]).fingerprint == stands(pools=[two, turned]).fingerprint


def test_an_answer_about_another_cluster_is_noticed() -> None:
    assert is_about(STATE, CLUSTER) and is_about(STATE, CLUSTER.upper().replace("/PROVIDERS/", "/providers/"))
    assert not is_about(altered(STATE, "id", STATE["id"].replace("s-aszc", "other")), CLUSTER)
    assert not is_about({}, CLUSTER) and not is_about(None, CLUSTER)
