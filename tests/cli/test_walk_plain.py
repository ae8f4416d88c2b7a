"""`arcstep walk --plain` from the first question to the last, on the wire, with everything that can go wrong."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli import dialogue
from planner.emulator.mishaps import Mishap
from planner.events import Decided, Event, Noted, Started, Ticked
from planner.locks import Holder, acquire, lock_path
from planner.sources import open_plan
from tests.builders import AS_OF
from tests.cli.walking import SPEED, Script, Stage, Walked, by_hand

Planned = Callable[[str, str], Path]
ONE_HOP = ("store-107", "latest")
NAMED = "store-107"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the signals of Windows cannot be sent to oneself")


def kinds(kept: tuple[Event, ...]) -> Counter[str]:
    return Counter(type(event).__name__ for event in kept)


def one_put(walked: Walked) -> bool:
    return [entry.method for entry in walked.writes] == ["PUT"]


def test_two_upgrades_and_a_release_update_to_the_end(stage: Stage, planned: Planned) -> None:
    walked = stage.rehearse(planned("wms-dc1", "supported"), "--allow-upgrades")
    assert walked.code == 0, walked.text
    assert [entry.status for entry in walked.writes] == [201, 201]
    assert kinds(walked.kept)["Intended"] == kinds(walked.kept)["Accepted"] == 2
    assert [event.step for event in walked.kept if isinstance(event, Started)] == [
        "S02",
        "S03",
    ]  # a decision, an update
    assert walked.lines[-1].startswith("Every step is done.")
    assert list(stage.state.iterdir()) == [stage.state / "rehearsals"]


def test_every_line_is_plain_and_stands_alone(stage: Stage, planned: Planned) -> None:
    walked = stage.rehearse(planned(*ONE_HOP), "--allow-upgrades")
    assert all(line.isprintable() and line == line.strip() and line for line in walked.lines)
    ticked = next(line for line in walked.lines if line.startswith("S01.2 "))
    assert ticked.startswith("S01.2 ticked by arcstep: Both states are Succeeded and all pools run one version. (")
    assert "/properties/kubernetesVersion is 1.32.9, and becomes 1.33.5." in walked.text
    assert "az aksarc upgrade --name store-107 " in walked.text
    assert "there is no way back (P15)" in walked.text
    assert "Mode: may upgrade as you in a rehearsal." in walked.text


FAULTS = {
    Mishap.LOST_ANSWER: (0, "not known: "),
    Mishap.TIME_OUT: (0, "running, client timed out: "),
    Mishap.STUCK_FLAG: (40, "finished, flag stuck: "),
    Mishap.DRAIN_BLOCK: (0, "every step is done"),
    Mishap.SIGN_IN: (0, "could not ask the operation: Azure refused the sign-in"),
    Mishap.PARTIAL: (40, "partially rolled: "),
    Mishap.DISCONNECTED: (0, "S01 disconnected: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_as_it_should_after_one_request(stage: Stage, planned: Planned, fault: Mishap) -> None:
    walked = stage.rehearse(planned(*ONE_HOP), "--allow-upgrades", "--faults", fault)
    code, said = FAULTS[fault]
    assert (walked.code, one_put(walked)) == (code, True), walked.text
    assert said in walked.text
    assert kinds(walked.kept)["Intended"] == 1


def test_an_upgrade_the_webhook_denies_is_not_sent_again_unasked(stage: Stage, planned: Planned) -> None:
    script = Script({"Type the cluster's name": [NAMED, "quit"]})
    walked = stage.rehearse(planned(*ONE_HOP), "--allow-upgrades", "--faults", "admission", answer=script)
    assert (walked.code, one_put(walked)) == (40, True), walked.text
    assert "S01 K8sVersionValidation: Kubernetes version 1.33.5 is not ready for use on Linux." in walked.text
    assert "S01 K8sVersionValidation, recommended: Please check https://aka.ms/" in walked.text


def test_a_fault_may_meet_a_later_upgrade(stage: Stage, planned: Planned) -> None:
    walked = stage.rehearse(planned("wms-dc1", "supported"), "--allow-upgrades", "--faults", "stuck-flag@S04")
    assert walked.code == 40, walked.text
    assert "S04 finished, flag stuck" in walked.text and "S01 finished, flag stuck" not in walked.text


def test_without_allow_upgrades_the_whole_walk_only_reads(stage: Stage, planned: Planned) -> None:
    walked = stage.rehearse(planned("sorter-1", "latest"), answer=by_hand)
    assert walked.code == 0, walked.text
    assert walked.writes == []
    assert "Mode: read-only." in walked.text and "Type the cluster's name" not in walked.text
    assert [event.step for event in walked.kept if isinstance(event, Started)] == [
        f"S0{number}" for number in range(1, 5)
    ]


def test_an_upgrade_may_be_started_by_hand_although_arcstep_may(stage: Stage, planned: Planned) -> None:
    walked = stage.rehearse(planned(*ONE_HOP), "--allow-upgrades", "--faults", "401", answer=by_hand)
    assert (walked.code, walked.writes) == (0, []), walked.text
    assert "S01 not read: cluster state: Azure refused the sign-in" in walked.text


@pytest.mark.parametrize("typed", ["store-108", "STORE-107", "store-107 please", "yes"])
def test_another_name_sends_nothing(stage: Stage, planned: Planned, typed: str) -> None:
    script = Script({"Type the cluster's name": [typed, "quit"]})
    walked = stage.rehearse(planned(*ONE_HOP), "--allow-upgrades", answer=script)
    assert (walked.code, walked.writes) == (3, []), walked.text
    assert "The name that was typed is not store-107; nothing was sent." in walked.text
    assert kinds(walked.kept)["Confirmed"] == 0


def test_what_is_not_ticked_is_asked_again_and_keeps_the_step_from_starting(stage: Stage, planned: Planned) -> None:
    script = Script({"PRE.3 to be ticked": ["n", "y three are free"], "not ticked: PRE.3": [" "], "gate: ": ["quit"]})
    walked = stage.rehearse(planned(*ONE_HOP), answer=script)
    asked = walked.text.index("PRE not ticked: PRE.3. [enter] asks again")
    assert walked.text.index("PRE.4 ticked by") < asked < walked.text.index("PRE.3 ticked by")
    ticks = [event for event in walked.kept if isinstance(event, Ticked) and event.item == "PRE.3"]
    assert [(tick.done, tick.note) for tick in ticks] == [(True, "three are free")]


def test_notes_are_kept_where_they_were_made(stage: Stage, planned: Planned) -> None:
    script = Script({"PRE.3 to be ticked": ["note ask \x1b[31mAnn\u202e", "note", "quit"]})
    walked = stage.rehearse(planned(*ONE_HOP), answer=script)
    notes = [(event.item, event.text) for event in walked.kept if isinstance(event, Noted)]
    assert notes == [("PRE.3", "ask \ufffd[31mAnn\ufffd")]
    assert "Write the note after the word: note TEXT" in walked.text


@pytest.mark.parametrize("answer", ["", "quit"])
def test_leaving_says_what_is_not_finished_and_how_to_go_on(stage: Stage, planned: Planned, answer: str) -> None:
    plan = planned(*ONE_HOP)
    walked = stage.rehearse(plan, answer=Script({"PRE.4": [answer]}))
    assert walked.code == 3
    assert walked.lines[-2:] == [
        "The walk is not finished. It stands at PRE pre-flight list: checking.",
        f"Resume with: arcstep walk {plan} --demo --speed {SPEED} --plain",
    ]


def test_a_decision_at_the_gate_holds_until_somebody_goes_on(stage: Stage, planned: Planned) -> None:
    script = Script({"gate: ": ["hold the board meets at ten"], "on hold": ["", "nonsense", " "]})
    first = stage.rehearse(planned(*ONE_HOP), answer=script)
    assert (first.code, first.lines[-2]) == (3, "The walk is not finished. It stands at S01 Kubernetes 1.32.9 → 1.33.5: "
                                             "at the gate. The walk is on hold.")  # fmt: skip
    second = stage.rehearse(planned(*ONE_HOP), answer=script)
    assert second.code == 0, second.text
    assert '"nonsense" is no answer here.' in second.text
    decisions = [(event.decision, event.note) for event in second.kept if isinstance(event, Decided)]
    assert decisions == [("hold", "the board meets at ten"), ("proceed", ""), ("proceed", "")]


def test_an_aborted_rehearsal_ends_for_good_and_begins_anew(stage: Stage, planned: Planned) -> None:
    first = stage.rehearse(planned(*ONE_HOP), answer=Script({"PRE.5": ["abort wrong cluster"]}))
    assert (first.code, first.lines[-1]) == (40, "The walk was aborted at PRE pre-flight list: checking. Make a new plan "
                                             "from what runs now.")  # fmt: skip
    second = stage.rehearse(planned(*ONE_HOP), answer=Script({"PRE.5": ["quit"]}))
    assert kinds(second.kept) == Counter(Began=1, Looked=kinds(second.kept)["Looked"], Ticked=2)


def test_a_walk_that_was_left_goes_on_where_it_was(stage: Stage, planned: Planned) -> None:
    plan = planned("wms-dc1", "supported")
    first = stage.rehearse(plan, "--allow-upgrades", answer=Script({"S03.3 to be ticked": ["quit"]}))
    second = stage.rehearse(plan, "--allow-upgrades")
    assert (first.code, second.code) == (3, 0), second.text
    assert one_put(first) and one_put(second)
    assert "PRE.3 to be ticked" not in second.text and "S03.3 to be ticked" in second.text


def test_what_runs_may_be_left_and_looked_at_later(stage: Stage, planned: Planned) -> None:
    plan = planned(*ONE_HOP)
    acts = [
        *ticks(),
        ("Type the cluster's name", NAMED),
        ("accepted by Azure", "status"),
        ("S01 still running", "quit"),
    ]
    first = stage.live(plan, "--allow-upgrades", acts=acts)
    assert (first.code, one_put(first)) == (3, True), first.text
    assert first.lines[-1] == (
        "1 upgrade goes on when the rehearsal is taken up: store-107 → 1.33.5; resume with: "
        f"arcstep walk {plan} --demo --allow-upgrades --speed {SPEED} --plain"
    )
    second = stage.rehearse(plan)
    assert (second.code, second.writes) == (0, []), second.text
    assert "walk taken up again by" in second.text and "S01 finished: " in second.text


def ticks() -> list[tuple[str, str | Callable[[], None]]]:
    """What a person at a terminal ticks before the first upgrade of the plan."""
    manual = (
        "PRE.3",
        "PRE.4",
        "PRE.5",
        "PRE.6",
        "PRE.7",
        "PRE.8",
        "PRE.9",
        "PRE.10",
        "PRE.11",
        "S01.5",
        "S01.6",
        "S01.7",
    )
    return [(f"{item} to be ticked", "y") for item in manual]


def signalled(number: signal.Signals) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def test_ascii_writes_ascii_alone(stage: Stage, planned: Planned) -> None:
    walked = stage.rehearse(planned(*ONE_HOP), "--ascii", answer=Script({"S01.5": ["quit"]}))
    assert walked.text.isascii()
    assert "S01 Kubernetes 1.32.9 -> 1.33.5: checking." in walked.lines[-2]


def test_a_rehearsal_that_is_over_begins_anew(stage: Stage, planned: Planned) -> None:
    assert stage.rehearse(planned(*ONE_HOP), answer=by_hand).code == 0
    again = stage.rehearse(planned(*ONE_HOP), answer=Script({"PRE.3": ["quit"]}))
    assert again.code == 3 and kinds(again.kept)["Started"] == 0


def test_a_quiet_minute_is_ended_by_a_line(stage: Stage, planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "LEAST_BEAT", 0.0)
    walked = stage.rehearse(planned(*ONE_HOP), "--allow-upgrades", "--faults", "drain-block")
    quiet = [line for line in walked.lines if " S01 still running, " in line]
    assert quiet and all("nodes on 1.33.5: linux1 " in line for line in quiet), walked.text


@POSIX
def test_ctrl_c_asks_and_a_second_one_leaves(stage: Stage, planned: Planned) -> None:
    plan = planned(*ONE_HOP)
    interrupt = signalled(signal.SIGINT)
    acts = [("PRE.3", interrupt), ("Interrupted.", " "), ("PRE.3", interrupt), ("Interrupted.", interrupt)]
    walked = stage.live(plan, acts=[*acts, ("is not finished", "")])
    assert (walked.code, walked.lines[-1]) == (3, f"Resume with: arcstep walk {plan} --demo --speed {SPEED} --plain")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@POSIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_to_end_leaves_while_it_runs(stage: Stage, planned: Planned, name: str) -> None:
    acts = [*ticks(), ("Type the cluster's name", NAMED), ("accepted by Azure", signalled(signal.Signals[name]))]
    walked = stage.live(planned(*ONE_HOP), "--allow-upgrades", acts=[*acts, ("resume with", "")])
    assert (walked.code, one_put(walked)) == (3, True), walked.text
    assert kinds(walked.kept)["Accepted"] == 1
    assert "1 upgrade goes on when the rehearsal is taken up" in walked.lines[-1]


def test_somebody_else_who_holds_the_walk_is_named(stage: Stage, planned: Planned) -> None:
    path = planned(*ONE_HOP)
    stage.rehearse(path, answer=Script({"PRE.5": ["quit"]}))
    plan = open_plan(path).plan
    assert plan is not None
    holder = Holder(7, "desk", "grace", AS_OF)
    with acquire(lock_path(stage.state / "rehearsals", plan.subject.id, plan.subject.name), holder):
        walked = stage.rehearse(path)
    assert walked.code == 3
    assert (
        "The walk is held by grace on desk (process 7), since 2026-05-20 00:00 UTC; here it can only be read."
        in walked.lines
    )
    assert "PRE.4 ticked by" in walked.text and "to be ticked" not in walked.text


@POSIX
def test_a_killed_terminal_leaves_one_request_and_a_walk_that_goes_on(
    stage: Stage, planned: Planned, tmp_path: Path
) -> None:
    plan = planned(*ONE_HOP)
    answers = "y\n" * len(ticks()) + f"{NAMED}\n"
    command = [sys.executable, "-m", "tui", "walk", str(plan), "--plain", "--demo", "--allow-upgrades"]
    killed = subprocess.run(
        [*command, "--speed", "3600", "--faults", "kill"], input=answers, capture_output=True, text=True, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert killed.stdout.splitlines()[-1].endswith(f"S01 confirmed by {getpass.getuser()}")
    resumed = stage.rehearse(plan, "--allow-upgrades", "--faults", "kill")
    assert (resumed.code, resumed.writes) == (0, []), resumed.text
    assert kinds(resumed.kept)["Intended"] == 1
