"""The walk, event by event: what may happen when, what it leads to, and what has to be done next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from planner import events as e
from planner.events import Decision
from planner.legs import PREFLIGHT, Stage
from planner.outlook import IN_FLIGHT
from planner.plan import StepKind
from planner.proofs import Mark
from planner.rollout import RolloutState
from planner.sighting import Neighbour
from planner.walk import (
    Look,
    Poll,
    Send,
    WalkError,
    advance,
    is_worth_keeping,
    replay,
    why_not_start,
)
from tests.planner.strolls import PLAN, PRINT, Stroll, at, seen

HALF = {"1.29.13": 2, "1.30.14": 1}


def test_it_begins_with_the_preflight_list_and_a_wide_look() -> None:
    stroll = Stroll()
    assert [step.kind for step in PLAN.steps][:2] == [StepKind.KUBERNETES, StepKind.RELEASE]
    assert (stroll.leg.id, stroll.leg.stage) == (PREFLIGHT, Stage.CHECKING)
    assert stroll.commands == [Look(PREFLIGHT, "", wide=True)]


def test_the_preflight_list_passes_on_when_everything_is_ticked_and_not_before() -> None:
    stroll = Stroll()
    stroll.look()
    assert stroll.leg.mark("PRE.1") is stroll.leg.mark("PRE.2") is Mark.OK
    assert stroll.leg.id == PREFLIGHT
    stroll.tick_all()
    assert (stroll.leg.id, stroll.leg.stage) == ("S01", Stage.CHECKING)
    assert stroll.commands == [Look("S01", "1.30.14", wide=True)]


def test_a_step_is_ready_when_every_check_before_it_is_ticked() -> None:
    stroll = Stroll()
    stroll.to_ready()
    assert stroll.leg.stage is Stage.READY
    assert why_not_start(stroll.walk) == ""


@pytest.mark.parametrize(
    "sighting",
    [
        pytest.param(seen(offered=("1.29.14",)), id="no longer offered"),
        pytest.param(seen(states="Succeeded Updating"), id="not at rest"),
        pytest.param(seen(nodes={"1.29.13": 2, "1.29.9": 1}), id="pools apart"),
        pytest.param(seen(pools=None), id="pools not read"),
        pytest.param(seen(offered=None), id="profile not read"),
        pytest.param(seen(update_state="UpdateInProgress"), id="the instance is being updated"),
        pytest.param(seen(neighbours=(Neighbour("b", "1.30.14", False, True),)), id="a neighbour is being upgraded"),
        pytest.param(seen(release="", update_state=""), id="instance not read"),
    ],
)
def test_what_is_not_so_or_was_not_seen_keeps_a_step_from_starting(sighting: object) -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.look(sighting)  # type: ignore[arg-type]
    assert stroll.leg.stage is Stage.CHECKING
    assert why_not_start(stroll.walk) != ""
    with pytest.raises(WalkError):
        stroll.confirm()


def test_nobody_can_tick_away_what_arcstep_saw_is_not_so() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.look(seen(offered=("1.29.14",)))
    with pytest.raises(WalkError, match="not so"):
        stroll.feed(e.Ticked(stroll.later(), "S01.1", True, "grace"))


def test_what_arcstep_cannot_see_may_be_ticked_by_hand_until_it_sees_otherwise() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.look(seen(images=()))
    assert stroll.leg.stage is Stage.CHECKING
    stroll.feed(e.Ticked(stroll.later(), "S01.3", True, "grace", "seen on the host"))
    assert stroll.leg.stage is Stage.READY
    stroll.look(seen(images=()))
    assert stroll.leg.stage is Stage.READY
    gone = tuple(type(image)(image.version, image.os_sku, False) for image in seen().images)
    stroll.look(seen(images=gone))
    assert stroll.leg.mark("S01.3") is Mark.NOT_SO


def test_only_the_exact_name_starts_an_upgrade_and_it_sends_what_the_plan_says() -> None:
    stroll = Stroll()
    stroll.to_ready()
    for typed in ("", "mes-pro", "MES-PROD", "mes-prod "):
        with pytest.raises(WalkError, match="nothing was sent"):
            stroll.feed(e.Confirmed(stroll.later(), "S01", "grace", typed, PRINT))
    stroll.confirm()
    (send,) = stroll.commands
    assert isinstance(send, Send)
    assert (send.order.cluster, send.order.origin, send.order.target) == (PLAN.subject.id, "1.29.13", "1.30.14")
    assert stroll.leg.stage is Stage.SENDING


def test_one_confirmation_is_one_intent() -> None:
    stroll = Stroll()
    stroll.to_ready()
    with pytest.raises(WalkError):
        stroll.intend()
    stroll.confirm()
    with pytest.raises(WalkError):
        stroll.confirm()
    stroll.intend()
    with pytest.raises(WalkError):
        stroll.intend()


def test_from_accepted_to_the_gate_and_on() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14", "Upgrading Upgrading", HALF))
    assert stroll.leg.stage is Stage.RUNNING
    stroll.feed(e.Polled(stroll.later(), "S01", "Succeeded"))
    assert stroll.commands == [Look("S01", "1.30.14", wide=False)]
    assert stroll.leg.stage is Stage.RUNNING, "the cluster has the last word, not the operation"
    stroll.look(seen("1.30.14"))
    assert stroll.leg.stage is Stage.VERIFYING
    stroll.tick_all()
    assert stroll.leg.stage is Stage.GATE
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))
    assert stroll.leg.id == "S02"
    assert stroll.walk.legs[1].stage is Stage.DONE


@pytest.mark.parametrize(
    ("sighting", "stage", "state"),
    [
        (seen("1.30.14", "Failed Upgrading", HALF), Stage.RUNNING, RolloutState.TIMED_OUT),
        (seen("1.30.14", "Succeeded Upgrading"), Stage.ATTENTION, RolloutState.FLAG_STUCK),
        (seen("1.30.14", "Failed Failed", HALF), Stage.ATTENTION, RolloutState.FAILED),
        (seen("1.30.14", nodes=HALF), Stage.ATTENTION, RolloutState.PARTIAL),
        (seen("1.30.14", connectivity="Offline"), Stage.RUNNING, RolloutState.DISCONNECTED),
        (seen("1.30.14", "Rebalancing Upgrading", HALF), Stage.RUNNING, RolloutState.UNKNOWN),
        (seen("1.30.14", pools=None), Stage.RUNNING, RolloutState.UNKNOWN),
        (seen("1.29.13"), Stage.RUNNING, RolloutState.UNCHANGED),
    ],
)
def test_what_a_look_says_of_a_running_upgrade(sighting: object, stage: Stage, state: RolloutState) -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(sighting)  # type: ignore[arg-type]
    assert (stroll.leg.stage, stroll.leg.rollout.state) == (stage, state)  # type: ignore[union-attr]


def test_attention_ends_when_the_cluster_is_seen_finished() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14", "Failed Failed", HALF))
    stroll.look(seen("1.30.14"))
    assert stroll.leg.stage is Stage.VERIFYING


def test_an_operation_that_failed_without_touching_the_cluster_may_be_decided_anew() -> None:
    stroll = Stroll()
    stroll.to_running()
    complaint = e.Complaint("K8sVersionValidation", "1.30.14 is not ready for use on Linux.", "See the list.")
    stroll.feed(e.Polled(stroll.later(), "S01", "Failed", "BadRequest", (complaint,)))
    assert stroll.leg.stage is Stage.RUNNING
    stroll.look(seen())
    assert stroll.leg.stage is Stage.READY
    assert stroll.leg.refusal is not None and stroll.leg.refusal.complaints == (complaint,)
    stroll.confirm()
    assert stroll.leg.intent is None, "a new confirmation needs a new intent"


def test_a_refused_put_is_looked_after_and_may_be_confirmed_again() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.confirm()
    stroll.feed(e.Refused(stroll.later(), "S01", "no permission", "ask"))
    assert stroll.commands == [Look("S01", "1.30.14", wide=True)]
    stroll.look()
    assert stroll.leg.stage is Stage.READY


def doubted() -> Stroll:
    stroll = Stroll()
    stroll.to_ready()
    stroll.confirm()
    stroll.intend()
    stroll.feed(e.Doubted(stroll.later(0.1), "S01", "the answer was lost"))
    return stroll


def crashed() -> Stroll:
    stroll = Stroll()
    stroll.to_ready()
    stroll.confirm()
    stroll.intend()
    stroll.walk = replay(stroll.events)
    stroll.feed(e.Reopened(stroll.later(0.1), "linus", "desk"))
    return stroll


@pytest.mark.parametrize("lost", [doubted, crashed])
def test_a_lost_answer_is_found_out_by_looking_and_never_by_sending(lost: Callable[[], Stroll]) -> None:
    stroll = lost()
    assert stroll.leg.stage is Stage.DOUBT
    assert stroll.commands == [Look("S01", "1.30.14", wide=False)]
    stroll.look(minutes=0.5)
    assert stroll.leg.stage is Stage.DOUBT, "the request may still be under way"
    stroll.look(seen("1.30.14", "Accepted Succeeded", {"1.29.13": 3}), minutes=0.2)
    assert stroll.leg.stage is Stage.RUNNING


@pytest.mark.parametrize("lost", [doubted, crashed])
def test_a_put_that_never_arrived_is_not_started_once_it_cannot_arrive_any_more(lost: Callable[[], Stroll]) -> None:
    stroll = lost()
    intent = stroll.leg.intent
    assert intent is not None
    stroll.look(minutes=IN_FLIGHT.total_seconds() / 60)
    assert stroll.leg.stage is Stage.READY
    assert not [command for command in stroll.commands if isinstance(command, Send)]


def test_a_cluster_that_was_changed_since_the_intent_and_looks_unchanged_needs_attention() -> None:
    stroll = doubted()
    stroll.look(seen(modified_at=at(60)), minutes=10)
    assert stroll.leg.stage is Stage.ATTENTION


def test_a_crash_before_the_intent_sent_nothing() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.confirm()
    stroll.walk = replay(stroll.events)
    stroll.feed(e.Reopened(stroll.later(), "linus", "desk"))
    assert stroll.leg.stage is Stage.CHECKING
    stroll.look()
    assert stroll.leg.stage is Stage.READY


def test_a_running_operation_is_asked_again_after_a_crash() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.walk = replay(stroll.events)
    stroll.feed(e.Reopened(stroll.later(), "linus", "desk"))
    assert stroll.commands == [Look("S01", "1.30.14", wide=False)]
    stroll.feed(e.TimePassed(stroll.later(0)))
    assert stroll.commands == [Poll("S01", "https://arm.test/op?c=secret")]


def test_polls_and_looks_come_due_with_time_and_only_once() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.feed(e.TimePassed(stroll.later(0.4)))
    assert stroll.commands == []
    stroll.feed(e.TimePassed(stroll.later(0.2)))
    assert {type(command) for command in stroll.commands} == {Poll, Look}
    stroll.feed(e.TimePassed(stroll.later(5)))
    assert stroll.commands == []


def test_a_poll_that_fails_changes_nothing_but_asks_the_cluster() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.feed(e.PollFailed(stroll.later(), "S01", "signed out", "sign in"))
    assert stroll.leg.stage is Stage.RUNNING
    assert stroll.commands == [Look("S01", "1.30.14", wide=False)]
    assert stroll.walk.poll_due is not None


def test_an_operation_is_not_asked_for_ever() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.feed(e.Polled(stroll.later(60 * 24), "S01", "Rebalancing"))
    assert stroll.walk.poll_due is None
    assert stroll.leg.stage is Stage.RUNNING


def test_a_look_that_fails_is_tried_again_and_says_why() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.feed(e.LookFailed(stroll.later(), "S01", "signed out", "sign in"))
    assert (stroll.leg.stage, stroll.leg.trouble) == (Stage.RUNNING, "signed out")
    assert stroll.walk.look_due == stroll.walk.now + timedelta(seconds=60)


def test_somebody_else_upgraded_it_already() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.look(seen("1.30.14"))
    assert stroll.leg.stage is Stage.VERIFYING


def test_somebody_else_is_upgrading_it() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.look(seen("1.30.14", "Upgrading Upgrading", HALF))
    assert stroll.leg.stage is Stage.RUNNING
    with pytest.raises(WalkError):
        stroll.confirm()


def test_a_version_off_the_plan_starts_nothing() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.look(seen("1.29.14"))
    assert stroll.leg.stage is Stage.CHECKING
    assert stroll.leg.rollout is not None and stroll.leg.rollout.state is RolloutState.UNKNOWN


def test_a_hold_keeps_everything_from_starting_and_goes_on_looking() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.HOLD, "grace", "wait for the shift"))
    with pytest.raises(WalkError, match="on hold"):
        stroll.confirm()
    stroll.look()
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))
    stroll.confirm()
    assert stroll.leg.stage is Stage.SENDING


def test_going_on_after_a_hold_at_a_gate_does_not_pass_the_gate() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14"))
    stroll.tick_all()
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.HOLD, "grace"))
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))
    assert (stroll.leg.id, stroll.leg.stage, stroll.walk.held) == ("S01", Stage.GATE, False)
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))
    assert stroll.leg.id == "S02"


def test_after_an_abort_nothing_starts_any_more_but_what_runs_is_watched() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.ABORT, "grace"))
    stroll.look(seen("1.30.14"))
    assert stroll.leg.stage is Stage.VERIFYING
    with pytest.raises(WalkError, match="aborted"):
        stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))


def test_by_hand_arcstep_only_watches() -> None:
    stroll = Stroll()
    stroll.to_ready()
    stroll.feed(e.Started(stroll.later(), "S01", "grace"))
    assert stroll.leg.stage is Stage.RUNNING
    assert stroll.commands == [Look("S01", "1.30.14", wide=False)]
    stroll.look()
    assert stroll.leg.stage is Stage.RUNNING, "the command may not have been entered yet"
    stroll.look(seen("1.30.14"))
    assert stroll.leg.stage is Stage.VERIFYING


def at_the_release() -> Stroll:
    stroll = Stroll()
    stroll.to_ready()
    stroll.look(seen("1.30.14"))
    stroll.tick_all()
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))
    assert stroll.leg.step is not None and stroll.leg.step.kind is StepKind.RELEASE
    return stroll


def test_a_release_update_is_noticed_by_looking() -> None:
    stroll = at_the_release()
    step = stroll.leg.step
    assert step is not None
    assert stroll.commands == [Look("S02", "", wide=True)]
    stroll.look(seen("1.30.14"))
    stroll.tick_all()
    assert stroll.leg.stage is Stage.READY
    with pytest.raises(WalkError, match="not an upgrade that arcstep makes"):
        stroll.confirm()
    stroll.feed(e.Started(stroll.later(), "S02", "linus"))
    stroll.look(seen("1.30.14", update_state="UpdateInProgress"))
    assert stroll.leg.stage is Stage.RUNNING
    stroll.look(seen("1.30.14", release=step.target, update_state="UpdateInProgress"))
    assert stroll.leg.stage is Stage.RUNNING, "the release is there, the update is not over"
    stroll.look(seen("1.30.14", release=step.target))
    assert stroll.leg.stage is Stage.VERIFYING
    stroll.tick_all()
    assert stroll.leg.stage is Stage.GATE


@pytest.mark.parametrize(
    "change", [{"release": "2509"}, {"update_state": "UpdateFailed"}, {"update_state": "NeedsAttention"}]
)
def test_a_release_update_that_goes_wrong_needs_attention(change: dict[str, str]) -> None:
    stroll = at_the_release()
    stroll.look(seen("1.30.14", **change))
    assert stroll.leg.stage is Stage.ATTENTION


def test_notes_stay_with_what_they_are_about() -> None:
    stroll = Stroll()
    stroll.feed(e.Noted(stroll.later(), "S01.1", "asked the site", "grace"))
    stroll.feed(e.Noted(stroll.later(), "PRE.2", "ok", "grace"))
    assert [note.text for note in stroll.walk.legs[1].notes] == ["asked the site"]
    with pytest.raises(WalkError):
        stroll.feed(e.Noted(stroll.later(), "S99", "x", "grace"))


def test_what_shows_nothing_new_is_not_kept() -> None:
    stroll = Stroll()
    stroll.to_running()

    def kept(event: e.Event) -> bool:
        before = stroll.walk
        return is_worth_keeping(before, stroll.feed(event), event)

    assert kept(e.Looked(stroll.later(), "S01", seen("1.30.14", "Upgrading Upgrading", HALF)))
    assert not kept(e.Looked(stroll.later(), "S01", seen("1.30.14", "Upgrading Upgrading", HALF, when=at(90))))
    assert kept(e.Polled(stroll.later(), "S01", "Updating"))
    assert not kept(e.Polled(stroll.later(), "S01", "Updating"))
    assert kept(e.LookFailed(stroll.later(), "S01", "signed out", "sign in"))
    assert not kept(e.LookFailed(stroll.later(), "S01", "signed out", "sign in"))
    assert not kept(e.TimePassed(stroll.later()))


def test_a_look_that_shows_nothing_new_is_kept_where_it_decides_something() -> None:
    stroll = doubted()
    stroll.look(minutes=0.1)
    before = stroll.walk
    again = e.Looked(stroll.later(10), "S01", seen(when=at(stroll.minute)))
    assert is_worth_keeping(before, stroll.feed(again), again)
    assert stroll.leg.stage is Stage.READY


def test_what_arcstep_ticked_is_not_unticked_by_hand() -> None:
    stroll = Stroll()
    stroll.look()
    with pytest.raises(WalkError, match="itself"):
        stroll.feed(e.Ticked(stroll.later(), "PRE.1", False, "grace"))


def test_the_journal_gives_the_walk_back() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14", "Upgrading Upgrading", HALF))
    assert replay(stroll.events) == stroll.walk


def test_a_journal_whose_events_do_not_follow_is_refused() -> None:
    stroll = Stroll()
    stroll.to_running()
    with pytest.raises(WalkError):
        replay(stroll.events[1:])
    with pytest.raises(WalkError):
        replay([event for event in stroll.events if not isinstance(event, e.Confirmed)])
    with pytest.raises(WalkError):
        replay([*stroll.events, stroll.events[0]])
    with pytest.raises(WalkError):
        replay([])


def test_no_secret_is_in_the_log() -> None:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14", "Upgrading Upgrading", HALF))
    assert "secret" not in repr(stroll.walk.log)


def test_time_never_runs_backwards() -> None:
    stroll = Stroll()
    stroll.to_running()
    walk, _ = advance(stroll.walk, e.TimePassed(at(-60)))
    assert walk.now == stroll.walk.now
