"""The registry of statistics: of one entry a statistic is estimated, hidden, written, shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_estimates import write_cohort

from altcred.core.records import NAN, Estimate, Recorder
from altcred.core.statistics import (
    Statistic,
    UnknownStatistic,
    find_statistic,
    forget_statistic,
    is_statistic,
    list_statistics,
    register_statistic,
)
from altcred.estimate.comparison import compare_waves
from altcred.estimate.store import compose_frame, read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.kinds import find_kind, register_kind
from altcred.kinds.money import Money
from altcred.write.tables import find_table
from altcred.write.views import open_view


class UnequalMoney(Money):
    """Amounts of money of which the Gini coefficient is told too, here always a quarter."""

    def estimate(self, *given: Any) -> Iterator[Estimate]:
        """Yield what money has, and the coefficient beside each mean."""
        for one in super().estimate(*given):
            yield one
            if one.statistic == "mean":
                yield replace(one, statistic="gini", value=0.25, low=NAN, high=NAN, note="")


@pytest.fixture
def unequal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let money yield a statistic that is not registered, in a project of its own."""
    write_cohort(tmp_path, minimum=2)
    # The size of a subgroup by amounts would tell how few gave the largest, and hide them all.
    study = tmp_path / "cohorts/tiny/study.yaml"
    lines = study.read_text().splitlines(keepends=True)
    study.write_text("".join(one for one in lines if not one.startswith(("subgroups:", "  rich:"))))
    monkeypatch.chdir(tmp_path)
    own = find_kind("money")
    register_kind(UnequalMoney())
    yield tmp_path / "data/processed/tiny"
    register_kind(own)


@pytest.fixture
def gini() -> Iterator[None]:
    """Register the statistic, and forget it again."""
    register_statistic(Statistic("gini", "Gini coefficient", "share", difference="gini_difference"))
    register_statistic(Statistic("gini_difference", "Difference", "points", is_test=True))
    yield
    forget_statistic("gini")
    forget_statistic("gini_difference")


def test_a_statistic_that_nobody_registered_stops_the_build(unequal: Path) -> None:
    with pytest.raises(UnknownStatistic, match="'gini' is not a registered statistic"):
        estimate_wave("tiny", "begin")


@pytest.mark.usefixtures("gini")
def test_a_statistic_from_outside_is_hidden_written_read_and_shown(unequal: Path) -> None:
    for wave in ("begin", "end"):
        write_estimates(estimate_wave("tiny", wave), unequal / wave / "estimates.csv")
    lines = (unequal / "begin/estimates.csv").read_text().splitlines()
    assert "begin,all,pay,,gini,0.25,,,4," in lines
    # One person of the long program told an amount.
    (hidden,) = (line for line in lines if line.startswith("begin,program_type=long,pay,,gini"))
    assert ',gini,,,,,"suppressed: fewer than 2 people' in hidden
    both = read_estimates(*(unequal / wave / "estimates.csv" for wave in ("begin", "end")))
    compared = compare_waves(both, "begin", "end")
    gap = compared[(compared["statistic"] == "gini_difference") & (compared["subgroup"] == "all")]
    assert gap["value"].tolist() == [0]
    table = find_table("numbers")(open_view("tiny", "begin"), "pay", statistics=("mean", "gini"))
    assert table is not None
    assert table.cell("Gini coefficient", "All (n = 4)") == "25%"
    assert "Gini coefficient" in table.as_html()


def test_records_of_an_unknown_statistic_are_refused() -> None:
    with pytest.raises(UnknownStatistic, match="register_statistic"):
        compose_frame([Recorder("all", "pay").number("means", 1, n=1)])


def test_every_statistic_says_what_it_is() -> None:
    known = list_statistics()
    assert len({one.name for one in known}) == len(known)
    assert all(one.word and is_statistic(one.difference or one.name) for one in known)
    assert {one.name for one in known if one.is_extreme} == {"min", "max"}
    # What is a test or a difference may not stand where its cells are hidden.
    assert all(one.is_test for one in known if one.unit in ("p value", "points"))
    assert find_statistic("proportion").unit == "share"
