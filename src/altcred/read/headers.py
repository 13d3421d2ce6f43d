"""Names the columns of a table by its header rows: one, or several as survey tools write them."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise, zip_longest

from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.export import Column, Known
from altcred.read.qualtrics import find_import_ids, name_by_import_ids, names_and_texts

# What stands in the second row under a question that has one column alone.
_RESPONSE = {
    *("response", "open-ended response", "open ended response", "answer", "antwort"),
    *("offene antwort", "réponse", "réponse libre", "respuesta", "resposta", "risposta"),
    *("antwoord", "svar", "offene beantwortung", "réponse ouverte", "respuesta abierta"),
    *("resposta aberta", "risposta aperta"),
}


# How many rows of a title, a date of export and the like may stand above the header.
_TITLE_ROWS = 5


def count_title_rows(rows: Sequence[Sequence[str]], spanning: Collection[int] = frozenset()) -> int:
    """Return how many of the first rows of a table stand above its header, as a title does.

    Each of them has its first cell alone, or is a sentence with commas. The row below them is
    wider, names all columns of the rows that follow, two at least, and each by its own text; where
    all rows are as wide as a spreadsheet makes them, it names most. It may also be the first of
    two header rows: one with cells that head several columns each, which `spanning` lists, or one
    that is known by the row below it.
    """
    longest = 0
    is_padded = len({len(row) for row in rows}) == 1
    for place, row in enumerate(rows[: _TITLE_ROWS + 1]):
        cells = list(row)
        while cells and not cells[-1].strip():
            cells.pop()
        # What follows a comma in a sentence begins with a blank.
        if all(one[:1].isspace() for one in cells[1:]):
            longest = max(longest, len(cells))
            continue
        names = {fold_text(one) for one in cells}
        named = [bool(one[:1].strip()) and not _starts_as_number(one) for one in cells]
        rest = rows[place + 1 :]
        fits = all(len(one) >= len(cells) and not any(one[len(cells) :]) for one in rest)
        is_own = len(names) == len(cells) > longest
        is_header = (all(named) and is_own and fits) or (is_padded and sum(named) > len(row) / 2)
        is_header |= place in spanning or count_header_rows(rows[place : place + 2]) > 1
        return place if place and is_header and len(rest) > 1 else 0
    return 0


def _starts_as_number(text: str) -> bool:
    return bool(re.match(r"[-+]?[\d.,/: ]+$", text.strip()))


# Fewer columns than these may be named below, or answered, all of them by chance.
_FEWEST_NAMED = 4
# How many names of columns must differ; "Other" comes again with each question.
_ITS_OWN = 0.8
# How many rows of a table are looked at for its header.
HEADER_ROWS = 3


def read_header(
    head: Sequence[Sequence[str]], said: int | None = None
) -> tuple[list[Column], int, str]:
    """Return the columns that the first rows of a table name, how many rows, and the time zone.

    `said` is how many rows study.yaml says name them. ImportIds are known by themselves.
    """
    place = find_import_ids(head)
    if place is not None:
        columns, zone = name_by_import_ids(head[: place + 1])
        return columns, place + 1, zone
    is_told = names_and_texts(head) or _tells_names(head)
    count = said or (2 if is_told else count_header_rows(head[:2]))
    return name_columns(head[:count]), count, ""


def count_header_rows(head: Sequence[Sequence[str]]) -> int:
    """Tell from the first two rows of a table whether the second one is a header as well.

    It is where it stands under a first row that names a question once for all of its columns:
    each nameless column has its option there, the first column, which respondents fill, is empty,
    and other columns hold at most the word that says that a response follows; or where nothing
    but that word stands there; or where it names every column, and the first row tells of some of
    them, over cells without a name, what they are about.
    """
    if len(head) < 2:
        return 1
    if not any(map(str.strip, head[1])):
        # SurveyMonkey leaves the second row blank where no question has options.
        return 2 if fold_text(head[0][0]) in {"respondent id", "respondent_id"} else 1
    pairs = [(one.strip(), fold_text(two)) for one, two in zip_longest(*head[:2], fillvalue="")]
    while pairs[-1] == ("", ""):
        pairs.pop()
    below = [two for _, two in pairs if two]
    if all(two in _RESPONSE for two in below):
        return 2
    nameless = [two for one, two in pairs if not one]
    alone = [two for (one, two), (beside, _) in pairwise([*pairs, ("last", "")]) if one and beside]
    is_header = nameless and all(nameless) and all(two in {"", *_RESPONSE} for two in alone)
    is_below = is_header and pairs[0][0] and not pairs[0][1]
    return 2 if is_below or _names_all_below(pairs) else 1


def _names_all_below(pairs: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a second row names every column, most of them of no name in the first."""
    above, below = zip(*pairs, strict=True)
    # Of a respondent something is a number, a code or a time, is missing, or is said twice.
    is_named = all(below) and not any(map(_starts_as_number, below))
    return (
        is_named
        and len(pairs) >= _FEWEST_NAMED
        and 0 < sum(map(bool, above)) < len(pairs) / 2
        and len(set(below)) >= _ITS_OWN * len(below)
    )


