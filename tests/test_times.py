"""Times as platforms and spreadsheets write them."""

from datetime import datetime

import pytest

from altcred.kinds.clocks import month_number
from altcred.kinds.times import is_zone, read_times


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2022/03/05 1:15:40 PM GMT+1", datetime(2022, 3, 5, 12, 15, 40)),
        ("2022/03/05 12:15:40 AM GMT-3:30", datetime(2022, 3, 5, 3, 45, 40)),
        ("2022/03/05", datetime(2022, 3, 5)),
        ("2022/03/05 1:15:40 PM EST", datetime(2022, 3, 5, 18, 15, 40)),
        ("15.03.2022 13:15 CET", datetime(2022, 3, 15, 12, 15)),
        ("2022.03.05. 13:15", datetime(2022, 3, 5, 13, 15)),
        ("2022-03-05T13:15:40.250Z", datetime(2022, 3, 5, 13, 15, 40, 250000)),
        ("2022-03-05 13:15:40 UTC", datetime(2022, 3, 5, 13, 15, 40)),
        ("2022-03-05T13:15+02:00", datetime(2022, 3, 5, 11, 15)),
        ("20220305T131540", datetime(2022, 3, 5, 13, 15, 40)),
        ("3/25/2022 13:15:40", datetime(2022, 3, 25, 13, 15, 40)),
        ("3/25/22, 1:15 pm", datetime(2022, 3, 25, 13, 15)),
        ("25.03.2022 09:05", datetime(2022, 3, 25, 9, 5)),
        ("25-03-2022 09.05", datetime(2022, 3, 25, 9, 5)),
        ("Mar 5, 2022, 9:05 a.m.", datetime(2022, 3, 5, 9, 5)),
        ("Sat, 05 Mar 2022 09:05:00 GMT", datetime(2022, 3, 5, 9, 5)),
        ("5-MAR-2022", datetime(2022, 3, 5)),
        ("5-Mar-22", datetime(2022, 3, 5)),
        ("05-Mar-22 13:15", datetime(2022, 3, 5, 13, 15)),
        # Halves of a day, months and zones in other languages, and zones in each form.
        ("2022/03/05 1:15:40 p. m. GMT-3", datetime(2022, 3, 5, 16, 15, 40)),
        ("2022/03/05 1:15:40 PM MEZ", datetime(2022, 3, 5, 12, 15, 40)),
        ("2022/03/05 1:15:40 odp. SEČ", datetime(2022, 3, 5, 12, 15, 40)),
        ("2022/03/05 1:15:40 μ.μ. EET", datetime(2022, 3, 5, 11, 15, 40)),
        ("2022/03/05 下午 1:15:40", datetime(2022, 3, 5, 13, 15, 40)),
        ("2022/03/05 1:15:40 午後 JST", datetime(2022, 3, 5, 4, 15, 40)),
        ("2022. 3. 5 오후 1:15:40", datetime(2022, 3, 5, 13, 15, 40)),
        ("2022年3月5日 13:15", datetime(2022, 3, 5, 13, 15)),
        ("2022年3月5日 13時15分40秒", datetime(2022, 3, 5, 13, 15, 40)),
        ("2022년 3월 5일 PM 1시 15분 4초 UTC", datetime(2022, 3, 5, 13, 15, 4)),
        ("5 mars 2022, 13 h 15 min 40 s", datetime(2022, 3, 5, 13, 15, 40)),
        ("5 марта 2022 г., 13:15", datetime(2022, 3, 5, 13, 15)),
        ("2022/03/05 13:15:40 PM UTC+1", datetime(2022, 3, 5, 12, 15, 40)),
        ("2022-03-05 13:15:40 (UTC+01:00)", datetime(2022, 3, 5, 12, 15, 40)),
        ("2022-03-05 13:15:40 GMT+530", datetime(2022, 3, 5, 7, 45, 40)),
        ("5. März 2022 um 13:15 Uhr", datetime(2022, 3, 5, 13, 15)),
        ("14 KASIM 2023 10:05", datetime(2023, 11, 14, 10, 5)),
        ("1 Nİsan 2023", datetime(2023, 4, 1)),
        ("1er août 2022 à 13h15", datetime(2022, 8, 1, 13, 15)),
        ("sábado, 5 de marzo de 2022, 1:15 p. m.", datetime(2022, 3, 5, 13, 15)),
        ("2022. márc. 5. 13:15", datetime(2022, 3, 5, 13, 15)),
        ("Mar 5, 2022 @ 13:15", datetime(2022, 3, 5, 13, 15)),
        ("Sat Mar 5 13:15:40 CET 2022", datetime(2022, 3, 5, 12, 15, 40)),
        ("Sat Mar 05 2022 13:15:40 GMT+0100 (Some Time)", datetime(2022, 3, 5, 12, 15, 40)),
        # Seconds, or thousandths of one, since 1970.
        ("1646482540", datetime(2022, 3, 5, 12, 15, 40)),
        ("1646482540250", datetime(2022, 3, 5, 12, 15, 40)),
        # What a spreadsheet writes of a date it shows as a number: a day, and a part of one.
        ("44625", datetime(2022, 3, 5)),
        ("44625.552546296", datetime(2022, 3, 5, 13, 15, 40)),
    ],
)
def test_a_time_that_leaves_no_doubt_is_read(written, time):
    assert read_times([written]) == ([time], [])


