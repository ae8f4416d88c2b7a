"""The six clocks: dated limits of a cluster, its instance and its subscription, seen from one day.

Days are whole calendar days in UTC. `ends` is the last good day: a clock has ended when the day is later than that.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from planner.catalog import Catalog, MinorEntry, ReleaseEntry
from planner.inventory import Cluster, CustomLocation, Instance, Known, Subscription, Unknown
from planner.offers import LIVE, Offer
from planner.version import Build, Minor, OsLine, Release

GRACE_DAYS: Final = 30
"""P3: a removed minor leaves support this many days after its removal."""
CONTACT_DAYS: Final = 30
"""P22: certificates may expire after this many days without contact."""
STOPPED_DAYS: Final = 30
"""P21: a cluster stopped for longer can no longer be updated."""
SUBSCRIPTION_DAYS: Final = 60
"""P24: out of support this long after the subscription was suspended."""
BRIDGE_MONTHS: Final = 12
"""P25: a solution update is due within this time."""
RELEASE_MONTHS: Final = 6
LABELS_BACK: Final = 5

CONNECTED: Final = "Connected"
SUSPENDED: Final = frozenset({"disabled", "deleted", "suspended"})
USABLE: Final = frozenset({"enabled", "warned", "pastdue"})

RULE_WORDS: Final = {
    "PUB": "the published end",
    "SIX": "six months after its release",
    "REC": "six months after the release that followed it",
    "LBL": "five months after the month in its label",
}
"""The rules of the Azure Local support window in words; sources disagree which one holds."""


class ClockKind(StrEnum):
    """The six dated limits."""

    KUBERNETES = "Kubernetes minor"
    RELEASE = "Azure Local release"
    CONTACT = "Last contact"
    STOPPED = "Stopped"
    SUBSCRIPTION = "Subscription"
    BRIDGE = "Arc Resource Bridge"


class ClockState(StrEnum):
    """How a clock stands at as_of."""

    ENDED = "ended"
    GRACE = "grace"
    RUNNING = "running"
    UNKNOWN = "unknown"
    NOT_STARTED = "not started"


@dataclass(frozen=True, slots=True)
class Clock:
    """One dated limit seen from as_of. Days are whole calendar days in UTC."""

    kind: ClockKind
    state: ClockState
    ends: date | None
    """The last good day judged (the earliest where rules disagree); ENDED = as_of is later. None where unknown or not
    started."""
    latest: date | None
    """The latest date another rule gives, when it differs from `ends`."""
    starts: date | None
    """When the clock began (removal, last contact, …), where known."""
    rule: str
    """The rule that gave `ends`, such as "P3" or "LBL"."""
    reading: str
    """One sentence: what the clock says, with its basis."""
    source: str

    def days_left(self, as_of: date) -> int | None:
        """Days from as_of to the end; negative = days since; None = no date."""
        return None if self.ends is None else (self.ends - as_of).days


def utc_day(moment: datetime) -> date:
    """The calendar day in UTC. Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).date()


def reason_in(unknown: Unknown) -> str:
    """Why a fact is unknown, without the full stop some reasons bring along, so that a sentence can go on after it."""
    return unknown.reason.strip().rstrip(".")


def add_months(day: date, months: int) -> date:
    """The same day of the month some months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def label_end(release: Release) -> date:
    """LBL: the last day of the month five months after the label's month."""
    last = add_months(date(2000 + release.year, release.month, 1), LABELS_BACK)
    return last.replace(day=monthrange(last.year, last.month)[1])


def _timed(ends: date, today: date) -> ClockState:
    return ClockState.ENDED if today > ends else ClockState.RUNNING


# -- 1. Kubernetes minor --


