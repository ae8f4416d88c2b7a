"""A check as JUnit XML, for pipelines: a test case a cluster, and one for whether everything could be read.

Out of support and stranded are failures, unknown is an error, and nothing is ever skipped: what nobody knows is not green.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as xml

from planner.documents.checkdoc import CheckDocument, ClusterEntry, FindingEntry
from planner.documents.marks import moment
from planner.findings import Severity
from planner.states import SupportState

_FAILED: Final = frozenset({SupportState.STRANDED, SupportState.OUT_OF_SUPPORT})
_GREEN: Final = frozenset(
    {SupportState.GRACE, SupportState.PREVIEW, SupportState.PATCH_OUTDATED, SupportState.SUPPORTED}
)
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML 1.0 has no way to write."""


def render_junit(document: CheckDocument) -> str:
    """The XML of a check. The same document gives the same text; the root's suites are `support` and `reading`."""
    root = xml.Element("testsuites")
    _suite(root, "support", document, [_cluster(entry) for entry in document.clusters])
    _suite(root, "reading", document, [_reading(document)])
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _suite(root: xml.Element, name: str, document: CheckDocument, cases: list[xml.Element]) -> None:
    """A suite with everything the strict form of the schema asks for; arcstep measures no times and names no host."""
    suite = xml.SubElement(
        root,
        "testsuite",
        id=str(len(root)),
        package="arcstep",
        name=name,
        timestamp=f"{document.as_of:%Y-%m-%dT%H:%M:%S}",
        hostname="localhost",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped="0",
        time="0",
    )
    properties = xml.SubElement(suite, "properties")
    about = {"as_of": moment(document.as_of), "catalog": str(document.catalog), "source": document.source}
    for key, value in about.items():
        xml.SubElement(properties, "property", name=key, value=_legal(value))
    suite.extend(cases)
    xml.SubElement(suite, "system-out")
    xml.SubElement(suite, "system-err")


def _cluster(entry: ClusterEntry) -> xml.Element:
    """Named by resource group and subscription, which tell clusters of one name apart and outlast a move."""
    case = _case(f"{entry.subscription}.{entry.resource_group}", entry.name)
    if entry.state not in _GREEN:
        kind = "failure" if entry.state in _FAILED else "error"
        _trouble(case, kind, entry.state, f"{entry.state}: {entry.because}", _details(entry))
    return case


def _reading(document: CheckDocument) -> xml.Element:
    """Green only where clusters were read, as many as there are, and every one of them wholly."""
    case = _case("arcstep", "everything could be read")
    lines = [f"{gap.what} of {gap.subject}: {gap.reason}" for gap in document.unread]
    count = len(document.clusters)
    if document.expected is not None and count < document.expected:
        lines.insert(0, f"{count:,} of {document.expected:,} clusters were read.")
    elif not count:
        lines.insert(0, "No cluster was read.")
    if lines:
        _trouble(case, "error", str(SupportState.UNKNOWN), f"unknown: {lines[0]}", iter(lines))
    return case


def _case(classname: str, name: str) -> xml.Element:
    return xml.Element("testcase", classname=_legal(classname), name=_legal(name), time="0")


def _trouble(case: xml.Element, kind: str, type: str, message: str, lines: Iterator[str]) -> None:
    trouble = xml.SubElement(case, kind, type=_legal(type), message=_legal(message))
    trouble.text = _legal("\n".join(lines))


def _details(entry: ClusterEntry) -> Iterator[str]:
    yield entry.id
    yield f"Kubernetes {entry.version or 'unknown'} on {entry.instance or 'an unknown instance'}, " + (
        f"Azure Local {entry.release}" if entry.release else "Azure Local release unknown"
    )
    yield from (f"{clock.kind}: {clock.reading}" for clock in entry.clocks if clock.ends or clock.state == "unknown")
    yield from (_finding(finding) for finding in entry.findings if finding.severity != Severity.INFO)
    yield f"Next: {entry.next}"


def _finding(finding: FindingEntry) -> str:
    cure = f" Next: {finding.cure}" if finding.cure else ""
    return f"{finding.code} ({finding.severity}): {finding.title}{cure}"


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
