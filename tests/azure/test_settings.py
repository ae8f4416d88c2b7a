"""Where a token may go at all, and which ids may become part of an address."""

from __future__ import annotations

import pytest

from planner.azure.queries import Part, group_of_appliance, is_cluster_id, part_path
from planner.azure.reader import AzureSource
from planner.azure.settings import AzureSettings
from planner.inventory import SourceKind
from planner.ports import SourceError
from tests.builders import SUBSCRIPTION, arm

CLUSTER = arm("Microsoft.Kubernetes/connectedClusters", "mes-prod")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://management.azure.com",
        "https://management.azure.com/",
        "https://management.usgovcloudapi.net",
        "https://127.0.0.1:8443",
        "https://localhost:8443",
        "https://[::1]:8443",
    ],
)
def test_known_clouds_and_this_machine_are_accepted(endpoint: str) -> None:
    AzureSource(AzureSettings(arm_endpoint=endpoint))


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://management.azure.com.example.com",
        "https://management.azure.com@example.com",
        "https://management.azure.com/path",
        "https://management.azure.com:444",
        "https://example.com",
        "http://127.0.0.1:8443",
        "http://management.azure.com",
        "https://127.0.0.1.example.com",
        "https://user:word@127.0.0.1",
        "https://127.0.0.1:notaport",
        "https://[::1",
        "",
    ],
)
def test_any_other_endpoint_is_refused_before_anything_is_sent(endpoint: str) -> None:
    with pytest.raises(SourceError) as refused:
        AzureSource(AzureSettings(arm_endpoint=endpoint))
    assert refused.value.exit_code == 2


def test_a_fixed_token_never_goes_to_a_cloud() -> None:
    with pytest.raises(SourceError) as refused:
        AzureSource(AzureSettings(auth="static", token=lambda: "t"))
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("subscription", ["prod", "'; drop", SUBSCRIPTION + "\n", SUBSCRIPTION[:-1]])
def test_a_subscription_that_is_no_id_is_refused(subscription: str) -> None:
    with pytest.raises(SourceError) as refused:
        AzureSource(AzureSettings(subscriptions=(subscription,)))
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("tenant", ["--debug", "; rm", "", "a b", ".com", "x" * 300])
def test_a_tenant_that_is_none_is_refused(tenant: str) -> None:
    with pytest.raises(SourceError) as refused:
        AzureSource(AzureSettings(tenant=tenant))
    assert refused.value.exit_code == 2


def test_the_scope_follows_the_cloud() -> None:
    gov = AzureSettings(arm_endpoint="https://management.usgovcloudapi.net/")
    assert gov.token_scopes == ("https://management.core.usgovcloudapi.net/.default",)
    assert AzureSettings(arm_endpoint="https://127.0.0.1:1").token_scopes == ("https://management.azure.com/.default",)
    assert AzureSettings(scopes=("own/.default",)).token_scopes == ("own/.default",)


def test_the_label_is_the_kind_of_source() -> None:
    assert AzureSource(AzureSettings()).label == "live"
    assert AzureSource(AzureSettings(source_kind=SourceKind.DEMO)).label == "demo"


def test_settings_do_not_print_the_token() -> None:
    assert "token" not in repr(AzureSettings(auth="static", token=lambda: "canary"))


@pytest.mark.parametrize(
    "bad",
    [
        CLUSTER + "#x",
        CLUSTER + "?api-version=1",
        CLUSTER + "/..",
        CLUSTER + "/providers/x",
        CLUSTER + "\n",
        CLUSTER + "%2e",
        CLUSTER.replace("rg-test", ".."),
        CLUSTER.replace("rg-test", "a/b"),
        CLUSTER.replace("rg-test", "x" * 91),
        CLUSTER.replace(SUBSCRIPTION, "me"),
        "https://example.com" + CLUSTER,
        "",
    ],
)
def test_no_id_that_is_not_exactly_one_becomes_an_address(bad: str) -> None:
    assert not is_cluster_id(bad)
    with pytest.raises(ValueError, match="not an ARM id"):
        part_path(Part.STATE, bad)


def test_the_paths_of_the_parts() -> None:
    own = f"{CLUSTER}/providers/Microsoft.HybridContainerService/provisionedClusterInstances/default"
    assert part_path(Part.STATE, CLUSTER) == f"{own}?api-version=2024-01-01"
    assert part_path(Part.PROFILE, CLUSTER) == f"{own}/upgradeProfiles/default?api-version=2024-01-01"
    assert part_path(Part.POOLS, CLUSTER) == f"{own}/agentPools?api-version=2024-01-01"
    location = arm("Microsoft.ExtendedLocation/customLocations", "cl-plant12")
    assert part_path(Part.VERSIONS, location).endswith(
        "/cl-plant12/providers/Microsoft.HybridContainerService/kubernetesVersions/default?api-version=2024-01-01"
    )
    with pytest.raises(ValueError, match="not an ARM id"):
        part_path(Part.VERSIONS, CLUSTER)


def test_the_group_of_a_bridge() -> None:
    bridge = arm("Microsoft.ResourceConnector/appliances", "Bridge", "RG-Plant (12)".replace(" ", ""))
    assert group_of_appliance(bridge) == f"/subscriptions/{SUBSCRIPTION}/resourcegroups/rg-plant(12)"
    assert group_of_appliance(arm("Microsoft.Compute/virtualMachines", "vm")) is None
