"""The check of prose: what it finds, what it leaves alone, and that what is shipped passes."""

from pathlib import Path

import pytest
from check_prose import check_prose, judge, lint, list_paragraphs


def test_what_is_shipped_reads_well(root: Path) -> None:
    assert check_prose(root) == []


@pytest.mark.parametrize(
    "text",
    [
        "They had 1 children.",
        "One people answered.",
        "Of 12 response, two were dropped.",
        "There were less people, and less than 20 answers.",
        "Women answered significantly more often.",
        "This is the the answer.",
        "It was 12% , as before.",
        "A raise was expected by some (10%), kept by others (20%), and lost by yet others (5%), "
        "got by few (1%), and named by none (0%).",
        "In order to see it, look.",
        "word " * 61,
    ],
)
def test_a_fault_is_found(text: str) -> None:
    assert list(judge(text))


@pytest.mark.parametrize(
    "text",
    [
        "One of the 12 responses was dropped.",
        "Half of them gave 1–5 answers, 2.1 points more.",
        "It took less time, and fewer people came.",
        "A number had four significant digits.",
        "It is 5-person rooms that they like.",
        "word " * 59,
    ],
)
def test_what_is_no_fault_is_left_alone(text: str) -> None:
    assert list(judge(text)) == []


def test_the_first_page_has_short_sentences() -> None:
    assert list(judge("word " * 40)) == []
    assert list(judge("word " * 40, is_short=True))


def test_a_cliche_is_found_in_its_paragraph() -> None:
    found = list(lint(["All is well.", "It was as fresh as a daisy.", "Fine."]))
    assert [place for place, _ in found] == [3]


def test_code_labels_lookups_and_headings_are_not_read() -> None:
    text = (
        "# The the head {#sec-x}\n\nOne `the the` of “a the the” {{ a.b }}.\n\n```\nthe the\n```\n"
        "\n| the the |\n\n- First.\n- Second (@fig-a).\n"
    )
    assert list(list_paragraphs(text)) == ["One x of “x” 50%.", "First.", "Second (@fig-a)."]
