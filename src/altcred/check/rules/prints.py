"""The same quantity, printed more than once."""

from altcred.check.figures import CONTEXT, SHARES, Figure, Key, is_amount
from altcred.check.ranges import meet, scale
from altcred.check.rules.registry import Outcome, conflict, each, register
from altcred.check.sizes import find_printed_size
from altcred.check.table import Table
from altcred.check.words import join_prints, name, show_count


@register("repeated", each())
def check_repeated(table: Table, key: Key) -> Outcome | None:
    """A quantity printed twice is one number; counts are whole, and shares of n people are shares
    of whole people. Facts are compared within one document.
    """
    if key.wave == CONTEXT:
        # Facts are compared within a document: prices and dates of others are of other years.
        documents = sorted({figure.document for figure in table.rows(key)})
        found = (_check_facts(table, key, document) for document in documents)
        return next(filter(None, found), None)
    figures = table.numbers(key)
    common = meet(figure.limits for figure in figures)
    line = f"{name(key)} is printed as {join_prints(figures)}"
    if common.is_empty:
        return conflict(f"{line}: no number is both.", *figures)
    is_repeated = len(figures) > 1 and key.statistic in SHARES
    size = find_printed_size(table, key) if is_repeated else None
    if size is None or not size.exact:
        return None
    # Each print alone may have a count where the two together have none.
    alone = all(scale(figure.limits, size.exact).has_integer for figure in figures)
    if not alone or scale(common, size.exact).has_integer:
        return None
    people = show_count(size.exact, "person", "people")
    return conflict(f"{line}: no count of {people} is both.", *figures, size)


def _check_facts(table: Table, key: Key, document: str) -> Outcome | None:
    figures = [row for row in table.rows(key) if row.document == document]
    numbers = [row for row in figures if row.is_number]
    common = meet(row.limits for row in numbers)
    # "two" and "three" programs are whole numbers, though a fact may be any number.
    are_whole = all(row.unit == "number" and row.digits == 0 for row in numbers)
    what = "number"
    if not numbers or not (common.is_empty or (are_whole and not common.has_integer)):
        what, numbers = "date", [row for row in figures if row.text]
        if len({row.text for row in numbers}) < 2:
            return None
    line = f"{name(key)} is printed as {join_prints(numbers)}: no {what} is both."
    return conflict(line, *numbers)


def _list_called_both(table: Table) -> list[Key]:
    """Return means whose amount is a median elsewhere, where that happens to two of a question.

    One mean may well be the median too; two that are, each in another group, were confused.
    """
    found: dict[tuple[str, str], list[Key]] = {}
    for key in table:
        if key.statistic == "mean" and _call_both(table, key):
            found.setdefault((key.wave, key.variable), []).append(key)
    return [key for keys in found.values() if len(keys) > 1 for key in keys]


def _call_both(table: Table, key: Key) -> list[Figure]:
    """Return the prints of an amount that is called a mean here and a median there."""
    means, medians = table.numbers(key), table.numbers(key._replace(statistic="median"))
    # Printed side by side, mean and median may well be the same number.
    if {median.section for median in medians} & {mean.section for mean in means}:
        return []
    for mean in filter(_is_telling, means):
        same = [row for row in medians if row.printed == mean.printed]
        if any(not row.qualifier for row in same):
            return [*(row for row in means if row.printed == mean.printed), *same]
    return []


@register("label", _list_called_both, compares_numbers=False)
def check_label(table: Table, key: Key) -> Outcome | None:
    """An amount of money is not the mean in one place and the median in another, in two groups or
    more.
    """
    rows = _call_both(table, key)
    if not rows:
        return None
    return conflict(
        f"{rows[0].printed} is called a mean in one place and a median in another; "
        f"{name(key._replace(statistic='proportion'))}.",
        *rows,
    )


def _is_telling(figure: Figure) -> bool:
    # Ages, hours and small amounts agree by chance often enough.
    digits = sum(letter.isdigit() for letter in figure.printed)
    return is_amount(figure.unit) and digits >= 4 and not figure.qualifier
