import math
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.core.countries import country_label
from altcred.kinds import kind_of
from altcred.kinds.choices import split_choices
from altcred.kinds.masking import harmless_words, mask_typed
from altcred.kinds.options import make_option_reader
from altcred.kinds.quantities import read_separated
from altcred.kinds.reading import REMOVED, Reading, fold_text, tidy_text
from altcred.kinds.variable import Variable


def read_answer(variable: Variable, text: str, wave: str) -> Reading:
    """Read one answer of a variable in a wave."""
    return kind_of(variable).make_reader(variable, wave)(text)


INCOME = Variable(
    label="Income",
    kind="money",
    currency="USD",
    unit="U.S. dollars a year",
    bounds={"low": 0, "high": 5_000_000},
)
FEES = Variable(label="Fees", kind="money", unit="euros", currency="EUR")
HOURS = Variable(label="Hours", kind="number", unit="hours a week", bounds={"low": 1, "high": 100})
WEEKS = Variable(label="Weeks", kind="number", unit="weeks")
COURSES = Variable(label="Courses", kind="count", unit="courses")
BORN = Variable(label="Born", kind="year", bounds={"low": 1910, "high": 2016})
COUNTRY = Variable(label="Country", kind="country")
GENDER = Variable(
    label="Gender",
    kind="single",
    categories={
        "female": {"label": "Female", "answers": ["Woman"], "code": 2},
        "male": {"label": "Male", "code": 1},
        "undisclosed": {"label": "I’d rather not say"},
    },
    blank=["Choose one"],
)
BENEFITS = Variable(
    label="Benefits",
    kind="multiple",
    categories={
        "job": {"label": "A better job", "code": 1},
        "first": {"label": "A better job, or a first one", "code": 2},
        "english": {"label": "English, spoken", "code": 10},
        "learn": {"label": "Learn something", "waves": ["end"], "code": 12},
        "other": {"label": "Other (please specify)", "code": 99},
    },
)


def value_of(variable, text):
    reading = read_answer(variable, text, "begin")
    return reading.value, reading.reason


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("$50,000", 50_000, "read"),
        ("50k", 50_000, "read"),
        ("50 K", 50_000, "read"),
        ("USD 40000", 40_000, "read"),
        ("US$ 30,000", 30_000, "read"),
        ("U.S. $30,000", 30_000, "read"),
        ("$ 75,000.00 / yr", 75_000, "read"),
        ("45.000", 45_000, "read"),
        ("1.234.567,50", 1_234_567.5, "read"),
        ("1,50,000", 150_000, "read"),
        ("0,125", 0.125, "read"),
        ("60 000", 60_000, "read"),
        ("1'500", 1_500, "read"),
        ("1.2 million", 1_200_000, "read"),
        ("1.250 million", 1_250_000, "read"),
        ("fifty thousand dollars", 50_000, "read"),
        ("about 45k per year", 45_000, "read"),
        ("0", 0, "read"),
        ("nothing", 0, "read"),
        ("$50-60k", 55_000, "midpoint of a range"),
        ("50k–60k", 55_000, "midpoint of a range"),
        ("between 40 and 50k", 45_000, "midpoint of a range"),
        ("50,000 to 60,000", 55_000, "midpoint of a range"),
        ("over 50k", 50_000, "lower end of an open range"),
        ("60k+", 60_000, "lower end of an open range"),
        ("less than 100", None, "only an upper limit"),
        ("up to 5000", None, "only an upper limit"),
        ("24,00", None, "ambiguous separator"),
        ("10,5", None, "ambiguous separator"),
        ("0,5", 0.5, "read"),
        ("about 3000 a month", None, "an amount per month"),
        ("3000/month", None, "an amount per month"),
        ("25 an hour", None, "an amount per hour"),
        ("30 weekly", None, "an amount per week"),
        ("30000 euros", None, "another currency"),
        ("£20,000", None, "another currency"),
        ("C$ 300", None, "another currency"),
        ("5 lakhs", None, "another currency"),
        ("-500", None, "negative"),
        ("$-500", None, "negative"),
        ("6,000,000", None, "outside 0 to 5000000"),
        ("60k-50k", None, "not a number"),
        ("12 15", None, "not a number"),
        ("1e400", None, "not a number"),
        ("twenty", 20, "read"),
        ("enough", None, "not a number"),
        ("None", None, "no answer in words"),
        ("N/A", None, "no answer in words"),
        ("free", 0, "read"),
        ("10,000/=", 10_000, "read"),
        ("500/-", 500, "read"),
        ("", None, "blank"),
        ("   \u00a0", None, "blank"),
    ],
)
def test_incomes_as_people_write_them(text, value, reason):
    assert value_of(INCOME, text) == (value, reason)


