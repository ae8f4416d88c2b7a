"""Proofs by value: each check arcstep ticks by itself, as it is so, as it is not, and as nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.plan import Check, Proof, Step, StepKind
from planner.proofs import Mark, at_rest, has_failed, prove, updating
from planner.sighting import Image, Neighbour, PoolSight, Sighting
from tests.builders import AS_OF
from tests.planner.strolls import PLAN, seen

HOP, RELEASE = PLAN.steps[0], PLAN.steps[1]
"""S01 Kubernetes 1.29.13 → 1.30.14, S02 release 12.2510 → 2602."""
BESIDE = replace(RELEASE, kind=StepKind.NEIGHBOUR, where="slow", origin="1.28.14", target="1.29.13")
BLANK = Sighting(AS_OF)
OK, NOT_SO, OPEN = Mark.OK, Mark.NOT_SO, Mark.OPEN


def marked(proof: Proof, sighting: Sighting, step: Step | None = HOP) -> Mark:
    return prove(Check("X.1", "something", proof is Proof.BY_HAND, (), proof), step, sighting).mark


def said(proof: Proof, sighting: Sighting, step: Step | None = HOP) -> str:
    return prove(Check("X.1", "something", False, (), proof), step, sighting).evidence


def done(**changes: object) -> Sighting:
    """A look after the hop."""
    return seen(HOP.target, **changes)  # type: ignore[arg-type]


def win(version: str = "1.29.13") -> tuple[PoolSight, ...]:
    return (
        PoolSight("a", "CBLMariner", 1, ((version, 1),)),
        PoolSight("w", "Windows2022", 1, ((version, 1),)),
    )


def image(sku: str, ready: bool | None, version: str = HOP.target) -> Image:
    return Image(version, sku, ready, "" if ready else "Windows nodepool feature is disabled")


def beside(*neighbours: Neighbour) -> Sighting:
    return seen(neighbours=neighbours)


@pytest.mark.parametrize("proof", sorted(set(Proof) - {Proof.GATES}))
def test_nothing_is_proven_by_a_look_that_showed_nothing(proof: Proof) -> None:
    step = {Proof.RELEASE: RELEASE, Proof.LISTED: RELEASE, Proof.NEIGHBOUR: BESIDE}.get(proof, HOP)
    assert marked(proof, BLANK, step) is OPEN


@pytest.mark.parametrize(
    ("sighting", "mark"),
    [
        (seen(), OK),
        (seen(version="", nodes={}), OPEN),
        (seen(states="Succeeded "), OPEN),
        (seen(pools=None), OPEN),
        (seen(offered=None), OPEN),
        (seen(offered=()), OK),
    ],
)
def test_facts_are_fresh_when_all_of_them_were_read(sighting: Sighting, mark: Mark) -> None:
    assert marked(Proof.FRESH, sighting, None) is mark


def test_what_could_not_be_read_is_named() -> None:
    assert said(Proof.FRESH, BLANK) == "could not be read: version, states, node pools, offered versions"


@pytest.mark.parametrize(
    ("word", "mark"),
    [
        ("Connected", OK),
        ("connected", OK),
        ("Connecting", NOT_SO),
        ("Offline", NOT_SO),
        ("Expired", NOT_SO),
        ("", OPEN),
    ],
)
def test_connected_is_what_azure_says_now(word: str, mark: Mark) -> None:
    assert marked(Proof.CONNECTED, seen(connectivity=word), None) is mark


@pytest.mark.parametrize(
    ("offered", "mark"), [(("1.30.14",), OK), (("1.30.13", "1.31.13"), NOT_SO), ((), NOT_SO), (None, OPEN)]
)
def test_a_target_is_offered_when_the_profile_names_it(offered: tuple[str, ...] | None, mark: Mark) -> None:
    assert marked(Proof.OFFERED, seen(offered=offered)) is mark


@pytest.mark.parametrize(
    ("sighting", "mark"),
    [
        pytest.param(seen(), OK, id="at rest on one version"),
        pytest.param(seen(states="Succeeded Upgrading"), NOT_SO, id="at work"),
        pytest.param(seen(states="Failed Succeeded"), NOT_SO, id="failed"),
        pytest.param(seen(states="Rebalancing Succeeded"), NOT_SO, id="a word nobody knows"),
        pytest.param(seen(states="Succeeded "), OPEN, id="a state not read"),
        pytest.param(seen(version="", nodes={"1.29.13": 3}), OPEN, id="version not read"),
        pytest.param(seen(nodes={"1.29.13": 2}), NOT_SO, id="a node not ready"),
        pytest.param(seen(nodes={"1.29.13": 2, "1.28.14": 1}), NOT_SO, id="pools apart"),
        pytest.param(seen(nodes={}), OPEN, id="ready nodes not told"),
        pytest.param(seen(nodes={"": 3}), OPEN, id="node versions not told"),
        pytest.param(seen(pools=None), OPEN, id="pools not read"),
        pytest.param(seen(pools=(PoolSight("a", "CBLMariner", 0, ()),)), OK, id="every pool at zero"),
        pytest.param(seen(connectivity="Offline"), OPEN, id="old news"),
        pytest.param(seen(states="Failed Failed", connectivity="Offline"), NOT_SO, id="old bad news"),
    ],
)
def test_a_cluster_is_settled_when_states_and_nodes_agree(sighting: Sighting, mark: Mark) -> None:
    assert marked(Proof.SETTLED, sighting) is mark


@pytest.mark.parametrize(
    ("images", "mark"),
    [
        ((image("CBLMariner", True), image("Windows2022", True)), OK),
        ((image("cblmariner", True), image("WINDOWS2022", True)), OK),
        ((image("CBLMariner", True), image("Windows2022", False)), NOT_SO),
        ((image("CBLMariner", True), image("Windows2022", None)), OPEN),
        ((image("CBLMariner", True),), OPEN),
        ((image("CBLMariner", True, "1.31.13"), image("Windows2022", True)), OPEN),
        ((image("CBLMariner", True), image("Windows2022", True), image("Windows2022", False)), NOT_SO),
        ((image("CBLMariner", True), image("Windows2022", True), image("Windows2019", False)), OK),
        ((), OPEN),
    ],
)
def test_images_are_there_when_each_sku_in_use_has_one(images: tuple[Image, ...], mark: Mark) -> None:
    assert marked(Proof.IMAGE, seen(pools=win(), images=images)) is mark


def test_images_of_pools_nobody_could_read_prove_nothing_either_way() -> None:
    for ready in (True, False):
        assert marked(Proof.IMAGE, seen(pools=None, images=(image("Windows2022", ready),))) is OPEN
    nameless = (PoolSight("a", "", 1, (("1.29.13", 1),)),)
    assert marked(Proof.IMAGE, seen(pools=nameless, images=(image("", True),))) is OPEN
    assert "without an OS SKU" in said(Proof.IMAGE, seen(pools=nameless))


def test_an_image_that_is_not_ready_says_why() -> None:
    images = (image("CBLMariner", True), image("Windows2022", False))
    assert said(Proof.IMAGE, seen(pools=win(), images=images)) == "Windows2022: Windows nodepool feature is disabled"


@pytest.mark.parametrize(
    ("sighting", "mark", "words"),
    [
        (seen(), OK, "update state AppliedSuccessfully, no other cluster"),
        (beside(Neighbour("slow", "1.28.14", True)), OK, "nothing runs on 1 other cluster"),
        (beside(Neighbour("slow", "1.28.14", False)), OK, "nothing runs on 1 other cluster"),
        (beside(Neighbour("slow", "1.28.14", False, True)), NOT_SO, "Azure works on slow"),
        (beside(Neighbour("slow", "1.28.14", False, None)), OPEN, "could not be read: the states of slow"),
        (beside(Neighbour("a", "", False, None), Neighbour("b", "", False, True)), NOT_SO, "Azure works on b"),
        (seen(update_state="UpdateInProgress"), NOT_SO, "UpdateInProgress"),
        (seen(update_state="UpdateFailed"), OK, "UpdateFailed"),
        (seen(update_state=""), OPEN, "could not be read: the update state of the instance"),
    ],
)
def test_a_hop_is_alone_when_nothing_else_runs_on_the_instance(sighting: Sighting, mark: Mark, words: str) -> None:
    assert marked(Proof.ALONE, sighting) is mark
    assert words in said(Proof.ALONE, sighting)


@pytest.mark.parametrize(
    ("sighting", "mark"),
    [
        (done(), OK),
        (done(states="Succeeded Upgrading"), NOT_SO),
        (seen(), NOT_SO),
        (done(states=" Succeeded"), OPEN),
        (seen(version="", nodes={}), OPEN),
        (done(connectivity="Expired"), OPEN),
    ],
)
def test_reported_is_the_target_with_both_states(sighting: Sighting, mark: Mark) -> None:
    assert marked(Proof.REPORTED, sighting) is mark


@pytest.mark.parametrize(
    ("sighting", "mark"),
    [
        (done(), OK),
        (done(nodes={HOP.target: 2, HOP.origin: 1}), NOT_SO),
        (done(nodes={HOP.origin: 3}), NOT_SO),
        (done(pools=None), OPEN),
        (done(nodes={}), OPEN),
        (done(connectivity="Offline"), OPEN),
    ],
)
def test_rolled_is_every_node_on_the_target(sighting: Sighting, mark: Mark) -> None:
    assert marked(Proof.ROLLED, sighting) is mark


def test_the_steps_before_are_what_a_walk_knows_itself() -> None:
    assert marked(Proof.GATES, BLANK, RELEASE) is OK


@pytest.mark.parametrize(
    ("release", "state", "mark"),
    [
        ("2602", "AppliedSuccessfully", OK),
        ("2602", "UpdateAvailable", OK),
        ("2602", "", OK),
        ("2602", "UpdateInProgress", NOT_SO),
        ("2602", "UpdateFailed", OPEN),
        ("2602", "NeedsAttention", OPEN),
        ("12.2510", "AppliedSuccessfully", NOT_SO),
        ("2604", "AppliedSuccessfully", NOT_SO),
        ("", "AppliedSuccessfully", OPEN),
    ],
)
def test_a_release_is_there_when_the_instance_reports_it_and_no_update_runs(
    release: str, state: str, mark: Mark
) -> None:
    assert marked(Proof.RELEASE, seen(release=release, update_state=state), RELEASE) is mark


@pytest.mark.parametrize(
    ("release", "listed", "mark"),
    [("2602", True, OK), ("2602", False, OPEN), ("12.2510", True, OPEN), ("", True, OPEN)],
)
def test_the_list_counts_once_the_release_is_there(release: str, listed: bool, mark: Mark) -> None:
    assert marked(Proof.LISTED, seen(release=release, listed=listed), RELEASE) is mark


@pytest.mark.parametrize(
    ("sighting", "mark"),
    [
        (beside(Neighbour("slow", "1.29.13", True)), OK),
        (beside(Neighbour("slow", "1.30.1", True)), OK),
        (beside(Neighbour("slow", "1.29.13", False)), NOT_SO),
        (beside(Neighbour("slow", "1.29.4", True)), NOT_SO),
        (beside(Neighbour("slow", "1.28.14", True)), NOT_SO),
        (beside(Neighbour("slow", "", True)), OPEN),
        (beside(Neighbour("slow", "v-next", True)), OPEN),
        (beside(Neighbour("other", "1.29.13", True)), OPEN),
        (beside(Neighbour("slow", "1.29.13", True), Neighbour("slow", "1.28.14", True)), OPEN),
    ],
)
def test_a_neighbour_has_moved_when_it_rests_on_the_version_or_a_newer_one(sighting: Sighting, mark: Mark) -> None:
    assert marked(Proof.NEIGHBOUR, sighting, BESIDE) is mark


def test_a_check_of_a_person_is_never_ticked() -> None:
    assert marked(Proof.BY_HAND, done()) is OPEN


def test_evidence_is_a_sentence_about_what_was_seen() -> None:
    assert said(Proof.SETTLED, seen(nodes={"1.29.13": 2})) == (
        "provisioningState Succeeded, currentState Succeeded; pool1 2/3"
    )
    assert said(Proof.OFFERED, seen(offered=())) == "offered now: nothing"
    assert said(Proof.ROLLED, done(connectivity="Offline")) == "Azure says Offline, so this is old: pool1 3/3"
    assert said(Proof.NEIGHBOUR, beside(Neighbour("slow", "1.29.13", False)), BESIDE) == (
        "slow runs 1.29.13, not at rest"
    )


@pytest.mark.parametrize(
    ("word", "runs", "failed"),
    [
        ("UpdateInProgress", True, False),
        ("PreparationInProgress", True, False),
        ("UpdateFailed", False, True),
        ("PreparationFailed", False, True),
        ("NeedsAttention", False, True),
        ("AppliedSuccessfully", False, False),
        ("UpdateAvailable", False, False),
        ("", False, False),
    ],
)
def test_the_state_of_an_update(word: str, runs: bool, failed: bool) -> None:
    sighting = seen(update_state=word)
    assert (updating(sighting), has_failed(sighting)) == (runs, failed)


def test_at_rest_is_both_states() -> None:
    assert at_rest(seen(states="succeeded SUCCEEDED"))
    assert not at_rest(seen(states="Succeeded Updating")) and not at_rest(BLANK)
