import pytest
from small_cohort import CODEBOOK, STUDY, write_cohort

from altcred.core.errors import InvalidInput
from altcred.describe.codebook import load_codebook
from altcred.describe.study import load_study
from altcred.kinds.variable import column_of


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def load(codebook=CODEBOOK, study=STUDY):
    write_cohort(codebook=codebook, study=study)
    return load_codebook("small", load_study("small"))


def problems_of(codebook=CODEBOOK, study=STUDY):
    with pytest.raises(InvalidInput) as caught:
        load(codebook, study)
    return [f"{problem.where}: {problem.message}" for problem in caught.value.problems]


def changed(old, new, count=1):
    assert old in CODEBOOK
    return CODEBOOK.replace(old, new, count)


def test_the_small_codebook_is_valid():
    codebook = load()
    assert "applied" not in codebook.in_wave("begin")
    assert "age" in codebook.in_wave("begin")
    assert column_of("benefits", "job") == "benefits__job"
    assert codebook.columns_in("begin")[:4] == ["gender", "birth_year", "age", "country"]
    assert codebook.label("benefits", "raise") == "A raise"
    assert codebook.label("country", "USA") == "United States"


def test_all_problems_are_reported_at_once():
    codebook = (
        changed("kind: money", "kind: dollars")
        .replace("    label: Gender\n", "")
        .replace("unit: weeks\n", "units: weeks\n")
    )
    problems = "\n".join(problems_of(codebook))
    for where in ("variables.income.kind", "variables.gender.label", "variables.weeks.units"):
        assert where in problems


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("male: {label: Male, code: 1}", "male: {label: Male, code: 2}", "gender", "is the code"),
        ("male: {label: Male", "male: {label: female", "gender", "shares the answer"),
        (
            "asked_if: {employment: [employed]}",
            "asked_if: {work: [employed]}",
            "income",
            "not a variable",
        ),
        (
            "asked_if: {employment: [employed]}",
            "asked_if: {employment: [busy]}",
            "income",
            "'busy'",
        ),
        (
            "asked_if: {employment: [employed]}",
            "asked_if: {applied: [here]}",
            "income",
            "which wave begin did not ask",
        ),
        (
            "asked_if: {employment: [employed]}",
            'asked_if: {income: "[0, 5)"}',
            "income",
            "its own answer",
        ),
        (
            "asked_if: {program: [stars]}",
            "asked_if: {program: [moons]}",
            "benefits.categories.raise",
            "'moons'",
        ),
        ("of: [looking, resting]", "of: [looking, idle]", "groups.unemployed", "'idle'"),
        ("product: [hours, weeks]", "product: [hours, months]", "total_hours", "'months'"),
        ("years_since: birth_year", "years_since: age", "age.derive", "itself derived"),
        ("end: {id: QID9}", "later: {id: QID9}", "applied.question.later", "study's waves"),
        ("end: {id: QID9}", "end: {}", "applied.question.end", "which column"),
        ("kind: text", "kind: single", "comment.categories", "is missing"),
    ],
)
def test_a_mistake_is_named(old, new, where, message):
    problems = problems_of(changed(old, new))
    assert any(where in problem and message in problem for problem in problems), problems


def test_a_circle_of_conditions_is_named():
    codebook = changed("kind: country\n", 'kind: country\n    asked_if: {income: "[0, 5)"}\n')
    codebook = codebook.replace(
        "kind: multiple\n    question: {begin: {id: QID4}",
        "kind: multiple\n    asked_if: {country: [USA]}\n    question: {begin: {id: QID4}",
    )
    problems = problems_of(codebook)
    assert sum("its own answer" in problem for problem in problems) == 6


def test_names_in_the_study_that_the_codebook_lacks_are_named():
    study = STUDY.replace("demographics: [gender,", "demographics: [sex,").replace(
        "agree: [birth_year, gender]", "agree: [birth_year, sex]"
    )
    problems = "\n".join(problems_of(study=study))
    assert "duplicates.demographics" in problems
    assert "panels.0.rules.ip" in problems


def test_what_respondents_typed_cannot_be_a_key_of_matching():
    study = STUDY.replace("agree: [birth_year, gender]", "agree: [birth_year, comment]")
    problems = "\n".join(problems_of(study=study))
    assert "'comment' is a text respondents typed" in problems