@pytest.mark.parametrize("written", ["", " ", "1980-01-01 00:00:00", "0000-00-00 00:00:00"])
def test_a_platform_s_word_for_never_is_no_time(written):
    assert read_times([written]) == ([None], [])


@pytest.mark.parametrize(
    "written",
    [
        "soon",
        "13:15",
        "2022/02/30",
        "5 Foo 2022",
        "13/13/2022",
        "3/25/2022 14 PM",
        "7",
        "2022/03/05 13:15 AM",
        "2022/03/05 0:15 PM",
        "5 of March",
    ],
)
def test_what_is_no_time_is_named(written):
    assert read_times([written]) == ([None], [written])


def test_day_and_month_are_told_apart_by_all_of_them_or_by_the_study():
    assert read_times(["3/4/2022"])[1] == ["3/4/2022"]
    assert read_times(["4/4/2022"])[0] == [datetime(2022, 4, 4)]
    assert read_times(["3/4/2022", "3/25/2022"])[0][0] == datetime(2022, 3, 4)
    assert read_times(["3/4/2022", "25/3/2022"])[0][0] == datetime(2022, 4, 3)
    assert read_times(["3/4/2022"], order="mdy")[0] == [datetime(2022, 3, 4)]
    assert read_times(["3.4.2022 8:00"], order="dmy")[0] == [datetime(2022, 4, 3, 8)]
    assert read_times(["22/4/3"], order="ymd")[0] == [datetime(2022, 4, 3)]
    # Of an order that is said, only what does not fit it is at fault.
    assert read_times(["3/25/2022", "3/4/2022"], order="dmy")[1] == ["3/25/2022"]


def test_a_zone_moves_moments_and_no_days():
    written = ["2022-12-31 20:00:00", "2022-12-31", "2022-12-31 20:00:00+01:00", ""]
    assert read_times(written, zone="America/Denver")[0] == [
        datetime(2023, 1, 1, 3),
        datetime(2022, 12, 31),
        datetime(2022, 12, 31, 19),
        None,
    ]
    # Summer time holds of the day it is, not of today.
    assert read_times(["2022-07-01 12:00", "2022-01-01 12:00"], zone="Europe/Oslo")[0] == [
        datetime(2022, 7, 1, 10),
        datetime(2022, 1, 1, 11),
    ]
    midnight = ["2022-12-31 00:00:00", "2022-12-30 00:00:00"]
    assert read_times(midnight, zone="America/Denver")[0][0] == datetime(2022, 12, 31)


def test_a_word_for_several_zones_names_none():
    assert read_times(["2022-07-01 12:00 IST"])[0] == [datetime(2022, 7, 1, 12)]
    assert read_times(["2022-07-01 12:00 IST"], zone="Asia/Kolkata")[0] == [
        datetime(2022, 7, 1, 6, 30)
    ]


def test_no_month_has_the_name_of_another():
    assert [month_number(name) for name in ("mai", "sept.", "Ağustos".casefold(), "foo")] == [
        5, 9, 8, 0
    ]  # fmt: skip


def test_zones_have_names():
    assert all(map(is_zone, ["Europe/Oslo", "UTC", "Z"]))
    assert not is_zone("Oslo")