def removal(catalog: Catalog, minor: Minor, entry: ReleaseEntry | None, offer: Offer | None) -> ReleaseEntry | None:
    """The first dated release whose list begins above the minor; None where none is known.

    A live list counts for the release it was read on. A release without a date is passed over: the day found is
    then the latest possible.
    """
    here = entry.key if entry is not None and offer is not None and offer.basis == LIVE else None
    for known in catalog.releases:
        lowest = offer.lowest if known.key == here and offer is not None else known.lowest
        if lowest is not None and lowest > minor and known.released is not None:
            return known
    return None


def kubernetes_clock(
    catalog: Catalog, minor: Minor, entry: ReleaseEntry | None, offer: Offer | None, today: date
) -> Clock:
    """A published end wins, even while the release still offers the minor; otherwise removal + 30 days (P3).

    Without a published end it has not started while the instance's release offers the minor.
    """
    known = catalog.minor_entries.get(minor)
    gone = removal(catalog, minor, entry, offer)
    removed = gone.released if gone is not None else None
    offered = None if offer is None else minor in offer.minors
    upstream = _upstream(known)
    if known is not None and known.aksarc_end is not None:
        return _published_end(known, known.aksarc_end, removed, offered, today, upstream)
    if offered:
        reading = f"The instance still offers Kubernetes {minor} ({offer_words(offer)}): no end is set.{upstream}"
        return _kubernetes(ClockState.NOT_STARTED, None, None, reading, offer.source if offer else "")
    if offer is None or gone is None or removed is None:
        return _kubernetes(
            ClockState.UNKNOWN, None, None, _why_unknown(minor, offer, gone) + upstream, offer.source if offer else ""
        )
    ends = removed + timedelta(days=GRACE_DAYS)
    state = ClockState.ENDED if today > ends else ClockState.GRACE
    verb = "left support on" if state is ClockState.ENDED else "leaves support after"
    reading = (
        f"Kubernetes {minor} {verb} {ends}: {GRACE_DAYS} days (P3) after {removed}, when Azure Local {gone.release} "
        f"came without it; the instance may have received that list later.{upstream}"
    )
    return _kubernetes(state, ends, removed, reading, gone.offers_source)


def offer_words(offer: Offer | None) -> str:
    """Where a version list comes from, in words."""
    if offer is None:
        return "list unknown"
    return f"live list of {utc_day(offer.at)}" if offer.at is not None else "catalog, not confirmed live"


def _kubernetes(state: ClockState, ends: date | None, starts: date | None, reading: str, source: str) -> Clock:
    return Clock(ClockKind.KUBERNETES, state, ends, None, starts, "P3", reading, source)


def _published_end(
    known: MinorEntry, ends: date, removed: date | None, offered: bool | None, today: date, upstream: str
) -> Clock:
    state = _timed(ends, today)
    if state is ClockState.RUNNING and offered is False:
        state = ClockState.GRACE
    verb = "left support on" if state is ClockState.ENDED else "leaves support after"
    reading = f"Kubernetes {known.minor} {verb} {ends} (published end).{upstream}"
    source = known.announced or "; ".join(known.sources)
    return Clock(ClockKind.KUBERNETES, state, ends, None, removed, "PUB", reading, source)


def _why_unknown(minor: Minor, offer: Offer | None, gone: ReleaseEntry | None) -> str:
    if offer is None:
        later = f"; a release without {minor} exists since {gone.released} (Azure Local {gone.release})" if gone else ""
        return f"Whether the instance offers Kubernetes {minor} is not known: no list was read or published{later}."
    if minor > offer.highest:
        return f"Kubernetes {minor} is newer than everything the instance offers ({offer_words(offer)})."
    return f"Kubernetes {minor} is not offered here and the day of its removal is not known ({offer_words(offer)})."


def _upstream(known: MinorEntry | None) -> str:
    if known is None or known.upstream_end is None:
        return ""
    return f" Upstream end of life {known.upstream_end}: shown, not judged."


# -- 2. Azure Local release --


