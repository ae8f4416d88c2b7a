"""The shipped knowledge by value: what a person reading the sources would check first."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from planner.catalog import Basis, Catalog, Stage
from planner.knowledge import load_catalog
from planner.version import Build, KubernetesVersion, Minor, OsLine, Release

LISTS = {
    "2405": "1.26.10 1.26.12 1.27.7 1.27.9 1.28.3 1.28.5",
    "2408": "1.27.7 1.27.9 1.28.5 1.28.9 1.29.2 1.29.4",
    "2411": "1.27.7 1.27.9 1.28.5 1.28.9 1.29.2 1.29.4",
    "2503": "1.28.12 1.28.14 1.29.7 1.29.9 1.30.3 1.30.4",
    "2507": "1.28.12 1.28.14 1.29.7 1.29.9 1.30.3 1.30.4",
    "2508": "1.29.12 1.29.13 1.30.8 1.30.9 1.31.4 1.31.5",
    "2509": "1.29.12 1.29.13 1.30.8 1.30.9 1.31.4 1.31.5",
    "11.2510": "1.30.13 1.30.14 1.31.9 1.31.10 1.32.5 1.32.6",
    "12.2510": "1.30.13 1.30.14 1.31.9 1.31.10 1.32.5 1.32.6",
    "2602": "1.31.12 1.31.13 1.32.8 1.32.9 1.33.4 1.33.5",
    "2603": "1.31.12 1.31.13 1.32.8 1.32.9 1.33.4 1.33.5",
    "2604": "1.31.12 1.31.13 1.32.8 1.32.9 1.33.4 1.33.5",
    "2605": "1.31.12 1.31.13 1.32.8 1.32.9 1.33.4 1.33.5",
}
OLDER = "2311.2 2311.3 2311.4 2311.5 2402 2402.1 2402.2 2402.3 2402.4"
KEYS = f"""{OLDER} 2405 2405.1 2405.2 2405.3 2408 2408.1 2408.2 2411 2411.1 2411.2 2411.3 2503 2504 2505 2506 2507 2508 2509
    11.2510 12.2510 2511 2512 2601 2602 2603 2604 2605 2606 2607 2608 2609 2610"""
DATES = {
    "2405": "2024-05-30",
    "2408": "2024-09-05",
    "2411": "2024-11-14",
    "2411.2": "2025-02-10",
    "2503": "2025-03-31",
    "2504": "2025-04-21",
    "2507": "2025-07-24",
    "2508": "2025-08-29",
    "2509": "2025-09-22",
    "11.2510": "2025-10-24",
    "12.2510": "2025-11-05",
    "2511": "2025-11-18",
    "2512": "2025-12-16",
    "2601": "2026-01-22",
    "2602": "2026-02-17",
}
EDGES = {
    "2402.3": "2402:documented 2402.1:documented 2402.2:documented",
    "2405": "2402.3:documented",
    "2405.1": "2402.4:documented 2405:documented",
    "2408": "2405.3:documented",
    "2408.2": "2408:documented 2408.1:documented",
    "2411": "2408.2:documented",
    "2411.2": "2411:documented 2411.1:documented",
    "2411.3": "2411.2:documented",
    "2503": "2411.3:documented",
    "2504": "2503:documented",
    "2507": "2506:documented",
    "2509": "2508:documented",
    "11.2510": "2509:documented",
    "12.2510": "11.2510:documented 11.2510:documented 2509:rule",
    "2511": "12.2510:documented",
    "2512": "12.2510:documented 2511:documented",
    "2601": "12.2510:documented 2511:documented 2512:documented",
    "2602": "2601:documented 12.2510:rule 2511:rule 2512:rule",
    "2603": "12.2510:rule 2511:rule 2512:rule 2601:rule 2602:rule",
    "2604": "2603:observed",
    "2605": "2604:rule",
    "2606": "2604:documented 2605:rule",
    "2607": "2604:observed 2605:rule 2606:rule",
    "2608": "2607:observed 2604:observed 2605:rule 2606:rule",
    "2610": "2609:rule",
}
MINORS = {
    # minor: first, last and end on AKS Arc, end upstream
    "1.26": ("2402 or older", "2405", None, "2024-02-28"),
    "1.27": ("2402", "2411", None, "2024-07-16"),
    "1.28": ("2405", "2507", "2025-08-31", "2024-10-22"),
    "1.29": ("2408", "2509", "2025-10-31", "2025-02-28"),
    "1.30": ("2503", "2601", None, "2025-07-15"),
    "1.31": ("2508", None, None, "2025-11-11"),
    "1.32": ("2510", None, None, "2026-02-28"),
    "1.33": (None, None, None, "2026-06-28"),
    "1.34": (None, None, None, "2026-10-27"),
    "1.35": (None, None, None, "2027-02-28"),
    "1.36": (None, None, None, "2027-06-28"),
    "1.37": (None, None, None, None),
}
RISKS = """AKS-STUCK-UPGRADING AKS-GATEKEEPER-131 AKS-CREATE-FAILS-2510-UPDATE AKS-IMAGE-NOT-READY AKS-GALLERY-DEGRADED
    AKS-WIN-FEATURE-OFF AKS-WIN-OS-CEILING AKS-AUDITLOG-DISK AKS-STORAGE-SINGLE-PATH AKS-MOC-UNREACHABLE AKS-CVE-2026-31431
    AKS-KMSV1 AKS-PDB-DELETE AKS-VOLUME-DELETED AZL-2604-CAU AZL-2601-ACCESS-DENIED AZL-11.2510-CAUPOST AZL-STAMP-2509
    AZL-ALLRESULTS AZL-CLI-EXT AZL-ARB-LOCK AZL-ARB-OFFLINE AZL-LIVEMIG-24H2 AZL-PORTAL-STATUS"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_every_release_in_order_of_time(catalog: Catalog) -> None:
    assert [entry.key for entry in catalog.releases] == KEYS.split()
    assert catalog.position["11.2510"] + 1 == catalog.position["12.2510"]


