"""Every command of a plan document does in a shell what its list of arguments says, and `az aksarc` knows it.

Bash is the real one. PowerShell is read by the rules of its documentation (about_Quoting_Rules, about_Parsing), written
out below, since it is not at hand where the tests run.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cli.arguments import build_parser
from planner.documents.markdown import read, render
from planner.documents.marks import bash, command_blocks, powershell
from planner.goals import parse_goal
from planner.inventory import clean
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import Plan
from planner.planning import build_plan
from planner.support import Judge
from tests.builders import cluster, inventory, offered, pool
from tests.documents import az
from tests.golden.situations import FOLDER, SITUATIONS

HOSTILE = 'it\'s $(touch boo) `id`; ‘x’ "y" & | > #'
NAMES = ("az", "kubectl", "arcstep")


def hostile_plan() -> Plan:
    """A cluster, a pool and a group whose names are written for a shell."""
    catalog = load_catalog()
    subject = cluster(HOSTILE, "1.33.5", pools=[pool(HOSTILE, "1.33.5")], resource_group=HOSTILE)
    fleet = inventory(subject, release="2604", live=offered(["1.31.13", "1.32.9", "1.33.5"]))
    judge = Judge(fleet, catalog, fleet.as_of)
    older = replace(subject, version=cluster(running="1.32.9").version, pools=cluster(running="1.32.9").pools)
    return build_plan(older, parse_goal("latest", catalog), judge, Routes(catalog))


def texts() -> list[str]:
    return [(FOLDER / f"{name}.md").read_text("utf-8") for name in SITUATIONS] + [render(hostile_plan())]


def commands(text: str) -> list[tuple[str, ...]]:
    plan = read(text, "p.md").plan
    assert plan is not None
    return [command.argv for step in plan.steps for command in step.commands]


def blocks(text: str, *languages: str) -> list[str]:
    found = re.findall(r"^(`{3,})(\w+)\n(.*?)\n\1$", text.partition("<!-- arcstep:plan")[0], re.MULTILINE | re.DOTALL)
    return [content for _, language, content in found if language in languages]


def is_cmdlet(argv: tuple[str, ...]) -> bool:
    return argv[0].startswith("Get-")


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A folder that holds nothing but the stand-ins."""
    for name in NAMES:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{az.__file__}" {name} "$@"\n', "utf-8")
        path.chmod(0o755)
    return tmp_path


def run(bench: Path, script: str) -> list[tuple[str, ...]]:
    """The arguments that arrived when bash ran the script. Fails where a stand-in did not take them."""
    shell, seen = shutil.which("bash"), bench / "seen"
    assert shell is not None
    seen.write_bytes(b"")
    environment = {"PATH": str(bench / "bin"), "ARGUMENTS_SEEN": str(seen), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [shell, "--norc", "-eu", "-c", script], env=environment, cwd=bench, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    return [tuple(json.loads(line)) for line in seen.read_text("utf-8").splitlines()]


def test_every_command_arrives_in_bash_as_it_stands_in_the_data(bench: Path) -> None:
    wanted: dict[str, tuple[str, ...]] = {}
    for text in texts():
        written = blocks(text, "bash", "sh")
        named = [argv for argv in commands(text) if not is_cmdlet(argv)]
        assert len(written) == len(named)
        wanted |= dict(zip(written, named, strict=True))
    assert {argv[:3] for argv in wanted.values() if argv[0] == "az"} == {
        *(("az", "aksarc", verb) for verb in ("get-upgrades", "upgrade", "show", "nodepool")),
    }
    assert run(bench, "\n".join(wanted)) == list(wanted.values())
    assert sorted(path.name for path in bench.iterdir()) == ["bin", "seen"]


def test_commands_for_arcstep_are_taken_by_arcstep() -> None:
    own = [argv for text in texts() for argv in commands(text) if argv[0] == "arcstep"]
    assert own
    for argv in own:
        assert build_parser().parse_args(argv[1:]).verb in ("plan", "whatif")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("vm list", "only az aksarc"),
        ("aksarc start --name a --resource-group b", "no verb"),
        ("aksarc upgrade --name a", "needs --resource-group"),
        ("aksarc upgrade --name a --resource-group b --node-image-only", "no value"),
        ("aksarc upgrade --name a --resource-group b --kubernetes-version 1.33", "not a value"),
        ("aksarc nodepool scale --cluster-name a --name b --resource-group c --node-count x", "not a value"),
        ("aksarc show --name a --name b --resource-group c", "twice"),
        ("aksarc show a", "no option"),
        ("aksarc show --name a --resource-group b --force c", "does not take --force"),
        ("aksarc get-versions --resource-group b", "does not take"),
    ],
)
def test_the_stand_in_can_refuse(arguments: str, word: str) -> None:
    assert word in az.complaint(arguments.split())


