"""The calendar file: the example of the documentation, and a sentence with key and reason for everything else."""

from __future__ import annotations

import re
from datetime import UTC, date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.calendarfile import LARGEST, CalendarError, load, parse
from planner.files import FileError
from planner.schedule.calendar import ANYTIME, Calendar, Freeze, WaveRule, Window

DOCUMENTED = Path(__file__).resolve().parent.parent / "docs" / "calendar.md"
ALL = frozenset(range(7))


def test_the_example_of_the_documentation_is_a_calendar() -> None:
    [example] = re.findall(r"```toml\n(.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)
    assert parse(example, "example") == Calendar(
        zone=ZoneInfo("Europe/Vienna"),
        zone_name="Europe/Vienna",
        windows=(
            Window("stores at night", frozenset({5, 6}), time(22), time(6), ("store-*",)),
            Window("plants on Sundays", frozenset({6}), time(), time(), ("plant*", "dc-*")),
        ),
        freezes=(
            Freeze("year end", date(2000, 11, 15), date(2000, 1, 6), yearly=True),
            Freeze("move of plant 12", date(2026, 9, 1), date(2026, 9, 14), instances=("plant12",)),
        ),
        waves=(
            WaveRule("pilot", tags=(("ring", "0"),), soak=7 * 1440, stop="a store reports a failed checkout"),
            WaveRule("stores", ("store-*",), soak=3 * 1440),
        ),
        lead_days=5,
        soak=1440,
        side_by_side=2,
        start=date(2026, 6, 1),
        finish_by=date(2027, 6, 30),
        node_minutes=(6, 12),
        release_minutes=(180, 480),
    )


def test_an_empty_file_allows_any_time() -> None:
    assert parse("", "c") == ANYTIME and not parse("", "c").is_given
    assert parse('time_zone = "UTC"', "c").zone is UTC


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("", Window("w", ALL, time(), time())),
        ('from = "22:00"\nto = "24:00"', Window("w", ALL, time(22), time())),
        ("from = 22:30:00\nto = 06:00:00", Window("w", ALL, time(22, 30), time(6))),
        ('days = ["mon", "SUN"]', Window("w", frozenset({0, 6}), time(), time())),
    ],
)
def test_windows_may_be_written_in_other_ways(text: str, window: Window) -> None:
    assert parse(f'[[window]]\nname = "w"\n{text}', "c").windows == (window,)


@pytest.mark.parametrize(
    ("text", "freeze"),
    [
        ('from = "2026-01-01"\nto = 2026-01-03', Freeze("f", date(2026, 1, 1), date(2026, 1, 3))),
        ('from = "02-29"\nto = "02-29"', Freeze("f", date(2000, 2, 29), date(2000, 2, 29), True)),
        ('from = "02-01"\nto = "02-02"\nyearly = true', Freeze("f", date(2000, 2, 1), date(2000, 2, 2), True)),
        ("from = 2026-12-15\nto = 2026-01-06\nyearly = true", Freeze("f", date(2026, 12, 15), date(2026, 1, 6), True)),
    ],
)
def test_freezes_may_be_written_in_other_ways(text: str, freeze: Freeze) -> None:
    assert parse(f'[[freeze]]\nname = "f"\n{text}', "c").freezes == (freeze,)


@pytest.mark.parametrize(("text", "minutes"), [("90min", 90), ("24h", 1440), ("5 d", 7200), ("2w", 20160)])
def test_waits_are_written_with_their_unit(text: str, minutes: int) -> None:
    assert parse(f'soak = "{text}"', "c").soak == minutes


def test_figures_may_be_fractions() -> None:
    calendar = parse("[durations]\nnode_minutes = [7.4, 9.6]\nrelease_hours = [1.5, 3]", "c")
    assert (calendar.node_minutes, calendar.release_minutes) == ((7, 10), (90, 180))


def window(text: str) -> str:
    return f'[[window]]\nname = "w"\n{text}'


