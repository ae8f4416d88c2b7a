"""The fields of a change ticket: what each says, that nothing is made up, and that they fit the published schema."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.documents.datablock import digest_of
from planner.documents.ticket import NOT_SCHEDULED, render_ticket, ticket_fields
from planner.inventory import clean
from planner.plan import ClockLine, Plan
from tests.documents.plans import NO_PATH, PLAN

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "ticket.schema.json"
AT_REST = replace(PLAN, steps=(), path=PLAN.path[:1], preflight=(), risks=(), disputes=(), unknowns=(), must_not=())


def lines(plan: Plan, field: str) -> list[str]:
    return ticket_fields(plan)[field].split("\n")


@pytest.mark.parametrize("plan", [PLAN, NO_PATH, AT_REST], ids=["path", "no path", "at rest"])
def test_the_text_fits_the_published_schema_and_is_the_fields(plan: Plan) -> None:
    text = render_ticket(plan)
    value = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(value)
    assert value == ticket_fields(plan)
    assert text.endswith("}\n") and text == render_ticket(plan)


def test_the_headline() -> None:
    fields = ticket_fields(PLAN)
    assert fields["short_description"] == "mes-prod: Kubernetes 1.28.9 → 1.29.4"
    assert (fields["configuration_item"], fields["configuration_item_id"]) == ("mes-prod", PLAN.subject.id)
    assert (fields["verdict"], fields["as_of"]) == ("GO WITH RISKS", "2026-05-20T00:00:00Z")
    assert (fields["plan_revision"], fields["plan_digest"]) == (1, digest_of(PLAN))


def test_a_long_title_is_cut_to_what_ticket_systems_hold() -> None:
    short = ticket_fields(replace(PLAN, title="x" * 400))["short_description"]
    assert short == "x" * 159 + "…"


def test_what_a_plan_does_not_hold_is_not_made_up() -> None:
    fields = ticket_fields(PLAN)
    assert fields["planned_start"] is None and fields["planned_end"] is None
    assert fields["schedule_note"] == NOT_SCHEDULED
    assert fields["requested_by"] == ""
    assert not {"urgency", "priority", "impact"} & set(fields)


def test_the_justification_says_from_where_to_where_and_why() -> None:
    assert lines(replace(PLAN, outcome="Kubernetes 1.29.4 on Azure Local 2510."), "justification") == [
        "Support state: out of support. Minor 1.28 ended on 2025-08-31 (P3).",
        "Today: Kubernetes 1.28.9 on Azure Local 2411, plant12.",
        "Goal: latest, which is 1.29.4.",
        "Afterwards: Kubernetes 1.29.4 on Azure Local 2510.",
    ]


def test_the_urgency_is_left_to_people_but_every_date_and_gap_is_told() -> None:
    ahead = ClockLine("Arc Resource Bridge", "running", date(2026, 5, 21), None, "P25", "", "REL")
    quiet = ClockLine("Stopped", "not started", None, None, "P21", "Connected.", "SUP")
    subject = replace(PLAN.subject, clocks=(*PLAN.subject.clocks, ahead, quiet))
    assert lines(replace(PLAN, subject=subject), "urgency_basis") == [
        "Support state on 2026-05-20: out of support.",
        "Kubernetes minor: 2025-08-31 (262 days ago; rule P3).",
        "Subscription: not known. Not readable.",
        "Arc Resource Bridge: 2026-05-21 (in 1 day; rule P25).",
    ]


def test_the_implementation_is_every_step_with_its_checks_and_commands() -> None:
    assert lines(PLAN, "implementation_plan") == [
        "Before the first step:",
        "- PRE.1 Facts are fresh.",
        "- PRE.2 A free address is there.",
        "",
        "S01 Kubernetes 1.28.9 → 1.29.4 (mes-prod, cluster operator)",
        "Before:",
        "- S01.1 1.29.4 is offered today.",
        "- S01.2 No API is lost.",
        "Commands:",
        "- az aksarc show --name mes-prod  (version and both states)",
        """- az aksarc upgrade --name 'it'"'"'s $HOME' --resource-group 'rg test' --subscription """
        "00000000-0000-0000-0000-000000000001 --kubernetes-version 1.29.4  (asks twice)",
        "Expected: kubernetesVersion 1.29.4, both states Succeeded.",
        "Gate: Proceed, hold or abort.",
        "",
        "S02 release 2411 → 2510 (plant12, Azure Local owner)",
        "Not before 2026-06-01: the release is dated after the facts of this plan.",
        "Before:",
        "- S02.1 The instance is healthy.",
        "Commands:",
        "- Get-SolutionUpdate  (which updates are ready)",
        "Expected: kubernetesVersion 1.29.4, both states Succeeded.",
        "Gate: Proceed, hold or abort.",
    ]


def test_risks_disputes_and_unknowns_are_all_there() -> None:
    assert lines(PLAN, "risk_and_impact") == [
        "Verdict: GO WITH RISKS. One risk is open.",
        "What is changed, and what is normal meanwhile:",
        "- S01 changes mes-prod, forward only: Nodes are replaced one by one.",
        "- S02 changes plant12, forward only: Nodes are replaced one by one.",
        "Known issues:",
        "- R-1 (high, open): Gatekeeper may block the hop. Steps: S01. Cure: Switch it off.",
        "- R-2 (low, accepted): Slow. Cure: Wait. Accepted until 2026-12-01: agreed",
        "- R-3 (medium, applies): Images. Cure: Prune.",
        "Disputed rules:",
        "- C2: older patches.",
        "Not known:",
        "- Free addresses of the pool.",
        "Must not be done:",
        "- Do not update plant12 to 2510 before S01.",
    ]


def test_the_way_back_and_the_tests_are_told_step_by_step() -> None:
    assert lines(PLAN, "backout_plan") == [
        "S01 Kubernetes 1.28.9 → 1.29.4, forward only: A version cannot be taken back (P15): finish the hop, or rebuild "
        "and restore from backup.",
        "- Failed | Upgrading: Wait.",
        "S02 release 2411 → 2510, forward only: A release cannot be taken back: finish it, then plan again from where "
        "the instance stands.",
        "- Failed | Upgrading: Wait.",
    ]
    assert lines(PLAN, "test_plan") == [
        "After S01 Kubernetes 1.28.9 → 1.29.4:",
        "- S01.V1 The cluster reports 1.29.4.",
        "After S02 release 2411 → 2510:",
        "- S02.V1 It reports 2510.",
        "The change is done when: kubernetesVersion 1.29.4, both states Succeeded.",
    ]


def test_a_dead_end_has_ways_out_and_nothing_to_implement() -> None:
    assert lines(NO_PATH, "implementation_plan") == [
        "No path, so nothing to implement. 1.27.9 cannot hop on 2508.",
        "Ways out:",
        "- Rebuild (cluster operator): Make a new cluster. Risk: downtime",
    ]
    assert lines(NO_PATH, "backout_plan") == ["Nothing is changed, so nothing has to be undone."]
    assert lines(NO_PATH, "test_plan") == ["Nothing is changed, so nothing has to be tested."]
    assert lines(NO_PATH, "justification")[-1] == "Goal: 1.33."


def test_a_plan_at_rest_says_that_nothing_is_to_do() -> None:
    assert lines(AT_REST, "implementation_plan") == ["Nothing to do: 1.28.9 meets the goal latest."]
    assert lines(AT_REST, "risk_and_impact") == ["Verdict: GO WITH RISKS. One risk is open."]


def hostile(bad: str) -> dict[str, Any]:
    check = replace(PLAN.steps[0].before[0], text=bad)
    command = replace(PLAN.steps[0].commands[0], argv=("az", bad), purpose=bad)
    step = replace(PLAN.steps[0], title=bad, where=bad, before=(check,), commands=(command,), if_wrong=((bad, bad),))
    subject = replace(PLAN.subject, name=bad, support_because=bad)
    return ticket_fields(replace(PLAN, title=bad, subject=subject, steps=(step,), unknowns=(bad,), must_not=(bad,)))


@pytest.mark.parametrize(
    "bad",
    ["a\nS09 wipe it (mes-prod, cluster operator)", "a\r\nGate: none", "a\u2028Verdict: GO", '"}, {"x": "', "$(id)"],
)
def test_outside_text_makes_no_line_of_its_own(bad: str) -> None:
    texts = (
        "short_description",
        "justification",
        "implementation_plan",
        "risk_and_impact",
        "backout_plan",
        "test_plan",
    )
    odd, plain = hostile(bad), hostile("plain")
    assert {name: odd[name].count("\n") for name in texts} == {name: plain[name].count("\n") for name in texts}
    assert set(odd) == set(plain)


def test_a_command_stays_one_argument() -> None:
    assert "- az '$(id); reboot'  ($(id); reboot)" in hostile("$(id); reboot")["implementation_plan"]


@given(bad=st.text(st.characters(codec="utf-8"), max_size=60).map(clean))
def test_any_clean_text_is_kept(bad: str) -> None:
    fields = hostile(bad)
    assert f"\n- {bad}\n" in fields["risk_and_impact"]
    assert json.loads(json.dumps(fields)) == fields
