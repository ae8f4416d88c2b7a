"""The emulated Azure as a plan found it: built from what the plan itself remembers, so that a walk can be rehearsed.

What a plan does not keep is filled in as a healthy site has it: three control plane nodes, agents in contact, no
update under way. What it says was not read is not made up: an unread version list stays unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from planner.emulator.world import LINUX, WINDOWS, Cluster, Instance, Pool, Subscription, World, ago
from planner.plan import Plan, Step, StepKind
from planner.version import Build, InvalidVersion, KubernetesVersion

if TYPE_CHECKING:
    from datetime import datetime

    from planner.awaited import Awaited
    from planner.catalog import Catalog

__all__ = ["build_of", "offers_on", "world_for"]

_POOL: Final = re.compile(r"(?P<name>.+): (?P<count>\d{1,5}|\?) × (?P<sku>[^;]+); (?P<ready>.*)")
_READY: Final = re.compile(r"(\d{1,5}) on (?:(\d[\d.]*)|version not reported)")
_ID: Final = re.compile(r"/subscriptions/([^/]+)/resourcegroups/([^/]+)/", re.IGNORECASE)
_SITE: Final = "site"
"""Name of an instance the plan does not name."""


def world_for(plan: Plan, catalog: Catalog) -> World:
    """The emulated Azure in the starting state of a plan: its cluster, its instance, the neighbours its gates name."""
    subject = plan.subject
    instance = _instance(plan, catalog)
    clusters = [_subject(plan, instance), *_neighbours(plan, instance)]
    keys = dict.fromkeys((subject.subscription, instance.subscription))
    return World(
        as_of=plan.as_of,
        subscriptions=[Subscription(key, key) for key in keys],
        instances=[instance],
        clusters=clusters,
        name="rehearsal",
    )


def offers_on(plan: Plan, release: str, catalog: Catalog) -> tuple[str, ...] | None:
    """What a release offers: the published list, and what the plan hops to on it. None = nobody knows a version."""
    entry = catalog.by_key.get(release)
    published = [str(version) for version in (entry.offers or ())] if entry is not None else []
    targets = [step.target for step in _hops(plan) if step.release == release]
    return _sorted([*published, *targets]) or None


def build_of(plan: Plan, step: Step, running: str, catalog: Catalog) -> str:
    """A build of the release a step updates to, on the OS line of `running` where there is one: the one the next update
    starts from, or else the newest. Raises KeyError for a release the catalog does not know."""
    entry = catalog.by_key[step.target]
    after = [other.target for other in plan.steps if other.kind is StepKind.RELEASE and other.origin == step.target]
    asked = [
        edge.from_build
        for target in after
        for edge in (catalog.by_key[target].updates_from if target in catalog.by_key else ())
        if edge.origin == step.target and edge.from_build is not None
    ]
    line = _line(running)
    fitting = [build for build in (*entry.builds, *asked) if _line(build) == line]
    return (fitting or list(entry.builds))[-1]


def _line(build: str) -> str:
    try:
        return Build.parse(build).line
    except InvalidVersion:
        return ""


def _hops(plan: Plan) -> Iterator[Step]:
    return (step for step in plan.steps if step.kind is StepKind.KUBERNETES)


def _sorted(versions: Sequence[str]) -> tuple[str, ...]:
    """Without doubles, by number."""
    return tuple(sorted(dict.fromkeys(versions), key=KubernetesVersion.parse))


def _fact(plan: Plan, name: str) -> str | None:
    """What the plan says was read; None = it was not."""
    return next((fact.value for fact in plan.subject.facts if fact.fact == name and fact.at is not None), None)


def _versions(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(word for word in text.split(", ") if word != "none")


def _instance(plan: Plan, catalog: Catalog) -> Instance:
    subject = plan.subject
    found = _ID.match(subject.instance_id)
    listed = _versions(_fact(plan, "versions offered on the instance"))
    targets = [step.target for step in _hops(plan) if step.release == subject.release]
    skus = {pool.os_sku for pool in _pools(plan)}
    return Instance(
        name=subject.instance or _SITE,
        subscription=found[1] if found else subject.subscription,
        resource_group=found[2] if found else subject.resource_group,
        build=subject.build if _line(subject.build) else None,
        last_updated=ago(plan.as_of, days=60),
        offers=offers_on(plan, subject.release, catalog) if listed is None else _sorted([*listed, *targets]),
        listed=listed is not None,
        windows=frozenset(WINDOWS) & skus,
    )


def _subject(plan: Plan, instance: Instance) -> Cluster:
    subject = plan.subject
    return Cluster(
        name=subject.name,
        subscription=subject.subscription,
        resource_group=subject.resource_group,
        instance=instance,
        version=subject.version,
        pools=_pools(plan),
        control_plane=_control_plane(plan),
        provisioning_state=subject.provisioning_state,
        current_state=subject.current_state,
        connectivity=_fact(plan, "connectivity") or "Connected",
        upgrades=_versions(_fact(plan, "upgrades offered now")),
        **_ages(plan.as_of),
    )


def _control_plane(plan: Plan) -> int:
    """The nodes of a hop less those of the pools; three where the plan does not tell."""
    nodes = next((step.nodes for step in plan.steps if step.nodes), None)
    return 3 if nodes is None else max(1, nodes - sum(pool.count for pool in _pools(plan)))


def _ages(as_of: datetime) -> dict[str, Any]:
    return {
        "last_contact": ago(as_of, minutes=3),
        "created": ago(as_of, days=300),
        "modified": as_of - timedelta(days=100),
    }


def _pools(plan: Plan) -> list[Pool]:
    found = [pool for line in plan.subject.pools if (pool := _pool(line, plan.subject.version)) is not None]
    return found or [Pool("pool1")]


def _pool(line: str, running: str) -> Pool | None:
    found = _POOL.fullmatch(line)
    if found is None:
        return None
    ready = {version: int(count) for count, version in _READY.findall(found["ready"])}
    count = int(found["count"]) if found["count"] != "?" else sum(ready.values()) or 1
    sku = found["sku"] if found["sku"] in (LINUX, *WINDOWS) else LINUX
    return Pool(found["name"], count, sku, ready=None if ready in ({}, {running: count}) else ready)


def _neighbours(plan: Plan, instance: Instance) -> Iterator[Cluster]:
    """Each cluster a gate names, where it starts from; a version nobody could read stays unread."""
    named: dict[str, Awaited] = {}
    for awaited in (one for step in plan.steps for one in step.awaited):
        named.setdefault(awaited.cluster, awaited)
    for name, awaited in named.items():
        if not _is_version(awaited.origin):
            continue
        yield Cluster(
            name=name,
            subscription=instance.subscription,
            resource_group=plan.subject.resource_group,
            instance=instance,
            version=awaited.origin,
            **_nodes(awaited.nodes),
            **_ages(plan.as_of),
        )


def _nodes(count: int | None) -> dict[str, Any]:
    """Control plane and pool of a neighbour, of whom a plan knows how many nodes there are together."""
    if count is None or count < 2:
        return {}
    control = 3 if count > 3 else 1
    return {"control_plane": control, "pools": [Pool("pool1", count - control)]}


def _is_version(text: str) -> bool:
    try:
        KubernetesVersion.parse(text)
    except InvalidVersion:
        return False
    return True