def test_money_of_another_currency_than_the_questions_is_not_read():
    assert value_of(FEES, "€300") == (300, "read")
    assert value_of(FEES, "300 euros") == (300, "read")
    assert value_of(FEES, "$300") == (None, "another currency")


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("9-10 hours", 9.5, "midpoint of a range"),
        ("9 to 10", 9.5, "midpoint of a range"),
        ("5 or 6", 5.5, "midpoint of a range"),
        ("10+", 10, "lower end of an open range"),
        ("6 or more", 6, "lower end of an open range"),
        ("6 hours or so", 6, "read"),
        ("ten", 10, "read"),
        ("twenty-five", 25, "read"),
        ("10 a week", 10, "read"),
        ("10 hrs/week", 10, "read"),
        ("10h", 10, "read"),
        ("2.5", 2.5, "read"),
        ("1.500", 1.5, "read"),
        ("2,5", None, "ambiguous separator"),
        ("10 weeks", None, "another unit"),
        ("2 hours a day", None, "another unit"),
        ("10%", None, "another unit"),
        ("120", None, "outside 1 to 100"),
        ("0", None, "outside 1 to 100"),
        ("Oct-12", None, "not a number"),
    ],
)
def test_hours_as_people_write_them(text, value, reason):
    assert value_of(HOURS, text) == (value, reason)


def test_a_range_is_missing_where_the_codebook_says_so():
    strict = HOURS.model_copy(update={"ranges": "missing"})
    assert value_of(strict, "9-10") == (None, "a range")


def test_a_number_outside_its_bounds_is_kept_where_the_codebook_says_so():
    bounds = HOURS.bounds.model_copy(update={"outside": "keep"})
    lenient = HOURS.model_copy(update={"bounds": bounds})
    assert value_of(lenient, "120") == (120, "outside 1 to 100, kept")


def test_units_are_those_of_the_codebook():
    assert value_of(WEEKS, "6 weeks") == (6, "read")
    assert value_of(WEEKS, "2 months") == (None, "another unit")
    assert value_of(COURSES, "3 courses") == (3, "read")
    assert value_of(COURSES, "1 course") == (1, "read")
    assert value_of(COURSES, "2.5") == (None, "not a whole number")


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("1985", 1985, "read"),
        ("1985.0", 1985, "read"),
        ("'85", 1985, "read"),
        ("’85", 1985, "read"),
        ("'12", None, "not a year"),
        ("85", None, "two digits: a year or an age"),
        ("12/05/1985", 1985, "the year of a date"),
        ("1985-05-12", 1985, "the year of a date"),
        ("May 12, 1985", 1985, "the year of a date"),
        ("12th of May 1985", 1985, "the year of a date"),
        ("45/45/1985", None, "not a year"),
        ("1885", None, "outside 1910 to 2016"),
        ("198", None, "not a year"),
        ("born in 1985", None, "not a year"),
        ("n/a", None, "no answer in words"),
    ],
)
def test_years_as_people_write_them(text, value, reason):
    assert value_of(BORN, text) == (value, reason)


