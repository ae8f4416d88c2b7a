"""The rules of the house: who may import what, where time and the environment enter, how modules begin.

Each module is judged by its place alone, so that a new one is covered without being registered anywhere.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EDGE = ("planner.cli", "planner.files", "planner.journal", "planner.sources", "planner.azure", "planner.documents")
EDGE += ("planner.emulator", "planner.knowledge", "planner.locks", "planner.walker", "planner.walking")
EDGE += ("planner.calendarfile", "planner.ownthread")
LAYERS = (
    {"version"},
    {"inventory", "catalog"},
    {"support"},
    {"findings", "rules", "moves", "plan"},
    {"path"},
    {"schedule"},
    {"planning"},
    {"fleet"},
    {"drift", "walk"},
)
"""Arrows in the core point left. A module not named here may sit anywhere, but must not carry an arrow right.

`plan` holds the types a plan is made of, which the search already counts in; `planning` makes it."""
SHELL_OF_STDLIB = {"asyncio", "getpass", "http", "importlib", "io", "locale", "logging", "os", "pathlib", "platform"}
SHELL_OF_STDLIB |= {
    "random",
    "secrets",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
CLOCKS = {"now", "today", "utcnow"}
SHELL_CALLS = {"open", "print", "input", "eval", "exec", "__import__"}
POOR_NAMES = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
NETWORK = ("azure", "aiohttp", "msal", "requests", "cryptography", "trustme")


@dataclass(frozen=True)
class Import:
    """One imported name, `a.b.c`, and where."""

    target: str
    line: int
    at_top: bool
    """Run when the module is imported: outside functions and outside `if TYPE_CHECKING`."""


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    tree: ast.Module

    @property
    def is_core(self) -> bool:
        return inside(self.name, "planner") and not inside(self.name, *EDGE)

    @property
    def place(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self.tree, self, at_top=True))


def inside(name: str, *packages: str) -> bool:
    """True when the dotted name is one of the packages or lies in one."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def _imports(node: ast.AST, module: Module, at_top: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, at_top) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            origin = _origin(child, module)
            yield from (Import(f"{origin}.{alias.name}", child.lineno, at_top) for alias in child.names)
        else:
            yield from _imports(child, module, at_top and not _is_late(child))


