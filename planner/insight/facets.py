"""What an entry of the catalog says, facet by facet and in words: what two catalogs are compared by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from planner.catalog import (
    Catalog,
    Dispute,
    MinorEntry,
    PolicyRule,
    ReleaseEntry,
    Risk,
    RiskMatch,
    ScopeLine,
    UpdateEdge,
    WindowsCeiling,
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """One entry in words."""

    facets: Mapping[str, str]
    """From what to what is said of it; a facet that says nothing is left out."""
    overlay: str | None = None
    """The overlay file it came from or was changed by, where the catalog remembers it."""


Portraits = Mapping[tuple[str, str], Portrait]
"""By kind and name, in the order of the catalog."""


def portraits(catalog: Catalog) -> Portraits:
    """Every entry of a catalog."""
    return {(kind, name): Portrait(_said(facets), overlay) for kind, name, facets, overlay in _entries(catalog)}


_Drawn = tuple[str, str, Mapping[str, str], str | None]


def _said(facets: Mapping[str, str]) -> dict[str, str]:
    return {what: text for what, text in facets.items() if text}


def _entries(catalog: Catalog) -> Iterator[_Drawn]:
    head = {
        "newest fact": str(catalog.newest_fact),
        "source of it": catalog.newest_source,
        "compiled": str(catalog.compiled),
    }
    yield "catalog", "head", head, None
    for release in catalog.releases:
        yield "release", release.key, _release(release), release.overlay
    for minor in catalog.minors:
        yield "minor", str(minor.minor), _minor(minor), minor.overlay
    for ceiling in catalog.windows:
        yield "Windows ceiling", ceiling.sku, _ceiling(ceiling), ceiling.overlay
    for risk in catalog.risks:
        yield "risk", risk.id, _risk(risk), risk.overlay
    for dispute in catalog.disputes:
        yield "dispute", dispute.id, _dispute(dispute), dispute.overlay
    for rule in catalog.rules:
        yield "rule", rule.id, _rule(rule), rule.overlay
    for line in catalog.scope:
        yield "scope line", line.id, _scope(line), line.overlay
    yield from _small_entries(catalog)


def _small_entries(catalog: Catalog) -> Iterator[_Drawn]:
    for section in catalog.sections:
        yield "policy section", section.title, {"carried by": ", ".join(section.carried_by)}, None
    for api in catalog.removed_apis:
        facets = {"removed in": str(api.minor), "replacement": api.replacement, "source": api.source}
        yield "removed API", api.api, facets, None
    for origin, targets in catalog.documented_hops.items():
        facets = {"targets": " ".join(map(str, targets)) or "none", "source": catalog.hop_sources.get(origin, "")}
        yield "hop", origin, facets, None
    for source in catalog.documents:
        facets = {"title": source.title, "dated": _day(source.dated) or "undated", "standing": source.standing}
        yield "source", source.key, facets, source.overlay


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _or_unknown(text: str, reasons: Mapping[str, str], key: str) -> str:
    """The text, or why it is unknown; an unknown without a reason is still called unknown."""
    return text or (f"unknown: {reasons[key]}" if key in reasons else "unknown")


def _release(entry: ReleaseEntry) -> dict[str, str]:
    reasons = entry.unknown
    lines = ", ".join(f"{line} {day}" for line, day in sorted(entry.line_ends.items()))
    offers = " ".join(map(str, entry.offers)) if entry.offers is not None else ""
    return {
        "released": _or_unknown(_day(entry.released), reasons, "released"),
        "offers": offers or f"unknown: {entry.offers_source}",
        "source of the list": entry.offers_source if entry.offers is not None else "",
        "support ends": _day(entry.support_ends) or f"unknown: {entry.support_ends_source}",
        "source of the end": entry.support_ends_source if entry.support_ends is not None else "",
        "end of the OS line": lines,
        "updates from": "; ".join(map(edge_words, entry.updates_from))
        or _or_unknown("" if "updates_from" in reasons else "none", reasons, "updates_from"),
        "kind": f"{entry.kind}, feature release" if entry.is_feature else entry.kind,
        "OS lines": ", ".join(sorted(entry.lines)),
        "builds": ", ".join(entry.builds),
        "AKS Arc extension": _or_unknown(entry.extension or "", reasons, "extension"),
        "confidence": entry.confidence.replace("_", " "),
        "notes": entry.notes,
        "source": entry.source,
    }


def edge_words(edge: UpdateEdge) -> str:
    """A way into a release: where from, on which build or OS line, and how it is known."""
    build = f" on build {edge.from_build}" if edge.from_build else ""
    lines = f" on {', '.join(sorted(edge.lines))}" if edge.lines else ""
    note = f": {edge.note}" if edge.note else ""
    return f"{edge.origin}{build}{lines} ({edge.basis}{note})"


def _minor(entry: MinorEntry) -> dict[str, str]:
    reasons = entry.unknown
    return {
        "AKS Arc end": _or_unknown(_day(entry.aksarc_end), reasons, "aksarc_end"),
        "announced": entry.announced,
        "first release": _or_unknown(entry.aksarc_first or "", reasons, "aksarc_first"),
        "last release": _or_unknown(entry.aksarc_last or "", reasons, "aksarc_last"),
        "upstream release": _or_unknown(_day(entry.upstream_release), reasons, "upstream_release"),
        "upstream end": _or_unknown(_day(entry.upstream_end), reasons, "upstream_end"),
        "notes": entry.notes,
        "source": ", ".join(entry.sources),
    }


def _ceiling(entry: WindowsCeiling) -> dict[str, str]:
    return {
        "last minor": str(entry.last_minor),
        "last release": str(entry.last_release),
        "retired": entry.retired,
        "source": entry.source,
    }


def _risk(risk: Risk) -> dict[str, str]:
    return {
        "title": risk.title,
        "severity": risk.severity,
        "applies to": match_words(risk.match),
        "affects": risk.affects,
        "cure": risk.cure,
        "sign": risk.detect,
        "fixed in": risk.fixed_in,
        "source": risk.source,
    }


def match_words(match: RiskMatch) -> str:
    """When a risk applies, in words."""
    parts = [str(match.stage)]
    for word, first, last in (("on", match.on_first, match.on_last), ("into", match.into_first, match.into_last)):
        if first is not None or last is not None:
            parts.append(f"{word} release {first or 'any'} to {last or 'any later one'}")
    if match.line is not None:
        parts.append(f"on {match.line}")
    if match.target_minor_from is not None:
        parts.append(f"target {match.target_minor_from} or newer")
    if match.windows:
        parts.append("with a Windows pool")
    if match.image_not_ready:
        parts.append("unless the image is ready")
    if match.fact:
        parts.append(f"where {match.fact}")
    return ", ".join(parts)


def _dispute(dispute: Dispute) -> dict[str, str]:
    sides = {f"side {place}": f"{claim} [{source}]" for place, (claim, source) in enumerate(dispute.sides, 1)}
    about = ", ".join((*dispute.releases, *map(str, dispute.minors)))
    return {"title": dispute.title, **({"about": about} if about else {}), **sides, "ruling": dispute.ruling}


def _rule(rule: PolicyRule) -> dict[str, str]:
    return {
        "title": rule.title,
        "text": rule.text,
        "became": f"{rule.kind}: {', '.join(rule.codes)}",
        "source": rule.source,
    }


def _scope(line: ScopeLine) -> dict[str, str]:
    return {
        "text": line.text,
        "section": line.section,
        "supported": line.supported,
        "owner": line.owner,
        "source": line.source,
        "url": line.url,
    }