def test_a_date_of_birth_is_not_written_down():
    assert read_answer(BORN, "12/05/1985", "begin").shown == "##/##/1985"


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("female", "female", "read"),
        (" FEMALE ", "female", "read"),
        ("Woman", "female", "read"),
        ("<b>Male</b>", "male", "read"),
        ("I'd rather\u00a0not  say", "undisclosed", "read"),
        ("2", "female", "read"),
        ("2.0", "female", "read"),
        ("Choose one", None, "blank"),
        ("N/A", None, "no answer in words"),
        ("Robot", None, "unlisted"),
        ("7", None, "unlisted"),
    ],
)
def test_closed_answers(text, value, reason):
    assert value_of(GENDER, text) == (value, reason)


def test_unlisted_answers_are_what_the_codebook_says():
    missing = GENDER.model_copy(update={"unlisted": "missing"})
    gathered = GENDER.model_copy(update={"unlisted": "undisclosed"})
    assert value_of(missing, "Robot") == (None, "not among the choices")
    assert value_of(gathered, "Robot") == ("undisclosed", "gathered under undisclosed")


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("A better job", ("job",), "read"),
        ("A better job,English, spoken", ("job", "english"), "read"),
        ("English, spoken,A better job", ("job", "english"), "read"),
        ("A better job, or a first one", ("first",), "read"),
        ("A better job, or a first one,English, spoken", ("first", "english"), "read"),
        ("a better JOB , english,spoken", ("job", "english"), "read"),
        ("1,10", ("job", "english"), "read"),
        ("2", ("first",), "read"),
        ("A better job,Other (please specify)", ("job", "other"), "read"),
        (
            "A better job,Other (please specify),to win, at last",
            ("job", "other"),
            "read; the rest was written in",
        ),
        ("A better job,Fame", None, "unlisted"),
        # Learn something was offered in the other wave only.
        ("Learn something", None, "unlisted"),
        ("", None, "blank"),
        (" , ", None, "blank"),
    ],
)
def test_multiple_answers(text, value, reason):
    assert value_of(BENEFITS, text) == (value, reason)


def test_what_was_written_in_is_not_shown():
    reading = read_answer(BENEFITS, "A better job,Other (please specify),ask Zebedee", "begin")
    assert reading.shown == "A better job, Other (please specify), xxx xxxxxxx"


def test_the_rest_of_a_multiple_answer_is_what_the_codebook_says():
    missing = BENEFITS.model_copy(update={"unlisted": "missing"})
    gathered = BENEFITS.model_copy(update={"unlisted": "other"})
    assert value_of(missing, "A better job,Fame") == (("job",), "read in part")
    assert value_of(gathered, "A better job,Fame")[0] == ("job", "other")
    assert value_of(gathered, "Fame")[0] == ("other",)


def test_a_cut_that_leaves_less_over_wins_over_a_longer_choice():
    choices = {("a", "b"): "ab", ("a",): "a", ("b", "c"): "bc"}
    assert split_choices(["a", "b", "c"], choices) == (["a", "bc"], [])
    assert split_choices(["a", "b"], choices) == (["ab"], [])
    assert split_choices(["x", "a"], choices) == (["a"], ["x"])


def test_countries():
    assert value_of(COUNTRY, "Holland") == ("NLD", "read")
    assert value_of(COUNTRY, "nowhere") == (None, "not a country")
    assert value_of(COUNTRY, "none") == (None, "no answer in words")
    # A name beside a country is read, and not shown.
    reading = read_answer(COUNTRY, "Zebedee from Germany", "begin")
    assert (reading.value, reading.shown) == ("DEU", "xxxxxxx from Germany")


EVENTS = Variable(
    label="Events",
    kind="multiple",
    categories={
        "talk": "Talks",
        "other": {"label": "Other", "typed": True},
        "none": {"label": "None", "answers": ["nope"]},
    },
    blank=["None", "?"],
)


def test_option_columns():
    talk = make_option_reader(EVENTS, "begin", "talk")
    assert talk("Talks").value == talk("1").value == ("talk",)
    assert talk(" ").reason == talk("?").reason == "blank"
    # To say no is an answer; to be shown nothing is none.
    assert [talk(one).value for one in ("0", "No", "FALSE", "0.0", "nein")] == [()] * 5
    assert [talk(one).value for one in ("-99", "N/A", "[not completed]")] == [None] * 3
    assert talk("-99").is_blank
    assert (talk("Zebedee").reason, talk("Zebedee").shown) == ("unlisted", "xxxxxxx")
    other = make_option_reader(EVENTS, "begin", "other")
    assert (other("Zebedee").value, other("Zebedee").shown) == (("other",), "xxxxxxx")


