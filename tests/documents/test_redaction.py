"""Redaction: nothing of the outside stays, everything that is judged does, and the key alone brings names back."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.acceptance import Acceptance
from planner.documents.aliases import Key, Kind
from planner.documents.jsondoc import plan_document
from planner.documents.jsontext import encode
from planner.documents.markdown import read, render
from planner.documents.plainwords import is_plain
from planner.documents.redaction import redact, redact_acceptances, redact_id, restore
from planner.documents.snapshot import dump, load
from planner.drift import drift_of
from planner.goals import Goal, parse_goal
from planner.inventory import (
    POOLS,
    Addon,
    Cluster,
    Inventory,
    NodePool,
    OfferedVersion,
    Readiness,
    Subscription,
    Unknown,
    Unread,
    clean,
)
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import Plan
from planner.planning import build_plan
from planner.support import Judge
from tests import builders as b

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
CANARY = "c4n4ry"
OTHER = "5f0c1d62-7a3e-4b58-9c41-0e2d6a8b1f01"
SUPPORTED = parse_goal("supported", CATALOG)
LATEST = parse_goal("latest", CATALOG)
FAR = parse_goal("1.33", CATALOG)


def plan_of(inventory: Inventory, cluster: Cluster, goal: Goal = LATEST, accepted: tuple[Acceptance, ...] = ()) -> Plan:
    return build_plan(cluster, goal, Judge(inventory, CATALOG, inventory.as_of), ROUTES, accepted)


def tainted_pool(number: int) -> NodePool:
    running = b.pool(f"p-{CANARY}-{number}", "1.30.14")
    return replace(running, error=f"VM {CANARY}-vm0 on 10.1.{number}.7 failed", autoscale=(1, 3))


def tainted_offers() -> tuple[OfferedVersion, ...]:
    image = Readiness("Linux", "CBLMariner", False, f"image server {CANARY}.example.org did not answer")
    return tuple(replace(row, readiness=(image,)) for row in b.offered(["1.30.14", "1.31.12"]))


def tainted_cluster(number: int, **changes: Any) -> Cluster:
    name = f"{CANARY}-aks-{number}"
    group = f"rg-{CANARY}"
    return b.cluster(
        name,
        "1.30.14",
        id=b.arm("Microsoft.Kubernetes/connectedClusters", name.upper(), group).replace(b.SUBSCRIPTION, OTHER),
        resource_group=group,
        subscription=OTHER,
        tags=((f"owner-{CANARY}", f"{CANARY} team"),),
        custom_location=b.known(tainted_id("Microsoft.ExtendedLocation/customLocations", f"cl-{CANARY}")),
        pools=[tainted_pool(number)],
        upgrades=["1.31.12"],
        addons=(Addon("ArcAgent", "provisioned", True), Addon(f"x-{CANARY}", "failed", False, f"no route to {CANARY}")),
        error=f"host {CANARY}-node7 is full; ask {CANARY}@example.org",
        modified_by=f"{CANARY}@example.org",
        etag=CANARY,
        **changes,
    )


def tainted_id(kind: str, name: str) -> str:
    return b.arm(kind, name, f"rg-{CANARY}").replace(b.SUBSCRIPTION, OTHER).casefold()


def tainted() -> Inventory:
    """A fleet in which every name, id, tag, person and message holds a canary."""
    hidden = tainted_cluster(2, provisioning="Succeeded")
    hidden = replace(hidden, version=Unknown(f"the proxy {CANARY}.example.org refused"))
    instance = b.instance(
        f"azl-{CANARY}",
        id=tainted_id("Microsoft.AzureStackHCI/clusters", f"azl-{CANARY}"),
        resource_group=f"rg-{CANARY}",
        subscription=OTHER,
    )
    location = replace(
        b.location(live=tainted_offers()),
        id=tainted_id("Microsoft.ExtendedLocation/customLocations", f"cl-{CANARY}"),
        name=f"cl-{CANARY}",
        instance=b.known(instance.id),
    )
    gaps = (
        Unread(POOLS, hidden.key, f"signed by “{CANARY} CA”"),
        Unread("cluster", f"/not/an/{CANARY}/id", "Azure failed (HTTP 500)."),
        Unread(
            "resource bridge", tainted_id("Microsoft.ResourceConnector/appliances", f"arb-{CANARY}"), "not read yet"
        ),
        Unread(f"query {CANARY}", "", "not read yet"),
        Unread("subscription", OTHER, "the subscription is not visible to this account"),
        Unread("vnet", tainted_id("Microsoft.Network/virtualNetworks", CANARY), "not read yet"),
    )
    fleet = b.inventory(tainted_cluster(1), hidden, instances=[instance], locations=[location], unread=gaps)
    own = Subscription(OTHER, f"{CANARY} production", b.known("Enabled"), b.AS_OF)
    return replace(fleet, subscriptions=(own,), tenant=OTHER.replace("5f", "6f"), account=f"{CANARY}@example.org")


def everything_of(inventory: Inventory, key: Key) -> str:
    """All bytes that leave the machine: the snapshot, and of every cluster the plan as markdown and as JSON."""
    texts = [dump(inventory).decode("utf-8")]
    for cluster in inventory.clusters:
        for goal in (LATEST, SUPPORTED, parse_goal("os-patch", CATALOG)):
            words, key = redact_acceptances(
                (Acceptance("AKS-GATEKEEPER-131", f"agreed by {CANARY}", date(2026, 12, 1)),), key
            )
            plan = plan_of(inventory, cluster, goal, words)
            texts += [render(plan), encode(plan_document(plan))]
    return "\n".join(texts).casefold()


def test_no_canary_leaves() -> None:
    fleet = tainted()
    assert everything_of(fleet, Key()).count(CANARY) > 100
    redacted, key = redact(fleet, Key())
    out = everything_of(redacted, key)
    assert CANARY not in out
    assert OTHER not in out and OTHER.replace("5f", "6f") not in out
    assert "example.org" not in out and "10.1.1.7" not in out


def test_ids_keep_their_shape_and_their_links() -> None:
    redacted, _ = redact(tainted(), Key())
    one, location, instance = redacted.clusters[0], redacted.locations[0], redacted.instances[0]
    assert one.id == (
        "/subscriptions/00000000-0000-0000-0001-000000000001/resourceGroups/rg-1"
        "/providers/Microsoft.Kubernetes/connectedClusters/cluster-1"
    )
    assert (one.name, one.resource_group, one.subscription) == ("cluster-1", "rg-1", one.id.split("/")[2])
    assert redacted.location_of(one) is location and redacted.instance_of(one) is instance
    assert location.name == "location-1" and instance.name == "instance-1"
    assert [gap.what for gap in redacted.unread_of(redacted.clusters[1])] == [POOLS]
    assert redacted.subscription_by_id[one.subscription].name == "subscription-1"
    assert one.tags == (("tag-1", ""),) and one.etag is None and one.modified_by == redacted.account == "user-1"
    assert [addon.name for addon in one.addons] == ["ArcAgent", "addon-1"]


def test_what_is_judged_stays() -> None:
    fleet = tainted()
    redacted, _ = redact(fleet, Key())
    for before, after in zip(fleet.clusters, redacted.clusters, strict=True):
        for name in ("provisioning_state", "current_state", "connectivity", "last_contact", "upgrades", "created_at"):
            assert getattr(before, name) == getattr(after, name)
        assert before.location == after.location
    assert redacted.clusters[0].version == fleet.clusters[0].version
    assert redacted.instances[0].build == fleet.instances[0].build
    assert (redacted.as_of, redacted.source, redacted.expected) == (fleet.as_of, fleet.source, fleet.expected)


# -- the same plan, names aside --


def neighbours() -> Inventory:
    """Two clusters that have to move before the platform does, and one that is planned for."""
    live = b.offered(["1.28.14", "1.29.13", "1.30.9"])
    names = (("wms", "1.30.9"), ("alpha", "1.28.14"), ("beta", "1.28.14"))
    clusters = (b.cluster(name, running, upgrades=["1.29.13"]) for name, running in names)
    return b.inventory(*clusters, release="2503", live=live)


@pytest.mark.parametrize("goal", ["latest", "supported", "os-patch", "1.31", "1.33"])
def test_a_plan_of_redacted_facts_says_the_same_under_other_names(goal: str) -> None:
    fleet = neighbours()
    redacted, key = redact(fleet, Key())
    replayed = load(dump(redacted), "s.json")
    wanted = parse_goal(goal, CATALOG)
    for cluster in fleet.clusters:
        alias = replayed.by_key[redact_id(cluster.id, key).casefold()]
        original, hidden = plan_of(fleet, cluster, wanted), plan_of(replayed, alias, wanted)
        assert hidden != original
        assert restore(hidden, key) == original


def test_gates_of_neighbours_are_among_what_was_compared() -> None:
    fleet = neighbours()
    steps = plan_of(fleet, fleet.clusters[0], FAR).steps
    assert [one.cluster for step in steps for one in step.awaits] == ["alpha", "beta"] * 2


def test_a_redacted_plan_is_a_plan_of_its_own_and_compares_with_redacted_facts() -> None:
    fleet = neighbours()
    redacted, key = redact(fleet, Key())
    plan = plan_of(redacted, redacted.clusters[0])
    document = read(render(plan), "p.md")
    assert document.executable and document.plan == plan
    later, _ = redact(fleet, key)
    drift = drift_of(plan, Judge(later, CATALOG, later.as_of), ROUTES)
    assert drift.steps and {str(step.fate) for step in drift.steps} == {"valid"}


# -- the key --


def test_the_same_thing_has_the_same_alias_in_every_run() -> None:
    small = b.inventory(b.cluster("mes", "1.32.9"), b.cluster("wms", "1.32.9"))
    _, first = redact(small, Key())
    larger = b.inventory(*(b.cluster(name, "1.32.9") for name in ("aaa", "wms", "mes", "zzz")))
    redacted, second = redact(larger, first)
    assert second.aliases[: len(first.aliases)] == first.aliases
    assert [cluster.name for cluster in redacted.clusters] == ["cluster-3", "cluster-2", "cluster-1", "cluster-4"]
    assert redact(larger, second) == (redacted, second)


def test_redacted_facts_are_not_redacted_again() -> None:
    redacted, key = redact(tainted(), Key())
    assert redact(redacted, key) == (redacted, key)
    again, _ = redact(redacted, Key())
    assert again.clusters[0].modified_by == "user-2", "under another key they are names like any other"


def test_numbers_are_as_wide_as_the_fleet_so_that_names_sort_as_before() -> None:
    names = [f"site{number:03}" for number in range(40)]
    random.Random(7).shuffle(names)
    fleet = b.inventory(*(b.cluster(name, "1.32.9") for name in names))
    redacted, _ = redact(fleet, Key())
    aliases = dict(zip(names, (cluster.name for cluster in redacted.clusters), strict=True))
    assert aliases["site000"] == "cluster-01" and aliases["site006"] == "cluster-07"
    assert sorted(aliases) == sorted(aliases, key=aliases.__getitem__)


def test_case_alone_makes_no_other_name() -> None:
    twins = b.inventory(b.cluster("MES", "1.32.9"), b.cluster("mes", "1.32.9", resource_group="RG-Test"))
    redacted, key = redact(twins, Key())
    assert {cluster.name for cluster in redacted.clusters} == {"cluster-1"}
    assert key.restored("cluster-1 in rg-1") == "MES in rg-test"


def test_no_alias_is_a_name_of_the_fleet() -> None:
    fleet = b.inventory(*(b.cluster(name, "1.32.9") for name in ("cluster-1", "cluster-2", "x")))
    redacted, key = redact(fleet, Key())
    assert [cluster.name for cluster in redacted.clusters] == ["cluster-3", "cluster-4", "cluster-5"]
    assert [key.restored(cluster.name) for cluster in redacted.clusters] == ["cluster-1", "cluster-2", "x"]


def test_only_whole_aliases_are_restored() -> None:
    _, key = redact(b.inventory(b.cluster("mes", "1.32.9")), Key())
    assert key.restored("cluster-1, cluster-12, my-cluster-1, cluster-1-old, /cluster-1/ and cluster-1.") == (
        "mes, cluster-12, my-cluster-1, cluster-1-old, /mes/ and mes."
    )


def test_words_of_those_who_accept_are_hidden() -> None:
    given_by = (Acceptance("RECOVERY-SKIP", "agreed by J. Doe", date(2026, 6, 30)),)
    words, key = redact_acceptances(given_by, Key())
    assert words == (Acceptance("RECOVERY-SKIP", "reason-1", date(2026, 6, 30)),)
    assert key.alias(Kind.REASON, "agreed by J. Doe") == "reason-1"


# -- texts --


@pytest.mark.parametrize(
    "text",
    [
        "not read yet",
        "No permission: needs Microsoft.HybridContainerService/provisionedClusterInstances/agentPools/read "
        "(HTTP 403, AuthorizationFailed).",
        "this custom location has no version list yet (404); arcstep only reads and never creates one",
        "Windows nodepool feature is disabled",
        "Kubernetes version 1.31.12 is not ready for use on Windows.",
        "no update summary is visible: needs Microsoft.AzureStackHCI/clusters/updateSummaries/read",
        "",
    ],
)
def test_sentences_that_name_nobody_stay(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "the host mes7 is full",
        "10.1.2.3",
        "node 10.1.2.3 failed",
        "cluster-east failed",
        "the.host failed",
        "[fe80::1] failed",
        "ask jane@example.org",
        OTHER,
        "Microsoft.Contoso/clusters/read",
        "the “host” failed",
        "hоst failed",
        "2024 failed",
        "see https://host/update",
    ],
)
def test_sentences_that_may_name_somebody_do_not(text: str) -> None:
    assert not is_plain(text)


# -- any names --

HOSTILE = st.one_of(
    st.sampled_from(
        [
            *("default", "1.32.9", "supported", "az", "cluster", "cluster-1", "rg-1", "latest", "S01", "release"),
            *("a", "aa", "aaa", "mes", "mes-prod", "mes-prod-2", "00000000-0000-0000-0001-000000000001", "P11", "2411"),
            *("it's $HOME", "[bold red]x[/]", "<!-- item:S01.2 -->", "| a |", "`x`", "../../etc", "\\1", "Known"),
        ]
    ),
    st.text(min_size=1, max_size=12).map(lambda text: clean(text.replace("/", "-")).casefold()),
)


def named(names: list[str], groups: list[str], instance: str) -> Inventory:
    """`neighbours` with these names."""
    fleet = neighbours()
    home = b.instance(instance, "2503")
    location = replace(
        b.location(instance, live=b.offered(["1.28.14", "1.29.13", "1.30.9"])), instance=b.known(home.id)
    )
    clusters = tuple(
        replace(
            cluster,
            id=b.arm("microsoft.kubernetes/connectedclusters", name, group),
            name=name,
            resource_group=group,
            custom_location=b.known(location.id),
        )
        for cluster, name, group in zip(fleet.clusters, names, groups, strict=True)
    )
    return replace(fleet, clusters=clusters, instances=(home,), locations=(location,))


@settings(max_examples=15)
@given(
    names=st.lists(HOSTILE, min_size=3, max_size=3, unique=True),
    groups=st.lists(HOSTILE, min_size=3, max_size=3),
    instance=HOSTILE,
)
def test_any_names_come_back_and_nothing_else_changes(names: list[str], groups: list[str], instance: str) -> None:
    fleet = named(names, groups, instance)
    redacted, key = redact(fleet, Key())
    assert len(redacted.by_key) == len(fleet.by_key)
    pairs = list(zip(fleet.clusters, load(dump(redacted), "s.json").clusters, strict=True))
    for before, after in pairs:
        assert after.name.startswith("cluster-") and after.resource_group.startswith("rg-")
        assert key.restored(after.name) == before.name
    old, new = (plan_of(of, cluster, FAR) for of, cluster in zip((fleet, redacted), pairs[0], strict=True))
    assert same_but_names(old) == same_but_names(new)
    assert read(render(new), "p.md").executable


def same_but_names(plan: Plan) -> tuple[object, ...]:
    steps = tuple((step.id, step.kind, step.origin, step.target, step.release, step.rules) for step in plan.steps)
    findings = tuple((finding.code, finding.severity) for finding in plan.findings)
    return plan.verdict, plan.goal_version, plan.path, plan.numbers, plan.subject.clocks, steps, findings


@settings(max_examples=15)
@given(
    texts=st.lists(st.text(min_size=1, max_size=20).map(lambda text: f"{text}{CANARY}{text}"), min_size=6, max_size=6)
)
def test_no_name_that_can_be_told_apart_leaves(texts: list[str]) -> None:
    name, group, instance, user, tag, error = texts
    fleet = named([name, f"{name}2", f"1.32.9-{name}"], [group] * 3, instance)
    changed = replace(fleet.clusters[0], modified_by=user, tags=((tag, tag),), error=error)
    redacted, _ = redact(replace(fleet, clusters=(changed, *fleet.clusters[1:])), Key())
    assert CANARY not in dump(redacted).decode("utf-8")
    assert CANARY not in render(plan_of(redacted, redacted.clusters[0]))


@given(first=st.lists(HOSTILE, max_size=6), second=st.lists(HOSTILE, max_size=6))
def test_a_key_only_learns(first: list[str], second: list[str]) -> None:
    kinds = list(Kind)
    before = Key().learned((kinds[len(name) % len(kinds)], name) for name in first)
    after = before.learned((kinds[len(name) % len(kinds)], name) for name in second)
    assert after.aliases[: len(before.aliases)] == before.aliases
    assert len(after.real_by_alias) == len(after.aliases) == len(after.by_real)
