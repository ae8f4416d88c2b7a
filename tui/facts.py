"""Facts in words: what the Cluster screen says besides judgements. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from planner.clocks import ClockKind
from planner.inventory import Cluster, Inventory, Known, NodePool, Unknown, value_of
from planner.plan import ClockLine, Plan
from planner.support import Clock, Support, SupportState
from tui.look import BLOCKER, OK, STRANDED, UNKNOWN, WARNING, Look, Span, Spans, clock_sign, clock_words, count, moment
from tui.prose import GAP, Item, Page, field, heading, line


def summary(cluster: Cluster, next_move: str) -> Spans:
    """One line on a cluster: version, state, connection, what comes next."""
    version = value_of(cluster.version)
    parts = [f"Kubernetes {version}" if version else "version unknown"]
    parts += [word for word in (value_of(cluster.current_state), value_of(cluster.connectivity)) if word]
    return ((" · ".join(parts), ""), ("   next: ", "muted"), (next_move, "strong"))


def ended_banner(state: str, because: str, clocks: Iterable[Clock | ClockLine], today: date, look: Look) -> Spans:
    """The banner of a cluster that is out of support or stranded: since when, by which source, and what still works."""
    ended = [
        clock for clock in clocks if clock.ends is not None and clock.ends < today and clock.kind != ClockKind.BRIDGE
    ]
    since = min(ended, key=lambda clock: clock.ends or today, default=None)
    sign = STRANDED if state == SupportState.STRANDED else BLOCKER
    words = state.capitalize()
    if since is not None and since.ends is not None:
        days = count((today - since.ends).days, "day")
        known = f"{since.ends}" in because
        ending = f" for {days}" if known and sign is BLOCKER else f", support ended {since.ends:%Y-%m-%d}, {days} ago"
        words = f"{words}{ending}{_citation(since.source)}"
    return ((look.sign(sign), ""), (" ", ""), (f"{words}: {because}", ""))


def _citation(source: str) -> str:
    """The first citation key in a source's words, such as [MAN]."""
    found = re.search(r"\b[A-Z][A-Z0-9-]{1,12}\b", source)
    return f" [{found[0]}]" if found else f" [{source}]" if source else ""


def clock_lines(support: Support, today: date, look: Look) -> Page:
    """The six clocks, one line each."""
    items: list[Item] = [heading("Clocks")]
    for clock in support.clocks:
        left = clock.days_left(today)
        sign = clock_sign(clock.state, left)
        ends = f" {clock.ends:%Y-%m-%d}" if clock.ends else ""
        items.append(
            line(
                (f"{look.sign(sign)} ", sign.tone),
                (f"{_short(clock.kind)} ", ""),
                (clock_words(clock.state, left), sign.tone if sign is not OK else "muted"),
                (ends, "muted"),
            )
        )
    return tuple(items)


_NAMES = {
    "Kubernetes minor": "Kubernetes",
    "Azure Local release": "Release",
    "Last contact": "Last contact",
    "Arc Resource Bridge": "Bridge",
}


def _short(kind: str) -> str:
    return f"{_NAMES.get(kind, kind):<12}"


def path_title(plan: Plan) -> str:
    """What the path leads to and what it costs."""
    if plan.renews_images:
        return f"Newer node images on {plan.goal_version}"
    if plan.numbers is None or len(plan.path) < 2:
        return f"To {plan.goal_version or plan.goal}: nothing to do"
    parts = []
    if plan.numbers.hops:
        parts.append(count(plan.numbers.hops, "hop"))
    if plan.numbers.release_updates:
        parts.append(count(plan.numbers.release_updates, "update"))
    return f"To {plan.goal_version or plan.goal}: {', '.join(parts)}"


def pool_cells(pool: NodePool, look: Look) -> tuple[Span, ...]:
    """One node pool."""
    settled = (pool.provisioning_state or "").casefold() == "succeeded"
    versions = ", ".join(
        f"{ready.version or '?'}" + (f" ({ready.count})" if len(pool.ready) > 1 else "") for ready in pool.ready
    )
    sign = UNKNOWN if not pool.ready else OK if settled and len(pool.ready) == 1 else WARNING
    ready = sum(row.count for row in pool.ready)
    return (
        (look.sign(sign), sign.tone),
        (pool.name, "strong"),
        (f"{ready if pool.ready else '?'}/{'?' if pool.count is None else pool.count}", ""),
        (pool.os_sku or pool.os_type or "?", ""),
        (versions or "not reported", "" if versions else "unknown"),
        (pool.error or pool.current_state or pool.provisioning_state or "?", "bad" if pool.error else sign.tone),
        (pool.vm_size or "?", "muted"),
    )


def facts_page(cluster: Cluster, inventory: Inventory | None) -> Page:
    """Every fact with where it is from and when it was read."""
    location = inventory.location_of(cluster) if inventory else None
    instance = inventory.instance_of(cluster) if inventory else None
    rows: list[tuple[str, Any]] = [
        ("version", cluster.version),
        ("state", cluster.provisioning_state),
        ("current state", cluster.current_state),
        ("connectivity", cluster.connectivity),
        ("last contact", cluster.last_contact),
        ("offered next", cluster.upgrades),
        ("control plane", cluster.control_plane_count),
    ]
    page: list[Item] = [
        heading("Cluster"),
        field("name", cluster.name),
        field("resource group", cluster.resource_group),
    ]
    page += [_fact(label, value) for label, value in rows]
    page += [field(name, value) for name, value in (("ARM id", cluster.id), ("location", cluster.location or "?"))]
    page += [field(f"tag {key}", value) for key, value in cluster.tags]
    if cluster.error:
        page.append(field("error", cluster.error, "bad"))
    page += [GAP, heading("Instance")]
    if instance is None:
        page.append(field("instance", "unknown", "unknown"))
    else:
        page += [field("name", instance.name), _fact("build", instance.build), _fact("update", instance.update_state)]
        page.append(_fact("last updated", instance.last_updated))
    if location is not None:
        page += [_fact("offers now", location.offered), _fact("bridge", location.bridge_status)]
    if cluster.addons:
        page += [GAP, heading("Add-ons")]
        page += [field(addon.name, addon.error or addon.phase or "not reported", width=24) for addon in cluster.addons]
    return tuple(page)


def _fact(label: str, observed: Known[Any] | Unknown) -> Item:
    if isinstance(observed, Unknown):
        return field(label, f"unknown: {observed.reason}", "unknown")
    spans = field(label, _words(observed.value)).spans
    return Item((*spans, (f"  {observed.source}, {moment(observed.at)}", "muted")), hang=17)


def _words(value: Any) -> str:
    if type(value) is tuple:  # versions are tuples too, and know how they are written
        return ", ".join(str(getattr(entry, "version", entry)) for entry in value) or "none"
    return moment(value) if hasattr(value, "hour") else str(value)
