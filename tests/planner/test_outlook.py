"""What a look changes: every stage of a hop against every reading of it, and the legs that arcstep only watches."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from planner.events import Intended, Order, Refused, Way
from planner.legs import PREFLIGHT, TOOL, Leg, Stage, Tick, legs_of
from planner.neighbours.gates import gate_step
from planner.neighbours.groups import Neighbour as Gate
from planner.outlook import IN_FLIGHT, LOOK_AGAIN, NOTHING_SEEN, after_look, began_anew
from planner.plan import Proof, Step
from planner.proofs import Mark
from planner.rollout import RolloutState, decode
from planner.sighting import Neighbour, PoolSight, Sighting
from planner.steps import repair_step
from tests.builders import AS_OF, cluster, version
from tests.planner.strolls import PLAN, at, seen

PRE, HOP, RELEASE = legs_of(PLAN)[:3]
OLD, NEW = "1.29.13", "1.30.14"
HALF = {OLD: 2, NEW: 1}
ORDER = Order("S01", PLAN.subject.id, PLAN.subject.name, OLD, NEW)
INTENT = Intended(AS_OF, "S01", ORDER, "0" * 64, '"tag"', "request")
OPERATION = "https://arm.test/op?c=secret"


def hop(stage: Stage, **changes: object) -> Leg:
    """The first hop at a stage, everything ticked that people tick; where it was sent, at AS_OF."""
    ticks = tuple(Tick(check.id, Mark.OK, "grace", AS_OF) for check in (*HOP.before, *HOP.after) if check.manual)
    leg = replace(HOP, stage=stage, ticks=ticks)
    if stage not in (Stage.TODO, Stage.CHECKING, Stage.READY):
        leg = replace(leg, way=Way.ARCSTEP, started=AS_OF, intent=INTENT, operation=OPERATION)
    return replace(leg, **changes)  # type: ignore[arg-type]


def after(leg: Leg, sighting: Sighting, minutes: float = 1) -> Leg:
    return after_look(leg, replace(sighting, at=at(minutes))).leg


LOOKS = {
    RolloutState.RUNNING: seen(NEW, "Upgrading Upgrading", HALF),
    RolloutState.TIMED_OUT: seen(NEW, "Failed Upgrading", HALF),
    RolloutState.FINISHED: seen(NEW),
    RolloutState.FLAG_STUCK: seen(NEW, "Succeeded Upgrading"),
    RolloutState.PARTIAL: seen(NEW, nodes=HALF),
    RolloutState.FAILED: seen(NEW, "Failed Failed", HALF),
    RolloutState.UNCHANGED: seen(OLD),
    RolloutState.DISCONNECTED: seen(NEW, connectivity="Offline"),
    RolloutState.UNKNOWN: seen("", " ", pools=None, offered=None, images=()),
}
"""One look for each reading; the unknown one could not read a thing."""
TODO, CHECKING, READY, SENDING = Stage.TODO, Stage.CHECKING, Stage.READY, Stage.SENDING
DOUBT, RUNNING, ATTENTION = Stage.DOUBT, Stage.RUNNING, Stage.ATTENTION
VERIFYING, GATE, DONE = Stage.VERIFYING, Stage.GATE, Stage.DONE
COLUMNS = tuple(LOOKS)
TABLE = {
    #          RUNNING  TIMED_OUT FINISHED FLAG_STUCK PARTIAL FAILED UNCHANGED DISCONNECTED UNKNOWN
    TODO: (TODO, TODO, TODO, TODO, TODO, TODO, TODO, TODO, TODO),
    CHECKING: (RUNNING, RUNNING, VERIFYING, ATTENTION, ATTENTION, ATTENTION, READY, ATTENTION, CHECKING),
    READY: (RUNNING, RUNNING, VERIFYING, ATTENTION, ATTENTION, ATTENTION, READY, ATTENTION, CHECKING),
    SENDING: (SENDING, SENDING, SENDING, SENDING, SENDING, SENDING, SENDING, SENDING, SENDING),
    DOUBT: (RUNNING, RUNNING, VERIFYING, ATTENTION, ATTENTION, ATTENTION, DOUBT, DOUBT, DOUBT),
    RUNNING: (RUNNING, RUNNING, VERIFYING, ATTENTION, ATTENTION, ATTENTION, RUNNING, RUNNING, RUNNING),
    ATTENTION: (RUNNING, RUNNING, VERIFYING, ATTENTION, ATTENTION, ATTENTION, ATTENTION, ATTENTION, ATTENTION),
    VERIFYING: (VERIFYING,) * 9,
    GATE: (VERIFYING, VERIFYING, GATE, VERIFYING, VERIFYING, VERIFYING, VERIFYING, GATE, GATE),
    DONE: (DONE,) * 9,
}
"""The stage after a look one minute after the upgrade was sent."""


@pytest.mark.parametrize(
    ("stage", "state", "expected"),
    [(stage, state, row[n]) for stage, row in TABLE.items() for n, state in enumerate(COLUMNS)],
)
def test_a_hop_at_a_stage_and_what_the_cluster_shows(stage: Stage, state: RolloutState, expected: Stage) -> None:
    leg = after(hop(stage), LOOKS[state])
    assert leg.rollout is not None and leg.rollout.state is state
    assert leg.stage is expected


def test_the_table_holds_every_stage_and_every_reading() -> None:
    assert set(TABLE) == set(Stage) == set(LOOK_AGAIN)
    assert set(COLUMNS) == set(RolloutState) and all(len(row) == len(COLUMNS) for row in TABLE.values())


# -- before it began --


def test_a_hop_is_only_ready_while_every_check_holds() -> None:
    assert after(hop(CHECKING), seen(OLD)).stage is READY
    assert after(hop(READY), seen(OLD, offered=())).stage is CHECKING
    assert after(hop(READY), seen(OLD, connectivity="Offline")).stage is CHECKING
    assert after(hop(READY), seen("1.29.14")).stage is CHECKING


def test_every_pool_at_zero_does_not_keep_a_hop_from_starting_nor_from_ending() -> None:
    empty = (PoolSight("pool1", "CBLMariner", 0, (), "Succeeded", "Succeeded"),)
    assert after(hop(CHECKING), seen(OLD, pools=empty)).stage is READY
    assert after(hop(RUNNING), seen(NEW, pools=empty)).stage is VERIFYING


def test_somebody_else_started_it_and_the_leg_follows_from_when_the_cluster_was_changed() -> None:
    begun = after(hop(READY), replace(LOOKS[RolloutState.RUNNING], modified_at=at(-7)))
    assert (begun.stage, begun.started, begun.way, begun.intent) == (RUNNING, at(-7), None, None)
    assert after(hop(READY), replace(LOOKS[RolloutState.RUNNING], modified_at=None)).started == at(1)
    over = after(hop(READY), seen(NEW))
    assert (over.stage, over.ended, over.started) == (VERIFYING, at(1), None)


def test_what_somebody_else_started_and_gave_up_may_be_decided_anew() -> None:
    begun = after(hop(READY), LOOKS[RolloutState.RUNNING])
    assert after(begun, seen(OLD), minutes=2).stage is READY


# -- in doubt --


def doubt(**changes: object) -> Leg:
    return hop(DOUBT, operation="", doubt="the answer was lost", **changes)


@pytest.mark.parametrize(
    ("waited", "modified", "expected"),
    [
        pytest.param(IN_FLIGHT - timedelta(seconds=1), at(-60), DOUBT, id="may still arrive"),
        pytest.param(IN_FLIGHT, at(-60), READY, id="never arrived"),
        pytest.param(IN_FLIGHT, at(0), ATTENTION, id="arrived, and left no trace"),
        pytest.param(IN_FLIGHT, at(1), ATTENTION, id="changed since, and looks unchanged"),
        pytest.param(IN_FLIGHT, None, ATTENTION, id="nobody says when it was changed last"),
    ],
)
def test_not_started_is_only_said_of_what_certainly_was_not(
    waited: timedelta, modified: datetime | None, expected: Stage
) -> None:
    leg = after_look(doubt(), replace(seen(OLD), at=AS_OF + waited, modified_at=modified)).leg
    assert leg.stage is expected
    assert (leg.intent is None) is (expected is READY), "the intent of what was never sent is spent"


def test_what_came_to_nothing_starts_from_a_clean_slate() -> None:
    refusal = Refused(at(0), "S01", "1.30.14 is not ready", "see the list")
    spent = doubt(refusal=refusal, correlation="c")
    leg = after_look(spent, replace(seen(OLD), at=AS_OF + IN_FLIGHT)).leg
    assert (leg.way, leg.started, leg.ended, leg.operation, leg.status, leg.doubt) == (None, None, None, "", "", "")
    assert leg.refusal == refusal, "why it came to nothing stays to be read"


def test_doubt_is_over_when_the_cluster_shows_the_upgrade() -> None:
    assert after(doubt(), LOOKS[RolloutState.RUNNING]).doubt == ""
    assert after(doubt(), seen(OLD)).doubt == "the answer was lost"
    assert after(doubt(), LOOKS[RolloutState.UNKNOWN]).doubt == "the answer was lost"


@pytest.mark.parametrize("stage", [DOUBT, RUNNING, ATTENTION])
def test_a_version_nobody_planned_needs_attention(stage: Stage) -> None:
    leg = after(hop(stage), seen("1.31.10"))
    assert leg.rollout is not None and leg.rollout.state is RolloutState.UNKNOWN
    assert leg.stage is ATTENTION


def test_a_new_process_doubts_what_was_being_sent_and_nothing_else() -> None:
    assert began_anew(hop(SENDING)).stage is DOUBT
    unsent = began_anew(hop(SENDING, intent=None, operation=""))
    assert (unsent.stage, unsent.way, unsent.started) == (CHECKING, None, None)
    for stage in set(Stage) - {SENDING}:
        assert began_anew(hop(stage)) == hop(stage)


# -- under way --


@pytest.mark.parametrize(
    ("status", "minutes", "expected"),
    [
        ("", 9, RUNNING),
        ("Updating", 9, RUNNING),
        ("", 11, ATTENTION),
        ("Updating", 11, ATTENTION),
        ("Succeeded", 1, ATTENTION),
        ("succeeded", 1, ATTENTION),
        ("Failed", 1, READY),
        ("CANCELED", 1, READY),
    ],
)
def test_an_accepted_upgrade_that_leaves_the_cluster_as_it_was(status: str, minutes: float, expected: Stage) -> None:
    assert timedelta(minutes=9) < NOTHING_SEEN < timedelta(minutes=11)
    assert after(hop(RUNNING, status=status), seen(OLD), minutes).stage is expected


def test_a_failed_operation_does_not_make_a_failed_upgrade() -> None:
    failed = hop(RUNNING, status="Failed")
    assert after(failed, LOOKS[RolloutState.RUNNING]).stage is RUNNING
    assert after(failed, LOOKS[RolloutState.TIMED_OUT]).stage is RUNNING
    assert after(failed, seen(NEW)).stage is VERIFYING


@pytest.mark.parametrize("stage", [RUNNING, ATTENTION])
def test_started_by_hand_and_nothing_came_of_it(stage: Stage) -> None:
    by_hand = hop(stage, way=Way.BY_HAND, intent=None, operation="")
    assert after(by_hand, seen(OLD), minutes=9).stage is stage
    back = after(by_hand, seen(OLD), minutes=11)
    assert (back.stage, back.way, back.started) == (READY, None, None)


def test_the_end_clears_what_went_wrong_before() -> None:
    leg = after(hop(ATTENTION, refusal=Refused(AS_OF, "S01", "why", "cure")), seen(NEW), minutes=5)
    assert (leg.stage, leg.refusal, leg.ended) == (VERIFYING, None, at(5))


def test_while_it_is_sent_a_look_moves_nothing_so_that_the_answer_still_counts() -> None:
    leg = after(hop(SENDING, operation=""), LOOKS[RolloutState.RUNNING])
    assert (leg.stage, leg.intent) == (SENDING, INTENT)
    assert leg.rollout is not None and leg.rollout.state is RolloutState.RUNNING


# -- the checks after it, and the gate --


def test_verifying_judges_its_checks_with_every_look() -> None:
    leg = after(hop(VERIFYING), seen(NEW))
    assert [leg.mark(check.id) for check in leg.after] == [Mark.OK] * 3
    behind = after(leg, seen(NEW, nodes=HALF))
    assert behind.mark("S01.V2") is Mark.NOT_SO and behind.mark("S01.V3") is Mark.OK


def test_a_gate_is_not_passed_on_what_is_no_longer_so() -> None:
    leg = replace(after(hop(VERIFYING), seen(NEW)), stage=GATE)
    fallen = after(leg, seen(NEW, nodes=HALF), minutes=2)
    assert fallen.stage is VERIFYING and fallen.mark("S01.V2") is Mark.NOT_SO
    blind = after(leg, LOOKS[RolloutState.UNKNOWN], minutes=2)
    assert blind.stage is GATE and blind.mark("S01.V2") is Mark.OK, "not seen is not the same as not so"


def test_a_tick_names_the_look_it_rests_on() -> None:
    first = after(hop(VERIFYING), seen(NEW))
    again = after(first, seen(NEW), minutes=5)
    tick = again.tick("S01.V2")
    assert tick is not None and (tick.by, tick.at) == (TOOL, at(5))


# -- a release update --


def release(stage: Stage, **changes: object) -> Leg:
    ticks = tuple(Tick(check.id, Mark.OK, "grace", AS_OF) for check in RELEASE.before if check.manual)
    return replace(RELEASE, stage=stage, ticks=ticks, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("stage", [CHECKING, READY, RUNNING, ATTENTION])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"update_state": "UpdateInProgress"}, RUNNING),
        ({"update_state": "UpdateInProgress", "release": "2602"}, RUNNING),
        ({"release": "2602"}, VERIFYING),
        ({"release": "2602", "update_state": "NeedsAttention"}, VERIFYING),
        ({"update_state": "UpdateFailed"}, ATTENTION),
        ({"update_state": "NeedsAttention"}, ATTENTION),
        ({"release": "2604"}, ATTENTION),
        ({"release": "2509"}, ATTENTION),
    ],
)
def test_a_release_update_is_what_the_instance_says(stage: Stage, change: dict[str, str], expected: Stage) -> None:
    assert after(release(stage), seen(NEW, **change)).stage is expected


def test_a_release_that_could_not_be_read_moves_nothing() -> None:
    for stage in (READY, RUNNING, ATTENTION):
        assert after(release(stage), seen(NEW, release="")).stage is stage


def test_a_release_leg_over_a_failure_goes_back_to_where_it_was() -> None:
    assert after(release(ATTENTION), seen(NEW)).stage is READY
    assert after(release(ATTENTION, started=AS_OF), seen(NEW)).stage is RUNNING


def test_an_update_somebody_started_begins_when_it_is_seen() -> None:
    running = after(release(READY), seen(NEW, update_state="UpdateInProgress"))
    assert running.started == at(1)
    assert after(running, seen(NEW, update_state="UpdateInProgress"), minutes=9).started == at(1)
    over = after(running, seen(NEW, release="2602"), minutes=60)
    assert (over.stage, over.started, over.ended) == (VERIFYING, at(1), at(60))


def test_the_checks_after_an_update_wait_for_the_list_and_for_people() -> None:
    leg = after(release(RUNNING), seen(NEW, release="2602", listed=False))
    assert [leg.mark(check.id) for check in leg.after] == [Mark.OK, Mark.OPEN, Mark.OPEN]
    assert leg.after[1].proof is Proof.BY_HAND
    assert after(leg, seen(NEW, release="2602")).mark(leg.after[2].id) is Mark.OK


def test_an_update_reported_as_there_and_as_failed_is_left_to_a_person() -> None:
    leg = after(release(RUNNING), seen(NEW, release="2602", update_state="UpdateFailed"))
    assert (leg.stage, leg.mark(leg.after[0].id)) == (VERIFYING, Mark.OPEN)


# -- waiting, repairing, neighbours --

REPAIR = repair_step(1, cluster(running=OLD), "currentState is Upgrading.", ("P17",))
SLOW = Gate("slow", "/slow", before="11.2510", on="2509", current="1.28.14", needed=version("1.29.13"))
BESIDE = gate_step(1, (SLOW,), "plant12")
DARK = gate_step(1, (replace(SLOW, current="unknown", needed=None),), "plant12")


def guided(step: Step, stage: Stage = CHECKING) -> Leg:
    return replace(legs_of(replace(PLAN, steps=(step,), preflight=()))[0], stage=stage)


def test_a_repair_is_over_when_the_cluster_is_seen_at_rest_whoever_mended_it() -> None:
    waiting = after(guided(REPAIR), seen(OLD, "Succeeded Upgrading"))
    assert waiting.stage is READY, "nothing has to be true before one may repair"
    assert {waiting.mark(check.id) for check in waiting.after} == {Mark.NOT_SO}
    assert after(waiting, LOOKS[RolloutState.UNKNOWN]).stage is READY
    assert after(waiting, seen(OLD, connectivity="Offline")).stage is READY
    over = after(waiting, seen(OLD), minutes=3)
    assert (over.stage, over.ended) == (VERIFYING, at(3))
    assert {over.mark(check.id) for check in over.after} == {Mark.OK}


def test_a_neighbour_is_over_when_it_rests_on_the_version_that_is_needed() -> None:
    behind = after(guided(BESIDE), seen(OLD, neighbours=(Neighbour("slow", "1.28.14", True),)))
    assert behind.stage is READY
    moving = after(behind, seen(OLD, neighbours=(Neighbour("slow", "1.29.13", False),)))
    assert moving.stage is READY
    assert after(moving, seen(OLD, neighbours=(Neighbour("slow", "1.29.13", True),))).stage is VERIFYING


def test_a_neighbour_whose_version_nobody_knew_is_ticked_by_a_person() -> None:
    leg = after(guided(DARK), seen(OLD, neighbours=(Neighbour("slow", "1.31.13", True),)))
    assert leg.stage is READY and leg.mark(leg.after[0].id) is Mark.OPEN


def test_the_preflight_list_is_judged_and_goes_nowhere_by_itself() -> None:
    leg = after(replace(PRE, stage=CHECKING), seen(OLD))
    assert leg.id == PREFLIGHT and leg.rollout is None
    assert {check.id: leg.mark(check.id) for check in leg.before if not check.manual} == {
        "PRE.1": Mark.OK,
        "PRE.2": Mark.OK,
    }
    assert after(leg, seen(OLD, connectivity="Offline")).mark("PRE.2") is Mark.NOT_SO


# -- what is remembered and what is said --


def test_a_look_forgets_the_trouble_of_the_one_before_and_remembers_when_something_moved() -> None:
    leg = after(hop(RUNNING, trouble="signed out", cure="sign in"), LOOKS[RolloutState.RUNNING], minutes=1)
    assert (leg.trouble, leg.cure, leg.changed) == ("", "", at(1))
    same = after(leg, LOOKS[RolloutState.RUNNING], minutes=9)
    assert (same.changed, same.seen) == (at(1), replace(LOOKS[RolloutState.RUNNING], at=at(9)))


def lines(leg: Leg, sighting: Sighting) -> tuple[str, ...]:
    return after_look(leg, replace(sighting, at=at(2))).said


def test_what_changed_is_said_once() -> None:
    leg = after(hop(RUNNING), seen(NEW, "Upgrading Upgrading", {OLD: 3}))
    rolling = seen(NEW, "Upgrading Upgrading", HALF, error="drain is slow")
    assert lines(leg, rolling) == (f"ready on {NEW}: pool1 1/3", "the cluster reports: drain is slow")
    assert lines(after(leg, rolling), rolling) == ()
    over = seen(NEW, error="drain is slow")
    evidence = decode(over, OLD, NEW).evidence
    assert lines(after(leg, rolling), over) == (f"ready on {NEW}: pool1 3/3", f"finished: {evidence}", "verifying")


def test_pools_that_could_not_be_read_are_no_progress() -> None:
    leg = after(hop(RUNNING), LOOKS[RolloutState.RUNNING])
    assert not any(line.startswith("ready on") for line in lines(leg, replace(leg.seen or seen(), pools=None)))


def test_release_and_update_state_are_said() -> None:
    leg = after(release(READY), seen(NEW))
    assert lines(leg, seen(NEW, update_state="UpdateInProgress")) == (
        "update state of the instance: UpdateInProgress",
        "running",
    )
    assert lines(leg, seen(NEW, release="2602"))[0] == "the instance reports release 2602"


def test_that_nothing_came_of_it_is_said() -> None:
    leg = after(hop(RUNNING, status="Failed"), LOOKS[RolloutState.RUNNING])
    assert lines(leg, seen(OLD))[-2:] == ("nothing came of it: it may be decided anew", "ready")


@pytest.mark.parametrize("stage", [DOUBT, RUNNING])
def test_what_is_open_is_looked_at_often(stage: Stage) -> None:
    assert LOOK_AGAIN[stage] <= timedelta(minutes=2) < LOOK_AGAIN[READY]
