"""What a walk on plain lines says and asks, by value: the same walk, the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planner import events as e
from planner.cli.asking import Ask, Question, next_question
from planner.cli.exits import exit_of_walk
from planner.cli.telling import farewell, news, standing, unfinished
from planner.durations import Run
from planner.events import Complaint
from planner.legs import Stage
from planner.ports import Prepared
from planner.walk import Walk
from tests.planner.strolls import PRINT, Stroll, at, seen

AGAIN = "arcstep walk plan.md"


def ask(
    walk: Walk, *declined: str, prepared: Prepared | None = None, unprepared: str = "", may_upgrade: bool = False
) -> Question | None:
    return next_question(
        walk, declined=frozenset(declined), prepared=prepared, unprepared=unprepared, may_upgrade=may_upgrade
    )


def asked(walk: Walk, *declined: str) -> str:
    question = ask(walk, *declined)
    assert question is not None
    return question.lines[-1]


def ready() -> Stroll:
    stroll = Stroll()
    stroll.to_ready()
    assert stroll.leg.stage is Stage.READY
    return stroll


# -- asking --


def test_nothing_is_asked_before_the_first_look() -> None:
    assert ask(Stroll().walk) is None


def test_checks_are_asked_in_their_order_and_declined_ones_are_passed_over() -> None:
    stroll = Stroll()
    stroll.look()
    first = ask(stroll.walk)
    assert first is not None and (first.ask, first.item) == (Ask.CHECK, "PRE.3")
    assert asked(stroll.walk, "PRE.3").startswith("PRE.4 to be ticked: ")
    manual = [check.id for check in stroll.leg.before if check.manual]
    last = ask(stroll.walk, *manual)
    assert last is not None and last.ask is Ask.STANDSTILL
    assert last.lines == (f'PRE not ticked: {", ".join(manual)}. [enter] asks again, "note TEXT", "hold" or "quit".',)


def test_what_arcstep_could_not_see_is_asked_with_the_reason() -> None:
    stroll = Stroll()
    stroll.look(seen(offered=None))
    assert asked(stroll.walk).startswith("PRE.1 to be ticked: Facts are fresh")
    assert "arcstep could not see it (could not be read: offered versions)." in asked(stroll.walk)


def test_what_is_not_so_cannot_be_ticked_away() -> None:
    stroll = Stroll()
    stroll.look(seen(connectivity="Offline"))
    manual = [check.id for check in stroll.leg.before if check.manual]
    for check in manual:
        stroll.feed(e.Ticked(stroll.later(), check, True, "grace"))
    assert asked(stroll.walk).startswith(
        "PRE.2 is not so, which keeps PRE from starting: Azure says Offline. [enter] looks again"
    )


def test_a_look_that_brought_nothing_is_told_with_its_cure() -> None:
    stroll = Stroll()
    stroll.feed(e.LookFailed(stroll.later(), "PRE", "The network is down.", "Check the cable."))
    question = ask(stroll.walk)
    assert question is not None and question.ask is Ask.STANDSTILL
    assert question.lines[0].startswith("PRE The network is down. Check the cable. [enter] looks again")


def test_read_only_asks_for_the_hand_and_shows_the_command() -> None:
    question = ask(ready().walk)
    assert question is not None and (question.ask, question.item) == (Ask.HAND, "S01")
    assert question.lines[0].startswith("S01 command, asks twice, then moves the control plane and all node pools: az ")
    assert question.lines[0].endswith("--kubernetes-version 1.30.14")


def test_the_name_is_asked_for_only_under_the_one_change() -> None:
    stroll = ready()
    name = stroll.walk.plan.subject.name
    assert ask(stroll.walk, may_upgrade=True) is None
    order = e.Order("S01", stroll.walk.plan.subject.id, name, "1.29.13", "1.30.14")
    row = ("/properties/kubernetesVersion", "1.29.13", "1.30.14")
    prepared = Prepared(order, PRINT, (row,), at(), "ann", "contoso", ("A pool scales by itself.",))
    question = ask(stroll.walk, prepared=prepared, may_upgrade=True)
    assert question is not None and question.ask is Ask.UPGRADE
    assert question.lines[:4] == (
        f"S01 upgrade of {name} from 1.29.13 to 1.30.14, as ann in contoso.",
        "S01 the one change: /properties/kubernetesVersion is 1.29.13, and becomes 1.30.14.",
        "S01 moves the control plane and all node pools; there is no way back (P15).",
        "S01 warning: A pool scales by itself.",
    )
    assert f"Type the cluster's name, {name}, to upgrade" in question.lines[-1]
    unread = ask(stroll.walk, unprepared="It changed. Look again.", may_upgrade=True)
    assert unread is not None and "Type" not in unread.lines[-1]
    assert unread.lines[-1].startswith(
        "S01 cannot be started by arcstep: It changed. Look again. [enter] reads it again"
    )


def test_nothing_is_asked_while_it_runs() -> None:
    stroll = Stroll()
    stroll.to_running()
    assert ask(stroll.walk, may_upgrade=True) is None


def test_a_hold_comes_before_every_other_question() -> None:
    stroll = ready()
    stroll.feed(e.Decided(stroll.later(), "S01", e.Decision.HOLD, "grace"))
    question = ask(stroll.walk, may_upgrade=True)
    assert question is not None and question.ask is Ask.HELD


def test_attention_tells_meaning_and_what_to_do() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14", "Succeeded Upgrading"))
    question = ask(stroll.walk)
    assert question is not None and (question.ask, len(question.lines)) == (Ask.STANDSTILL, 3)
    assert question.lines[0].startswith("S01 finished, flag stuck: Every node runs the target")
    assert question.lines[1].startswith("S01 what to do: ")


# -- telling --


def test_news_are_told_once() -> None:
    stroll = Stroll()
    begun = stroll.walk
    first = news(None, begun)
    assert first[0] == "2026-05-20 00:00 walk begun by grace on desk"
    assert first[1].startswith("PRE pre-flight list, ") and first[1].endswith("then 3 steps.")
    looked = stroll.look()
    assert [line.partition(":")[0] for line in news(begun, looked)] == [
        "PRE.1 ticked by arcstep",
        "PRE.2 ticked by arcstep",
    ]
    again = stroll.look()
    assert news(looked, again) == news(again, again) == ()


def test_a_step_is_introduced_when_its_turn_comes() -> None:
    stroll = Stroll()
    before = stroll.look()
    lines = news(before, stroll.tick_all())
    place = next(number for number, line in enumerate(lines) if line.startswith("S01 step 1 of 3: Kubernetes 1.29.13"))
    assert lines[place - 1] == "2026-05-20 00:09 PRE done"
    assert lines[place + 1].startswith("S01 why: ") and lines[place + 2].startswith("S01 expected: ")


def test_what_could_not_be_read_is_said_once() -> None:
    stroll = Stroll()
    before = stroll.walk
    after = stroll.look(seen(gaps=("node pools: no permission",)))
    assert "PRE not read: node pools: no permission" in news(before, after)
    assert news(after, stroll.look(seen(gaps=("node pools: no permission",)))) == ()


def test_a_failed_operation_is_no_verdict_while_the_cluster_works() -> None:
    stroll = Stroll()
    before = stroll.to_running()
    complaint = Complaint("K8sVersionValidation", "1.30.14 is not ready.", "Wait for it.")
    told = stroll.feed(e.Polled(stroll.later(), "S01", "Failed", "denied", (complaint,)))
    lines = news(before, told)
    assert "S01 the operation says: denied" in lines
    assert "S01 K8sVersionValidation, recommended: Wait for it." in lines
    assert not any("came to nothing" in line for line in lines)
    assert exit_of_walk(told) == 3
    over = stroll.look(seen("1.29.13"))
    assert "S01 came to nothing. What to do: Wait for it." in news(told, over)
    assert exit_of_walk(over) == 40
    assert unfinished(over).endswith("checking. denied") or unfinished(over).endswith("ready. denied")


def test_the_standing_line_tells_how_far_it_is() -> None:
    stroll = Stroll()
    stroll.to_running()
    walk = stroll.look(seen("1.30.14", "Upgrading Upgrading", {"1.29.13": 2, "1.30.14": 1}, control_plane=3))
    leg = walk.leg
    assert leg is not None and leg.started is not None and leg.changed is not None and walk.look_due is not None
    line = standing(walk, leg.started + timedelta(minutes=12))
    assert line.startswith(
        f"{leg.started + timedelta(minutes=12):%H:%M} S01 still running, 12 min (usual 36 to 72 min, assumed by arcstep)"
    )
    assert "set to 1.30.14, nodes on 1.30.14: pool1 1/3" in line
    assert f"last change {leg.changed:%H:%M}" in line
    assert line.endswith(f"next look {min(walk.look_due, walk.poll_due or walk.look_due):%H:%M} UTC")
    seen_before = standing(walk, leg.started, [Run(6, 60.0)] * 3)
    assert "0 min (usual 60 to 60 min, by P50 and P90 of your own 3 runs)" in seen_before


# -- leaving --


@pytest.mark.parametrize(
    ("rehearsed", "words"),
    [
        (False, "1 upgrade goes on in Azure: mes-prod → 1.30.14; resume with: arcstep walk plan.md"),
        (True, "1 upgrade goes on when the rehearsal is taken up: mes-prod → 1.30.14; resume with: arcstep walk plan.md"),
    ],
)  # fmt: skip
def test_what_goes_on_is_named_when_it_is_left(rehearsed: bool, words: str) -> None:
    stroll = Stroll()
    walk = stroll.to_running()
    named = words.replace("mes-prod", walk.plan.subject.name)
    assert farewell(walk, AGAIN, rehearsed=rehearsed) == named
    assert (exit_of_walk(walk), unfinished(walk)) == (
        3,
        "The walk is not finished. It stands at S01 Kubernetes 1.29.13 → 1.30.14: running.",
    )


def test_what_is_in_doubt_may_go_on() -> None:
    stroll = ready()
    stroll.confirm()
    stroll.intend()
    walk = stroll.feed(e.Doubted(stroll.later(), "S01", "No answer came."))
    assert farewell(walk, AGAIN, rehearsed=False).startswith("1 upgrade may go on in Azure: ")
    assert (exit_of_walk(walk), unfinished(walk).endswith("unknown. No answer came.")) == (3, True)


def test_an_aborted_walk_is_not_to_be_resumed() -> None:
    stroll = ready()
    walk = stroll.feed(e.Decided(stroll.later(), "S01", e.Decision.ABORT, "grace"))
    assert (farewell(walk, AGAIN, rehearsed=False), exit_of_walk(walk), ask(walk)) == ("", 40, None)
    assert unfinished(walk).startswith("The walk was aborted at S01 Kubernetes 1.29.13 → 1.30.14: ready.")


def test_a_finished_walk_says_where_it_ends() -> None:
    walk = Stroll().walk
    over = replace(walk, place=len(walk.legs))
    assert (farewell(over, AGAIN, rehearsed=False), exit_of_walk(over), ask(over)) == ("", 0, None)
    assert unfinished(over) == f"Every step is done. {walk.plan.outcome}"
    assert standing(over, at()) == "Every step is done."
