"""How people type: the many ways to write a number, and the ways to write none.

Every form is one that a careful reader of the export reads back to the number it was made from;
what is written for a missing answer is one that nobody can read.
"""

from random import Random

from altcred.describe.codebook import Variable

_NUMBER_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty
"""
WORDS = _NUMBER_WORDS.split()
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
NOTHING = ["N/A", "n/a", "NA", "-", "--", "?", "None", "not sure", "prefer not to say"]
NO_AMOUNT = ["confidential", "depends", "varies", "I would rather not say", "private", "xxxx"]
NO_NUMBER = ["depends", "varies", "as long as it takes", "don't know yet"]
NO_EMAIL = ["n/a", "-", "none", "no thank you", "N/A", "no"]
# Typed answers hold what breaks careless readers: quotes, line breaks, commas, markup, formulas.
REMARKS = [
    "my family",
    "a friend",
    'a "scholarship" of my city',
    "The government, through an employment program",
    "my parents\nand I share it",
    "University",
    "=SUM(1,2)",
    "not sure yet :)",
    "<b>grant</b> & savings",
    "beca de la alcaldía",
    "n/a",
]


def write_plainly(value: float) -> str:
    """Write a number with no more decimals than it has."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def list_amounts(value: float, currency: str) -> list[str]:
    """List how people write an amount of money so that it can be read back exactly."""
    plain = write_plainly(value)
    if not float(value).is_integer():
        return [plain, f"{plain} {currency}"]
    amount = int(value)
    grouped = f"{amount:,}"
    forms = [grouped, f"{amount}.00", f"{grouped} {currency}", f"{currency} {grouped}", f" {plain}"]
    if currency in SYMBOLS:
        forms += [f"{SYMBOLS[currency]}{grouped}", f"{SYMBOLS[currency]}{amount}"]
        forms += [f"{SYMBOLS[currency]} {grouped}.00"]
    if currency == "USD":
        forms += [f"{plain} dollars", f"US$ {grouped}"]
    if amount and amount % 1000 == 0:
        forms += [f"{amount // 1000}k", f"{amount // 1000}K"]
        if currency in SYMBOLS:
            forms.append(f"{SYMBOLS[currency]}{amount // 1000}k")
    return [*forms, f"{plain}\u00a0"]


def list_numbers(value: float, variable: Variable) -> list[str]:
    """List how people write a number of hours, weeks or percent, ranges and words among them."""
    plain = write_plainly(value)
    forms = [f" {plain}", f"{plain} ", f"about {plain}", f"~{plain}"]
    unit = variable.unit.split(" ")[0]
    if unit == "percent":
        forms += [f"{plain}%", f"{plain} %", f"{plain} percent"]
    elif unit:
        forms += [f"{plain} {unit}", f"{plain}\u00a0{unit}", f"{plain} {unit}".upper()]
    if unit == "hours":
        forms += [f"{plain} hrs", f"{plain}h"]
    whole = float(value).is_integer()
    if whole and 0 < value < len(WORDS):
        word = WORDS[int(value)]
        forms += [word, word.capitalize(), f"{word} {unit}".strip()]
    if variable.ranges == "midpoint" and variable.kind != "count" and value > 2:
        low, high = (value - 1, value + 1) if whole else (value - 0.5, value + 0.5)
        bounds = variable.bounds
        fits = (bounds.low is None or low >= bounds.low) and (
            bounds.high is None or high <= bounds.high
        )
        if fits and low.is_integer():
            ends = write_plainly(low), write_plainly(high)
            forms += [f"{ends[0]}-{ends[1]}", f"{ends[0]} - {ends[1]}", f"{ends[0]} to {ends[1]}"]
            if unit and unit != "percent":
                forms.append(f"{ends[0]}-{ends[1]} {unit}")
    return forms


def list_readable(value: float, variable: Variable) -> list[str]:
    """List ways to write a number of a variable other than the plain one."""
    if variable.kind == "money":
        return list_amounts(value, variable.currency)
    if variable.kind == "year":
        plain = write_plainly(value)
        return [f" {plain}", f"{plain} ", f"{plain}\u00a0"]
    return list_numbers(float(value), variable)


def write_number(value: float, variable: Variable, share_freely: float, random: Random) -> str:
    """Write a number as people do: mostly plainly, a share of them in any readable way."""
    if random.random() >= share_freely:
        return write_plainly(value)
    return random.choice(list_readable(value, variable))


def list_unreadable(variable: Variable, random: Random) -> list[str]:
    """List answers to a number's question that give no usable number."""
    bounds = variable.bounds
    outside = []
    if bounds.low is not None and bounds.low > 0:
        outside.append(write_plainly(bounds.low - 1))
    if variable.kind == "year":
        outside += ["19", "0", "1900" if (bounds.low or 0) > 1900 else "19000"]
        if bounds.high is not None:
            outside += [write_plainly(bounds.high + step) for step in range(1, 7)]
        return [*outside, "N/A", "prefer not to say", "-"]
    if bounds.high is not None and variable.kind != "money":
        outside += [write_plainly(bounds.high * 10), write_plainly(bounds.high * 5)]
    if variable.kind != "money":
        return [*NOTHING, *NO_NUMBER, *outside]
    amount = random.randrange(10, 90)
    foreign = [f"Rs. {amount}0000", f"{amount}0000 INR", f"₹{amount}0,000", f"{amount} lakhs"]
    monthly = [f"{amount}00 per month", f"{amount}00/month", f"${amount}00 a month"]
    broken = [f"{amount},00", f"{amount},0000", f"{amount},5"]
    return [*NOTHING, *NO_AMOUNT, *broken, *broken, *monthly, *foreign]


def write_unreadable(variable: Variable, random: Random) -> str:
    """Write an answer to a number's question that gives no usable number."""
    return random.choice(list_unreadable(variable, random))


def write_email(email: str, random: Random) -> str:
    """Write an e-mail address with the odd capital or space that people leave in it."""
    style = random.random()
    if style < 0.05:
        return email.upper()
    if style < 0.15:
        return ".".join(part.capitalize() for part in email.split(".", 1))
    if style < 0.20:
        return f"{email} "
    if style < 0.22:
        return f"\u00a0{email}"
    return email


def write_remark(random: Random) -> str:
    """Write what somebody types into an open field beside an option."""
    return random.choice(REMARKS)


def decorate_question(text: str, position: int) -> str:
    """Return a question's text as an export has it: some with the editor's markup."""
    if position % 7 == 3:
        return f"<div><strong>{text}</strong></div>"
    if position % 7 == 5:
        return text.replace(". ", ".<br>\n", 1) if ". " in text else f"{text}&nbsp;"
    return text
