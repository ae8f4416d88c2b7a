"""Raw answers into our types: the recorded ones by value, broken ones without an exception."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.azure import graph_rows as rows
from planner.azure.decode import Doubts, cluster_state, node_pools, parse, upgrade_profile, version_list
from planner.azure.errors import error_codes
from planner.azure.fields import items
from planner.inventory import Addon, Known, NodePool, Readiness, ReadyReplicas, Unknown, Upgrade, value_of
from tests.azure.conftest import PAYLOADS, payload
from tests.builders import AS_OF, version

LOCATION = (
    "/subscriptions/69f14c19-881e-42c7-99b9-3286116410aa/resourcegroups/edgeci-registration-hc1n25r0638-jrxozsca"
    "/providers/microsoft.extendedlocation/customlocations/s-cluster-customlocation"
)


def state_of(document: Any) -> Any:
    return cluster_state(document, AS_OF, "arm", [])


def pools_of(*documents: Any) -> tuple[NodePool, ...]:
    found = node_pools(list(documents), AS_OF, [])
    assert isinstance(found, Known)
    return found.value


def test_a_recorded_cluster() -> None:
    doubts: Doubts = []
    state = cluster_state(payload("cluster-get"), AS_OF, "arm", doubts)
    assert state.custom_location == Known(LOCATION, AS_OF, "arm")
    assert state.version == Known(version("1.32.6"), AS_OF, "arm")
    assert state.provisioning_state == state.current_state == Known("Succeeded", AS_OF, "arm")
    assert state.control_plane_count == Known(1, AS_OF, "arm")
    assert state.addons[2] == Addon("Telemetry", None, None)
    assert state.addons[-1] == Addon("KubeProxy", "provisioned", True)
    assert len(state.addons) == 9
    assert state.created_at == datetime(2025, 9, 26, 19, 6, 53, 606598, UTC)
    assert state.modified_at == datetime(2025, 9, 27, 0, 33, 51, 68456, UTC)
    assert state.modified_by == "319f651f-7ddb-4fc6-9857-7aef9250bd05"
    assert (state.error, state.is_foreign, doubts) == (None, False, [])


def test_the_answer_to_a_put_lacks_version_and_state() -> None:
    state = state_of(payload("cluster-put-response-201"))
    assert state.version == Unknown("Azure reported no Kubernetes version")
    assert value_of(state.provisioning_state) == "Accepted"
    assert isinstance(state.current_state, Unknown)
    assert isinstance(state.control_plane_count, Unknown)
    assert state.addons == ()


def test_recorded_pools() -> None:
    assert pools_of(*payload("agentpools-list")["value"]) == (
        NodePool(
            name="nodepool1",
            os_type="Linux",
            os_sku="CBLMariner",
            count=1,
            vm_size="Standard_A4_v2",
            provisioning_state="Succeeded",
            current_state="Succeeded",
            ready=(ReadyReplicas(1, version("1.32.6")),),
        ),
    )


def test_pools_in_the_middle_of_an_upgrade() -> None:
    (pool,) = pools_of(*payload("agentpools-list-mid-upgrade")["value"])
    assert pool.ready == (ReadyReplicas(2, version("1.31.10")), ReadyReplicas(1, version("1.32.6")))
    assert (pool.provisioning_state, pool.current_state) == ("Upgrading", "Upgrading")


def test_older_answers_lack_the_version_of_ready_nodes() -> None:
    (pool,) = pools_of({"name": "p", "properties": {"status": {"readyReplicas": [{"count": 3}]}}})
    assert pool.ready == (ReadyReplicas(3, None),)


def test_autoscaling_is_told_only_where_it_is_on() -> None:
    limits = {"minCount": 1, "maxCount": 5}
    (on,) = pools_of({"name": "p", "properties": {"enableAutoScaling": True, **limits}})
    (off,) = pools_of({"name": "p", "properties": {"enableAutoScaling": False, **limits}})
    assert (on.autoscale, off.autoscale) == ((1, 5), None)


def test_a_recorded_profile_without_targets_is_as_old_as_its_last_change() -> None:
    found = upgrade_profile(payload("upgradeprofile-get-none"), AS_OF, "profile", [])
    assert found == Known((), datetime(2025, 10, 3, 4, 44, 29, 207313, UTC), "profile")


def test_targets_are_ordered_by_number_and_preview_defaults_to_no() -> None:
    listed = [
        {"kubernetesVersion": "1.31.10"},
        {"kubernetesVersion": "v1.31.9", "isPreview": True},
        {"kubernetesVersion": "1.30.14", "isPreview": None},
    ]
    document = {"properties": {"controlPlaneProfile": {"upgrades": listed}}}
    assert upgrade_profile(document, AS_OF, "profile", []) == Known(
        (Upgrade(version("1.30.14")), Upgrade(version("1.31.9"), True), Upgrade(version("1.31.10"))), AS_OF, "profile"
    )


@pytest.mark.parametrize("upgrades", [None, {}, "1.31.9", 7])
def test_a_profile_without_a_list_is_unknown_and_not_empty(upgrades: Any) -> None:
    document = {"properties": {"controlPlaneProfile": {"upgrades": upgrades}}}
    assert isinstance(upgrade_profile(document, AS_OF, "profile", []), Unknown)


def test_a_target_that_is_no_version_costs_itself_only() -> None:
    doubts: Doubts = []
    listed = [None, {"kubernetesVersion": 1.30}, {"kubernetesVersion": "1.31.9"}]
    document = {"properties": {"controlPlaneProfile": {"upgrades": listed}}}
    found = upgrade_profile(document, AS_OF, "profile", doubts)
    assert found == Known((Upgrade(version("1.31.9")),), AS_OF, "profile")
    assert doubts == [("upgrade profile", "a target, “1.3”, is no version")]


def test_a_recorded_version_list_in_the_order_of_numbers() -> None:
    found = version_list(payload("kubernetesversions-get"), AS_OF, [])
    assert isinstance(found, Known)
    assert (found.at, found.source) == (datetime(2025, 10, 2, 6, 11, 10, 712230, UTC), "versions")
    assert [str(one.version) for one in found.value] == ["1.30.13", "1.30.14", "1.31.9", "1.31.10", "1.32.5", "1.32.6"]
    oldest, newest = found.value[0], found.value[-1]
    assert oldest.upgrades == (version("1.30.14"), version("1.31.9"), version("1.31.10"))
    assert newest.upgrades is None
    assert newest.readiness == (
        Readiness("Linux", "CBLMariner", True),
        Readiness("Windows", "Windows2019", False, "Windows nodepool feature is disabled"),
        Readiness("Windows", "Windows2022", False, "Windows nodepool feature is disabled"),
    )
    assert not any(one.is_preview for one in found.value)


def test_a_preview_minor_marks_its_patches() -> None:
    values = [{"version": "1.34", "isPreview": True, "patchVersions": {"1.34.1": {}, "latest": {}}}]
    doubts: Doubts = []
    found = version_list({"properties": {"values": values}}, AS_OF, doubts)
    assert [one.is_preview for one in value_of(found) or ()] == [True]
    assert doubts == [("version list", "an entry, “latest”, is no version")]


def test_a_recorded_graph_row() -> None:
    (row,) = items(payload("arg-response-page1")["data"])
    own = rows.connected(row, rows.row_id(row) or "", AS_OF)
    assert (own.name, own.subscription) == ("s-aszc", "69f14c19-881e-42c7-99b9-3286116410aa")
    assert own.resource_group == "edgeci-registration-hc1n25r0638-jrxozsca"
    assert (own.location, own.tags, own.is_provisioned) == ("eastus", (), True)
    assert own.connectivity == Known("Connected", AS_OF, "graph")
    assert own.last_contact == Known(datetime(2025, 10, 2, 5, 20, tzinfo=UTC), AS_OF, "graph")


def test_a_connected_cluster_of_another_kind_is_no_aks_arc_cluster_by_itself() -> None:
    row = payload("spec-connectedcluster-get")
    own = rows.connected(row, row["id"], AS_OF)
    assert not own.is_provisioned
    assert own.connectivity == Unknown("Azure reported no connectivity")


def test_a_custom_location_leads_to_the_group_of_its_bridge() -> None:
    row = payload("cli-customlocation-show")
    found = rows.custom_location(row, row["id"])
    group = "/subscriptions/fa6d5c70-0000-0000-0000-66b9038c44eb/resourcegroups/rg-onpremvm"
    assert (found.name, found.host_group) == ("regensburg", group)
    wrapped = {"id": row["id"], "name": row["name"], "properties": {"hostResourceId": row["hostResourceId"]}}
    assert rows.custom_location(wrapped, row["id"]) == found


def test_an_update_summary_with_a_build_that_is_none_of_azure_local() -> None:
    row = payload("spec-updatesummaries")
    found = rows.summary(row, AS_OF)
    assert isinstance(found.build, Unknown)
    assert "“4.2203.2.32”" in found.build.reason
    assert found.state == Known("AppliedSuccessfully", AS_OF, "graph")
    assert rows.summary_key(row["id"]).endswith("/providers/microsoft.azurestackhci/clusters/testcluster")


def test_the_codes_of_recorded_errors() -> None:
    assert error_codes(payload("error-missingsubscriptionregistration")) == ("MissingSubscriptionRegistration",)
    assert error_codes(payload("error-readonlydisabledsubscription")) == ("ReadOnlyDisabledSubscription",)
    assert error_codes(payload("operationstatus-failed-validationchecks")) == ("BadRequest",)
    assert error_codes(payload("operationstatus-pending")) == ()
    assert error_codes({"error": {"code": "[red]\x1b", "details": [{"code": 7}, {"code": "Inner"}]}}) == ("Inner",)


@pytest.mark.parametrize("raw", [1.30, 130, True, "1.30", "1.30.x", "", "1.2.3.4", {}, []])
def test_what_is_no_version_is_unknown_and_never_padded(raw: Any) -> None:
    doubts: Doubts = []
    state = cluster_state({"properties": {"kubernetesVersion": raw}}, AS_OF, "arm", doubts)
    assert isinstance(state.version, Unknown)
    assert [what for what, _ in doubts] == ["Kubernetes version"]


@pytest.mark.parametrize(
    "raw", ["three", -1, 10**9, True, 2.0, None], ids=["word", "negative", "huge", "bool", "fraction", "null"]
)
def test_a_bad_count_costs_the_count_only(raw: Any) -> None:
    (pool,) = pools_of({"name": "p", "properties": {"count": raw, "osType": "Linux"}})
    assert (pool.count, pool.os_type) == (None, "Linux")


def test_words_of_the_future_pass_through_and_controls_do_not() -> None:
    properties = {
        "provisioningState": "Defrosting",
        "status": {"currentState": "\x1b[31mred", "errorMessage": "a\u202eb"},
    }
    state = state_of({"properties": properties})
    assert value_of(state.provisioning_state) == "Defrosting"
    assert value_of(state.current_state) == "\N{REPLACEMENT CHARACTER}[31mred"
    assert state.error == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    "name",
    [
        LOCATION + "#x",
        LOCATION + "?x=1",
        LOCATION + "/../other",
        LOCATION.replace("s-cluster-customlocation", ".."),
        LOCATION.replace("69f14c19", "zzzzzzzz"),
        LOCATION + "\n",
        "7",
    ],
)
def test_a_custom_location_that_is_no_arm_id_is_unknown(name: str) -> None:
    state = state_of({"extendedLocation": {"name": name}})
    assert isinstance(state.custom_location, Unknown)


def test_a_leading_slash_of_the_custom_location_may_be_missing() -> None:
    state = state_of({"extendedLocation": {"name": LOCATION.upper()[1:]}})
    assert value_of(state.custom_location) == LOCATION


def test_networks_tell_other_platforms_apart() -> None:
    def foreign(*ids: Any) -> bool:
        profile = {"infraNetworkProfile": {"vnetSubnetIds": list(ids)}}
        return state_of({"properties": {"cloudProviderProfile": profile}}).is_foreign

    other = "/subscriptions/1/resourceGroups/g/providers/Microsoft.HybridContainerService/virtualNetworks/v"
    local = "/subscriptions/1/resourceGroups/g/providers/Microsoft.AzureStackHCI/logicalNetworks/n"
    assert foreign(other)
    assert not foreign(local)
    assert not foreign(local, other)
    assert not foreign()
    assert not foreign(None)


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": "\xff"}', b"[" * 100_000, b"nul"])
def test_what_is_not_json_is_refused_without_quoting_it(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^is not whole JSON$"):
        parse(body)


# -- anything may come


def decode_all(document: Any) -> None:
    """Every decoder on the same document, as if each had asked for it."""
    doubts: Doubts = []
    cluster_state(document, AS_OF, "arm", doubts)
    upgrade_profile(document, AS_OF, "profile", doubts)
    version_list(document, AS_OF, doubts)
    error_codes(document)
    for row in [*items([document]), *items(document if isinstance(document, list) else None)]:
        node_pools([row, *items(row.get("value"))], AS_OF, doubts)
        own = rows.row_id(row) or ""
        rows.connected(row, own, AS_OF)
        rows.custom_location(row, own)
        rows.host(row, own, AS_OF)
        rows.summary(row, AS_OF)
        rows.bridge_status(row, AS_OF)
        rows.subscription(row, own, AS_OF)
    assert all(isinstance(part, str) for doubt in doubts for part in doubt)


NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
ANYTHING = st.recursive(
    SCALARS | st.sampled_from(["\x1b]0;x\x07", "../..", "1.30", "9999-99-99T00:00:00Z", "0001-01-01T00:00:00+23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    pairs = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def replace_leaf(document: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put a value in; a path that an earlier change cut off changes nothing."""
    owner = document
    for key in path[:-1]:
        inside = key in owner if isinstance(owner, dict) else isinstance(owner, list) and key in range(len(owner))
        if not inside:
            return
        owner = owner[key]
    if isinstance(owner, dict) or (isinstance(owner, list) and path[-1] in range(len(owner))):
        owner[path[-1]] = value


def test_every_recorded_answer_can_be_decoded() -> None:
    assert len(NAMES) >= 15
    for name in NAMES:
        decode_all(payload(name))


@given(st.data())
@settings(max_examples=150)
def test_no_change_of_a_recorded_answer_makes_decoding_fail(data: st.DataObject) -> None:
    document = copy.deepcopy(payload(data.draw(st.sampled_from(NAMES))))
    for path in data.draw(st.lists(st.sampled_from(list(places(document))), min_size=1, max_size=4)):
        replace_leaf(document, path, data.draw(ANYTHING))
    decode_all(document)


@given(ANYTHING)
@settings(max_examples=60)
def test_anything_at_all_can_be_decoded(document: Any) -> None:
    decode_all(document)
    decode_all({"id": document, "name": document, "properties": document, "systemData": document, "tags": document})
