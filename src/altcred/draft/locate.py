"""How a description names a column so that it is found again, and no other."""

import re

from altcred.read.columns import column_letters, find_column
from altcred.read.export import Column, Export


def locate(column: Column, export: Export) -> str:
    """Return the most readable locator of a column; empty where none finds it and it alone.

    It is the header, else the platform's id, else the question's text, each with `#2` where it
    stands twice, else the letters of the column.
    """
    # What a codebook puts in the place of {name} would make another header of one that has it.
    known = [
        one
        for one in (column.name, column.import_id, column.text)
        if one and not re.search(r"\{(name|wave|item)\}", one)
    ]
    for wanted in dict.fromkeys(known):
        if find_column(export, [("any", wanted)]) == column:
            return wanted
    for wanted in dict.fromkeys(known):
        before = sum(
            wanted.casefold() in [text.casefold() for text in (one.name, one.import_id, one.text)]
            for one in export.columns
            if one.position <= column.position
        )
        for place in (before, *range(1, before)):
            numbered = f"{wanted}#{place}"
            if find_column(export, [("any", numbered)]) == column:
                return numbered
    letters = f"#{column_letters(column.position)}"
    return letters if find_column(export, [("any", letters)]) == column else ""
