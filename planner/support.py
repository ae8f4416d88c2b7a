"""Support of clusters at a moment: pure judgement over facts and knowledge.

Support is a conjunction (P10): Kubernetes, Azure Local release, contact and subscription; the worst part names it.
A part nobody could read makes the whole unknown, unless something worse is certain.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import cast

from planner.alike import Alike
from planner.catalog import Catalog, ReleaseEntry
from planner.clocks import Clock, ClockKind, ClockState, kubernetes_clock, release_clock, utc_day
from planner.inventory import Cluster, CustomLocation, Instance, Inventory, Known, OfferedVersion, Unknown, value_of
from planner.limits import bridge_clock, contact_clock, is_connected, stopped_clock, subscription_clock
from planner.offers import Offer, brought_to, is_stranded, live_list, offer_of
from planner.reasons import kubernetes_because
from planner.states import NO_WAY, ONE_HOP, ONLY_A_SKIP, RELEASE_FIRST, Outlook, Place, Support, SupportState
from planner.version import KubernetesVersion, Minor

__all__ = ["Clock", "ClockKind", "ClockState", "Judge", "Outlook", "Place", "Support", "SupportState"]


class Judge:
    """Judges the clusters of one inventory by one catalog at one moment. Answers are remembered by their parts.

    Raises ValueError for an `as_of` without a time zone.
    """

    def __init__(self, inventory: Inventory, catalog: Catalog, as_of: datetime) -> None:
        self.inventory = inventory
        self.catalog = catalog
        self.as_of = as_of
        self.today = utc_day(as_of)
        self.memo: dict[object, object] = {}
        """For rules that answer once for many clusters."""
        self.alike = Alike()
        """For their keys: numbers of facts."""
        self._places: dict[str | None, Place] = {}
        self._judged: dict[tuple[object, object], Place] = {}
        self._subscriptions: dict[str, Clock] = {}
        self._supports: dict[str, tuple[Cluster, Support]] = {}

    # -- what a cluster stands on --

    def place(self, cluster: Cluster) -> Place:
        """Location, instance, release and offer of a cluster, shared by all clusters of its custom location."""
        spot = cluster.custom_location
        key = spot.value if isinstance(spot, Known) else None
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._make_place(cluster)
        return place

    def _make_place(self, cluster: Cluster) -> Place:
        """A place of its own for each custom location; those alike in list and release share what is judged by them."""
        location = self.inventory.location_of(cluster)
        instance = self.inventory.instance_of(cluster)
        alike = self._list_key(location, instance), self._build_key(instance)
        judged = self._judged.get(alike)
        if judged is None:
            judged = self._judged[alike] = self._judge_place(location, instance)
        offer = judged.offer
        live = self.live_list(location, instance)
        if offer is not None and offer.at is not None and live is not None and live.at != offer.at:
            offer = replace(offer, at=live.at)
        bridge = bridge_clock(instance, location, self.today)
        return replace(judged, location=location, instance=instance, live=live, offer=offer, bridge_clock=bridge)

    def live_list(
        self, location: CustomLocation | None, instance: Instance | None
    ) -> Known[tuple[OfferedVersion, ...]] | None:
        """The live list of a custom location, where it can be believed; see `offers.live_list`."""
        return live_list(location, instance, self.instance_entry(instance) if instance is not None else None)

    def _list_key(self, location: CustomLocation | None, instance: Instance | None) -> object:
        """A live list with its day, which is all a judgement says of when it was read; None where there is none."""
        live = self.live_list(location, instance)
        return (self.alike.number(live.value), live.source, utc_day(live.at)) if live is not None else None

    def _build_key(self, instance: Instance | None) -> object:
        if instance is None:
            return None
        return self.alike.number(instance.build.value if isinstance(instance.build, Known) else instance.build)

    def _judge_place(self, location: CustomLocation | None, instance: Instance | None) -> Place:
        entry = self.instance_entry(instance) if instance is not None else None
        return Place(
            location=location,
            instance=instance,
            entry=entry,
            live=self.live_list(location, instance),
            offer=offer_of(location, instance, entry),
            release_clock=release_clock(self.catalog, instance, entry, self.today),
            bridge_clock=bridge_clock(instance, location, self.today),
        )

    def entry(self, cluster: Cluster) -> ReleaseEntry | None:
        """The release the cluster's instance runs; None where unknown or not in the catalog."""
        return self.place(cluster).entry

    def offered(self, cluster: Cluster) -> Offer | None:
        """The live list where it was read, else the catalog's; `basis` says which; None = unknown."""
        return self.place(cluster).offer

    def instance_entry(self, instance: Instance) -> ReleaseEntry | None:
        """The release an instance runs; None where its build is unknown or not in the catalog."""
        build = value_of(instance.build)
        return None if build is None else self.catalog.entry_of(build)

    def instance_clock(self, instance: Instance) -> Clock:
        """The support clock of the instance's release."""
        return release_clock(self.catalog, instance, self.instance_entry(instance), self.today)

    def subscription_clock(self, cluster: Cluster) -> Clock:
        """The clock of the cluster's subscription."""
        found = self._subscriptions.get(cluster.subscription)
        if found is None:
            row = self.inventory.subscription_by_id.get(cluster.subscription.casefold())
            found = self._subscriptions[cluster.subscription] = subscription_clock(row, self.today)
        return found

    # -- the judgement --

    def state(self, cluster: Cluster) -> tuple[SupportState, date | None]:
        """Support state and nearest end of any clock; made for lists of many thousand rows."""
        place = self.place(cluster)
        version = cluster.version.value if isinstance(cluster.version, Known) else None
        outlook = place.outlooks.get(version) or self.outlook_of(place, version)
        if outlook.state is SupportState.STRANDED:
            outlook = self.outlook(cluster)
        state, ends, bridge = outlook.whole, outlook.ends, place.bridge_clock.ends
        if bridge is not None and (ends is None or bridge < ends):
            ends = bridge
        subscription = self._subscriptions.get(cluster.subscription) or self.subscription_clock(cluster)
        if subscription.state is not ClockState.NOT_STARTED:
            state, ends = _worse(state, ends, subscription)
        if not is_connected(cluster):
            state, ends = _worse(state, ends, contact_clock(cluster, self.today))
            state, ends = _worse(state, ends, stopped_clock(cluster, self.today))
        return state, ends

    def outlook(self, cluster: Cluster) -> Outlook:
        """What the cluster's version means where it stands: Kubernetes clock and state.

        A version the list leaves behind is not stranded where the upgrade profile names a hop that leads out.
        """
        place, version = self.place(cluster), value_of(cluster.version)
        found = self.outlook_of(place, version)
        if found.state is not SupportState.STRANDED or version is None:
            return found
        profile = (row.version for row in value_of(cluster.upgrades) or () if not row.is_preview)
        if self._is_stranded(place, brought_to(version, profile)):
            return found
        key = ("led out", id(place.outlooks), version)
        kept = self.memo.get(key)
        if kept is None:
            state = _kubernetes_state(found.clock, place.offer, version)
            whole, ends = _worse(state, found.clock.ends, place.release_clock)
            kept = self.memo[key] = Outlook(found.clock, state, whole, ends), place.outlooks
        return cast("tuple[Outlook, object]", kept)[0]

    def outlook_of(self, place: Place, version: KubernetesVersion | None) -> Outlook:
        """What any version would mean at a place; remembered for all places alike in list and release."""
        found = place.outlooks.get(version)
        if found is None:
            clock, state = self._kubernetes(place, version)
            whole, ends = _worse(state, clock.ends, place.release_clock)
            found = Outlook(clock, state, whole, ends)
            place.outlooks[version] = found
        return found

    def support(self, cluster: Cluster) -> Support:
        """The whole judgement with its reasons; remembered."""
        kept = self._supports.get(cluster.id)
        if kept is not None and kept[0] is cluster:
            return kept[1]
        support = self._support(cluster)
        self._supports[cluster.id] = (cluster, support)
        return support

    def _kubernetes(self, place: Place, version: KubernetesVersion | None) -> tuple[Clock, SupportState]:
        if version is None:
            reading = "The Kubernetes version could not be read."
            unread = Clock(ClockKind.KUBERNETES, ClockState.UNKNOWN, None, None, None, "P10", reading, "")
            return unread, SupportState.UNKNOWN
        offer, entry = place.offer, place.entry
        clock = kubernetes_clock(self.catalog, version.minor, entry, offer, self.today)
        if self._is_stranded(place, version.minor):
            return clock, SupportState.STRANDED
        return clock, _kubernetes_state(clock, offer, version)

    def _is_stranded(self, place: Place, minor: Minor) -> bool:
        build = value_of(place.instance.build) if place.instance is not None else None
        release = build.release if build is not None else None
        return is_stranded(self.catalog, minor, place.entry, release, place.offer) is True

    def _support(self, cluster: Cluster) -> Support:
        place, outlook = self.place(cluster), self.outlook(cluster)
        state, _ = self.state(cluster)
        contact, stopped = contact_clock(cluster, self.today), stopped_clock(cluster, self.today)
        subscription = self.subscription_clock(cluster)
        clocks = (outlook.clock, place.release_clock, contact, stopped, subscription, place.bridge_clock)
        others = (place.release_clock, contact, stopped, subscription)
        if state is SupportState.OUT_OF_SUPPORT:
            because = _ended_because(cluster, place, outlook, others)
        elif outlook.state is state:
            because = kubernetes_because(cluster, place, outlook)
        else:
            because = next(clock.reading for clock in others if clock.state is ClockState.UNKNOWN)
        return Support(
            state=state,
            because=because,
            clocks=tuple(sorted(clocks, key=lambda clock: (clock.ends is None, clock.ends or date.max))),
            way_back=self._way_back(cluster, place, outlook),
            skew=_skew(cluster),
        )

    def _way_back(self, cluster: Cluster, place: Place, outlook: Outlook) -> str:
        version = value_of(cluster.version)
        if outlook.state is SupportState.STRANDED:
            return ONLY_A_SKIP
        if version is None or outlook.whole is not SupportState.OUT_OF_SUPPORT:
            return ""
        if place.release_clock.state is ClockState.ENDED:
            return RELEASE_FIRST
        if place.offer is None or place.release_clock.state is ClockState.UNKNOWN:
            return ""
        targets = place.offer.next_hops(version)
        lived = (self.outlook_of(place, target).state is not SupportState.OUT_OF_SUPPORT for target in targets)
        if any(lived):
            return ONE_HOP
        return RELEASE_FIRST if targets or version in place.offer.versions else NO_WAY


