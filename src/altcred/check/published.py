"""Reads printed figures, and what each of them says about the number behind it.

A printed figure is an interval of the numbers it can stand for, reasoned from its own digits and
from the words beside it, in exact fractions. There is no other tolerance anywhere: an estimate
reproduces a figure when it lies in that interval.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.numerals import ONES, TENS

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "id",
    "document",
    "section",
    "locator",
    "wave",
    "subgroup",
    "variable",
    "category",
    "statistic",
    "printed",
    "qualifier",
    "n",
    "note",
)
REQUIRED = (
    "id",
    "document",
    "section",
    "wave",
    "subgroup",
    "variable",
    "statistic",
    "printed",
)
# Figures that are no numbers (a date, a name): they are kept as text and have no interval.
TEXT_STATISTICS = frozenset({"date", "order", "rank", "text"})

SHARE, AMOUNT, NUMBER = "share", "amount", "number"


@dataclass(frozen=True)
class PrintedInterval:
    """The numbers a printed figure can stand for.

    `low` and `high` are exact, None where there is no bound; `low_open` and `high_open` say that
    the bound itself is not one of them. `unit` is `share` (0 to 1, from percent, fractions and
    words), `amount` (of money) or `number`. `digits` is how many decimals are printed, None for
    fractions and words.
    """

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False
    unit: str = NUMBER
    digits: int | None = None

    def __contains__(self, value: Fraction) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (
            self.high is not None and (value > self.high or (self.high_open and value == self.high))
        )


@dataclass(frozen=True)
class _Figure:
    """A figure x as it stands, with the ends of its own rounding interval."""

    value: Fraction
    low: Fraction
    high: Fraction
    unit: str
    digits: int | None


@dataclass(frozen=True)
class Meaning:
    """What a group of words says about the figure x beside it."""

    sentence: str
    reach: Callable[[_Figure], PrintedInterval]


TENTH = Fraction(1, 10)


def _reach_tenth(figure: _Figure) -> Fraction:
    return abs(figure.value) * TENTH


def _bound(
    figure: _Figure,
    low: Fraction | None,
    high: Fraction | None,
    low_open: bool = False,
    high_open: bool = False,
) -> PrintedInterval:
    return PrintedInterval(low, high, low_open, high_open, figure.unit, figure.digits)


MEANINGS: dict[str, Meaning] = {
    "rounded": Meaning(
        "x rounded as printed: within half a unit of its last digit, both ends included",
        lambda x: _bound(x, x.low, x.high),
    ),
    "above": Meaning(
        "greater than x itself, however much",
        lambda x: _bound(x, x.value, None, low_open=True),
    ),
    "below": Meaning(
        "less than x itself, however much",
        lambda x: _bound(x, None, x.value, high_open=True),
    ),
    "at least": Meaning(
        "x, as it would be rounded, or more",
        lambda x: _bound(x, _find_edges(x)[0], None),
    ),
    "at most": Meaning(
        "x, as it would be rounded, or less",
        lambda x: _bound(x, None, _find_edges(x)[1]),
    ),
    "nearly": Meaning(
        "less than x, by a tenth of x at most",
        lambda x: _bound(x, x.value - _reach_tenth(x), x.value, high_open=True),
    ),
    "slightly above": Meaning(
        "greater than x, by a tenth of x at most",
        lambda x: _bound(x, x.value, x.value + _reach_tenth(x), low_open=True),
    ),
    "about": Meaning(
        "within a tenth of x on either side, or within its own rounding where that is wider",
        lambda x: _bound(
            x,
            min(x.low, x.value - _reach_tenth(x)),
            max(x.high, x.value + _reach_tenth(x)),
        ),
    ),
}

# Every word a figure may carry, with its meaning. docs/methods.md shows this table, and a test
# holds the two together.
WORDS: dict[str, str] = {
    "": "rounded",
    "exactly": "rounded",
    "only": "rounded",
    "just": "rounded",
    "=": "rounded",
    "between": "rounded",
    "remaining": "rounded",
    "another": "rounded",
    "as little as": "rounded",
    "as many as": "rounded",
    "a total of": "rounded",
    "over": "above",
    "more than": "above",
    "greater than": "above",
    "above": "above",
    "well over": "above",
    ">": "above",
    "exceeding": "above",
    "less than": "below",
    "fewer than": "below",
    "under": "below",
    "below": "below",
    "<": "below",
    "at least": "at least",
    "or more": "at least",
    "half or more": "at least",
    "or higher": "at least",
    "not less than": "at least",
    "+": "at least",
    "≥": "at least",
    "at most": "at most",
    "up to": "at most",
    "no more than": "at most",
    "not more than": "at most",
    "or less": "at most",
    "or fewer": "at most",
    "≤": "at most",
    "almost": "nearly",
    "nearly": "nearly",
    "just under": "nearly",
    "close to": "nearly",
    "not quite": "nearly",
    "slightly less than": "nearly",
    "just over": "slightly above",
    "slightly over": "slightly above",
    "slightly more than": "slightly above",
    "a little over": "slightly above",
    "approximately": "about",
    "about": "about",
    "around": "about",
    "roughly": "about",
    "some": "about",
    "~": "about",
    "≈": "about",
}

# Words that are figures of their own, as shares; the upper end is closed.
SHARE_WORDS: dict[str, tuple[Fraction, Fraction, bool]] = {
    # word: (from, to, whether the lower end is left out)
    "none": (Fraction(0), Fraction(0), False),
    "no": (Fraction(0), Fraction(0), False),
    "all": (Fraction(1), Fraction(1), False),
    "most": (Fraction(1, 2), Fraction(1), True),
    "majority": (Fraction(1, 2), Fraction(1), True),
    "large majority": (Fraction(2, 3), Fraction(1), False),
    "vast majority": (Fraction(4, 5), Fraction(1), False),
}

NUMBER_WORDS: dict[str, int] = {
    **{word: value for value, word in enumerate(ONES)},
    **{word: value for value, word in zip(range(20, 100, 10), TENS, strict=True)},
    **{
        f"{ten}-{ONES[one]}": 20 + 10 * place + one
        for place, ten in enumerate(TENS)
        for one in range(1, 10)
    },
}
# "no" and "none" are shares of people, but "zero" is a number.
FRACTION_WORDS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
FRACTION_SIGNS = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅖": "2/5",
    "⅗": "3/5",
    "⅘": "4/5",
    "⅙": "1/6",
}
# A fraction in running text is chosen among the simple ones: up to sixths, and tenths.
SIMPLE_FRACTIONS = sorted(
    {Fraction(part, whole) for whole in range(1, 7) for part in range(whole + 1)}
    | {Fraction(1, 10), Fraction(9, 10)}
)
SCALES = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mm": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "billion": 10**9,
}
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
_FRACTION = re.compile(r"(\d+) ?/ ?(\d+)")
_RATIO = re.compile(r"(?P<part>[\w-]+) (?:in|out of|of|of every|out of every) (?P<whole>[\w-]+)")


def parse_printed(printed: str, qualifier: str = "") -> PrintedInterval:
    """Return the numbers that a figure as printed, with the words beside it, can stand for.

    `printed` is the figure itself ("38%", "$36,000", "64%-70%", "2/3", "two in five", "none"),
    `qualifier` the words of WORDS that stand with it. Raises ValueError for a figure or a word
    that is not understood.
    """
    word = " ".join(qualifier.lower().split())
    if word not in WORDS:
        raise ValueError(f"The word '{qualifier}' has no stated meaning.")
    meaning = MEANINGS[WORDS[word]]
    text = _simplify(printed)
    if text in SHARE_WORDS:
        return _read_share_word(text, word)
    figure = _read_figure(text)
    if figure is not None:
        return meaning.reach(figure)
    ends = _read_range(text)
    if ends is None:
        raise ValueError(f"'{printed}' is not understood as a figure.")
    first, last = (meaning.reach(end) for end in ends)
    if ends[0].value > ends[1].value:
        raise ValueError(f"'{printed}' is a range that runs backwards.")
    return PrintedInterval(
        first.low,
        last.high,
        first.low_open,
        last.high_open,
        first.unit,
        None if first.digits is None or last.digits is None else max(first.digits, last.digits),
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
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput(
            [Problem(name, "", "the file is not there.", "Write it or correct its name.")]
        ) from None
    except UnicodeDecodeError:
        raise InvalidInput(
            [Problem(name, "", "the file is not UTF-8 text.", "Save it as UTF-8.")]
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        raise InvalidInput(
            [
                Problem(
                    name,
                    "",
                    "the file cannot be read as comma-separated rows.",
                    f"Its first row is {','.join(COLUMNS)}; quote texts that hold commas.",
                )
            ]
        ) from None
    refuse_problems(_check_columns(name, list(frame.columns)))
    # A row that is short of fields has missing cells even so.
    frame = frame.loc[:, list(COLUMNS)].fillna("").apply(lambda column: column.str.strip())
    refuse_problems(_check_rows(name, frame))
    return frame


def _check_columns(name: str, columns: list[str]) -> Iterator[Problem]:
    for column in COLUMNS:
        if column not in columns:
            yield Problem(name, f"column {column}", "is missing.", "Add it; it may be empty.")
    for column in columns:
        if column not in COLUMNS:
            yield Problem(
                name, f"column {column}", "is not known.", f"Known are {', '.join(COLUMNS)}."
            )


def _check_rows(name: str, frame: "pd.DataFrame") -> Iterator[Problem]:
    first_use: dict[str, int] = {}
    for line, row in enumerate(frame.to_dict("records"), start=2):
        where = f"line {line} ({row['id'] or 'no id'})"
        for column in REQUIRED:
            if not row[column]:
                yield Problem(
                    name,
                    where,
                    f"{column} is empty.",
                    "Facts that belong to no wave have the wave 'context'."
                    if column == "wave"
                    else "Every figure needs one.",
                )
        if row["id"] and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", row["id"]):
            yield Problem(
                name,
                where,
                "the id is malformed.",
                "Use letters, digits, points, colons, hyphens and underscores.",
            )
        if row["id"] and first_use.setdefault(row["id"], line) != line:
            yield Problem(
                name,
                where,
                f"the id is used on line {first_use[row['id']]} already.",
                "Give each row its own.",
            )
        if row["n"] and not re.fullmatch(r"\d{1,3}(,\d{3})+|\d+", row["n"]):
            yield Problem(
                name,
                where,
                f"n '{row['n']}' is not a whole number.",
                "Write it as 1203 or 1,203, or leave it empty.",
            )
        if row["printed"] and row["statistic"] not in TEXT_STATISTICS:
            try:
                parse_printed(row["printed"], row["qualifier"])
            except ValueError as error:
                yield Problem(
                    name,
                    where,
                    str(error),
                    "Copy the figure alone into printed and its words into qualifier.",
                )


def _simplify(printed: str) -> str:
    text = " ".join(printed.lower().replace("\\$", "$").replace("\u00a0", " ").split())
    for sign, fraction in FRACTION_SIGNS.items():
        text = text.replace(sign, fraction)
    text = re.sub(rf"(?: {UNIT_WORDS})+$", "", text)
    return re.sub(r"^(?:a|the|an) ", "", text)


def _read_share_word(text: str, word: str) -> PrintedInterval:
    low, high, low_open = SHARE_WORDS[text]
    if WORDS[word] == "rounded":
        return PrintedInterval(low, high, low_open, unit=SHARE)
    if text == "all" and WORDS[word] == "nearly":
        return MEANINGS["nearly"].reach(_Figure(high, low, high, SHARE, None))
    raise ValueError(f"'{word} {text}' has no stated meaning.")


def _read_figure(text: str) -> _Figure | None:
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


def _read_number(found: re.Match[str]) -> _Figure:
    digits = found["digits"].replace(",", "")
    decimals = len(digits.partition(".")[2])
    scale = Fraction(SCALES.get(found["scale"], 1))
    unit = NUMBER
    if found["percent"]:
        scale, unit = scale / 100, SHARE
    elif found["money"]:
        unit = AMOUNT
    sign = -1 if found["sign"] not in ("", "+") or found["inner"] else 1
    return _make_rounded(
        sign * Fraction(digits) * scale, Fraction(1, 10**decimals) * scale, unit, decimals
    )


def _make_rounded(value: Fraction, step: Fraction, unit: str, digits: int) -> _Figure:
    # Both ends are closed: halves are rounded up by spreadsheets and SPSS, to even by R and
    # numpy, and a report does not say which made its figures. An amount with trailing zeros is
    # taken to its last digit too. Incomes are typed as round numbers, so that a median of
    # 36,000 is as a rule exact, and the mean of two middle answers is exact to half a dollar;
    # to read the zeros as coarser rounding would forgive errors of hundreds.
    return _Figure(value, value - step / 2, value + step / 2, unit, digits)


def _make_fraction(part: int, whole: int) -> _Figure:
    value = Fraction(part, whole)
    # A share of more than ten people ("131 out of 137") is a count, not a rounded fraction.
    if whole > 10 or value not in SIMPLE_FRACTIONS:
        return _Figure(value, value, value, SHARE, None)
    # A simple fraction stands for all shares that are nearer to it than to another one.
    place = SIMPLE_FRACTIONS.index(value)
    below = SIMPLE_FRACTIONS[max(place - 1, 0)]
    above = SIMPLE_FRACTIONS[min(place + 1, len(SIMPLE_FRACTIONS) - 1)]
    return _Figure(value, (value + below) / 2, (value + above) / 2, SHARE, None)


def _find_edges(figure: _Figure) -> tuple[Fraction, Fraction]:
    # "Half or more" counts a share that would be printed as 50%, and not all that is nearer to
    # a half than to two fifths.
    if figure.digits is None and figure.low < figure.high:
        half = Fraction(1, 200)
        return figure.value - half, figure.value + half
    return figure.low, figure.high


def _read_count(text: str) -> int | None:
    if re.fullmatch(r"\d+", text):
        return int(text)
    hundreds = re.fullmatch(r"([a-z]+) hundred(?: and ([a-z-]+))?", text)
    if hundreds:
        times = NUMBER_WORDS.get(hundreds[1])
        rest = NUMBER_WORDS.get(hundreds[2]) if hundreds[2] else 0
        return None if times is None or rest is None else 100 * times + rest
    return NUMBER_WORDS.get(text)


def _read_range(text: str) -> tuple[_Figure, _Figure] | None:
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
            after = _read_figure(f"${last}")
        elif before.unit != after.unit:
            continue
        if before is not None and after is not None:
            return before, after
    return None
