"""The reading of a rollout: every combination of signs by definition, and the words and nodes they are made from."""

from __future__ import annotations

from itertools import product

import pytest

from planner.rollout import TABLE, RolloutState, decode, row_for
from planner.sighting import PoolSight, Sighting
from planner.signs import At, Contact, Extension, Flag, Nodes, Signs, contact_of, nodes_on, progress, signs_of
from tests.builders import AS_OF

OLD, NEW = "1.30.14", "1.31.13"
PRODUCT = tuple(Signs(*values) for values in product(Flag, Flag, At, Nodes, Extension, Contact))
WHOLE = {Nodes.ALL, Nodes.EMPTY}


def pool(
    *ready: tuple[str, int],
    name: str = "a",
    count: int | None = 3,
    states: tuple[str, str] = ("Succeeded", "Succeeded"),
) -> PoolSight:
    return PoolSight(name, "CBLMariner", count, ready, *states)


def look(
    version: str = NEW,
    provisioning: str = "Succeeded",
    current: str = "Succeeded",
    pools: tuple[PoolSight, ...] | None = (pool((NEW, 3)),),
    connectivity: str = "Connected",
    extension: str = "",
) -> Sighting:
    return Sighting(AS_OF, version, provisioning, current, connectivity, pools, extension=extension)


def state_of(sighting: Sighting) -> RolloutState:
    return decode(sighting, OLD, NEW).state


# -- the table --


def meant(signs: Signs) -> RolloutState:
    """The truth table in one sentence a state, apart from the rows it is written in."""
    flags = (signs.provisioning, signs.current)
    if signs.contact is Contact.LOST:
        return RolloutState.DISCONNECTED
    if Flag.OTHER in flags or signs.version in (At.OTHER, At.UNKNOWN):
        return RolloutState.UNKNOWN
    if signs.provisioning is Flag.BUSY:
        return RolloutState.RUNNING
    if flags == (Flag.FAILED, Flag.BUSY):
        return RolloutState.TIMED_OUT
    if Flag.FAILED in flags:
        return RolloutState.FAILED
    if signs.nodes is Nodes.UNKNOWN:
        return RolloutState.UNKNOWN
    there = signs.version is At.TARGET and signs.nodes in WHOLE
    if signs.current is Flag.BUSY:
        return RolloutState.FLAG_STUCK if there else RolloutState.RUNNING
    if there:
        return RolloutState.FINISHED
    still = signs.version is At.ORIGIN and signs.nodes in (Nodes.NONE, Nodes.EMPTY)
    return RolloutState.UNCHANGED if still else RolloutState.PARTIAL


def test_every_combination_of_signs_is_read_as_the_truth_table_means_it() -> None:
    assert len(PRODUCT) == 4 * 4 * 4 * 5 * 3 * 3
    wrong = [(signs, row_for(signs).state) for signs in PRODUCT if row_for(signs).state is not meant(signs)]
    assert wrong == []


def test_finished_needs_all_four_parts_and_contact() -> None:
    finished = [signs for signs in PRODUCT if row_for(signs).state is RolloutState.FINISHED]
    assert finished
    for signs in finished:
        assert (signs.provisioning, signs.current) == (Flag.SUCCEEDED, Flag.SUCCEEDED)
        assert signs.version is At.TARGET and signs.nodes in WHOLE and signs.contact is not Contact.LOST


def test_nothing_is_called_failed_while_the_cluster_is_at_work() -> None:
    busy = [signs for signs in PRODUCT if Flag.BUSY in (signs.provisioning, signs.current)]
    assert busy
    assert RolloutState.FAILED not in {row_for(signs).state for signs in busy}


def test_an_unknown_sign_is_never_finished_failed_or_unchanged() -> None:
    certain = {RolloutState.FINISHED, RolloutState.FAILED, RolloutState.UNCHANGED, RolloutState.PARTIAL}
    for signs in PRODUCT:
        if Flag.OTHER in (signs.provisioning, signs.current) or signs.version is At.UNKNOWN:
            assert row_for(signs).state not in certain


def test_every_row_is_reached_and_the_last_only_for_nodes_nobody_told_of() -> None:
    reached = {id(row_for(signs)) for signs in PRODUCT}
    assert [row.meaning for row in TABLE if id(row) not in reached] == []
    last = {signs for signs in PRODUCT if row_for(signs) is TABLE[-1]}
    contacts = set(Contact) - {Contact.LOST}
    rest = product((Flag.SUCCEEDED,), (Flag.SUCCEEDED,), (At.TARGET, At.ORIGIN), (Nodes.UNKNOWN,), Extension, contacts)
    assert last == {Signs(*values) for values in rest}


def test_every_row_says_what_it_means_what_to_do_and_where_it_is_from() -> None:
    assert {row.state for row in TABLE} == set(RolloutState)
    for row in TABLE:
        assert row.meaning.endswith(".") and row.action.endswith(".") and row.source


