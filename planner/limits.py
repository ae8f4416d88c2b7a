"""The four clocks without published dates: contact, standing still, the subscription, the Arc Resource Bridge.

Each counts from a fact Azure reports, or from the day arcstep first saw one; what is inferred says so.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from planner.clocks import Clock, ClockKind, ClockState, add_months, reason_in, timed, utc_day
from planner.inventory import Cluster, CustomLocation, Instance, Known, Subscription, Unknown

CONTACT_DAYS: Final = 30
"""P22: certificates may expire after this many days without contact."""
STOPPED_DAYS: Final = 30
"""P21: a cluster stopped for longer can no longer be updated."""
SUBSCRIPTION_DAYS: Final = 60
"""P24: out of support this long after the subscription was suspended."""
BRIDGE_MONTHS: Final = 12
"""P25: a solution update is due within this time."""
CONNECTED: Final = "Connected"
SUSPENDED: Final = frozenset({"disabled", "deleted", "suspended"})
USABLE: Final = frozenset({"enabled", "warned", "pastdue"})


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
    state = timed(ends, today)
    verb = "ran out on" if state is ClockState.ENDED else "run out after"
    if kind is ClockKind.CONTACT:
        reading = f"Last contact {last} ({said}): the {days} days in which certificates hold {verb} {ends} ({rule})."
    else:
        reading = (
            f"May be stopped since {last} ({said}): the {days} days in which it can be updated {verb} {ends} ({rule})."
        )
    return Clock(kind, state, ends, None, last, rule, reading, source)


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
    state = timed(ends, today)
    verb = "ended on" if state is ClockState.ENDED else "ends after"
    reading = (
        f"The subscription is {word}; support {verb} {ends}, {SUBSCRIPTION_DAYS} days (P24) counted from {seen}, when "
        "arcstep first saw that state, as Azure tells no date."
    )
    return clock(state, ends, seen, reading)


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
    state = timed(ends, today)
    verb = "may have lapsed since" if state is ClockState.ENDED else "hold until"
    reading = (
        f"Bridge certificates {verb} {ends}: one year (P25) after the last solution update on {day}, inferred.{said}"
    )
    return Clock(ClockKind.BRIDGE, state, ends, None, day, "P25", reading, "REL")
