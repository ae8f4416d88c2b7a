"""Two catalogs side by side: entries by meaning, both readings, the overlay behind them, and what follows."""

from __future__ import annotations

import pytest

from planner.catalog import Catalog
from planner.catalogdiff import CatalogDiff, Change, Facet, compare
from planner.insight.facets import portraits
from planner.knowledge import _texts, load_catalog
from planner.knowledge.parse import parse

SHIPPED = load_catalog()
SITE = """
[[release]]
key = "2606"
offers = ["1.32.10", "1.33.6", "1.34.2"]
offers_source = "SITE"

[[source]]
key = "SITE"
title = "notes of the site"
dated = 2026-08-01
standing = "third party"
"""


def laid(*texts: str) -> Catalog:
    return parse(_texts(), [(f"{place}.toml", text) for place, text in enumerate(texts)])


def diff(text: str) -> CatalogDiff:
    return compare(SHIPPED, laid(text))


def test_a_catalog_does_not_differ_from_itself() -> None:
    found = compare(SHIPPED, SHIPPED)
    assert found.is_empty and found.effects == ()


def test_an_entry_that_is_only_restated_is_no_difference() -> None:
    found = diff('[[minor]]\nminor = "1.29"\naksarc_last = "2509"\n')
    assert found.is_empty and found.overlays == ("0.toml",)


def test_a_list_is_shown_with_both_readings_and_the_overlay() -> None:
    release, source = diff(SITE).entries
    assert (release.kind, release.name, release.change, release.overlay) == (
        "release",
        "2606",
        Change.CHANGED,
        "0.toml",
    )
    assert release.facets == (
        Facet("offers", "unknown: no list published for 2606 and later", "1.32.10 1.33.6 1.34.2"),
        Facet("source of the list", None, "SITE"),
    )
    assert (source.kind, source.name, source.change) == ("source", "SITE", Change.ADDED)
    assert Facet("dated", None, "2026-08-01") in source.facets


def test_what_follows_for_releases_and_minors_that_were_not_touched() -> None:
    effects = {(effect.subject, effect.what): (effect.before, effect.after) for effect in diff(SITE).effects}
    assert effects["release 2606", "strands"] == (
        "1.29 and older; 1.30 and newer cannot be judged",
        "1.30 and older",
    )
    assert effects["release 2607", "strands"][1] == "1.30 and older; 1.31 and newer cannot be judged"
    assert effects["minor 1.30", "first stranded on"] == ("no release known", "2606")
    assert effects["minor 1.34", "AKS Arc end judged"] == ("unknown", "not set")


ENDS = '[[release]]\nkey = "2605"\nsupport_ends = 2026-09-15\nsupport_ends_source = "REL"\n'
MINOR = '[[minor]]\nminor = "1.31"\naksarc_end = 2026-07-20\nannounced = "a note"\n'
DISPUTE = '[[dispute]]\nid = "C1"\nruling = "The other way."\n'
CEILING = '[[windows]]\nsku = "Windows2022"\nlast_minor = "1.33"\n'
RULE = '[[policy]]\nid = "P1"\ntitle = "Four minors"\n'
RISK = '[[risk]]\nid = "AKS-STUCK-UPGRADING"\nmatch = { stage = "hop", on_first = "2503", on_last = "2505" }\n'
HOP = '[[hop]]\norigin = "1.33.5"\ntargets = ["1.34.2"]\n'
API = '[[removed_api]]\napi = "autoscaling/v2beta2 HorizontalPodAutoscaler"\nreplacement = "autoscaling/v3"\n'
HEAD = "[catalog]\nnewest_fact = 2026-07-18\n"


@pytest.mark.parametrize(
    ("text", "kind", "name", "facet"),
    [
        (ENDS, "release", "2605", "support ends"),
        (MINOR, "minor", "1.31", "AKS Arc end"),
        (DISPUTE, "dispute", "C1", "ruling"),
        (CEILING, "Windows ceiling", "Windows2022", "last minor"),
        (RULE, "rule", "P1", "title"),
        (RISK, "risk", "AKS-STUCK-UPGRADING", "applies to"),
        (HOP, "hop", "1.33.5", "targets"),
        (API, "removed API", "autoscaling/v2beta2 HorizontalPodAutoscaler", "replacement"),
        (HEAD, "catalog", "head", "newest fact"),
    ],
)
def test_every_kind_of_entry_is_compared(text: str, kind: str, name: str, facet: str) -> None:
    (entry,) = diff(text).entries
    assert (entry.kind, entry.name, entry.change, entry.overlay) == (kind, name, Change.CHANGED, "0.toml")
    assert facet in {one.what for one in entry.facets}
    assert all(one.before != one.after for one in entry.facets)


def test_the_other_way_round_what_was_added_is_removed() -> None:
    found = compare(laid(SITE), SHIPPED)
    assert [(entry.kind, entry.change) for entry in found.entries] == [
        ("release", Change.CHANGED),
        ("source", Change.REMOVED),
    ]
    assert found.entries[1].facets[0] == Facet("title", "notes of the site", None)
    assert found.count(Change.REMOVED) == 1 and found.count(Change.ADDED) == 0


def test_overlays_below_are_no_difference() -> None:
    found = compare(laid(SITE), laid(SITE, DISPUTE))
    assert (found.base, found.overlays) == (("0.toml",), ("1.toml",))
    assert [(entry.name, entry.overlay) for entry in found.entries] == [("C1", "1.toml")]


def test_every_entry_of_the_catalog_has_a_portrait() -> None:
    drawn = portraits(SHIPPED)
    parts = (
        *(SHIPPED.releases, SHIPPED.minors, SHIPPED.windows, SHIPPED.risks, SHIPPED.disputes, SHIPPED.rules),
        *(SHIPPED.scope, SHIPPED.sections, SHIPPED.removed_apis, SHIPPED.documented_hops, SHIPPED.documents),
    )
    assert len(drawn) == 1 + sum(map(len, parts))
    assert all(portrait.facets and all(portrait.facets.values()) for portrait in drawn.values())
