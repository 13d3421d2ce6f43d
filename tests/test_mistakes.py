"""What is wrong with a file is said in words, with the line to write instead."""

import re
from pathlib import Path

import pytest
from small_cohort import CODEBOOK, STUDY, write_cohort

from altcred.core.description import read_yaml
from altcred.core.errors import InvalidInput
from altcred.core.mistakes import FORMS, name_known
from altcred.describe.cohort import inspect_cohort, open_cohort
from altcred.describe.schema import compose_schemas


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "where", "said", "remedy"),
    [
        ("a:\n\tb: 1\n", "line 2", "a tab", "blanks in place of tabs"),
        ("title: x\nlabel Town\nb: 2\n", "line 2", "no colon", "key: value"),
        ("title: x\nlabel:Town\nb: 2\n", "line 2", "no blank follows", "Write label: Town"),
        ("title: x\nlabel:\u00a0Town\nb: 2\n", "line 2", "another sign", "anew label: Town"),
        ("label: Note: this\n", "line 1", "holds a colon", 'Write label: "Note: this"'),
        ("a:\n  - label: What? No: yes\n", "line 2", "colon", 'Write label: "What? No: yes"'),
        ("a: 1\nb: 2\na: 3\n", "line 3", "'a' is written twice", "Keep one"),
        ('a: "x\nb: 2\n', "line 1", "never closed", "Close it"),
        ("a: 'it's'\nb: 1\n", "line 1", "follows a closing quotation mark", "double quotes"),
        ("a: [b\nc: 1\n", "line 2", "no ]", "comma"),
        ("a: {b: 1\nc: 2\n", "line 2", "no }", "comma"),
        ("a: *x\n", "line 1", "begins with *", "in quotes"),
        ("a: %x\n", "line 1", "begins with %", "in quotes"),
        ("a: @x\n", "line 1", "begins with @", "in quotes"),
        ("a: !x y\n", "line 1", "begins with !", "in quotes"),
        ("a:\n    b: 1\n  c: 2\n", "line 3", "not in the column", "the same column"),
        ("a:\n  - 1\n  b: 2\n", "line 3", "not in the column", "a list has -"),
        ("a: - 1\n", "line 1", "a list begins beside its key", "a line of its own"),
        ("a: 1\n  b: 2\n", "line 2", "further in", "same level"),
        ('a: "C:\\data"\n', "line 1", "backslash", "single quotes"),
        ("x: 1\na: \x01\n", "line 2", "nobody can see", "anew"),
        ("a: 1\n---\nb: 2\n", "line 2", "---", "Remove"),
    ],
)
def test_broken_yaml_is_told_in_words(text, where, said, remedy):
    Path("x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        read_yaml(Path("x.yaml"))
    (problem,) = refused.value.problems
    assert problem.where == where
    assert said in problem.message
    assert remedy in problem.remedy
    assert not re.search(r"token|scanning|parsing|mapping values|simple key", str(problem))


STUDY_MISTAKES = [
    (
        "keep: first",
        "keep: best",
        "duplicates.keep",
        "Use one of first, last, most_complete, none.",
    ),
    ("keep: first", "keep: lasst", "duplicates.keep", "Write last."),
    ("minimum: 0", "minimum: -1", "disclosure.minimum", "it must be at least 0"),
    ("disclosure: {minimum: 0}", "disclosure: 0", "disclosure", "as in disclosure: {minimum: 5}."),
    ("minimum: 0", "minimum: ten", "disclosure.minimum", "must be a whole number"),
    ("title: A small", "titel: A small", "titel", "Write title."),
    ("title: A small study", "title: 2020-10-01", "title", 'title: "2020-10-01"'),
    ("title: A small study", "title: true", "title", 'title: "true"'),
    ("title: A small study", "title: #1", "title", "begins with # must stand in quotes"),
    ("exports: [begin.csv]", "exports: begin.csv", "waves.begin.exports", "exports: [begin.csv]"),
    ("  begin:\n", "  First Wave:\n", "waves.First Wave", "Write first_wave."),
    ("name: small", "name: Small Study", "name", "Write small-study."),
    ("currency: USD", "currency: usd", "currency", "Write USD."),
    ("waves:\n", "submitted: x\nwaves:\n", "submitted", "It goes under each of waves."),
    ("agree: [birth_year", "agree: [birthyear", "panels.0.rules.ip", "Write birth_year."),
    ("second: end", "second: ending", "panels.0.second", "Write end."),
]
CODEBOOK_MISTAKES = [
    ("kind: money", "kind: moeny", "variables.income.kind", "Write money."),
    ("  gender:\n", "  12:\n", "variables.12", "Write q12."),
    ("derive: {years", "question: Age\n    derive: {years", "variables.age", "not both"),
    ("{low: 0, high: 1000000}", "{low: 9, high: 1}", "variables.income.bounds",
     "the smaller one as low"),
    ("{low: 0, high: 1000000}", "[0, 9]", "variables.income.bounds",
     "as in bounds: {low: 0"),
    ("kind: money", "kind: dollars", "variables.income.kind", "Use one of count, country"),
    ("female: {label", "true: {label", "variables.gender.categories.true", 'quotes: "true"'),
    ("female: {label", "fe male: {label", "variables.gender.categories.fe male", "Write fe_male."),
    ("  gender:\n", "  Gender (self):\n", "variables.Gender (self)", "Write gender_self."),
    ("[employed]}", "[employd]}", "variables.income.asked_if.employment", "Write employed."),
    ("asked_if: {employment", "asked_if: {emplyment", "variables.income.asked_if", "employment."),
    ("{benefits: [job, learn]}", "{benefits: [job, lern]}",
     "variables.benefit_count.derive.ticks.benefits", "Write learn."),
    ("{years_since: birth_year}", "{years_since: gender}", "variables.age.derive", "a year or a"),
    ("{product: [hours, weeks]}", "{product: [hours, gender]}", "variables.total_hours.derive",
     "a number"),
    ("kind: number\n    derive: {years", "kind: single\n    derive: {years", "variables.age.derive",
     "kind: number"),
    ("derive: {years", "asked_if: {gender: [male]}\n    derive: {years", "variables.age.asked_if",
     "the variables it is derived from"),
    ("kind: country\n", "kind: country\n    groups: {n: {label: North, of: [Norway, Narnia]}}\n",
     "variables.country.groups.n.of", "country"),
    ("base: asked", "base: everybody", "variables.applied.base", "answered, ticked, asked"),
    ("{begin: 2020-10-01}", "{begin: lately}",
     "variables.benefits.categories.covid.asked_since.begin", "a day such as"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "told"), STUDY_MISTAKES + CODEBOOK_MISTAKES)
def test_a_mistake_is_told_with_what_to_write(old, new, where, told):
    assert old in STUDY + CODEBOOK
    is_of_study = old in STUDY
    write_cohort(
        study=STUDY.replace(old, new, 1) if is_of_study else STUDY,
        codebook=CODEBOOK if is_of_study else CODEBOOK.replace(old, new, 1),
    )
    problems = inspect_cohort("small")[1]
    assert any(one.where == where and told in str(one) for one in problems), problems
    # Neither a pattern nor the words of the library that holds descriptions to their models.
    assert not any(re.search(r"\^|\[a-z|Input should|pydantic", str(one)) for one in problems)


def test_both_files_are_told_at_once():
    write_cohort(
        study=STUDY.replace("keep: first", "keep: best"),
        codebook=CODEBOOK.replace("kind: money", "kind: moeny"),
    )
    with pytest.raises(InvalidInput) as refused:
        open_cohort("small")
    assert [Path(one.file).name for one in refused.value.problems] == [
        "study.yaml",
        "codebook.yaml",
    ]


def test_every_form_of_a_text_has_its_words():
    patterns = set()
    for text in compose_schemas().values():
        patterns |= {re.sub(r"\\\\", r"\\", one) for one in re.findall(r'"pattern": "(.*?)"', text)}
    assert patterns
    assert patterns <= set(FORMS)


def test_many_names_are_cut():
    assert name_known("zzz", [f"name_{at}" for at in range(40)]).endswith("and 25 more.")


@pytest.mark.parametrize("written", ["GB", "GBR", "gb", "United Kingdom", "Great Britain", "826"])
def test_a_country_is_taken_by_any_of_its_names(written):
    condition = f'asked_if: {{country: ["{written}", NO]}}\n    base: asked'
    write_cohort(codebook=CODEBOOK.replace("base: asked", condition))
    cohort = open_cohort("small")
    assert "\"country\" IN ('GBR', 'NOR')" in cohort.conditions("end").asked("applied")
    assert cohort.codebook.label("country", written) == "United Kingdom"


def test_a_country_that_nobody_can_have_is_an_error():
    study = STUDY + "subgroups: {lion: {label: Lion, where: {country: [Narnia, Noway]}}}\n"
    write_cohort(study=study)
    problems = inspect_cohort("small")[1]
    assert [one.where for one in problems] == ["subgroups.lion.where.country"] * 2
    assert "'Narnia' is no country" in problems[0].message
    assert problems[1].remedy == "Write Norway."


def test_noughts_before_a_code_count():
    codebook = CODEBOOK.replace(
        "categories: {here: Here, elsewhere: Elsewhere}",
        "categories: {here: {label: Here, answers: [007, 1]}, 08: Elsewhere}",
    )
    write_cohort(codebook=codebook)
    categories = open_cohort("small").codebook.variables["applied"].categories
    assert categories["here"].answers == ["007", "1"]
    assert (categories["08"].code, categories["08"].label) == ("08", "Elsewhere")


def test_a_condition_on_an_answer_that_the_wave_did_not_offer_is_an_error():
    codebook = CODEBOOK.replace("resting: {label: Unemployed}",
                                "resting: {label: Unemployed, waves: [end]}")  # fmt: skip
    asked = "asked_if: {employment: [resting]}"
    write_cohort(codebook=codebook.replace("asked_if: {employment: [employed]}", asked))
    (problem,) = inspect_cohort("small")[1]
    assert problem.where == "variables.income"
    assert "that wave begin did not offer" in problem.message
