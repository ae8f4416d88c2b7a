"""The view of the knowledge: the matrix, what strands what, ends of minors, and ages, by value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog import Catalog, Source
from planner.insight.ages import facts_of, source_rows
from planner.insight.matrix import Strands, listed_minors, release_rows
from planner.insight.minors import EndBasis, minor_rows
from planner.insight.view import age_words, view_of
from planner.knowledge import load_catalog
from planner.offers import strands_on
from planner.version import KubernetesVersion, Minor
from tests.planner.small_catalog import LIST_2411, MINORS, RELEASES, minor, release, small_catalog

VIEW = view_of(load_catalog())
ROWS = {row.entry.key: row for row in VIEW.releases}
MINOR_ROWS = {str(row.entry.minor): row for row in VIEW.minors}


def words(key: str) -> dict[str, str]:
    return {str(cell.minor): cell.words for cell in ROWS[key].cells if cell.words}


def test_the_matrix_holds_every_release_newest_first_and_the_listed_minors() -> None:
    assert [row.entry.key for row in VIEW.releases] == [entry.key for entry in reversed(VIEW.catalog.releases)]
    assert [str(found) for found in VIEW.listed] == ["1.33", "1.32", "1.31", "1.30", "1.29", "1.28", "1.27", "1.26"]
    assert words("2605") == {"1.33": ".4 .5", "1.32": ".8 .9", "1.31": ".12 .13"}
    assert words("12.2510") == {"1.32": ".5 .6", "1.31": ".9 .10", "1.30": ".13 .14"}


def test_an_unpublished_list_is_unknown_in_every_cell_and_never_inherited() -> None:
    for key in ("2504", "2512", "2606", "2408.2"):
        assert set(words(key).values()) == {"?"}
        assert ROWS[key].entry.offers_source.startswith("no list published")
    assert VIEW.unknown_lists == 28


@pytest.mark.parametrize(
    ("keys", "highest"),
    [
        (("2408", "2411"), "1.25"),
        (("2503", "2507"), "1.26"),
        (("2508", "2509"), "1.27"),
        (("11.2510", "12.2510"), "1.28"),
        (("2602", "2603", "2604", "2605"), "1.29"),
    ],
)
def test_the_highest_minor_each_release_strands(keys: tuple[str, ...], highest: str) -> None:
    for key in keys:
        strands = ROWS[key].strands
        assert (str(strands.upto), strands.is_certain, strands.doubt) == (highest, True, "")
        assert strands.words == f"{highest} and older"


@pytest.mark.parametrize(
    ("key", "words", "doubt"),
    [
        ("2511", "1.28 and older; 1.29 cannot be judged", "1.29"),
        ("2606", "1.29 and older; 1.30 and newer cannot be judged", ">= 1.30"),
        ("2402", "1.24 and older cannot be judged", "<= 1.24"),
    ],
)
def test_an_unknown_list_bounds_what_is_stranded_and_says_what_cannot_be_judged(
    key: str, words: str, doubt: str
) -> None:
    assert (ROWS[key].strands.words, ROWS[key].strands.doubt) == (words, doubt)
    assert not ROWS[key].strands.is_certain


def test_nothing_known_strands_nothing_for_sure() -> None:
    (row,) = release_rows(small_catalog([release("2606")]))
    assert (row.cells, row.strands, row.strands.words, row.strands.doubt) == (
        (),
        Strands(None, None),
        "all minors cannot be judged",
        "all",
    )


@settings(derandomize=True, max_examples=60)
@given(st.lists(st.booleans(), min_size=len(RELEASES), max_size=len(RELEASES)), st.integers(22, 40))
def test_what_the_row_says_is_what_the_planner_judges(known: list[bool], number: int) -> None:
    releases = [entry if keep else replace(entry, offers=None) for entry, keep in zip(RELEASES, known, strict=True)]
    catalog = small_catalog(releases)
    for row in release_rows(catalog):
        assert row.strands.of(Minor(1, number)) is strands_on(catalog, Minor(1, number), row.entry)


def test_support_ends_are_given_by_line_and_the_earliest_is_judged() -> None:
    row = ROWS["2509"]
    assert [(str(end.line), str(end.day), end.rule) for end in row.ends] == [
        ("23H2", "2025-10-31", "PUB"),
        ("24H2", "2026-02-28", "LBL"),
    ]
    assert row.is_split and (row.end, row.last_end) == row.ends
    assert str(row.end.latest) == "2026-04-24"
    assert not ROWS["2605"].is_split and ROWS["2605"].last_end is ROWS["2605"].end


@pytest.mark.parametrize(
    ("name", "basis", "day", "stranded"),
    [
        ("1.34", EndBasis.UNKNOWN, None, None),
        ("1.33", EndBasis.OPEN, None, None),
        ("1.30", EndBasis.REMOVAL, date(2026, 3, 19), None),
        ("1.29", EndBasis.PUBLISHED, date(2025, 10, 31), "2602"),
        ("1.28", EndBasis.PUBLISHED, date(2025, 8, 31), "11.2510"),
        ("1.27", EndBasis.REMOVAL, date(2025, 4, 30), "2508"),
    ],
)
def test_minors_have_both_clocks_and_only_ours_is_judged(
    name: str, basis: EndBasis, day: date | None, stranded: str | None
) -> None:
    row = MINOR_ROWS[name]
    assert (row.end.basis, row.end.day, row.stranded_on) == (basis, day, stranded)
    assert row.entry.upstream_end is not None and row.entry.upstream_end != day


def test_a_minor_knows_where_it_is_offered_and_where_nobody_can_say() -> None:
    assert MINOR_ROWS["1.29"].offered_on == ("2408", "2411", "2503", "2507", "2508", "2509")
    assert MINOR_ROWS["1.29"].doubtful_on == ("2511", "2512", "2601")


def test_a_removal_without_a_day_is_unknown_and_so_is_everything_without_a_list() -> None:
    undated = small_catalog([release("2411", None, LIST_2411), release("2605", None, "1.31.13")], [minor("1.29")])
    assert minor_rows(undated, release_rows(undated))[0].end.basis is EndBasis.UNKNOWN
    empty = small_catalog([release("2606")], MINORS)
    assert {row.end.basis for row in minor_rows(empty, release_rows(empty))} == {
        EndBasis.UNKNOWN,
        EndBasis.PUBLISHED,
    }


def test_a_list_with_a_minor_nobody_listed_before_gets_a_column() -> None:
    newer = replace(RELEASES[-1], offers=(KubernetesVersion.parse("1.34.2"),), offers_source="SITE")
    assert str(listed_minors(small_catalog([*RELEASES[:-1], newer]))[0]) == "1.34"


# -- ages


def sourced(*documents: tuple[str, str | None]) -> Catalog:
    """2411 cites REL and a list, and these documents exist."""
    found = tuple(
        Source(key, f"title of {key}", date.fromisoformat(dated) if dated else None, "official")
        for key, dated in documents
    )
    entry = replace(RELEASES[0], source="REL, OLD", offers_source="SKV")
    catalog = small_catalog([entry], [])
    return replace(catalog, documents=found, windows=(), newest_source="REL")


def test_a_fact_is_as_old_as_the_newest_document_that_states_it() -> None:
    facts = {
        fact.title: fact for fact in facts_of(sourced(("OLD", "2024-01-01"), ("REL", "2026-01-01"), ("SKV", None)))
    }
    assert facts["release 2411"].dated == date(2026, 1, 1)
    assert facts["release 2411"].age(date(2026, 1, 11)) == 10
    assert facts["release 2411"].age(date(2025, 12, 30)) == -2
    assert facts["list 2411"].dated is None and facts["list 2411"].age(date(2026, 1, 11)) is None


def test_documents_stand_newest_first_with_what_rests_on_them_and_undated_ones_last() -> None:
    catalog = sourced(("SKV", None), ("OLD", "2024-01-01"), ("REL", "2026-01-01"), ("BAN", "2025-04-24"))
    rows = source_rows(catalog, facts_of(catalog))
    assert [(row.source.key, [fact.title for fact in row.carries]) for row in rows] == [
        ("REL", ["release 2411", "catalog newest fact"]),
        ("BAN", ["support end 2411"]),
        ("OLD", ["release 2411"]),
        ("SKV", ["list 2411"]),
    ]


def test_every_entry_of_the_shipped_catalog_has_an_age_or_is_called_undated() -> None:
    catalog = VIEW.catalog
    kinds = {kind: sum(fact.kind == kind for fact in VIEW.facts) for kind in {fact.kind for fact in VIEW.facts}}
    assert kinds["release"] == len(catalog.releases)
    assert kinds["list"] == sum(entry.offers is not None for entry in catalog.releases)
    assert kinds["dispute"] == len(catalog.disputes) and kinds["rule"] == len(catalog.rules)
    assert kinds["risk"] == len(catalog.risks) and kinds["minor"] == len(catalog.minors)
    dates = {source.key: source.dated for source in catalog.documents}
    for fact in VIEW.facts:
        assert fact.keys and (fact.dated is not None or not any(dates[key] for key in fact.keys))


def test_the_catalog_is_old_after_sixty_days() -> None:
    newest = VIEW.catalog.newest_fact
    assert not VIEW.is_old(newest + timedelta(days=60)) and VIEW.is_old(newest + timedelta(days=61))
    assert VIEW.age(newest - timedelta(days=1)) == -1


@pytest.mark.parametrize(
    ("days", "said"),
    [(None, "undated"), (0, "0 days old"), (1, "1 day old"), (-3, "dated 3 days after the as-of day")],
)
def test_ages_in_words(days: int | None, said: str) -> None:
    assert age_words(days) == said