def test_another_choice_typed_in_an_option_column_ticks_that_choice():
    other = make_option_reader(EVENTS, "begin", "other")
    assert (other("Nope").value, other("Nope").reason) == (("none",), "gathered under none")
    assert other(" talks ").value == ("talk",)
    # A word that means no answer elsewhere is still the option's own label.
    assert make_option_reader(EVENTS, "begin", "none")("None").value == ("none",)
    assert other("None").reason == "blank"


@pytest.mark.parametrize(
    ("text", "value"),
    [(".5", 0.5), (".25 hours", 0.25), ("~.5", 0.5), ("...5", 5.0), (".5-1", 0.75), (".5.5", None)],
)
def test_a_point_can_begin_a_number(text, value):
    hours = Variable(label="Hours", kind="number", unit="hours a week", bounds={"low": 0})
    assert read_answer(hours, text, "begin").value == value


def test_a_point_after_a_word_begins_no_number():
    rupees = Variable(label="Fees", kind="money", currency="INR")
    assert read_answer(rupees, "Rs.500", "begin").value == 500.0


def test_addresses_and_long_numbers_are_not_shown():
    assert mask_typed("jane@example.org") == REMOVED
    assert mask_typed("jane at example dot org") == REMOVED
    assert mask_typed("I am on 203.0.113.9") == REMOVED
    assert mask_typed("2001:db8::1") == REMOVED
    assert mask_typed("555-123-4567") == REMOVED
    assert mask_typed("123 4567 x") == "### #### x"
    assert mask_typed("about 30 EUR, Jane") == "about 30 EUR, xxxx"
    # The tax number of a long answer is gone with the answer.
    assert read_answer(INCOME, "99999999", "begin").shown == "########"


# -- properties

texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789.,'-+ $€kKmM", max_size=15),
    st.lists(
        st.sampled_from(
            [*sorted(harmless_words())[:80], "10", "50k", "-", "$", ",", "A better job"]
        )
    ).map(" ".join),
)
numbers = st.integers(min_value=0, max_value=4_999_999)
numeric = st.sampled_from([INCOME, FEES, HOURS, WEEKS, COURSES, BORN])
every = st.sampled_from([INCOME, FEES, HOURS, WEEKS, COURSES, BORN, COUNTRY, GENDER, BENEFITS])


@given(numeric, texts)
def test_a_number_read_is_finite_and_within_bounds(variable, text):
    value = read_answer(variable, text, "begin").value
    if value is not None:
        assert math.isfinite(value)
        assert variable.bounds.low is None or value >= variable.bounds.low
        assert variable.bounds.high is None or value <= variable.bounds.high


@given(every, texts)
def test_every_reading_has_a_reason_and_shows_no_unknown_word(variable, text):
    reading = read_answer(variable, text, "begin")
    assert reading.reason
    known = harmless_words() | set(
        re.findall(
            r"[^\W\d_]+",
            fold_text(" ".join(category.label for category in variable.categories.values())),
        )
    )
    known |= {"woman", *re.findall(r"[^\W\d_]+", REMOVED.casefold())}
    for word in re.findall(r"[^\W\d_]+", reading.shown):
        assert word.casefold() in known or set(word) == {"x"}, word


@given(every, texts)
def test_a_reading_does_not_depend_on_spaces_or_capitals_around(variable, text):
    plain = read_answer(variable, text, "begin")
    spaced = read_answer(variable, f"  {tidy_text(text)}\u00a0\n", "begin")
    assert (plain.value, plain.reason) == (spaced.value, spaced.reason)


@given(numbers, st.sampled_from(["{}", "${}", "{} USD", "US$ {}", "about {} a year", "{}."]))
def test_whole_amounts_come_back(number, form):
    for written in (str(number), f"{number:,}", f"{number:,}.00"):
        assert read_answer(INCOME, form.format(written), "begin").value == number


@given(st.integers(1, 4999))
def test_thousands_come_back(number):
    for form in ("{}k", "${}K", "{} thousand", "{},000", "{} 000", "{}.000"):
        if number < 1000 or "k" in form.casefold() or "thousand" in form:
            assert read_answer(INCOME, form.format(number), "begin").value == number * 1000


@given(st.integers(0, 900), st.integers(1, 90))
def test_a_range_is_read_as_its_midpoint(low, width):
    high = low + width
    for form in ("{}-{}", "{} to {}", "${} - ${}", "between {} and {}"):
        reading = read_answer(INCOME, form.format(low, high), "begin")
        assert reading.value == (low + high) / 2
    assert read_answer(INCOME, f"{low}-{high}k", "begin").value == (low + high) * 500


@given(st.integers(1910, 2016), st.integers(1, 12), st.integers(1, 12))
def test_years_come_back_from_dates(year, one, other):
    assert read_answer(BORN, str(year), "begin").value == year
    for form in ("{1}/{2}/{0}", "{1:02}.{2:02}.{0}", "{0}-{1:02}-{2:02}"):
        reading = read_answer(BORN, form.format(year, one, other), "begin")
        assert reading.value == year
        assert not re.search(r"\d", reading.shown.replace(str(year), ""))


@given(st.integers(1, 99), st.sampled_from(["{} hours", "{}h", "{} hrs a week", "{} per week"]))
def test_hours_come_back(hours, form):
    assert read_answer(HOURS, form.format(hours), "begin").value == hours


@given(st.text(alphabet="0123456789.,'", max_size=12), st.booleans())
def test_separated_digits_are_a_number_of_those_digits_or_none(text, points_group):
    value = read_separated(text, points_group=points_group)
    if value is not None and "e" not in text and value < 1e12:
        digits = re.sub(r"\D", "", text).strip("0")
        assert re.sub(r"\D", "", f"{Decimal(repr(value)):f}").strip("0") == digits


@given(
    st.lists(
        st.sampled_from(["job", "first", "english", "other"]), min_size=1, max_size=4, unique=True
    )
)
def test_ticks_come_back_however_they_are_ordered(ticked):
    written = ",".join(BENEFITS.categories[name].label for name in ticked)
    coded = ",".join(str(BENEFITS.categories[name].code) for name in ticked)
    expected = tuple(name for name in BENEFITS.categories if name in ticked)
    read = kind_of(BENEFITS).make_reader(BENEFITS, "begin")
    assert read(written).value == expected
    assert read(coded).value == expected


labels = st.text(alphabet="ab, ", min_size=1, max_size=8).filter(
    lambda text: re.search(r"[ab]", text) and not text.startswith(" ,")
)


@given(st.lists(labels, min_size=1, max_size=5), st.data())
def test_any_choices_joined_by_commas_leave_nothing_over(choices, data):
    by_pieces = {}
    for choice in choices:
        pieces = tuple(piece for part in choice.split(",") if (piece := fold_text(part)))
        by_pieces[pieces] = choice
    ticked = data.draw(st.lists(st.sampled_from(sorted(by_pieces)), min_size=1, max_size=5))
    _, rest = split_choices([piece for choice in ticked for piece in choice], by_pieces)
    assert rest == []


@given(st.text(max_size=30))
def test_a_country_read_has_a_label(text):
    value = read_answer(COUNTRY, text, "begin").value
    assert value is None or country_label(value) != value


def test_a_scale_that_reaches_below_zero_reads_a_sign():
    shift = Variable(label="Shift", kind="number", unit="points", bounds={"low": -5.0, "high": 5.0})
    assert value_of(shift, "-3") == (-3, "read")
    assert value_of(shift, "+2") == (2, "read")
    assert value_of(shift, "\u22124") == (-4, "read")
    assert value_of(shift, "-9") == (None, "outside -5 to 5")
    assert value_of(shift, "-3-4") == (None, "not a number")


