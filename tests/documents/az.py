"""A stand-in for the commands a plan names: it does nothing but check its arguments and write them down.

Run by a shell under the name of the command. What `az aksarc` takes is what its documentation shows: the upgrade and
node pool pages and the reference of the commands. Exit 2 with a sentence for anything else.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """The options a verb needs, and those it takes besides."""

    needs: frozenset[str]
    takes: frozenset[str] = frozenset()


def _verb(needs: str, takes: str = "") -> Verb:
    return Verb(frozenset(needs.split()), frozenset(takes.split()))


VERBS = {
    "get-upgrades": _verb("--name --resource-group"),
    "upgrade": _verb("--name --resource-group", "--kubernetes-version --yes"),
    "show": _verb("--name --resource-group"),
    "get-versions": _verb("--custom-location"),
    "nodepool list": _verb("--cluster-name --resource-group"),
    "nodepool scale": _verb("--cluster-name --name --node-count --resource-group"),
}
SHORT = {"-n": "--name", "-g": "--resource-group", "-y": "--yes", "-o": "--output"}
EVERYWHERE = frozenset({"--subscription", "--output"})
FLAGS = frozenset({"--yes"})
SHAPES = {
    "--kubernetes-version": r"1\.\d+\.\d+",
    "--node-count": r"\d+",
    "--subscription": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}


def complaint(arguments: list[str]) -> str:
    """What `az` would not take; "" where it takes everything."""
    if arguments[:1] != ["aksarc"]:
        return "only az aksarc is known"
    verb = next((verb for verb in VERBS if arguments[1 : 1 + len(verb.split())] == verb.split()), None)
    if verb is None:
        return f"no verb of az aksarc: {arguments[1:3]}"
    given, wrong = _options(arguments[1 + len(verb.split()) :])
    if wrong:
        return wrong
    known = VERBS[verb].needs | VERBS[verb].takes | EVERYWHERE
    if unknown := sorted(set(given) - known):
        return f"{verb} does not take {', '.join(unknown)}"
    if missing := sorted(VERBS[verb].needs - set(given)):
        return f"{verb} needs {', '.join(missing)}"
    bad = [name for name, shape in SHAPES.items() if name in given and not re.fullmatch(shape, given[name])]
    return f"not a value of {', '.join(bad)}" if bad else ""


def _options(arguments: list[str]) -> tuple[dict[str, str], str]:
    given: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        name = SHORT.get(argument, argument)
        if not name.startswith("--"):
            return given, f"{argument!r} belongs to no option"
        if name in given:
            return given, f"{name} is given twice"
        value = "" if name in FLAGS else next(rest, None)
        if value is None or value.startswith("-"):
            return given, f"{name} has no value"
        given[name] = value
    return given, ""


def main() -> int:
    """Check, and add a line of JSON to the file named in ARGUMENTS_SEEN."""
    name, arguments = sys.argv[1], sys.argv[2:]
    wrong = complaint(arguments) if name == "az" else ""
    if wrong:
        print(f"az: {wrong}", file=sys.stderr)
        return 2
    with open(os.environ["ARGUMENTS_SEEN"], "a", encoding="utf-8") as file:
        file.write(json.dumps([name, *arguments]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
