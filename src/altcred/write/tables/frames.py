"""Small frames that are no estimates, as tables."""

import pandas as pd

from altcred.core.numbers import Writer
from altcred.write.tables.table import Shown, Table, register_table


def frame_table(frame: pd.DataFrame, id: str) -> Table | None:
    """Return a small frame as a table: its first column names the rows."""
    if not len(frame):
        return None

    def write(value: object) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return Writer().number(float(value), 0 if float(value).is_integer() else 2)

    rows = [
        (str(line[0]), [Shown(write(value)) for value in line[1:]])
        for line in frame.itertuples(index=False)
    ]
    heading, *columns = [str(name) for name in frame.columns]
    return Table(id, heading, columns, rows)


register_table("frame", frame_table)