def _tells_names(head: Sequence[Sequence[str]]) -> bool:
    """Tell whether a second row says in words what names of the first row mean, as SoSci's does.

    Below it stand numbers in many of its columns.
    """
    if len(head) < 3 or len({len(row) for row in head[:3]}) > 1 or len(head[0]) < _FEWEST_NAMED:
        return False
    names, texts, answers = ([cell.strip() for cell in row] for row in head[:3])
    told = [one for one in texts if one]
    is_worded = len(told) >= _ITS_OWN * len(texts) and not any(map(_starts_as_number, told))
    is_named = len(set(names)) == len(names) and not any(map(re.compile(r"\s|^$").search, names))
    given = [below for one, below in zip(texts, answers, strict=True) if one and below]
    return (
        is_named
        and is_worded
        and 2 * sum(" " in one for one in told) >= len(told)
        and 3 * sum(map(_starts_as_number, given)) >= len(given) > 0
    )


def name_columns(head: Sequence[Sequence[str]]) -> list[Column]:
    """Return the columns that header rows name.

    Of several rows a nameless cell continues the question before it. A column of a question with
    several is called by the last row, an option of it, and its text is "Question / Option"; any
    other by the first row, and its text is what stands below, if anything does.
    """
    if len(head) == 1:
        names = [tidy_text(name) for name in head[0]]
        return [Column(place, "", name, name) for place, name in enumerate(names)]
    width = len(head[0])
    rows = [[tidy_text(cell) for cell in row[:width]] + [""] * (width - len(row)) for row in head]
    first = list(rows[0])
    # A column without any name continues nothing.
    continues = [not one and any(below) for one, *below in zip(*rows, strict=True)]
    columns: list[Column] = []
    # The question that a column is of; two may have one text.
    asked: Counter[str] = Counter()
    question = ""
    for place in range(width):
        if continues[place] and place > 0:
            first[place] = first[place - 1]
        else:
            asked[first[place]] += 1
            more = f"#{asked[first[place]]}" if asked[first[place]] > 1 else ""
            question = f"{first[place]}{more}"
        is_shared = continues[place] or any(continues[place + 1 : place + 2])
        below = [row[place] for row in rows[1:] if row[place]]
        option = below[-1] if below and fold_text(below[-1]) not in _RESPONSE else ""
        if is_shared and option and first[place]:
            text = " / ".join([first[place], *below])
            known = Known(question=question, stem=first[place], part=" / ".join(below))
            columns.append(Column(place, "", option, text, known=known))
        else:
            name = first[place] or option
            # "0-10" below a question is how it is answered.
            is_worded = not option or re.search(r"[^\W\d_]", option)
            text = (option or name) if is_worded or name == option else f"{name} ({option})"
            columns.append(Column(place, "", name, text))
    return columns
