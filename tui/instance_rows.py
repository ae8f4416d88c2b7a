"""What the Instance screen says about an update of the hosts, as spans and pages. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from planner.fleet.whatif import Bearing, Effect, WhatIf
from planner.inventory import LISTED, Cluster, Instance, Known, value_of
from planner.support import ClockState
from tui.explain import rule_items, source_items
from tui.look import (
    BLOCKER,
    OK,
    STRANDED,
    UNKNOWN,
    WARNING,
    Look,
    Sign,
    Span,
    Spans,
    clock_sign,
    clock_words,
    count,
    support_sign,
    support_words,
)
from tui.prose import GAP, Item, Page, bullet, heading, para
from tui.widgets.columns import Column

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.states import SupportState
    from planner.support import Clock

_SIGNS: Final[Mapping[Bearing, Sign]] = {
    Bearing.STRANDED: STRANDED,
    Bearing.CEILING: BLOCKER,
    Bearing.ALREADY: STRANDED,
    Bearing.CANNOT_JUDGE: UNKNOWN,
    Bearing.MINOR_REMOVED: WARNING,
    Bearing.PATCH_OUTDATED: WARNING,
    Bearing.FINE: OK,
}


def columns(name: str) -> tuple[Column, ...]:
    """The columns of the table for a release; "" = none is tried."""
    return (
        Column("sign", "", 1, 1),
        Column("cluster", "CLUSTER", 12, 32),
        Column("version", "VERSION", 8, 8),
        Column("on", f"ON {name}" if name else "AFTER AN UPDATE", 35, 36),
        Column("first", "DO FIRST", 18, 40),
        Column("support", "SUPPORT TODAY", 17, 17, drop=1),
    )


def cells(effect: Effect, support: tuple[SupportState, date | None], today: date, look: Look) -> tuple[Span, ...]:
    """One row: sign, cluster, version, how it would stand, what to do first, how it stands today."""
    sign = sign_of(effect)
    # What is so already, and what is not known, steps back behind what the update would do.
    already = effect.bearing in (Bearing.ALREADY, Bearing.CEILING) and not effect.newly
    tone = "muted" if already else sign.tone
    on = "unknown" if not effect.is_listed else tone
    first = "strong" if effect.blocks else "unknown" if effect.is_open or not effect.is_listed else ""
    state, ends = support
    return (
        (look.sign(sign), tone),
        (effect.cluster.name, "strong"),
        (str(effect.version or "?"), "" if effect.version else "unknown"),
        (effect.on_it, on),
        (effect.first or effect.gap, first),
        (support_words(state, ends, today), support_sign(state, ends, today).tone),
    )


def blank_cells(
    cluster: Cluster, support: tuple[SupportState, date | None], today: date, look: Look
) -> tuple[Span, ...]:
    """One row where no release can be tried."""
    version = value_of(cluster.version)
    state, ends = support
    return (
        (look.sign(UNKNOWN), UNKNOWN.tone),
        (cluster.name, "strong"),
        (str(version or "?"), "" if version else "unknown"),
        ("cannot judge", "unknown"),
        ("", ""),
        (support_words(state, ends, today), support_sign(state, ends, today).tone),
    )


def sign_of(effect: Effect) -> Sign:
    """The sign of a bearing; a gap, a list nobody published and a cluster that cannot be changed now are never drawn as fine."""
    if (effect.gap and not effect.blocks) or not effect.is_listed:
        return UNKNOWN
    return WARNING if effect.now and effect.bearing is Bearing.FINE else _SIGNS[effect.bearing]


def extent(instance: Instance, clock: Clock, hosted: int, today: date) -> Spans:
    """Today's release, how long it is in support, and how many clusters it carries."""
    build = value_of(instance.build)
    release = f"release {build.release}" if build else "release unknown"
    days = clock.days_left(today)
    ends: Span = ("", "")
    if clock.state is not ClockState.ENDED:
        ends = (f" ({clock_words(clock.state, days)})", clock_sign(clock.state, days).tone)
    return ((f"   {release}", "muted"), ends, (f", {count(hosted, 'cluster')}", "muted"))


def answer(what: WhatIf | str, look: Look) -> Spans:
    """Can the hosts be updated? In words; a text is why nobody can tell."""
    asked = ("Update the hosts? ", "muted")
    if isinstance(what, str):
        return (asked, (f"{look.sign(UNKNOWN)} ", UNKNOWN.tone), (what, ""))
    sign = OK
    if what.blocking or what.not_now:
        sign = BLOCKER
    elif what.open or what.is_unlisted or what.is_partial or not what.effects:
        sign = UNKNOWN
    elif what.ended is not None or any(effect.now for effect in what.effects):
        sign = WARNING
    head, stop, rest = what.verdict.partition(". ")
    spans: Spans = (asked, (f"{look.sign(sign)} {head}{stop.rstrip()}", sign.tone), (f" {rest}" if rest else "", ""))
    if what.unplaced:
        spans = (*spans, (f" {count(what.unplaced, 'cluster')} of unknown instance.", UNKNOWN.tone))
    return spans


