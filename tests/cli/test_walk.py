"""Which plans `arcstep walk` takes, and what it says of those it does not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planner.azure.reader import AzureSource
from planner.azure.settings import AzureSettings
from planner.cli import build_parser
from planner.cli.answers import Answers
from planner.cli.plainwalk import walk_plainly
from planner.cli.walk import Opened, crew_for, journals_of, open_walk, refusal_of
from planner.documents.datablock import digest_of
from planner.documents.markdown import render
from planner.emulator.demo import DemoSource
from planner.emulator.fleet import bundled
from planner.emulator.server import EmulatorThread
from planner.emulator.staging import world_for
from planner.emulator.world import World
from planner.findings import Verdict
from planner.journal import read
from planner.knowledge import load_catalog
from planner.plan import Plan
from planner.ports import SourceError
from planner.sources import SnapshotSource, open_plan
from tests.cli.conftest import Arcstep
from tests.cli.walking import Pipe, Script, Transcript
from tests.documents.plans import NO_PATH, PLAN

Planned = Callable[[str, str], Path]
ONE_HOP = ("store-107", "latest")


def saved(folder: Path, plan: Plan) -> Path:
    path = folder / "plan.md"
    path.write_text(render(plan), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("plan", "code", "words"),
    [
        (NO_PATH, 40, "mes-prod: no path to 1.33 is NO-GO."),
        (replace(PLAN, verdict=Verdict.NO_GO, verdict_because="A risk applies."), 40, "is NO-GO. A risk applies. Plan again"),
        (replace(PLAN, verdict=Verdict.UNKNOWN), 3, "is UNKNOWN. One risk is open. Have it read, then plan again."),
    ],
)  # fmt: skip
def test_a_plan_that_must_not_be_begun_is_refused(
    arcstep: Arcstep, tmp_path: Path, plan: Plan, code: int, words: str
) -> None:
    for arguments in ((), ("--demo",), ("--demo", "--allow-upgrades")):
        answer = arcstep("walk", saved(tmp_path, plan), "--plain", *arguments)
        assert (answer.code, answer.out) == (code, "")
        assert answer.err.startswith("arcstep: The plan cannot be walked: ") and words in " ".join(answer.err.split())


def test_a_plan_that_was_edited_is_refused(arcstep: Arcstep, tmp_path: Path) -> None:
    path = saved(tmp_path, PLAN)
    path.write_text(path.read_text("utf-8").replace('"1.29.4"', '"1.30.4"'), encoding="utf-8")
    answer = arcstep("walk", path, "--plain", "--demo")
    assert (answer.code, answer.out) == (2, "")
    assert "The plan cannot be walked: The data was changed after the plan was made" in answer.err


def test_a_plan_without_steps_is_done_already(arcstep: Arcstep, planned: Planned) -> None:
    answer = arcstep("walk", planned("store-107", "supported"), "--plain", "--demo")
    assert (answer.code, answer.out) == (0, "")
    assert "nothing to walk: The goal is reached already" in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "fleet.json"], "a walk looks at the cluster as it is now"),
        (["--faults", "lost-answer"], "--faults is for a rehearsal"),
        (["--speed", "60"], "--speed is for a rehearsal"),
        (["--demo", "--as-of", "2026-05-20"], "a walk happens now"),
        (["--demo", "--faults", "lost-answer@S07"], "lost-answer@S07 fits no step of this plan: its upgrades are S01."),
        (["--demo", "--faults", "partial,stuck-flag"], "S01 can end in one way only"),
        (["--demo", "--tenant", "contoso.example"], "--tenant is for live reading only."),
    ],
)
def test_arguments_that_fit_no_walk_are_refused(
    arcstep: Arcstep, planned: Planned, arguments: list[str], words: str
) -> None:
    answer = arcstep("walk", planned(*ONE_HOP), "--plain", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--faults", "gremlins", "'gremlins' is not a fault; there are lost-answer, time-out, "),
        ("--speed", "0", "time would stand still, and the walk with it"),
        ("--speed", "nan", "'nan' is not a speed"),
    ],
)
def test_values_that_are_none_are_refused(arcstep: Arcstep, option: str, value: str, words: str) -> None:
    answer = arcstep("walk", "plan.md", "--demo", option, value)
    assert answer.code == 2
    assert words in answer.err


def test_without_a_terminal_plain_has_to_be_asked_for(arcstep: Arcstep, planned: Planned) -> None:
    answer = arcstep("walk", planned(*ONE_HOP), "--demo")
    assert (answer.code, answer.out) == (2, "")
    assert "needs a terminal" in answer.err and "--plain" in answer.err


def test_help_tells_every_fault_and_exit_code(arcstep: Arcstep) -> None:
    answer = arcstep("walk", "--help")
    for word in ("lost-answer", "time-out", "stuck-flag", "drain-block", "401", "admission", "partial", "disconnected"):
        assert f"\n  {word} " in answer.out
    assert "or a walk is not finished" in answer.out and "\n  kill " in answer.out


def test_upgrades_are_off_unless_they_are_allowed(planned: Planned) -> None:
    def opened(*arguments: str) -> Opened:
        return open_walk(build_parser().parse_args(arguments))

    path = str(planned(*ONE_HOP))
    assert not opened("walk", path, "--demo").allow_upgrades
    assert opened("walk", path, "--demo", "--allow-upgrades").allow_upgrades
    assert opened("--allow-upgrades", "--demo", "walk", path).allow_upgrades
    assert not hasattr(build_parser().parse_args([]), "allow_upgrades")
    assert build_parser().parse_args(["--demo", "--allow-upgrades"]).allow_upgrades


def test_how_to_resume_can_be_pasted(planned: Planned) -> None:
    opened = open_walk(build_parser().parse_args(["walk", str(planned(*ONE_HOP)), "--demo"]))
    assert replace(opened, file="my plan.md").resume == "arcstep walk 'my plan.md' --demo"
    told = replace(opened, allow_upgrades=True, faults="401,time-out@S03", speed=600.0)
    assert told.resume.endswith(" --demo --allow-upgrades --faults 401,time-out@S03 --speed 600")
    assert replace(opened, source=SnapshotSource(Path("s.json"))).resume == f"arcstep walk {opened.file}"


def test_rehearsals_are_kept_apart_from_walks(own_home: Path) -> None:
    state = own_home / ".local" / "state" / "arcstep"
    assert journals_of(DemoSource()) == state / "rehearsals"
    assert journals_of(SnapshotSource(Path("s.json"))) == state / "walks"


async def test_a_file_is_never_walked() -> None:
    with pytest.raises(SourceError) as caught:
        await crew_for(SnapshotSource(Path("s.json")), PLAN, load_catalog(), digest="d")
    assert caught.value.exit_code == 2


async def test_a_plan_of_another_fleet_cannot_be_rehearsed_on_the_demo() -> None:
    with pytest.raises(SourceError, match=r"the demo fleet has no mes-prod\. Rehearse it from its file"):
        await crew_for(DemoSource(bundled("small")), PLAN, load_catalog(), digest="d")


def test_a_plan_with_open_risks_may_be_walked() -> None:
    assert refusal_of(PLAN) is None


@pytest.fixture
def live() -> Iterator[Callable[[World], tuple[AzureSource, EmulatorThread]]]:
    """The reader of live Azure, with an emulator where Azure would be."""
    threads: list[EmulatorThread] = []

    def start(world: World) -> tuple[AzureSource, EmulatorThread]:
        thread = EmulatorThread(world, speed=0, quota=False)
        thread.start()
        threads.append(thread)
        settings = AzureSettings(
            tenant=world.tenant, auth="static", arm_endpoint=thread.url, ca_bundle=thread.ca_file, token=lambda: "t"
        )
        return AzureSource(settings), thread

    yield start
    for thread in threads:
        thread.close()


Start = Callable[[World], tuple[AzureSource, EmulatorThread]]


def test_a_cluster_the_account_cannot_see_is_not_walked(
    planned: Planned, live: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan of another tenant, say."""
    plan = open_plan(planned(*ONE_HOP)).plan
    assert plan is not None
    source, emulator = live(bundled("small"))
    capsys.readouterr()
    with pytest.raises(SourceError, match=r"store-107 cannot be walked: it is not among the clusters") as caught:
        walk_plainly(Opened(plan, digest_of(plan), "plan.md", load_catalog(), source, allow_upgrades=False))
    assert caught.value.exit_code == 3
    assert capsys.readouterr().out == ""
    assert [entry for entry in emulator.log if not entry.is_read] == []