def _ended_because(cluster: Cluster, place: Place, outlook: Outlook, others: tuple[Clock, ...]) -> str:
    """What ended first, since support ended with it (P10); where Kubernetes ended too, what still works."""
    ended = [clock for clock in (outlook.clock, *others) if clock.state is ClockState.ENDED]
    first = min(ended, key=lambda clock: clock.ends or date.max)
    if outlook.state is not SupportState.OUT_OF_SUPPORT:
        return first.reading
    own = kubernetes_because(cluster, place, outlook)
    if first is outlook.clock:
        return own
    if first.kind is ClockKind.RELEASE and place.entry is not None:
        return f"Azure Local {place.entry.release} left support on {first.ends} ({first.rule}), {own}"
    return f"{first.reading} {own}"


def _kubernetes_state(clock: Clock, offer: Offer | None, version: KubernetesVersion) -> SupportState:
    if clock.state is ClockState.ENDED:
        return SupportState.OUT_OF_SUPPORT
    if offer is None or clock.state is ClockState.UNKNOWN:
        return SupportState.UNKNOWN
    if clock.state is ClockState.GRACE:
        return SupportState.GRACE
    if version in offer.previews:
        return SupportState.PREVIEW
    return SupportState.SUPPORTED if version in offer.versions else SupportState.PATCH_OUTDATED


def _worse(state: SupportState, ends: date | None, clock: Clock) -> tuple[SupportState, date | None]:
    """State and nearest end once another part of the conjunction is counted in (P10)."""
    ends = _earlier(ends, clock.ends)
    if clock.state is ClockState.ENDED and state is not SupportState.STRANDED:
        return SupportState.OUT_OF_SUPPORT, ends
    if clock.state is ClockState.UNKNOWN and state.order > SupportState.UNKNOWN.order:
        return SupportState.UNKNOWN, ends
    return state, ends


def _earlier(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _skew(cluster: Cluster) -> int | None:
    if isinstance(cluster.version, Unknown) or isinstance(cluster.pools, Unknown):
        return None
    minors = [
        ready.version.minor for pool in cluster.pools.value for ready in pool.ready if ready.version and ready.count
    ]
    return cluster.version.value.minor - min(minors) if minors else None
