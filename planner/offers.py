"""What a release offers, from the live list or else the catalog, and whether a minor can still continue on it.

The live list of a custom location is truth for what is reachable now. An empty live list is not an answer: a release
always offers something, so the catalog stands in for it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from planner.catalog import Catalog, ReleaseEntry
from planner.inventory import CustomLocation, Instance, Known, OfferedVersion
from planner.version import KubernetesVersion, Minor, Release

LIVE = "live"
CATALOG = "catalog"


@dataclass(frozen=True, slots=True)
class Offer:
    """The Kubernetes versions an instance can install now."""

    versions: tuple[KubernetesVersion, ...]
    """Without previews, ascending."""
    previews: tuple[KubernetesVersion, ...]
    """Ascending; the catalog names none."""
    minors: frozenset[Minor]
    """Minors of both: a minor that is only there as a preview has not been removed."""
    lowest: Minor
    """lo(R): the lowest minor offered."""
    highest: Minor
    """hi(R): the highest minor offered."""
    basis: str
    """"live", or "catalog" where nothing live could be read."""
    source: str
    at: datetime | None
    """When the live list was read; None for the catalog."""
    text: str
    """The versions in a row, as evidence quotes them."""

    def newest(self, minor: Minor) -> KubernetesVersion | None:
        """The newest patch of a minor on offer, previews left out."""
        return max((version for version in self.versions if version.minor == minor), default=None)

    def next_hops(self, version: KubernetesVersion) -> tuple[KubernetesVersion, ...]:
        """What may be hopped to from a version: same minor and newer, or the next minor (P11)."""
        return tuple(target for target in self.versions if target > version and target.minor - version.minor <= 1)


def offer_of(location: CustomLocation | None, instance: Instance | None, entry: ReleaseEntry | None) -> Offer | None:
    """The live list, else the catalog list of the release; None where neither is known."""
    live = live_list(location, instance, entry)
    if live is not None:
        return _live_offer(live)
    if entry is None or not entry.offers:
        return None
    return _offer(tuple(sorted(entry.offers)), (), CATALOG, entry.offers_source, None)


def live_list(
    location: CustomLocation | None, instance: Instance | None, entry: ReleaseEntry | None
) -> Known[tuple[OfferedVersion, ...]] | None:
    """The live list of a custom location; None where it was not read, is empty, or is that of the release before."""
    live = location.offered if location is not None else None
    if not isinstance(live, Known) or not live.value or is_outlived(live, instance, entry):
        return None
    return live


def is_outlived(live: Known[tuple[OfferedVersion, ...]], instance: Instance | None, entry: ReleaseEntry | None) -> bool:
    """The hosts were updated after the list last changed, and it is not what their release is known to offer.

    A list that holds anything newer, or begins higher, than the published one cannot be an older one: it is believed.
    """
    updated = instance.last_updated if instance is not None else None
    if not isinstance(updated, Known) or live.at >= updated.value or entry is None or not entry.offers:
        return False
    versions = {row.version for row in live.value if not row.is_preview}
    if not versions or versions == set(entry.offers):
        return False
    return max(versions) <= max(entry.offers) and min(versions).minor <= min(entry.offers).minor


def _live_offer(live: Known[tuple[OfferedVersion, ...]]) -> Offer:
    released = sorted(row.version for row in live.value if not row.is_preview)
    previews = sorted(row.version for row in live.value if row.is_preview)
    return _offer(tuple(released), tuple(previews), LIVE, live.source, live.at)


def _offer(
    versions: tuple[KubernetesVersion, ...],
    previews: tuple[KubernetesVersion, ...],
    basis: str,
    source: str,
    at: datetime | None,
) -> Offer:
    minors = frozenset(version.minor for version in (*versions, *previews))
    lowest, highest = lowest_of(versions, previews) or min(minors), (versions or previews)[-1].minor
    text = ", ".join(map(str, versions))
    return Offer(versions, previews, minors, lowest, highest, basis, source, at, text)


def lowest_of(versions: tuple[KubernetesVersion, ...], previews: tuple[KubernetesVersion, ...]) -> Minor | None:
    """lo(R) of a list: its lowest minor, that of the previews only where there is nothing else; None = an empty list."""
    listed = versions or previews
    return min(listed).minor if listed else None


def brought_to(version: KubernetesVersion, profile: Iterable[KubernetesVersion] | None) -> Minor:
    """The minor one legal hop of the upgrade profile leads to (P11); its own where the profile names none or was not read.

    The profile is the truth for the first hop, so a cluster behind the list is not stranded while it names a way out:
    a hop Azure then refuses costs nothing, a cluster given up too early is lost for good (P18).
    """
    ahead = version.minor.next
    return ahead if any(target.minor == ahead for target in profile or ()) else version.minor


def is_stranded(
    catalog: Catalog,
    minor: Minor,
    entry: ReleaseEntry | None,
    release: Release | None,
    offer: Offer | None,
    out_of_date: Container[str] = (),
) -> bool | None:
    """Whether a cluster on `minor` has no legal hop left on a release; None = cannot be judged (P11, P18).

    Where the list is unknown, the nearest known lists before and after it bound the answer. `release` places a release
    the catalog does not hold. `out_of_date` = keys of releases whose published list a live one has shown to begin too low.
    """
    if offer is not None:
        return offer.lowest - minor > 1
    before, after = _neighbouring_lows(catalog, entry, release, out_of_date)
    if before is not None and before - minor > 1:
        return True
    if after is not None and after - minor <= 1:
        return False
    return None


def strands_on(catalog: Catalog, minor: Minor, entry: ReleaseEntry) -> bool | None:
    """`is_stranded` on a release as the catalog knows it: what a later update would mean."""
    if entry.lowest is not None:
        return entry.lowest - minor > 1
    return is_stranded(catalog, minor, entry, entry.release, None)


def _neighbouring_lows(
    catalog: Catalog, entry: ReleaseEntry | None, release: Release | None, out_of_date: Container[str]
) -> tuple[Minor | None, Minor | None]:
    if entry is not None:
        place = catalog.position[entry.key]
        earlier, later = catalog.releases[:place], catalog.releases[place + 1 :]
    elif release is not None:
        earlier = tuple(known for known in catalog.releases if known.release < release)
        later = tuple(known for known in catalog.releases if known.release > release)
    else:
        return None, None
    before = (known.lowest for known in reversed(earlier) if known.lowest is not None)
    after = (known.lowest for known in later if known.lowest is not None and known.key not in out_of_date)
    return next(before, None), next(after, None)
