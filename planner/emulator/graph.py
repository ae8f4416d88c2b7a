"""Resource Graph over the world: its tables, single-table queries, and pages.

Only what a fleet reader needs of the query language: a table, `where` with =~ == in~ in joined by `and`, `project`,
`order by`, `take` and `count`. Everything else is refused as Resource Graph refuses what it cannot run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from planner.emulator.kusto import Query, QueryError, Term, parse_query
from planner.emulator.payloads import Document
from planner.emulator.rows import TABLES, Row, dig
from planner.emulator.world import World

MOST_ROWS: Final = 1000
"""Rows Resource Graph puts on one page at most."""
_DEFAULT_ROWS: Final = 100
_BY_ID: Final = (("id", False),)
"""The order the rows of a table are kept in."""


class Graph:
    """Answers Resource Graph requests about one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tables: dict[str, tuple[int, list[Row]]] = {}

    def answer(self, request: Mapping[str, Any], moment: datetime) -> Document:
        """The answer to one request body, as the rows were at `moment`. Raises QueryError with what Resource Graph would answer."""
        query = parse_query(request.get("query"))
        scope = {str(found).casefold() for found in request.get("subscriptions") or ()}
        found = self._select(query, scope, moment)
        if query.count:
            return _envelope([{"Count": len(found)}], 1, None, truncated=False)
        options: Mapping[str, Any] = request.get("options") or {}
        top = max(1, min(int(options.get("$top") or _DEFAULT_ROWS), MOST_ROWS))
        start = _offset(options.get("$skipToken"), query) if options.get("$skipToken") else 0
        page = found[start : start + top]
        more = start + len(page) < len(found)
        token = _token(start + len(page), query) if more and query.projects_id else None
        data = [_projected(row, query, moment) for row in page]
        return _envelope(data, len(found), token, truncated=more and token is None)

    def _select(self, query: Query, scope: set[str], moment: datetime) -> list[Row]:
        rows: Iterable[Row] = self._rows(query.table)
        if scope:
            rows = [row for row in rows if row.subscription in scope]
        for term in query.where:
            rows = [row for row in rows if _holds(term, _value(row, term.path, moment))]
        found = [row for row in rows for _ in range(row.copies())]
        for path, descending in reversed(query.order if query.order != _BY_ID else ()):
            found.sort(key=lambda row: _sort_key(row.column(path, moment)), reverse=descending)
        return found if query.take is None else found[: query.take]

    def _rows(self, table: str) -> list[Row]:
        """All rows of a table by id. Ids never change, so that the index lives until the number of resources does."""
        size = len(self._world.clusters) + len(self._world.instances) + len(self._world.subscriptions)
        known = self._tables.get(table)
        if known is None or known[0] != size:
            makers = TABLES.get(table)
            if makers is None:
                raise QueryError("InvalidTable", f"Table {table} is invalid, unsupported or disallowed.")
            known = (size, sorted(makers(self._world), key=lambda row: row.id))
            self._tables[table] = known
        return known[1]


def _envelope(data: list[Document], total: int, token: str | None, *, truncated: bool) -> Document:
    body: Document = {
        "totalRecords": total,
        "count": len(data),
        "data": data,
        "facets": [],
        "resultTruncated": "true" if truncated else "false",
    }
    return body | ({"$skipToken": token} if token else {})


def _fingerprint(query: Query) -> str:
    return hashlib.sha256(query.text.encode()).hexdigest()[:16]


def _token(offset: int, query: Query) -> str:
    return base64.b64encode(json.dumps({"$id": "1", "Row": offset, "Of": _fingerprint(query)}).encode()).decode()


def _offset(token: Any, query: Query) -> int:
    """Where the page begins. A token belongs to the query that made it."""
    try:
        found = json.loads(base64.b64decode(str(token), validate=True))
        if found["Of"] == _fingerprint(query):
            return int(found["Row"])
    except (ValueError, KeyError, TypeError):
        pass
    raise QueryError("InvalidSkipToken", "The provided skip token is invalid or belongs to another query.")


def _value(row: Row, path: str, moment: datetime) -> Any:
    return row.type if path == "type" else row.column(path, moment)


def _projected(row: Row, query: Query, moment: datetime) -> Document:
    document = row.make(moment)
    if query.project is None:
        return document
    return {name: dig(document, path) for name, path in query.project}


def _holds(term: Term, value: Any) -> bool:
    text = "" if value is None else str(value)
    folded = text.casefold() if term.fold else text
    return (folded in term.values) is not term.negated


def _sort_key(value: Any) -> str:
    return "" if value is None else str(value)
