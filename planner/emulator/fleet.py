"""Fleets are TOML files: what the emulated Azure holds, written by people.

`load` reads a file, `bundled` one that comes with arcstep. Every wrong or unknown key is refused with the file, the
entry and the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from planner.emulator.world import LINUX, Cluster, Fault, Instance, Part, Pool, Subscription, World, ago, guid
from planner.version import Build, InvalidVersion, KubernetesVersion, Minor

__all__ = ["FleetError", "bundled", "load", "parse"]

T = TypeVar("T")
_MISSING: Final = object()


class FleetError(ValueError):
    """A fleet file cannot be used. The message names file, entry and reason."""


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
        top = _Table(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as problem:
        raise FleetError(f"{name}: not TOML: {problem}") from problem
    as_of = top.moment("as_of")
    keyed = dict(_subscription(entry) for entry in top.entries("subscription"))
    instances = {found.name: found for found in (_instance(entry, keyed) for entry in top.entries("instance"))}
    clusters = [found for entry in top.entries("cluster") for found in _clusters(entry, instances, as_of)]
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


def _subscription(entry: _Table) -> tuple[str, Subscription]:
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


def _instance(entry: _Table, subscriptions: Mapping[str, Subscription]) -> Instance:
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


def _clusters(entry: _Table, instances: Mapping[str, Instance], as_of: datetime) -> Iterator[Cluster]:
    """The clusters of one entry: `name`, or `names` that share everything else."""
    names = entry.texts("names") or (entry.named("name"),)
    instance = entry.choice("instance", instances)
    version = str(entry.read("version", KubernetesVersion.parse))
    states = entry.texts("state") or ("Succeeded",)
    offline = entry.number("offline_days", 0)
    modified = entry.day("modified") or ago(as_of, days=200)
    shared: dict[str, Any] = {
        "subscription": instance.subscription,
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
    pools = entry.entries("pools") or [_Table({"name": "linux1"}, entry.where)]
    made = [_pool(pool) for pool in pools]
    faults = entry.faults(Part.CLUSTER, Part.PROFILE, Part.POOLS, Part.GRAPH, Part.ALL)
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


def _pool(entry: _Table) -> Pool:
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


class _Table:
    """One TOML table that is emptied while it is read, so that what is left over was not understood."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = dict(values)
        self.where = where

    def fail(self, reason: str) -> FleetError:
        """The error for this entry."""
        return FleetError(f"{self.where}: {reason}")

    def _take(self, key: str, default: Any) -> Any:
        value = self._values.pop(key, default)
        if value is _MISSING:
            raise self.fail(f"{key} is missing")
        return value

    def named(self, key: str) -> str:
        """A required text that from now on names this entry in messages."""
        name = self.text(key)
        self.where = f"{self.where} ({name})"
        return name

    def text(self, key: str, default: Any = _MISSING) -> Any:
        """A text."""
        value = self._take(key, default)
        if value is not default and not isinstance(value, str):
            raise self.fail(f"{key} must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts or numbers, or one of them alone; () where it is missing."""
        value = self._take(key, ())
        values: list[Any] = list(cast("list[Any]", value)) if isinstance(value, list | tuple) else [value]
        return tuple(str(item) for item in values)

    def number(self, key: str, default: int) -> int:
        """A whole number that is not negative."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(f"{key} must be a whole number")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.fail(f"{key} must be true or false")
        return value

    def moment(self, key: str) -> datetime:
        """A required moment with its offset."""
        value = self._take(key, _MISSING)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self.fail(f"{key} must be a moment such as 2026-05-20T12:00:00Z")
        return value.astimezone(UTC)

    def day(self, key: str) -> datetime | None:
        """The evening of a date."""
        value = self._take(key, None)
        if value is not None and type(value) is not date:
            raise self.fail(f"{key} must be a date such as 2026-05-20")
        return None if value is None else datetime.combine(value, time(20, 15), UTC)

    def check(self, value: Any, reader: Callable[[str], T]) -> T:
        """Read one value with a parser of versions."""
        try:
            return reader(value)
        except InvalidVersion as problem:
            raise self.fail(str(problem)) from None

    def read(self, key: str, reader: Callable[[str], object], default: Any = _MISSING) -> Any:
        """A text that must be a version of some kind, kept as text."""
        value = self.text(key, default)
        if isinstance(value, str):
            self.check(value, reader)
        return value

    def versions(self, key: str) -> tuple[str, ...] | None:
        """A list of Kubernetes versions; None where it is missing."""
        if key not in self._values:
            return None
        return tuple(str(self.check(text, KubernetesVersion.parse)) for text in self.texts(key))

    def choice(self, key: str, known: Mapping[str, T]) -> T:
        """The entry another table defines under this name."""
        name = self.text(key)
        if name not in known:
            raise self.fail(f"{key} {name!r} is not defined; there are {', '.join(known) or 'none'}")
        return known[name]

    def table(self, key: str) -> dict[str, Any]:
        """A table, {} where it is missing."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.fail(f"{key} must be a table")
        return cast("dict[str, Any]", value)

    def entries(self, key: str) -> list[_Table]:
        """A list of tables, each named by its place."""
        value = self._take(key, [])
        rows: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [None]
        if not all(isinstance(row, dict) for row in rows):
            raise self.fail(f"{key} must be a list of tables")
        return [_Table(row, f"{self.where}: {key} {place}") for place, row in enumerate(rows, 1)]

    def faults(self, *parts: str) -> list[Fault]:
        """Faults of the parts this resource has."""
        try:
            found = [Fault.parse(text) for text in self.texts("faults")]
        except ValueError as problem:
            raise self.fail(str(problem)) from None
        foreign = next((fault for fault in found if fault.part not in parts), None)
        if foreign is not None:
            raise self.fail(f"a fault of {foreign.part} does not belong here")
        return found

    def done(self) -> None:
        """Refuse what nobody asked for."""
        if self._values:
            raise self.fail(f"unknown key {', '.join(sorted(self._values))}")
