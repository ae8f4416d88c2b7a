"""The relaxed search: the way to a minor over legal and refused moves, with the least in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from planner.catalog import Catalog
from planner.moves import Ground, Platform, Refusal, State, hop_refusal, offers, update_refusal, updates
from planner.version import KubernetesVersion, Minor

Place = tuple[Platform, Minor]
_FORBIDDEN, _MISSING, _NEIGHBOUR = 1_000, 10, 1
"""A way through a refused neighbour is known to lead on, as the search found it before it was refused: it weighs least."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A refused move on a relaxed way."""

    refusal: Refusal
    place: Place
    target: Place
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Stride:
    """A move of the relaxed search; `obstacle` None = legal."""

    target: Place
    obstacle: Obstacle | None = None


def relaxed(
    start: State,
    wanted: Minor | Platform | None,
    ground: Ground,
    catalog: Catalog,
    first: frozenset[KubernetesVersion] | None,
) -> tuple[Stride, ...]:
    """The way to the wanted minor or release with the least weight of refusals; of equals the one with the fewest moves.

    None = to any listed version elsewhere.
    """
    origin: Place = (start.platform, start.version.minor)
    queue: list[tuple[int, int, int, Place, tuple[Stride, ...]]] = [(0, 0, 0, origin, ())]
    seen: set[Place] = set()
    order = 0
    while queue:
        weight, length, _, place, way = heappop(queue)
        if place in seen:
            continue
        seen.add(place)
        if _arrived(place, wanted, start, ground, catalog, way):
            return way
        for stride in _strides(place, ground, catalog, first if place == origin else None):
            order += 1
            extra = 0 if stride.obstacle is None else _weight(stride.obstacle.refusal)
            heappush(queue, (weight + extra, length + 1, order, stride.target, (*way, stride)))
    return ()


def _arrived(
    place: Place,
    wanted: Minor | Platform | None,
    start: State,
    ground: Ground,
    catalog: Catalog,
    way: tuple[Stride, ...],
) -> bool:
    platform, minor = place
    if wanted is not None:
        return bool(way) and wanted == (platform if isinstance(wanted, Platform) else minor)
    if not way:
        return False
    listed = offers(catalog, ground, platform)
    if not listed:
        last = way[-1].obstacle
        return last is not None and last.refusal is Refusal.NO_LIST
    return minor in {version.minor for version in listed}


def in_the_way(start: State, ground: Ground, catalog: Catalog) -> tuple[Obstacle, ...]:
    """What refuses the hops ahead on the release a cluster stands on: a Windows pool, or minors that are too far up."""
    platform, version = start
    origin: Place = (platform, version.minor)
    listed = offers(catalog, ground, platform) or ()
    found: list[Obstacle] = []
    for ahead in sorted(one for one in listed if one > version and one.minor - version.minor <= 1):
        refused = hop_refusal(catalog, ground, platform, ahead)
        if refused is not None:
            found.append(Obstacle(refused[0], origin, (platform, ahead.minor), refused[1]))
    lowest = min((one.minor for one in listed), default=version.minor)
    if lowest - version.minor > 1:
        found.append(Obstacle(Refusal.SKIP, origin, (platform, lowest)))
    return distinct(found)


def _weight(refusal: Refusal) -> int:
    if refusal is Refusal.NEIGHBOUR:
        return _NEIGHBOUR
    return _MISSING if refusal.is_missing_knowledge else _FORBIDDEN


def _strides(
    place: Place, ground: Ground, catalog: Catalog, first: frozenset[KubernetesVersion] | None
) -> Iterator[Stride]:
    platform, minor = place
    yield from _hop_strides(place, ground, catalog, first)
    state = State(platform, KubernetesVersion(minor, 0))
    for update in updates(catalog, platform):
        target = (update.target, minor)
        refusal = update_refusal(catalog, ground, state, update)
        if refusal is None:
            yield Stride(target)
        elif refusal is not Refusal.STRANDS:
            yield Stride(target, Obstacle(refusal, place, target))


def _hop_strides(
    place: Place, ground: Ground, catalog: Catalog, first: frozenset[KubernetesVersion] | None
) -> Iterator[Stride]:
    platform, minor = place
    listed = offers(catalog, ground, platform)
    if not listed and first is None:
        if minor >= _newest_minor(catalog, ground):
            return
        target = (platform, minor.next)
        ceiling = hop_refusal(catalog, ground, platform, KubernetesVersion(minor.next, 0))
        refusal, detail = ceiling if ceiling is not None else (Refusal.NO_LIST, "")
        yield Stride(target, Obstacle(refusal, place, target, detail))
        return
    minors = sorted({version.minor for version in listed or ()} | {version.minor for version in first or ()})
    lowest = minors[0] if minors else None
    for ahead in minors:
        target = (platform, ahead)
        if ahead == minor.next:
            yield _windows_stride(place, target, ground, catalog, listed or ())
        elif lowest is not None and ahead == lowest and ahead - minor > 1:
            yield Stride(target, None if ground.recovery else Obstacle(Refusal.SKIP, place, target))


def _newest_minor(catalog: Catalog, ground: Ground) -> Minor:
    """The newest minor anybody knows of: beyond it an unknown list leads nowhere."""
    known = [entry.minor for entry in catalog.minors] + [version.minor for version in ground.live or ()]
    known += [entry.highest for entry in catalog.releases if entry.highest is not None]
    return max(known, default=Minor(0, 0))


def _windows_stride(
    place: Place, target: Place, ground: Ground, catalog: Catalog, listed: tuple[KubernetesVersion, ...]
) -> Stride:
    platform, minor = target
    same = [version for version in listed if version.minor == minor] or [KubernetesVersion(minor, 0)]
    refusals = [hop_refusal(catalog, ground, platform, version) for version in same]
    if any(refusal is None for refusal in refusals) or refusals[0] is None:
        return Stride(target)
    refusal, sku = refusals[0]
    return Stride(target, Obstacle(refusal, place, target, sku))


def distinct(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """One obstacle for each reason: the same unknown list, or the same ceiling, is one cause however often it is met."""
    kept: dict[tuple[Refusal, str, str], Obstacle] = {}
    for obstacle in obstacles:
        kept.setdefault((obstacle.refusal, obstacle.place[0].key, obstacle.detail), obstacle)
    return tuple(kept.values())