def freeze(text: str) -> str:
    return f'[[freeze]]\nname = "f"\n{text}'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("lead 5", "not valid TOML: "),
        ('time_zon = "UTC"', "time_zon: there is no such key; the nearest is 'time_zone'"),
        ("xyzzy = 1", "xyzzy: there is no such key"),
        (window('froms = "22:00"'), "[[window]] 'w': froms: there is no such key; the nearest is 'from'"),
        ("[durations]\nnode_minute = [1, 2]", "durations: node_minute: there is no such key; the nearest is 'node_minutes'"),
        ('time_zone = "Europe/Wien"', "time_zone: 'Europe/Wien' is no known time zone; the nearest is 'Europe/"),
        ('time_zone = "../etc/passwd"', "time_zone: '../etc/passwd' is no known time zone"),
        ('time_zone = "Europe"', "time_zone: 'Europe' is no known time zone"),
        ("time_zone = 1", "time_zone: a text is needed"),
        ('lead = "36h"', "lead: whole days are needed, such as 5d"),
        ("lead = 5", "lead: '5' is not a time such as 90min, 24h, 5d or 2w"),
        ('soak = "a day"', "soak: 'a day' is not a time"),
        ("side_by_side = 0", "side_by_side: a whole number from 1 to 32 is needed"),
        ("side_by_side = true", "side_by_side: a whole number"),
        ('start = "2026-02-30"', "start: '2026-02-30' is not a date such as 2026-12-24"),
        ("start = 2026-02-03T10:00:00", "start: '2026-02-03 10:00:00' is not a date"),
        ("start = 0001-01-01", "start: '0001-01-01' is not a date"),
        ("start = 2026-02-03\nfinish_by = 2026-02-02", "finish_by: 2026-02-02 lies before start, 2026-02-03"),
        ("durations = 5", "durations: a table is needed: [durations]"),
        ("[durations]\nnode_minutes = [12, 6]", "durations: node_minutes: low and high are needed, such as [3, 8]"),
        ("[durations]\nnode_minutes = [1, 2, 3]", "durations: node_minutes: low and high"),
        ("[durations]\nrelease_hours = [nan, nan]", "durations: release_hours: low and high"),
        ("[durations]\nrelease_hours = [1, 10000]", "durations: release_hours: low and high"),
        ("window = []", "window: tables are needed, each under its own [[window]]"),
        ('[window]\nname = "w"', "window: tables are needed"),
        ('[[window]]\nfrom = "22:00"', "[[window]]: name: a name is needed"),
        (window('days = ["Caturday"]'), "[[window]] 'w': days: 'Caturday' is not a day such as Mon, Tue"),
        (window('days = "Sat"'), "[[window]] 'w': days: a list of texts is needed"),
        (window("days = []"), "[[window]] 'w': days: a list of texts is needed"),
        (window('from = "25:00"'), "[[window]] 'w': from: '25:00' is not a time of day such as 22:00"),
        (window('from = "10:60"'), "[[window]] 'w': from: '10:60' is not a time of day"),
        (window("from = 10:00:30"), "[[window]] 'w': from: '10:00:30' is not a time of day"),
        (window("instances = [1]"), "[[window]] 'w': instances: a list of texts is needed"),
        (freeze(""), "[[freeze]] 'f': from: a date is needed, or a month and a day such as 12-24"),
        (freeze('from = "12-24"\nto = 2026-12-31'), "[[freeze]] 'f': from: from and to must be written alike"),
        (freeze('from = "02-30"\nto = "03-01"'), "[[freeze]] 'f': from: '02-30' is no month and day"),
        (freeze('from = "02-01"\nto = "03-01"\nyearly = false'), "[[freeze]] 'f': yearly: a freeze from a month and a day"),
        (freeze("from = 2026-02-02\nto = 2026-02-01"), "[[freeze]] 'f': to: 2026-02-01 lies before from, 2026-02-02"),
        (freeze('from = "02-01"\nto = "03-01"\nyearly = "no"'), "[[freeze]] 'f': yearly: true or false is needed"),
        ('[[wave]]\nname = "w"\ntags = { ring = 0 }', "[[wave]] 'w': tags: a table of texts is needed"),
        ('[[wave]]\nname = "w"\n[[wave]]\nname = "w"', "wave: two waves are called 'w'"),
        ("\n".join(f'[[window]]\nname = "w{n}"' for n in range(201)), "window: there are 201, and no more than 200 are read"),
        ("a = " + "[" * 5000, "not valid TOML: "),
    ],
)  # fmt: skip
def test_everything_else_is_an_error_that_names_key_and_reason(text: str, complaint: str) -> None:
    with pytest.raises(CalendarError) as caught:
        parse(text, "site.toml")
    assert str(caught.value).startswith(f"site.toml: {complaint}")


def test_control_characters_do_not_reach_a_terminal() -> None:
    with pytest.raises(CalendarError) as caught:
        parse('time_zone = "\\u001b[31mred"', "c")
    assert str(caught.value).isprintable()
    assert parse('[[window]]\nname = "a\\u001bb"', "c").windows[0].name == "a\N{REPLACEMENT CHARACTER}b"


@settings(derandomize=True, max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(["time_zone", "lead", "soak", "side_by_side", "start", "finish_by", "name"]),
        st.sampled_from(
            ["1", "-1", "1.5", "true", '"x"', '"5d"', '"UTC"', "[]", "{}", "2026-01-01", "10:00:00", "inf"]
        ),
    )
)
def test_whatever_stands_there_is_a_calendar_or_a_sentence(values: dict[str, str]) -> None:
    try:
        assert isinstance(parse("\n".join(f"{key} = {value}" for key, value in values.items()), "c"), Calendar)
    except CalendarError as error:
        assert str(error).startswith("c: ")


# -- files --


def test_a_file_is_read_whatever_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b'\xef\xbb\xbflead = "1d"\r\n')
    assert load(path).lead_days == 1


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        load(tmp_path / "none.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(FileError):
        load(tmp_path / "large.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(CalendarError, match="it is not UTF-8 text"):
        load(tmp_path / "latin.toml")