def test_the_extension_only_changes_the_advice() -> None:
    stuck = Signs(Flag.SUCCEEDED, Flag.BUSY, At.TARGET, Nodes.ALL, Extension.AFFECTED, Contact.CONNECTED)
    assert "2505 or later" in row_for(stuck).action
    for other in (Extension.OTHER, Extension.UNKNOWN):
        signs = Signs(Flag.SUCCEEDED, Flag.BUSY, At.TARGET, Nodes.ALL, other, Contact.CONNECTED)
        assert row_for(signs).state is RolloutState.FLAG_STUCK
        assert "Wait half an hour" in row_for(signs).action


EXAMPLES = (
    look(),
    look(provisioning="Upgrading", current="Upgrading"),
    look(provisioning="Failed", current="Upgrading"),
    look(current="Upgrading"),
    look(provisioning="Failed", current="Failed"),
    look(pools=(pool((OLD, 3)),)),
    look(OLD, pools=(pool((OLD, 3)),)),
    look(connectivity="Offline"),
    look(""),
)
"""One look for each state."""


def test_only_the_running_states_are_under_way() -> None:
    read = {decode(sighting, OLD, NEW).state: decode(sighting, OLD, NEW).is_under_way for sighting in EXAMPLES}
    assert set(read) == set(RolloutState)
    assert {state for state, under_way in read.items() if under_way} == {RolloutState.RUNNING, RolloutState.TIMED_OUT}


# -- words --


@pytest.mark.parametrize(
    ("word", "flag"),
    [
        *((word, Flag.BUSY) for word in ("Accepted", "Pending", "Creating", "Updating", "Upgrading", "UPGRADING")),
        *((word, Flag.SUCCEEDED) for word in ("Succeeded", "succeeded", "SUCCEEDED")),
        *((word, Flag.FAILED) for word in ("Failed", "Canceled", "Cancelled", "FAILED")),
        *((word, Flag.OTHER) for word in ("", "Deleting", "Rebalancing", "Succeeded ", "InProgress", "Succeeded?")),
    ],
)
def test_states_are_read_whatever_their_casing_and_unknown_words_stay_unknown(word: str, flag: Flag) -> None:
    signs = signs_of(look(provisioning=word, current=word), OLD, NEW)
    assert (signs.provisioning, signs.current) == (flag, flag)


@pytest.mark.parametrize(
    ("version", "at"),
    [(NEW, At.TARGET), (OLD, At.ORIGIN), ("1.31.1", At.OTHER), ("1.32.9", At.OTHER), ("", At.UNKNOWN)],
)
def test_a_version_is_the_target_the_origin_or_neither(version: str, at: At) -> None:
    assert signs_of(look(version), OLD, NEW).version is at


@pytest.mark.parametrize(
    ("word", "contact"),
    [
        ("Connected", Contact.CONNECTED),
        ("connected", Contact.CONNECTED),
        ("Connecting", Contact.CONNECTED),
        ("Offline", Contact.LOST),
        ("EXPIRED", Contact.LOST),
        ("AgentNotInstalled", Contact.UNKNOWN),
        ("", Contact.UNKNOWN),
    ],
)
def test_contact_is_lost_only_where_azure_says_so(word: str, contact: Contact) -> None:
    assert contact_of(word) is contact
    assert signs_of(look(connectivity=word), OLD, NEW).contact is contact


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("2.1.211", Extension.AFFECTED),
        ("2.1.223", Extension.AFFECTED),
        ("2.1.211 or 2.1.223", Extension.AFFECTED),
        ("2.1.2110", Extension.OTHER),
        ("12.1.211", Extension.OTHER),
        ("4.0.x", Extension.OTHER),
        ("unknown", Extension.UNKNOWN),
        ("", Extension.UNKNOWN),
    ],
)
def test_the_extension_is_read_from_the_words_of_the_catalog(text: str, extension: Extension) -> None:
    assert signs_of(look(extension=text), OLD, NEW).extension is extension


# -- nodes --