def question(what: WhatIf, place: int, number: int) -> Spans:
    """The release that is tried, and how to try another."""
    before = "‹ " if place else "  "
    after = " ›" if place < number - 1 else "  "
    return (
        ("What if it were updated to ", ""),
        (before, "accent"),
        (what.name, "strong"),
        (after, "accent"),
        (f"  left support on {what.ended}", WARNING.tone)
        if what.ended is not None
        else ("  ← → other release" if number > 1 else "", "muted"),
    )


def way(what: WhatIf, place: int, number: int) -> tuple[Spans, ...]:
    """The updates it takes, or how many where they are many; then shorter forms."""
    updates = [platform.key for platform in what.way[:-1]]
    via = f"via {', '.join(updates)}" if 0 < len(updates) < 3 else count(len(what.way), "update")
    turn = f"{place + 1} of {number}"
    return tuple(((form, "muted"),) for form in (f"{via} · {turn}", turn))


def foot(what: WhatIf) -> Spans:
    """What the later releases would do: the next that strands more, else what they have in common."""
    later, now = what.later, next(loss for loss in what.losses if loss.release == what.target.key)
    more = next((loss for loss in later if loss.count > now.count), None)
    dark = next((loss for loss in later if loss.unjudged > now.unjudged), None)
    total = len(what.effects)
    if not later:
        return (("The catalog knows no later release.", "muted"),)
    if more is not None:
        first = f"{more.cluster} first" if more.cluster != now.cluster else f"{more.cluster} and others"
        return ((f"{more.name} would strand {first} ({more.count} of {total}).", "warning"),)
    unknown = f"From {dark.name} on {dark.unjudged} of {total} cannot be judged." if dark is not None else ""
    if now.count:
        same = (f"Later ones strand {now.cluster} too ({now.count} of {total}).", "warning")
        return (same, (f" {unknown}", "unknown")) if unknown else (same,)
    if unknown or now.unjudged:
        return ((unknown or "Of the later releases nobody can tell either.", "unknown"),)
    return (("No later release the catalog knows strands any of them.", "muted"),)


def later_page(what: WhatIf) -> Page:
    """For every later release the first cluster it would strand."""
    items = [
        bullet(
            (", ".join(names), "strong"),
            (
                f": {loss.words(len(what.effects), partial=what.is_partial)}",
                "warning" if loss.count else "unknown" if loss.unjudged else "muted",
            ),
        )
        for names, loss in what.later_runs
    ]
    return (heading("Updated straight to a later release"), *items) if items else ()


def under(effect: Effect, look: Look) -> Page:
    """The highlighted cluster in a few lines, for under the list."""
    sign = sign_of(effect)
    page: list[Item] = [bullet((f"{effect.cluster.name}: ", "strong"), effect.why, sign=(look.sign(sign), sign.tone))]
    if effect.gap:
        page.append(para((f"Not known: {effect.gap}.", "unknown"), indent=2))
    if effect.now:
        page.append(para((f"Not now: {effect.now}", "warning"), indent=2))
    return tuple(page)


def effect_page(what: WhatIf, effect: Effect, catalog: Catalog, look: Look) -> Page:
    """Why a cluster would stand as it would: the sentence, the hops, the rules, the list it rests on."""
    sign = sign_of(effect)
    page: list[Item] = [
        heading(f"{effect.cluster.name} on {what.name}"),
        bullet((effect.on_it, sign.tone), sign=(look.sign(sign), sign.tone)),
        para(effect.why),
    ]
    if effect.gap:
        page.append(para((f"Not known: {effect.gap}.", "unknown")))
    if effect.now:
        page.append(para((f"Not now: {effect.now}", "warning")))
    pools = effect.cluster.pools
    if isinstance(pools, Known) and pools.source == LISTED:
        page.append(para(("Its node pools come from a list that may not be all; r reads them.", "muted")))
    if effect.fixes:
        page += [GAP, heading("Do first")]
        page += [bullet((", ".join(map(str, fix.versions)), "strong"), f"  on {fix.on}") for fix in effect.fixes]
    if effect.offered:
        page += [GAP, heading("Offered then"), para(", ".join(map(str, effect.offered)))]
    page += rule_items(effect.rules, catalog)
    entry = catalog.by_key.get(what.target.key)
    if entry is not None:
        page += [GAP, heading(f"The list of {what.name}")]
        page.append(para(", ".join(map(str, entry.offers)) if entry.offers else ("not published", "unknown")))
        cited = tuple(key for key, _ in catalog.cited(entry.offers_source)) if entry.offers else ()
        page += source_items(cited, catalog) if cited else [para((entry.offers_source, "muted"))]
    return tuple(page)
