"""Arguments: the parser, and the source they name. Cheap to import, since every start passes here."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

import planner
from planner.cli.codes import MEANINGS

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from planner.emulator.mishaps import Named
    from planner.sources import SourceSpec

DEFAULT_WITHIN: Final = 45
_UNSET: Final = argparse.SUPPRESS


def build_parser() -> argparse.ArgumentParser:
    """The parser of `arcstep`. Without a verb `verb` is not set, and the app is meant."""
    parser = argparse.ArgumentParser(
        prog="arcstep",
        description="Plan the climb of AKS clusters on Azure Local: releases and Kubernetes versions on one path.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"arcstep {planner.__version__}")
    source_arguments(parser)
    _allow_upgrades(parser.add_argument_group("walk"))
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=False)
    _check(verbs)
    _plan(verbs)
    _snapshot(verbs)
    _show(verbs)
    _drift(verbs)
    _walk(verbs)
    _emulate(verbs)
    _catalog(verbs)
    _whatif(verbs)
    return parser


def source_arguments(parser: argparse.ArgumentParser) -> None:
    """Where facts come from, and what goes with every verb. What is not given is not set, see `spec_from`."""
    source = parser.add_argument_group("source", "live unless --demo or --from is given")
    which = source.add_mutually_exclusive_group()
    which.add_argument("--demo", action="store_true", default=_UNSET, help="the embedded demo fleet, without Azure")
    which.add_argument("--from", dest="file", metavar="FILE", type=_path, default=_UNSET, help="a file, offline")
    source.add_argument("--subscription", metavar="ID", action="append", default=_UNSET, help="only this one (repeat)")
    source.add_argument("--tenant", metavar="ID", default=_UNSET, help="sign in to this tenant")
    source.add_argument(
        "--auth", choices=("az", "env"), default=_UNSET, help="az login (default), or AZURE_* variables"
    )
    source.add_argument("--arm-endpoint", metavar="URL", default=_UNSET, help="another ARM endpoint, on this machine")
    source.add_argument("--ca-bundle", metavar="FILE", type=_path, default=_UNSET, help="PEM file to trust as well")
    _everywhere(parser)


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


def moment(text: str) -> datetime:
    """A date (its first moment in UTC) or a moment; without a zone it is UTC. For argparse."""
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-05-20") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _everywhere(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("everywhere")
    group.add_argument("--as-of", metavar="DATE", type=moment, default=_UNSET, help="judge at this moment")
    group.add_argument(
        "--catalog",
        metavar="OVERLAY.toml",
        type=_path,
        action="append",
        default=_UNSET,
        help="knowledge to lay on (repeat)",
    )
    group.add_argument("--no-color", action="store_true", default=_UNSET, help="no colour")
    group.add_argument("--ascii", action="store_true", default=_UNSET, help="plain letters instead of symbols")


def _codes() -> str:
    codes = "\n".join(f"  {number:>3}  {meaning}" for number, meaning in MEANINGS)
    return f"exit codes, the highest that applies:\n{codes}"


def _epilog() -> str:
    return f"{_codes()}\n\nWithout a verb the app opens. arcstep VERB --help says more."


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],  # pyright: ignore[reportPrivateUsage]
    name: str,
    summary: str,
) -> argparse.ArgumentParser:
    return verbs.add_parser(name, help=summary, description=f"{summary}.", allow_abbrev=False)


def _check(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "check", "every cluster with its support state, worst first")
    parser.add_argument("--within", metavar="DAYS", type=_days, default=DEFAULT_WITHIN, help="warn this early (45)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON, see docs/schema/check.schema.json")
    form.add_argument("--md", action="store_true", help="a markdown table")
    parser.add_argument("--junit", metavar="FILE", type=_path, help="save it as JUnit XML too, for a pipeline")
    source_arguments(parser)


def _plan(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "plan", "the path of one cluster to a goal, as a document")
    parser.add_argument("cluster", metavar="CLUSTER", help="name, RESOURCEGROUP/name or ARM id")
    parser.add_argument(
        "--to", metavar="GOAL", required=True, help="latest, supported, os-patch, a minor (1.32) or a version (1.32.9)"
    )
    parser.add_argument("--out", metavar="FILE.md", type=_path, help="save the plan document here")
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/plan.schema.json")
    parser.add_argument(
        "--accept",
        metavar="ID:REASON:DATE",
        action="append",
        default=[],
        help="accept a named risk until a day (repeat)",
    )
    parser.add_argument(
        "--calendar", metavar="FILE.toml", type=_path, help="windows, freezes and waits, see docs/calendar.md"
    )
    _redaction(parser)
    source_arguments(parser)


def _snapshot(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "snapshot", "everything that can be read, in a file for later")
    parser.add_argument("--out", metavar="FILE", type=_path, required=True, help="where to save it")
    parser.add_argument("--overview", action="store_true", help="skip profile and pools of each cluster: faster, less")
    _redaction(parser)
    source_arguments(parser)


def _show(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "show", "read a saved plan back, and say where it was changed")
    parser.add_argument("plan", metavar="PLAN.md", type=_path, help="a plan document")
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/show.schema.json")
    parser.add_argument("--ics", metavar="FILE", type=_path, help="save its dated limits as a calendar")
    parser.add_argument("--html", metavar="FILE", type=_path, help="save it as one page for printing")
    parser.add_argument("--ticket", metavar="FILE", type=_path, help="save the fields of a change ticket, as JSON")
    parser.add_argument("--key", metavar="FILE", type=_path, help="real names for a redacted plan (PLAN.key.json)")
    _everywhere(parser)


def _redaction(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--redact", action="store_true", help="aliases for names, ids, people, tags and messages")
    parser.add_argument(
        "--key", metavar="FILE", type=_path, help="where aliases are kept (beside --out: NAME.key.json)"
    )


def _drift(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "drift", "a saved plan against newer facts, step by step, with the cause")
    parser.add_argument("plan", metavar="PLAN.md", type=_path, help="a plan document")
    parser.add_argument("--out", metavar="FILE.md", type=_path, help="plan again, and save the next revision here")
    parser.add_argument(
        "--with", dest="other", metavar="NEW.md", type=_path, help="against another saved plan; no fact is read"
    )
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/drift.schema.json")
    source_arguments(parser)


def _walk(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    from planner.emulator.mishaps import MEANINGS as FAULTS

    parser = _verb(verbs, "walk", "a saved plan, step by step; read-only unless upgrades are allowed")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    faults = "\n".join(f"  {fault:<13} {meaning}" for fault, meaning in FAULTS.items())
    parser.epilog = f"{_REHEARSING}\n\nfaults of a rehearsal:\n{faults}\n\n{_codes()}"
    parser.add_argument("plan", metavar="PLAN.md", type=_path, help="a plan document")
    _allow_upgrades(parser)
    parser.add_argument("--plain", action="store_true", help="questions and answers on plain lines, without a screen")
    group = parser.add_argument_group("rehearsal", "with --demo")
    group.add_argument(
        "--faults", metavar="LIST", type=_faults, default=_UNSET, help="what goes wrong, such as 401,time-out@S03"
    )
    group.add_argument("--speed", metavar="X", type=_haste, default=_UNSET, help="emulated seconds in a second (60)")
    source_arguments(parser)


_REHEARSING: Final = """\
With --demo the plan is rehearsed: on an emulated Azure that starts where the plan starts. Faults are named in a list with
commas; each meets the first upgrade, or that of a step: NAME@S03. A rehearsal that was left is taken up again by the same
command; one that is over or was aborted begins anew."""


def _allow_upgrades(group: argparse._ActionsContainer) -> None:  # pyright: ignore[reportPrivateUsage]
    group.add_argument(
        "--allow-upgrades",
        action="store_true",
        default=_UNSET,
        help="let a walk upgrade, each time after the cluster's name was typed",
    )


def _emulate(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "emulate", "the ARM emulator alone; prints its URL and CA file")
    parser.add_argument("--fleet", metavar="FILE", type=_path, help="a fleet as TOML (the demo fleet)")
    parser.add_argument("--port", metavar="N", type=_port, default=0, help="port on loopback (a free one)")
    parser.add_argument("--speed", metavar="X", type=_speed, default=1.0, help="emulated seconds in a second (1)")
    _everywhere(parser)


def _whatif(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "whatif", "what an update of the hosts would do to each of their clusters")
    parser.add_argument("instance", metavar="INSTANCE", help="name, RESOURCEGROUP/name or ARM id")
    parser.add_argument("--release", metavar="R", help="a release such as 2510 or 12.2510 (the next one)")
    parser.add_argument("--json", action="store_true", help="JSON, see docs/schema/whatif.schema.json")
    source_arguments(parser)


def _catalog(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _verb(verbs, "catalog", "what arcstep knows: releases, versions, contradictions, and how old each fact is")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _KNOWING
    parser.add_argument("--json", action="store_true", default=_UNSET, help="JSON, see docs/schema/catalog.schema.json")
    _everywhere(parser)
    deeds = parser.add_subparsers(title="instead of the view", metavar="diff", dest="deed", required=False)
    diff = _verb(deeds, "diff", "what an overlay changes in the knowledge, and what follows from it")
    diff.add_argument("overlay", metavar="OVERLAY.toml", type=_path, help="the overlay to look at")
    diff.add_argument("--json", action="store_true", default=_UNSET, help="see docs/schema/catalog-diff.schema.json")
    _everywhere(diff)


_KNOWING: Final = """\
Shown are: which release offers which patches ("?" where nobody published the list), which minors a release strands, both
ends of every minor, where documents disagree, and the age of every document. Ages are counted to --as-of, else to today.
With --catalog the view holds the overlay; with diff what it changes is set against the catalog without it."""


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def _days(text: str) -> int:
    return _number(text, 0, 36500, "a number of days")


def _port(text: str) -> int:
    return _number(text, 0, 65535, "a port")


def _number(text: str, least: int, most: int, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {least} to {most}")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed such as 60")
    return speed


def _haste(text: str) -> float:
    """A speed at which a walk gets on."""
    if (speed := _speed(text)) <= 0:
        raise argparse.ArgumentTypeError("time would stand still, and the walk with it")
    return speed


def _faults(text: str) -> tuple[Named, ...]:
    from planner.emulator.mishaps import MishapError, parse_mishaps

    try:
        return parse_mishaps(text)
    except MishapError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