def test_published_lists_and_no_others(catalog: Catalog) -> None:
    listed = {e.key: " ".join(map(str, e.offers)) for e in catalog.releases if e.offers is not None}
    assert listed == LISTS


def test_a_missing_list_says_why(catalog: Catalog) -> None:
    silent = {entry.key: entry.offers_source for entry in catalog.releases if entry.offers is None}
    assert silent["2505"] == "no list published for 2504 to 2506"
    assert silent["2512"] == "no list published for 2511 to 2601"
    assert silent["2606"] == "no list published for 2606 and later"
    assert silent["2411.2"] == "no list published for this point release"
    assert all(reason.startswith("no list published") for reason in silent.values())
    assert all(catalog.by_key[key].unknown["offers"] == reason for key, reason in silent.items())


@pytest.mark.parametrize("key", LISTS)
def test_at_most_two_patches_of_three_minors_p2(catalog: Catalog, key: str) -> None:
    offers = catalog.by_key[key].offers or ()
    counts = [sum(v.minor == minor for v in offers) for minor in {v.minor for v in offers}]
    assert counts == [2, 2, 2]


def test_lowest_and_highest_minor(catalog: Catalog) -> None:
    assert (str(catalog.by_key["2508"].lowest), str(catalog.by_key["2508"].highest)) == ("1.29", "1.31")
    assert catalog.by_key["2606"].lowest is None


@pytest.mark.parametrize("key", DATES)
def test_release_dates(catalog: Catalog, key: str) -> None:
    assert catalog.by_key[key].released == date.fromisoformat(DATES[key])


def test_releases_after_2602_have_no_date(catalog: Catalog) -> None:
    undated = [entry.key for entry in catalog.releases if entry.released is None]
    assert undated == ["2603", "2604", "2605", "2606", "2607", "2608", "2609", "2610"]
    assert catalog.by_key["2604"].unknown["released"]


@pytest.mark.parametrize("key", EDGES)
def test_ways_of_update(catalog: Catalog, key: str) -> None:
    assert " ".join(f"{edge.origin}:{edge.basis}" for edge in catalog.by_key[key].updates_from) == EDGES[key]


def test_the_last_23h2_build_has_two_ways_into_24h2(catalog: Catalog) -> None:
    old, new, rule = catalog.by_key["12.2510"].updates_from
    assert (old.from_build, new.from_build) == ("11.2510.1002.87", "11.2510.1002.93")
    assert old.lines == new.lines == {OsLine.H23}
    assert old.note == "goes straight to 12.2510.1002.531"
    assert (rule.basis, rule.lines, rule.from_build) == (Basis.RULE, {OsLine.H24}, None)


def test_2602_asks_for_a_build_of_2601(catalog: Catalog) -> None:
    assert [edge.from_build for edge in catalog.by_key["2602"].updates_from] == ["12.2601.1002.503", None, None, None]