def test_words_for_money_that_people_are_called_by_are_masked():
    assert mask_typed("Lei bin 500 dollars") == "xxx xxx 500 dollars"


def test_an_accent_written_as_a_letter_of_its_own_is_the_same_answer():
    assert tidy_text("Cafe\u0301") == tidy_text("Caf\u00e9")


@pytest.mark.parametrize("text", ["HAYIR", "Hayır", "hayir"])
def test_turkish_capitals_are_those_of_the_same_letters(text):
    assert fold_text(text) == fold_text("hayır")
    assert fold_text("İYİ") == fold_text("iyi") == "iyi"
    assert value_of(COUNTRY, "KIBRIS")[0] == value_of(COUNTRY, "Kıbrıs")[0] == "CYP"


def test_markup_is_removed_without_tearing_words_apart():
    assert tidy_text("<p>Ques<b>tion</b>s<br/>one</p><div>two</div>") == "Questions one two"
    assert tidy_text('H<SUB class="x">2</SUB>O &amp; <i>tea</i>, 1 < 2') == "H2O & tea, 1 < 2"
    assert value_of(COUNTRY, "Me\u0301xico") == value_of(COUNTRY, "M\u00e9xico")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1 h 20 min", 80),
        ("1h20", 80),
        ("2 hours and 5 minutes", 125),
        ("1 Std. 30 Min.", 90),
        ("1 hora y 30 minutos", 90),
        ("45 min", 45),
        ("2 h", 120),
        ("about two hours", 120),
        ("30 min - 1 hour", 45),
        ("1 min - 2 hours", 60.5),
        ("ca. 1h30", 90),
        ("1時間30分", 90),
        ("1時間半", 90),
        ("1 heure et demie", 90),
        ("2 hours and a half", 150),
        ("1 hora y media", 90),
        ("3時間", 180),
        ("2 godziny 15 minut", 135),
        ("٤٥ دقيقة", 45),
        ("meia hora", 30),
        # What may be a clock's, or minutes and seconds, and what is had a day, nobody can tell.
        ("1:20", None),
        ("2 hours a day", None),
        ("3 days", None),
        ("1 h 75 min", None),
    ],
)
def test_hours_and_minutes_are_one_time(text, minutes):
    assert value_of(Variable(label="Way", kind="number", unit="minutes"), text)[0] == minutes


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        ("years", "6 months", 0.5),
        ("years", "6-18 months", 1),
        ("years", "6 months to 2 years", 1.25),
        ("months", "2 ans", 24),
        ("weeks", "10 days", 1.42857142857),
        ("days", "3 weeks", 21),
        ("weeks", "2 months", None),
        ("years", "3 days", None),
    ],
)
def test_units_of_which_one_is_so_many_of_another_count_in_each_other(unit, text, value):
    found = value_of(Variable(label="Here", kind="number", unit=unit), text)[0]
    assert found == (None if value is None else pytest.approx(value))


def test_hours_and_minutes_count_in_hours_too_but_not_beside_a_rate():
    assert value_of(Variable(label="Way", kind="number", unit="hours"), "1h30") == (1.5, "read")
    assert value_of(Variable(label="Way", kind="number", unit="hours"), "1:45") == (1.75, "read")
    assert value_of(Variable(label="Way", kind="number", unit="hours"), "45 min") == (0.75, "read")
    assert value_of(Variable(label="Way", kind="number", unit="hours a week"), "1h30")[0] is None


