"""Arguments: the parser, and the source they name. Cheap to import, since every start passes here."""

from __future__ import annotations

import argparse
from functools import cache
from typing import TYPE_CHECKING

import planner
from planner.cli.options import allow_upgrades, calendar, codes, source_arguments
from planner.cli.verbs import add_verbs

if TYPE_CHECKING:
    from planner.sources import SourceSpec

__all__ = ["build_parser", "source_arguments", "spec_from"]


@cache
def build_parser() -> argparse.ArgumentParser:
    """The parser of `arcstep`, made once. Without a verb `verb` is not set, and the app is meant."""
    parser = argparse.ArgumentParser(
        prog="arcstep",
        description="Plan the climb of AKS clusters on Azure Local: releases and Kubernetes versions on one path.",
        epilog=f"{codes()}\n\nWithout a verb the app opens. arcstep VERB --help says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"arcstep {planner.__version__}")
    source_arguments(parser)
    allow_upgrades(parser.add_argument_group("walk"))
    calendar(parser.add_argument_group("plans"))
    add_verbs(parser.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=False))
    return parser


def spec_from(arguments: argparse.Namespace) -> SourceSpec:
    """The source the arguments name. Raises SourceError where they contradict each other."""
    from planner.ports import SourceError
    from planner.sources import SourceSpec

    given = vars(arguments)
    live = [name for name in ("subscription", "tenant", "auth", "arm_endpoint", "ca_bundle") if name in given]
    kind = "demo" if given.get("demo") else "file" if "file" in given else "live"
    if kind != "live" and live:
        option = f"--{live[0].replace('_', '-')}"
        raise SourceError("The source is not clear", f"{option} is for live reading only.", f"Leave {option} out.", 2)
    if kind == "demo" and "file" in given:
        raise SourceError("The source is not clear", "--demo and --from exclude each other.", "Give one of them.", 2)
    return SourceSpec(
        kind=kind,
        file=given.get("file"),
        subscriptions=tuple(given.get("subscription", ())),
        tenant=given.get("tenant"),
        auth=given.get("auth", "az"),
        arm_endpoint=given.get("arm_endpoint"),
        ca_bundle=given.get("ca_bundle"),
        as_of=given.get("as_of"),
        overlays=tuple(given.get("catalog", ())),
    )
