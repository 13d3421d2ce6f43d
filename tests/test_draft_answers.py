"""What is drafted of one question: its kind, its categories, and that every answer is read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from altcred.draft.answers import draft_entry, list_parts
from altcred.draft.forms import tell_form
from altcred.draft.headers import Part
from altcred.draft.model import Entry, Question, Table
from altcred.draft.scales import find_order
from altcred.draft.seen import Place, Seen
from altcred.draft.trial import try_out
from altcred.draft.words import make_key, shorten_label, stands_aside
from altcred.kinds.reading import fold_text
from altcred.read.export import Column, Export, Known


def make_table(cells: Mapping[str, Sequence[str]], **known: Known) -> Table:
    columns = [
        Column(place, "", name, name, known=known.get(f"known{place}", known.get("known", Known())))
        for place, name in enumerate(cells)
    ]
    return Table(Export(Path("invented.csv"), columns, lambda: iter(())), list(cells.values()))


def draft(
    cells: Mapping[str, Sequence[str]] | Sequence[str],
    text: str = "Question",
    form: str = "one",
    **known: Known,
) -> Entry:
    table = make_table(cells if isinstance(cells, Mapping) else {text: cells}, **known)
    columns = table.export.columns
    parts = () if form == "one" else [one.name for one in columns]
    return draft_entry("asked", {"only": [(table, Question(columns, form, text, parts))]})


def labels_of(entry: Entry) -> list[str]:
    categories = entry.keys.get("categories", {})
    return [one if isinstance(one, str) else one["label"] for one in categories.values()]


def repeat(**counts: int) -> list[str]:
    return [answer for answer, n in counts.items() for _ in range(n)]


ORDERS = [
    "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree",
    "Not at all|Slightly|Moderately|Very|Extremely",
    "Never|Rarely|Sometimes|Often|Always",
    "None|A little|Some|A lot|A great deal",
    "Very poor|Poor|Fair|Good|Excellent",
    "Very unlikely|Unlikely|Neutral|Likely|Very likely",
    "Under 18|18-24|25-34|35 - 44|45+",
    "Less than 1 hour|1-2 hours|3 to 5 hours|More than 5 hours",
    "Less than $20,000|$20,000 - $39,999|$40,000 - $59,999|$60,000 or more",
    "Less than a month|1-6 months|7-12 months|1-2 years|More than 2 years",
    "Never|Less than once a month|Monthly|2-3 times a week|Daily",
    "nie|1-2 mal pro Woche|3-5 mal pro Woche|täglich",
    "Seltener als einmal im Monat|Einmal im Monat|Mehrmals pro Woche|Jeden Tag",
    "jamais|une fois par semaine|plusieurs fois par semaine|tous les jours",
    "nunca|una vez al mes|2-3 veces por semana|todos los días",
    "aldri|en gang i måneden|2-3 ganger i uken|hver dag",
    "Fully disagree|Rather disagree|Partly|Rather agree|Fully agree",
    "Not at all|Partly|Fully",
    "Some high school|High school diploma|Bachelor's degree|Master's degree|PhD",
    "No gain|Small gain|Moderate gain|Large gain|Very large gain",
    "Much worse|Worse|About the same|Better|Much better",
    "First year|Second year|Third year",
    "Stimme überhaupt nicht zu|Stimme eher nicht zu|Teils/teils|Stimme eher zu|Stimme voll zu",
    "Trifft gar nicht zu|Trifft eher nicht zu|Trifft eher zu|Trifft voll und ganz zu",
    "Sehr unzufrieden|Unzufrieden|Zufrieden|Sehr zufrieden",
    "Pas du tout d'accord|Pas d'accord|Ni d'accord ni pas d'accord|D'accord|Tout à fait d'accord",
    "Muy en desacuerdo|En desacuerdo|Ni de acuerdo ni en desacuerdo|De acuerdo|Muy de acuerdo",
    "Nunca|Casi nunca|A veces|Casi siempre|Siempre",
    "Per niente soddisfatto|Poco soddisfatto|Abbastanza soddisfatto|Molto soddisfatto",
    "Discordo totalmente|Discordo|Concordo|Concordo totalmente",
    "Helemaal mee oneens|Mee oneens|Neutraal|Mee eens|Helemaal mee eens",
    "Helt uenig|Uenig|Enig|Helt enig",
    "Aldrig|Sällan|Ibland|Ofta|Alltid",
    "Aldri|Sjelden|Av og til|Ofte|Alltid",
    "Not clear at all|Slightly clear|Moderately clear|Extremely clear",
    "Not at all useful|Somewhat useful|Fairly useful|Very useful",
    "Significantly decreased|Decreased|No change|Increased|Significantly increased",
    "Much less than before|Less than before|Same as before|More than before|Much more than before",
    "No risk at all|Minor risk|Moderate risk|Severe risk",
    "Not a priority|Low priority|Medium priority|High priority",
    "No trust|A little trust|Some trust|A lot of trust|Complete trust",
    "Well below expectations|Below expectations|Met expectations|Exceeded expectations",
    "Not enough|About right|Too much",
    "Definitely would not|Probably would not|Might or might not|Probably would|Definitely would",
    "Rarely or none of the time|Some or a little of the time|Occasionally|Most or all of the time",
    "Nigdy|Rzadko|Czasami|Często|Zawsze",
    "Zdecydowanie nie|Raczej nie|Trudno powiedzieć|Raczej tak|Zdecydowanie tak",
    "KESİNLİKLE KATILMIYORUM|KATILMIYORUM|KARARSIZIM|KATILIYORUM|KESİNLİKLE KATILIYORUM",
    "Hiç memnun değilim|Memnun değilim|Memnunum|Çok memnunum",
    "Никогда|Редко|Иногда|Часто|Всегда",
    "全くそう思わない|あまりそう思わない|どちらともいえない|ややそう思う|とてもそう思う",
    "非常不同意|不同意|一般|同意|非常同意",
    "매우 불만족|불만족|보통|만족|매우 만족",
    "لا أوافق بشدة|لا أوافق|محايد|أوافق|أوافق بشدة",
    "غير راضٍ تماماً|غير راضٍ|محايد|راضٍ|راضٍ جداً",
    "Zdecydowanie się nie zgadzam|Raczej się nie zgadzam|Ani się zgadzam, ani nie zgadzam|"
    "Raczej się zgadzam|Zdecydowanie się zgadzam",
    "Bardzo niezadowolony/a|Niezadowolony/a|Ani zadowolony/a, ani niezadowolony/a|Zadowolony/a|"
    "Bardzo zadowolony/a",
    "Rozhodně ne|Spíše ne|Nevím|Spíše ano|Rozhodně ano",
    "Täysin eri mieltä|Jokseenkin eri mieltä|Jokseenkin samaa mieltä|Täysin samaa mieltä",
    "Διαφωνώ απόλυτα|Διαφωνώ|Ούτε συμφωνώ ούτε διαφωνώ|Συμφωνώ|Συμφωνώ απόλυτα",
    "Sangat tidak setuju|Tidak setuju|Netral|Setuju|Sangat setuju",
    "बिल्कुल असहमत|असहमत|तटस्थ|सहमत|पूर्णतः सहमत",
    "غير راض جدا|غير راض|محايد|راض|راض جدا",
    "כלל לא מסכים|לא מסכים|מסכים|מסכים מאוד",
    "Podstawowe|Zawodowe|Średnie|Wyższe",
    "İlkokul|Ortaokul|Lise|Ön lisans|Lisans|Yüksek lisans",
    "Primaria|Secundaria|Bachillerato|Universidad",
]


@pytest.mark.parametrize("scale", ORDERS)
def test_answers_of_a_known_scale_are_in_its_order(scale):
    steps = scale.split("|")
    shuffled = [*steps[::-2], *steps[-2::-2]]
    assert set(shuffled) == set(steps)
    order = find_order(shuffled)
    assert order is not None
    assert list(order.answers) == steps


@pytest.mark.parametrize(
    "answers",
    ["Red|Green|Blue", "North|South|West", "Agree|Happy|Tall", "Biology 1|Physics 2|Chemistry 3"],
)
def test_answers_of_no_scale_have_no_order(answers):
    assert find_order(answers.split("|")) is None


def test_a_step_that_nobody_took_is_listed_where_its_opposite_was():
    entry = draft(["Strongly agree"] * 5 + ["Agree"] * 5 + ["Neutral"] * 5 + ["Disagree"] * 5)
    assert entry.keys["kind"] == "scale"
    assert labels_of(entry)[0] == "Strongly disagree"
    assert "Strongly disagree" in entry.decide[0]


ASIDE = ["N/A", "Don't know", "N.A./Prefer not to answer", "Don't know / Not applicable"]
ASIDE += ["keine Angabe", "ne sait pas", "No sé"]


@pytest.mark.parametrize("text", ASIDE)
def test_what_says_that_there_is_no_answer_stands_aside(text):
    assert stands_aside(text)


KINDS = [
    (["Yes"] * 9 + ["No"] * 1, "single"),
    (["TRUE", "FALSE"] * 5, "single"),
    (["1", "2", "3", "4", "5"] * 4, "scale"),
    (["0", "1", "2", "3", "12"] * 4, "count"),
    (["2.5", "3", "4.25", "1"] * 4, "number"),
    (["1990", "1985", "2001", "1975", "1999"] * 3, "year"),
    (["1990", "1985", "2001", "1975", "1999"] * 9 + ["forgotten"], "year"),
    (["2021-03-01", "2021-04-15", "2020-12-31"] * 3, "date"),
    (["Norway", "Sweden", "Denmark", "France", "Germany"] * 3, "country"),
    (["$50", "$1,200", "$75", "about $300"] * 4, "money"),
    (["12.5"] * 20 + ["9", "0", "€12.50", "12,50 €", "9,00 €", "0,00 €", "EUR 9"] * 5, "money"),
    (["45%", "50%", "12%", "99%"] * 4, "number"),
    (["9-10 hours", "about 10", "3 hours", "7", "8", "12", "15", "20"] * 4, "number"),
    (["12:30", "9:15", "14:45"] * 4, "text"),
    ([f"some thought number {one} of mine" for one in range(30)], "text"),
    ([f"person{one}@example.org" for one in range(9)] + ["a@example.org"] * 9, "text"),
    ([f"0{one}77" for one in range(100, 130)], "text"),
    ([str(one) for one in range(1, 41)], "text"),
    # With two rows that stand twice.
    ([*(str(one) for one in range(1, 61)), "7", "9"], "text"),
    (["Cats;Dogs", "Cats", "Dogs;Fish", "Fish", "Cats;Fish"] * 4, "multiple"),
    (["Cats, Dogs", "Cats", "Dogs, Fish", "Fish", "Cats, Fish"] * 4, "multiple"),
    (["5 - Very good", "1 - Very bad", "3", "2", "4"] * 4, "scale"),
    (["Agree (4)", "Strongly agree (5)", "Disagree (2)"] * 4, "scale"),
    (["1. Biology", "2. Physics", "3. Law"] * 4, "single"),
    (["Red", "Green", "Blue"] * 5, "single"),
    (["only this"] * 6, "single"),
]


@pytest.mark.parametrize(("cells", "kind"), KINDS, ids=[one[0][0][:16] for one in KINDS])
def test_the_kind_is_told_by_the_answers(cells, kind):
    assert draft(cells).keys["kind"] == kind


def test_the_question_tells_counts_points_and_recommendations_apart():
    cells = ["1", "2", "3", "4", "5"] * 4
    assert draft(cells, "How many children have you?").keys["kind"] == "count"
    to_ten = ["0", "3", "7", "8", "9", "10"] * 4
    assert draft(to_ten, "How likely are you to recommend us?").keys["kind"] == "nps"
    rated = draft(["2", "3"] * 5, "How clear was it, from 1 (not at all) to 7 (completely)?")
    assert rated.keys["kind"] == "scale"
    assert list(rated.keys["categories"]) == [str(one) for one in range(1, 8)]


@pytest.mark.parametrize("asked", ["Your age", "Wiek (w latach)", "Kaç yaşındasınız?", "年齢"])
def test_an_age_is_in_years(asked):
    assert draft([str(20 + one) for one in range(40)] * 2, asked).keys["unit"] == "years"


def test_what_the_tool_says_or_other_languages_ask_is_a_recommendation_too():
    to_ten = ["0", "3", "7", "8", "9", "10"] * 4
    assert draft(to_ten, "Us?", known=Known(kind="nps")).keys["kind"] == "nps"
    assert draft(to_ten, "Bizi tavsiye eder misiniz?").keys["kind"] == "nps"
    assert draft(["1", "2", "3"] * 4, "Kaç çocuğunuz var?").keys["kind"] == "count"


def test_a_few_mistyped_years_make_no_count_of_a_year():
    cells = [str(1950 + one) for one in range(40)]
    entry = draft([*cells, "1879"], "Doğum yılınız")
    assert (entry.keys["kind"], entry.keys["bounds"]) == ("year", {"low": 1900, "high": 2100})
    assert '"1879" taken as mistyped' in entry.decide[0]
    # Nobody asked for a year, or too many gave another number.
    assert draft([*cells, "1879"], "Visitors").keys["kind"] == "count"
    assert draft([*cells, *"12345"], "Doğum yılınız").keys["kind"] == "count"


def test_points_up_to_ten_with_words_at_the_ends_tell_whether_people_recommend():
    cells = ["0 - Nada provável", "2", "3", "7", "8", "9", "10 - Muito provável"] * 4
    asked = "Qual a probabilidade de recomendar o sindicato a um colega, de 0 a 10?"
    entry = draft(cells, asked)
    assert entry.keys["kind"] == "nps"
    labels = {name: one["label"] for name, one in entry.keys["categories"].items()}
    assert labels == {"0": "Nada provável", "10": "Muito provável"}
    assert draft(cells, "How safe is it?").keys["kind"] == "scale"


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_letters_as_codes_are_sorted_and_asked_for_whatever_their_case(change):
    entry = draft([change(one) for one in "cabca" * 5])
    assert list(entry.keys["categories"].values()) == [change(one) for one in "abc"]
    assert "write their labels" in entry.decide[0]
    entry = draft([change(one) for one in "ynyny" * 5])
    assert [one["label"] for one in entry.keys["categories"].values()] == ["Yes", "No"]
    assert entry.decide == []


def test_a_recount_of_amounts_names_the_currency_and_the_decimals():
    entry = draft(["€ 1.200,50", "300,00 €", "€ 75,00", "99,90"] * 3, "What did it cost?")
    assert entry.keys["kind"] == "money"
    assert (entry.keys["currency"], entry.keys["decimal"]) == ("EUR", "comma")
    # Of the same question one survey may write another sign before decimals.
    entry = draft(["₺1.250,50", "350,5", "1250.5", "915.54"] * 5, "Harcama (TL)")
    assert (entry.keys["currency"], entry.keys["decimal"]) == ("TRY", "mixed")
    assert draft(["120,5", "300", "99,90"] * 5, "Ile to kosztuje (zł)?").keys["currency"] == "PLN"


def test_a_comma_inside_an_answer_is_no_separator():
    cells = ["Bread, butter and jam", "Soup", "Bread, butter and jam, Soup", "Soup, Salad",
             "Salad", "Bread, butter and jam, Salad"] * 4  # fmt: skip
    entry = draft(cells)
    assert entry.keys["kind"] == "multiple"
    assert sorted(labels_of(entry)) == ["Bread, butter and jam", "Salad", "Soup"]


def test_the_separator_is_what_leaves_the_fewest_answers():
    cells = ["Pen;Paper, lined", "Paper, lined;Brush", "Paper, lined", "Pen", "Brush", "Pen;Brush"]
    entry = draft(8 * cells)
    assert entry.keys["separator"] == ";"
    assert sorted(labels_of(entry)) == ["Brush", "Paper, lined", "Pen"]
    entry = draft(8 * [one.replace(",", ":").replace(";", ",").replace(":", ";") for one in cells])
    assert entry.keys["separator"] == ","
    assert sorted(labels_of(entry)) == ["Brush", "Paper; lined", "Pen"]


def test_one_answer_with_a_comma_is_not_several():
    cells = ["No, never", "Yes, often", "Yes, sometimes", "No, but I would like to"] * 5
    assert draft(cells).keys["kind"] == "single"


def test_what_few_typed_beside_choices_counts_as_other_and_is_not_quoted():
    cells = ["Red"] * 12 + ["Green"] * 9 + ["Other"] * 3 + ["Other: my aunt Ada's hat"]
    entry = draft(cells)
    assert entry.keys["unlisted"] == "other"
    assert labels_of(entry) == ["Red", "Green", "Other"]
    assert "Ada" not in str(entry)
    entry = draft(["Red; Green", "Red", "Green; my aunt Ada"] * 1 + ["Red; Green", "Green"] * 6)
    assert entry.keys["kind"] == "multiple"
    assert "Ada" not in str(entry.keys)


def test_names_and_addresses_are_never_listed():
    cells = ["Ada", "Ada", "Ada", "Bo", "Bo", "Bo", "Cy"]
    assert draft(cells, "Your full name").keys["kind"] == "text"


def test_answers_aside_keep_the_shares_and_are_to_decide():
    entry = draft(["Agree", "Disagree", "Strongly agree", "Strongly disagree", "Don't know"] * 4)
    assert labels_of(entry)[-1] == "Don't know"
    assert "Don't know" in entry.decide[0]


def test_labels_of_the_file_come_with_their_codes_and_answers_nobody_gave():
    known = Known(labels={"1": "Low", "2": "Middle", "3": "High", "4": "High"}, ordered=True)
    entry = draft(["1", "1", "3", "4"] * 5, known=known)
    assert entry.keys["kind"] == "scale"
    assert entry.keys["categories"] == {
        "low": {"label": "Low", "code": 1},
        "middle": {"label": "Middle", "code": 2},
        "high": {"label": "High", "code": 3, "answers": ["4"]},
    }


def test_labels_of_both_ends_make_a_scale_of_all_points():
    known = Known(labels={"1": "Not at all", "7": "Completely"})
    entry = draft(["1", "2", "5", "7", "4"] * 4, known=known)
    assert entry.keys["kind"] == "scale"
    assert labels_of(entry) == ["Not at all", "2", "3", "4", "5", "6", "Completely"]


def test_a_label_of_one_end_makes_a_scale_too():
    entry = draft(repeat(**{"2": 4, "3": 9, "4": 7, "5 - with ease": 6}))
    assert (entry.keys["kind"], labels_of(entry)) == ("scale", ["1", "2", "3", "4", "with ease"])
    entry = draft(repeat(**{"0 (never)": 4, "1": 9, "3": 7}))
    assert (entry.keys["kind"], labels_of(entry)) == ("scale", ["never", "1", "2", "3"])
    # A number that is no end of the others, or no others, makes none.
    for answers in ({"2": 9, "3 - Main Street": 8, "4": 7}, {"5 - Yes": 9, "6": 9}):
        assert draft(repeat(**answers)).keys["kind"] != "scale"


def test_labels_that_are_in_no_alphabet_known_make_names():
    known = Known(labels={"A1": "Да", "A2": "Нет", "A3": "😀"})
    entry = draft(["A1", "A2", "A1"] * 3, known=known)
    assert list(entry.keys["categories"]) == ["answer", "answer_2", "answer_3"]
    assert labels_of(entry) == ["Да", "Нет", "😀"]


@pytest.mark.parametrize(
    "words",
    [("Cats", "", "Dogs"), ("1", "0", "1"), ("Yes", "No", "Yes"), ("TRUE", "FALSE", "TRUE"),
     ("Checked", "Unchecked", "Checked"), ("Gekozen", "", "Gekozen")],
)  # fmt: skip
def test_columns_of_options_are_ticks(words):
    cats, no, dogs = words
    cells = {"Cats": [cats, no, cats, cats] * 3, "Dogs": [no, dogs, dogs, no] * 3}
    entry = draft(cells, form="options")
    assert entry.keys["kind"] == "multiple"
    assert entry.names == {"Cats": "cats", "Dogs": "dogs"}


def test_a_column_of_typed_others_is_an_option():
    table = make_table(
        {"Cats": ["Cats", "", "Cats"], "Dogs": ["", "Dogs", ""], "More": ["", "", "a hen"]}
    )
    cats, dogs, more = table.export.columns
    parts = ["Cats", "Dogs", "More"]
    question = Question([cats, dogs, more], "options", "Which?", parts, typed=more)
    entry = draft_entry("pets", {"only": [(table, question)]})
    assert entry.keys["categories"]["more"] == {"label": "More", "typed": True}


def test_what_is_typed_in_place_of_a_choice_counts_as_other():
    table = make_table({"Pet": ["Cat", "Dog", "Cat", ""] * 5, "Else": ["", "", "", "a hen"] * 5})
    pet, typed = table.export.columns
    question = Question([pet, typed], "one", "Which?", typed=typed)
    entry = draft_entry("pet", {"only": [(table, question)]})
    assert entry.keys["unlisted"] == "other"
    assert labels_of(entry) == ["Cat", "Dog", "Other answers"]
    assert entry.empty == 0


def test_an_option_of_one_survey_only_says_so():
    first = make_table({"Cats": ["1", "0"] * 3, "Dogs": ["0", "1"] * 3})
    second = make_table({"Cats": ["1", "1"] * 3})
    asked = {
        wave: [(table, Question(table.export.columns, "options", "Which?",
                                [one.name for one in table.export.columns]))]
        for wave, table in (("start", first), ("end", second))
    }  # fmt: skip
    entry = draft_entry("pets", asked)
    assert entry.keys["categories"]["dogs"] == {"label": "Dogs", "waves": ["start"]}


def test_items_share_the_answers_of_all():
    cells = {
        "I read": ["Agree", "Strongly agree", "Neutral"] * 3,
        "I write": ["Disagree", "Strongly disagree", ""] * 3,
    }
    entry = draft(cells, form="items")
    assert entry.keys["kind"] == "scale"
    assert labels_of(entry) == ORDERS[0].replace("Neither agree nor disagree", "Neutral").split("|")
    assert entry.keys["items"] == {"asked_1": {"label": "I read"}, "asked_2": {"label": "I write"}}
    assert entry.names == {"I read": "asked_1", "I write": "asked_2"}


def test_several_columns_of_the_same_few_points_are_rated():
    cells = {"calm": ["0", "3", "-1", "2"] * 3, "tired": ["1", "2", "0", "3"] * 3}
    assert draft(cells, form="items").keys["kind"] == "count"
    three = {**cells, "sad": ["3", "0", "1", "-1"] * 3}
    entry = draft(three, form="items")
    assert entry.keys["kind"] == "scale"
    assert [one["code"] for one in entry.keys["categories"].values()] == [0, 1, 2, 3]
    assert entry.keys["missing"] == ["-1"]
    assert len(entry.decide) == 2
    assert draft(three, form="items", text="How many of these?").keys["kind"] == "count"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (["0", "3", "7", "-1"], ["-1"]), (["-1", "0", "1", "2"], None), (["-2", "-1", "4"], None),
        (["1", "2", "5", "-1", "-99"], ["-1", "-99"]), (["1", "25", "-1.0"], None),
    ],
)  # fmt: skip
def test_minus_one_beside_other_numbers_is_taken_for_no_answer(given, missing):
    assert draft(given * 4, text="Value").keys.get("missing") == missing


def test_items_that_are_numbered_are_called_after_the_question():
    cells = {"7": ["Agree", "Disagree"] * 4, "8": ["Disagree", "Strongly agree"] * 4}
    for text, label in (
        ("Workload", "Workload 7"),
        ("How far do you agree with each of these sentences?", "7"),
    ):
        entry = draft(cells, form="items", text=text)
        assert entry.keys["items"]["asked_1"] == {"label": label}


def test_a_header_without_words_is_called_a_question():
    assert draft(["Yes", "No"] * 5, text="2").keys["label"] == "Question 2"


def test_places_make_a_rank():
    cells = {"Pay": ["1", "2", "3"] * 3, "Time": ["2", "1", "1"] * 3, "Place": ["3", "3", "2"] * 3}
    assert draft(cells, form="rank").keys["kind"] == "rank"
    ordered = ["Pay;Time;Place", "Time;Pay;Place", "Place;Time;Pay", "Pay;Place;Time"] * 3
    assert draft(ordered).keys["kind"] == "rank"


def test_a_few_ties_leave_places_a_rank_and_are_said():
    cells = {"Pay": ["1", "2", "3"] * 9, "Time": ["2", "1", "1"] * 9, "Place": ["3", "3", "2"] * 9}
    tied = {one: [*held, "1", "1"] for one, held in cells.items()}
    table = make_table(tied)
    parts = [Part(one, ("run",), "", one.name) for one in table.export.columns]
    assert tell_form(table, parts, is_sure=True) == "rank"
    assert draft(tied, form="rank").decide == ["2 rows give several options one place."]
    often = make_table({one: [*held, *"1111"] for one, held in cells.items()})
    assert tell_form(often, parts, is_sure=True) == "items"


@pytest.mark.parametrize("word", ["Posição", "Classement", "Miejsce", "順位の"])
def test_columns_called_by_places_in_any_language_hold_what_is_put_there(word):
    orders = [["Pay", "Time", "Place"], ["Time", "Pay", "Place"], ["Place", "Time", "Pay"]] * 3
    held = {f"{word} {n + 1}": [one[n] for one in orders] for n in range(3)}
    table = make_table(held)
    parts = [Part(one, ("run",), "", one.name) for one in table.export.columns]
    assert tell_form(table, parts, is_sure=True) == "places"
    # Of three children each is at one of many schools, and none of two at the same.
    more = make_table({one: [*cells, f"Other {one}"] for one, cells in held.items()})
    assert tell_form(more, parts, is_sure=True) != "places"


def test_ages_that_nobody_has_are_mistyped():
    entry = draft([*["19", "20", "21", "34", "20 lat"] * 6, "2003"], "Wiek (w latach)")
    assert entry.keys["bounds"] == {"low": 0, "high": 120}
    assert entry.decide[0] == '"2003" taken as mistyped: bounds: says which ages can be.'
    assert "bounds" not in draft(["2003", "1999", "19", "20"] * 9, "How old is it, in years?").keys


@pytest.mark.parametrize(
    "text",
    [
        *("Oceń kurs w skali od 1 do 6", "Ohodnoťte od 1 až 6", "1～6で評価", "דרג מ-1 עד 6"),
        "من 1 إلى 6",
    ],
)
def test_ends_of_points_are_said_in_many_languages(text):
    entry = draft(["2", "3", "4", "5"] * 6, text)
    assert entry.keys["kind"] == "scale"
    assert [*entry.keys["categories"]] == ["1", "2", "3", "4", "5", "6"]


def test_hours_and_minutes_are_a_number_of_hours():
    mixed = ["2h 15min", "3 h", "45 min", "1:30", "2 hours 5 minutes"] * 6
    assert draft(mixed, "Teaching").keys == {"label": "Teaching", "kind": "number", "unit": "hours"}
    clocks = [f"{h}:{m}" for h in (1, 2, 3) for m in ("00", "15", "45")]
    assert draft(clocks, "How long did you sleep?").keys["unit"] == "hours"
    assert draft(clocks, "When did you get up?").keys["kind"] == "text"
    assert draft(["24:30", "31:05"] * 9, "How long did you run?").keys["kind"] == "text"
    french = ["6h30", "7h", "7h15", "8 h", "6h"] * 4
    assert draft(french, "Temps de trajet").keys["unit"] == "hours"
    assert draft(french, "Heure de lever").keys["kind"] == "text"
    assert draft(french, "À quelle heure vous levez-vous ?").keys["kind"] == "text"


@pytest.mark.parametrize(
    ("text", "answers", "unit"),
    [
        # A number alone is what it would be among times that name their unit.
        ("How long is the way?", ["30 min", "1 h", "1h30", "40", "20", "45 min"], "minutes"),
        ("How long is the way?", ["2 h", "90 min", "3", "2", "1.5"], "hours"),
        ("How many minutes is the way?", ["1 h", "2 h", "20", "40"], "minutes"),
        ("كم دقيقة انتظرت؟", ["ساعة", "٤٥", "20", "90"], "minutes"),
        ("How long is the way?", ["30 min", "45 min", "1 h"], "minutes"),
        ("How long is the way?", ["30 min", "2 h", "5 h"], "hours"),
        ("How long is the way?", ["20 min walk", *map(str, range(15, 60, 5))], "minutes"),
    ],
)
def test_of_hours_and_minutes_the_unit_is_that_of_bare_numbers(text, answers, unit):
    assert draft(answers * 6, text).keys["unit"] == unit


@pytest.mark.parametrize(("text", "currency"), [("Income (KES)", "KES"), ("Kolik (CZK)?", "CZK")])
def test_a_currency_is_known_by_its_code(text, currency):
    amounts = ["5,000", "12000", f"{currency} 8,000", "10,000/=", "none", "7.5k", "15000"] * 4
    assert draft(amounts, text).keys["currency"] == currency


def test_ways_to_write_yes_are_one_answer():
    entry = draft([*["Yes", "Y", "NO", "n", "no"] * 6, "Don't know"], "Head is female?")
    assert [*entry.keys["categories"]][:2] == ["yes", "no"]
    assert entry.keys["categories"]["yes"] == {"label": "Yes", "answers": ["Y"]}
    assert labels_of(entry) == ["Yes", "No", "Don't know"]
    other = draft(["Да", "Y", "Нет"] * 6, "Is it far?")
    assert labels_of(other) == ["Да", "Нет"]


def test_a_unit_in_brackets_may_stand_behind_numbers():
    weights = ["9.5", "10.2", "11kg", "8.9", "12.1 kg", "13"] * 4
    keys = {"label": "Weight (kg)", "kind": "number", "unit": "kg"}
    assert draft(weights, "Weight (kg)").keys == keys


def test_days_with_years_of_two_digits_are_days():
    days = ["28-Nov-25", "03-Dec-25", "5 Dec 25", "07-Nov-25"] * 4
    assert draft(days, "Interview date").keys["kind"] == "date"


def test_times_a_day_are_counted_and_not_rated():
    cells = {f"{one}": ["0", "1", "2", "3", "4"] * 4 for one in ("Bus", "Tram", "Train")}
    assert draft(cells, "Viagens por dia", "items").keys["kind"] == "count"
    assert draft(cells, "Conforto", "items").keys["kind"] == "scale"


@pytest.mark.parametrize(
    "place", ["38.72;-9.14", "38.7223, -9.1393", "38,72;-9,14", "1.28 36.81 0 0"]
)
def test_where_somebody_was_is_not_shown_however_many_were_there(place):
    assert draft([place] * 30, "Location").keys["kind"] == "text"


def test_groups_that_a_number_tells_apart_are_in_no_order():
    known = Known(labels={str(n): f"Stratum {n}" for n in range(1, 5)})
    assert draft(["1", "2", "3", "4"] * 5, "Sampling stratum", known=known).keys["kind"] == "single"
    known = Known(labels={str(n): f"Level {n}" for n in range(1, 5)})
    assert draft(["1", "2", "3", "4"] * 5, "Reached", known=known).keys["kind"] == "scale"
    assert (
        draft([str(n) for n in range(101, 190)] * 3, "Primary sampling unit").keys["kind"] == "text"
    )


def test_a_column_that_nobody_answered_is_left_out():
    entry = draft(["", "  ", ""])
    assert entry.keys == {}
    assert entry.empty == 1
    assert "nobody" in entry.decide[0]


def test_parts_of_one_name_are_told_apart():
    table = make_table({"a": ["1"], "b": ["1"]})
    question = Question(table.export.columns, "options", "", ["Other", "Other"])
    assert [part for part, _ in list_parts(question)] == ["Other", "Other#2"]


def test_headings_are_short_and_whole():
    told = shorten_label("How do you travel? Please select all that apply.")
    assert told == "How do you travel?"
    long = (
        "Think of the last four weeks, in and out of work, of all days alike. How tired were you?"
    )
    assert shorten_label(long) == "How tired were you?"
    assert make_key("Yes — définitely!", {"yes_definitely"}) == "yes_definitely_2"


TEXTS = st.sampled_from(
    ["Yes", "No", "Agree", "agree ", "Strongly agree", "Disagree", "N/A", "-", "-99", "1", "2", "3",
     "7", "10", "3.0", "1,5", "1.234,5", "$5", "5 €", "20 kr", "a; b", "b; a; c", "a, b", "b", "a",
     "c|a", "a\nb", "Other: me", "Other", "other", "2021-01-02", "03/04/2021", "13/04/2021", "1990",
     "Norway", "NO", "DE", "Chad", "18-24", "65+", "5 - High", "High (5)", "None of these", "😀",
     "<b>Bold</b>", "Ωmega", "x" * 300, "İ", "ß", "ss", "1st", "not sure", "null", "Checked", "0"]
)  # fmt: skip
CELLS = st.lists(TEXTS | st.text(max_size=12) | st.just(""), min_size=1, max_size=40)
FEW = st.lists(TEXTS, min_size=1, max_size=6).flatmap(
    lambda pool: st.lists(st.sampled_from(pool), min_size=1, max_size=60)
)
LABELS = st.dictionaries(
    TEXTS | st.text(min_size=1, max_size=4), TEXTS | st.text(max_size=5), max_size=6
)
KNOWN = st.builds(
    Known,
    labels=LABELS,
    kind=st.sampled_from(["", "", "single", "multiple", "scale", "number", "text", "date"]),
    ordered=st.sampled_from([None, True, False]),
)


def assert_readable(entry: Entry, tables: Mapping[str, Table]) -> None:
    """Every answer of every column is read as the entry says, in the waves that asked."""
    keys: dict[str, Any] = dict(entry.keys)
    question = entry.question
    seen: dict[str, Seen] = {}
    for part, column in list_parts(question):
        seen[part] = Seen([Place(wave, table, table.export.columns[column.position])
                           for wave, table in tables.items()])  # fmt: skip
    if question.form == "one" or "items" in keys:
        items = keys.pop("items", {"": {}})
        assert question.form in ("one", "items")
        for (_, one), own in zip(seen.items(), items.values(), strict=True):
            found = try_out({**keys, **own}, one)
            assert found.is_sound, (found.problem, found.refused, keys, own)
    else:
        found = try_out(keys, options={entry.names[part]: one for part, one in seen.items()})
        assert found.is_sound, (found.problem, found.refused, keys)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(CELLS, FEW), KNOWN | st.just(Known()), st.sampled_from(["Question", "How many?"]))
def test_every_answer_of_any_column_is_read(cells, known, text):
    table = make_table({text: cells}, known=known)
    question = Question(table.export.columns, "one", text)
    entry = draft_entry("asked", {"only": [(table, question)]})
    if entry.keys:
        assert_readable(entry, {"only": table})
    else:
        assert not any(fold_text(cell) for cell in cells)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(CELLS, FEW), min_size=1, max_size=4),
    st.sampled_from(["options", "items", "rank"]),
    KNOWN | st.just(Known()),
)
def test_every_answer_of_any_columns_is_read(columns, form, known):
    rows = max(map(len, columns))
    cells = {
        f"Part {place}": [*one, *[""] * (rows - len(one))] for place, one in enumerate(columns)
    }
    table = make_table(cells, known=known)
    question = Question(table.export.columns, form, "Which?", list(cells))
    entry = draft_entry("asked", {"only": [(table, question)]})
    if entry.keys:
        assert_readable(entry, {"only": table})


OPTIONS = ["Cats", "Dogs", "Fish, and other swimmers", "Hens (2 or more)", "None of these", "Other"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(st.sampled_from(OPTIONS), unique=True, max_size=5), min_size=30, max_size=60),
    st.sampled_from([";", "; ", "\n", "|"]),
)
def test_a_recount_of_several_answers_is_what_is_read(rows, mark):
    cells = [mark.join(row) for row in rows]
    entry = draft(cells)
    if entry.keys.get("kind") != "multiple":
        return
    table = make_table({"Question": cells})
    place = Place("only", table, table.export.columns[0])
    found = try_out(entry.keys, Seen([place]))
    counted = {one: sum(one in row for row in rows) for one in OPTIONS}
    names = {label: name for name, label in zip(entry.keys["categories"], labels_of(entry),
                                                strict=True)}  # fmt: skip
    for option, name in names.items():
        if name != entry.keys.get("unlisted"):
            assert found.values[name] == counted[option]


def test_days_that_a_spreadsheet_shows_as_numbers_are_days():
    cells = [*("1980-05-17", "1991-12-03") * 5, *(str(28_000 + 7 * one) for one in range(40))]
    assert draft(cells, "Date of birth").keys["kind"] == "date"
    assert draft(cells[10:] * 2, "Fecha de nacimiento").keys["kind"] == "date"
    assert draft(cells[10:] * 2, "Steps a day").keys["kind"] == "count"


def test_places_and_months_are_no_days():
    cells = ["Ghent, June 2019", "Turku, May 2019", "Delft, March 2019"] * 4
    assert draft(cells).keys["kind"] == "single"
    assert draft(["14 June 2019", "2 May 2018", "30 March 2019"] * 4).keys["kind"] == "date"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (
            "This is about your plans. It is hard to list all the plans that people may have, and "
            "some have none. Please choose one of them:",
            "This is about your plans.",
        ),
        (
            "Which system will you use during the whole of the workshop (on your own laptop, at "
            "home, or in the computer room of the school)?",
            "Which system will you use during the whole of the workshop?",
        ),
        ("Do you agree to take part? Questions go to ann.example@example.org, who replies in a "
         "day or two.", "Do you agree to take part?"),
        ("Ask ann.example@example.org", "Q1"),
        ("The help pages ([https://example.org/help](https://example.org/help))", "The help pages"),
        ("How often do you open the *old* app (see https://example.org)?",
         "How often do you open the old app?"),
    ],
)  # fmt: skip
def test_a_long_question_has_a_short_label(text: str, label: str) -> None:
    assert shorten_label(text, "Q1") == label


def test_several_answers_are_cut_at_the_labels_that_the_file_knows():
    known = Known(
        kind="multiple",
        labels={"1": "Bread, butter, jam", "2": "Soup", "3": "Salad, or none"},
    )
    for cells in (
        ["1,2", "3", "1,2,3", "2"] * 3,
        ["Bread, butter, jam,Soup", "Salad, or none"] * 4,
    ):
        entry = draft(cells, known=known)
        assert entry.keys["kind"] == "multiple"
        assert labels_of(entry) == ["Bread, butter, jam", "Soup", "Salad, or none"]
        assert "unlisted" not in entry.keys


def test_a_code_that_means_two_things_is_not_read_as_one():
    yes_first = Known(labels={"1": "Yes", "2": "No"})
    no_first = Known(labels={"1": "No", "2": "Yes"})
    first = make_table({"Q1": ["1", "2", "1"] * 4}, known=yes_first)
    second = make_table({"Q1": ["1", "2", "1"] * 4}, known=no_first)
    asked = {
        wave: [(table, Question(table.export.columns, "one", "Do you row?"))]
        for wave, table in (("start", first), ("end", second))
    }
    assert draft_entry("row", asked).keys["kind"] == "text"
    cells = {"a": ["1", "2"] * 5, "b": ["1", "1"] * 5}
    entry = draft(cells, form="items", known0=yes_first, known1=no_first)
    assert [one["categories"] for one in entry.keys["items"].values()] == [
        {"yes": {"label": "Yes", "code": 1}, "no": {"label": "No", "code": 2}},
        {"no": {"label": "No", "code": 1}, "yes": {"label": "Yes", "code": 2}},
    ]


def test_what_few_gave_does_not_swell_an_offered_other():
    entry = draft(["Red"] * 12 + ["Green"] * 9 + ["Other"] * 5 + ["Blue"])
    assert entry.keys["unlisted"] == "few"
    assert labels_of(entry) == ["Red", "Green", "Other", "Answers that few gave"]


def test_codes_of_a_questionnaire_stand_in_its_order_and_other_is_called_so():
    entry = draft(repeat(A2=9, A10=8, A1=7) + ["-oth-"] * 9)
    assert labels_of(entry) == ["A1", "A2", "A10", "Other"]
    assert entry.keys["categories"]["other"] == {"label": "Other", "answers": ["-oth-"]}


def test_one_and_nought_answer_a_question_that_asks_whether():
    assert labels_of(draft(["0", "1", "1"] * 5, "Have you rowed before?")) == ["Yes", "No"]
    assert labels_of(draft(["0", "1", "1"] * 5, "How did you come?")) == ["0", "1"]


def test_the_share_of_one_box_alone_is_of_everybody():
    entry = draft({"I agree": ["Y", "", "Y", ""] * 9}, form="options")
    assert (entry.keys["kind"], entry.keys["base"]) == ("multiple", "asked")
    assert "base" not in draft({"I agree": ["1", "0", "1"] * 9}, form="options").keys
    two = draft({"Cat": ["Y", "", "Y"] * 9, "Dog": ["", "Y", ""] * 9}, form="options")
    assert "base" not in two.keys


@pytest.mark.parametrize(
    "text",
    [
        *("Anything else?", "Other comments", "Anmerkungen", "Remarques :", "Uwagi", "自由記述"),
        *(
            "Eklemek istedikleriniz",
            "Görüş ve önerileriniz",
            "Комментарий",
            "ご意見・ご感想",
            "备注",
            "Uwagi i sugestie",
            "Comentários, sugestões",
            "Há mais alguma coisa que queira dizer?",
            "¿Quiere decir algo que desee añadir?",
            "ملاحظات",
        ),
    ],
)
def test_what_is_asked_for_last_is_text_however_few_different_things_are_said(text):
    assert draft(repeat(nothing=9, **{"more time": 6}), text).keys["kind"] == "text"
    assert draft(repeat(Yes=9, No=6), text).keys["kind"] == "single"
    # Words of a scale are typed as well, and a semicolon stands in a sentence.
    assert draft(repeat(great=9, ok=6), text).keys["kind"] == "text"
    assert draft(repeat(**{"too fast; no time": 9, "no time": 6}), text).keys["kind"] == "text"


def test_no_answer_by_abbreviation_is_missing():
    entry = draft(repeat(Agree=5, Disagree=4, **{"Strongly agree": 4, "k. A.": 3}))
    assert (entry.keys["kind"], entry.keys["missing"]) == ("scale", ["k. A."])


@pytest.mark.parametrize("text", ["Where from?", "Kod pocztowy"])
def test_codes_with_a_dash_are_no_ranges_of_amounts(text):
    cells = [f"{n:02}-{n * 37 % 900 + 100}" for n in range(30)]
    assert draft(cells, text).keys["kind"] == "text"
    hours = [*["2-3", "4-5", "6-10"] * 8, "7"]
    assert draft(hours, "Hours?").keys["kind"] != "text"


@pytest.mark.parametrize(
    "scale",
    [
        "Not at all|Several days|More than half the days|Nearly every day",
        "Much less able|Less able|No change in ability|More able|Much more able",
        "Too short|Slightly short|Just right|Slightly long|Too long",
        "Discordo totalmente|Discordo|Não concordo nem discordo|Concordo|Concordo totalmente",
        "Little or no use of maps|Some use of maps|Extensive use of maps",
        "None of it|Some of it|About half of it|Most of it|All of it",
        "Aucun|Bac|Licence|Master|Doctorat",
        "1|2|3+",
        "0|1|2|3 or more",
    ],
)
def test_more_answers_in_an_order(scale):
    steps = scale.split("|")
    order = find_order(steps[::-1])
    assert order is not None
    assert list(order.answers) == steps


def test_numbers_with_an_open_end_are_an_order():
    entry = draft(repeat(**{"1": 30, "2": 12, "3+": 7}), "How many courses have you taken?")
    assert entry.keys["kind"] == "ordered"
    assert labels_of(entry) == ["1", "2", "3+"]


@pytest.mark.parametrize(
    "few", [["canton 4", "canton 5", "canton 9"], [f"Hall {one} east" for one in range(9)]]
)
def test_words_with_a_number_that_nobody_shares_were_typed(few):
    assert draft([*few, *([""] * 40)], "Which one?").keys["kind"] != "ordered"


def test_a_number_with_a_letter_names_something():
    entry = draft(repeat(**{"12": 20, "31": 15, "2B": 4}), "Zone")
    assert entry.keys["kind"] == "single"
    assert sorted(labels_of(entry)) == ["12", "2B", "31"]


def test_what_is_counted_or_rated_is_so_whatever_is_named_beside():
    points = repeat(**{str(one): one for one in range(1, 11)})
    assert draft(points, "How satisfied are you with your school?").keys["kind"] == "scale"
    times = repeat(**{str(one): one + 1 for one in range(6)})
    assert draft(times, "How many days a week are you on site?").keys["kind"] == "count"


def test_how_many_is_a_number_although_a_few_type_words():
    given = {"3": 8, "4.5": 7, "about 9": 6, "5 km": 3}
    entry = draft(repeat(**given), "How many kilometres do you walk?")
    assert (entry.keys["kind"], entry.decide) == (
        "number",
        ["3 of 24 answers cannot be read and are missing."],
    )
    assert draft(repeat(**given), "Your walk").keys["kind"] == "single"


def test_commas_without_a_blank_join_answers_that_have_commas_with_one():
    cells = [
        *["Saw, axe or similar,Drill"] * 4, *["Saw, axe or similar"] * 3, *["Drill,Plane"] * 3,
        "Saw, axe or similar,Plane", "Saw, axe or similar,Plane", *["Plane"] * 3,
        *["Saw, axe or similar,Other:"] * 3, "Other:",
    ]  # fmt: skip
    entry = draft(cells, "Which tools?")
    assert entry.keys["kind"] == "multiple"
    assert sorted(labels_of(entry)) == ["Drill", "Other:", "Plane", "Saw, axe or similar"]


@pytest.mark.parametrize(
    "piped", ["*{{field:ab-12}}*", "{{hidden:team}}", "${q://QID4/ChoiceText}"]
)
def test_what_a_tool_puts_into_a_question_is_left_out_of_its_label(piped):
    assert (
        shorten_label(f"How long have you been with {piped}?") == "How long have you been with …?"
    )


def test_an_answer_that_begins_with_other_is_not_the_one_for_the_unlisted():
    cells = [*repeat(Nurse=20, Baker=15), *["Other care staff"] * 6, "smith", "cook"]
    entry = draft(cells, "Job")
    assert labels_of(entry)[-1] == "Other answers"
    assert entry.keys["unlisted"] == "other"


def test_sentences_with_a_number_in_them_are_no_numbers() -> None:
    said = [f"It took me {place} tries to get in, and then it broke" for place in range(9)]
    assert draft([*said, *["NA"] * 60], "How was it?").keys["kind"] == "text"
    said = [f"see remark {place} above" for place in range(9)]
    assert draft([*said, *["NA"] * 60], "comments").keys["kind"] == "text"
    given = [*(f"{place / 2}" for place in range(1, 30)), "about 5 hours a week"]
    assert draft(given, "Hours").keys["kind"] == "number"


def test_the_name_of_a_column_is_written_as_words() -> None:
    assert draft(["yes", "no"] * 9, "remote_work").keys["label"] == "Remote work"
    assert draft(["yes", "no"] * 9, "age").keys["label"] == "Age"
    assert draft(["yes", "no"] * 9, "Q9_pre").keys["label"] == "Q9_pre"


@pytest.mark.parametrize(
    ("asked", "answers", "expected"),
    [
        (
            "Há quantos anos você mora neste imóvel?",
            ["2,5", "3 anos", "1 ano", "0,5", "12", "4 anos", "7,5 anos", "3"],
            {"kind": "number", "decimal": "comma", "unit": "years"},
        ),
        (
            "Cuántas horas trabaja?",
            ["8", "7,5", "6 horas", "40", "9"],
            {"kind": "number", "decimal": "comma", "unit": "hours"},
        ),
        (
            "Wie viele Tage waren Sie krank?",
            ["1", "12", "3", "20", "4"],
            {"kind": "count", "unit": "days"},
        ),
        (
            "Quanto você paga de aluguel por mês (R$)?",
            ["R$ 1.250,00", "1.310", "1250,50", "R$ 900", "R$1.800,00", "2200"],
            {"kind": "money", "decimal": "comma", "currency": "BRL"},
        ),
    ],
)
def test_numbers_with_the_units_of_other_languages_are_numbers(asked, answers, expected):
    keys = draft([*answers, *(f"{n}" for n in range(11, 25))] * 2, asked).keys
    assert {key: said for key, said in keys.items() if key != "label"} == expected


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        (["0.25", "1", "2.5", "3.75", "999"] * 6, ["999"]),
        # One may have so many, and 99 may be an age.
        ([*["1", "2", "3", "8"] * 6, "99"], None),
        (["25", "41", "67", "88", "99"] * 6, None),
    ],
)
def test_nines_far_above_all_other_numbers_are_no_answers(answers, missing):
    assert draft(answers, "How many hectares?").keys.get("missing") == missing


def test_whether_one_has_any_is_not_how_many():
    assert draft(["0", "1", "1"] * 8, "Do you have children?").keys["kind"] == "single"
    assert draft(["0", "1", "1"] * 8, "How many children do you have?").keys["kind"] == "count"


def test_numbers_and_days_of_japan_are_read():
    ages = [*(f"{n}歳" for n in range(20, 50)), *(f"{n}" for n in range(20, 50)), "３５"]
    found = draft(ages, "年齢")
    assert (found.keys["kind"], found.keys["unit"], found.decide) == ("number", "years", [])
    days = [f"{1960 + n}年{1 + n % 12}月{1 + n % 28}日" for n in range(40)]
    assert draft(days, "生年月日").keys["kind"] == "date"


@pytest.mark.parametrize(
    ("label", "code", "steps"),
    [
        # Whatever it says, minus seven is no step of five; of a scale around nought it is one.
        ("verweigert", "-7", 5),
        ("Interview abgebrochen", "-7", 5),
        ("sehr schlecht", "-2", 6),
    ],
)
def test_a_negative_code_far_from_the_steps_is_no_answer(label, code, steps):
    said = ["gar nicht", "wenig", "teils/teils", "ziemlich", "voll und ganz", label]
    codes = dict(zip(said, [*map(str, range(1, 6)), code], strict=True))
    known = Known(labels={one: one for one in said}, ordered=True)
    column = Column(0, "", "q3", "Vertrauen", {}, codes, known=known)
    table = Table(Export(Path("invented.sav"), [column], lambda: iter(())), [said * 6])
    question = Question([column], "one", "Vertrauen", ())
    entry = draft_entry("asked", {"first": [(table, question)]})
    assert len(labels_of(entry)) == steps
    assert entry.keys.get("missing", []) == ([] if steps == 6 else [label])


def test_what_one_file_declares_missing_is_no_answer_in_another():
    labels = {"refusal": "refusal", "Low": "Low", "Middle": "Middle", "High": "High"}
    codes = {"refusal": "-2", "Low": "1", "Middle": "2", "High": "3"}
    cells = [["Low", "High", "Middle", "refusal"] * 8]

    def table(missing: Mapping[str, str]) -> tuple[Table, Question]:
        known = Known(labels={one: labels[one] for one in labels if one not in missing})
        column = Column(0, "", "jbsat", "Satisfaction", missing, codes, known=known)
        export = Export(Path("invented.sav"), [column], lambda: iter(()))
        return Table(export, cells), Question([column], "one", "Satisfaction", ())

    asked = {"first": [table({"refusal": "missing in SPSS: refusal"})], "second": [table({})]}
    entry = draft_entry("asked", asked)
    assert labels_of(entry) == ["Low", "Middle", "High"]
    assert entry.keys["missing"] == ["refusal"]
    assert any('"refusal" stand among the answers of second' in one for one in entry.decide)


def test_what_a_spreadsheet_shows_of_a_box_is_yes_or_no():
    keys = draft(["TRUE", "FALSE", "FALSE"] * 8, "Manager?").keys
    assert keys["categories"] == {
        "no": {"label": "No", "answers": ["FALSE"]},
        "yes": {"label": "Yes", "answers": ["TRUE"]},
    }


def test_points_that_a_questionnaire_lists_tell_whether_people_recommend():
    labels = {str(one): str(one) for one in range(11)}
    cells = [str(one) for one in range(3, 11)] * 4
    known = Known(labels=labels, kind="single")
    asked = "How likely is it that you would recommend this hospital to friends?"
    assert draft({asked: cells}, asked, known=known).keys["kind"] == "nps"
    assert draft({"How well are you?": cells}, known=known).keys["kind"] != "nps"
