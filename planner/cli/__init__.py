"""The command line without a screen: arguments, exit codes and the headless verbs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from planner.cli.arguments import build_parser, source_arguments, spec_from
from planner.cli.codes import INTERRUPTED, PIPE_CLOSED, USAGE

__all__ = ["build_parser", "main", "source_arguments", "spec_from"]


def main(argv: Sequence[str]) -> int:
    """Run the verb in `argv` (without the program's name) and return its exit code; never raises.

    Without a verb there is nothing to do here: the app is somebody else's, and one line says so.
    """
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else USAGE
    verb = getattr(arguments, "verb", None)
    if verb is None:
        print("arcstep: the app needs a terminal. Without one use a verb: arcstep check --help", file=sys.stderr)
        return USAGE
    from planner.cli.running import run

    try:
        return run(verb, arguments)
    except KeyboardInterrupt:
        print("\narcstep: interrupted; nothing half-written is left behind.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED
