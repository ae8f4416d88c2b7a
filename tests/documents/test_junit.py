"""A check as JUnit XML: what is red, what is an error, that nothing unknown is green, and that any reader can parse it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree as xml

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.documents.checkdoc import (
    CheckDocument,
    ClockEntry,
    ClusterEntry,
    FindingEntry,
    UnreadEntry,
    check_document,
)
from planner.documents.junit import render_junit
from planner.inventory import Unknown, Unread
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.states import SupportState
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, offered

CLOCK = ClockEntry(
    "Kubernetes minor", "ended", date(2025, 8, 31), None, -262, "P3", "1.28 left support.", "SKV", "derived"
)
FINDING = FindingEntry(
    "K8S-SUP-01", "blocker", "1.28 is out.", "No help.", "Hop to 1.29.4.", "cluster operator", (), (), ()
)
MES = ClusterEntry(
    name="mes-prod",
    id="/subscriptions/s1/resourceGroups/rg-a/x/mes-prod",
    resource_group="rg-a",
    subscription="s1",
    instance="plant12",
    release="2411",
    version="1.28.9",
    state="out of support",
    because="Minor 1.28 ended on 2025-08-31.",
    clocks=(CLOCK, msgspec.structs.replace(CLOCK, kind="Stopped", state="not started", ends=None)),
    findings=(FINDING, msgspec.structs.replace(FINDING, code="K8S-OS-01", severity="info")),
    next="K8s 1.29.4",
)


def check(*clusters: ClusterEntry, expected: int | None = None, unread: tuple[UnreadEntry, ...] = ()) -> CheckDocument:
    return CheckDocument(1, AS_OF, "live", 0, expected, date(2026, 5, 12), clusters, (), unread)


def suites(document: CheckDocument) -> tuple[xml.Element, xml.Element]:
    support, reading = xml.fromstring(render_junit(document).encode("utf-8"))
    return support, reading


def verdict(case: xml.Element) -> str:
    assert len(case) <= 1
    return case[0].tag if len(case) else "passed"


# -- what is red, what is green --


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("stranded", "failure"),
        ("out of support", "failure"),
        ("unknown", "error"),
        ("grace", "passed"),
        ("preview", "passed"),
        ("patch outdated", "passed"),
        ("supported", "passed"),
        ("a state of a later version", "error"),
    ],
)
def test_each_state_has_its_colour(state: str, wanted: str) -> None:
    support, reading = suites(check(msgspec.structs.replace(MES, state=state)))
    assert [verdict(case) for case in support.iter("testcase")] == [wanted]
    assert [verdict(case) for case in reading.iter("testcase")] == ["passed"]


def test_every_state_of_support_is_judged_here() -> None:
    every = [msgspec.structs.replace(MES, state=str(state)) for state in SupportState]
    support, _ = suites(check(*every))
    assert (support.get("tests"), support.get("failures"), support.get("errors")) == ("7", "2", "1")
    assert support.get("skipped") == "0" and not list(support.iter("skipped"))


def test_a_failure_says_why_and_what_next() -> None:
    support, _ = suites(check(MES))
    case = support.find("testcase")
    assert case is not None and case.attrib == {"classname": "s1.rg-a", "name": "mes-prod", "time": "0"}
    assert case[0].attrib == {
        "type": "out of support",
        "message": "out of support: Minor 1.28 ended on 2025-08-31.",
    }
    assert (case[0].text or "").split("\n") == [
        "/subscriptions/s1/resourceGroups/rg-a/x/mes-prod",
        "Kubernetes 1.28.9 on plant12, Azure Local 2411",
        "Kubernetes minor: 1.28 left support.",
        "K8S-SUP-01 (blocker): 1.28 is out. Next: Hop to 1.29.4.",
        "Next: K8s 1.29.4",
    ]


def test_what_is_not_known_is_called_unknown() -> None:
    lost = msgspec.structs.replace(MES, state="unknown", instance=None, release=None, version=None)
    support, _ = suites(check(lost))
    (error,) = support.iter("error")
    assert "Kubernetes unknown on an unknown instance, Azure Local release unknown" in (error.text or "")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (check(), "No cluster was read."),
        (check(expected=3), "0 of 3 clusters were read."),
        (check(MES, expected=1_200), "1 of 1,200 clusters were read."),
        (check(MES, unread=(UnreadEntry("node pools", "mes-prod", "403"),)), "node pools of mes-prod: 403"),
    ],
)
def test_a_gap_in_the_reading_is_an_error_of_its_own(document: CheckDocument, words: str) -> None:
    _, reading = suites(document)
    (error,) = reading.iter("error")
    assert error.get("message") == f"unknown: {words}" and error.text == words
    assert (reading.get("tests"), reading.get("errors"), reading.get("failures")) == ("1", "1", "0")


def test_a_real_fleet() -> None:
    catalog = load_catalog()
    whole = inventory(
        cluster("new", "1.32.9"),
        cluster("old", "1.29.4"),
        replace(cluster("dark", None), connectivity=Unknown("not read")),
        release="2604",
        live=offered(["1.31.13", "1.32.9"]),
        unread=[Unread("cluster state", "dark", "403")],
    )
    judge = Judge(whole, catalog, AS_OF)
    support, reading = suites(check_document(judge, Routes(catalog), 40))
    assert [(case.get("name"), verdict(case)) for case in support.iter("testcase")] == [
        ("old", "failure"),
        ("dark", "error"),
        ("new", "passed"),
    ]
    assert [verdict(case) for case in reading.iter("testcase")] == ["error"]


# -- the file --

SUITE = {"id", "package", "name", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"}


def test_the_shape_is_the_one_every_reader_of_junit_knows() -> None:
    text = render_junit(check(MES, msgspec.structs.replace(MES, name="b", state="unknown")))
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    root = xml.fromstring(text.encode("utf-8"))
    assert root.tag == "testsuites" and not root.attrib
    assert [(suite.get("id"), suite.get("name")) for suite in root] == [("0", "support"), ("1", "reading")]
    for suite in root:
        assert suite.tag == "testsuite" and set(suite.attrib) == SUITE
        assert suite.get("timestamp") == "2026-05-20T00:00:00"
        cases = suite.findall("testcase")
        assert [part.tag for part in suite] == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        assert int(suite.get("tests", "")) == len(cases)
        for case in cases:
            assert set(case.attrib) == {"classname", "name", "time"}
            assert [set(trouble.attrib) for trouble in case] in ([], [{"type", "message"}])


def test_the_properties_say_when_and_from_what() -> None:
    support, _ = suites(check(MES))
    values = {one.get("name"): one.get("value") for one in support.iter("property")}
    assert values == {"as_of": "2026-05-20 00:00 UTC", "catalog": "2026-05-12", "source": "live"}


def test_the_same_check_gives_the_same_text() -> None:
    later = msgspec.structs.replace(check(MES), as_of=datetime(2026, 5, 21, 3, 4, 5, tzinfo=UTC))
    assert render_junit(check(MES)) == render_junit(check(MES)) != render_junit(later)
    assert 'timestamp="2026-05-21T03:04:05"' in render_junit(later)


HOSTILE = [
    "</failure></testcase><testcase name='green'/>",
    "]]>&amp;&lt;<![CDATA[",
    '"><skipped/>',
    "\x00\x08\x1b[31m\x7f\x85",
    "\ud800 \ufffe \uffff",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
]


@pytest.mark.parametrize("bad", HOSTILE)
def test_outside_text_stays_text(bad: str) -> None:
    finding = msgspec.structs.replace(FINDING, title=bad, cure=bad)
    clock = msgspec.structs.replace(CLOCK, reading=bad)
    odd = msgspec.structs.replace(
        MES, name=bad, id=bad, resource_group=bad, instance=bad, because=bad, clocks=(clock,), findings=(finding,)
    )
    support, reading = suites(check(odd, unread=(UnreadEntry(bad, bad, bad),)))
    assert [verdict(case) for case in (*support.iter("testcase"), *reading.iter("testcase"))] == ["failure", "error"]
    assert {part.tag for part in support.iter()} == {
        *("testsuite", "properties", "property", "testcase", "failure", "system-out", "system-err"),
    }


@given(bad=st.text(max_size=60))
def test_any_text_parses_and_what_xml_can_write_comes_back(bad: str) -> None:
    support, _ = suites(check(msgspec.structs.replace(MES, because=bad)))
    (failure,) = support.iter("failure")
    message = (failure.get("message") or "").removeprefix("out of support: ")
    assert len(message) == len(bad)
    assert all(one == other or one == "\N{REPLACEMENT CHARACTER}" for one, other in zip(message, bad, strict=True))