def _is_late(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _origin(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    if module.path.stem != "__init__":
        package = package[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


@cache
def _modules_in(folder: str) -> tuple[Module, ...]:
    found: list[Module] = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, ast.parse(path.read_text("utf-8"), path.name, feature_version=(3, 11))))
    return tuple(found)


def modules(*folders: str) -> tuple[Module, ...]:
    return tuple(module for folder in folders for module in _modules_in(folder))


def product() -> tuple[Module, ...]:
    return modules("planner", "tui")


def core() -> Iterable[Module]:
    return (module for module in product() if module.is_core)


def broken(where: Iterable[Module], breaks: Callable[[Module, Import], bool]) -> list[str]:
    """Every import that breaks a rule, as `file:line imports target`."""
    return [
        f"{module.place}:{found.line} imports {found.target}"
        for module in where
        for found in module.imports
        if breaks(module, found)
    ]


def test_the_modules_are_found() -> None:
    assert {"planner.version", "planner.inventory", "planner.plan"} <= {module.name for module in core()}


def test_the_core_imports_the_standard_library_packaging_and_itself() -> None:
    names = {module.name for module in core()}

    def foreign(_: Module, found: Import) -> bool:
        top = found.target.partition(".")[0]
        if top == "planner":
            return found.target not in names and found.target.rpartition(".")[0] not in names
        return top != "packaging" and (top not in sys.stdlib_module_names or top in SHELL_OF_STDLIB)

    assert not broken(core(), foreign)


def test_the_core_reads_no_clock_and_no_environment_and_does_no_io() -> None:
    assert not [place for module in core() for place in _reaches_out(module)]


def test_screens_take_time_and_environment_as_values() -> None:
    drawing = [
        module for module in product() if inside(module.name, "tui.screens", "tui.widgets", "tui.state", "tui.look")
    ]
    assert not [place for module in drawing for place in _reaches_out(module)]


def _reaches_out(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
                yield f"{module.place}:{node.lineno} calls {name}()"
            case ast.Call(func=ast.Name(id=name)) if name in SHELL_CALLS:
                yield f"{module.place}:{node.lineno} calls {name}()"
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv" as name):
                yield f"{module.place}:{node.lineno} reads os.{name}"
            case ast.Attribute(value=ast.Name(id="time"), attr="time" | "time_ns" as name):
                yield f"{module.place}:{node.lineno} reads time.{name}"
            case _:
                pass


def _arrows() -> dict[str, set[str]]:
    """For each core module the core modules it imports, by their short names."""
    names = {module.name.removeprefix("planner."): module for module in core() if module.name != "planner"}
    arrows: dict[str, set[str]] = {}
    for name, module in names.items():
        targets = {found.target.removeprefix("planner.") for found in module.imports if inside(found.target, "planner")}
        arrows[name] = {target for target in names for wanted in targets if inside(wanted, target)} - {name}
    return arrows


def _reachable(start: str, arrows: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [*arrows[start]]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(arrows[name])
    return seen


def test_the_core_has_no_import_cycles() -> None:
    arrows = _arrows()
    assert not [name for name in arrows if name in _reachable(name, arrows)]


def test_arrows_in_the_core_point_left() -> None:
    arrows = _arrows()
    layers = {name: number for number, names in enumerate(LAYERS) for name in names}
    layer = {name: layers[top] for name in arrows if (top := name.partition(".")[0]) in layers}
    assert not [
        f"planner/{name}.py depends on planner/{other}.py"
        for name in arrows
        if name in layer
        for other in _reachable(name, arrows)
        if other in layer and layer[other] > layer[name]
    ]


def test_core_dataclasses_are_frozen() -> None:
    thawed: list[str] = []
    for module in core():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                texts = [ast.unparse(decorator) for decorator in node.decorator_list]
                if any("dataclass" in text and "frozen=True" not in text for text in texts):
                    thawed.append(f"{module.place}:{node.lineno} {node.name}")
    assert not thawed


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("azure", ("planner.azure",)),
        ("msal", ("planner.azure",)),
        ("aiohttp", ("planner.azure", "planner.emulator")),
        ("trustme", ("planner.emulator",)),
        ("msgspec", ("planner.documents", "planner.azure.decode")),
        ("icalendar", ("planner.documents.calendar",)),
        ("textual", ("tui",)),
        ("rich", ("tui",)),
    ],
)
def test_a_library_is_imported_only_where_it_belongs(package: str, homes: tuple[str, ...]) -> None:
    assert not broken(
        product(), lambda module, found: inside(found.target, package) and not inside(module.name, *homes)
    )


def test_aiohttp_is_imported_late() -> None:
    assert not broken(product(), lambda _, found: found.at_top and inside(found.target, "aiohttp"))


def test_the_planner_never_imports_the_screens() -> None:
    assert not broken(modules("planner"), lambda _, found: inside(found.target, "tui"))


def test_screens_never_import_the_azure_reader() -> None:
    assert not broken(modules("tui"), lambda _, found: inside(found.target, "planner.azure"))


def test_files_are_named_for_what_is_in_them() -> None:
    everything = modules("planner", "tui", "tests", "benchmarks", "docs", "screenshots")
    assert not [module.place for module in everything if module.path.stem in POOR_NAMES]


def test_annotations_are_never_evaluated() -> None:
    everything = modules("planner", "tui", "tests", "benchmarks", "docs", "screenshots")
    assert not [
        module.place
        for module in everything
        if _has_code(module)
        and not any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__" and node.names[0].name == "annotations"
            for node in module.tree.body
        )
    ]


def _has_code(module: Module) -> bool:
    return any(not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) for node in module.tree.body)


def test_every_module_says_what_it_is_for() -> None:
    assert not [module.place for module in product() if not ast.get_docstring(module.tree)]


def _loaded(code: str) -> set[str]:
    """Top-level packages that running `code` in a fresh Python has loaded, beyond what start-up itself loads."""
    script = f"""
import json, sys
before = set(sys.modules)
try:
    {code}
except SystemExit as end:
    assert not end.code, end.code
finally:
    print("\\n" + json.dumps(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_loading_the_core_loads_nothing_else() -> None:
    loaded = _loaded("import " + ", ".join(module.name for module in core()))
    assert not loaded - sys.stdlib_module_names - {"packaging", "planner"}


def test_the_app_loads_nothing_of_the_network_before_its_first_frame() -> None:
    loaded = _loaded("import tui.app")
    assert "textual" in loaded
    assert not loaded & {*NETWORK, "msgspec"}


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_load_no_screens(argument: str) -> None:
    loaded = _loaded(f"sys.argv[1:] = [{argument!r}]; import tui.__main__; sys.exit(tui.__main__.main())")
    assert "argparse" in loaded
    assert not loaded & {*NETWORK, "textual", "rich"}
