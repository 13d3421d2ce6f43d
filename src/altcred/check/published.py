"""Reads printed figures, and what each of them says about the number behind it.

A printed figure is an interval of the numbers it can stand for, reasoned from its own digits and
from the words beside it, in exact fractions. There is no other tolerance anywhere: an estimate
reproduces a figure when it lies in that interval.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from altcred.check.cells import (
    LONGEST,
    Print,
    expand_powers,
    guess_decimal,
    read_cell,
    simplify_cell,
    split_printed,
)
from altcred.check.grid import read_grid
from altcred.check.vocabulary import (
    AMOUNT,
    FRACTION_SIGNS,
    FRACTION_WORDS,
    MEANINGS,
    NUMBER,
    NUMBER_WORDS,
    SHARE,
    SHARE_WORDS,
    SIMPLE_FRACTIONS,
    WORDS,
    PrintedInterval,
    Rounded,
)
from altcred.core.errors import InvalidInput, Problem, refuse_problems

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "id", "document", "section", "locator", "wave", "subgroup", "variable", "category", "statistic",
    "printed", "qualifier", "n", "note",
)  # fmt: skip
REQUIRED = (
    "id", "document", "section", "wave", "subgroup", "variable", "statistic", "printed",
)  # fmt: skip
# Figures that are no numbers (a date, a name): they are kept as text and have no interval.
TEXT_STATISTICS = frozenset({"date", "order", "rank", "text"})

SCALES = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mm": 10**6, "million": 10**6, "bn": 10**9,
    "billion": 10**9,
}  # fmt: skip
UNIT_WORDS = (
    r"(?:hours?|weeks?|days?|months?|years?|people|persons|learners|participants|respondents|"
    r"completers|countries|programs?|courses?|credits?|surveys?|responses?|times|points?|"
    r"per|a|/|an|of|old|percentage|usd|dollars?|and|regions)"
)

_NUMBER = re.compile(
    r"(?P<sign>[-−–+]?)(?P<money>(?:us)?\$|€|£|)(?P<inner>[-−]?)"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r" ?(?P<scale>thousand|million|billion|mm|bn|k|m|)"
    r" ?(?P<percent>%|percent|per cent|)"
)
_COMPARED = re.compile(r"(?:p ?)?([<>≤≥=]) ?")
# Shares, and their prints with a sign or without.
_SHARE_NAME = r"(?:proportion|increased|decreased|unchanged)(?:_min|_max)?"
_BARE = r"^(?P<number>[-−+]?\d+(?:\.\d+)?) ?(?P<sign>%|)$"
_FRACTION = re.compile(r"(\d+) ?/ ?(\d+)")
_RATIO = re.compile(r"(?P<part>[\w-]+) (?:in|out of|of|of every|out of every) (?P<whole>[\w-]+)")


# The same few hundred numbers stand in most tables, and are tried in the place of each other.
@lru_cache(maxsize=1 << 15)
def parse_printed(printed: str, qualifier: str = "", end: str = "") -> PrintedInterval:
    """Return the numbers that a figure as printed, with the words beside it, can stand for.

    `printed` is the figure itself ("38%", "$36,000", "64%-70%", "2/3", "two in five", "none"),
    `qualifier` the words of WORDS that stand with it. Of a range, `end` asks for its `lower` or
    its `upper` end alone. Raises ValueError for a figure or a word that is not understood.
    """
    if len(printed) > LONGEST:
        raise ValueError(f"'{printed[:20]}…' is too long to be a figure.")
    word = " ".join(qualifier.lower().split())
    if word not in WORDS:
        raise ValueError(f"The word '{qualifier}' has no stated meaning.")
    text = _simplify(printed)
    signed = _COMPARED.match(text)
    if signed and not word:
        # "< .05" and "p < .05" are printed in a cell as they stand.
        word, text = signed[1], text[signed.end() :]
    if text in SHARE_WORDS:
        return _read_share_word(text, word)
    figure = _read_figure(text)
    ends = _read_range(text) if figure is None else (figure, figure)
    if ends is None:
        raise ValueError(f"'{printed}' is not understood as a figure.")
    first, last = (MEANINGS[WORDS[word]].reach(figure) for figure in ends)
    if end or figure is not None:
        return last if end == "upper" else first
    if ends[0].value > ends[1].value:
        raise ValueError(f"'{printed}' is a range that runs backwards.")
    digits = [end.digits for end in ends if end.digits is not None]
    return replace(
        first,
        high=last.high,
        high_open=last.high_open,
        digits=max(digits) if len(digits) == 2 else None,
    )


def is_reproduced(value: float | Fraction, interval: PrintedInterval) -> bool:
    """Tell whether an estimate is one of the numbers that a printed figure can stand for.

    A float is taken as the decimal it prints as, so that 0.385 is 385/1000 and not the binary
    number beside it. A missing estimate reproduces nothing.
    """
    if isinstance(value, Fraction):
        return value in interval
    number = float(value)
    return math.isfinite(number) and Fraction(repr(number)) in interval


def read_published(path: Path | str) -> "pd.DataFrame":
    """Read a table of printed figures, all columns as text, an empty cell as ''.

    Columns: id, document, section, locator, wave, subgroup, variable, category, statistic,
    printed, qualifier, n, note. Facts that belong to no wave have the wave `context`. Raises
    InvalidInput with every problem found: missing or unknown columns, ids that are malformed or
    used twice, empty keys, figures, words and n's that are not understood. A statistic `date` or
    `text` marks a figure that is no number.
    """
    import pandas as pd

    name = Path(path).name
    first_row = f"Its first row is {','.join(COLUMNS)}; quote texts that hold commas."
    faults: dict[type[Exception], tuple[str, str]] = {
        IsADirectoryError: ("is a folder.", f"Name the files in it, as in {name}/*.csv."),
        FileNotFoundError: ("the file is not there.", "Write it or correct its name."),
        UnicodeDecodeError: ("the file is not UTF-8 text.", "Save it as UTF-8."),
        pd.errors.ParserError: ("the file cannot be read as comma-separated rows.", first_row),
        pd.errors.EmptyDataError: ("the file cannot be read as comma-separated rows.", first_row),
    }
    try:
        frame = _read_frame(Path(path))
    except tuple(faults) as error:
        fault = next(fault for kind, fault in faults.items() if isinstance(error, kind))
        raise InvalidInput([Problem(name, "", *fault)]) from None
    refuse_problems(_check_columns(name, list(frame.columns)))
    # A row that is short of fields has missing cells even so.
    frame = frame.loc[:, list(COLUMNS)].fillna("").apply(lambda column: column.str.strip())
    is_text = frame["statistic"].isin(TEXT_STATISTICS)
    if guess_decimal(frame["printed"].where(~is_text, "")) == ",":
        points = frame["printed"].map(lambda text: simplify_cell(text, ","))
        frame["printed"] = frame["printed"].where(is_text, points)
    refuse_problems(
        Problem(name, f"line {line} ({row['id'] or 'no id'})", fault, remedy)
        for line, row, first in _number_rows(frame)
        for fault, remedy in _check_row(line, row, first)
    )
    return complete_percents(split_cells(frame))


def _read_frame(path: Path) -> "pd.DataFrame":
    """Return a table as text: of commas as pandas reads it, else as a table of any form."""
    import pandas as pd

    is_text = path.suffix.lower() in {"", ".csv"}
    frame = pd.DataFrame()
    if is_text:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if len(frame.columns) < 2 and path.is_file():
        (_, head), *rows = read_grid(path)
        return pd.DataFrame([cells for _, cells in rows], columns=[cell.strip() for cell in head])
    return frame


def split_cells(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return printed figures with a row for each number of a cell such as "12 (34.3%)".

    The first keeps the id; the others have their statistic behind it.
    """
    import pandas as pd

    rows = []
    for row in frame.to_dict("records"):
        found = _split_row(row)
        for place, part in enumerate(found):
            id = f"{row['id']}:{part.statistic}" if place else row["id"]
            what = {"statistic": part.statistic, "printed": part.printed}
            rows.append(row | what | {"id": id, "qualifier": part.qualifier or row["qualifier"]})
        if not found:
            rows.append(row)
    return frame if len(rows) == len(frame) else pd.DataFrame(rows, columns=frame.columns)