def release_ends(catalog: Catalog, entry: ReleaseEntry, line: OsLine) -> tuple[tuple[date, str, str], ...]:
    """Every end a rule gives for a release on an OS line: (day, rule, source), earliest first."""
    ends: list[tuple[date, str, str]] = [(label_end(entry.release), "LBL", "MAN")]
    if entry.support_ends is not None:
        ends.append((entry.support_ends, "PUB", entry.support_ends_source))
    if line in entry.line_ends:
        ends.append((entry.line_ends[line], "PUB", entry.support_ends_source or "REL"))
    if entry.released is not None:
        ends.append((add_months(entry.released, RELEASE_MONTHS), "SIX", "REL"))
    followed = _followed(catalog, entry)
    if followed is not None:
        ends.append((add_months(followed, RELEASE_MONTHS), "REC", "UPD"))
    return tuple(sorted(ends))


def _followed(catalog: Catalog, entry: ReleaseEntry) -> date | None:
    """The day of the next dated release; the two builds of one label do not follow each other."""
    for later in catalog.releases[catalog.position[entry.key] + 1 :]:
        day = later.released
        if day is None or later.release <= entry.release:
            continue
        if entry.released is None or day > entry.released:
            return day
    return None


def release_clock(catalog: Catalog, instance: Instance | None, entry: ReleaseEntry | None, today: date) -> Clock:
    """The earliest dated end of PUB, SIX, REC and LBL is judged and named; the others give the range."""
    build = instance.build if instance is not None else Unknown("the instance is not known")
    if isinstance(build, Unknown):
        return _release_unknown(f"The Azure Local release could not be read: {reason_in(build)}.")
    if entry is None:
        return _outside_catalog(build.value, today)
    ends = release_ends(catalog, entry, build.value.line)
    (first, rule, source), last = ends[0], ends[-1][0]
    state = _timed(first, today)
    verb = "left support on" if state is ClockState.ENDED else "is in support until"
    latest = last if last != first else None
    range_words = f"; other rules give dates up to {latest}, the earliest is judged" if latest else ""
    reading = f"Azure Local {entry.release} {verb} {first}, {RULE_WORDS[rule]} ({rule}){range_words}."
    return Clock(ClockKind.RELEASE, state, first, latest, entry.released, rule, reading, source)


def _outside_catalog(build: Build, today: date) -> Clock:
    """Only the label rule can judge a release nobody described: good for "ended", never for "fine"."""
    ends = label_end(build.release)
    if today > ends:
        reading = (
            f"Azure Local {build} left support on {ends}, {RULE_WORDS['LBL']} (LBL); the catalog does not hold it."
        )
        return Clock(ClockKind.RELEASE, ClockState.ENDED, ends, None, None, "LBL", reading, "MAN")
    return _release_unknown(f"The catalog does not hold Azure Local {build}; its support end is not known.")


def _release_unknown(reading: str) -> Clock:
    return Clock(ClockKind.RELEASE, ClockState.UNKNOWN, None, None, None, "P10", reading, "")


# -- 3. and 4. contact, stopped --


def is_connected(cluster: Cluster) -> bool:
    """Azure said that the cluster is connected; False where it is not or nobody knows."""
    said = cluster.connectivity
    return isinstance(said, Known) and (said.value == CONNECTED or said.value.casefold() == CONNECTED.casefold())


def contact_clock(cluster: Cluster, today: date) -> Clock:
    """30 days since the last contact (P22); connected now is fine."""
    return _silence(cluster, today, ClockKind.CONTACT, CONTACT_DAYS, "P22", "CON")


def stopped_clock(cluster: Cluster, today: date) -> Clock:
    """30 days of standing still (P21). Azure never says "stopped": offline starts it, as a suspicion."""
    return _silence(cluster, today, ClockKind.STOPPED, STOPPED_DAYS, "P21", "SUP")


