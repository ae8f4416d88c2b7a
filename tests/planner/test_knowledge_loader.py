"""The loader on small files of its own: every refusal with its message, overlays, and garbage."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog import Catalog, CatalogError
from planner.knowledge import load_catalog
from planner.knowledge.parse import parse
from planner.version import KubernetesVersion, Minor

HEAD = """
[catalog]
newest_fact = 2026-01-02
newest_fact_source = "DOC"
compiled = 2026-02-03

[[source]]
key = "DOC"
title = "a document"
dated = 2026-01-02
standing = "official"
"""
OLDER = """
[[release]]
key = "2509"
kind = "cumulative"
feature = false
lines = ["23H2", "24H2"]
builds = ["11.2509.1001.21", "12.2509.1001.22"]
released = 2025-09-22
support_ends = "unknown"
support_ends_reason = "none published"
line_ends = { 23H2 = 2025-10-31 }
offers = ["1.29.12", "1.30.8"]
offers_source = "DOC"
updates_from = []
extension = "unknown"
extension_reason = "not found"
confidence = "official"
notes = ""
source = "DOC"
"""
NEWER = """
[[release]]
key = "12.2510"
kind = "feature"
feature = true
lines = ["24H2"]
builds = ["12.2510.1002.531"]
released = 2025-11-05
support_ends = 2026-05-05
support_ends_source = "DOC"
line_ends = "unknown"
line_ends_reason = "none announced"
offers = "unknown"
offers_reason = "nobody published it"
updates_from = [{ from = "2509", basis = "rule", build = "12.2509.1001.22", lines = ["24H2"] }]
extension = "4.0.92"
confidence = "observed"
notes = "one"
source = ["DOC"]
"""
MINORS = """
[[minor]]
minor = "1.29"
upstream_release = 2023-12-13
upstream_end = 2025-02-28
aksarc_first = "2509 or older"
aksarc_last = "2509"
aksarc_end = 2025-10-31
announced = "DOC"
notes = ""
source = "DOC"

[[minor]]
minor = "1.30"
upstream_release = 2024-04-17
upstream_end = "unknown"
upstream_end_reason = "not found"
aksarc_first = "2509"
aksarc_last = "2510"
aksarc_end = "unknown"
aksarc_end_reason = "not published"
announced = ""
notes = ""
source = "DOC"
"""
REST = """
[[windows]]
sku = "Windows2019"
last_minor = "1.30"
last_release = "2510"
retired = "2026-03"
source = "DOC"

[[risk]]
id = "R1"
title = "a risk"
affects = "some"
severity = "high"
cure = "do this"
detect = "look there"
fixed_in = "2510"
source = "DOC"
match = { stage = "hop", on_first = "2509", on_last = "2510", windows = true }

[[dispute]]
id = "C1"
title = "yes or no"
ruling = "no"
sides = [{ claim = "yes", source = "DOC" }, { claim = "no", source = "DOC" }]

[[policy]]
id = "P1"
title = "a rule"
text = "do so"
source = "DOC"
kind = "finding"
codes = ["K8S-SUP-01"]

[[scope]]
id = "line"
section = "A heading"
text = "supported"
supported = "yes"
owner = "Microsoft"
source = "DOC"

[[section]]
title = "A heading"
carried_by = ["P1", "line", "Stopped", "K8S-SUP-01"]

[[removed_api]]
api = "x/v1beta1"
minor = "1.30"
replacement = "x/v1"
source = "DOC"

