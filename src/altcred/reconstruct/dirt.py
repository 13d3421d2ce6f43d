"""How people type: the many ways to write a number, and the ways to write none.

Every form is one that a careful reader of the export reads back to the number it was made from;
what is written for a missing answer is one that nobody can read.
"""

from collections.abc import Callable
from random import Random

from altcred.core.numerals import ONES, TENS
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.reconstruct.assumptions import Dirt

WORDS = [*ONES, TENS[0]]
NOTHING = ["N/A", "n/a", "NA", "-", "--", "?", "None", "not sure", "prefer not to say"]
NO_AMOUNT = ["confidential", "depends", "varies", "I would rather not say", "private", "xxxx"]
NO_NUMBER = ["depends", "varies", "as long as it takes", "don't know yet"]
NO_EMAIL = ["n/a", "-", "none", "no thank you", "N/A", "no"]


def write_plainly(value: float) -> str:
    """Write a number with no more decimals than it has."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def list_readable(value: float, variable: Variable, dirt: Dirt) -> list[str]:
    """List ways to write a number of a variable other than the plain one."""
    return READABLE[kind_of(variable).stand_in](float(value), variable, dirt)


def _list_amounts(value: float, variable: Variable, dirt: Dirt) -> list[str]:
    plain, currency = write_plainly(value), variable.currency
    if not value.is_integer():
        return [plain, f"{plain} {currency}"]
    words = {"plain": plain, "grouped": f"{int(value):,}", "thousands": f"{int(value) // 1000}"}
    in_thousands = [
        one for one in ("{thousands}k", "{thousands}K", *dirt.amounts) if "{thousands}" in one
    ]
    every = [
        *("{grouped}", "{plain}.00", "{grouped} {currency}", "{currency} {grouped}", " {plain}"),
        *(one for one in dirt.amounts if one not in in_thousands),
        *(in_thousands if value and value % 1000 == 0 else ()),
        "{plain}\u00a0",
    ]
    return [form.format(currency=currency, **words) for form in every]


def _list_years(value: float, variable: Variable, dirt: Dirt) -> list[str]:
    plain = write_plainly(value)
    return [f" {plain}", f"{plain} ", f"{plain}\u00a0"]


def _list_counts(value: float, variable: Variable, dirt: Dirt) -> list[str]:
    plain, unit = write_plainly(value), variable.unit.split(" ")[0]
    forms = [f" {plain}", f"{plain} ", f"about {plain}", f"~{plain}"]
    if unit == "percent":
        forms += [f"{plain}%", f"{plain} %", f"{plain} percent"]
    elif unit:
        forms += [f"{plain} {unit}", f"{plain}\u00a0{unit}", f"{plain} {unit}".upper()]
    if unit == "hours":
        forms += [f"{plain} hrs", f"{plain}h"]
    if value.is_integer() and 0 < value < len(WORDS):
        word = WORDS[int(value)]
        forms += [word, word.capitalize(), f"{word} {unit}".strip()]
    return forms


def _list_numbers(value: float, variable: Variable, dirt: Dirt) -> list[str]:
    """List ways to write a number, also as the midpoint of a range where that is plausible."""
    forms = _list_counts(value, variable, dirt)
    reach = 1 if value.is_integer() else 0.5
    low, high, bounds = value - reach, value + reach, variable.bounds
    is_low = bounds.low is not None and low < bounds.low
    is_high = bounds.high is not None and high > bounds.high
    if variable.ranges != "midpoint" or value <= 2 or is_low or is_high or not low.is_integer():
        return forms
    one, two = write_plainly(low), write_plainly(high)
    unit = variable.unit.split(" ")[0]
    with_unit = [f"{one}-{two} {unit}"] if unit and unit != "percent" else []
    return [*forms, f"{one}-{two}", f"{one} - {two}", f"{one} to {two}", *with_unit]


READABLE: dict[str, Callable[[float, Variable, Dirt], list[str]]] = {
    "numbers": _list_numbers,
    "counts": _list_counts,
    "amounts": _list_amounts,
    "years": _list_years,
}


def write_number(value: float, variable: Variable, dirt: Dirt, random: Random) -> str:
    """Write a number as people do: mostly plainly, a share of them in any readable way."""
    if random.random() >= dirt.written_freely:
        return write_plainly(value)
    return random.choice(list_readable(value, variable, dirt))


def list_unreadable(variable: Variable, dirt: Dirt, random: Random) -> list[str]:
    """List answers to a number's question that give no usable number."""
    low, high, form = variable.bounds.low, variable.bounds.high, kind_of(variable).stand_in
    if form == "amounts":
        amount = random.randrange(10, 90)
        broken = [f"{amount},00", f"{amount},0000", f"{amount},5"]
        unusable = [form.format(n=amount) for form in dirt.unusable_amounts]
        return [*NOTHING, *NO_AMOUNT, *broken, *broken, *unusable]
    below = [write_plainly(low - 1)] if low is not None and low > 0 else []
    if form == "years":
        above = [] if high is None else [write_plainly(high + step) for step in range(1, 7)]
        wrong = "1900" if (low or 0) > 1900 else "19000"
        return [*below, "19", "0", wrong, *above, "N/A", "prefer not to say", "-"]
    above = [] if high is None else [write_plainly(high * 10), write_plainly(high * 5)]
    return [*NOTHING, *NO_NUMBER, *below, *above]


def write_unreadable(variable: Variable, dirt: Dirt, random: Random) -> str:
    """Write an answer to a number's question that gives no usable number."""
    return random.choice(list_unreadable(variable, dirt, random))


def write_email(email: str, random: Random) -> str:
    """Write an e-mail address with the odd capital or space that people leave in it."""
    style = random.random()
    if style < 0.05:
        return email.upper()
    if style < 0.15:
        return ".".join(part.capitalize() for part in email.split(".", 1))
    if style < 0.20:
        return f"{email} "
    return f"\u00a0{email}" if style < 0.22 else email


def decorate_question(text: str, position: int) -> str:
    """Return a question's text as an export has it: some with the editor's markup."""
    if position % 7 == 3:
        return f"<div><strong>{text}</strong></div>"
    if position % 7 == 5:
        return text.replace(". ", ".<br>\n", 1) if ". " in text else f"{text}&nbsp;"
    return text
