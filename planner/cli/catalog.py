"""`arcstep catalog`: what arcstep knows and how old it is; `arcstep catalog diff`: what an overlay changes."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime

from planner.cli.codes import OK
from planner.cli.knowing import diff_lines, view_lines
from planner.cli.running import knowledge, print_out, say
from planner.insight.view import KnowledgeView, view_of


def run(arguments: argparse.Namespace) -> int:
    """Print the view, or what an overlay changes. Raises CatalogError for an overlay that cannot be used."""
    if getattr(arguments, "deed", None) == "diff":
        return _diff(arguments)
    as_of: date = getattr(arguments, "as_of", datetime.now(UTC)).date()
    view = view_of(knowledge(arguments))
    if getattr(arguments, "json", False):
        from planner.documents.catalogdoc import catalog_document
        from planner.documents.jsontext import encode

        print_out(encode(catalog_document(view, as_of)))
    else:
        print_out("\n".join(view_lines(view, as_of)) + "\n")
    _say_age(view, as_of)
    return OK


def _diff(arguments: argparse.Namespace) -> int:
    from planner.catalogdiff import compare
    from planner.knowledge import load_catalog

    base = getattr(arguments, "catalog", ())
    found = compare(load_catalog(base), load_catalog((*base, arguments.overlay)))
    if getattr(arguments, "json", False):
        from planner.documents.catalogdoc import diff_document
        from planner.documents.jsontext import encode

        print_out(encode(diff_document(found)))
    else:
        print_out("\n".join(diff_lines(found)) + "\n")
    return OK


def _say_age(view: KnowledgeView, as_of: date) -> None:
    """The catalog's age warns; it never changes a verdict."""
    if view.is_old(as_of):
        say(f"the newest fact is {view.age(as_of)} days old on {as_of}; compare with Microsoft's pages.")
