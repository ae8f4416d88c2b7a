"""The fleet as a list, by value: filter, orders, groups, and what the lines around it say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.inventory import Unknown, Unread
from tests import builders as b
from tests.tui.stage import fleet
from tests.tui.values import PLAIN, ROWS, TODAY, ready, text_of
from tui import selectors
from tui.group_page import group_page
from tui.listing import Listing
from tui.prose import plain
from tui.query import FIELDS, Order, keep, strange_terms, worst_first
from tui.state import AppState, mark


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["mes", "pos", "lab", "far"]),
        ("plant", ["mes", "lab", "far"]),
        ("plant 1.31", ["far"]),
        ("!plant", ["pos"]),
        ("PLANT", ["mes", "lab", "far"]),
        ("instance:store", ["pos"]),
        ("!instance:store", ["mes", "lab", "far"]),
        ("instance:=PLANT12", ["mes", "lab", "far"]),
        ("instance:=plant1", []),
        ("!instance:=plant1", ["mes", "pos", "lab", "far"]),
        ("release:=2411", []),
        ("release:=2411.2", ["pos"]),
        ("release:=", ["lab"]),
        ("support<45d", ["mes", "pos"]),
        ("support>45", ["far"]),
        ("!support<45d", ["lab", "far"]),
        ("version<1.31", ["mes", "pos"]),
        ("version>=1.30.4", ["pos", "far"]),
        ("missing:permission", ["lab"]),
        ("state:out", ["mes"]),
        ("nonsense:x", []),
        ("days<45", ["mes", "pos"]),
        ("days>=140d", ["far"]),
        ("release<2510", ["pos"]),
        ("release>=2411.2", ["mes", "pos", "far"]),
        ("!release<2510", ["mes", "lab", "far"]),
        ("release:2411", ["pos"]),
        ("release<24", []),
        ("subscription:prod", ["far"]),
        ("subscription:1F2E", ["far"]),
        ("tag:line=3", ["mes"]),
        ("tag:LINE=", ["mes", "pos"]),
        ("tag:line", ["mes", "pos", "far"]),
        ("tag:north", ["mes"]),
        ('tag:owner="hall north"', ["mes"]),
        ('tag:"hall nor', ["mes"]),
        ("tag:owner=hall", []),
        ("!tag:", ["lab"]),
        ("tag:line=3 !plant", []),
        ("tag<3", []),
        ("version<abc", []),
        ("[/]", []),
        ("support<", []),
        ("!", []),
    ],
)
def test_filter(query: str, names: list[str]) -> None:
    assert [found.name for found in keep(ROWS, query, TODAY)] == names


@pytest.mark.parametrize(
    ("query", "strange"),
    [
        ("suport<45d", ("suport<45d",)),
        ("version<abc release:2510", ("version<abc",)),
        ("days:3 tag<3 mes", ("days:3", "tag<3")),
        ("mes !plant tag:x=y", ()),
    ],
)
def test_terms_that_make_no_sense_are_named(query: str, strange: tuple[str, ...]) -> None:
    assert strange_terms(query) == strange


def test_every_field_that_is_named_can_be_asked_for() -> None:
    for name in FIELDS:
        assert strange_terms(f"{name}<3" if name == "days" else f"{name}:3") == ()


def test_orders_go_round_and_back() -> None:
    order = Order()
    seen = []
    for _ in range(6):
        seen.append([found.name for found in order.sort(ROWS)])
        order = order.next()
    assert seen[0] == ["mes", "pos", "lab", "far"] and seen[1] == ["far", "lab", "mes", "pos"]
    assert seen[3] == ["lab", "mes", "pos", "far"] and seen[5] == ["mes", "pos", "far", "lab"]
    assert order == Order() and Order().reverse().sort(ROWS)[0].name == "far"


def test_worst_first_then_nearest_end_then_name() -> None:
    assert [found.name for found in sorted(ROWS, key=worst_first)] == ["mes", "lab", "pos", "far"]


# -- the list


def listing_of(state: AppState, query: str = "", *, by_instance: bool = False, order: Order = Order()) -> Listing:  # noqa: B008
    listing = Listing()
    listing.query, listing.by_instance, listing.order = query, by_instance, order
    listing.update(state)
    return listing


def names(listing: Listing) -> list[str]:
    return [key.rpartition("/")[2] for key in listing.keys]


def test_instances_stand_by_their_worst_cluster_and_clusters_in_the_chosen_order() -> None:
    lost = b.cluster("adrift", "1.31.13", custom_location=Unknown("not read"), upgrades=())
    state = ready(replace(fleet(lost), instances=(*fleet().instances, b.instance("spare", "2604"))))
    assert names(listing_of(state, by_instance=True)) == [
        "store113", "scada-07", "pos-0113", "pos-0114", "plant12", "mes-prod", "mes-web", "lab", "lab-1", "lab-3",
        "instance ", "adrift", "store201", "pos-0202", "pos-0201", "spare",
    ]  # fmt: skip
    assert names(listing_of(state, "s", by_instance=True)) == names(listing_of(state, by_instance=True))[:-1]
    by_name = listing_of(state, by_instance=True, order=Order(1).reverse())
    assert names(by_name)[:4] == ["store113", "scada-07", "pos-0114", "pos-0113"]
    by_place = listing_of(state, by_instance=True, order=Order(2))
    assert [name for name in names(by_place) if by_place.group(f"instance {b.instance_id(name)}")] == [
        "lab", "plant12", "spare", "store113", "store201",
    ]  # fmt: skip
    turned = listing_of(state, by_instance=True, order=Order().reverse())
    assert names(turned)[:3] == ["spare", "store201", "pos-0201"] and names(turned)[-1] == "scada-07"


def test_an_instance_is_judged_by_all_its_clusters_and_counts_those_shown() -> None:
    state = ready()
    listing = listing_of(state, "pos-011", by_instance=True)
    assert names(listing) == ["store113", "pos-0113", "pos-0114"] and (listing.shown, listing.instances) == (2, 1)
    state = mark(state, listing.clusters(listing.keys[0])[:1])
    sign, name, _, release, support, marked, end = listing.cells(listing.keys[0], state, PLAIN)
    assert (sign[0], name[0], release[0], support[0]) == ("◆", "store113", "2604", "stranded")
    nearest = min(found.ends for found in state.rows if found.instance == "store113" and found.ends)
    assert marked[0] == "1 marked" and end[0] == f"end {nearest}"
    listing = listing_of(state, by_instance=True)
    told = [listing.cells(key, ready(), PLAIN)[5][0] for key in listing.keys if listing.group(key)]
    assert told == ["3 clusters", "2 clusters", "2 clusters", "2 clusters"]
    listing = listing_of(ready(), "pos-011", by_instance=True)
    assert listing.cells(listing.keys[0], ready(), PLAIN)[5] == ("2 of 3", "muted")
    assert [text for text, _ in listing.cells(listing.keys[1], state, PLAIN)][1:4] == ["  pos-0113", "1.30.9", ""]


def test_two_instances_of_one_name_stay_apart() -> None:
    first, second = b.instance("plant", "2604"), replace(b.instance("plant", "2604"), id="/elsewhere/plant")
    where = (b.location("one", ()), b.location("two", ()))
    places = [replace(where[0], instance=b.known(first.id)), replace(where[1], instance=b.known(second.id))]
    hosted = [b.cluster(name, "1.31.13", instance=name, upgrades=()) for name in ("one", "two")]
    listing = listing_of(ready(b.inventory(*hosted, instances=[first, second], locations=places)), by_instance=True)
    assert listing.instances == 2 and names(listing) == ["plant", "one", "plant", "two"]


def test_the_list_is_made_again_only_when_it_is_another_one() -> None:
    state = ready()
    listing = listing_of(state, by_instance=True)
    made = listing.keys
    listing.update(mark(state, (state.rows[0].key,)))
    assert listing.keys is made
    listing.query = "pos"
    listing.update(state)
    assert listing.keys is not made and listing.shown == 4


def test_the_status_tells_marks_a_filter_hides_and_terms_it_does_not_understand() -> None:
    marked = ("scada-07", "mes-web", "pos-0113")
    state = mark(ready(), tuple(found.key for found in ready().rows if found.name in marked))
    shown = text_of(selectors.status_left(state, listing_of(state, "pos", by_instance=True)))
    assert shown == "4 of 9 shown on 2 instances · 3 marked, 2 of them not shown · filter: pos · 8 of 9 read"
    assert text_of(selectors.status_left(state, listing_of(state))) == "9 clusters · 3 marked · 8 of 9 read"
    turned = listing_of(state, order=Order().reverse())
    assert (
        text_of(selectors.status_left(state, turned)) == "9 clusters · 3 marked · worst first, reversed · 8 of 9 read"
    )
    strange = selectors.status_left(state, listing_of(state, "!suport<4"))
    assert ("No field suport<4", "bad") in strange and text_of(strange).endswith("No field suport<4 · 8 of 9 read")
    assert "Nothing to compare in release<x" in text_of(selectors.status_left(state, listing_of(state, "!release<x")))


def test_the_page_of_an_instance_tells_states_release_and_gaps() -> None:
    gap = Unread("version list", b.location_id("store113"), "timed out")
    state = ready(replace(fleet(), unread=(*fleet().unread, gap)))
    listing = listing_of(state, "pos", by_instance=True)
    told = plain(group_page(state.lens, listing.group(listing.keys[0]), PLAIN))
    assert "store113" in told and "Worst: scada-07" in told and "version list: timed out" in told
    assert "stranded         1" in told and "Release" in told
    lost = ready(b.inventory(b.cluster("adrift", custom_location=Unknown("not read"), upgrades=())))
    listing = listing_of(lost, by_instance=True)
    assert "no custom location that was read" in plain(group_page(lost.lens, listing.group(listing.keys[0]), PLAIN))
