"""The parts around the program: versions that agree, pins that can be read, a README that shows what is there."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from textual.binding import Binding
from textual.dom import DOMNode

ROOT = Path(__file__).resolve().parent.parent
ARCSTEP = Path(sys.executable).with_name("arcstep")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]+src=\"([^\"]+)\"")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s#]+)[^)]*\)")


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def project() -> dict[str, Any]:
    return tomllib.loads(text("pyproject.toml"))


def tracked() -> list[Path]:
    """Every file that belongs to the project; outside a clone, every file that was delivered."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    pytest.skip("not a git clone, so which files belong to the project is not known")


def test_the_program_and_the_project_name_the_same_version() -> None:
    done = subprocess.run([ARCSTEP, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[:2] == ["arcstep", project()["project"]["version"]]


def test_the_changelog_knows_the_version() -> None:
    assert f"\n## [{project()['project']['version']}]" in text("CHANGELOG.md")


def test_constraints_are_names_and_versions_only_and_sorted() -> None:
    lines = text("constraints.txt").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*", line)] == []
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(set(names))


def test_every_dependency_is_pinned_to_a_version_the_project_allows() -> None:
    pins = dict(line.split("==") for line in text("constraints.txt").splitlines())
    declared = project()["project"]
    for line in [*declared["dependencies"], *declared["optional-dependencies"]["dev"]]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), line


def test_no_file_names_a_machine_a_registry_or_an_address_of_the_place_it_was_written_at() -> None:
    places = re.compile(
        rb"/(?:home|Users|root|work|opt|mnt)/[A-Za-z0-9_.]|[A-Za-z]:\\\\?Users\\|--(?:extra-)?index-url|find-links|"
        rb"files\.pythonhosted\.org|registry\.npmjs|://(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.",
    )
    own = Path(__file__).resolve()
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode(errors='replace')}"
        for path in tracked()
        if path != own
        for match in places.finditer(path.read_bytes())
    ]
    assert not found


def test_the_readme_shows_pictures_that_exist() -> None:
    shown = [one or other for one, other in PICTURE.findall(text("README.md"))]
    assert shown
    assert not [name for name in shown if not (ROOT / name).is_file()]


def test_the_readme_links_to_files_that_exist() -> None:
    local = [name for name in LINK.findall(text("README.md")) if "://" not in name]
    assert not [name for name in local if not (ROOT / name).exists()]


def test_the_readme_lists_keys_that_are_bound() -> None:
    """Each key of the table stands in the bindings of a screen, a list or Textual itself."""
    import tui.screens
    import tui.widgets

    bound: set[str] = {"ctrl+p"}
    for package in (tui.screens, tui.widgets):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            for thing in vars(importlib.import_module(module.name)).values():
                if isinstance(thing, type) and issubclass(thing, DOMNode):
                    for binding in Binding.make_bindings(thing.BINDINGS):
                        bound.add(binding.key)
    table = text("README.md").partition("## Keys")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    shown = [_textual_name(key) for row in rows for key in re.findall(r"`([^`]+)`", row)]
    assert shown
    assert [key for key in shown if key not in bound] == []


def _textual_name(key: str) -> str:
    spelled = {"↑": "up", "↓": "down", "←": "left", "→": "right", "PgUp": "pageup", "PgDn": "pagedown", "Esc": "escape"}
    spelled |= {"+": "plus", "-": "minus"}
    name = spelled.get(key, key if len(key) == 1 else key.lower())
    if len(name) > 1 or name.isalnum():
        return name
    return unicodedata.name(name).lower().replace("solidus", "slash").replace("commercial at", "at").replace(" ", "_")


def test_the_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)`", text("README.md"), re.MULTILINE))
    assert {one or other for one, other in named} >= {"demo", "test"}
    assert {one or other for one, other in named} <= targets


def test_make_help_lists_every_verb() -> None:
    phony = set(text("Makefile").partition(".PHONY:")[2].splitlines()[0].split())
    listed = set(re.findall(r"^#   make (\w+)", text("Makefile"), re.MULTILINE))
    assert phony - listed == {"help", "runtime", "venv"}
