"""Which columns of a file belong together, and how a description names each of them."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from altcred.draft.answers import draft_entry
from altcred.draft.gather import gather_columns
from altcred.draft.locate import locate
from altcred.draft.model import Table, read_table
from altcred.read.columns import find_column
from altcred.read.export import Export, Known, open_export
from altcred.read.headers import count_header_rows, name_columns


def opened(headers, path="x.csv"):
    return Export(path, name_columns([headers]), lambda: iter(()))


def table_of(headers, *rows, ids=(), texts=(), known=()):
    """Return a table of one header row, or of two where the second is found to be one."""
    head = [headers, rows[0]] if rows and count_header_rows([headers, rows[0]]) == 2 else [headers]
    columns = name_columns(head)
    for place, column in enumerate(columns):
        more = {}
        if ids:
            more["import_id"] = ids[place]
        if texts:
            more["text"] = texts[place]
        if known:
            more["known"] = known[place]
        columns[place] = replace(column, **more)
    rows = rows[len(head) - 1 :]
    return Table(Export("x.csv", columns, lambda: iter(())), list(zip(*rows, strict=True)))


def told(table):
    """Return each question as form, text, names of its columns, and parts, in short."""
    return [
        (one.form, one.text, [column.name for column in one.columns], list(one.parts))
        for one in gather_columns(table, {}).questions
    ]


_HEADERS = st.lists(
    st.one_of(
        st.sampled_from(
            ["", " ", "A", "a", "A#2", "a#2", "A#1", "#A", "#B", "Q {name}", "&amp;amp;"]
        ),
        st.text("aA #2<&;", max_size=6),
    ),
    min_size=1,
    max_size=8,
)


@given(_HEADERS)
@example(["A", "A", "A#2"])
@example(["", "A"])
@example(["Your {name}?", "B"])
def test_a_locator_finds_its_column_and_no_other(headers):
    export = opened(headers)
    for column in export.columns:
        wanted = locate(column, export)
        assert not wanted or find_column(export, [("any", wanted)]) == column
        # Only a header that reads like letters of a column can be in the way of them.
        assert wanted or any(one.strip().startswith("#") for one in headers)


def test_a_locator_is_as_readable_as_can_be():
    headers = ["Name", "Other", "Other", "", "{item}"]
    export = opened(headers)
    found = [locate(one, export) for one in export.columns]
    assert found == ["Name", "Other#1", "Other#2", "#D", "#E"]


TICKS = [["Y", "", ""], ["", "Y", ""], ["Y", "Y", ""]]
GRID_OF_THREE = [["Often", "Never", "Often"], ["Never", "Often", "Rarely"], ["Rarely"] * 3]
GRID = [["Agree", "Disagree"], ["Neither", "Agree"], ["Disagree", "Neither"], ["Agree", "Agree"]]


def test_options_of_limesurvey_in_codes_and_in_words():
    rows = [["Y", "", "a wiki"], ["", "Y", ""], ["Y", "Y", ""]]
    by_code = table_of(["tool[SQ001]", "tool[SQ002]", "tool[other]"], *rows)
    assert told(by_code) == [
        (
            "options",
            "tool",
            ["tool[SQ001]", "tool[SQ002]", "tool[other]"],
            ["SQ001", "SQ002", "Other"],
        )
    ]
    assert gather_columns(by_code, {}).questions[0].typed.name == "tool[other]"
    headers = ["Which tools? [Saw]", "Which tools? [File]", "Which tools? [Other]"]
    assert told(table_of(headers, *rows)) == [
        ("options", "Which tools?", headers, ["Saw", "File", "Other"])
    ]


def test_rows_of_an_array_are_items_and_each_row_of_a_wide_one_a_question():
    headers = ["view[SQ001]", "view[SQ002]"]
    assert told(table_of(headers, *GRID))[0][:3] == ("items", "view", headers)
    headers = ["use[r1_c1]", "use[r1_c2]", "use[r2_c1]", "use[r2_c2]"]
    table = table_of(
        headers, ["1", "", "1", "1"], ["", "1", "0", "1"],
        texts=["Use [Home][Bus]", "Use [Home][Car]", "Use [Work][Bus]", "Use [Work][Car]"],
    )  # fmt: skip
    assert told(table) == [
        ("options", "Use [Home]", headers[:2], ["Bus", "Car"]),
        ("options", "Use [Work]", headers[2:], ["Bus", "Car"]),
    ]


def test_scales_of_a_dual_array_are_questions_of_their_own():
    headers = ["d[1][1]", "d[1][2]", "d[2][1]", "d[2][2]"]
    rows = [["a", "k", "b", "l"], ["b", "l", "a", "k"], ["a", "l", "a", "l"]]
    table = table_of(
        headers, *rows, texts=["D [One][Now]", "D [One][Then]", "D [Two][Now]", "D [Two][Then]"]
    )
    assert told(table) == [
        ("items", "D [Now]", ["d[1][1]", "d[2][1]"], ["One", "Two"]),
        ("items", "D [Then]", ["d[1][2]", "d[2][2]"], ["One", "Two"]),
    ]


def test_boxes_in_a_grid_are_a_question_a_row():
    known = [
        Known(question="QID5", stem="When?", part=f"{row} - {column}")
        for row in ("Home", "Work") for column in ("Day", "Night", "Never")
    ]  # fmt: skip
    rows = [["1", "", "", "", "1", ""], ["", "1", "", "1", "1", ""], ["", "", "1", "", "", "1"]]
    assert told(table_of([*"abcdef"], *rows, known=known)) == [
        ("options", "When? - Home", [*"abc"], ["Day", "Night", "Never"]),
        ("options", "When? - Work", [*"def"], ["Day", "Night", "Never"]),
    ]


def test_a_grid_of_forms_is_items_and_one_of_boxes_as_well():
    headers = ["How was it? [The room]", "How was it? [The food [hot]]"]
    assert told(table_of(headers, *GRID)) == [
        ("items", "How was it?", headers, ["The room", "The food [hot]"])
    ]
    boxes = [
        ["Mon, Tue", "Tue"],
        ["Tue", "Mon, Wed"],
        ["Wed", "Mon"],
        ["Mon, Tue, Wed", "Wed, Tue"],
    ]
    assert told(table_of(headers, *boxes))[0][0] == "items"


def test_brackets_in_one_header_alone_are_part_of_it():
    assert told(table_of(["Weight [kg]", "Height [cm]"], ["70", "180"], ["81", "175"])) == [
        ("one", "Weight [kg]", ["Weight [kg]"], []),
        ("one", "Height [cm]", ["Height [cm]"], []),
    ]


def test_qualtrics_by_ids_with_typed_answers_beside():
    names = ["Q1", "Q2_1", "Q2_2", "Q2_9", "Q2_9_TEXT", "Q3", "Q3_4_TEXT", "Q4_1", "Q4_2"]
    texts = [
        "Your age?",
        "Which pets? - Selected Choice - Cat",
        "Which pets? - Selected Choice - Dog",
        "Which pets? - Selected Choice - Other, namely",
        "Which pets? - Other, namely - Text",
        "Gender - Selected Choice",
        "Gender - I say - Text",
        "Rate - now - The room",
        "Rate - now - The food",
    ]
    ids = [f"QID{one[1:]}" for one in names]
    ids[0] = "QID1_TEXT"
    rows = [
        ["20", "Cat", "", "", "", "Man", "", "1", "2"],
        ["30", "", "Dog", "Other, namely", "a newt", "I say", "both", "2", "2"],
        ["40", "Cat", "Dog", "", "", "Woman", "", "3", "1"],
    ]
    found = gather_columns(table_of(names, *rows, ids=ids, texts=texts), {}).questions
    assert [(one.form, one.text, list(one.parts)) for one in found] == [
        ("one", "Your age?", []),
        ("options", "Which pets?", ["Cat", "Dog", "Other, namely"]),
        ("one", "Gender", []),
        ("items", "Rate - now", ["The room", "The food"]),
    ]
    assert [one.typed.name for one in found if one.typed] == ["Q2_9_TEXT", "Q3_4_TEXT"]


def test_qualtrics_leaves_out_timers_and_data_of_its_own():
    table = table_of(
        ["Q1", "Q1_DO_1", "T_First Click", "arm"], ["a", "1", "2.5", "x"],
        ids=["QID1", "QID1_DO_1", "QID9_FIRST_CLICK", "arm"],
    )  # fmt: skip
    found = gather_columns(table, {})
    assert [one.text for one in found.questions] == ["Q1"]
    assert len(found.left_out) == 3


def test_two_header_rows():
    table = table_of(
        ["Respondent ID", "Which pets?", "", "", "Town?", ""],
        ["", "Cat", "Dog", "Other (please specify)", "Response", "Other (please specify)"],
        ["1", "Cat", "", "", "Small", ""],
        ["2", "Cat", "Dog", "newt", "", "Hamlet"],
    )
    pets, town = gather_columns(table, {}).questions
    assert (pets.form, pets.text, pets.typed.position) == ("options", "Which pets?", 3)
    assert list(pets.parts) == ["Cat", "Dog", "Other (please specify)"]
    # Whoever typed an answer chose none: the second column stands in for the first.
    assert (town.form, town.text) == ("one", "Town?")
    assert [one.position for one in town.columns] == [4, 5]


def test_an_option_called_another_does_not_stand_for_what_is_typed():
    table = table_of(
        ["Respondent ID", "Which pets?", "", "", ""],
        ["", "Cat", "Dog", "Another mammal", "Other (please specify)"],
        ["1", "Cat", "", "Another mammal", ""],
        ["2", "Cat", "Dog", "", "newt"],
        ["3", "", "Dog", "", "hen"],
    )
    [pets] = gather_columns(table, {}).questions
    assert list(pets.parts) == ["Cat", "Dog", "Another mammal", "Other (please specify)"]


def test_what_is_typed_in_the_place_of_an_answer_is_another_one():
    rows = [["Small", ""]] * 4 + [["Large", ""]] * 3 + [["", "Hamlet"], ["", "none"], ["", ""]]
    table = table_of(["Town?", "Other"], *rows)
    [question] = gather_columns(table, {}).questions
    entry = draft_entry("town", {"w": [(table, question)]})
    assert entry.keys["kind"] == "single"
    assert list(entry.keys["categories"])[:2] == ["small", "large"]
    assert entry.keys["unlisted"] == list(entry.keys["categories"])[2]


def test_runs_of_columns_that_hold_their_header():
    headers = ["OS?", "Other", "Git", "CVS", "Rare", "Other", "R", "C", "None", "S", "None", "Why?"]
    rows = [
        ["Mac", "", "Git", "", "", "", "R", "", "", "", "None", "so"],
        ["", "BSD", "Git", "CVS", "", "hg", "", "C", "None", "S", "", "it is"],
        ["Mac", "", "", "CVS", "", "", "R", "C", "", "", "None", "fun"],
    ]
    found = gather_columns(table_of(headers, *rows), {}).questions
    assert [(one.form, list(one.parts)) for one in found] == [
        ("one", []),
        ("options", ["Git", "CVS", "Rare", "Other"]),
        ("options", ["R", "C", "None", "S"]),
        ("one", []),
        ("one", []),
    ]
    assert [one.position for one in found[0].columns] == [0, 1]
    assert found[1].text == "Git, CVS, Rare …"


@pytest.mark.parametrize(
    ("headers", "texts", "parts"),
    [
        (["pet___1", "pet___2", "pet___3"], (), ["1", "2", "3"]),
        (
            ["Pets? (choice=Cat)", "Pets? (choice=Dog)", "Pets? (choice=A newt)"], (),
            ["Cat", "Dog", "A newt"],
        ),
        (["pet/cat", "pet/dog", "pet/newt"], (), ["cat", "dog", "newt"]),
        (["Cat:Pets?", "Dog:Pets?", "Newt:Pets?"], (), ["Cat", "Dog", "Newt"]),
        (["Q01_Pets->Cat", "Q01_Pets->Dog", "Q01_Pets->Newt"], (), ["Cat", "Dog", "Newt"]),
        (["A001_01", "A001_02", "A001_03"], (), ["01", "02", "03"]),
        (["v1", "v2", "v3"], ["Pets: Cat", "Pets: Dog", "Pets: Newt"], ["Cat", "Dog", "Newt"]),
        (["v1", "v2", "v3"], ["[Cat] Pets?", "[Dog] Pets?", "[Eel] Pets?"], ["Cat", "Dog", "Eel"]),
        (["Pets >> Cat", "Pets >> Dog", "Pets >> Newt"], (), ["Cat", "Dog", "Newt"]),
        (["Q13_Part_1", "Q13_Part_2", "Q13_Part_3"], (), ["1", "2", "3"]),
        (["Q1a", "Q1b", "Q1c"], (), ["a", "b", "c"]),
    ],
)  # fmt: skip
def test_options_as_other_tools_write_them(headers, texts, parts):
    rows = [["1", "0", "0"], ["0", "1", "0"], ["1", "1", "0"]]
    assert [(one[0], one[2], one[3]) for one in told(table_of(headers, *rows, texts=texts))] == [
        ("options", headers, parts)
    ]


def test_numbered_headers_that_hold_their_option():
    headers = ["1. How often?", "3. Python.", "3. R.", "3. Go", "4. Student.", "4. Cook."]
    rows = [
        ["Daily", "Python.", "", "", "", "Cook."],
        ["Weekly", "", "R.", "Go.", "Student.", ""],
        ["Daily", "Python.", "R.", "", "", "Cook."],
    ]
    assert told(table_of(headers, *rows)) == [
        ("one", "1. How often?", headers[:1], []),
        ("options", "Python., R., Go", headers[1:4], ["Python.", "R.", "Go"]),
        ("options", "Student., Cook.", headers[4:], ["Student.", "Cook."]),
    ]


def test_a_column_that_says_again_what_its_options_say_is_left_out():
    table = table_of(
        ["pet", "pet/cat", "pet/dog"], ["cat dog", "1", "1"], ["", "", ""], ["dog", "0", "1"]
    )
    found = gather_columns(table, {})
    assert [one.form for one in found.questions] == ["options"]
    assert [one.name for one in found.left_out] == ["pet"]


def test_a_column_that_counts_the_twos_of_others_says_that_they_are_ticks():
    rows = [["1", "2", "1"], ["2", "2", "2"], ["0", "1", "1"], ["-1", "-9", "-9"]]
    table = table_of(["A001", "A001_01", "A001_02"], *rows)
    [question] = gather_columns(table, {}).questions
    assert (question.form, question.text, len(question.columns)) == ("options", "A001", 2)
    entry = draft_entry("a", {"w": [(table, question)]})
    assert (entry.keys["ticked"], entry.keys["not_ticked"]) == (["2"], ["1"])
    rows[0][0] = "2"
    assert told(table_of(["A001", "A001_01", "A001_02"], *rows))[-1][0] == "items"


def test_groups_of_a_form_are_in_no_text():
    headers = ["g/age", "g/pets", "g/pets/cat", "g/pets/dog"]
    rows = [["20", "cat", "1", "0"], ["30", "cat dog", "1", "1"], ["40", "", "", ""]]
    table = table_of(headers, *rows)
    table = replace(table, export=replace(table.export, tool="kobotoolbox"))
    assert told(table) == [
        ("one", "age", ["g/age"], []),
        ("options", "pets", headers[2:], ["cat", "dog"]),
    ]


def test_columns_of_one_question_of_which_each_row_has_one_are_one_question():
    text = "What is your highest degree?"
    rows = [["Abitur", "", "30"], ["", "A levels", "40"]] * 4 + [["", "N/A", "50"]]
    names = ["eduDE", "eduUK", "age"]
    table = table_of(names, *rows, texts=[text, text, "Age"])
    assert told(table)[0] == ("one", text, ["eduDE", "eduUK"], [])
    # Two that few answered may never meet.
    few = table_of(names, *rows[:2], *[["", "", "1"]] * 9, texts=[text, text, "Age"])
    assert [one[2] for one in told(few)] == [["eduDE"], ["eduUK"], ["age"]]
    labels = [Known(labels={"1": "Abitur"}), Known(labels={"1": "A levels"}), Known()]
    rows = [["1", "", "30"], ["", "1", "40"]] * 4
    coded = table_of(names, *rows, texts=[text, text, "Age"], known=labels)
    # One code of two degrees would make them one.
    assert [one[2] for one in told(coded)] == [["eduDE"], ["eduUK"], ["age"]]
    assert told(coded)[0][1] != told(coded)[1][1]


def test_columns_of_a_few_words_that_share_long_answers_are_a_grid():
    answers = ["not at all", "a little bit", "very much", "do not know"]
    rows = [[answers[(row + place) % 4] for place in range(3)] + ["x y"] for row in range(8)]
    assert told(table_of(["Git", "Gitlab", "Github", "Town"], *rows)) == [
        ("items", "Git, Gitlab, Github", ["Git", "Gitlab", "Github"], ["Git", "Gitlab", "Github"]),
        ("one", "Town", ["Town"], []),
    ]
    questions = ["Do you use it?", "Do you like it?", "Do you need it?", "Town"]
    assert [one[0] for one in told(table_of(questions, *rows))] == ["one"] * 4


def test_names_that_begin_alike():
    names = ["pet_cat", "pet_dog", "pet_newt", "sat_a", "sat_b", "sat_c", "n_x", "n_y"]
    rows = ["1014545", "0013434", "1104534", "0104355"]
    table = table_of(names, *([*row, row[0]] for row in rows))
    assert [(one[0], one[1], one[3]) for one in told(table)] == [
        ("options", "pet", ["cat", "dog", "newt"]),
        ("items", "sat", ["a", "b", "c"]),
        ("one", "n_x", []),
        ("one", "n_y", []),
    ]


def test_what_a_questionnaire_says_comes_first():
    known = [
        Known(question="pets", stem="Pets?", part="Cat", kind="multiple"),
        Known(question="pets", stem="Pets?", part="Dog", kind="multiple"),
        Known(question="pets", stem="Pets?", part="Other", kind="text"),
        Known(question="order", stem="Order", part="Pay", kind="rank"),
        Known(question="order", stem="Order", part="Time", kind="rank"),
        Known(question="why", stem="Why?", kind="text"),
        Known(role="timing"),
    ]
    rows = [["", "", "newt", "2", "1", "so", "3"], ["", "", "", "1", "2", "", "4"]]
    found = gather_columns(table_of([*"abcdefg"], *rows, known=known), {})
    assert [(one.form, one.text, list(one.parts)) for one in found.questions] == [
        ("options", "Pets?", ["Cat", "Dog", "Other"]),
        ("rank", "Order", ["Pay", "Time"]),
        ("one", "Why?", []),
    ]
    assert [one.name for one in found.left_out] == ["g"]


def test_yes_and_no_are_options_where_a_tool_says_so_and_else_questions():
    rows = [["Yes", "No"], ["No", "No"], ["Yes", "Yes"]]
    assert told(table_of(["pet[SQ001]", "pet[SQ002]"], *rows))[0][0] == "options"
    assert told(table_of(["Pets? [Cat]", "Pets? [Dog]"], *rows))[0][0] == "items"
    assert told(table_of(["Q2.1", "Q2.2"], *rows))[0][0] == "items"
    assert told(table_of(["Q2.1", "Q2.2"], ["1", "0"], ["0", "1"]))[0][0] == "options"


def test_places_are_a_rank_and_answers_of_a_scale_are_not():
    names = ["Q7_1", "Q7_2", "Q7_3"]
    places = [["1", "2", "3"], ["2", "1", "3"], ["3", "1", "2"], ["1", "3", "2"], ["2", "", "1"]]
    assert told(table_of(names, *places))[0][0] == "rank"
    assert told(table_of(names, *places, ["1", "1", "2"]))[0][0] == "items"


def test_the_numbers_of_a_questionnaire_are_no_part_of_its_questions():
    asked = ["Your age?", "Your town?", "Pets [Cat]", "Pets [Dog]", "Since when?", "Any fish?"]
    numbers = ["1.", "2a)", "2b.", "2b.", "Q3:", "4.1."]
    headers = [f"{one} {text}" for one, text in zip(numbers, asked, strict=True)]
    rows = [["20", "Rome", "1", "0", "2001", "Yes"], ["30", "Oslo", "1", "1", "2002", "No"]]
    texts = ["Your age?", "Your town?", "Pets", "Since when?", "Any fish?"]
    assert [one[1] for one in told(table_of(headers, *rows))] == texts
    # Of few the number may count what they are about.
    assert [one[1] for one in told(table_of(["1. Child: age", "Town"], ["3", "Rome"]))] == [
        "1. Child: age",
        "Town",
    ]


BANNERS = (
    ["", "Which pets have you?", "", "", "", "", "How often do you see them?", "", ""],
    [
        "No.",
        "Cat",
        "Dog",
        "Other",
        "Who feeds them?",
        "Other",
        "Vet",
        "Groomer",
        "Where do you live?",
    ],
)


def test_a_second_row_that_names_every_column_is_a_header():
    columns = name_columns(BANNERS)
    assert count_header_rows(BANNERS) == 2
    assert [one.name for one in columns] == BANNERS[1]
    assert columns[0].text == "No."
    assert columns[2].text == "Which pets have you? / Dog"
    # A respondent whose answers are all there has a number or a time among them, or says one twice.
    for row in (["1", *BANNERS[1][1:]], ["No.", "Yes", "Yes", "Yes", *BANNERS[1][4:]]):
        assert count_header_rows([BANNERS[0], row]) == 1
    assert count_header_rows([["No.", *BANNERS[1][1:]], BANNERS[1]]) == 1


def test_a_heading_ends_where_columns_are_no_part_of_its_question():
    table = table_of(
        *BANNERS,
        ["1", "Cat", "", "", "I do", "", "Often", "Never", "Rome"],
        ["2", "", "Dog", "", "", "A friend", "Never", "Never", "Oslo"],
        ["3", "Cat", "Dog", "Newt", "I do", "", "Often", "Often", "Rome"],
        ["4", "", "", "Snake", "My sister", "", "Never", "Often", "Bern"],
    )
    assert told(table) == [
        ("one", "No.", ["No."], []),
        ("options", "Which pets have you?", ["Cat", "Dog", "Other"], ["Cat", "Dog", "Other"]),
        ("one", "Who feeds them?", ["Who feeds them?", "Other"], []),
        ("items", "How often do you see them?", ["Vet", "Groomer"], ["Vet", "Groomer"]),
        ("one", "Where do you live?", ["Where do you live?"], []),
    ]


def test_columns_that_share_no_answers_stay_apart_under_one_heading():
    table = table_of(
        ["Contact [Town]", "Contact [Hours]"], ["Ulm", "3"], ["Bonn", "4"], ["Kiel", "12"]
    )
    found = gather_columns(table, {}).questions
    assert [(one.form, one.text, one.section) for one in found] == [
        ("one", "Town", "Contact"),
        ("one", "Hours", "Contact"),
    ]


def test_numbered_names_that_ask_different_things_stay_apart():
    rows = [["yes", "3", "Ulm"], ["no", "5", "Bonn"], ["yes", "12", "Kiel"]]
    assert [one[0] for one in told(table_of(["Q1", "Q2", "Q3"], *rows))] == ["one"] * 3
    assert [one[0] for one in told(table_of(["Q1_1", "Q1_2", "Q1_3"], *rows))] == ["one"] * 3
    # What numbers questions says nothing of what belongs together.
    ticks = [["1", "0"], ["0", "1"], ["1", "1"]]
    assert [one[0] for one in told(table_of(["v_7", "v_8"], *ticks))] == ["one"] * 2


def test_items_that_names_hold_together_are_called_by_their_texts():
    for texts, called in (
        # Together they say more than the name does, and where they are too long for that, less.
        (["I fall asleep late", "I wake up early", "I dream"], None),
        ([f"I {one} most of the days of the week" for one in ("sleep", "wake up", "dream")], "sl"),
    ):
        table = table_of(["sl1", "sl2", "sl3"], *GRID_OF_THREE, texts=texts)
        assert told(table) == [("items", called or ", ".join(texts), ["sl1", "sl2", "sl3"], texts)]


def test_points_and_feedback_of_a_quiz_are_no_questions():
    headers = [
        "ID",
        "Capital?",
        "Points - Capital?",
        "Feedback - Capital?",
        "River? [Score]",
        "River?",
    ]
    rows = [["1", "Rome", "1", "", "0", "Po"], ["2", "Oslo", "0", "no", "1", "Arno"]]
    found = gather_columns(table_of(headers, *rows), {})
    assert [one.text for one in found.questions][-2:] == ["Capital?", "River?"]


def test_the_title_of_a_survey_is_in_no_text():
    names = [f"Survey of pets: {one}" for one in ["Age?", "Town?", "Cats?", "Dogs?", "Why?"]]
    rows = [["1", "Ulm", "2", "5", "so"], ["9", "Bonn", "0", "11", "it is"]]
    assert [one[1] for one in told(table_of(names, *rows))] == [
        "Age?",
        "Town?",
        "Cats?",
        "Dogs?",
        "Why?",
    ]


_NAMES = st.sampled_from(
    """|Other|Q1_1|Q1_2|Q1_2_TEXT|Q1|a[b]|a[c]|a[other]|Rate [x]|Rate [y]|p: q|p: r|x:p|y:p|k___1
    |k___2|g/a|g/b|g|Git|CVS|A [x][y]|A [z][y]|#|#A|m[a_x]|m[a_y]|m[b_x]|m[b_y]|D [a - x]|D [a - y]
    |D [b - x]|D [b - y]|w_a|w_b|w_c""".replace("\n    ", "").split("|")
)
_CELLS = st.sampled_from([*"0123", "", "Yes", "No", "Git", "CVS", "Other", "Agree", "words"])


@given(st.lists(_NAMES, min_size=1, max_size=12), st.integers(0, 6), st.data())
def test_every_column_is_in_one_question_or_left_out_for_a_reason(headers, count, data):
    rows = [[data.draw(_CELLS) for _ in headers] for _ in range(count)]
    export = Export("x.csv", name_columns([headers]), lambda: iter(()))
    cells = list(zip(*rows, strict=True)) if rows else [() for _ in headers]
    found = gather_columns(Table(export, cells), {})
    places = [one.position for one in found.left_out]
    for one in found.questions:
        extra = [one.typed] if one.typed and one.typed not in one.columns else []
        places += [column.position for column in (*one.columns, *extra)]
        assert one.form != "one" or not one.parts
        assert one.form == "one" or len(one.parts) == len(one.columns) == len(set(one.parts))
        assert all(locate(column, export) for column in one.columns)
    assert sorted(places) == list(range(len(headers)))
    assert all(found.left_out.values())
    texts = [one.text.casefold() for one in found.questions]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("names", [["Column2", "Column3", "Column4"], ["", "", ""]])
def test_columns_without_a_header_are_options_of_the_one_before(names):
    table = table_of(
        ["Age", "Tools", *names, "Place"],
        ["31", "Saw", "", "Drill", "", "Oslo"],
        ["45", "Saw", "Plane", "", "a knife", "Bergen"],
        ["52", "", "Plane", "Drill", "", "Oslo"],
        ["28", "", "", "Drill", "my hands", "Oslo"],
        ["39", "", "", "", "", "Voss"],
    )
    questions = gather_columns(table, {}).questions
    assert [one.form for one in questions] == ["one", "options", "one"]
    assert questions[1].text == "Tools"
    assert list(questions[1].parts) == ["Saw", "Plane", "Drill", "Other"]
    entry = draft_entry("tools", {"only": [(table, questions[1])]})
    assert entry.keys["kind"] == "multiple"
    assert entry.keys["categories"]["other"] == {"label": "Other", "typed": True}


@pytest.mark.parametrize("header", ["Job-Other", "JobOther", "Job - Other (please specify)"])
def test_a_header_with_other_behind_the_one_before_holds_typed_answers(header):
    table = table_of(
        ["Job", header, "Age"], ["Baker", "", "31"], ["", "smith", "45"], ["Nurse", "", "52"]
    )
    questions = gather_columns(table, {}).questions
    assert [one.typed and one.typed.name for one in questions] == [header, None]


def test_a_point_behind_a_question_mark_parts_a_statement_from_it():
    asked = "Jak się zgadzasz?"
    headers = [
        f"{asked}.{one}" for one in ("Personel pomaga", "Godziny są dobre", "Zbiory są nowe")
    ]
    rows = [["Tak", "Nie", "Tak"], ["Nie", "Nie", "Tak"], ["Tak", "Tak", "Nie"]] * 4
    [question] = gather_columns(table_of(headers, *rows), {}).questions
    assert (question.form, question.text) == ("items", asked)
    assert list(question.parts) == ["Personel pomaga", "Godziny są dobre", "Zbiory są nowe"]


@pytest.mark.parametrize("called", ["Ranking {}", "{}", "Rank {}", "{}. place"])
def test_columns_called_by_places_that_hold_options_are_an_order(called):
    headers = [f"What matters? [{called.format(one)}]" for one in (1, 2, 3)]
    rows = [["Pay", "Time", "Team"], ["Time", "Pay", ""], ["Team", "Pay", "Time"]] * 5
    [question] = gather_columns(table_of(headers, *rows), {}).questions
    assert (question.form, question.text) == ("places", "What matters?")
    table = table_of(headers, *rows)
    entry = draft_entry("a", {"w": [(table, question)]})
    assert (entry.keys["kind"], sorted(entry.keys["categories"])) == (
        "rank",
        ["pay", "team", "time"],
    )
    # An option may be named twice where each column is a question of its own.
    twice = [*rows, ["Pay", "Pay", "Time"]]
    [question] = gather_columns(table_of(headers, *twice), {}).questions
    assert question.form == "items"


def test_a_comment_beside_an_answer_names_what_was_asked(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text(
        "id. ID,submitdate. Date,lastpage. Last,WHY. Why this?,WHY[comment]. Why this? [Comment]\n"
        "1,2026-01-01 10:00:00,2,price,it is cheap\n2,2026-01-02 10:00:00,2,taste,\n"
    )
    found = gather_columns(read_table(open_export(path)), {}).questions
    assert [(one.text, one.section) for one in found[-2:]] == [
        ("Why this?", ""), ("Comment: Why this?", ""),
    ]  # fmt: skip


def test_items_marked_as_reversed_are_items_of_their_scale():
    names = ["neo_1", "neo_2", "neo_3r", "neo_4", "neo_5R"]
    rows = [["1", "2", "3", "4", "5"], ["5", "4", "3", "3", "1"], ["2", "3", "1", "5", "5"]] * 4
    assert told(table_of(names, *rows)) == [("items", "neo", names, ["1", "2", "3r", "4", "5R"])]