@pytest.mark.parametrize(
    ("pools", "nodes"),
    [
        pytest.param(None, Nodes.UNKNOWN, id="not read"),
        pytest.param((), Nodes.UNKNOWN, id="an empty answer is no proof"),
        pytest.param((pool((NEW, 3)),), Nodes.ALL, id="all"),
        pytest.param((pool((NEW, 2), (NEW, 1)),), Nodes.ALL, id="two groups, by VM size"),
        pytest.param((pool((NEW, 2), (OLD, 1)),), Nodes.SOME, id="rolling"),
        pytest.param((pool((OLD, 3)),), Nodes.NONE, id="none yet"),
        pytest.param((pool((NEW, 2)),), Nodes.SOME, id="one not ready"),
        pytest.param((pool((NEW, 4)),), Nodes.SOME, id="one too many: surge, or scaled since"),
        pytest.param((pool((NEW, 3), (OLD, 1)),), Nodes.SOME, id="all on the target and an old one left"),
        pytest.param((pool((NEW, 3), (OLD, 0)),), Nodes.ALL, id="an empty group of old nodes"),
        pytest.param((pool((NEW, 3), ("", 0)),), Nodes.ALL, id="an empty group without version"),
        pytest.param((pool((NEW, 2), ("", 1)),), Nodes.UNKNOWN, id="a version not told"),
        pytest.param((pool(("", 3)),), Nodes.UNKNOWN, id="no version told"),
        pytest.param((pool(),), Nodes.UNKNOWN, id="ready nodes not told"),
        pytest.param((pool((NEW, 0)),), Nodes.NONE, id="no node ready, and told so"),
        pytest.param((pool((NEW, 3), count=None),), Nodes.UNKNOWN, id="count not told"),
        pytest.param((pool(count=None),), Nodes.UNKNOWN, id="nothing told"),
        pytest.param((pool((NEW, 3)), pool(name="b", count=0)), Nodes.ALL, id="a pool at zero beside"),
        pytest.param((pool((OLD, 3)), pool(name="b", count=0)), Nodes.NONE, id="a pool at zero hides nothing"),
        pytest.param((pool(count=0), pool(name="b", count=0)), Nodes.EMPTY, id="every pool at zero"),
        pytest.param((pool((OLD, 1), count=0),), Nodes.NONE, id="scaled to zero, a node still there"),
        pytest.param((pool((NEW, 3)), pool(name="b")), Nodes.UNKNOWN, id="one pool told, one not"),
        pytest.param((pool((NEW, 3)), pool((OLD, 3), name="b")), Nodes.SOME, id="one pool behind"),
        pytest.param((pool((NEW, 3), states=("Upgrading", "Succeeded")),), Nodes.SOME, id="pool still at work"),
        pytest.param((pool((NEW, 3), states=("Succeeded", "Upgrading")),), Nodes.SOME, id="pool still at work inside"),
        pytest.param((pool((NEW, 3), states=("Failed", "Succeeded")),), Nodes.SOME, id="pool failed"),
        pytest.param((pool((NEW, 3), states=("Rebalancing", "Succeeded")),), Nodes.SOME, id="pool in an unknown state"),
        pytest.param((pool((NEW, 3), states=("", "")),), Nodes.ALL, id="pool states not told"),
    ],
)
def test_nodes_on_the_target(pools: tuple[PoolSight, ...] | None, nodes: Nodes) -> None:
    assert nodes_on(pools, NEW) is nodes


def test_progress_counts_ready_nodes_on_the_target_and_says_what_was_not_told() -> None:
    pools = (pool((NEW, 1), (OLD, 2)), pool(name="gpu", count=2), pool(name="win", count=None), pool(name="z", count=0))
    assert progress(pools, NEW) == "a 1/3, gpu ?/2, win ?/?, z 0/0"
    assert progress(None, NEW) == progress((), NEW) == "not read"


# -- whole looks --


@pytest.mark.parametrize(
    ("sighting", "state"),
    [
        (look(provisioning="Accepted", pools=(pool((OLD, 3)),)), RolloutState.RUNNING),
        (look(provisioning="Updating", current="Failed"), RolloutState.RUNNING),
        (look(provisioning="Failed", current="Upgrading", pools=None), RolloutState.TIMED_OUT),
        (look(provisioning="Canceled", current="Upgrading"), RolloutState.TIMED_OUT),
        (look(provisioning="Failed", current="Succeeded"), RolloutState.FAILED),
        (look(provisioning="Canceled", current="Succeeded", pools=(pool((OLD, 3)),)), RolloutState.FAILED),
        (look(OLD, current="Failed", pools=(pool((OLD, 3)),)), RolloutState.FAILED),
        (look(OLD, pools=(pool((NEW, 1), (OLD, 2)),)), RolloutState.PARTIAL),
        (look(OLD, pools=(pool(count=0),)), RolloutState.UNCHANGED),
        (look(pools=(pool(count=0),)), RolloutState.FINISHED),
        (look(current="Upgrading", pools=None), RolloutState.UNKNOWN),
        (look(current=""), RolloutState.UNKNOWN),
        (look("1.32.9", pools=(pool(("1.32.9", 3)),)), RolloutState.UNKNOWN),
        (look(connectivity="Expired"), RolloutState.DISCONNECTED),
    ],
)
def test_a_look_has_one_reading(sighting: Sighting, state: RolloutState) -> None:
    assert state_of(sighting) is state


def test_a_reading_carries_the_facts_it_rests_on() -> None:
    read = decode(look(provisioning="Failed", current="Upgrading", pools=(pool((NEW, 1), (OLD, 2)),)), OLD, NEW)
    assert read.evidence == "provisioningState Failed, currentState Upgrading, version 1.31.13, nodes on 1.31.13: a 1/3"
    blank = decode(Sighting(AS_OF), OLD, NEW)
    assert blank.evidence == "provisioningState ?, currentState ?, version ?, nodes on 1.31.13: not read"
    assert blank.state is RolloutState.UNKNOWN