def test_os_lines_follow_the_build_prefix(catalog: Catalog) -> None:
    for entry in catalog.releases:
        assert entry.lines == {Build.parse(build).line for build in entry.builds}
    assert catalog.by_key["2509"].lines == {OsLine.H23, OsLine.H24}


@pytest.mark.parametrize(
    ("build", "key"),
    [
        ("10.2411.2.12", "2411.2"),
        ("11.2510.1002.93", "11.2510"),
        ("12.2510.1002.531", "12.2510"),
        ("11.2509.1001.21", "2509"),
        ("12.2509.1001.22", "2509"),
        ("10.2507.0.6", "2507"),
        ("12.2602.1007.7", "2602"),
    ],
)
def test_a_build_finds_its_release(catalog: Catalog, build: str, key: str) -> None:
    entry = catalog.entry_of(Build.parse(build))
    assert entry is not None and entry.key == key


def test_a_build_nobody_wrote_down_finds_none(catalog: Catalog) -> None:
    assert catalog.entry_of(Build.parse("11.2511.1002.5")) is None
    assert catalog.entry(Release.parse("2701"), OsLine.H24) is None


def test_the_end_of_os_23h2_covers_2311_to_2509_only(catalog: Catalog) -> None:
    covered = [entry.key for entry in catalog.releases if entry.line_ends]
    assert covered == [key for key in KEYS.split() if catalog.position[key] <= catalog.position["2509"]]
    assert all(dict(catalog.by_key[key].line_ends) == {OsLine.H23: date(2025, 10, 31)} for key in covered)


def test_only_the_last_23h2_release_has_an_end_of_its_own(catalog: Catalog) -> None:
    ends = {e.key: (e.support_ends, e.support_ends_source) for e in catalog.releases if e.support_ends}
    assert ends == {"11.2510": (date(2026, 4, 30), "REL")}


def test_confidence(catalog: Catalog) -> None:
    doubtful = {entry.key: entry.confidence for entry in catalog.releases if entry.confidence != "official"}
    assert doubtful == {
        "2604": "observed",
        "2605": "inferred",
        "2606": "third_party",
        "2607": "observed",
        "2608": "observed",
        "2609": "third_party",
        "2610": "third_party",
    }


@pytest.mark.parametrize("minor", MINORS)
def test_both_clocks_of_a_minor(catalog: Catalog, minor: str) -> None:
    entry = catalog.minor_entries[Minor.parse(minor)]
    first, last, end, upstream = MINORS[minor]
    assert (entry.aksarc_first, entry.aksarc_last) == (first, last)
    assert entry.aksarc_end == (date.fromisoformat(end) if end else None)
    assert entry.upstream_end == (date.fromisoformat(upstream) if upstream else None)


def test_minors_are_complete_and_each_unknown_has_its_reason(catalog: Catalog) -> None:
    assert [str(entry.minor) for entry in catalog.minors] == list(MINORS)
    for entry in catalog.minors:
        unknown = {
            key for key in ("aksarc_first", "aksarc_last", "aksarc_end", "upstream_end") if not getattr(entry, key)
        }
        assert unknown == set(entry.unknown)


def test_announcements_carry_their_edition(catalog: Catalog) -> None:
    assert "2025-07-17" in catalog.minor_entries[Minor.parse("1.30")].announced
    assert "2025-10-09" in catalog.minor_entries[Minor.parse("1.30")].announced


def test_windows_ceilings(catalog: Catalog) -> None:
    rows = [(c.sku, str(c.last_minor), str(c.last_release), c.retired) for c in catalog.windows]
    assert rows == [("Windows2019", "1.32", "2510", "2026-03"), ("Windows2022", "1.34", "2603", "2026-10")]
    assert catalog.ceiling_by_sku["windows2019"].sku == "Windows2019"


def test_all_known_issues_are_risks(catalog: Catalog) -> None:
    assert [risk.id for risk in catalog.risks] == RISKS.split()


