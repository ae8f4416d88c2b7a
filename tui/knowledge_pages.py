"""What the Knowledge screen says about a release, a minor, a contradiction or a document: pages and the sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from planner.catalog import Catalog, Dispute
from planner.clocks import RULE_WORDS, timed
from planner.insight.ages import Fact, SourceRow
from planner.insight.facets import edge_words
from planner.insight.matrix import LineEnd, ReleaseRow
from planner.insight.minors import EndBasis, MinorRow
from planner.insight.view import KnowledgeView, age_words
from tui.look import BLOCKER, INFO, OK, TODO, UNKNOWN, WARNING, Look, Sign, Spans, clock_sign, clock_words, count
from tui.prose import GAP, Item, Page, bullet, field, heading, para


def sentence(view: KnowledgeView, as_of: date | None, look: Look) -> Spans:
    """How old the knowledge is, and how much of it is missing."""
    catalog = view.catalog
    age = view.age(as_of) if as_of is not None else None
    if age is None:
        sign, aged = UNKNOWN, "; no as-of day yet, so no ages"
    elif age < 0:
        sign, aged = INFO, f", {-age} d after the as-of day"
    else:
        sign, aged = (WARNING if as_of is not None and view.is_old(as_of) else OK), f", {count(age, 'day')} old"
    missing = f"{view.unknown_lists} of {count(len(view.releases), 'list')} unknown."
    overlays = f" With {', '.join(catalog.overlays)}." if catalog.overlays else ""
    return (
        (f"{look.sign(sign)} Newest fact {catalog.newest_fact}{aged}. ", sign.tone),
        (missing + overlays, ""),
    )


def end_sign(end: date | None, as_of: date | None) -> Sign:
    """How a last good day stands on the as-of day; unknown without either."""
    if end is None or as_of is None:
        return UNKNOWN
    return clock_sign(timed(end, as_of), (end - as_of).days)


def release_sign(row: ReleaseRow, as_of: date | None) -> Sign:
    """By its support end. One without a list is never called fine, one dated after the as-of day is not there yet."""
    released = row.entry.released
    if as_of is not None and released is not None and released > as_of:
        return TODO
    first, last = end_sign(row.end.day, as_of), end_sign(row.last_end.day, as_of)
    if first is BLOCKER and last is not BLOCKER:
        return WARNING  # one OS line has ended, the other has not
    return UNKNOWN if first is OK and row.entry.offers is None else first


def minor_sign(row: MinorRow, as_of: date | None) -> Sign:
    """By the AKS Arc end. One that is not set is fine only as far as the newest list goes."""
    return OK if row.end.basis is EndBasis.OPEN else end_sign(row.end.day, as_of)


def release_page(view: KnowledgeView, row: ReleaseRow, as_of: date | None, look: Look) -> Page:
    """One release: its list, what it strands, every end with its rule, the ways into it, and what all that rests on."""
    entry = row.entry
    page: list[Item] = [heading(f"Release {entry.key}"), *_offers(view, row, as_of)]
    page += [GAP, heading("Strands"), para(f"{row.strands.words}.")]
    page.append(para(("A cluster on such a minor has no legal hop left there (P11, P18).", "muted")))
    page += [GAP, heading("Support")]
    for end in row.ends:
        page += _line_end(end, as_of, look)
    page += [GAP, heading("About it")]
    page += [_known("released", str(entry.released or ""), entry.unknown, "released")]
    page += [field("kind", f"{entry.kind}, feature release" if entry.is_feature else entry.kind)]
    page += [
        field("OS lines", ", ".join(sorted(entry.lines))),
        field("builds", ", ".join(entry.builds) or "none named"),
    ]
    page += [_known("extension", entry.extension or "", entry.unknown, "extension")]
    page += [field("confidence", entry.confidence.replace("_", " "), _trust(entry.confidence))]
    page += [field("updates from", edge_words(edge)) for edge in entry.updates_from]
    if "updates_from" in entry.unknown:
        page.append(_known("updates from", "", entry.unknown, "updates_from"))
    page += _notes(entry.notes, entry.overlay)
    return (*page, *_cited(view, [*entry.source.split(", ")], as_of))


def _offers(view: KnowledgeView, row: ReleaseRow, as_of: date | None) -> list[Item]:
    entry = row.entry
    if entry.offers is None:
        reason = f"The list is unknown: {entry.offers_source}."
        passing = "arcstep passes through such a release and never hops on it."
        return [bullet((reason, "unknown"), sign=("?", "unknown")), para((passing, "muted"))]
    items = [
        field(str(cell.minor), "  ".join(map(str, cell.versions)), width=8)
        for cell in row.cells
        if cell.versions is not None and cell.versions
    ]
    fact = view.about("list", entry.key)
    return [*items, *(_stated(fact, as_of) if fact is not None else ())]


def _line_end(end: LineEnd, as_of: date | None, look: Look) -> list[Item]:
    sign = end_sign(end.day, as_of)
    words = f" {clock_words(timed(end.day, as_of), (end.day - as_of).days)}" if as_of is not None else ""
    items = [bullet((f"{end.line} ", "strong"), (f"{end.day}{words}", sign.tone), sign=(look.sign(sign), sign.tone))]
    for day, rule, source in end.ends:
        items.append(para(f"{day}  ", (f"{rule}, {RULE_WORDS[rule]} [{source}]", "muted"), indent=2))
    return items


def minor_page(view: KnowledgeView, row: MinorRow, as_of: date | None, look: Look) -> Page:
    """One minor: the end judged, the end shown, where it is offered, where it is stranded."""
    entry, end = row.entry, row.end
    sign = minor_sign(row, as_of)
    judged = str(end.day) if end.day is not None else str(end.basis)
    page: list[Item] = [
        heading(f"Kubernetes {entry.minor}"),
        bullet(("AKS Arc end ", "strong"), (judged, sign.tone), " (judged)", sign=(look.sign(sign), sign.tone)),
        para(end.reading, *(((f" [{end.source}]", "muted"),) if end.source else ())),
        GAP,
        _known("upstream end", str(entry.upstream_end or ""), entry.unknown, "upstream_end"),
        _known("upstream start", str(entry.upstream_release or ""), entry.unknown, "upstream_release"),
        para(("Upstream dates are shown, never judged.", "muted")),
        GAP,
        _known("first release", entry.aksarc_first or "", entry.unknown, "aksarc_first"),
        _known("last release", entry.aksarc_last or "", entry.unknown, "aksarc_last"),
        _known("published end", str(entry.aksarc_end or ""), entry.unknown, "aksarc_end"),
        field("on the lists of", ", ".join(row.offered_on) or "none known", "" if row.offered_on else "unknown"),
        field("stranded from", row.stranded_on or "no release known", "" if row.stranded_on else "unknown"),
    ]
    if row.doubtful_on:
        page.append(field("cannot judge", ", ".join(row.doubtful_on), "unknown"))
    if entry.announced:
        page.append(field("announced", entry.announced))
    page += _notes(entry.notes, entry.overlay)
    return (*page, *_cited(view, entry.sources, as_of))


def dispute_page(view: KnowledgeView, dispute: Dispute, as_of: date | None, *, brief: bool = False) -> Page:
    """A contradiction: both sides with their sources, and the ruling. `brief` leaves out the titles of the documents."""
    page: list[Item] = [heading(f"{dispute.id}  {dispute.title}")]
    if about := ", ".join((*dispute.releases, *map(str, dispute.minors))):
        page.append(field("about", about))
    page += [bullet(claim, (f" [{source}]", "muted")) for claim, source in dispute.sides]
    page.append(para(("arcstep follows: ", "accent"), dispute.ruling))
    if brief:
        return tuple(page)
    page += _notes("", dispute.overlay)
    keys = dict.fromkeys(key for _, source in dispute.sides for key in source.split(", "))
    return (*page, *_cited(view, keys, as_of))


def source_page(row: SourceRow, as_of: date | None) -> Page:
    """A document, and everything that rests on it."""
    source = row.source
    age = row.age(as_of) if as_of is not None else None
    dated = str(source.dated) if source.dated is not None else "undated"
    words = f", {age_words(age)}" if age is not None else ""
    page: list[Item] = [
        heading(source.key),
        para(source.title),
        field("dated", dated + words, "" if source.dated is not None else "unknown"),
        field("standing", source.standing, "" if source.standing == "official" else "warning"),
        *_notes("", source.overlay),
        GAP,
        heading("What rests on it"),
    ]
    groups: dict[str, list[str]] = {}
    for fact in row.carries:
        groups.setdefault(fact.kind, []).append(fact.name)
    page += [field(kind, ", ".join(names)) for kind, names in groups.items()]
    return tuple(page) if groups else (*page, para(("Nothing in this catalog cites it.", "muted")))


# -- pieces


def _known(label: str, value: str, reasons: Mapping[str, str], key: str) -> Item:
    """A value, or why it is unknown."""
    if value:
        return field(label, value)
    return field(label, f"unknown: {reasons[key]}" if key in reasons else "unknown", "unknown")


def _trust(confidence: str) -> str:
    return "" if confidence == "official" else "warning"


def _notes(notes: str, overlay: str | None) -> list[Item]:
    items = [field("notes", notes)] if notes else []
    return [*items, field("overlay", overlay, "accent")] if overlay else items


def _stated(fact: Fact, as_of: date | None) -> list[Item]:
    """When a fact was last stated."""
    words = age_words(fact.age(as_of)) if as_of is not None else "age not known yet"
    dated = f"{fact.dated}, {words}" if fact.dated is not None else "undated"
    return [para((f"The list: {', '.join(fact.keys)}, {dated}.", "muted"))]


def _cited(view: KnowledgeView, keys: Iterable[str], as_of: date | None) -> list[Item]:
    """Documents with title, standing and age."""
    catalog: Catalog = view.catalog
    documents = {source.key: source for source in catalog.documents}
    items: list[Item] = [GAP, heading("Sources")]
    for key in keys:
        source = documents.get(key)
        if source is None:
            items.append(bullet((key, "muted")))
            continue
        age = None if as_of is None or source.dated is None else (as_of - source.dated).days
        aged = f", {age_words(age)}" if age is not None else ""
        items.append(bullet((key, "strong"), f"  {source}{aged}", (f" ({source.standing})", "muted")))
    return items
