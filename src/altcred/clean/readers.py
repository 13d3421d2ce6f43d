"""Chooses how the answers of one raw column are read, by all that its question's columns hold."""

from collections.abc import Collection, Iterable, Mapping

from altcred.clean.decimals import Decimal
from altcred.kinds import kind_of
from altcred.kinds.reading import READ, Reader, Reading, declared_missing, with_missing
from altcred.kinds.times import DateOrder
from altcred.kinds.variable import Variable
from altcred.read.columns import Source
from altcred.read.export import Column


def make_reader(
    variable: Variable,
    wave: str,
    source: Source,
    columns: Iterable[Column],
    answers: Mapping[Source, Collection[str]],
    decimal: Decimal | None = None,
    order: DateOrder | None = None,
) -> Reader:
    """Return the function that reads the answers of one column.

    `columns` are the column in each export that has it, `answers` what the columns of the wave
    hold, `decimal` is what the wave's numbers have before decimals, and `order` that of its dates.
    """
    kind, columns = kind_of(variable), list(columns)
    if kind.is_numeric and variable.decimal is None:
        variable = variable.model_copy(update={"decimal": decimal})
    if source.option is not None:
        found = {
            other.option: held
            for other, held in answers.items()
            if other.variable == source.variable and other.option is not None
        }
        header = columns[0].name if columns else ""
        read = kind.make_option_reader(variable, wave, source.option, header, found)
    else:
        held = list(answers.get(source, ()))
        read = kind.make_column_reader(kind.suit(variable, wave, held), wave, held, order)
    # What the export declares missing, or knows the code of, is no answer of its own.
    missing = declared_missing(variable)
    codes: dict[str, str] = {}
    for column in columns:
        missing = {**column.missing, **missing}
        codes |= column.codes
    if codes and source.option is None:
        read = _with_codes(read, codes, is_number=kind.is_numeric)
    return with_missing(read, missing)


def _with_codes(read: Reader, codes: Mapping[str, str], *, is_number: bool) -> Reader:
    """Return a reader that knows the code behind a label.

    Of a number the code is the answer, as 10 behind "10 or more". Of others it is where the label
    is not as the codebook has it.
    """

    def read_one(text: str) -> Reading:
        if text not in codes:
            return read(text)
        by_label, by_code = read(text), read(codes[text])
        found = by_code if is_number or READ == by_code.reason != by_label.reason else by_label
        return Reading(found.value, found.reason, text)

    return read_one
