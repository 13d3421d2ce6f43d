"""Rows without a survey weight: in no number of their survey, and among the same people."""

import kinds_cohort
from kinds_cohort import estimate_kinds

from altcred.write.charts import find_chart
from altcred.write.flow import describe_flow
from altcred.write.pairs import describe_pairs
from altcred.write.summary import say_basis

CODEBOOK = """
variables:
  owns: {label: Owns a plot, kind: single, categories: {"yes": "Yes", "no": "No"}}
"""


def test_a_panel_is_of_rows_without_a_weight_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))
    study = kinds_cohort.STUDY.replace("email: Mail", "email: Mail, weight: W")
    monkeypatch.setattr(kinds_cohort, "STUDY", study)
    before = [{"owns": "Yes", "W": 1}, {"owns": "No", "W": 0}, {"owns": "No", "W": 2}]
    after = [*before[:2], {"owns": "Yes", "W": ""}, {"owns": "Yes", "W": 1}, {"owns": "No", "W": 1}]
    view = estimate_kinds(CODEBOOK, before, after)
    panel = view.on("panel")
    assert panel.find("pairs", "", "count").value == 3
    # Of five rows two have no weight; of all five three are found again.
    assert "Of these, 3 are analysed" in describe_flow(view.on("after"))
    assert "Of the 5 gardeners of the later survey" in describe_pairs(panel, ("before", "after"))
    drawing = find_chart("panel_flow")(panel, "", "before", "after")
    told = [[(name, cells[0].text) for name, cells in table.rows] for table in drawing.numbers]
    ends = ["Rows in the export", "Responses analysed"]
    assert told == [[(end, number) for end in ends] for number in ("3", "5")]
    assert "no survey weight" not in drawing.as_svg()
    assert "three people could be found" in say_basis(view).casefold()
