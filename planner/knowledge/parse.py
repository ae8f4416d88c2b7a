"""Text of the knowledge files to a `Catalog`: read, merge overlays, convert, check. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar, cast

from planner.catalog import Catalog, CatalogError
from planner.inventory import clean
from planner.knowledge import checks, shapes
from planner.knowledge.entry import UNKNOWN, Entry, shown

T = TypeVar("T")

_ID: Final = {
    "source": "key",
    "release": "key",
    "minor": "minor",
    "windows": "sku",
    "risk": "id",
    "dispute": "id",
    "policy": "id",
    "scope": "id",
    "section": "title",
    "removed_api": "api",
    "hop": "origin",
}
"""Kinds of entry and the key that names each."""
_HEAD: Final = "catalog"


@dataclass(slots=True)
class _Raw:
    """An entry before conversion, and the file to blame."""

    file: str
    values: dict[str, Any]
    overlay: str | None = None


_Shelf = dict[str, dict[str, _Raw]]
"""Entries by kind and id, in the order of the files."""


def parse(files: Mapping[str, str], overlays: Sequence[tuple[str, str]] = ()) -> Catalog:
    """The catalog from (file name → text), with overlays (name, text) laid on in order.

    An overlay adds complete entries and changes single keys of entries that exist. Raises CatalogError, which names
    file, entry and reason.
    """
    shelf: _Shelf = {kind: {} for kind in _ID}
    head: _Raw | None = None
    for file, text in files.items():
        tables = _read(file, text)
        if _HEAD in tables:
            head = _Raw(file, _head(file, tables.pop(_HEAD)))
        for kind, name, values in _entries(file, tables):
            if name in shelf[kind]:
                raise CatalogError(f"{file}: {kind} {shown(name)}: stated twice, also in {shelf[kind][name].file}")
            shelf[kind][name] = _Raw(file, values)
    if head is None:
        raise CatalogError(f"{', '.join(files) or 'no file'}: no [catalog] table with newest_fact and compiled")
    for file, text in overlays:
        _lay(shelf, head, file, text)
    return _assemble(shelf, head, tuple(file for file, _ in overlays))


def _read(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise CatalogError(f"{file}: not valid TOML: nested too deeply") from None
    except ValueError as problem:
        raise CatalogError(f"{file}: not valid TOML: {clean(str(problem), 200)}") from None


def _head(file: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CatalogError(f"{file}: catalog: must be a table")
    return dict(cast("dict[str, Any]", value))


def _entries(file: str, tables: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    found: list[tuple[str, str, dict[str, Any]]] = []
    for kind, items in tables.items():
        if kind not in _ID:
            raise CatalogError(f"{file}: {shown(kind)}: unknown kind of entry, known are: {', '.join(_ID)}")
        if not isinstance(items, list):
            raise CatalogError(f"{file}: {kind}: write entries as [[{kind}]]")
        for place, item in enumerate(cast("list[object]", items), 1):
            values = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
            name = values.get(_ID[kind])
            if not isinstance(name, str) or not name.strip():
                raise CatalogError(f"{file}: {kind} number {place}: {_ID[kind]} is missing or not a text")
            found.append((kind, name, values))
    return found


def _lay(shelf: _Shelf, head: _Raw, file: str, text: str) -> None:
    """Lay one overlay on the shelf."""
    tables = _read(file, text)
    if _HEAD in tables:
        head.values |= _head(file, tables.pop(_HEAD))
        head.file = file
    seen: set[tuple[str, str]] = set()
    for kind, name, values in _entries(file, tables):
        if (kind, name) in seen:
            raise CatalogError(f"{file}: {kind} {shown(name)}: stated twice")
        seen.add((kind, name))
        base = shelf[kind].get(name)
        shelf[kind][name] = _Raw(file, _merged(base.values, values) if base else values, overlay=file)


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Base with the changed keys. A value that becomes known sheds its old reason, one that no longer is its source."""
    stale: set[str] = set()
    for key, value in changes.items():
        if (was_unknown := base.get(key) == UNKNOWN) != (value == UNKNOWN):
            stale.add(f"{key}_reason" if was_unknown else f"{key}_source")
    return {key: value for key, value in base.items() if key not in stale} | dict(changes)


def _assemble(shelf: _Shelf, head: _Raw, overlays: tuple[str, ...]) -> Catalog:
    newest, newest_source, compiled = _dates(head)
    releases = _all(shelf, "release", shapes.release)
    minors = _all(shelf, "minor", shapes.minor)
    if overlays:
        releases = tuple(sorted(releases, key=checks.place))
        minors = tuple(sorted(minors, key=lambda entry: entry.minor))
    documents = _all(shelf, "source", shapes.source)
    hops = _all(shelf, "hop", shapes.hop)
    catalog = Catalog(
        newest_fact=newest,
        compiled=compiled,
        releases=releases,
        minors=minors,
        windows=_all(shelf, "windows", shapes.windows),
        risks=_all(shelf, "risk", shapes.risk),
        disputes=_all(shelf, "dispute", shapes.dispute),
        rules=_all(shelf, "policy", shapes.policy),
        scope=_all(shelf, "scope", shapes.scope),
        sections=_all(shelf, "section", shapes.section),
        removed_apis=_all(shelf, "removed_api", shapes.removed_api),
        sources={item.key: str(item) for item in documents},
        documented_hops={origin: targets for origin, targets, _ in hops},
        overlays=overlays,
        documents=documents,
        hop_sources={origin: source for origin, _, source in hops},
        newest_source=newest_source,
    )
    files = {(kind, name): raw.file for kind, raws in shelf.items() for name, raw in raws.items()}
    checks.check(catalog, files | {(_HEAD, "newest_fact_source"): head.file})
    return catalog


def _dates(head: _Raw) -> tuple[date, str, date]:
    entry = Entry(head.file, _HEAD, head.values)
    found = entry.day("newest_fact"), entry.sources("newest_fact_source"), entry.day("compiled")
    entry.close()
    if found[2] < found[0]:
        entry.fail(f"compiled {found[2]} is before newest_fact {found[0]}")
    return found


def _all(shelf: _Shelf, kind: str, convert: Callable[[Entry], T]) -> tuple[T, ...]:
    found: list[T] = []
    for name, raw in shelf[kind].items():
        entry = Entry(raw.file, f"{kind} {shown(name)}", raw.values, raw.overlay)
        found.append(convert(entry))
        entry.close()
    return tuple(found)
