"""`arcstep emulate`: the ARM emulator alone, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio

from planner.cli.codes import OK, USAGE
from planner.cli.running import print_out, say
from planner.inventory import clean


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    from planner.emulator.fleet import FleetError
    from planner.emulator.serve import serve_forever

    try:
        asyncio.run(
            serve_forever(arguments.fleet, arguments.port, arguments.speed, lambda line: print_out(f"{line}\n"))
        )
    except FleetError as error:
        say(f"the fleet cannot be used: {error}")
        return USAGE
    except OSError as error:
        say(
            f"port {arguments.port} cannot be used: {clean(error.strerror or str(error))}. Leave --port out for a free one."
        )
        return USAGE
    return OK
