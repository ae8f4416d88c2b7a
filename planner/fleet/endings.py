"""Where a plan of instances leaves them and their clusters: a goal may be reached, and support be out all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from planner.catalog import Catalog
from planner.clocks import release_ends
from planner.fleet.joint import Joint
from planner.fleet.telling import names
from planner.moves import Platform
from planner.support import Judge
from planner.version import KubernetesVersion


def endings(joints: Sequence[Joint], judge: Judge) -> Iterator[str]:
    """What is out of support, or off the list, where the plan ends; a sentence each. Of what it does not touch, nothing."""
    told: dict[str, None] = {}
    ended: dict[tuple[KubernetesVersion, date], list[str]] = {}
    removed: dict[str, list[str]] = {}
    for joint in joints:
        if not joint.chain or (not joint.updates and not any(path and path.moves for path in joint.paths)):
            continue
        told.update(dict.fromkeys(_release(joint, judge)))
        for traveller, path in zip(joint.party.travellers, joint.paths, strict=True):
            if path is None or not path.moves:
                continue
            version, on, who = path.end.version, path.end.platform, [one.name for one in traveller.clusters]
            entry = judge.catalog.minor_entries.get(version.minor)
            if entry is not None and entry.aksarc_end is not None and entry.aksarc_end < judge.today:
                ended.setdefault((version, entry.aksarc_end), []).extend(who)
            elif is_removed(version, on, judge.catalog):
                removed.setdefault(on.key, []).extend(who)
    yield from told
    for (version, day), who in sorted(ended.items()):
        yield f"{names(who)} {'ends' if len(who) == 1 else 'end'} on Kubernetes {version}, which left support on {day}."
    for key, who in removed.items():
        yield f"{key} no longer offers what {names(who)} {'runs' if len(who) == 1 else 'run'} then: hop right after it (P3)."


def _release(joint: Joint, judge: Judge) -> Iterator[str]:
    name, end = joint.instance.name, joint.chain[-1]
    entry = judge.catalog.by_key.get(end.key)
    if entry is None:
        yield f"{name} ends on {end.key}, whose support is not known."
        return
    day, rule, _ = release_ends(judge.catalog, entry, end.line)[0]
    if day < judge.today:
        yield f"{name} ends on Azure Local {entry.key}, which left support on {day} ({rule})."


def is_removed(version: KubernetesVersion, on: Platform, catalog: Catalog) -> bool:
    """Whether a release is known to offer nothing so old: one hop back, or more."""
    entry = catalog.by_key.get(on.key)
    return entry is not None and entry.lowest is not None and version.minor < entry.lowest


def stay_words(version: KubernetesVersion, on: Platform, catalog: Catalog) -> str:
    """How a version stands on the list of a release, as a sentence with a blank before it; "" where it is on the list."""
    entry = catalog.by_key.get(on.key)
    listed = entry.offers if entry is not None else None
    if not listed:
        return f" The list of {on.key} is not published."
    if version in listed:
        return ""
    if is_removed(version, on, catalog):
        return (
            f" {on.key} no longer offers {version.minor}: hop right after the update, for its support ends 30 days later at "
            "the latest (P3)."
        )
    return f" {on.key} offers other patches of {version.minor} (P8)." if version.minor <= max(listed).minor else ""