@pytest.mark.parametrize(("allowed", "mode"), [(False, "Mode: read-only."), (True, "Mode: may upgrade as ")])
def test_a_live_walk_is_kept_among_the_walks(
    planned: Planned, live: Start, monkeypatch: pytest.MonkeyPatch, own_home: Path, allowed: bool, mode: str
) -> None:
    plan = open_plan(planned(*ONE_HOP)).plan
    assert plan is not None
    source, emulator = live(world_for(plan, load_catalog()))
    opened = Opened(plan, digest_of(plan), "plan.md", load_catalog(), source, allow_upgrades=allowed)
    transcript = Transcript()
    monkeypatch.setattr(sys, "stdin", Pipe(Script({"start": ["quit"], "Start": ["quit"]}), transcript))
    monkeypatch.setattr(sys, "stdout", transcript)
    assert walk_plainly(opened) == 3
    assert f"\n{mode}" in transcript.getvalue() and "rehearsal" not in transcript.getvalue()
    assert transcript.lines[-2:] == [
        "The walk is not finished. It stands at S01 Kubernetes 1.32.9 → 1.33.5: ready.",
        f"Resume with: arcstep walk plan.md{' --allow-upgrades' if allowed else ''} --plain",
    ]
    assert [entry for entry in emulator.log if not entry.is_read] == []
    state = own_home / ".local" / "state" / "arcstep"
    assert [read(path).events[0].digest for path in (state / "walks").glob("*.jsonl")] == [opened.digest]
    assert not (state / "rehearsals").exists()


async def test_answers_are_made_harmless_and_end() -> None:
    lines = iter(["  y\n", "\x1b[2J\u202ename\n", "\n", ""])
    answers = Answers(lambda: next(lines), is_live=False)
    assert [await answers.next() for _ in range(4)] == ["y", "�[2J�name", "", None]
