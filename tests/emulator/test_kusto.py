"""Queries by value."""

from __future__ import annotations

import pytest

from planner.emulator.kusto import QueryError, Term, parse_query


def test_all_parts_of_a_query() -> None:
    query = parse_query(
        """
        // clusters of two kinds
        Resources
        | where type in~ ('A/b', "c/D") and name != 'x | y'
        | where kind == 'K'
        | project id, state = properties.state, properties.status.now, tolower(name)
        | order by id asc, name
        | take 5
        """
    )
    assert query.table == "resources"
    assert query.where == (
        Term("type", frozenset({"a/b", "c/d"}), fold=True),
        Term("name", frozenset({"x | y"}), fold=False, negated=True),
        Term("kind", frozenset({"K"}), fold=False),
    )
    assert query.project == (
        ("id", "id"),
        ("state", "properties.state"),
        ("properties_status_now", "properties.status.now"),
        ("name", "name"),
    )
    assert query.order == (("id", False), ("name", True))
    assert query.take == 5
    assert query.projects_id


def test_the_same_query_in_other_white_space_is_the_same_query() -> None:
    assert parse_query("resources|project id\n|count").text != parse_query("resources | project id").text
    assert parse_query("resources\n  | project   id").text == parse_query("resources | project id").text


def test_count_and_no_project() -> None:
    query = parse_query("resources | count")
    assert query.count
    assert query.projects_id


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "InvalidQuery"),
        ("  ", "InvalidQuery"),
        ("resources | join (x) on id", "DisallowedMaxNumberOfRemoteTables"),
        ("resources | union (x)", "DisallowedMaxNumberOfRemoteTables"),
        ("let x = 1; resources", "ParserFailure"),
        ("resources | where name contains 'x'", "ParserFailure"),
        ("resources | where name == 'x' or name == 'y'", "ParserFailure"),
        ("resources | project a b", "ParserFailure"),
        ("resources | order id", "ParserFailure"),
        ("resources | take many", "ParserFailure"),
        ("resources |", "ParserFailure"),
    ],
)
def test_what_cannot_be_run_is_refused(text: object, code: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(text)
    assert refused.value.code == code
