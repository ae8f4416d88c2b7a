"""The hops that save a cluster from an update which would strand it: today's release first, then those on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.moves import NOWHERE, Ground, LegalMove, Platform, Standing, State, hops, standing
from planner.routes import Routes
from planner.search import profile_hops
from planner.standpoint import Standpoint
from planner.version import KubernetesVersion, Minor

Climb = tuple[KubernetesVersion, ...]


@dataclass(frozen=True, slots=True)
class FixFirst:
    """Hops to make on one release."""

    on: str
    """Key of the release they are made on."""
    versions: tuple[KubernetesVersion, ...]
    """In order, each one hop."""


def fix_first(
    standpoint: Standpoint, way: tuple[Platform, ...], routes: Routes, *, sure: bool = True
) -> tuple[FixFirst, ...]:
    """What to hop before the updates of `way`, so that none of them strands the cluster; () where nothing saves it.

    Hops are made as early as possible: the fewest, to the newest patches, and no further than the last release needs.
    `sure` False = an update that cannot be judged counts as survived: the least that is needed, perhaps not enough.
    """
    alike = ("fixes", standpoint.state, id(standpoint.ground), standpoint.first_hops, way, sure)
    return routes.remembered(alike, lambda: _fix_first(standpoint, way, routes, sure))


def _fix_first(standpoint: Standpoint, way: tuple[Platform, ...], routes: Routes, sure: bool) -> tuple[FixFirst, ...]:
    ground = standpoint.ground
    falls = routes.remembered(("falls", way, sure, ground.proofs), lambda: _Falls(way, ground, routes, sure))
    fixes: list[FixFirst] = []
    start = standpoint.state
    for place, update in enumerate(way):
        climbs = _climbs(start, standpoint, routes)
        needed = [held for held in climbs if falls.last(held.minor) < place]
        safe = needed or [held for held in climbs if place not in falls.of(held.minor)]
        if not safe:
            return ()
        # Far enough for all of the way: as little as that takes. Not far enough: as far as this release carries.
        minors = {held.minor for held in safe}
        wanted = min(minors) if needed else max(minors)
        climb = _best([climbs[held] for held in safe if held.minor == wanted])
        if climb:
            fixes.append(FixFirst(start.platform.key, climb))
        start = State(update, climb[-1] if climb else start.version)
    return tuple(fixes)


class _Falls:
    """Which updates of a way a minor does not survive."""

    def __init__(self, way: tuple[Platform, ...], ground: Ground, routes: Routes, sure: bool) -> None:
        self._way, self._ground, self._routes = way, ground, routes
        self._survived = (Standing.FINE,) if sure else (Standing.FINE, Standing.CANNOT_JUDGE)
        self._known: dict[Minor, tuple[int, ...]] = {}

    def last(self, minor: Minor) -> int:
        """The last of them; -1 = it survives all."""
        return max(self.of(minor), default=-1)

    def of(self, minor: Minor) -> tuple[int, ...]:
        """Places in the way; worked out once."""
        if minor not in self._known:
            fates = (fate_on(platform, minor, self._ground, self._routes) for platform in self._way)
            self._known[minor] = tuple(place for place, fate in enumerate(fates) if fate not in self._survived)
        return self._known[minor]


def _best(climbs: Iterable[Climb]) -> Climb:
    """The fewest hops; of equals the newest patches."""
    return min(
        climbs, key=lambda climb: (len(climb), tuple((-v.minor.major, -v.minor.number, -v.patch) for v in climb))
    )


def fate_on(platform: Platform, minor: Minor, ground: Ground, routes: Routes) -> Standing:
    """Whether a minor can continue on a release that who stands on `ground` does not run yet; worked out once."""
    proofs = ground.proofs
    return routes.remembered(
        ("fate", platform, minor, proofs),
        lambda: standing(routes.catalog, Ground(NOWHERE, proofs=proofs), platform, minor),
    )


def _climbs(start: State, standpoint: Standpoint, routes: Routes) -> dict[KubernetesVersion, Climb]:
    """Every version that can be had on a release, with the best hops to it, the start with none; worked out once."""
    ground = standpoint.ground
    if start.platform != ground.here:
        ground = routes.beyond(ground)
    first = standpoint.first_hops if start == standpoint.state else None
    return routes.remembered(("climbs", id(ground), start, first), lambda: _climbs_from(start, ground, first, routes))


def _climbs_from(
    start: State, ground: Ground, first: frozenset[KubernetesVersion] | None, routes: Routes
) -> dict[KubernetesVersion, Climb]:
    found: dict[KubernetesVersion, Climb] = {start.version: ()}
    edge = [start.version]
    while edge:
        ahead: dict[KubernetesVersion, Climb] = {}
        for version in edge:
            moves = _moves(State(start.platform, version), ground, first if version == start.version else None, routes)
            for move in moves:
                target = move.target.version
                if target not in found:
                    climb = (*found[version], target)
                    ahead[target] = _best([climb, ahead[target]]) if target in ahead else climb
        found |= ahead
        edge = list(ahead)
    return found


def _moves(
    state: State, ground: Ground, first: frozenset[KubernetesVersion] | None, routes: Routes
) -> Iterable[LegalMove]:
    """Legal hops; of the first hop on today's release the upgrade profile decides, where it was read."""
    if first is not None:
        return profile_hops(routes.catalog, ground, state, first)
    return hops(routes.catalog, ground, state)