def _split_row(row: dict[str, str]) -> list[Print]:
    """Return the figures of a row in which several are printed; none where it is one."""
    if row["statistic"] in TEXT_STATISTICS or not row["printed"]:
        return []
    try:
        parse_printed(row["printed"], row["qualifier"])
    except ValueError:
        said = " ".join((row["section"], row["locator"], row["note"]))
        return list(split_printed(row["statistic"], row["printed"], said))
    return []


def complete_percents(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return printed figures with the sign that a heading says once put to each share.

    A share printed without a sign is in percent if it is above 1, and so is one of as many
    decimals in a section where another share is; elsewhere "0.45" is a share as a decimal. A
    difference without a sign is in percentage points where the shares it is of are in percent.
    """
    is_share = frame["statistic"].str.fullmatch(_SHARE_NAME)
    found = frame["printed"].where(is_share | (frame["statistic"] == "difference"), "")
    found = found.str.extract(_BARE)
    bare = found["number"].notna() & (found["sign"] == "")
    if not bare.any():
        return frame
    number = found["number"].str.replace("−", "-").fillna("0")
    is_above = bare & (number.map(Fraction).abs() > 1)
    is_percent = is_share & (is_above | (found["sign"] == "%"))
    decimals = number.str.partition(".")[2].str.len()
    place = frame["document"] + "\n" + frame["section"] + "\n" + decimals.astype(str)
    chosen = bare & is_share & place.isin(place[is_percent])
    what = frame["subgroup"] + "\n" + frame["variable"] + "\n" + frame["category"]
    # Between shares in whole percent, 0.03 is 3 points as a decimal, and 0.5 half a point.
    most = decimals[is_percent | chosen].groupby(what).max()
    is_of_shares = (decimals < what.map(most) + 2) | (is_above & what.isin(what[is_share]))
    others = what[frame["statistic"].isin(["mean", "median"])]
    chosen |= bare & ~is_share & is_of_shares & ~what.isin(others)
    return frame.assign(printed=frame["printed"].where(~chosen, frame["printed"] + "%"))


def _number_rows(frame: "pd.DataFrame") -> Iterator[tuple[int, dict[str, str], int]]:
    """Yield each row with its line in the file, and the line where its id stands first."""
    first_use: dict[str, int] = {}
    for line, row in enumerate(frame.to_dict("records"), start=2):
        yield line, row, first_use.setdefault(row["id"], line)


def _check_columns(name: str, columns: list[str]) -> Iterator[Problem]:
    for column in COLUMNS:
        if column not in columns:
            yield Problem(name, f"column {column}", "is missing.", "Add it; it may be empty.")
    for column in columns:
        if column not in COLUMNS:
            yield Problem(
                name, f"column {column}", "is not known.", f"Known are {', '.join(COLUMNS)}."
            )


def _check_row(line: int, row: dict[str, str], first: int) -> Iterator[tuple[str, str]]:
    """Yield each fault of a row with its remedy; `first` is the line where its id stands first."""
    for column in REQUIRED:
        if not row[column]:
            is_wave = column == "wave"
            remedy = "Facts that belong to no wave have the wave 'context'."
            yield f"{column} is empty.", remedy if is_wave else "Every figure needs one."
    if row["id"] and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", row["id"]):
        remedy = "Use letters, digits, points, colons, hyphens and underscores."
        yield "the id is malformed.", remedy
    if row["id"] and first != line:
        yield f"the id is used on line {first} already.", "Give each row its own."
    if row["n"] and not re.fullmatch(r"\d{1,3}(,\d{3}){1,4}|\d{1,15}", row["n"]):
        remedy = "Write it as 1203 or 1,203, or leave it empty."
        yield f"n '{row['n'][:20]}' is not a whole number.", remedy
    is_number = row["printed"] and row["statistic"] not in TEXT_STATISTICS
    if is_number and not _split_row(row):
        try:
            parse_printed(row["printed"], row["qualifier"])
        except ValueError as error:
            remedy = "Copy the figure alone into printed and its words into qualifier."
            if (cell := read_cell(row["printed"])) and len(cell.numbers) > 1:
                remedy = (
                    "Write a row for each of its figures, or say in statistic what they are, as in "
                    "'mean (se)'."
                )
            yield str(error), remedy


def _simplify(printed: str) -> str:
    text = " ".join(expand_powers(printed).lower().replace("\\$", "$").split())
    for sign, fraction in FRACTION_SIGNS.items():
        text = text.replace(sign, fraction)
    text = re.sub(r" ?(?:percent(?:age)?[ -]points?|%[ -]?points?|ppt?|p\.p\.)$", "%", text)
    text = re.sub(rf"(?: {UNIT_WORDS})+$", "", text)
    return re.sub(r"^(?:a|the|an) ", "", text)


def _read_share_word(text: str, word: str) -> PrintedInterval:
    low, high, low_open = SHARE_WORDS[text]
    if WORDS[word] == "rounded":
        return PrintedInterval(low, high, low_open, unit=SHARE)
    if text == "all" and WORDS[word] == "nearly":
        return MEANINGS["nearly"].reach(Rounded(high, low, high, SHARE, None))
    raise ValueError(f"'{word} {text}' has no stated meaning.")


def _read_figure(text: str) -> Rounded | None:
    found = _NUMBER.fullmatch(text)
    if found:
        return _read_number(found)
    found = _FRACTION.fullmatch(text)
    if found and int(found[2]) > 0:
        return _make_fraction(int(found[1]), int(found[2]))
    percent = re.fullmatch(r"([a-z-]+) (?:percent|per cent|%)", text)
    if percent and (count := _read_count(percent[1])) is not None:
        return _make_rounded(Fraction(count, 100), Fraction(1, 100), SHARE, 0)
    parts = re.fullmatch(r"(?:([a-z]+)[ -])?([a-z]+?)(s?)", text.replace("halves", "half"))
    if parts and parts[2] in FRACTION_WORDS:
        count = _read_count(parts[1] or "one") if parts[1] != "a" else 1
        return None if count is None else _make_fraction(count, FRACTION_WORDS[parts[2]])
    ratio = _RATIO.fullmatch(text)
    if ratio:
        part, whole = _read_count(ratio["part"]), _read_count(ratio["whole"])
        if part is None or not whole:
            return None
        return _make_fraction(part, whole)
    if (count := _read_count(text)) is not None:
        return _make_rounded(Fraction(count), Fraction(1), NUMBER, 0)
    return None


def _read_number(found: re.Match[str]) -> Rounded:
    digits = found["digits"].replace(",", "")
    decimals = len(digits.partition(".")[2])
    scale = Fraction(SCALES.get(found["scale"], 1))
    unit = NUMBER
    if found["percent"]:
        scale, unit = scale / 100, SHARE
    elif found["money"]:
        unit = AMOUNT
    sign = -1 if found["sign"] not in ("", "+") or found["inner"] else 1
    value, step = sign * Fraction(digits) * scale, Fraction(1, 10**decimals) * scale
    return _make_rounded(value, step, unit, decimals, found["money"].removeprefix("us"))


def _make_rounded(
    value: Fraction, step: Fraction, unit: str, digits: int, sign: str = ""
) -> Rounded:
    # Both ends are closed: halves are rounded up by spreadsheets and SPSS, to even by R and
    # numpy, and a report does not say which made its figures. An amount with trailing zeros is
    # taken to its last digit too. Incomes are typed as round numbers, so that a median of
    # 36,000 is as a rule exact, and the mean of two middle answers is exact to half a dollar;
    # to read the zeros as coarser rounding would forgive errors of hundreds.
    return Rounded(value, value - step / 2, value + step / 2, unit, digits, sign)


def _make_fraction(part: int, whole: int) -> Rounded:
    value = Fraction(part, whole)
    # A share of more than ten people ("131 out of 137") is a count, not a rounded fraction.
    if whole > 10 or value not in SIMPLE_FRACTIONS:
        return Rounded(value, value, value, SHARE, None)
    # A simple fraction stands for all shares that are nearer to it than to another one.
    place = SIMPLE_FRACTIONS.index(value)
    below = SIMPLE_FRACTIONS[max(place - 1, 0)]
    above = SIMPLE_FRACTIONS[min(place + 1, len(SIMPLE_FRACTIONS) - 1)]
    return Rounded(value, (value + below) / 2, (value + above) / 2, SHARE, None)


def _read_count(text: str) -> int | None:
    if re.fullmatch(r"\d+", text):
        return int(text)
    hundreds = re.fullmatch(r"([a-z]+) hundred(?: and ([a-z-]+))?", text)
    if hundreds:
        times = NUMBER_WORDS.get(hundreds[1])
        rest = NUMBER_WORDS.get(hundreds[2]) if hundreds[2] else 0
        return None if times is None or rest is None else 100 * times + rest
    return NUMBER_WORDS.get(text)


def _read_range(text: str) -> tuple[Rounded, Rounded] | None:
    for cut in re.finditer(r" ?[-–—] ?| to | and ", text):
        first, last = text[: cut.start()], text[cut.end() :]
        last = re.sub(r"^(?:a|the|an) ", "", last)
        after = _read_figure(last) if last else None
        before = _read_figure(first) if first else None
        if before is None or after is None:
            continue
        # "5-7%" and "$49-249" name the unit once for both ends.
        if before.unit == NUMBER and after.unit == SHARE and after.digits is not None:
            before = _read_figure(f"{first}%")
        elif before.unit == AMOUNT and after.unit == NUMBER:
            after = _read_figure(f"{before.sign}{last}")
        elif before.unit != after.unit:
            continue
        if before is not None and after is not None:
            return before, after
    return None