@pytest.mark.parametrize(
    ("risk", "stage", "on", "into", "fact"),
    [
        ("AKS-STUCK-UPGRADING", Stage.HOP, ("2503", "2504"), (None, None), True),
        ("AKS-GATEKEEPER-131", Stage.HOP, (None, None), (None, None), True),
        ("AKS-GALLERY-DEGRADED", Stage.HOP, (None, "2506"), (None, None), False),
        ("AKS-AUDITLOG-DISK", Stage.HOP, (None, "2506"), (None, None), False),
        ("AKS-WIN-FEATURE-OFF", Stage.HOP, ("2509", None), (None, None), False),
        ("AKS-CREATE-FAILS-2510-UPDATE", Stage.RECREATE, ("2511", "2601"), (None, None), True),
        ("AKS-CVE-2026-31431", Stage.OS_PATCH, (None, "2604"), (None, None), False),
        ("AZL-2604-CAU", Stage.RELEASE, (None, None), ("2604", "2604"), True),
        ("AZL-11.2510-CAUPOST", Stage.RELEASE, ("2509", "2509"), ("2510", "2510"), True),
        ("AZL-LIVEMIG-24H2", Stage.RELEASE, (None, "2604"), (None, None), True),
    ],
)
def test_when_a_risk_applies(
    catalog: Catalog, risk: str, stage: Stage, on: tuple[str | None, ...], into: tuple[str | None, ...], fact: bool
) -> None:
    match = catalog.risk_by_id[risk].match
    found = [label and str(label) for label in (match.on_first, match.on_last, match.into_first, match.into_last)]
    assert match.stage is stage
    assert (tuple(found[:2]), tuple(found[2:])) == (on, into)
    assert bool(match.fact) is fact


def test_conditions_of_risks(catalog: Catalog) -> None:
    risks = catalog.risk_by_id
    assert str(risks["AKS-GATEKEEPER-131"].match.target_minor_from) == "1.31"
    assert risks["AKS-IMAGE-NOT-READY"].match.image_not_ready
    assert [risk.id for risk in catalog.risks if risk.match.windows] == ["AKS-WIN-FEATURE-OFF", "AKS-WIN-OS-CEILING"]
    assert {risk.id: risk.match.line for risk in catalog.risks if risk.match.line} == {
        "AZL-2604-CAU": OsLine.H24,
        "AZL-11.2510-CAUPOST": OsLine.H23,
        "AZL-LIVEMIG-24H2": OsLine.H24,
    }
    assert all(risk.title and risk.affects and risk.cure and risk.fixed_in for risk in catalog.risks)


def test_contradictions(catalog: Catalog) -> None:
    assert [dispute.id for dispute in catalog.disputes] == [f"C{number}" for number in range(1, 15)]
    assert all(len(dispute.sides) >= 2 and dispute.ruling for dispute in catalog.disputes)


def test_published_hops_for_2602_and_later(catalog: Catalog) -> None:
    def targets(text: str) -> str | None:
        found = catalog.documented_targets(KubernetesVersion.parse(text))
        return None if found is None else " ".join(map(str, found))

    assert targets("1.31.12") == "1.31.13 1.32.8 1.32.9"
    assert targets("1.32.9") == "1.33.4 1.33.5"
    assert targets("1.33.5") == ""
    assert targets("1.30.14") == targets("1.27.9") == "1.31.12 1.31.13"
    assert targets("1.31.5") is None


def test_removed_apis(catalog: Catalog) -> None:
    assert [str(item.minor) for item in catalog.removed_apis] == ["1.26", "1.26", "1.27", "1.29", "1.32"]
    assert catalog.removed_apis[-1].api.startswith("flowcontrol.apiserver.k8s.io/v1beta3")


def test_the_newest_fact_is_the_newest_official_source(catalog: Catalog) -> None:
    official = {item.key: item.dated for item in catalog.documents if item.standing == "official" and item.dated}
    assert catalog.newest_fact == max(official.values()) == date(2026, 7, 17)
    assert official[catalog.newest_source] == catalog.newest_fact
    assert catalog.compiled == date(2026, 11, 22)


def test_a_citation_is_spelled_out(catalog: Catalog) -> None:
    assert catalog.cited("SKV, WN") == (
        ("SKV", "MicrosoftDocs/azure-stack-docs AKS-Arc/supported-kubernetes-versions.md@0a6680e704a9, 2025-10-09"),
        ("WN", "MicrosoftDocs/azure-stack-docs AKS-Arc/aks-whats-new-local.md@0a6680e704a9, 2025-09-24"),
    )
    assert catalog.cited("no list published") == (("no list published", "no list published"),)
    assert catalog.sources["VER"].endswith(", undated")


def test_loading_twice_gives_the_same_catalog(catalog: Catalog) -> None:
    assert load_catalog() is catalog


def test_importing_the_package_parses_nothing() -> None:
    script = "import sys, planner.knowledge; print({'tomllib', 'planner.knowledge.parse'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
