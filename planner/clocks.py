"""Clocks: dated limits seen from one day, and the two with published dates, Kubernetes minor and Azure Local release.

Days are whole calendar days in UTC. `ends` is the last good day: a clock has ended when the day is later than that.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from planner.catalog import Catalog, MinorEntry, ReleaseEntry
from planner.inventory import Instance, Unknown
from planner.offers import LIVE, Offer
from planner.version import Build, Minor, OsLine, Release

GRACE_DAYS: Final = 30
"""P3: a removed minor leaves support this many days after its removal."""
RELEASE_MONTHS: Final = 6
LABELS_BACK: Final = 5

RULE_WORDS: Final = {
    "PUB": "the published end",
    "SIX": "six months after its release",
    "REC": "six months after the release that followed it",
    "LBL": "five months after the month in its label",
}
"""The rules of the Azure Local support window in words; sources disagree which one holds."""
RULE_SOURCES: Final = {"SIX": "REL", "REC": "UPD", "LBL": "MAN"}
"""Where the rules that count are from; a published end has its own source each time."""


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


class Confidence(StrEnum):
    """What the end of a clock rests on."""

    PUBLISHED = "published"
    """Microsoft names the day."""
    DERIVED = "derived"
    """Counted by a rule from published days, or from the list an instance offers."""
    MEASURED = "measured"
    """Counted from what Azure reports of the cluster or subscription itself."""
    SUSPECTED = "suspected"
    """Azure never says so; silence suggests it."""
    FIRST_SEEN = "counted since first seen"
    """Azure tells no date, so the count begins when arcstep first saw the state; the real end may be earlier."""
    INFERRED = "inferred"
    """Concluded from another fact."""
    UNKNOWN = "unknown"
    """There is no date, and no certainty that none is near."""


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

    @property
    def confidence(self) -> Confidence:
        """What the end rests on; for a clock that has not started, what that rests on."""
        if self.ends is None and self.state is not ClockState.NOT_STARTED:
            return Confidence.UNKNOWN
        if self.kind in (ClockKind.KUBERNETES, ClockKind.RELEASE):
            return Confidence.PUBLISHED if self.rule == "PUB" else Confidence.DERIVED
        if self.kind is ClockKind.BRIDGE:
            return Confidence.INFERRED
        if self.state is ClockState.NOT_STARTED:
            return Confidence.MEASURED  # Azure reports a connected cluster, or a usable subscription
        return _COUNTED[self.kind]


_COUNTED: Final = {
    ClockKind.CONTACT: Confidence.MEASURED,
    ClockKind.STOPPED: Confidence.SUSPECTED,
    ClockKind.SUBSCRIPTION: Confidence.FIRST_SEEN,
}


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


def timed(ends: date, today: date) -> ClockState:
    """Running up to and including the last good day, ended after it."""
    return ClockState.ENDED if today > ends else ClockState.RUNNING


# -- Kubernetes minor --


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
    state = timed(ends, today)
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


# -- Azure Local release --


def release_ends(catalog: Catalog, entry: ReleaseEntry, line: OsLine) -> tuple[tuple[date, str, str], ...]:
    """Every end a rule gives for a release on an OS line: (day, rule, source), earliest first."""
    ends: list[tuple[date, str, str]] = [(label_end(entry.release), "LBL", RULE_SOURCES["LBL"])]
    if entry.support_ends is not None:
        ends.append((entry.support_ends, "PUB", entry.support_ends_source))
    if line in entry.line_ends:
        ends.append((entry.line_ends[line], "PUB", "BAN"))
    if entry.released is not None:
        ends.append((add_months(entry.released, RELEASE_MONTHS), "SIX", RULE_SOURCES["SIX"]))
    followed = _followed(catalog, entry)
    if followed is not None:
        ends.append((add_months(followed, RELEASE_MONTHS), "REC", RULE_SOURCES["REC"]))
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
    state = timed(first, today)
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
        return Clock(ClockKind.RELEASE, ClockState.ENDED, ends, None, None, "LBL", reading, RULE_SOURCES["LBL"])
    return _release_unknown(f"The catalog does not hold Azure Local {build}; its support end is not known.")


def _release_unknown(reading: str) -> Clock:
    return Clock(ClockKind.RELEASE, ClockState.UNKNOWN, None, None, None, "P10", reading, "")