CHF = Variable(label="Pay", kind="money", currency="CHF")
NOK = Variable(label="Pay", kind="money", currency="NOK")
TRY, PLN, JPY, CNY, MXN, COP = (
    Variable(label="Pay", kind="money", currency=one)
    for one in ("TRY", "PLN", "JPY", "CNY", "MXN", "COP")
)


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        (CHF, "Fr. 800'000.-", 800_000),
        (CHF, "CHF 1’250.50", 1250.5),
        (CHF, "65'000.--", 65_000),
        (CHF, "50'000.– bis", None),
        (NOK, "kr 500,-", 500),
        (NOK, "4 500 kroner", 4500),
        (FEES, "kr 500,-", None),
        (TRY, "1.250,50 TL", 1250.5),
        (TRY, "yaklaşık ₺2.000", 2_000),
        (TRY, "5 bin TL", 5_000),
        (PLN, "około 2 500 zł", 2_500),
        (PLN, "3 tys. zł", 3_000),
        (FEES, "2500 zł", None),
        (JPY, "約5,000円", 5_000),
        (JPY, "3万円", 30_000),
        (JPY, "3万5千円", None),
        (CNY, "¥300", 300),
        (JPY, "300元", None),
        (COP, "$1.250.000", 1_250_000),
        (COP, "1.234.567,89 pesos", 1_234_567.89),
        (MXN, "$500 M.N.", 500),
        (FEES, "500 pesos", None),
        (FEES, "50 - 60,000", 55_000),
        (FEES, "50–60.000", 55_000),
        (FEES, "50 - 60 000", 55_000),
        (FEES, "50,000 - 60,000", 55_000),
        (FEES, "5 - 10,000", 7_500),
        (FEES, "500 - 1,000", 750),
        (FEES, "0 - 10,000", 5_000),
        (FEES, "1 - 10,000", 5_000.5),
        # From fifty, or from fifty thousand: nobody can tell.
        (FEES, "50 - 60000", None),
        (FEES, "100 - 5,000,000", None),
        (FEES, "50 000,00", 50_000),
        (FEES, "-500", -500),
        (FEES, "€ -500", -500),
        (FEES, "−500", -500),
        (FEES, "+500", 500),
        (HOURS, "-5", None),
        (WEEKS, "-2.5", -2.5),
        (WEEKS, "+3", 3),
    ],
)
def test_signs_thousands_and_what_stands_for_no_cents(variable, text, value):
    assert value_of(variable, text)[0] == value


@pytest.mark.parametrize(
    ("text", "number", "money"),
    [
        ("3,5", 3.5, 3.5),
        ("1.500,5", 1500.5, 1500.5),
        ("45.000", 45_000, 45_000),
        ("1,125", 1.125, 1125),
        ("1.250.000", 1_250_000, 1_250_000),
        ("2.5", None, None),
        ("10,5-12,5", 11.5, 11.5),
        ("-0,75", -0.75, -0.75),
    ],
)
def test_a_comma_before_decimals(text, number, money):
    for variable, value in ((Variable(label="N", kind="number"), number), (FEES, money)):
        commas = variable.model_copy(update={"decimal": "comma"})
        assert value_of(commas, text)[0] == value


def test_capital_codes_are_countries_where_most_answers_are_codes():
    kind = kind_of(COUNTRY)

    def read_all(answers, variable=COUNTRY):
        read = kind.make_reader(kind.suit(variable, "begin", answers), "begin")
        return [read(answer).value for answer in answers]

    codes = ["NO", "IN", "GB", "UK", "EL", "NA", "no", "SWE"]
    read = ["NOR", "IND", "GBR", "GBR", "GRC", "NAM", None, "SWE"]
    assert read_all(codes) == read
    # Among names they are rather words, unless the codebook says so.
    names = ["NO", "NA", "Norway", "Peru", "Chile", "IT", "it"]
    assert read_all(names) == [None, None, "NOR", "PER", "CHL", "ITA", None]
    declared = COUNTRY.model_copy(update={"codes": True})
    assert read_all(names, declared) == ["NOR", "NAM", "NOR", "PER", "CHL", "ITA", None]


def test_a_category_may_be_a_number():
    points = {"p1": "1 - not at all", "p2": 2, "p3": 3.5, "p4": "4 - very"}
    scale = Variable(label="How", kind="ordered", categories=points)
    answers = ["1 - Not at all", "2", "2.0", "3.5", "4 - very"]
    assert [value_of(scale, one)[0] for one in answers] == ["p1", "p2", "p2", "p3", "p4"]
