"""Reports in which everything is true: nothing is found in them, and a slip is."""

import pytest
from honest_reports import make_analysis, make_report

from altcred.check.consistency import check_published

# Of 10,000 whole reports so many may raise an alarm.
MOST = 1


def list_alarms(seeds: range) -> list[tuple]:
    """Return the seeds of reports in which something is found, with what."""
    found = ((seed, check_published(*make_report(seed))) for seed in seeds)
    return [(seed, [item.line for item in items]) for seed, items in found if items]


@pytest.mark.parametrize("block", range(4))
def test_whole_reports(block):
    assert list_alarms(range(block * 10, block * 10 + 10)) == []


@pytest.mark.parametrize("block", range(4))
def test_analyses_alone(block):
    for seed in range(block * 90, block * 90 + 90):
        frame, kind = make_analysis(seed)
        found = check_published(frame) if len(frame) else []
        assert found == [], (seed, kind, [item.line for item in found])


@pytest.mark.long
def test_ten_thousand_whole_reports():
    alarms = list_alarms(range(10_000))
    assert len(alarms) <= MOST, alarms


@pytest.mark.parametrize("seed", range(12))
def test_more_answers_than_people_are_found(seed):
    frame, relations = make_report(seed)
    is_sized = (frame["variable"] == "responses") & (frame["statistic"] == "count")
    rows = frame.index[(frame["statistic"] == "nobs") & (frame["wave"] == "survey")]
    if is_sized.any() and len(rows):
        frame.loc[rows[0], "printed"] = "100,000"
        assert "population" in {item.kind for item in check_published(frame, relations)}