def test_the_stand_in_takes_what_is_documented() -> None:
    assert az.complaint(["aksarc", "upgrade", "-g", "b", "-n", "a", "--kubernetes-version", "1.33.5", "--yes"]) == ""
    assert az.complaint(["aksarc", "get-versions", "--custom-location", "/subscriptions/x"]) == ""


# -- PowerShell --

QUOTES = "'‘’‚‛"
"""PowerShell takes each of these for a single quote."""
BARE = re.compile(r"[A-Za-z0-9_./:=+-]")
"""Characters that mean nothing in a word of its own; everything else has to be quoted."""


def powershell_arguments(line: str) -> tuple[str, ...]:
    """The arguments PowerShell makes of a command: bare words, single quotes doubled inside, a backtick before a line end."""
    words: list[str] = []
    place, word = 0, ""
    open_word = False
    line = line.removeprefix("& ")
    while place < len(line):
        letter = line[place]
        if letter in QUOTES:
            end = place + 1
            while line[end] not in QUOTES or line[end + 1 : end + 2] in [*QUOTES]:
                word += line[end]
                end += 2 if line[end] in QUOTES else 1
            place, open_word = end, True
        elif letter == " " or (letter == "`" and line[place + 1] == "\n"):
            words += [word] if open_word else []
            word, open_word = "", False
            place += letter == "`"
        else:
            assert BARE.fullmatch(letter), f"{letter!r} stands unquoted in {line!r}"
            word, open_word = word + letter, True
        place += 1
    return (*words, *([word] if open_word else []))


def test_every_command_reads_the_same_in_powershell() -> None:
    for text in texts():
        written = blocks(text, "powershell", "sh")
        assert [powershell_arguments(line) for line in written] == commands(text)


@given(argv=st.lists(st.text(st.characters(codec="utf-8"), max_size=20).map(clean), min_size=1, max_size=5).map(tuple))
def test_any_text_is_one_argument_in_powershell(argv: tuple[str, ...]) -> None:
    assert powershell_arguments(powershell(argv)) == argv


def test_any_text_is_one_argument_in_bash(bench: Path) -> None:
    odd = [HOSTILE, "", " ", "~", "*", "!!", "-n", "a\\", "$'x'", "{a,b}", "ä→\N{OGHAM SPACE MARK}", "\t"]
    for argv in (("kubectl", *odd), ("kubectl", *(f"--{word}" for word in odd), "x" * 90)):
        assert run(bench, bash(argv)) == [argv]


def test_what_both_shells_read_alike_stands_once() -> None:
    argv = ("az", "aksarc", "show", "--name", "c", "--resource-group", "g" * 80, "--subscription", "s" * 36)
    once = command_blocks(argv, "how it stands")
    assert once[0] == "**Bash and PowerShell:** how it stands" and once.count("```sh") == 1
    changing = "\n".join(command_blocks((*argv[:2], "upgrade", *argv[3:]), "moves it"))
    assert "```bash" in changing and "```powershell" in changing and " \\\n  --name c" in changing
    quoted = "\n".join(command_blocks((*argv[:4], "it's", *argv[5:]), "how it stands"))
    assert "'it'\"'\"'s'" in quoted and "'it''s'" in quoted
