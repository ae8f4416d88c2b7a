"""The small part of the Kusto language that single-table Resource Graph queries need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Query", "QueryError", "Term", "parse_query"]


class QueryError(Exception):
    """A query Resource Graph refuses: the inner code and message of its 400 answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of a `where`: the value of `path` is, or is not, one of `values`."""

    path: str
    values: frozenset[str]
    fold: bool
    """Compare without case (=~, in~)."""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query of one table."""

    text: str
    table: str
    where: tuple[Term, ...]
    project: tuple[tuple[str, str], ...] | None
    """(column name, dotted path) pairs; None = all columns."""
    order: tuple[tuple[str, bool], ...]
    """(path, descending) pairs."""
    take: int | None
    count: bool

    @property
    def projects_id(self) -> bool:
        """A skip token comes only with the id column."""
        return self.project is None or any(name == "id" for name, _ in self.project)


_PATH: Final = r"[A-Za-z_][\w.]*"
_STRING: Final = r"'[^']*'|\"[^\"]*\""
_PIECE: Final = re.compile(rf"{_STRING}|\||[^|'\"]+")
_COMPARE: Final = re.compile(rf"({_PATH})\s*(=~|==|!~|!=)\s*({_STRING})")
_IN: Final = re.compile(rf"({_PATH})\s+(!?in~?)\s*\(\s*((?:{_STRING})(?:\s*,\s*(?:{_STRING}))*)\s*\)")
_AND: Final = re.compile(rf"((?:{_STRING}|[^'\"])*?)(?:\s+and\s+|$)", re.IGNORECASE | re.DOTALL)
_COLUMN: Final = re.compile(rf"(?:({_PATH})\s*=\s*)?(?:(?:tostring|tolower)\(\s*({_PATH})\s*\)|({_PATH}))")
_ORDER: Final = re.compile(rf"({_PATH})(?:\s+(asc|desc))?", re.IGNORECASE)
_JOIN: Final = re.compile(r"^(join|union|lookup)\b", re.IGNORECASE)
_TABLE: Final = re.compile(r"[A-Za-z]+")


def parse_query(text: Any) -> Query:
    """Read a query. Raises QueryError where Resource Graph would refuse it, or where it goes beyond this emulator."""
    if not isinstance(text, str) or not text.strip():
        raise QueryError("InvalidQuery", "Query is missing or empty.")
    head, *stages = _stages(text)
    if not _TABLE.fullmatch(head):
        raise QueryError("ParserFailure", f"ParserFailure: a table name was expected, not {head[:40]!r}")
    where: list[Term] = []
    project: tuple[tuple[str, str], ...] | None = None
    order: tuple[tuple[str, bool], ...] = ()
    take: int | None = None
    count = False
    for stage in stages:
        word, _, rest = stage.partition(" ")
        match word.casefold():
            case "where":
                where += _terms(rest)
            case "project":
                project = tuple(_columns(rest))
            case "order" | "sort":
                order = tuple(_orders(rest))
            case "take" | "limit" if rest.strip().isdigit():
                take = int(rest)
            case "count" if not rest.strip():
                count = True
            case _:
                raise _refusal(stage)
    return Query(" ".join(text.split()), head.casefold(), tuple(where), project, order, take, count)


def _stages(text: str) -> list[str]:
    """The parts between pipes, with pipes inside strings left alone and white space evened out."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("//"))
    stages = [""]
    for piece in _PIECE.findall("\n".join(lines)):
        if piece == "|":
            stages.append("")
        else:
            stages[-1] += piece if piece[0] in "'\"" else re.sub(r"\s+", " ", piece)
    return [stage.strip() for stage in stages]


def _refusal(stage: str) -> QueryError:
    if _JOIN.match(stage):
        table = re.search(r"\(\s*(\w+)", stage)
        name = table[1] if table else "extensibilityresources"
        message = f"Table {name} was referenced as right table 2 times, which exceeded the limit of 1."
        return QueryError("DisallowedMaxNumberOfRemoteTables", message)
    return QueryError("ParserFailure", f"ParserFailure: unexpected {stage[:40]!r}")


def _unquoted(text: str) -> list[str]:
    return [found[1:-1] for found in re.findall(_STRING, text)]


def _terms(text: str) -> list[Term]:
    terms: list[Term] = []
    for clause in filter(None, (found.strip() for found in _AND.findall(text))):
        found = _COMPARE.fullmatch(clause) or _IN.fullmatch(clause)
        if not found:
            raise QueryError("ParserFailure", f"ParserFailure: unexpected {clause[:40]!r} in where")
        fold = "~" in found[2]
        values = (value.casefold() if fold else value for value in _unquoted(found[3]))
        terms.append(Term(found[1], frozenset(values), fold, negated=found[2].startswith("!")))
    return terms


def _columns(text: str) -> list[tuple[str, str]]:
    columns: list[tuple[str, str]] = []
    for part in text.split(","):
        found = _COLUMN.fullmatch(part.strip())
        if not found:
            raise QueryError("ParserFailure", f"ParserFailure: unexpected {part.strip()[:40]!r} in project")
        path = found[2] or found[3]
        columns.append((found[1] or path.replace(".", "_"), path))
    return columns


def _orders(text: str) -> list[tuple[str, bool]]:
    word, _, rest = text.partition(" ")
    orders: list[tuple[str, bool]] = []
    for part in rest.split(",") if word.casefold() == "by" else [""]:
        found = _ORDER.fullmatch(part.strip())
        if not found:
            raise QueryError("ParserFailure", f"ParserFailure: unexpected {text[:40]!r} in order")
        orders.append((found[1], (found[2] or "desc").casefold() == "desc"))
    return orders