[[hop]]
origin = "1.29 or earlier"
targets = ["1.30.8"]
source = "DOC"
"""
FILES = {"head.toml": HEAD, "old.toml": OLDER, "new.toml": NEWER, "minors.toml": MINORS, "rest.toml": REST}


def changed(old: str, new: str) -> dict[str, str]:
    """The files with one passage replaced, wherever it first stands."""
    name = next(name for name, text in FILES.items() if old in text)
    return {**FILES, name: FILES[name].replace(old, new, 1)}


def refusal(files: dict[str, str], *overlays: str) -> str:
    with pytest.raises(CatalogError) as caught:
        parse(files, [(f"site{number}.toml", text) for number, text in enumerate(overlays, 1)])
    return str(caught.value)


@pytest.fixture(scope="module")
def small() -> Catalog:
    return parse(FILES)


def test_the_small_files_are_a_catalog(small: Catalog) -> None:
    assert [entry.key for entry in small.releases] == ["2509", "12.2510"]
    assert small.newest_fact == date(2026, 1, 2)
    assert small.by_key["12.2510"].offers_source == "nobody published it"
    assert small.by_key["12.2510"].source == "DOC"
    assert small.overlays == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # keys and types
        ('notes = "one"\n', "", "new.toml: release 12.2510: notes is missing"),
        ('notes = "one"', 'notes = "one"\nnote = 1', "new.toml: release 12.2510: unknown key note"),
        ('kind = "feature"', "kind = 7", "new.toml: release 12.2510: kind must be a text, not 7"),
        ('kind = "feature"', 'kind = " "', "new.toml: release 12.2510: kind is empty"),
        ("feature = true", 'feature = "yes"', "new.toml: release 12.2510: feature must be true or false, not yes"),
        (
            "released = 2025-11-05",
            "released = 2025-11-05T00:00:00Z",
            "new.toml: release 12.2510: released must be a date such as 2025-10-31, not 2025-11-05 00:00:00+00:00",
        ),
        ('lines = ["24H2"]\nb', 'lines = "24H2"\nb', "new.toml: release 12.2510: lines must be a list, not 24H2"),
        ('lines = ["24H2"]\nb', 'lines = ["25H2"]\nb', "new.toml: release 12.2510: lines: '25H2' is not a valid OsLine"),
        ('lines = ["24H2"]\nb', "lines = []\nb", "new.toml: release 12.2510: build 12.2510.1002.531 is release 2510 on "
         "24H2, not this one"),
        ("[{ from", "[3, { from", "new.toml: release 12.2510: updates_from 1 must be a table, not 3"),
        ('basis = "rule"', 'basis = "hope"', "new.toml: release 12.2510: updates_from 1: basis is hope, must be one of: "
         "documented, observed, rule"),
        ('basis = "rule"', 'basis = "rule", via = "x"', "new.toml: release 12.2510: updates_from 1: unknown key via"),
        ('confidence = "observed"', 'confidence = "sure"', "new.toml: release 12.2510: confidence is sure, must be one of: "
         "official, observed, inferred, third_party"),
        ('["1.29.12", "1.30.8"]', '["1.29.12", "1.30"]', "old.toml: release 2509: offers: '1.30' is not a Kubernetes "
         "version such as 1.31.10"),
        ('["1.29.12", "1.30.8"]', '["1.29.12", "1.29.12"]', "old.toml: release 2509: offers names 1.29.12 twice"),
        ('["1.29.12", "1.30.8"]', '["1.30.8", "1.29.12"]', "old.toml: release 2509: offers must list at least one version, "
         "in rising order"),
        ('["1.29.12", "1.30.8"]', "[]", "old.toml: release 2509: offers must list at least one version, in rising order"),
        ('["1.29.12", "1.30.8"]', '"unknown"', "old.toml: release 2509: offers_reason is missing"),
        ('offers_reason = "nobody published it"\n', "", "new.toml: release 12.2510: offers_reason is missing"),
        ('"2509"\nkind', '"259"\nkind', "old.toml: release 259: key: '259' is not an Azure Local release such as 2510"),
        ('"11.2509.1001.21", ', '"11.2509", ', "old.toml: release 2509: builds: '11.2509' is not an Azure Local build such "
         "as 12.2510.1002.531"),
        ('"11.2509.1001.21", ', '"11.2508.1001.21", ', "old.toml: release 2509: build 11.2508.1001.21 is release 2508 on "
         "23H2, not this one"),
        ("{ 23H2 = 2025", "{ 22H2 = 2025", "old.toml: release 2509: line_ends names 22H2, must be one of: 23H2, 24H2"),
        ("{ 23H2 = 2025-10-31 }", "2025-10-31", "old.toml: release 2509: line_ends must be a table, not 2025-10-31"),
        ('retired = "2026-03"', 'retired = "March"', "rest.toml: windows Windows2019: retired: Invalid isoformat string: "
         "'March-01'"),
        ('severity = "high"', 'severity = "huge"', "rest.toml: risk R1: severity is huge, must be one of: high, medium, "
         "low"),
        ('stage = "hop"', 'stage = "leap"', "rest.toml: risk R1: match: stage is leap, must be one of: hop, release, "
         "os-patch, recreate, plan"),
        ("windows = true", "linux = true", "rest.toml: risk R1: match: unknown key linux"),
        ('sides = [{ claim = "yes", source = "DOC" }, ', "sides = [", "rest.toml: dispute C1: sides must hold at least two "
         "claims"),
        ('codes = ["K8S-SUP-01"]', "codes = []", "rest.toml: policy P1: codes is empty"),
        ('origin = "1.29 or earlier"', 'origin = "1.29"', "rest.toml: hop 1.29: origin: '1.29' is not a Kubernetes version "
         "such as 1.31.10"),
        ("newest_fact = 2026-01-02\n", "", "head.toml: catalog: newest_fact is missing"),
        ("compiled = 2026-02-03", "compiled = 2026-02-03\nby = 1", "head.toml: catalog: unknown key by"),
        # the file as such
        ("[[risk]]", "[[riks]]", "rest.toml: riks: unknown kind of entry, known are: source, release, minor, windows, risk, "
         "dispute, policy, scope, section, removed_api, hop"),
        ("[[risk]]", "[risk]", "rest.toml: risk: write entries as [[risk]]"),
        ('id = "R1"\n', "", "rest.toml: risk number 1: id is missing or not a text"),
        ('"12.2510"\nkind', '"2509"\nkind', "new.toml: release 2509: stated twice, also in old.toml"),
        ('minor = "1.30"\nup', 'minor = "1.29"\nup', "minors.toml: minor 1.29: stated twice, also in minors.toml"),
        # time
        ("compiled = 2026-02-03", "compiled = 2026-01-01", "head.toml: catalog: compiled 2026-01-01 is before "
         "newest_fact 2026-01-02"),
        ("released = 2025-11-05", "released = 2025-09-21", "new.toml: release 12.2510: released 2025-09-21 is before "
         "2025-09-22, the release before it"),
        ("support_ends = 2026-05-05", "support_ends = 2025-11-05", "new.toml: release 12.2510: support_ends 2025-11-05 is "
         "not after released 2025-11-05"),
        ("23H2 = 2025-10-31", "23H2 = 2025-01-31", "old.toml: release 2509: line_ends.23H2 2025-01-31 is not after released "
         "2025-09-22"),
        ('minor = "1.30"\nup', 'minor = "1.28"\nup', "minors.toml: minor 1.28: stands after 1.29; minors must be in rising "
         "order"),
        ("upstream_release = 2024-04-17", "upstream_release = 2023-04-17", "minors.toml: minor 1.30: upstream_release "
         "2023-04-17 is not after that of 1.29"),
        ("upstream_end = 2025-02-28", "upstream_end = 2023-02-28", "minors.toml: minor 1.29: upstream_end 2023-02-28 is not "
         "after upstream_release 2023-12-13"),
        ("aksarc_end = 2025-10-31", "aksarc_end = 2022-10-31", "minors.toml: minor 1.29: aksarc_end 2022-10-31 is not after "
         "upstream_release 2023-12-13"),
        ('aksarc_first = "2509"\naksarc_last = "2510"', 'aksarc_first = "2510"\naksarc_last = "2509"', "minors.toml: minor "
         "1.30: aksarc_last 2509 is before aksarc_first 2510"),
        ('on_first = "2509", on_last = "2510"', 'on_first = "2510", on_last = "2509"', "rest.toml: risk R1: match: on_last "
         "2509 is before on_first 2510"),
        # what points elsewhere
        ('newest_fact_source = "DOC"', 'newest_fact_source = "DUC"', "head.toml: catalog newest_fact_source: source 'DUC' is "
         "not in the list of sources"),
        ('from = "2509"', 'from = "2508"', "new.toml: release 12.2510: updates_from names release 2508, which is not in the "
         "catalog"),
        ("updates_from = []", 'updates_from = [{ from = "12.2510", basis = "rule" }]', "old.toml: release 2509: updates_from "
         "names 12.2510, which is not an earlier release"),
        ('build = "12.2509.1001.22"', 'build = "12.2510.1002.531"', "new.toml: release 12.2510: build 12.2510.1002.531 does "
         "not belong to release 2509"),
        ("}]\nextension", '}, { from = "2509", basis = "observed", build = "12.2509.1001.22", lines = ["24H2"] }]\nextension',
         "new.toml: release 12.2510: updates_from names 2509 twice"),
        ('last_release = "2510"', 'last_release = "2511"', "rest.toml: windows Windows2019: last_release names release 2511, "
         "which is not in the catalog"),
        ('on_last = "2510"', 'on_last = "2511"', "rest.toml: risk R1: match: on_last names release 2511, which is not in the "
         "catalog"),
        ('aksarc_last = "2510"', 'aksarc_last = "2512"', "minors.toml: minor 1.30: aksarc_last names release 2512, which is "
         "not in the catalog"),
        ('codes = ["K8S-SUP-01"]', 'codes = ["K8S-SUP-99"]', "rest.toml: policy P1: codes names 'K8S-SUP-99', which does not "
         "exist"),
        ('["P1", "line"', '["P2", "line"', "rest.toml: section A heading: carried_by names 'P2', which does not exist"),
        ('section = "A heading"', 'section = "Another"', "rest.toml: scope line: section names 'Another', which does not "
         "exist"),
        ('confidence = "official"\nnotes = ""\nsource = "DOC"', 'confidence = "official"\nnotes = ""\nsource = "DUC"',
         "old.toml: release 2509: source 'DUC' is not in the list of sources"),
        ('offers_source = "DOC"', 'offers_source = "DUC"', "old.toml: release 2509: source 'DUC' is not in the list of "
         "sources"),
        ('ruling = "no"', 'ruling = "no"\nreleases = ["2511"]', "rest.toml: dispute C1: releases names '2511', which does not "
         "exist"),
        ('ruling = "no"', 'ruling = "no"\nminors = ["1.99"]', "rest.toml: dispute C1: minors names '1.99', which does not "
         "exist"),
        ('{ claim = "no", source = "DOC" }', '{ claim = "no", source = ["DOC", "DUC"] }', "rest.toml: dispute C1: source "
         "'DUC' is not in the list of sources"),
    ],
)  # fmt: skip
def test_refusals_name_file_entry_and_reason(old: str, new: str, message: str) -> None:
    assert refusal(changed(old, new)) == message


def test_an_edge_across_os_lines_must_say_so() -> None:
    files = changed('lines = ["23H2", "24H2"]\nbuilds = ["11.2509.1001.21", "12.2509.1001.22"]',
                    'lines = ["23H2"]\nbuilds = ["11.2509.1001.21"]')  # fmt: skip
    edge = '{ from = "2509", basis = "rule", build = "12.2509.1001.22", lines = ["24H2"] }'
    bare = {**files, "new.toml": NEWER.replace(edge, '{ from = "2509", basis = "rule" }')}
    assert refusal(bare) == "new.toml: release 12.2510: the update from 2509 changes the OS line; say lines"
    wrong = {**files, "new.toml": NEWER.replace(edge, '{ from = "2509", basis = "rule", lines = ["24H2"] }')}
    assert refusal(wrong) == "new.toml: release 12.2510: the update from 2509 names lines that release does not have"
    said = {**files, "new.toml": NEWER.replace(edge, '{ from = "2509", basis = "rule", lines = ["23H2"] }')}
    assert len(parse(said).by_key["12.2510"].updates_from) == 1


def test_releases_must_stand_in_order_of_time() -> None:
    files = {"head.toml": HEAD, "new.toml": NEWER, "old.toml": OLDER, "minors.toml": MINORS, "rest.toml": REST}
    assert refusal(files) == "old.toml: release 2509: stands after 12.2510; releases must be in order of time"


def test_a_release_on_an_os_line_is_one_entry() -> None:
    both = OLDER.replace("2509", "2510").replace("2025-10-31", "2026-10-31")
    message = refusal({**FILES, "old.toml": OLDER + both})
    assert message == "new.toml: release 12.2510: release 2510 already stands for 2510 on 24H2"


def test_no_head_no_catalog() -> None:
    assert refusal({"rest.toml": REST}) == "rest.toml: no [catalog] table with newest_fact and compiled"
    assert refusal({}) == "no file: no [catalog] table with newest_fact and compiled"
    assert refusal({"x.toml": "catalog = 3"}) == "x.toml: catalog: must be a table"


def test_text_that_is_no_toml_names_the_place() -> None:
    assert refusal({**FILES, "x.toml": "a = = 1"}) == "x.toml: not valid TOML: Invalid value (at line 1, column 5)"
    assert refusal({**FILES, "x.toml": "a = " + "[" * 100_000}) == "x.toml: not valid TOML: nested too deeply"


def test_a_message_is_harmless_whatever_the_file_says() -> None:
    message = refusal(changed('kind = "feature"', 'kind = "feature"\n"\\u001b[31m\\u202eevil" = 1'))
    assert message.isprintable() and "evil" in message
    digits = refusal(changed('kind = "feature"', "kind = 0x" + "f" * 9000))
    assert digits == "new.toml: release 12.2510: kind must be a text, not a very long number"


def test_text_of_a_file_is_cleaned_at_the_door() -> None:
    assert (
        parse(changed('notes = "one"', 'notes = "a\\u001b[2Jb"')).by_key["12.2510"].notes
        == "a\N{REPLACEMENT CHARACTER}[2Jb"
    )


# overlays


def laid(*texts: str) -> Catalog:
    return parse(FILES, [(f"site{number}.toml", text) for number, text in enumerate(texts, 1)])


def test_an_overlay_changes_single_keys_and_signs_what_it_touched() -> None:
    catalog = laid('[[release]]\nkey = "12.2510"\noffers = ["1.30.8", "1.31.4"]\noffers_source = "DOC"')
    entry = catalog.by_key["12.2510"]
    assert entry.offers == (KubernetesVersion.parse("1.30.8"), KubernetesVersion.parse("1.31.4"))
    assert (entry.offers_source, entry.unknown.get("offers")) == ("DOC", None)
    assert entry.extension == "4.0.92"
    assert (entry.overlay, catalog.by_key["2509"].overlay, catalog.overlays) == ("site1.toml", None, ("site1.toml",))


def test_an_overlay_can_make_a_list_unknown() -> None:
    entry = laid('[[release]]\nkey = "2509"\noffers = "unknown"\noffers_reason = "wrong here"').by_key["2509"]
    assert (entry.offers, entry.offers_source) == (None, "wrong here")


def test_an_overlay_adds_complete_entries_in_their_place() -> None:
    text = OLDER.replace("2509", "2510").replace('key = "2510"', 'key = "11.2510"').replace("2025-09-22", "2025-10-24")
    text = text.replace('lines = ["23H2", "24H2"]', 'lines = ["23H2"]').replace(
        '"11.2510.1001.21", "12.2510.1001.22"', ""
    )
    text = text.replace("2025-10-31", "2026-04-30")
    minor = MINORS.split("[[minor]]")[1].replace("1.29", "1.28").replace("2023-12-13", "2023-08-15")
    catalog = laid(text, f"[[minor]]{minor}")
    assert [entry.key for entry in catalog.releases] == ["2509", "11.2510", "12.2510"]
    assert catalog.minors[0].minor == Minor.parse("1.28")
    assert catalog.by_key["11.2510"].overlay == "site1.toml"
    assert catalog.minors[0].overlay == "site2.toml"


def test_an_overlay_brings_its_own_sources_and_a_newer_fact() -> None:
    catalog = laid(
        '[catalog]\nnewest_fact = 2026-02-01\nnewest_fact_source = "OURS"\n'
        '[[source]]\nkey = "OURS"\ntitle = "our lab"\ndated = 2026-02-01\nstanding = "third party"\n'
        '[[risk]]\nid = "R1"\nseverity = "low"\nsource = "OURS"'
    )
    assert (catalog.newest_fact, catalog.newest_source) == (date(2026, 2, 1), "OURS")
    assert (catalog.risk_by_id["R1"].severity, catalog.risk_by_id["R1"].title) == ("low", "a risk")
    assert catalog.sources["OURS"] == "our lab, 2026-02-01"
    assert catalog.risk_by_id["R1"].overlay == "site1.toml"


def test_the_last_overlay_wins() -> None:
    catalog = laid(*(f'[[risk]]\nid = "R1"\nseverity = "{word}"' for word in ("low", "medium")))
    assert catalog.risk_by_id["R1"].severity == "medium"
    assert catalog.risk_by_id["R1"].overlay == "site2.toml"
    assert catalog.overlays == ("site1.toml", "site2.toml")


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ('[[release]]\nkey = "2511"', "site1.toml: release 2511: offers is missing"),
        ('[[release]]\nkey = "2509"\noffer = 1', "site1.toml: release 2509: unknown key offer"),
        ('[[release]]\nkey = "12.2510"\noffers = ["1.31.4"]', "site1.toml: release 12.2510: offers_source is missing"),
        ('[[risk]]\nid = "R1"\n[[risk]]\nid = "R1"', "site1.toml: risk R1: stated twice"),
        ('[[risk]]\nid = "R1"\nsource = "X"', "site1.toml: risk R1: source 'X' is not in the list of sources"),
        ("[catalog]\ncompiled = 1", "site1.toml: catalog: compiled must be a date such as 2025-10-31, not 1"),
        ("catalog = 1", "site1.toml: catalog: must be a table"),
        ("[[x", "site1.toml: not valid TOML: Expected ']]' at the end of an array declaration (at end of document)"),
    ],
)
def test_a_bad_overlay_is_named(overlay: str, message: str) -> None:
    assert refusal(FILES, overlay) == message


def test_overlay_files(tmp_path: Path) -> None:
    overlay = tmp_path / "plant.toml"
    overlay.write_text('\ufeff[[release]]\r\nkey = "2606"\r\nnotes = "asked the vendor"\r\n', "utf-8")
    catalog = load_catalog([overlay])
    assert (catalog.by_key["2606"].notes, catalog.overlays) == ("asked the vendor", ("plant.toml",))
    assert load_catalog().by_key["2606"].overlay is None


def test_overlay_files_that_cannot_be_read(tmp_path: Path) -> None:
    def reason(path: Path) -> str:
        with pytest.raises(CatalogError) as caught:
            load_catalog([path])
        return str(caught.value).removeprefix(str(tmp_path))

    assert reason(tmp_path / "none.toml") == "/none.toml: there is no such file"
    assert reason(tmp_path) == ": not a catalog overlay: not a file of at most 4,000,000 bytes"
    (tmp_path / "latin.toml").write_bytes(b'x = "\xff"')
    assert reason(tmp_path / "latin.toml") == "/latin.toml: is not UTF-8 text"
    (tmp_path / "huge.toml").write_bytes(b"#" * 4_000_001)
    assert reason(tmp_path / "huge.toml") == "/huge.toml: not a catalog overlay: not a file of at most 4,000,000 bytes"
    os.mkfifo(tmp_path / "pipe.toml")
    assert reason(tmp_path / "pipe.toml").startswith("/pipe.toml: not a catalog overlay")


# garbage

SCALARS = ["1", "-0.5", "nan", "true", '""', '"unknown"', '"DOC"', '"2509"', "2025-10-31", "07:32:00", "[]", "{}", "[[1]]",
           '["1.30.8"]', "[{}]", '{ stage = "hop" }', '"\\u0000"', "1979-05-27T07:32:00Z"]  # fmt: skip
LINES = [line for text in FILES.values() for line in text.splitlines() if line]


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """Lines of the small files, dropped, repeated, shuffled, with values swapped."""
    lines = draw(st.lists(st.sampled_from(LINES), max_size=30))
    for place in draw(st.sets(st.integers(0, 29))):
        if place < len(lines):
            lines[place] = f"{lines[place].partition('=')[0]}= {draw(st.sampled_from(SCALARS))}"
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), mangled()))
def test_garbage_is_refused_and_never_crashes(text: str) -> None:
    for files, overlays in (
        ({**FILES, "garbage.toml": text}, []),
        (FILES, [("garbage.toml", text)]),
        ({"x": text}, []),
    ):
        try:
            found = parse(files, overlays)
        except CatalogError as refused:
            assert str(refused).isprintable()
        else:
            assert isinstance(found, Catalog)


@pytest.mark.parametrize("value", SCALARS)
@pytest.mark.parametrize("kind", ["release", "minor", "risk", "dispute", "scope", "hop"])
def test_any_value_in_any_key_is_taken_or_refused(kind: str, value: str) -> None:
    block = "\n".join(FILES.values()).split(f"[[{kind}]]")[1].split("\n\n[[")[0]
    name = {"release": "key", "minor": "minor", "hop": "origin"}.get(kind, "id")
    identity = next(line for line in block.splitlines() if line.startswith(f"{name} = "))
    for line in block.splitlines():
        key = line.partition(" = ")[0]
        if key and key != name:
            try:
                parse(FILES, [("o.toml", f"[[{kind}]]\n{identity}\n{key} = {value}")])
            except CatalogError as refused:
                assert str(refused).isprintable()
