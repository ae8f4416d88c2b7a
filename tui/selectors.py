"""What the screens say about a state, as spans. Pure functions, tested without a screen."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from tui.look import (
    BLOCKER,
    OK,
    SOON,
    STRANDED,
    UNKNOWN,
    WARNING,
    Look,
    Span,
    Spans,
    age,
    count,
    moment,
    number,
    support_sign,
    support_words,
)
from tui.query import FIELDS, Order, Row, asks_for_tag, strange_terms, tag_names
from tui.state import AppState, Phase, Totals

if TYPE_CHECKING:
    from tui.listing import Listing

STALE_AFTER = 15 * 60
"""Seconds after which live facts are called old in a warning tone."""


def head(state: AppState, title: str = "Fleet") -> Spans:
    """Where you are: screen, source, how much there is."""
    totals = state.totals
    parts = [state.label]
    if state.inventory is not None:
        there = state.phase is not Phase.LOADING and totals.clusters < totals.expected
        of = f"{number(totals.clusters)} of " if there else ""
        clusters = count(totals.expected if there else totals.clusters, "cluster")
        parts += [of + clusters, count(totals.instances, "instance")]
    return ((title, "strong"), ("  " + " · ".join(part for part in parts if part), "muted"))


def rights(state: AppState) -> tuple[str, str]:
    """What arcstep may do here, in full and in short."""
    if not state.may_upgrade or state.label not in ("live", "demo"):
        return "read-only", "read-only"
    if state.label == "demo":
        return "may upgrade, in a rehearsal", "rehearsal"
    inventory = state.inventory
    who = inventory.account if inventory is not None else None
    if state.walk is not None and state.walk.who:
        return f"may upgrade as {state.walk.who}", "may upgrade"
    where = f" in {inventory.tenant}" if inventory is not None and inventory.tenant else ""
    return f"may upgrade as {who}{where}" if who else "may upgrade", "may upgrade"


def aside(state: AppState, *moments: str) -> tuple[Spans, ...]:
    """What arcstep may do and the moment that counts, in ever shorter forms; `moments` likewise, "" = none."""
    full, short = rights(state)
    tone = "muted" if full == "read-only" else "warning"
    moments = moments or ("",)
    forms = [(full, moments[0]), *((short, moment) for moment in moments)]
    return tuple(((may, tone), (f" · {moment} " if moment else " ", "muted")) for may, moment in forms)


def sentence(state: AppState, look: Look) -> Spans:
    """The state of the fleet in one line; a failure takes its place."""
    if state.failure is not None and state.phase is Phase.FAILED:
        failure = state.failure
        return ((f"{look.sign(BLOCKER)} {failure.what}: ", "bad"), (f"{failure.why} {failure.cure}", ""))
    if state.inventory is None:
        return ((_progress(state), "muted"),)
    from planner.states import SupportState

    totals = state.totals
    parts = [
        (BLOCKER, totals.of(SupportState.OUT_OF_SUPPORT), "out of support"),
        (STRANDED, totals.of(SupportState.STRANDED), "stranded"),
        (WARNING, totals.ends_soon, f"end in {SOON} d" if totals.ends_soon != 1 else f"ends in {SOON} d"),
        (UNKNOWN, 0 if state.phase is Phase.LOADING else totals.of(SupportState.UNKNOWN), "unknown"),
    ]
    spans: list[Span] = []
    for sign, number_of, words in parts:
        if number_of:
            spans += [(f"{look.sign(sign)} {number(number_of)} {words}", sign.tone), ("  ", "")]
    if not spans and totals.clusters:
        spans = [(f"{look.sign(OK)} all {number(totals.clusters)} in support", OK.tone), ("  ", "")]
    return tuple(spans[:-1]) or (("No cluster was found.", "strong"),)


def sentence_right(state: AppState) -> Spans:
    """What limits the sentence: a partial reading comes before everything else."""
    if state.phase is Phase.LOADING:
        return ((_progress(state), "accent"),) if state.inventory is not None else ()
    gaps = _not_read(state.totals)
    return ((" · ".join(gaps), "warning"),) if gaps else ()


def _not_read(totals: Totals) -> list[str]:
    """What is missing: clusters that were not read or only in part, and facts that belong to no cluster."""
    parts: list[str] = []
    if totals.is_partial:
        parts.append(f"{number(totals.read)} of {number(totals.expected)} read")
    if totals.gaps:
        parts.append(f"{count(totals.gaps, 'other fact' if parts else 'fact')} not read")
    return parts


def _progress(state: AppState) -> str:
    progress = state.progress
    if progress is None:
        return "loading 0 of ?"
    total = "?" if progress.total is None else number(progress.total)
    return f"loading {number(progress.done)} of {total}"


def status_left(state: AppState, listing: Listing) -> Spans:
    """How many rows are shown and why not all; marks, also those a filter hides; what the filter did not understand."""
    total, query = len(state.rows), listing.query
    parts = [f"{number(listing.shown)} of {number(total)} shown" if query else count(total, "cluster")]
    if listing.by_instance:
        parts[0] += f" on {count(listing.instances, 'instance')}"
    if state.marks:
        hidden = listing.hidden(state.marks)
        parts.append(f"{number(len(state.marks))} marked" + (f", {number(hidden)} of them not shown" if hidden else ""))
    strange = strange_terms(query)
    rest = [f"filter: {query}"] if query and not strange else []
    if listing.order != Order():
        rest.append(listing.order.name)
    if asks_for_tag(query):
        rest.append(f"tags here: {_tags_here(state, 5)}")
    rest += _not_read(state.totals)
    said: Spans = ((" · ", "muted"), (_strange(strange[0]), "bad")) if strange else ()
    return ((" · ".join(parts), "muted"), *said, ("".join(f" · {part}" for part in rest), "muted"))


def _tags_here(state: AppState, most: int) -> str:
    """The names a filter may ask for, so that nobody has to guess them."""
    found = tag_names(state.rows)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{', '.join(found[:most]) or 'none'}{more}"


def _strange(term: str) -> str:
    """What is wrong with a term that looks like a field with a value."""
    field = re.match("[a-z]+", term)
    return f"Nothing to compare in {term}" if field and field[0] in FIELDS else f"No field {term}"


def status_right(state: AppState) -> Spans:
    """What goes on, or how old the facts are."""
    if state.reading:
        return ((f"reading {count(len(state.reading), 'cluster')} again", "accent"),)
    if state.phase is Phase.LOADING:
        what = state.progress.what if state.progress else "knowledge"
        return ((f"{what} · esc cancels", "accent"),)
    if state.phase is Phase.CANCELLED:
        return (("reading was stopped · R reads again", "warning"),)
    if state.phase is Phase.FAILED:
        return (("not read · R tries again", "bad"),)
    if state.inventory is None:
        return ()
    return facts_age(state.inventory.as_of, state.now)


def facts_age(read_at: datetime, now: datetime | None) -> Spans:
    """How old facts are; old ones in a warning tone. Without a clock, their moment."""
    if now is None:
        return ((f"facts of {moment(read_at)}", "muted"),)
    seconds = (now - read_at).total_seconds()
    tone = "warning" if seconds > STALE_AFTER else "muted"
    return ((f"read {age(seconds)} ago", tone),)


def empty_lines(state: AppState, query: str) -> tuple[Spans, ...]:
    """What stands in a list without rows."""
    if state.phase is Phase.FAILED and state.failure is not None:
        failure = state.failure
        return (
            ((f"{failure.what}.", "bad"),),
            ((failure.why, ""),),
            ((failure.cure, "strong"),),
            (("R tries again · : source opens another source", "muted"),),
        )
    if state.phase in (Phase.WAITING, Phase.LOADING) and not state.rows:
        what = state.progress.what if state.progress else "Reading starts"
        return (((f"{what} …", "muted"),), (("Rows appear as they arrive. esc stops the reading.", "muted"),))
    if query and state.rows:
        strange = strange_terms(query)
        if strange:
            return (
                ((_strange(strange[0]), "bad"), (": the filter took it as a plain word.", "")),
                ((f"Fields: {', '.join(FIELDS[:6])},", "muted"),),
                ((f"{', '.join(FIELDS[6:])}.", "muted"),),
                (("support<45d, version<1.31 and release<2510 compare.", "muted"),),
                (("esc clears it.", "muted"),),
            )
        tags = f"Tags here: {_tags_here(state, 8)}." if asks_for_tag(query) else ""
        return (
            (("No cluster matches the filter ", ""), (query, "strong"), (".", "")),
            *([((tags, ""),)] if tags else []),
            (("esc clears it.", "muted"),),
        )
    if state.phase is Phase.CANCELLED:
        return ((("The reading was stopped before a cluster arrived.", ""),), (("R reads again.", "muted"),))
    return (
        (("No AKS Arc cluster was found in what this account can read.", ""),),
        (("Check the subscriptions and the role of the account, then press R.", "muted"),),
    )


def fleet_cells(row: Row, state: AppState, look: Look) -> tuple[Span, ...]:
    """One row of the fleet list: sign, cluster, instance, version, release, support, findings, next.

    The last two stay empty until the lens has looked at the cluster.
    """
    lens, inventory, as_of = state.lens, state.inventory, state.as_of
    assert lens is not None and inventory is not None and as_of is not None  # there are no rows without them
    cluster = inventory.by_key.get(row.key)
    sign = support_sign(row.state, row.ends, as_of.date())
    waits = is_awaited(row, state)
    seen = cluster if cluster and not waits and lens.has_seen(row.key) else None
    tally, worst = lens.tally(seen) if seen else ("", None)
    front = WARNING if sign is OK and worst is not None and worst.casts_doubt else sign
    support = "reading" if waits else support_words(row.state, row.ends, as_of.date())
    return (
        (look.sign(front), front.tone),
        (row.name, "strong"),
        (row.instance or "?", "" if row.instance else "unknown"),
        (str(row.version or "?"), "" if row.version else "unknown"),
        (row.release or "?", "" if row.release else "unknown"),
        (support, "muted" if waits else sign.tone),
        (tally, "muted" if worst is None else ""),
        (_next(row, lens.next_move(seen)) if seen else "", ""),
    )


def is_awaited(row: Row, state: AppState) -> bool:
    """Whether a row's facts are still to come: what is not there yet is not called unknown."""
    return row.state == "unknown" and state.phase is Phase.LOADING


def _next(row: Row, move: str) -> str:
    """The next move; where a fact is missing, what to get."""
    return "get access" if move == "?" and row.missing else release_names(move)


def release_names(text: str) -> str:
    """Release keys as people say them: 12.2510 is 2510; the OS line stands in the step."""
    return re.sub(r"\b1[0-2]\.(\d{4})\b", r"\1", text)
