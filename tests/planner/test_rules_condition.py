"""K8S-STATE and K8S-READ: every pair of states, pools, add-ons and gaps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.findings import Severity
from planner.inventory import Addon, Unknown, Unread
from tests.builders import cluster, inventory, pool
from tests.planner.ruling import in_fleet, rule, ruled

STATES = ("K8S-STATE-01", "K8S-STATE-02", "K8S-STATE-03")
BLOCKER, UNKNOWN, WARNING = Severity.BLOCKER, Severity.UNKNOWN, Severity.WARNING


@pytest.mark.parametrize(
    ("provisioning", "current", "code", "severity"),
    [
        ("Succeeded", "Succeeded", None, None),
        ("succeeded", "SUCCEEDED", None, None),
        ("Accepted", "Succeeded", "K8S-STATE-01", BLOCKER),
        ("Upgrading", "Upgrading", "K8S-STATE-01", BLOCKER),
        ("Canceled", "Upgrading", "K8S-STATE-01", BLOCKER),
        ("Failed", "Failed", "K8S-STATE-01", BLOCKER),
        ("Failed", "Succeeded", "K8S-STATE-01", BLOCKER),
        ("Canceled", "Succeeded", "K8S-STATE-01", BLOCKER),
        ("Succeeded", "Hibernating", "K8S-STATE-01", UNKNOWN),
        ("Failed", "Upgrading", "K8S-STATE-02", BLOCKER),
        ("Succeeded", "Upgrading", "K8S-STATE-03", BLOCKER),
    ],
)
def test_the_two_states_read_together(
    provisioning: str, current: str, code: str | None, severity: Severity | None
) -> None:
    subject = cluster(provisioning=provisioning, current=current)
    found = [(one.code, one.severity) for one in ruled(inventory(subject)) if one.code in STATES]
    assert found == ([(code, severity)] if code else [])


def test_running_failed_and_unknown_words_are_told_apart() -> None:
    def title(provisioning: str, current: str) -> str:
        return rule("K8S-STATE-01", cluster(provisioning=provisioning, current=current))[0].title

    assert title("Updating", "Updating") == "An operation is running (Updating / Updating)."
    assert title("Failed", "Failed") == "The last operation failed (Failed / Failed)."
    assert title("Dreaming", "Succeeded") == "Azure reports an unknown state (Dreaming / Succeeded)."


def test_a_timed_out_upgrade_is_to_be_waited_for() -> None:
    (found,) = rule("K8S-STATE-02", cluster(provisioning="Failed", current="Upgrading"))
    assert found.cure.startswith("Wait")


def test_the_error_message_is_evidence() -> None:
    subject = replace(cluster(provisioning="Failed", current="Failed"), error="disk full")
    (found,) = rule("K8S-STATE-01", subject)
    assert ("error message", "disk full") in [(one.fact, one.value) for one in found.evidence]


@pytest.mark.parametrize("field", ["provisioning_state", "current_state"])
def test_an_unread_state_is_unknown(field: str) -> None:
    subject = replace(cluster(), **{field: Unknown("403")})  # type: ignore[arg-type]
    (found,) = rule("K8S-STATE-01", subject)
    assert (found.severity, found.title) == (UNKNOWN, "The state of the cluster could not be read.")


def test_a_pool_that_is_not_at_rest_is_named() -> None:
    failed = replace(pool("gpu", "1.32.9", state="Failed"), error="no quota")
    subject = cluster(running="1.32.9", pools=[pool("cpu", "1.32.9"), failed])
    (found,) = rule("K8S-STATE-01", subject)
    assert found.title == "Not every node pool is at rest: gpu."
    assert [one.value for one in found.evidence] == ["Failed / Failed: no quota"]


def test_a_pool_may_leave_out_one_state_but_not_both() -> None:
    half = replace(pool("half", "1.32.9"), current_state=None)
    none = replace(half, name="none", provisioning_state=None)
    assert not rule("K8S-STATE-01", cluster(running="1.32.9", pools=[half]))
    (found,) = rule("K8S-STATE-01", cluster(running="1.32.9", pools=[half, none]))
    assert [one.value for one in found.evidence] == ["not reported / not reported"]


@pytest.mark.parametrize(
    ("addon", "severity"),
    [
        (Addon("Telemetry", None, None), None),
        (Addon("ArcAgent", "provisioned", True), None),
        (Addon("ArcAgent", "provisioned", None), None),
        (Addon("ArcAgent", "provisioned", False), WARNING),
        (Addon("SmbCsiDriver", "provisioning", None, "still waiting"), WARNING),
        (Addon("SmbCsiDriver", "provisioning {HelmChartInstalled}", None), WARNING),
        (Addon("Telemetry", None, None, "crashed"), WARNING),
        (Addon("KubeProxy", None, None), UNKNOWN),
    ],
)
def test_an_addon_is_ready_ailing_or_silent(addon: Addon, severity: Severity | None) -> None:
    found = rule("K8S-STATE-04", replace(cluster(), addons=(addon,)))
    assert [one.severity for one in found] == ([severity] if severity else [])


def test_ailing_and_silent_addons_are_told_apart() -> None:
    addons = (Addon("A", "failed", False, "boom"), Addon("B", None, None), Addon("Telemetry", None, None))
    unknown, warning = rule("K8S-STATE-04", replace(cluster(), addons=addons))
    assert warning.title == "Add-ons not ready: A."
    assert warning.evidence[0].value == "failed, not ready: boom"
    assert unknown.title == "Add-ons silent about their state: B."


def test_gaps_of_the_cluster_are_said_and_those_of_others_are_not() -> None:
    subject = cluster()
    gaps = [
        Unread("node pools", subject.id.upper(), "403"),
        Unread("upgrade profile", subject.id, "timeout"),
        Unread("everything", "/another", "404"),
    ]
    (found,) = in_fleet("K8S-READ-01", inventory(subject, unread=gaps))
    assert (found.severity, found.title) == (
        UNKNOWN,
        "Not everything could be read: node pools, upgrade profile.",
    )
    assert [one.value for one in found.evidence] == ["not read: 403", "not read: timeout"]
    assert not in_fleet("K8S-READ-01", inventory(subject, unread=gaps[2:]))
