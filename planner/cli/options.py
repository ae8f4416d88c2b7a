"""Options that several verbs share: where facts come from, what every verb takes. What is not given is not set."""

from __future__ import annotations

import argparse
from typing import Final

from planner.cli.codes import MEANINGS
from planner.cli.values import moment, path

UNSET: Final = argparse.SUPPRESS


def source_arguments(parser: argparse.ArgumentParser) -> None:
    """Where facts come from, and what goes with every verb. What is not given is not set, see `spec_from`."""
    source = parser.add_argument_group("source", "live unless --demo or --from is given")
    which = source.add_mutually_exclusive_group()
    which.add_argument("--demo", action="store_true", default=UNSET, help="the embedded demo fleet, without Azure")
    which.add_argument("--from", dest="file", metavar="FILE", type=path, default=UNSET, help="a file, offline")
    source.add_argument("--subscription", metavar="ID", action="append", default=UNSET, help="only this one (repeat)")
    source.add_argument("--tenant", metavar="ID", default=UNSET, help="sign in to this tenant")
    source.add_argument("--auth", choices=("az", "env"), default=UNSET, help="az login (default), or AZURE_* variables")
    source.add_argument("--arm-endpoint", metavar="URL", default=UNSET, help="another ARM endpoint, on this machine")
    source.add_argument("--ca-bundle", metavar="FILE", type=path, default=UNSET, help="PEM file to trust as well")
    everywhere(parser)


def everywhere(parser: argparse.ArgumentParser) -> None:
    """What every verb takes."""
    group = parser.add_argument_group("everywhere")
    group.add_argument("--as-of", metavar="DATE", type=moment, default=UNSET, help="judge at this moment")
    group.add_argument(
        "--catalog",
        metavar="OVERLAY.toml",
        type=path,
        action="append",
        default=UNSET,
        help="knowledge to lay on (repeat)",
    )
    group.add_argument("--no-color", action="store_true", default=UNSET, help="no colour")
    group.add_argument("--ascii", action="store_true", default=UNSET, help="plain letters instead of symbols")


def redaction(parser: argparse.ArgumentParser) -> None:
    """Aliases in the place of names."""
    parser.add_argument("--redact", action="store_true", help="aliases for names, ids, people, tags and messages")
    parser.add_argument("--key", metavar="FILE", type=path, help="where aliases are kept (beside --out: NAME.key.json)")


def allow_upgrades(group: argparse._ActionsContainer) -> None:  # pyright: ignore[reportPrivateUsage]
    """The one switch without which nothing is ever written to Azure."""
    group.add_argument(
        "--allow-upgrades",
        action="store_true",
        default=UNSET,
        help="let a walk upgrade, each time after the cluster's name was typed",
    )


def calendar(group: argparse._ActionsContainer) -> None:  # pyright: ignore[reportPrivateUsage]
    """What plans keep to."""
    group.add_argument(
        "--calendar",
        metavar="FILE.toml",
        type=path,
        default=UNSET,
        help="windows, freezes and waits, see docs/calendar.md",
    )


def codes() -> str:
    """The exit codes, for the end of a help text."""
    rows = "\n".join(f"  {number:>3}  {meaning}" for number, meaning in MEANINGS)
    return f"exit codes, the highest that applies:\n{rows}"
