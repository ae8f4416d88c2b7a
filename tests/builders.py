"""Small values for tests: say what matters, default the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from planner.inventory import (
    Cluster,
    CustomLocation,
    Instance,
    Inventory,
    Known,
    NodePool,
    Observed,
    OfferedVersion,
    Readiness,
    ReadyReplicas,
    SourceKind,
    Subscription,
    Unknown,
    Unread,
    Upgrade,
)
from planner.version import Build, KubernetesVersion

T = TypeVar("T")
AS_OF = datetime(2026, 5, 20, tzinfo=UTC)
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
BUILDS = {
    "2405": "10.2405.0.24",
    "2408": "10.2408.0.29",
    "2411": "10.2411.0.24",
    "2503": "10.2503.0.13",
    "2507": "11.2507.1001.9",
    "2508": "11.2508.1001.51",
    "2509": "11.2509.1001.21",
    "11.2510": "11.2510.1002.93",
    "12.2510": "12.2510.1002.531",
    "2511": "12.2511.1002.502",
    "2601": "12.2601.1002.503",
    "2602": "12.2602.1002.501",
    "2603": "12.2603.1002.500",
    "2604": "12.2604.1003.1006",
    "2605": "12.2605.1003.210",
    "2606": "12.2606.1003.205",
    "2608": "12.2608.1003.9",
}
"""A real build for each release key used in tests."""


def known(value: T, at: datetime = AS_OF, source: str = "arm") -> Known[T]:
    return Known(value, at, source)


def version(text: str) -> KubernetesVersion:
    return KubernetesVersion.parse(text)


def arm(kind: str, name: str, group: str = "rg-test") -> str:
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{kind}/{name}"


def pool(
    name: str = "pool1",
    running: str | None = None,
    *,
    count: int = 3,
    sku: str = "CBLMariner",
    ready: Iterable[tuple[int, str]] | None = None,
    state: str = "Succeeded",
) -> NodePool:
    """A pool whose nodes all run `running`, or as `ready` says: (count, version) pairs."""
    replicas = [(count, running)] if ready is None and running else list(ready or [])
    return NodePool(
        name=name,
        os_type="Windows" if sku.lower().startswith("windows") else "Linux",
        os_sku=sku,
        count=count,
        vm_size="Standard_A4_v2",
        provisioning_state=state,
        current_state=state,
        ready=tuple(ReadyReplicas(number, version(text)) for number, text in replicas),
    )


def offered(
    versions: Sequence[str], *, preview: Sequence[str] = (), upgrades: dict[str, list[str]] | None = None
) -> tuple[OfferedVersion, ...]:
    """A live list in which every Linux image is ready and Windows is off, as is normal since 2509."""
    return tuple(
        OfferedVersion(
            version=version(text),
            is_preview=text in preview,
            readiness=(
                Readiness("Linux", "CBLMariner", True),
                Readiness("Windows", "Windows2022", False, "Windows nodepool feature is disabled"),
            ),
            upgrades=None if upgrades is None or text not in upgrades else tuple(map(version, upgrades[text])),
        )
        for text in sorted((*versions, *preview), key=version)
    )


def cluster(
    name: str = "mes-prod",
    running: str | None = "1.30.14",
    *,
    instance: str = "plant12",
    pools: Sequence[NodePool] | None = None,
    upgrades: Sequence[str] | None = None,
    provisioning: str = "Succeeded",
    current: str = "Succeeded",
    connectivity: str = "Connected",
    last_contact: datetime = AS_OF,
    control_plane_count: int = 3,
    **changes: object,
) -> Cluster:
    """A healthy cluster; `upgrades=None` = profile not read, `running=None` = version not readable."""
    own = pools if pools is not None else ([pool(running=running)] if running else [])
    observed: Observed[tuple[Upgrade, ...]] = (
        Unknown("not read") if upgrades is None else known(tuple(Upgrade(version(text)) for text in upgrades))
    )
    values: dict[str, object] = {
        "id": arm("Microsoft.Kubernetes/connectedClusters", name),
        "name": name,
        "resource_group": "rg-test",
        "subscription": SUBSCRIPTION,
        "location": "westeurope",
        "tags": (),
        "custom_location": known(location_id(instance)),
        "version": known(version(running)) if running else Unknown("no permission to read the cluster"),
        "provisioning_state": known(provisioning),
        "current_state": known(current),
        "connectivity": known(connectivity),
        "last_contact": known(last_contact),
        "upgrades": observed,
        "pools": known(tuple(own)),
        "control_plane_count": known(control_plane_count),
        **changes,
    }
    return Cluster(**values)  # type: ignore[arg-type]


def location_id(instance_name: str) -> str:
    return arm("Microsoft.ExtendedLocation/customLocations", f"cl-{instance_name}").casefold()


def instance_id(instance_name: str) -> str:
    return arm("Microsoft.AzureStackHCI/clusters", instance_name).casefold()


def instance(name: str = "plant12", release: str = "2411", **changes: object) -> Instance:
    """An instance on the release with that catalog key (or a full build)."""
    values: dict[str, object] = {
        "id": instance_id(name),
        "name": name,
        "resource_group": "rg-test",
        "subscription": SUBSCRIPTION,
        "build": known(Build.parse(BUILDS.get(release, release))),
        "update_state": known("AppliedSuccessfully"),
        "last_updated": known(AS_OF),
        "connectivity": known("Connected"),
        **changes,
    }
    return Instance(**values)  # type: ignore[arg-type]


def location(instance_name: str = "plant12", live: Sequence[OfferedVersion] | None = None) -> CustomLocation:
    """The custom location of an instance; `live=None` = its list could not be read."""
    return CustomLocation(
        id=location_id(instance_name),
        name=f"cl-{instance_name}",
        instance=known(instance_id(instance_name)),
        offered=Unknown("version list answered 404") if live is None else known(tuple(live)),
        bridge_status=known("Running"),
    )


def inventory(
    *clusters: Cluster,
    release: str = "2411",
    live: Sequence[OfferedVersion] | None = None,
    instances: Sequence[Instance] | None = None,
    locations: Sequence[CustomLocation] | None = None,
    subscription_state: str = "Enabled",
    unread: Sequence[Unread] = (),
    as_of: datetime = AS_OF,
) -> Inventory:
    """An inventory of one instance, plant12, on `release`, unless instances and locations are given."""
    return Inventory(
        source=SourceKind.SNAPSHOT,
        as_of=as_of,
        clusters=tuple(clusters),
        instances=tuple(instances if instances is not None else [instance(release=release)]),
        locations=tuple(locations if locations is not None else [location(live=live)]),
        subscriptions=(Subscription(SUBSCRIPTION, "test", known(subscription_state), as_of),),
        unread=tuple(unread),
        expected=len(clusters),
    )
