"""Every screen of the demo as an SVG, at 80 x 24 and at 120 x 40.

`python -m screenshots.make` writes them, `--check` compares and ends with 1 where one differs. The same Python and the
same Textual draw the same bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from planner.inventory import Cluster, Inventory
    from tui.app import PlannerApp

HERE = Path(__file__).parent
SIZES = ((80, 24), (120, 40))


@dataclass(frozen=True)
class Shot:
    """A screen: the cluster to stand on, then the keys that lead to it, then what cannot be had by keys alone."""

    name: str
    cluster: str = ""
    keys: tuple[str, ...] = ()
    pose: str = ""
    """What is put on the stage after the keys, see `screenshots.walks` and `screenshots.schedules`."""


WALKED = "wms-dc1"
"""The cluster whose plan is walked in the pictures."""
SHOTS = (
    Shot("fleet"),
    Shot("fleet-grouped", keys=("v",)),
    Shot("filter", keys=("slash", *"release", "less_than_sign", *"2510", "space", "exclamation_mark", *"mes")),
    Shot("cluster", "mes-line1", ("enter",)),
    Shot("findings", "mes-line1", ("enter", "2")),
    Shot("why", "mes-line1", ("enter", "2", "w")),
    Shot("path", "mes-line1", ("enter", "3")),
    Shot("pools", "vision-graz", ("enter", "4")),
    Shot("facts", "mes-line1", ("enter", "5")),
    Shot("unreadable", "vault", ("enter",)),
    Shot("instance", "mes-line1", ("i",)),
    Shot("what-if", "mes-line2", ("i", "right")),
    Shot("plan", "mes-line1", ("p",)),
    Shot("step", "mes-line1", ("p", "v")),
    Shot("alternatives", "mes-line1", ("p", "2")),
    Shot("risks", "mes-line1", ("p", "3")),
    Shot("unknowns", "mes-line1", ("p", "4")),
    Shot("document", "mes-line1", ("p", "5")),
    Shot("dead-end", "mes-line3", ("p",)),
    Shot("goal", "mes-line1", ("p", "g")),
    Shot("fleet-plan", "mes-line2", ("i", "p")),
    Shot("fleet-plan-clusters", "mes-line2", ("i", "p", "2")),
    Shot("fleet-plan-times", "store-101", ("i",), "scheduled-times"),
    Shot("fleet-plan-waves", "store-101", ("i",), "scheduled"),
    Shot("timeline-plan", "store-101", ("i",), "scheduled-timeline"),
    Shot("save-as", "mes-line1", ("p", "e")),
    Shot("help", keys=("question_mark",)),
    Shot("support-scope", "mes-line1", ("enter", "u")),
    Shot("knowledge", keys=("K",)),
    Shot("knowledge-minors", keys=("K", "2")),
    Shot("knowledge-disputes", keys=("K", "3", "down", "down")),
    Shot("timeline", keys=("t",)),
    Shot("timeline-instances", keys=("t", "v")),
    Shot("palette", keys=("colon",)),
    Shot("source", keys=("colon", *"source", "enter")),
    Shot("walk-preflight", WALKED, ("p",), "preflight"),
    Shot("walk-ready", WALKED, ("p",), "ready"),
    Shot("walk-confirm", WALKED, ("p",), "confirm"),
    Shot("walk-running", WALKED, ("p",), "running"),
    Shot("walk-timed-out", WALKED, ("p",), "timed-out"),
    Shot("walk-attention", WALKED, ("p",), "attention"),
    Shot("walk-doubt", WALKED, ("p",), "doubt"),
    Shot("walk-verify", WALKED, ("p",), "verify"),
    Shot("walk-gate", WALKED, ("p",), "gate"),
    Shot("walk-guided", WALKED, ("p",), "guided"),
    Shot("walk-done", WALKED, ("p",), "done"),
    Shot("journals", WALKED, ("p",), "journals"),
    Shot("command-log", WALKED, ("p",), "requests"),
)


def settle_environment() -> None:
    """Nothing of the machine may show in a picture. Before anything of Textual is imported."""
    for name in list(os.environ):
        if name.startswith("TEXTUAL") or name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR"):
            del os.environ[name]
    os.environ |= {"TZ": "UTC", "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}


class Kept:
    """The demo, read once for all pictures: a source that answers from what was read."""

    label = "demo"

    def __init__(self, inventory: Inventory, again: dict[str, Inventory], whole: Inventory) -> None:
        self._inventory, self._again, self._whole = inventory, again, whole

    @classmethod
    async def read(cls) -> Kept:
        """Read the demo, and again each cluster a picture is about."""
        from planner.emulator.demo import DemoSource

        source = DemoSource()
        try:
            inventory = await source.load()
            wanted = {shot.cluster for shot in SHOTS}
            clusters = [cluster for cluster in inventory.clusters if cluster.name in wanted]
            again = {cluster.key: await source.refresh(inventory, cluster) for cluster in clusters}
            whole = await source.load_all()
        finally:
            await source.close()
        return cls(inventory, again, whole)

    async def load(self, report: object = None) -> Inventory:
        """What was read."""
        return self._inventory

    load_all = load

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        """What was read the second time; of a cluster no picture is about, with all the others."""
        return self._again.get(cluster.key, self._whole)

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def on_stage(source: Kept, size: tuple[int, int]) -> AsyncIterator[Pilot[int]]:
    """The app on the demo, read and drawn."""
    from tui.app import PlannerApp

    app = PlannerApp(source)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


async def settle(pilot: Pilot[int]) -> None:
    """Everything asked for has been read, judged and drawn."""
    app: PlannerApp = pilot.app  # type: ignore[assignment]
    await pilot.pause()
    while app.state.phase in ("waiting", "loading"):
        await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()
    while any(lookahead.is_busy for lookahead in _lookaheads(app)):
        await pilot.pause()
    await pilot.pause()


def _lookaheads(app: PlannerApp) -> Iterable[object]:
    return [screen.lookahead for screen in app.screen_stack if hasattr(screen, "lookahead")]


async def draw(source: Kept, shot: Shot, size: tuple[int, int]) -> str:
    """The SVG of a shot, on an app of its own."""
    async with on_stage(source, size) as pilot:
        app: PlannerApp = pilot.app  # type: ignore[assignment]
        if shot.cluster:
            key = next(row.key for row in app.state.rows if row.name == shot.cluster)
            app.screen.query_one("#list").highlight(key)  # type: ignore[attr-defined]
        for key in shot.keys:
            await pilot.press(key)
            await settle(pilot)
        if shot.pose:
            from screenshots.schedules import POSES, stand
            from screenshots.walks import cover, pose

            if shot.pose in POSES:
                await stand(pilot, shot.pose, settle)
                await settle(pilot)
                return app.export_screenshot(title="arcstep")
            with pose(app, shot.pose):
                await settle(pilot)
                cover(app, shot.pose)
                await settle(pilot)
                return app.export_screenshot(title="arcstep")
        return app.export_screenshot(title="arcstep")


def picture(shot: Shot, size: tuple[int, int]) -> Path:
    """Where the picture of a shot is kept."""
    return HERE / f"{shot.name}-{size[0]}x{size[1]}.svg"


async def make(only: Iterable[str], *, check: bool) -> int:
    """Write or compare; the number of pictures that differ."""
    wanted = set(only)
    shots = [shot for shot in SHOTS if not wanted or shot.name in wanted]
    source, differing = await Kept.read(), 0
    for shot in shots:
        for size in SIZES:
            path, svg = picture(shot, size), await draw(source, shot, size)
            if path.is_file() and path.read_text("utf-8") == svg:
                continue
            differing += 1
            print(f"{path.name} {'differs' if check else 'written'}")
            if not check:
                path.write_text(svg, "utf-8")
    return differing


def main() -> int:
    """0, or 1 when `--check` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m screenshots.make", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these shots")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    settle_environment()
    differing = asyncio.run(make(arguments.names, check=arguments.check))
    return 1 if arguments.check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