def _silence(cluster: Cluster, today: date, kind: ClockKind, days: int, rule: str, source: str) -> Clock:
    word = cluster.connectivity.value if isinstance(cluster.connectivity, Known) else None
    if is_connected(cluster):
        reading = "The cluster is connected to Azure." if kind is ClockKind.CONTACT else "Connected, so not stopped."
        return Clock(kind, ClockState.NOT_STARTED, None, None, None, rule, reading, source)
    said = f"Azure says {word}" if word is not None else "Azure did not say whether it is connected"
    if isinstance(cluster.last_contact, Unknown):
        reading = f"{said}, and the last contact is not known: {reason_in(cluster.last_contact)}."
        return Clock(kind, ClockState.UNKNOWN, None, None, None, rule, reading, source)
    last = utc_day(cluster.last_contact.value)
    ends = last + timedelta(days=days)
    state = _timed(ends, today)
    verb = "ran out on" if state is ClockState.ENDED else "run out after"
    if kind is ClockKind.CONTACT:
        reading = f"Last contact {last} ({said}): the {days} days in which certificates hold {verb} {ends} ({rule})."
    else:
        reading = (
            f"May be stopped since {last} ({said}): the {days} days in which it can be updated {verb} {ends} ({rule})."
        )
    return Clock(kind, state, ends, None, last, rule, reading, source)


# -- 5. subscription --


def subscription_clock(subscription: Subscription | None, today: date) -> Clock:
    """60 days of suspension (P24). Azure tells no date, so the count begins when the state was first seen."""

    def clock(state: ClockState, ends: date | None, starts: date | None, reading: str) -> Clock:
        return Clock(ClockKind.SUBSCRIPTION, state, ends, None, starts, "P24", reading, "SUP")

    if subscription is None:
        return clock(ClockState.UNKNOWN, None, None, "The state of the subscription was not read.")
    if isinstance(subscription.state, Unknown):
        reason = reason_in(subscription.state)
        return clock(ClockState.UNKNOWN, None, None, f"The state of the subscription could not be read: {reason}.")
    word = subscription.state.value
    if word.casefold() in USABLE:
        return clock(ClockState.NOT_STARTED, None, None, f"The subscription is {word}.")
    if word.casefold() not in SUSPENDED:
        return clock(ClockState.UNKNOWN, None, None, f"The subscription is {word}, a state arcstep does not know.")
    if subscription.first_seen is None:
        return clock(ClockState.UNKNOWN, None, None, f"The subscription is {word}; since when is not known.")
    seen = utc_day(subscription.first_seen)
    ends = seen + timedelta(days=SUBSCRIPTION_DAYS)
    state = _timed(ends, today)
    verb = "ended on" if state is ClockState.ENDED else "ends after"
    reading = (
        f"The subscription is {word}; support {verb} {ends}, {SUBSCRIPTION_DAYS} days (P24) counted from {seen}, when "
        "arcstep first saw that state, as Azure tells no date."
    )
    return clock(state, ends, seen, reading)


# -- 6. Arc Resource Bridge --


def bridge_clock(instance: Instance | None, location: CustomLocation | None, today: date) -> Clock:
    """One year without a solution update (P25), inferred from the instance's last update."""
    status = location.bridge_status if location is not None else Unknown("the custom location is not known")
    said = f" The bridge reports {status.value}." if isinstance(status, Known) else ""
    updated = instance.last_updated if instance is not None else Unknown("the instance is not known")
    if isinstance(updated, Unknown):
        reading = f"The day of the last solution update is not known: {reason_in(updated)}.{said}"
        return Clock(ClockKind.BRIDGE, ClockState.UNKNOWN, None, None, None, "P25", reading, "REL")
    day = utc_day(updated.value)
    ends = add_months(day, BRIDGE_MONTHS)
    state = _timed(ends, today)
    verb = "may have lapsed since" if state is ClockState.ENDED else "hold until"
    reading = (
        f"Bridge certificates {verb} {ends}: one year (P25) after the last solution update on {day}, inferred.{said}"
    )
    return Clock(ClockKind.BRIDGE, state, ends, None, day, "P25", reading, "REL")
