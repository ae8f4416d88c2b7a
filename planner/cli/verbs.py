"""The verbs and what each takes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from planner.cli.options import UNSET, allow_upgrades, calendar, codes, everywhere, redaction, source_arguments
from planner.cli.values import days, faults, haste, path, port, speed

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # pyright: ignore[reportPrivateUsage]

DEFAULT_WITHIN: Final = 45


def add_verbs(verbs: Verbs) -> None:
    """All of them, in the order of the help text."""
    for add in (_check, _plan, _snapshot, _show, _drift, _walk, _whatif, _catalog, _emulate):
        add(verbs)


def _verb(
    verbs: Verbs,
    name: str,
    summary: str,
) -> argparse.ArgumentParser:
    return verbs.add_parser(name, help=summary, description=f"{summary}.", allow_abbrev=False)


def _check(verbs: Verbs) -> None:
    parser = _verb(verbs, "check", "every cluster with its support state, worst first")
    parser.add_argument("--within", metavar="DAYS", type=days, default=DEFAULT_WITHIN, help="warn this early (45)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON, see docs/schema/check.schema.json")
    form.add_argument("--md", action="store_true", help="a markdown table")
    parser.add_argument("--junit", metavar="FILE", type=path, help="save it as JUnit XML too, for a pipeline")
    source_arguments(parser)


def _plan(verbs: Verbs) -> None:
    parser = _verb(
        verbs, "plan", "the path of a cluster to a goal, or one order for all clusters of instances, as a document"
    )
    parser.add_argument("cluster", metavar="CLUSTER", nargs="?", help="name, RESOURCEGROUP/name or ARM id")
    parser.add_argument(
        "--instance",
        metavar="NAME",
        action="append",
        default=[],
        help="instead of CLUSTER: all clusters of this instance (repeat; store-* for many)",
    )
    parser.add_argument(
        "--to",
        metavar="GOAL",
        required=True,
        help="latest, supported, os-patch, a minor (1.32), a version (1.32.9) or a release of Azure Local (2510)",
    )
    parser.add_argument("--out", metavar="FILE.md", type=path, help="save the plan document here")
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/plan.schema.json")
    parser.add_argument(
        "--accept",
        metavar="ID:REASON:DATE",
        action="append",
        default=[],
        help="accept a named risk until a day (repeat)",
    )
    calendar(parser)
    redaction(parser)
    source_arguments(parser)


def _snapshot(verbs: Verbs) -> None:
    parser = _verb(verbs, "snapshot", "everything that can be read, in a file for later")
    parser.add_argument("--out", metavar="FILE", type=path, required=True, help="where to save it")
    parser.add_argument("--overview", action="store_true", help="skip profile and pools of each cluster: faster, less")
    redaction(parser)
    source_arguments(parser)


def _show(verbs: Verbs) -> None:
    parser = _verb(verbs, "show", "read a saved plan back, and say where it was changed")
    parser.add_argument("plan", metavar="PLAN.md", type=path, help="a plan document")
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/show.schema.json")
    parser.add_argument("--ics", metavar="FILE", type=path, help="save its dated limits as a calendar")
    parser.add_argument("--html", metavar="FILE", type=path, help="save it as one page for printing")
    parser.add_argument("--ticket", metavar="FILE", type=path, help="save the fields of a change ticket, as JSON")
    parser.add_argument("--key", metavar="FILE", type=path, help="real names for a redacted plan (PLAN.key.json)")
    everywhere(parser)


def _drift(verbs: Verbs) -> None:
    parser = _verb(verbs, "drift", "a saved plan against newer facts, step by step, with the cause")
    parser.add_argument("plan", metavar="PLAN.md", type=path, help="a plan document")
    parser.add_argument("--out", metavar="FILE.md", type=path, help="plan again, and save the next revision here")
    calendar(parser)
    parser.add_argument(
        "--with", dest="other", metavar="NEW.md", type=path, help="against another saved plan; no fact is read"
    )
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/drift.schema.json")
    source_arguments(parser)


def _walk(verbs: Verbs) -> None:
    from planner.emulator.mishaps import MEANINGS as FAULTS

    parser = _verb(verbs, "walk", "a saved plan, step by step; read-only unless upgrades are allowed")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    listed = "\n".join(f"  {fault:<13} {meaning}" for fault, meaning in FAULTS.items())
    parser.epilog = f"{_REHEARSING}\n\nfaults of a rehearsal:\n{listed}\n\n{codes()}"
    parser.add_argument("plan", metavar="PLAN.md", type=path, help="a plan document")
    allow_upgrades(parser)
    parser.add_argument("--plain", action="store_true", help="questions and answers on plain lines, without a screen")
    group = parser.add_argument_group("rehearsal", "with --demo")
    group.add_argument(
        "--faults", metavar="LIST", type=faults, default=UNSET, help="what goes wrong, such as 401,time-out@S03"
    )
    group.add_argument("--speed", metavar="X", type=haste, default=UNSET, help="emulated seconds in a second (60)")
    source_arguments(parser)


_REHEARSING: Final = """\
With --demo the plan is rehearsed: on an emulated Azure that starts where the plan starts. Faults are named in a list with
commas; each meets the first upgrade, or that of a step: NAME@S03. A rehearsal that was left is taken up again by the same
command; one that is over or was aborted begins anew."""


def _emulate(verbs: Verbs) -> None:
    parser = _verb(verbs, "emulate", "the ARM emulator alone; prints its URL and CA file")
    parser.add_argument("--fleet", metavar="FILE", type=path, help="a fleet as TOML (the demo fleet)")
    parser.add_argument("--port", metavar="N", type=port, default=0, help="port on loopback (a free one)")
    parser.add_argument("--speed", metavar="X", type=speed, default=1.0, help="emulated seconds in a second (1)")
    everywhere(parser)


def _whatif(verbs: Verbs) -> None:
    parser = _verb(verbs, "whatif", "what an update of the hosts would do to each of their clusters")
    parser.add_argument("instance", metavar="INSTANCE", help="name, RESOURCEGROUP/name or ARM id")
    parser.add_argument("--release", metavar="R", help="a release such as 2510 or 12.2510 (the next one)")
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/whatif.schema.json")
    source_arguments(parser)


def _catalog(verbs: Verbs) -> None:
    parser = _verb(verbs, "catalog", "what arcstep knows: releases, versions, contradictions, and how old each fact is")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _KNOWING
    parser.add_argument("--json", action="store_true", default=UNSET, help="JSON, see docs/schema/catalog.schema.json")
    everywhere(parser)
    deeds = parser.add_subparsers(title="instead of the view", metavar="diff", dest="deed", required=False)
    diff = _verb(deeds, "diff", "what an overlay changes in the knowledge, and what follows from it")
    diff.add_argument("overlay", metavar="OVERLAY.toml", type=path, help="the overlay to look at")
    diff.add_argument("--json", action="store_true", default=UNSET, help="see docs/schema/catalog-diff.schema.json")
    everywhere(diff)


_KNOWING: Final = """\
Shown are: which release offers which patches ("?" where nobody published the list), which minors a release strands, both
ends of every minor, where documents disagree, and the age of every document. Ages are counted to --as-of, else to today.
With --catalog the view holds the overlay; with diff what it changes is set against the catalog without it."""
