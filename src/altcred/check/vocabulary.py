"""What the words beside a printed figure say, and which words are figures themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.ranges import Range
from altcred.core.numerals import ONES, TENS

SHARE, AMOUNT, NUMBER = "share", "amount", "number"


@dataclass(frozen=True)
class PrintedInterval(Range):
    """The numbers a printed figure can stand for.

    `unit` is `share` (0 to 1, from percent, fractions and words), `amount` (of money) or
    `number`; `sign` is the currency sign of an amount. `digits` is how many decimals are printed,
    None for fractions and words.
    """

    unit: str = NUMBER
    digits: int | None = None
    sign: str = ""


@dataclass(frozen=True)
class Rounded:
    """A figure x as it is printed, with the ends of its own rounding interval."""

    value: Fraction
    low: Fraction
    high: Fraction
    unit: str
    digits: int | None
    sign: str = ""

    @property
    def tenth(self) -> Fraction:
        return abs(self.value) / 10

    @property
    def edges(self) -> tuple[Fraction, Fraction]:
        """The ends between which a number would be printed like this one."""
        # "Half or more" counts a share that would be printed as 50%, and not all that is nearer to
        # a half than to two fifths.
        if self.digits is None and self.low < self.high:
            half = Fraction(1, 200)
            return self.value - half, self.value + half
        return self.low, self.high

    def reach(
        self,
        low: Fraction | None,
        high: Fraction | None,
        low_open: bool = False,
        high_open: bool = False,
    ) -> PrintedInterval:
        """Return an interval in the unit of the figure."""
        return PrintedInterval(low, high, low_open, high_open, self.unit, self.digits, self.sign)


@dataclass(frozen=True)
class Meaning:
    """What a group of words says about the figure x beside it."""

    sentence: str
    reach: Callable[[Rounded], PrintedInterval]


MEANINGS: dict[str, Meaning] = {
    "rounded": Meaning(
        "x rounded as printed: within half a unit of its last digit, both ends included",
        lambda x: x.reach(x.low, x.high),
    ),
    "above": Meaning(
        "greater than x itself, however much", lambda x: x.reach(x.value, None, low_open=True)
    ),
    "below": Meaning(
        "less than x itself, however much", lambda x: x.reach(None, x.value, high_open=True)
    ),
    "at least": Meaning("x, as it would be rounded, or more", lambda x: x.reach(x.edges[0], None)),
    "at most": Meaning("x, as it would be rounded, or less", lambda x: x.reach(None, x.edges[1])),
    "nearly": Meaning(
        "less than x, by a tenth of x at most",
        lambda x: x.reach(x.value - x.tenth, x.value, high_open=True),
    ),
    "slightly above": Meaning(
        "greater than x, by a tenth of x at most",
        lambda x: x.reach(x.value, x.value + x.tenth, low_open=True),
    ),
    "about": Meaning(
        "within a tenth of x on either side, or within its own rounding where that is wider",
        lambda x: x.reach(min(x.low, x.value - x.tenth), max(x.high, x.value + x.tenth)),
    ),
}

# Every word a figure may carry, with its meaning. docs/methods.md shows this table, and a test
# holds the two together.
WORDS: dict[str, str] = {
    word: meaning
    for meaning, words in {
        "rounded": (
            "", "exactly", "only", "just", "=", "between", "remaining", "another",
            "as little as", "as many as", "a total of",
        ),
        "above": ("over", "more than", "greater than", "above", "well over", ">", "exceeding"),
        "below": ("less than", "fewer than", "under", "below", "<"),
        "at least": ("at least", "or more", "half or more", "or higher", "not less than", "+", "≥"),
        "at most": (
            "at most", "up to", "no more than", "not more than", "or less", "or fewer", "≤",
        ),
        "nearly": ("almost", "nearly", "just under", "close to", "not quite", "slightly less than"),
        "slightly above": ("just over", "slightly over", "slightly more than", "a little over"),
        "about": ("approximately", "about", "around", "roughly", "some", "~", "≈"),
    }.items()
    for word in words
}  # fmt: skip

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
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
FRACTION_SIGNS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
    "⅘": "4/5", "⅙": "1/6",
}  # fmt: skip
# A fraction in running text is chosen among the simple ones: up to sixths, and tenths.
SIMPLE_FRACTIONS = sorted(
    {Fraction(part, whole) for whole in range(1, 7) for part in range(whole + 1)}
    | {Fraction(1, 10), Fraction(9, 10)}
)
