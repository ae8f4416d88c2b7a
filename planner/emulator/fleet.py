"""Fleets are TOML files: what the emulated Azure holds, written by people.

`load` reads a file, `bundled` one that comes with arcstep. Every wrong or unknown key is refused with the file, the
entry and the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from planner.emulator.tables import FleetError, Table
from planner.emulator.world import LINUX, Cluster, Instance, Part, Pool, Subscription, World, ago, guid
from planner.version import Build, KubernetesVersion, Minor

__all__ = ["FleetError", "bundled", "load", "parse"]


def load(path: Path) -> World:
    """Read a fleet file. Raises FleetError, also where the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise FleetError(f"{path}: cannot be read: {problem}") from problem
    return parse(text, path.name)


def bundled(name: str) -> World:
    """A fleet that comes with arcstep, such as "demo". Raises FleetError."""
    return parse((files("planner.emulator") / "fleets" / f"{name}.toml").read_text("utf-8"), f"{name}.toml")


def parse(text: str, name: str) -> World:
    """Read the text of a fleet; `name` is used in messages. Raises FleetError."""
    try:
        top = Table(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as problem:
        raise FleetError(f"{name}: not TOML: {problem}") from problem
    as_of = top.moment("as_of")
    keyed = dict(_subscription(entry) for entry in top.entries("subscription"))
    instances = {found.name: found for found in (_instance(entry, keyed) for entry in top.entries("instance"))}
    clusters = [found for entry in top.entries("cluster") for found in _clusters(entry, keyed, instances, as_of)]
    world = World(
        as_of=as_of,
        subscriptions=list(keyed.values()),
        instances=list(instances.values()),
        clusters=clusters,
        name=top.text("name", name.removesuffix(".toml")),
        faults=top.faults(Part.QUERY),
    )
    top.done()
    if len(world.cluster_by_id) != len(clusters):
        raise FleetError(f"{name}: two clusters have the same resource group and name")
    return world


def _subscription(entry: Table) -> tuple[str, Subscription]:
    key = entry.text("key")
    found = Subscription(
        id=entry.text("id", guid("subscription", key)),
        name=entry.text("name", key),
        state=entry.text("state", "Enabled"),
        registered=entry.flag("registered", True),
        faults=entry.faults(Part.SUBSCRIPTION, Part.ALL),
    )
    entry.done()
    return key, found


def _instance(entry: Table, subscriptions: Mapping[str, Subscription]) -> Instance:
    name = entry.named("name")
    updated = entry.day("updated")
    found = Instance(
        name=name,
        subscription=entry.choice("subscription", subscriptions).id,
        resource_group=entry.text("resource_group", f"rg-{name}"),
        build=entry.read("build", Build.parse, None),
        location=entry.text("location", "westeurope"),
        update_state=entry.text("update_state", "AppliedSuccessfully"),
        last_updated=updated,
        connectivity=entry.text("connectivity", "Connected"),
        bridge=entry.text("bridge", "Running"),
        appliance=entry.text("appliance", ""),
        custom_location=entry.text("custom_location", ""),
        offers=entry.versions("offers"),
        listed=entry.flag("listed", True),
        previews=frozenset(str(entry.check(text, Minor.parse)) for text in entry.texts("preview")),
        windows=frozenset(entry.texts("windows")),
        not_ready=frozenset(entry.versions("not_ready") or ()),
        edges={key: tuple(targets) for key, targets in entry.table("edges").items()},
        faults=entry.faults(Part.VERSIONS, Part.ALL),
    )
    entry.done()
    return found


def _clusters(
    entry: Table, subscriptions: Mapping[str, Subscription], instances: Mapping[str, Instance], as_of: datetime
) -> Iterator[Cluster]:
    """The clusters of one entry: `name`, or `names` that share everything else."""
    names = entry.texts("names") or (entry.named("name"),)
    instance = entry.choice("instance", instances)
    version = str(entry.read("version", KubernetesVersion.parse))
    states = entry.texts("state") or ("Succeeded",)
    offline = entry.number("offline_days", 0)
    modified = entry.day("modified") or ago(as_of, days=200)
    shared: dict[str, Any] = {
        "subscription": entry.choice("subscription", subscriptions).id
        if "subscription" in entry
        else instance.subscription,
        "resource_group": entry.text("resource_group", instance.resource_group),
        "instance": instance,
        "version": version,
        "created": entry.day("created") or modified - timedelta(days=90),
        "modified": modified,
        "control_plane": entry.number("control_plane", 3),
        "provisioning_state": states[0],
        "current_state": states[-1],
        "connectivity": entry.text("connectivity", "Offline" if offline else "Connected"),
        "agent_version": entry.text("agent_version", "1.28.2"),
        "upgrades": entry.versions("upgrades"),
        "error": entry.text("error", None),
        "addon_errors": entry.table("addon_errors"),
        "graph_version": entry.text("graph_version", None),
    }
    tags = entry.table("tags")
    pools = entry.entries("pools") or [Table({"name": "linux1"}, entry.where)]
    made = [_pool(pool) for pool in pools]
    faults = entry.faults(*Part.OF_CLUSTER)
    entry.done()
    for name in names:
        contact = ago(as_of, days=offline, minutes=2 + sum(name.encode()) % 5)
        yield Cluster(
            name=name,
            last_contact=contact,
            tags=dict(tags),
            pools=[replace(pool) for pool in made],
            faults=list(faults),
            **shared,
        )


def _pool(entry: Table) -> Pool:
    states = entry.texts("state") or ("Succeeded",)
    ready = entry.table("ready")
    limits = tuple(int(text) for text in entry.texts("autoscale"))
    found = Pool(
        name=entry.text("name"),
        count=entry.number("count", 3),
        os_sku=entry.text("sku", LINUX),
        vm_size=entry.text("vm_size", "Standard_A4_v2"),
        ready={version: int(count) for version, count in ready.items()} or None,
        provisioning_state=states[0],
        current_state=states[-1],
        error=entry.text("error", None),
        autoscale=(limits[0], limits[1]) if len(limits) == 2 else None,
    )
    entry.done()
    return found
